// What goes wrong outside: half of the links silent at once, clocks of 1970 and 2099, no numbers, wrong units, a device
// that floods, batches that come twice or late, readings out of order across a crash.
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "journal/scratch_store.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class Faults : public testing::Test {
 protected:
  static constexpr int64_t kVillage = 622927101201;

  void add(const char* type, const std::string& code, json::object fields = {}) { rig.add_links(type, {{code, PlaceCode(kVillage), std::move(fields)}}); }
  // Said by everyone at the rig's time, five minutes after the last.
  Intake everyone(const std::vector<std::string>& codes, double value) {
    rig.clock.at = rig.clock.at + minutes(5);
    std::vector<SiteReading> readings;
    for (const auto& code : codes) readings.push_back({code, rig.clock.at, value, readings.size()});
    const auto intake = rig.take(readings);
    rig.settle();
    return intake;
  }
  std::vector<Sample> kept(const std::string& code) {
    std::vector<Sample> out;
    EXPECT_TRUE(rig.history->read(static_cast<LinkNumber>(rig.link(code).id.value), {INT64_MIN}, kNever, [&](std::span<const Sample> chunk) {
      out.insert(out.end(), chunk.begin(), chunk.end());
      return true;
    }));
    return out;
  }

  static inline const Pack pack = load_pack("packs/cn").value();
  ScratchStore place;
  WatchRig rig{place.folder(), pack};
};

TEST_F(Faults, HalfOfTwelveThousandLinksSilentIsOneAlarm) {
  constexpr int kLinks = 12'000;
  std::vector<WatchRig::NewLink> links;
  std::vector<std::string> all, half;
  for (int i = 0; i < kLinks; ++i) {
    all.push_back(fmt::format("L{:05}", i));
    if (i % 2) half.push_back(all.back());
    links.push_back({all.back(), PlaceCode(622927100 + i % 17)});
  }
  rig.add_links("rain_gauge", links);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(everyone(all, 0).stored, kLinks);
  const auto facts = rig.facts();
  for (int i = 0; i < 10; ++i) {
    everyone(half, 0);
    rig.pass(minutes(4));
  }
  ASSERT_EQ(rig.situations().size(), 1u);
  EXPECT_EQ(rig.situations()[0].hazard, "monitoring_outage");
  EXPECT_EQ(rig.situations()[0].place, PlaceCode(WatchRig::kCounty));
  EXPECT_EQ(rig.situations()[0].level, WarningLevel::orange);
  ASSERT_EQ(rig.alarms().size(), 1u);
  EXPECT_FALSE(rig.alarms()[0].link);
  EXPECT_LE(rig.facts() - facts, 3) << "a situation, an alarm, perhaps its level";
  int silent = 0;
  rig.watch->each([&](const LinkRow& row) { silent += row.state == stream::LinkState::kSilent; });
  EXPECT_EQ(silent, kLinks / 2) << "each says so itself, too";

  for (int i = 0; i < 4; ++i) everyone(all, 0);
  EXPECT_EQ(rig.situations()[0].standing, 0);
  EXPECT_LE(rig.facts() - facts, 5);
}

TEST_F(Faults, APowerCutOverManyCountiesIsOneAlarmEach) {
  constexpr int kCounties = 12, kPerCounty = 1'000;
  std::vector<WatchRig::NewLink> links;
  std::vector<std::string> all;
  for (int i = 0; i < kCounties * kPerCounty; ++i) {
    all.push_back(fmt::format("L{:05}", i));
    links.push_back({all.back(), PlaceCode(622901001 + i % kCounties * 1'000)});
  }
  rig.add_links("rain_gauge", links);
  for (int i = 0; i < 3; ++i) everyone(all, 0);
  rig.pass(minutes(75));
  EXPECT_EQ(rig.situations().size(), size_t{kCounties});
  EXPECT_EQ(rig.count("AlarmRaised"), kCounties);
}

TEST_F(Faults, WhatIsNoNumberOrFromNoTimeIsRefusedAndToldWhy) {
  add("gas_detector", "G1");
  everyone({"G1"}, 3);
  const UtcTime good = rig.clock.at;
  rig.clock.at = rig.clock.at + minutes(1);
  const UtcTime now = rig.clock.at, far{4'070'908'800'000};
  const auto intake = rig.take({{"G1", now, std::nan(""), 0}, {"G1", now, INFINITY, 1}, {"G1", now, -INFINITY, 2}, {"G1", UtcTime{0}, 99, 3}, {"G1", UtcTime{86'400'000}, 99, 4},
                                {"G1", far, 99, 5}, {"G1", UtcTime{INT64_MAX}, 99, 6}, {"G1", UtcTime{INT64_MIN}, 99, 7}, {"G1", now + minutes(6), 99, 8}});
  EXPECT_EQ(intake.stored, 0);
  EXPECT_EQ(intake.refused, 9);
  ASSERT_EQ(intake.faults.size(), 9u);
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(intake.faults[i].item, i);
    EXPECT_THAT(intake.faults[i].why, HasSubstr(i < 3 ? "not a number" : i == 3 || i == 4 || i == 7 ? "before the year 2000" : "minutes ahead"));
  }
  EXPECT_EQ(kept("G1").size(), 1u) << "nothing of it is kept";
  EXPECT_EQ(rig.link("G1").last->at, good);
  // The device goes on like that: to the node it is silent.
  for (int i = 0; i < 11; ++i) {
    rig.take({{"G1", far + minutes(i), 99, 0}, {"G1", UtcTime{i * 60'000}, 99, 1}});
    rig.pass(minutes(1));
  }
  EXPECT_EQ(rig.link("G1").state, stream::LinkState::kSilent);
  EXPECT_EQ(rig.count("AlarmRaised"), 0);
  rig.close();
  rig.open();
  rig.settle();
  EXPECT_EQ(rig.link("G1").state, stream::LinkState::kSilent);
  EXPECT_EQ(rig.count("AlarmRaised"), 0);
}

TEST_F(Faults, CentimetresForMetresRaiseNothing) {
  add("reservoir_gauge", "Z1", {{"flood_limit", 1'735.0}, {"design", 1'738.0}});
  add("tank_level", "T1", {{"high", 8.0}, {"high_high", 9.0}});
  everyone({"Z1"}, 1'723.4);
  everyone({"T1"}, 5.2);
  const std::pair<const char*, double> wrong[] = {{"Z1", 172'340}, {"T1", 520}};
  for (const auto& [code, value] : wrong)
    for (int i = 0; i < 12; ++i) everyone({code}, value + i);
  for (const auto& [code, value] : wrong) EXPECT_EQ(rig.watch->find(rig.link(code).id)->level, std::nullopt) << code;
  EXPECT_EQ(rig.link("T1").state, stream::LinkState::kImplausible);
  EXPECT_EQ(rig.count("AlarmRaised"), 0);
  rig.close();
  rig.open();
  rig.settle();
  EXPECT_EQ(rig.count("AlarmRaised"), 0) << "nor after a restart";
  everyone({"T1"}, 5.2);
  EXPECT_EQ(rig.link("T1").state, stream::LinkState::kFresh);
}

TEST_F(Faults, AFloodingDeviceIsBoundedAndStarvesNobody) {
  constexpr int kFlood = 100'000;
  add("gas_detector", "NOISY");
  add("gas_detector", "OTHER");
  everyone({"NOISY", "OTHER"}, 1);
  rig.clock.at = rig.clock.at + hours(30);
  const auto facts = rig.facts();
  // A reading a second over a day and more, below and above the threshold by turns, in one batch.
  std::vector<SiteReading> flood;
  for (int i = 0; i < kFlood; ++i) flood.push_back({"NOISY", rig.clock.at - seconds(kFlood - i), i % 2 ? 99.0 : 1.0, static_cast<size_t>(i)});
  EXPECT_EQ(rig.take(flood).stored, kFlood);
  EXPECT_EQ(rig.take({{"OTHER", rig.clock.at, 60, 0}}).stored, 1);
  EXPECT_LE(rig.write(), 4) << "what it says waits as one thing, not as a hundred thousand";
  EXPECT_EQ(rig.watch->find(rig.link("OTHER").id)->level, WarningLevel::red);
  EXPECT_EQ(rig.alarms().size(), 2u);
  EXPECT_LE(rig.facts() - facts, 4);
  // The same again, and as much that is refused.
  EXPECT_EQ(rig.take(flood).duplicates, kFlood);
  for (auto& r : flood) r.value = std::nan("");
  const auto refused = rig.take(flood);
  EXPECT_EQ(refused.refused, kFlood);
  EXPECT_EQ(refused.faults.size(), Intake::kFaultsMax);
  EXPECT_EQ(kept("NOISY").size(), size_t{kFlood} + 1);
  EXPECT_LT(rig.history->stats().bytes_on_disk, 8'000'000u);
  rig.settle();
  EXPECT_EQ(rig.count("AlarmRaised"), 2);
}

TEST_F(Faults, BatchesThatComeTwiceOrLateCorrectHistoryWithoutAlarms) {
  add("rain_gauge", "R1");
  add("rain_gauge", "R2");
  std::vector<SiteReading> storm;  // 120 mm in three hours, two days ago
  const UtcTime now = rig.clock.at + minutes(5);
  for (int i = 0; i < 36; ++i) storm.push_back({"R1", now - hours(48) + minutes(5 * i), 3.3, static_cast<size_t>(i)});
  everyone({"R1", "R2"}, 0);
  EXPECT_EQ(rig.take(storm).stored, 36);
  rig.settle();
  EXPECT_EQ(rig.take(storm).duplicates, 36);
  for (int i = 0; i < 12; ++i) everyone({"R1", "R2"}, 0.1);
  rig.close();
  rig.open();
  for (int i = 0; i < 3; ++i) everyone({"R1", "R2"}, 0.1);
  EXPECT_EQ(rig.count("AlarmRaised"), 0) << "old rain is no news";
  EXPECT_EQ(kept("R1").size(), 36u + 16u);

  // Into windows that still look at it: counted, and raised by the next reading in order only.
  std::vector<SiteReading> gap;
  for (int i = 1; i <= 20; ++i) gap.push_back({"R2", rig.clock.at - minutes(1 + 5 * i), 3, static_cast<size_t>(i)});
  EXPECT_EQ(rig.take(gap).stored, 20);
  rig.settle();
  EXPECT_EQ(rig.count("AlarmRaised"), 0);
  const auto rules = rig.watch->rules_of(rig.link("R2").id);
  const auto amount = std::find_if(rules.begin(), rules.end(), [](const LinkRule& r) { return r.rule == "rain_amount"; });
  ASSERT_NE(amount, rules.end());
  for (const auto& [text, value] : amount->windows)
    if (text == "sum(3h)") {
      EXPECT_NEAR(value.value_or(0), 60 + 1.6, 0.21);
    }
  everyone({"R2"}, 0);
  EXPECT_EQ(rig.count("AlarmRaised"), 1);

  const auto late = rig.take({{"R1", rig.clock.at - hours(73), 5, 0}, {"R1", rig.clock.at - hours(71) - minutes(58), 5, 1}});
  EXPECT_EQ(late.stored, 1);
  ASSERT_EQ(late.faults.size(), 1u);
  EXPECT_THAT(late.faults[0].why, HasSubstr("72"));
}

// A storm in the order in which it was measured, and shuffled with crashes in between: the same windows and levels, and
// every alarm once.
TEST_F(Faults, OrderAndCrashesDoNotChangeWhatIsKnown) {
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    std::mt19937 dice(seed);
    const std::string in_order = fmt::format("A{}", seed), shuffled = fmt::format("B{}", seed);
    add("rain_gauge", in_order);
    add("rain_gauge", shuffled);
    const UtcTime begin = rig.clock.at;
    std::vector<double> rain;
    for (int i = 0; i < 40; ++i) rain.push_back(static_cast<double>(20 + dice() % 20) / 10);
    std::vector<SiteReading> batch;
    for (int i = 0; i < 40; ++i) batch.push_back({in_order, begin + minutes(5 * (i + 1)), rain[static_cast<size_t>(i)], 0});
    rig.clock.at = begin + minutes(201);
    rig.take(batch);
    rig.settle();
    for (auto& r : batch) r.link = shuffled;
    std::shuffle(batch.begin(), batch.end(), dice);
    for (size_t from = 0; from < batch.size();) {
      const size_t until = std::min(batch.size(), from + 1 + dice() % 12);
      rig.take({batch.begin() + static_cast<std::ptrdiff_t>(from), batch.begin() + static_cast<std::ptrdiff_t>(until)});
      from = until;
      if (dice() % 3 == 0) {
        rig.close();  // the writer has not run
        rig.open();
      }
      if (dice() % 2 == 0) rig.settle();
    }
    rig.clock.at = begin + minutes(206);
    rig.take({{in_order, begin + minutes(205), 0, 0}, {shuffled, begin + minutes(205), 0, 1}});
    rig.settle();
    EXPECT_EQ(kept(shuffled), kept(in_order)) << "seed " << seed;
    const auto a = rig.watch->rules_of(rig.link(in_order).id), b = rig.watch->rules_of(rig.link(shuffled).id);
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].level, b[i].level) << "seed " << seed << ", rule " << a[i].rule;
      for (size_t w = 0; w < a[i].windows.size(); ++w) EXPECT_NEAR(a[i].windows[w].second.value_or(-1), b[i].windows[w].second.value_or(-1), 1e-9) << "seed " << seed;
    }
    const auto alarms = rig.alarms();
    const auto of = [&](const std::string& code) { return std::count_if(alarms.begin(), alarms.end(), [id = rig.link(code).id](const AlarmRow& r) { return r.link == id && r.rule == "rain_amount"; }); };
    EXPECT_EQ(of(in_order), 1) << "seed " << seed;
    EXPECT_EQ(of(shuffled), 1) << "seed " << seed;
    rig.clock.at = begin + hours(6);
  }
}

}  // namespace
}  // namespace anlan
