// Single faults, one at a time, on a whole node: full disk, jumping clock, hanging channel, power failure.
#include <gtest/gtest.h>

#include "simulation/sim_county.h"
#include "simulation/sim_world.h"

namespace anlan {
namespace {

SimSettings quiet(uint64_t seed) {
  SimSettings s;
  s.seed = seed;
  s.quiet = true;
  return s;
}

WarningContent red(SimWorld& world) {
  WarningContent c;
  c.hazard = "rainstorm";
  c.level = WarningLevel::red;
  c.places = {kSimCounty};
  c.headline = c.message = "暴雨红色预警";
  c.onset = world.node().clock().now();
  c.expires = c.onset + hours(12);
  return c;
}

int64_t facts(SimWorld& world) {
  auto reader = world.node().store().connect().value();
  return reader->integer("SELECT COUNT(*) FROM facts").value_or(-1);
}

TEST(DiskFull, RefusesClearlyKeepsReadersAndRecovers) {
  SimWorld world(quiet(11));
  const auto round = world.issue(red(world));
  world.pass(seconds(20));
  world.disk().set_capacity(world.disk().used());
  auto person = [](Reader& r, UtcTime) {
    PersonPatch p;
    p.name = std::string(60, 'n');
    p.note = std::string(400, 'x');
    return add_person(r, p);
  };
  std::optional<Error> refusal;
  for (int i = 0; i < 200 && !refusal; ++i)
    if (auto answer = world.do_command("fill" + std::to_string(i), person); !answer->ok()) refusal = answer->error();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, ErrorCode::kDiskFull);
  EXPECT_TRUE(world.node().writer().disk_full());

  const int64_t before = facts(world);
  EXPECT_GT(before, 0);  // readers go on
  EXPECT_TRUE(world.node().caller().with_board(round, [](const Board& b) { EXPECT_GT(b.totals().due, 0); }));
  world.pass(seconds(30));  // reports and digits come in meanwhile
  EXPECT_GE(facts(world), before);

  world.disk().set_capacity(SimDisk::kUnlimited);
  const auto again = world.do_command("after", person);
  ASSERT_TRUE(again->ok()) << again->error().describe();
  EXPECT_FALSE(world.node().writer().disk_full());
  world.pass(hours(1));
  EXPECT_GT(facts(world), before + 1);
  world.check_all();
  EXPECT_EQ(world.failure().value_or(""), "");
}

// The digits that people press while nothing can be written are not forgotten.
TEST(DiskFull, KeepsTheAnswersOfTheTelephoneUntilThereIsRoom) {
  SimWorld world(quiet(12));
  const auto round = world.issue(red(world));
  int64_t seq = 0;
  world.node().caller().with_board(round, [&](const Board& b) {
    for (size_t i = 0; i < b.slots().size() && !seq; ++i)
      if (b.slots()[i].person) seq = static_cast<int64_t>(i) + 1;
  });
  ASSERT_GT(seq, 0);
  world.disk().set_capacity(0);
  world.answer_by_digit(round, seq, 1, {}, "voice");
  world.pass(seconds(10));
  auto answers = [&] {
    auto reader = world.node().store().connect().value();
    return reader->integer("SELECT COUNT(*) FROM answers WHERE call = ?", {call_key(round, seq)}).value_or(-1);
  };
  EXPECT_EQ(answers(), 0);
  world.disk().set_capacity(SimDisk::kUnlimited);
  world.pass(seconds(5));
  EXPECT_GE(answers(), 1);
}

class ClockJumps : public testing::TestWithParam<int> {};

// SimWorld checks that no limit takes effect early; here also that all do, in time.
TEST_P(ClockJumps, NoLimitPassesEarlyOrLate) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SimWorld world(quiet(seed));
    const auto round = world.issue(red(world));
    world.pass(seconds(90));
    world.clock().error = world.clock().error + hours(GetParam());
    world.pass(seconds(1));
    EXPECT_EQ(world.witness().totals().jumps, 1);
    EXPECT_EQ(world.node().clock().now(), world.clock().now());
    world.pass(minutes(45));
    world.node().caller().with_board(round, [&](const Board& b) { EXPECT_EQ(b.open(), 0); });
    world.check_all();
    EXPECT_EQ(world.failure().value_or(""), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(AnHour, ClockJumps, testing::Values(1, -1), [](const auto& info) { return info.param > 0 ? "forward" : "back"; });

TEST(ClockJump, StoppedRoundResumesWithTheTimeThatWasLeft) {
  SimWorld world(quiet(5));
  const auto round = world.issue(red(world));
  world.pass(seconds(30));
  ASSERT_TRUE(world.do_command("stop", [&](Reader& r, UtcTime) { return stop_round(r, round, "pause"); })->ok());
  world.pass(minutes(3));
  world.clock().error = world.clock().error + hours(1);
  world.pass(minutes(3));
  ASSERT_TRUE(world.do_command("go on", [&](Reader& r, UtcTime now) { return resume_round(r, round, now); })->ok());
  auto reader = world.node().store().connect().value();
  const auto body = reader->text("SELECT body FROM facts WHERE kind = 'RoundResumed'");
  ASSERT_TRUE(body);
  const auto paused = from_json_text<RoundResumed>(*body, "RoundResumed")->paused;
  EXPECT_NEAR(static_cast<double>(paused.count), static_cast<double>(minutes(6).count), 2000);
  reader.reset();
  world.pass(hours(1));
  world.check_all();
  EXPECT_EQ(world.failure().value_or(""), "");
}

TEST(HangingChannel, TimesOutAndOthersFollow) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SimWorld world(quiet(seed));
    for (const auto* id : {"app", "voice", "sms"}) world.hang(id, true);
    const auto round = world.issue(red(world));
    world.pass(hours(2));
    world.node().caller().with_board(round, [&](const Board& b) {
      EXPECT_EQ(b.open(), 0);
      EXPECT_EQ(b.totals().answered, 0);
    });
    for (const auto& channel : world.node().caller().channel_states()) EXPECT_EQ(channel.in_flight, 0) << channel.id;
    world.check_all();
    EXPECT_EQ(world.failure().value_or(""), "") << "seed " << seed;
  }
}

TEST(PowerFailure, GoesOnWhereItStopped) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SimWorld world(quiet(seed));
    const auto round = world.issue(red(world));
    for (int i = 0; i < 20; ++i) {
      world.pass(seconds(15));
      world.crash_now();
    }
    world.pass(hours(1));
    world.node().caller().with_board(round, [&](const Board& b) { EXPECT_EQ(b.open(), 0); });
    world.check_all();
    EXPECT_EQ(world.failure().value_or(""), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace anlan
