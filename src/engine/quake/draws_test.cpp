#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <thread>

#include "quake/correlation.h"
#include "quake/local_frame.h"
#include "quake/shaking.h"

namespace anlan::quake {
namespace {

Field field_of(size_t n, float mean, float between, float within) {
  Field field;
  for (Spread& spread : field.of) spread = {std::vector<float>(n, mean), std::vector<float>(n, between), std::vector<float>(n, within)};
  return field;
}

TEST(Draws, TheSameSeedAndNumberGiveTheSameDraw) {
  Sites sites;
  for (int i = 0; i < 900; ++i) sites.at.push_back({103 + 0.02 * (i % 30), 31 + 0.02 * (i / 30)});
  const Field field = field_of(sites.size(), 1, 0.3f, 0.5f);
  const Draws draws(sites, field, Measure::pga, 42);
  std::vector<float> a(sites.size()), b(sites.size()), c(sites.size()), d(sites.size());
  draws.draw(3, a);
  std::jthread([&] { draws.draw(3, b); }).join();
  draws.draw(4, c);
  Draws(sites, field, Measure::pga, 43).draw(3, d);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, d);
}

// Moments over many draws, and the correlation over distance in three directions.
TEST(Draws, DeviationsAndCorrelation) {
  for (const Measure measure : {Measure::pga, Measure::pgv}) {
    const double range = correlation_range_km(measure);
    const LocalFrame frame({103, 31});
    Sites sites;
    sites.at.push_back({103, 31});
    const std::array<double, 5> shares{0.02, 0.1, 0.25, 0.5, 1.0};
    for (const double share : shares)
      for (const double azimuth : {0.0, 22.5, 45.0}) {
        const double turn = azimuth * wide::kPi / 180;
        sites.at.push_back(frame.place({share * range * std::sin(turn), share * range * std::cos(turn)}));
      }
    // A far corner on either side, so that no place is special.
    sites.at.push_back({102.2, 30.4});
    sites.at.push_back({103.9, 31.7});
    const Field field = field_of(sites.size(), 2, 0, 1);
    const Draws draws(sites, field, measure, 7);
    constexpr int n = 1500;
    std::vector<float> out(sites.size());
    std::vector<double> sum(sites.size()), square(sites.size()), product(sites.size());
    for (int k = 0; k < n; ++k) {
      draws.draw(static_cast<uint32_t>(k), out);
      for (size_t i = 0; i < out.size(); ++i) {
        const double x = static_cast<double>(out[i]) - 2, first = static_cast<double>(out[0]) - 2;
        sum[i] += x / n, square[i] += x * x / n, product[i] += x * first / n;
      }
    }
    for (size_t i = 0; i < sites.size(); ++i) {
      EXPECT_NEAR(sum[i], 0, 0.08);
      EXPECT_NEAR(square[i], 1, 0.11);
    }
    for (size_t s = 0; s < shares.size(); ++s)
      for (size_t d = 0; d < 3; ++d) {
        const size_t i = 1 + s * 3 + d;
        EXPECT_NEAR(product[i] / std::sqrt(square[0] * square[i]), std::exp(-3 * shares[s]), 0.12) << range << ' ' << shares[s] << ' ' << d;
      }
  }
}

TEST(Draws, TheEventsOwnNumberIsShared) {
  Sites sites;
  sites.at = {{103, 31}, {104, 31.5}};
  const Field field = field_of(2, 0, 0.4f, 0);
  const Draws draws(sites, field, Measure::intensity, 5);
  std::vector<float> out(2);
  double square = 0;
  for (uint32_t k = 0; k < 2000; ++k) {
    draws.draw(k, out);
    EXPECT_EQ(out[0], out[1]);
    square += static_cast<double>(out[0] * out[0]) / 2000;
  }
  EXPECT_NEAR(std::sqrt(square), 0.4, 0.03);
}

TEST(Draws, OddSites) {
  const Field none = field_of(0, 0, 1, 1);
  Draws(Sites{}, none, Measure::pga, 1).draw(0, {});
  Sites globe;
  for (int i = 0; i < 1000; ++i) globe.at.push_back({-180 + 0.36 * i, -89 + 0.178 * i});
  const Field field = field_of(globe.size(), 0, 0.3f, 0.5f);
  std::vector<float> out(globe.size());
  Draws(globe, field, Measure::pga, 1).draw(9, out);
  for (const float x : out) EXPECT_TRUE(std::isfinite(x));
  Sites same;
  same.at.assign(10'000, {103, 31});
  const Field one = field_of(same.size(), 0, 0.3f, 0.5f);
  out.resize(same.size());
  Draws(same, one, Measure::pga, 1).draw(9, out);
  for (const float x : out) EXPECT_EQ(x, out[0]);
}

}  // namespace
}  // namespace anlan::quake
