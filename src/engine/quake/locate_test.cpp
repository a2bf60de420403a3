#include "quake/locate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "quake/travel_time.h"
#include "quake/synthetic_waves.h"

namespace anlan::quake {
namespace {

TEST(TravelTime, StraightRaysHeadWavesAndReciprocity) {
  EXPECT_NEAR(travel_s(Wave::p, 0, 10), 10 / 5.8, 1e-3);
  EXPECT_NEAR(travel_s(Wave::s, 0, 10), 10 / 3.36, 1e-3);
  EXPECT_NEAR(travel_s(Wave::p, 0, 30), 20 / 5.8 + 10 / 6.5, 1e-3);
  EXPECT_NEAR(travel_s(Wave::p, 30, 10), std::hypot(30, 10) / 5.8, 0.01);
  // Pn of a surface source: X/v + 2 sum of h cos/u.
  const auto leg = [](double h, double u) { return h * std::sqrt(1 - u * u / (8.04 * 8.04)) / u; };
  EXPECT_NEAR(travel_s(Wave::p, 400, 0), 400 / 8.04 + 2 * (leg(20, 5.8) + leg(15, 6.5)), 0.01);
  for (double km = 0; km < 600; km += 1.7)
    for (double depth = 0; depth < 60; depth += 3.1) {
      EXPECT_LT(travel_s(Wave::p, km, depth), travel_s(Wave::s, km, depth) + 1e-9);
      EXPECT_LT(travel_s(Wave::p, km, depth), travel_s(Wave::p, km + 2, depth));
      EXPECT_GE(travel_s(Wave::p, km, depth) + 0.05, std::hypot(km, depth) / 8.04);
    }
  EXPECT_TRUE(std::isfinite(travel_s(Wave::p, 1e9, 1e9)));
}

std::vector<Onset> onsets(LonLat source, double depth, std::span<const LonLat> stations, double scatter_s, uint64_t seed) {
  std::vector<Onset> out;
  for (size_t i = 0; i < stations.size(); ++i)
    out.push_back({stations[i], travel_s(Wave::p, distance_m(source, stations[i]) / 1000, depth) + scatter_s * synthetic::normal(synthetic::hash(seed, i))});
  std::ranges::sort(out, {}, &Onset::t_s);
  const double first = out.front().t_s;
  for (Onset& o : out) o.t_s -= first;
  return out;
}
std::vector<LonLat> ring(LonLat centre, int n, double degrees, uint64_t seed) {
  std::vector<LonLat> out;
  for (int i = 0; i < n; ++i) {
    const double a = 2 * std::numbers::pi * (i + synthetic::unit(synthetic::hash(seed, i, 1))) / n, r = degrees * (0.3 + 0.7 * synthetic::unit(synthetic::hash(seed, i, 2)));
    double lon = centre.lon + r * std::cos(a) / std::cos(centre.lat * std::numbers::pi / 180);
    if (lon > 180) lon -= 360;
    out.push_back({lon, centre.lat + r * std::sin(a)});
  }
  return out;
}

TEST(Locate, WithinItsStations) {
  double worst = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const LonLat source{100 + 0.8 * (synthetic::unit(synthetic::hash(seed)) - 0.5), 32 + 0.8 * (synthetic::unit(synthetic::hash(seed + 40)) - 0.5)};
    const auto o = onsets(source, 12, ring({100, 32}, 10, 0.6, seed), 0.05, seed);
    const auto h = locate(o, {});
    ASSERT_TRUE(h);
    const double km = distance_m(h->epicentre, source) / 1000;
    worst = std::max(worst, km);
    EXPECT_LT(km, 2) << seed;
    EXPECT_LT(h->residual_s, 0.15) << seed;
    // Again from close by: the same place.
    const auto again = locate(o, {}, &*h);
    EXPECT_LT(distance_m(again->epicentre, h->epicentre), 1500) << seed;
  }
  std::printf("worst of 20: %.2f km\n", worst);
}

TEST(Locate, AWrongPickHardlyMovesIt) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const LonLat source{100.05, 32.1};
    auto o = onsets(source, 10, ring({100, 32}, 9, 0.6, seed), 0.05, seed);
    o[5].t_s -= 6;
    std::ranges::sort(o, {}, &Onset::t_s);
    EXPECT_LT(distance_m(locate(o, {})->epicentre, source) / 1000, 4) << seed;
  }
}

TEST(Locate, SilenceOfOthersDecidesWhereFewHaveHeard) {
  // Three stations in a line and an earthquake beside them: its mirror image fits as well, but a quiet station is there.
  const LonLat source{100.4, 32};
  const std::vector<LonLat> line{{100, 31.7}, {100, 32.02}, {100, 32.35}}, others{{99.6, 32}, {99.5, 31.8}, {99.6, 32.2}};
  const auto o = onsets(source, 10, line, 0, 1);
  std::vector<Quiet> quiet;
  for (const LonLat p : others) quiet.push_back({p, 6});
  EXPECT_LT(distance_m(locate(o, quiet)->epicentre, source) / 1000, 8);
  quiet.clear();
  for (const LonLat p : {LonLat{100.4, 32}, LonLat{100.5, 31.8}, LonLat{100.4, 32.2}}) quiet.push_back({p, 6});
  EXPECT_GT(distance_m(locate(o, quiet)->epicentre, source) / 1000, 40);
}

TEST(Locate, AcrossTheDateLineAndFarNorth) {
  for (const LonLat centre : {LonLat{179.9, -20}, LonLat{30, 84}}) {
    const auto o = onsets(centre, 10, ring(centre, 8, 0.5, 3), 0, 3);
    EXPECT_LT(distance_m(locate(o, {})->epicentre, centre) / 1000, 2);
  }
}

TEST(Locate, TooFewAndAllAtOnePlace) {
  const std::vector<Onset> two{{{100, 30}, 0}, {{100.1, 30}, 1}};
  EXPECT_FALSE(locate(two, {}));
  const std::vector<Onset> same(6, Onset{{100, 30}, 1});
  const auto h = locate(same, {});
  ASSERT_TRUE(h);
  EXPECT_TRUE(is_valid(h->epicentre));
  EXPECT_TRUE(std::isfinite(h->sigma_km));
}

}  // namespace
}  // namespace anlan::quake
