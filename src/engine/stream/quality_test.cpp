// One fault of a sensor each, and what must not be taken for one: every check has a test that goes red without it.
#include <gtest/gtest.h>

#include <cmath>

#include "stream/engine.h"

namespace anlan::stream {
namespace {

constexpr UtcTime kStart{1'789'999'200'000};
UtcTime at(int64_t minute, int64_t second = 0) { return kStart + minutes(minute) + seconds(second); }

// A river at about 12 m that is above its guaranteed level at 13.
TypeSpec river() {
  TypeSpec spec{.id = "river", .limits = {"warning", "guaranteed"}};
  spec.quality = {.min = -200, .max = 6'000, .step_max = 1, .interval = minutes(5)};
  spec.rules = {{.id = "level", .steps = {{2, "value >= limit.warning"}, {3, "value >= limit.guaranteed"}}, .reports = 2}};
  return spec;
}

struct Rig {
  explicit Rig(const TypeSpec& spec, std::vector<double> limits = {12.5, 13}) {
    engine.add_type(spec).value();
    engine.add_link(0, 0, limits, kStart).value();
  }
  Quality say(UtcTime time, double value) {
    const Reading reading{time, value, 0};
    Quality quality;
    engine.ingest({&reading, 1}, time, out, {&quality, 1});
    return quality;
  }
  LinkState state() const { return engine.state(0, {}).value().state; }
  Level level() const { return engine.state(0, {}).value().rules[0].level; }

  Engine engine;
  Output out;
};

TEST(Quality, CentimetresForMetresRaiseNothing) {
  auto spec = river();
  spec.quality.over_limits = 30;
  Rig rig(spec);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(rig.say(at(5 * i), 12.30), Quality::kGood);
  for (int i = 6; i < 30; ++i) EXPECT_EQ(rig.say(at(5 * i), 1'230 + i), Quality::kBadRange);
  EXPECT_EQ(rig.state(), LinkState::kImplausible);
  EXPECT_EQ(rig.level(), 0);
  EXPECT_EQ(rig.say(at(150), 12.4), Quality::kGood) << "the unit is set right";
  EXPECT_EQ(rig.state(), LinkState::kFresh);
  EXPECT_TRUE(rig.out.changes.empty());
}

TEST(Quality, AFloodAboveEveryLimitIsStillAFlood) {
  auto spec = river();
  spec.quality.over_limits = 30;
  Rig rig(spec);
  for (int i = 0; i < 6; ++i) EXPECT_NE(rig.say(at(5 * i), 12 + 5 * i), Quality::kBadRange);
  EXPECT_EQ(rig.level(), 3);
  EXPECT_EQ(rig.say(at(35), 43), Quality::kGood);
  EXPECT_EQ(rig.say(at(40), 43.1), Quality::kBadRange);
  rig.engine.set_limits(0, std::vector<double>{12.5, 20}).value();
  EXPECT_EQ(rig.say(at(45), 43.1), Quality::kGood) << "the highest limit counts, as it is now";
  Rig bare(spec, {});
  EXPECT_EQ(bare.say(at(0), 1'230), Quality::kGood) << "no limit to compare with, and none to cross";
  spec.quality.over_limits = 0;
  Engine engine;
  EXPECT_EQ(engine.add_type(spec).error().param("field"), "quality.over_limits");
}

TEST(Quality, AStepIsCountedPerMinuteAndOnce) {
  Rig rig(river());
  rig.say(at(0), 10);
  EXPECT_EQ(rig.say(at(5), 15), Quality::kGood) << "5 m in 5 minutes";
  EXPECT_EQ(rig.say(at(10), 20.1), Quality::kSuspectStep);
  EXPECT_EQ(rig.say(at(15), 20.1), Quality::kGood) << "it stays there: a surge, not a spike";
  EXPECT_EQ(rig.say(at(20), 15), Quality::kSuspectStep) << "downwards, too";
  EXPECT_EQ(rig.say(at(20, 10), 15.9), Quality::kGood);
  EXPECT_EQ(rig.say(at(20, 20), 17), Quality::kSuspectStep) << "a gap of seconds counts as a minute";
  EXPECT_EQ(rig.state(), LinkState::kFresh);
}

TEST(Quality, ASpikeAloneRaisesNothingWhereTwoReportsAreAsked) {
  Rig rig(river());
  rig.say(at(0), 12);
  EXPECT_EQ(rig.say(at(5), 40), Quality::kSuspectStep);
  EXPECT_EQ(rig.say(at(10), 12), Quality::kSuspectStep);
  EXPECT_TRUE(rig.out.changes.empty());
}

TEST(Quality, FlatIsALongTimeAndManyReadingsAndEndsWithAChange) {
  auto spec = river();
  spec.quality.flat_after = hours(2);
  spec.quality.flat_readings = 10;
  Rig rig(spec);
  for (int i = 0; i < 24; ++i) EXPECT_EQ(rig.say(at(5 * i), 12.3), Quality::kGood) << i;
  EXPECT_EQ(rig.state(), LinkState::kFresh);
  EXPECT_EQ(rig.say(at(120), 12.3), Quality::kSuspectFlat);
  EXPECT_EQ(rig.state(), LinkState::kFlat);
  EXPECT_EQ(rig.say(at(125), 12.3), Quality::kSuspectFlat);
  EXPECT_EQ(rig.say(at(130), 12.31), Quality::kGood);
  EXPECT_EQ(rig.state(), LinkState::kFresh);
  // Often and equal, but not for long: what was equal before the change does not count.
  for (int i = 0; i < 15; ++i) EXPECT_EQ(rig.say(at(130, 10 + i), 12.31), Quality::kGood);
  EXPECT_EQ(rig.say(at(132), 12.32), Quality::kGood);
  // Seldom and equal: long, but only three readings.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.say(at(135 + 70 * i), 12.32), Quality::kGood);
  EXPECT_EQ(rig.state(), LinkState::kFresh);
  // A gauge of a type without flat_after may say 0 for weeks.
  Rig rain(river());
  for (int i = 0; i < 500; ++i) EXPECT_EQ(rain.say(at(5 * i), 0), Quality::kGood);
  EXPECT_EQ(rain.state(), LinkState::kFresh);
}

TEST(Quality, SilenceBeginsToTheSecondAndEndsWithAReading) {
  auto spec = river();
  spec.quality.late_after = minutes(15);
  spec.quality.silent_after = minutes(60);
  Rig rig(spec);
  rig.say(at(0), 12);
  const auto state_at = [&](UtcTime now) {
    rig.engine.advance(now, rig.out);
    return rig.state();
  };
  EXPECT_EQ(state_at(at(14, 59)), LinkState::kFresh);
  EXPECT_EQ(state_at(at(15)), LinkState::kLate);
  EXPECT_EQ(state_at(at(59, 59)), LinkState::kLate);
  EXPECT_EQ(state_at(at(60)), LinkState::kSilent);
  // What is refused is not heard: a device whose clock says 2099 stays silent.
  const Reading wrong[] = {{{4'070'908'800'000}, 12, 0}, {{0}, 12, 0}, {at(61), NAN, 0}, {at(61), INFINITY, 0}};
  rig.engine.ingest(wrong, at(61), rig.out);
  EXPECT_EQ(state_at(at(61, 30)), LinkState::kSilent);
  EXPECT_EQ(rig.engine.counts().of[static_cast<size_t>(Quality::kInFuture)], 1u);
  EXPECT_EQ(rig.engine.counts().of[static_cast<size_t>(Quality::kClockUnset)], 1u);
  EXPECT_EQ(rig.engine.counts().of[static_cast<size_t>(Quality::kNotANumber)], 2u);
  // Implausible is not silent: it speaks.
  rig.say(at(62), 9'999);
  EXPECT_EQ(rig.state(), LinkState::kFresh) << "one bad reading is no verdict yet";
  rig.say(at(63), 9'999);
  rig.say(at(64), 9'999);
  EXPECT_EQ(rig.state(), LinkState::kImplausible);
}

}  // namespace
}  // namespace anlan::stream
