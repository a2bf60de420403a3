#include "quake/association.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quake/travel_time.h"
#include "quake/synthetic_waves.h"

namespace anlan::quake {
namespace {

struct Bed {
  explicit Bed(uint64_t seed) : field(seed, 64, 18), network(places(field)) {
    // All have been listening for a minute, up to 30 s.
    for (Ear& e : network.ears()) e = {-30'000'000, 30'000'000};
  }
  static std::vector<LonLat> places(const synthetic::Field& f) {
    std::vector<LonLat> out;
    for (const Station& s : f.stations) out.push_back(s.at);
    return out;
  }
  // The picks of the nearest `n` stations, in order of time.
  std::vector<Trigger> picks(LonLat source, double depth, size_t n) const {
    std::vector<Trigger> out;
    for (uint32_t i = 0; i < network.stations().size(); ++i)
      out.push_back({i, network.stations()[i], std::llround(1e6 * travel_s(Wave::p, distance_m(source, network.stations()[i]) / 1000, depth)), 1});
    std::ranges::sort(out, {}, &Trigger::at_us);
    out.resize(n);
    return out;
  }
  void deafen(std::span<const Trigger> picks) {
    for (const Trigger& t : picks) network.ears()[t.station].from_us = INT64_MAX;
  }
  synthetic::Field field;
  Network network;
};

TEST(Network, BeginsWithFourThatFit) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Bed bed(seed);
    const LonLat source{103.05, 31.1};
    const auto picks = bed.picks(source, 10, 5);
    bed.deafen(picks);
    for (Ear& e : bed.network.ears()) e.until_us = picks.back().at_us + 500'000;
    const auto found = bed.network.begin(picks, picks.back(), 4);
    ASSERT_TRUE(found) << seed;
    EXPECT_EQ(found->members.size(), 5U);
    EXPECT_LT(distance_m(found->source.place.epicentre, source) / 1000, 8) << seed;
    EXPECT_FALSE(bed.network.begin(std::span(picks).first(3), picks[2], 4));
  }
}

TEST(Network, NotWhenTheirNeighboursHeardNothing) {
  Bed bed(1);
  const LonLat source{103.05, 31.1};
  // The first, the tenth, the twentieth ...: in time with each other, but nobody between them heard it.
  std::vector<Trigger> some;
  const auto all = bed.picks(source, 10, 40);
  for (size_t i = 0; i < all.size(); i += 6) some.push_back(all[i]);
  bed.deafen(some);
  EXPECT_FALSE(bed.network.begin(some, some.back(), 4));
}

TEST(Network, ThrowsOutWhatDoesNotFit) {
  Bed bed(2);
  const LonLat source{103.05, 31.1};
  auto picks = bed.picks(source, 10, 8);
  bed.deafen(picks);
  picks[4].at_us -= 4'000'000;
  const auto found = bed.network.begin(picks, picks.back(), 4);
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::ranges::none_of(found->members, [&](const Trigger& t) { return t.station == picks[4].station; }));
  EXPECT_GE(found->members.size(), 6U);
}

TEST(Network, StationsWithoutDataSayNothing) {
  Bed bed(3);
  const LonLat source{103.05, 31.1};
  const auto picks = bed.picks(source, 10, 6);
  const Source at{{source, 10, 0, 0, 0}, 0};
  std::vector<Trigger> half{picks[0], picks[2], picks[5]};
  bed.deafen(half);
  const double heard = bed.network.heard_share(at, half);
  EXPECT_LT(heard, 0.8);
  for (Ear& e : bed.network.ears()) e = {};
  EXPECT_EQ(bed.network.heard_share(at, half), 1);
}

TEST(Source, ResidualToleranceAndShaking) {
  const Source s{{{103, 31}, 10, 2, 0, 0}, 1'000'000'000};
  const LonLat at{103.5, 31};
  const double p = travel_s(Wave::p, distance_m({103, 31}, at) / 1000, 10);
  const auto t = static_cast<int64_t>(1'002'000'000 + p * 1e6);
  EXPECT_NEAR(residual_s(s, {0, at, t + 700'000, 1}), 0.7, 1e-3);
  EXPECT_EQ(tolerance_s(s), 1);
  EXPECT_EQ(tolerance_s({{{103, 31}, 10, 2, 0, 100}, 0}), 3);
  EXPECT_TRUE(in_shaking(s, at, t + 20'000'000));
  EXPECT_FALSE(in_shaking(s, at, t - 5'000'000));
  EXPECT_FALSE(in_shaking(s, at, t + 200'000'000));
}

}  // namespace
}  // namespace anlan::quake
