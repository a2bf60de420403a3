// Roads, restrictions, ways, circles and coverage through the API on a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/geojson.h"
#include "logistics/commands.h"
#include "logistics/road_test_data.h"
#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kCity = 6229, kCounty = 622927, kOther = 622921;
constexpr GridTown kTown{};

class RoadRoutes : public testing::Test {
 protected:
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(kCity);
    return s;
  }
  static Boundary square(int64_t code, LonLat south_west, LonLat north_east) {
    Boundary b;
    b.code = PlaceCode(code);
    b.area = area_from_geojson(parse_json(box_shape(south_west, north_east)).value()).value();
    b.bounds = *bounding_box(b.area);
    return b;
  }
  void SetUp() override {
    add_session_routes(*t.api);
    add_road_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622927101202,周家村\n622921101201,阳洼山村\n"}).value();
    const auto put = [&](int64_t code, LonLat at) { places.set_position(places.index_of(PlaceCode(code)), at, false); };
    put(622927101, kTown.at(1, 2));
    put(622927101201, kTown.at(0, 0));
    put(622927101202, kTown.at(2, 4));
    put(622921101201, kTown.at(5, 0));
    // The county boundary runs between columns 2 and 3.
    std::vector<Boundary> outlines;
    outlines.push_back(square(kCounty, kTown.at(-5, -5), kTown.at(2.5, 9)));
    outlines.push_back(square(kOther, kTown.at(2.5, -5), kTown.at(9, 9)));
    const auto index = PlaceIndex::build(std::move(places), Boundaries(std::move(outlines)), t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("chief", {{"duty", PlaceCode(kCity)}});
    t.add_account("wang", {{"duty", PlaceCode(kCounty)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(kOther)}});
    t.add_account("viewer", {{"viewer", PlaceCode(kCity)}});
    chief = t.sign_in("chief");
    wang = t.sign_in("wang");
    elsewhere = t.sign_in("elsewhere");
    viewer = t.sign_in("viewer");
    team = record("rescue_team", kCounty, kTown.at(1, 1), {{"kind", "fire_rescue"}, {"people", 20}});
    far_team = record("rescue_team", kOther, kTown.at(5, 1), {{"kind", "fire_rescue"}, {"people", 20}});
    record("village_group", 622927101202, kTown.at(2, 4), {{"households", 60}, {"people", 240}});
  }
  int64_t record(const char* type, int64_t where, LonLat at, json::object fields) {
    RecordPatch r;
    r.name = std::string("某") + type;
    r.place = PlaceCode(where);
    r.position = at;
    r.fields = std::move(fields);
    const auto index = t.node->places().get();
    return parse_json(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), index->places(), type, r); }).value().response).value().at("id").to_number<int64_t>();
  }
  void import() {
    const auto network = kTown.index();
    const auto hash = t.node->attachments().put(network).value();
    ASSERT_TRUE(t.run([&](Reader&, UtcTime) { return import_roads({"示范路网", hash, 30, 98, 49, R"({"source":"test"})"}); }).ok());
  }
  json::object good(const HttpResponse& response, const std::string& method, const std::string& path) {
    EXPECT_EQ(response.status, 200) << path << ": " << response.body_text();
    auto body = ApiTestNode::json_of(response);
    if (response.status == 200) EXPECT_KEEPS(contract, method, path, 200, body);
    return body;
  }
  json::object get(const std::string& target, const std::string& path) { return good(t.get(target, viewer), "GET", path); }
  HttpResponse ask(const std::string& path, const json::object& body, const std::string& who) { return t.request("POST", "/api/v1" + path, who, json::serialize(body)); }
  json::object asked(const std::string& path, const json::object& body) { return good(ask(path, body, viewer), "POST", path); }
  static json::object at(double column, double row) { return {{"lon", kTown.at(column, row).lon}, {"lat", kTown.at(column, row).lat}}; }
  static json::object closing(double column, double row) {
    return {{"name", "黄河大桥"}, {"kind", "closed"}, {"shape", parse_json(point_shape(kTown.at(column, row))).value()}, {"reason", "桥面过水"}};
  }
  HttpResponse close(const json::object& body, const std::string& who) { return t.change("POST", "/road-states", who, json::serialize(body)); }

  static inline const Contract contract{"src/web/openapi.yaml"};
  ApiTestNode t{{}, settings(), "sqlite"};
  std::string chief, wang, elsewhere, viewer;
  int64_t team = 0, far_team = 0;
};

TEST_F(RoadRoutes, WithoutANetworkAnswersAreEstimates) {
  auto roads = get("/roads", "/roads");
  EXPECT_FALSE(roads["loaded"].as_bool());
  EXPECT_GT(roads["profiles"].as_array().size(), 3u);
  EXPECT_EQ(t.get("/roads/near?lon=102.8&lat=35.8", viewer).status, 404);
  auto routes = asked("/routes", {{"from", at(0, 0)}, {"to", json::object{{"record", team}}}, {"profile", "car"}});
  EXPECT_TRUE(routes["routes"].at(0).at("estimated").as_bool());
  EXPECT_TRUE(asked("/isochrones", {{"at", json::array{at(0, 0), at(1, 0)}}, {"minutes", json::array{5, 10}}})["estimated"].as_bool());
  EXPECT_TRUE(asked("/coverage", {{"circle", "fire_rescue"}, {"polygons", true}})["estimated"].as_bool());
  EXPECT_EQ(t.get("/tiles/roads/14/1/1", viewer).status, 200);
  EXPECT_EQ(good(close(closing(1.5, 1), chief), "POST", "/road-states")["roads_hit"].to_number<int64_t>(), 0) << "it will hold when there are roads";
}

TEST_F(RoadRoutes, AClosureShowsAtOnceAndIsLifted) {
  import();
  auto roads = get("/roads", "/roads");
  EXPECT_TRUE(roads["loaded"].as_bool());
  EXPECT_EQ(roads["name"].as_string(), "示范路网");
  EXPECT_EQ(roads["report"].at("source").as_string(), "test");
  auto near = get("/roads/near?lon=" + std::to_string(kTown.at(1.5, 1).lon) + "&lat=" + std::to_string(kTown.at(1.5, 1).lat), "/roads/near");
  EXPECT_EQ(near["roads"].at(0).at("name").as_string(), "黄河大桥");
  EXPECT_TRUE(near["roads"].at(0).at("bridge").as_bool());

  const json::object way{{"from", at(1, 1)}, {"to", at(2, 1)}, {"profile", "fire_engine"}, {"alternatives", 2}};
  const auto minutes = [&] { return asked("/routes", way)["routes"].at(0).at("minutes").to_number<double>(); };
  const double open = minutes();
  auto seen = good(t.request("POST", "/api/v1/road-states/preview", viewer, json::serialize(closing(1.5, 1))), "POST", "/road-states/preview");
  EXPECT_EQ(seen["roads_hit"].to_number<int64_t>(), 1);
  EXPECT_EQ(seen["names"].at(0).as_string(), "黄河大桥");
  auto set = good(close(closing(1.5, 1), wang), "POST", "/road-states");
  EXPECT_EQ(set["roads_hit"].to_number<int64_t>(), 1);
  EXPECT_TRUE(set["shown"].as_bool());
  EXPECT_EQ(set["state"].at("set_by").at("name").as_string(), "wang");
  EXPECT_GT(minutes(), open * 2);
  EXPECT_EQ(get("/road-states", "/road-states")["items"].as_array().size(), 1u);
  EXPECT_EQ(get("/road-states/roads", "/road-states/roads")["features"].at(0).at("properties").at("name").as_string(), "黄河大桥");
  EXPECT_EQ(get("/roads", "/roads")["states_in_force"].to_number<int64_t>(), 1);

  const std::string lift = "/road-states/" + std::to_string(set["state"].at("id").to_number<int64_t>()) + "/lift";
  EXPECT_EQ(t.change("POST", lift, viewer).status, 403);
  EXPECT_EQ(t.change("POST", lift, elsewhere).status, 403);
  auto lifted = good(t.change("POST", lift, wang), "POST", "/road-states/{id}/lift");
  EXPECT_FALSE(lifted["state"].at("lifted_at").is_null());
  EXPECT_EQ(minutes(), open);
  EXPECT_EQ(t.change("POST", lift, wang).status, 409);
  EXPECT_EQ(get("/road-states?past=1", "/road-states")["items"].as_array().size(), 1u);
  EXPECT_EQ(t.change("POST", "/road-states/99/lift", wang).status, 404);
  EXPECT_EQ(t.change("POST", "/road-states/x/lift", wang).status, 404);
}

TEST_F(RoadRoutes, WhoMayCloseWhat) {
  import();
  EXPECT_EQ(close(closing(1.5, 1), {}).status, 401);
  EXPECT_EQ(close(closing(1.5, 1), viewer).status, 403);
  EXPECT_EQ(close(closing(1.5, 1), elsewhere).status, 403) << "a road of another county";
  EXPECT_EQ(close(closing(4.5, 1), wang).status, 403);
  EXPECT_EQ(close(closing(4.5, 1), elsewhere).status, 200);
  EXPECT_EQ(close(closing(4.5, 2), chief).status, 200);
  EXPECT_EQ(get("/road-states", "/road-states")["items"].as_array().size(), 2u);
}

TEST_F(RoadRoutes, HostileBodiesAreRefusedInClearWords) {
  import();
  const auto status = [&](const char* path, const std::string& body) { return t.change("POST", path, chief, body).status; };
  for (const char* path : {"/road-states", "/road-states/preview", "/routes", "/isochrones", "/coverage", "/coverage/sites", "/coverage/bridge"}) {
    for (const char* body : {"", "[]", "{", "nonsense", "{}", R"({"shape":5,"from":5,"to":5,"at":5,"circle":5})", R"({"shape":{},"from":{},"to":{},"at":[{}],"circle":{}})",
                             R"({"kind":"x","shape":{"type":"Point","coordinates":[1e999,0]},"from":{"lon":1e9,"lat":0},"to":{"lon":0,"lat":0},"at":[],"minutes":[-1],"circle":"none"})",
                             R"({"from":{"record":-1},"to":{"record":"x"},"at":[{"place":"99"}],"minutes":[1,2,3,4,5,6,7,8,9],"circle":{"facilities":["rescue_team"],"minutes":[5,4]}})"}) {
      const int got = status(path, body);
      EXPECT_TRUE(got == 400 || got == 404 || got == 413 || got == 422) << path << " " << body << ": " << got;
    }
  }
  auto body = closing(1.5, 1);
  body["until"] = 1;
  EXPECT_EQ(close(body, chief).status, 422);
  body = closing(1.5, 1);
  body["name"] = "";
  EXPECT_THAT(std::string(close(body, chief).body_text()), HasSubstr("哪条路"));
  body = closing(1.5, 1);
  body["kind"] = "slow";
  EXPECT_EQ(close(body, chief).status, 422) << "no speed";
  json::array many;
  for (int i = 0; i < 2'001; ++i) many.push_back(at(0, 0));
  EXPECT_EQ(ask("/isochrones", {{"at", many}, {"minutes", json::array{5, 6}}}, chief).status, 413);
  EXPECT_EQ(ask("/routes", {{"from", at(0, 0)}, {"to", at(1, 1)}, {"profile", "boat"}}, chief).status, 422);
  EXPECT_EQ(ask("/routes", {{"from", at(0, 0)}, {"to", at(1, 1)}, {"alternatives", 9}}, chief).status, 422);
  EXPECT_EQ(ask("/routes", {{"from", json::object{{"record", far_team}}}, {"to", at(1, 1)}}, wang).status, 403) << "a record of another county";
  EXPECT_EQ(ask("/coverage", {{"circle", "fire_rescue"}, {"within", "622921"}}, wang).status, 403);
  // The ends of the globe.
  for (const double lon : {180.0, -180.0, 0.0})
    for (const double lat : {90.0, -90.0, 0.0}) {
      const json::object end{{"lon", lon}, {"lat", lat}};
      EXPECT_EQ(ask("/routes", {{"from", end}, {"to", at(0, 0)}}, chief).status, 200);
      EXPECT_EQ(ask("/isochrones", {{"at", json::array{end, end}}, {"minutes", json::array{5, 1440}}}, chief).status, 200);
      EXPECT_EQ(ask("/coverage", {{"circle", "fire_rescue"}, {"added", json::array{end, end}}, {"polygons", true}}, chief).status, 200);
      EXPECT_EQ(ask("/coverage", {{"circle", "air_1h"}, {"added", json::array{end, end}}, {"polygons", true}}, chief).status, 200);
      EXPECT_EQ(t.get("/roads/near?lon=" + std::to_string(lon) + "&lat=" + std::to_string(lat), chief).status, 200);
      EXPECT_EQ(ask("/road-states/preview", {{"shape", parse_json(point_shape({lon, lat})).value()}}, chief).status, 200);
    }
  EXPECT_EQ(ask("/road-states/preview", {{"shape", parse_json(box_shape({-180, -89}, {180, 89})).value()}}, chief).status, 200);
  EXPECT_EQ(t.get("/tiles/roads/99/1/1", viewer).status, 404);
  EXPECT_EQ(t.get("/tiles/roads/3/9/9", viewer).status, 404);
  EXPECT_EQ(t.get("/roads/near?lon=x&lat=1", viewer).status, 422);
}

TEST_F(RoadRoutes, WaysAsJsonAndAsFiles) {
  import();
  const json::object way{{"from", at(0.3, 0)}, {"to", at(4, 3.5)}, {"via", json::array{at(0, 3), at(2, 3)}}, {"profile", "car"}};
  auto found = asked("/routes", way);
  const auto& route = found["routes"].at(0).as_object();
  EXPECT_GT(route.at("steps").as_array().size(), 2u);
  EXPECT_THAT(std::string(route.at("steps").at(0).at("zh").as_string()), HasSubstr("横路0"));
  EXPECT_EQ(route.at("snapped").at("from").at("road").as_string(), "横路0");
  EXPECT_EQ(route.at("shape").at("type").as_string(), "LineString");
  const auto gpx = t.request("POST", "/api/v1/routes?format=gpx", viewer, json::serialize(way));
  EXPECT_EQ(gpx.status, 200);
  EXPECT_THAT(std::string(gpx.body_text()), HasSubstr("<trkpt"));
  EXPECT_THAT(std::string(t.request("POST", "/api/v1/routes?format=geojson", viewer, json::serialize(way)).body_text()), HasSubstr("FeatureCollection"));
  EXPECT_EQ(t.request("POST", "/api/v1/routes?format=pdf", viewer, json::serialize(way)).status, 422);
  auto bare = way;
  bare["steps"] = false;
  EXPECT_TRUE(asked("/routes", bare)["routes"].at(0).at("steps").as_array().empty());
  ASSERT_EQ(close({{"name", "断"}, {"kind", "closed"}, {"shape", parse_json(box_shape(kTown.at(2.4, -1), kTown.at(2.6, 9))).value()}}, chief).status, 200);
  auto none = asked("/routes", way);
  EXPECT_TRUE(none["routes"].as_array().empty());
  EXPECT_THAT(std::string(none["why"].at("zh").as_string()), HasSubstr("没有通路"));
}

TEST_F(RoadRoutes, CirclesAndCoverage) {
  import();
  auto circles = asked("/isochrones", {{"at", json::array{json::object{{"record", team}}, at(5, 4)}}, {"minutes", json::array{3, 10}}, {"profile", "fire_engine"}});
  EXPECT_FALSE(circles["estimated"].as_bool());
  EXPECT_EQ(circles["circles"].at(1).at("villages").to_number<int64_t>(), 3);
  EXPECT_EQ(circles["circles"].at(1).at("people").to_number<int64_t>(), 240);
  EXPECT_FALSE(circles["circles"].at(0).at("shape").at("coordinates").as_array().empty());

  const json::object question{{"circle", json::object{{"facilities", json::array{"rescue_team", "rescue_team"}}, {"minutes", json::array{2, 4}}, {"profile", "fire_engine"}, {"share", 0.9}}}};
  auto found = asked("/coverage", question);
  EXPECT_EQ(found["villages"].to_number<int64_t>(), 3);
  EXPECT_EQ(found["people"].to_number<int64_t>(), 240);
  EXPECT_EQ(found["people_known_villages"].to_number<int64_t>(), 1);
  EXPECT_EQ(found["rings"].as_array().size(), 2u);
  EXPECT_EQ(found["counties"].as_array().size(), 2u);
  EXPECT_FALSE(found["standard"].at("met").as_bool());
  EXPECT_EQ(found["standard"].at("of").as_string(), "villages") << "too little is known of the people";
  EXPECT_EQ(found["stations"].as_array().size(), 2u);
  auto moved = question;
  moved["moved"] = json::array{json::object{{"record", team}, {"lon", kTown.at(2, 4).lon}, {"lat", kTown.at(2, 4).lat}}, json::object{{"record", far_team}, {"lon", kTown.at(5, 0).lon}, {"lat", kTown.at(5, 0).lat}}};
  moved["polygons"] = true;
  found = asked("/coverage", moved);
  EXPECT_EQ(found["compared"].at("people_more").to_number<int64_t>(), 240);
  EXPECT_EQ(found["rings"].at(1).at("shape").at("type").as_string(), "MultiPolygon");
  EXPECT_EQ(good(ask("/coverage", question, wang), "POST", "/coverage")["villages"].to_number<int64_t>(), 2) << "of the county";
  EXPECT_EQ(good(ask("/coverage", question, wang), "POST", "/coverage")["stations"].as_array().size(), 1u) << "and whom it may see";
  auto sites = question;
  sites["count"] = 1;
  auto best = asked("/coverage/sites", sites);
  EXPECT_EQ(best["sites"].at(0).at("people_more").to_number<int64_t>(), 240);
  EXPECT_TRUE(best["exact"].as_bool());
  auto bridge = question;
  bridge["circle"].as_object()["minutes"] = json::array{20, 30};
  bridge["shape"] = parse_json(box_shape(kTown.at(-1, 3.4), kTown.at(9, 3.6))).value();
  auto loss = asked("/coverage/bridge", bridge);
  EXPECT_EQ(loss["people_lost"].to_number<int64_t>(), 240);
  EXPECT_EQ(loss["villages"].at(0).at("name").as_string(), "周家村");
  EXPECT_TRUE(asked("/coverage", {{"circle", "air_1h"}, {"polygons", true}})["rings"].as_array().size() == 2);
}

TEST_F(RoadRoutes, TilesShowTheRoads) {
  import();
  const LonLat p = kTown.at(1.5, 1);
  const double n = 1 << 13;
  const auto x = static_cast<int64_t>((p.lon + 180) / 360 * n);
  const double lat = p.lat * 3.14159265358979 / 180;
  const auto y = static_cast<int64_t>((1 - std::asinh(std::tan(lat)) / 3.14159265358979) / 2 * n);
  const auto tile = t.get("/tiles/roads/13/" + std::to_string(x) + "/" + std::to_string(y), viewer);
  EXPECT_EQ(tile.status, 200);
  EXPECT_THAT(std::string(tile.body_text()), HasSubstr("黄河大桥"));
  EXPECT_THAT(std::string(tile.body_text()), HasSubstr("primary"));
  const auto small = t.get("/tiles/roads/9/" + std::to_string(x >> 4) + "/" + std::to_string(y >> 4), viewer);
  EXPECT_THAT(std::string(small.body_text()), Not(HasSubstr("residential")));
  EXPECT_EQ(t.request("GET", "/api/v1/tiles/roads/13/" + std::to_string(x) + "/" + std::to_string(y), viewer, {}, {{"If-None-Match", std::string(tile.headers.find("ETag").value_or(""))}}).status, 304);
}

}  // namespace
}  // namespace anlan
