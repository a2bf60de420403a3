// CAP sources over loopback HTTP: what is new arrives once; what fails is shown and tried again, ever more rarely.
#include "gateway/cap_poller.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "gateway/canned_server.h"
#include "gateway/cap_arrival.h"
#include "gateway/http_fetcher.h"
#include "loop/node_rig.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class Polling : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    writer = std::thread([this] {
      while (t.node->writer().wait()) t.node->writer().run_batch();
    });
  }
  void TearDown() override {
    t.node->writer().stop();
    if (writer.joinable()) writer.join();
  }
  void add_source(const std::string& path, int64_t interval_s = 60) {
    std::promise<void> done;
    t.node->writer().submit({"account:1", "", "", [&](Reader& r, UtcTime) { return add_cap_source(r, server.url(path), interval_s); },
                             [&](const Result<Answer>& a) { a.value(); done.set_value(); }, {}});
    done.get_future().wait();
  }
  void do_(std::function<Result<Decision>(Reader&, UtcTime)> decide, const std::string& actor = "account:1") {
    std::promise<void> done;
    t.node->writer().submit({actor, "", "", std::move(decide), [&](const Result<Answer>& a) { a.value(); done.set_value(); }, {}});
    done.get_future().wait();
  }
  void issue(int64_t id) {
    do_([&](Reader& r, UtcTime now) { return submit_warning(r, t.node->pack(), WarningId{id}, false, "b", now); });
    do_([&](Reader& r, UtcTime now) { return approve_warning(r, t.node->pack(), WarningId{id}, "account:2", "", "b", now); }, "account:2");
  }
  void poll(Millis after = seconds(60)) {
    t.clock.at = t.clock.at + after;
    poller->poll(t.clock.at);
  }
  std::string error(int64_t source = 1) { return t.node->store().connect().value()->text("SELECT last_error FROM cap_sources WHERE id = ?", {source}).value_or(""); }
  int64_t warnings(const std::string& where = "1 = 1") { return t.node->store().connect().value()->integer("SELECT COUNT(*) FROM warnings WHERE " + where).value_or(-1); }
  WarningRow warning(int64_t id) { return read_warning(*t.node->store().connect().value(), WarningId{id}).value(); }

  struct Message {
    std::string identifier, type = "Alert", event = "暴雨", references;
    int minute = 0;
    std::string second_event;
  };
  std::string cap(const Message& m) {
    const auto time = [&](Millis after) { return to_iso8601(UtcTime{1'763'700'000'000} + after); };
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>" + m.identifier +
                      "</identifier><sender>met@example</sender><sent>" + time(minutes(m.minute)) + "</sent><status>Actual</status><msgType>" + m.type +
                      "</msgType><scope>Public</scope>" + (m.references.empty() ? "" : "<references>" + m.references + "</references>");
    for (const auto& event : {m.event, m.second_event})
      if (!event.empty())
        out += "<info><language>zh-CN</language><category>Met</category><event>" + event + "</event><urgency>Expected</urgency><severity>" + (event == m.event ? "Severe" : "Moderate") +
               "</severity><certainty>Likely</certainty><expires>" + time(hours(48)) + "</expires><headline>" + event + m.identifier +
               "</headline><area><areaDesc>某县</areaDesc><circle>35.7,102.8 20</circle></area></info>";
    return out + "</alert>";
  }
  std::string refers(const std::string& identifier) { return "met@example," + identifier + ",2025-11-21T12:40:00+08:00"; }
  static std::string atom(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string out = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title>";
    for (const auto& [href, updated] : entries) out += "<entry><link href=\"" + href + "\" type=\"application/cap+xml\"/><updated>" + updated + "</updated></entry>";
    return out + "</feed>";
  }

  NodeRig t{GetParam()};
  std::thread writer;
  CannedServer server;
  HttpFetcher fetcher{true};
  std::unique_ptr<CapPoller> poller = std::make_unique<CapPoller>(*t.node, fetcher, milliseconds(500));
};

TEST_P(Polling, WhatIsNewArrivesOnce) {
  add_source("/feed");
  server.lay_ok("/feed", atom({}));
  poll();
  EXPECT_EQ(error(), "") << "a feed may be empty";
  server.lay_ok("/a", cap({"m1"}));
  server.lay_ok("/b", cap({"m2", "Alert", "大风", "", 1}));
  server.lay_ok("/feed", atom({{"b", "2"}, {"a", "1"}}));
  poll();
  EXPECT_EQ(warnings(), 2);
  EXPECT_EQ(warning(1).origin->identifier, "m1") << "in the order they were sent";
  poll();
  EXPECT_EQ(server.asked("/a"), 1) << "an entry that has not changed is not fetched again";
  const int64_t facts = t.node->writer().seq();
  poller = std::make_unique<CapPoller>(*t.node, fetcher);  // a restart forgets what was seen
  poll();
  EXPECT_EQ(server.asked("/a"), 2);
  EXPECT_EQ(warnings(), 2);
  EXPECT_LE(t.node->writer().seq(), facts + 1);
  poll(seconds(30));
  EXPECT_EQ(server.asked("/feed"), 5 - 1) << "not before the interval is over";
}

TEST_P(Polling, AnUpdateAtTheSameAddressIsSeen) {
  add_source("/feed");
  server.lay_ok("/a", cap({"m1"}));
  server.lay_ok("/feed", atom({{"a", "1"}}));
  poll();
  issue(1);
  server.lay_ok("/a", cap({"m2", "Update", "暴雨", refers("m1"), 5}));
  server.lay_ok("/feed", atom({{"a", "2"}}));
  poll();
  ASSERT_EQ(warnings(), 2);
  EXPECT_EQ(warning(1).state, WarningState::in_force) << "until a person issues the update";
  // Two more before anybody looks: only the last stays on the desk. It names the one before it, not the first.
  server.lay_ok("/a", cap({"m3", "Update", "暴雨", refers("m2"), 6}));
  server.lay_ok("/feed", atom({{"a", "3"}}));
  poll();
  EXPECT_EQ(warning(2).state, WarningState::discarded);
  EXPECT_THAT(warning(2).returned, HasSubstr("updated by its sender: m3"));
  server.lay_ok("/a", cap({"m4", "Update", "暴雨", refers("m1") + " " + refers("m3"), 7}));
  server.lay_ok("/feed", atom({{"a", "4"}}));
  poll();
  EXPECT_EQ(warning(3).state, WarningState::discarded);
  issue(4);
  EXPECT_EQ(warning(4).state, WarningState::in_force);
  EXPECT_EQ(warning(1).state, WarningState::superseded);
}

TEST_P(Polling, ACancelEndsDraftsAndIsShownBesideAWarningInForce) {
  add_source("/feed");
  server.lay_ok("/a", cap({"m1"}));
  server.lay_ok("/b", cap({"m2"}));
  server.lay_ok("/c", cap({"m3"}));
  server.lay_ok("/feed", atom({{"a", "1"}, {"b", "1"}, {"c", "1"}}));
  poll();
  issue(1);
  do_([&](Reader& r, UtcTime now) { return submit_warning(r, t.node->pack(), WarningId{2}, false, "b", now); });
  server.lay_ok("/x", cap({"m9", "Cancel", "暴雨", refers("m1") + " " + refers("m2") + " " + refers("m3") + " " + refers("unknown"), 9}));
  server.lay_ok("/feed", atom({{"a", "1"}, {"b", "1"}, {"c", "1"}, {"x", "1"}}));
  poll();
  EXPECT_EQ(warnings(), 3) << "a cancel is no warning";
  EXPECT_EQ(warning(1).state, WarningState::in_force) << "ending it is a person's decision";
  EXPECT_TRUE(warning(1).returned.starts_with(kCancelledBySender));
  EXPECT_EQ(warning(2).state, WarningState::discarded) << "it waited for approval";
  EXPECT_EQ(warning(3).state, WarningState::discarded);
  const int64_t facts = t.node->writer().seq();
  poller = std::make_unique<CapPoller>(*t.node, fetcher);
  poll();
  EXPECT_LE(t.node->writer().seq(), facts + 1);
}

TEST_P(Polling, EveryEventOfAnAlertIsDraftedAndStandsForItself) {
  add_source("/one");
  server.lay_ok("/one", cap({"m1", "Alert", "暴雨", "", 0, "大风"}));
  poll();
  ASSERT_EQ(warnings(), 2);
  issue(1);
  issue(2);
  EXPECT_EQ(warnings("state = 2"), 2) << "the one does not take the place of the other";
  server.lay_ok("/one", cap({"m2", "Update", "大风", refers("m1"), 3}));
  poll();
  issue(3);
  EXPECT_EQ(warning(1).state, WarningState::in_force) << "the update speaks of the wind alone";
  EXPECT_EQ(warning(2).state, WarningState::superseded);
}

TEST_P(Polling, FailuresAreShownAndTriedAgainEverMoreRarely) {
  add_source("/feed");
  const auto step = [&](Millis after, int asked) {
    poll(after);
    EXPECT_EQ(server.asked("/feed"), asked) << after.count / 1000 << " s";
  };
  step(seconds(1), 1);
  EXPECT_THAT(error(), HasSubstr("HTTP 404"));
  const int64_t facts = t.node->writer().seq();
  step(seconds(59), 1);
  step(seconds(1), 2);     // 1 min after the first failure
  step(seconds(119), 2);
  step(seconds(1), 3);     // 2 min after the second
  step(seconds(240), 4);   // 4 min
  step(seconds(479), 4);
  step(seconds(1), 5);     // 8 min
  for (int i = 6; i < 9; ++i) {
    step(seconds(599), i - 1);
    step(seconds(1), i);   // 10 min at most
  }
  EXPECT_EQ(t.node->writer().seq(), facts) << "the same failure is told once";
  t.clock.at = t.clock.at - hours(24);
  step(seconds(1), 9);     // the clock went back: nobody waits a day
  server.lay_ok("/feed", atom({}));
  step(seconds(600), 10);
  EXPECT_EQ(error(), "");
  step(seconds(60), 11);
}

TEST_P(Polling, WhateverASourceDoesIsAnErrorBesideIt) {
  const std::vector<std::pair<std::string, std::string>> sources = {
      {"/gone", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"},
      {"/broken", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"},
      {"/silent", ""},
      {"/circle", "HTTP/1.1 302 Found\r\nLocation: /circle\r\nContent-Length: 0\r\n\r\n"},
      {"/file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n"},
      {"/huge", "HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n" + std::string(kCapBytesMax + 1, ' ')},
      {"/text", "HTTP/1.1 200 OK\r\n\r\nhello"},
      {"/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
      {"/html", "HTTP/1.1 200 OK\r\n\r\n<html><body>login</body></html>"},
      {"/torn", "HTTP/1.1 200 OK\r\n\r\n<feed><entry><link href=\"/a\"/>"},
      {"/bomb", "HTTP/1.1 200 OK\r\n\r\n<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><alert>&b;</alert>"},
      {"/deep", "HTTP/1.1 200 OK\r\n\r\n" + [] { std::string s; for (int i = 0; i < 200'000; ++i) s += "<a>"; return s; }()},
  };
  for (const auto& [path, bytes] : sources) {
    add_source(path);
    server.lay(path, bytes);
  }
  add_source("/good");
  server.lay_ok("/good", cap({"m1"}));
  poll();
  for (size_t i = 0; i < sources.size(); ++i) EXPECT_NE(error(static_cast<int64_t>(i) + 1), "") << sources[i].first;
  EXPECT_EQ(error(static_cast<int64_t>(sources.size()) + 1), "");
  EXPECT_EQ(warnings(), 1) << "the others do not keep the good one back";
}

TEST_P(Polling, ADocumentThatFailsIsFetchedAgainOneThatCannotBeReadIsNot) {
  add_source("/feed");
  server.lay_ok("/feed", atom({{"late", "1"}, {"bad", "1"}, {"good", "1"}}), "ETag: \"1\"\r\n");
  server.lay_ok("/good", cap({"m1"}));
  server.lay_ok("/bad", "no CAP at all");
  poll();
  EXPECT_EQ(warnings(), 1);
  EXPECT_THAT(error(), HasSubstr("/late"));
  server.lay_ok("/late", cap({"m2"}));
  poll();
  EXPECT_EQ(warnings(), 2);
  EXPECT_EQ(server.asked("/bad"), 1);
  EXPECT_THAT(error(), HasSubstr("/bad")) << "as long as the feed lists it";
  EXPECT_EQ(server.asked("/good"), 1);
  server.lay_ok("/feed", atom({{"late", "1"}, {"good", "1"}}));
  poll();
  EXPECT_EQ(error(), "");
}

TEST_P(Polling, ALongFeedIsTakenInPieces) {
  add_source("/feed");
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 120; ++i) {
    entries.emplace_back("/m" + std::to_string(i), "1");
    server.lay_ok(entries.back().first, cap({"m" + std::to_string(i)}));
  }
  server.lay_ok("/feed", atom(entries), "ETag: \"1\"\r\n");
  for (const int64_t expected : {50, 100, 120, 120}) {
    poll();
    EXPECT_EQ(warnings(), expected);
  }
}

TEST(CapLinks, OfAtomAndRss) {
  const auto atom = cap_links(R"(<a:feed xmlns:a="x"><a:entry><a:link href="page.html"/><a:link type="application/cap+xml" href="../1.xml"/><a:updated>u</a:updated></a:entry><a:entry/></a:feed>)", "https://h/x/feed", 9);
  ASSERT_TRUE(atom);
  EXPECT_EQ(*atom, (std::vector<CapLink>{{"https://h/x/../1.xml", "u"}}));
  const auto rss = cap_links(R"(<rss><channel><link>https://h/</link><item><link>https://h/1</link><pubDate>p</pubDate></item><item><link>/2</link></item></channel></rss>)", "http://h", 9);
  ASSERT_TRUE(rss);
  EXPECT_EQ(*rss, (std::vector<CapLink>{{"https://h/1", "p"}, {"http://h/2", ""}}));
  EXPECT_TRUE(cap_links("<feed/>", "http://h/", 9)->empty());
  EXPECT_FALSE(cap_links("<alert/>", "http://h/", 9));
  EXPECT_FALSE(cap_links("{}", "http://h/", 9));
}

INSTANTIATE_TEST_SUITE_P(Stores, Polling, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
