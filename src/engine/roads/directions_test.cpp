#include "roads/directions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <numeric>
#include <queue>

#include "roads/road_fixture.h"
#include "roads/route_export.h"

namespace anlan::roads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A town drawn in metres around 104 E, 30 N.
class Town {
 public:
  Node at(double east_m, double north_m) {
    draft_.at.push_back({104 + east_m / (111'195 * std::cos(30 * 3.14159265358979 / 180)), 30 + north_m / 111'195});
    return static_cast<Node>(draft_.at.size() - 1);
  }
  void road(Node u, Node v, std::string_view name, Road road = {.road_class = RoadClass::kPrimary, .flags = fixture::kBothWays},
            std::vector<LonLat> between = {}) {
    road.name = draft_.names.index_of(name);
    between.insert(between.begin(), draft_.at[u]);
    between.push_back(draft_.at[v]);
    draft_.add(u, v, road, between);
  }
  LonLat place(Node v) const { return draft_.at[v]; }
  Graph build() { return build_graph(std::move(draft_)); }

 private:
  Draft draft_;
};

// Arcs of the least time between two nodes.
std::vector<Arc> way(const Graph& graph, std::span<const Weight> weights, Node from, Node to) {
  std::vector<uint64_t> time(graph.nodes(), UINT64_MAX);
  std::vector<Arc> by(graph.nodes(), kNone);
  const auto tail = tails(graph);
  std::priority_queue<std::pair<uint64_t, Node>, std::vector<std::pair<uint64_t, Node>>, std::greater<>> queue;
  queue.emplace(time[from] = 0, from);
  while (!queue.empty()) {
    const auto [t, v] = queue.top();
    queue.pop();
    if (t > time[v]) continue;
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a)
      if (weights[a] != kUnreachable && t + weights[a] < time[graph.head[a]]) {
        time[graph.head[a]] = t + weights[a];
        by[graph.head[a]] = a;
        queue.emplace(t + weights[a], graph.head[a]);
      }
  }
  std::vector<Arc> arcs;
  for (Node v = to; v != from && by[v] != kNone; v = tail[by[v]]) arcs.insert(arcs.begin(), by[v]);
  return arcs;
}
std::vector<std::string> told(const Graph& graph, Node from, Node to, bool chinese = true) {
  const auto car = weights(graph, fixture::car());
  std::vector<std::string> out;
  for (const Step& s : steps_of(graph, {way(graph, car, from, to)}, car)) out.push_back(text_of(s, chinese));
  return out;
}

TEST(Directions, TurnsAndNames) {
  Town town;
  const Node west = town.at(-1200, 0), middle = town.at(0, 0), south = town.at(0, -300), north = town.at(0, 400), far = town.at(100, 1000),
             east = town.at(500, 0);
  town.road(west, middle, "中山路");
  town.road(middle, east, "中山路");
  town.road(middle, south, "人民路");
  town.road(middle, north, "人民路");
  town.road(north, far, "江北大道");
  const Graph graph = town.build();
  EXPECT_THAT(told(graph, west, south), ElementsAre("沿中山路向东行驶 1.2 公里", "右转，进入人民路，行驶 300 米", "到达目的地"));
  EXPECT_THAT(told(graph, west, north), ElementsAre("沿中山路向东行驶 1.2 公里", "左转，进入人民路，行驶 400 米", "到达目的地"));
  EXPECT_THAT(told(graph, west, east), ElementsAre("沿中山路向东行驶 1.7 公里", "到达目的地")) << "straight on along one road is one step";
  EXPECT_THAT(told(graph, south, far), ElementsAre("沿人民路向北行驶 700 米", "直行，进入江北大道，行驶 610 米", "到达目的地"));
  EXPECT_THAT(told(graph, far, west, false), ElementsAre("Head south on 江北大道 for 610 m", "Continue onto 人民路 and go 400 m",
                                                         "Turn right onto 中山路 and go 1.2 km", "Arrive at the destination"));
}

TEST(Directions, BendsAreNoTurnsWithoutAChoice) {
  Town town;
  const Node a = town.at(0, 0), b = town.at(500, 0), c = town.at(500, 500), d = town.at(1000, 500), side = town.at(1000, 900);
  town.road(a, b, "环山路");
  town.road(b, c, "环山路");
  town.road(c, d, "环山路");
  town.road(c, side, "小路");
  const Graph graph = town.build();
  EXPECT_THAT(told(graph, a, d), ElementsAre("沿环山路向东行驶 1.0 公里", "右转，继续沿环山路，行驶 500 米", "到达目的地"));
}

TEST(Directions, ARoundaboutIsOneStepWithItsExit) {
  Town town;
  // A ring run against the clock (traffic on the right): south, east, north, west.
  const Node s = town.at(0, -30), e = town.at(30, 0), n = town.at(0, 30), w = town.at(-30, 0);
  const Node south = town.at(0, -500), east = town.at(500, 0), north = town.at(0, 500), west = town.at(-500, 0);
  const Road ring{.road_class = RoadClass::kPrimary, .flags = kMotorForward | kRoundabout};
  for (const auto& [u, v] : {std::pair(s, e), std::pair(e, n), std::pair(n, w), std::pair(w, s)}) town.road(u, v, "", ring);
  town.road(s, south, "南街");
  town.road(e, east, "东街");
  town.road(n, north, "北街");
  town.road(w, west, "西街");
  const Graph graph = town.build();
  EXPECT_THAT(told(graph, south, east), ElementsAre("沿南街向北行驶 470 米", "驶入环岛，从第 1 个出口驶出，进入东街，行驶 510 米", "到达目的地"));
  EXPECT_THAT(told(graph, south, west)[1], "驶入环岛，从第 3 个出口驶出，进入西街，行驶 600 米");
  EXPECT_THAT(told(graph, south, n)[1], "驶入环岛，行驶 85 米");
  EXPECT_THAT(told(graph, south, north, false)[1], "Enter the roundabout, take exit 2 onto 北街 and go 550 m");
}

TEST(Directions, FerriesRampsBarriersAndTurningBack) {
  Town town;
  const Node a = town.at(0, 0), b = town.at(300, 0), b2 = town.at(300, 0), c = town.at(600, 0), d = town.at(3600, 0),
             e = town.at(3600, 500);
  town.road(a, b, "码头路");
  town.road(b, b2, "码头路", {.road_class = RoadClass::kPrimary, .flags = fixture::kBothWays, .length_dm = 1});
  town.road(b2, c, "码头路");
  town.road(c, d, "过江渡", {.road_class = RoadClass::kFerry, .flags = fixture::kBothWays, .fixed_ms = 20 * 60'000});
  town.road(d, e, "", {.road_class = RoadClass::kMotorway, .flags = fixture::kBothWays | kLink});
  const Graph graph = town.build();
  EXPECT_THAT(told(graph, a, e), ElementsAre("沿码头路向东行驶 600 米", "乘渡轮（过江渡），约 20 分钟", "左转，进入匝道，行驶 500 米", "到达目的地"));
  const auto car = weights(graph, fixture::car());
  auto arcs = way(graph, car, a, b);
  const auto back = way(graph, car, b, a);
  arcs.insert(arcs.end(), back.begin(), back.end());
  const auto steps = steps_of(graph, {arcs}, car);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[1].turn, Turn::kUTurn);
  EXPECT_EQ(text_of(steps[1], true), "掉头，继续沿码头路，行驶 300 米");
  EXPECT_TRUE(steps_of(graph, {}, car).empty());
}

TEST(Directions, PartsOfTheFirstAndLastArc) {
  Town town;
  const Node a = town.at(0, 0), b = town.at(1000, 0), c = town.at(1000, 1000);
  town.road(b, a, "横路");  // travelled against its shape
  town.road(b, c, "纵路");
  const Graph graph = town.build();
  const auto car = weights(graph, fixture::car());
  const RoutePath path{way(graph, car, a, c), 0.25, 0.5};
  const auto line = path_shape(graph, path);
  ASSERT_EQ(line.size(), 3u);
  EXPECT_NEAR(length_m(line), 750 + 500, 1);
  EXPECT_NEAR(distance_m(line[0], graph.at[a]), 250, 1);
  EXPECT_EQ(line[1], graph.at[b]);
  const auto steps = steps_of(graph, path, car);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_NEAR(steps[0].distance_m, 750, 1);
  EXPECT_NEAR(steps[1].distance_m, 500, 1);
  EXPECT_NEAR(steps[0].seconds, 750 * 3.6 / 65, 0.1);
  EXPECT_EQ(steps[0].at, line[0]);
  EXPECT_EQ(steps[2].at, line[2]);
  const RoutePath inside{{path.arcs[0]}, 0.25, 0.75};
  EXPECT_NEAR(length_m(path_shape(graph, inside)), 500, 1);
  EXPECT_NEAR(steps_of(graph, inside, car)[0].distance_m, 500, 1);
  const RoutePath point{{path.arcs[0]}, 0.5, 0.5};
  EXPECT_EQ(path_shape(graph, point).size(), 1u);
  EXPECT_EQ(steps_of(graph, point, car).size(), 2u);
}

// Whatever the way: steps add up to it, and the line runs from end to end.
TEST(Directions, AddUpOnRandomNetworks) {
  size_t ways = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Graph graph = fixture::random_graph(200, seed);
    for (const Profile& profile : {fixture::car(), fixture::walker()}) {
      const auto weight = weights(graph, profile);
      fixture::Dice dice(seed);
      for (int i = 0; i < 20; ++i) {
        RoutePath path{way(graph, weight, dice.below(200), dice.below(200))};
        if (path.arcs.empty()) continue;
        ++ways;
        const auto steps = steps_of(graph, path, weight);
        double metres = 0, seconds = 0, arcs_m = 0, arcs_s = 0;
        for (const Step& s : steps) {
          metres += s.distance_m, seconds += s.seconds;
          EXPECT_NE(text_of(s, true), "");
          EXPECT_NE(text_of(s, false), "");
        }
        for (const Arc a : path.arcs) arcs_m += graph.road(a).length_dm / 10.0, arcs_s += weight[a] / 1000.0;
        EXPECT_NEAR(metres, arcs_m, 1e-6);
        EXPECT_NEAR(seconds, arcs_s, 1e-6);
        const auto line = path_shape(graph, path);
        EXPECT_EQ(line.front(), graph.at[tails(graph)[path.arcs.front()]]);
        EXPECT_EQ(line.back(), graph.at[graph.head[path.arcs.back()]]);
        EXPECT_NEAR(length_m(line), arcs_m, 0.1 * static_cast<double>(path.arcs.size()));
      }
    }
  }
  EXPECT_GT(ways, 200u);
}

TEST(RouteExport, GpxAndGeoJson) {
  Town town;
  const Node a = town.at(0, 0), b = town.at(1000, 0), c = town.at(1000, 1000);
  town.road(a, b, "A<B>&\"C\\");
  town.road(b, c, "纵路");
  const Graph graph = town.build();
  const auto car = weights(graph, fixture::car());
  const RoutePath path{way(graph, car, a, c)};
  const auto line = path_shape(graph, path);
  const auto steps = steps_of(graph, path, car);
  const std::string gpx = gpx_of(line, steps, "救援 <1>", true);
  EXPECT_THAT(gpx, HasSubstr("<name>救援 &lt;1&gt;</name>"));
  EXPECT_THAT(gpx, HasSubstr("A&lt;B&gt;&amp;&quot;C\\"));
  EXPECT_THAT(gpx, HasSubstr("<trkpt lat=\"30.000000\" lon=\"104.000000\"/>"));
  const auto json = boost::json::parse(geojson_of(line, steps, "救援 \"1\"", true));
  const auto& features = json.at("features").as_array();
  ASSERT_EQ(features.size(), 1 + steps.size());
  EXPECT_EQ(features[0].at("geometry").at("coordinates").as_array().size(), line.size());
  EXPECT_EQ(features[0].at("properties").at("name").as_string(), "救援 \"1\"");
  EXPECT_NEAR(features[0].at("properties").at("distance_m").to_number<double>(), 2000, 3);
  EXPECT_EQ(features[2].at("properties").at("turn").as_string(), "left");
  EXPECT_EQ(boost::json::parse(geojson_of({}, {}, "", false)).at("features").as_array().size(), 0u);
}

}  // namespace
}  // namespace anlan::roads
