#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "protocols/firms.h"

namespace anlan {
namespace {

constexpr double kEarthRadiusM = 6'371'008.8;
constexpr double kDegree = std::numbers::pi / 180;

struct Vector {
  double x, y, z;  // on the unit sphere
};
Vector vector_of(LonLat p) {
  const double c = std::cos(p.lat * kDegree);
  return {c * std::cos(p.lon * kDegree), c * std::sin(p.lon * kDegree), std::sin(p.lat * kDegree)};
}

using Cell = std::array<int32_t, 4>;  // x, y, z, time

// Numbers the cells that are occupied. Open addressing; never more than half full.
class CellTable {
 public:
  explicit CellTable(size_t most) {
    size_t size = 16;
    while (size < most * 2) size *= 2;
    slots_.assign(size, kNone);
    cells_.reserve(most);
  }
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t find(const Cell& cell) const { return slots_[slot_of(cell)]; }
  uint32_t find_or_add(const Cell& cell) {
    auto& slot = slots_[slot_of(cell)];
    if (slot == kNone) {
      slot = static_cast<uint32_t>(cells_.size());
      cells_.push_back(cell);
    }
    return slot;
  }
  size_t size() const { return cells_.size(); }
  const Cell& operator[](uint32_t number) const { return cells_[number]; }

 private:
  size_t slot_of(const Cell& cell) const {
    uint64_t h = 0;
    for (const auto part : cell) {
      h = (h ^ static_cast<uint32_t>(part)) * 0x9E3779B97F4A7C15u;
      h ^= h >> 29;
    }
    const size_t mask = slots_.size() - 1;
    size_t at = h & mask;
    while (slots_[at] != kNone && cells_[slots_[at]] != cell) at = (at + 1) & mask;
    return at;
  }
  std::vector<uint32_t> slots_;
  std::vector<Cell> cells_;
};

class Sets {
 public:
  explicit Sets(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0u); }
  uint32_t find(uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(uint32_t a, uint32_t b) {
    a = find(a), b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

// Half of the neighbours: each pair of cells is met once. A cell's diagonal is the link distance and its length in time the link
// time, so that all within it belong together; what may be linked lies at most two cells away in space and one in time.
std::vector<Cell> half_neighbours() {
  std::vector<Cell> out;
  for (int t = 0; t <= 1; ++t)
    for (int x = -2; x <= 2; ++x)
      for (int y = -2; y <= 2; ++y)
        for (int z = -2; z <= 2; ++z)
          if (t > 0 || x > 0 || (x == 0 && (y > 0 || (y == 0 && z > 0)))) out.push_back({x, y, z, t});
  return out;
}

double cross(LonLat o, LonLat a, LonLat b) { return (a.lon - o.lon) * (b.lat - o.lat) - (a.lat - o.lat) * (b.lon - o.lon); }

// Andrew's monotone chain.
std::vector<LonLat> hull_of(std::vector<LonLat> points) {
  std::sort(points.begin(), points.end(), [](LonLat a, LonLat b) { return a.lon != b.lon ? a.lon < b.lon : a.lat < b.lat; });
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<LonLat> hull;
  for (int pass = 0; pass < 2; ++pass) {
    const size_t base = hull.size();
    for (const auto p : points) {
      while (hull.size() >= base + 2 && cross(hull[hull.size() - 2], hull.back(), p) <= 0) hull.pop_back();
      hull.push_back(p);
    }
    hull.pop_back();
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

double wrapped(double lon) { return lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon; }

void describe(std::span<const FireDetection> all, std::span<const Vector> vectors, Fire& fire) {
  Vector sum{};
  fire.first = fire.last = all[fire.detections[0]].time;
  for (const auto i : fire.detections) {
    const auto& d = all[i];
    fire.first = std::min(fire.first, d.time);
    fire.last = std::max(fire.last, d.time);
    fire.frp_max_mw = std::max(fire.frp_max_mw, d.frp_mw);
    sum.x += vectors[i].x, sum.y += vectors[i].y, sum.z += vectors[i].z;
  }
  fire.centre = {std::atan2(sum.y, sum.x) / kDegree, std::atan2(sum.z, std::hypot(sum.x, sum.y)) / kDegree};
  // Longitudes are taken relative to the centre, so that a fire across the date line is one piece.
  std::vector<LonLat> points;
  points.reserve(fire.detections.size());
  LonLat low{1e9, 1e9}, high{-1e9, -1e9};
  for (const auto i : fire.detections) {
    const LonLat p{fire.centre.lon + wrapped(all[i].at.lon - fire.centre.lon), all[i].at.lat};
    low = {std::min(low.lon, p.lon), std::min(low.lat, p.lat)};
    high = {std::max(high.lon, p.lon), std::max(high.lat, p.lat)};
    points.push_back(p);
  }
  fire.south_west = {wrapped(low.lon), low.lat};
  fire.north_east = {wrapped(high.lon), high.lat};
  fire.hull = hull_of(std::move(points));
  for (auto& p : fire.hull) p.lon = wrapped(p.lon);
}

}  // namespace

std::vector<Fire> cluster_fires(std::span<const FireDetection> all, const FireRules& rules) {
  const double link = std::clamp(rules.link_m, 100.0, 100'000.0) / kEarthRadiusM;
  const int64_t link_ms = std::clamp(rules.link_time, minutes(1), hours(720)).count;
  const double side = link / std::numbers::sqrt3;
  if (all.empty()) return {};
  const auto begin = std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.time < b.time; })->time;

  std::vector<Vector> vectors;
  vectors.reserve(all.size());
  CellTable cells(all.size());
  std::vector<uint32_t> cell_of(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const auto v = vectors.emplace_back(vector_of(all[i].at));
    // A time cell is one millisecond longer than the link time, whose end is included: the difference within it is at most that.
    cell_of[i] = cells.find_or_add({static_cast<int32_t>(std::floor(v.x / side)), static_cast<int32_t>(std::floor(v.y / side)),
                                    static_cast<int32_t>(std::floor(v.z / side)),
                                    static_cast<int32_t>((all[i].time - begin).count / (link_ms + 1))});
  }
  // Detections sorted by cell: members of cell c are order[start[c]] to order[start[c + 1]].
  std::vector<uint32_t> start(cells.size() + 1), order(all.size());
  for (const auto c : cell_of) ++start[c + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  auto next = start;
  for (uint32_t i = 0; i < all.size(); ++i) order[next[cell_of[i]]++] = i;

  const auto linked = [&](uint32_t a, uint32_t b) {
    const double x = vectors[a].x - vectors[b].x, y = vectors[a].y - vectors[b].y, z = vectors[a].z - vectors[b].z;
    return x * x + y * y + z * z <= link * link && std::abs((all[a].time - all[b].time).count) <= link_ms;
  };
  Sets sets(cells.size());
  const auto offsets = half_neighbours();
  for (uint32_t c = 0; c < cells.size(); ++c) {
    for (const auto& offset : offsets) {
      Cell other = cells[c];
      for (size_t i = 0; i < 4; ++i) other[i] += offset[i];
      const auto n = cells.find(other);
      if (n == CellTable::kNone || sets.find(n) == sets.find(c)) continue;
      bool found = false;
      for (auto a = start[c]; a < start[c + 1] && !found; ++a)
        for (auto b = start[n]; b < start[n + 1] && !found; ++b) found = linked(order[a], order[b]);
      if (found) sets.join(c, n);
    }
  }

  std::vector<Fire> fires;
  std::vector<uint32_t> fire_of(cells.size(), CellTable::kNone);
  for (uint32_t i = 0; i < all.size(); ++i) {
    auto& number = fire_of[sets.find(cell_of[i])];
    if (number == CellTable::kNone) {
      number = static_cast<uint32_t>(fires.size());
      fires.emplace_back();
    }
    fires[number].detections.push_back(i);
  }
  for (auto& fire : fires) describe(all, vectors, fire);
  return fires;
}

}  // namespace anlan
