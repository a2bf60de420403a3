// The simulator against a real device server: what it sends arrives, and what it counts is true.
#include "gateway/device_simulator.h"

#include <gmock/gmock.h>

#include "gateway/device_rig.h"

namespace anlan {
namespace {

class Simulated : public DeviceRig {
 protected:
  Simulated() : DeviceRig({{DeviceProtocol::sl651, "127.0.0.1:0", PlaceCode(NodeRig::kCounty), "1234"},
                           {DeviceProtocol::hj212, "127.0.0.1:0", {}, "123456"},
                           {DeviceProtocol::jtt808, "127.0.0.1:0", {}, "secret"},
                           {DeviceProtocol::sl651, "127.0.0.1:0", PlaceCode(NodeRig::kCounty), "1234", true}}) {}

  SimulatorSettings settings(SimulatedProtocol protocol, size_t door, const std::string& password, size_t links = 10) {
    SimulatorSettings s;
    s.protocol = protocol;
    s.port = server->port(door);
    s.password = password;
    s.udp = doors[door].udp;
    s.codes = simulated_codes(protocol, "", links);
    s.rate = 400;
    s.seconds = 0.5;
    s.begin = t.clock.at - hours(1);
    return s;
  }
  SimulatorTotals run(const SimulatorSettings& s) {
    const std::atomic<bool> stop{false};
    return DeviceSimulator::create(s).value().run(stop);
  }
  size_t kept(RecordId id) {
    size_t n = 0;
    t.history->read(static_cast<LinkNumber>(id.value), UtcTime{0}, t.clock.at + hours(1), [&](std::span<const Sample> s) { return n += s.size(), true; }).value();
    return n;
  }
};

TEST_F(Simulated, DevicesOfEveryProtocolAreHeardAndAnswered) {
  const std::tuple<SimulatedProtocol, size_t, const char*> all[] = {
      {SimulatedProtocol::sl651, 0, "1234"}, {SimulatedProtocol::hj212, 1, "123456"}, {SimulatedProtocol::jtt808, 2, "secret"}, {SimulatedProtocol::sl651, 3, "1234"}};
  for (const auto& [protocol, door, password] : all) {
    auto s = settings(protocol, door, password);
    for (auto& code : s.codes) code.insert(code.find('/') - 1, 1, static_cast<char>('1' + door)).erase(0, 1);  // others for each door
    if (protocol == SimulatedProtocol::jtt808) s.codes = simulated_codes(protocol, "", 10);
    const auto id = link(s.codes[3]);
    const auto totals = run(s);
    EXPECT_EQ(totals.trouble, "");
    EXPECT_EQ(totals.sent, 200u) << s.codes[3];
    EXPECT_EQ(totals.answered, 200u) << s.codes[3];
    EXPECT_EQ(totals.unanswered + totals.refused + totals.skipped, 0u);
    EXPECT_EQ(kept(id), 20u) << s.codes[3];
    EXPECT_EQ(frames->find({{s.codes[3]}, UtcTime{0}, kNever, 100, true}).frames.size(), 20u);
  }
}

TEST_F(Simulated, AVehicleThatDoesNotRegisterHearsNothing) {
  auto s = settings(SimulatedProtocol::jtt808, 2, "");
  std::atomic<bool> stop{false};
  SimulatorTotals totals;
  std::thread running([&] { totals = DeviceSimulator::create(s).value().run(stop); });
  EXPECT_TRUE(until([&] { return server->frames() >= 10; }));
  stop = true;
  running.join();
  EXPECT_EQ(totals.answered, 0u);
  EXPECT_EQ(totals.unanswered, 10u);
}

TEST_F(Simulated, AFloodIsServedAndSoAreTheOthers) {
  auto flood = settings(SimulatedProtocol::sl651, 0, "1234", 4);
  flood.scenario = SimulatedScenario::flood;
  flood.rate = 20'000;
  flood.seconds = 1;
  SimulatorTotals flooded;
  std::thread flooding([&] { flooded = run(flood); });
  auto calm = settings(SimulatedProtocol::sl651, 0, "1234", 10);
  calm.codes = simulated_codes(SimulatedProtocol::sl651, "9", 10);
  const auto id = link(calm.codes[0]);
  const auto totals = run(calm);
  flooding.join();
  EXPECT_EQ(totals.answered, 200u);
  EXPECT_EQ(kept(id), 20u);
  EXPECT_EQ(flooded.answered, 20'000u);
}

TEST_F(Simulated, ClocksOf1970And2099AreRefusedAndTheRestIsKept) {
  auto s = settings(SimulatedProtocol::hj212, 1, "123456", 3);
  s.scenario = SimulatedScenario::bad_clock;
  const auto right = link(s.codes[0]), unset = link(s.codes[1]), far = link(s.codes[2]);
  EXPECT_EQ(run(s).answered, 200u) << "sending it again would make it no better";
  EXPECT_EQ(kept(right), 67u);
  EXPECT_EQ(kept(unset), 0u);
  EXPECT_EQ(kept(far), 0u);
  EXPECT_FALSE(t.node->watch().find(far)->last);
}

TEST(DeviceSimulator, IsAFunctionOfItsSettings) {
  SimulatorSettings s;
  s.codes = simulated_codes(SimulatedProtocol::sl651, "", 3);
  EXPECT_EQ(s.codes, (std::vector<std::string>{"0000000001/39", "0000000002/39", "0000000003/39"}));
  s.rate = 10;
  s.seconds = 60;
  s.begin = UtcTime{1'763'700'000'000};
  const auto a = DeviceSimulator::create(s).value(), b = DeviceSimulator::create(s).value();
  s.seed = 2;
  const auto other = DeviceSimulator::create(s).value();
  EXPECT_EQ(a.readings(), 600u);
  EXPECT_EQ(a.frame(a.reading(77), 1), b.frame(b.reading(77), 1));
  EXPECT_NE(a.frame(a.reading(77), 1), other.frame(other.reading(77), 1));
  s.scenario = SimulatedScenario::storm;
  const auto storm = DeviceSimulator::create(s).value();
  EXPECT_NEAR(storm.reading(599).value - storm.reading(0).value, 5, 0.1);
  s.scenario = SimulatedScenario::silent;
  const auto silent = DeviceSimulator::create(s).value();
  EXPECT_TRUE(silent.reading(1).sent);
  EXPECT_FALSE(silent.reading(400).sent);
  EXPECT_TRUE(silent.reading(402).sent);
  for (uint64_t n = 3; n < 600; ++n) EXPECT_GE(a.reading(n).at, a.reading(n - 3).at + minutes(1)) << "stations know minutes";
  EXPECT_EQ(a.hurry(), minutes(199) - seconds(60));
}

TEST(DeviceSimulator, RefusesSettingsThatMakeNoSense) {
  SimulatorSettings good;
  good.codes = {"1/39"};
  EXPECT_TRUE(DeviceSimulator::create(good));
  auto s = good;
  s.codes = {"P001"};
  EXPECT_FALSE(DeviceSimulator::create(s)) << "no device";
  s.protocol = SimulatedProtocol::line;
  EXPECT_TRUE(DeviceSimulator::create(s));
  s.udp = true;
  EXPECT_FALSE(DeviceSimulator::create(s));
  s = good;
  s.rate = 0;
  EXPECT_FALSE(DeviceSimulator::create(s));
  s.rate = std::nan("");
  EXPECT_FALSE(DeviceSimulator::create(s));
  s.rate = 1e9;
  EXPECT_FALSE(DeviceSimulator::create(s));
  s = good;
  s.codes.clear();
  EXPECT_FALSE(DeviceSimulator::create(s));
}

}  // namespace
}  // namespace anlan
