// Nodes by place: which of them lie in a rectangle, in time that depends on the rectangle and not on the network.
//
// Immutable once built, any number of threads may read it. 12 bytes a node. Longitudes do not wrap at 180 degrees.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

struct Rectangle {
  double west = 180, south = 90, east = -180, north = -90;  // degrees; empty as it stands
  void add(LonLat p) {
    west = std::min(west, p.lon), east = std::max(east, p.lon);
    south = std::min(south, p.lat), north = std::max(north, p.lat);
  }
  bool empty() const { return west > east || south > north; }
};

class Junctions {
 public:
  struct Spot {
    int32_t lon_e7, lat_e7;  // 1e-7 degree, about a centimetre
    Node node;
  };

  // O(nodes).
  explicit Junctions(const Graph& graph);

  // f(spot) for every node in the rectangle and for some outside it near its edge.
  template <class F>
  void near(const Rectangle& r, F f) const {
    if (spots_.empty() || r.empty()) return;
    const uint32_t left = column(r.west), right = column(r.east);
    for (uint32_t y = row(r.south), top = row(r.north); y <= top; ++y)
      for (uint32_t i = first_[y * columns_ + left], end = first_[y * columns_ + right + 1]; i < end; ++i) f(spots_[i]);
  }

 private:
  uint32_t column(double lon) const { return place(lon - bounds_.west, per_lon_, columns_); }
  uint32_t row(double lat) const { return place(lat - bounds_.south, per_lat_, rows_); }
  static uint32_t place(double offset, double per_degree, uint32_t n) {
    return static_cast<uint32_t>(std::clamp(offset * per_degree, 0.0, static_cast<double>(n - 1)));
  }

  Rectangle bounds_;
  uint32_t columns_ = 1, rows_ = 1;
  double per_lon_ = 0, per_lat_ = 0;
  std::vector<uint32_t> first_;
  std::vector<Spot> spots_;
};

}  // namespace anlan::roads
