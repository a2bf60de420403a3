// The outlet against a store that fails as it is told to, and against a real VictoriaMetrics that is stopped and started.
#include "gateway/history_outlet.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <snappy.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <thread>

#include "base/json.h"
#include "base/real_ports.h"
#include "gateway/http_fetcher.h"
#include "history/history_rig.h"

namespace anlan {
namespace {

constexpr int64_t kStart = 1'763'700'000'000;  // 2025-11-21
constexpr LinkNumber kLinks = 12;

std::string hex(std::string_view bytes) {
  std::string out;
  for (const unsigned char c : bytes) out += "0123456789abcdef"[c >> 4], out += "0123456789abcdef"[c & 15];
  return out;
}

TEST(OutletWire, BytesAsTheProtocolSays) {
  const OutletSeries series[] = {{{"Z1", "622927", "river_gauge"}, {{{1000}, 1.5}, {{kStart}, -2}}}, {{"#7", "", ""}, {{{-1}, 0}}}};
  EXPECT_EQ(hex(write_request(series)),
            "0a6d"                                                                  // a series of 109 bytes
            "0a19" "0a085f5f6e616d655f5f" "120d616e6c616e5f72656164696e67"          // __name__ anlan_reading
            "0a0a" "0a046c696e6b" "12025a31"                                        // link Z1
            "0a0f" "0a05706c616365" "1206363232393237"                              // place 622927
            "0a13" "0a0474797065" "120b72697665725f6761756765"                      // type river_gauge
            "120c" "09000000000000f83f" "10e807"                                    // 1.5 at 1000 ms
            "1210" "0900000000000000c0" "10808ad9a5aa33"                            // -2 at 1763700000000 ms
            "0a3d"
            "0a19" "0a085f5f6e616d655f5f" "120d616e6c616e5f72656164696e67"
            "0a0a" "0a046c696e6b" "12022337"
            "1214" "090000000000000000" "10ffffffffffffffffff01");                  // before 1970: ten bytes
  std::string back;
  const auto bytes = snappy_compressed(write_request(series));
  ASSERT_TRUE(snappy::Uncompress(bytes.data(), bytes.size(), &back));
  EXPECT_EQ(back, write_request(series));
}

// Reads what the outlet sends.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : bytes_(bytes) {}
  bool more() const { return !bytes_.empty(); }
  uint64_t number() {
    uint64_t n = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_.at(0));
      bytes_.remove_prefix(1);
      n |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return n;
    }
  }
  std::string_view bytes() {
    const auto size = number();
    const auto out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  double real() {
    double d;
    std::memcpy(&d, bytes_.data(), 8);
    bytes_.remove_prefix(8);
    return d;
  }

 private:
  std::string_view bytes_;
};

class OutletTest : public HistoryRig {
 protected:
  OutletLabels labels(LinkNumber link) const { return {"L" + std::to_string(link), "622927", "gauge"}; }
  Result<int> take(const std::string& body) {
    if (status != 200) return status ? Result<int>(status) : Result<int>(ErrorCode::kUnavailable, {{"what", "away"}});
    std::string bytes;
    EXPECT_TRUE(snappy::Uncompress(body.data(), body.size(), &bytes));
    for (Wire request(bytes); request.more();) {
      EXPECT_EQ(request.number(), 0x0Au);
      std::map<std::string, std::string> found;
      int64_t before = INT64_MIN;
      for (Wire series(request.bytes()); series.more();) {
        if (series.number() == 0x0A) {
          Wire label(series.bytes());
          label.number();
          const auto name = label.bytes();
          label.number();
          found.emplace(name, label.bytes());
        } else {
          Wire sample(series.bytes());
          sample.number();
          const double value = sample.real();
          sample.number();
          const auto at = static_cast<int64_t>(sample.number());
          EXPECT_LT(before, at);
          before = at;
          ++samples;
          received[static_cast<LinkNumber>(std::stoul(found.at("link").substr(1)))][at].push_back(value);
        }
      }
      EXPECT_EQ(found.size(), 4u);
      EXPECT_EQ(found["__name__"], "anlan_reading");
    }
    EXPECT_LE(bytes.size(), 2u << 20);
    return 200;
  }
  void start() {
    outlet = std::make_unique<HistoryOutlet>(*history, [this](LinkNumber link) { return labels(link); }, [this](const std::string& body) { return take(body); },
                                             [this](std::string_view line) { log += std::string(line) + "\n"; }, now);
  }
  void run() {
    for (int turns = 0; outlet->turn(now).count == 0; ++turns) ASSERT_LT(turns, 10'000);
  }
  void give(std::mt19937_64& dice, size_t readings) {
    std::vector<Reading> batch;
    for (size_t i = 0; i < readings; ++i) {
      const int64_t late = dice() % 6 == 0 ? static_cast<int64_t>(dice() % (72 * 3'600)) * 1000 : 0;
      batch.push_back({now - milliseconds(late), static_cast<double>(dice() % 50), static_cast<LinkNumber>(dice() % kLinks)});
      now = now + milliseconds(700);
    }
    append(batch);
    reference.append(batch);
  }
  // Every reading has arrived; of one that was replaced at least the value that counts.
  void everything_is_there() {
    for (const auto& [link, expected] : reference.links)
      for (const auto& [at, value] : expected) {
        const auto& values = received[link][at];
        ASSERT_THAT(values, testing::Contains(value)) << link << " " << at;
      }
  }

  UtcTime now{kStart};
  int status = 200;  // 0: no answer
  std::string log;
  std::map<LinkNumber, std::map<int64_t, std::vector<double>>> received;
  uint64_t samples = 0;
  Reference reference;
  std::unique_ptr<HistoryOutlet> outlet;
};

TEST_F(OutletTest, WhatIsNewArrivesOnce) {
  std::mt19937_64 dice(1);
  start();
  run();
  for (int i = 0; i < 50; ++i) {
    give(dice, 400);
    run();
  }
  everything_is_there();
  EXPECT_LE(samples, 20'000u);
  EXPECT_EQ(outlet->stats(now).sent, 20'000u);
  EXPECT_EQ(outlet->stats(now).entries, 0u);
  EXPECT_EQ(outlet->stats(now).lag, Millis{});
  // A restart sends nothing again.
  const auto before = samples;
  outlet.reset();
  open();
  start();
  run();
  EXPECT_EQ(samples, before);
  give(dice, 100);
  run();
  everything_is_there();
  EXPECT_LE(samples, before + 100);
}

TEST_F(OutletTest, BacksOffAndCatchesUp) {
  std::mt19937_64 dice(2);
  start();
  run();
  for (const int broken : {0, 500, 503, 429, 401}) {
    status = broken;
    for (const int64_t expected : {1, 2, 4, 8, 16, 32, 60, 60}) {
      give(dice, 100);
      EXPECT_EQ(outlet->turn(now), seconds(expected));
    }
    EXPECT_GT(outlet->stats(now).lag, seconds(7 * 70));
    EXPECT_EQ(outlet->stats(now).entries, 8u);
    status = 200;
    run();
    EXPECT_EQ(outlet->stats(now).entries, 0u);
    everything_is_there();
  }
  EXPECT_EQ(outlet->stats(now).failures, 40u);
  EXPECT_THAT(log, testing::HasSubstr("HTTP 503"));
  EXPECT_THAT(log, testing::HasSubstr("answers again"));
  EXPECT_THAT(outlet_metrics(outlet->stats(now)), testing::HasSubstr("\nanlan_outlet_failures_total 40\n"));
  // What it will not have does not hold up the rest.
  status = 400;
  give(dice, 100);
  run();
  EXPECT_EQ(outlet->stats(now).refused, 100u);
  EXPECT_EQ(outlet->stats(now).entries, 0u);
}

TEST_F(OutletTest, NothingIsMissingWhateverFails) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    std::mt19937_64 dice(seed);
    outlet.reset();
    history.reset();
    std::filesystem::remove_all(folder);
    options.log_readings = 4'000;  // soon too far behind
    open();
    now = {kStart};
    reference = {};
    received.clear();
    start();
    run();
    bool lost = false;
    for (int round = 0; round < 60; ++round) {
      give(dice, 1 + dice() % 1'000);
      if (dice() % 8 == 0) status = status == 200 ? 503 : 200;
      for (uint64_t turns = dice() % 6; turns > 0; --turns) (void)outlet->turn(now);
      lost = lost || outlet->stats(now).catching_up;
      if (dice() % 12 == 0) {
        ASSERT_TRUE(history->settle());
      }
      if (dice() % 12 == 0) {
        outlet.reset();
        dice() % 2 ? crash() : open();
        start();
      }
    }
    status = 200;
    run();
    EXPECT_TRUE(lost) << seed;
    everything_is_there();
    if (HasFatalFailure()) return;
  }
}

constexpr const char* kVictoria = "/usr/bin/victoria-metrics";

class Victoria {
 public:
  explicit Victoria(std::string folder) : folder_(std::move(folder)), port_(free_port()) { start(); }
  ~Victoria() { stop(); }
  void start() {
    const std::string address = "-httpListenAddr=127.0.0.1:" + std::to_string(port_), data = "-storageDataPath=" + folder_;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl(kVictoria, kVictoria, address.c_str(), data.c_str(), "-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms", "-loggerLevel=ERROR", nullptr);
      ::_exit(127);
    }
    const SystemClock clock;
    for (const auto begin = clock.monotonic(); !get("/health");) CHECK_MSG(clock.monotonic() - begin < seconds(60), "VictoriaMetrics did not start");
  }
  // In order: what it acknowledged within the last second is only in its memory.
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGINT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::optional<std::string> get(const std::string& path) {
    const auto document = HttpFetcher(true).get(url(path), "", size_t{64} << 20, seconds(20));
    if (!document || document->status >= 300) return std::nullopt;
    return document->body;
  }
  // By link; every sample that it has.
  std::map<std::string, std::map<int64_t, double>> read_back() {
    CHECK(get("/internal/force_flush"));
    const auto text = get("/api/v1/export?match%5B%5D=anlan_reading%7Btype%3D%22gauge%22%2Cplace%3D%22622927%22%7D&start=" + std::to_string((kStart - 400'000'000) / 1000) + "&end=" + std::to_string((kStart + 400'000'000) / 1000));
    CHECK(text);
    std::map<std::string, std::map<int64_t, double>> out;
    for (size_t at = 0; at < text->size();) {
      const auto end = text->find('\n', at);
      const auto line = parse_json(text->substr(at, end - at)).value();
      at = end + 1;
      auto& link = out[std::string(line.at("metric").at("link").as_string())];
      const auto &values = line.at("values").as_array(), &times = line.at("timestamps").as_array();
      for (size_t i = 0; i < values.size(); ++i) link[times[i].to_number<int64_t>()] = values[i].to_number<double>();
    }
    return out;
  }

 private:
  static int free_port() {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof a;
    CHECK(::bind(s, reinterpret_cast<sockaddr*>(&a), size) == 0 && ::getsockname(s, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    ::close(s);
    return ntohs(a.sin_port);
  }
  std::string folder_;
  int port_;
  pid_t pid_ = -1;
};

TEST_F(OutletTest, ARealVictoriaMetricsHasEverySample) {
  if (::access(kVictoria, X_OK) != 0) GTEST_SKIP() << "no victoria-metrics on this machine";
  const std::string place = folder + "-victoria";
  Victoria store(place);
  outlet = std::make_unique<HistoryOutlet>(*history, [this](LinkNumber link) { return labels(link); }, remote_write(store.url("/api/v1/write"), ""), [](std::string_view) {}, now);
  std::mt19937_64 dice(5);
  // Times of their own, so that no value is replaced: which of two the other store keeps is its own affair.
  int64_t n = 0;
  const auto give_new = [&](int readings) {
    std::vector<Reading> batch;
    for (int i = 0; i < readings; ++i, ++n) {
      const int64_t late = dice() % 6 == 0 ? static_cast<int64_t>(dice() % 250'000) * 1000 : 0;
      batch.push_back({{kStart + n * 1000 - late + n % 1000}, static_cast<double>(dice() % 100'000) / 100, static_cast<LinkNumber>(n % kLinks)});
    }
    now = {kStart + n * 1000};
    std::erase_if(batch, [&](const Reading& r) { return reference.links[r.link].contains(r.at.ms); });
    append(batch);
    reference.append(batch);
  };
  const auto compare = [&] {
    const auto there = store.read_back();
    ASSERT_EQ(there.size(), kLinks);
    for (const auto& [link, expected] : reference.links) {
      const auto& got = there.at("L" + std::to_string(link));
      ASSERT_EQ(got, expected) << link;
    }
  };
  for (int i = 0; i < 10; ++i) {
    give_new(3'000);
    run();
  }
  compare();
  store.stop();
  for (int i = 0; i < 10; ++i) {
    give_new(3'000);
    EXPECT_GT(outlet->turn(now).count, 0);
  }
  EXPECT_GT(outlet->stats(now).failures, 5u);
  store.start();
  run();
  EXPECT_EQ(outlet->stats(now).entries, 0u);
  compare();
  store.stop();
  std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace anlan
