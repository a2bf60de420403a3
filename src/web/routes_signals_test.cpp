// Readings in, links, situations and rules out, through the API on a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kCounty = 622927, kTown = 622927101, kVillage = 622927101201;

class SignalRoutes : public testing::TestWithParam<const char*> {
 protected:
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(kCounty);
    return s;
  }
  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    add_session_routes(*t.api);
    add_signal_routes(*t.api);
    add_warning_routes(*t.api);
    add_queue_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n622921,临夏县\n", "code,name\n622927101,大河家镇\n622921101,韩集镇\n",
                                  "code,name\n622927101201,大河村\n622921101201,阳洼山村\n"}).value();
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(kCounty)}});
    t.add_account("elsewhere", {{"duty", PlaceCode(622921)}});
    t.add_account("root", {{"admin", PlaceCode(kCounty)}});
    site = t.add_account("gateway", {{"site", PlaceCode(kCounty)}});
    wang = t.sign_in("wang");
    elsewhere = t.sign_in("elsewhere");
    root = t.sign_in("root");
    token = t.node->site_tokens().token(site);
    river = link("Z1", kVillage, "river_gauge", {{"warning", 10.0}, {"guaranteed", 11.0}});
    link("P1", 622921101201, "rain_gauge", {});
  }
  int64_t link(const std::string& code, int64_t where, const char* type, json::object fields) {
    RecordPatch r;
    r.name = "测站" + code;
    r.place = PlaceCode(where);
    r.position = LonLat{102.76, 35.84};
    fields["code"] = code;
    r.fields = std::move(fields);
    const auto index = t.node->places().get();
    return parse_json(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), index->places(), type, r); }).value().response).value().at("id").to_number<int64_t>();
  }
  HttpResponse send(const std::string& body, const std::string& path = "/readings", const std::string& shown = "-") {
    return t.request("POST", "/api/v1" + path, {}, body, {{"Authorization", "Bearer " + (shown == "-" ? token : shown)}});
  }
  json::object good(const HttpResponse& response, const std::string& method, const std::string& path) {
    EXPECT_EQ(response.status, 200) << path << ": " << response.body_text();
    auto body = ApiTestNode::json_of(response);
    if (response.status == 200) EXPECT_KEEPS(contract, method, path, 200, body);
    return body;
  }
  json::object get(const std::string& target, const std::string& path) { return good(t.get(target, wang), "GET", path); }
  std::string reading(const std::string& code, double value) {
    return R"({"readings":[{"link":")" + code + R"(","at":)" + std::to_string(t.clock.ms) + R"(,"value":)" + std::to_string(value) + "}]}";
  }
  void settle() {
    for (int i = 0; i < 4; ++i) {
      t.node->tick();
      (void)t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; });
    }
  }
  void high_water() {
    for (int i = 0; i < 3; ++i) {
      t.clock.ms += 300'000;
      good(send(reading("Z1", 10.6)), "POST", "/readings");
      settle();
    }
  }

  static inline const Contract contract{"src/web/openapi.yaml"};
  ApiTestNode t{{}, settings(), GetParam(), true};
  AccountId site;
  std::string wang, elsewhere, root, token;
  int64_t river = 0;
};

TEST_P(SignalRoutes, ASiteSendsAndOnlySends) {
  auto report = good(send(R"([["Z1",)" + std::to_string(t.clock.ms) + R"(,9.5],["Z1",)" + std::to_string(t.clock.ms) + R"(,9.5],["none",1,1],["Z1","yesterday",1]])"), "POST", "/readings");
  EXPECT_EQ(report["stored"].to_number<int64_t>(), 1);
  EXPECT_EQ(report["duplicates"].to_number<int64_t>(), 1);
  EXPECT_EQ(report["refused"].to_number<int64_t>(), 2);
  EXPECT_EQ(good(send(reading("P1", 1)), "POST", "/readings")["refused"].to_number<int64_t>(), 1) << "a link of another county";
  auto lines = good(send("Z1 value=9.6 " + std::to_string(t.clock.ms + 60'000) + "\nZ1 value=\n", "/readings/line-protocol?precision=ms"), "POST", "/readings/line-protocol");
  EXPECT_EQ(lines["stored"].to_number<int64_t>(), 1);
  EXPECT_EQ(lines["refused"].to_number<int64_t>(), 1);
  EXPECT_EQ(get("/links/" + std::to_string(river), "/links/{id}")["frame"].at("text").as_string(), "Z1 value=9.6 " + std::to_string(t.clock.ms + 60'000));
  auto odd = good(send("Z\xFF\xC3 value=1\nZ1,t=\xFF value=9.7 " + std::to_string(t.clock.ms + 120'000) + "\n", "/readings/line-protocol?precision=ms"), "POST", "/readings/line-protocol");
  EXPECT_THAT(std::string(odd["faults"].at(0).at("why").as_string()), HasSubstr("Z\uFFFD\uFFFD")) << "bytes that are no text do not break the answer";
  EXPECT_THAT(std::string(get("/links/" + std::to_string(river), "/links/{id}")["frame"].at("text").as_string()), HasSubstr("t=\uFFFD "));
  EXPECT_EQ(send("[[", "/readings").status, 400);
  EXPECT_EQ(send(reading("Z1", 1), "/readings", token + "0").status, 401);
  EXPECT_EQ(send(reading("Z1", 1), "/readings", "site-1-" + token.substr(token.rfind('-') + 1)).status, 401) << "another account's number";
  EXPECT_EQ(t.request("POST", "/api/v1/readings", wang, reading("Z1", 1)).status, 403);
  EXPECT_EQ(t.request("GET", "/api/v1/links", {}, {}, {{"Authorization", "Bearer " + token}}).status, 403) << "a token reads nothing";
  auto shown = good(t.get("/accounts/" + std::to_string(site.value) + "/token", root), "GET", "/accounts/{id}/token");
  EXPECT_EQ(shown["token"].as_string(), token);
  EXPECT_EQ(t.get("/accounts/1/token", root).status, 409);
  EXPECT_EQ(t.change("PATCH", "/accounts/" + std::to_string(site.value), root, R"({"enabled":false})").status, 200);
  EXPECT_EQ(send(reading("Z1", 1)).status, 401) << "a disabled account sends nothing";
}

TEST_P(SignalRoutes, FromHighWaterToADraftInTwoClicks) {
  high_water();
  auto list = get("/situations", "/situations");
  ASSERT_EQ(list["total"].to_number<int64_t>(), 1);
  const std::string path = "/situations/1";
  EXPECT_EQ(list["items"].at(0).at("level").as_string(), "yellow");
  EXPECT_EQ(t.change("POST", path + "/take", elsewhere).status, 403);
  auto taken = good(t.change("POST", path + "/take", wang), "POST", "/situations/{id}/take");
  EXPECT_EQ(taken["taken_by"].as_string(), "wang");
  auto drafted = good(t.change("POST", path + "/draft", wang), "POST", "/situations/{id}/draft");
  EXPECT_EQ(drafted["warning_state"].as_string(), "draft");
  EXPECT_EQ(good(t.change("POST", path + "/draft", wang), "POST", "/situations/{id}/draft")["warning"], drafted["warning"]) << "once";
  auto warning = get("/warnings/1", "/warnings/{id}");
  EXPECT_EQ(warning["source"].as_string(), "alarm");
  EXPECT_THAT(std::string(warning["headline"].as_string()), HasSubstr("大河家镇"));
  ASSERT_EQ(t.change("DELETE", "/warnings/1", wang).status, 204);
  EXPECT_EQ(good(t.change("POST", path + "/draft", wang), "POST", "/situations/{id}/draft")["warning"].to_number<int64_t>(), 2) << "a discarded draft is no dead end";
  t.add_account("town", {{"duty", PlaceCode(kTown)}});
  const auto town = t.sign_in("town");
  EXPECT_EQ(good(t.get("/situations?place=622927101", town), "GET", "/situations")["total"].to_number<int64_t>(), 1);
  EXPECT_EQ(t.get(path, town).status, 200) << "what is listed can be opened";
  EXPECT_EQ(t.change("POST", path + "/release", town).status, 403);
  EXPECT_EQ(good(t.change("POST", path + "/release", wang), "POST", "/situations/{id}/release")["state"].as_string(), "open");
  auto one = get(path, "/situations/{id}");
  EXPECT_EQ(one["items"].at(0).at("rule").as_string(), "river_level");
  EXPECT_EQ(one["towns"].at(0).at("name").as_string(), "大河家镇");
  EXPECT_EQ(t.get("/situations/9", wang).status, 404);
  EXPECT_EQ(t.get(path, elsewhere).status, 403);
  EXPECT_EQ(t.get("/situations?state=x", wang).status, 422);
}

TEST_P(SignalRoutes, LinksChartsAndRules) {
  high_water();
  auto links = get("/links?state=fresh", "/links");
  EXPECT_EQ(links["total"].to_number<int64_t>(), 1);
  EXPECT_EQ(links["states"].at("fresh").to_number<int64_t>(), 1);
  EXPECT_EQ(links["items"].at(0).at("level").as_string(), "yellow");
  EXPECT_EQ(get("/links?q=zz", "/links")["total"].to_number<int64_t>(), 0);
  EXPECT_EQ(get("/links?level=red", "/links")["total"].to_number<int64_t>(), 0);
  EXPECT_EQ(t.get("/links?state=x", wang).status, 422);
  EXPECT_EQ(get("/links/states?type=river_gauge", "/links/states")["level"].at(0).to_number<int64_t>(), 2);
  const auto path = "/links/" + std::to_string(river);
  auto link = get(path, "/links/{id}");
  EXPECT_EQ(link["limits"].at(0).at("value").to_number<double>(), 10);
  EXPECT_EQ(link["rules"].at(0).at("level").as_string(), "yellow");
  EXPECT_EQ(link["alarms"].as_array().size(), 1u);
  auto chart = get(path + "/chart?until=" + std::to_string(t.clock.ms + 1), "/links/{id}/chart");
  EXPECT_TRUE(chart["raw"].as_bool());
  EXPECT_EQ(chart["points"].as_array().size(), 3u);
  chart = get(path + "/chart?buckets=2&until=" + std::to_string(t.clock.ms + 1), "/links/{id}/chart");
  EXPECT_FALSE(chart["raw"].as_bool());
  EXPECT_EQ(t.get(path + "/chart?from=9&until=8", wang).status, 422);
  const auto csv = t.get(path + "/readings?until=" + std::to_string(t.clock.ms + 1), wang);
  EXPECT_THAT(std::string(csv.body_text()), HasSubstr("+08:00,10.6"));
  EXPECT_EQ(t.get(path, elsewhere).status, 403);

  auto rules = get("/rules", "/rules");
  EXPECT_GE(rules["items"].as_array().size(), 6u);
  const auto test = [&](const std::string& when) {
    return t.request("POST", "/api/v1/rules/backtest", wang, R"({"type":"river_gauge","steps":[{"level":"red","when":")" + when + R"("}],"from":)" + std::to_string(t.clock.ms - 3'600'000) + R"(,"until":)" + std::to_string(t.clock.ms + 1) +
                                                               R"(,"peaks":{"link":)" + std::to_string(river) + R"(,"above":10}})");
  };
  auto tested = good(test("value >= 10.5"), "POST", "/rules/backtest");
  EXPECT_EQ(tested["total"].to_number<int64_t>(), 1);
  EXPECT_EQ(tested["score"].at("peaks").to_number<int64_t>(), 1);
  const auto wrong = test("value >=");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(std::string(wrong.body_text()), HasSubstr("steps.1.condition"));
  EXPECT_THAT(std::string(wrong.body_text()), Not(HasSubstr("rules.asked")));
}

TEST_P(SignalRoutes, WhenAllAlarmsHaveClearedCancellingIsProposed) {
  high_water();
  ASSERT_EQ(t.change("POST", "/situations/1/draft", wang).status, 200);
  auto issued = ApiTestNode::json_of(t.change("POST", "/warnings/1/submit", wang));
  ASSERT_EQ(issued["state"].as_string(), "in_force");
  const auto proposed = [&] {
    const auto queue = get("/queue", "/queue");
    const auto& items = queue.at("items").as_array();
    return std::count_if(items.begin(), items.end(), [](const auto& i) { return i.at("kind").as_string() == "cancel"; });
  };
  EXPECT_EQ(proposed(), 0) << "the river is still high";
  for (int i = 0; i < 20; ++i) {
    t.clock.ms += 300'000;
    good(send(reading("Z1", 8)), "POST", "/readings");
    settle();
  }
  EXPECT_EQ(proposed(), 1);
  ASSERT_EQ(t.change("POST", "/warnings/1/cancel", wang, R"({"comment":"水位已回落"})").status, 200);
  EXPECT_EQ(proposed(), 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, SignalRoutes, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
