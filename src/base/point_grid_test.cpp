#include "base/point_grid.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace anlan {
namespace {

TEST(PointGrid, EqualsLookingAtEveryPoint) {
  std::mt19937_64 dice(7);
  const auto within = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(dice); };
  for (const double cell_km : {0.5, 5.0, 300.0}) {
    PointGrid<int> grid(cell_km);
    std::vector<LonLat> points;
    for (int i = 0; i < 3'000; ++i) {
      // A town, the date line, a pole, the whole globe.
      LonLat p;
      switch (i % 4) {
        case 0: p = {within(102, 102.5), within(35, 35.5)}; break;
        case 1: p = {within(0, 1) < 0.5 ? within(179.5, 180) : within(-180, -179.5), within(-1, 1)}; break;
        case 2: p = {within(-180, 180), within(89.5, 90)}; break;
        default: p = {within(-180, 180), within(-90, 90)};
      }
      points.push_back(p);
      grid.add(i, p);
    }
    for (int i = 0; i < 3'000; i += 7) grid.remove(i, points[static_cast<size_t>(i)]);
    for (int asked = 0; asked < 200; ++asked) {
      const LonLat centre = points[static_cast<size_t>(dice() % points.size())];
      const double km = asked % 3 == 0 ? within(0, 2) : within(0, 60);
      std::set<int> expected, found;
      for (int i = 0; i < 3'000; ++i)
        if (i % 7 && distance_m(centre, points[static_cast<size_t>(i)]) <= km * 1000) expected.insert(i);
      grid.within(centre, km, [&](int key, double) { EXPECT_TRUE(found.insert(key).second) << "named twice"; });
      EXPECT_EQ(found, expected) << cell_km << " km cells, " << km << " km around " << centre.lon << ' ' << centre.lat;
    }
  }
}

}  // namespace
}  // namespace anlan
