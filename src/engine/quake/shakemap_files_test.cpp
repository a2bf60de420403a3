#include "quake/shakemap_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace anlan::quake {
namespace {

std::string content(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

constexpr const char* kGrid = R"(<?xml version="1.0" encoding="UTF-8"?>
<shakemap_grid event_id="x1"><event event_id="x1" magnitude="6.2" depth="10" lat="35.7" lon="102.79" event_timestamp="2023-12-18T15:59:30UTC" event_description="积石山" />
<grid_specification lon_min="102" lat_min="35" lon_max="102.2" lat_max="35.1" nlon="3" nlat="2" />
<grid_field index="1" name="LON" units="dd" /><grid_field index="2" name="LAT" units="dd" /><grid_field index="3" name="PGA" units="pctg" />
<grid_field index="4" name="PGV" units="cms" /><grid_field index="5" name="MMI" units="intensity" /><grid_field index="6" name="PSA03" units="pctg" />
<grid_data>
102 35.1 10 5 6.1 1
102.1 35.1 20 6 6.2 1
102.2 35.1 30 7 6.3 1
102 35 40 8 6.4 1
102.1 35 50 9 6.5 1
102.2 35 60 10 6.6 1
</grid_data></shakemap_grid>)";

std::string with(std::string_view from, std::string_view to) {
  std::string s = kGrid;
  const size_t at = s.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  s.replace(at, from.size(), to);
  return s;
}

TEST(GridXml, UnitsAndOrder) {
  const auto g = read_grid_xml(kGrid);
  ASSERT_TRUE(g) << g.error().describe();
  EXPECT_EQ(g->id, "x1");
  EXPECT_EQ(g->description, "积石山");
  EXPECT_EQ(to_iso8601(g->event.origin, 0), "2023-12-18T15:59:30+00:00");
  EXPECT_EQ(g->grid.columns, 3u);
  EXPECT_NEAR(g->pga[0], 0.40f * 9.80665f, 1e-5);  // the south-western corner first
  EXPECT_NEAR(g->pga[5], 0.30f * 9.80665f, 1e-5);
  EXPECT_NEAR(g->pgv[1], 0.09f, 1e-6);
  EXPECT_NEAR(g->intensity[3], 6.1f, 1e-6);
  EXPECT_TRUE(g->vs30.empty());
}

TEST(GridXml, WrittenAndReadAgain) {
  auto g = read_grid_xml(kGrid).value();
  g.vs30.assign(6, 300);
  g.description = "a < b & \"c\"";
  const auto again = read_grid_xml(write_grid_xml(g)).value();
  EXPECT_EQ(again.description, g.description);
  EXPECT_EQ(again.event.origin, g.event.origin);
  EXPECT_EQ(again.event.magnitude, g.event.magnitude);
  EXPECT_EQ(again.vs30, g.vs30);
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(again.pga[i], g.pga[i], 1e-5f * g.pga[i]);
}

TEST(GridXml, RefusesFaults) {
  for (const auto& [from, to] : {std::pair<const char*, const char*>{"magnitude=\"6.2\"", "magnitude=\"12\""}, {"depth=\"10\"", "depth=\"-1\""}, {"lat=\"35.7\"", "lat=\"abc\""},
                                 {"nlon=\"3\"", "nlon=\"4\""}, {"nlon=\"3\"", "nlon=\"4000000000\""}, {"nlon=\"3\"", "nlon=\"-3\""}, {"nlon=\"3\"", "nlon=\"2.5\""}, {"lon_max=\"102.2\"", "lon_max=\"101\""},
                                 {"index=\"2\"", "index=\"7\""}, {"units=\"pctg\"", "units=\"furlong\""}, {"102.1 35.1", "102 35.1"}, {"102.1 35.1", "122 35.1"}, {"102.1 35.1", "x 35.1"},
                                 {"102.2 35 60 10 6.6 1", ""}, {"6.6 1", "6.6 1 102"}, {"name=\"LON\"", "name=\"LOO\""}, {"<grid_data>", "<grid_daty>"}, {"shakemap_grid event_id", "shakemap_grind event_id"}}) {
    const auto g = read_grid_xml(with(from, to));
    EXPECT_FALSE(g) << from << " -> " << to;
  }
  EXPECT_FALSE(read_grid_xml(""));
  EXPECT_FALSE(read_grid_xml(std::string_view("\0\0\0", 3)));
  EXPECT_EQ(read_grid_xml(std::string(kShakemapBytesMax + 1, ' ')).error().code, ErrorCode::kTooLarge);
}

// Entities that grow, and files from elsewhere: not followed.
TEST(GridXml, TheDtdIsHarmless) {
  std::string bomb = kGrid;
  bomb.insert(bomb.find("<shakemap_grid"), "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>");
  bomb.replace(bomb.find("积石山"), std::string("积石山").size(), "&b;&f;");
  const auto g = read_grid_xml(bomb);
  ASSERT_TRUE(g);
  EXPECT_EQ(g->description, "&b;&f;");
}

TEST(GridXml, ShakeMapsOwnFile) {
  const std::string bytes = content("../shared/data/quake/pager/m5.8.nyc.grid.xml");
  if (bytes.empty()) GTEST_SKIP() << "no ../shared/data/quake/pager";
  const auto g = read_grid_xml(bytes);
  ASSERT_TRUE(g) << g.error().describe();
  EXPECT_EQ(g->grid.size(), 161u * 123u);
  // The first row of the file is the north-western corner.
  const size_t corner = size_t{122} * 161;
  EXPECT_NEAR(g->pga[corner], 0.01f * 9.80665f, 1e-6);
  EXPECT_NEAR(g->pgv[corner], 0.0055f, 1e-7);
  EXPECT_NEAR(g->vs30[corner + 1], 873.015f, 1e-3);
  const auto again = read_grid_xml(write_grid_xml(*g));
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_EQ(again->intensity, g->intensity);
}

TEST(Stationlist, WenchuanAndItsConversions) {
  const std::string bytes = content("../shared/data/quake/wenchuan_shakemap_input/current/stationlist.xml");
  if (bytes.empty()) GTEST_SKIP() << "no ../shared/data/quake/wenchuan_shakemap_input";
  const auto list = read_stationlist(bytes);
  ASSERT_TRUE(list) << list.error().describe();
  EXPECT_EQ(list->stations.size() + list->left_out, 240u);
  size_t seen = 0, measured = 0;
  for (const auto& s : list->stations) {
    seen += !s.instrument, measured += s.instrument;
    EXPECT_EQ(s.instrument, s.network == "CSMNC" || s.network == "CEA");
    if (s.instrument) {
      EXPECT_TRUE(std::isnan(s.seen.intensity)) << "made from PGA";
    } else {
      EXPECT_TRUE(std::isnan(s.seen.pga)) << "made from intensity";
    }
    if (s.code == "CEA14") {
      EXPECT_NEAR(s.seen.pga, std::sqrt(.8186f * .8400f) * 9.80665f, 1e-3);
    }
  }
  EXPECT_EQ(seen, 29u);
  EXPECT_GT(measured, 200u);
  const auto again = read_stationlist(write_stationlist(list->stations));
  ASSERT_TRUE(again);
  ASSERT_EQ(again->stations.size(), list->stations.size());
  for (size_t i = 0; i < again->stations.size(); ++i) {
    const float a = again->stations[i].seen.pga, b = list->stations[i].seen.pga;
    EXPECT_TRUE((std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5f * b);
  }
}

TEST(Stationlist, LeavesOutWhatSaysNothing) {
  const auto list = read_stationlist(R"(<shakemap-data><stationlist>
    <station code="a" netid="N" lat="31" lon="103"><comp name="N"><acc value="10" flag="0"/></comp><comp name="E"><acc value="40" flag=""/></comp><comp name="Z"><acc value="90" flag="0"/></comp></station>
    <station code="b" netid="N" lat="31" lon="103"><comp name="N"><acc value="10" flag="G"/></comp></station>
    <station code="c" netid="N" lat="131" lon="103"><comp name="N"><acc value="10" flag="0"/></comp></station>
    <station code="d" netid="N" lat="31" lon="103"><comp name="N"><acc value="-1" flag="0"/></comp></station>
    <station code="e" netid="DYFI" lat="31" lon="103" intensity="6.5"/>
    <station code="f" netid="DYFI" lat="31" lon="103" intensity="99"/></stationlist></shakemap-data>)");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->stations.size(), 2u);
  EXPECT_EQ(list->left_out, 4u);
  EXPECT_NEAR(list->stations[0].seen.pga, 0.20f * 9.80665f, 1e-5);
  EXPECT_FALSE(read_stationlist("<a/>"));
}

TEST(FaultText, QuadrilateralsAndFaults) {
  const auto quads = read_fault_text("#Hartzell\n>\n103.333 30.685 0\n104.277 31.566 0\n104.058 31.744 15\n103.115 30.856 15\n103.333 30.685 0\n>\n");
  ASSERT_TRUE(quads);
  ASSERT_EQ(quads->size(), 1u);
  const auto plane = plane_of((*quads)[0]);
  ASSERT_TRUE(plane);
  EXPECT_NEAR(plane->dip, 27, 3);
  EXPECT_FALSE(read_fault_text(""));
  EXPECT_FALSE(read_fault_text("1 2 3\n"));
  EXPECT_FALSE(read_fault_text("1 2 x\n"));
  EXPECT_FALSE(read_fault_text("1 2 3\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n1 2 3\n"));
  EXPECT_FALSE(read_fault_text("1 95 3\n1 2 3\n1 2 3\n1 2 3\n"));
}

}  // namespace
}  // namespace anlan::quake
