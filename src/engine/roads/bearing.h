// Directions on the ground.
#pragma once

#include <cmath>
#include <numbers>

#include "base/lonlat.h"

namespace anlan::roads {

inline constexpr double kRadians = std::numbers::pi / 180;
inline constexpr double kMetresPerDegree = 6'371'008.8 * kRadians;

// Degrees clockwise from north, 0 .. 360, on the plane at the middle; for points some kilometres apart.
inline double bearing_deg(LonLat from, LonLat to) {
  const double east = (to.lon - from.lon) * std::cos((from.lat + to.lat) / 2 * kRadians), north = to.lat - from.lat;
  const double deg = std::atan2(east, north) / kRadians;
  return deg < 0 ? deg + 360 : deg;
}
// From one bearing to another: -180 (left) .. 180 (right).
inline double turn_deg(double from, double to) { return std::remainder(to - from, 360); }

}  // namespace anlan::roads
