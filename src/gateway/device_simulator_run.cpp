// The simulator on TCP and UDP: one conversation per connection.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <charconv>
#include <deque>
#include <memory>
#include <optional>

#include "gateway/device_simulator.h"
#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/packed_bytes.h"
#include "protocols/sl651.h"

namespace anlan {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(10);
constexpr auto kAnswer = std::chrono::seconds(3);
constexpr auto kGrace = std::chrono::seconds(10);
constexpr int kRepeats = 2;

// What the server says, counted.
struct Ears {
  uint64_t accepted = 0, refused = 0;
  std::string to_say;  // a vehicle that has registered shows its code
  bool admitted = false;

  void hear(SimulatedProtocol protocol, std::string_view bytes) {
    if (protocol == SimulatedProtocol::sl651) {
      for (const auto& piece : sl651.feed(bytes))
        if (piece.fault == FrameFault::kNone && !piece.frame.up) ++(piece.frame.end == Sl651End::kNak ? refused : accepted);
    } else if (protocol == SimulatedProtocol::hj212) {
      for (const auto& piece : hj212.feed(bytes))
        if (piece.fault == FrameFault::kNone && piece.packet.cn == "9014") ++accepted;
    } else {
      for (const auto& piece : jtt808.feed(bytes))
        if (piece.fault == FrameFault::kNone) vehicle(piece);
    }
  }

 private:
  void vehicle(const Jtt808Piece& piece) {
    const auto& h = piece.header;
    if (h.id == 0x8100 && piece.body.size() > 3 && piece.body[2] == 0) {
      Jtt808Header header;
      header.id = 0x0102;
      header.phone = h.phone;
      to_say = jtt808_frame(header, jtt808_authentication_body(true, std::string_view(piece.body).substr(3), "860000000000001", "1.0"));
    }
    if (h.id != 0x8001 || piece.body.size() < 5) return;
    const bool good = piece.body[4] == 0;
    if (u16_at(piece.body, 2) == 0x0102) admitted = good;
    else ++(good ? accepted : refused);
  }

  Sl651Decoder sl651;
  Hj212Decoder hj212;
  Jtt808Decoder jtt808;
};

class Run {
 public:
  Run(const DeviceSimulator& simulator, const std::atomic<bool>& stop) : simulator_(simulator), settings_(simulator.settings()), stop_(stop), timer_(io_) {
    links_.resize(settings_.codes.size());
    lines_.resize(std::min(links_.size(), DeviceSimulator::kConnectionsMax));
  }

  SimulatorTotals go() {
    boost::system::error_code fault;
    const auto address = asio::ip::make_address(settings_.host, fault);
    if (fault) {
      const auto found = tcp::resolver(io_).resolve(settings_.host, std::to_string(settings_.port), fault);
      if (fault) return totals_.trouble = settings_.host + ": " + fault.message(), totals_;
      to_ = found.begin()->endpoint();
    } else {
      to_ = {address, settings_.port};
    }
    for (size_t i = 0; i < lines_.size(); ++i) open(i);
    begin_ = Clock::now();
    tick();
    io_.run();
    for (const auto& l : lines_) {
      totals_.answered += l->ears.accepted;
      totals_.refused += l->ears.refused;
    }
    return totals_;
  }

 private:
  struct Line {
    explicit Line(asio::io_context& io) : tcp_socket(io), udp_socket(io) {}
    tcp::socket tcp_socket;
    udp::socket udp_socket;
    Ears ears;
    std::deque<std::string> queue;
    std::string sending;            // on its way, or waiting for its answer
    std::array<char, 4'096> bytes;
    bool open = false, failed = false, writing = false, waiting = false;
    uint64_t heard = 0;             // answers when it was sent
    int repeats = 0;
    Clock::time_point sent_at;
  };

  void open(size_t n) {
    lines_[n] = std::make_unique<Line>(io_);
    auto& l = *lines_[n];
    const auto opened = [this, &l, n](boost::system::error_code fault) {
      if (fault) return lost(l, fault);
      l.open = true;
      listen(l);
      if (settings_.protocol == SimulatedProtocol::jtt808 && !settings_.password.empty()) {
        Jtt808Header header;
        header.id = 0x0100;
        const auto& code = settings_.codes[n];
        header.phone = code.substr(0, code.find('/'));
        say(l, jtt808_frame(header, jtt808_registration_body(true, {})));
      } else {
        l.ears.admitted = true;
      }
    };
    if (!settings_.udp) return l.tcp_socket.async_connect(to_, opened);
    boost::system::error_code fault;
    l.udp_socket.connect({to_.address(), to_.port()}, fault);
    opened(fault);
  }

  void listen(Line& l) {
    const auto heard = [this, &l](boost::system::error_code fault, size_t n) {
      if (fault) return lost(l, fault);
      l.ears.hear(settings_.protocol, std::string_view(l.bytes.data(), n));
      if (auto text = std::exchange(l.ears.to_say, {}); !text.empty()) say(l, std::move(text));
      if (l.waiting && l.ears.accepted + l.ears.refused > l.heard) l.waiting = false;
      speak(l);
      listen(l);
    };
    if (settings_.udp) l.udp_socket.async_receive(asio::buffer(l.bytes), heard);
    else l.tcp_socket.async_read_some(asio::buffer(l.bytes), heard);
  }

  void lost(Line& l, boost::system::error_code fault) {
    if (done_) return;
    l.open = false;
    l.failed = true;
    if (totals_.trouble.empty()) totals_.trouble = fault.message();
  }

  // Outside the order of readings: a registration.
  void say(Line& l, std::string text) {
    auto kept = std::make_shared<std::string>(std::move(text));
    const auto sent = [this, &l, kept](boost::system::error_code fault, size_t) {
      if (fault) lost(l, fault);
    };
    if (settings_.udp) l.udp_socket.async_send(asio::buffer(*kept), sent);
    else asio::async_write(l.tcp_socket, asio::buffer(*kept), sent);
  }

  void speak(Line& l) {
    if (!l.open || l.writing || l.waiting || !l.ears.admitted || l.queue.empty()) return;
    l.sending.clear();
    const bool flood = settings_.scenario == SimulatedScenario::flood;
    for (size_t i = 0; i < (flood && !settings_.udp ? 64u : 1u) && !l.queue.empty(); ++i) {
      l.sending += l.queue.front();
      l.queue.pop_front();
      ++totals_.sent;
    }
    l.repeats = 0;
    send(l, !flood);
  }

  void send(Line& l, bool waits) {
    l.writing = true;
    l.waiting = waits;
    l.heard = l.ears.accepted + l.ears.refused;
    l.sent_at = Clock::now();
    const auto sent = [this, &l](boost::system::error_code fault, size_t) {
      l.writing = false;
      if (fault) return lost(l, fault);
      speak(l);
    };
    if (settings_.udp) l.udp_socket.async_send(asio::buffer(l.sending), sent);
    else asio::async_write(l.tcp_socket, asio::buffer(l.sending), sent);
  }

  void tick() {
    const auto now = Clock::now();
    const double elapsed = std::chrono::duration<double>(now - begin_).count();
    const auto due = settings_.scenario == SimulatedScenario::flood ? simulator_.readings() : std::min(simulator_.readings(), static_cast<uint64_t>(elapsed * settings_.rate) + 1);
    // A flood is made as it is sent, so that it needs no room.
    bool full = false;
    while (next_ < due && !full) {
      const auto r = simulator_.reading(next_);
      auto& l = *lines_[r.link % lines_.size()];
      if (l.queue.size() >= DeviceSimulator::kQueueMax) {
        if (settings_.scenario == SimulatedScenario::flood && !l.failed) {
          full = true;
          continue;
        }
        ++totals_.skipped;
      } else if (r.sent) {
        l.queue.push_back(simulator_.frame(r, ++links_[r.link]));
      }
      ++next_;
    }
    bool busy = next_ < simulator_.readings();
    for (auto& p : lines_) {
      auto& l = *p;
      if (l.waiting && !l.writing && now - l.sent_at > kAnswer) {
        if (l.repeats++ < kRepeats && l.open) {
          send(l, true);
        } else {
          l.waiting = false;
          ++totals_.unanswered;
        }
      }
      speak(l);
      busy = busy || l.writing || l.waiting || (!l.failed && !l.queue.empty());
    }
    const auto last = begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(settings_.seconds)) + kGrace;
    if (stop_ || now > last || (!busy && !still_heard(now))) return finish();
    timer_.expires_after(kTick);
    timer_.async_wait([this](boost::system::error_code) { tick(); });
  }

  // In a flood answers come after everything is sent.
  bool still_heard(Clock::time_point now) {
    if (settings_.scenario != SimulatedScenario::flood) return false;
    uint64_t heard = 0;
    for (const auto& l : lines_) heard += l->ears.accepted + l->ears.refused;
    if (heard != heard_) last_heard_ = now;
    heard_ = heard;
    return heard < totals_.sent && now - last_heard_ < kAnswer;
  }

  void finish() {
    done_ = true;
    for (auto& l : lines_) {
      totals_.unanswered += l->waiting;
      totals_.skipped += l->queue.size();
      boost::system::error_code ignored;
      l->tcp_socket.close(ignored);
      l->udp_socket.close(ignored);
    }
  }

  const DeviceSimulator& simulator_;
  const SimulatorSettings& settings_;
  const std::atomic<bool>& stop_;
  asio::io_context io_;
  asio::steady_timer timer_;
  tcp::endpoint to_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::vector<uint16_t> links_;  // frames of each so far
  uint64_t next_ = 0, heard_ = 0;
  Clock::time_point begin_, last_heard_ = Clock::now();
  bool done_ = false;
  SimulatorTotals totals_;
};

// The number behind a name in the server's answer.
uint64_t number_in(std::string_view json, std::string_view name) {
  const size_t at = json.find(name);
  uint64_t n = 0;
  if (at != std::string_view::npos) std::from_chars(json.data() + at + name.size(), json.data() + json.size(), n);
  return n;
}

}  // namespace

SimulatorTotals DeviceSimulator::run_devices(const std::atomic<bool>& stop) const { return Run(*this, stop).go(); }

SimulatorTotals DeviceSimulator::run_http(const std::atomic<bool>& stop) const {
  constexpr uint64_t kBatchMax = 10'000;
  SimulatorTotals totals;
  asio::io_context io;
  tcp::socket s(io);
  boost::system::error_code fault;
  const auto found = tcp::resolver(io).resolve(settings_.host, std::to_string(settings_.port), fault);
  if (!fault) asio::connect(s, found, fault);
  const bool json = settings_.protocol == SimulatedProtocol::json, flood = settings_.scenario == SimulatedScenario::flood;
  asio::steady_timer pace(io);
  const auto begin = Clock::now();
  std::string body, answer;
  for (uint64_t next = 0; !fault && next < readings_ && !stop;) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    const uint64_t due = flood ? readings_ : std::min(readings_, static_cast<uint64_t>(elapsed * settings_.rate) + 1);
    body = json ? "[" : "";
    uint64_t held = 0;
    for (; next < due && held < kBatchMax; ++next) {
      const auto r = reading(next);
      if (!r.sent) continue;
      if (held++) body += json ? ',' : '\n';
      body += frame(r, 0);
    }
    if (json) body += ']';
    if (held) {
      const auto head = fmt::format("POST /api/v1/readings{} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n", json ? "" : "/line-protocol?precision=ms", settings_.host,
                                    settings_.password, json ? "application/json" : "text/plain", body.size());
      asio::write(s, std::array<asio::const_buffer, 2>{asio::buffer(head), asio::buffer(body)}, fault);
      if (fault) break;
      totals.sent += held;
      const size_t head_size = asio::read_until(s, asio::dynamic_buffer(answer, 1 << 20), "\r\n\r\n", fault);
      if (fault) break;
      const size_t size = head_size + number_in(std::string_view(answer).substr(0, head_size), "Content-Length: ");
      if (answer.size() < size) asio::read(s, asio::dynamic_buffer(answer, 1 << 20), asio::transfer_exactly(size - answer.size()), fault);
      if (answer.starts_with("HTTP/1.1 200")) {
        totals.answered += number_in(answer, "\"stored\":") + number_in(answer, "\"duplicates\":");
        totals.refused += number_in(answer, "\"refused\":");
      } else {
        totals.refused += held;
        if (totals.trouble.empty()) totals.trouble = answer.substr(0, answer.find('\r'));
      }
      answer.erase(0, size);
    }
    if (next < readings_ && !flood) {
      pace.expires_after(10 * kTick);
      pace.wait();
    }
  }
  if (fault) totals.trouble = fault.message();
  totals.unanswered = totals.sent - std::min(totals.sent, totals.answered + totals.refused);
  return totals;
}

}  // namespace anlan
