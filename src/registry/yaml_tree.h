// One YAML document as a tree that knows its lines. The only code that meets yaml-cpp.
//
// Only what a declaration needs is accepted: maps with plain keys, lists, scalars. Anchors, aliases, merge keys and
// tags are refused, so a small file cannot unfold into a large one. Bounds: kYamlBytesMax, kYamlDepthMax, kYamlNodesMax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace anlan {

inline constexpr size_t kYamlBytesMax = size_t{1} << 20;
inline constexpr int kYamlDepthMax = 12;
inline constexpr size_t kYamlNodesMax = 100'000;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Key {
    std::string text;
    int line = 0;
  };
  Kind kind = Kind::kNull;
  int line = 0;  // 1-based
  std::string text;             // of a scalar
  bool quoted = false;          // "5" is text, 5 may be a number
  std::vector<Key> keys;        // of a map, unique, one per child
  std::vector<YamlNode> children;

  const YamlNode* child(std::string_view key) const;
};

// Faults: kInvalidFile (field: file) with one detail that has the line; kTooLarge. Linear time.
Result<YamlNode> parse_yaml(std::string_view text, const std::string& file);

}  // namespace anlan
