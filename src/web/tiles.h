// Vector tiles (Mapbox Vector Tile 2.1, web mercator, extent 4096) of places and records.
//
// Layers: `boundary` (polygons: code, name, level, approximate), `place` (points: code, name, level, approximate;
// counties from zoom 5, towns from 8, villages from 11), `record` (points: id, type, name).
//
// Boundaries are simplified by effective area (Visvalingam and Whyatt 1993): each position gets, once, the area of the
// triangle it forms when it is the least of its ring, and is drawn where that area is visible. Two neighbours
// therefore simplify their common border alike, but for its ends.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "registry/place_index.h"
#include "web/tile_cache.h"

namespace anlan {

inline constexpr int kTileZoomMax = 18;

struct TileId {
  int z = 0;
  int64_t x = 0, y = 0;
  bool operator==(const TileId&) const = default;
  auto operator<=>(const TileId&) const = default;
  bool valid() const { return z >= 0 && z <= kTileZoomMax && x >= 0 && y >= 0 && x < (int64_t{1} << z) && y < (int64_t{1} << z); }
};

// In degrees, with a margin for what reaches in from outside.
Bounds tile_bounds(TileId tile);

struct MapPoint {
  int64_t id = 0;
  std::string_view type;
  std::string name;
  LonLat position;
};
// At most kTilePointsMax; below zoom 12 one point of a type for each 8 pixels or so, the smaller ids first.
inline constexpr size_t kTilePointsMax = 20'000;
std::vector<size_t> thinned(std::span<const MapPoint> points, TileId tile);  // indexes that are drawn
std::string record_tile(std::span<const MapPoint> points, TileId tile);

// The tiles of one PlaceIndex. Any thread. Preparing a boundary costs O(n log n), once, when a tile first needs it;
// after that a tile costs O(positions of the boundaries it meets + places in it).
class PlaceTiles {
 public:
  explicit PlaceTiles(std::shared_ptr<const PlaceIndex> index);
  ~PlaceTiles();

  std::shared_ptr<const std::string> tile(TileId id) const;  // CHECKs that id is valid
  // Prepares all boundaries, so that no tile has to wait.
  void prepare() const;
  const std::shared_ptr<const PlaceIndex>& index() const { return index_; }

  static constexpr size_t kCacheBytes = size_t{48} << 20;

 private:
  struct Shape;
  struct Point {
    uint64_t cell;  // of a grid as fine as the zoom from which the level is drawn
    uint32_t place;
    float x, y;  // position in the cell, 0..1
  };
  struct Layer {
    int zoom = 0;
    std::vector<Point> points;  // by cell
  };
  const Shape& shape(size_t boundary) const;
  std::string make(TileId id) const;

  std::shared_ptr<const PlaceIndex> index_;
  std::vector<std::unique_ptr<Shape>> shapes_;
  std::array<Layer, 3> layers_;

  mutable TileCache<TileId> cache_{kCacheBytes};
};

}  // namespace anlan
