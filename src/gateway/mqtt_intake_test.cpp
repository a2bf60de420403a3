// Readings through a real mosquitto, which is also killed and started again.
#include "gateway/mqtt_intake.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mosquitto.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/check.h"
#include "gateway/device_simulator.h"
#include "loop/node_rig.h"

namespace anlan {
namespace {

constexpr const char* kBroker = "/usr/sbin/mosquitto";

int free_port() {
  const int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  CHECK(::bind(s, reinterpret_cast<sockaddr*>(&a), size) == 0 && ::getsockname(s, reinterpret_cast<sockaddr*>(&a), &size) == 0);
  ::close(s);
  return ntohs(a.sin_port);
}

class Broker {
 public:
  explicit Broker(std::string folder) : folder_(std::move(folder)), port_(free_port()) {
    std::ofstream(folder_ + "/mosquitto.conf") << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\nuser root\nmax_queued_messages 0\nlog_type none\n";
    start();
  }
  ~Broker() { kill(); }
  void start() {
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl(kBroker, kBroker, "-c", (folder_ + "/mosquitto.conf").c_str(), nullptr);
      ::_exit(127);
    }
  }
  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    pid_ = -1;
  }
  int port() const { return port_; }
  // Waits until the broker has the message.
  void publish(const std::string& text) {
    auto* client = mosquitto_new(nullptr, true, nullptr);
    const auto begin = SystemClock().monotonic();
    while (mosquitto_connect(client, "127.0.0.1", port_, 30) != MOSQ_ERR_SUCCESS) {
      CHECK_MSG(SystemClock().monotonic() - begin < seconds(30), "the broker did not start");
      std::this_thread::yield();
    }
    bool done = false;
    mosquitto_user_data_set(client, &done);
    mosquitto_publish_callback_set(client, [](mosquitto*, void* flag, int) { *static_cast<bool*>(flag) = true; });
    bool sent = false;
    while (!done) {
      mosquitto_loop(client, 10, 1);
      if (!sent) sent = mosquitto_publish(client, nullptr, "anlan/site1", static_cast<int>(text.size()), text.data(), 1, false) == MOSQ_ERR_SUCCESS;
    }
    mosquitto_destroy(client);
  }

 private:
  std::string folder_;
  int port_;
  pid_t pid_ = -1;
};

TEST(Mqtt, ReadingsComeThroughABrokerThatRestarts) {
  if (!std::filesystem::exists(kBroker)) GTEST_SKIP() << "no mosquitto on this machine";
  NodeRig t("sqlite", true);
  t.fill();
  RecordPatch r;
  r.name = "站";
  r.place = PlaceCode(622927101201);
  r.fields = {{"code", "Z1"}};
  const RecordId link{t.id_of(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), "river_gauge", r); }))};
  Broker broker(t.place.folder());
  SystemClock real;  // the broker lives by it
  std::string log;
  MqttIntake intake(*t.node, {"127.0.0.1", broker.port(), "anlan/#", PlaceCode(NodeRig::kCounty), "", ""}, "anlan-test", [&](std::string_view line) { log += line; });
  std::atomic<bool> turning{true};
  std::thread clock([&, begin = real.monotonic()] {  // the node's clock, which the intake's retries follow
    while (turning) {
      t.clock.ahead = 5 * (real.monotonic() - begin).count;
      std::this_thread::yield();
    }
  });
  std::thread running([&] { intake.run(); });
  const auto at = [&](int minute) { return std::to_string((t.clock.at + minutes(minute)).ms); };
  const auto wait = [&](uint64_t readings) {
    const auto begin = real.monotonic();
    while (intake.readings() < readings && real.monotonic() - begin < seconds(30)) std::this_thread::yield();
    return intake.readings();
  };
  const auto wait_for = [&](bool connected) {
    const auto begin = real.monotonic();
    while (intake.connected() != connected && real.monotonic() - begin < seconds(30)) std::this_thread::yield();
    return intake.connected() == connected;
  };
  EXPECT_TRUE(wait_for(true));
  broker.publish(R"({"readings":[{"link":"Z1","at":)" + at(0) + R"(,"value":1.5}]})");
  EXPECT_EQ(wait(1), 1u);
  broker.publish("Z1 value=1.6 " + at(1) + "\nZ1 value=");
  EXPECT_EQ(wait(2), 2u);
  broker.publish("{not json");
  broker.kill();
  EXPECT_TRUE(wait_for(false));
  broker.start();
  EXPECT_TRUE(wait_for(true));
  broker.publish("[[\"Z1\"," + at(2) + ",1.7]]");
  EXPECT_EQ(wait(3), 3u);
  intake.stop();
  running.join();
  turning = false;
  clock.join();
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(link.value))->value, 1.7);
  EXPECT_THAT(log, testing::HasSubstr("anlan/site1"));
}

// What a broker owes us while we are away, and what two nodes owe each other.
TEST(Mqtt, WhatWasSentWhileAnlanWasStoppedArrivesLater) {
  if (!std::filesystem::exists(kBroker)) GTEST_SKIP() << "no mosquitto on this machine";
  NodeRig t("sqlite", true);
  t.fill();
  RecordPatch r;
  r.name = "站";
  r.place = PlaceCode(622927101201);
  r.fields = {{"code", "Z1"}};
  t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), "river_gauge", r); }).value();
  Broker broker(t.place.folder());
  SystemClock real;
  auto frames = FrameLog::open({.folder = t.place.folder() + "/frames"}).value();
  const MqttSource source{"127.0.0.1", broker.port(), "anlan/#", PlaceCode(NodeRig::kCounty), "", ""};
  const auto id = mqtt_client_id(t.disk, t.random, source).value();
  const auto until = [&](auto&& done) {
    const auto begin = real.monotonic();
    while (!done() && real.monotonic() - begin < seconds(30)) std::this_thread::yield();
    return done();
  };
  std::atomic<bool> turning{true};
  std::thread clock([&, begin = real.monotonic()] {
    while (turning) {
      t.clock.ahead = 5 * (real.monotonic() - begin).count;
      std::this_thread::yield();
    }
  });
  const auto run = [&](uint64_t readings, auto&& meanwhile) {
    MqttIntake intake(*t.node, source, id, [](std::string_view) {}, frames.get());
    std::thread running([&] { intake.run(); });
    EXPECT_TRUE(until([&] { return intake.connected(); }));
    meanwhile();
    EXPECT_TRUE(until([&] { return intake.readings() >= readings; }));
    intake.stop();
    running.join();
    return intake.readings();
  };
  const auto line = [&](int minute) { return "Z1 value=1." + std::to_string(minute) + " " + std::to_string((t.clock.at + minutes(minute)).ms); };
  EXPECT_EQ(run(1, [&] { broker.publish(line(0)); }), 1u);
  for (int i = 1; i <= 5; ++i) broker.publish(line(i));
  EXPECT_EQ(run(5, [] {}), 5u);
  turning = false;
  clock.join();
  const auto kept = frames->find({{"Z1"}, UtcTime{0}, kNever, 10, true}).frames;
  ASSERT_EQ(kept.size(), 6u);
  EXPECT_EQ(kept.front().bytes, line(5));
  EXPECT_EQ(kept.front().from, "127.0.0.1 anlan/site1");
}

TEST(Mqtt, SimulatedDevicesAreHeardThroughABrokerAndWhatIsNoNumberIsNot) {
  if (!std::filesystem::exists(kBroker)) GTEST_SKIP() << "no mosquitto on this machine";
  NodeRig t("sqlite", true);
  t.fill();
  RecordPatch r;
  r.name = "站";
  r.place = PlaceCode(622927101201);
  r.fields = {{"code", "Z001"}};
  const RecordId link{t.id_of(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), "river_gauge", r); }))};
  Broker broker(t.place.folder());
  SystemClock real;
  MqttIntake intake(*t.node, {"127.0.0.1", broker.port(), "anlan/#", PlaceCode(NodeRig::kCounty), "", ""}, "anlan-test", [](std::string_view) {});
  std::thread running([&] { intake.run(); });
  const auto until = [&](auto&& done) {
    const auto begin = real.monotonic();
    while (!done() && real.monotonic() - begin < seconds(30)) {
      t.clock.ahead = 5 * (real.monotonic() - begin).count;
      std::this_thread::yield();
    }
    return done();
  };
  ASSERT_TRUE(until([&] { return intake.connected(); }));
  const auto at = std::to_string(t.clock.at.ms);
  broker.publish("Z001 value=NaN " + at);
  broker.publish("[[\"Z001\"," + at + ",NaN]]");
  SimulatorSettings s;
  s.protocol = SimulatedProtocol::mqtt;
  s.port = static_cast<uint16_t>(broker.port());
  s.codes = simulated_codes(s.protocol, "Z", 1);
  s.rate = 2'000;
  s.seconds = 0.2;
  s.begin = t.clock.at - hours(1);
  const std::atomic<bool> stop{false};
  const auto totals = DeviceSimulator::create(s).value().run(stop);
  EXPECT_EQ(totals.trouble, "");
  EXPECT_EQ(totals.sent, 400u);
  EXPECT_EQ(totals.answered, 400u);
  EXPECT_TRUE(until([&] { return intake.readings() >= 400; }));
  EXPECT_EQ(intake.readings(), 400u);
  intake.stop();
  running.join();
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(link.value))->at, s.begin + seconds(399));
}

TEST(Mqtt, ClientIdsDifferByNodeAndBySourceAndStay) {
  ScratchStore a, b;
  SystemDisk here(a.folder()), there(b.folder());
  SystemRandom random;
  const MqttSource one{"broker", 1883, "anlan/#", {}, "", ""}, other{"broker", 1883, "gas/#", {}, "", ""};
  const auto id = mqtt_client_id(here, random, one).value();
  EXPECT_EQ(mqtt_client_id(here, random, one).value(), id);
  EXPECT_NE(mqtt_client_id(here, random, other).value(), id);
  EXPECT_NE(mqtt_client_id(there, random, one).value(), id);
  EXPECT_LE(id.size(), 23u) << "MQTT 3.1.1 promises no more";
}

// A listener whose queue is full: it answers no SYN. One that accepts and says nothing. A name that cannot be resolved.
TEST(Mqtt, StopsAtOnceWhateverTheBrokerDoes) {
  NodeRig t("sqlite", true);
  SystemClock real;
  const auto listen = [](int backlog) {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::bind(s, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0 && ::listen(s, backlog) == 0);
    return s;
  };
  const auto port_of = [](int s) {
    sockaddr_in a{};
    socklen_t size = sizeof a;
    CHECK(::getsockname(s, reinterpret_cast<sockaddr*>(&a), &size) == 0);
    return static_cast<int>(ntohs(a.sin_port));
  };
  const int mute = listen(16), full = listen(0);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons(static_cast<uint16_t>(port_of(full)));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&a), sizeof a);
  }
  const std::pair<std::string, int> brokers[] = {{"127.0.0.1", port_of(mute)}, {"127.0.0.1", port_of(full)}, {"nobody.invalid", 1883}};
  for (const auto& [host, port] : brokers) {
    std::atomic<bool> said{false};
    MqttIntake intake(*t.node, {host, port, "anlan/#", {}, "", ""}, "anlan-test", [&](std::string_view) { said = true; });
    std::thread running([&] { intake.run(); });
    // Past the time it gives a broker, so that it tries again in between.
    for (int i = 0; i < 100; ++i) {
      t.clock.ahead += 300;
      std::this_thread::yield();
    }
    const auto begin = real.monotonic();
    intake.stop();
    running.join();
    EXPECT_LT((real.monotonic() - begin).count, 2'000) << host << " " << port;
    EXPECT_FALSE(intake.connected());
  }
  for (const int s : fillers) ::close(s);
  ::close(mute);
  ::close(full);
}

TEST(MqttSources, AreRead) {
  const auto s = read_mqtt_source("broker.example:8883|anlan/#|622927|u|p");
  ASSERT_TRUE(s);
  EXPECT_EQ(s->host, "broker.example");
  EXPECT_EQ(s->port, 8883);
  EXPECT_EQ(s->password, "p");
  for (const char* wrong : {"broker", "broker:0|a", "broker|a/#/b", "broker|a|nowhere"}) EXPECT_FALSE(read_mqtt_source(wrong)) << wrong;
}

}  // namespace
}  // namespace anlan
