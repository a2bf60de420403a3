#include "allocate/team_choice.h"

#include <gtest/gtest.h>

#include <random>

namespace anlan::allocate {
namespace {

constexpr uint32_t kWater = 1, kPeople = 2, kBoats = 3;

Team team(uint32_t home, int32_t travel, int32_t boats, int32_t people = 10) {
  return {.home = home, .brings = {{kWater, 1}, {kPeople, people}, {kBoats, boats}}, .leaves_in_min = 5, .travel_min = travel};
}

TEST(TeamChoice, takes_the_nearest_that_meet_the_demand_and_says_why_not_the_others) {
  TeamDemand d;
  d.needs = {{kWater, 2}, {kBoats, 3}};
  d.teams = {team(0, 30, 2), team(1, 20, 1), team(2, 60, 4), team(3, 10, 1), team(4, kUnreachableMin, 9), team(5, 5, 9), team(6, 5, 9)};
  d.teams[3].brings = {{kPeople, 5}};
  d.teams[5].hours_on_duty = 20;
  d.teams[6].ready = false;
  const auto c = choose_teams(d);
  ASSERT_TRUE(c);
  EXPECT_TRUE(c->exact);
  EXPECT_EQ(c->chosen, (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(c->complete_min, 35);
  EXPECT_TRUE(c->unmet.empty());
  EXPECT_EQ(c->verdicts[2].reason, TeamReason::kNotNeeded);
  EXPECT_EQ(c->verdicts[3].reason, TeamReason::kNotCapable);
  EXPECT_EQ(c->verdicts[4].reason, TeamReason::kUnreachable);
  EXPECT_EQ(c->verdicts[5].reason, TeamReason::kTooTired);
  EXPECT_EQ(c->verdicts[6].reason, TeamReason::kNotReady);
}

TEST(TeamChoice, a_tired_team_is_ranked_later) {
  TeamDemand d;
  d.needs = {{kWater, 1}};
  d.teams = {team(0, 30, 0), team(1, 60, 0)};
  d.teams[0].hours_on_duty = 12;
  EXPECT_EQ(choose_teams(d)->chosen, std::vector<uint32_t>{1});
  d.tired_min = 10;
  EXPECT_EQ(choose_teams(d)->chosen, std::vector<uint32_t>{0});
}

TEST(TeamChoice, never_strips_a_town_bare_unless_a_neighbour_covers_it) {
  TeamDemand d;
  d.needs = {{kWater, 1}};
  d.teams = {team(0, 10, 0), team(1, 40, 0), team(1, 50, 0)};
  d.reserves = {{0, kWater, 1}};
  auto c = choose_teams(d);
  EXPECT_EQ(c->chosen, std::vector<uint32_t>{1});
  EXPECT_EQ(c->verdicts[0].reason, TeamReason::kStripsHome);
  EXPECT_EQ(c->verdicts[0].home, 0U);
  EXPECT_EQ(c->verdicts[0].missing, 1);
  d.neighbours = {{1}};
  EXPECT_EQ(choose_teams(d)->chosen, std::vector<uint32_t>{0});
  d.reserves.push_back({1, kWater, 2});  // the neighbour needs both of its own
  c = choose_teams(d);
  EXPECT_TRUE(c->chosen.empty());
  ASSERT_EQ(c->unmet.size(), 1U);
  EXPECT_EQ(c->unmet[0].amount, 1);
}

TEST(TeamChoice, meets_what_it_can_and_states_the_rest) {
  TeamDemand d;
  d.needs = {{kWater, 3}, {kPeople, 100}};
  d.teams = {team(0, 10, 0, 30), team(1, 500, 0, 30)};
  d.latest_min = 120;
  const auto c = choose_teams(d);
  EXPECT_EQ(c->chosen, std::vector<uint32_t>{0});
  EXPECT_EQ(c->verdicts[1].reason, TeamReason::kTooLate);
  ASSERT_EQ(c->unmet.size(), 2U);
  EXPECT_EQ(c->unmet[0].amount, 2);
  EXPECT_EQ(c->unmet[1].amount, 70);
  EXPECT_FALSE(choose_teams({.needs = {{1, -1}}}));
}

struct Judged {
  double unmet = 0;
  int32_t complete = 0;
  int64_t travel = 0;
  size_t count = 0;
  bool allowed = true;
};

// The rules once more, written plainly, for one subset. No neighbours' worsening is attributed: a reserve that falls falls.
Judged judge(const TeamDemand& d, const std::vector<bool>& in) {
  Judged j;
  const auto left = [&](uint32_t home, uint32_t kind) {
    int32_t sum = 0;
    for (size_t t = 0; t < d.teams.size(); ++t)
      if (!in[t] && d.teams[t].ready && d.teams[t].home == home)
        for (const auto& a : d.teams[t].brings) sum += a.kind == kind ? a.amount : 0;
    return sum;
  };
  for (const auto& n : d.needs) {
    int32_t got = 0;
    for (size_t t = 0; t < d.teams.size(); ++t)
      if (in[t])
        for (const auto& a : d.teams[t].brings) got += a.kind == n.kind ? a.amount : 0;
    if (n.amount > 0) j.unmet += static_cast<double>(std::max(0, n.amount - got)) / n.amount;
  }
  for (size_t t = 0; t < d.teams.size(); ++t)
    if (in[t]) {
      const Team& team = d.teams[t];
      j.complete = std::max(j.complete, team.leaves_in_min + team.travel_min + (team.hours_on_duty >= d.tired_hours ? d.tired_min : 0));
      j.travel += team.travel_min;
      ++j.count;
    }
  for (const auto& r : d.reserves) {
    bool gives = false;  // only what the choice takes from is judged
    for (size_t t = 0; t < d.teams.size(); ++t)
      if (in[t] && d.teams[t].home == r.home)
        for (const auto& a : d.teams[t].brings) gives |= a.kind == r.kind && a.amount > 0;
    if (gives && left(r.home, r.kind) < r.keep) j.allowed = false;
  }
  return j;
}

TEST(TeamChoice, equals_brute_force_on_small_cases) {
  std::mt19937 dice(5);
  for (int round = 0; round < 400; ++round) {
    TeamDemand d;
    d.needs = {{kWater, static_cast<int32_t>(dice() % 4)}, {kBoats, static_cast<int32_t>(dice() % 7)}};
    const size_t n = 1 + dice() % 10;
    for (size_t t = 0; t < n; ++t) {
      d.teams.push_back(team(dice() % 3, static_cast<int32_t>(dice() % 90), static_cast<int32_t>(dice() % 4)));
      d.teams.back().hours_on_duty = dice() % 15;
    }
    for (uint32_t home = 0; home < 3; ++home)
      if (dice() % 2 == 0) d.reserves.push_back({home, dice() % 2 == 0 ? kWater : kBoats, static_cast<int32_t>(dice() % 3)});
    const auto c = choose_teams(d);
    ASSERT_TRUE(c && c->exact);
    std::vector<bool> own(n, false);
    for (const uint32_t t : c->chosen) own[t] = true;
    const Judged mine = judge(d, own);
    ASSERT_TRUE(mine.allowed) << round;
    for (size_t bits = 0; bits < size_t{1} << n; ++bits) {
      std::vector<bool> in(n);
      for (size_t t = 0; t < n; ++t) in[t] = bits >> t & 1;
      const Judged other = judge(d, in);
      if (!other.allowed) continue;
      ASSERT_GE(other.unmet, mine.unmet - 1e-9) << round;
      if (other.unmet > mine.unmet + 1e-9) continue;
      ASSERT_GE(std::tuple(other.complete, other.travel, other.count), std::tuple(mine.complete, mine.travel, mine.count)) << round;
    }
  }
}

TEST(TeamChoice, many_teams_keep_the_rules_and_meet_the_demand) {
  std::mt19937 dice(9);
  TeamDemand d;
  d.needs = {{kWater, 30}, {kPeople, 400}, {kBoats, 60}};
  for (int t = 0; t < 800; ++t) d.teams.push_back(team(dice() % 100, 10 + static_cast<int32_t>(dice() % 300), static_cast<int32_t>(dice() % 5), 5 + static_cast<int32_t>(dice() % 15)));
  for (uint32_t home = 0; home < 100; ++home) d.reserves.push_back({home, kWater, 3});
  const auto c = choose_teams(d);
  ASSERT_TRUE(c);
  EXPECT_FALSE(c->exact);
  EXPECT_TRUE(c->unmet.empty());
  std::vector<bool> own(d.teams.size(), false);
  for (const uint32_t t : c->chosen) own[t] = true;
  EXPECT_TRUE(judge(d, own).allowed);
  EXPECT_LT(c->complete_min, 100);
}

}  // namespace
}  // namespace anlan::allocate
