#include "quake/magnitude.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace anlan::quake {
namespace {

TEST(Magnitude, RelationsAsPublished) {
  EXPECT_NEAR(magnitude_wu_zhao(0.1, 50), 4.748 - 1.371 + 1.883 * 1.69897, 1e-4);
  EXPECT_NEAR(magnitude_kuyuk_allen(0.1, 50), 5.39 - 1.23 + 1.38 * 1.69897, 1e-4);
  EXPECT_NEAR(magnitude_tau_c(1), 5.787, 1e-9);
  // The two forms in print of Wu and Zhao are inverse to each other within their digits.
  for (const double m : {4.0, 5.5, 7.0})
    for (const double r : {10.0, 60.0, 150.0}) EXPECT_NEAR(magnitude_wu_zhao(pd_wu_zhao(m, r), r), m, 0.02);
}

TEST(Magnitude, LooseStationsAreLeftOut) {
  std::vector<Amplitude> all;
  for (const double r : {20.0, 40.0, 60.0, 80.0, 100.0}) all.push_back({.pd_cm = pd_wu_zhao(5.5, std::hypot(r, 10)), .epicentral_km = r});
  const auto clean = network_magnitude(all);
  EXPECT_NEAR(clean.magnitude, 5.5, 0.25);
  EXPECT_EQ(clean.stations, 5U);
  all.push_back({.pd_cm = 1000 * pd_wu_zhao(5.5, 50), .epicentral_km = 49});
  const auto with = network_magnitude(all);
  EXPECT_EQ(with.stations, 5U);
  EXPECT_NEAR(with.magnitude, clean.magnitude, 1e-9);
}

TEST(Magnitude, ShortWindowsAndSilenceSayLess) {
  const Amplitude full{.pd_cm = 0.05, .epicentral_km = 30}, begun{.pd_cm = 0.05, .window_s = 1, .epicentral_km = 30};
  EXPECT_GT(station_magnitude(begun).sigma, 1.3 * station_magnitude(full).sigma);
  EXPECT_EQ(station_magnitude({.pd_cm = 0}).stations, 0U);
  EXPECT_EQ(station_magnitude({.pd_cm = std::nan("")}).stations, 0U);
  EXPECT_EQ(network_magnitude({}).stations, 0U);
  // tau_c only where Pd is large enough to trust it.
  EXPECT_EQ(station_magnitude({.pd_cm = 0.05, .tau_c_s = 3, .epicentral_km = 30}).magnitude, station_magnitude(full).magnitude);
  EXPECT_NE(station_magnitude({.pd_cm = 0.5, .tau_c_s = 3, .epicentral_km = 30}).magnitude, station_magnitude({.pd_cm = 0.5, .epicentral_km = 30}).magnitude);
  EXPECT_TRUE(std::isfinite(station_magnitude({.pd_cm = 0.5, .epicentral_km = 0, .depth_km = 0}).magnitude));
}

}  // namespace
}  // namespace anlan::quake
