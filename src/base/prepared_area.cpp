#include "base/prepared_area.h"

#include <algorithm>
#include <cmath>

#include "base/even_odd.h"

namespace anlan {
namespace {

// Cells are widened by this much when edges are sorted into them. It is far above the rounding of any product of
// coordinates here (1e-13 degree) and far below the smallest cell, so that an edge left out of a cell lies on one
// certain side of every position in it.
constexpr double kSlackDeg = 1e-9;
constexpr double kCellMinDeg = 1e-6;
constexpr size_t kCellsMin = 256, kCellsMax = 1 << 20;
constexpr size_t kCellsPerEdge = 16;

double turn(LonLat a, LonLat b, LonLat c) {
  return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

bool between(double a, double b, double x) {
  return x >= std::min(a, b) && x <= std::max(a, b);
}

// Closed segments: touching counts.
bool segments_meet(LonLat a, LonLat b, LonLat c, LonLat d) {
  const double tc = turn(a, b, c), td = turn(a, b, d), ta = turn(c, d, a), tb = turn(c, d, b);
  if (((tc > 0) != (td > 0)) && ((ta > 0) != (tb > 0)) && tc != 0 && td != 0 && ta != 0 && tb != 0) return true;
  const auto on = [](double t, LonLat s, LonLat e, LonLat p) {
    return t == 0 && between(s.lon, e.lon, p.lon) && between(s.lat, e.lat, p.lat);
  };
  return on(tc, a, b, c) || on(td, a, b, d) || on(ta, c, d, a) || on(tb, c, d, b);
}

}  // namespace

PreparedArea::PreparedArea(const Area& area) {
  edges_.reserve(vertex_count(area));
  const auto add = [&](const Ring& ring) {
    for (size_t i = 0; i < ring.size(); ++i) {
      CHECK(is_valid(ring[i]));
      if (i > 0) edges_.push_back({ring[i - 1], ring[i]});
    }
    CHECK(ring.empty() || ring.front() == ring.back());
  };
  for (const auto& polygon : area.polygons) {
    if (!polygon.outer.empty()) ring_starts_.push_back(polygon.outer.front());
    add(polygon.outer);
    for (const auto& hole : polygon.holes) add(hole);
  }
  if (edges_.empty()) return;
  bounds_ = {edges_[0].a.lon, edges_[0].a.lat, edges_[0].a.lon, edges_[0].a.lat};
  for (const auto& e : edges_) {
    bounds_.west = std::min(bounds_.west, e.a.lon), bounds_.east = std::max(bounds_.east, e.a.lon);
    bounds_.south = std::min(bounds_.south, e.a.lat), bounds_.north = std::max(bounds_.north, e.a.lat);
  }
  const size_t limit = 4'000'000 + 8 * edges_.size();
  for (size_t cells = std::clamp(edges_.size() * kCellsPerEdge, kCellsMin, kCellsMax);; cells /= 4) {
    lay_grid(cells);
    if (count_entries(limit) <= limit) break;
  }
  fill_entries();
  fill_parities();
}

// About the given number of nearly square cells; one cell at the least, which always fits the limit.
void PreparedArea::lay_grid(size_t cells) {
  const double width = std::max(bounds_.east - bounds_.west, kCellMinDeg);
  const double height = std::max(bounds_.north - bounds_.south, kCellMinDeg);
  const double side =
      std::max(std::sqrt(width * height / static_cast<double>(std::max<size_t>(cells, 1))), kCellMinDeg);
  const auto count = [&](double length) {
    return static_cast<int>(std::clamp(length / side, 1.0, static_cast<double>(std::max<size_t>(cells, 1))));
  };
  columns_ = count(width);
  rows_ = count(height);
  columns_per_deg_ = columns_ / width;
  rows_per_deg_ = rows_ / height;
  column_sides_.resize(static_cast<size_t>(columns_) + 1);
  row_sides_.resize(static_cast<size_t>(rows_) + 1);
  for (int c = 0; c <= columns_; ++c) column_sides_[static_cast<size_t>(c)] = bounds_.west + width * c / columns_;
  for (int r = 0; r <= rows_; ++r) row_sides_[static_cast<size_t>(r)] = bounds_.south + height * r / rows_;
}

int PreparedArea::row_of(double lat) const {
  return std::clamp(static_cast<int>((lat - bounds_.south) * rows_per_deg_), 0, rows_ - 1);
}
int PreparedArea::column_of(double lon) const {
  return std::clamp(static_cast<int>((lon - bounds_.west) * columns_per_deg_), 0, columns_ - 1);
}

PreparedArea::CellRange PreparedArea::rows_of(const Edge& edge) const {
  return {row_of(std::min(edge.a.lat, edge.b.lat) - kSlackDeg), row_of(std::max(edge.a.lat, edge.b.lat) + kSlackDeg)};
}

PreparedArea::CellRange PreparedArea::columns_of(const Edge& edge, int row) const {
  const LonLat lower = edge.a.lat <= edge.b.lat ? edge.a : edge.b, upper = edge.a.lat <= edge.b.lat ? edge.b : edge.a;
  const double south = row_sides_[static_cast<size_t>(row)] - kSlackDeg;
  const double north = row_sides_[static_cast<size_t>(row) + 1] + kSlackDeg;
  const double rise = upper.lat - lower.lat, run = upper.lon - lower.lon;
  // A level edge may miss the row by rounding alone: it is taken whole.
  const auto lon_at = [&](double lat) {
    return rise > 0 ? lower.lon + run * std::clamp((lat - lower.lat) / rise, 0.0, 1.0) : lower.lon;
  };
  const double from = lower.lat >= south ? lower.lon : lon_at(south);
  const double to = upper.lat <= north || rise <= 0 ? upper.lon : lon_at(north);
  return {column_of(std::min(from, to) - kSlackDeg), column_of(std::max(from, to) + kSlackDeg)};
}

template <class Visit>
void PreparedArea::for_each_cell(const Edge& edge, Visit visit) const {
  const auto rows = rows_of(edge);
  for (int r = rows.first; r <= rows.last; ++r) {
    const auto columns = columns_of(edge, r);
    const size_t base = static_cast<size_t>(r) * static_cast<size_t>(columns_);
    for (int c = columns.first; c <= columns.last; ++c) visit(base + static_cast<size_t>(c), c);
  }
}

// Leaves the number of entries of cell i in cell_starts_[i + 1]; stops early once over the limit.
size_t PreparedArea::count_entries(size_t limit) {
  cell_starts_.assign(static_cast<size_t>(columns_) * static_cast<size_t>(rows_) + 1, 0);
  size_t total = 0;
  for (const auto& edge : edges_) {
    for_each_cell(edge, [&](size_t cell, int) {
      ++cell_starts_[cell + 1];
      ++total;
    });
    if (total > limit) break;
  }
  return total;
}

void PreparedArea::fill_entries() {
  for (size_t i = 1; i < cell_starts_.size(); ++i) cell_starts_[i] += cell_starts_[i - 1];
  entries_.resize(cell_starts_.back());
  std::vector<uint32_t> next(cell_starts_.begin(), cell_starts_.end() - 1);
  for (size_t e = 0; e < edges_.size(); ++e)
    for_each_cell(edges_[e], [&](size_t cell, int) { entries_[next[cell]++] = static_cast<uint32_t>(e); });
}

// For the corner q of a cell and any p: the parity at p is the parity at q changed by every crossing of an edge with
// the way q -> (east side, p.lat) -> p. For one edge that is
//     ray(p) ^ ray(q) ^ inside(a) ^ inside(b),
// where inside(v) tells whether v lies in the half strip east of the cell's east side between the two latitudes,
// (v.lat > p.lat) != (v.lat > q.lat): the strip's other sides are the rays, and an edge crosses the border of the strip
// an even number of times when both ends are in or both are out. What does not depend on p is folded into the bit.
void PreparedArea::fill_parities() {
  const auto columns = static_cast<size_t>(columns_);
  cells_.assign(columns * static_cast<size_t>(rows_), 0);
  // flips[c] turns the corners of all columns before c.
  std::vector<uint8_t> flips(static_cast<size_t>(rows_) * (columns + 1), 0);
  for (const auto& edge : edges_) {
    const auto rows = rows_of(edge);
    for (int r = rows.first; r <= rows.last; ++r) {
      const double lat = row_sides_[static_cast<size_t>(r) + 1];
      if ((edge.a.lat > lat) == (edge.b.lat > lat)) continue;
      const double lon = edge.a.lon + (lat - edge.a.lat) / (edge.b.lat - edge.a.lat) * (edge.b.lon - edge.a.lon);
      const int near = column_of(lon);
      const int sure = std::max(near - 2, 0), end = std::min(near + 2, columns_);
      flips[static_cast<size_t>(r) * (columns + 1) + static_cast<size_t>(sure)] ^= 1;
      for (int c = sure; c < end; ++c) {
        const LonLat corner{column_sides_[static_cast<size_t>(c) + 1], lat};
        cells_[static_cast<size_t>(r) * columns + static_cast<size_t>(c)] ^=
            ray_hit(edge.a, edge.b, corner) == RayHit::kHit;
      }
    }
  }
  for (int r = 0; r < rows_; ++r) {
    uint8_t parity = 0;
    for (size_t c = columns; c-- > 0;) {
      parity ^= flips[static_cast<size_t>(r) * (columns + 1) + c + 1];
      const size_t cell = static_cast<size_t>(r) * columns + c;
      cells_[cell] ^= parity;
      if (cell_starts_[cell] == cell_starts_[cell + 1]) continue;
      const LonLat corner{column_sides_[c + 1], row_sides_[static_cast<size_t>(r) + 1]};
      for (uint32_t i = cell_starts_[cell]; i < cell_starts_[cell + 1]; ++i) {
        const auto& e = edges_[entries_[i]];
        cells_[cell] ^= ray_hit(e.a, e.b, corner) == RayHit::kHit;
        cells_[cell] ^= e.a.lon > corner.lon && e.a.lat > corner.lat;
        cells_[cell] ^= e.b.lon > corner.lon && e.b.lat > corner.lat;
      }
      cells_[cell] |= kMixed;
    }
  }
}

bool PreparedArea::contains(LonLat p) const {
  if (!(p.lon >= bounds_.west && p.lon <= bounds_.east && p.lat >= bounds_.south && p.lat <= bounds_.north))
    return false;
  if (edges_.empty()) return false;
  const auto column = static_cast<size_t>(column_of(p.lon));
  const size_t cell = static_cast<size_t>(row_of(p.lat)) * static_cast<size_t>(columns_) + column;
  const uint8_t state = cells_[cell];
  if (state < kMixed) return state == kInside;
  unsigned parity = state & 1u;
  const double side = column_sides_[column + 1];
  for (uint32_t i = cell_starts_[cell], end = cell_starts_[cell + 1]; i < end; ++i) {
    const auto& e = edges_[entries_[i]];
    const auto hit = ray_hit(e.a, e.b, p);
    if (hit == RayHit::kOnEdge) return true;
    parity ^= static_cast<unsigned>(hit == RayHit::kHit);
    parity ^= static_cast<unsigned>(e.a.lon > side) & static_cast<unsigned>(e.a.lat > p.lat);
    parity ^= static_cast<unsigned>(e.b.lon > side) & static_cast<unsigned>(e.b.lat > p.lat);
  }
  return parity != 0;
}

void PreparedArea::contains_many(std::span<const LonLat> points, std::span<uint8_t> inside) const {
  CHECK(points.size() == inside.size());
  for (size_t i = 0; i < points.size(); ++i) inside[i] = contains(points[i]);
}

bool PreparedArea::crosses_edges(const Ring& ring) const {
  for (size_t i = 1; i < ring.size(); ++i) {
    const Edge edge{ring[i - 1], ring[i]};
    if (std::max(edge.a.lon, edge.b.lon) < bounds_.west || std::min(edge.a.lon, edge.b.lon) > bounds_.east ||
        std::max(edge.a.lat, edge.b.lat) < bounds_.south || std::min(edge.a.lat, edge.b.lat) > bounds_.north)
      continue;
    bool met = false;
    for_each_cell(edge, [&](size_t cell, int) {
      for (uint32_t k = cell_starts_[cell]; k < cell_starts_[cell + 1] && !met; ++k)
        met = segments_meet(edge.a, edge.b, edges_[entries_[k]].a, edges_[entries_[k]].b);
    });
    if (met) return true;
  }
  return false;
}

bool PreparedArea::intersects(const Area& other) const {
  if (edges_.empty()) return false;
  const auto box = bounding_box(other);
  if (!box || box->west > bounds_.east || box->east < bounds_.west || box->south > bounds_.north ||
      box->north < bounds_.south)
    return false;
  for (const auto& polygon : other.polygons) {
    if (!polygon.outer.empty() && contains(polygon.outer.front())) return true;
    if (crosses_edges(polygon.outer)) return true;
    if (std::any_of(polygon.holes.begin(), polygon.holes.end(), [&](const Ring& h) { return crosses_edges(h); }))
      return true;
  }
  // No edges meet: each of our polygons lies wholly within the other or wholly without.
  return std::any_of(ring_starts_.begin(), ring_starts_.end(), [&](LonLat p) { return anlan::contains(other, p); });
}

bool PreparedArea::intersects(const Polygon& other) const {
  return intersects(Area{{other}});
}

}  // namespace anlan
