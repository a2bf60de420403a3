// Scenarios, tiles of buildings and single buildings through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "quake/shakemap_files.h"
#include "web/earthquake_rig.h"
#include "web/seen_tile.h"
#include "web/tiles.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class ScenarioRoutes : public EarthquakeRig {
 protected:
  static std::string body(const std::string& more = "") { return R"({"name":"积石山 7.0","lon":102.8,"lat":35.8,"magnitude":7.0,"local_hour":3)" + more + "}"; }
  static std::string path(int64_t id, const char* rest = "") { return "/scenarios/" + std::to_string(id) + rest; }
  int64_t start(const std::string& more = "") {
    return expect(202, "POST", "/scenarios", "/scenarios", wang, body(more)).at("scenario").to_number<int64_t>();
  }
  // Until its thread has done it.
  json::object done(int64_t id) {
    for (int i = 0; i < 6'000; ++i) {
      auto s = get(path(id), "/scenarios/{id}");
      if (s.at("state").as_string() != "running") return s;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "it does not end";
    return {};
  }
  static TileId tile_at(LonLat at, int z) {
    const auto p = to_world(at);
    return {z, static_cast<int64_t>(std::ldexp(p.x, z)), static_cast<int64_t>(std::ldexp(p.y, z))};
  }
  HttpResponse tile(const std::string& layer, TileId id, const std::string& more = "", ApiTestNode::Fields fields = {}) {
    return t.request("GET", "/api/v1/tiles/buildings/" + layer + "/" + std::to_string(id.z) + "/" + std::to_string(id.x) + "/" + std::to_string(id.y) + more, reader, {}, std::move(fields));
  }
};

TEST_F(ScenarioRoutes, IsComputedAndShownWithEverything) {
  load_buildings();
  for (const auto& token : {reader, elsewhere}) EXPECT_EQ(status("POST", "/scenarios", token, body()), 403);
  EXPECT_EQ(status("POST", "/scenarios", "", body()), 401);
  const auto id = start(R"(,"response":true,"strike":310,"dip":45,"mechanism":"reverse")");
  const auto s = done(id);
  ASSERT_EQ(s.at("state").as_string(), "done") << json::serialize(s.at("fault"));
  EXPECT_EQ(s.at("progress").to_number<double>(), 1);
  EXPECT_FALSE(s.at("map").at("contours").as_array().empty());
  EXPECT_EQ(s.at("map").at("fault").at("type").as_string(), "LineString");
  EXPECT_EQ(s.at("losses").at("townships").as_array().size(), 2u);
  const auto& buildings = s.at("buildings");
  EXPECT_EQ(buildings.at("count").to_number<int64_t>(), 160);
  for (const char* kind : {"grades", "response_grades"}) {
    int64_t sum = 0;
    for (const auto& n : buildings.at(kind).as_array()) sum += n.to_number<int64_t>();
    EXPECT_EQ(sum, 160) << kind;
  }
  EXPECT_EQ(get("/scenarios", "/scenarios").at("items").as_array().size(), 1u);
  EXPECT_TRUE(t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; }).ok());
  EXPECT_TRUE(get("/earthquakes?drills=1", "/earthquakes").at("items").as_array().empty()) << "nothing is journaled";

  const std::string csv(t.get(path(id, "/buildings.csv"), wang).body_text());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 161);
  EXPECT_THAT(csv, HasSubstr("response_grade,drift"));
  EXPECT_THAT(csv, HasSubstr("大河家镇"));
  const auto geojson = t.json_of(t.get(path(id, "/buildings.geojson"), wang));
  ASSERT_EQ(geojson.at("features").as_array().size(), 160u);
  EXPECT_TRUE(geojson.at("features").at(7).at("properties").as_object().contains("drift"));
  EXPECT_TRUE(quake::read_grid_xml(t.get(path(id, "/grid.xml"), reader).body_text()).ok());
  for (const char* file : {"/buildings.csv", "/buildings.geojson", "/grid.xml", ""}) {
    EXPECT_EQ(status("GET", path(99, file), wang), 404) << file;
    EXPECT_EQ(status("GET", path(id, file), ""), 401) << file;
  }
  EXPECT_EQ(status("GET", path(id, "/buildings.csv"), reader), 403) << "every building of the city with its people";
  EXPECT_EQ(status("POST", path(id, "/stop"), elsewhere), 403);
  EXPECT_EQ(status("POST", path(99, "/stop"), wang), 404);
  expect(200, "POST", path(id, "/stop"), "/scenarios/{id}/stop", wang);
}

TEST_F(ScenarioRoutes, WhatMakesNoSenseIsRefused) {
  EXPECT_EQ(t.code_of(t.change("POST", "/scenarios", wang, body())), "conflict") << "no buildings yet";
  load_buildings();
  for (const char* more : {R"(,"local_hour":24)", R"(,"local_hour":2.5)", R"(,"month":0)", R"(,"relations":"mine")", R"(,"dip":45)", R"(,"strike":10,"dip":0)", R"(,"strike":10,"dip":91)", R"(,"strike":900)", R"(,"depth_km":900)",
                           R"(,"magnitude":12)", R"(,"response":1)", R"(,"compare":-3)", R"(,"compare":1e300)", R"(,"retrofit":{})", R"(,"retrofit":[1])", R"(,"retrofit":[{"type":"castle","code_to":"high"}])",
                           R"(,"retrofit":[{"type":"adobe","code_from":"high","code_to":"low"}])", R"(,"retrofit":[{"type":"adobe","code_to":"best"}])", R"(,"lat":"north")", R"(,"name":"")", R"(,"mechanism":"up")"})
    EXPECT_EQ(status("POST", "/scenarios", wang, body(more)), 422) << more;
  std::string many = R"(,"retrofit":[)";
  for (int i = 0; i < 51; ++i) many += std::string(i ? "," : "") + R"({"type":"adobe","code_to":"high"})";
  EXPECT_EQ(status("POST", "/scenarios", wang, body(many + "]")), 422);
  EXPECT_EQ(status("POST", "/scenarios", wang, R"({"name":"x"})"), 422);
  EXPECT_EQ(status("POST", "/scenarios", wang, body(R"(,"compare":5)")), 404);
  EXPECT_TRUE(get("/scenarios", "/scenarios").at("items").as_array().empty());
}

TEST_F(ScenarioRoutes, ARequestSentAgainIsTheSameScenario) {
  load_buildings();
  const auto send = [&](const std::string& what) { return t.request("POST", "/api/v1/scenarios", wang, what, {{"Idempotency-Key", "one"}}); };
  const auto first = t.json_of(send(body())).at("scenario").to_number<int64_t>();
  EXPECT_EQ(t.json_of(send(body())).at("scenario").to_number<int64_t>(), first);
  done(first);
  EXPECT_EQ(t.json_of(send(body())).at("scenario").to_number<int64_t>(), first);
  EXPECT_EQ(get("/scenarios", "/scenarios").at("items").as_array().size(), 1u);
  EXPECT_EQ(t.request("POST", "/api/v1/scenarios", wang, body()).status, 400) << "without a key";
}

TEST_F(ScenarioRoutes, StrengtheningSavesLives) {
  load_buildings(400);
  const auto before = start();
  done(before);
  const auto after = done(start(R"(,"retrofit":[{"type":"wood","code_from":"pre","code_to":"high"}],"compare":)" + std::to_string(before)));
  ASSERT_FALSE(after.at("compared").is_null());
  EXPECT_GE(after.at("compared").at("saved_dead").to_number<double>(), 0);
  EXPECT_GT(after.at("compared").at("saved_yuan").to_number<double>(), 0);
  EXPECT_EQ(after.at("retrofit").at(0).at("code_from").as_string(), "pre");
}

TEST_F(ScenarioRoutes, TilesOfEveryLayer) {
  EXPECT_EQ(tile("plain", {10, 0, 0}).status, 404);
  load_buildings();
  const auto far = tile_at(kTown, 9), near = tile_at(kTown, 14);
  for (const char* layer : {"e1", "s1", "x", "e0", "e-1", "s1x", "plainly", "e99999999999999999999"}) EXPECT_EQ(tile(layer, far).status, 404) << layer;
  const auto plain = tile("plain", far);
  ASSERT_EQ(plain.status, 200) << plain.body_text();
  EXPECT_EQ(plain.headers.find("Content-Type").value_or(""), "application/vnd.mapbox-vector-tile");
  EXPECT_FALSE(seen(std::string(plain.body_text())).at("cells").front().properties.contains("grade"));
  EXPECT_EQ(tile("plain", {19, 0, 0}).status, 404);
  EXPECT_EQ(tile("plain", {3, 8, 0}).status, 404);
  EXPECT_EQ(t.get("/tiles/buildings/plain/9/0/0").status, 401);

  const auto quake = report();
  settle();
  const std::string e = "e" + std::to_string(quake);
  const auto shaken = tile(e, near);
  const auto features = seen(std::string(shaken.body_text())).at("buildings");
  EXPECT_FALSE(features.empty());
  EXPECT_TRUE(features.front().properties.contains("grade"));
  const auto tag = std::string(shaken.headers.find("ETag").value_or(""));
  EXPECT_EQ(tile(e, near, "", {{"If-None-Match", tag}}).status, 304);
  EXPECT_NE(tag, plain.headers.find("ETag").value_or(""));
  // Another magnitude is another damage.
  EXPECT_EQ(status("POST", "/earthquakes/" + std::to_string(quake) + "/revise", wang, R"({"magnitude":4.5})"), 200);
  settle();
  EXPECT_EQ(tile(e, near, "", {{"If-None-Match", tag}}).status, 200);

  const auto id = start(R"(,"response":true)");
  done(id);
  const std::string s = "s" + std::to_string(id);
  EXPECT_EQ(tile(s, near).status, 200);
  EXPECT_EQ(tile(s, near, "?by=response").status, 200);
}

TEST_F(ScenarioRoutes, AsManyAsAskAtOnceAreAllAnswered) {
  load_buildings();
  const auto quake = report();
  settle();
  std::vector<std::thread> desks;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i)
    desks.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        const auto layer = (i + k) % 2 ? "plain" : "e" + std::to_string(quake);
        good += tile(layer, tile_at(kTown, 12 + k % 4)).status == 200;
        good += t.get("/earthquakes/" + std::to_string(quake) + "/losses", reader).status == 200;
      }
    });
  for (auto& d : desks) d.join();
  EXPECT_EQ(good, 160);
}

TEST_F(ScenarioRoutes, OneBuildingAndItsHistory) {
  load_buildings();
  auto one = get("/buildings/0", "/buildings/{row}");
  EXPECT_TRUE(one.at("generated").as_bool());
  EXPECT_TRUE(one.at("grade").is_null());
  EXPECT_TRUE(one.at("shares").is_null());
  EXPECT_EQ(status("GET", "/buildings/0/history", reader), 404) << "nothing shakes";
  for (const char* row : {"160", "-1", "x", "1e3", "99999999999999999999"}) EXPECT_EQ(status("GET", std::string("/buildings/") + row, reader), 404) << row;
  EXPECT_EQ(status("GET", "/buildings/0?layer=s7", reader), 404);
  EXPECT_EQ(status("GET", "/buildings/0", ""), 401);

  const auto id = start(R"(,"response":true)");
  ASSERT_EQ(done(id).at("state").as_string(), "done");
  const std::string layer = "layer=s" + std::to_string(id);
  one = get("/buildings/3?" + layer, "/buildings/{row}");
  double sum = 0;
  for (const auto& share : one.at("shares").as_array()) sum += share.to_number<double>();
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_GT(one.at("intensity").to_number<double>(), 6);
  EXPECT_GT(one.at("response").at("drift").to_number<double>(), 0);
  const auto history = get("/buildings/3/history?" + layer, "/buildings/{row}/history");
  const auto storeys = history.at("storeys").to_number<size_t>();
  const auto& drift = history.at("drift").as_array();
  ASSERT_GT(drift.size(), 100u);
  EXPECT_LE(drift.size(), 4'000u);
  EXPECT_EQ(drift.front().as_array().size(), storeys);
  EXPECT_EQ(history.at("displacement").as_array().size(), drift.size());
  EXPECT_EQ(history.at("ground").as_array().size(), drift.size());
  EXPECT_NEAR(history.at("peaks").at("drift").to_number<double>(), one.at("response").at("drift").to_number<double>(), 0.2 * one.at("response").at("drift").to_number<double>()) << "a finer step of the same building";
  const auto strong = get("/buildings/3/history?" + layer + "&type=wood&code=high", "/buildings/{row}/history");
  EXPECT_EQ(strong.at("code").as_string(), "high");
  EXPECT_EQ(status("GET", "/buildings/3/history?" + layer + "&type=castle", reader), 422);
  EXPECT_EQ(status("GET", "/buildings/3/history?" + layer + "&code=best", reader), 422);
  const auto motions = get("/motions", "/motions").at("items").as_array();
  EXPECT_GE(motions.size(), 2u);
  EXPECT_THAT(std::string(motions[0].at("source").as_string()), HasSubstr("人工"));
}

}  // namespace
}  // namespace anlan
