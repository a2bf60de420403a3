#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.h"
#include "quake/exposure.h"

namespace anlan::quake {
namespace {

constexpr double kMetersPerDegree = 111'195.08, kRadians = 0.017453292519943295;
constexpr uint16_t kStoreysMax = 200;

// A number between 0 and 1 that depends on its place in the city alone (the mixing function of SplitMix64, Steele et al.
// 2014), so that a row does not change with the rows before it.
double unit(uint64_t seed, uint64_t row, uint64_t building, uint64_t draw) {
  const auto mix = [](uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  };
  uint64_t z = mix(seed + 0x9E3779B97F4A7C15);
  z = mix(z ^ (row * 0x9E3779B97F4A7C15 + 1));
  z = mix(z + building * 4 + draw);
  return static_cast<double>(z >> 11) * 0x1p-53;
}

uint16_t between(uint16_t least, uint16_t most, double u) {
  return static_cast<uint16_t>(least + static_cast<int>(u * (most - least + 1)));
}

const char* fault(const CensusRow& row) {
  if (!is_valid(row.centre)) return "中心点不在地球上 / the centre is not on the globe";
  if (!(row.radius_m >= 0 && row.radius_m <= 100'000)) return "半径应为 0 至 100 公里 / the radius must be 0 to 100 km";
  if (row.storeys_min < 1 || row.storeys_min > row.storeys_max || row.storeys_max > kStoreysMax)
    return "层数应为 1 至 200，且下限不大于上限 / storeys must be 1 to 200, the least not above the most";
  if (row.year_min > row.year_max || row.year_max > 2200) return "年份范围不对 / the range of years is wrong";
  if (!(row.floor_area_m2 > 0 && row.floor_area_m2 <= 1e6f)) return "单层面积应大于 0 / the floor area must be positive";
  if (!(row.people >= 0 && row.people <= 1e9f)) return "人数不能为负 / people cannot be negative";
  if (static_cast<size_t>(row.code) >= kCodeLevels || static_cast<size_t>(row.use) >= kUses) return "设防水平或用途不对 / unknown code or use";
  return nullptr;
}

}  // namespace

Result<void> check(const std::vector<CensusRow>& rows) {
  uint64_t buildings = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (const char* why = fault(rows[i])) return Error(ErrorCode::kInvalidField, {{"field", "row " + std::to_string(i + 1)}, {"why", why}});
    buildings += rows[i].buildings;
  }
  if (buildings > kCityMax) return Error(ErrorCode::kTooLarge, {{"what", "buildings"}, {"limit", std::to_string(kCityMax)}});
  return {};
}

Buildings make_city(const std::vector<CensusRow>& rows, uint64_t seed) {
  CHECK(check(rows).ok());
  size_t n = 0;
  for (const auto& row : rows) n += row.buildings;
  Buildings city;
  city.generated = true;
  city.at.reserve(n), city.type.reserve(n), city.code.reserve(n), city.use.reserve(n), city.storeys.reserve(n);
  city.floor_area_m2.reserve(n), city.year.reserve(n), city.people.reserve(n), city.place.reserve(n);
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto& row = rows[r];
    const size_t first = city.size();
    double area = 0;
    // At the poles a degree of longitude has no length; a town there is stretched instead of lost.
    const double per_lat = 1 / kMetersPerDegree, per_lon = per_lat / std::max(0.01, std::cos(row.centre.lat * kRadians));
    for (uint32_t b = 0; b < row.buildings; ++b) {
      const double away = row.radius_m * std::sqrt(unit(seed, r, b, 0)), turn = 2 * M_PI * unit(seed, r, b, 1);
      const double lat = std::clamp(row.centre.lat + away * std::cos(turn) * per_lat, -90.0, 90.0);
      city.at.push_back({std::remainder(row.centre.lon + away * std::sin(turn) * per_lon, 360.0), lat});
      const uint16_t storeys = between(row.storeys_min, row.storeys_max, unit(seed, r, b, 2));
      city.storeys.push_back(storeys);
      city.floor_area_m2.push_back(row.floor_area_m2 * static_cast<float>(storeys));
      area += storeys;
      city.year.push_back(between(row.year_min, row.year_max, unit(seed, r, b, 3)));
    }
    for (size_t b = first; b < city.size(); ++b) city.people.push_back(static_cast<float>(row.people * city.storeys[b] / area));
    city.type.resize(city.size(), row.type), city.code.resize(city.size(), row.code);
    city.use.resize(city.size(), row.use), city.place.resize(city.size(), row.place);
  }
  return city;
}

}  // namespace anlan::quake
