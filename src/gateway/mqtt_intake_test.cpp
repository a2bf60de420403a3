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
  std::thread clock([&] {  // the node's clock, which the intake's retries follow
    while (turning) {
      t.clock.ahead += 50;
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
