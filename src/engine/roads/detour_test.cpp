#include "roads/detour.h"

#include <gtest/gtest.h>

#include <random>

namespace anlan::roads {
namespace {

bool in_ring(const std::vector<LonLat>& ring, LonLat p) {
  bool in = false;
  for (size_t i = 1; i < ring.size(); ++i) {
    const LonLat a = ring[i - 1], b = ring[i];
    if ((a.lat > p.lat) != (b.lat > p.lat) && p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) in = !in;
  }
  return in;
}

TEST(Detour, TimesAreMarkedAsEstimates) {
  const auto detour = Detour::make(1.4, 40);
  ASSERT_TRUE(detour.ok());
  const LonLat beijing{116.39, 39.91}, tianjin{117.2, 39.13};
  const EstimatedTime t = detour->between(beijing, tianjin);
  EXPECT_TRUE(t.estimated);
  EXPECT_NEAR(t.metres, 1.4 * distance_m(beijing, tianjin), 1e-6);
  EXPECT_NEAR(t.ms, t.metres / 40 * 3.6 * 1000, 1);
  EXPECT_EQ(detour->between(beijing, beijing).ms, 0U);
  const std::vector<LonLat> both = {beijing, tianjin};
  const auto matrix = detour->matrix(both, both);
  EXPECT_EQ(matrix[1].ms, t.ms);
  EXPECT_EQ(matrix[2].ms, t.ms);
  EXPECT_EQ(Detour::make(1, 0.0001)->between(beijing, tianjin).ms, kUnreachable);
}

TEST(Detour, ReachListsHoldAllPairsWithinTheLimit) {
  std::mt19937_64 rng(4);
  std::uniform_real_distribution<double> lon(104, 108), lat(28, 33);
  std::vector<LonLat> stations(40), villages(600);
  for (auto& p : stations) p = {lon(rng), lat(rng)};
  for (auto& p : villages) p = {lon(rng), lat(rng)};
  const auto detour = Detour::make(1.3, 45);
  const Weight limit = 3'600'000;
  const ReachLists lists = detour->reach(stations, villages, limit);
  ASSERT_EQ(lists.size(), stations.size());
  for (uint32_t f = 0; f < lists.size(); ++f) {
    const auto list = lists.of(f);
    size_t i = 0;
    for (uint32_t p = 0; p < villages.size(); ++p)
      if (const Weight ms = detour->between(stations[f], villages[p]).ms; ms <= limit) {
        ASSERT_LT(i, list.size());
        EXPECT_EQ(list[i++], (PlaceTime{p, ms}));
      }
    EXPECT_EQ(i, list.size());
  }
}

TEST(Detour, TheCircleHoldsWhatIsWithinTheLimit) {
  std::mt19937_64 rng(5);
  std::uniform_real_distribution<double> unit(0, 1);
  const auto detour = Detour::make(1.5, 60);
  for (int round = 0; round < 50; ++round) {
    const LonLat centre{75 + 55 * unit(rng), 18 + 35 * unit(rng)};
    const auto limit = static_cast<Weight>(60'000 + unit(rng) * 10'000'000);
    const auto circle = detour->circle(centre, limit);
    ASSERT_TRUE(circle.ok());
    EXPECT_TRUE(circle->estimated);
    EXPECT_EQ(circle->ring.size(), 65U);
    EXPECT_EQ(circle->ring.front(), circle->ring.back());
    double area = 0;
    for (size_t i = 1; i < circle->ring.size(); ++i)
      area += (circle->ring[i - 1].lon - centre.lon) * (circle->ring[i].lat - centre.lat) - (circle->ring[i].lon - centre.lon) * (circle->ring[i - 1].lat - centre.lat);
    EXPECT_GT(area, 0);
    for (int i = 0; i < 400; ++i) {
      const LonLat p{centre.lon + (unit(rng) - 0.5) * 5, centre.lat + (unit(rng) - 0.5) * 4};
      const double d = distance_m(centre, p) / circle->radius_m;
      if (d <= 1 || d > 1.003) {
        EXPECT_EQ(in_ring(circle->ring, p), d <= 1) << d;
      }
    }
  }
}

TEST(Detour, Refuses) {
  EXPECT_FALSE(Detour::make(0.9, 40).ok());
  EXPECT_FALSE(Detour::make(1.4, 0).ok());
  EXPECT_FALSE(Detour::make(1.4, std::numeric_limits<double>::quiet_NaN()).ok());
  const auto detour = Detour::make(1.2, 60);
  EXPECT_FALSE(detour->circle({100, 89.9}, 3'600'000).ok());
  EXPECT_FALSE(detour->circle({179.9, 10}, 3'600'000).ok());
}

}  // namespace
}  // namespace anlan::roads
