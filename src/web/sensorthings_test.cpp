// SensorThings on a real node: entities as they look, conditions against a plain evaluation, pages, places, history.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"
#include "web/sensorthings_read.h"

namespace anlan {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kCounty = 622927, kOther = 622921, kVillage = 622927101201, kOtherVillage = 622921101201;
const std::string kBase = "https://node.example/api/v1/sensorthings/v1.1";

class SensorThings : public testing::Test {
 protected:
  explicit SensorThings(bool keeps_readings = true) : t({}, settings(), "sqlite", keeps_readings) {}
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(kCounty);
    s.public_url = "https://node.example";
    return s;
  }
  void SetUp() override {
    add_sensorthings_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622921101201,阳洼山村\n"}).value();
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(kCounty)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(kOther)}});
    t.add_account("both", {{"duty", PlaceCode(kCounty)}, {"viewer", PlaceCode(kOther)}});
    wang = t.sign_in("wang");
    elsewhere = t.sign_in("elsewhere");
    both = t.sign_in("both");
  }

  int64_t link(const std::string& code, int64_t where, const char* type, json::object fields, std::optional<LonLat> position = LonLat{102.76, 35.84}) {
    RecordPatch r;
    r.name = "测站" + code;
    r.place = PlaceCode(where);
    if (position) r.position = *position;
    fields["code"] = code;
    r.fields = std::move(fields);
    const auto index = t.node->places().get();
    const auto added = t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), index->places(), type, r); });
    return parse_json(added.value().response).value().at("id").to_number<int64_t>();
  }
  void send(const std::string& code, double value, UtcTime at) {
    const SiteReading reading{code, at, value, 0};
    const PlaceCode everywhere;
    ASSERT_EQ(t.node->watch().take(std::span(&reading, 1), std::span(&everywhere, 1), "", [](size_t) { return std::string_view(); }, t.clock.now()).value().stored, 1);
  }
  // Older readings than the watch takes, as an import of history would bring.
  void backfill(int64_t link, UtcTime from, Millis step, size_t count) {
    std::vector<Reading> readings;
    for (size_t i = 0; i < count; ++i) readings.push_back({from + step * static_cast<int64_t>(i), static_cast<double>(i), static_cast<LinkNumber>(link)});
    ASSERT_EQ(t.history->append(readings).value().stored, count);
  }

  HttpResponse ask(const std::string& address, const std::string& token) {
    std::string path = address.starts_with(kBase) ? address.substr(kBase.size()) : address;
    const size_t mark = path.find('?');
    // As a browser sends it: blanks and what is no ASCII escaped.
    std::string sent = path.substr(0, mark);
    if (mark != std::string::npos)
      for (const char c : path.substr(mark)) sent += c == ' ' || static_cast<unsigned char>(c) >= 0x80 ? percent_encode(std::string_view(&c, 1)) : std::string(1, c);
    return t.get("/sensorthings/v1.1" + sent, token);
  }
  json::object get(const std::string& address, const std::string& token = {}) {
    const auto response = ask(address, token.empty() ? wang : token);
    EXPECT_EQ(response.status, 200) << address << ": " << response.body_text();
    auto body = ApiTestNode::json_of(response);
    auto path = address.substr(0, address.find('?'));
    if (path.starts_with(kBase)) path.erase(0, kBase.size());
    if (std::count(path.begin(), path.end(), '/') == 1 && path.find('(') == std::string::npos) EXPECT_KEEPS(contract, "GET", "/sensorthings/v1.1/{entities}", 200, body);
    return body;
  }
  static std::string ids(const json::object& page) {
    std::string out;
    for (const auto& v : page.at("value").as_array()) out += (out.empty() ? "" : " ") + (v.at("@iot.id").is_string() ? std::string(v.at("@iot.id").get_string()) : json::serialize(v.at("@iot.id")));
    return out;
  }
  // With ~ for the beginning of every address.
  std::string text(const std::string& address) {
    auto out = json::serialize(get(address));
    for (size_t at = 0; (at = out.find(kBase, at)) != std::string::npos;) out.replace(at, kBase.size(), "~");
    return out;
  }
  // Every value of a property, page after page.
  std::vector<std::string> walk(std::string address, const std::string& property, const std::string& token = {}) {
    std::vector<std::string> out;
    for (int pages = 0; pages < 1'000; ++pages) {
      const auto page = get(address, token);
      for (const auto& v : page.at("value").as_array()) out.push_back(json::serialize(v.at(property)));
      const auto* next = page.if_contains("@iot.nextLink");
      if (!next) return out;
      address = std::string(next->as_string());
    }
    ADD_FAILURE() << "the pages do not end";
    return out;
  }

  static inline const Contract contract{"src/web/openapi.yaml"};
  ApiTestNode t;
  std::string wang, elsewhere, both;
};

TEST_F(SensorThings, EntitiesLookAsTheStandardSays) {
  ASSERT_EQ(link("Z1", kVillage, "river_gauge", {{"river", "黄河"}, {"warning", 10.0}}), 1);
  send("Z1", 9.25, t.clock.now() - minutes(10));
  send("Z1", 9.5, t.clock.now());
  EXPECT_EQ(text("/Things(1)"), R"J({"@iot.id":1,"@iot.selfLink":"~/Things(1)","name":"测站Z1","description":"河道水位站，甘肃省临夏回族自治州积石山县大河家镇大河村",)J"
            R"J("properties":{"code":"Z1","river":"黄河","warning":1E1,"type":"river_gauge","place":"622927101201","place_name":"大河村"},)J"
            R"J("Locations@iot.navigationLink":"~/Things(1)/Locations","Datastreams@iot.navigationLink":"~/Things(1)/Datastreams"})J");
  EXPECT_EQ(text("/Locations(1)"), R"J({"@iot.id":1,"@iot.selfLink":"~/Locations(1)","name":"测站Z1","description":"甘肃省临夏回族自治州积石山县大河家镇大河村",)J"
            R"J("encodingType":"application/geo+json","location":{"type":"Point","coordinates":[1.0276E2,3.584E1]},"Things@iot.navigationLink":"~/Locations(1)/Things"})J");
  EXPECT_EQ(text("/Datastreams(1)"), R"J({"@iot.id":1,"@iot.selfLink":"~/Datastreams(1)","name":"测站Z1（m）","description":"河道水位站 / River gauge",)J"
            R"J("unitOfMeasurement":{"name":"metre","symbol":"m","definition":"http://www.opengis.net/def/uom/UCUM/m"},)J"
            R"J("observationType":"http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement","phenomenonTime":"2025-11-21T04:30:00.000Z/2025-11-21T04:40:00.000Z",)J"
            R"J("properties":{"code":"Z1","type":"river_gauge","place":"622927101201","state":"fresh","level":"none","interval_s":300},)J"
            R"J("Thing@iot.navigationLink":"~/Datastreams(1)/Thing","Sensor@iot.navigationLink":"~/Datastreams(1)/Sensor",)J"
            R"J("ObservedProperty@iot.navigationLink":"~/Datastreams(1)/ObservedProperty","Observations@iot.navigationLink":"~/Datastreams(1)/Observations"})J");
  EXPECT_EQ(text("/Sensors('river_gauge')"), R"J({"@iot.id":"river_gauge","@iot.selfLink":"~/Sensors('river_gauge')","name":"河道水位站","description":"河道水位站 / River gauge",)J"
            R"J("encodingType":"text/html","metadata":"SL 651-2014 水文监测数据通信规约 (element 39); GB/T 22482-2008 水文情报预报规范",)J"
            R"J("properties":{"type":"river_gauge","unit":"m","interval_s":300,"min":-2E2,"max":6E3},"Datastreams@iot.navigationLink":"~/Sensors('river_gauge')/Datastreams"})J");
  EXPECT_EQ(text("/ObservedProperties('river_gauge')"), R"J({"@iot.id":"river_gauge","@iot.selfLink":"~/ObservedProperties('river_gauge')","name":"河道水位站读数（m）",)J"
            R"J("definition":"~/ObservedProperties('river_gauge')","description":"河道水位站的读数 / reading of: River gauge","Datastreams@iot.navigationLink":"~/ObservedProperties('river_gauge')/Datastreams"})J");
  EXPECT_EQ(text("/Observations('1-1763700000000')"), R"J({"@iot.id":"1-1763700000000","@iot.selfLink":"~/Observations('1-1763700000000')","phenomenonTime":"2025-11-21T04:40:00.000Z",)J"
            R"J("resultTime":"2025-11-21T04:40:00.000Z","result":9.5E0,"resultQuality":{"state":"good"},"Datastream@iot.navigationLink":"~/Observations('1-1763700000000')/Datastream",)J"
            R"J("FeatureOfInterest@iot.navigationLink":"~/Observations('1-1763700000000')/FeatureOfInterest"})J");
  EXPECT_FALSE(get("/Observations('1-1763699400000')").contains("resultQuality")) << "only the newest is judged";
  EXPECT_EQ(text("/FeaturesOfInterest(1)"), R"J({"@iot.id":1,"@iot.selfLink":"~/FeaturesOfInterest(1)","name":"测站Z1","description":"甘肃省临夏回族自治州积石山县大河家镇大河村",)J"
            R"J("encodingType":"application/geo+json","feature":{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1.0276E2,3.584E1]}},)J"
            R"J("Observations@iot.navigationLink":"~/FeaturesOfInterest(1)/Observations"})J");
  const auto root = get("");
  EXPECT_EQ(root.at("value").as_array().size(), 7u);
  EXPECT_EQ(root.at("value").at(0).at("url").as_string(), kBase + "/Things");
  EXPECT_THAT(json::serialize(root), HasSubstr("http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel"));
}

TEST_F(SensorThings, AddressesLeadFromEntityToEntity) {
  link("Z1", kVillage, "river_gauge", {});
  link("P1", kVillage, "rain_gauge", {}, std::nullopt);
  send("Z1", 9.5, t.clock.now());
  EXPECT_EQ(ids(get("/Things(1)/Datastreams")), "1");
  EXPECT_EQ(ids(get("/Things(1)/Locations")), "1");
  EXPECT_EQ(ids(get("/Things(2)/Locations")), "") << "it has no position";
  EXPECT_EQ(ids(get("/Locations")), "1");
  EXPECT_EQ(ids(get("/Datastreams(1)/Observations")), "1-1763700000000");
  EXPECT_EQ(ids(get("/Datastreams(2)/Observations?$count=true")), "");
  EXPECT_EQ(ids(get("/Observations")), "1-1763700000000");
  EXPECT_EQ(get("/Datastreams(1)/Thing").at("name").as_string(), "测站Z1");
  EXPECT_EQ(get("/Datastreams(1)/Sensor").at("@iot.id").as_string(), "river_gauge");
  EXPECT_EQ(get("/Datastreams(1)/ObservedProperty").at("@iot.id").as_string(), "river_gauge");
  EXPECT_EQ(get("/Observations('1-1763700000000')/Datastream/Thing").at("@iot.id").as_int64(), 1);
  EXPECT_EQ(get("/Observations('1-1763700000000')/FeatureOfInterest").at("@iot.id").as_int64(), 1);
  EXPECT_EQ(ids(get("/Sensors('rain_gauge')/Datastreams")), "2");
  EXPECT_EQ(get("/Things(1)/Datastreams(1)/Sensor").at("name").as_string(), "河道水位站");
  EXPECT_EQ(ask("/Things(1)/Datastreams(2)", wang).status, 404) << "another Thing's";
  EXPECT_EQ(text("/Things(1)/name"), R"({"name":"测站Z1"})");
  EXPECT_EQ(ask("/Things(1)/name/$value", wang).body_text(), "测站Z1");
  EXPECT_EQ(ask("/Datastreams(2)/phenomenonTime", wang).status, 204);
  for (const char* address : {"/Nothing", "/Things(3)", "/Things(x)", "/Things('1')", "/Things()", "/Things(1", "/Things/Datastreams", "/Things(1)/Sensor", "/Things(1)/nothing", "/Datastreams(1)/Thing(1)", "/Observations(1)",
                              "/Observations('1-5')", "/Observations('1')", "/Observations('1-x')", "/Sensors(river_gauge)", "/Sensors('school')", "/Locations(2)", "/Things(1)//Datastreams", "/Things(1)/name/$ref",
                              "/Things(-1)", "/Things(99999999999999999999)"})
    EXPECT_EQ(ask(address, wang).status, 404) << address;
  EXPECT_EQ(t.request("POST", "/api/v1/sensorthings/v1.1/Things", wang, "{}").status, 405);
  EXPECT_EQ(ask("/Things", {}).status, 401);
}

TEST_F(SensorThings, ExpandsWithOptions) {
  link("Z1", kVillage, "river_gauge", {});
  link("Z2", kVillage, "river_gauge", {});
  link("P1", kVillage, "rain_gauge", {});
  for (int i = 5; i >= 0; --i) send("Z1", 9 + 0.1 * i, t.clock.now() - minutes(5 * i));
  const auto things = get("/Things?$expand=Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc)),Locations&$select=id");
  const auto& stream = things.at("value").at(0).at("Datastreams").at(0);
  EXPECT_EQ(stream.at("Observations").at(0).at("result").to_number<double>(), 9);
  EXPECT_EQ(stream.at("Observations").as_array().size(), 1u);
  EXPECT_EQ(things.at("value").at(0).at("Locations").as_array().size(), 1u);
  EXPECT_FALSE(things.at("value").at(0).as_object().contains("name"));
  EXPECT_EQ(things.at("value").at(1).at("Datastreams").at(0).at("Observations").as_array().size(), 0u);
  // What is left of an expanded collection is at its own address.
  auto rest = walk(std::string(stream.at("Observations@iot.nextLink").as_string()), "result");
  EXPECT_EQ(rest.size(), 5u);
  EXPECT_EQ(rest.front(), "9.1E0");
  const auto sensors = get("/Sensors?$filter=id eq 'river_gauge'&$expand=Datastreams($top=1;$count=true;$orderby=name desc;$expand=Thing($select=name))");
  const auto& sensor = sensors.at("value").at(0);
  EXPECT_EQ(sensor.at("Datastreams").at(0).at("Thing").at("name").as_string(), "测站Z2");
  EXPECT_EQ(sensor.at("Datastreams@iot.count").as_int64(), 2);
  const auto left = get(std::string(sensor.at("Datastreams@iot.nextLink").as_string()));
  EXPECT_EQ(left.at("value").at(0).at("Thing").at("name").as_string(), "测站Z1") << "with the same options";
  EXPECT_EQ(get("/Observations?$expand=Datastream/Thing,Datastream/Sensor,FeatureOfInterest").at("value").at(0).at("Datastream").at("Thing").at("@iot.id").as_int64(), 1);
  EXPECT_EQ(get("/Datastreams(1)?$expand=Observations($filter=result gt 9.25;$orderby=result;$count=true)").at("Observations@iot.count").as_int64(), 3);
}

TEST_F(SensorThings, RefusesWhatItCannotAnswer) {
  link("Z1", kVillage, "river_gauge", {});
  for (const char* query : {"/Things?$filter=", "/Things?$filter=name eq", "/Things?$filter=nothing eq 1", "/Things?$filter=properties eq 1", "/Things?$filter=name/first eq 'a'", "/Things?$filter=Datastreams/Observations/result gt 1",
                            "/Datastreams?$filter=phenomenonTime gt 2025-11-21T00:00:00Z", "/Datastreams?$filter=Sensor/Datastreams/name eq 'a'", "/Sensors?$filter=Datastreams/name eq 'a'", "/Things?$orderby=nothing",
                            "/Things?$orderby=Datastreams", "/Things?$select=nothing", "/Things?$expand=Nothing", "/Things?$expand=Datastreams($filter=nothing eq 1)", "/Things?$expand=Datastreams/Nothing",
                            "/Datastreams?$expand=Sensor($expand=Datastreams)", "/Datastreams?$expand=Thing($top=1)", "/Things(1)?$top=1", "/Things(1)?$filter=id eq 1", "/Things?$top=-1", "/Things?$top=a", "/Things?$count=1",
                            "/Things?$unknown=1", "/Things?$top=1&$top=2", "/Datastreams(1)/Thing?$orderby=name"}) {
    const auto response = ask(query, wang);
    ASSERT_EQ(response.status, 400) << query << response.body_text();
    const auto error = ApiTestNode::json_of(response).at("error").as_object();
    EXPECT_EQ(error.at("code").as_string(), "bad_request");
    EXPECT_THAT(std::string(error.at("message").as_string()), Not(HasSubstr(" / "))) << "in one language";
  }
}

TEST_F(SensorThings, ConditionsAgreeWithAPlainEvaluation) {
  struct Plain {
    int64_t id;
    std::string name, river, place;
    LonLat position;
    bool rain;
    std::optional<double> result;
    int64_t at = 0;
  };
  std::mt19937 random(11);
  std::vector<Plain> all;
  for (int i = 0; i < 150; ++i) {
    Plain p{0, {}, random() % 3 ? "" : random() % 2 ? "黄河" : "大夏河", std::to_string(random() % 3 ? kVillage : kOtherVillage), {102 + random() % 100 / 100.0, 35 + random() % 100 / 100.0}, random() % 3 == 0, {}, 0};
    const std::string code = "L" + std::to_string(random() % 50) + "-" + std::to_string(i);
    p.name = "测站" + code;
    json::object fields;
    if (!p.river.empty() && !p.rain) fields["river"] = p.river;
    if (p.rain) p.river.clear();
    p.id = link(code, std::stoll(p.place), p.rain ? "rain_gauge" : "river_gauge", fields, p.position);
    if (random() % 4) {
      p.result = static_cast<double>(random() % 20);
      p.at = t.clock.ms - static_cast<int64_t>(random() % 60) * 60'000;
      send(code, *p.result, UtcTime{p.at});
    }
    all.push_back(std::move(p));
  }
  struct Leaf {
    std::string text;
    std::function<bool(const Plain&)> truth;
  };
  // Over Observations, through the relations.
  const auto leaf = [&]() -> Leaf {
    const auto n = static_cast<int>(random() % 20);
    const auto time = UtcTime{t.clock.ms - n * 180'000};
    switch (random() % 10) {
      case 0: return {"result gt " + std::to_string(n), [n](const Plain& p) { return *p.result > n; }};
      case 1: return {"result le " + std::to_string(n) + ".0", [n](const Plain& p) { return *p.result <= n; }};
      case 2: return {"phenomenonTime ge " + sta_time(time), [time](const Plain& p) { return p.at >= time.ms; }};
      case 3: return {"substringof('" + std::to_string(n) + "',Datastream/Thing/name)", [n](const Plain& p) { return p.name.find(std::to_string(n)) != std::string::npos; }};
      case 4: return {"Datastream/Sensor/id eq 'rain_gauge'", [](const Plain& p) { return p.rain; }};
      case 5: return {"Datastream/Thing/properties/river eq '黄河'", [](const Plain& p) { return p.river == "黄河"; }};
      case 6: return {"Datastream/Thing/properties/river ne null", [](const Plain& p) { return !p.river.empty(); }};
      case 7: return {"st_within(Datastream/Thing/Locations/location,geography'POLYGON((102.205 35.205,102.805 35.205,102.805 35.605,102.205 35.605))')",
                      [](const Plain& p) { return p.position.lon > 102.205 && p.position.lon < 102.805 && p.position.lat > 35.205 && p.position.lat < 35.605; }};
      case 8: return {"startswith(Datastream/properties/place,'622921')", [](const Plain& p) { return p.place.starts_with("622921"); }};
      default: return {"FeatureOfInterest/id mod 3 eq 1", [](const Plain& p) { return p.id % 3 == 1; }};
    }
  };
  std::function<Leaf(int)> tree = [&](int depth) -> Leaf {
    if (depth == 0 || random() % 4 == 0) return leaf();
    const auto a = tree(depth - 1);
    if (random() % 4 == 0) return {"not (" + a.text + ")", [a](const Plain& p) { return !a.truth(p); }};
    const auto b = tree(depth - 1);
    if (random() % 2) return {"(" + a.text + " and " + b.text + ")", [a, b](const Plain& p) { return a.truth(p) && b.truth(p); }};
    return {"(" + a.text + " or " + b.text + ")", [a, b](const Plain& p) { return a.truth(p) || b.truth(p); }};
  };
  for (int i = 0; i < 150; ++i) {
    const auto condition = tree(3);
    const auto descending = random() % 2 == 0;
    std::vector<const Plain*> expected;
    for (const auto& p : all)
      if (p.result && condition.truth(p)) expected.push_back(&p);
    const auto total = expected.size();
    std::stable_sort(expected.begin(), expected.end(), [&](const Plain* a, const Plain* b) { return descending ? *a->result > *b->result : *a->result < *b->result; });
    std::string wanted;
    for (size_t n = 3; n < std::min<size_t>(expected.size(), 13); ++n) wanted += (wanted.empty() ? "" : " ") + std::to_string(expected[n]->id) + "-" + std::to_string(expected[n]->at);
    const auto page = get("/Observations?$skip=3&$top=10&$count=true&$orderby=result" + std::string(descending ? " desc" : "") + "&$filter=" + percent_encode(condition.text), both);
    ASSERT_EQ(ids(page), wanted) << condition.text;
    ASSERT_EQ(page.at("@iot.count").as_int64(), static_cast<int64_t>(total)) << condition.text;
  }
}

TEST_F(SensorThings, PagesShowEachOnceAndNothingOfOtherPlaces) {
  std::vector<std::string> mine;
  for (int i = 0; i < 25; ++i) {
    const bool other = i % 3 == 0;
    const auto id = link("L" + std::to_string(i), other ? kOtherVillage : kVillage, i % 2 ? "rain_gauge" : "river_gauge", {});
    send("L" + std::to_string(i), i, t.clock.now());
    if (!other) mine.push_back(std::to_string(id));
  }
  for (const char* address : {"/Things?$top=4", "/Datastreams?$top=1", "/Locations?$top=7&$count=true", "/FeaturesOfInterest?$top=5", "/Things?$top=5&$orderby=id", "/Datastreams?$top=3&$filter=id gt 0&$expand=Thing,Observations($top=1)"})
    EXPECT_EQ(walk(address, "@iot.id"), mine) << address;
  EXPECT_EQ(walk("/Observations?$top=4", "result").size(), mine.size());
  auto turned = walk("/Things?$top=4&$orderby=properties/type,name desc", "@iot.id");
  EXPECT_EQ(std::set<std::string>(turned.begin(), turned.end()), std::set<std::string>(mine.begin(), mine.end()));
  EXPECT_EQ(turned.size(), mine.size());
  EXPECT_EQ(get("/Things?$top=2&$count=true").at("@iot.count").as_int64(), static_cast<int64_t>(mine.size()));
  EXPECT_EQ(get("/Things?$top=2&$count=true&$skiptoken=5").at("@iot.count").as_int64(), static_cast<int64_t>(mine.size())) << "on every page";
  EXPECT_EQ(get("/Things?$top=0&$count=true").at("value").as_array().size(), 0u);
  EXPECT_EQ(walk("/Things?$top=4", "@iot.id", both).size(), 25u) << "two places";

  // The first link lies in the other county.
  for (const char* address : {"/Things(1)", "/Datastreams(1)", "/Datastreams(1)/Observations", "/Datastreams(1)/Thing", "/Locations(1)", "/FeaturesOfInterest(1)/Observations", "/Observations('1-1763700000000')", "/Things(2)/Datastreams(1)"})
    EXPECT_EQ(ask(address, wang).status, 404) << address;
  EXPECT_EQ(ask("/Things(1)", elsewhere).status, 200);
  for (const char* address : {"/Things", "/Datastreams", "/Locations", "/Observations", "/FeaturesOfInterest", "/Sensors?$expand=Datastreams($expand=Thing/Locations,Observations)", "/ObservedProperties?$expand=Datastreams",
                              "/Sensors('river_gauge')?$expand=Datastreams", "/Sensors('river_gauge')/Datastreams", "/Datastreams?$expand=Thing($expand=Datastreams($expand=Observations))", "/Things?$skiptoken=0", "/Things?$filter=id eq 1 or true"}) {
    const auto seen = ask(address, wang).body_text();
    EXPECT_THAT(std::string(seen), Not(HasSubstr(std::to_string(kOther)))) << address;
    EXPECT_THAT(std::string(seen), Not(HasSubstr("阳洼山村"))) << address;
    EXPECT_THAT(std::string(seen), Not(HasSubstr("\"测站L0\""))) << address;
  }
  EXPECT_EQ(get("/Sensors('river_gauge')?$expand=Datastreams($count=true;$top=1)").at("Datastreams@iot.count").as_int64(), 8);
}

TEST_F(SensorThings, ReadsHistoryFromEitherEnd) {
  const auto river = link("Z1", kVillage, "river_gauge", {});
  // Ten days of every minute, a gap of a year, then ten readings of today.
  const UtcTime begin = t.clock.now() - hours(24 * 380);
  constexpr size_t kOld = 10 * 24 * 60;
  backfill(river, begin, minutes(1), kOld);
  for (int i = 9; i >= 0; --i) send("Z1", 100'000 + i, t.clock.now() - minutes(i));
  const std::string all = "/Datastreams(" + std::to_string(river) + ")/Observations";
  auto newest = get(all + "?$orderby=phenomenonTime desc&$top=3&$select=result,id");
  EXPECT_EQ(ids(newest), "1-1763700000000 1-1763699940000 1-1763699880000");
  EXPECT_EQ(ids(get(all + "?$top=3")), ids(newest)) << "newest first when nothing is said";
  const auto across = get(all + "?$orderby=phenomenonTime desc&$top=12&$select=result");
  EXPECT_EQ(across.at("value").at(10).at("result").to_number<double>(), kOld - 1) << "over the gap";
  const auto oldest = get(all + "?$orderby=phenomenonTime&$top=2&$skip=1&$select=result");
  EXPECT_EQ(json::serialize(oldest.at("value")), R"([{"result":1E0},{"result":2E0}])");
  EXPECT_EQ(get(all + "?$count=true&$top=1").at("@iot.count").as_int64(), static_cast<int64_t>(kOld + 10));
  EXPECT_EQ(get(all + "?$filter=result lt 100&$count=true&$top=1").at("@iot.count").as_int64(), 100);
  const std::string day = sta_time(begin + hours(24)), next = sta_time(begin + hours(48));
  const auto span = get(all + "?$count=true&$orderby=phenomenonTime asc&$top=1&$filter=phenomenonTime ge " + day + " and phenomenonTime lt " + next);
  EXPECT_EQ(span.at("@iot.count").as_int64(), 1'440);
  EXPECT_EQ(span.at("value").at(0).at("phenomenonTime").as_string(), day);
  EXPECT_EQ(get(all + "?$orderby=result desc&$top=1&$filter=result lt 5000").at("value").at(0).at("result").to_number<double>(), 4'999);
  EXPECT_EQ(ids(get(all + "?$filter=phenomenonTime gt " + sta_time(t.clock.now()))), "");
  EXPECT_EQ(get("/Datastreams(1)").at("phenomenonTime").as_string(), sta_time(begin) + "/" + sta_time(t.clock.now()));
  EXPECT_EQ(get("/Observations('1-" + std::to_string((begin + minutes(7)).ms) + "')").at("result").to_number<double>(), 7);
  EXPECT_EQ(ask("/Datastreams(1)?$expand=Observations($top=1000;$expand=Datastream($expand=Observations($top=1000)))", wang).status, 413) << "a million";
  // Page after page, from either end and by value: each once.
  for (const char* order : {"", "&$orderby=phenomenonTime asc", "&$orderby=phenomenonTime desc,result", "&$orderby=result"}) {
    const auto seen = walk(all + "?$top=997&$select=id,result" + order, "@iot.id");
    EXPECT_EQ(seen.size(), kOld + 10) << order;
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), kOld + 10) << order;
  }
  // A new reading between two pages shifts nothing.
  const auto first = get(all + "?$top=4");
  t.clock.ms += 60'000;
  send("Z1", 1, t.clock.now());
  EXPECT_EQ(get(std::string(first.at("@iot.nextLink").as_string())).at("value").at(0).at("@iot.id").as_string(), "1-1763699760000");
  EXPECT_EQ(get("/Datastreams?$expand=Observations($top=1000)").at("value").at(0).at("Observations").as_array().size(), 1'000u);
}

class SensorThingsWithoutHistory : public SensorThings {
 protected:
  SensorThingsWithoutHistory() : SensorThings(false) {}
};

TEST_F(SensorThingsWithoutHistory, OnlyTheNewestIsThere) {
  link("Z1", kVillage, "river_gauge", {});
  send("Z1", 1, t.clock.now() - minutes(5));
  send("Z1", 2, t.clock.now());
  const auto page = get("/Datastreams(1)/Observations?$count=true");
  EXPECT_EQ(page.at("@iot.count").as_int64(), 1);
  EXPECT_EQ(ids(page), "1-1763700000000");
  EXPECT_FALSE(get("/Datastreams(1)?$expand=Observations($top=1)").contains("Observations@iot.nextLink"));
  EXPECT_EQ(get("/Datastreams(1)").at("phenomenonTime").as_string(), "2025-11-21T04:40:00.000Z/2025-11-21T04:40:00.000Z");
}

}  // namespace
}  // namespace anlan
