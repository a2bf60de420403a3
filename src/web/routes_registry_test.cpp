// Places, people, posts, records and the map through the API, on a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/csv.h"
#include "registry/place_files.h"
#include "registry/place_layout.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using testing::HasSubstr;
using testing::Not;

PlaceTable small_county() {
  auto places = read_divisions(
      {"code,name\n62,甘肃省\n", "code,name,provinceCode\n6229,临夏回族自治州,62\n",
       "code,name,cityCode,provinceCode\n622927,积石山保安族东乡族撒拉族自治县,6229,62\n622921,临夏县,6229,62\n",
       "code,name,areaCode\n622927101,大河家镇,622927\n622927100,吹麻滩镇,622927\n622921100,韩集镇,622921\n",
       "code,name,streetCode\n622927101201,大河村村委会,622927101\n622927101202,周家村村委会,622927101\n622927100001,东门社区居委会,622927100\n"});
  return std::move(places).value();
}

constexpr const char* kSquare =
    R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"adcode":622927,"name":"积石山保安族东乡族撒拉族自治县"},
        "geometry":{"type":"Polygon","coordinates":[[[102.6,35.5],[103.1,35.5],[103.1,35.95],[102.6,35.95],[102.6,35.5]]]}}]})";

class RegistryRoutes : public testing::TestWithParam<const char*> {
 protected:
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(622927);
    return s;
  }

  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    add_place_routes(*t.api);
    add_people_routes(*t.api);
    add_record_routes(*t.api);
    t.start();
    PlaceTable places = small_county();
    const auto put = [&](int64_t code, double lon, double lat) { places.set_position(places.index_of(PlaceCode(code)), {lon, lat}, false); };
    put(622927, 102.87, 35.72);
    put(622927101, 102.76, 35.84);
    put(622927101201, 102.75, 35.85);
    put(622927101202, 102.78, 35.83);
    put(622927100, 102.87, 35.71);
    put(622927100001, 102.88, 35.72);
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([hash](Reader& reader, UtcTime) { return import_places(reader, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("registrar", {{"registrar", PlaceCode(622927)}});
    t.add_account("viewer", {{"viewer", PlaceCode(622927)}});
    t.add_account("town", {{"registrar", PlaceCode(622927101)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(622921)}, {"registrar", PlaceCode(622921)}});
    registrar = t.sign_in("registrar");
    viewer = t.sign_in("viewer");
    town = t.sign_in("town");
    elsewhere = t.sign_in("elsewhere");
  }

  json::object good(const HttpResponse& response, const std::string& method, const std::string& path, int status = 200) {
    EXPECT_EQ(response.status, status) << method << " " << path << ": " << response.body_text();
    auto body = ApiTestNode::json_of(response);
    if (response.status == status) EXPECT_KEEPS(contract, method, path, status, body);
    return body;
  }
  json::object get(const std::string& target, const std::string& path, const std::string& token) { return good(t.get(target, token), "GET", path); }
  int64_t add_person(const std::string& body) { return good(t.change("POST", "/people", registrar, body), "POST", "/people", 201)["id"].as_int64(); }
  int64_t add_post(const std::string& body) { return good(t.change("POST", "/posts", registrar, body), "POST", "/posts", 201)["id"].as_int64(); }
  int64_t reads(const std::string& what) {
    auto connection = t.node->store().connect().value();
    connection->begin_read();
    const auto n = connection->integer("SELECT count(*) FROM facts WHERE kind = 'PersonalDataRead' AND body LIKE ?", {"%\"what\":\"" + what + "\"%"});
    connection->rollback();
    return n.value_or(-1);
  }

  static const Contract& contract_read() {
    static const Contract contract;
    return contract;
  }
  const Contract& contract = contract_read();
  ApiTestNode t{{}, settings(), GetParam()};
  std::string registrar, viewer, town, elsewhere;
};

TEST_P(RegistryRoutes, Places) {
  auto found = get("/places/search?q=dhj", "/places/search", viewer);
  ASSERT_EQ(found["items"].as_array().size(), 1u);
  EXPECT_EQ(found["items"].at(0).at("code").as_string(), "622927101");
  EXPECT_EQ(found["items"].at(0).at("path").as_string(), "甘肃省 / 临夏回族自治州 / 积石山保安族东乡族撒拉族自治县 / 大河家镇");
  EXPECT_EQ(get("/places/search?q=%E5%A4%A7%E6%B2%B3&level=village", "/places/search", viewer)["items"].as_array().size(), 1u);
  EXPECT_EQ(t.get("/places/search?q=a&level=planet", viewer).status, 422);

  auto county = get("/places/622927", "/places/{code}", viewer);
  EXPECT_EQ(county["name"].as_string(), "积石山县");
  EXPECT_EQ(county["children"].as_int64(), 2);
  EXPECT_EQ(county["posts"].as_int64(), 0);
  EXPECT_FALSE(get("/places/622927", "/places/{code}", elsewhere).contains("posts"));
  EXPECT_EQ(get("/places/0", "/places/{code}", viewer)["level"].as_string(), "country");
  EXPECT_EQ(get("/places/0/children", "/places/{code}/children", viewer)["items"].as_array().size(), 1u);
  EXPECT_EQ(get("/places/622927101/children", "/places/{code}/children", viewer)["items"].as_array().size(), 2u);
  EXPECT_EQ(t.get("/places/999999", viewer).status, 404);
  EXPECT_EQ(t.get("/places/622927", "").status, 401);
  EXPECT_EQ(t.get("/places/at?lon=102.8&lat=35.7", viewer).status, 404);  // no boundary yet
  EXPECT_EQ(t.get("/places/at?lon=x&lat=35.7", viewer).status, 422);
}

TEST_P(RegistryRoutes, PlaceImports) {
  const std::string path = "/places/import";
  EXPECT_EQ(t.change("POST", path + "?kind=boundaries", viewer, kSquare).status, 403);
  EXPECT_EQ(t.change("POST", path + "?kind=boundaries", town, kSquare).status, 403);  // only a part of the node's place
  auto report = good(t.change("POST", path + "?kind=boundaries", registrar, kSquare), "POST", path);
  EXPECT_TRUE(report["dry_run"].as_bool());
  EXPECT_EQ(report["created"].as_int64(), 1);
  EXPECT_FALSE(get("/places/622927", "/places/{code}", viewer)["boundary"].as_bool());

  report = good(t.change("POST", path + "?kind=boundaries&dry_run=false&filename=a.geojson", registrar, kSquare), "POST", path);
  EXPECT_FALSE(report["dry_run"].as_bool());
  auto county = get("/places/622927", "/places/{code}", viewer);
  EXPECT_TRUE(county["boundary"].as_bool());
  EXPECT_EQ(county["bounds"].as_array().size(), 4u);
  EXPECT_EQ(get("/places/at?lon=102.8&lat=35.7", "/places/at", viewer)["code"].as_string(), "622927");
  EXPECT_EQ(good(t.change("POST", path + "?kind=boundaries", registrar, kSquare), "POST", path)["unchanged"].as_int64(), 1);

  const std::string csv = "区划代码,经度,纬度\n622927101201,102.7600000,35.86\n622927101202,102.78,35.83\n621100000000,103,36\n";
  report = good(t.change("POST", path + "?kind=positions&dry_run=false", registrar, csv), "POST", path);
  EXPECT_EQ(report["rows"].as_int64(), 3);
  EXPECT_EQ(report["changed"].as_int64(), 1);
  EXPECT_EQ(report["unchanged"].as_int64(), 1);
  EXPECT_EQ(report["remarks"].as_array().size(), 1u);
  EXPECT_DOUBLE_EQ(get("/places/622927101201", "/places/{code}", viewer)["lon"].as_double(), 102.76);

  report = good(t.change("POST", path + "?kind=positions", registrar, "code,lon,lat\n\n622927101201,200,35\n"), "POST", path);
  ASSERT_EQ(report["errors"].as_array().size(), 1u);
  EXPECT_EQ(report["errors"].at(0).at("line").as_int64(), 3);
  report = good(t.change("POST", path + "?kind=boundaries", registrar, "[1"), "POST", path);
  EXPECT_FALSE(report["errors"].as_array().empty());
  EXPECT_EQ(t.change("POST", path + "?kind=moons", registrar, csv).status, 422);
}

TEST_P(RegistryRoutes, Areas) {
  const std::string path = "/areas/normalise";
  const auto ask = [&](const std::string& body) { return good(t.change("POST", path, viewer, body), "POST", path); };
  auto area = ask(R"({"geometry":{"type":"Polygon","coordinates":[[[102.7,35.8],[102.8,35.8],[102.8,35.9],[102.7,35.9],[102.7,35.8]]]}})");
  EXPECT_EQ(area["label"].as_string(), "大河家镇");
  EXPECT_EQ(area["towns"].as_int64(), 1);
  EXPECT_EQ(area["villages"].as_int64(), 2);
  EXPECT_FALSE(area["repaired"].as_bool());
  EXPECT_NEAR(area["km2"].as_double(), 100.4, 1.5);

  area = ask(R"({"geometry":{"type":"Polygon","coordinates":[[[102.7,35.8],[102.8,35.9],[102.8,35.8],[102.7,35.9],[102.7,35.8]]]}})");
  EXPECT_TRUE(area["repaired"].as_bool());
  EXPECT_EQ(ask(R"({"circle":{"lon":102.82,"lat":35.78,"radius_km":20}})")["label"].as_string(), "积石山县");
  EXPECT_EQ(ask(R"({"circle":{"lon":102.75,"lat":35.85,"radius_km":1}})")["label"].as_string(), "大河家镇大河村");
  EXPECT_EQ(ask(R"({"circle":{"lon":90,"lat":30,"radius_km":1}})")["label"].as_string(), "所绘区域");

  area = ask(R"({"places":["622927101"]})");
  EXPECT_EQ(area["label"].as_string(), "大河家镇");
  EXPECT_EQ(area["villages"].as_int64(), 2);
  EXPECT_NEAR(area["km2"].as_double(), 12.5, 3);  // two circles of 1.5 km, which touch
  EXPECT_EQ(ask(R"({"places":["622927101","622927100"]})")["label"].as_string(), "积石山县");
  EXPECT_EQ(ask(R"({"places":["622927101","622927100001"]})")["label"].as_string(), "东门社区等 2 个地方");
  EXPECT_EQ(ask(R"({"places":["622927101201","622927100001"]})")["label"].as_string(), "东门社区等 2 个村");
  EXPECT_EQ(t.change("POST", path, viewer, R"({"places":["622921100"]})").status, 422);  // nothing is known of it
  EXPECT_EQ(t.change("POST", path, viewer, R"({"places":["1"]})").status, 422);
  EXPECT_EQ(t.change("POST", path, viewer, R"({})").status, 422);
  EXPECT_EQ(t.change("POST", path, viewer, R"({"circle":{"lon":1}})").status, 422);
}

TEST_P(RegistryRoutes, Map) {
  auto map = get("/map", "/map", viewer);
  EXPECT_NEAR(map["bounds"].at(0).to_number<double>(), 102.73, 1e-6);
  const auto tile = t.get("/tiles/places/11/1608/805", viewer);
  EXPECT_EQ(tile.status, 200);
  EXPECT_EQ(tile.headers.find("Content-Type"), "application/vnd.mapbox-vector-tile");
  EXPECT_THAT(std::string(tile.body_text()), HasSubstr("大河"));
  const auto again = t.request("GET", "/api/v1/tiles/places/11/1608/805", viewer, "", {{"If-None-Match", std::string(tile.headers.find("ETag").value())}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(t.get("/tiles/places/3/8/0", viewer).status, 404);
  EXPECT_EQ(t.get("/tiles/places/x/0/0", viewer).status, 404);
  EXPECT_EQ(t.get("/tiles/records/0/0/0", viewer).status, 200);
}

TEST_P(RegistryRoutes, PeopleAndPosts) {
  const auto ma = add_person(R"({"name":"马忠孝","phones":["138 0013 1234","13800131235"],"note":"会说保安语"})");
  const auto li = add_person(R"({"name":"李成"})");
  const auto head = add_post(R"({"kind":"village_head","place":"622927101201","holder":)" + std::to_string(ma) + "}");
  const auto deputy = add_post(R"({"kind":"village_party_secretary","place":"622927101201","holder":)" + std::to_string(li) + "}");
  const auto vacant = add_post(R"({"kind":"village_head","place":"622927101202"})");

  auto post = good(t.change("PATCH", "/posts/" + std::to_string(head), registrar,
                            R"({"deputy_post":)" + std::to_string(deputy) + R"(,"superior_post":)" + std::to_string(vacant) + R"(,"title":"村主任","valid_from":1700000000000})"),
                   "PATCH", "/posts/{id}");
  EXPECT_EQ(post["holder"].at("name").as_string(), "马忠孝");
  EXPECT_EQ(post["deputy"].at("name").as_string(), "李成");
  EXPECT_TRUE(post["superior"].at("vacant").as_bool());
  EXPECT_EQ(post["phone_masked"].as_string(), "138****1234");
  EXPECT_EQ(post["place_name"].as_string(), "大河村");
  EXPECT_EQ(post["valid_from"].as_int64(), 1700000000000);

  auto list = get("/people?q=mzx", "/people", viewer);
  ASSERT_EQ(list["total"].as_int64(), 1);
  EXPECT_EQ(list["items"].at(0).at("phones_masked").at(0).as_string(), "138****1234");
  EXPECT_EQ(list["items"].at(0).at("phone_state").as_string(), "ok");
  EXPECT_THAT(json::serialize(list), Not(HasSubstr("13800131234")));
  EXPECT_EQ(reads("people"), 1);
  EXPECT_EQ(get("/people?gap=no_phone", "/people", viewer)["total"].as_int64(), 1);
  EXPECT_EQ(get("/people?place=622927100", "/people", viewer)["total"].as_int64(), 0);
  EXPECT_EQ(get("/people", "/people", elsewhere)["total"].as_int64(), 0);
  EXPECT_EQ(t.get("/people?place=622927", elsewhere).status, 403);
  EXPECT_EQ(t.get("/people?place=xyz", viewer).status, 422);
  EXPECT_EQ(t.get("/people?limit=100000", viewer).status, 422);

  auto person = get("/people/" + std::to_string(ma), "/people/{id}", viewer);
  EXPECT_EQ(person["posts"].as_array().size(), 1u);
  EXPECT_EQ(person["note"].as_string(), "会说保安语");
  EXPECT_EQ(t.get("/people/" + std::to_string(ma), elsewhere).status, 403);
  EXPECT_EQ(t.get("/people/999", viewer).status, 404);
  auto phones = get("/people/" + std::to_string(ma) + "/phones", "/people/{id}/phones", viewer);
  EXPECT_EQ(phones["phones"].at(1).as_string(), "13800131235");
  EXPECT_EQ(reads("phones"), 1);
  EXPECT_EQ(t.get("/people/" + std::to_string(ma) + "/phones", elsewhere).status, 403);

  EXPECT_EQ(get("/posts?vacant=true", "/posts", viewer)["total"].as_int64(), 1);
  EXPECT_EQ(get("/posts?rank=village_leader", "/posts", viewer)["total"].as_int64(), 3);
  EXPECT_EQ(get("/posts/" + std::to_string(vacant), "/posts/{id}", viewer)["holder"], json::value(nullptr));
  auto place = get("/places/622927101", "/places/{code}", viewer);
  EXPECT_EQ(place["posts"].as_int64(), 3);
  EXPECT_EQ(place["people"].as_int64(), 2);
  EXPECT_EQ(place["vacant"].as_int64(), 1);
  auto coverage = get("/coverage?place=622927", "/coverage", viewer);
  EXPECT_EQ(coverage["items"].as_array().size(), 2u);

  // Who may change what.
  EXPECT_EQ(t.change("POST", "/people", viewer, R"({"name":"甲"})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/people/" + std::to_string(ma), elsewhere, R"({"name":"甲"})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/posts/" + std::to_string(head), elsewhere, R"({"title":"甲"})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/posts/" + std::to_string(head), town, R"({"place":"622927100"})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/posts/" + std::to_string(head), town, R"({"title":"甲"})").status, 200);
  EXPECT_EQ(t.change("POST", "/posts", town, R"({"kind":"village_head","place":"622927100001"})").status, 403);
  EXPECT_EQ(t.change("POST", "/people", registrar, R"({"name":"甲","phones":["12"]})").status, 422);
  EXPECT_EQ(t.change("POST", "/people", registrar, R"({"name":5})").status, 422);

  EXPECT_EQ(t.change("DELETE", "/posts/" + std::to_string(vacant), registrar).status, 204);
  EXPECT_EQ(t.change("DELETE", "/people/" + std::to_string(li), registrar).status, 204);
  EXPECT_EQ(t.get("/people/" + std::to_string(li), registrar).status, 404);
}

TEST_P(RegistryRoutes, TheSameKeyAnswersTheSame) {
  const ApiTestNode::Fields key = {{"Idempotency-Key", "k1"}};
  const auto once = t.request("POST", "/api/v1/people", registrar, R"({"name":"马忠孝"})", key);
  const auto twice = t.request("POST", "/api/v1/people", registrar, R"({"name":"马忠孝"})", key);
  EXPECT_EQ(once.status, 201);
  EXPECT_EQ(once.body_text(), twice.body_text());
  EXPECT_EQ(get("/people", "/people", viewer)["total"].as_int64(), 1);
  EXPECT_EQ(t.request("POST", "/api/v1/people", registrar, R"({"name":"别人"})", key).status, 409);
  EXPECT_EQ(t.request("POST", "/api/v1/people", registrar, R"({"name":"别人"})").status, 400);
}

TEST_P(RegistryRoutes, PeopleTables) {
  const std::string path = "/people/import";
  const std::string csv = "姓名,手机,岗位类别,行政区划\n马忠孝,13800131234,村主任（防汛责任人）,622927101201\n李成,13800135678,村支书,622927101201\n";
  auto report = good(t.change("POST", path + "?filename=people.csv", registrar, csv), "POST", path);
  EXPECT_TRUE(report["dry_run"].as_bool());
  EXPECT_EQ(report["errors"].as_array().size(), 0u) << json::serialize(report);
  EXPECT_EQ(report["rows"].as_int64(), 2);
  EXPECT_EQ(get("/people", "/people", viewer)["total"].as_int64(), 0);
  report = good(t.change("POST", path + "?filename=people.csv&dry_run=false", registrar, csv), "POST", path);
  EXPECT_FALSE(report["dry_run"].as_bool());
  EXPECT_EQ(get("/people", "/people", viewer)["total"].as_int64(), 2);
  EXPECT_EQ(good(t.change("POST", path, registrar, csv), "POST", path)["unchanged"].as_int64(), 2);

  const auto full = t.get("/people/export?format=csv", registrar), masked = t.get("/people/export?format=csv", viewer);
  EXPECT_EQ(full.status, 200);
  EXPECT_THAT(std::string(full.body_text()), HasSubstr("13800131234"));
  EXPECT_THAT(std::string(masked.body_text()), HasSubstr("138****1234"));
  EXPECT_THAT(std::string(masked.body_text()), Not(HasSubstr("13800131234")));
  EXPECT_EQ(reads("people_export"), 2);
  EXPECT_EQ(good(t.change("POST", path, registrar, std::string(full.body_text())), "POST", path)["unchanged"].as_int64(), 2);
  EXPECT_EQ(std::string(t.get("/people/export?format=xlsx", registrar).body_text()).substr(0, 2), "PK");
  EXPECT_EQ(std::string(t.get("/people/export?format=template", registrar).body_text()).substr(0, 2), "PK");
  EXPECT_EQ(t.get("/people/export?format=doc", registrar).status, 422);

  report = good(t.change("POST", path + "?dry_run=false", registrar, "姓名,手机,岗位类别,行政区划\n张三,123,村支书,622927101201\n"), "POST", path);
  EXPECT_TRUE(report["dry_run"].as_bool());
  ASSERT_GE(report["errors"].as_array().size(), 1u);
  EXPECT_EQ(report["errors"].at(0).at("line").as_int64(), 2);
  report = good(t.change("POST", path, town, "姓名,手机,岗位类别,行政区划\n张三,13800130000,村支书,622927100001\n"), "POST", path);
  EXPECT_GE(report["errors"].as_array().size(), 1u);  // not their place
  report = good(t.change("POST", path, registrar, "\xFF\xFE\xFF"), "POST", path);
  EXPECT_GE(report["errors"].as_array().size(), 1u);
}

TEST_P(RegistryRoutes, Records) {
  const std::string path = "/records/{type}", one = "/records/{type}/{id}";
  auto record = good(t.change("POST", "/records/school", registrar,
                              R"({"name":"大河家小学","place":"622927101201","lon":102.751,"lat":35.851,"fields":{"kind":"primary","pupils":320,"keeper":"马校长","keeper_phone":"13900001234"}})"),
                     "POST", path, 201);
  const std::string id = std::to_string(record["id"].as_int64());
  EXPECT_EQ(record["fields"].at("keeper_phone").as_string(), "139****1234");
  auto list = get("/records/school?f.pupils=300..400&sort=-pupils", path, viewer);
  ASSERT_EQ(list["total"].as_int64(), 1);
  EXPECT_FALSE(list["items"].at(0).at("fields").as_object().contains("keeper"));
  EXPECT_EQ(get("/records/school?f.pupils=1..2", path, viewer)["total"].as_int64(), 0);
  EXPECT_EQ(get("/records/school", path, elsewhere)["total"].as_int64(), 0);
  EXPECT_EQ(t.get("/records/castle", viewer).status, 404);
  EXPECT_EQ(t.get("/records/school?f.moat=1", viewer).status, 422);

  EXPECT_EQ(get("/records/school/" + id, one, viewer)["fields"].at("keeper").as_string(), "马校长");
  EXPECT_GE(reads("record"), 1);
  EXPECT_EQ(t.get("/records/school/" + id, elsewhere).status, 403);
  EXPECT_EQ(t.get("/records/reservoir/" + id, viewer).status, 404);

  // A masked number that comes back changes nothing.
  record = good(t.change("PATCH", "/records/school/" + id, registrar, R"({"fields":{"pupils":330,"keeper_phone":"139****1234"},"lon":null,"lat":null})"), "PATCH", one);
  EXPECT_EQ(record["fields"].at("pupils").as_int64(), 330);
  EXPECT_EQ(record["lon"], json::value(nullptr));
  EXPECT_EQ(t.node->records().find(RecordId{record["id"].as_int64()})->fields.at("keeper_phone").as_string(), "13900001234");
  EXPECT_EQ(t.change("PATCH", "/records/school/" + id, viewer, R"({"name":"甲"})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/records/school/" + id, registrar, R"({"lon":102})").status, 422);
  EXPECT_EQ(t.change("PATCH", "/records/school/" + id, registrar, R"({"lon":102.751,"lat":35.851})").status, 200);
  EXPECT_THAT(std::string(t.get("/tiles/records/12/3217/1610", viewer).body_text()), HasSubstr("大河家小学"));

  const std::string csv = "名称,区划代码,学段,学生人数(人)\n中学,622927101,初中,900\n";
  const std::string import = "/records/{type}/import";
  EXPECT_EQ(good(t.change("POST", "/records/school/import", registrar, csv), "POST", import)["created"].as_int64(), 1);
  EXPECT_EQ(get("/records/school", path, viewer)["total"].as_int64(), 1);
  EXPECT_FALSE(good(t.change("POST", "/records/school/import?dry_run=false&filename=s.csv", registrar, csv), "POST", import)["dry_run"].as_bool());
  EXPECT_EQ(get("/records/school", path, viewer)["total"].as_int64(), 2);
  EXPECT_GE(good(t.change("POST", "/records/school/import", registrar, "名称,区划代码,学段,学生人数(人)\n中学,622927101,城堡,900\n"), "POST", import)["errors"].as_array().size(), 1u);
  EXPECT_EQ(t.change("POST", "/records/school/import", viewer, csv).status, 403);

  EXPECT_THAT(std::string(t.get("/records/school/export?format=csv", registrar).body_text()), HasSubstr("13900001234"));
  EXPECT_THAT(std::string(t.get("/records/school/export?format=csv", viewer).body_text()), Not(HasSubstr("马校长")));
  EXPECT_EQ(reads("record_export"), 1);
  EXPECT_THAT(std::string(t.get("/records/school/export?format=geojson", viewer).body_text()), HasSubstr("FeatureCollection"));

  EXPECT_EQ(t.change("DELETE", "/records/school/" + id, elsewhere).status, 403);
  EXPECT_EQ(t.change("DELETE", "/records/school/" + id, registrar).status, 204);
  EXPECT_EQ(t.get("/records/school/" + id, viewer).status, 404);
  EXPECT_EQ(t.change("POST", "/records/school/" + id + "/restore", elsewhere).status, 403);
  good(t.change("POST", "/records/school/" + id + "/restore", registrar), "POST", "/records/{type}/{id}/restore");
  EXPECT_EQ(get("/records/school", path, viewer)["total"].as_int64(), 2);
}

TEST_P(RegistryRoutes, OddTextsAreKeptOrRefusedAlike) {
  const auto name = [&](const std::string& json) { return t.change("POST", "/people", registrar, "{\"name\":\"" + json + "\"}"); };
  for (const char* text : {R"(马'忠\"孝)", R"(%_\\?$1)", "𠮷野", R"(a\u0301)", "-- ; DROP TABLE persons"}) {
    const auto id = good(name(text), "POST", "/people", 201)["id"].as_int64();
    EXPECT_EQ(get("/people/" + std::to_string(id), "/people/{id}", viewer)["name"], parse_json("[\"" + std::string(text) + "\"]")->at(0)) << text;
  }
  for (const char* text : {R"(a\u0000b)", R"(\u0000)", R"(\ud800)", "\xff"}) {
    const int status = name(text).status;
    EXPECT_TRUE(status == 400 || status == 422) << text << " " << status;
  }
}

TEST_P(RegistryRoutes, Pack) {
  auto pack = get("/pack", "/pack", viewer);
  EXPECT_GE(pack["record_types"].as_array().size(), 10u);
  EXPECT_GE(pack["call_rules"].as_array().size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(Stores, RegistryRoutes, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
