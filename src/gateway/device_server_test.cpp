// Stations over real sockets: readings kept before they are answered, wrong passwords, floods of rubbish.
#include "gateway/device_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <thread>

#include "loop/node_rig.h"
#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/sl651.h"
#include "protocols/sl651_elements.h"

namespace anlan {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class Devices : public testing::Test {
 protected:
  void SetUp() override {
    t.fill();
    server = DeviceServer::open(*t.node, {{DeviceProtocol::sl651, "127.0.0.1:0", PlaceCode(NodeRig::kCounty), "1234"}, {DeviceProtocol::hj212, "127.0.0.1:0", {}, ""}, {DeviceProtocol::jtt808, "127.0.0.1:0", {}, "secret"}},
                                [this](std::string_view line) { log += std::string(line) + "\n"; }).value();
    thread = std::thread([this] { server->run(); });
  }
  void TearDown() override {
    server->stop();
    thread.join();
    server.reset();
  }
  RecordId link(const std::string& code, const char* type = "river_gauge") {
    RecordPatch r;
    r.name = "站" + code;
    r.place = PlaceCode(622927101201);
    r.fields = {{"code", code}};
    return RecordId{t.id_of(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), type, r); }))};
  }
  tcp::socket connect(size_t door) {
    tcp::socket s(io);
    s.connect({asio::ip::address_v4::loopback(), server->port(door)});
    return s;
  }
  // What comes back until `bytes` are there or the other side closes.
  std::string receive(tcp::socket& s, size_t bytes) {
    std::string out(bytes, '\0');
    boost::system::error_code fault;
    const size_t n = asio::read(s, asio::buffer(out), fault);
    return out.substr(0, n);
  }
  std::string station_report(uint16_t serial, double level, uint16_t password = 0x1234) {
    Sl651Frame frame;
    frame.station = "0012345678";
    frame.password = password;
    frame.function = 0x32;
    Sl651Writer writer(serial, t.clock.at);
    frame.content = writer.station(frame.station).observed(t.clock.at).element(0x39, level, 4, 3).content();
    return sl651_frame(frame);
  }

  NodeRig t{"sqlite", true};
  asio::io_context io;
  std::unique_ptr<DeviceServer> server;
  std::thread thread;
  std::string log;
};

TEST_F(Devices, AStationIsAnsweredWhenItsReadingIsKept) {
  const auto id = link("0012345678/39");
  auto s = connect(0);
  asio::write(s, asio::buffer(station_report(7, 12.345)));
  const auto answer = receive(s, 25);
  Sl651Decoder decoder;
  const auto pieces = decoder.feed(answer);
  ASSERT_EQ(pieces.size(), 1u) << answer.size();
  EXPECT_FALSE(pieces[0].frame.up);
  EXPECT_EQ(pieces[0].frame.function, 0x32);
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(id.value))->value, 12.345) << "kept before it was answered";
  EXPECT_EQ(t.node->watch().frame_of(id)->text.substr(0, 4), "7e7e");
  EXPECT_EQ(server->frames(), 1u);
}

TEST_F(Devices, AWrongPasswordIsNotAnsweredAndNotKept) {
  const auto id = link("0012345678/39");
  auto s = connect(0);
  asio::write(s, asio::buffer(station_report(7, 12.345, 0x9999) + station_report(8, 13)));
  EXPECT_EQ(receive(s, 25).size(), 25u);
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(id.value))->value, 13);
  EXPECT_THAT(log, testing::HasSubstr("口令不符"));
}

TEST_F(Devices, RubbishEndsTheConnectionAndNobodyElse) {
  link("0012345678/39");
  auto bad = connect(0);
  std::string rubbish;
  for (int i = 0; i < 200; ++i) {
    auto frame = station_report(1, 1);
    frame[frame.size() - 1] ^= 1;
    rubbish += frame;
  }
  boost::system::error_code fault;
  asio::write(bad, asio::buffer(rubbish), fault);
  EXPECT_EQ(receive(bad, 1), "") << "closed";
  auto good = connect(0);
  asio::write(good, asio::buffer(station_report(9, 2)));
  EXPECT_EQ(receive(good, 25).size(), 25u);
}

TEST_F(Devices, ALoggerOfHj212) {
  const auto id = link("010000A8900016F000169DC0/w01018-Rtd");
  auto s = connect(1);
  Hj212Header header{hj212_qn(t.clock.at), "32", "2011", "123456", "010000A8900016F000169DC0", 5};
  asio::write(s, asio::buffer(hj212_packet(header, "DataTime=" + hj212_qn(t.clock.at).substr(0, 14) + ";w01018-Rtd=42.5,w01018-Flag=N")));
  EXPECT_THAT(receive(s, 20), testing::StartsWith("##"));
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(id.value))->value, 42.5);
}

TEST(DeviceDoors, AreRead) {
  const auto door = read_door("hj212|0.0.0.0:5212|622927|pw");
  ASSERT_TRUE(door);
  EXPECT_EQ(door->protocol, DeviceProtocol::hj212);
  EXPECT_EQ(door->place.digits(), 622927);
  EXPECT_EQ(door->password, "pw");
  EXPECT_TRUE(read_door("sl651|127.0.0.1:1"));
  for (const char* wrong : {"sl651", "modbus|127.0.0.1:1", "sl651|127.0.0.1:1|nowhere", "a|b|c|d|e"}) EXPECT_FALSE(read_door(wrong)) << wrong;
}

}  // namespace
}  // namespace anlan
