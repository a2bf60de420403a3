// From readings to a warning draft, on a whole node: rain falls, alarms rise, one situation, a draft for the towns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/node_rig.h"
#include "loop/situation_warning.h"
#include "signals/backtest.h"

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

INSTANTIATE_TEST_SUITE_P(Stores, Signals, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
