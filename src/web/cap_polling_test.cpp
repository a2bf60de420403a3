// Two nodes: one polls the other's public feed over HTTP, as two levels of government would.
#include <gmock/gmock.h>

#include "gateway/cap_arrival.h"
#include "gateway/cap_poller.h"
#include "gateway/http_fetcher.h"
#include "web/api_test_node.h"
#include "web/http_server.h"
#include "web/test_client.h"

namespace anlan {
namespace {

using testing::HasSubstr;

uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_TRUE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

class TwoNodes : public testing::TestWithParam<const char*> {
 protected:
  static NodeSettings province(uint16_t port) {
    NodeSettings s;
    s.name = "省应急管理厅";
    s.sender = "province.example";
    s.public_url = "http://127.0.0.1:" + std::to_string(port);
    return s;
  }
  static NodeSettings county() {
    NodeSettings s;
    s.name = "积石山县应急管理局";
    s.sender = "county.example";
    return s;
  }
  void SetUp() override {
    if (!b.place.why_not().empty()) GTEST_SKIP() << b.place.why_not();
    for (auto* node : {&a, &b}) {
      add_all_routes(*node->api);
      node->start();
    }
    ServerOptions options;
    options.listen = {{"127.0.0.1:" + std::to_string(port), false}};
    ASSERT_TRUE(server.start(options));
    b.add_account("admin", {{"admin", {}}, {"duty", {}}});
    token = b.sign_in("admin");
    EXPECT_EQ(b.change("POST", "/cap-sources", token, R"({"url":")" + a.node->settings().public_url + R"(/cap/feed.atom","interval_s":60})").status, 201);
  }
  void TearDown() override { server.stop(); }

  static Result<Answer> as(ApiTestNode& node, const std::string& actor, std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::promise<Result<Answer>> answer;
    node.node->writer().submit({actor, "", "", std::move(decide), [&](const Result<Answer>& r) { answer.set_value(r); }, {}});
    return answer.get_future().get();
  }
  static void issue(ApiTestNode& node, int64_t id) {
    const std::string& sender = node.node->settings().sender;
    as(node, "account:1", [&](Reader& r, UtcTime now) { return submit_warning(r, node.node->pack(), WarningId{id}, false, sender, now); }).value();
    as(node, "account:2", [&](Reader& r, UtcTime now) { return approve_warning(r, node.node->pack(), WarningId{id}, "account:2", "", sender, now); }).value();
  }
  WarningContent content(const std::string& headline) {
    WarningContent c;
    c.hazard = "rainstorm";
    c.level = WarningLevel::orange;
    c.area = normalise({}, {{{102.8, 35.7}, 12}}).value();
    c.area_label = "西北部";
    c.headline = headline;
    c.description = "<雨> & \"风\"";
    c.message = headline;
    c.onset = a.clock.now();
    c.expires = c.onset + hours(12);
    return c;
  }
  void change(int64_t id, const std::string& headline) {
    as(a, "account:1", [&](Reader& r, UtcTime now) { return change_warning(r, a.node->pack(), WarningId{id}, content(headline), "", false, "province.example", now); }).value();
    as(a, "account:2", [&](Reader& r, UtcTime now) { return approve_warning(r, a.node->pack(), WarningId{id}, "account:2", "", "province.example", now); }).value();
  }
  void poll() {
    a.clock.ms += 60'000;
    b.clock.ms += 60'000;
    poller->poll(b.clock.now());
  }
  WarningRow warning(int64_t id) { return read_warning(*b.node->store().connect().value(), WarningId{id}).value(); }
  int64_t warnings() { return b.node->store().connect().value()->integer("SELECT COUNT(*) FROM warnings").value_or(-1); }
  json::object source() { return ApiTestNode::json_of(b.get("/cap-sources", token)).at("items").at(0).as_object(); }

  const uint16_t port = free_port();
  ApiTestNode a{{}, province(port), GetParam()}, b{{}, county(), GetParam()};
  HttpServer server{*a.api};
  HttpFetcher fetcher{true};
  std::unique_ptr<CapPoller> poller = std::make_unique<CapPoller>(*b.node, fetcher, seconds(5));
  std::string token;
};

TEST_P(TwoNodes, AWarningItsUpdatesAndItsEnd) {
  poll();
  EXPECT_TRUE(source().at("last_error").is_null()) << "nothing is in force, which is no error";
  EXPECT_FALSE(source().at("last_ok_at").is_null());

  as(a, "account:1", [&](Reader& r, UtcTime now) { return draft_warning(r, a.node->pack(), WarningSource::drawn, content("暴雨橙色预警"), {}, now); }).value();
  poll();
  EXPECT_EQ(warnings(), 0) << "a draft is nobody's business";
  issue(a, 1);
  poll();
  ASSERT_EQ(warnings(), 1);
  auto w = warning(1);
  EXPECT_EQ(w.state, WarningState::draft);
  EXPECT_EQ(w.source, WarningSource::cap);
  EXPECT_EQ(w.content.headline, "暴雨橙色预警");
  EXPECT_EQ(w.content.description, "<雨> & \"风\"");
  EXPECT_EQ(w.content.hazard, "rainstorm");
  EXPECT_EQ(w.content.level, WarningLevel::orange);
  EXPECT_EQ(w.origin->sender, "province.example");
  EXPECT_NEAR(area_km2(w.content.area), area_km2(content("").area), 0.1);
  poll();
  poller = std::make_unique<CapPoller>(*b.node, fetcher, seconds(5));
  poll();
  EXPECT_EQ(warnings(), 1) << "once, also after a restart";

  issue(b, 1);
  change(1, "雨更大");
  poll();
  ASSERT_EQ(warnings(), 2);
  EXPECT_EQ(warning(1).state, WarningState::in_force);
  issue(b, 2);
  EXPECT_EQ(warning(1).state, WarningState::superseded);
  EXPECT_EQ(warning(2).content.headline, "雨更大");

  change(1, "雨又更大");
  poll();
  ASSERT_EQ(warnings(), 3);
  as(a, "account:1", [](Reader& r, UtcTime) { return cancel_warning(r, WarningId{1}, "雨停"); }).value();
  poll();
  EXPECT_EQ(warnings(), 3) << "a cancel is no warning";
  EXPECT_EQ(warning(3).state, WarningState::discarded);
  EXPECT_EQ(warning(2).state, WarningState::in_force);
  EXPECT_TRUE(warning(2).returned.starts_with(kCancelledBySender));
  const auto queue = ApiTestNode::json_of(b.get("/queue", token)).at("items").as_array();
  EXPECT_THAT(json::serialize(queue), HasSubstr("province.example.1.3.cancel"));
  // The county ends its own warning, and its own feed says so.
  as(b, "account:1", [](Reader& r, UtcTime) { return cancel_warning(r, WarningId{2}, "上级已解除"); }).value();
  const auto own = read_cap(b.request("GET", "/cap/2.xml").body_text());
  ASSERT_TRUE(own) << own.error().describe();
  EXPECT_EQ(own->msg_type, CapMsgType::Cancel);
  const auto facts = b.node->writer().seq();
  poll();
  poll();
  EXPECT_EQ(b.node->writer().seq(), facts);
}

TEST_P(TwoNodes, AnOutageIsShownAndOver) {
  as(a, "account:1", [&](Reader& r, UtcTime now) { return draft_warning(r, a.node->pack(), WarningSource::drawn, content("暴雨橙色预警"), {}, now); }).value();
  issue(a, 1);
  server.stop();
  poll();
  EXPECT_THAT(std::string(source().at("last_error").as_string()), HasSubstr("没有响应"));
  HttpServer again(*a.api);
  ServerOptions options;
  options.listen = {{"127.0.0.1:" + std::to_string(port), false}};
  ASSERT_TRUE(again.start(options));
  poll();
  EXPECT_TRUE(source().at("last_error").is_null());
  EXPECT_EQ(warnings(), 1);
  again.stop();
}

TEST_P(TwoNodes, AFileByHandIsTakenLikeOneByPoll) {
  const auto send = [&] {
    const auto r = b.change("POST", "/warnings/import-cap", token, std::string(a.request("GET", "/cap/1.xml").body_text()));
    EXPECT_EQ(r.status, 201) << r.body_text();
    return ApiTestNode::json_of(r).at("warnings").as_array().size();
  };
  as(a, "account:1", [&](Reader& r, UtcTime now) { return draft_warning(r, a.node->pack(), WarningSource::drawn, content("暴雨橙色预警"), {}, now); }).value();
  issue(a, 1);
  EXPECT_EQ(send(), 1u);
  EXPECT_EQ(send(), 1u);
  a.clock.ms += 1'000;
  as(a, "account:1", [](Reader& r, UtcTime) { return cancel_warning(r, WarningId{1}, "雨停"); }).value();
  EXPECT_EQ(send(), 0u);
  EXPECT_EQ(warning(1).state, WarningState::discarded);
  EXPECT_EQ(warnings(), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, TwoNodes, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
