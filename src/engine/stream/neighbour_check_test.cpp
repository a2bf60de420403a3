#include "stream/neighbour_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <random>

#include "stream/nearest_points.h"

namespace anlan::stream {
namespace {

using enum NeighbourVerdict;

const NeighbourSpec kRain{.window = "sum(1h)", .radius_km = 15, .neighbours_max = 5, .neighbours_min = 3, .tolerance = 10, .factor = 4};

// A gauge at 102.8 E 35.7 N and `n` others within 6 km of it.
std::vector<LonLat> around(size_t n) {
  std::vector<LonLat> out{{102.8, 35.7}};
  for (size_t i = 0; i < n; ++i) out.push_back({102.8 + 0.05 * std::cos(static_cast<double>(i)), 35.7 + 0.05 * std::sin(static_cast<double>(i))});
  return out;
}

std::vector<NeighbourVerdict> judged(const NeighbourSpec& spec, const std::vector<LonLat>& positions, const std::vector<double>& values,
                                     std::vector<uint8_t> fresh = {}) {
  const auto check = NeighbourCheck::build(spec, positions).value();
  fresh.resize(positions.size(), 1);
  std::vector<NeighbourVerdict> out(positions.size());
  check.judge(values, fresh, out);
  return out;
}
NeighbourVerdict of_first(const std::vector<double>& values, const NeighbourSpec& spec = kRain) {
  return judged(spec, around(values.size() - 1), values)[0];
}

TEST(NeighbourCheck, ALoneDownpourIsSuspectAndASecondGaugeLiftsIt) {
  EXPECT_EQ(of_first({80, 0, 0, 0, 0, 0}), kSuspectHigh);
  EXPECT_EQ(of_first({80, 0, 0, 5, 0, 0}), kSuspectHigh);
  EXPECT_EQ(of_first({80, 0, 0, 40, 0, 0}), kPlausible);
  const auto both = judged(kRain, around(5), {80, 0, 0, 70, 0, 0});
  EXPECT_EQ(both[0], kPlausible);
  EXPECT_EQ(both[3], kPlausible);
  EXPECT_EQ(both[1], kPlausible) << "a dry gauge beside the cell";
  EXPECT_EQ(of_first({9, 0, 0, 0, 0, 0}), kPlausible) << "within the tolerance";
}

TEST(NeighbourCheck, ABlockedGaugeIsSuspectWhereAllOthersAreWet) {
  EXPECT_EQ(of_first({0, 31, 28, 30, 33, 29}), kSuspectLow) << "even rain";
  EXPECT_EQ(of_first({0, 12, 40, 55, 30, 20}), kSuspectLow) << "uneven rain, but none is dry";
  EXPECT_EQ(of_first({0.2, 12, 40, 55, 30, 20}), kPlausible) << "it measures";
  EXPECT_EQ(of_first({0, 12, 40, 0, 30, 20}), kPlausible) << "another is dry, too";
  EXPECT_EQ(of_first({0, 9, 9, 9, 9, 9}), kPlausible) << "drizzle";
  auto levels = kRain;
  levels.tolerance = 0;
  EXPECT_EQ(of_first({0, 12, 40, 55, 30, 20}, levels), kPlausible) << "without a tolerance no zero is false";
}

TEST(NeighbourCheck, TheSpreadOfTheNeighboursWidensWhatIsPlausible) {
  EXPECT_EQ(of_first({60, 30, 31, 29, 30, 32}), kSuspectHigh);
  EXPECT_EQ(of_first({60, 30, 45, 12, 20, 38}), kPlausible);
  auto wide = kRain;
  wide.factor = 100;
  EXPECT_EQ(of_first({60, 30, 31, 29, 30, 32}, wide), kPlausible);
}

TEST(NeighbourCheck, TooFewFreshNeighboursAreNoEvidence) {
  const std::vector<double> values{80, 0, 0, 0, 0, NAN};
  EXPECT_EQ(judged(kRain, around(5), values)[0], kSuspectHigh);
  EXPECT_EQ(judged(kRain, around(5), values, {1, 0, 1, 1, 1, 1})[0], kSuspectHigh);
  EXPECT_EQ(judged(kRain, around(5), values, {1, 0, 0, 1, 1, 1})[0], kUnknown);
  EXPECT_EQ(judged(kRain, around(5), values, {0, 1, 1, 1, 1, 1})[0], kUnknown);
  EXPECT_EQ(judged(kRain, around(5), {INFINITY, 0, 0, 0, 0, 0})[0], kUnknown);
  EXPECT_EQ(judged(kRain, around(5), values)[5], kUnknown);
  EXPECT_EQ(judged(kRain, {}, {}).size(), 0u);
  EXPECT_EQ(judged(kRain, {{102, 35}}, {80})[0], kUnknown);
}

TEST(NeighbourCheck, WhoHasNoPositionStandsAlone) {
  auto positions = around(5);
  positions[1] = {NAN, NAN};
  positions[2] = {999, 35.7};
  const auto check = NeighbourCheck::build(kRain, positions).value();
  EXPECT_EQ(check.neighbours(0).size(), 3u);
  EXPECT_TRUE(check.neighbours(1).empty() && check.neighbours(2).empty());
  for (size_t i = 0; i < check.size(); ++i)
    for (const auto other : check.neighbours(i)) EXPECT_TRUE(other != 1 && other != 2 && other != i);
}

TEST(NeighbourCheck, FindsNeighboursOverTheDateLineAndThePole) {
  const std::vector<LonLat> line{{179.99, 0}, {-179.99, 0}, {179, 0}};
  EXPECT_EQ(NeighbourCheck::build(kRain, line).value().neighbours(0).size(), 1u);
  const std::vector<LonLat> pole{{0, 89.97}, {180, 89.97}, {90, 89.97}, {0, 89}};
  EXPECT_EQ(NeighbourCheck::build(kRain, pole).value().neighbours(0).size(), 2u);
}

TEST(NeighbourCheck, RefusesParametersThatMeanNothing) {
  const auto field = [](auto change) {
    auto spec = kRain;
    change(spec);
    const auto built = NeighbourCheck::build(spec, around(2));
    return built ? std::string() : std::string(built.error().param("field"));
  };
  EXPECT_EQ(field([](auto& s) { s.radius_km = 0; }), "radius");
  EXPECT_EQ(field([](auto& s) { s.radius_km = NAN; }), "radius");
  EXPECT_EQ(field([](auto& s) { s.neighbours_max = 33; }), "most");
  EXPECT_EQ(field([](auto& s) { s.neighbours_min = 6; }), "least");
  EXPECT_EQ(field([](auto& s) { s.neighbours_min = 0; }), "least");
  EXPECT_EQ(field([](auto& s) { s.tolerance = -1; }), "tolerance");
  EXPECT_EQ(field([](auto& s) { s.factor = INFINITY; }), "factor");
  EXPECT_EQ(field([](auto&) {}), "");
}

// The definition in the header, written down a second time without a tree, without lists, with sorted copies.
std::vector<NeighbourVerdict> naive(const NeighbourSpec& spec, const std::vector<LonLat>& at, const std::vector<double>& values,
                                    const std::vector<uint8_t>& fresh) {
  const auto median = [](std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v.size() % 2 ? v[v.size() / 2] : (v[v.size() / 2 - 1] + v[v.size() / 2]) / 2;
  };
  std::vector<NeighbourVerdict> out;
  for (size_t i = 0; i < at.size(); ++i) {
    std::vector<std::pair<double, size_t>> by_distance;
    for (size_t j = 0; j < at.size(); ++j)
      if (j != i && is_valid(at[i]) && is_valid(at[j]) && distance_m(at[i], at[j]) <= spec.radius_km * 1000) by_distance.emplace_back(distance_m(at[i], at[j]), j);
    std::sort(by_distance.begin(), by_distance.end());
    std::vector<double> near, away;
    for (size_t n = 0; n < by_distance.size() && n < static_cast<size_t>(spec.neighbours_max); ++n)
      if (const size_t j = by_distance[n].second; fresh[j] && std::isfinite(values[j])) near.push_back(values[j]);
    if (!fresh[i] || !std::isfinite(values[i]) || near.size() < static_cast<size_t>(spec.neighbours_min)) {
      out.push_back(kUnknown);
      continue;
    }
    const double m = median(near), d = values[i] - m;
    for (const double x : near) away.push_back(std::abs(x - m));
    const bool blocked = values[i] == 0 && spec.tolerance > 0 && *std::min_element(near.begin(), near.end()) >= spec.tolerance;
    const bool agreed = std::any_of(near.begin(), near.end(), [&](double x) { return d > 0 ? x - m >= d / 2 : x - m <= d / 2; });
    const bool departs = std::abs(d) > std::max(spec.tolerance, spec.factor * 1.4826 * median(away));
    out.push_back(blocked || (departs && !agreed) ? (d > 0 ? kSuspectHigh : kSuspectLow) : kPlausible);
  }
  return out;
}

TEST(NeighbourCheck, AgreesWithTheNaiveReference) {
  std::array<size_t, 4> seen{};
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 dice(seed);
    std::uniform_real_distribution<double> unit(0, 1);
    NeighbourSpec spec = kRain;
    spec.radius_km = 5 + 40 * unit(dice);
    spec.neighbours_max = 1 + static_cast<int>(dice() % 12);
    spec.neighbours_min = 1 + static_cast<int>(dice() % static_cast<uint64_t>(spec.neighbours_max));
    spec.tolerance = static_cast<double>(dice() % 3) * 5;
    spec.factor = static_cast<double>(dice() % 5);
    const size_t n = dice() % 120;
    std::vector<LonLat> at;
    std::vector<double> values;
    std::vector<uint8_t> fresh;
    for (size_t i = 0; i < n; ++i) {
      // Towns of gauges, and single ones.
      const double town = static_cast<double>(dice() % 3);
      at.push_back({100 + town / 3 + 0.4 * unit(dice) * unit(dice), 30 + 0.4 * unit(dice)});
      if (dice() % 40 == 0) at.back().lon = NAN;
      values.push_back(dice() % 4 == 0 ? 0 : dice() % 8 == 0 ? 80 * unit(dice) : std::round(20 + 15 * unit(dice)));
      if (dice() % 40 == 0) values.back() = NAN;
      fresh.push_back(dice() % 6 != 0);
    }
    const auto expected = naive(spec, at, values, fresh);
    ASSERT_EQ(judged(spec, at, values, fresh), expected) << "seed " << seed;
    for (const auto v : expected) ++seen[static_cast<size_t>(v)];
  }
  for (const size_t n : seen) EXPECT_GT(n, 100u) << "every verdict occurs";
}

TEST(NeighbourCheck, DoesNotDependOnTheOrderOfLinks) {
  std::mt19937_64 dice(7);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<LonLat> at;
  std::vector<double> values;
  std::vector<size_t> order;
  for (size_t i = 0; i < 2'000; ++i) {
    at.push_back({100 + unit(dice), 30 + unit(dice)});
    values.push_back(dice() % 5 ? 20 * unit(dice) : 90 * unit(dice));
    order.push_back(i);
  }
  const auto before = judged(kRain, at, values);
  std::shuffle(order.begin(), order.end(), dice);
  std::vector<LonLat> at_after;
  std::vector<double> values_after;
  for (const size_t i : order) {
    at_after.push_back(at[i]);
    values_after.push_back(values[i]);
  }
  const auto after = judged(kRain, at_after, values_after);
  for (size_t i = 0; i < order.size(); ++i) ASSERT_EQ(after[i], before[order[i]]);
}

TEST(NearestPoints, AreTheNearest) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 dice(seed);
    std::vector<LonLat> at;
    // On a coarse raster: many points coincide and many are equally far.
    for (size_t i = 0; i < 300; ++i) at.push_back({static_cast<double>(dice() % 15) / 20 + (seed % 2 ? 179.6 : 100), 60 + static_cast<double>(dice() % 10) / 20});
    for (auto& p : at)
      if (p.lon > 180) p.lon -= 360;
    const NearestPoints nearest(at);
    const double radius_m = 1'000 + static_cast<double>(dice() % 60'000);
    const size_t most = 1 + dice() % 20;
    std::vector<NearestPoints::Found> found;
    for (uint32_t i = 0; i < at.size(); ++i) {
      std::vector<double> expected, got;
      for (uint32_t j = 0; j < at.size(); ++j)
        if (i != j && distance_m(at[i], at[j]) <= radius_m) expected.push_back(distance_m(at[i], at[j]));
      std::sort(expected.begin(), expected.end());
      expected.resize(std::min(expected.size(), most));
      nearest.find(i, radius_m, most, found);
      for (const auto& f : found) got.push_back(distance_m(at[i], at[f.point]));
      ASSERT_EQ(got.size(), expected.size()) << "seed " << seed;
      for (size_t n = 0; n < got.size(); ++n) ASSERT_NEAR(got[n], expected[n], 1e-3) << "seed " << seed;
    }
  }
}

TEST(NearestPoints, OnePointForAllIsNoWorse) {
  const std::vector<LonLat> at(200'000, LonLat{102.8, 35.7});
  const auto check = NeighbourCheck::build(kRain, at).value();
  for (size_t i = 0; i < at.size(); i += 997) EXPECT_EQ(check.neighbours(i).size(), 5u);
}

// For the figures in README.md.
TEST(NeighbourCheck, DISABLED_Figures) {
  std::mt19937_64 dice(1);
  std::uniform_real_distribution<double> unit(0, 1);
  constexpr size_t kLinks = 100'000;
  std::vector<LonLat> at;
  std::vector<double> values;
  for (size_t i = 0; i < kLinks; ++i) {
    at.push_back({75 + 55 * unit(dice), 20 + 30 * unit(dice)});
    values.push_back(dice() % 3 ? 0 : 60 * unit(dice));
  }
  auto spec = kRain;
  spec.radius_km = 50;
  const auto now = [] { return std::clock(); };  // of the processor, for this program
  const auto ms = [](std::clock_t span) { return 1e3 * static_cast<double>(span) / CLOCKS_PER_SEC; };
  const auto begun = now();
  const auto check = NeighbourCheck::build(spec, at).value();
  const auto built = now();
  const std::vector<uint8_t> fresh(kLinks, 1);
  std::vector<NeighbourVerdict> verdicts(kLinks);
  check.judge(values, fresh, verdicts);
  const auto judged = now();
  std::printf("{\"links\": %zu, \"neighbour_build_ms\": %.1f, \"neighbour_judge_ms\": %.1f}\n", kLinks, ms(built - begun), ms(judged - built));
}

}  // namespace
}  // namespace anlan::stream
