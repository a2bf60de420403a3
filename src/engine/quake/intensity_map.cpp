#include "quake/intensity_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "base/even_odd.h"
#include "quake/local_frame.h"

namespace anlan::quake {
namespace {

constexpr double kRad = wide::kPi / 180, kKmPerDegree = wide::kEarthKm * kRad;
constexpr uint32_t kNone = UINT32_MAX;

Error wrong(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

// The grid with a frame of points around it that never reach a level, so that every line closes. Corners are numbered in
// the framed grid; an edge by its western or southern corner, twice, plus one for those that run north.
class Contour {
 public:
  Contour(const Grid& grid, std::span<const float> values, float level)
      : grid_(grid), values_(values), level_(level), columns_(grid.columns + 2), next_(size_t{columns_} * (grid.rows + 2) * 2, kNone) {}

  std::vector<Ring> rings() {
    for (uint32_t row = 0; row + 1 < grid_.rows + 2; ++row)
      for (uint32_t column = 0; column + 1 < columns_; ++column) link(column, row);
    std::vector<Ring> rings;
    for (size_t start = 0; start < next_.size(); ++start) {
      if (next_[start] == kNone) continue;
      Ring ring;
      for (auto edge = static_cast<uint32_t>(start); next_[edge] != kNone;) {
        const LonLat p = crossing(edge);
        if (ring.empty() || !(ring.back() == p)) ring.push_back(p);
        edge = std::exchange(next_[edge], kNone);
      }
      if (!ring.empty() && !(ring.front() == ring.back())) ring.push_back(ring.front());
      if (ring.size() >= 4) rings.push_back(std::move(ring));
    }
    return rings;
  }

 private:
  bool framed(uint32_t column, uint32_t row) const { return column == 0 || row == 0 || column > grid_.columns || row > grid_.rows; }
  float value(uint32_t column, uint32_t row) const {
    return framed(column, row) ? -std::numeric_limits<float>::infinity() : values_[size_t{row - 1} * grid_.columns + (column - 1)];
  }
  bool in(uint32_t column, uint32_t row) const { return value(column, row) >= level_; }
  uint32_t edge(uint32_t column, uint32_t row, bool north) const { return (row * columns_ + column) * 2 + (north ? 1 : 0); }

  // Around a cell counter-clockwise, a line starts where the corners change from in to out and ends where they change
  // back: what is in lies to its left. With two lines the middle decides which corners are joined.
  void link(uint32_t column, uint32_t row) {
    const bool corner[4] = {in(column, row), in(column + 1, row), in(column + 1, row + 1), in(column, row + 1)};
    const int inside = corner[0] + corner[1] + corner[2] + corner[3];
    if (inside == 0 || inside == 4) return;
    const uint32_t side[4] = {edge(column, row, false), edge(column + 1, row, true), edge(column, row + 1, false), edge(column, row, true)};
    const bool saddle = corner[0] == corner[2] && corner[1] == corner[3];
    const bool joined = saddle && value(column, row) + value(column + 1, row) + value(column + 1, row + 1) + value(column, row + 1) >= 4 * level_;
    for (int s = 0; s < 4; ++s) {
      if (!corner[s] || corner[(s + 1) % 4]) continue;
      int end = (s + 1) % 4;
      if (saddle && !joined) end = (s + 3) % 4;
      while (corner[end] || !corner[(end + 1) % 4]) end = (end + 1) % 4;
      next_[side[s]] = side[end];
    }
  }

  LonLat place(double column, double row) const {
    return {grid_.west + grid_.dlon * std::clamp(column - 1, 0.0, grid_.columns - 1.0), grid_.south + grid_.dlat * std::clamp(row - 1, 0.0, grid_.rows - 1.0)};
  }
  LonLat crossing(uint32_t edge) const {
    const bool north = edge % 2 == 1;
    const uint32_t column = edge / 2 % columns_, row = edge / 2 / columns_, column_b = column + (north ? 0 : 1), row_b = row + (north ? 1 : 0);
    const double a = static_cast<double>(value(column, row)), b = static_cast<double>(value(column_b, row_b)), level = static_cast<double>(level_);
    double share = (level - a) / (b - a);
    if (!std::isfinite(a) || !std::isfinite(b)) share = a >= level ? 0 : 1;  // along the frame, and beside what is not known
    share = std::clamp(share, 0.0, 1.0);
    return place(column + (north ? 0 : share), row + (north ? share : 0));
  }

  const Grid& grid_;
  std::span<const float> values_;
  float level_;
  uint32_t columns_;
  std::vector<uint32_t> next_;  // of the line that starts on an edge: the edge where it ends
};

double signed_area(const Ring& ring) {
  double sum = 0;
  for (size_t i = 0; i + 1 < ring.size(); ++i) sum += (ring[i].lon - ring[0].lon) * (ring[i + 1].lat - ring[0].lat) - (ring[i + 1].lon - ring[0].lon) * (ring[i].lat - ring[0].lat);
  return sum / 2;
}

bool holds(const Ring& ring, LonLat p) {
  bool odd = false;
  for (size_t i = 0; i + 1 < ring.size(); ++i) odd ^= ray_hit(ring[i], ring[i + 1], p) == RayHit::kHit;
  return odd;
}

std::vector<Polygon> polygons_of(std::vector<Ring> rings) {
  struct Sized {
    double area;
    Ring ring;
  };
  std::vector<Sized> sized;
  for (Ring& ring : rings)
    if (const double area = signed_area(ring); std::abs(area) > 1e-12) sized.push_back({area, std::move(ring)});
  std::sort(sized.begin(), sized.end(), [](const Sized& a, const Sized& b) {
    const LonLat p = a.ring[0], q = b.ring[0];
    return std::tuple(-std::abs(a.area), p.lon, p.lat) < std::tuple(-std::abs(b.area), q.lon, q.lat);
  });
  if (sized.size() > kRingsMax) sized.resize(kRingsMax);
  std::vector<Polygon> polygons;
  for (Sized& s : sized)
    if (s.area > 0) polygons.push_back({std::move(s.ring), {}});
  // A hole belongs to the smallest outer ring around it.
  for (Sized& s : sized) {
    if (s.area > 0) continue;
    for (size_t i = polygons.size(); i-- > 0;) {
      if (!holds(polygons[i].outer, s.ring[0]) && !holds(polygons[i].outer, s.ring[s.ring.size() / 2])) continue;
      polygons[i].holes.push_back(std::move(s.ring));
      break;
    }
  }
  return polygons;
}

}  // namespace

Result<Grid> grid_about(LonLat centre, double reach_km, double cell_km) {
  if (!is_valid(centre)) return wrong("centre", "坐标无效 / not a valid position");
  if (!(reach_km > 0 && reach_km <= 5'000) || !(cell_km > 0 && cell_km <= reach_km)) return wrong("cell_km", "格距或范围无效 / the cell or the reach is not valid");
  const double dlat = cell_km / kKmPerDegree, up = reach_km / kKmPerDegree;
  if (centre.lat + up > 89 || centre.lat - up < -89) return wrong("centre", "网格不能包含极点 / the grid must not hold a pole");
  const double narrow = std::cos((std::abs(centre.lat) + up) * kRad);
  const double dlon = cell_km / (kKmPerDegree * std::cos(centre.lat * kRad)), out = up / narrow;
  if (centre.lon - out < -180 || centre.lon + out > 180) return wrong("centre", "网格不能跨越180度经线 / the grid must not cross 180 degrees");
  const double columns = std::floor(2 * out / dlon) + 2, rows = std::floor(2 * up / dlat) + 2;
  if (columns * rows > static_cast<double>(kGridMax)) return wrong("cell_km", "网格点过多 / too many points");
  return Grid{centre.lon - out, centre.lat - up, dlon, dlat, static_cast<uint32_t>(columns), static_cast<uint32_t>(rows)};
}

Sites sites_of(const Grid& grid) {
  Sites sites;
  sites.at.reserve(grid.size());
  for (size_t i = 0; i < grid.size(); ++i) sites.at.push_back(grid.at(i));
  return sites;
}

std::vector<float> cell_km2(const Grid& grid) {
  std::vector<float> areas;
  areas.reserve(grid.size());
  for (uint32_t row = 0; row < grid.rows; ++row) {
    const double lat = grid.south + grid.dlat * row;
    const double area = wide::kEarthKm * wide::kEarthKm * grid.dlon * kRad * (std::sin((lat + grid.dlat / 2) * kRad) - std::sin((lat - grid.dlat / 2) * kRad));
    areas.insert(areas.end(), grid.columns, static_cast<float>(area));
  }
  return areas;
}

Result<std::vector<DegreeArea>> degree_areas(const Grid& grid, std::span<const float> intensity, int from, int to) {
  if (grid.columns < 2 || grid.rows < 2 || !(grid.dlon > 0) || !(grid.dlat > 0) || grid.size() > kGridMax) return wrong("grid", "网格无效 / not a valid grid");
  if (intensity.size() != grid.size()) return wrong("intensity", "与网格点数不同 / not one value for each point");
  std::vector<DegreeArea> areas;
  for (int degree = std::max(from, 1); degree <= std::min(to, 12); ++degree) {
    DegreeArea area{degree, polygons_of(Contour(grid, intensity, static_cast<float>(degree)).rings()), 0};
    if (area.polygons.empty()) continue;
    area.km2 = area_km2(Area{area.polygons});
    areas.push_back(std::move(area));
  }
  return areas;
}

Ring ellipse_outline(const PointSource& source, double intensity) {
  const double a = reach_km(source, intensity), b = source.long_axis_azimuth ? reach_km(source, intensity, true) : a;
  if (a < 1 || b < 1) return {};
  const LocalFrame frame(source.epicentre);
  const double azimuth = source.long_axis_azimuth.value_or(0) * kRad;
  constexpr int n = 72;
  Ring ring;
  for (int i = 0; i < n; ++i) {
    const double turn = -2 * wide::kPi * i / n, x = a * std::cos(turn), y = b * std::sin(turn);
    ring.push_back(frame.place({x * std::sin(azimuth) + y * std::cos(azimuth), x * std::cos(azimuth) - y * std::sin(azimuth)}));
  }
  ring.push_back(ring.front());
  return ring;
}

double ellipse_km2(const PointSource& source, double intensity) {
  const double a = reach_km(source, intensity), b = source.long_axis_azimuth ? reach_km(source, intensity, true) : a;
  return a < 1 || b < 1 ? 0 : wide::kPi * a * b;
}

}  // namespace anlan::quake
