// What the readers of CSV and GeoJSON have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "roads/graph_build.h"
#include "roads/graph_file_read.h"

namespace anlan::roads {

inline constexpr size_t kFileBytesMax = size_t{1} << 30;

// Faults of a file, the first 20 by line.
class Faults {
 public:
  void add(int line, std::string_view field, std::string_view zh, std::string_view en);
  bool any() const { return count_ > 0; }
  Error error() &&;

 private:
  size_t count_ = 0;
  std::vector<ErrorDetail> details_;
};

// A road by its tags; nothing when it is dropped, which is counted. Name and ref go to the table.
std::optional<WayTags> read_file_tags(std::vector<OsmTag> tags, FileReport& report, NameTable& names);

}  // namespace anlan::roads
