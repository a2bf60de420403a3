// Calling, step by step and as a whole: what is tried, when it stops, to whom silence is passed on.
#include <random>

#include "calls/calls_rig.h"

namespace anlan {
namespace {

constexpr int64_t kVillage = 622927100001, kVillage2 = 622927100002, kTown = 622927100;

TEST_F(CallsRig, TriesAgainThenTheNextChannelThenPassesOn) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage)}, {usual()});
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).channel, "voice");
  report(1, Outcome::no_answer);
  EXPECT_EQ(state(1), CallState::queued);
  EXPECT_EQ(row(1).due, clock.at + seconds(60));
  pass(seconds(60));
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).attempts, 2);
  report(1, Outcome::busy);
  EXPECT_EQ(row(1).channel, "sms") << "two tries are made, the next channel follows at once";
  report(1, Outcome::delivered);
  EXPECT_EQ(state(1), CallState::waiting);
  pass(seconds(120));
  EXPECT_EQ(state(1), CallState::waiting) << "reached: waits for the limit";
  EXPECT_EQ(calls(), 1);
  pass(minutes(5) - seconds(180));
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(row(2).person, PersonId{2});
  EXPECT_EQ(row(2).kind, CallKind::deputy);
  EXPECT_EQ(state(2), CallState::calling);
  EXPECT_EQ(outcomes(1), (std::vector<Outcome>{Outcome::no_answer, Outcome::busy, Outcome::delivered}));
  expect_same_board();
}

TEST_F(CallsRig, AnAttemptWithoutReportTimesOut) {
  open({entry(1, 11, kVillage)}, {usual()});
  pass(seconds(89));
  EXPECT_EQ(state(1), CallState::calling);
  pass(seconds(1));
  EXPECT_EQ(state(1), CallState::queued);
  EXPECT_EQ(outcomes(1), std::vector<Outcome>{Outcome::failed});
}

TEST_F(CallsRig, AWrongNumberIsNotTriedAgainButTheOtherOneIs) {
  contacts.numbers[1] = {"13800000001", "13800000002"};
  open({entry(1, 11, kVillage)}, {usual()});
  EXPECT_EQ(row(1).phone, "13800000001");
  report(1, Outcome::wrong_number);
  EXPECT_EQ(row(1).phone, "13800000002");
  EXPECT_EQ(row(1).channel, "voice");
  report(1, Outcome::wrong_number);
  EXPECT_EQ(row(1).channel, "sms");
  EXPECT_EQ(row(1).phone, "13800000001") << "the first choice first, by every channel";
  report(1, Outcome::wrong_number);
  EXPECT_EQ(row(1).phone, "13800000002");
  report(1, Outcome::wrong_number);
  EXPECT_EQ(state(1), CallState::exhausted) << "never reached, nobody to pass on to: at once";
}

TEST_F(CallsRig, TheLimitEndsAnAttemptAndPassesOnOnce) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage)}, {rule("village", seconds(100), {{"voice", 9, seconds(50)}}, {NextStep::deputy})});
  report(1, Outcome::busy);
  pass(seconds(60));
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).due, row(1).limit_at) << "the channel's 90 s would reach beyond the limit";
  pass(seconds(40));
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(outcomes(1), (std::vector<Outcome>{Outcome::busy, Outcome::no_answer}));
  pass(seconds(99));
  EXPECT_EQ(calls(), 2);
  expect_same_board();
}

TEST_F(CallsRig, AnAnswerStopsTheCall) {
  open({entry(1, 11, kVillage), entry(2, 21, kVillage2)}, {usual()});
  ASSERT_TRUE(answer(1, "moved", 31));
  EXPECT_EQ(state(1), CallState::answered);
  EXPECT_EQ(outcomes(1), std::vector<Outcome>{Outcome::answered});
  EXPECT_EQ(channels["voice"]->withdrawn, std::vector<std::string>{"1-1-1"});
  const auto c = totals();
  EXPECT_EQ(c.due, 2);
  EXPECT_EQ(c.called, 2);
  EXPECT_EQ(c.answered, 1);
  EXPECT_EQ(c.people_moved, 31);
  pass(minutes(10));
  EXPECT_EQ(row(1).attempts, 1);
  expect_same_board();
}

TEST_F(CallsRig, ALateAnswerReleasesTheDeputy) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  contacts.superiors[0] = {PersonId{9}, PostId{91}, PlaceCode(kTown), "leader"};
  open({entry(1, 11, kVillage)}, {usual(), usual("leader")});
  pass(minutes(5));
  EXPECT_EQ(state(1), CallState::escalated);
  ASSERT_TRUE(answer(1));
  EXPECT_EQ(state(1), CallState::answered);
  EXPECT_EQ(state(2), CallState::stopped);
  EXPECT_EQ(outcomes(2), std::vector<Outcome>{Outcome::stopped});
  EXPECT_EQ(reader->integer("SELECT late FROM answers"), 1);
  pass(minutes(20));
  EXPECT_EQ(calls(), 2);
  expect_same_board();
}

TEST_F(CallsRig, AnAnswerPressedInTimeIsNotLate) {
  open({entry(1, 11, kVillage)}, {usual()});
  const UtcTime pressed = clock.at + minutes(2);
  pass(minutes(20));
  GiveAnswer g{round, 1, "received"};
  g.pressed_at = pressed;
  ASSERT_TRUE(run([&](Reader& r, UtcTime now) { return give_answer(r, pack, g, now); }));
  EXPECT_EQ(reader->integer("SELECT late FROM answers"), 0);
}

TEST_F(CallsRig, TheAnswerOfTheDeputyCovers) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage)}, {usual()});
  pass(minutes(5));
  ASSERT_TRUE(answer(2));
  EXPECT_EQ(state(1), CallState::covered);
  EXPECT_EQ(totals().answered, 1);
  expect_same_board();
}

TEST_F(CallsRig, WhoCannotActIsPassedOnAtOnce) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage)}, {usual()});
  ASSERT_TRUE(answer(1, "unable"));
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(state(2), CallState::calling);
  EXPECT_EQ(totals().attention, 1);
  expect_same_board();
  ASSERT_TRUE(answer(1, "received"));
  EXPECT_EQ(totals().attention, 0) << "the last answer counts";
  EXPECT_EQ(state(2), CallState::stopped);
  expect_same_board();
}

TEST_F(CallsRig, SeveralPostsGoToTheirOwnDeputies) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  contacts.deputies[13] = {PersonId{3}, PostId{14}, PlaceCode(kVillage2), "village"};
  open({entry(1, 11, kVillage, 0, {PostId{13}})}, {usual()});
  pass(minutes(5));
  EXPECT_EQ(row(2).person, PersonId{2});
  EXPECT_EQ(row(3).person, PersonId{3});
  ASSERT_TRUE(answer(2));
  EXPECT_EQ(state(1), CallState::escalated) << "one post of two is answered for";
  expect_same_board();
  ASSERT_TRUE(answer(3));
  EXPECT_EQ(state(1), CallState::covered);
  expect_same_board();
}

TEST_F(CallsRig, APostForWhichNobodyIsLeftStaysSilent) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage, 0, {PostId{13}})}, {usual()});
  pass(minutes(5));
  ASSERT_TRUE(answer(2));
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(totals().answered, 0);
  expect_same_board();
}

TEST_F(CallsRig, VacantPostsAndPeopleWithoutNumberArePassedOnAtOnce) {
  contacts.superiors[0] = {PersonId{9}, PostId{91}, PlaceCode(kTown), "leader"};
  contacts.numbers[2] = {};
  open({entry(0, 11, kVillage), entry(2, 21, kVillage2)}, {usual(), usual("leader")});
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(state(2), CallState::escalated);
  EXPECT_EQ(calls(), 3);
  EXPECT_EQ(totals().vacant, 1);
  EXPECT_EQ(totals().due, 2);
  expect_same_board();
}

TEST_F(CallsRig, ATownLeaderIsAskedOnceForTwentyVillages) {
  contacts.superiors[0] = {PersonId{900}, PostId{91}, PlaceCode(kTown), "leader"};
  std::vector<ListEntry> list;
  for (int64_t i = 1; i <= 20; ++i) list.push_back(entry(i, 100 + i, kVillage + i));
  open(list, {rule("village", minutes(5), {{"voice", 1, {}}}, {NextStep::superior}), usual("leader")});
  // They fall silent at different times: a number that is wrong is known at once, no answer only at the limit.
  for (int64_t i = 1; i <= 10; ++i) {
    report(i, Outcome::wrong_number);
    pass(seconds(3));
  }
  EXPECT_EQ(calls(), 21);
  EXPECT_EQ(state(21), CallState::calling);
  report(21, Outcome::answered);
  for (int64_t i = 11; i <= 20; ++i) report(i, Outcome::no_answer);
  EXPECT_EQ(calls(), 21) << "he has not answered yet: one call for all";
  ASSERT_TRUE(answer(21));
  for (int64_t i = 1; i <= 20; ++i) EXPECT_EQ(state(i), CallState::covered) << i;
  EXPECT_EQ(totals().answered, 20);
  expect_same_board();
}

TEST_F(CallsRig, SilenceGoesUpToTheDutyRoomAndEnds) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  contacts.superiors[0] = {PersonId{9}, PostId{91}, PlaceCode(kTown), "leader"};
  contacts.duties[0] = {PersonId{10}, PostId{92}, PlaceCode(622927), "leader"};
  open({entry(1, 11, kVillage)}, {usual(), usual("leader")});
  pass(minutes(30));
  ASSERT_EQ(calls(), 4);
  EXPECT_EQ(row(2).kind, CallKind::deputy);
  EXPECT_EQ(row(3).kind, CallKind::superior);
  EXPECT_EQ(row(4).kind, CallKind::duty_above);
  EXPECT_EQ(state(4), CallState::exhausted);
  ASSERT_TRUE(answer(4));
  for (int64_t i = 1; i <= 3; ++i) EXPECT_EQ(state(i), CallState::covered) << i;
  expect_same_board();
}

TEST_F(CallsRig, ADigitIsTheSameAnswerAsTheButton) {
  open({entry(1, 11, kVillage)}, {usual()});
  caller->answer_by_digit(round, 1, 7, {}, "voice");
  settle();
  EXPECT_EQ(state(1), CallState::calling) << "no such digit";
  caller->answer_by_digit(round, 1, 3, 12, "voice");
  settle();
  EXPECT_EQ(state(1), CallState::answered);
  EXPECT_EQ(reader->text("SELECT actor FROM facts ORDER BY seq DESC LIMIT 1"), "person:1");
  EXPECT_EQ(totals().people_moved, 12);
}

TEST_F(CallsRig, ReportsThatComeLateOrTwiceChangeNothing) {
  open({entry(1, 11, kVillage)}, {usual()});
  ASSERT_TRUE(answer(1));
  const auto before = writer->seq();
  report(1, Outcome::answered);
  caller->report({round, 1, 7, Outcome::busy});
  caller->report({round, 99, 1, Outcome::busy});
  settle();
  EXPECT_EQ(writer->seq(), before);
}

TEST_F(CallsRig, AStopHoldsTheClockOfTheRound) {
  open({entry(1, 11, kVillage)}, {usual()});
  report(1, Outcome::no_answer);
  const auto before = row(1);
  pass(seconds(30));
  ASSERT_TRUE(run([&](Reader& r, UtcTime) { return stop_round(r, round, "误发"); }));
  pass(minutes(60));
  EXPECT_EQ(row(1).attempts, 1);
  ASSERT_TRUE(run([&](Reader& r, UtcTime now) { return resume_round(r, round, now); }));
  settle();
  EXPECT_EQ(row(1).due, before.due + minutes(60));
  EXPECT_EQ(row(1).limit_at, before.limit_at + minutes(60));
  expect_same_board();
  pass(seconds(30));
  EXPECT_EQ(row(1).attempts, 2);
  EXPECT_EQ(run([&](Reader& r, UtcTime now) { return resume_round(r, round, now); }).error().code, ErrorCode::kConflict);
}

TEST_F(CallsRig, AJumpOfTheClockMovesDeadlines) {
  open({entry(1, 11, kVillage)}, {usual()});
  const auto before = row(1);
  clock.at = clock.at + hours(9);
  ASSERT_TRUE(run([](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(ClockJumped{hours(9)})}, "{}"}; }));
  settle();
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).due, before.due + hours(9));
  EXPECT_EQ(row(1).limit_at, before.limit_at + hours(9));
}

TEST_F(CallsRig, CalledAgainWithANewLimit) {
  open({entry(1, 11, kVillage), entry(0, 12, kVillage)}, {usual()});
  pass(minutes(6));
  EXPECT_EQ(state(1), CallState::exhausted);
  EXPECT_EQ(run([&](Reader& r, UtcTime now) { return call_again(r, pack, contacts, round, {2}, now); }).error().code, ErrorCode::kConflict);
  again({1});
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).limit_at, clock.at + minutes(5));
  EXPECT_EQ(channels["voice"]->placed.back().no, row(1).attempts);
  expect_same_board();
}

TEST_F(CallsRig, CalledAgainBeforeItsNextTryWasDue) {
  open({entry(1, 11, kVillage)}, {usual()});
  report(1, Outcome::no_answer);
  ASSERT_EQ(state(1), CallState::queued);
  ASSERT_GT(row(1).due, clock.at);
  const auto limit = row(1).limit_at;
  again({1});
  EXPECT_EQ(state(1), CallState::calling);
  EXPECT_EQ(row(1).attempts, 2);
  EXPECT_EQ(row(1).limit_at, limit) << "the limit goes on from the first attempt";
  const auto before = writer->seq();
  again({1});
  EXPECT_EQ(writer->seq(), before) << "it is being called";
  expect_same_board();
}

TEST_F(CallsRig, PassedOnByHandWhileThePhoneStillRings) {
  contacts.superiors[0] = {PersonId{9}, PostId{91}, PlaceCode(kTown), "leader"};
  open({entry(1, 11, kVillage)}, {usual(), usual("leader")});
  EXPECT_EQ(run([&](Reader& r, UtcTime now) { return pass_on_now(r, pack, contacts, round, 1, CallKind::deputy, now); }).error().code,
            ErrorCode::kConflict);
  ASSERT_TRUE(run([&](Reader& r, UtcTime now) { return pass_on_now(r, pack, contacts, round, 1, CallKind::superior, now); }));
  settle();
  EXPECT_EQ(state(1), CallState::escalated);
  EXPECT_EQ(outcomes(1), std::vector<Outcome>{Outcome::stopped}) << "no attempt is lost from the record";
  EXPECT_EQ(caller->channel_states()[1].in_flight, 1) << "the leader's";
  expect_same_board();
}

TEST_F(CallsRig, ARehearsalStopsBeforeTheLastHop) {
  open({entry(1, 11, kVillage), entry(0, 12, kVillage)}, {usual()}, RoundMode::rehearsal);
  EXPECT_TRUE(channels["voice"]->placed.empty());
  EXPECT_EQ(state(1), CallState::waiting);
  EXPECT_EQ(row(1).due, kNever);
  EXPECT_EQ(outcomes(1), std::vector<Outcome>{Outcome::rehearsed});
  caller->with_board(round, [](const Board& b) { EXPECT_EQ(b.open(), b.waiting_for_ever()); });
  // What never falls due survives a stop and a jump.
  ASSERT_TRUE(run([&](Reader& r, UtcTime) { return stop_round(r, round, ""); }));
  clock.at = clock.at + minutes(1);
  ASSERT_TRUE(run([&](Reader& r, UtcTime now) { return resume_round(r, round, now); }));
  settle();
  EXPECT_EQ(row(1).due, kNever);
  expect_same_board();
}

TEST_F(CallsRig, NothingIsLostNorDoneTwiceByARestart) {
  contacts.deputies[0] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage), entry(3, 31, kVillage2)}, {usual()});
  report(1, Outcome::no_answer);
  start();
  settle();
  expect_same_board();
  EXPECT_EQ(channels["voice"]->placed.size(), 3u);
  EXPECT_EQ(channels["voice"]->placed.back().key(), "1-2-1") << "the attempt in flight, under the same key";
  pass(seconds(60));
  EXPECT_EQ(row(1).attempts, 2);
}

TEST_F(CallsRig, AnswersAreChecked) {
  open({entry(1, 11, kVillage)}, {usual()});
  auto code = [&](GiveAnswer g) {
    g.round = round;
    g.seq = g.seq ? g.seq : 1;
    const auto a = run([&](Reader& r, UtcTime now) { return give_answer(r, pack, g, now); });
    return a ? ErrorCode::kInternal : a.error().code;
  };
  EXPECT_EQ(code({.seq = 7, .meaning = "received"}), ErrorCode::kNotFound);
  EXPECT_EQ(code({.meaning = "hello"}), ErrorCode::kInvalidField);
  EXPECT_EQ(code({.meaning = "received", .number = 3}), ErrorCode::kInvalidField);
  EXPECT_EQ(code({.meaning = "moved", .number = -3}), ErrorCode::kInvalidField);
  EXPECT_EQ(code({.meaning = "received", .text = std::string(2'001, 'x')}), ErrorCode::kTooLarge);
  EXPECT_EQ(code({.meaning = "received", .lon = 200, .lat = 30}), ErrorCode::kInvalidField);
  EXPECT_EQ(code({.meaning = "received", .lon = 100}), ErrorCode::kInvalidField);
  EXPECT_EQ(code({.meaning = "received", .photos = {"../x"}}), ErrorCode::kInvalidField);
  for (int64_t i = 0; i < kAnswersMax; ++i) ASSERT_TRUE(answer(1));
  EXPECT_EQ(code({.meaning = "received"}), ErrorCode::kTooLarge);
}

TEST_F(CallsRig, LinesAreNotOverfilled) {
  pack.channels[1].concurrency = 7;
  start();
  std::vector<ListEntry> list;
  for (int64_t i = 1; i <= 30; ++i) list.push_back(entry(i, 100 + i, kVillage));
  open(list, {usual()});
  EXPECT_EQ(channels["voice"]->placed.size(), 7u);
  for (int64_t i = 1; i <= 3; ++i) ASSERT_TRUE(answer(i));
  EXPECT_EQ(caller->channel_states()[1].in_flight, 7);
  EXPECT_EQ(channels["voice"]->placed.size(), 10u);
}

// Whatever happens in whatever order: the board kept from facts equals the tables, also after a restart, lines are
// given back, and every call ends.
class CallsProperty : public CallsRig, public testing::WithParamInterface<uint32_t> {};

TEST_P(CallsProperty, TheBoardFollowsTheTables) {
  std::mt19937 random(GetParam());
  auto pick = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint32_t>(n)); };
  std::vector<ListEntry> list;
  for (int64_t i = 1; i <= 30; ++i) {
    std::vector<PostId> extra;
    for (int64_t n = pick(3); n > 0; --n) extra.push_back(PostId{1'000 + pick(60)});
    list.push_back(entry(pick(8) ? i : 0, 100 + i, kVillage + pick(3) * 1'000 + pick(4), static_cast<int>(pick(2)), extra));
    if (!pick(10)) contacts.numbers[i] = {};
    if (!pick(4)) contacts.accounts.insert(i);
  }
  for (int64_t post = 100; post < 1'060; post += post < 140 ? 1 : 5) {
    if (pick(2)) contacts.deputies[post] = {PersonId{50 + pick(12)}, PostId{2'000 + post}, PlaceCode(kVillage), "village"};
    if (pick(3)) contacts.superiors[post] = {PersonId{70 + pick(3)}, PostId{3'000 + pick(3)}, PlaceCode(kTown), "leader"};
  }
  contacts.duties[0] = {PersonId{90}, PostId{4'000}, PlaceCode(622927), "leader"};
  auto leader = rule("leader", minutes(3), {{"app", 1, {}}, {"voice", 3, seconds(20)}, {"sms", 1, {}}}, {NextStep::superior, NextStep::duty_above});
  open(list, {usual(), leader});
  bool moved_back = false;  // progress of the past is not kept in the tables when an answer is taken back
  const char* meanings[] = {"received", "moved", "need_support", "unable"};
  for (int step = 0; step < 250; ++step) {
    const int64_t seq = 1 + pick(calls());
    switch (pick(12)) {
      case 0: case 1: pass(seconds(1 + pick(40))); break;
      case 2: case 3: case 4: case 5:
        caller->report({round, seq, std::max(1, row(seq).attempts), static_cast<Outcome>(1 + pick(7))});
        if (pick(2)) settle();
        break;
      case 6: case 7: (void)answer(seq, meanings[pick(4)], {}); break;
      case 8:
        moved_back = true;
        again({seq, 1 + pick(calls())});
        break;
      case 9:
        (void)run([&](Reader& r, UtcTime now) { return pass_on_now(r, pack, contacts, round, seq, pick(2) ? CallKind::deputy : CallKind::superior, now); });
        break;
      case 10:
        (void)run([&](Reader& r, UtcTime) { return stop_round(r, round, "x"); });
        if (pick(2)) pass(seconds(pick(100)));
        if (pick(4)) (void)run([&](Reader& r, UtcTime now) { return resume_round(r, round, now); });
        break;
      case 11:
        if (!pick(3)) {
          const Millis by = seconds(pick(2'000) - 1'000);
          clock.at = clock.at + by;
          (void)run([by](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(ClockJumped{by})}, "{}"}; });
        } else if (!pick(3)) {
          start();
        }
        break;
    }
    if (step % 10 == 0) {
      settle();
      expect_same_board(false);
      if (HasFailure()) FAIL() << "seed " << GetParam() << " step " << step;
    }
  }
  (void)run([&](Reader& r, UtcTime now) { return resume_round(r, round, now); });
  pass(hours(2));
  expect_same_board(!moved_back);
  for (int64_t seq = 1; seq <= calls(); ++seq) EXPECT_FALSE(is_open(state(seq))) << "seq " << seq << " seed " << GetParam();
  for (const auto& c : caller->channel_states()) EXPECT_EQ(c.in_flight, 0) << c.id;
  // Every attempt has its row: none is lost, none doubled.
  EXPECT_EQ(reader->integer("SELECT SUM(attempts) FROM calls"), reader->integer("SELECT COUNT(*) FROM attempts"));
}
INSTANTIATE_TEST_SUITE_P(Seeds, CallsProperty, testing::Range(1u, 25u));

}  // namespace
}  // namespace anlan
