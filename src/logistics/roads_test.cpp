#include "logistics/roads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "logistics/road_metrics.h"
#include "logistics/road_shape.h"
#include "logistics/road_test_data.h"
#include "logistics/road_travel.h"

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr GridTown kTown{};

RoadState state(RoadStateKind kind, std::string shape) {
  RoadState s;
  s.kind = kind;
  s.shape = std::move(shape);
  return s;
}

TEST(Roads, WithoutANetworkTimesAreByDistanceAndSaySo) {
  RoadRig rig;
  EXPECT_FALSE(rig.roads->loaded());
  const LonLat a = kTown.at(0, 0), b = kTown.at(3, 0);
  const auto t = rig.roads->times({&a, 1}, {&b, 1}, {"car", {}}).value();
  EXPECT_TRUE(t.estimated);
  const auto& car = *RoadRig::pack().roads.profile("car");
  EXPECT_NEAR(t.at(0, 0), distance_m(a, b) * car.detour / car.straight_kmh * 3600, 2);
  EXPECT_EQ(rig.roads->times({&a, 1}, {&b, 1}, {"boat", {}}).error().param("field"), "profile");
  RoutesAsked way{{a, b}, {"car", {}}, 0};
  const auto routes = rig.roads->routes(way).value();
  ASSERT_EQ(routes.routes.size(), 1u);
  EXPECT_TRUE(routes.routes[0].estimated);
  const auto ground = rig.roads->reach({{a}, {10, 20}, {"car", {}}, false, true}).value();
  EXPECT_TRUE(ground.estimated);
  EXPECT_FALSE(ground.circles[0].shape.empty());
}

TEST(Roads, TimesAreThoseOfTheRoads) {
  RoadRig rig;
  rig.import(kTown.index());
  ASSERT_TRUE(rig.roads->loaded());
  const LonLat a = kTown.at(0, 1), b = kTown.at(4, 1);
  const auto t = rig.roads->times({&a, 1}, {&b, 1}, {"car", {}}).value();
  EXPECT_FALSE(t.estimated);
  const auto& car = *RoadRig::pack().roads.profile("car");
  EXPECT_NEAR(t.at(0, 0), distance_m(a, b) / car.speeds_kmh.at("primary") * 3600 + 4 * car.per_junction_s * 1000, 20);
  // Along one road, without a junction.
  const LonLat c = kTown.at(2.2, 0), d = kTown.at(2.7, 0);
  EXPECT_NEAR(rig.ms(c, d), distance_m(c, d) / car.speeds_kmh.at("primary") * 3600 + 0.5 * car.per_junction_s * 1000, 20);
  EXPECT_NEAR(rig.ms(d, c), rig.ms(c, d), 20);
  // Rush hour, at 08:00.
  const LonLat all[] = {a, b};
  const UtcTime rush{1'763'700'000'000 / 86'400'000 * 86'400'000};
  const auto slow = rig.roads->times(all, all, {"car", rush}).value();
  EXPECT_GT(slow.at(0, 1), t.at(0, 0) * 1.2);
  EXPECT_EQ(slow.at(0, 0), 0u);
  // A place that lies on no road.
  const LonLat far{103.5, 35.8};
  EXPECT_TRUE(rig.roads->times({&a, 1}, {&far, 1}, {"car", {}}).value().estimated);
}

TEST(Roads, AClosedBridgeIsGoneAroundAndComesBack) {
  RoadRig rig;
  rig.import(kTown.index());
  const LonLat a = kTown.at(1, 1), b = kTown.at(2, 1);
  const uint32_t open = rig.ms(a, b);
  const auto version = rig.roads->version();
  const auto id = rig.set(state(RoadStateKind::closed, point_shape(kTown.at(1.5, 1.0002))));
  EXPECT_GT(rig.roads->version(), version);
  const auto held = rig.roads->in_force();
  ASSERT_EQ(held.size(), 1u);
  ASSERT_EQ(held[0].roads.size(), 1u);
  EXPECT_EQ(rig.roads->network()->name_of(held[0].roads[0]), "黄河大桥");
  EXPECT_GT(rig.ms(a, b), open * 2);
  const auto way = rig.roads->routes({{a, b}, {"car", {}}, 0}).value();
  ASSERT_EQ(way.routes.size(), 1u);
  EXPECT_GT(way.routes[0].metres, 3'000);
  rig.lift(id);
  EXPECT_EQ(rig.ms(a, b), open);
  EXPECT_TRUE(rig.roads->in_force().empty());
}

TEST(Roads, OfSeveralStatesTheStrictestHoldsAndEachIsLiftedAlone) {
  RoadRig rig;
  rig.import(kTown.index());
  const LonLat a = kTown.at(1, 1), b = kTown.at(2, 1);
  const auto bridge = point_shape(kTown.at(1.5, 1));
  const uint32_t open = rig.ms(a, b);
  auto slow = state(RoadStateKind::slow, bridge);
  slow.speed_kmh = 40;
  const auto slowed = rig.set(slow);
  const uint32_t at_40 = rig.ms(a, b);
  EXPECT_GT(at_40, open);
  slow.speed_kmh = 35;
  const auto slower = rig.set(slow);
  const uint32_t at_35 = rig.ms(a, b);
  EXPECT_GT(at_35, at_40);
  const auto closed = rig.set(state(RoadStateKind::closed, bridge));
  EXPECT_GT(rig.ms(a, b), at_35);
  rig.lift(closed);
  EXPECT_EQ(rig.ms(a, b), at_35);
  rig.lift(slower);
  EXPECT_EQ(rig.ms(a, b), at_40);
  rig.lift(slowed);
  EXPECT_EQ(rig.ms(a, b), open);
}

TEST(Roads, WeightAndOneWayBindThoseWhomTheyConcern) {
  RoadRig rig;
  rig.import(kTown.index());
  const LonLat a = kTown.at(1, 1), b = kTown.at(2, 1);
  const uint32_t car = rig.ms(a, b), truck = rig.ms(a, b, "truck"), foot = rig.ms(a, b, "foot");
  auto weight = state(RoadStateKind::weight, point_shape(kTown.at(1.5, 1)));
  weight.weight_t = 10;
  const auto id = rig.set(weight);
  EXPECT_EQ(rig.ms(a, b), car);
  EXPECT_EQ(rig.ms(a, b, "foot"), foot);
  EXPECT_GT(rig.ms(a, b, "truck"), truck * 2);
  rig.lift(id);
  auto one_way = state(RoadStateKind::one_way, point_shape(kTown.at(1.5, 1)));
  one_way.bearing = 85;  // eastwards, more or less
  rig.set(one_way);
  EXPECT_EQ(rig.ms(a, b), car);
  EXPECT_GT(rig.ms(b, a), car * 2);
}

TEST(Roads, AStateRunsOutByItself) {
  RoadRig rig;
  rig.import(kTown.index());
  const LonLat a = kTown.at(1, 1), b = kTown.at(2, 1);
  const uint32_t open = rig.ms(a, b);
  auto closed = state(RoadStateKind::closed, point_shape(kTown.at(1.5, 1)));
  closed.until = rig.clock.at + minutes(10);
  rig.set(closed);
  rig.roads->tick(rig.clock.at);
  EXPECT_GT(rig.ms(a, b), open);
  rig.clock.at = rig.clock.at + minutes(10);
  rig.roads->tick(rig.clock.at);
  EXPECT_EQ(rig.ms(a, b), open);
  EXPECT_TRUE(rig.roads->in_force().empty());
}

TEST(Roads, AfterARestartAllIsAsBefore) {
  RoadRig rig;
  rig.import(kTown.index());
  rig.set(state(RoadStateKind::closed, box_shape(kTown.at(1.2, 0.5), kTown.at(1.8, 2.5))));
  const LonLat places[] = {kTown.at(0, 0), kTown.at(1, 1), kTown.at(2, 1), kTown.at(5, 4)};
  const auto before = rig.roads->times(places, places, {"fire_engine", {}}).value();
  const auto held = rig.roads->in_force();
  rig.open();
  ASSERT_EQ(rig.roads->in_force().size(), 1u);
  EXPECT_EQ(rig.roads->in_force()[0].roads, held[0].roads);
  EXPECT_EQ(rig.roads->times(places, places, {"fire_engine", {}}).value().ms, before.ms);
  EXPECT_EQ(rig.roads->network_row()->name, "示范路网");
}

TEST(Roads, StatesHoldInTheNextNetwork) {
  RoadRig rig;
  rig.set(state(RoadStateKind::closed, box_shape(kTown.at(1.2, 0.5), kTown.at(1.8, 2.5))));  // before there are roads
  rig.import(kTown.index());
  EXPECT_EQ(rig.roads->in_force()[0].roads.size(), 2u);
  GridTown larger = kTown;
  larger.columns = 12;
  rig.import(larger.index(), "新路网");
  EXPECT_EQ(rig.roads->network_row()->name, "新路网");
  EXPECT_EQ(rig.roads->in_force()[0].roads.size(), 2u);
  EXPECT_GT(rig.ms(kTown.at(1, 1), kTown.at(2, 1)), 100'000u);
  EXPECT_LT(rig.ms(kTown.at(0, 1), kTown.at(11, 0)), 1'800'000u);
}

TEST(Roads, NowhereToGoIsNoEstimate) {
  RoadRig rig;
  rig.import(kTown.index());
  rig.set(state(RoadStateKind::closed, box_shape(kTown.at(2.4, -1), kTown.at(2.6, 9))));  // the town cut in two
  const LonLat a = kTown.at(0, 0), b = kTown.at(5, 0);
  const auto t = rig.roads->times({&a, 1}, {&b, 1}, {"car", {}}).value();
  EXPECT_EQ(t.at(0, 0), kNoWay);
  EXPECT_FALSE(t.estimated);
  const auto way = rig.roads->routes({{a, b}, {"car", {}}, 0}).value();
  EXPECT_TRUE(way.routes.empty());
  EXPECT_THAT(way.why_zh, HasSubstr("没有通路"));
}

TEST(Roads, NobodyIsPutOnACrumb) {
  RoadRig rig;
  GridTown town = kTown;
  town.columns = town.rows = 12;
  // A yard that nothing leads to, nearer to the place than any street.
  rig.import(town.index([&](roads::Draft& draft) {
    const LonLat line[] = {town.at(2.4, 2.4), town.at(2.6, 2.4)};
    for (const auto p : line) draft.at.push_back(p);
    roads::Road yard;
    yard.road_class = roads::RoadClass::kService;
    yard.flags = roads::kMotorForward | roads::kMotorBackward;
    draft.add(static_cast<roads::Node>(draft.at.size() - 2), static_cast<roads::Node>(draft.at.size() - 1), yard, line);
  }));
  const LonLat a = town.at(0, 0), b = town.at(2.5, 2.41);
  const auto t = rig.roads->times({&a, 1}, {&b, 1}, {"car", {}}).value();
  EXPECT_FALSE(t.estimated);
  EXPECT_LT(t.at(0, 0), kNoWay);
}

TEST(Roads, WaysHaveStepsALineAndOthersBesideThem) {
  RoadRig rig;
  rig.import(kTown.index());
  const auto found = rig.roads->routes({{kTown.at(0.3, 0), kTown.at(5, 3.6)}, {"car", {}}, 2}).value();
  ASSERT_GE(found.routes.size(), 1u);
  const auto& best = found.routes[0];
  EXPECT_FALSE(best.estimated);
  EXPECT_EQ(best.ms, rig.ms(kTown.at(0.3, 0), kTown.at(5, 3.6)));
  ASSERT_GE(best.steps.size(), 3u);
  EXPECT_EQ(best.steps.front().turn, roads::Turn::kDepart);
  EXPECT_EQ(best.steps.back().turn, roads::Turn::kArrive);
  EXPECT_NEAR(best.line.front().lon, kTown.at(0.3, 0).lon, 1e-4);
  EXPECT_NEAR(best.line.back().lat, kTown.at(5, 3.6).lat, 1e-4);
  for (size_t i = 1; i < found.routes.size(); ++i) EXPECT_GE(found.routes[i].ms, best.ms);
  const auto via = rig.roads->routes({{kTown.at(0, 0), kTown.at(0, 4), kTown.at(5, 4)}, {"car", {}}, 0}).value();
  EXPECT_EQ(via.routes[0].ms, rig.ms(kTown.at(0, 0), kTown.at(0, 4)) + rig.ms(kTown.at(0, 4), kTown.at(5, 4)));
}

TEST(Roads, ReachGrowsWithTheMinutesAndShrinksWithClosures) {
  RoadRig rig;
  rig.import(kTown.index());
  const ReachAsked asked{{kTown.at(0, 1)}, {2, 4, 8}, {"car", {}}, false, true};
  const auto open = rig.roads->reach(asked).value();
  EXPECT_FALSE(open.estimated);
  EXPECT_LT(open.circles[0].nodes, open.circles[1].nodes);
  EXPECT_LT(open.circles[1].nodes, open.circles[2].nodes);
  for (const auto& c : open.circles) EXPECT_FALSE(c.shape.empty());
  rig.set(state(RoadStateKind::closed, box_shape(kTown.at(0.4, -1), kTown.at(0.6, 9))));
  const auto cut = rig.roads->reach(asked).value();
  EXPECT_EQ(cut.circles[2].nodes, 5u) << "the first column alone";
}

TEST(Roads, ANetworkThatCannotBeReadIsLeftOut) {
  RoadRig rig;
  rig.import("no index");
  EXPECT_FALSE(rig.roads->loaded());
  EXPECT_TRUE(rig.roads->fault());
  rig.import(kTown.index());
  EXPECT_TRUE(rig.roads->loaded());
  EXPECT_FALSE(rig.roads->fault());
  rig.import("no index again");
  EXPECT_TRUE(rig.roads->loaded()) << "the old one stays";
  EXPECT_TRUE(rig.roads->fault());
  rig.open();
  EXPECT_FALSE(rig.roads->loaded());
  EXPECT_TRUE(rig.roads->fault()) << "and a node starts all the same";
  EXPECT_LT(rig.ms(kTown.at(0, 0), kTown.at(1, 0)), 600'000u);
}

TEST(RoadShapes, AnAreaMeansWhatLiesInItOrCrossesIt) {
  const auto network = RoadNetwork::open("", std::make_shared<const std::string>(kTown.index())).value();
  const auto hit = [&](const std::string& shape) { return roads_hit(*network, read_road_shape(shape).value()); };
  EXPECT_EQ(hit(box_shape(kTown.at(0.4, 0.4), kTown.at(0.6, 0.6))).size(), 0u) << "between the streets";
  EXPECT_EQ(hit(box_shape(kTown.at(0.4, 0.9), kTown.at(0.6, 1.1))).size(), 1u) << "crosses a street, no junction inside";
  EXPECT_EQ(hit(box_shape(kTown.at(0.9, 0.9), kTown.at(1.1, 1.1))).size(), 4u) << "all that meet at a junction";
  EXPECT_EQ(hit(box_shape(kTown.at(-2, -2), kTown.at(8, 8))).size(), network->graph().roads.size());
  EXPECT_EQ(hit(point_shape(kTown.at(2.5, 2.1))).size(), 0u) << "a kilometre off";
  const auto line = hit(R"({"type":"LineString","coordinates":[[)" + std::to_string(kTown.at(0.5, 2).lon) + "," + std::to_string(kTown.at(0, 2).lat) + "],[" + std::to_string(kTown.at(2.5, 2).lon) + "," +
                        std::to_string(kTown.at(0, 2).lat) + "]]}");
  ASSERT_EQ(line.size(), 3u);
  for (const auto road : line) EXPECT_EQ(network->name_of(road), "横路2") << "and none of the streets that it crosses";
}

TEST(RoadShapes, BothCarriagewaysOfADividedRoadAreOne) {
  using namespace roads;
  Draft draft;
  const LonLat a{102.8, 35.8}, b{102.81, 35.8}, c{102.8, 35.8002}, d{102.81, 35.8002};
  draft.at = {a, b, c, d};
  const auto add = [&](Node from, Node to, LonLat p, LonLat q, uint16_t flags, const char* name) {
    Road road;
    road.road_class = RoadClass::kTrunk;
    road.flags = flags;
    road.name = draft.names.index_of(name);
    const LonLat line[] = {p, q};
    draft.add(from, to, road, line);
  };
  add(0, 1, a, b, kMotorForward, "国道");
  add(3, 2, d, c, kMotorForward, "国道");
  add(0, 2, a, c, kMotorForward | kMotorBackward, "联络线");
  const auto network = anlan::RoadNetwork::open("", std::make_shared<const std::string>(write_index(build_index(build_graph(std::move(draft))).value()))).value();
  EXPECT_THAT(roads_hit(*network, read_road_shape(point_shape({102.805, 35.8})).value()), ElementsAre(0u, 1u));
}

TEST(RoadShapes, HostileShapesAreRefused) {
  for (const char* text : {"", "{}", "[]", "null", R"({"type":"Point"})", R"({"type":"Point","coordinates":[]})", R"({"type":"Point","coordinates":["a","b"]})",
                           R"({"type":"Point","coordinates":[200,10]})", R"({"type":"LineString","coordinates":[[1,1]]})", R"({"type":"LineString","coordinates":[[1,1],[90,80]]})",
                           R"({"type":"Polygon","coordinates":[[[0,0],[1,1]]]})", R"({"type":"GeometryCollection","geometries":[]})", R"({"type":"MultiPoint","coordinates":[]})",
                           R"({"type":"Feature","geometry":null})", R"({"type":5,"coordinates":[1,1]})"})
    EXPECT_FALSE(read_road_shape(text).ok()) << text;
  std::string long_line = R"({"type":"LineString","coordinates":[)";
  for (int i = 0; i < 30'000; ++i) long_line += (i ? ",[1,1]" : "[1,1]");
  EXPECT_EQ(read_road_shape(long_line + "]}").error().code, ErrorCode::kTooLarge);
}

TEST(Roads, AChangeThatIsHandedOnIsWaitedFor) {
  RoadRig rig;
  std::vector<std::function<void()>> waiting;
  rig.roads->work_on([&](std::function<void()> work) { waiting.push_back(std::move(work)); });
  rig.import(kTown.index());
  EXPECT_FALSE(rig.roads->loaded()) << "a network is read elsewhere";
  EXPECT_EQ(waiting.size(), 1u);
  EXPECT_TRUE(rig.roads->settle(seconds(1))) << "whoever waits helps";
  EXPECT_TRUE(rig.roads->loaded());
  for (const auto& work : waiting) work();
  EXPECT_TRUE(rig.roads->loaded());
}

TEST(Roads, QueriesGoOnWhileRoadsAreClosedAndOpened) {
  RoadRig rig;
  rig.import(kTown.index());
  const LonLat a = kTown.at(1, 1), b = kTown.at(2, 1);
  const uint32_t open = rig.ms(a, b);
  const auto id = rig.set(state(RoadStateKind::closed, point_shape(kTown.at(1.5, 1))));
  const uint32_t closed = rig.ms(a, b);
  rig.lift(id);
  std::atomic<bool> over{false};
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i)
    askers.emplace_back([&, i] {
      while (!over) {
        const auto t = rig.roads->times({&a, 1}, {&b, 1}, {"car", {}});
        EXPECT_TRUE(t->at(0, 0) == open || t->at(0, 0) == closed);
        if (i == 0) EXPECT_TRUE(rig.roads->routes({{a, b}, {"car", {}}, 2}).ok());
        if (i == 1) EXPECT_TRUE(rig.roads->reach({{a}, {5}, {"truck", {}}, false, true}).ok());
        if (i == 2) EXPECT_LE(rig.roads->in_force().size(), 1u);
      }
    });
  for (int i = 0; i < 20; ++i) {
    const auto again = rig.set(state(RoadStateKind::closed, point_shape(kTown.at(1.5, 1))));
    EXPECT_EQ(rig.ms(a, b), closed);
    rig.lift(again);
    EXPECT_EQ(rig.ms(a, b), open);
  }
  rig.import(kTown.index(), "another");
  over = true;
  for (auto& t : askers) t.join();
}

}  // namespace
}  // namespace anlan
