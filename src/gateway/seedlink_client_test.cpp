// The client against the server of the drills, on loopback: records in packet order, a line that is cut, a server that is silent.
#include "gateway/seedlink_client.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "gateway/seedlink_simulator.h"

namespace anlan {

namespace asio = boost::asio;

namespace {

using testing::HasSubstr;

// Stands until the test turns it.
class TurnedClock final : public Clock {
 public:
  UtcTime now() const override { return UtcTime{1'760'000'000'000} + monotonic(); }
  Millis monotonic() const override { return {ms_.load()}; }
  void turn(Millis by) { ms_ += by.count; }

 private:
  std::atomic<int64_t> ms_{0};
};

// What came, and waiting for it.
class Heard {
 public:
  void take(const MiniseedRecord& r) {
    const std::scoped_lock guard(lock_);
    records_.push_back(r);
    changed_.notify_all();
  }
  // False when it has not come about within the patience of a test.
  bool wait(size_t count, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    std::unique_lock guard(lock_);
    return changed_.wait_for(guard, patience, [&] { return records_.size() >= count; });
  }
  std::vector<MiniseedRecord> all() const {
    const std::scoped_lock guard(lock_);
    return records_;
  }

 private:
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::vector<MiniseedRecord> records_;
};

MiniseedRecord wave(const std::string& station, const std::string& channel, size_t n, int64_t start_us = 1'702'915'140'000'000) {
  MiniseedRecord r{"XX", station, "00", channel, start_us, 100};
  for (size_t i = 0; i < n; ++i) r.counts.push_back(static_cast<int32_t>(i * 37 % 101));
  return r;
}

struct Drill {
  explicit Drill(std::vector<MiniseedRecord> waves, SeedLinkPlay play = {"127.0.0.1:0", 1}) {
    server = SeedLinkSimulator::open(clock, seedlink_records(waves).value(), play, [](std::string_view) {}).value();
    serving = std::jthread([this] { server->run(); });
  }
  void listen(const std::string& stations) {
    client = std::make_unique<SeedLinkClient>(
        clock, read_seedlink_source("127.0.0.1:" + std::to_string(server->port()) + "|" + stations).value(), [this](const MiniseedRecord& r) { heard.take(r); },
        [this](std::string_view line) {
          const std::scoped_lock guard(lock);
          log += std::string(line) + "\n";
        });
    listening = std::jthread([this] { client->run(); });
  }
  // Turns the clock, little by little, until so many records have come.
  bool turn_until(size_t count, Millis step) {
    for (int i = 0; i < 2'000; ++i) {
      if (heard.wait(count, std::chrono::milliseconds(10))) return true;
      clock.turn(step);
    }
    return false;
  }
  ~Drill() {
    if (client) client->stop();
    if (server) server->stop();
  }

  TurnedClock clock;
  Heard heard;
  std::mutex lock;
  std::string log;
  std::unique_ptr<SeedLinkSimulator> server;
  std::unique_ptr<SeedLinkClient> client;
  std::jthread serving, listening;
};

TEST(SeedLinkClient, hands_on_records_in_the_order_in_which_they_were_complete) {
  // B begins half a second later, so the two take turns.
  Drill drill({wave("A", "HNZ", 1'000), wave("B", "HNZ", 1'000, 1'702'915'140'500'000)});
  drill.listen("XX_A,XX_B");
  ASSERT_TRUE(drill.heard.wait(1));
  EXPECT_EQ(drill.heard.all().size(), 1u);  // the clock stands: nothing else is due
  EXPECT_EQ(drill.server->due(), 1u);
  drill.clock.turn(milliseconds(500));
  ASSERT_TRUE(drill.heard.wait(2));
  drill.clock.turn(seconds(20));
  ASSERT_TRUE(drill.heard.wait(20));
  const auto records = drill.heard.all();
  ASSERT_EQ(records.size(), 20u);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(records[i].station, i % 2 ? "B" : "A");
    EXPECT_EQ(records[i].size(), 100u);
    if (i > 0) { EXPECT_GE(records[i].end_us(), records[i - 1].end_us()); }
  }
  const auto c = drill.client->counters();
  EXPECT_TRUE(c.connected && c.streaming);
  EXPECT_THAT(c.server, HasSubstr("SeedLink v3.1"));
  EXPECT_EQ(c.records, 20u);
  EXPECT_EQ(c.samples, 2'000u);
  EXPECT_EQ(c.gaps + c.overlaps + c.refused, 0u);
  EXPECT_EQ(c.fault, "");
  EXPECT_EQ(c.newest_us, 1'702'915'150'500'000);
  const auto stations = drill.client->stations();
  ASSERT_EQ(stations.size(), 2u);
  EXPECT_EQ(stations[1].records, 10u);
}

TEST(SeedLinkClient, a_cut_line_loses_nothing_and_brings_nothing_twice) {
  Drill drill({wave("A", "HNZ", 2'000), wave("B", "HNZ", 2'000, 1'702'915'140'250'000)});
  drill.listen("XX_A:HNZ,XX_B:00HN?");
  ASSERT_TRUE(drill.heard.wait(1));
  drill.clock.turn(seconds(5));
  ASSERT_TRUE(drill.heard.wait(11));
  drill.server->cut();
  ASSERT_TRUE(drill.turn_until(30, milliseconds(500)));  // meanwhile the play goes on
  drill.server->cut();
  ASSERT_TRUE(drill.turn_until(40, milliseconds(500)));
  std::map<std::string, int64_t> end;
  for (const auto& r : drill.heard.all()) {
    auto& last = end.try_emplace(r.station, r.start_us).first->second;
    EXPECT_EQ(r.start_us, last);
    last = r.end_us();
  }
  EXPECT_EQ(drill.heard.all().size(), 40u);
  const auto c = drill.client->counters();
  EXPECT_EQ(c.gaps + c.overlaps, 0u);
  EXPECT_EQ(c.connections, 3u);
  const std::scoped_lock guard(drill.lock);
  EXPECT_THAT(drill.log, HasSubstr("closed"));
}

TEST(SeedLinkClient, selectors_and_stations_that_the_server_does_not_have) {
  Drill drill({wave("A", "HNZ", 300), wave("A", "HNE", 300), wave("A", "BHZ", 300), wave("B", "HNZ", 300)}, {"127.0.0.1:0", 0});
  drill.listen("XX_A:HN? !HNE,XX_NO");
  ASSERT_TRUE(drill.heard.wait(3));
  for (const auto& r : drill.heard.all()) EXPECT_EQ(r.stream(), "XX.A.00.HNZ");
  EXPECT_EQ(drill.server->served(), 3u);
  EXPECT_EQ(drill.client->stations()[1].refused, "STATION");
}

TEST(SeedLinkClient, many_stations_at_once) {
  std::vector<MiniseedRecord> waves;
  std::string list;
  for (int i = 0; i < 40; ++i) {
    waves.push_back(wave("S" + std::to_string(i), "HNZ", 500));
    list += (i ? ",XX_S" : "XX_S") + std::to_string(i);
  }
  Drill drill(waves, {"127.0.0.1:0", 0});
  drill.listen(list);
  ASSERT_TRUE(drill.heard.wait(200));
  EXPECT_EQ(drill.client->counters().records, 200u);
}

TEST(SeedLinkClient, a_drill_of_today) {
  Drill drill({wave("A", "HNZ", 300)}, {"127.0.0.1:0", 0, true});
  drill.listen("XX_A");
  ASSERT_TRUE(drill.heard.wait(3));
  const auto r = drill.heard.all();
  EXPECT_EQ(r[0].end_us(), drill.clock.now().ms * 1'000);
  EXPECT_EQ(r[1].start_us, r[0].end_us());
  const auto counts = wave("A", "HNZ", 300).counts;
  EXPECT_EQ(r[2].counts, std::vector<int32_t>(counts.begin() + 200, counts.end()));
}

TEST(SeedLinkClient, a_server_that_ends_or_is_not_there_is_tried_again_ever_more_rarely) {
  Drill drill({wave("A", "HNZ", 300)}, {"127.0.0.1:0", 0, false, true});
  drill.listen("XX_A");
  ASSERT_TRUE(drill.heard.wait(3));
  // It ends, and has no more when asked again: each time the wait is twice as long, until then nothing is tried.
  const auto connections = [&](uint64_t wanted, Millis step) {
    for (int i = 0; i < 2'000 && drill.client->counters().connections < wanted; ++i) {
      drill.clock.turn(step);
      (void)drill.heard.wait(SIZE_MAX, std::chrono::milliseconds(5));
    }
    return drill.client->counters().connections;
  };
  EXPECT_EQ(connections(3, milliseconds(250)), 3u);
  EXPECT_THAT(drill.client->counters().fault, HasSubstr("ended"));
  drill.server->stop();
  drill.serving.join();
  drill.server.reset();
  for (int i = 0; i < 400 && drill.client->counters().fault.find("refused") == std::string::npos; ++i) {
    drill.clock.turn(seconds(30));
    (void)drill.heard.wait(SIZE_MAX, std::chrono::milliseconds(5));
  }
  EXPECT_THAT(drill.client->counters().fault, HasSubstr("refused"));
  EXPECT_FALSE(drill.client->counters().connected);
}

TEST(SeedLinkClient, silence_is_asked_about_and_then_given_up) {
  Drill drill({wave("A", "HNZ", 200)});
  drill.listen("XX_A");
  ASSERT_TRUE(drill.heard.wait(1));
  drill.clock.turn(seconds(2));
  ASSERT_TRUE(drill.heard.wait(2));
  const auto heard_at = drill.client->counters().heard_at;
  // The play is over; the server answers INFO, which is a sign of life.
  for (int i = 0; i < 400 && drill.client->counters().heard_at == heard_at; ++i) {
    drill.clock.turn(seconds(1));
    (void)drill.heard.wait(SIZE_MAX, std::chrono::milliseconds(25));
  }
  EXPECT_GE(drill.client->counters().heard_at - heard_at, seconds(30));
  EXPECT_TRUE(drill.client->counters().connected);
  EXPECT_EQ(drill.client->counters().connections, 1u);
  // It hangs.
  drill.server->stop();
  drill.serving.join();
  for (int i = 0; i < 400 && drill.client->counters().connections == 1 && drill.client->counters().fault.empty(); ++i) {
    drill.clock.turn(seconds(1));
    (void)drill.heard.wait(SIZE_MAX, std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(drill.client->counters().streaming);
}

TEST(SeedLinkClient, a_record_that_cannot_be_read_costs_that_record) {
  TurnedClock clock;
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  const std::string good = seedlink_records(std::vector{wave("A", "HNZ", 100)}).value().front();
  std::string torn = good;
  torn[90] ^= 0x33;
  const std::string say = "SeedLink v3.1\r\nx\r\nOK\r\nOK\r\nSL000001" + torn + "SL000002" + good + "SLxx";
  std::jthread server([&] {
    asio::ip::tcp::socket peer(io);
    acceptor.accept(peer);
    boost::system::error_code fault;
    asio::write(peer, asio::buffer(say), fault);
    char rest[256];
    while (!fault) peer.read_some(asio::buffer(rest), fault);  // until the client leaves
  });
  Heard heard;
  SeedLinkClient client(clock, read_seedlink_source("localhost:" + std::to_string(acceptor.local_endpoint().port()) + "|XX_A").value(), [&](const MiniseedRecord& r) { heard.take(r); }, [](std::string_view) {});
  std::jthread listening([&] { client.run(); });
  // The name may stand for an address of another kind, too, where nobody listens.
  for (int i = 0; i < 400 && !heard.wait(1, std::chrono::milliseconds(25)); ++i) clock.turn(seconds(1));
  client.stop();
  listening.join();
  EXPECT_EQ(heard.all().size(), 1u);
  EXPECT_EQ(client.counters().packets, 2u);
  EXPECT_EQ(client.counters().refused, 1u);
  EXPECT_NE(client.counters().refused_why, "");
}

TEST(SeedLinkClient, sources_as_an_administrator_writes_them) {
  const auto source = read_seedlink_source("geofon.gfz-potsdam.de|GE_WLF:BH?").value();
  EXPECT_EQ(source.port, 18'000);
  EXPECT_EQ(source.stations[0].station, "WLF");
  for (const auto* bad : {"", "host", "host:0|GE_WLF", "host:70000|GE_WLF", "host:x|GE_WLF", ":18000|GE_WLF", "a b|GE_WLF", "host|", "host|GEWLF"}) EXPECT_FALSE(read_seedlink_source(bad).ok()) << bad;
}

TEST(SeedLinkSimulator, what_it_does_not_serve) {
  TurnedClock clock;
  const auto open = [&](std::vector<std::string> records, SeedLinkPlay play = {}) { return SeedLinkSimulator::open(clock, std::move(records), play, [](std::string_view) {}).ok(); };
  const auto good = seedlink_records(std::vector{wave("A", "HNZ", 100)}).value();
  EXPECT_TRUE(open(good));
  EXPECT_FALSE(open({}));
  EXPECT_FALSE(open({std::string(512, 'x')}));
  EXPECT_FALSE(open(write_miniseed(wave("A", "HNZ", 100), 4'096).value()));
  EXPECT_FALSE(open(good, {"nowhere"}));
  EXPECT_FALSE(open(good, {"127.0.0.1:0", -1}));
}

TEST(SeedLinkClient, pleasant_hill_packet_by_packet) {
  const std::string folder = "../shared/data/quake/eew/pleasanthill_m4.5_nc73291880/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  std::vector<MiniseedRecord> waves;
  size_t samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".mseed" || entry.path().filename().string().find("HN") == std::string::npos) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    for (const auto record : cut_miniseed(bytes.view()).records) {
      waves.push_back(read_miniseed(record).value());
      samples += waves.back().size();
    }
  }
  ASSERT_EQ(waves.empty(), false);
  const auto records = seedlink_records(waves).value().size();
  Drill drill(std::move(waves), {"127.0.0.1:0", 0});
  drill.listen("BK_BRIB,CE_58360,CE_58369,CE_58442,NC_C010,NC_C018,NC_CRH,NC_CTA,NP_1691,NP_1844,NP_1847");
  ASSERT_TRUE(drill.heard.wait(records));
  const auto c = drill.client->counters();
  EXPECT_EQ(c.samples, samples);
  EXPECT_EQ(c.gaps + c.overlaps + c.refused, 0u);
  int64_t before = 0;
  for (const auto& r : drill.heard.all()) {
    EXPECT_GE(r.end_us(), before);
    EXPECT_LE(static_cast<double>(r.size()), r.rate_hz);
    before = r.end_us();
  }
}

}  // namespace
}  // namespace anlan
