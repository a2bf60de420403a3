// What goes wrong at the other end of the wire: too many, too much, too little, and values that cannot be.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "gateway/device_rig.h"
#include "protocols/sl651_centre.h"

namespace anlan {
namespace {

// Both ends of each connection are in this program.
size_t connections_possible() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return std::min<size_t>(10'000, (std::max<size_t>(files.rlim_max, 600) - 400) / 2);
}

class Crowd : public DeviceRig {
 protected:
  Crowd() : DeviceRig({{DeviceProtocol::sl651, "127.0.0.1:0", {}, ""}, {DeviceProtocol::sl651, "127.0.0.1:0", {}, "", true}}, {.connections = connections_possible(), .peers = 3, .held_bytes = 100'000}) {}
  // The server holds on to what it was sent: packets of a message that never ends.
  std::string unfinished(const std::string& station, size_t packets) {
    Sl651Frame frame;
    frame.station = station;
    frame.function = 0x36;
    std::string out;
    const auto all = sl651_packets(frame, std::string(4'000 * 300, 'x'), 4'000);
    for (size_t i = 0; i < packets; ++i) out += all[i];
    return out;
  }
};

TEST_F(Crowd, TenThousandConnectionsAndNotOneMore) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlimit before = files;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const size_t many = limits.connections;
  if (many < 9'000) GTEST_SKIP() << "this system allows " << files.rlim_max << " open files; the test needs 20,400";
  std::vector<tcp::socket> all;
  for (size_t i = 0; i < many; ++i) all.push_back(connect(0));
  EXPECT_TRUE(until([&] { return server->connections() == many; }));
  auto one_more = connect(0);
  EXPECT_EQ(receive(one_more, 1), "") << "closed at once";
  asio::write(all.front(), asio::buffer(station_report(1, 1)));
  asio::write(all.back(), asio::buffer(station_report(1, 1)));
  EXPECT_EQ(receive(all.front(), 25).size(), 25u);
  EXPECT_EQ(receive(all.back(), 25).size(), 25u);
  while (all.size() > many - 1'000) all.pop_back();
  EXPECT_TRUE(until([&] { return server->connections() == many - 1'000; }));
  auto again = connect(0);
  asio::write(again, asio::buffer(station_report(2, 1)));
  EXPECT_EQ(receive(again, 25).size(), 25u);
  all.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Crowd, UnfinishedMessagesAreBoundedOverAll) {
  // 30 packets of 4,000 bytes are more than all may hold together.
  auto first = connect(0), second = connect(0);
  asio::write(first, asio::buffer(unfinished("0000000001", 15)));
  EXPECT_TRUE(until([&] { return server->frames() == 15; }));
  boost::system::error_code closed;
  asio::write(second, asio::buffer(unfinished("0000000002", 20)), closed);
  EXPECT_EQ(receive(second, 1), "") << "closed";
  asio::write(first, asio::buffer(station_report(1, 1)));
  EXPECT_EQ(receive(first, 25).size(), 25u) << "nobody else is disturbed";
  auto third = connect(0);
  asio::write(third, asio::buffer(unfinished("0000000003", 5)));
  asio::write(third, asio::buffer(station_report(1, 1)));
  EXPECT_EQ(receive(third, 25).size(), 25u) << "there is room again";
}

TEST_F(Crowd, OfUdpAddressesTheOneSilentLongestIsForgotten) {
  std::vector<udp::socket> stations;
  for (int i = 0; i < 5; ++i) {
    stations.push_back(udp_socket(1));
    stations.back().send(asio::buffer(station_report(1, 1)));
    EXPECT_EQ(receive_datagram(stations.back()).size(), 25u);
  }
  EXPECT_EQ(server->connections(), 3u);
  stations[0].send(asio::buffer(station_report(2, 1)));
  EXPECT_EQ(receive_datagram(stations[0]).size(), 25u) << "a stranger again, and as welcome";
  EXPECT_EQ(server->connections(), 3u);
  t.clock.ahead += minutes(20).count;
  EXPECT_TRUE(until([&] { return server->connections() == 0; })) << "silent for too long";
}

TEST_F(Crowd, TruncatedFramesHoldUpNobody) {
  const auto whole = station_report(1, 1);
  std::vector<tcp::socket> cut;
  for (size_t n = 1; n < whole.size(); ++n) {
    cut.push_back(connect(0));
    asio::write(cut.back(), asio::buffer(whole.substr(0, n)));
  }
  auto good = connect(0);
  asio::write(good, asio::buffer(station_report(2, 1)));
  EXPECT_EQ(receive(good, 25).size(), 25u);
  // The rest comes late, and is still the same frame.
  asio::write(cut[9], asio::buffer(whole.substr(10)));
  EXPECT_EQ(receive(cut[9], 25).size(), 25u);
}

// A gauge that has sent metres sends centimetres: no river rises like that.
TEST_F(Crowd, AUnitMixedUpIsImplausibleAndRaisesNoAlarm) {
  const auto id = link("0012345678/39", "river_gauge", {{"warning", 84.0}, {"guaranteed", 85.5}});
  auto s = connect(0);
  const auto report = [&](uint16_t serial, double level) {
    t.clock.at = t.clock.at + minutes(5);
    asio::write(s, asio::buffer(station_report(serial, level)));
    EXPECT_EQ(receive(s, 25).size(), 25u);
    t.settle();
  };
  for (uint16_t i = 0; i < 6; ++i) report(i, 82.3 + 0.01 * i);
  ASSERT_EQ(t.node->watch().find(id)->state, stream::LinkState::kFresh);
  for (uint16_t i = 6; i < 10; ++i) report(i, 8'235 + i);
  const auto row = t.node->watch().find(id);
  EXPECT_EQ(row->state, stream::LinkState::kImplausible);
  EXPECT_FALSE(row->level);
  t.node->watch().each([](const LinkRow& link) { EXPECT_FALSE(link.level); });
}

TEST_F(Crowd, ValuesThatAreNoNumbersAreNotReadings) {
  const auto id = link("0012345678/39");
  auto s = connect(0);
  Sl651Frame frame;
  frame.station = "0012345678";
  frame.function = 0x32;
  Sl651Writer writer(1, t.clock.at);
  frame.content = writer.station(frame.station).observed(t.clock.at).element(0x39, std::nullopt, 4, 3).content();
  asio::write(s, asio::buffer(sl651_frame(frame)));
  EXPECT_EQ(receive(s, 25).size(), 25u);
  EXPECT_FALSE(t.node->watch().find(id)->last);
  EXPECT_EQ(frames->find({{"0012345678/39"}, UtcTime{0}, kNever, 10, true}).frames.size(), 1u) << "but evidence";
}

}  // namespace
}  // namespace anlan
