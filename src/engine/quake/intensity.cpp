#include "quake/intensity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace anlan::quake {
namespace {

struct Axis {
  double a, b, c, r0;
};
struct Relation {
  Axis longer, shorter;
};
constexpr std::array<Relation, 4> kRelations{{
    {{6.4580, 1.2746, -4.4709, 25}, {3.3682, 1.2746, -3.3119, 9}},   // Qinghai-Tibet
    {{5.6018, 1.4347, -4.4899, 25}, {3.6113, 1.4347, -3.8477, 13}},  // Xinjiang
    {{5.7123, 1.3626, -4.2903, 25}, {3.6588, 1.3626, -3.5406, 13}},  // east, strong
    {{5.8410, 1.0710, -3.6570, 15}, {3.9440, 1.0710, -2.8450, 7}},   // central, moderate
}};

double along(const Axis& axis, double magnitude, double km) { return axis.a + axis.b * magnitude + axis.c * std::log10(km + axis.r0); }
double radius(const Axis& axis, double magnitude, double intensity) {
  return std::max(0.0, std::pow(10.0, (intensity - axis.a - axis.b * magnitude) / axis.c) - axis.r0);
}

// Degrees east of north from a to b, on a plane: good for the few hundred km in question.
double azimuth(LonLat a, LonLat b) {
  const double east = (b.lon - a.lon) * std::cos((a.lat + b.lat) / 2 * std::numbers::pi / 180);
  return std::atan2(east, b.lat - a.lat) * 180 / std::numbers::pi;
}

}  // namespace

double intensity_at(const PointSource& source, LonLat site) {
  const auto& relation = kRelations[static_cast<size_t>(source.zone)];
  const double km = distance_m(source.epicentre, site) / 1000;
  const double outer = std::clamp(along(relation.longer, source.magnitude, km), 1.0, 12.0);
  if (!source.long_axis_azimuth || km < 1) return outer;
  const double turned = (azimuth(source.epicentre, site) - *source.long_axis_azimuth) * std::numbers::pi / 180;
  const double x = km * std::cos(turned), y = km * std::sin(turned);
  // The ellipse of a higher degree is smaller: the degree whose ellipse passes through the site, by halving.
  double low = 1, high = outer;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    const double a = radius(relation.longer, source.magnitude, middle), b = std::min(a, radius(relation.shorter, source.magnitude, middle));
    const bool inside = b > 0 && x * x / (a * a) + y * y / (b * b) <= 1;
    (inside ? low : high) = middle;
  }
  return low;
}

double reach_km(const PointSource& source, double intensity, bool along_short_axis) {
  const auto& relation = kRelations[static_cast<size_t>(source.zone)];
  const double a = radius(relation.longer, source.magnitude, intensity);
  return along_short_axis ? std::min(a, radius(relation.shorter, source.magnitude, intensity)) : a;
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
