// Stations over real sockets: readings kept before they are answered, wrong passwords, floods of rubbish.
#include "gateway/device_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/device_rig.h"

namespace anlan {
namespace {

class Devices : public DeviceRig {
 protected:
  Devices() : DeviceRig({{DeviceProtocol::sl651, "127.0.0.1:0", PlaceCode(NodeRig::kCounty), "1234"},
                         {DeviceProtocol::hj212, "127.0.0.1:0", {}, ""},
                         {DeviceProtocol::jtt808, "127.0.0.1:0", {}, "secret"},
                         {DeviceProtocol::sl651, "127.0.0.1:0", PlaceCode(NodeRig::kCounty), "1234", true},
                         {DeviceProtocol::sl651, "127.0.0.1:0", {}, "", true, false}}) {}
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
  EXPECT_EQ(t.node->watch().frame_of(id)->text.substr(0, 20), "7e7e010012345678****") << "its password is nobody's business";
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

TEST_F(Devices, AStationOnUdpIsAnsweredWhereItSpeaksFrom) {
  const auto id = link("0012345678/39");
  auto s = udp_socket(3), other = udp_socket(3);
  s.send(asio::buffer(station_report(7, 12.345)));
  EXPECT_EQ(receive_datagram(s).size(), 25u);
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(id.value))->value, 12.345) << "kept before it was answered";
  // Two frames in one datagram, one datagram cut off, one with the wrong password: whole and rightful ones are answered.
  s.send(asio::buffer(station_report(8, 12.4) + station_report(9, 12.5)));
  EXPECT_EQ(receive_datagram(s).size(), 50u);
  s.send(asio::buffer(station_report(10, 12.6).substr(0, 30)));
  s.send(asio::buffer(station_report(11, 12.6, 0x9999)));
  other.send(asio::buffer(station_report(12, 12.7)));
  EXPECT_EQ(receive_datagram(other).size(), 25u);
  EXPECT_EQ(s.available(), 0u);
  EXPECT_EQ(server->connections(), 2u);
}

TEST_F(Devices, ModeM1IsNotAnswered) {
  const auto id = link("0012345678/39");
  auto s = udp_socket(4), asked = udp_socket(3);
  s.send(asio::buffer(station_report(7, 12.345)));
  EXPECT_TRUE(until([&] { return server->frames() == 1; }));
  asked.send(asio::buffer(station_report(8, 12.5)));
  receive_datagram(asked);
  EXPECT_EQ(s.available(), 0u);
  EXPECT_EQ(t.history->last(static_cast<LinkNumber>(id.value))->value, 12.5);
}

TEST_F(Devices, AStationIsAskedInM4) {
  const auto id = link("0012345678/39");
  const auto ask = [&] {
    std::promise<bool> sent;
    server->ask("0012345678", 0x37, "", [&](bool s) { sent.set_value(s); });
    return sent.get_future().get();
  };
  EXPECT_FALSE(ask()) << "nobody has heard of it";
  const auto converse = [&](auto&& send, auto&& get, double level) {
    send(station_report(7, level - 1));
    get(25);
    EXPECT_TRUE(ask());
    Sl651Decoder decoder;
    const auto bytes = get(25);
    const auto request = decoder.feed(bytes);
    ASSERT_EQ(request.size(), 1u);
    EXPECT_EQ(request[0].frame.function, 0x37);
    EXPECT_EQ(request[0].frame.end, Sl651End::kEnq);
    EXPECT_EQ(request[0].frame.password, 0x1234);
    t.clock.at = t.clock.at + minutes(1);
    const auto before = server->frames();
    send(station_report(8, level, 0x1234, 0x37));
    EXPECT_TRUE(until([&] { return server->frames() == before + 1; }));
    EXPECT_TRUE(until([&] { return t.history->last(static_cast<LinkNumber>(id.value))->value == level; }));
  };
  auto s = connect(0);
  converse([&](const std::string& b) { asio::write(s, asio::buffer(b)); }, [&](size_t n) { return receive(s, n); }, 12.5);
  EXPECT_EQ(s.available(), 0u) << "the answer to a request is not answered";
  auto u = udp_socket(3);
  converse([&](const std::string& b) { u.send(asio::buffer(b)); }, [&](size_t) { return receive_datagram(u); }, 13.5);
  EXPECT_EQ(u.available(), 0u);
}

TEST_F(Devices, RawFramesAreFoundByLinkAndPicturesByDevice) {
  link("0012345678/39");
  auto s = connect(0);
  const auto report = station_report(7, 12.345);
  asio::write(s, asio::buffer(report));
  receive(s, 25);
  const std::string jpeg = "\xFF\xD8\xFF" + std::string(3'000, 'j');
  Sl651Frame frame;
  frame.station = "0012345678";
  frame.password = 0x1234;
  frame.function = 0x36;
  Sl651Writer writer(8, t.clock.at);
  const auto packets = sl651_packets(frame, writer.station(frame.station).observed(t.clock.at).raw("\xF3\xF3").raw(jpeg).content(), 1'000);
  ASSERT_GT(packets.size(), 2u);
  for (const size_t lost : {size_t{1}, packets.size()}) {  // without the second, which is asked for; then it alone
    std::string bytes;
    for (size_t i = 0; i < packets.size(); ++i)
      if ((i == 1) == (lost != 1)) bytes += packets[i];
    asio::write(s, asio::buffer(bytes));
    Sl651Decoder decoder;
    const auto answer = receive(s, lost == 1 ? 28 : 25);
    const auto pieces = decoder.feed(answer);
    ASSERT_EQ(pieces.size(), 1u);
    EXPECT_EQ(pieces[0].frame.end, lost == 1 ? Sl651End::kNak : Sl651End::kEsc);
    if (lost == 1) EXPECT_EQ(pieces[0].frame.packet, 2);
  }
  auto wrong = station_report(9, 1);
  wrong.back() ^= 1;
  asio::write(s, asio::buffer(station_report(10, 1, 0x9999) + wrong + station_report(11, 12.4)));
  receive(s, 25);
  const auto found = frames->find({{"0012345678/39"}, UtcTime{0}, kNever, 10, true}).frames;
  ASSERT_EQ(found.size(), 2u) << "what was not let in is not there";
  EXPECT_EQ(found[1].bytes, report);
  EXPECT_EQ(found[1].kind, FrameKind::sl651);
  EXPECT_EQ(found[1].from, "127.0.0.1");
  const auto of_device = frames->find({{"0012345678"}, UtcTime{0}, kNever, 100, true}).frames;
  EXPECT_EQ(of_device.size(), packets.size() + 1) << "its packets, and the frame with the wrong sum";
  const auto seen = pictures->find({{"0012345678"}, UtcTime{0}, kNever, 10, true}).frames;
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].bytes, jpeg);
}

TEST(DeviceDoors, AreRead) {
  const auto door = read_door("hj212|0.0.0.0:5212|622927|pw");
  ASSERT_TRUE(door);
  EXPECT_EQ(door->protocol, DeviceProtocol::hj212);
  EXPECT_EQ(door->place.digits(), 622927);
  EXPECT_EQ(door->password, "pw");
  EXPECT_FALSE(door->udp);
  EXPECT_TRUE(read_door("sl651|127.0.0.1:1"));
  const auto m1 = read_door("sl651|udp:[::]:5651|622927||m1");
  ASSERT_TRUE(m1);
  EXPECT_TRUE(m1->udp);
  EXPECT_FALSE(m1->answers);
  EXPECT_EQ(m1->address, "[::]:5651");
  EXPECT_TRUE(read_door("jtt808|udp:0.0.0.0:808||pw|m2"));
  for (const char* wrong : {"sl651", "modbus|127.0.0.1:1", "sl651|127.0.0.1:1|nowhere", "a|b|c|d|e", "hj212|udp:0.0.0.0:1", "hj212|0.0.0.0:1|||m1", "sl651|0.0.0.0:1|||m7"}) EXPECT_FALSE(read_door(wrong)) << wrong;
}

}  // namespace
}  // namespace anlan
