#include "roads/sites.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace anlan::roads {
namespace {

using Rng = std::mt19937_64;

struct Case {
  ReachLists candidates;
  std::vector<uint32_t> people, group;
  std::vector<uint8_t> covered;
  SiteQuestion question(uint32_t k) const {
    SiteQuestion q;
    q.candidates = &candidates, q.people = people, q.already_covered = covered, q.group = group, q.k = k, q.limit_ms = 600;
    return q;
  }
  // What a set covers, plainly.
  uint64_t value(const std::vector<uint32_t>& chosen) const {
    std::set<uint32_t> places;
    for (const uint32_t c : chosen)
      for (const auto& e : candidates.of(c))
        if (e.ms <= 600 && (covered.empty() || covered[e.place] == 0)) places.insert(e.place);
    uint64_t sum = 0;
    for (const uint32_t p : places) sum += people[p];
    return sum;
  }
  bool allowed(const std::vector<uint32_t>& chosen) const {
    std::set<uint32_t> seen;
    for (const uint32_t c : chosen)
      if (!group.empty() && !seen.insert(group[c]).second) return false;
    return true;
  }
};

Case random_case(Rng& rng, uint32_t candidates, uint32_t places, uint32_t longest) {
  Case c;
  for (uint32_t p = 0; p < places; ++p) c.people.push_back(static_cast<uint32_t>(rng() % 20));
  if (rng() % 2 != 0)
    for (uint32_t p = 0; p < places; ++p) c.covered.push_back(rng() % 4 == 0);
  if (rng() % 2 != 0)
    for (uint32_t i = 0; i < candidates; ++i) c.group.push_back(static_cast<uint32_t>(rng() % 5) * 7);
  for (uint32_t i = 0; i < candidates; ++i) {
    std::set<uint32_t> mine;
    for (uint64_t n = rng() % (longest + 1); n > 0; --n) mine.insert(static_cast<uint32_t>(rng() % places));
    std::vector<PlaceTime> list;
    for (const uint32_t p : mine) list.push_back({p, static_cast<Weight>(rng() % 700)});
    c.candidates.add(list);
  }
  return c;
}

uint64_t optimum(const Case& c, uint32_t k) {
  uint64_t best = 0;
  const uint32_t n = c.candidates.size();
  for (uint32_t set = 0; set < 1U << n; ++set) {
    if (static_cast<uint32_t>(__builtin_popcount(set)) > k) continue;
    std::vector<uint32_t> chosen;
    for (uint32_t i = 0; i < n; ++i)
      if ((set >> i & 1) != 0) chosen.push_back(i);
    if (c.allowed(chosen)) best = std::max(best, c.value(chosen));
  }
  return best;
}

std::vector<uint32_t> plain_greedy(const Case& c, uint32_t k) {
  std::vector<uint32_t> chosen;
  for (uint32_t step = 0; step < k; ++step) {
    uint64_t best = c.value(chosen);
    uint32_t found = kNone;
    for (uint32_t i = 0; i < c.candidates.size(); ++i) {
      auto with = chosen;
      with.push_back(i);
      if (c.allowed(with) && c.value(with) > best) best = c.value(with), found = i;
    }
    if (found == kNone) break;
    chosen.push_back(found);
  }
  return chosen;
}

TEST(Sites, GreedyIsExactlyGreedyAndTheBoundHolds) {
  Rng rng(1);
  int loose = 0;
  for (int round = 0; round < 400; ++round) {
    const Case c = random_case(rng, static_cast<uint32_t>(1 + rng() % 11), 25, 9);
    const auto k = static_cast<uint32_t>(1 + rng() % 5);
    const uint64_t best = optimum(c, k);
    auto q = c.question(k);
    q.exact_work = 0;
    const auto greedy = best_sites(q);
    ASSERT_TRUE(greedy.ok());
    EXPECT_EQ(greedy->chosen, plain_greedy(c, k));
    EXPECT_EQ(greedy->covers, c.value(greedy->chosen));
    EXPECT_LE(greedy->covers, best);
    EXPECT_GE(greedy->bound, best);
    EXPECT_GE(static_cast<double>(greedy->covers), (c.group.empty() ? 1 - std::exp(-1) : 0.5) * static_cast<double>(best));
    loose += greedy->covers < best;

    q.exact_work = 1'000'000;
    const auto exact = best_sites(q);
    ASSERT_TRUE(exact.ok());
    EXPECT_EQ(exact->covers, best);
    EXPECT_TRUE(exact->optimal);
    EXPECT_EQ(exact->bound, best);
    EXPECT_TRUE(c.allowed(exact->chosen));
    EXPECT_EQ(c.value(exact->chosen), best);
    EXPECT_LE(exact->chosen.size(), k);
    uint64_t sum = 0;
    for (const uint64_t n : exact->adds) sum += n;
    EXPECT_EQ(sum, best);

    q.exact_work = 1 + rng() % 200;  // stopped half way
    const auto stopped = best_sites(q);
    ASSERT_TRUE(stopped.ok());
    EXPECT_GE(stopped->covers, greedy->covers);
    EXPECT_LE(stopped->covers, best);
    EXPECT_GE(stopped->bound, best);
    EXPECT_EQ(c.value(stopped->chosen), stopped->covers);
  }
  EXPECT_GT(loose, 5);  // greedy alone would not do
}

TEST(Sites, MiddlingCasesAreProven) {
  Rng rng(5);
  for (int round = 0; round < 5; ++round) {
    const Case c = random_case(rng, 60, 400, 60);
    auto q = c.question(4);
    q.exact_work = 50'000'000;
    const auto answer = best_sites(q);
    ASSERT_TRUE(answer.ok());
    EXPECT_TRUE(answer->optimal);
  }
}

TEST(Sites, AProvince) {
  Rng rng(9);
  Case c;
  const uint32_t side = 158;  // villages on a grid, a candidate in each, which reaches those within eleven steps
  for (uint32_t p = 0; p < side * side; ++p) c.people.push_back(static_cast<uint32_t>(rng() % 2000));
  std::vector<PlaceTime> list;
  for (int y = 0; y < static_cast<int>(side); ++y)
    for (int x = 0; x < static_cast<int>(side); ++x) {
      list.clear();
      const int r = 8 + static_cast<int>(rng() % 6);
      for (int v = std::max(0, y - r); v <= std::min<int>(side - 1, y + r); ++v)
        for (int u = std::max(0, x - r); u <= std::min<int>(side - 1, x + r); ++u)
          if ((u - x) * (u - x) + (v - y) * (v - y) <= r * r) list.push_back({static_cast<uint32_t>(v) * side + static_cast<uint32_t>(u), 0});
      c.candidates.add(list);
    }
  auto q = c.question(10);
  for (const uint64_t work : {uint64_t{0}, uint64_t{20'000'000}}) {
    q.exact_work = work;
    const auto answer = best_sites(q);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->chosen.size(), 10U);
    EXPECT_EQ(answer->covers, c.value(answer->chosen));
    EXPECT_LE(static_cast<double>(answer->bound), 1.2 * static_cast<double>(answer->covers));
  }
}

TEST(Sites, RefusesWhatMakesNoSense) {
  Case c;
  c.people = {1, 2};
  c.candidates.add(std::vector<PlaceTime>{{0, 1}});
  EXPECT_FALSE(best_sites(c.question(0)).ok());
  EXPECT_FALSE(best_sites(c.question(101)).ok());
  c.group = {1, 2};
  EXPECT_FALSE(best_sites(c.question(1)).ok());
  c.group.clear();
  EXPECT_EQ(best_sites(c.question(1))->covers, 1U);
  c.candidates.add(std::vector<PlaceTime>{{2, 1}});
  EXPECT_FALSE(best_sites(c.question(1)).ok());
}

}  // namespace
}  // namespace anlan::roads
