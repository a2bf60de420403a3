#include "logistics/dispatch_teams.h"

#include <gtest/gtest.h>

#include <ctime>

#include "logistics/dispatch_fixture.h"

namespace anlan {
namespace {

const UtcTime kNow{1'763'700'000'000};

RecordState team(int64_t id, double km, json::object more = {}, const char* speciality = "water", PlaceCode place = PlaceCode(622927101)) {
  json::object fields{{"kind", "professional"}, {"speciality", speciality}, {"people", 20}, {"boats", 2}, {"minutes_to_leave", 5}};
  for (auto& m : more) fields[m.key()] = m.value();
  return record_at(id, "rescue_team", north_km(km), std::move(fields), place);
}

struct Teams : testing::Test {
  FakeRoads roads;
  TeamsNow doing;
  TeamsQuestion asked{north_km(0), {{"water", 1, 0, 0}}, "car", std::nullopt, false};
  TeamsFound choose(const std::vector<RecordState>& teams) { return choose_teams(test_pack(), asked, teams, doing, roads.ask(), kNow).value(); }
  static std::string code_of(const TeamsFound& f, int64_t id) {
    for (const auto& r : f.refused)
      if (r.record.value == id) return r.reason.code;
    return "";
  }
  static std::vector<int64_t> ids(const TeamsFound& f) {
    std::vector<int64_t> out;
    for (const auto& c : f.chosen) out.push_back(c.record.value);
    return out;
  }
};

TEST_F(Teams, WhoeverIsThereFirstCountingTheTimeToLeave) {
  const auto found = choose({team(1, 30), team(2, 10, {{"minutes_to_leave", 60}}), team(3, 40), team(4, 5, {}, "mountain")});
  EXPECT_EQ(ids(found), std::vector<int64_t>{1});
  EXPECT_NEAR(found.chosen[0].arrive_minutes, 35, 0.2);
  EXPECT_NEAR(found.chosen[0].km, 42, 0.5) << "the great circle times the detour of a car";
  EXPECT_EQ(found.met_minutes, found.chosen[0].arrive_minutes);
  EXPECT_TRUE(found.exact);
  EXPECT_TRUE(found.estimated);
  EXPECT_EQ(code_of(found, 2), "not_needed");
  EXPECT_EQ(code_of(found, 4), "") << "what it cannot do is no refusal";
  EXPECT_NE(found.chosen[0].reason.zh.find("水域救援，20 人"), std::string::npos) << found.chosen[0].reason.zh;
}

TEST_F(Teams, PeopleAndBoatsAndNobodyTooMany) {
  asked.needs = {{"water", 0, 50, 5}};
  const auto found = choose({team(1, 10, {{"people", 5}, {"boats", 0}}), team(2, 20, {{"people", 40}}), team(3, 30, {{"people", 30}, {"boats", 3}}), team(4, 40)});
  EXPECT_EQ(ids(found), (std::vector<int64_t>{2, 3})) << "the five people who would be there first are not needed";
  EXPECT_TRUE(found.unmet.empty());
  asked.needs = {{"water", 0, 500, 0}, {"chemical", 1, 0, 0}};
  const auto little = choose({team(1, 10), team(2, 20)});
  EXPECT_EQ(little.chosen.size(), 2u);
  ASSERT_EQ(little.unmet.size(), 2u);
  EXPECT_EQ(little.unmet[0].people, 460);
  EXPECT_EQ(little.unmet[1].capability, "chemical");
  EXPECT_FALSE(little.met_minutes.has_value());
}

TEST_F(Teams, WhoIsBusyTiredAbsentOrCutOffIsNotSent) {
  doing.on_mission.insert(RecordId{1});
  doing.minutes_worked = {{RecordId{2}, kRestAfterMinutes}, {RecordId{6}, kRestAfterMinutes - 1}};
  roads.shut = [](LonLat from, LonLat) { return from == north_km(4); };
  auto nowhere = team(5, 0);
  nowhere.position.reset();
  const auto found = choose({team(1, 1), team(2, 2), team(3, 3, {{"ready", 0}}), team(4, 4), nowhere, team(6, 60)});
  EXPECT_EQ(ids(found), std::vector<int64_t>{6});
  EXPECT_EQ(found.chosen[0].worked_minutes, kRestAfterMinutes - 1);
  EXPECT_NE(found.chosen[0].reason.zh.find("过去一天"), std::string::npos);
  EXPECT_EQ(code_of(found, 1), "on_mission");
  EXPECT_EQ(code_of(found, 2), "resting");
  EXPECT_EQ(code_of(found, 3), "nobody_ready");
  EXPECT_EQ(code_of(found, 4), "no_way");
  EXPECT_EQ(code_of(found, 5), "no_position");
}

TEST_F(Teams, TheTiredGoWhenTheRestedAreMuchLater) {
  doing.minutes_worked = {{RecordId{1}, kTiredAfterMinutes}};
  EXPECT_EQ(ids(choose({team(1, 10), team(2, 35)})), std::vector<int64_t>{2});
  EXPECT_EQ(ids(choose({team(1, 10), team(2, 45)})), std::vector<int64_t>{1});
}

TEST_F(Teams, FromWhereItWasSeenLately) {
  doing.seen[RecordId{1}] = {RecordId{1}, north_km(3), kNow - minutes(10), {}};
  doing.seen[RecordId{2}] = {RecordId{2}, north_km(2), kNow - hours(3), {}};
  const auto found = choose({team(1, 100), team(2, 100)});
  ASSERT_EQ(ids(found), std::vector<int64_t>{1});
  EXPECT_NEAR(found.chosen[0].arrive_minutes, 8, 0.1);
}

TEST_F(Teams, NoTownIsStrippedBare) {
  asked.keep_reserve = true;
  const PlaceCode a(622927101), b(622927102), c(622927103);
  // a: two teams; b: one alone, another 6 km away in c; far: one alone.
  const std::vector<RecordState> all{team(1, 110, {}, "water", a), team(2, 112, {}, "water", a), team(3, 200, {}, "water", b), team(4, 206, {}, "water", c), team(5, 400, {}, "water", PlaceCode(622921101))};
  asked.needs = {{"water", 1, 0, 0}};
  auto found = choose(all);
  EXPECT_EQ(ids(found), std::vector<int64_t>{1});
  EXPECT_TRUE(found.exact);
  EXPECT_EQ(code_of(found, 5), "not_needed");
  asked.needs = {{"water", 5, 0, 0}};
  found = choose(all);
  EXPECT_EQ(ids(found), (std::vector<int64_t>{1, 3})) << "one of each pair, never the last";
  EXPECT_EQ(code_of(found, 2), "reserve");
  EXPECT_EQ(code_of(found, 4), "reserve");
  EXPECT_EQ(code_of(found, 5), "reserve");
  ASSERT_EQ(found.unmet.size(), 1u);
  EXPECT_EQ(found.unmet[0].teams, 3);
  asked.keep_reserve = false;
  EXPECT_EQ(choose(all).chosen.size(), 5u);
  // A team on a mission keeps nobody's place.
  asked.keep_reserve = true;
  asked.needs = {{"water", 1, 0, 0}};
  doing.on_mission.insert(RecordId{2});
  EXPECT_EQ(ids(choose(all)), std::vector<int64_t>{3});
}

// The only team of its kind within reach is sent to what happens at its door.
TEST_F(Teams, NobodyIsHeldBackFromThePlaceHeGuards) {
  asked.keep_reserve = true;
  asked.needs = {{"water", 2, 0, 0}};
  const std::vector<RecordState> all{team(1, 10, {}, "water", PlaceCode(622927101)), team(2, 200, {}, "water", PlaceCode(622927102))};
  const auto found = choose(all);
  EXPECT_EQ(ids(found), std::vector<int64_t>{1});
  EXPECT_EQ(code_of(found, 2), "reserve");
}

TEST_F(Teams, WhatMakesNoSenseIsRefused) {
  const auto field = [&] {
    const auto found = choose_teams(test_pack(), asked, {}, doing, roads.ask(), kNow);
    return found ? std::string() : std::string(found.error().param("field"));
  };
  asked.needs = {};
  EXPECT_EQ(field(), "needs");
  asked.needs = {{"magic", 1, 0, 0}};
  EXPECT_EQ(field(), "capability");
  asked.needs = {{"water", -1, 0, 0}};
  EXPECT_EQ(field(), "needs");
  asked.needs = {{"water", 1, 0, 0}};
  asked.profile = "carpet";
  EXPECT_EQ(field(), "profile");
  asked.profile = "car";
  EXPECT_EQ(field(), "");
}

TEST_F(Teams, ACountryOfTeamsInABlink) {
  std::vector<RecordState> all;
  for (int64_t i = 0; i < 1'565; ++i) {
    auto t = team(i + 1, 0, {}, i % 3 ? "water" : "flood", PlaceCode(622927101 + i % 40));
    t.position = north_km(static_cast<double>(i * 7919 % 400), static_cast<double>(i * 104729 % 400));
    all.push_back(std::move(t));
  }
  asked.keep_reserve = true;
  asked.needs = {{"water", 50, 0, 0}, {"flood", 0, 2'000, 0}};
  const auto began = std::clock();  // of this process: others may be at work beside it
  const auto found = choose(all);
  const double ms = 1e3 * static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_EQ(found.chosen.size(), 150u);
  RecordProperty("ms", static_cast<int>(ms));
  EXPECT_LT(ms, 1'000) << "200 wanted; measured " << ms;
}

}  // namespace
}  // namespace anlan
