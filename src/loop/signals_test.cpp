// From readings to a warning draft, on a whole node: rain falls, alarms rise, one situation, a draft for the towns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/node_rig.h"
#include "loop/situation_warning.h"
#include "signals/backtest.h"
#include "earthquakes/commands.h"
#include "signals/own_rules.h"

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Signals : public testing::TestWithParam<const char*> {
 protected:
  static constexpr int64_t kVillage = 622927101201, kNeighbour = 622927101202, kOtherTown = 622927100001;

  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    t.fill();
  }
  RecordId gauge(const std::string& code, int64_t where, const char* type = "rain_gauge", json::object fields = {}) {
    RecordPatch r;
    r.name = "雨量站" + code;
    r.place = PlaceCode(where);
    r.position = LonLat{102.76, 35.84};
    fields["code"] = code;
    r.fields = std::move(fields);
    return RecordId{t.id_of(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), type, r); }))};
  }
  Intake take(const std::vector<SiteReading>& readings) {
    const PlaceCode county(NodeRig::kCounty);
    auto intake = t.node->watch().take(readings, std::span(&county, 1), "192.0.2.1", [](size_t) { return std::string_view("frame"); }, t.clock.at);
    EXPECT_TRUE(intake.ok());
    return intake.ok() ? *intake : Intake{};
  }
  // Rain of every gauge at one rate for a while, read every five minutes.
  void rain(const std::vector<std::string>& codes, double mm_per_5min, Millis span) {
    for (const UtcTime end = t.clock.at + span; t.clock.at < end;) {
      t.clock.at = t.clock.at + minutes(5);
      std::vector<SiteReading> readings;
      for (const auto& code : codes) readings.push_back({code, t.clock.at, mm_per_5min, 0});
      take(readings);
      t.settle();
    }
  }
  std::vector<SituationRow> situations(bool closed = false) { return list_situations(*t.node->store().connect().value(), closed, 100); }
  int64_t count(const char* kind) { return t.node->store().connect().value()->integer("SELECT COUNT(*) FROM facts WHERE kind = ?", {kind}).value(); }

  NodeRig t{GetParam(), true};
};

TEST_P(Signals, AStormBecomesOneSituationAndADraft) {
  const auto a = gauge("R1", kVillage);
  gauge("R2", kNeighbour);
  gauge("R3", kOtherTown);
  EXPECT_EQ(t.node->watch().links(), 3u);
  rain({"R1", "R2", "R3"}, 1, hours(1));
  EXPECT_TRUE(situations().empty());
  EXPECT_EQ(t.node->watch().find(a)->state, stream::LinkState::kFresh);

  rain({"R1", "R2"}, 2, hours(2));  // 60 mm in three hours: orange
  ASSERT_EQ(situations().size(), 1u);
  const auto s = situations().front();
  EXPECT_EQ(s.level, WarningLevel::orange);
  EXPECT_EQ(s.standing, 2);
  EXPECT_EQ(t.node->watch().find(a)->level, WarningLevel::orange);
  ASSERT_TRUE(s.warning) << "the rule drafts from orange on";
  const auto warning = read_warning(*t.node->store().connect().value(), s.warning).value();
  EXPECT_EQ(warning.source, WarningSource::alarm);
  EXPECT_EQ(warning.state, WarningState::draft) << "nothing is sent without a person";
  EXPECT_EQ(warning.content.hazard, "rainstorm");
  EXPECT_EQ(warning.content.level, WarningLevel::orange);
  EXPECT_THAT(warning.content.places, ElementsAre(PlaceCode(NodeRig::kTown)));
  EXPECT_THAT(warning.content.headline, HasSubstr("大河家镇"));
  EXPECT_EQ(count("WarningDrafted"), 1);

  rain({"R1", "R2", "R3"}, 0, hours(14));
  EXPECT_TRUE(situations().empty());
  EXPECT_EQ(situations(true).front().state, SituationState::closed);
  EXPECT_EQ(count("AlarmCleared"), count("AlarmRaised"));
}

TEST_P(Signals, AfterARestartNothingIsLostOrSaidTwice) {
  const auto a = gauge("R1", kVillage);
  rain({"R1"}, 2.2, hours(2));
  ASSERT_EQ(situations().size(), 1u);
  const auto raised = count("AlarmRaised"), changed = count("AlarmChanged");
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(count("AlarmRaised"), raised);
  EXPECT_EQ(count("AlarmChanged"), changed);
  EXPECT_EQ(t.node->watch().find(a)->last->value, 2.2);
  EXPECT_EQ(t.node->watch().find(a)->level, situations().front().level);
  rain({"R1"}, 4.5, hours(1));
  EXPECT_EQ(situations().front().level, WarningLevel::red) << "the rain before the restart counts";
  EXPECT_EQ(count("AlarmRaised"), raised);
}

TEST_P(Signals, AnAlarmWhoseReadingWasKeptComesAfterTheCrash) {
  gauge("R1", kVillage);
  std::vector<SiteReading> readings;
  for (int i = 36; i > 0; --i) readings.push_back({"R1", t.clock.at - minutes(5 * i), 3, 0});
  EXPECT_EQ(take(readings).stored, 36);  // 108 mm in three hours; the writer has not run
  t.close();
  t.open();
  EXPECT_EQ(count("AlarmRaised"), 0);
  t.clock.at = t.clock.at + minutes(1);
  t.settle();
  t.pass(minutes(2));
  ASSERT_EQ(situations().size(), 1u);
  EXPECT_EQ(situations().front().level, WarningLevel::red);
}

TEST_P(Signals, WhatIsWrongIsNamed) {
  gauge("R1", kVillage);
  const UtcTime now = t.clock.at;
  const auto intake = take({{"R1", now, 1, 1}, {"R1", now, 1, 2}, {"R9", now, 1, 3}, {"R1", UtcTime{0}, 1, 4}, {"R1", now + hours(24 * 365 * 70), 1, 5}, {"R1", now, std::nan(""), 6}, {"R1", now - hours(80), 1, 7}});
  EXPECT_EQ(intake.stored, 1);
  EXPECT_EQ(intake.duplicates, 1);
  EXPECT_EQ(intake.refused, 5);
  ASSERT_EQ(intake.faults.size(), 5u);
  EXPECT_THAT(intake.faults[0].why, HasSubstr("R9"));
  EXPECT_THAT(intake.faults[1].why, HasSubstr("2000"));
  const PlaceCode elsewhere(622921);
  const std::vector<SiteReading> one{{"R1", now, 1, 1}};
  EXPECT_EQ(t.node->watch().take(one, std::span(&elsewhere, 1), "", [](size_t) { return std::string_view(); }, now)->refused, 1);
}

TEST_P(Signals, HalfOfTheLinksSilentIsOneSituation) {
  std::vector<std::string> all, some;
  for (int i = 1; i <= 12; ++i) {
    all.push_back("R" + std::to_string(i));
    gauge(all.back(), i % 2 ? kVillage : kOtherTown);
    if (i > 8) some.push_back(all.back());
  }
  rain(all, 0, hours(1));
  EXPECT_TRUE(situations().empty());
  rain(some, 0, minutes(75));  // eight of twelve say nothing
  ASSERT_EQ(situations().size(), 1u);
  EXPECT_EQ(situations().front().hazard, "monitoring_outage");
  EXPECT_EQ(situations().front().standing, 1) << "one alarm, not eight";
  EXPECT_EQ(count("AlarmRaised"), 1);
  EXPECT_FALSE(situations().front().warning);
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(count("AlarmRaised"), 1) << "said once, also after a restart";
  rain(all, 0, minutes(20));
  EXPECT_EQ(situations().front().standing, 0);
}

TEST_P(Signals, ARuleFeedsAnother) {
  gauge("R1", kVillage);
  gauge("S1", kNeighbour, "slope_sensor", {{"rate_orange", 20}, {"rate_red", 500}});
  rain({"R1"}, 2.5, hours(2));
  ASSERT_EQ(situations().size(), 1u);
  for (int i = 0; i <= 6; ++i) {
    t.clock.at = t.clock.at + minutes(10);
    take({{"S1", t.clock.at, 10.0 * i, 0}, {"R1", t.clock.at, 0, 0}});
    t.settle();
  }
  const auto list = situations();
  const auto slope = std::find_if(list.begin(), list.end(), [](const SituationRow& s) { return s.hazard == "geohazard"; });
  ASSERT_NE(slope, list.end());
  EXPECT_EQ(slope->standing, 2) << "the slope, and the town's rain that was followed by it";
  ASSERT_TRUE(slope->warning);
  EXPECT_THAT(read_warning(*t.node->store().connect().value(), slope->warning)->content.places, ElementsAre(PlaceCode(NodeRig::kTown)));
}

TEST_P(Signals, ALinkThatGoesTakesItsAlarmWithIt) {
  const auto a = gauge("W1", kVillage, "river_gauge", {{"warning", 10.0}, {"guaranteed", 12.0}});
  for (int i = 0; i < 3; ++i) {
    take({{"W1", t.clock.at, 10.5, 0}});
    t.pass(minutes(5));
  }
  ASSERT_EQ(situations().size(), 1u);
  EXPECT_EQ(situations().front().level, WarningLevel::yellow);
  t.run([&](Reader& r, UtcTime) { return remove_record(r, a); }).value();
  t.settle();
  EXPECT_EQ(situations().front().standing, 0);
  EXPECT_EQ(take({{"W1", t.clock.at, 10.5, 0}}).refused, 1);
  t.run([&](Reader& r, UtcTime) { return restore_record(r, a); }).value();
  EXPECT_EQ(take({{"W1", t.clock.at, 10.5, 0}}).refused, 0);
}

TEST_P(Signals, ABackTestDoesWhatTheRuleWouldHaveDone) {
  const auto a = gauge("R1", kVillage);
  rain({"R1"}, 0, hours(3));
  rain({"R1"}, 5, hours(1));
  const UtcTime peak = t.clock.at;
  rain({"R1"}, 0, hours(12));
  BacktestAsked asked;
  asked.rule.id = "asked";
  asked.rule.type = "rain_gauge";
  asked.rule.steps = {{WarningLevel::yellow, "sum(1h) >= 20"}, {WarningLevel::red, "sum(1h) >= 50"}};
  asked.place = PlaceCode(NodeRig::kCounty);
  asked.from = t.clock.at - hours(20);
  asked.until = t.clock.at + seconds(1);
  asked.peaks = BacktestPeaks{a, 5, hours(3)};
  const auto report = backtest(t.node->watch(), asked);
  ASSERT_TRUE(report) << report.error().describe();
  ASSERT_EQ(report->total, 1);
  EXPECT_EQ(report->alarms[0].level, WarningLevel::red);
  EXPECT_LT(report->alarms[0].from, peak);
  EXPECT_GT(*report->alarms[0].until, peak);
  EXPECT_EQ(report->alarms[0].peak, 5);
  EXPECT_EQ(report->readings, 16 * 12);
  EXPECT_EQ(report->score->peaks, 1);
  asked.rule.steps = {{WarningLevel::red, "sum(1h) >= 100"}};
  EXPECT_EQ(backtest(t.node->watch(), asked)->score->warned, 0);
  asked.rule.steps = {{WarningLevel::red, "sum(1h) >= "}};
  EXPECT_EQ(backtest(t.node->watch(), asked).error().code, ErrorCode::kInvalidField);
}

TEST_P(Signals, AVillageHasItsOwnLimitsOnTheGaugeAbove) {
  gauge("R1", kNeighbour);
  const auto village = gauge("V1", kVillage, "flood_village", {{"gauge", "R1"}, {"ready_1h", 30}, {"move_1h", 50}});
  EXPECT_EQ(take({{"V1", t.clock.at, 1, 0}}).refused, 1) << "nobody sends for it";
  rain({"R1"}, 3, hours(1));
  const auto row = t.node->watch().find(village).value();
  EXPECT_EQ(row.level, WarningLevel::orange);
  EXPECT_EQ(row.last->value, 3);
  EXPECT_NE(row.readings_of, row.id.value) << "its chart is the gauge's";
  const auto list = situations();
  const auto flood = std::find_if(list.begin(), list.end(), [](const SituationRow& s) { return s.hazard == "flash_flood"; });
  ASSERT_NE(flood, list.end());
  EXPECT_TRUE(flood->warning);
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(t.node->watch().find(village)->level, WarningLevel::orange);
  rain({"R1"}, 5, hours(1));
  EXPECT_EQ(t.node->watch().find(village)->level, WarningLevel::red) << "its windows were filled again at the start";
}

TEST_P(Signals, AFloodArrivesDownstream) {
  gauge("W1", kVillage, "river_gauge", {{"warning", 10.0}, {"guaranteed", 12.0}});
  RecordPatch reach;
  reach.name = "下河段";
  reach.place = PlaceCode(kOtherTown);
  reach.fields = {{"upstream", "W1"}, {"travel", 90}};
  const RecordId below{t.id_of(t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), t.node->places().get()->places(), "downstream_reach", reach); }))};
  const auto rise = [&] {
    for (int i = 0; i < 3; ++i) {
      take({{"W1", t.clock.at, 12.5, 0}});
      t.pass(minutes(5));
    }
  };
  rise();
  ASSERT_EQ(situations().size(), 1u) << "one flood";
  const auto alarms = alarms_of(*t.node->store().connect().value(), situations().front().id, 10);
  const auto found = std::find_if(alarms.begin(), alarms.end(), [&](const AlarmRow& a) { return a.link == below; });
  ASSERT_NE(found, alarms.end());
  EXPECT_EQ(found->level, WarningLevel::orange);
  EXPECT_EQ(found->cause, "雨量站W1");
  EXPECT_EQ(found->due, found->at + minutes(90));
  EXPECT_THAT(read_warning(*t.node->store().connect().value(), situations().front().warning)->content.places, testing::Contains(PlaceCode(622927100)));
  const auto raised = count("AlarmRaised");
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(count("AlarmRaised"), raised);
  EXPECT_EQ(count("AlarmCleared"), 0);
  for (int i = 0; i < 60; ++i) {
    take({{"W1", t.clock.at, 8, 0}});
    t.pass(minutes(5));
  }
  EXPECT_EQ(count("AlarmCleared"), count("AlarmRaised")) << "what followed clears after it";
}

TEST_P(Signals, AnEarthquakeAlarmsTheDamsItShakes) {
  RecordPatch dam;
  dam.name = "上庄水库";
  dam.place = PlaceCode(kVillage);
  dam.position = LonLat{102.76, 35.84};
  dam.fields = {{"scale", "small_1"}};
  t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), t.node->places().get()->places(), "reservoir", dam); });
  const Earthquake quake{0, t.clock.at, 102.8, 35.7, 6.2, 10, "积石山"};
  const PlaceCode county(NodeRig::kCounty);
  EXPECT_TRUE(t.run([&](Reader& r, UtcTime now) { return report_earthquake(r, quake, {}, county, now); }));
  t.settle();
  ASSERT_EQ(situations().size(), 1u);
  EXPECT_EQ(situations().front().hazard, "dam_danger");
  EXPECT_GE(situations().front().level, WarningLevel::orange);
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return report_earthquake(r, quake, {}, county, now); }).error().code, ErrorCode::kConflict) << "a feed repeats itself";
  t.close();
  t.open();
  t.settle();
  EXPECT_EQ(count("AlarmRaised"), 1);
  t.pass(hours(73));
  EXPECT_EQ(count("AlarmCleared"), 1);
}

// A rule may issue without approval only where it says so, and never over what a person has written.
TEST_P(Signals, OnlyARuleThatIsGrantedItIssuesByItself) {
  const auto rule = [&](const char* grant) {
    return std::string("alarm_rules:\n  - { id: gas_release, zh: 气体泄漏, en: Gas, type: gas_detector, hazard: hazardous_chemicals, steps: [{ level: yellow, when: \"value >= 25\" }, "
                       "{ level: red, when: \"value >= 50\" }], ") + grant + " clear_after: 10 min, source: 应急预案, effective_from: 2026-01-01 }\n";
  };
  gauge("G1", kVillage, "gas_detector");
  EXPECT_TRUE(t.run([&](Reader& r, UtcTime) { return set_own_rule(r, t.node->pack(), "gas_release", rule("draft_from: yellow, issue_from: red,")); }));
  t.pass(minutes(1));
  take({{"G1", t.clock.at, 30, 0}});
  t.settle();
  ASSERT_EQ(situations().size(), 1u);
  const auto id = situations().front().warning;
  ASSERT_TRUE(id);
  const auto state = [&] { return read_warning(*t.node->store().connect().value(), id)->state; };
  EXPECT_EQ(state(), WarningState::draft) << "yellow waits for a person";
  t.pass(minutes(1));
  take({{"G1", t.clock.at, 80, 0}});
  t.settle();
  EXPECT_EQ(state(), WarningState::in_force);
  const auto issued = read_warning(*t.node->store().connect().value(), id).value();
  EXPECT_EQ(issued.content.level, WarningLevel::red) << "brought up to now";
  EXPECT_EQ(issued.approver, "node");
  EXPECT_EQ(count("WarningIssued"), 1);
}

TEST_P(Signals, ADraftThatAPersonTouchedIsNotIssuedByARule) {
  gauge("G1", kVillage, "gas_detector");
  EXPECT_TRUE(t.run([&](Reader& r, UtcTime) {
    return set_own_rule(r, t.node->pack(), "gas_release", "alarm_rules:\n  - { id: gas_release, zh: 气体泄漏, en: Gas, type: gas_detector, hazard: hazardous_chemicals, steps: [{ level: yellow, when: \"value >= 25\" }, "
      "{ level: red, when: \"value >= 50\" }], draft_from: yellow, issue_from: red, clear_after: 10 min, source: 应急预案, effective_from: 2026-01-01 }\n");
  }));
  t.pass(minutes(1));
  take({{"G1", t.clock.at, 30, 0}});
  t.settle();
  const auto id = situations().front().warning;
  auto content = read_warning(*t.node->store().connect().value(), id)->content;
  content.message = "请撤到上风向";
  EXPECT_TRUE(t.run([&](Reader& r, UtcTime now) { return edit_warning(r, t.node->pack(), id, content, now); }));
  t.pass(minutes(1));
  take({{"G1", t.clock.at, 80, 0}});
  t.settle();
  EXPECT_EQ(read_warning(*t.node->store().connect().value(), id)->state, WarningState::draft);
  EXPECT_EQ(count("WarningIssued"), 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, Signals, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
