// For tests: a device server on a small node, and devices over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <future>
#include <thread>

#include "gateway/device_server.h"
#include "loop/node_rig.h"
#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/sl651.h"
#include "protocols/sl651_elements.h"

namespace anlan {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

class DeviceRig : public testing::Test {
 protected:
  explicit DeviceRig(std::vector<DeviceDoor> d, DeviceLimits l = {}) : doors(std::move(d)), limits(l) {}

  void SetUp() override {
    t.fill();
    frames = FrameLog::open({.folder = t.place.folder() + "/frames"}).value();
    pictures = FrameLog::open({.folder = t.place.folder() + "/pictures", .frame_bytes_max = size_t{2} << 20}).value();
    server = DeviceServer::open(*t.node, doors, [this](std::string_view line) { log += std::string(line) + "\n"; }, {frames.get(), pictures.get()}, limits).value();
    thread = std::thread([this] { server->run(); });
  }
  void TearDown() override {
    server->stop();
    thread.join();
    server.reset();
  }
  RecordId link(const std::string& code, const char* type = "river_gauge", json::object fields = {}) {
    RecordPatch r;
    r.name = "站" + code;
    r.place = PlaceCode(622927101201);
    fields["code"] = code;
    r.fields = std::move(fields);
    return RecordId{t.id_of(t.run([&](Reader& reader, UtcTime) { return add_record(reader, t.node->pack(), t.node->places().get()->places(), type, r); }))};
  }
  tcp::socket connect(size_t door) {
    tcp::socket s(io);
    s.connect({asio::ip::address_v4::loopback(), server->port(door)});
    return s;
  }
  udp::socket udp_socket(size_t door) {
    udp::socket s(io, {asio::ip::address_v4::loopback(), 0});
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
  std::string receive_datagram(udp::socket& s) {
    std::string out(65'536, '\0');
    return out.substr(0, s.receive(asio::buffer(out)));
  }
  bool until(const std::function<bool()>& done) {
    const SystemClock real;
    const auto begin = real.monotonic();
    while (!done() && real.monotonic() - begin < seconds(30)) std::this_thread::yield();
    return done();
  }
  std::string station_report(uint16_t serial, double level, uint16_t password = 0x1234, uint8_t function = 0x32, const std::string& station = "0012345678") {
    Sl651Frame frame;
    frame.station = station;
    frame.password = password;
    frame.function = function;
    Sl651Writer writer(serial, t.clock.at);
    frame.content = writer.station(frame.station).observed(t.clock.at).element(0x39, level, 4, 3).content();
    return sl651_frame(frame);
  }

  const std::vector<DeviceDoor> doors;
  const DeviceLimits limits;
  NodeRig t{"sqlite", true};
  asio::io_context io;
  std::unique_ptr<FrameLog> frames, pictures;
  std::unique_ptr<DeviceServer> server;
  std::thread thread;
  std::string log;
};

}  // namespace anlan
