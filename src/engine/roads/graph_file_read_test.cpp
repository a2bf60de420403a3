#include "roads/graph_file_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "roads/csv_rows.h"
#include "roads/profile.h"
#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

using ::testing::ElementsAre;

const char* kNodes =
    "\xEF\xBB\xBFid,lon,lat\r\n"
    "7,104.00,30.00\r\n"
    "-2,104.01,30.00\r\n"
    "9,104.01,30.01\r\n";

TEST(CsvRows, QuotesAndLines) {
  CsvRows rows("a,\"b,\"\"c\"\"\nd\", e \r\n\n\nx,,\"\"\n\"open");
  std::vector<std::string_view> row;
  ASSERT_TRUE(rows.next(row));
  EXPECT_THAT(row, ElementsAre("a", "b,\"c\"\nd", "e"));
  EXPECT_EQ(rows.line(), 1);
  ASSERT_TRUE(rows.next(row));
  EXPECT_THAT(row, ElementsAre("x", "", ""));
  EXPECT_EQ(rows.line(), 5);
  ASSERT_TRUE(rows.next(row));
  EXPECT_TRUE(rows.broken());
  EXPECT_FALSE(rows.next(row));
}

TEST(CsvRoads, ReadsNodesAndArcs) {
  const auto in = read_csv_roads(kNodes,
                                 "to,from,seconds,length_m,name,class,oneway,maxweight\n"
                                 "-2,7,61.5,965.2,\"中山路,东段\",primary,,\n"
                                 "9,-2,,,人民路,residential,yes,3.5 t\n"
                                 "7,9,30,,,,,\n"
                                 "7,7,1,1,,,,\n"
                                 "7,9,1,1,,raceway,,\n");
  ASSERT_TRUE(in) << in.error().describe();
  const Graph& graph = in->graph;
  ASSERT_EQ(graph.roads.size(), 3u);
  EXPECT_EQ(graph.nodes(), 3u);
  EXPECT_EQ(graph.roads[0].length_dm, 9652u);
  EXPECT_EQ(graph.roads[0].fixed_ms, 61'500u);
  EXPECT_EQ(graph.roads[0].road_class, RoadClass::kPrimary);
  EXPECT_EQ(graph.names[graph.roads[0].name], "中山路,东段");
  EXPECT_EQ(graph.roads[0].source_id, 2);
  EXPECT_EQ(graph.roads[1].flags, kMotorForward | kFootForward | kFootBackward);
  EXPECT_EQ(graph.roads[1].max_weight_kg, 3500u);
  EXPECT_NEAR(graph.roads[1].length_dm, 11'120, 1);
  EXPECT_EQ(graph.roads[2].road_class, RoadClass::kUnclassified);
  EXPECT_EQ(in->report.read, 5u);
  EXPECT_EQ(in->report.unknown_classes.at("raceway"), 1u);
  EXPECT_EQ(in->report.dropped[static_cast<size_t>(Dropped::kNoLength)], 1u);
  EXPECT_EQ(in->report.island_nodes, 0u);
}

TEST(CsvRoads, NamesTheLinesThatAreWrong) {
  const auto lines = [](std::string_view nodes, std::string_view arcs) {
    const auto in = read_csv_roads(nodes, arcs);
    std::vector<std::pair<int, std::string>> out;
    if (!in)
      for (const ErrorDetail& d : in.error().details) out.emplace_back(d.line, d.field);
    return out;
  };
  using Lines = std::vector<std::pair<int, std::string>>;
  EXPECT_EQ(lines("", "from,to\n"), (Lines{{1, ""}}));
  EXPECT_EQ(lines("id,lon\n", "from,to\n"), (Lines{{1, "id, lon, lat"}}));
  EXPECT_EQ(lines("id,lon,lat\nx,1,1\n1,999,1\n2,1,nan\n3,1\n5,1,1\n5,2,2\n", "from,to\n"),
            (Lines{{2, "id"}, {3, "lon, lat"}, {4, "lon, lat"}, {5, "lon, lat"}, {7, "id"}}));
  EXPECT_EQ(lines(kNodes, "from\n7\n"), (Lines{{1, "from, to"}}));
  EXPECT_EQ(lines(kNodes, ""), (Lines{{1, "from, to"}}));
  EXPECT_EQ(lines(kNodes, "from,to\n"), (Lines{{0, ""}}));
  EXPECT_EQ(lines(kNodes, "from,to,length_m,seconds\n1,7,,\n7,x,,\n7,9,-1,\n7,9,1e99,\n7,9,,soon\n7,9,,1e9\n7,\"9\n"),
            (Lines{{2, "from"}, {3, "to"}, {4, "length_m"}, {5, "length_m"}, {6, "seconds"}, {7, "seconds"}, {8, ""}}));
  std::string many = "from,to\n";
  for (int i = 0; i < 1000; ++i) many += "1,2\n";
  const auto in = read_csv_roads(kNodes, many);
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().details.size(), 20u);
  EXPECT_EQ(in.error().param("why"), "1000 faults");
}

TEST(CsvRoads, ConvertsTheDatum) {
  const auto in = read_csv_roads(kNodes, "from,to\n7,9\n", Datum::kGcj02);
  ASSERT_TRUE(in);
  EXPECT_NEAR(distance_m(in->graph.shape_of(0).front(), {104, 30}), 500, 300);
}

TEST(GeoJsonRoads, JoinsLinesWhereTheyShareAPosition) {
  const auto in = read_geojson_roads(R"({"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"highway":"primary","name":"一路","maxspeed":60,"bridge":true,"id":42},
     "geometry":{"type":"LineString","coordinates":[[104,30,500],[104.01,30],[104.02,30]]}},
    {"type":"Feature","properties":{"class":"residential","oneway":true,"maxheight":"3.5 m"},
     "geometry":{"type":"MultiLineString","coordinates":[[[104.01,30.00000001],[104.01,30.01]],[[104.03,30],[104.02,30]]]}},
    {"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[1,2]}},
    {"type":"Feature","properties":{"highway":"proposed"},"geometry":{"type":"LineString","coordinates":[[104,30],[104.5,30]]}},
    {"type":"Feature","geometry":null}]})");
  ASSERT_TRUE(in) << in.error().describe();
  const Graph& graph = in->graph;
  EXPECT_EQ(graph.roads.size(), 4u) << "the first is cut where the second begins";
  EXPECT_EQ(graph.nodes(), 5u);
  EXPECT_EQ(graph.roads[0].limit_kmh, 60);
  EXPECT_TRUE(graph.roads[0].flags & kBridge);
  EXPECT_EQ(graph.roads[0].source_id, 42);
  EXPECT_EQ(graph.roads[2].source_id, 2);
  EXPECT_EQ(graph.roads[2].max_height_cm, 350);
  EXPECT_FALSE(graph.roads[2].flags & kMotorBackward);
  EXPECT_EQ(in->report.read, 4u);
  EXPECT_EQ(in->report.passed, 2u);
  EXPECT_EQ(in->report.dropped[static_cast<size_t>(Dropped::kNotBuilt)], 1u);
}

TEST(GeoJsonRoads, SaysWhatIsWrong) {
  for (const char* text : {"", "{", "[]", "{}", R"({"features":[]})", R"({"features":[1]})", R"({"geometry":{"type":"LineString"}})",
                           R"({"geometry":{"type":"LineString","coordinates":[[1,2],[1]]}})",
                           R"({"geometry":{"type":"LineString","coordinates":[[1,2],[1,"x"]]}})",
                           R"({"geometry":{"type":"LineString","coordinates":[[1,2],[1,200]]}})",
                           R"({"geometry":{"type":"MultiLineString","coordinates":[7]}})"})
    EXPECT_FALSE(read_geojson_roads(text)) << text;
  const auto in = read_geojson_roads(
      R"({"features":[{"geometry":{"type":"LineString","coordinates":[[1,2],[1,3]]}},{"geometry":{"type":"LineString","coordinates":[[1,2],3]}}]})");
  ASSERT_FALSE(in);
  ASSERT_EQ(in.error().details.size(), 1u);
  EXPECT_EQ(in.error().details[0].line, 2);
}

TEST(GeoJsonRoads, RealTiles) {
  for (const std::string city : {"wuhan", "shanghai"}) {
    const auto text = fixture::detail::unzip("../shared/data/buildings/" + city + "_roads_osm_tilezen.geojson.gz");
    if (!text) GTEST_SKIP() << "no ../shared/data/buildings";
    const auto in = read_geojson_roads(*text);
    ASSERT_TRUE(in) << in.error().describe();
    std::printf("%s: %llu lines, %llu roads, %llu junctions, %.1f km\n", city.c_str(), static_cast<unsigned long long>(in->report.read),
                static_cast<unsigned long long>(in->report.roads), static_cast<unsigned long long>(in->report.nodes), in->report.road_km);
    EXPECT_GT(in->report.roads, in->report.read * 8 / 10);
    for (const auto& [value, count] : in->report.unknown_classes)
      std::printf("  unknown %s %llu\n", value.c_str(), static_cast<unsigned long long>(count));
  }
}

}  // namespace
}  // namespace anlan::roads
