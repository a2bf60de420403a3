#include "quake/intensity.h"

#include <algorithm>
#include <cmath>

#include "quake/local_frame.h"
#include "quake/national.h"

namespace anlan::quake {

double intensity_at(const PointSource& source, LonLat site) {
  const Ellipses e = ellipses(Measure::intensity, source.zone, source.magnitude);
  const Km km = LocalFrame(source.epicentre).at(site);
  const double distance = std::hypot(km.east, km.north);
  if (!source.long_axis_azimuth || distance < 1) return std::clamp(e.longer.at(distance), 1.0, 12.0);
  const double azimuth = *source.long_axis_azimuth * wide::kPi / 180, s = std::sin(azimuth), c = std::cos(azimuth);
  return std::clamp(e.at(km.east * s + km.north * c, km.east * c - km.north * s), 1.0, 12.0);
}

double reach_km(const PointSource& source, double intensity, bool along_short_axis) {
  const Ellipses e = ellipses(Measure::intensity, source.zone, source.magnitude);
  const double a = e.longer.reach(intensity);
  return along_short_axis ? std::min(a, e.shorter.reach(intensity)) : a;
}

Zone zone_of_province(int province) {
  switch (province) {
    case 51: case 53: case 54: case 62: case 63: case 64: return Zone::kQinghaiTibet;
    case 65: return Zone::kXinjiang;
    case 33: case 34: case 35: case 36: case 42: case 43: case 44: case 45: case 46: case 50: case 52: return Zone::kCentral;
    default: return Zone::kEast;
  }
}

}  // namespace anlan::quake
