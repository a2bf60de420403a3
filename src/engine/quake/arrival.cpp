#include <algorithm>
#include <cmath>

#include "quake/early_warning.h"

namespace anlan::quake {
namespace {

// Section 5.4 of the domain reference: straight rays, Vs 3.5 km/s; Vp by the usual ratio of the root of three.
constexpr double kVs = 3.5, kVp = 6.06;

}  // namespace

Arrival arrival(const WarningReport& report, LonLat at, Zone zone) {
  const double km = std::hypot(distance_m(report.epicentre, at) / 1000, report.depth_km);
  const auto after = [&](double speed) { return report.origin + Millis{std::llround(km / speed * 1000)}; };
  const PointSource source{report.epicentre, report.magnitude, zone, {}};
  return {after(kVs), after(kVp), intensity_at(source, at)};
}

double blind_radius_km(const WarningReport& report, UtcTime out) {
  const double km = kVs * std::max<double>(0, static_cast<double>((out - report.origin).count) / 1000);
  return std::sqrt(std::max(0.0, km * km - report.depth_km * report.depth_km));
}

}  // namespace anlan::quake
