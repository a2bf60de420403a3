#include "base/lonlat.h"

#include <cmath>
#include <numbers>

namespace anlan {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kRad = kPi / 180;

bool outside_china(LonLat p) { return p.lon < 72.004 || p.lon > 137.8347 || p.lat < 0.8293 || p.lat > 55.8271; }

// The offset of GCJ-02 as commonly published (Krasovsky 1940 ellipsoid, a = 6,378,245 m, e² = 0.00669342162296594323).
LonLat gcj02_offset(LonLat p) {
  constexpr double a = 6378245.0, ee = 0.00669342162296594323;
  const double x = p.lon - 105.0, y = p.lat - 35.0;
  const double root = std::sqrt(std::fabs(x));
  const double common = (20.0 * std::sin(6.0 * x * kPi) + 20.0 * std::sin(2.0 * x * kPi)) * 2.0 / 3.0;
  double dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common +
                (20.0 * std::sin(y * kPi) + 40.0 * std::sin(y / 3.0 * kPi)) * 2.0 / 3.0 +
                (160.0 * std::sin(y / 12.0 * kPi) + 320.0 * std::sin(y * kPi / 30.0)) * 2.0 / 3.0;
  double dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common +
                (20.0 * std::sin(x * kPi) + 40.0 * std::sin(x / 3.0 * kPi)) * 2.0 / 3.0 +
                (150.0 * std::sin(x / 12.0 * kPi) + 300.0 * std::sin(x / 30.0 * kPi)) * 2.0 / 3.0;
  const double phi = p.lat * kRad;
  const double magic = 1 - ee * std::sin(phi) * std::sin(phi);
  dlat = dlat / ((a * (1 - ee)) / (magic * std::sqrt(magic)) * kRad);
  dlon = dlon / (a / std::sqrt(magic) * std::cos(phi) * kRad);
  return {dlon, dlat};
}

}  // namespace

bool is_valid(LonLat p) {
  return std::isfinite(p.lon) && std::isfinite(p.lat) && p.lon >= -180 && p.lon <= 180 && p.lat >= -90 && p.lat <= 90;
}

double distance_m(LonLat a, LonLat b) {
  const double dlat = (b.lat - a.lat) * kRad, dlon = (b.lon - a.lon) * kRad;
  const double s = std::sin(dlat / 2), t = std::sin(dlon / 2);
  const double h = s * s + std::cos(a.lat * kRad) * std::cos(b.lat * kRad) * t * t;
  return 2 * 6371008.8 * std::asin(std::sqrt(h < 1 ? h : 1));
}

LonLat gcj02_from_wgs84(LonLat p) {
  if (outside_china(p)) return p;
  const auto d = gcj02_offset(p);
  return {p.lon + d.lon, p.lat + d.lat};
}

LonLat wgs84_from_gcj02(LonLat p) {
  if (outside_china(p)) return p;
  LonLat guess = p;
  for (int i = 0; i < 10; ++i) {  // the offset changes slowly: the fixed point is reached in 3 to 5 steps
    const auto forward = gcj02_from_wgs84(guess);
    const double elon = forward.lon - p.lon, elat = forward.lat - p.lat;
    guess = {guess.lon - elon, guess.lat - elat};
    if (std::fabs(elon) < 1e-9 && std::fabs(elat) < 1e-9) break;
  }
  return guess;
}

LonLat wgs84_from_bd09(LonLat p) {
  constexpr double k = kPi * 3000.0 / 180.0;
  const double x = p.lon - 0.0065, y = p.lat - 0.006;
  const double z = std::hypot(x, y) - 0.00002 * std::sin(y * k);
  const double theta = std::atan2(y, x) - 0.000003 * std::cos(x * k);
  return wgs84_from_gcj02({z * std::cos(theta), z * std::sin(theta)});
}

LonLat to_wgs84(LonLat p, Datum datum) {
  switch (datum) {
    case Datum::kGcj02: return wgs84_from_gcj02(p);
    case Datum::kBd09: return wgs84_from_bd09(p);
    default: return p;
  }
}

}  // namespace anlan
