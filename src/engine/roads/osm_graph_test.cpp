#include "roads/osm_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <set>

#include "roads/islands.h"
#include "roads/osm_fixture.h"
#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

using fixture::OsmWriter;
using fixture::TagList;

const TagList kPrimary = {{"highway", "primary"}};

ImportedRoads import(const OsmWriter& writer) {
  const std::string bytes = writer.file();
  auto result = read_osm([&] { return read_memory(bytes); });
  EXPECT_TRUE(result) << result.error().describe();
  return std::move(result).value();
}
uint64_t dropped(const OsmReport& report, Dropped why) { return report.dropped[static_cast<size_t>(why)]; }

// Where a vehicle may come by one arc from every node that lies at the place of `from`.
std::multiset<double> next_lons(const Graph& graph, Node from, const Profile& profile) {
  std::multiset<double> out;
  for (Arc a = graph.first[from]; a < graph.first[from + 1]; ++a)
    if (weight(graph, profile, a) != kUnreachable) out.insert(std::round(graph.at[graph.head[a]].lon * 1e4) / 1e4);
  return out;
}
Node arrives_at(const Graph& graph, double from_lon, double to_lon) {
  for (Node v = 0; v < graph.nodes(); ++v)
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a)
      if (std::abs(graph.at[v].lon - from_lon) < 1e-9 && std::abs(graph.at[graph.head[a]].lon - to_lon) < 1e-9) return graph.head[a];
  return kNone;
}

// A street 1 - 2 - 3 - 4 - 5 (lon 0.00 .. 0.04) and one that leaves it at node 3 for node 6 (lon 0.05).
OsmWriter street(const TagList& middle_node = {}) {
  OsmWriter writer;
  for (int i = 1; i <= 5; ++i) writer.node(i, (i - 1) * 0.01, 0.001, i == 2 ? middle_node : TagList{});
  writer.node(6, 0.05, 0.02);
  writer.way(10, {1, 2, 3}, {{"highway", "primary"}, {"name", "Main"}, {"name:zh", "中山路"}, {"ref", "G5"}});
  writer.way(11, {3, 4, 5}, kPrimary);
  writer.way(12, {3, 6}, kPrimary);
  return writer;
}

TEST(OsmGraph, CutsWaysWhereTheyMeet) {
  const ImportedRoads in = import(street());
  EXPECT_EQ(in.report.ways_kept, 3u);
  EXPECT_EQ(in.graph.roads.size(), 3u);
  EXPECT_EQ(in.graph.nodes(), 4u);
  EXPECT_EQ(in.graph.arcs(), 6u);
  EXPECT_EQ(in.graph.names[in.graph.roads[0].name], "中山路");
  EXPECT_EQ(in.graph.names[in.graph.roads[0].ref], "G5");
  EXPECT_EQ(in.graph.roads[0].source_id, 10);
  EXPECT_EQ(in.graph.shape_of(0).size(), 3u);
  EXPECT_NEAR(in.graph.roads[0].length_dm, 22'239, 2);
  EXPECT_EQ(in.report.island_nodes, 0u);
  EXPECT_EQ(in.report.motor_nodes, 4u);
}

TEST(OsmGraph, ABarrierLetsThroughWhomItMust) {
  const ImportedRoads in = import(street({{"barrier", "bollard"}}));
  EXPECT_EQ(in.report.barriers, 1u);
  ASSERT_EQ(in.graph.roads.size(), 5u) << "two halves and the passage";
  EXPECT_EQ(in.graph.nodes(), 6u);
  const Road* gate = nullptr;
  for (const Road& road : in.graph.roads)
    if (road.length_dm == 1) gate = &road;
  ASSERT_TRUE(gate);
  EXPECT_TRUE(gate->flags & kEmergencyOnly);
  // 1 – bollard | bollard – 3, 5, 6.
  const auto parts = [&](const Profile& profile) {
    return strong_components(in.graph, [&](Arc a) { return weight(in.graph, profile, a) != kUnreachable; }).nodes.size();
  };
  EXPECT_EQ(parts(fixture::car()), 2u);
  EXPECT_EQ(parts(fixture::fire_engine()), 1u);
  EXPECT_EQ(parts(fixture::walker()), 1u);
  EXPECT_EQ(import(street({{"barrier", "gate"}, {"access", "yes"}})).graph.roads.size(), 3u) << "an open gate is none";
}

TEST(OsmGraph, BarrierWhereTwoWaysMeet) {
  OsmWriter writer;
  for (int i = 1; i <= 3; ++i) writer.node(i, i * 0.01, 0, i == 2 ? TagList{{"barrier", "block"}} : TagList{});
  writer.way(10, {1, 2}, kPrimary);
  writer.way(11, {2, 3}, kPrimary);
  const ImportedRoads in = import(writer);
  EXPECT_EQ(in.graph.nodes(), 4u);
  const auto parts = strong_components(in.graph, [&](Arc a) { return weight(in.graph, fixture::fire_engine(), a) != kUnreachable; });
  EXPECT_EQ(parts.nodes.size(), 2u);
}

TEST(OsmGraph, TurnRestrictions) {
  OsmWriter writer = street();
  writer.turn(20, "no_left_turn", 10, 3, 12);
  writer.turn(21, "only_straight_on", 12, 3, 11, {{"except", "psv;emergency"}});
  writer.turn(22, "no_u_turn", 11, 3, 11);
  writer.turn(23, "no_left_turn", 10, 3, 999);
  writer.turn(24, "no_flying", 10, 3, 12);
  writer.turn(25, "no_left_turn", 10, 3, 12, {{"except", "motorcar"}});
  writer.turn(26, "no_left_turn", 10, 5, 12);
  writer.relation(27, {{OsmKind::kWay, 10, "from"}, {OsmKind::kWay, 11, "via"}, {OsmKind::kWay, 12, "to"}},
                  {{"type", "restriction"}, {"restriction", "no_u_turn"}});
  writer.relation(28, {}, {{"type", "restriction"}, {"restriction:conditional", "no_left_turn @ (07:00-09:00)"}});
  writer.relation(29, {}, {{"type", "restriction"}, {"restriction:bicycle", "no_left_turn"}});
  const ImportedRoads in = import(writer);
  EXPECT_EQ(in.report.rules, 10u);
  EXPECT_EQ(in.report.rules_kept, 3u);
  EXPECT_EQ(in.report.rules_excepting, 1u);
  for (const Dropped why : {Dropped::kRuleMembers, Dropped::kRuleType, Dropped::kRuleExcepted, Dropped::kRuleNotMeeting,
                            Dropped::kRuleViaWay, Dropped::kRuleConditional, Dropped::kRuleNotMotor})
    EXPECT_EQ(dropped(in.report, why), 1u) << name_of(why);
  ASSERT_EQ(in.graph.nodes(), 7u) << "three who arrive under a rule";
  const Profile car = fixture::car(), foot = fixture::walker();
  const Node from_west = arrives_at(in.graph, 0, 0.02), from_east = arrives_at(in.graph, 0.04, 0.02),
             from_north = arrives_at(in.graph, 0.05, 0.02);
  EXPECT_EQ(next_lons(in.graph, from_west, car), (std::multiset<double>{0, 0.04}));
  EXPECT_EQ(next_lons(in.graph, from_north, car), (std::multiset<double>{0.04, 0.05}));
  EXPECT_EQ(next_lons(in.graph, from_east, car), (std::multiset<double>{0, 0.05}));
  EXPECT_EQ(next_lons(in.graph, from_west, foot), (std::multiset<double>{0, 0.04, 0.05}));
}

TEST(OsmGraph, WhatIsMissingOrOdd) {
  OsmWriter writer;
  for (int i = 1; i <= 6; ++i) writer.node(i, i * 0.01, 0.001 * (i % 2));
  writer.way(10, {1, 2, 77, 3, 4}, kPrimary);          // a node beyond the border of the extract
  writer.way(11, {88, 89}, kPrimary);                  // all beyond
  writer.way(12, {1}, kPrimary);
  writer.way(13, {5, 5, 5}, kPrimary);
  writer.way(10, {1, 2}, kPrimary);                    // again
  writer.way(14, {4, 5, 6, 4}, {{"highway", "residential"}});  // a loop that hangs on one junction
  writer.way(15, {1, 6}, {{"highway", "raceway"}});
  writer.way(16, {1, 6}, {{"building", "yes"}});
  const ImportedRoads in = import(writer);
  EXPECT_EQ(in.report.ways_highway, 7u);
  EXPECT_EQ(in.report.ways_kept, 2u);
  EXPECT_EQ(in.report.ways_cut, 1u);
  EXPECT_EQ(dropped(in.report, Dropped::kNodesMissing), 2u);
  EXPECT_EQ(dropped(in.report, Dropped::kNoLength), 1u);
  EXPECT_EQ(dropped(in.report, Dropped::kTwice), 1u);
  EXPECT_EQ(in.report.unknown_classes.at("raceway"), 1u);
  EXPECT_EQ(in.graph.roads.size(), 4u) << "1-2, 3-4 and the loop in two";
  for (Arc a = 0; a < in.graph.arcs(); ++a) {
    const auto shape = in.graph.shape_of(in.graph.road_of(a));
    EXPECT_NE(shape.front(), shape.back());
  }
  EXPECT_EQ(in.report.island_nodes, 2u);

  OsmWriter empty;
  empty.node(1, 0, 0);
  const std::string bytes = empty.file();
  EXPECT_FALSE(read_osm([&] { return read_memory(bytes); }));
  EXPECT_FALSE(read_osm_file("no/such/file.osm.pbf"));
}

TEST(OsmGraph, AFerryTakesItsTimeInProportion) {
  OsmWriter writer;
  writer.node(1, 0, 0);
  writer.node(2, 0.01, 0);
  writer.node(3, 0.04, 0);
  writer.node(4, 0.01, 0.01);
  writer.way(10, {1, 2, 3}, {{"route", "ferry"}, {"duration", "00:40"}});
  writer.way(11, {2, 4}, kPrimary);
  const ImportedRoads in = import(writer);
  ASSERT_EQ(in.graph.roads.size(), 3u);
  EXPECT_EQ(in.report.ways_ferry, 1u);
  EXPECT_NEAR(in.graph.roads[0].fixed_ms, 600'000, 100);
  EXPECT_NEAR(in.graph.roads[1].fixed_ms, 1'800'000, 100);
}

struct Extract {
  const char* name;
  uint64_t nodes, ways, relations, highway;  // as other programs count them
  double largest;                            // share of motor nodes that reach each other, at least
};

class OsmExtract : public ::testing::TestWithParam<Extract> {};

TEST_P(OsmExtract, BecomesOneNetwork) {
  const Extract& expected = GetParam();
  const std::string path = std::string("../shared/data/roads/osm_extracts/") + expected.name;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto begin = std::chrono::steady_clock::now();
  const auto in = read_osm_file(path);
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  ASSERT_TRUE(in) << in.error().describe();
  const OsmReport& report = in->report;
  EXPECT_EQ(report.file.nodes, expected.nodes);
  EXPECT_EQ(report.file.ways, expected.ways);
  EXPECT_EQ(report.file.relations, expected.relations);
  EXPECT_EQ(report.ways_highway, expected.highway);
  uint64_t ways_dropped = 0, rules_dropped = 0;
  for (int i = 1; i < kDroppedReasons; ++i)
    (i < static_cast<int>(Dropped::kRuleNotMotor) ? ways_dropped : rules_dropped) += report.dropped[static_cast<size_t>(i)];
  EXPECT_EQ(report.ways_kept + ways_dropped, report.ways_highway + report.ways_ferry) << "every way is kept or named";
  EXPECT_EQ(report.rules_kept + rules_dropped, report.rules);
  EXPECT_GT(report.ways_kept, report.ways_highway * 95 / 100);
  const double share = 1 - static_cast<double>(report.island_nodes) / static_cast<double>(report.motor_nodes);
  EXPECT_GE(share, expected.largest);
  std::printf(
      "%s: %.0f ms, %llu of %llu ways, %.0f km, %llu junctions, %llu arcs, %llu of %llu rules, %llu barriers, %.1f %% in one part\n",
      expected.name, ms, static_cast<unsigned long long>(report.ways_kept), static_cast<unsigned long long>(report.ways_highway),
      report.road_km, static_cast<unsigned long long>(report.junctions), static_cast<unsigned long long>(report.arcs),
      static_cast<unsigned long long>(report.rules_kept), static_cast<unsigned long long>(report.rules),
      static_cast<unsigned long long>(report.barriers), share * 100);
}

INSTANTIATE_TEST_SUITE_P(Real, OsmExtract,
                         ::testing::Values(Extract{"andorra.osm.pbf", 69'644, 2'725, 74, 1'615, 0.96},
                                           Extract{"harrisburg.osm.pbf", 34'486, 3'537, 53, 2'514, 0.96},
                                           Extract{"liechtenstein-latest.osm.pbf", 142'832, 15'247, 358, 4'660, 0.93},
                                           Extract{"monaco.osm.pbf", 180'118, 27'377, 212, 2'927, 0.92}),
                         [](const auto& test) {
                           return std::string(test.param.name).substr(0, std::string(test.param.name).find_first_of(".-"));
                         });

// The same country as XML, of another day, read line by line: nearly all ways are in both and equal.
TEST(OsmGraph, AgreesWithTheXmlTwin) {
  const auto xml = fixture::detail::unzip("../shared/data/roads/osm_extracts/andorra.osm.gz");
  const auto open = read_file("../shared/data/roads/osm_extracts/andorra.osm.pbf");
  if (!xml || !open) GTEST_SKIP() << "no ../shared/data/roads/osm_extracts";
  const auto attribute = [](std::string_view line, std::string_view name) {
    const size_t begin = line.find(name) + name.size();
    return std::string(line.substr(begin, line.find('"', begin) - begin));
  };
  std::map<int64_t, std::vector<std::string>> twin;  // nodes of each way, then its highway
  int64_t way = 0;
  for (std::string_view rest = *xml; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find("<way ") != line.npos) way = std::stoll(attribute(line, "id=\""));
    if (line.find("<nd ref=") != line.npos) twin[way].push_back(attribute(line, "ref=\""));
    if (way && line.find("<tag k=\"highway\"") != line.npos) twin[way].push_back(attribute(line, "v=\""));
    if (line.find("</way>") != line.npos) way = 0;
  }
  size_t equal = 0, both = 0;
  const auto compare = [&](const OsmWay& w) {
    const auto found = twin.find(w.id);
    if (found == twin.end()) return;
    std::vector<std::string> own;
    for (const int64_t node : w.nodes) own.push_back(std::to_string(node));
    if (w.tags.has("highway")) own.emplace_back(w.tags["highway"]);
    ++both;
    equal += own == found->second;
  };
  ASSERT_TRUE(read_osm_pbf(*open, {{}, compare, {}}));
  EXPECT_EQ(twin.size(), 2'722u);
  EXPECT_GE(both, 2'700u);
  EXPECT_GE(equal, both * 98 / 100);
  std::printf("andorra: %zu ways in both files, %zu equal\n", both, equal);
}

TEST(Islands, EqualReachingEachOther) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Graph graph = fixture::random_graph(40, seed);
    const auto car = weights(graph, fixture::car());
    const Components parts = strong_components(graph, [&](Arc a) { return car[a] != kUnreachable; });
    std::vector<std::vector<bool>> reach(graph.nodes(), std::vector<bool>(graph.nodes()));
    for (Node s = 0; s < graph.nodes(); ++s) {
      std::vector<Node> queue = {s};
      reach[s][s] = true;
      while (!queue.empty()) {
        const Node v = queue.back();
        queue.pop_back();
        for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a)
          if (car[a] != kUnreachable && !reach[s][graph.head[a]]) reach[s][graph.head[a]] = true, queue.push_back(graph.head[a]);
      }
    }
    for (Node u = 0; u < graph.nodes(); ++u)
      for (Node v = 0; v < graph.nodes(); ++v) ASSERT_EQ(parts.of[u] == parts.of[v], reach[u][v] && reach[v][u]);
    EXPECT_EQ(*std::max_element(parts.nodes.begin(), parts.nodes.end()), parts.nodes[parts.largest]);
  }
}

}  // namespace
}  // namespace anlan::roads
