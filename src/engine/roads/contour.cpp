#include "roads/contour.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "roads/contour_field.h"
#include "roads/contour_rings.h"

namespace anlan::roads {
namespace {

constexpr double kMetresPerDegree = 111'195.08;  // of a great circle, radius 6,371,008.8 m
constexpr double kToleranceCells = 3.5356;       // 2.5 × sqrt(2), rounded up
constexpr double kSpacing = 2;                   // cells between two points of a road; a spot of it is at most one from a point
constexpr size_t kPointsBetweenMax = 8'000'000;

// Degrees to cells and back; linear, so that lines stay lines.
struct Plane {
  double west, south, cells_per_lon, cells_per_lat;
  double x(double lon) const { return (lon - west) * cells_per_lon; }
  double y(double lat) const { return (lat - south) * cells_per_lat; }
  LonLat at(GridPoint p) const { return {west + p.x / cells_per_lon, south + p.y / cells_per_lat}; }
};

std::vector<LonLat> ring_of(const GridRing& ring, const Plane& plane) {
  std::vector<LonLat> out;
  out.reserve(ring.size() + 1);
  for (const GridPoint p : ring) out.push_back(plane.at(p));
  out.push_back(out.front());
  return out;
}

}  // namespace

struct ContourDrawer::Work {
  const Graph& graph;
  const Junctions& junctions;
  std::vector<Weight> ms_of;  // of every node; kUnreachable between calls
  Field field;
  RingFinder finder;
  Plane plane{};
  int margin = 0;  // cells at the border that stay without reached points, so that the border itself is outside
  std::span<const Weight> limits;
  size_t points_between = 0;

  std::vector<float> road_m;         // along the shape
  std::vector<float> node_m;         // the longest road that leaves it
  std::vector<uint32_t> road_drawn;  // call × 128 + level, when the whole road lies at one level and its points are put
  uint32_t call = 0;
  struct Leaving {
    Arc arc;
    Weight ms;  // at its tail
  };
  std::vector<Leaving> leaving;
  double cells_per_m = 0;

  Work(const Graph& g, const Junctions& j)
      : graph(g), junctions(j), ms_of(g.nodes(), kUnreachable), road_m(g.roads.size()), node_m(g.nodes()), road_drawn(g.roads.size(), 0) {
    for (RoadIndex r = 0; r < g.roads.size(); ++r) {
      const auto shape = g.shape_of(r);
      for (size_t i = 1; i < shape.size(); ++i) road_m[r] += static_cast<float>(distance_m(shape[i - 1], shape[i]));
    }
    for (Node v = 0; v < g.nodes(); ++v)
      for (Arc a = g.first[v]; a < g.first[v + 1]; ++a) node_m[v] = std::max(node_m[v], road_m[g.road_of(a)]);
  }

  uint8_t level_of(double ms) const {
    uint8_t level = 0;
    while (level < limits.size() && ms > limits[level]) ++level;
    return level < limits.size() ? level : Field::kUnreachedLevel;
  }
  void put(double x, double y, uint8_t level, Field::Kind kind) {
    const int free = level == Field::kUnreachedLevel ? 1 : margin;
    if (x < free || y < free || x >= field.width - free || y >= field.height - free) return;
    field.put(static_cast<float>(x), static_cast<float>(y), level, kind);
  }

  double lay_grid(const Rectangle& extent, const ContourOptions& options);
  Rectangle extent_of(std::span<const Reached> reached, std::span<const Weight> weights, const ContourOptions& options);
  Rectangle whole() const;
  void put_junctions();
  void put_between(Arc arc, Weight start_ms, Weight arc_ms, bool towards);
  void put_roads(std::span<const Weight> weights, bool towards);
};

// Holds every reached junction, and how far the arcs that lead out of them are passed. Gathers the arcs that may need
// points between their ends.
Rectangle ContourDrawer::Work::extent_of(std::span<const Reached> reached, std::span<const Weight> weights, const ContourOptions& options) {
  const auto least_m = static_cast<float>(kSpacing * options.cell_min_m);
  Rectangle extent;
  leaving.clear();
  for (const auto& [node, ms] : reached) {
    if (ms > limits.back()) continue;
    const LonLat at = graph.at[node];
    extent.add(at);
    if (options.towards || node_m[node] < least_m) continue;
    for (Arc a = graph.first[node]; a < graph.first[node + 1]; ++a) {
      if (road_m[graph.road_of(a)] < least_m || weights[a] >= kUnreachable) continue;
      leaving.push_back({a, ms});
      const Node head = graph.head[a];
      if (ms_of[head] != kUnreachable) continue;
      const double share = std::min(1.0, static_cast<double>(limits.back() - ms) / weights[a]);
      extent.add({at.lon + share * (graph.at[head].lon - at.lon), at.lat + share * (graph.at[head].lat - at.lat)});
    }
  }
  return extent;
}

Rectangle ContourDrawer::Work::whole() const {
  const LonLat far = plane.at({static_cast<double>(field.width), static_cast<double>(field.height)});
  return {plane.west, plane.south, far.lon, far.lat};
}

// Metres of a cell.
double ContourDrawer::Work::lay_grid(const Rectangle& extent, const ContourOptions& options) {
  const double cosine = std::max(0.01, std::cos((extent.south + extent.north) / 2 * std::numbers::pi / 180));
  const double width_m = (extent.east - extent.west) * kMetresPerDegree * cosine;
  const double height_m = (extent.north - extent.south) * kMetresPerDegree;
  double cell_m = std::max(options.cell_min_m, options.reach_m / Field::kReachMax);
  const double cells_max = std::max<uint32_t>(4096, options.cells_max);
  int columns = 0, rows = 0;
  double reach = 0;
  // Whole cells and the margin make the count more than the area.
  for (cell_m = std::max(cell_m, std::sqrt(width_m * height_m / cells_max));; cell_m *= 1.05) {
    reach = std::clamp(options.reach_m / cell_m, 2.5, static_cast<double>(Field::kReachMax));
    margin = static_cast<int>(std::ceil(reach)) + 2;
    const double need_x = std::floor(width_m / cell_m) + 2 + 2 * margin, need_y = std::floor(height_m / cell_m) + 2 + 2 * margin;
    if (need_x * need_y > cells_max) continue;
    columns = static_cast<int>(need_x), rows = static_cast<int>(need_y);
    break;
  }
  const double per_lat = kMetresPerDegree / cell_m, per_lon = per_lat * cosine;
  // Half a cell more, for junctions are known to 1e-7 degree only.
  plane = {extent.west - (margin + 0.5) / per_lon, extent.south - (margin + 0.5) / per_lat, per_lon, per_lat};
  cells_per_m = 1 / cell_m;
  field.reset(columns, rows, reach);
  return cell_m;
}

void ContourDrawer::Work::put_junctions() {
  junctions.near(whole(), [&](const Junctions::Spot& spot) {
    const double x = plane.x(spot.lon_e7 * 1e-7), y = plane.y(spot.lat_e7 * 1e-7);
    const Weight ms = ms_of[spot.node];
    put(x, y, ms == kUnreachable ? Field::kUnreachedLevel : level_of(ms), Field::kJunction);
  });
}

// Points two cells apart, from the end whose time is known to the other, until a little after the last limit.
void ContourDrawer::Work::put_between(Arc arc, Weight start_ms, Weight arc_ms, bool towards) {
  const RoadIndex road = graph.road_of(arc);
  const double length = road_m[road] * cells_per_m;
  if (length < kSpacing) return;
  // The way back would put the same points again, or later ones.
  const uint8_t level = level_of(start_ms);
  if (road_drawn[road] >= call * 128 && road_drawn[road] <= call * 128 + level) return;
  if (level == level_of(static_cast<double>(start_ms) + arc_ms)) road_drawn[road] = call * 128 + level;
  const std::span<const LonLat> shape = graph.shape_of(road);
  const bool from_back = graph.backward(arc) != towards;
  const auto n = shape.size();
  const auto point = [&](size_t i) {
    const LonLat p = shape[from_back ? n - 1 - i : i];
    return GridPoint{plane.x(p.lon), plane.y(p.lat)};
  };
  const double ms_per_cell = arc_ms / length, end = (static_cast<double>(limits.back()) - start_ms) / ms_per_cell + field.reach;
  double passed = 0, next = kSpacing / 2;
  GridPoint from = point(0);
  for (size_t i = 1; i < n && next <= end; ++i) {
    const GridPoint to = point(i);
    const double dx = to.x - from.x, dy = to.y - from.y, step = std::sqrt(dx * dx + dy * dy);
    for (; next < passed + step && next <= end && points_between < kPointsBetweenMax; next += kSpacing, ++points_between) {
      const double share = (next - passed) / step;
      put(from.x + share * dx, from.y + share * dy, level_of(start_ms + next * ms_per_cell), Field::kBetween);
    }
    passed += step;
    from = to;
  }
}

void ContourDrawer::Work::put_roads(std::span<const Weight> weights, bool towards) {
  points_between = 0;
  if (++call == UINT32_MAX / 128) {
    std::fill(road_drawn.begin(), road_drawn.end(), 0);
    call = 1;
  }
  if (!towards) {
    for (const auto& [arc, ms] : leaving) put_between(arc, ms, weights[arc], false);
    return;
  }
  junctions.near(whole(), [&](const Junctions::Spot& spot) {
    for (Arc a = graph.first[spot.node]; a < graph.first[spot.node + 1]; ++a)
      if (const Weight ms = ms_of[graph.head[a]]; ms != kUnreachable && weights[a] < kUnreachable) put_between(a, ms, weights[a], true);
  });
}

ContourDrawer::ContourDrawer(const Graph& graph, const Junctions& junctions) : work_(std::make_unique<Work>(graph, junctions)) {}
ContourDrawer::~ContourDrawer() = default;
ContourDrawer::ContourDrawer(ContourDrawer&&) noexcept = default;
ContourDrawer& ContourDrawer::operator=(ContourDrawer&&) noexcept = default;

Result<Contours> ContourDrawer::draw(std::span<const Reached> reached, std::span<const Weight> weights,
                                     std::span<const Weight> limits, const ContourOptions& options) {
  Work& w = *work_;
  if (limits.empty() || limits.size() > kContourLimitsMax || !std::is_sorted(limits.begin(), limits.end()))
    return Error(ErrorCode::kInvalidField, {{"field", "limits"}, {"why", "1–16, 从小到大 / ascending"}});
  if (!(options.reach_m > 0 && options.reach_m <= 100'000 && options.cell_min_m >= 1 && options.cell_min_m <= 100'000 && options.hole_min_m2 >= 0))
    return Error(ErrorCode::kInvalidField, {{"field", "options"}, {"why", "reach_m 0–100,000, cell_min_m 1–100,000, hole_min_m2 >= 0"}});
  CHECK(weights.size() == w.graph.arcs());
  w.limits = limits;
  Contours out;
  out.of_limit.resize(limits.size());

  for (const auto& [node, ms] : reached)
    if (ms <= limits.back()) w.ms_of[node] = ms;
  const Rectangle extent = w.extent_of(reached, weights, options);
  if (extent.empty()) return out;

  out.cell_m = w.lay_grid(extent, options);
  out.tolerance_m = out.cell_m * kToleranceCells;
  w.put_junctions();
  w.put_roads(weights, options.towards);
  for (const auto& r : reached) w.ms_of[r.node] = kUnreachable;

  w.field.spread();
  w.finder.look_at(w.field);
  const double hole_min_cells = options.hole_min_m2 / (out.cell_m * out.cell_m);
  for (size_t i = 0; i < limits.size(); ++i)
    for (const GridPolygon& polygon : w.finder.rings(w.field, static_cast<uint8_t>(i), hole_min_cells)) {
      ContourPolygon& mine = out.of_limit[i].emplace_back();
      mine.outer = ring_of(polygon.outer, w.plane);
      for (const GridRing& hole : polygon.holes) mine.holes.push_back(ring_of(hole, w.plane));
    }
  return out;
}

}  // namespace anlan::roads
