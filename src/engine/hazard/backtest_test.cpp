#include "hazard/backtest.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan {
namespace {

const UtcTime kDay = *parse_iso8601("2018-08-01T00:00:00+08:00");
UtcTime at(int hour) {
  return kDay + hours(hour);
}

TEST(BackTest, ExceedancesAreJoinedOverShortGaps) {
  const double flow[] = {0, 5, 9, 0, 7, 9, 0, 0, 0, 6, NAN, 1};
  EXPECT_EQ(find_exceedances(flow, 5, 1), (std::vector<Exceedance>{{1, 2, 2}, {4, 5, 5}, {9, 9, 9}}));
  EXPECT_EQ(find_exceedances(flow, 5, 0), find_exceedances(flow, 5, 1));
  EXPECT_EQ(find_exceedances(flow, 5, 2), (std::vector<Exceedance>{{1, 5, 2}, {9, 9, 9}}))
      << "the earliest of equal peaks";
  EXPECT_EQ(find_exceedances(flow, 5, 4), (std::vector<Exceedance>{{1, 9, 2}}));
  EXPECT_TRUE(find_exceedances(flow, 10, 4).empty());
  EXPECT_TRUE(find_exceedances({}, 0, 4).empty());
}

TEST(BackTest, HitsMissesAndFalseAlarms) {
  const UtcTime peaks[] = {at(10), at(100), at(200), at(300)};
  const AlarmSpan alarms[] = {
      {at(4), at(8)},      // ends two hours before the first peak: a hit by its reach
      {at(50), at(60)},    // over for 40 h at the second peak: false
      {at(190), at(210)},  // a hit
      {at(195), at(196)},  // the same peak again: not false, but not the first word
      {at(301), at(310)},  // after the fact: a miss and a false alarm
  };
  const auto test = score_alarms(peaks, alarms, {});
  ASSERT_TRUE(test);
  EXPECT_EQ(test->hits, 2);
  EXPECT_EQ(test->misses, 2);
  EXPECT_EQ(test->false_alarms, 2);
  EXPECT_EQ(test->alarms, 5);
  EXPECT_EQ(test->leads[0], hours(6));
  EXPECT_EQ(test->leads[1], std::nullopt);
  EXPECT_EQ(test->leads[2], hours(10));
  EXPECT_EQ(test->median_lead(), hours(6));
  EXPECT_EQ(test->under_alarm, hours(4 + 10 + 20 + 1 + 9));
  EXPECT_DOUBLE_EQ(test->detection(), 0.5);
  EXPECT_DOUBLE_EQ(test->false_ratio(), 0.4);
  EXPECT_NEAR(test->csi(), 2.0 / 6, 1e-12);
}

TEST(BackTest, LeadIsAskedForAndCapped) {
  const UtcTime peaks[] = {at(100)};
  const AlarmSpan late[] = {{at(98), at(120)}};
  EXPECT_EQ(score_alarms(peaks, late, {hours(3), hours(24), hours(48)})->hits, 0);
  EXPECT_EQ(score_alarms(peaks, late, {hours(2), hours(24), hours(48)})->leads[0], hours(2));
  const AlarmSpan standing[] = {{at(0), at(120)}};
  EXPECT_EQ(score_alarms(peaks, standing, {})->leads[0], hours(48));
}

TEST(BackTest, NothingIsPerfectAndDisorderIsRefused) {
  const auto nothing = score_alarms({}, {}, {});
  EXPECT_EQ(nothing->csi(), 1);
  EXPECT_EQ(nothing->median_lead(), std::nullopt);
  const UtcTime back[] = {at(2), at(1)};
  EXPECT_FALSE(score_alarms(back, {}, {}));
  const AlarmSpan inside_out[] = {{at(2), at(1)}};
  EXPECT_FALSE(score_alarms({}, inside_out, {}));
}

}  // namespace
}  // namespace anlan
