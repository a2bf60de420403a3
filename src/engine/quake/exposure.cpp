#include "quake/exposure.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace anlan::quake {
namespace {

constexpr double kMetersPerDegree = 111'195.08, kRadians = 0.017453292519943295;

// Rows of equal latitude, cells of equal longitude within a row. The widest parallel of a row decides how many cells it
// has, so that none is wider than asked.
class Cells {
 public:
  explicit Cells(double cell_m) : rows_(std::ceil(180 * kMetersPerDegree / cell_m)), high_(180 / rows_) {}
  uint64_t of(LonLat p) const {
    const double row = std::clamp(std::floor((p.lat + 90) / high_), 0.0, rows_ - 1);
    const double south = row * high_ - 90, north = south + high_;
    const double widest = south <= 0 && north >= 0 ? 0 : std::min(std::abs(south), std::abs(north));
    const double columns = std::max(1.0, std::ceil(360 * std::cos(widest * kRadians) / high_));
    const double column = std::clamp(std::floor((p.lon + 180) / 360 * columns), 0.0, columns - 1);
    return (static_cast<uint64_t>(row) << 32) | static_cast<uint64_t>(column);
  }

 private:
  double rows_, high_;
};

struct Entry {
  uint64_t cell;
  uint64_t kind;  // place, type, code, use
  uint32_t building;
  bool operator<(const Entry& b) const {
    if (cell != b.cell) return cell < b.cell;
    return kind != b.kind ? kind < b.kind : building < b.building;
  }
};

double counted(float value) { return std::isfinite(value) && value > 0 ? value : 0; }

}  // namespace

Grouped group(const Buildings& buildings, size_t places, double cell_m) {
  CHECK(cell_m >= 1 && cell_m <= 1e6 && buildings.size() < UINT32_MAX);
  const Cells cells(cell_m);
  std::vector<Entry> entries;
  entries.reserve(buildings.size());
  for (size_t i = 0; i < buildings.size(); ++i) {
    if (buildings.place[i] == Buildings::kNoPlace || buildings.place[i] >= places || !is_valid(buildings.at[i])) continue;
    const uint64_t kind = uint64_t{buildings.place[i]} << 32 | uint64_t{buildings.type[i]} << 16 |
                          static_cast<uint64_t>(buildings.code[i]) << 8 | static_cast<uint64_t>(buildings.use[i]);
    entries.push_back({cells.of(buildings.at[i]), kind, static_cast<uint32_t>(i)});
  }
  std::sort(entries.begin(), entries.end());

  Grouped grouped;
  grouped.dropped = buildings.size() - entries.size();
  grouped.site_of.assign(buildings.size(), Grouped::kDropped);
  auto& exposure = grouped.exposure;
  exposure.places = places;
  exposure.generated = buildings.generated;
  for (size_t i = 0; i < entries.size();) {
    const uint64_t cell = entries[i].cell;
    const size_t first = i;
    double lon = 0, lat = 0;
    while (i < entries.size() && entries[i].cell == cell) {
      const uint64_t kind = entries[i].kind;
      const uint32_t one = entries[i].building;
      Asset asset{static_cast<uint32_t>(exposure.sites.at.size()), buildings.place[one], buildings.type[one], buildings.code[one], buildings.use[one]};
      double count = 0, area = 0, people = 0;
      for (; i < entries.size() && entries[i].cell == cell && entries[i].kind == kind; ++i) {
        const uint32_t b = entries[i].building;
        grouped.site_of[b] = asset.site;
        ++count, area += counted(buildings.floor_area_m2[b]), people += counted(buildings.people[b]);
        // From the first building on, so that a sum of a million positions keeps its digits.
        lon += buildings.at[b].lon - buildings.at[entries[first].building].lon;
        lat += buildings.at[b].lat - buildings.at[entries[first].building].lat;
      }
      asset.count = static_cast<float>(count), asset.area_m2 = static_cast<float>(area), asset.people = static_cast<float>(people);
      exposure.assets.push_back(asset);
    }
    const LonLat start = buildings.at[entries[first].building];
    const auto n = static_cast<double>(i - first);
    exposure.sites.at.push_back({start.lon + lon / n, start.lat + lat / n});
  }
  return grouped;
}

Occupancy usual_occupancy() {
  enum Period { day, transit, night };
  const auto period = [](size_t hour) { return hour >= 10 && hour < 17 ? day : hour >= 5 && hour < 22 ? transit : night; };
  // Of the whole population at home; of the workers outside farming at their place of work.
  constexpr float home[] = {0.171f, 0.516f, 0.959f};
  constexpr float work[] = {0.87f, 0.225f, 0.11f}, services[] = {0.87f, 0.225f, 0.10f};
  constexpr float hospital[] = {0.9f, 0.9f, 0.9f};
  const float* shares[kUses] = {home, work, services, hospital, services, work};
  Occupancy occupancy{};
  for (size_t use = 0; use < kUses; ++use)
    for (size_t hour = 0; hour < 24; ++hour) occupancy[use][hour] = shares[use][period(hour)];
  return occupancy;
}

}  // namespace anlan::quake
