#include "quake/site_class.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::quake {
namespace {

constexpr double kG = 9.80665;

TEST(SiteClass, ByVs30) {
  EXPECT_EQ(site_class(900), SiteClass::I0);
  EXPECT_EQ(site_class(600), SiteClass::I1);
  EXPECT_EQ(site_class(500), SiteClass::II);
  EXPECT_EQ(site_class(200), SiteClass::III);
  EXPECT_EQ(site_class(120), SiteClass::IV);
  EXPECT_EQ(site_class(0), SiteClass::II);
  EXPECT_EQ(site_class(std::nan("")), SiteClass::II);
}

TEST(SiteClass, FactorsOfTheTableAndBetween) {
  EXPECT_EQ(site_factor(SiteClass::III, .05 * kG), 1.30);
  EXPECT_EQ(site_factor(SiteClass::III, .01 * kG), 1.30);
  EXPECT_NEAR(site_factor(SiteClass::III, .10 * kG), 1.25, 1e-12);
  EXPECT_NEAR(site_factor(SiteClass::IV, .35 * kG), .925, 1e-12);
  EXPECT_EQ(site_factor(SiteClass::I0, 1 * kG), .90);
  EXPECT_EQ(site_factor(SiteClass::II, .2 * kG), 1);
}

TEST(SiteClass, RockToClassTwo) {
  for (const double rock : {0.01, 0.4, 1.0, 2.5, 3.9, 12.0}) {
    const double ii = class_ii_from_rock(rock);
    EXPECT_NEAR(site_factor(SiteClass::I1, ii) * ii, rock, 1e-9 * rock);
  }
}

}  // namespace
}  // namespace anlan::quake
