#include "logistics/dispatch_missions.h"

#include <gtest/gtest.h>

#include "logistics/dispatch_fixture.h"

namespace anlan {
namespace {

const UtcTime kNow{1'763'700'000'000};

MissionOnTheWay mission(double from_km, double to_km, const char* profile = "car") {
  const LonLat to = north_km(to_km);
  return {{MissionId{1}, RecordId{7}, "一队", to.lon, to.lat, "大河村", "", profile, kNow - minutes(10), kNow + minutes(50)}, kNow - minutes(15), {}, north_km(from_km)};
}

struct Etas : testing::Test {
  FakeRoads roads;
  std::vector<MissionEta> ask(const std::vector<MissionOnTheWay>& m) { return mission_etas(m, roads.ask(), kNow).value(); }
};

TEST_F(Etas, UnseenItLeavesFromHomeAsPlanned) {
  const auto eta = ask({mission(0, 60)})[0];
  ASSERT_TRUE(eta.eta.has_value());
  EXPECT_NEAR(static_cast<double>((*eta.eta - kNow).count), 50 * 60e3, 5e3);
  EXPECT_EQ(eta.late_minutes, 0);
  EXPECT_FALSE(eta.by_position);
  EXPECT_TRUE(eta.estimated);
}

TEST_F(Etas, SeenItArrivesFromThereAndAnOldSightingDoesNotCount) {
  auto m = mission(0, 60);
  m.seen = SeenAt{RecordId{7}, north_km(40), kNow - minutes(1), {}};
  auto eta = ask({m})[0];
  EXPECT_TRUE(eta.by_position);
  EXPECT_NEAR(static_cast<double>((*eta.eta - kNow).count), 19 * 60e3, 5e3);
  EXPECT_EQ(eta.late_minutes, -31);
  m.seen->at = m.ordered_at - seconds(1);
  EXPECT_FALSE(ask({m})[0].by_position);
  m.seen = SeenAt{RecordId{7}, north_km(-100), kNow, {}};
  eta = ask({m})[0];
  EXPECT_EQ(eta.late_minutes, 110);
}

TEST_F(Etas, AClosedRoadMovesTheArrivalOrTakesItAway) {
  const auto m = mission(0, 60);
  roads.shut = [](LonLat, LonLat) { return true; };
  const auto eta = ask({m})[0];
  EXPECT_FALSE(eta.eta.has_value());
  EXPECT_FALSE(eta.late_minutes.has_value());
}

TEST_F(Etas, NobodyHasArrivedWhoHasNotSaidSo) {
  const auto eta = ask({mission(0, 1)})[0];
  EXPECT_EQ(eta.eta, kNow);
}

TEST_F(Etas, WithoutAPlaceOrAProfileWhatWasPlanned) {
  auto m = mission(0, 60);
  m.home.reset();
  EXPECT_EQ(ask({m})[0].eta, m.mission.due);
  EXPECT_EQ(roads.asked, 0);
  EXPECT_EQ(mission_etas({mission(0, 60, "broken")}, roads.ask(), kNow).error().code, ErrorCode::kUnavailable);
}

TEST_F(Etas, OneQuestionForEachProfileAndFiveHundred) {
  std::vector<MissionOnTheWay> many;
  for (int i = 0; i < 1'100; ++i) many.push_back(mission(i % 50, 60, i % 2 ? "car" : "truck"));
  const auto etas = ask(many);
  EXPECT_EQ(etas.size(), 1'100u);
  EXPECT_EQ(roads.asked, 4);
  for (const auto& e : etas) EXPECT_TRUE(e.eta.has_value());
}

}  // namespace
}  // namespace anlan
