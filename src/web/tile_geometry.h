// Geometry of vector tiles: the web mercator plane, simplification by effective area, clipping, and the commands in
// which a tile states rings and points (Mapbox Vector Tile 2.1 §4.3).
#pragma once

#include <cstdint>
#include <vector>

#include "base/area.h"

namespace anlan {

inline constexpr int kTileExtent = 4096;
inline constexpr int kTileMargin = 80;  // tile units beyond the edge, so that lines and labels meet

// Web mercator: x and y in [0, 1], y downwards.
struct WorldPoint {
  double x = 0, y = 0;
};
WorldPoint to_world(LonLat p);

// A ring without its repeated last position. weight: effective area in the plane; the drawing keeps the positions that
// weigh enough.
struct WorldRing {
  std::vector<WorldPoint> points;
  std::vector<float> weights;
  double west = 0, north = 0, east = 0, south = 0;
};
// O(n log n).
WorldRing weighed(const Ring& ring);

struct TilePoint {
  int32_t x = 0, y = 0;
  bool operator==(const TilePoint&) const = default;
};
using TileRing = std::vector<TilePoint>;

// The ring as this tile shows it: simplified, clipped, on the grid; empty when nothing is left.
TileRing drawn(const WorldRing& ring, int z, int64_t x, int64_t y);
// Twice the area by the surveyor's formula: positive for an outer ring, as y runs downwards.
int64_t twice_area(const TileRing& ring);

class TileCommands {
 public:
  void point(TilePoint p);
  void line(const TileRing& line);              // two points or more; nothing for fewer
  void ring(const TileRing& ring, bool outer);  // turned the right way round
  const std::vector<uint32_t>& commands() const { return commands_; }
  bool empty() const { return commands_.empty(); }

 private:
  void step(TilePoint to);
  std::vector<uint32_t> commands_;
  TilePoint at_;
};

}  // namespace anlan
