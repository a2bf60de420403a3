#include "roads/daylight.h"

#include <cmath>
#include <cstdint>
#include <numbers>

namespace anlan::roads {
namespace {

constexpr double kRadians = std::numbers::pi / 180;
constexpr int64_t kDayMs = 86'400'000;

double sin_deg(double a) { return std::sin(a * kRadians); }
double cos_deg(double a) { return std::cos(a * kRadians); }

UtcTime plus_minutes(UtcTime t, double minutes) { return {t.ms + std::llround(minutes * 60'000)}; }

}  // namespace

Sun sun_at(UtcTime time) {
  const double julian_day = static_cast<double>(time.ms) / kDayMs + 2440587.5;
  const double t = (julian_day - 2451545) / 36525;  // Julian centuries from J2000
  const double mean_longitude = std::fmod(280.46646 + t * (36000.76983 + t * 0.0003032), 360);
  const double anomaly = 357.52911 + t * (35999.05029 - 0.0001537 * t);
  const double eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
  const double centre = sin_deg(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
                        sin_deg(2 * anomaly) * (0.019993 - 0.000101 * t) + sin_deg(3 * anomaly) * 0.000289;
  const double node = 125.04 - 1934.136 * t;
  const double longitude = mean_longitude + centre - 0.00569 - 0.00478 * sin_deg(node);
  const double mean_obliquity = 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60;
  const double obliquity = mean_obliquity + 0.00256 * cos_deg(node);
  const double y = std::pow(std::tan(obliquity / 2 * kRadians), 2);
  const double equation = y * sin_deg(2 * mean_longitude) - 2 * eccentricity * sin_deg(anomaly) +
                          4 * eccentricity * y * sin_deg(anomaly) * cos_deg(2 * mean_longitude) -
                          0.5 * y * y * sin_deg(4 * mean_longitude) - 1.25 * eccentricity * eccentricity * sin_deg(2 * anomaly);
  return {std::asin(sin_deg(obliquity) * sin_deg(longitude)) / kRadians, 4 * equation / kRadians};
}

Daylight daylight(LonLat at, UtcTime near, double sun_deg) {
  // Minutes from midnight UTC to solar noon there, first without the equation of time (at most 17 minutes).
  const double noon_min = 720 - 4 * at.lon;
  const double since = static_cast<double>(near.ms) / 60'000 - noon_min;
  const UtcTime noon = plus_minutes({std::llround(since / 1440) * kDayMs}, noon_min);
  const Sun sun = sun_at(noon);
  const UtcTime transit = plus_minutes(noon, -sun.equation_min);
  const double cosine = sin_deg(sun_deg) / (cos_deg(at.lat) * cos_deg(sun.declination_deg)) -
                        std::tan(at.lat * kRadians) * std::tan(sun.declination_deg * kRadians);
  if (cosine >= 1) return {transit, transit, true};
  const double half_min = cosine <= -1 ? 720 : std::acos(cosine) / kRadians * 4;
  return {plus_minutes(transit, -half_min), plus_minutes(transit, half_min), false};
}

}  // namespace anlan::roads
