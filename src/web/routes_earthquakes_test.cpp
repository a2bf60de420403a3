// Earthquakes through the API: who may, what is refused, what follows, and files that mean harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "quake/shakemap_files.h"
#include "quake/synthetic_waves.h"
#include "web/earthquake_json.h"
#include "web/earthquake_rig.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class EarthquakeRoutes : public EarthquakeRig {
 protected:
  std::string at(int64_t id, const char* rest = "") { return "/earthquakes/" + std::to_string(id) + rest; }
};

TEST_F(EarthquakeRoutes, IsReportedOnceByWhoIsOnDutyHere) {
  for (const auto& token : {reader, town, elsewhere}) EXPECT_EQ(status("POST", "/earthquakes", token, quake_body()), 403);
  EXPECT_EQ(status("POST", "/earthquakes", "", quake_body()), 401);
  for (const char* body : {R"({"lon":102.8,"magnitude":6.2})", R"({"lon":102.8,"lat":35.7,"magnitude":"strong"})", R"({"lon":102.8,"lat":95,"magnitude":6})", R"({"lon":102.8,"lat":35,"magnitude":11})",
                           R"({"lon":102.8,"lat":35,"magnitude":6,"depth_km":-1})", R"({"lon":102.8,"lat":35,"magnitude":6,"mechanism":"sideways"})", R"({"lon":102.8,"lat":35,"magnitude":6,"strike":400})",
                           R"({"lon":102.8,"lat":35,"magnitude":6,"at":1})", R"({"lon":102.8,"lat":35,"magnitude":6,"drill":"yes"})", R"({"lon":1e308,"lat":-1e308,"magnitude":1e308})"})
    EXPECT_EQ(status("POST", "/earthquakes", wang, body), 422) << body;
  EXPECT_EQ(status("POST", "/earthquakes", wang, "[1]"), 400);
  // Sent twice under one key it is one.
  const auto body = quake_body();
  const auto first = t.request("POST", "/api/v1/earthquakes", wang, body, {{"Idempotency-Key", "k"}}), again = t.request("POST", "/api/v1/earthquakes", wang, body, {{"Idempotency-Key", "k"}});
  EXPECT_EQ(first.status, 200) << first.body_text();
  EXPECT_EQ(first.body_text(), again.body_text());
  EXPECT_EQ(t.request("POST", "/api/v1/earthquakes", wang, quake_body(R"(,"depth_km":12)"), {{"Idempotency-Key", "k"}}).status, 409) << "the key was used";
  EXPECT_EQ(status("POST", "/earthquakes", wang, body), 409) << "it is known";
  const auto items = get("/earthquakes", "/earthquakes").at("items").as_array();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].at("source").as_string(), "officer");
  EXPECT_EQ(items[0].at("version").to_number<int>(), 1);
  EXPECT_TRUE(items[0].at("dead").is_null());
}

TEST_F(EarthquakeRoutes, TheDamsItShakesAreASituation) {
  RecordPatch dam;
  dam.name = "上庄水库";
  dam.place = PlaceCode(622927101201);
  dam.position = kTown;
  dam.fields = {{"scale", "small_1"}};
  const auto index = t.node->places().get();
  t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), index->places(), "reservoir", dam); }).value();
  report();
  settle();
  const auto one = get("/situations/1", "/situations/{id}");
  EXPECT_EQ(one.at("hazard").as_string(), "dam_danger");
  EXPECT_EQ(one.at("items").at(0).at("object_type").as_string(), "reservoir");
  EXPECT_GE(one.at("items").at(0).at("value").to_number<double>(), 6) << "degrees of intensity";
}

TEST_F(EarthquakeRoutes, ItsStoryGrowsWithVersionsAndEstimates) {
  load_buildings();
  const auto id = report(R"(,"strike":310,"mechanism":"reverse")");
  // The first estimate is under way: its place on the map is known, its losses are not.
  auto map = get(at(id, "/map"), "/earthquakes/{id}/map");
  EXPECT_TRUE(map.at("contours").as_array().empty());
  EXPECT_FALSE(map.at("ellipses").as_array().empty());
  EXPECT_EQ(status("GET", at(id, "/losses"), reader), 404);
  EXPECT_TRUE(get(at(id), "/earthquakes/{id}").at("reached").as_array().empty());
  settle();
  auto story = get(at(id), "/earthquakes/{id}");
  EXPECT_FALSE(story.at("estimates").as_array().empty());
  EXPECT_TRUE(story.at("exposure").at("generated").as_bool());
  EXPECT_EQ(story.at("strike").to_number<double>(), 310);
  EXPECT_FALSE(story.at("dead").is_null());
  ASSERT_FALSE(story.at("reached").as_array().empty());
  const auto& six = story.at("reached").at(0);
  EXPECT_EQ(six.at("intensity").to_number<int>(), 6);
  EXPECT_GT(six.at("area_km2").to_number<double>(), 100);
  EXPECT_EQ(six.at("villages").to_number<int>(), 2);
  map = get(at(id, "/map"), "/earthquakes/{id}/map");
  EXPECT_GE(map.at("contours").as_array().size(), 3u);
  // Polygons of rings of positions of numbers.
  EXPECT_TRUE(map.at("contours").at(0).at("shape").at("coordinates").at(0).at(0).at(0).at(0).is_number());
  EXPECT_TRUE(map.at("ellipses").as_array().empty());
  EXPECT_TRUE(map.at("bias").is_null()) << "nothing was measured";

  for (const auto& token : {reader, elsewhere}) EXPECT_EQ(status("POST", at(id, "/revise"), token, R"({"magnitude":6.5})"), 403);
  EXPECT_EQ(status("POST", at(id, "/revise"), wang, R"({"magnitude":-1})"), 422);
  EXPECT_EQ(status("POST", at(77, "/revise"), wang, R"({"magnitude":6.5})"), 404);
  EXPECT_EQ(expect(200, "POST", at(id, "/revise"), "/earthquakes/{id}/revise", wang, R"({"magnitude":6.5,"strike":null})").at("version").to_number<int>(), 2);
  settle();
  story = get(at(id), "/earthquakes/{id}");
  ASSERT_EQ(story.at("versions").as_array().size(), 2u);
  EXPECT_EQ(story.at("versions").at(1).at("magnitude").to_number<double>(), 6.5);
  EXPECT_EQ(story.at("lon").to_number<double>(), 102.8) << "what is left out stays";
  EXPECT_TRUE(story.at("strike").is_null());
  EXPECT_EQ(story.at("estimates").as_array().back().at("version").to_number<int>(), 2);
}

TEST_F(EarthquakeRoutes, AFalseAlarmIsWithdrawnWithAReason) {
  const auto id = report();
  EXPECT_EQ(status("POST", at(id, "/withdraw"), elsewhere, R"({"reason":"误报"})"), 403);
  EXPECT_EQ(status("POST", at(id, "/withdraw"), wang, "{}"), 422);
  EXPECT_EQ(status("POST", at(99, "/withdraw"), wang, R"({"reason":"误报"})"), 404);
  expect(200, "POST", at(id, "/withdraw"), "/earthquakes/{id}/withdraw", wang, R"({"reason":"误报"})");
  EXPECT_EQ(status("POST", at(id, "/revise"), wang, R"({"magnitude":6.5})"), 409);
  EXPECT_EQ(status("POST", at(id, "/surveys"), wang, R"({"lon":102.76,"lat":35.84,"intensity":7})"), 409);
  EXPECT_EQ(get(at(id), "/earthquakes/{id}").at("withdrawn").at("reason").as_string(), "误报");
}

TEST_F(EarthquakeRoutes, ADrillIsListedOnlyWhenAskedFor) {
  const auto id = report();
  for (const auto& token : {reader, elsewhere}) EXPECT_EQ(status("POST", at(id, "/drill"), token), 403);
  t.clock.ms += 3'600'000;
  const auto drill = expect(200, "POST", at(id, "/drill"), "/earthquakes/{id}/drill", wang).at("earthquake").to_number<int64_t>();
  EXPECT_NE(drill, id);
  EXPECT_EQ(get("/earthquakes", "/earthquakes").at("items").as_array().size(), 1u);
  const auto all = get("/earthquakes?drills=1", "/earthquakes").at("items").as_array();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].at("drill").as_bool());
  EXPECT_EQ(all[0].at("at").to_number<int64_t>(), t.clock.ms.load());
}

TEST_F(EarthquakeRoutes, WithoutBuildingsThereIsAMapAndNoLosses) {
  const auto id = report();
  settle();
  EXPECT_FALSE(get(at(id, "/map"), "/earthquakes/{id}/map").at("contours").as_array().empty());
  const auto refused = t.get(at(id, "/losses"), reader);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(t.code_of(refused), "unavailable");
  EXPECT_THAT(std::string(refused.body_text()), HasSubstr("尚未导入"));
  EXPECT_TRUE(get(at(id), "/earthquakes/{id}").at("exposure").is_null());
  EXPECT_FALSE(get("/exposure", "/exposure").at("loaded").as_bool());
  EXPECT_EQ(t.get(at(id, "/report.pdf"), reader).status, 200);
}

TEST_F(EarthquakeRoutes, LossesByTownshipInEveryForm) {
  load_buildings();
  const auto id = report();
  settle();
  const auto losses = get(at(id, "/losses"), "/earthquakes/{id}/losses");
  EXPECT_TRUE(losses.at("generated").as_bool());
  ASSERT_EQ(losses.at("townships").as_array().size(), 2u);
  EXPECT_EQ(losses.at("townships").at(0).at("priority").to_number<int>(), 1);
  const auto& dead = losses.at("total").at("dead");
  EXPECT_LE(dead.at("p10").to_number<double>(), dead.at("p90").to_number<double>());
  EXPECT_EQ(get(at(id, "/losses?place=622927102"), "/earthquakes/{id}/losses").at("townships").as_array().size(), 1u);
  EXPECT_EQ(status("GET", at(id, "/losses?place=abc"), reader), 422);
  EXPECT_EQ(status("GET", at(99, "/losses"), reader), 404);
  EXPECT_EQ(status("GET", "/earthquakes/x/losses", reader), 404);
  EXPECT_EQ(status("GET", at(id, "/losses"), ""), 401);

  const auto csv = t.get(at(id, "/losses.csv"), reader);
  EXPECT_THAT(std::string(csv.body_text()), HasSubstr("大河家镇"));
  EXPECT_THAT(std::string(csv.headers.find("Content-Type").value_or("")), HasSubstr("text/csv"));
  const auto geojson = t.json_of(t.get(at(id, "/losses.geojson"), reader));
  ASSERT_EQ(geojson.at("features").as_array().size(), 2u);
  EXPECT_TRUE(geojson.at("features").at(0).at("properties").at("estimated").as_bool());
  const auto grid = quake::read_grid_xml(t.get(at(id, "/grid.xml"), reader).body_text());
  ASSERT_TRUE(grid.ok()) << grid.error().describe();
  EXPECT_NEAR(grid->event.epicentre.lon, 102.8, 1e-3);
  EXPECT_NEAR(*std::max_element(grid->intensity.begin(), grid->intensity.end()), get(at(id, "/map"), "/earthquakes/{id}/map").at("max").to_number<double>(), 0.06);
  const auto report = get(at(id, "/report"), "/earthquakes/{id}/report");
  EXPECT_TRUE(report.at("generated").as_bool());
  EXPECT_FALSE(report.at("paragraphs").as_array().empty());
  EXPECT_TRUE(t.get(at(id, "/report.pdf"), reader).body_text().starts_with("%PDF"));
  const auto exposure = get("/exposure", "/exposure");
  EXPECT_EQ(exposure.at("buildings").to_number<int64_t>(), 160);
  EXPECT_EQ(exposure.at("townships").to_number<int64_t>(), 2);
  EXPECT_EQ(exposure.at("by_type").as_array().size(), 2u);
}

TEST_F(EarthquakeRoutes, WhatStationsMeasuredCorrectsTheMap) {
  load_buildings();
  const auto id = report();
  settle();
  const double before = get(at(id, "/map"), "/earthquakes/{id}/map").at("max").to_number<double>();
  const std::string csv = "name,lon,lat,pga_gal,pgv_cms,intensity\n大河家,102.76,35.84,900,90,9.6\n刘集,102.95,35.72,800,80,9.4\n坏行,abc,35,1,1,1\n";
  for (const auto& token : {reader, elsewhere}) EXPECT_EQ(status("POST", at(id, "/stations"), token, csv), 403);
  const auto taken = expect(200, "POST", at(id, "/stations"), "/earthquakes/{id}/stations", wang, csv);
  EXPECT_EQ(taken.at("stations").to_number<int>(), 2);
  EXPECT_EQ(taken.at("left_out").to_number<int>(), 1);
  settle();
  const auto map = get(at(id, "/map"), "/earthquakes/{id}/map");
  EXPECT_EQ(map.at("stations").as_array().size(), 2u);
  EXPECT_FALSE(map.at("bias").is_null());
  EXPECT_GT(map.at("max").to_number<double>(), before + 0.2);
  EXPECT_EQ(get(at(id), "/earthquakes/{id}").at("stations_used").to_number<int>(), 2);
}

TEST_F(EarthquakeRoutes, FilesOfStationsThatMeanHarmAreRefused) {
  const auto id = report();
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE s [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'n'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  bomb += "]><shakemap-data><stationlist><station code=\"&m;\" lat=\"35\" lon=\"102\"/></stationlist></shakemap-data>";
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  std::string wide = "name,lon,lat";
  for (int i = 0; i < 5'000; ++i) wide += ",x";
  for (const std::string& body : {bomb, deep, wide + "\n", std::string("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), std::string("\x00\xFF\xFE\x01", 4), std::string("name,lon\nx,1\n"), std::string("<stationlist"),
                                  std::string("name,lon,lat,pga_gal\nx,102,35,1e999\ny,nan,inf,9\nz,1,1,-5\n"), std::string(), std::string(3'000'000, '"'), std::string("{\"a\":1}")}) {
    const auto refused = t.change("POST", at(id, "/stations"), wang, body);
    EXPECT_TRUE(refused.status == 422 || refused.status == 413 || refused.status == 400) << refused.status << " " << body.substr(0, 60) << " " << refused.body_text();
    EXPECT_FALSE(t.code_of(refused).empty());
  }
  for (const auto& route : t.api->routes()) {
    const bool mine = route.path.starts_with("/earthquakes") || route.path.starts_with("/surveys") || route.path.starts_with("/linkages") || route.path.starts_with("/scenarios");
    if (!mine) continue;
    EXPECT_LE(route.body_bytes_max, route.path.ends_with("/stations") ? size_t{16} << 20 : size_t{1} << 20) << route.path;
  }
  EXPECT_EQ(get(at(id), "/earthquakes/{id}").at("stations_used").to_number<int>(), 0);
  EXPECT_EQ(status("POST", at(99, "/stations"), wang, "name,lon,lat,intensity\nx,102,35,7\n"), 404);
}

TEST_F(EarthquakeRoutes, WhoeverHasThePlaceSaysWhatItLooksLike) {
  load_buildings();
  const auto id = report();
  settle();
  const std::string here = R"({"lon":102.761,"lat":35.841,"intensity":8,"houses_collapsed":3,"dead":1,"note":"桥断了"})", there = R"({"lon":102.951,"lat":35.721,"note":"无人受伤"})";
  for (const char* bad : {R"({"lon":102.76,"lat":35.84})", R"({"lat":35.84,"intensity":7})", R"({"lon":102.76,"lat":35.84,"intensity":13})", R"({"lon":102.76,"lat":35.84,"dead":-1})", R"({"lon":102.76,"lat":35.84,"dead":1.5})",
                          R"({"lon":102.76,"lat":35.84,"dead":1e300})", R"({"lon":"x","lat":35.84,"dead":1})", R"({"lon":190,"lat":35.84,"dead":1})"})
    EXPECT_EQ(status("POST", at(id, "/surveys"), town, bad), 422) << bad;
  EXPECT_EQ(status("POST", at(id, "/surveys"), elsewhere, here), 403);
  EXPECT_EQ(status("POST", at(id, "/surveys"), town, there), 403) << "another town";
  EXPECT_EQ(status("POST", at(99, "/surveys"), town, here), 404);
  EXPECT_EQ(status("POST", at(id, "/surveys"), "", here), 401);
  const auto mine = expect(200, "POST", at(id, "/surveys"), "/earthquakes/{id}/surveys", town, here).at("survey").to_number<int64_t>();
  const auto theirs = expect(200, "POST", at(id, "/surveys"), "/earthquakes/{id}/surveys", wang, there).at("survey").to_number<int64_t>();
  const auto items = get(at(id, "/surveys"), "/earthquakes/{id}/surveys").at("items").as_array();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].at("place").as_string(), "622927102");
  EXPECT_EQ(expect(200, "GET", at(id, "/surveys"), "/earthquakes/{id}/surveys", town).at("items").as_array().size(), 1u) << "of its own town alone";
  EXPECT_TRUE(expect(200, "GET", at(id, "/map"), "/earthquakes/{id}/map", elsewhere).at("surveys").as_array().empty());
  settle();
  const auto losses = get(at(id, "/losses?place=622927101"), "/earthquakes/{id}/losses");
  EXPECT_EQ(losses.at("townships").at(0).at("reported").at("collapsed").to_number<int>(), 3);
  // One's own, or as the officer on duty.
  const auto withdraw = [&](int64_t survey) { return "/surveys/" + std::to_string(survey) + "/withdraw"; };
  EXPECT_EQ(status("POST", withdraw(theirs), town), 403);
  EXPECT_EQ(status("POST", withdraw(mine), reader), 403);
  EXPECT_EQ(status("POST", withdraw(99), wang), 404);
  expect(200, "POST", withdraw(mine), "/surveys/{id}/withdraw", town);
  expect(200, "POST", withdraw(theirs), "/surveys/{id}/withdraw", wang);
  const auto gone = get(at(id, "/surveys"), "/earthquakes/{id}/surveys").at("items").as_array();
  for (const auto& item : gone) EXPECT_TRUE(item.at("withdrawn").as_bool());
}

TEST_F(EarthquakeRoutes, MachinesAnswerOrAreSilent) {
  const auto id = report();
  const auto order = [&](const char* rule) {
    LinkageOrder o;
    o.rule = rule;
    o.record = RecordId{1};
    o.name = "一号阀";
    o.intensity = 7.34;
    o.arrives = UtcTime{t.clock.ms + 20'000};
    o.due = UtcTime{t.clock.ms + 10'000};
    return o;
  };
  const auto& rules = t.node->pack().earthquakes.linkages;
  ASSERT_FALSE(rules.empty());
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return order_linkages(r, id, {order(rules[0].id.c_str()), order("gone")}, PlaceCode(622927)); }).ok());
  auto items = get(at(id, "/linkages"), "/earthquakes/{id}/linkages").at("items").as_array();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].at("state").as_string(), "ordered");
  EXPECT_EQ(items[0].at("zh").as_string(), rules[0].zh);
  EXPECT_TRUE(expect(200, "GET", at(id, "/linkages"), "/earthquakes/{id}/linkages", elsewhere).at("items").as_array().empty());
  t.clock.ms += 11'000;
  EXPECT_EQ(get(at(id, "/linkages"), "/earthquakes/{id}/linkages").at("items").at(0).at("state").as_string(), "silent");
  const std::string answer = "/linkages/" + std::to_string(items[0].at("id").to_number<int64_t>()) + "/answer";
  for (const auto& token : {reader, elsewhere}) EXPECT_EQ(status("POST", answer, token, R"({"done":true})"), 403);
  EXPECT_EQ(status("POST", answer, wang, "{}"), 422);
  EXPECT_EQ(status("POST", answer, wang, R"({"done":"yes"})"), 422);
  EXPECT_EQ(status("POST", "/linkages/99/answer", wang, R"({"done":true})"), 404);
  expect(200, "POST", answer, "/linkages/{id}/answer", wang, R"({"done":true,"note":"已关阀"})");
  items = get(at(id, "/linkages"), "/earthquakes/{id}/linkages").at("items").as_array();
  EXPECT_EQ(items[0].at("state").as_string(), "done");
  EXPECT_EQ(items[0].at("by").as_string(), "wang");
}

TEST_F(EarthquakeRoutes, ArrivalsComeWithTheirColours) {
  const auto id = report();
  const auto out = get("/early-warning/" + std::to_string(id) + "/places?at=" + std::to_string(t.clock.ms - 50'000), "/early-warning/{id}/places");
  ASSERT_EQ(out.at("items").as_array().size(), 2u);
  const auto& first = out.at("items").at(0);
  EXPECT_EQ(first.at("place").as_string(), "622927101") << "the strongest first";
  EXPECT_EQ(first.at("colour").as_string(), "red");
  EXPECT_GT(first.at("s_arrives").to_number<int64_t>(), first.at("p_arrives").to_number<int64_t>());
  EXPECT_NEAR(out.at("s_kms").to_number<double>(), 3.5, 0.1);
  EXPECT_GT(out.at("p_kms").to_number<double>(), out.at("s_kms").to_number<double>());
  EXPECT_EQ(out.at("now").to_number<int64_t>(), t.clock.ms - 50'000);
  EXPECT_EQ(status("GET", "/early-warning/99/places", reader), 404);
  EXPECT_EQ(status("GET", "/early-warning/" + std::to_string(id) + "/places?at=x", reader), 422);
  const auto state = get("/early-warning", "/early-warning");
  EXPECT_TRUE(state.at("warnings").as_array().empty());
  EXPECT_EQ(state.at("stations_live").to_number<int>(), 0);
  EXPECT_EQ(status("GET", "/early-warning", ""), 401);
}

// --- live

class HeldSocket final : public LiveSocket {
 public:
  bool send(std::shared_ptr<const std::string> text) override {
    std::scoped_lock guard(mutex);
    const auto message = parse_json(*text).value().as_object();
    if (message.at("type").as_string() == "earthquakes") messages.push_back(message);
    return true;
  }
  void close(uint16_t, std::string) override {}
  uint64_t id() const override { return 1; }
  std::vector<json::object> take() {
    std::scoped_lock guard(mutex);
    return std::exchange(messages, {});
  }
  std::mutex mutex;
  std::vector<json::object> messages;
};

TEST_F(EarthquakeRoutes, DesksHearAtOnceAndTheFirstCountdownWaitsForNothing) {
  auto listener = std::get<std::shared_ptr<SocketListener>>(t.api->live().accept(reader, t.sessions->session(reader)));
  auto socket = std::make_shared<HeldSocket>();
  listener->on_open(socket);
  listener->on_message("{\"subscribe\":[\"earthquakes\"]}");
  const auto id = report();
  t.api->tick();
  auto heard = socket->take();
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard[0].at("earthquakes").at(0).to_number<int64_t>(), id);
  EXPECT_TRUE(heard[0].at("warning").is_null());

  Countdown c;
  c.earthquake = id;
  c.report.event = 3;
  c.report.number = 1;
  c.report.origin = UtcTime{t.clock.ms - 4'000};
  c.first_made = UtcTime{t.clock.ms};
  c.report.made = UtcTime{t.clock.ms + 5'000};
  c.report.epicentre = {102.8, 35.8};
  c.report.magnitude = 6.04;
  c.report.stations = 4;
  c.picks = {{0, (t.clock.ms - 1'000) * 1000, 0, 0, 9}, {9, 0, 0, 0, 0}};
  const std::vector<StationView> stations{{RecordId{1}, "GS.JSS", {102.7, 35.8}, {}}};
  const auto said = countdown_json(c, stations);
  for (const auto& fault : contract.schema_faults("Countdown", said)) ADD_FAILURE() << fault;
  EXPECT_EQ(said.at("picks").as_array().size(), 1u) << "a station that is gone is left out";
  EXPECT_NEAR(said.at("blind_km").to_number<double>(), 9.8, 0.1) << "out after 4 s, at 3.5 km/s from 10 km deep, however late the last report is";
  // Within the interval of the message before: the first goes out all the same, further ones wait, the newest counts.
  t.api->live().countdown(3, said, true);
  heard = socket->take();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].at("warning").at("number").to_number<int>(), 1);
  for (unsigned n = 2; n < 5; ++n) {
    c.report.number = n;
    t.api->live().countdown(3, countdown_json(c, stations), false);
  }
  t.api->live().countdown(4, said, true);
  heard = socket->take();
  ASSERT_EQ(heard.size(), 2u) << "another event sends what waits as well";
  EXPECT_EQ(heard[0].at("warning").at("number").to_number<int>(), 4);
  t.api->live().countdown(4, said, false);
  EXPECT_TRUE(socket->take().empty());
  t.clock.ms += 100;
  t.api->tick();
  EXPECT_EQ(socket->take().size(), 1u);
}

TEST_F(EarthquakeRoutes, FromTheFirstWavesToTheDesks) {
  quake::synthetic::Field field(3, 16, 20, {102.8, 35.8});
  field.shocks.push_back({20, {102.8, 35.8}, 10, 6.2});
  const auto index = t.node->places().get();
  for (size_t i = 0; i < field.stations.size(); ++i) {
    RecordPatch r;
    r.name = field.stations[i].id;
    r.place = PlaceCode(622927101);
    r.position = field.stations[i].at;
    r.fields = {{"network", "SY"}, {"station", std::to_string(i)}, {"location", ""}, {"vertical", "HNZ"}, {"north", "HNN"}, {"east", "HNE"}, {"measures", "acceleration"},
                {"counts_per_unit", field.kGain}, {"rate_hz", static_cast<double>(field.kRate)}, {"clip_counts", 8e6}};
    const auto added = t.run([&](Reader& rd, UtcTime) { return add_record(rd, t.node->pack(), index->places(), "seismic_station", r); });
    ASSERT_TRUE(added.ok()) << added.error().describe();
  }
  auto listener = std::get<std::shared_ptr<SocketListener>>(t.api->live().accept(reader, t.sessions->session(reader)));
  auto socket = std::make_shared<HeldSocket>();
  listener->on_open(socket);
  listener->on_message("{\"subscribe\":[\"earthquakes\"]}");
  auto& warnings = t.node->early_warnings();
  const int64_t began = t.clock.ms;
  std::vector<int32_t> samples(field.kRate);
  constexpr std::array<const char*, 3> kChannels{"HNZ", "HNN", "HNE"};
  std::optional<json::object> first;
  for (int64_t second = 0; second < 40 && !first; ++second) {
    for (uint32_t c = 0; c < field.channels.size(); ++c) {
      field.fill(c, second * field.kRate, samples);
      const auto station = std::to_string(c / 3);
      const auto taken = warnings.take({"SY", station, "", kChannels[c % 3], (began + second * 1'000) * 1'000, static_cast<double>(field.kRate), samples});
      ASSERT_TRUE(taken.ok()) << taken.error().describe();
    }
    // Nothing is flushed: what is heard left with the report.
    for (const auto& message : socket->take())
      if (!first && message.at("warning").is_object()) first = message.at("warning").as_object();
    t.clock.ms = began + (second + 1) * 1'000;
  }
  ASSERT_TRUE(first);
  for (const auto& fault : contract.schema_faults("Countdown", *first)) ADD_FAILURE() << fault;
  EXPECT_EQ(first->at("number").to_number<int>(), 1);
  EXPECT_GE(first->at("picks").as_array().size(), 4u);
  EXPECT_NEAR(first->at("magnitude").to_number<double>(), 6.2, 1.5);
  EXPECT_LT(t.clock.ms - began, 32'000) << "within 12 s of the first break";
  settle();
  const auto state = get("/early-warning", "/early-warning");
  EXPECT_EQ(state.at("stations").as_array().size(), 16u);
  EXPECT_EQ(state.at("stations_live").to_number<int>(), 16);
  ASSERT_EQ(state.at("warnings").as_array().size(), 1u);
  const auto id = state.at("warnings").at(0).at("earthquake").to_number<int64_t>();
  EXPECT_GT(id, 0) << "it is recorded by now";
  EXPECT_EQ(get(at(id), "/earthquakes/{id}").at("source").as_string(), "early_warning");
  EXPECT_GT(get("/early-warning/" + std::to_string(id) + "/places", "/early-warning/{id}/places").at("blind_km").to_number<double>(), 0);
}

}  // namespace
}  // namespace anlan
