#include "hazard/landslide.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace anlan {
namespace {

TEST(Landslide, ThresholdsOfThePapers) {
  EXPECT_DOUBLE_EQ(threshold_intensity_mm_h(kCaine1980, 1), 14.82);
  EXPECT_NEAR(threshold_intensity_mm_h(kCaine1980, 24), 14.82 * std::pow(24, -0.39), 1e-12);
  EXPECT_NEAR(threshold_intensity_mm_h(kCaine1980, 10), 6.037, 1e-3);
  EXPECT_NEAR(threshold_intensity_mm_h(kGuzzetti2008, 10), 0.7988, 1e-4);
}

TEST(Landslide, OneHourAtTheThresholdIsRatioOne) {
  const double rain[] = {0, 0, 14.82};
  const auto worst = ratio_now(rain, 1, kCaine1980);
  ASSERT_TRUE(worst);
  EXPECT_NEAR(worst->ratio, 1, 1e-12);
  EXPECT_EQ(worst->duration_h, 1);
  EXPECT_NEAR(worst->intensity_mm_h, 14.82, 1e-12);
}

TEST(Landslide, SteadyRainIsWorstOverItsWholeLength) {
  const std::vector<double> rain(48, 3.0);  // 144 mm in two days
  const auto worst = ratio_now(rain, 1, kCaine1980);
  ASSERT_TRUE(worst);
  EXPECT_EQ(worst->duration_h, 48);
  EXPECT_NEAR(worst->ratio, 3 / threshold_intensity_mm_h(kCaine1980, 48), 1e-12);
}

TEST(Landslide, WindowsOutsideTheCurveAreNotJudged) {
  const IntensityDuration curve{10, 0.4, 3, 6};
  const double burst[] = {50.0};
  EXPECT_EQ(ratio_now(burst, 1, curve)->ratio, 0);
  const std::vector<double> rain(24, 5.0);
  EXPECT_EQ(ratio_now(rain, 1, curve)->duration_h, 6);
  EXPECT_EQ(ratio_now(rain, 12, curve)->duration_h, 0);
  EXPECT_EQ(ratio_now({}, 1, curve)->ratio, 0);
}

TEST(Landslide, SeriesAgreesWithEachStepAndWithEveryWindow) {
  std::mt19937 random(7);
  std::exponential_distribution<double> shower(0.3);
  std::vector<double> rain(300);
  for (double& r : rain) r = random() % 3 ? 0 : shower(random);
  const double step_h = 0.5;
  const auto series = ratio_series(rain, step_h, kGuzzetti2008);
  ASSERT_TRUE(series);
  for (size_t end = 1; end <= rain.size(); end += 37) {
    double worst = 0, sum = 0;
    for (size_t k = 1; k <= end; ++k) {
      sum += rain[end - k];
      const double hours = static_cast<double>(k) * step_h;
      worst = std::max(worst, sum / hours / threshold_intensity_mm_h(kGuzzetti2008, hours));
    }
    EXPECT_NEAR((*series)[end - 1].ratio, worst, 1e-9);
    EXPECT_NEAR(ratio_now({rain.data(), end}, step_h, kGuzzetti2008)->ratio, worst, 1e-9);
  }
}

TEST(Landslide, LadderCountsRungsReached) {
  const double ladder[] = {0.6, 0.8, 1.0, 1.2};
  EXPECT_EQ(warn_level(0.59, ladder), 0);
  EXPECT_EQ(warn_level(0.6, ladder), 1);
  EXPECT_EQ(warn_level(1.0, ladder), 3);
  EXPECT_EQ(warn_level(9, ladder), 4);
  EXPECT_EQ(warn_level(NAN, ladder), 0);
}

TEST(Landslide, BadInputIsRefused) {
  const double negative[] = {1, -1}, missing[] = {1, NAN}, fine[] = {1};
  EXPECT_FALSE(ratio_now(negative, 1, kCaine1980));
  EXPECT_FALSE(ratio_now(missing, 1, kCaine1980));
  EXPECT_FALSE(ratio_now(fine, 0, kCaine1980));
  EXPECT_FALSE(ratio_now(fine, 1, {}));
  EXPECT_EQ(ratio_series(std::vector<double>(200'000), 0.01, kGuzzetti2008).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace anlan
