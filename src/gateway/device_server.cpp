#include "gateway/device_server.h"

#include <boost/asio.hpp>
#include <deque>
#include <unordered_map>
#include <variant>

#include "base/hash.h"
#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/sl651_centre.h"

namespace anlan {

namespace asio = boost::asio;
using asio::ip::tcp;

Result<DeviceDoor> read_door(const std::string& text) {
  const auto wrong = [&](const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "devices"}, {"why", text + ": " + why}}); };
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('|', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  DeviceDoor door;
  if (parts.size() < 2 || parts.size() > 4) return wrong("应为 协议|地址|区划|口令 / expected protocol|address|place|password");
  if (!boost::describe::enum_from_string(parts[0].c_str(), door.protocol)) return wrong("协议应为 sl651、hj212、jtt808 / protocols are sl651, hj212, jtt808");
  door.address = parts[1];
  if (parts.size() > 2 && !parts[2].empty()) {
    const auto place = PlaceCode::parse(parts[2]);
    if (!place) return wrong("区划代码无效 / not a place code");
    door.place = *place;
  }
  if (parts.size() > 3) door.password = parts[3];
  return door;
}

class DeviceServer::Impl {
 public:
  Impl(Node& node, std::function<void(std::string_view)> log) : node_(node), log_(std::move(log)) {}

  Result<void> listen(const DeviceDoor& door) {
    const size_t colon = door.address.rfind(':');
    boost::system::error_code fault;
    const auto address = asio::ip::make_address(door.address.substr(0, colon == std::string::npos ? 0 : colon), fault);
    const int port = colon == std::string::npos ? -1 : std::atoi(door.address.c_str() + colon + 1);
    auto listener = std::make_unique<Listener>(Listener{door, tcp::acceptor(io_), false});
    const auto unusable = [&](const std::string& why) { return Error(ErrorCode::kStoreUnavailable, {{"why", "devices " + door.address + ": " + why}}); };
    if (fault || port < 0 || port > 65'535) return unusable("不是地址 / not an address");
    const tcp::endpoint at(address, static_cast<uint16_t>(port));
    listener->acceptor.open(at.protocol(), fault);
    if (!fault) listener->acceptor.set_option(tcp::acceptor::reuse_address(true), fault);
    if (!fault) listener->acceptor.bind(at, fault);
    if (!fault) listener->acceptor.listen(1'024, fault);
    if (fault) return unusable(fault.message());
    accept(*listener);
    listeners_.push_back(std::move(listener));
    return {};
  }

  void run() {
    while (!stopped_) {
      io_.run_one_for(std::chrono::milliseconds(200));
      // What is ready now is one turn: bounded, so that answers do not wait for a flood.
      for (int i = 0; i < 4'096 && io_.poll_one() > 0; ++i) {
      }
      flush();
      close_idle();
      io_.restart();
      for (auto& listener : listeners_)
        if (!listener->accepting) accept(*listener);
    }
    connections_.clear();
  }
  void stop() { stopped_ = true; }
  uint16_t port(size_t door) const { return listeners_.at(door)->acceptor.local_endpoint().port(); }

  std::atomic<size_t> open_{0};
  std::atomic<uint64_t> frames_{0};

 private:
  struct Listener {
    DeviceDoor door;
    tcp::acceptor acceptor;
    bool accepting = false;
  };
  struct Connection {
    Connection(tcp::socket s, const DeviceDoor& d) : socket(std::move(s)), door(d) {
      if (d.protocol == DeviceProtocol::hj212) decoder.emplace<Hj212Centre>();
      if (d.protocol == DeviceProtocol::jtt808) decoder.emplace<Jtt808Centre>();
    }
    tcp::socket socket;
    const DeviceDoor& door;
    std::variant<Sl651Centre, Hj212Centre, Jtt808Centre> decoder;
    std::array<char, kReadBytes> bytes;
    std::string replies;
    std::string peer;
    Millis heard;
    int faults = 0;
    bool known = false;  // a vehicle that has shown its code
    bool waiting = false;  // for the next flush
  };
  using ConnectionPtr = std::shared_ptr<Connection>;

  void accept(Listener& listener) {
    listener.accepting = true;
    listener.acceptor.async_accept([this, &listener](boost::system::error_code fault, tcp::socket socket) {
      listener.accepting = false;
      if (stopped_) return;
      if (!fault && connections_.size() < kConnectionsMax) {
        auto c = std::make_shared<Connection>(std::move(socket), listener.door);
        boost::system::error_code gone;
        c->peer = c->socket.remote_endpoint(gone).address().to_string();
        c->heard = node_.clock().monotonic();
        connections_.insert({c.get(), c});
        open_ = connections_.size();
        read(c);
      }
      // Out of descriptors: not again before the next turn.
      if (!fault) accept(listener);
    });
  }

  void read(const ConnectionPtr& c) {
    c->socket.async_read_some(asio::buffer(c->bytes), [this, c](boost::system::error_code fault, size_t n) {
      if (fault || stopped_) return close(c);
      c->heard = node_.clock().monotonic();
      take(c, std::string_view(c->bytes.data(), n));
      if (c->faults > kFaultsMax) {
        log_(c->peer + ": 错误帧过多，连接已断开 / too many faulty frames, connection closed");
        return close(c);
      }
      c->waiting = true;
      turn_.push_back(c);
    });
  }

  void take(const ConnectionPtr& c, std::string_view bytes) {
    const UtcTime now = node_.clock().now();
    const auto events = std::visit([&](auto& centre) {
      if constexpr (requires { centre.feed(bytes, now); }) return centre.feed(bytes, now);
      else return centre.feed(bytes);
    }, c->decoder);
    for (const auto& e : events) {
      if (e.fault != FrameFault::kNone) ++c->faults;
      if (e.kind == DeviceEventKind::kFault) continue;
      ++frames_;
      if (!admitted(*c, e)) continue;
      for (const auto& o : e.report.observations) {
        if (o.bad) continue;
        codes_.push_back(e.report.device + "/" + o.element);
        frames_text_.push_back(shown(*c, e));
        readings_.push_back({codes_.back(), o.at, o.value, places_of_readings_.size()});
        places_of_readings_.push_back(&c->door);
      }
      c->replies += e.reply;
    }
  }

  // Whether the device may report; answers what its protocol asks before that.
  bool admitted(Connection& c, const DeviceEvent& e) {
    if (c.door.protocol != DeviceProtocol::jtt808) {
      if (c.door.password.empty() || e.credential == c.door.password) return true;
      if (++c.faults == 1) log_(c.peer + " " + e.report.device + ": 口令不符 / wrong password");
      return false;
    }
    auto& centre = std::get<Jtt808Centre>(c.decoder);
    const auto serial = static_cast<uint16_t>(e.report.serial);
    // The code a vehicle is given follows from the door's password and its number, so nothing is stored.
    const auto code = c.door.password.empty() ? std::string("anlan") : to_hex(hmac_sha256(c.door.password, "jtt808|" + e.report.device)).substr(0, 16);
    if (e.kind == DeviceEventKind::kRegister) {
      c.replies += centre.registration_answer(serial, 0, code);
      return false;
    }
    if (e.kind == DeviceEventKind::kAuthenticate) {
      c.known = c.door.password.empty() || equal_constant_time(e.credential, code);
      c.replies += centre.answer(0x0102, serial, c.known ? Jtt808Centre::Result808::kDone : Jtt808Centre::Result808::kFailed);
      if (!c.known) ++c.faults;
      return false;
    }
    return c.known || c.door.password.empty();
  }

  // A frame as people can read it: text as it is, bytes in hex.
  static std::string shown(const Connection& c, const DeviceEvent& e) {
    const auto raw = e.raw.substr(0, Watch::kFrameBytesMax);
    return c.door.protocol == DeviceProtocol::hj212 ? std::string(raw) : to_hex(raw.substr(0, Watch::kFrameBytesMax / 2));
  }

  void flush() {
    if (turn_.empty()) return;
    bool kept = true;
    // Readings of one door at a time: its place decides which count.
    for (const auto& listener : listeners_) {
      std::vector<SiteReading> of_door;
      std::vector<size_t> index;
      for (size_t i = 0; i < readings_.size(); ++i)
        if (places_of_readings_[i] == &listener->door) {
          of_door.push_back(readings_[i]);
          index.push_back(i);
        }
      if (of_door.empty()) continue;
      const PlaceCode scope = listener->door.place;
      const auto taken = node_.watch().take(of_door, std::span(&scope, 1), listener->door.address, [&](size_t i) { return std::string_view(frames_text_[index[i]]); }, node_.clock().now());
      if (!taken) {
        kept = false;
        log_("devices: " + taken.error().describe());
      }
    }
    readings_.clear();
    codes_.clear();
    frames_text_.clear();
    places_of_readings_.clear();
    auto turn = std::move(turn_);
    turn_.clear();
    for (const auto& c : turn) {
      c->waiting = false;
      // Not kept, not acknowledged: the device sends it again.
      if (!kept) c->replies.clear();
      if (c->replies.empty()) {
        read(c);
        continue;
      }
      auto text = std::make_shared<std::string>(std::move(c->replies));
      c->replies.clear();
      asio::async_write(c->socket, asio::buffer(*text), [this, c, text](boost::system::error_code fault, size_t) {
        if (fault || stopped_) return close(c);
        read(c);
      });
    }
  }

  void close(const ConnectionPtr& c) {
    boost::system::error_code ignored;
    c->socket.close(ignored);
    connections_.erase(c.get());
    open_ = connections_.size();
  }

  void close_idle() {
    const Millis now = node_.clock().monotonic();
    if (now - looked_ < minutes(1)) return;
    looked_ = now;
    std::vector<ConnectionPtr> idle;
    for (const auto& [key, c] : connections_)
      if (!c->waiting && now - c->heard > kIdle) idle.push_back(c);
    for (const auto& c : idle) close(c);
  }

  Node& node_;
  std::function<void(std::string_view)> log_;
  asio::io_context io_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<Connection*, ConnectionPtr> connections_;
  std::atomic<bool> stopped_{false};
  Millis looked_;

  // Of this turn.
  std::vector<ConnectionPtr> turn_;
  std::vector<SiteReading> readings_;
  std::deque<std::string> codes_;
  std::vector<std::string> frames_text_;
  std::vector<const DeviceDoor*> places_of_readings_;
};

DeviceServer::DeviceServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeviceServer::~DeviceServer() = default;

Result<std::unique_ptr<DeviceServer>> DeviceServer::open(Node& node, const std::vector<DeviceDoor>& doors, std::function<void(std::string_view)> log) {
  auto impl = std::make_unique<Impl>(node, std::move(log));
  for (const auto& door : doors) TRY_VOID(impl->listen(door));
  return std::unique_ptr<DeviceServer>(new DeviceServer(std::move(impl)));
}

void DeviceServer::run() { impl_->run(); }
void DeviceServer::stop() { impl_->stop(); }
uint16_t DeviceServer::port(size_t door) const { return impl_->port(door); }
size_t DeviceServer::connections() const { return impl_->open_; }
uint64_t DeviceServer::frames() const { return impl_->frames_; }

}  // namespace anlan
