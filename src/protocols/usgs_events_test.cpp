// The feed as the USGS sends it, and as nobody should.
#include "protocols/usgs_events.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kFolder = "../shared/data/quake/";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string feed(const std::string& features) { return R"({"type":"FeatureCollection","metadata":{"count":1},"features":[)" + features + "]}"; }
std::string feature(const std::string& properties, const std::string& coordinates = "[102.79,35.70,10]", const std::string& id = "us7000lkdq") {
  return R"({"type":"Feature","properties":{)" + properties + R"(},"geometry":{"type":"Point","coordinates":)" + coordinates + R"(},"id":")" + id + "\"}";
}
const std::string kJishishan =
    R"("mag":5.9,"place":"37 km WNW of Linxia Chengguanzhen, China","time":1702915170000,"updated":1702915800123,"status":"reviewed","net":"us","ids":",us7000lkdq,at00s5wqhx,","nst":88,"gap":31,"magType":"mww","type":"earthquake","url":"https://example/us7000lkdq")";

TEST(UsgsEvents, one_event) {
  const auto read = read_usgs_events(feed(feature(kJishishan)));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  ASSERT_EQ(read->events.size(), 1u);
  const auto& e = read->events[0];
  EXPECT_EQ(e.id, "us7000lkdq");
  EXPECT_THAT(e.also, ElementsAre("at00s5wqhx"));
  EXPECT_EQ(e.source, "us");
  EXPECT_EQ(e.status, CatalogueStatus::reviewed);
  EXPECT_EQ(e.kind, "earthquake");
  EXPECT_EQ(e.origin, UtcTime{1'702'915'170'000});
  EXPECT_EQ(e.updated, UtcTime{1'702'915'800'123});
  EXPECT_EQ(e.epicentre, (LonLat{102.79, 35.70}));
  EXPECT_EQ(e.depth_km, 10);
  EXPECT_EQ(e.magnitude, 5.9);
  EXPECT_EQ(e.magnitude_type, "mww");
  EXPECT_EQ(e.stations, 88);
  EXPECT_EQ(e.azimuthal_gap_deg, 31);
  EXPECT_FALSE(e.magnitude_sigma.has_value());
  // One event of the detail feed is the feature alone.
  EXPECT_EQ(read_usgs_events(feature(kJishishan))->events, read->events);
}

TEST(UsgsEvents, deleted_needs_no_more_than_its_id) {
  const auto read = read_usgs_events(feed(R"({"type":"Feature","id":"us1","properties":{"status":"deleted","mag":null,"time":null},"geometry":null})"));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->events.size(), 1u);
  EXPECT_EQ(read->events[0].status, CatalogueStatus::deleted);
}

TEST(UsgsEvents, one_wrong_event_spoils_no_other) {
  const auto read = read_usgs_events(feed(feature(kJishishan, "[102.79,91,10]", "a") + "," + feature(kJishishan, "[102.79,35,2000]", "b") + "," +
                                          feature(R"("mag":12,"time":1)", "[1,2,3]", "c") + "," + feature(R"("mag":"5","time":1)", "[1]", "d") + "," + feature(R"("mag":5)", "[1,2]", "e") + ",7," +
                                          feature(kJishishan, "[\"x\",null]", "f") + "," + feature(kJishishan, "[190,-35.7]", "g")));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->events.size(), 1u);
  EXPECT_EQ(read->events[0].epicentre, (LonLat{-170, -35.7}));
  EXPECT_FALSE(read->events[0].depth_km.has_value());
  EXPECT_EQ(read->refused, 7u);
  EXPECT_EQ(read->faults[0].id, "a");
  EXPECT_THAT(read->faults[0].why, HasSubstr("epicentre"));
  EXPECT_THAT(read->faults[1].why, HasSubstr("depth"));
  EXPECT_THAT(read->faults[2].why, HasSubstr("magnitude"));
  EXPECT_THAT(read->faults[3].why, HasSubstr("position"));
  EXPECT_THAT(read->faults[4].why, HasSubstr("origin"));
  EXPECT_THAT(read->faults[5].why, HasSubstr("properties"));
}

TEST(UsgsEvents, what_is_no_feed) {
  for (const auto* bad : {"", "<html>", "[]", "{}", R"({"type":"FeatureCollection"})", R"({"type":"FeatureCollection","features":{}})", R"({"type":5,"features":[]})"})
    EXPECT_FALSE(read_usgs_events(bad).ok()) << bad;
  EXPECT_EQ(read_usgs_events(feed(""))->events.size(), 0u);
  std::string deep(200, '[');
  EXPECT_FALSE(read_usgs_events(deep).ok());
  std::string many;
  for (size_t i = 0; i <= kCatalogueEventsMax; ++i) many += i ? ",1" : "1";
  EXPECT_EQ(read_usgs_events(feed(many)).error().code, ErrorCode::kTooLarge);
  many.resize(many.size() - 2);
  const auto read = read_usgs_events(feed(many));
  EXPECT_EQ(read->refused, kCatalogueEventsMax);
  EXPECT_EQ(read->faults.size(), kCatalogueFaultsMax);
}

TEST(UsgsEvents, a_week_of_the_world) {
  const auto path = kFolder + "catalog/eq_data_7_day_m1.geojson";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto bytes = bytes_of(path);
  const auto start = std::chrono::steady_clock::now();
  const auto read = read_usgs_events(bytes);
  std::printf("usgs: a week in %.1f ms\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() * 1e3);
  ASSERT_TRUE(read.ok()) << read.error().describe();
  EXPECT_EQ(read->events.size() + read->refused, 1'405u);
  EXPECT_EQ(read->refused, 0u);
  size_t reviewed = 0, blasts = 0;
  std::set<std::string> ids;
  for (const auto& e : read->events) {
    reviewed += e.status == CatalogueStatus::reviewed;
    blasts += e.kind == "quarry blast";
    ids.insert(e.id);
    EXPECT_GE(e.updated, e.origin);
  }
  EXPECT_EQ(reviewed, 900u);
  EXPECT_EQ(blasts, 21u);
  EXPECT_EQ(ids.size(), 1'405u);
}

TEST(UsgsEvents, pleasant_hill_in_detail) {
  const auto path = kFolder + "eew/pleasanthill_m4.5_nc73291880/event.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const auto read = read_usgs_events(bytes_of(path));
  ASSERT_TRUE(read.ok()) << read.error().describe();
  ASSERT_EQ(read->events.size(), 1u);
  EXPECT_EQ(read->events[0].magnitude, 4.46);
  EXPECT_THAT(read->events[0].also, ElementsAre("at00pzei47", "us70005u9d"));
}

TEST(CatalogueEvent, text_and_numbers_from_outside) {
  EXPECT_EQ(readable_text("  a \n\t b\x01\x7f ", 80), "a b");
  EXPECT_EQ(readable_text("积石山", 7), "积石");
  EXPECT_EQ(readable_text("a\xff\xe7\xa7", 80), "a???");
  EXPECT_EQ(readable_text("\xed\xa0\x80", 80), "???");  // half a surrogate pair
  EXPECT_EQ(decimal_number(" +1.5e2\n"), 150);
  for (const auto* bad : {"", " ", "nan", "inf", "1,5", "1.5x", "0x10", "1e999"}) EXPECT_FALSE(decimal_number(bad).has_value()) << bad;
  EXPECT_EQ(utc_moment("2012-04-04T14:21:42.3+00:00"), utc_moment(" 2012-04-04T14:21:42.3 "));
  EXPECT_FALSE(utc_moment("yesterday").has_value());
}

}  // namespace
}  // namespace anlan
