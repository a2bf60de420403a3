#include "quake/chinese_code.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::quake {
namespace {

TEST(ChineseCode, Tables) {
  EXPECT_DOUBLE_EQ(*largest_influence(8, EarthquakeLevel::minor), .16);
  EXPECT_DOUBLE_EQ(*largest_influence(8, EarthquakeLevel::major), .90);
  EXPECT_DOUBLE_EQ(*largest_influence(8.5, EarthquakeLevel::major), 1.20);
  EXPECT_FALSE(largest_influence(8.2, EarthquakeLevel::major));
  EXPECT_DOUBLE_EQ(*characteristic_period(SiteClass::II, 1), .35);
  EXPECT_DOUBLE_EQ(*characteristic_period(SiteClass::IV, 3), .90);
  EXPECT_FALSE(characteristic_period(SiteClass::II, 0));
  EXPECT_FALSE(characteristic_period(SiteClass::II, 4));
}

TEST(ChineseCode, SpectrumAtFivePerCent) {
  constexpr double kMax = .16, kTg = .40;
  EXPECT_DOUBLE_EQ(influence(0, kMax, kTg), .45 * kMax);
  EXPECT_NEAR(influence(.05, kMax, kTg), .725 * kMax, 1e-12);
  EXPECT_DOUBLE_EQ(influence(.1, kMax, kTg), kMax);
  EXPECT_DOUBLE_EQ(influence(.4, kMax, kTg), kMax);
  EXPECT_NEAR(influence(.8, kMax, kTg), kMax * std::pow(.5, .9), 1e-12);
  EXPECT_NEAR(influence(2, kMax, kTg), kMax * std::pow(.2, .9), 1e-12);
  EXPECT_NEAR(influence(6, kMax, kTg), kMax * (std::pow(.2, .9) - .02 * 4), 1e-12);
  EXPECT_DOUBLE_EQ(influence(9, kMax, kTg), influence(6, kMax, kTg));
}

TEST(ChineseCode, DampingLowersTheSpectrumAndItStaysContinuous) {
  // Damping 0.10: gamma .9 - .05/.9, eta2 1 - .05/.24.
  EXPECT_NEAR(influence(.3, 1, .4, .10), 1 - .05 / .24, 1e-12);
  EXPECT_NEAR(influence(.8, 1, .4, .10), std::pow(.5, .9 - .05 / .9) * (1 - .05 / .24), 1e-12);
  EXPECT_NEAR(influence(.3, 1, .4, .4), .55, 1e-12);
  for (const double z : {.02, .05, .10, .2})
    for (const double at : {.1, .4, 2.0, 6.0})
      EXPECT_NEAR(influence(at - 1e-9, 1, .4, z), influence(at + 1e-9, 1, .4, z), 1e-6) << at << " " << z;
}

TEST(ChineseCode, Periods) {
  CodeBuilding b;
  b.storeys = 20;
  EXPECT_DOUBLE_EQ(code_period(b), 1.5);
  b.structure = Structure::steel_frame;
  EXPECT_DOUBLE_EQ(code_period(b), 2.5);
  b = {};
  b.structure = Structure::masonry;
  EXPECT_NEAR(code_period(b), .0168 * 19.2, 1e-12);
  b.structure = Structure::rc_frame;
  b.width_m = 8;
  EXPECT_NEAR(code_period(b), .22 + .035 * 18 / 2, 1e-12);
}

TEST(ChineseCode, ClassOfABuilding) {
  CodeBuilding b;
  b.storeys = 12;
  b.intensity = 8;
  b.group = 2;
  const auto c = code_class(ResponseClass{}, b);
  ASSERT_TRUE(c);
  EXPECT_NEAR(c->period_per_storey_s, .075, 1e-12);
  EXPECT_NEAR(c->yield_g, .85 * .4 * .90 * std::pow(.4 / .9, .9), 1e-9);
  EXPECT_DOUBLE_EQ(c->floor_mass_kg_m2, 1200);
  // Better ground and lower fortification give less.
  b.intensity = 7;
  EXPECT_LT(code_class(ResponseClass{}, b)->yield_g, c->yield_g);
  b.intensity = 7.3;
  EXPECT_FALSE(code_class(ResponseClass{}, b));
  b.intensity = 7;
  b.storeys = 61;
  EXPECT_FALSE(code_class(ResponseClass{}, b));
  b.storeys = 6;
  b.width_m = 0;
  EXPECT_FALSE(code_class(ResponseClass{}, b));
}

}  // namespace
}  // namespace anlan::quake
