// Points by place on the globe, for "which are within so many kilometres". One thread.
//
// Rows of equal latitude, cells of equal longitude within a row, each about `cell_km` wide. Adding and removing cost
// one look-up; a search looks at the cells that the circle touches: O(cells + points in them). Also across 180 degrees
// and at the poles.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/lonlat.h"

namespace anlan {

template <class Key>
class PointGrid {
 public:
  explicit PointGrid(double cell_km = 5) : rows_(std::max<int64_t>(1, static_cast<int64_t>(180 * kKmPerDegree / cell_km))) {}

  void add(Key key, LonLat at) { cells_[cell(row(at.lat), at.lon)].push_back({key, at}); }
  void remove(Key key, LonLat at) {
    const auto found = cells_.find(cell(row(at.lat), at.lon));
    if (found == cells_.end()) return;
    std::erase_if(found->second, [&](const Point& p) { return p.key == key; });
    if (found->second.empty()) cells_.erase(found);
  }
  // f(key, metres) for every point at most so far from the centre, in no particular order.
  template <class F>
  void within(LonLat centre, double km, F f) const {
    const double lat_span = km / kKmPerDegree * 1.0001;  // cells are cut by rounded numbers
    // The longest reach in longitude of a circle on a sphere; every longitude when it holds a pole.
    const double sine = std::sin(lat_span * kRadians) / std::cos(centre.lat * kRadians);
    const double lon_span = std::abs(centre.lat) + lat_span >= 90 || sine >= 1 ? 360 : std::asin(sine) / kRadians;
    for (int64_t r = row(centre.lat - lat_span); r <= row(centre.lat + lat_span); ++r) {
      const int64_t n = columns(r);
      const auto reach = static_cast<int64_t>(lon_span / 360 * static_cast<double>(n)) + 1;
      const int64_t middle = column(r, centre.lon);
      const int64_t first = 2 * reach + 1 >= n ? 0 : middle - reach, count = std::min(n, 2 * reach + 1);
      for (int64_t i = 0; i < count; ++i) {
        const auto found = cells_.find(r * kColumnsMax + ((first + i) % n + n) % n);
        if (found == cells_.end()) continue;
        for (const auto& p : found->second)
          if (const double metres = distance_m(centre, p.at); metres <= km * 1000) f(p.key, metres);
      }
    }
  }

 private:
  static constexpr double kKmPerDegree = 111.195, kRadians = 0.017453292519943295;
  static constexpr int64_t kColumnsMax = int64_t{1} << 32;
  struct Point {
    Key key;
    LonLat at;
  };
  double lat_of(int64_t r) const { return static_cast<double>(r) * 180 / static_cast<double>(rows_) - 90; }
  int64_t row(double lat) const { return std::clamp<int64_t>(static_cast<int64_t>((lat + 90) / 180 * static_cast<double>(rows_)), 0, rows_ - 1); }
  int64_t columns(int64_t r) const {
    const double middle = (lat_of(r) + lat_of(r + 1)) / 2;
    return std::max<int64_t>(1, static_cast<int64_t>(2 * static_cast<double>(rows_) * std::cos(middle * kRadians)));
  }
  int64_t column(int64_t r, double lon) const {
    const int64_t n = columns(r);
    return std::clamp<int64_t>(static_cast<int64_t>((lon + 180) / 360 * static_cast<double>(n)), 0, n - 1);
  }
  int64_t cell(int64_t r, double lon) const { return r * kColumnsMax + column(r, lon); }

  int64_t rows_;
  std::unordered_map<int64_t, std::vector<Point>> cells_;
};

}  // namespace anlan
