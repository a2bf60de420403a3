#include "calls/queries.h"

#include "calls/calls_rig.h"

namespace anlan {
namespace {

constexpr int64_t kVillage = 622927100001, kOther = 622927101001, kTown = 622927100;
const std::vector<PlaceCode> kEverywhere{PlaceCode()};

class QueriesRig : public CallsRig {
 protected:
  std::vector<PickedCall> picked(CallGroup group, PlaceCode place = {}, std::vector<PlaceCode> allowed = kEverywhere) {
    std::vector<PickedCall> list;
    caller->with_board(round, [&](const Board& b) { list = pick_calls(b, group, place, allowed); });
    return list;
  }
  std::vector<int64_t> page(std::vector<PickedCall> list, int64_t offset = 0, int64_t limit = 100) { return page_of(list, offset, limit); }
};

TEST_F(QueriesRig, SilentFirstByDeadline) {
  open({entry(1, 11, kVillage), entry(2, 12, kVillage), entry(0, 13, kVillage), entry(4, 14, kOther)},
       {usual(), rule("village", minutes(9), {{"voice", 1, {}}})});
  ASSERT_TRUE(answer(1));
  ASSERT_TRUE(answer(4, "need_support"));
  pass(seconds(1));
  again({2});
  EXPECT_EQ(page(picked(CallGroup::all)), (std::vector<int64_t>{2, 3, 1, 4})) << "the vacant post has no deadline";
  EXPECT_EQ(page(picked(CallGroup::all), 1, 2), (std::vector<int64_t>{3, 1}));
  EXPECT_EQ(page(picked(CallGroup::all), 4, 2), std::vector<int64_t>{});
  EXPECT_EQ(page(picked(CallGroup::silent)), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(page(picked(CallGroup::answered)), (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(page(picked(CallGroup::attention)), std::vector<int64_t>{4});
  EXPECT_EQ(page(picked(CallGroup::vacant)), std::vector<int64_t>{3});
  EXPECT_EQ(page(picked(CallGroup::all, PlaceCode(kTown))), (std::vector<int64_t>{2, 3, 1}));
  EXPECT_EQ(page(picked(CallGroup::all, {}, {PlaceCode(622927101)})), std::vector<int64_t>{4});
  EXPECT_EQ(picked(CallGroup::all, PlaceCode(kTown), {PlaceCode(622927101)}).size(), 0u);
  EXPECT_EQ(picked(CallGroup::all, {}, {}).size(), 0u) << "without a role nothing is seen";
}

TEST_F(QueriesRig, TheBoardOneLevelBelow) {
  open({entry(1, 11, kVillage), entry(2, 12, kOther), entry(3, 13, 622927)}, {usual()});
  auto view = [&](PlaceCode place) {
    BoardView v;
    caller->with_board(round, [&](const Board& b) { v = view_board(b, place, [](PlaceCode) { return true; }); });
    return v;
  };
  const auto county = view({});
  EXPECT_EQ(county.place, PlaceCode(622927)) << "the smallest place that holds all";
  ASSERT_EQ(county.rows.size(), 3u);
  EXPECT_TRUE(county.rows[0].own) << "the county's own posts";
  EXPECT_EQ(county.rows[0].counts.due, 1);
  EXPECT_EQ(county.rows[1].place, PlaceCode(kTown));
  EXPECT_EQ(county.all.due, 3);
  const auto town = view(PlaceCode(kTown));
  ASSERT_EQ(town.rows.size(), 1u);
  EXPECT_EQ(town.rows[0].place, PlaceCode(kVillage));
  EXPECT_EQ(town.totals.due, 1);
  EXPECT_EQ(town.all.due, 3);
  EXPECT_TRUE(view(PlaceCode(kVillage)).rows.empty());
}

TEST_F(QueriesRig, APlaceThatHoldsAllTheRestIsOpened) {
  open({entry(1, 11, kVillage), entry(2, 12, kOther), entry(3, 13, 6229)}, {usual()});
  BoardView v;
  caller->with_board(round, [&](const Board& b) { v = view_board(b, {}, [](PlaceCode) { return true; }); });
  EXPECT_EQ(v.place, PlaceCode(6229));
  ASSERT_EQ(v.rows.size(), 3u) << "the city's own posts and two towns";
  EXPECT_TRUE(v.rows[0].own);
  EXPECT_EQ(v.rows[0].place, PlaceCode(6229));
  BoardCounts sum;
  for (const auto& row : v.rows) sum += row.counts;
  EXPECT_EQ(sum, v.totals);
}

TEST_F(QueriesRig, LevelsThatOnlyTheNumbersHaveAreSkipped) {
  open({entry(1, 11, 429004001001), entry(2, 12, 420100001001)}, {usual()});  // 仙桃 is under no city
  BoardView v;
  caller->with_board(round, [&](const Board& b) { v = view_board(b, PlaceCode(42), [](PlaceCode c) { return c != PlaceCode(4290); }); });
  ASSERT_EQ(v.rows.size(), 2u);
  EXPECT_EQ(v.rows[0].place, PlaceCode(4201));
  EXPECT_EQ(v.rows[1].place, PlaceCode(429004));
}

TEST_F(QueriesRig, OneCallWithEverything) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  open({entry(1, 11, kVillage, 0, {PostId{15}})}, {usual()});
  report(1, Outcome::busy);
  pass(minutes(5));
  ASSERT_TRUE(answer(2, "moved", 8));
  auto holder = *read_call_details(*reader, round, 1);
  EXPECT_EQ(holder.posts, (std::vector<PostId>{PostId{11}, PostId{15}}));
  EXPECT_EQ(holder.attempts.size(), static_cast<size_t>(holder.row.attempts));
  EXPECT_EQ(holder.attempts[0].outcome, Outcome::busy);
  EXPECT_EQ(holder.next_call, 2);
  auto deputy = *read_call_details(*reader, round, 2);
  EXPECT_EQ(deputy.posts, std::vector<PostId>{PostId{11}});
  ASSERT_EQ(deputy.because_of.size(), 1u);
  EXPECT_EQ(deputy.because_of[0].person, PersonId{1});
  ASSERT_EQ(deputy.answers.size(), 1u);
  EXPECT_EQ(deputy.answers[0].number, 8);
  EXPECT_FALSE(read_call_details(*reader, round, 3));
  EXPECT_FALSE(read_call_details(*reader, round, 0));

  contacts.deputies.clear();
  open({entry(1, 11, kVillage)}, {usual()});
  auto flying = *read_call_details(*reader, round, 1);
  ASSERT_EQ(flying.attempts.size(), 1u);
  EXPECT_FALSE(flying.attempts[0].ended_at) << "in flight";
}

TEST_F(QueriesRig, CoveredThroughTheChain) {
  contacts.deputies[11] = {PersonId{2}, PostId{12}, PlaceCode(kVillage), "village"};
  contacts.superiors[0] = {PersonId{9}, PostId{91}, PlaceCode(kTown), "village"};
  open({entry(1, 11, kVillage)}, {usual()});
  pass(minutes(11));
  ASSERT_TRUE(answer(3));
  EXPECT_EQ(read_call_details(*reader, round, 1)->row.state, CallState::covered);
  EXPECT_EQ(read_call_details(*reader, round, 1)->covered_by, PersonId{9});
  EXPECT_EQ(read_call_details(*reader, round, 2)->covered_by, PersonId{9});
}

TEST_F(QueriesRig, AsItWasThen) {
  open({entry(1, 11, kVillage), entry(2, 12, kOther)}, {usual()});
  pass(seconds(20));
  ASSERT_TRUE(answer(1, "moved", 5));
  const UtcTime then = clock.at;
  pass(seconds(20));
  ASSERT_TRUE(answer(2));
  ASSERT_TRUE(answer(1, "unable"));
  const auto row = *read_round(*reader, round);
  const Board past = Board::load(*reader, pack, row, then);
  EXPECT_EQ(past.totals().answered, 1);
  EXPECT_EQ(past.totals().people_moved, 5);
  EXPECT_EQ(past.totals().attention, 0);
  EXPECT_EQ(past.counts(PlaceCode(622927101)).answered, 0);
  EXPECT_LT(past.seq, Board::load(*reader, pack, row).seq);
  EXPECT_EQ(Board::load(*reader, pack, row, then - hours(1)).totals().called, 0);
}

TEST_F(QueriesRig, ClosedBoardsAreKeptUntilALateAnswer) {
  open({entry(1, 11, kVillage)}, {usual()});
  ASSERT_TRUE(run([&](Reader& r, UtcTime) { return close_rounds(r, WarningId{warnings}, 9, "cancelled"); }));
  ClosedBoards boards;
  const auto row = *read_round(*reader, round);
  const auto first = boards.get(*reader, pack, row);
  EXPECT_EQ(boards.get(*reader, pack, row), first);
  ASSERT_TRUE(answer(1));
  EXPECT_EQ(boards.get(*reader, pack, row)->totals().answered, 1);
  EXPECT_EQ(round_totals(*reader, round), boards.get(*reader, pack, row)->totals());
}

TEST_F(QueriesRig, RoundsNewestFirst) {
  open({entry(1, 11, kVillage)}, {usual()});
  open({entry(1, 11, kVillage)}, {usual()});
  ASSERT_TRUE(run([&](Reader& r, UtcTime) { return close_rounds(r, WarningId{1}, 9, "cancelled"); }));
  EXPECT_EQ(list_rounds(*reader, RoundsAsked::all, {}).size(), 2u);
  EXPECT_EQ(list_rounds(*reader, RoundsAsked::all, {}).front().id, RoundId{2});
  EXPECT_EQ(list_rounds(*reader, RoundsAsked::open, {}).front().id, RoundId{2});
  EXPECT_EQ(list_rounds(*reader, RoundsAsked::closed, {}).front().id, RoundId{1});
  EXPECT_EQ(list_rounds(*reader, RoundsAsked::all, WarningId{1}).size(), 1u);
}

}  // namespace
}  // namespace anlan
