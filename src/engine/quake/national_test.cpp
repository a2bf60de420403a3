#include "quake/national.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quake/local_frame.h"

namespace anlan::quake {
namespace {

double gal(Zone zone, double ms, double km, bool shorter = false) {
  const Ellipses e = ellipses(Measure::pga, zone, ms);
  return std::pow(10, (shorter ? e.shorter : e.longer).at(km));
}

// Section 5.6 of the domain reference.
TEST(National, YuGoldenValues) {
  EXPECT_NEAR(gal(Zone::kQinghaiTibet, 7.5, 100), 49.60, 0.005);
  EXPECT_NEAR(std::pow(10, ellipses(Measure::pgv, Zone::kQinghaiTibet, 7.5).longer.at(100)), 4.530, 0.0005);
  EXPECT_NEAR(gal(Zone::kEast, 6.0, 30), 103.66, 0.005);
  EXPECT_NEAR(gal(Zone::kEast, 6.0, 30, true), 70.24, 0.005);
}

// Section 5.5: the relation at the centre, and its inverse.
TEST(National, ReachInvertsTheRelation) {
  for (const Zone zone : {Zone::kQinghaiTibet, Zone::kXinjiang, Zone::kEast, Zone::kCentral}) {
    const Ellipses e = ellipses(Measure::intensity, zone, 7);
    for (const double degree : {5.0, 6.0, 7.0, 8.0}) {
      EXPECT_NEAR(e.longer.at(e.longer.reach(degree)), degree, 1e-9);
      EXPECT_NEAR(e.shorter.at(e.shorter.reach(degree)), degree, 1e-9);
    }
    EXPECT_EQ(e.longer.reach(11.5), 0);
  }
}

// The ellipse through a site by halving, which needs no derivative and cannot miss.
double by_halving(const Ellipses& e, double x, double y) {
  const auto outside = [&](double a) {
    const double b = std::clamp(std::pow(10, (e.longer.at(a) - e.shorter.level) / e.shorter.slope) - e.shorter.r0, 0.3 * a, a);
    return x * x / (a * a) + y * y / (b * b) > 1;
  };
  double low = std::hypot(x, y) * 0.999, high = low * 4;
  for (int i = 0; i < 100; ++i) (outside((low + high) / 2) ? low : high) = (low + high) / 2;
  return e.longer.at(low);
}

TEST(National, TheEllipseThroughASite) {
  double worst = 0, worst_float = 0;
  for (int zone = 0; zone < 4; ++zone) {
    for (const double ms : {3.0, 5.0, 6.4, 6.6, 7.0, 8.0, 9.0}) {
      for (size_t m = 0; m < kMeasures; ++m) {
        const Ellipses e = ellipses(static_cast<Measure>(m), static_cast<Zone>(zone), ms);
        const EllipseSolver<float> lanes(e);
        for (int turn = 0; turn <= 12; ++turn) {
          for (double r = 0.05; r < 2000; r *= 1.4) {
            const double x = r * std::cos(turn * wide::kPi / 24), y = r * std::sin(turn * wide::kPi / 24), want = by_halving(e, x, y);
            worst = std::max(worst, std::abs(e.at(x, y) - want));
            worst_float = std::max(worst_float, std::abs(e.longer.at(static_cast<double>(lanes(static_cast<float>(x), static_cast<float>(y)))) - want));
          }
        }
      }
    }
  }
  EXPECT_LT(worst, 2e-4);
  EXPECT_LT(worst_float, 2e-4);
}

TEST(National, LocalFrameKeepsDistanceAndDirection) {
  for (const LonLat centre : {LonLat{103, 31}, LonLat{179.9, -40}, LonLat{20, 85}}) {
    const LocalFrame frame(centre);
    for (const LonLat p : {LonLat{104, 32}, LonLat{-179.5, -41}, LonLat{-160, 88}, LonLat{103, 31}, LonLat{100, -31}}) {
      const Km km = frame.at(p);
      EXPECT_NEAR(std::hypot(km.east, km.north), distance_m(centre, p) / 1000, 1e-4 * distance_m(centre, p) / 1000 + 1e-6);
      const LonLat back = frame.place(km);
      EXPECT_LT(distance_m(back, p), 200) << p.lon << ' ' << p.lat;
    }
  }
}

}  // namespace
}  // namespace anlan::quake
