// One layer of a vector tile as bytes (Mapbox Vector Tile 2.1 §4.1): features with properties, keys and values shared.
#pragma once

#include <cstdint>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "web/tile_geometry.h"

namespace anlan {

enum class TileShape : int { point = 1, line = 2, polygon = 3 };

class TileLayer {
 public:
  using Value = std::variant<std::string_view, int64_t, bool>;

  explicit TileLayer(std::string_view name) : name_(name) {}

  void add(TileShape shape, uint64_t id, const TileCommands& geometry, std::initializer_list<std::pair<std::string_view, Value>> properties);
  bool empty() const { return count_ == 0; }
  // Appends the layer to a tile; nothing when it is empty.
  void write(std::string& tile) const;

 private:
  uint32_t key(std::string_view name);
  uint32_t value(const Value& value);

  std::string name_;
  std::string features_;  // encoded, each as field 2 of the layer
  std::vector<std::string> keys_;
  std::string values_;  // encoded, each as field 4
  std::unordered_map<std::string, uint32_t> value_at_;  // by its encoding
  size_t count_ = 0;
};

}  // namespace anlan
