#include "roads/daylight.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::roads {
namespace {

// Meeus, Astronomical Algorithms, examples 25.a and 28.b: 1992 October 13, 0h dynamical time.
TEST(Daylight, TheSunOfMeeus) {
  const Sun sun = sun_at(*parse_iso8601("1992-10-13T00:00:00Z"));
  EXPECT_NEAR(sun.declination_deg, -7.78507, 2e-3);
  EXPECT_NEAR(sun.equation_min, 13 + 42.6 / 60, 0.02);
}

struct Known {
  const char *place, *noon, *rise, *set;  // to the minute, as usually given for the solstices
  LonLat at;
};

TEST(Daylight, TimesOfTheSolstices) {
  const Known known[] = {
      {"Beijing", "2024-06-21T12:00:00+08:00", "2024-06-21T04:46:00+08:00", "2024-06-21T19:46:00+08:00", {116.41, 39.90}},
      {"Beijing", "2024-12-21T12:00:00+08:00", "2024-12-21T07:32:00+08:00", "2024-12-21T16:53:00+08:00", {116.41, 39.90}},
      {"Hong Kong", "2024-06-21T12:00:00+08:00", "2024-06-21T05:40:00+08:00", "2024-06-21T19:10:00+08:00", {114.17, 22.30}},
      {"Hong Kong", "2024-12-21T12:00:00+08:00", "2024-12-21T06:58:00+08:00", "2024-12-21T17:44:00+08:00", {114.17, 22.30}},
      {"London", "2024-06-21T12:00:00Z", "2024-06-21T03:43:00Z", "2024-06-21T20:21:00Z", {-0.13, 51.51}},
      {"London", "2024-12-21T12:00:00Z", "2024-12-21T08:04:00Z", "2024-12-21T15:53:00Z", {-0.13, 51.51}},
  };
  for (const Known& k : known) {
    const Daylight d = daylight(k.at, *parse_iso8601(k.noon));
    EXPECT_NEAR(static_cast<double>((d.rise - *parse_iso8601(k.rise)).count) / 60'000, 0, 2) << k.place << ' ' << to_iso8601(d.rise);
    EXPECT_NEAR(static_cast<double>((d.set - *parse_iso8601(k.set)).count) / 60'000, 0, 2) << k.place << ' ' << to_iso8601(d.set);
  }
}

TEST(Daylight, TheDayNearestToTheTime) {
  const LonLat urumqi{87.6, 43.8}, chengdu{104.07, 30.67};
  for (const LonLat at : {urumqi, chengdu, LonLat{179.9, 0}, LonLat{-179.9, 0}})
    for (int hour = 0; hour < 72; ++hour) {
      const UtcTime t = *parse_iso8601("2025-03-20T00:00:00Z") + hours(hour);
      const Daylight d = daylight(at, t);
      const int64_t noon = (d.rise.ms + d.set.ms) / 2;
      EXPECT_LE(std::llabs(noon - t.ms), 12 * 3'600'000 + 20 * 60'000);
      EXPECT_NEAR(static_cast<double>((d.set - d.rise).count) / 3'600'000, 12.1, 0.2);
    }
}

TEST(Daylight, PolarDayAndNight) {
  const LonLat north{25, 75};
  EXPECT_TRUE(daylight(north, *parse_iso8601("2025-12-21T12:00:00Z")).none);
  const Daylight summer = daylight(north, *parse_iso8601("2025-06-21T12:00:00Z"));
  EXPECT_FALSE(summer.none);
  EXPECT_EQ((summer.set - summer.rise).count, 86'400'000);
  const LonLat lhasa{91.1, 29.65};
  const UtcTime day = *parse_iso8601("2025-09-01T12:00:00+06:00");
  EXPECT_LT(daylight(lhasa, day, kCivilTwilightDeg).rise, daylight(lhasa, day).rise);
}

}  // namespace
}  // namespace anlan::roads
