// Vector tiles of buildings and what an earthquake does to them.
//
// From zoom 13 layer `buildings`, points: i (the row), type (of the pack), storeys, people, and grade (0 intact to 4
// destroyed). Below, layer `cells`, squares of 1/64 of a tile: n (buildings), people, and grade (the mean), bad (the share of
// grade 3 and 4). A layer without damage has neither grade nor bad. A tile with more than kTileBuildingsMax buildings is one
// of cells at any zoom.
//
// Buildings lie in Morton order of the plane, so a tile or cell of any zoom is one stretch of them, and its sums are the
// difference of two running sums: no tile scans the city.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "earthquakes/scenarios.h"
#include "web/tile_cache.h"
#include "web/tiles.h"

namespace anlan {

inline constexpr int kBuildingZoom = 13;
inline constexpr size_t kTileBuildingsMax = 60'000;

// Where the buildings of a stock lie; the same for every earthquake. Immutable, any thread. 24 bytes a building.
class BuildingIndex {
 public:
  // O(n log n).
  explicit BuildingIndex(std::shared_ptr<const Stock> stock);

  const std::shared_ptr<const Stock>& stock() const { return stock_; }
  // Whether the rows of another stock lie at the same positions: a stock that was strengthened. O(n).
  bool fits(const Stock& other) const;
  const std::string& print() const { return print_; }  // of the positions, 16 hexadecimal digits

 private:
  friend class BuildingTiles;
  static constexpr int kBits = 30;     // of each axis, 4 cm at the equator
  struct Shape {
    uint16_t type, storeys;
  };
  // The first building at or after `from` whose key is not below `key`. O(log of how far it is).
  size_t seek(size_t from, uint64_t key) const;

  std::shared_ptr<const Stock> stock_;
  std::vector<uint64_t> keys_;         // in order
  std::vector<uint32_t> rows_;
  std::vector<Shape> shapes_;
  std::vector<double> people_;         // of all before; size + 1
  std::string print_;
};

// The tiles of one layer: buildings as they are, or with one damage. 9 bytes a building where there is damage.
class BuildingTiles {
 public:
  using Cache = TileCache<std::pair<uint64_t, TileId>>;
  static constexpr size_t kCacheBytes = size_t{64} << 20;  // shared by all layers

  // `grades`: of each row, 0 to 4; empty: none. `types`: names by number. `cache` may hold the tiles of other layers.
  BuildingTiles(std::shared_ptr<const BuildingIndex> index, const std::vector<uint8_t>& grades, std::vector<std::string> types, std::shared_ptr<Cache> cache);

  // CHECKs that id is valid. O(cells, or buildings in it).
  std::shared_ptr<const std::string> tile(TileId id) const;
  std::string make(TileId id) const;
  const std::string& tag() const { return tag_; }  // tells layers apart, also over a restart

 private:
  std::string buildings(TileId id, size_t begin, size_t end) const;
  std::string cells(TileId id, size_t begin, size_t end) const;

  std::shared_ptr<const BuildingIndex> index_;
  std::vector<std::string> types_;
  std::vector<uint8_t> grades_;                 // in the order of the index
  std::vector<uint32_t> grade_sum_, bad_;       // of all before; size + 1
  std::shared_ptr<Cache> cache_;
  uint64_t number_ = 0;
  std::string tag_;
};

}  // namespace anlan
