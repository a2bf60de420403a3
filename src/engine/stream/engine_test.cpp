#include "stream/engine.h"

#include <gtest/gtest.h>

namespace anlan::stream {
namespace {

constexpr UtcTime kStart{1'789'999'200'000};  // on the hour
static_assert(kStart.ms % 3'600'000 == 0);
UtcTime at(int64_t minute, int64_t second = 0) { return kStart + minutes(minute) + seconds(second); }

TypeSpec with_rule(RuleSpec rule) {
  TypeSpec spec{.id = "t", .limits = {"warning"}};
  spec.quality.interval = minutes(5);
  spec.rules = {std::move(rule)};
  return spec;
}

// One link and what it said.
struct Rig {
  explicit Rig(const TypeSpec& spec, std::vector<double> limits = {}) : engine({.spread = Millis{0}}) {
    const auto type = engine.add_type(spec).value();
    engine.add_link(0, type, limits, kStart).value();
  }
  Quality say(UtcTime time, double value) { return say(time, value, time); }
  Quality say(UtcTime time, double value, UtcTime now) {
    const Reading reading{time, value, 0};
    Quality quality;
    engine.ingest({&reading, 1}, now, out, {&quality, 1});
    return quality;
  }
  void until(UtcTime now) {
    for (; clock < now; clock = clock + seconds(1)) engine.advance(clock, out);
    engine.advance(now, out);
  }
  Level level(RuleNumber rule = 0) const { return engine.state(0, {}).value().rules[rule].level; }
  LinkState state() const { return engine.state(0, {}).value().state; }

  Engine engine;
  Output out;
  UtcTime clock = kStart;
};

TEST(Engine, WindowOfGaugeOnTheMinuteIsExact) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "sum(1h) >= 1000"}}}));
  for (int i = 0; i <= 12; ++i) rig.say(at(i * 5), i + 1);
  // (0:00, 1:00]: the reading of 0:00 describes what fell before it.
  EXPECT_EQ(rig.engine.state(0, at(60))->windows[0].value, 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13);
  // Three minutes later the oldest pane has left whole.
  EXPECT_EQ(rig.engine.state(0, at(63))->windows[0].value, 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13);
  EXPECT_EQ(rig.engine.state(0, at(121))->windows[0].value, 0);
}

TEST(Engine, RisesToTheHighestAndFallsToTheHighestStillTrue) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "value >= 10"}, {2, "value >= 20"}, {4, "value >= 40"}}, .margin = 2}));
  rig.say(at(1), 41);
  EXPECT_EQ(rig.out.changes.back(), (Change{0, 0, 0, 4, at(1), 41}));
  rig.say(at(2), 38.5);  // within the margin
  EXPECT_EQ(rig.level(), 4);
  rig.say(at(3), 18);    // 20 - 2 still holds
  EXPECT_EQ(rig.out.changes.back(), (Change{0, 0, 4, 2, at(3), 18}));
  rig.say(at(4), 7);
  EXPECT_EQ(rig.out.changes.back(), (Change{0, 0, 2, 0, at(4), 7}));
  EXPECT_EQ(rig.out.changes.size(), 3u);
}

TEST(Engine, HoldsAndClearsByTimeAlone) {
  Rig rig(with_rule({.id = "r", .steps = {{2, "value >= 10"}}, .hold = minutes(3), .clear_after = minutes(10)}));
  rig.say(at(1), 12);
  rig.until(at(3, 59));
  EXPECT_EQ(rig.level(), 0);
  rig.until(at(4));
  EXPECT_EQ(rig.out.changes.back(), (Change{0, 0, 0, 2, at(4), 12}));
  rig.say(at(5), 1);
  rig.say(at(12), 11);  // the clearing starts again
  rig.say(at(13), 1);
  rig.until(at(22, 59));
  EXPECT_EQ(rig.level(), 2);
  rig.until(at(23));
  EXPECT_EQ(rig.out.changes.back(), (Change{0, 0, 2, 0, at(23), 1}));
}

TEST(Engine, WaitsForReportsInARow) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "value >= 10"}}, .reports = 3}));
  for (const double v : {11, 12, 9, 11, 12}) rig.say(rig.clock = rig.clock + minutes(1), v);
  rig.until(at(9));
  EXPECT_EQ(rig.level(), 0);
  rig.say(at(10), 11);
  EXPECT_EQ(rig.level(), 1);
}

TEST(Engine, DeescalatesWhenWindowsEmpty) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "sum(1h) >= 10"}, {3, "sum(1h) >= 30"}}}));
  rig.say(at(5), 12);
  rig.say(at(30), 20);
  EXPECT_EQ(rig.level(), 3);
  rig.until(at(200));
  ASSERT_EQ(rig.out.changes.size(), 4u);
  EXPECT_EQ(rig.out.changes[2], (Change{0, 0, 3, 1, at(60, 1), 20}));
  EXPECT_EQ(rig.out.changes[3], (Change{0, 0, 1, 0, at(85, 1), 0}));
}

TEST(Engine, LateReadingCorrectsButDoesNotRaise) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "sum(1h) >= 30"}}}));
  rig.say(at(10), 20);
  EXPECT_EQ(rig.say(at(5), 15, at(11)), Quality::kGood);
  EXPECT_EQ(rig.engine.state(0, at(11))->windows[0].value, 35);
  rig.until(at(20));
  EXPECT_EQ(rig.level(), 0);
  EXPECT_EQ(rig.engine.counts().late, 1u);
  rig.say(at(21), 0);
  EXPECT_EQ(rig.level(), 1);
}

TEST(Engine, RefusesWhatCannotBe) {
  auto spec = with_rule({.id = "r", .steps = {{1, "count(1h) >= 1000"}}});
  spec.quality.min = 0;
  spec.quality.max = 50;
  spec.quality.step_max = 2;
  spec.quality.flat_after = minutes(20);
  spec.quality.flat_readings = 3;
  Rig rig(spec);
  EXPECT_EQ(rig.say(at(0), 5), Quality::kGood);
  EXPECT_EQ(rig.say(at(0), 5), Quality::kDuplicate);
  EXPECT_EQ(rig.say(at(1), NAN), Quality::kNotANumber);
  EXPECT_EQ(rig.say({5000}, 5, at(1)), Quality::kClockUnset);
  EXPECT_EQ(rig.say({INT64_MIN}, 5, at(1)), Quality::kClockUnset);
  EXPECT_EQ(rig.say({INT64_MAX}, 5, at(1)), Quality::kInFuture);
  EXPECT_EQ(rig.say(at(6, 1), 5, at(1)), Quality::kInFuture);
  EXPECT_EQ(rig.say(at(6), 5, at(1)), Quality::kGood);
  EXPECT_EQ(rig.say(at(10) - hours(73), 5, at(10)), Quality::kTooOld);
  EXPECT_EQ(rig.say(at(10) - hours(71), 5, at(10)), Quality::kGood);
  EXPECT_EQ(rig.say(at(10), 51), Quality::kBadRange);
  EXPECT_EQ(rig.say(at(10), 51), Quality::kDuplicate);
  EXPECT_EQ(rig.say(at(16), 26), Quality::kSuspectStep);
  EXPECT_EQ(rig.say(at(26), 26), Quality::kGood);
  EXPECT_EQ(rig.say(at(37), 26), Quality::kSuspectFlat);
  EXPECT_EQ(rig.state(), LinkState::kFlat);
  EXPECT_EQ(rig.engine.state(0, at(37))->windows[0].value, 5);
  const Reading stranger{at(37), 1, 99};
  rig.engine.ingest({&stranger, 1}, at(37), rig.out);
  EXPECT_EQ(rig.engine.counts().of[static_cast<size_t>(Quality::kUnknownLink)], 1u);
}

TEST(Engine, TellsTheStateOfTheLink) {
  auto spec = with_rule({.id = "r", .steps = {{1, "value >= 1000"}}});
  spec.quality.max = 2000;
  Rig rig(spec);
  EXPECT_EQ(rig.state(), LinkState::kUnknown);
  rig.say(at(1), 5);
  rig.until(at(40));
  rig.say(at(41), 5);
  for (int i = 42; i < 45; ++i) rig.say(at(i), 9999);
  rig.say(at(46), 5);
  ASSERT_EQ(rig.out.links.size(), 6u);
  EXPECT_EQ(rig.out.links[0], (LinkChange{0, LinkState::kFresh, at(1)}));
  EXPECT_EQ(rig.out.links[1], (LinkChange{0, LinkState::kLate, at(11)}));
  EXPECT_EQ(rig.out.links[2], (LinkChange{0, LinkState::kSilent, at(31)}));
  EXPECT_EQ(rig.out.links[3], (LinkChange{0, LinkState::kFresh, at(41)}));
  EXPECT_EQ(rig.out.links[4], (LinkChange{0, LinkState::kImplausible, at(44)}));
  EXPECT_EQ(rig.out.links[5], (LinkChange{0, LinkState::kFresh, at(46)}));
}

TEST(Engine, KeepsALevelWhileSilentWhenAsked) {
  for (const bool keep : {false, true}) {
    Rig rig(with_rule({.id = "r", .steps = {{3, "mean(1h) >= 10"}}, .keep_when_silent = keep}));
    rig.say(at(1), 12);
    rig.until(at(120));
    EXPECT_EQ(rig.level(), keep ? 3 : 0);
    rig.say(at(121), 1);
    EXPECT_EQ(rig.level(), 0);
  }
}

TEST(Engine, MissingLimitMakesNothingTrue) {
  for (const char* condition : {"value >= limit.warning", "not value >= limit.warning", "value < limit.warning", "above(limit.warning) >= 0"}) {
    Rig rig(with_rule({.id = "r", .steps = {{1, condition}}}));
    rig.say(at(1), 12);
    rig.until(at(10));
    EXPECT_EQ(rig.level(), 0) << condition;
  }
}

TEST(Engine, LooksAheadWithTheRateOfRise) {
  Rig rig(with_rule({.id = "r", .steps = {{2, "value + rate(1h) * 2 >= limit.warning"}}}), {10});
  rig.say(at(0), 6);
  rig.say(at(30), 6.5);  // 1 m/h: 8.5 in two hours
  EXPECT_EQ(rig.level(), 0);
  rig.say(at(50), 8);    // 2 m over 50 min
  EXPECT_EQ(rig.level(), 2);
  EXPECT_NEAR(rig.out.changes[0].value, 8 + 2 / (50.0 / 60) * 2, 1e-9);
}

TEST(Engine, RemembersRainByTheDay) {
  auto spec = with_rule({.id = "r", .steps = {{1, "antecedent(0.85, 15d) >= 1000"}}});
  Rig rig(spec);
  double expected = 0;
  const UtcTime first{kStart.ms / 86'400'000 * 86'400'000 + 43'200'000};
  for (int day = 0; day < 20; ++day) {
    rig.say(first + hours(24) * day, 10 + day);
    expected = 0;
    for (int back = 0; back < 15 && back <= day; ++back) expected += std::pow(0.85, back) * (10 + day - back);
    EXPECT_NEAR(rig.engine.state(0, first + hours(24) * day)->windows[0].value, expected, 1e-9);
  }
}

TEST(Engine, RestoresHistoryAndLevels) {
  const auto spec = with_rule({.id = "r", .steps = {{1, "sum(1h) >= 10"}, {2, "sum(1h) >= 30"}}});
  Rig rig(spec), fresh(spec);
  std::vector<Reading> history;
  for (int i = 1; i <= 6; ++i) {
    history.push_back({at(i * 10), 4, 0});
    rig.say(at(i * 10), 4);
  }
  fresh.engine.restore(history, at(61));
  fresh.engine.set_level(0, 0, rig.level(), at(30)).value();
  EXPECT_TRUE(fresh.out.changes.empty() && fresh.out.links.empty());
  EXPECT_EQ(fresh.state(), LinkState::kFresh);
  fresh.engine.advance(at(62), fresh.out);
  EXPECT_TRUE(fresh.out.changes.empty() && fresh.out.links.empty());
  fresh.say(at(63), 20);
  rig.say(at(63), 20);
  EXPECT_EQ(fresh.out.changes.back(), rig.out.changes.back());
  EXPECT_EQ(fresh.engine.state(0, at(63))->windows[0].value, rig.engine.state(0, at(63))->windows[0].value);
  EXPECT_FALSE(fresh.engine.set_level(0, 7, 1, at(0)).ok());
  EXPECT_FALSE(fresh.engine.set_level(9, 0, 1, at(0)).ok());
}

TEST(Engine, BackTestsRecordedSamples) {
  std::vector<Sample> recorded;
  for (int i = 0; i < 48; ++i) recorded.push_back({kStart + hours(i), i > 10 && i < 20 ? 9.0 : 1.0});
  auto spec = with_rule({.id = "r", .steps = {{2, "sum(6h) >= 30"}}, .clear_after = minutes(30)});
  spec.quality.interval = hours(1);
  Rig rig(spec);
  for (const auto& sample : recorded) {
    rig.until(sample.at);
    rig.say(sample.at, sample.value);
  }
  ASSERT_EQ(rig.out.changes.size(), 2u);
  EXPECT_EQ(rig.out.changes[0].at, kStart + hours(13));  // the third wet hour: 3 + 3 x 9
  EXPECT_EQ(rig.out.changes[1].to, 0);
}

TEST(Engine, SpreadsQuietLinksOverAMinute) {
  Engine engine;
  const auto type = engine.add_type(with_rule({.id = "r", .steps = {{1, "mean(10m) <= 1"}}})).value();
  constexpr LinkNumber kLinks = 6000;
  std::vector<Reading> readings;
  for (LinkNumber i = 0; i < kLinks; ++i) {
    engine.add_link(i, type, {}, kStart).value();
    readings.push_back({at(0, 30), 5, i});
  }
  Output out;
  engine.ingest(readings, at(0, 30), out);
  for (int s = 1; s <= 60; ++s) {
    const auto before = engine.counts().visits;
    engine.advance(at(1, s), out);
    EXPECT_LE(engine.counts().visits - before, kLinks / 60 + 1);
  }
  EXPECT_EQ(engine.counts().visits, kLinks);
}

TEST(Engine, RefusesTypesWithAPath) {
  const auto why = [](const TypeSpec& spec) {
    Engine engine;
    const auto made = engine.add_type(spec);
    EXPECT_TRUE(engine.rule_names().empty());
    return std::string(made.error().param("field")) + ": " + made.error().details.at(0).en;
  };
  EXPECT_EQ(why(with_rule({.id = "r", .steps = {{1, "sum(1h) >"}}})),
            "rules.r.steps.1.condition: at character 10: expected value, limit.NAME, sum(1h) or another function, a number, or “(”, found the end");
  EXPECT_EQ(why(with_rule({.id = "r", .steps = {{1, "value > limit.other"}}})), "rules.r.steps.1.condition: the type has no limit “other”");
  EXPECT_EQ(why(with_rule({.id = "r", .steps = {{5, "value > 1"}}})), "rules.r.steps.1.level: from 1 to 4, each once");
  EXPECT_EQ(why(with_rule({.id = "r"})), "rules.r.steps: 1 to 4 steps");
  EXPECT_EQ(why(with_rule({.id = "r", .steps = {{1, "value > 1"}}, .margin = -1})), "rules.r.margin: 0 or more");
  auto spec = with_rule({.id = "r", .steps = {{1, "value > 1"}}});
  spec.quality.min = 5;
  spec.quality.max = 4;
  EXPECT_EQ(why(spec), "quality.min: must not exceed max");
}

TEST(Engine, ReusesTheBlocksOfRemovedLinks) {
  Rig rig(with_rule({.id = "r", .steps = {{1, "value >= 10"}}}));
  rig.say(at(1), 20);
  const auto bytes = rig.engine.memory_bytes();
  for (int i = 0; i < 1000; ++i) {
    rig.engine.remove_link(0);
    EXPECT_FALSE(rig.engine.state(0, at(1)).ok());
    rig.engine.add_link(0, 0, {}, at(1)).value();
    EXPECT_EQ(rig.level(), 0);
  }
  EXPECT_EQ(rig.engine.memory_bytes(), bytes);
  EXPECT_FALSE(rig.engine.add_link(0, 0, {}, at(1)).ok());
  EXPECT_FALSE(rig.engine.add_link(4'000'000, 0, {}, at(1)).ok());
}

}  // namespace
}  // namespace anlan::stream
