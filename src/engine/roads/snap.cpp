#include "roads/snap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "roads/bearing.h"

namespace anlan::roads {
namespace {

constexpr double kHeadingWithin_deg = 60, kHeadingWorth_m = 30;
constexpr double kCellsMax = 1 << 22;

// A plane tangent at a point, in metres.
struct Plane {
  LonLat origin;
  double per_lon, per_lat;
  explicit Plane(LonLat o) : origin(o), per_lon(kMetresPerDegree * std::max(1e-6, std::cos(o.lat * kRadians))), per_lat(kMetresPerDegree) {}
  double x(LonLat p) const { return (p.lon - origin.lon) * per_lon; }
  double y(LonLat p) const { return (p.lat - origin.lat) * per_lat; }
};

struct Foot {
  double share;     // of the segment
  double squared;   // metres²
};
// The point of a segment that is nearest to the origin.
Foot foot(const Plane& plane, LonLat a, LonLat b) {
  const double ax = plane.x(a), ay = plane.y(a), dx = plane.x(b) - ax, dy = plane.y(b) - ay;
  const double length = dx * dx + dy * dy;
  const double share = length > 0 ? std::clamp(-(ax * dx + ay * dy) / length, 0.0, 1.0) : 0;
  const double x = ax + share * dx, y = ay + share * dy;
  return {share, x * x + y * y};
}

bool usable(std::span<const Arc> arcs, std::span<const Weight> weights) {
  return std::any_of(arcs.begin(), arcs.end(), [&](Arc a) { return weights[a] != kUnreachable; });
}

}  // namespace

int64_t SnapIndex::column(double lon) const { return static_cast<int64_t>(std::floor((lon - west_) / cell_lon_)); }
int64_t SnapIndex::row(double lat) const { return static_cast<int64_t>(std::floor((lat - south_) / cell_lat_)); }
SnapIndex::Box SnapIndex::clip(Box b) const {
  return {std::max<int64_t>(b.x0, 0), std::max<int64_t>(b.y0, 0), std::min(b.x1, columns_ - 1), std::min(b.y1, rows_ - 1)};
}
std::pair<LonLat, LonLat> SnapIndex::ends(const Segment& s) const {
  const LonLat* shape = &graph_.shape[graph_.shape_first[s.road] + s.index];
  return {shape[0], shape[1]};
}

// Calls f(cell) for every cell that the segment crosses, row by row.
template <class F>
void SnapIndex::for_cells_of(LonLat a, LonLat b, F f) const {
  if (a.lat > b.lat) std::swap(a, b);
  const int64_t y0 = std::clamp<int64_t>(row(a.lat), 0, rows_ - 1), y1 = std::clamp<int64_t>(row(b.lat), 0, rows_ - 1);
  for (int64_t y = y0; y <= y1; ++y) {
    const auto lon_at = [&](double lat) {
      return b.lat > a.lat ? a.lon + (b.lon - a.lon) * std::clamp((lat - a.lat) / (b.lat - a.lat), 0.0, 1.0) : a.lon;
    };
    double low = y == y0 ? a.lon : lon_at(south_ + static_cast<double>(y) * cell_lat_);
    double high = y == y1 ? b.lon : lon_at(south_ + static_cast<double>(y + 1) * cell_lat_);
    if (low > high) std::swap(low, high);
    const int64_t x0 = std::clamp<int64_t>(column(low), 0, columns_ - 1), x1 = std::clamp<int64_t>(column(high), 0, columns_ - 1);
    for (int64_t x = x0; x <= x1; ++x) f(static_cast<size_t>(y * columns_ + x));
  }
}

SnapIndex::SnapIndex(const Graph& graph) : graph_(graph), arcs_(arcs_of_roads(graph)) {
  if (graph.shape.empty()) return;
  double east = west_ = graph.shape[0].lon, north = south_ = graph.shape[0].lat;
  for (const LonLat p : graph.shape) {
    west_ = std::min(west_, p.lon), east = std::max(east, p.lon);
    south_ = std::min(south_, p.lat), north = std::max(north, p.lat);
  }
  const auto for_segments = [&](auto f) {
    for (RoadIndex r = 0; r < graph.roads.size(); ++r)
      for (uint32_t i = 0; i + 1 < graph.shape_of(r).size(); ++i) f(Segment{r, i});
  };
  // Cells about as many as segments, and wide enough that a segment lies in few of them.
  const double squeeze = std::max(0.05, std::cos((south_ + north) / 2 * kRadians));
  double count = 0, extent = 0;
  for_segments([&](const Segment& s) {
    const auto [a, b] = ends(s);
    count += 1;
    extent += std::abs(a.lon - b.lon) * squeeze + std::abs(a.lat - b.lat);
  });
  const double width = (east - west_) * squeeze, height = north - south_;
  const double by_count = std::sqrt(std::max(width * height, 1e-12) / std::clamp(count, 1.0, kCellsMax));
  const double by_length = std::max(width, height) / kCellsMax * 4;  // a network on one line
  cell_lat_ = std::max({by_count, by_length, extent / std::max(count, 1.0) / 4, 1e-6});
  cell_lon_ = cell_lat_ / squeeze;
  columns_ = column(east) + 1;
  rows_ = row(north) + 1;

  cell_first_.assign(static_cast<size_t>(columns_ * rows_) + 1, 0);
  for_segments([&](const Segment& s) {
    const auto [a, b] = ends(s);
    for_cells_of(a, b, [&](size_t cell) { ++cell_first_[cell + 1]; });
  });
  for (size_t c = 1; c < cell_first_.size(); ++c) cell_first_[c] += cell_first_[c - 1];
  segments_.resize(cell_first_.back());
  auto next = cell_first_;
  for_segments([&](const Segment& s) {
    const auto [a, b] = ends(s);
    for_cells_of(a, b, [&](size_t cell) { segments_[next[cell]++] = s; });
  });
}

// f(segment) for the segments of ever wider squares of cells around the point, as long as bound(), in metres, may hold more.
template <class F, class Bound>
void SnapIndex::outward(LonLat at, Bound bound, F f) const {
  if (segments_.empty()) return;
  const Plane plane(at);
  const int64_t x = column(at.lon), y = row(at.lat);
  const int64_t first = std::max({int64_t{0}, -x, x - columns_ + 1, -y, y - rows_ + 1});
  const int64_t last = std::max({std::abs(x), std::abs(x - columns_ + 1), std::abs(y), std::abs(y - rows_ + 1)});
  for (int64_t k = first; k <= last; ++k) {
    // What is outside the square of the rings before is at least this far.
    const double to_west = (at.lon - (west_ + static_cast<double>(x - k + 1) * cell_lon_)) * plane.per_lon;
    const double to_east = (west_ + static_cast<double>(x + k) * cell_lon_ - at.lon) * plane.per_lon;
    const double to_south = (at.lat - (south_ + static_cast<double>(y - k + 1) * cell_lat_)) * plane.per_lat;
    const double to_north = (south_ + static_cast<double>(y + k) * cell_lat_ - at.lat) * plane.per_lat;
    if (k > 0 && std::min({to_west, to_east, to_south, to_north}) > bound()) return;
    const auto visit = [&](int64_t x0, int64_t x1, int64_t row) {
      if (row < 0 || row >= rows_) return;
      const Box box = clip({x0, row, x1, row});
      if (box.x0 > box.x1) return;
      for (uint32_t i = cell_first_[static_cast<size_t>(row * columns_ + box.x0)];
           i < cell_first_[static_cast<size_t>(row * columns_ + box.x1) + 1]; ++i)
        f(segments_[i]);
    };
    visit(x - k, x + k, y - k);
    if (k > 0) visit(x - k, x + k, y + k);
    const Box sides = clip({0, y - k + 1, 0, y + k - 1});
    for (int64_t r = sides.y0; r <= sides.y1; ++r) {
      visit(x - k, x - k, r);
      visit(x + k, x + k, r);
    }
  }
}

RoadPoint SnapIndex::place(const Segment& s, LonLat at) const {
  const Plane plane(at);
  const auto [a, b] = ends(s);
  const Foot f = foot(plane, a, b);
  const auto shape = graph_.shape_of(s.road);
  double before = 0, whole = 0;
  for (uint32_t i = 0; i + 1 < shape.size(); ++i) {
    const double metres = distance_m(shape[i], shape[i + 1]);
    if (i < s.index) before += metres;
    if (i == s.index) before += metres * f.share;
    whole += metres;
  }
  RoadPoint p{.road = s.road, .segment = s.index, .fraction = whole > 0 ? std::min(1.0, before / whole) : 0};
  p.at = {a.lon + f.share * (b.lon - a.lon), a.lat + f.share * (b.lat - a.lat)};
  p.distance_m = std::sqrt(f.squared);
  return p;
}

template <class Use>
std::optional<RoadPoint> SnapIndex::nearest_segment(LonLat at, double radius_m, Use use) const {
  if (!is_valid(at)) return std::nullopt;
  const Plane plane(at);
  double best = radius_m * radius_m;
  std::optional<Segment> found;
  outward(at, [&] { return std::sqrt(best); }, [&](const Segment& s) {
    const auto [a, b] = ends(s);
    const double squared = foot(plane, a, b).squared;
    // A barrier is a road without extent; one is beside it, not on it.
    if (squared > best || (found && squared == best) || a == b || !use(s)) return;
    best = squared;
    found = s;
  });
  if (!found) return std::nullopt;
  return place(*found, at);
}

std::optional<RoadPoint> SnapIndex::nearest(LonLat at, double radius_m, const std::function<bool(RoadIndex)>& use) const {
  return nearest_segment(at, radius_m, [&](const Segment& s) { return use(s.road); });
}

bool SnapIndex::aligned(const Segment& s, double heading_deg, std::span<const Weight> weights) const {
  const auto [a, b] = ends(s);
  const double bearing = bearing_deg(a, b);
  for (const Arc arc : arcs_.of(s.road))
    if (weights[arc] != kUnreachable &&
        std::abs(turn_deg(heading_deg, graph_.backward(arc) ? bearing + 180 : bearing)) <= kHeadingWithin_deg)
      return true;
  return false;
}

Snap SnapIndex::snap(LonLat at, std::span<const Weight> weights, const SnapAsked& asked) const {
  Snap out;
  if (segments_.empty() || !is_valid(at)) return out;
  const double limit = std::max(asked.search_m, asked.radius_m);
  const auto open = [&](const Segment& s) { return usable(arcs_.of(s.road), weights); };
  out.nearest = nearest_segment(at, limit, [](const Segment&) { return true; });
  if (out.nearest) {
    out.nearest_closed = !usable(arcs_.of(out.nearest->road), weights);
    out.point = out.nearest_closed ? nearest_segment(at, limit, open) : out.nearest;
  }
  if (!out.point || out.point->distance_m > asked.radius_m) {
    out.reason = out.nearest && out.nearest->distance_m <= asked.radius_m ? SnapReason::kClosed : SnapReason::kTooFar;
    return out;
  }
  if (asked.heading_deg) {
    const double within = std::min(asked.radius_m, out.point->distance_m + kHeadingWorth_m);
    if (auto along = nearest_segment(at, within, [&](const Segment& s) { return aligned(s, *asked.heading_deg, weights); }))
      out.point = along;
  }
  out.reason = SnapReason::kFound;
  out.arcs = arcs_at(out.point->road, out.point->fraction, weights);
  return out;
}

std::vector<ArcPoint> SnapIndex::arcs_at(RoadIndex road, double fraction, std::span<const Weight> weights) const {
  std::vector<ArcPoint> out;
  for (const Arc arc : arcs_.of(road)) {
    if (weights[arc] == kUnreachable) continue;
    const auto from_shape_start = static_cast<Weight>(std::lround(weights[arc] * std::clamp(fraction, 0.0, 1.0)));
    const Weight behind = graph_.backward(arc) ? weights[arc] - from_shape_start : from_shape_start;
    out.push_back({arc, behind, weights[arc] - behind});
  }
  return out;
}

std::vector<RoadIndex> SnapIndex::roads_in(LonLat low, LonLat high) const {
  std::vector<RoadIndex> out;
  if (segments_.empty() || low.lon > high.lon || low.lat > high.lat) return out;
  const Box box = clip({column(low.lon), row(low.lat), column(high.lon), row(high.lat)});
  for (int64_t y = box.y0; y <= box.y1; ++y)
    for (int64_t x = box.x0; x <= box.x1; ++x) {
      const auto cell = static_cast<size_t>(y * columns_ + x);
      for (uint32_t i = cell_first_[cell]; i < cell_first_[cell + 1]; ++i) {
        // Cut the segment by the four sides (Liang and Barsky 1984).
        const auto [a, b] = ends(segments_[i]);
        double from = 0, to = 1;
        const auto cut = [&](double start, double step, double least, double most) {
          if (step == 0) return void(start < least || start > most ? to = -1 : 0);
          const double enter = ((step > 0 ? least : most) - start) / step, leave = ((step > 0 ? most : least) - start) / step;
          from = std::max(from, enter), to = std::min(to, leave);
        };
        cut(a.lon, b.lon - a.lon, low.lon, high.lon);
        cut(a.lat, b.lat - a.lat, low.lat, high.lat);
        if (from <= to) out.push_back(segments_[i].road);
      }
    }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string text_of(const Snap& snap, const Graph& graph, double radius_m, bool chinese) {
  const auto metres = [&](double m) {
    return m < 950 ? fmt::format("{:.0f} {}", std::max(1.0, m), chinese ? "米" : "m")
                   : fmt::format("{:.1f} {}", m / 1000, chinese ? "公里" : "km");
  };
  const auto road = [&](const RoadPoint& p) -> std::string {
    const Road& r = graph.roads[p.road];
    if (r.name) return graph.names[r.name];
    if (r.ref) return graph.names[r.ref];
    return chinese ? "无名道路" : "a road without name";
  };
  switch (snap.reason) {
    case SnapReason::kNoRoads: return chinese ? "没有可用的路网数据" : "There are no roads to search";
    case SnapReason::kFound:
      if (!snap.nearest_closed) return {};
      return chinese ? fmt::format("最近的道路（{}）禁止该车辆通行，已改用 {}外的{}", road(*snap.nearest), metres(snap.point->distance_m),
                                   road(*snap.point))
                     : fmt::format("The nearest road ({}) is closed to this vehicle; {}, {} away, is used", road(*snap.nearest),
                                   road(*snap.point), metres(snap.point->distance_m));
    case SnapReason::kTooFar:
      if (!snap.point)
        return chinese ? fmt::format("附近 {}内没有可通行的道路", metres(radius_m))
                       : fmt::format("No road that may be used within {}", metres(radius_m));
      return chinese ? fmt::format("附近 {}内没有道路，最近的可通行道路（{}）在 {}外", metres(radius_m), road(*snap.point),
                                   metres(snap.point->distance_m))
                     : fmt::format("No road within {}; the nearest that may be used ({}) is {} away", metres(radius_m), road(*snap.point),
                                   metres(snap.point->distance_m));
    case SnapReason::kClosed: break;
  }
  if (!snap.point)
    return chinese ? fmt::format("附近的道路（{}）禁止该车辆通行", road(*snap.nearest))
                   : fmt::format("The roads nearby ({}) are closed to this vehicle", road(*snap.nearest));
  return chinese ? fmt::format("附近 {}内的道路（{}）禁止该车辆通行，最近的可通行道路（{}）在 {}外", metres(radius_m), road(*snap.nearest),
                               road(*snap.point), metres(snap.point->distance_m))
                 : fmt::format("The roads within {} ({}) are closed to this vehicle; the nearest that may be used ({}) is {} away",
                               metres(radius_m), road(*snap.nearest), road(*snap.point), metres(snap.point->distance_m));
}

}  // namespace anlan::roads
