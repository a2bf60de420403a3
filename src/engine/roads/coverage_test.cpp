#include "roads/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace anlan::roads {
namespace {

using Rng = std::mt19937_64;

std::vector<PlaceTime> random_list(Rng& rng, uint32_t places, size_t n, Weight longest) {
  std::vector<PlaceTime> list(rng() % (n + 1));
  for (auto& e : list) e = {static_cast<uint32_t>(rng() % places), static_cast<Weight>(rng() % (longest + longest / 10))};
  return list;
}

// Everything again from the lists, plainly.
struct Plain {
  const std::vector<uint32_t>& people;
  const std::vector<Weight>& limits;
  std::vector<std::map<uint32_t, Weight>> lists;

  void set(uint32_t f, const std::vector<PlaceTime>& list) {
    if (lists.size() <= f) lists.resize(f + 1);
    lists[f].clear();
    for (const auto& e : list) {
      if (e.ms > limits.back()) continue;
      const auto [at, is_new] = lists[f].emplace(e.place, e.ms);
      if (!is_new) at->second = std::min(at->second, e.ms);
    }
  }
  void expect_equal(const CoverageState& state) const {
    std::vector<NearestFacility> nearest(people.size());
    for (uint32_t f = 0; f < lists.size(); ++f)
      for (const auto& [p, ms] : lists[f])
        if (ms < nearest[p].ms) nearest[p] = {f, ms};
    ASSERT_EQ(state.nearest(), nearest);
    for (size_t i = 0; i < limits.size(); ++i) {
      std::vector<uint32_t> by(people.size(), 0);
      for (const auto& list : lists)
        for (const auto& [p, ms] : list) by[p] += ms <= limits[i];
      PeopleCount covered;
      std::vector<uint32_t> gaps;
      for (uint32_t p = 0; p < people.size(); ++p) {
        ASSERT_EQ(state.overlap(p, i), by[p]);
        if (by[p] > 0) covered.people += people[p], ++covered.places;
        else gaps.push_back(p);
      }
      ASSERT_EQ(state.covered(i), covered);
      auto mine = state.gaps(i);
      for (size_t k = 1; k < mine.size(); ++k) ASSERT_GE(people[mine[k - 1]], people[mine[k]]);
      std::sort(mine.begin(), mine.end());
      ASSERT_EQ(mine, gaps);
      for (uint32_t f = 0; f < lists.size(); ++f) {
        PeopleCount within, alone;
        for (const auto& [p, ms] : lists[f]) {
          if (ms > limits[i]) continue;
          within.people += people[p], ++within.places;
          if (by[p] == 1) alone.people += people[p], ++alone.places;
        }
        ASSERT_EQ(state.of(f, i), within);
        ASSERT_EQ(state.alone(f, i), alone);
      }
    }
  }
};

TEST(Coverage, EqualsRecomputationAfterThousandsOfMoves) {
  Rng rng(1);
  for (int round = 0; round < 40; ++round) {
    std::vector<uint32_t> people(1 + rng() % 60);
    for (auto& n : people) n = static_cast<uint32_t>(rng() % 500);
    std::vector<Weight> limits(1 + rng() % 4);
    for (auto& l : limits) l = static_cast<Weight>(1 + rng() % 1000);
    std::sort(limits.begin(), limits.end());
    const auto places = static_cast<uint32_t>(people.size());
    Plain plain{people, limits, {}};
    ReachLists lists;
    for (uint32_t f = 0, n = static_cast<uint32_t>(rng() % 12); f < n; ++f) {
      const auto list = random_list(rng, places, 30, limits.back());
      lists.add(list);
      plain.set(f, list);
    }
    CoverageState state(people, limits, lists);
    plain.expect_equal(state);
    for (int step = 0; step < 100; ++step) {
      const auto list = rng() % 5 == 0 ? std::vector<PlaceTime>{} : random_list(rng, places, 30, limits.back());
      if (state.facilities() == 0 || rng() % 10 == 0) {
        plain.set(state.facilities(), list);
        state.add(list);
      } else {
        const auto f = static_cast<uint32_t>(rng() % state.facilities());
        plain.set(f, list);
        if (list.empty()) state.remove(f);
        else state.move(f, list);
      }
      plain.expect_equal(state);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Coverage, ALostBridge) {
  //                                  village  0   1   2   3
  const std::vector<uint32_t> people = {100, 50, 700, 5};
  const std::vector<Weight> limits = {600, 1800};
  CoverageState state(people, limits);
  state.add(std::vector<PlaceTime>{{0, 300}, {1, 500}, {2, 1700}});
  const uint32_t other = state.add(std::vector<PlaceTime>{{1, 900}, {2, 400}});
  EXPECT_EQ(state.covered(0), (PeopleCount{850, 3}));
  EXPECT_EQ(state.gaps(1), std::vector<uint32_t>{3});
  EXPECT_EQ(state.alone(0, 0), (PeopleCount{150, 2}));
  EXPECT_EQ(state.alone(0, 1), (PeopleCount{100, 1}));
  EXPECT_EQ(state.alone(other, 0), (PeopleCount{700, 1}));

  const auto before = state.nearest();
  state.move(0, std::vector<PlaceTime>{{0, 350}});  // villages 1 and 2 lie over the bridge
  state.move(other, std::vector<PlaceTime>{{1, 900}, {2, 390}});
  const Difference d = compare(before, state.nearest(), people, limits);
  ASSERT_EQ(d.worse.size(), 2U);
  EXPECT_EQ(d.worse[0].place, 0U);
  EXPECT_EQ(d.worse[0].after, (NearestFacility{0, 350}));
  EXPECT_EQ(d.worse[1].before, (NearestFacility{0, 500}));
  EXPECT_EQ(d.worse[1].after, (NearestFacility{other, 900}));
  EXPECT_EQ(d.lost[0], (PeopleCount{50, 1}));
  EXPECT_EQ(d.lost[1], PeopleCount{});
  EXPECT_EQ(d.slower, (PeopleCount{150, 2}));
  EXPECT_EQ(d.faster, (PeopleCount{700, 1}));
  state.remove(other);
  EXPECT_EQ(compare(before, state.nearest(), people, limits).lost[1], (PeopleCount{750, 2}));
}

TEST(Coverage, Standards) {
  const std::vector<uint32_t> people = {60, 40, 10, 0}, county = {0, 0, 1, 2};
  const std::vector<NearestFacility> nearest = {{0, 100}, {0, 900}, {}, {}};
  const std::vector<Standard> standards = {{"town_30", 1000, 0.9, true}, {"city_5", 300, 0.5, false}};
  const auto rows = check_standards(standards, nearest, people, county, 3);
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(rows[0].group, kNone);
  EXPECT_EQ(rows[0].within, (PeopleCount{100, 2}));
  EXPECT_TRUE(rows[0].met);  // 100 of 110
  EXPECT_TRUE(rows[1].met);
  EXPECT_FALSE(rows[2].met);
  EXPECT_TRUE(rows[3].met);  // a county without people
  EXPECT_EQ(rows[3].share, 1);
  EXPECT_FALSE(rows[4].met);  // 1 of 4 villages
  EXPECT_TRUE(rows[5].met);   // 1 of 2
  EXPECT_FALSE(rows[7].met);
}

}  // namespace
}  // namespace anlan::roads
