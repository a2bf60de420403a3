#include "quake/exposure_read.h"

#include <gtest/gtest.h>

#include <sstream>

namespace anlan::quake {
namespace {

BuildingRules rules() {
  BuildingRules r;
  r.types = {"adobe", "砖混", "frame"};
  r.places = {"620102001", "城关镇"};
  r.place_of = [](LonLat at) { return at.lon > 103 ? 1u : Buildings::kNoPlace; };
  return r;
}
Result<BuildingsRead> csv(const std::string& text, const BuildingRules& r = rules()) {
  std::istringstream in(text);
  return read_buildings_csv(in, r);
}
Result<BuildingsRead> geojson(const std::string& text, const BuildingRules& r = rules()) {
  std::istringstream in(text);
  return read_buildings_geojson(in, r);
}
std::string reason(const Result<BuildingsRead>& read) { return read.ok() ? "read" : std::string(read.error().param("why")); }

TEST(BuildingsCsv, ReadsEveryColumn) {
  const auto read = csv("lon,lat,type,code,use,storeys,floor_area,year,people,id,place\n"
                        "103.5,35.25,frame,moderate,school,4,1200.5,1998,310,B-1,620102001\n");
  ASSERT_TRUE(read.ok()) << reason(read);
  EXPECT_EQ(read->refused, 0u);
  const auto& b = read->buildings;
  ASSERT_EQ(b.size(), 1u);
  EXPECT_EQ(b.at[0], (LonLat{103.5, 35.25}));
  EXPECT_EQ(b.type[0], 2);
  EXPECT_EQ(b.code[0], CodeLevel::moderate);
  EXPECT_EQ(b.use[0], Use::school);
  EXPECT_EQ(b.storeys[0], 4);
  EXPECT_EQ(b.floor_area_m2[0], 1200.5f);
  EXPECT_EQ(b.year[0], 1998);
  EXPECT_EQ(b.people[0], 310);
  EXPECT_EQ(b.id[0], "B-1");
  EXPECT_EQ(b.place[0], 0u);
}

TEST(BuildingsCsv, ReadsChineseHeadersQuotesAndBlanks) {
  const auto read = csv("\xEF\xBB\xBF 编号 ,\"经度\",纬度,备注,结构类型,设防水平,用途,乡镇\r\n"
                        "\r\n"
                        "\"甲\"\"1\"\"\",103.5,35,\"两行,\n备注\",砖混,7度,住宅,城关镇\r\n"
                        "乙,102.5,35,5\" 管,adobe,,,\r\n"
                        "丙,103.5, 35 ,,frame");
  ASSERT_TRUE(read.ok()) << reason(read);
  for (const auto& r : read->refusals) ADD_FAILURE() << r.line << r.en;
  const auto& b = read->buildings;
  ASSERT_EQ(b.size(), 3u);
  EXPECT_EQ(b.id[0], "甲\"1\"");
  EXPECT_EQ(b.code[0], CodeLevel::moderate);
  EXPECT_EQ(b.place[0], 1u);
  EXPECT_EQ(b.code[1], CodeLevel::pre);
  EXPECT_EQ(b.use[1], Use::home);
  EXPECT_EQ(b.storeys[1], 1);
  EXPECT_EQ(b.place[1], Buildings::kNoPlace);
  EXPECT_EQ(b.place[2], 1u);
}

TEST(BuildingsCsv, RefusesWrongRowsOneByOneWithTheirLine) {
  const auto read = csv("lon,lat,type,storeys,year,people,use,code,floor_area,place,id\n"
                        "103,35,frame,3,1990,5,,,,,\n"     // 2
                        "x,35,frame,,,,,,,,\n"             // 3
                        "181,35,frame,,,,,,,,\n"           // 4
                        "103,,frame,,,,,,,,\n"             // 5
                        "103,nan,frame,,,,,,,,\n"          // 6
                        "103,35,tower,,,,,,,,\n"           // 7
                        "103,35,,,,,,,,,\n"                // 8
                        "103,35,frame,0,,,,,,,\n"          // 9
                        "103,35,frame,2.5,,,,,,,\n"        // 10
                        "103,35,frame,,90,,,,,,\n"         // 11
                        "103,35,frame,,,-1,,,,,\n"         // 12
                        "103,35,frame,,,,castle,,,,\n"     // 13
                        "103,35,frame,,,,,12,,,\n"         // 14
                        "103,35,frame,,,,,,1e9,,\n"        // 15
                        "103,35,frame,,,,,,,nowhere,\n"    // 16
                        "103,35,frame,,,,,,,,\xff\xfe\n"   // 17
                        "1,2,3,4,5,6,7,8,9,10,11,12\n"     // 18
                        "103,35,\"frame\"x,,,,,,,,\n"      // 19
                        "103,35,frame,,,,,,,,last\n");
  ASSERT_TRUE(read.ok()) << reason(read);
  EXPECT_EQ(read->rows, 19u);
  EXPECT_EQ(read->refused, 17u);
  ASSERT_EQ(read->refusals.size(), 17u);
  for (size_t i = 0; i < 17; ++i) {
    EXPECT_EQ(read->refusals[i].line, static_cast<int>(i) + 3);
    EXPECT_FALSE(read->refusals[i].zh.empty() || read->refusals[i].en.empty());
  }
  EXPECT_EQ(read->refusals[0].field, "lon");
  EXPECT_EQ(read->refusals[4].field, "type");
  EXPECT_NE(read->refusals[2].en, read->refusals[3].en) << "absent and malformed are different";
  ASSERT_EQ(read->buildings.size(), 2u);
  EXPECT_EQ(read->buildings.id[0], "");
  EXPECT_EQ(read->buildings.id[1], "last");
}

TEST(BuildingsCsv, ShowsTheFirstHundredRefusalsAndCountsAll) {
  std::string text = "lon,lat,type\n";
  for (int i = 0; i < 5'000; ++i) text += "999,0,frame\n";
  const auto read = csv(text);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->refused, 5'000u);
  EXPECT_EQ(read->refusals.size(), kRefusalsShown);
  EXPECT_EQ(read->buildings.size(), 0u);
}

TEST(BuildingsCsv, RefusesFilesThatAreNone) {
  EXPECT_NE(reason(csv("")).find("empty"), std::string::npos);
  EXPECT_NE(reason(csv("lon,lat\n1,2\n")).find("type"), std::string::npos);
  EXPECT_NE(reason(csv("lon,lng,lat,type\n")).find("twice"), std::string::npos);
  EXPECT_NE(reason(csv("lon,lat,type\n1,2,\"never")).find("never ends"), std::string::npos);
  EXPECT_NE(reason(csv("lon,lat,type\n" + std::string(70'000, 'x'))).find("too long"), std::string::npos);
  EXPECT_NE(reason(csv(std::string(3'000'000, '"'))).find("/"), std::string::npos);
  EXPECT_EQ(reason(csv("lon,lat,type\n")), "read");
}

TEST(BuildingsCsv, BlocksOfTheStreamDoNotShow) {
  // Longer than two blocks, so that records lie across their ends.
  std::string text = "id,note,lon,lat,type\n";
  constexpr int kRows = 40'000;
  for (int i = 0; i < kRows; ++i)
    text += std::to_string(i) + ",\"" + std::string(static_cast<size_t>(i % 97), ',') + (i % 7 ? "" : "\n") + "\"," + std::to_string(100 + i * 1e-4) + ",35,adobe\n";
  ASSERT_GT(text.size(), size_t{2} << 20);
  const auto read = csv(text);
  ASSERT_TRUE(read.ok()) << reason(read);
  EXPECT_EQ(read->refused, 0u);
  ASSERT_EQ(read->buildings.size(), size_t{kRows});
  for (int i = 0; i < kRows; i += 37) {
    EXPECT_EQ(read->buildings.id[static_cast<size_t>(i)], std::to_string(i));
    EXPECT_NEAR(read->buildings.at[static_cast<size_t>(i)].lon, 100 + i * 1e-4, 1e-6);
  }
}

TEST(BuildingsCsv, ConvertsTheDatum) {
  auto r = rules();
  r.datum = Datum::kGcj02;
  const auto read = csv("lon,lat,type\n103.8,36.05,frame\n", r);
  ASSERT_TRUE(read.ok());
  EXPECT_NEAR(distance_m(read->buildings.at[0], {103.8, 36.05}), 350, 300);
  EXPECT_EQ(read->buildings.at[0], to_wgs84({103.8, 36.05}, Datum::kGcj02));
}

TEST(BuildingsGeojson, ReadsPointsAndPolygons) {
  const auto read = geojson(R"({"type":"FeatureCollection","name":"features","crs":{"x":[{}]},"features":[
    {"type":"Feature","id":17,"geometry":{"type":"Point","coordinates":[103.5,35.25,1600]},"properties":{"类型":"frame","storeys":6,"year":"2001","place":620102001,"code":7,"else":{"a":[1]}}},
    {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[103,35],[103.002,35],[103.002,35.004],[103,35.004],[103,35]]]},"properties":{"type":"adobe","id":"}]\"{","people":2.5}},
    {"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[104,36],[104.003,36],[104,36.003],[104,36]]]]},"properties":{"type":"砖混","year":null}}
  ]})");
  ASSERT_TRUE(read.ok()) << reason(read);
  for (const auto& r : read->refusals) ADD_FAILURE() << r.line << r.field << r.en;
  const auto& b = read->buildings;
  ASSERT_EQ(b.size(), 3u);
  EXPECT_EQ(b.at[0], (LonLat{103.5, 35.25}));
  EXPECT_EQ(b.storeys[0], 6);
  EXPECT_EQ(b.year[0], 2001);
  EXPECT_EQ(b.place[0], 0u);
  EXPECT_EQ(b.code[0], CodeLevel::moderate);
  EXPECT_EQ(b.id[0], "17");
  EXPECT_EQ(b.id[1], "}]\"{");
  EXPECT_NEAR(b.at[1].lon, 103.001, 1e-9);
  EXPECT_NEAR(b.at[1].lat, 35.002, 1e-9);
  EXPECT_NEAR(b.at[2].lon, 104.001, 1e-9);
  EXPECT_EQ(b.people[1], 2.5f);
}

TEST(BuildingsGeojson, RefusesWrongFeaturesOneByOneAndWrongFilesAsAWhole) {
  const auto read = geojson("{\"features\":[\n"
                            "{\"geometry\":{\"type\":\"Point\",\"coordinates\":[103,35]},\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\":null,\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[103,35],[104,35]]},\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\":{\"type\":\"Point\",\"coordinates\":[\"a\",35]},\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\" oops},\n"
                            "{\"geometry\":{\"type\":\"Point\",\"coordinates\":[103,95]},\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\":{\"type\":\"Point\",\"coordinates\":[103,35]},\"properties\":{\"type\":[1]}},\n"
                            "{\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[]]},\"properties\":{\"type\":\"frame\"}},\n"
                            "{\"geometry\":{\"type\":\"Point\",\"coordinates\":[103,35]}},\n"
                            "{}\n]}");
  ASSERT_TRUE(read.ok()) << reason(read);
  EXPECT_EQ(read->rows, 10u);
  EXPECT_EQ(read->buildings.size(), 1u);
  ASSERT_EQ(read->refusals.size(), 9u);
  for (size_t i = 0; i < 9; ++i) EXPECT_EQ(read->refusals[i].line, static_cast<int>(i) + 3);

  EXPECT_NE(reason(geojson("")).find("breaks off"), std::string::npos);
  EXPECT_NE(reason(geojson("[]")).find("not a GeoJSON"), std::string::npos);
  EXPECT_NE(reason(geojson("{}")).find("features"), std::string::npos);
  EXPECT_NE(reason(geojson("{\"features\":[{\"a\":1}")).find("breaks off"), std::string::npos);
  EXPECT_NE(reason(geojson("]")).find("match"), std::string::npos);
  EXPECT_NE(reason(geojson("{\"features\":[{\"a\":\"" + std::string(2'000'000, 'x') + "\"}]}")).find("1 MB"), std::string::npos);
  EXPECT_FALSE(geojson("{\"features\":[" + std::string(100'000, '[') + "]}").ok());
  EXPECT_EQ(reason(geojson("{\"features\":[]}")), "read");
}

TEST(BuildingsGeojson, BlocksOfTheStreamDoNotShow) {
  std::string text = "{\"features\":[";
  constexpr int kRows = 20'000;
  for (int i = 0; i < kRows; ++i)
    text += std::string(i ? "," : "") + R"({"type":"Feature","geometry":{"type":"Point","coordinates":[)" + std::to_string(100 + i * 1e-4) + R"(,35]},"properties":{"type":"adobe","id":")" + std::to_string(i) + "\"}}\n";
  text += "]}";
  ASSERT_GT(text.size(), size_t{2} << 20);
  const auto read = geojson(text);
  ASSERT_TRUE(read.ok()) << reason(read);
  EXPECT_EQ(read->refused, 0u);
  ASSERT_EQ(read->buildings.size(), size_t{kRows});
  for (int i = 0; i < kRows; i += 37) EXPECT_EQ(read->buildings.id[static_cast<size_t>(i)], std::to_string(i));
}

}  // namespace
}  // namespace anlan::quake
