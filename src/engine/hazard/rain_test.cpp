#include "hazard/rain.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan {
namespace {

TEST(Rain, SlidingSum) {
  const double rain[] = {1, 2, 0, 4, 8};
  EXPECT_EQ(sliding_sum_mm(rain, 2), (std::vector<double>{1, 3, 2, 4, 12}));
  EXPECT_EQ(sliding_sum_mm(rain, 100), (std::vector<double>{1, 3, 3, 7, 15}));
  EXPECT_TRUE(sliding_sum_mm({}, 3).empty());
}

TEST(Rain, AntecedentForgets) {
  const double rain[] = {10, 0, 0, 5};
  EXPECT_EQ(antecedent_mm(rain, 0.5), (std::vector<double>{10, 5, 2.5, 6.25}));
  EXPECT_EQ(antecedent_mm(rain, 0.5, 20)[0], 20);
}

TEST(Rain, CurveNumber) {
  EXPECT_NEAR(*scs_storage_mm(75), 84.667, 1e-3);
  // 100 mm on CN 75: (100 - 16.933)^2 / (100 + 67.733).
  EXPECT_NEAR(*scs_runoff_mm(100, 75), 41.137, 1e-3);
  EXPECT_EQ(*scs_runoff_mm(16.9, 75), 0);
  EXPECT_DOUBLE_EQ(*scs_runoff_mm(80, 100), 80);
  for (double p = 0; p < 400; p += 10) EXPECT_LE(*scs_runoff_mm(p, 60), p);
  EXPECT_GT(*scs_runoff_mm(50, 75, 0.05), *scs_runoff_mm(50, 75));
}

TEST(Rain, BadInputIsRefused) {
  EXPECT_FALSE(scs_storage_mm(0));
  EXPECT_FALSE(scs_runoff_mm(10, 101));
  EXPECT_FALSE(scs_runoff_mm(-1, 75));
  EXPECT_FALSE(scs_runoff_mm(NAN, 75));
  EXPECT_FALSE(scs_runoff_mm(10, 75, 1.1));
}

}  // namespace
}  // namespace anlan
