#include "base/area.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/even_odd.h"
#include "base/polygon_repair.h"

namespace anlan {
namespace {

constexpr double kEarthRadiusKm = 6371.0088;
constexpr double kRad = std::numbers::pi / 180;
constexpr int kCircleSides = 64;

double signed_area(const Ring& ring) {
  double twice = 0;
  for (size_t i = 1; i < ring.size(); ++i)
    twice += (ring[i - 1].lon - ring[0].lon) * (ring[i].lat - ring[0].lat) -
             (ring[i].lon - ring[0].lon) * (ring[i - 1].lat - ring[0].lat);
  return twice / 2;
}

double ring_km2(const Ring& ring) {
  double sum = 0;
  for (size_t i = 1; i < ring.size(); ++i)
    sum +=
        (ring[i].lon - ring[i - 1].lon) * kRad * (2 + std::sin(ring[i].lat * kRad) + std::sin(ring[i - 1].lat * kRad));
  return std::fabs(sum) / 2 * kEarthRadiusKm * kEarthRadiusKm;
}

double polygon_km2(const Polygon& polygon) {
  double km2 = ring_km2(polygon.outer);
  for (const auto& hole : polygon.holes) km2 -= ring_km2(hole);
  return std::max(km2, 0.0);
}

void orient(Ring& ring, bool counter_clockwise) {
  if ((signed_area(ring) > 0) != counter_clockwise) std::reverse(ring.begin(), ring.end());
}

void tidy(Ring& ring) {
  ring.erase(std::unique(ring.begin(), ring.end()), ring.end());
  if (!ring.empty() && ring.front() != ring.back()) ring.push_back(ring.front());
}

double west_of(const Ring& ring) {
  return std::min_element(ring.begin(), ring.end(), [](LonLat a, LonLat b) { return a.lon < b.lon; })->lon;
}
double east_of(const Ring& ring) {
  return std::max_element(ring.begin(), ring.end(), [](LonLat a, LonLat b) { return a.lon < b.lon; })->lon;
}

// Lets longitudes run past 180 where a closed ring crosses the antimeridian. Exactly 360 is no crossing: both ends lie
// on the antimeridian, as in the rectangle of the whole world. False when the ring runs round a pole.
bool unwrap(Ring& ring) {
  double shift = 0;
  double previous = ring[0].lon;
  for (size_t i = 1; i < ring.size(); ++i) {
    const double step = ring[i].lon - previous;
    previous = ring[i].lon;
    if (step > 180 && step < 360) shift -= 360;
    if (step < -180 && step > -360) shift += 360;
    ring[i].lon += shift;
  }
  const double west = west_of(ring);
  if (shift != 0 || east_of(ring) - west > 360) return false;
  if (west < -180)
    for (auto& p : ring) p.lon += 360;
  return true;
}

// A hole of a ring past 180 may have been written on the other side of the antimeridian.
void bring_into(const Ring& outer, Ring& hole) {
  if (west_of(hole) < west_of(outer) && east_of(hole) + 360 <= east_of(outer))
    for (auto& p : hole) p.lon += 360;
}

// The corners lie outside the circle so that its sides touch it: nobody within the radius is missed.
Ring ring_of(const Circle& circle) {
  const double angle = circle.radius_km / std::cos(std::numbers::pi / kCircleSides) / kEarthRadiusKm;
  const double lat = circle.centre.lat * kRad;
  Ring ring;
  for (int i = 0; i < kCircleSides; ++i) {
    const double bearing = -2 * std::numbers::pi * i / kCircleSides;
    const double to_lat = std::asin(
        std::clamp(std::sin(lat) * std::cos(angle) + std::cos(lat) * std::sin(angle) * std::cos(bearing), -1.0, 1.0));
    const double dlon = std::atan2(std::sin(bearing) * std::sin(angle) * std::cos(lat),
                                   std::cos(angle) - std::sin(lat) * std::sin(to_lat));
    double lon = circle.centre.lon + dlon / kRad;
    if (lon > 180) lon -= 360;
    if (lon < -180) lon += 360;
    ring.push_back({lon, to_lat / kRad});
  }
  return ring;
}

Result<void> prepare(Polygon& polygon, int index) {
  const auto fault = [&](const char* zh, const char* en) {
    return area_fault(index, fmt::format("第{}个多边形{}", index + 1, zh),
                      fmt::format("polygon {}: {}", index + 1, en));
  };
  const auto all_valid = [](const Ring& ring) { return std::all_of(ring.begin(), ring.end(), is_valid); };
  if (!all_valid(polygon.outer) || !std::all_of(polygon.holes.begin(), polygon.holes.end(), all_valid))
    return fault("有无效坐标（经度-180至180，纬度-90至90）", "a position is not within -180..180, -90..90");
  tidy(polygon.outer);
  if (polygon.outer.size() < 4) return fault("少于三个不同的点", "fewer than three different positions");
  if (!unwrap(polygon.outer)) return fault("环绕极点，不支持", "the ring runs round a pole");
  for (auto& hole : polygon.holes) {
    tidy(hole);
    if (hole.size() < 4) continue;
    if (!unwrap(hole)) return fault("的孔环绕极点，不支持", "a hole runs round a pole");
    bring_into(polygon.outer, hole);
  }
  std::erase_if(polygon.holes, [](const Ring& hole) { return hole.size() < 4; });
  return {};
}

Error too_large(const char* what, size_t limit) {
  return Error(ErrorCode::kTooLarge, {{"what", what}, {"limit", std::to_string(limit)}});
}

}  // namespace

Result<Area> normalise(std::vector<Polygon> polygons, const std::vector<Circle>& circles) {
  size_t vertices = circles.size() * (kCircleSides + 1);
  for (const auto& polygon : polygons) {
    vertices += polygon.outer.size();
    for (const auto& hole : polygon.holes) vertices += hole.size();
  }
  if (vertices > kAreaVerticesMax) return too_large("区域边界点数 / area vertices", kAreaVerticesMax);
  if (polygons.size() + circles.size() > kAreaPolygonsMax)
    return too_large("区域多边形数 / area polygons", kAreaPolygonsMax);
  for (const auto& circle : circles) {
    if (!is_valid(circle.centre))
      return area_fault(-1, "圆心坐标无效", "the centre of a circle is not a valid position");
    if (!(circle.radius_km > 0 && circle.radius_km <= kCircleRadiusKmMax))
      return area_fault(-1, fmt::format("圆的半径须大于0且不超过{:g}公里", kCircleRadiusKmMax),
                        fmt::format("the radius of a circle must be over 0 and at most {:g} km", kCircleRadiusKmMax));
    polygons.push_back({ring_of(circle), {}});
  }
  if (polygons.empty()) return area_fault(-1, "没有任何区域", "there is no area");
  for (size_t i = 0; i < polygons.size(); ++i) TRY_VOID(prepare(polygons[i], static_cast<int>(i)));

  TRY(repaired, repair(polygons));
  Area area{std::move(repaired)};
  for (auto& polygon : area.polygons) {
    tidy(polygon.outer);
    orient(polygon.outer, true);
    for (auto& hole : polygon.holes) {
      tidy(hole);
      orient(hole, false);
    }
    std::erase_if(polygon.holes, [](const Ring& hole) { return hole.size() < 4; });
  }
  std::erase_if(area.polygons, [](const Polygon& polygon) { return polygon.outer.size() < 4; });
  if (area.polygons.empty()) return area_fault(-1, "区域没有面积", "the area encloses nothing");
  if (vertex_count(area) > kAreaVerticesMax) return too_large("区域边界点数 / area vertices", kAreaVerticesMax);
  return area;
}

double area_km2(const Area& area) {
  double km2 = 0;
  for (const auto& polygon : area.polygons) km2 += polygon_km2(polygon);
  return km2;
}

std::optional<Bounds> bounding_box(const Area& area) {
  std::optional<Bounds> box;
  for (const auto& polygon : area.polygons)
    for (const auto& p : polygon.outer) {
      if (!box) box = Bounds{p.lon, p.lat, p.lon, p.lat};
      box->west = std::min(box->west, p.lon), box->east = std::max(box->east, p.lon);
      box->south = std::min(box->south, p.lat), box->north = std::max(box->north, p.lat);
    }
  return box;
}

std::optional<LonLat> label_point(const Area& area) {
  const auto largest = std::max_element(area.polygons.begin(), area.polygons.end(),
                                        [](const auto& a, const auto& b) { return polygon_km2(a) < polygon_km2(b); });
  if (largest == area.polygons.end() || largest->outer.empty()) return std::nullopt;
  // A parallel half-way between the two corners nearest to the middle meets no corner.
  const auto box = *bounding_box({{*largest}});
  const double middle = (box.south + box.north) / 2;
  double below = box.south, above = box.north;
  std::vector<const Ring*> rings{&largest->outer};
  for (const auto& hole : largest->holes) rings.push_back(&hole);
  for (const Ring* ring : rings)
    for (const auto& p : *ring) {
      if (p.lat <= middle) below = std::max(below, p.lat);
      if (p.lat > middle) above = std::min(above, p.lat);
    }
  const double lat = (below + above) / 2;
  std::vector<double> cuts;
  for (const Ring* ring : rings)
    for (size_t i = 1; i < ring->size(); ++i) {
      const auto a = (*ring)[i - 1], b = (*ring)[i];
      if ((a.lat > lat) != (b.lat > lat)) cuts.push_back(a.lon + (lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon));
    }
  std::sort(cuts.begin(), cuts.end());
  LonLat best = largest->outer.front();
  double widest = 0;
  for (size_t i = 0; i + 1 < cuts.size(); i += 2)
    if (cuts[i + 1] - cuts[i] > widest) {
      widest = cuts[i + 1] - cuts[i];
      best = {(cuts[i] + cuts[i + 1]) / 2, lat};
    }
  return best;
}

bool contains(const Area& area, LonLat p) {
  bool inside = false;
  for (const auto& polygon : area.polygons) {
    for (size_t r = 0; r <= polygon.holes.size(); ++r) {
      const Ring& ring = r == 0 ? polygon.outer : polygon.holes[r - 1];
      for (size_t i = 1; i < ring.size(); ++i) {
        const auto hit = ray_hit(ring[i - 1], ring[i], p);
        if (hit == RayHit::kOnEdge) return true;
        inside ^= hit == RayHit::kHit;
      }
    }
  }
  return inside;
}

size_t vertex_count(const Area& area) {
  size_t n = 0;
  for (const auto& polygon : area.polygons) {
    n += polygon.outer.size();
    for (const auto& hole : polygon.holes) n += hole.size();
  }
  return n;
}

}  // namespace anlan
