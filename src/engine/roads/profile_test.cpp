#include "roads/profile.h"

#include <gtest/gtest.h>

#include <array>

#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

// One road of 1 km of the class, arc 0 forward and arc 1 backward.
Graph one_road(Road road) {
  Draft draft;
  draft.at = {{104, 30}, {104.01, 30}};
  road.length_dm = 10'000;
  draft.add(0, 1, road, draft.at);
  return build_graph(std::move(draft));
}
Weight along(Road road, const Profile& profile, int period = -1, const RoadState* state = nullptr) {
  return weight(one_road(road), profile, 0, period, state);
}

Road primary(uint16_t flags = 0) { return {.road_class = RoadClass::kPrimary, .flags = static_cast<uint16_t>(fixture::kBothWays | flags)}; }

TEST(Profile, TimeIsLengthOverTheSmallerSpeed) {
  const Profile car = fixture::car();  // 65 km/h on a primary road
  EXPECT_EQ(along(primary(), car), 55'385u);  // 3,600,000 / 65 = 55,384.6
  Road road = primary();
  road.limit_kmh = 40;
  EXPECT_EQ(along(road, car), 90'000u);
  EXPECT_EQ(along(road, fixture::truck()), 112'500u);  // reaches 0.8 of the limit
  road.limit_kmh = 100;
  EXPECT_EQ(along(road, car), 55'385u);
  EXPECT_EQ(along(primary(kUnpaved), car), 92'308u);
  Profile slow = car;
  slow.per_junction_s = 2.5F;
  EXPECT_EQ(along(primary(), slow), 57'885u);
  road = primary();
  road.length_dm = 0;
  Graph graph = one_road(road);
  graph.roads[0].length_dm = 0;
  EXPECT_EQ(weight(graph, car, 0), 1u) << "never nothing";
}

TEST(Profile, PeriodsScaleSpeedAndRunPastMidnight) {
  const Profile car = fixture::car();
  EXPECT_EQ(along(primary(), car, 1), 79'121u);  // 65 × 0.7
  EXPECT_EQ(period_at(car, 23 * 60), 0);
  EXPECT_EQ(period_at(car, 5 * 60 + 59), 0);
  EXPECT_EQ(period_at(car, 6 * 60), -1);
  EXPECT_EQ(period_at(car, 7 * 60), 1);
  EXPECT_EQ(period_at(car, 9 * 60), -1);
}

TEST(Profile, WhoMayUseARoad) {
  const Profile car = fixture::car(), truck = fixture::truck(), fire = fixture::fire_engine(), foot = fixture::walker();
  for (const uint16_t flag : {kPrivate, kEmergencyOnly}) {
    EXPECT_EQ(along(primary(flag), car), kUnreachable);
    EXPECT_NE(along(primary(flag), fire), kUnreachable);
    EXPECT_NE(along(primary(flag), foot), kUnreachable);
  }
  EXPECT_EQ(along(primary(kNoTruck), truck), kUnreachable);
  EXPECT_NE(along(primary(kNoTruck), car), kUnreachable);
  EXPECT_EQ(along(primary(kNoHazmat), truck), kUnreachable);
  Road low = primary();
  low.max_height_cm = 400;
  EXPECT_NE(along(low, truck), kUnreachable) << "4.00 m passes under 4.00 m";
  low.max_height_cm = 399;
  EXPECT_EQ(along(low, truck), kUnreachable);
  EXPECT_NE(along(low, foot), kUnreachable);
  Road weak = primary();
  weak.max_weight_kg = 20'000;
  EXPECT_EQ(along(weak, truck), kUnreachable);
  EXPECT_NE(along(weak, fire), kUnreachable);
  EXPECT_EQ(along({.road_class = RoadClass::kSteps, .flags = fixture::kBothWays}, car), kUnreachable) << "no speed on steps";

  const Graph one_way = one_road({.road_class = RoadClass::kPrimary, .flags = kMotorForward | kFootForward | kFootBackward});
  EXPECT_NE(weight(one_way, car, 0), kUnreachable);
  EXPECT_EQ(weight(one_way, car, 1), kUnreachable);
  EXPECT_EQ(weight(one_way, fire, 1), kUnreachable);
  EXPECT_NE(weight(one_way, foot, 1), kUnreachable);
  Graph no_turn = one_road(primary());
  no_turn.turn_banned[0] = 1;
  EXPECT_EQ(weight(no_turn, car, 0), kUnreachable);
  EXPECT_NE(weight(no_turn, foot, 0), kUnreachable);
}

TEST(Profile, FixedTimesHoldForEveryVehicleAndForWalkersOnFerries) {
  Road road = primary();
  road.fixed_ms = 1234;
  EXPECT_EQ(along(road, fixture::car(), 1), 1234u);
  EXPECT_EQ(along(road, fixture::walker()), 720'000u);
  road.road_class = RoadClass::kFerry;
  EXPECT_EQ(along(road, fixture::walker()), 1234u);
}

TEST(Profile, StatesOfARoad) {
  const Profile car = fixture::car(), truck = fixture::truck();
  RoadState state{.closed_forward = true};
  const Graph graph = one_road(primary());
  EXPECT_EQ(weight(graph, car, 0, -1, &state), kUnreachable);
  EXPECT_EQ(weight(graph, fixture::walker(), 0, -1, &state), kUnreachable);
  EXPECT_EQ(weight(graph, car, 1, -1, &state), weight(graph, car, 1));
  state = {.speed_kmh = 20};
  EXPECT_EQ(weight(graph, car, 0, -1, &state), 180'000u);
  state = {.speed_kmh = 200};
  EXPECT_EQ(weight(graph, car, 0, -1, &state), weight(graph, car, 0));
  state = {.max_weight_kg = 10'000};
  EXPECT_EQ(weight(graph, truck, 0, -1, &state), kUnreachable);
  EXPECT_NE(weight(graph, car, 0, -1, &state), kUnreachable);
  Graph timed = graph;
  timed.roads[0].fixed_ms = 60'000;
  state = {.speed_kmh = 20};
  EXPECT_EQ(weight(timed, car, 0, -1, &state), 180'000u) << "a slow road slows measured times too";
}

TEST(Profile, AllArcsAtOnceEqualOneByOne) {
  const Graph graph = fixture::random_graph(400, 5);
  for (const Profile& profile : {fixture::car(), fixture::truck(), fixture::fire_engine(), fixture::walker()})
    for (int period = -1; period < static_cast<int>(profile.periods.size()); ++period) {
      const auto all = weights(graph, profile, period);
      size_t open = 0;
      for (Arc a = 0; a < graph.arcs(); ++a) {
        ASSERT_EQ(all[a], weight(graph, profile, a, period));
        ASSERT_TRUE(all[a] >= 1 && all[a] <= kUnreachable);
        open += all[a] != kUnreachable;
      }
      EXPECT_GT(open, graph.arcs() / 4) << profile.id;
    }
}

}  // namespace
}  // namespace anlan::roads
