#include "quake/bssa14.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quake/instrumental.h"

namespace anlan::quake {
namespace {

double mean(Measure measure, double mw, double rjb, double vs30, Anelastic anelastic = Anelastic::global, double* within = nullptr) {
  const Bssa14 pga = bssa14(Measure::pga, mw, Mechanism::unknown, anelastic), k = bssa14(measure, mw, Mechanism::unknown, anelastic);
  double ln, phi;
  bssa14_site(k, rjb, vs30, bssa14_rock(pga, rjb), ln, phi);
  if (within) *within = phi;
  return std::exp(ln - k.unit);
}

// Section 5.7 of the domain reference: g and cm/s.
TEST(Bssa14, GoldenValues) {
  EXPECT_NEAR(mean(Measure::pga, 6.5, 20, 760), .1172, 5e-5);
  EXPECT_NEAR(mean(Measure::pgv, 6.5, 20, 760), 8.786, 5e-4);
  EXPECT_NEAR(mean(Measure::pga, 7, 10, 300), .3142, 5e-5);
  EXPECT_NEAR(mean(Measure::pgv, 7, 10, 300), 38.61, 5e-3);
  EXPECT_NEAR(mean(Measure::pga, 5, 50, 500), .0114, 5e-5);
  EXPECT_NEAR(mean(Measure::pgv, 5, 50, 500), .419, 5e-4);
}

TEST(Bssa14, Deviations) {
  double phi;
  mean(Measure::pga, 7, 10, 760, Anelastic::global, &phi);
  EXPECT_NEAR(phi, .495, 1e-9);
  mean(Measure::pga, 7, 300, 200, Anelastic::global, &phi);
  EXPECT_NEAR(phi, .495 + .100 - .070, 1e-6);
  mean(Measure::pgv, 4, 10, 760, Anelastic::global, &phi);
  EXPECT_NEAR(phi, .644, 1e-9);
  EXPECT_NEAR(bssa14(Measure::pgv, 5, Mechanism::reverse, Anelastic::global).tau, (.401 + .346) / 2, 1e-9);
}

TEST(Bssa14, LessIsLostInChina) {
  EXPECT_NEAR(std::log(mean(Measure::pga, 7, 200, 760, Anelastic::china) / mean(Measure::pga, 7, 200, 760)), .00286 * (std::hypot(200, 4.5) - 1), 1e-9);
}

TEST(Bssa14, FloatsFollowDoubles) {
  const Bssa14 pga = bssa14(Measure::pga, 7.2, Mechanism::reverse, Anelastic::china), pgv = bssa14(Measure::pgv, 7.2, Mechanism::reverse, Anelastic::china);
  for (double rjb = 0; rjb < 900; rjb = rjb * 1.3 + 0.7) {
    for (const double vs30 : {100.0, 180.0, 260.0, 400.0, 900.0, 3000.0}) {
      double a, b;
      float c, d;
      bssa14_site(pgv, rjb, vs30, bssa14_rock(pga, rjb), a, b);
      bssa14_site(pgv.as<float>(), static_cast<float>(rjb), static_cast<float>(vs30), bssa14_rock(pga.as<float>(), static_cast<float>(rjb)), c, d);
      EXPECT_NEAR(static_cast<double>(c), a, 1e-5);
      EXPECT_NEAR(static_cast<double>(d), b, 1e-5);
    }
  }
}

// Section 5.8: values, and every centre of the standard's table gives its own degree.
TEST(Instrumental, GoldenValues) {
  EXPECT_EQ(published_intensity(2.79, 0.258), 8.0);
  EXPECT_EQ(published_intensity(1.0, 0.03), 5.9);
  const double table[][3] = {{5, .319, .0259}, {6, .653, .0557}, {7, 1.35, .120}, {8, 2.79, .258}, {9, 5.77, .555}, {10, 11.9, 1.19}, {11, 24.7, 2.57}};
  for (const auto& row : table) EXPECT_NEAR(instrumental_intensity(row[1], row[2]), row[0], 0.05);
  EXPECT_EQ(instrumental_intensity(0, 0), 1);
  EXPECT_EQ(instrumental_intensity(1e6, 1e6), 12);
  EXPECT_EQ(instrumental_intensity(std::nan(""), 1), 1);
}

// One of the two below 6 is enough for the mean (AND, not OR).
TEST(Instrumental, BothMustReachSix) {
  const double by_pga = 3.17 * std::log10(3.0) + 6.59, by_pgv = 3.00 * std::log10(.05) + 9.77;
  ASSERT_GE(by_pga, 6);
  ASSERT_LT(by_pgv, 6);
  EXPECT_NEAR(instrumental_intensity(3.0, .05), (by_pga + by_pgv) / 2, 1e-12);
}

}  // namespace
}  // namespace anlan::quake
