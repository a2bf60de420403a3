// The nearest place on a road, for a point given on a map or by a satellite receiver.
//
// A grid over the segments of all roads, built once, read by any number of threads. Distances are measured on a plane
// tangent at the point, which differs from the great circle by less than one part in 10,000 within 50 km at the latitudes
// of China. Not across 180 degrees.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

// A place on a road.
struct RoadPoint {
  RoadIndex road = kNone;
  uint32_t segment = 0;    // of its shape
  double fraction = 0;     // 0 .. 1 of its length, in the direction of its shape
  LonLat at;
  double distance_m = 0;   // from the point that was asked about
};

// An arc on which one can be at that place.
struct ArcPoint {
  Arc arc = kNone;
  Weight from_tail_ms = 0, to_head_ms = 0;  // their sum is the weight of the arc
};

enum class SnapReason {
  kFound,
  kNoRoads,  // the network is empty, or the point is not on the globe
  kTooFar,   // nothing within the radius
  kClosed,   // roads are within the radius, none that may be used
};
struct Snap {
  SnapReason reason = SnapReason::kNoRoads;
  std::optional<RoadPoint> point;    // kFound: the place; otherwise the nearest that may be used, within the search limit
  std::optional<RoadPoint> nearest;  // on any road within the search limit
  bool nearest_closed = false;       // that road may not be used
  std::vector<ArcPoint> arcs;        // kFound: every arc that may be used at the place, in both directions
};
// A sentence for the duty officer: why there is no place, or that the nearest road is closed and another was taken.
// Empty when the nearest road was taken.
std::string text_of(const Snap& snap, const Graph& graph, double radius_m, bool chinese);

struct SnapAsked {
  double radius_m = 500;
  // Degrees clockwise from north: a road that can be driven within 60 degrees of it goes before one that is up to 30 m nearer.
  std::optional<double> heading_deg;
  double search_m = 20'000;  // how far to look for what to name when nothing is within the radius
};

class SnapIndex {
 public:
  // The graph must outlive the index. O(segments) time and memory.
  explicit SnapIndex(const Graph& graph);

  // `weights` of the profile, kUnreachable where it may not go; a road of which no arc may be used is closed to it.
  // Microseconds where roads are near; at worst O(cells + segments) within the search limit.
  Snap snap(LonLat at, std::span<const Weight> weights, const SnapAsked& asked = {}) const;
  // The nearest place on a road for which `use` holds; nothing within the radius, nothing returned.
  std::optional<RoadPoint> nearest(LonLat at, double radius_m, const std::function<bool(RoadIndex)>& use) const;
  // All arcs along the road that may be used, with their times in proportion.
  std::vector<ArcPoint> arcs_at(RoadIndex road, double fraction, std::span<const Weight> weights) const;
  // Roads with a part inside the box, each once, ascending.
  std::vector<RoadIndex> roads_in(LonLat south_west, LonLat north_east) const;

 private:
  struct Segment {
    RoadIndex road = 0;
    uint32_t index = 0;
  };
  struct Box {
    int64_t x0, y0, x1, y1;  // cells, both ends included
  };
  int64_t column(double lon) const;
  int64_t row(double lat) const;
  Box clip(Box box) const;
  std::pair<LonLat, LonLat> ends(const Segment& s) const;
  template <class F>
  void for_cells_of(LonLat a, LonLat b, F f) const;
  template <class F, class Bound>
  void outward(LonLat at, Bound bound, F f) const;
  RoadPoint place(const Segment& s, LonLat at) const;
  bool aligned(const Segment& s, double heading_deg, std::span<const Weight> weights) const;
  template <class Use>
  std::optional<RoadPoint> nearest_segment(LonLat at, double radius_m, Use use) const;

  const Graph& graph_;
  ArcsOfRoads arcs_;
  double west_ = 0, south_ = 0, cell_lon_ = 1, cell_lat_ = 1;
  int64_t columns_ = 0, rows_ = 0;
  std::vector<uint32_t> cell_first_;
  std::vector<Segment> segments_;  // by cell
};

}  // namespace anlan::roads
