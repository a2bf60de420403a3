// A rule author writes a rule, tries it over history, switches it on; through the API on a real node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/place_files.h"
#include "web/api_test_node.h"
#include "web/contract_check.h"

namespace anlan {
namespace {

using testing::HasSubstr;

constexpr int64_t kCounty = 622927;

class RuleRoutes : public testing::TestWithParam<const char*> {
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
    add_journal_routes(*t.api);
    t.start();
    auto places = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏回族自治州\n", "code,name\n622927,积石山县\n", "code,name\n622927101,大河家镇\n", "code,name\n622927101201,大河村\n"}).value();
    const auto index = PlaceIndex::build(std::move(places), {}, t.node->pinyin());
    const auto hash = t.node->attachments().put(index->write()).value();
    t.node->places().expect(hash, index);
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return import_places(r, PlaceSetKind::divisions, hash, "", "test"); }).ok());
    t.add_account("wang", {{"duty", PlaceCode(kCounty)}});
    t.add_account("root", {{"admin", PlaceCode(kCounty)}});
    t.add_account("town", {{"admin", PlaceCode(622927101)}});
    wang = t.sign_in("wang");
    root = t.sign_in("root");
    town = t.sign_in("town");
    RecordPatch r;
    r.name = "测站Z1";
    r.place = PlaceCode(622927101201);
    r.position = LonLat{102.76, 35.84};
    r.fields = json::object{{"code", "Z1"}};
    ASSERT_TRUE(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), index->places(), "river_gauge", r); }).ok());
  }
  static std::string text(const std::string& when, const std::string& id = "mine") {
    return "alarm_rules:\n  - id: " + id + "\n    zh: 试验\n    en: Trial\n    type: river_gauge\n    hazard: flood\n    steps:\n      - { level: orange, when: \"" + when +
           "\" }\n    source: 试验\n    effective_from: 2026-11-22\n";
  }
  static std::string body(const std::string& yaml) { return json::serialize(json::object{{"yaml", yaml}}); }
  json::object good(const HttpResponse& response, const std::string& method, const std::string& path) {
    EXPECT_EQ(response.status, 200) << path << ": " << response.body_text();
    auto object = ApiTestNode::json_of(response);
    if (response.status == 200) EXPECT_KEEPS(contract, method, path, 200, object);
    return object;
  }
  json::object list() { return good(t.get("/rules", wang), "GET", "/rules"); }
  json::object rule(const char* section, const std::string& id) {
    auto all = list();
    for (const auto& r : all.at(section).as_array())
      if (r.at("id").as_string() == id) return r.as_object();
    return {};
  }
  void say(double value) {
    const PlaceCode county(kCounty);
    t.clock.ms += 300'000;
    const SiteReading reading{"Z1", t.clock.now(), value, 0};
    ASSERT_TRUE(t.node->watch().take({&reading, 1}, {&county, 1}, "test", [](size_t) { return std::string_view(); }, t.clock.now()).ok());
    settle();
  }
  void settle() {
    for (int i = 0; i < 4; ++i) {
      t.node->tick();
      (void)t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{}; });
    }
  }

  static inline const Contract contract{"src/web/openapi.yaml"};
  ApiTestNode t{{}, settings(), GetParam(), true};
  std::string wang, root, town;
};

TEST_P(RuleRoutes, WrittenTriedAndSwitchedOn) {
  say(9);
  // Tried.
  auto checked = good(t.request("POST", "/api/v1/rules/check", wang, body(text("value >"))), "POST", "/rules/check");
  EXPECT_FALSE(checked["ok"].as_bool());
  EXPECT_EQ(checked["faults"].at(0).at("field").as_string(), "steps.1.condition");
  EXPECT_EQ(checked["faults"].at(0).at("line").to_number<int>(), 8);
  checked = good(t.request("POST", "/api/v1/rules/check", wang, body(text("value > 8"))), "POST", "/rules/check");
  EXPECT_TRUE(checked["ok"].as_bool());
  EXPECT_EQ(checked["rule"].at("kind").as_string(), "link");
  EXPECT_FALSE(checked["rule"].at("on").as_bool()) << "tried is not live";
  json::object asked{{"yaml", text("value > 8")}, {"from", t.clock.ms - 3'600'000}, {"until", t.clock.ms + 1}};
  EXPECT_EQ(good(t.request("POST", "/api/v1/rules/backtest", wang, json::serialize(asked)), "POST", "/rules/backtest")["total"].to_number<int64_t>(), 1);
  asked["yaml"] = text("value > 8 and");
  EXPECT_THAT(std::string(t.request("POST", "/api/v1/rules/backtest", wang, json::serialize(asked)).body_text()), HasSubstr("\"steps.1.condition\""));
  asked["yaml"] = "chains: []";
  EXPECT_EQ(t.request("POST", "/api/v1/rules/backtest", wang, json::serialize(asked)).status, 422);
  // Live.
  EXPECT_EQ(t.change("PUT", "/rules/mine", wang, body(text("value > 8"))).status, 403);
  EXPECT_EQ(t.change("PUT", "/rules/mine", town, body(text("value > 8"))).status, 403) << "rules hold for the whole node";
  EXPECT_EQ(t.change("PUT", "/rules/other", root, body(text("value > 8"))).status, 422);
  EXPECT_EQ(t.change("PUT", "/rules/mine", root, body(std::string(20'001, ' '))).status, 413);
  EXPECT_EQ(t.change("PUT", "/rules/mine", root, "{}").status, 422);
  auto set = good(t.change("PUT", "/rules/mine", root, body(text("value > 8"))), "PUT", "/rules/{id}");
  EXPECT_TRUE(set["own"].as_bool() && set["on"].as_bool());
  EXPECT_EQ(set["changed_by"].as_string(), "root");
  settle();
  EXPECT_EQ(rule("items", "mine")["standing"].to_number<int64_t>(), 1);
  // Refused: the one before goes on.
  const auto refused = t.change("PUT", "/rules/mine", root, body(text("value > limit.none")));
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(std::string(refused.body_text()), HasSubstr("没有限值“none”"));
  EXPECT_EQ(rule("items", "mine")["yaml"].as_string(), text("value > 8"));
  // Off and on.
  EXPECT_EQ(t.change("POST", "/rules/mine/switch", wang, R"({"on":false})").status, 403);
  EXPECT_EQ(t.change("POST", "/rules/mine/switch", root, R"({"on":0})").status, 422);
  EXPECT_FALSE(good(t.change("POST", "/rules/mine/switch", root, R"({"on":false})"), "POST", "/rules/{id}/switch")["on"].as_bool());
  settle();
  EXPECT_EQ(rule("items", "mine")["standing"].to_number<int64_t>(), 0);
  EXPECT_TRUE(good(t.change("POST", "/rules/mine/switch", root, R"({"on":true})"), "POST", "/rules/{id}/switch")["on"].as_bool());
  EXPECT_EQ(t.change("POST", "/rules/rain_amount/switch", root, R"({"on":false})").status, 409);
  EXPECT_EQ(t.change("POST", "/rules/nothing/switch", root, R"({"on":false})").status, 404);
  // Away.
  EXPECT_EQ(t.change("DELETE", "/rules/mine", wang).status, 403);
  EXPECT_EQ(t.change("DELETE", "/rules/mine", root).status, 204);
  EXPECT_EQ(t.change("DELETE", "/rules/mine", root).status, 404);
  EXPECT_TRUE(rule("items", "mine").empty());
  const auto journal = std::string(t.get("/journal?kind=RuleSwitched", root).body_text());
  EXPECT_THAT(journal, HasSubstr("停用了规则 mine"));
}

TEST_P(RuleRoutes, EveryRuleOfThePackCanBeTakenUpAndChanged) {
  auto all = list();
  EXPECT_GE(all["items"].as_array().size(), 6u);
  EXPECT_GE(all["areas"].as_array().size(), 3u);
  EXPECT_GE(all["spots"].as_array().size(), 1u);
  int rules = 0;
  for (const char* section : {"items", "areas", "spots", "chains"})
    for (const auto& r : all.at(section).as_array()) {
      const std::string id(r.at("id").as_string()), yaml(r.at("yaml").as_string());
      EXPECT_FALSE(r.at("own").as_bool());
      auto checked = good(t.request("POST", "/api/v1/rules/check", wang, body(yaml)), "POST", "/rules/check");
      EXPECT_TRUE(checked["ok"].as_bool()) << json::serialize(checked);
      auto set = good(t.change("PUT", "/rules/" + id, root, body(yaml)), "PUT", "/rules/{id}");
      EXPECT_TRUE(set["own"].as_bool());
      EXPECT_EQ(set["steps"], r.at("steps"));
      ++rules;
    }
  EXPECT_GE(rules, 10);
  settle();
  EXPECT_TRUE(list()["fault"].is_null());
}

INSTANTIATE_TEST_SUITE_P(Stores, RuleRoutes, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
