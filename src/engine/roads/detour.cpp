#include "roads/detour.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace anlan::roads {
namespace {

constexpr double kEarthRadiusM = 6'371'008.8, kRadians = std::numbers::pi / 180;

Error fault(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

}  // namespace

Result<Detour> Detour::make(double factor, double kmh) {
  if (!(factor >= 1 && factor <= 10)) return fault("factor", "1–10");
  if (!(kmh > 0 && kmh <= 1000)) return fault("kmh", "0–1000 km/h");
  return Detour(factor, kmh / 3600);
}

EstimatedTime Detour::between(LonLat from, LonLat to) const {
  const double metres = distance_m(from, to) * factor_, ms = std::ceil(metres / metres_per_ms_);
  return {ms < kUnreachable ? static_cast<Weight>(ms) : kUnreachable, metres};
}

std::vector<EstimatedTime> Detour::matrix(std::span<const LonLat> from, std::span<const LonLat> to) const {
  std::vector<EstimatedTime> out;
  out.reserve(from.size() * to.size());
  for (const LonLat a : from)
    for (const LonLat b : to) out.push_back(between(a, b));
  return out;
}

ReachLists Detour::reach(std::span<const LonLat> facilities, std::span<const LonLat> places, Weight limit) const {
  std::vector<uint32_t> by_latitude(places.size());
  std::iota(by_latitude.begin(), by_latitude.end(), 0);
  std::sort(by_latitude.begin(), by_latitude.end(), [&](uint32_t a, uint32_t b) { return places[a].lat < places[b].lat; });
  const double span_deg = radius_m(limit) / kEarthRadiusM / kRadians * (1 + 1e-9);
  ReachLists out;
  std::vector<PlaceTime> list;
  for (const LonLat facility : facilities) {
    list.clear();
    auto next = std::lower_bound(by_latitude.begin(), by_latitude.end(), facility.lat - span_deg,
                                 [&](uint32_t p, double lat) { return places[p].lat < lat; });
    for (; next != by_latitude.end() && places[*next].lat <= facility.lat + span_deg; ++next)
      if (const Weight ms = between(facility, places[*next]).ms; ms <= limit && ms < kUnreachable) list.push_back({*next, ms});
    std::sort(list.begin(), list.end(), [](const PlaceTime& a, const PlaceTime& b) { return a.place < b.place; });
    out.add(list);
  }
  return out;
}

Result<EstimatedCircle> Detour::circle(LonLat centre, Weight limit) const {
  constexpr int kSides = 64;
  EstimatedCircle out;
  out.radius_m = radius_m(limit);
  // The sides, not the corners, touch the circle.
  const double angle = out.radius_m / kEarthRadiusM / std::cos(std::numbers::pi / kSides) * (1 + 1e-3);
  const double lat = centre.lat * kRadians;
  if (std::abs(lat) + angle >= std::numbers::pi / 2) return fault("limit", "范围越过极点 / the circle reaches a pole");
  for (int i = 0; i < kSides; ++i) {
    const double bearing = -2 * std::numbers::pi * i / kSides;  // westwards from north: counter-clockwise
    const double sine = std::sin(lat) * std::cos(angle) + std::cos(lat) * std::sin(angle) * std::cos(bearing);
    const double east = std::atan2(std::sin(bearing) * std::sin(angle) * std::cos(lat), std::cos(angle) - std::sin(lat) * sine);
    out.ring.push_back({centre.lon + east / kRadians, std::asin(sine) / kRadians});
    if (!is_valid(out.ring.back())) return fault("limit", "范围越过180度经线 / the circle crosses 180 degrees");
  }
  out.ring.push_back(out.ring.front());
  return out;
}

}  // namespace anlan::roads
