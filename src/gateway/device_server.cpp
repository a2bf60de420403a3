#include "gateway/device_server.h"

#include <boost/asio.hpp>
#include <charconv>
#include <list>
#include <map>
#include <unordered_map>

namespace anlan {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

class DeviceServer::Impl {
 public:
  Impl(Node& node, std::function<void(std::string_view)> log, DeviceEvidence evidence, DeviceLimits limits)
      : node_(node), log_(log), limits_(limits), turn_(node, evidence, std::move(log)) {}

  Result<void> listen(const DeviceDoor& door) {
    const size_t colon = door.address.rfind(':');
    boost::system::error_code fault;
    const auto address = asio::ip::make_address(door.address.substr(0, colon == std::string::npos ? 0 : colon), fault);
    const int port = colon == std::string::npos ? -1 : std::atoi(door.address.c_str() + colon + 1);
    const auto unusable = [&](const std::string& why) { return Error(ErrorCode::kStoreUnavailable, {{"why", "devices " + door.address + ": " + why}}); };
    if (fault || port < 0 || port > 65'535) return unusable("不是地址 / not an address");
    auto listener = std::make_unique<Listener>(door, io_);
    if (door.udp) {
      auto& s = listener->datagrams;
      const udp::endpoint at(address, static_cast<uint16_t>(port));
      s.open(at.protocol(), fault);
      if (!fault) s.bind(at, fault);
      if (!fault) s.non_blocking(true, fault);
      if (fault) return unusable(fault.message());
      receive(*listener);
    } else {
      auto& a = listener->acceptor;
      const tcp::endpoint at(address, static_cast<uint16_t>(port));
      a.open(at.protocol(), fault);
      if (!fault) a.set_option(tcp::acceptor::reuse_address(true), fault);
      if (!fault) a.bind(at, fault);
      if (!fault) a.listen(1'024, fault);
      if (fault) return unusable(fault.message());
      accept(*listener);
    }
    listeners_.push_back(std::move(listener));
    return {};
  }

  void run() {
    while (!stopped_) {
      io_.run_one_for(std::chrono::milliseconds(200));
      // What is ready now is one turn: bounded, so that answers do not wait for a flood.
      for (int i = 0; i < 4'096 && io_.poll_one() > 0; ++i) {
      }
      answer();
      close_idle();
      io_.restart();
      for (auto& listener : listeners_)
        if (!listener->door.udp && !listener->accepting) accept(*listener);
    }
    connections_.clear();
  }
  void stop() { stopped_ = true; }

  void ask(std::string station, uint8_t function, std::string parameters, std::function<void(bool)> done) {
    asio::post(io_, [this, station = std::move(station), function, parameters = std::move(parameters), done = std::move(done)] {
      done(ask_now(station, function, parameters));
    });
  }

  uint16_t port(size_t door) const {
    const auto& l = *listeners_.at(door);
    return l.door.udp ? l.datagrams.local_endpoint().port() : l.acceptor.local_endpoint().port();
  }
  size_t open() const { return open_; }
  uint64_t frames() const { return turn_.frames(); }

 private:
  static constexpr size_t kOnlineMax = 200'000;
  struct Peer : DeviceSession {  // on UDP
    using DeviceSession::DeviceSession;
    udp::endpoint at;
    size_t counted = 0;    // of what it holds
    bool waiting = false;  // for the answers of this turn
  };
  struct Listener {
    Listener(const DeviceDoor& d, asio::io_context& io) : door(d), acceptor(io), datagrams(io) {}
    DeviceDoor door;
    tcp::acceptor acceptor;
    bool accepting = false;
    udp::socket datagrams;
    std::list<Peer> peers;  // heard last first
    std::map<udp::endpoint, std::list<Peer>::iterator> by_address;
    std::vector<std::list<Peer>::iterator> turn;  // heard in this turn
  };
  struct Connection : DeviceSession {
    Connection(tcp::socket s, const DeviceDoor& d, std::string from) : DeviceSession(d, std::move(from)), socket(std::move(s)) {}
    tcp::socket socket;
    std::string outgoing, asked;  // being sent; to be sent next
    size_t counted = 0;
    bool waiting = false;  // for the answers of this turn
    bool reading = false, writing = false;
  };
  using ConnectionPtr = std::shared_ptr<Connection>;
  // Where a device was heard last.
  struct Where {
    std::weak_ptr<Connection> connection;
    Listener* listener = nullptr;
    udp::endpoint at;
  };

  void heard(const std::string& device, Where where) {
    if (online_.size() < kOnlineMax || online_.contains(device)) online_[device] = std::move(where);
  }

  void accept(Listener& listener) {
    listener.accepting = true;
    listener.acceptor.async_accept([this, &listener](boost::system::error_code fault, tcp::socket socket) {
      listener.accepting = false;
      if (stopped_) return;
      if (!fault && connections_.size() < limits_.connections) {
        boost::system::error_code gone;
        const auto from = socket.remote_endpoint(gone).address().to_string();
        if (!gone) socket.non_blocking(true, gone);
        if (!gone) {
          auto c = std::make_shared<Connection>(std::move(socket), listener.door, from);
          c->heard = node_.clock().monotonic();
          connections_.insert({c.get(), c});
          count();
          read(c);
        }
      }
      // Out of descriptors: not again before the next turn.
      if (!fault) accept(listener);
    });
  }

  // One buffer serves all: a connection that is silent costs no buffer of its own.
  void read(const ConnectionPtr& c) {
    c->reading = true;
    c->socket.async_wait(tcp::socket::wait_read, [this, c](boost::system::error_code fault) {
      c->reading = false;
      if (stopped_) return;
      const size_t n = fault ? 0 : c->socket.read_some(asio::buffer(bytes_.data(), kReadBytes), fault);
      if (fault == asio::error::would_block) return read(c);
      if (fault) return close(c);
      c->heard = node_.clock().monotonic();
      const auto device = c->device;
      turn_.take(*c, std::string_view(bytes_.data(), n));
      if (c->device != device) heard(c->device, {c, nullptr, {}});
      if (c->faults > kFaultsMax) {
        log_(c->peer + ": 错误帧过多，连接已断开 / too many faulty frames, connection closed");
        return close(c);
      }
      if (!hold(*c)) return close(c);
      c->waiting = true;
      waiting_.push_back(c);
    });
  }

  void receive(Listener& l) {
    l.datagrams.async_wait(udp::socket::wait_read, [this, &l](boost::system::error_code fault) {
      if (fault || stopped_) return;
      for (int i = 0; i < 1'024; ++i) {
        udp::endpoint from;
        const size_t n = l.datagrams.receive_from(asio::buffer(bytes_), from, 0, fault);
        if (fault == asio::error::would_block) break;
        if (!fault) datagram(l, from, std::string_view(bytes_.data(), n));  // otherwise an answer of ours that nobody took
      }
      again_.push_back(&l);
    });
  }

  void datagram(Listener& l, const udp::endpoint& from, std::string_view bytes) {
    auto found = l.by_address.find(from);
    if (found == l.by_address.end()) {
      if (l.peers.size() >= limits_.peers) forget(l, std::prev(l.peers.end()));
      l.peers.emplace_front(l.door, from.address().to_string());
      l.peers.front().at = from;
      found = l.by_address.emplace(from, l.peers.begin()).first;
      count();
    } else {
      l.peers.splice(l.peers.begin(), l.peers, found->second);
    }
    const auto peer = found->second;
    peer->heard = node_.clock().monotonic();
    const auto device = peer->device;
    turn_.take(*peer, bytes);
    if (peer->device != device) heard(peer->device, {{}, &l, from});
    if (peer->faults > kFaultsMax) {
      if (peer->heard - complained_ > minutes(1)) log_(peer->peer + ": 错误帧过多 / too many faulty frames");
      complained_ = peer->heard;
      return forget(l, peer);
    }
    if (!hold(*peer)) return forget(l, peer);
    if (!std::exchange(peer->waiting, true)) l.turn.push_back(peer);
  }

  // Whether there is room for what the session holds now.
  template <class S>
  bool hold(S& session) {
    const size_t now = session.held();
    held_ += now - session.counted;
    session.counted = now;
    if (held_ <= limits_.held_bytes) return true;
    if (node_.clock().monotonic() - complained_ > minutes(1)) log_(session.peer + ": 未完成的报文过多 / too many unfinished messages are held");
    complained_ = node_.clock().monotonic();
    return false;
  }

  void answer() {
    const bool kept = turn_.keep();
    // Not kept, not acknowledged: the device sends it again.
    for (auto& c : std::exchange(waiting_, {})) {
      c->waiting = false;
      if (kept) c->asked += c->replies;
      c->replies.clear();
      if (c->asked.empty() && !c->writing) read(c);
      else send(c);
    }
    for (auto& l : listeners_)
      for (const auto& peer : std::exchange(l->turn, {})) {
        peer->waiting = false;
        boost::system::error_code lost;  // as a datagram may be
        if (kept && !peer->replies.empty()) l->datagrams.send_to(asio::buffer(peer->replies), peer->at, 0, lost);
        peer->replies.clear();
      }
    for (auto* l : std::exchange(again_, {})) receive(*l);
  }

  void send(const ConnectionPtr& c) {
    if (c->writing || c->asked.empty()) return;
    c->writing = true;
    c->outgoing = std::exchange(c->asked, {});
    asio::async_write(c->socket, asio::buffer(c->outgoing), [this, c](boost::system::error_code fault, size_t) {
      c->writing = false;
      if (stopped_) return;
      if (fault) return close(c);
      if (!c->asked.empty()) send(c);
      else if (!c->reading && !c->waiting) read(c);
    });
  }

  bool ask_now(const std::string& station, uint8_t function, const std::string& parameters) {
    const auto found = online_.find(station);
    if (found == online_.end()) return false;
    const auto request = [&](const DeviceSession& s) {
      Sl651Frame to;
      to.station = station;
      std::from_chars(s.credential.data(), s.credential.data() + s.credential.size(), to.password, 16);
      to.function = function;
      return sl651_request(to, ++asked_, node_.clock().now(), std::string_view(parameters).substr(0, 1'024));
    };
    if (auto* l = found->second.listener) {
      const auto peer = l->by_address.find(found->second.at);
      if (peer == l->by_address.end() || l->door.protocol != DeviceProtocol::sl651) return false;
      boost::system::error_code lost;
      l->datagrams.send_to(asio::buffer(request(*peer->second)), peer->first, 0, lost);
      return !lost;
    }
    const auto c = found->second.connection.lock();
    if (!c || !c->socket.is_open() || c->door.protocol != DeviceProtocol::sl651 || c->asked.size() > kAskedBytesMax) return false;
    c->asked += request(*c);
    send(c);
    return true;
  }

  void close(const ConnectionPtr& c) {
    boost::system::error_code ignored;
    c->socket.close(ignored);
    held_ -= std::exchange(c->counted, 0);
    connections_.erase(c.get());
    count();
  }
  void forget(Listener& l, std::list<Peer>::iterator peer) {
    held_ -= peer->counted;
    std::erase(l.turn, peer);
    l.by_address.erase(peer->at);
    l.peers.erase(peer);
    count();
  }
  void count() {
    size_t open = connections_.size();
    for (const auto& l : listeners_) open += l->peers.size();
    open_ = open;
  }

  void close_idle() {
    const Millis now = node_.clock().monotonic();
    if (now - looked_ < minutes(1)) return;
    looked_ = now;
    std::vector<ConnectionPtr> idle;
    for (const auto& [key, c] : connections_)
      if (!c->waiting && now - c->heard > kIdle) idle.push_back(c);
    for (const auto& c : idle) close(c);
    for (const auto& l : listeners_)
      while (!l->peers.empty() && now - l->peers.back().heard > kIdle) forget(*l, std::prev(l->peers.end()));
    std::erase_if(online_, [](const auto& entry) {
      const auto& where = entry.second;
      return where.listener ? !where.listener->by_address.contains(where.at) : where.connection.expired();
    });
  }

  Node& node_;
  std::function<void(std::string_view)> log_;
  const DeviceLimits limits_;
  asio::io_context io_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unordered_map<Connection*, ConnectionPtr> connections_;
  std::unordered_map<std::string, Where> online_;
  std::atomic<bool> stopped_{false};
  std::atomic<size_t> open_{0};
  size_t held_ = 0;
  Millis looked_, complained_{-60'001};
  uint16_t asked_ = 0;
  std::array<char, 64 * 1024> bytes_;

  // Of this turn.
  DeviceTurn turn_;
  std::vector<ConnectionPtr> waiting_;
  std::vector<Listener*> again_;
};

DeviceServer::DeviceServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DeviceServer::~DeviceServer() = default;

Result<std::unique_ptr<DeviceServer>> DeviceServer::open(Node& node, const std::vector<DeviceDoor>& doors, std::function<void(std::string_view)> log, DeviceEvidence evidence, DeviceLimits limits) {
  auto impl = std::make_unique<Impl>(node, std::move(log), evidence, limits);
  for (const auto& door : doors) TRY_VOID(impl->listen(door));
  return std::unique_ptr<DeviceServer>(new DeviceServer(std::move(impl)));
}

void DeviceServer::run() { impl_->run(); }
void DeviceServer::stop() { impl_->stop(); }
void DeviceServer::ask(std::string station, uint8_t function, std::string parameters, std::function<void(bool sent)> done) {
  impl_->ask(std::move(station), function, std::move(parameters), std::move(done));
}
uint16_t DeviceServer::port(size_t door) const { return impl_->port(door); }
size_t DeviceServer::connections() const { return impl_->open(); }
uint64_t DeviceServer::frames() const { return impl_->frames(); }

}  // namespace anlan
