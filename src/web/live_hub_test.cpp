#include "web/live_hub.h"

#include <gtest/gtest.h>

#include "calls/facts.h"
#include "warnings/facts.h"
#include "web/api_test_node.h"
#include "web/test_client.h"

namespace anlan {
namespace {

// Counts what a subscriber is sent, without a network.
class HeldSocket final : public LiveSocket {
 public:
  bool send(std::shared_ptr<const std::string> text) override {
    texts.push_back(std::move(text));
    return true;
  }
  void close(uint16_t code, std::string) override { closed = code; }
  uint64_t id() const override { return 1; }
  json::object last() const { return parse_json(*texts.back()).value().as_object(); }

  std::vector<std::shared_ptr<const std::string>> texts;
  int closed = 0;
};

RecordedFact recorded(NewFact f, UtcTime at) { return {{1, at, "node", f.place, f.subject}, f.body}; }
RecordedFact answered(int64_t round, int64_t seq, UtcTime at) {
  CallAnswered a;
  a.round = RoundId{round};
  a.seq = seq;
  return recorded(fact(a, "round:" + std::to_string(round)), at);
}

class LiveHubTest : public testing::Test {
 protected:
  void SetUp() override {
    add_session_routes(*t.api);
    t.start();
    t.add_account("wang", {{"duty", {}}});
    token = t.sign_in("wang");
    hub.set_board([this](RoundId round) { return ++composed, "{\"totals\":" + std::to_string(round.value) + "}"; },
                  [](const Session&, RoundId round) { return round.value != 13; });
    hub.flush(now());
  }
  std::pair<std::shared_ptr<SocketListener>, std::shared_ptr<HeldSocket>> open(const std::string& topics = {}) {
    auto listener = std::get<std::shared_ptr<SocketListener>>(hub.accept(token, t.sessions->session(token)));
    auto socket = std::make_shared<HeldSocket>();
    listener->on_open(socket);
    if (!topics.empty()) listener->on_message("{\"subscribe\":[" + topics + "]}");
    socket->texts.clear();
    return {listener, socket};
  }
  UtcTime now() const { return t.clock.now(); }
  void pass(int64_t ms) { t.clock.ms += ms; }

  ApiTestNode t;
  LiveHub hub{*t.node, *t.sessions};
  std::string token;
  int composed = 0;
};

TEST_F(LiveHubTest, ATopicIsSentOnceToItsSubscribers) {
  auto [a, one] = open("\"warnings\",\"people\"");
  auto [b, two] = open("\"queue\"");
  const auto drafted = recorded(fact(WarningDrafted{WarningId{3}}, "warning:3"), now());
  hub.on_committed({drafted, drafted});
  hub.flush(now());
  ASSERT_EQ(one->texts.size(), 1u);
  EXPECT_EQ(one->last().at("type"), "warnings");
  EXPECT_EQ(json::serialize(one->last().at("ids")), "[3]");
  ASSERT_EQ(two->texts.size(), 1u);
  EXPECT_EQ(two->last().at("type"), "queue");
  hub.on_committed({drafted});
  hub.flush(now());
  EXPECT_EQ(one->texts.size(), 1u) << "not before the interval is over";
  pass(500);
  hub.flush(now());
  EXPECT_EQ(one->texts.size(), 2u);
}

TEST_F(LiveHubTest, ABoardIsComposedOnceForAllAndFourTimesASecondAtMost) {
  std::vector<std::pair<std::shared_ptr<SocketListener>, std::shared_ptr<HeldSocket>>> all;
  for (int i = 0; i < 200; ++i) all.push_back(open("\"board:2\",\"queue\""));
  hub.flush(now());
  EXPECT_EQ(composed, 1);
  for (const auto& [listener, socket] : all) {
    ASSERT_EQ(socket->texts.size(), 1u) << "the board as it stands";
    EXPECT_EQ(socket->texts[0].get(), all[0].second->texts[0].get()) << "one text for all";
  }
  for (int tenth = 0; tenth < 10; ++tenth) {
    std::vector<RecordedFact> facts;
    for (int i = 0; i < 500; ++i) facts.push_back(answered(2, tenth * 500 + i + 1, now()));
    hub.on_committed(facts);
    pass(100);
    hub.flush(now());
  }
  EXPECT_LE(composed, 5);
  EXPECT_LE(all[0].second->texts.size(), 5u);
  const auto last = all[0].second->last();
  EXPECT_EQ(last.at("type"), "board");
  EXPECT_EQ(last.at("round"), 2);
  EXPECT_EQ(last.at("board").at("totals"), 2);
  EXPECT_EQ(last.at("changed").as_array().size(), LiveHub::kChangedMax);
  // Who comes later gets the last text at once, without another composition.
  const int before = composed;
  hub.flush(now());
  auto [late, socket] = open("\"board:2\"");
  hub.flush(now());
  EXPECT_EQ(socket->texts.size(), 1u);
  EXPECT_LE(composed, before + 1);
}

TEST_F(LiveHubTest, AnswersAloneMakeListsReadAgainEveryFewSeconds) {
  auto [a, socket] = open("\"queue\"");
  for (int tenth = 0; tenth < 100; ++tenth) {
    hub.on_committed({answered(2, tenth + 1, now())});
    pass(100);
    hub.flush(now());
  }
  EXPECT_LE(socket->texts.size(), 4u);
  EXPECT_GE(socket->texts.size(), 2u);
}

TEST_F(LiveHubTest, SubscribingReplacesIsBoundedAndAsksForPermission) {
  auto [a, socket] = open("\"board:2\"");
  a->on_message(R"({"subscribe":["board:13"]})");
  hub.on_committed({answered(2, 1, now()), answered(13, 1, now())});
  hub.flush(now());
  EXPECT_TRUE(socket->texts.empty());
  EXPECT_EQ(composed, 0);
  for (const char* wrong : {"", "[]", "{}", R"({"subscribe":"all"})", R"({"subscribe":[1]})", R"({"subscribe":["board:99999999999999999999999"]})"}) a->on_message(wrong);
  std::string many = "\"queue\"";
  for (size_t i = 0; i < LiveHub::kTopicsMax; ++i) many += ",\"board:" + std::to_string(i + 1) + "\"";
  a->on_message("{\"subscribe\":[" + many + "]}");
  EXPECT_EQ(socket->last().at("type"), "error");
  a->on_close();
  EXPECT_EQ(hub.sockets(), 0u);
}

TEST_F(LiveHubTest, PingsAndClosesSocketsOfEndedSessions) {
  auto [a, socket] = open("\"queue\"");
  pass(LiveHub::kPingInterval.count);
  hub.flush(now());
  ASSERT_EQ(socket->texts.size(), 1u);
  EXPECT_EQ(socket->last().at("type"), "ping");
  t.sessions->end(token);
  pass(LiveHub::kPingInterval.count);
  hub.flush(now());
  EXPECT_EQ(socket->closed, 4401);
}

TEST_F(LiveHubTest, ThroughTheServer) {
  HttpServer server(*t.api);
  ServerOptions options;
  options.listen = {{"127.0.0.1:0", false}};
  ASSERT_TRUE(server.start(options).ok());
  TestClient client(server.port());
  EXPECT_EQ(client.upgrade("/api/v1/live")->status, 401);
  TestClient browser(server.port());
  ASSERT_EQ(browser.upgrade("/api/v1/live", {{"Cookie", "anlan_session=" + token}, {"Origin", "http://localhost"}})->status, 101);
  const auto hello = parse_json(browser.read_text().value_or("")).value().as_object();
  EXPECT_EQ(hello.at("type"), "hello");
  EXPECT_EQ(hello.at("now"), now().ms);
  browser.send_text(R"({"subscribe":["journal"]})");
  browser.send_frame(9, "seen");
  ASSERT_EQ(browser.read_message()->opcode, 10) << "what was sent before has been read";
  t.run([](Reader&, UtcTime) -> Result<Decision> { return Decision{{fact(SignInRefused{"x", "", ""})}}; }).value();
  pass(1000);
  t.api->tick();
  std::string type;
  while (type != "journal") {
    const auto text = browser.read_text();
    ASSERT_TRUE(text);
    type = parse_json(*text).value().as_object().at("type").as_string().c_str();
  }
  browser.close();
  server.stop();
}

}  // namespace
}  // namespace anlan
