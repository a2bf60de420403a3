#include "hazard/typhoon_circles.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/check.h"

namespace anlan {
namespace {

constexpr double kEarthRadiusKm = 6371.0088;
constexpr double kDegree = std::numbers::pi / 180;
constexpr double kRadiusKmMax = 2000;
constexpr int64_t kStepsMax = 100'000;
constexpr size_t kPointsMax = 20'000'000;

struct Vector {
  double x, y, z;
};
double dot(const Vector& a, const Vector& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

Vector unit_vector(LonLat p) {
  const double lon = p.lon * kDegree, lat = p.lat * kDegree;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

// The circles at one instant, as planes through the sphere: a point is within r when its dot product with the centre
// is at least cos(r / R). East and north are the tangent directions at the centre, whose signs give the quadrant.
struct Snapshot {
  Vector up, east, north;
  double cosine_min[3][4];  // 2 for no circle; quadrants ne, se, sw, nw
  double widest_cosine = 2;
  double south_deg = 0, north_deg = 0;
};

Snapshot snapshot_of(const TyphoonFix& fix) {
  const double lon = fix.centre.lon * kDegree, lat = fix.centre.lat * kDegree;
  Snapshot s;
  s.up = unit_vector(fix.centre);
  s.east = {-std::sin(lon), std::cos(lon), 0};
  s.north = {-std::sin(lat) * std::cos(lon), -std::sin(lat) * std::sin(lon), std::cos(lat)};
  double widest_km = 0;
  for (size_t c = 0; c < 3; ++c) {
    const QuadrantRadii& r = fix.circles[c];
    const double radii_km[] = {r.ne_km, r.se_km, r.sw_km, r.nw_km};
    for (size_t q = 0; q < 4; ++q) {
      s.cosine_min[c][q] = radii_km[q] > 0 ? std::cos(radii_km[q] / kEarthRadiusKm) : 2;
      s.widest_cosine = std::min(s.widest_cosine, s.cosine_min[c][q]);
      widest_km = std::max(widest_km, radii_km[q]);
    }
  }
  constexpr double kMarginDeg = 1e-9;
  const double reach_deg = widest_km / kEarthRadiusKm / kDegree + kMarginDeg;
  s.south_deg = fix.centre.lat - reach_deg;
  s.north_deg = fix.centre.lat + reach_deg;
  return s;
}

// North and east of the centre count as theirs: due north is ne, due east is ne, due south is se, due west is nw.
size_t quadrant(const Snapshot& s, const Vector& p) {
  const bool eastern = dot(p, s.east) >= 0, northern = dot(p, s.north) >= 0;
  return northern ? (eastern ? 0 : 3) : (eastern ? 1 : 2);
}

// First and last step inside, per circle; -1 when none.
struct Steps {
  std::array<int32_t, 3> first{-1, -1, -1}, last{-1, -1, -1};
};

Result<void> check_input(std::span<const TyphoonFix> fixes, std::span<const LonLat> points, Millis step) {
  auto invalid = [](const char* field, const char* why) {
    return Result<void>(ErrorCode::kInvalidField, {{"field", field}, {"why", why}});
  };
  if (fixes.empty()) return invalid("fixes", "there must be one at least");
  if (step < seconds(1)) return invalid("step", "must be 1 s or more");
  for (size_t i = 0; i < fixes.size(); ++i) {
    if (i > 0 && fixes[i].time < fixes[i - 1].time) return invalid("fixes", "must be in order of time");
    if (!is_valid(fixes[i].centre)) return invalid("fixes", "a centre is not a position");
    for (const QuadrantRadii& r : fixes[i].circles)
      for (double km : {r.ne_km, r.se_km, r.sw_km, r.nw_km})
        if (!(km >= 0 && km <= kRadiusKmMax)) return invalid("fixes", "a radius is not in 0..2000 km");
  }
  for (LonLat p : points)
    if (!is_valid(p)) return invalid("points", "one is not a position");
  if (points.size() > kPointsMax) return {ErrorCode::kTooLarge, {{"what", "points"}, {"limit", "20000000"}}};
  if ((fixes.back().time - fixes.front().time).count / step.count >= kStepsMax)
    return {ErrorCode::kTooLarge, {{"what", "steps"}, {"limit", "100000"}}};
  return {};
}

QuadrantRadii mix(const QuadrantRadii& a, const QuadrantRadii& b, double f) {
  return {std::lerp(a.ne_km, b.ne_km, f), std::lerp(a.se_km, b.se_km, f), std::lerp(a.sw_km, b.sw_km, f),
          std::lerp(a.nw_km, b.nw_km, f)};
}

}  // namespace

TyphoonFix interpolate(std::span<const TyphoonFix> fixes, UtcTime time) {
  CHECK(!fixes.empty());
  const auto after =
      std::upper_bound(fixes.begin(), fixes.end(), time, [](UtcTime t, const TyphoonFix& fix) { return t < fix.time; });
  if (after == fixes.begin() || after == fixes.end()) {
    TyphoonFix end = after == fixes.begin() ? fixes.front() : fixes.back();
    end.time = time;
    return end;
  }
  const TyphoonFix &a = *(after - 1), &b = *after;
  const double f = static_cast<double>((time - a.time).count) / static_cast<double>((b.time - a.time).count);
  double turn = b.centre.lon - a.centre.lon;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  TyphoonFix at{time, {a.centre.lon + f * turn, std::lerp(a.centre.lat, b.centre.lat, f)}, {}};
  if (at.centre.lon > 180) at.centre.lon -= 360;
  if (at.centre.lon < -180) at.centre.lon += 360;
  for (size_t c = 0; c < 3; ++c) at.circles[c] = mix(a.circles[c], b.circles[c], f);
  return at;
}

Result<std::vector<CircleExposure>> circle_exposures(std::span<const TyphoonFix> fixes, std::span<const LonLat> points,
                                                     Millis step) {
  TRY_VOID(check_input(fixes, points, step));
  std::vector<uint32_t> order(points.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return points[a].lat != points[b].lat ? points[a].lat < points[b].lat : a < b;
  });
  std::vector<double> latitudes(points.size());
  std::vector<Vector> vectors(points.size());
  for (size_t i = 0; i < order.size(); ++i) {
    latitudes[i] = points[order[i]].lat;
    vectors[i] = unit_vector(points[order[i]]);
  }
  std::vector<Steps> inside(points.size());

  const UtcTime start = fixes.front().time, end = fixes.back().time;
  const auto steps = static_cast<int32_t>(((end - start).count + step.count - 1) / step.count);
  auto time_of = [&](int32_t k) { return std::min(start + step * k, end); };
  for (int32_t k = 0; k <= steps; ++k) {
    const Snapshot s = snapshot_of(interpolate(fixes, time_of(k)));
    if (s.widest_cosine > 1) continue;
    const auto from = std::lower_bound(latitudes.begin(), latitudes.end(), s.south_deg) - latitudes.begin();
    const auto to = std::upper_bound(latitudes.begin(), latitudes.end(), s.north_deg) - latitudes.begin();
    for (auto i = static_cast<size_t>(from); i < static_cast<size_t>(to); ++i) {
      const double cosine = dot(vectors[i], s.up);
      if (cosine < s.widest_cosine) continue;
      const size_t q = quadrant(s, vectors[i]);
      for (size_t c = 0; c < 3; ++c) {
        if (cosine < s.cosine_min[c][q]) continue;
        if (inside[i].first[c] < 0) inside[i].first[c] = k;
        inside[i].last[c] = k;
      }
    }
  }

  std::vector<CircleExposure> exposures(points.size());
  for (size_t i = 0; i < order.size(); ++i) {
    CircleExposure& exposure = exposures[order[i]];
    for (size_t c = 0; c < 3; ++c) {
      if (inside[i].first[c] < 0) continue;
      exposure.level_max = kWindLevels[c];
      exposure.stays[c].first_entry = time_of(inside[i].first[c]);
      if (inside[i].last[c] < steps) exposure.stays[c].last_exit = time_of(inside[i].last[c] + 1);
    }
  }
  return exposures;
}

}  // namespace anlan
