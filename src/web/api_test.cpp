#include "web/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "web/api_test_node.h"

namespace anlan {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string field(const HttpResponse& response, std::string_view name) { return std::string(response.headers.find(name).value_or("")); }

class ApiTest : public testing::TestWithParam<const char*> {
 protected:
  static NodeSettings settings() {
    NodeSettings s;
    s.place = PlaceCode(622927);
    return s;
  }
  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    const auto say = [](std::string what) { return [what](const CallPtr& call) { call->ok({{"route", what}, {"id", call->id()}}); }; };
    api.add({"GET", "/test/{id}", Need::session, say("one")});
    api.add({"GET", "/test/search", Need::session, say("search"), Run::here});
    api.add({"DELETE", "/test/{id}", Need::duty, say("removed")});
    api.add({"GET", "/test/throw", Need::nothing, [](const CallPtr&) { throw std::runtime_error("thrown"); }});
    api.add({"POST", "/test/throw", Need::nothing, [](const CallPtr& call) {
               call->key_scope = "token";
               call->change([](Reader&, UtcTime) -> Result<Decision> { throw std::runtime_error("thrown in decide"); });
             }});
    api.add({"GET", "/test/long", Need::nothing, [](const CallPtr& call) { call->ok_text("\"" + std::string(5000, 'x') + "\""); }});
    api.add({"POST", "/test/facts", Need::duty, [](const CallPtr& call) {
               call->change([](Reader& reader, UtcTime) -> Result<Decision> {
                 const auto n = reader.integer("SELECT count(*) FROM facts WHERE kind = 'SignInRefused'").value_or(0);
                 return Decision{{fact(SignInRefused{"test", "", ""})}, "{\"n\":" + std::to_string(n + 1) + "}"};
               });
             }});
    api.add({"GET", "/test/may/{code}", Need::session, [](const CallPtr& call) {
               const auto code = PlaceCode::parse(call->path.at("code")).value_or(PlaceCode());
               call->ok({{"read", call->may(Need::session, code)}, {"duty", call->may(Need::duty, code)}, {"approver", call->may(Need::approver, code)},
                         {"admin", call->may(Need::admin)}});
             }});
    add_session_routes(api);
    t.start();
    t.add_account("root", {{"admin", {}}});
    t.add_account("wang", {{"duty", PlaceCode(622927)}, {"viewer", PlaceCode(62)}});
    wang = t.sign_in("wang");
    root = t.sign_in("root");
  }
  HttpResponse sign_in(const std::string& account, const std::string& password, ApiTestNode::Fields fields = {}) {
    return t.request("POST", "/api/v1/session", {}, json::serialize(json::object{{"account", account}, {"password", password}}), std::move(fields));
  }

  ApiTestNode t{{}, settings(), GetParam()};
  Api& api = *t.api;
  std::string wang, root;
};

TEST_P(ApiTest, RoutesByMethodAndPathAndPrefersLiterals) {
  EXPECT_EQ(ApiTestNode::json_of(t.get("/test/7", wang)).at("id"), 7);
  EXPECT_EQ(ApiTestNode::json_of(t.get("/test/search", wang)).at("route"), "search");
  EXPECT_EQ(t.request("HEAD", "/api/v1/test/7", wang).status, 200);
  EXPECT_EQ(t.get("/nowhere", wang).status, 404);
  EXPECT_EQ(ApiTestNode::code_of(t.get("/test/7/8", wang)), "not_found");
  EXPECT_EQ(t.request("GET", "/api/v2/test/7", wang).status, 404);
  const auto wrong = t.request("PATCH", "/api/v1/test/7", wang);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(field(wrong, "Allow"), "GET, DELETE");
}

TEST_P(ApiTest, AsksForASessionThenForTheRole) {
  EXPECT_EQ(t.get("/test/7").status, 401);
  EXPECT_EQ(t.get("/test/7", "stolen").status, 401);
  const auto refused = t.request("DELETE", "/api/v1/test/7", root, {}, {{"Accept-Language", "en-GB,zh;q=0.5"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(std::string(refused.body_text()), HasSubstr("the duty role is needed"));
  EXPECT_THAT(std::string(t.request("DELETE", "/api/v1/test/7", root).body_text()), HasSubstr("值班"));
  EXPECT_EQ(t.request("DELETE", "/api/v1/test/7", wang).status, 200);
}

TEST_P(ApiTest, RolesHoldForAPlaceAndBelow) {
  const auto at = [&](const char* code) { return ApiTestNode::json_of(t.get(std::string("/test/may/") + code, wang)); };
  EXPECT_EQ(at("622927100"), (json::object{{"read", true}, {"duty", true}, {"approver", false}, {"admin", false}}));
  EXPECT_EQ(at("622901"), (json::object{{"read", true}, {"duty", false}, {"approver", false}, {"admin", false}}));
  EXPECT_EQ(at("11"), (json::object{{"read", false}, {"duty", false}, {"approver", false}, {"admin", false}}));
  EXPECT_EQ(at("0"), (json::object{{"read", true}, {"duty", true}, {"approver", false}, {"admin", false}})) << "the node's own place";
}

TEST_P(ApiTest, TheSameKeyChangesOnce) {
  const auto post = [&](const std::string& body, const std::string& key, const std::string& token) {
    return t.request("POST", "/api/v1/test/facts", token, body, {{"Idempotency-Key", key}});
  };
  EXPECT_EQ(ApiTestNode::json_of(post("{}", "a", wang)).at("n"), 1);
  EXPECT_EQ(ApiTestNode::json_of(post("{}", "a", wang)).at("n"), 1);
  EXPECT_EQ(ApiTestNode::json_of(post("{}", "b", wang)).at("n"), 2);
  const auto other = post("{\"x\":1}", "a", wang);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(ApiTestNode::code_of(other), "key_reused");
  t.add_account("li", {{"duty", {}}});
  EXPECT_EQ(ApiTestNode::json_of(post("{}", "a", t.sign_in("li"))).at("n"), 3) << "keys belong to accounts";
  EXPECT_EQ(t.request("POST", "/api/v1/test/facts", wang, "{}").status, 400);
  EXPECT_EQ(post("{}", "white space", wang).status, 400);
  EXPECT_EQ(post("{}", std::string(129, 'k'), wang).status, 400);
}

TEST_P(ApiTest, AHandlerThatThrowsAnswers500AndTheNodeLivesOn) {
  EXPECT_EQ(t.get("/test/throw").status, 500);
  EXPECT_EQ(t.change("POST", "/test/throw", {}).status, 500);
  EXPECT_THAT(t.log, HasSubstr("thrown in decide"));
  EXPECT_EQ(t.get("/test/7", wang).status, 200);
}

TEST_P(ApiTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const auto& response : {t.get("/test/7", wang), t.get("/test/7"), t.get("/nowhere"), t.request("GET", "/page")}) {
    EXPECT_THAT(field(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field(response, "Referrer-Policy"), "no-referrer");
    EXPECT_THAT(field(response, "Permissions-Policy"), HasSubstr("geolocation=(self)"));
  }
  EXPECT_EQ(field(t.get("/test/7", wang), "Cache-Control"), "no-store");
}

TEST_P(ApiTest, LongAnswersArePackedShortOnesAreNot) {
  const auto with_gzip = [&](const char* path) { return field(t.request("GET", path, wang, {}, {{"Accept-Encoding", "gzip"}}), "Content-Encoding"); };
  EXPECT_EQ(with_gzip("/api/v1/test/long"), "gzip");
  EXPECT_EQ(with_gzip("/api/v1/test/7"), "");
}

TEST_P(ApiTest, OtherSitesCannotChangeAnything) {
  const auto from = [&](ApiTestNode::Fields fields) { return t.request("DELETE", "/api/v1/test/7", wang, {}, std::move(fields)).status; };
  EXPECT_EQ(from({{"Origin", "https://node.example"}}), 200);
  EXPECT_EQ(from({{"Origin", "http://127.0.0.1:8080"}}), 200) << "the public address";
  EXPECT_EQ(from({{"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(from({{"Origin", "https://node.example.evil.example"}}), 403);
  EXPECT_EQ(from({{"Origin", "null"}}), 403);
  EXPECT_EQ(from({{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(t.request("GET", "/api/v1/test/7", wang, {}, {{"Origin", "https://evil.example"}}).status, 200);
}

TEST_P(ApiTest, LiveAsksForASessionAndTheSameOrigin) {
  HttpRequest request;
  request.path = "/api/v1/live";
  request.headers.add("Host", "node.example");
  const auto status = [&] {
    const auto decision = api.accept_socket(request);
    const auto* refusal = std::get_if<HttpResponse>(&decision);
    return refusal ? refusal->status : 101;
  };
  EXPECT_EQ(status(), 401);
  request.headers.add("Cookie", "anlan_session=" + wang);
  EXPECT_EQ(status(), 101);
  request.headers.add("Origin", "https://evil.example");
  EXPECT_EQ(status(), 403);
}

TEST_P(ApiTest, BodiesAreBoundedByTheRoute) {
  api.add({"POST", "/test/big", Need::registrar, [](const CallPtr&) {}, Run::worker, 50 << 20});
  HttpRequest head;
  head.method = "POST";
  head.path = "/api/v1/test/big";
  EXPECT_EQ(api.body_bytes_max(head), 64u * 1024);
  head.headers.add("Cookie", "anlan_session=" + wang);
  EXPECT_EQ(api.body_bytes_max(head), 50u << 20);
  head.path = "/api/v1/nowhere";
  EXPECT_EQ(api.body_bytes_max(head), 64u * 1024);
}

TEST_P(ApiTest, SigningInAndOut) {
  const auto in = sign_in("Wang", ApiTestNode::kPassword);
  ASSERT_EQ(in.status, 200) << in.body_text();
  const std::string cookie = field(in, "Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("SameSite=Strict"));
  EXPECT_THAT(cookie, HasSubstr("HttpOnly"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  const std::string token = cookie.substr(14, 64);
  const auto me = ApiTestNode::json_of(t.get("/session", token));
  EXPECT_EQ(me.at("account"), "wang");
  EXPECT_EQ(me.at("roles").at(0).at("place"), "622927");
  EXPECT_EQ(me.at("node").at("place"), "622927");
  EXPECT_EQ(t.request("DELETE", "/api/v1/session", token).status, 204);
  EXPECT_EQ(t.get("/session", token).status, 401);
  // Another start of the node knows the living sessions only.
  Sessions again(t.clock, t.random);
  again.load(*t.node->store().connect().value());
  EXPECT_FALSE(again.session(token));
  EXPECT_TRUE(again.session(wang));
  t.clock.ms += Sessions::kLifetime.count;
  EXPECT_EQ(t.get("/session", wang).status, 401);
}

TEST_P(ApiTest, WrongPasswordsPauseSigningIn) {
  EXPECT_EQ(sign_in("nobody", "whatever!").status, 401);
  for (int i = 0; i < Sessions::kFailuresMax; ++i) {
    const auto refused = sign_in("wang", "wrong");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(ApiTestNode::code_of(refused), "wrong_password");
  }
  const auto paused = sign_in("wang", ApiTestNode::kPassword);
  EXPECT_EQ(paused.status, 429);
  EXPECT_EQ(field(paused, "Retry-After"), "300");
  t.clock.ms += Sessions::kFailureWindow.count;
  EXPECT_EQ(sign_in("wang", ApiTestNode::kPassword).status, 200);
  const auto facts = t.node->store().connect().value()->integer("SELECT count(*) FROM facts WHERE kind = 'SignInRefused'");
  EXPECT_EQ(facts, 2) << "one for each name, however often";
}

TEST_P(ApiTest, AccountsAreAddedChangedAndDisabled) {
  EXPECT_EQ(t.get("/accounts", wang).status, 403);
  const char* zhao = R"({"account":"zhao","name":"赵敏","password":"long enough","roles":[{"role":"approver","place":"622927"}]})";
  const auto added = t.change("POST", "/accounts", root, zhao);
  ASSERT_EQ(added.status, 201) << added.body_text();
  const std::string id = std::to_string(ApiTestNode::json_of(added).at("id").as_int64());
  EXPECT_EQ(t.change("POST", "/accounts", root, zhao).status, 422) << "the name is taken";
  EXPECT_EQ(t.change("POST", "/accounts", root, R"({"account":"x","name":"x","password":"long enough","roles":[]})").status, 422);
  EXPECT_EQ(t.change("POST", "/accounts", root, R"({"account":"xx","name":"x","password":"short","roles":[]})").status, 422);
  EXPECT_EQ(t.change("POST", "/accounts", root, R"({"account":"xx","name":"x","password":"long enough","roles":[{"role":"king","place":""}]})").status, 422);
  const auto in = sign_in("zhao", "long enough");
  ASSERT_EQ(in.status, 200);
  EXPECT_EQ(ApiTestNode::json_of(in).at("must_change_password"), true);
  const std::string token = field(in, "Set-Cookie").substr(14, 64);

  const auto why = [&](const HttpResponse& answer) { return std::string(ApiTestNode::json_of(answer).at("error").at("params").at("why").as_string()); };
  const auto kept_out = t.get("/accounts", token);
  EXPECT_EQ(kept_out.status, 403) << "nothing before the password is changed";
  EXPECT_EQ(why(kept_out), "请先修改初始密码") << "one language";
  EXPECT_EQ(t.change("POST", "/session/password", token, R"({"old":"wrong","new":"another long one"})").status, 422);
  EXPECT_EQ(t.change("POST", "/session/password", token, R"({"old":"long enough","new":"another long one"})").status, 204);
  EXPECT_EQ(ApiTestNode::json_of(t.get("/session", token)).at("must_change_password"), false);
  EXPECT_NE(why(t.get("/accounts", token)), why(kept_out)) << "an approver, and no more in the way";
  EXPECT_EQ(sign_in("zhao", "long enough").status, 401);

  EXPECT_EQ(t.change("PATCH", "/accounts/" + id, root, R"({"enabled":false})").status, 200);
  EXPECT_EQ(t.get("/session", token).status, 401);
  EXPECT_EQ(sign_in("zhao", "another long one").status, 401);
  EXPECT_EQ(t.change("PATCH", "/accounts/1", root, R"({"enabled":false})").status, 409) << "the last administrator";
  EXPECT_EQ(t.change("PATCH", "/accounts/99", root, R"({"enabled":false})").status, 404);
  EXPECT_EQ(ApiTestNode::json_of(t.get("/accounts", root)).at("items").as_array().size(), 3u);
  // No password lies in the store, not even as a bare digest of the request.
  EXPECT_FALSE(t.node->store().connect().value()->integer("SELECT seq FROM facts WHERE body LIKE '%long enough%'"));
}

TEST_P(ApiTest, AnAdministratorOfACountyRulesThatCounty) {
  t.add_account("county", {{"admin", PlaceCode(622927)}});
  const std::string county = t.sign_in("county");
  EXPECT_EQ(t.change("POST", "/accounts", county, R"({"account":"a1","name":"a","password":"long enough","roles":[{"role":"duty","place":"622927100"}]})").status, 201);
  EXPECT_EQ(t.change("POST", "/accounts", county, R"({"account":"a2","name":"a","password":"long enough","roles":[{"role":"duty","place":"62"}]})").status, 403);
  EXPECT_EQ(t.change("PATCH", "/accounts/1", county, R"({"password":"taken over"})").status, 403);
}

TEST_P(ApiTest, HealthAndMetrics) {
  EXPECT_EQ(t.request("GET", "/healthz").status, 200);
  const auto metrics = t.request("GET", "/metrics");
  EXPECT_THAT(std::string(metrics.body_text()), HasSubstr("anlan_facts_total "));
  EXPECT_THAT(std::string(metrics.body_text()), HasSubstr("anlan_requests_total{status=\"2xx\"}"));
  EXPECT_EQ(t.get("/system").status, 401);
  EXPECT_EQ(ApiTestNode::json_of(t.get("/system", wang)).at("store"), GetParam() == std::string("sqlite") ? "SQLite" : "PostgreSQL");
}

TEST(ApiCopy, IsForLooking) {
  ApiOptions options;
  options.read_only = true;
  ApiTestNode t(options);
  add_session_routes(*t.api);
  t.start();
  t.add_account("root", {{"admin", PlaceCode()}});
  const auto token = t.sign_in("root");
  EXPECT_EQ(ApiTestNode::json_of(t.get("/session", token)).at("node").at("copy"), true);
  EXPECT_EQ(t.get("/accounts", token).status, 200);
  EXPECT_EQ(t.change("POST", "/accounts", token, R"({"account":"xx","name":"x","password":"long enough","roles":[]})").status, 403);
}

TEST(ApiPages, TheDeskThePhoneAndTheContract) {
  const std::string folder = std::filesystem::temp_directory_path() / ("anlan-ui-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/index.html") << "desk";
  std::ofstream(folder + "/phone.html") << "phone";
  ApiOptions options;
  options.ui_folder = folder;
  options.openapi_file = "src/web/openapi.yaml";
  options.base_maps = {"天地图|https://t{0-7}.tianditu.gov.cn/vec/{z}/{x}/{y}|国家测绘", "x|https://maps.example:8443/{z}|y", "bad|nonsense; script-src *|"};
  options.demo_accounts = {{"duty", "demo", "王值班", "duty"}};
  NodeSettings settings;
  settings.demo = true;
  ApiTestNode t(options, settings);
  add_session_routes(*t.api);
  t.start();
  EXPECT_EQ(t.request("GET", "/").body_text(), "desk");
  EXPECT_EQ(t.request("GET", "/warnings/3").body_text(), "desk");
  EXPECT_EQ(t.request("GET", "/a/Xy12").body_text(), "phone");
  EXPECT_EQ(t.request("GET", "/m").body_text(), "phone");
  EXPECT_EQ(t.request("GET", "/map.html").status, 404);
  EXPECT_EQ(t.request("POST", "/").status, 405);
  const std::string policy(t.request("GET", "/").headers.find("Content-Security-Policy").value_or(""));
  EXPECT_THAT(policy, HasSubstr("img-src 'self' data: blob: https://*.tianditu.gov.cn https://maps.example:8443;"));
  EXPECT_THAT(policy, Not(HasSubstr("nonsense")));
  const auto contract = ApiTestNode::json_of(t.get("/openapi"));
  EXPECT_EQ(contract.at("info").at("version"), "1");
  EXPECT_TRUE(contract.at("paths").as_object().contains("/warnings/{id}"));
  const auto who = t.get("/session");
  EXPECT_EQ(who.status, 401);
  EXPECT_EQ(ApiTestNode::json_of(who).at("demo").at("accounts").at(0).at("account"), "duty");
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Stores, ApiTest, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
