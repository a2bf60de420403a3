#include "quake/intensity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace anlan::quake {
namespace {

// Areas inside VI of the Qinghai-Tibet relation, as the domain reference has them from the same formula.
TEST(Intensity, AreasInsideSix) {
  for (const auto& [magnitude, area] : {std::pair{7.0, 22'160.0}, {6.5, 8'595.0}, {6.2, 4'636.0}}) {
    const PointSource source{{103, 35}, magnitude, Zone::kQinghaiTibet, 0.0};
    EXPECT_NEAR(std::numbers::pi * reach_km(source, 6) * reach_km(source, 6, true), area, area * 0.001) << magnitude;
  }
}

TEST(Intensity, FollowsTheEllipse) {
  const PointSource source{{103, 35}, 6.5, Zone::kQinghaiTibet, 90.0};
  const double a = reach_km(source, 7), b = reach_km(source, 7, true);
  ASSERT_GT(a, b);
  const double degree = 6371.0088 * std::numbers::pi / 180;
  EXPECT_NEAR(intensity_at(source, {103 + a / degree / std::cos(35 * std::numbers::pi / 180), 35}), 7, 0.02);
  EXPECT_NEAR(intensity_at(source, {103, 35 + b / degree}), 7, 0.02);
  EXPECT_LT(intensity_at(source, {103, 35 + a / degree}), 7);
  PointSource unknown = source;
  unknown.long_axis_azimuth.reset();
  EXPECT_NEAR(intensity_at(unknown, {103, 35 + a / degree}), 7, 0.02) << "the longer axis counts when none is known";
}

TEST(Intensity, FallsWithDistanceAndStaysOnTheScale) {
  const PointSource source{{103, 35}, 8.5, Zone::kXinjiang, 30.0};
  double before = 12.1;
  for (double lat = 35; lat < 60; lat += 0.25) {
    const double now = intensity_at(source, {103, lat});
    EXPECT_LE(now, before + 1e-9);
    EXPECT_GE(now, 1);
    before = now;
  }
  EXPECT_EQ(reach_km({{103, 35}, 2, Zone::kEast, {}}, 9), 0);
}

}  // namespace
}  // namespace anlan::quake
