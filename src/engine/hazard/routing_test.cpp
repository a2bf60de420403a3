#include "hazard/routing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace anlan {
namespace {

TEST(Routing, CoefficientsSumToOne) {
  const auto reach = muskingum(hours(3), 0.2, hours(2));
  ASSERT_TRUE(reach);
  EXPECT_NEAR(reach->c0 + reach->c1 + reach->c2, 1, 1e-15);
  EXPECT_NEAR(reach->c0, 0.8 / 6.8, 1e-12);
  EXPECT_NEAR(reach->c1, 3.2 / 6.8, 1e-12);
  EXPECT_NEAR(reach->c2, 2.8 / 6.8, 1e-12);
}

TEST(Routing, AWaveIsDelayedFlattenedAndKeepsItsVolume) {
  const Muskingum reach = *muskingum(hours(3), 0.2, hours(2));
  std::vector<double> inflow(80, 0.0);
  for (size_t i = 0; i < 10; ++i) inflow[i + 1] = 100 * std::sin(0.3142 * static_cast<double>(i));
  double outflow = 0, sum_in = 0, sum_out = 0, peak = 0;
  size_t peak_step = 0;
  for (size_t i = 1; i < inflow.size(); ++i) {
    outflow = muskingum_step(reach, inflow[i - 1], inflow[i], outflow);
    if (outflow > peak) peak = outflow, peak_step = i;
    sum_in += inflow[i];
    sum_out += outflow;
  }
  EXPECT_NEAR(sum_out, sum_in, 1e-6 * sum_in);
  EXPECT_LT(peak, 100);
  EXPECT_GT(peak_step, 6u);
}

TEST(Routing, HalfWeightIsAPureShift) {
  const Muskingum reach = *muskingum(hours(2), 0.5, hours(2));
  EXPECT_DOUBLE_EQ(muskingum_step(reach, 7, 99, 3), 7);
}

TEST(Routing, UnstableStepIsRefused) {
  EXPECT_FALSE(muskingum(hours(3), 0.2, hours(1)));
  EXPECT_FALSE(muskingum(hours(3), 0.2, hours(5)));
  EXPECT_FALSE(muskingum(hours(3), 0.6, hours(3)));
  EXPECT_FALSE(muskingum(hours(0), 0.2, hours(3)));
}

TEST(Routing, Arrival) {
  const UtcTime start = *parse_iso8601("2021-07-20T08:00:00+08:00");
  EXPECT_EQ(*arrival_downstream(start, 36'000, 2), start + hours(5));
  EXPECT_EQ(*arrival_downstream(start, 0, 2), start);
  EXPECT_FALSE(arrival_downstream(start, -1, 2));
  EXPECT_FALSE(arrival_downstream(start, 1000, 0));
  EXPECT_FALSE(arrival_downstream(start, 1e9, 0.01));
  EXPECT_FALSE(arrival_downstream(start, std::numeric_limits<double>::infinity(), 1));
}

}  // namespace
}  // namespace anlan
