#include "gateway/seedlink_client.h"

#include <netdb.h>

#include <atomic>
#include <boost/asio.hpp>
#include <charconv>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace anlan {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kTurn = std::chrono::milliseconds(20);

// A name becomes addresses on a thread of its own, because that may take minutes and cannot be stopped; whoever asked may be
// gone by then.
struct Lookup {
  std::atomic<bool> done{false};
  std::vector<asio::ip::address> addresses;  // when done
};
std::shared_ptr<Lookup> look_up(const std::string& host) {
  auto answer = std::make_shared<Lookup>();
  boost::system::error_code not_numeric;
  if (const auto address = asio::ip::make_address(host, not_numeric); !not_numeric) {
    answer->addresses.push_back(address);
    answer->done = true;
    return answer;
  }
  std::thread([host, answer] {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) == 0) {
      char text[NI_MAXHOST];
      for (const auto* a = found; a; a = a->ai_next) {
        boost::system::error_code fault;
        if (::getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) continue;
        if (const auto address = asio::ip::make_address(text, fault); !fault) answer->addresses.push_back(address);
      }
      ::freeaddrinfo(found);
    }
    answer->done = true;
  }).detach();
  return answer;
}

}  // namespace

Result<SeedLinkSource> read_seedlink_source(const std::string& text) {
  const auto wrong = [&](const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "seedlink"}, {"why", text.substr(0, 200) + ": " + why}}); };
  const size_t bar = text.find('|');
  if (bar == text.npos) return wrong("应为 地址:端口|台网_台站:通道 … / expected host:port|NET_STA:CHA ...");
  SeedLinkSource source;
  const auto address = text.substr(0, bar);
  const size_t colon = address.rfind(':');
  source.host = address.substr(0, colon);
  if (colon != address.npos) {
    const char* const end = address.data() + address.size();
    const auto [after, code] = std::from_chars(address.data() + colon + 1, end, source.port);
    if (code != std::errc() || after != end || source.port == 0) return wrong("端口无效 / not a port");
  }
  if (source.host.empty() || source.host.size() > 255 || source.host.find_first_of(" \t\r\n/") != source.host.npos) return wrong("地址无效 / not an address");
  TRY(stations, read_seedlink_stations(std::string_view(text).substr(bar + 1)));
  source.stations = std::move(stations);
  return source;
}

class SeedLinkClient::Impl {
 public:
  Impl(const Clock& clock, SeedLinkSource source, Sink sink, std::function<void(std::string_view)> log, SeedLinkTiming timing)
      : clock_(clock), source_(std::move(source)), sink_(std::move(sink)), log_(std::move(log)), timing_(timing), talk_(SeedLinkConversation::with(source_.stations).value()) {
    for (const auto& s : source_.stations) {
      station_at_.emplace(s.network + "." + s.station, stations_.size());
      stations_.push_back({s.network, s.station});
    }
  }

  void run() {
    const auto work = asio::make_work_guard(io_);
    due_ = clock_.monotonic();
    while (!stopped_) {
      look_after(clock_.monotonic());
      io_.run_one_for(kTurn);
      io_.restart();
    }
    hang_up();
    io_.poll();
    const std::scoped_lock guard(lock_);
    counters_.connected = counters_.streaming = false;
  }

  SeedLinkCounters counters() const {
    const std::scoped_lock guard(lock_);
    return counters_;
  }
  std::vector<SeedLinkStationState> stations() const {
    const std::scoped_lock guard(lock_);
    return stations_;
  }

  std::atomic<bool> stopped_{false};

 private:
  // One connection; whoever answers for a former one finds that it is not line_.
  struct Line {
    explicit Line(asio::io_context& io) : socket(io) {}
    tcp::socket socket;
    bool connected = false, writing = false;
    std::string outgoing, being_sent;
    Millis heard, asked;
    std::array<char, kReadBytes> bytes;
  };
  using LinePtr = std::shared_ptr<Line>;
  struct Tail {  // of a stream
    int64_t end_us = 0;
    double rate_hz = 0;
  };

  void look_after(Millis now) {
    if (!line_) {
      if (lookup_) return begin_connection(now);
      if (now < due_) return;
      lookup_ = look_up(source_.host);
      due_ = now + timing_.connect;
      return;
    }
    const Millis silent = now - line_->heard;
    if (silent >= (line_->connected ? timing_.dead : timing_.connect)) return lose("没有回音 / no answer");
    if (line_->connected && silent >= timing_.idle && now - line_->asked >= timing_.idle) {
      line_->asked = now;
      send(talk_.keep_alive());
    }
  }

  void begin_connection(Millis now) {
    if (!lookup_->done) {
      if (now < due_) return;
      lookup_.reset();
      return lose("域名解析没有回音 / the name is not resolved");
    }
    const auto addresses = std::move(lookup_->addresses);
    lookup_.reset();
    if (addresses.empty()) return lose("没有这个主机 / no such host");
    line_ = std::make_shared<Line>(io_);
    line_->heard = line_->asked = now;
    // A host may have several; the next try takes the next one.
    const auto& address = addresses[tries_++ % addresses.size()];
    line_->socket.async_connect({address, source_.port}, [this, c = line_](boost::system::error_code fault) {
      if (c != line_) return;
      if (fault) return lose(fault.message());
      c->connected = true;
      c->heard = c->asked = clock_.monotonic();
      boost::system::error_code ignored;
      c->socket.set_option(tcp::no_delay(true), ignored);
      {
        const std::scoped_lock guard(lock_);
        counters_.connected = true;
        counters_.connected_at = clock_.now();
        ++counters_.connections;
      }
      send(talk_.open());
      read(c);
    });
  }

  void read(const LinePtr& c) {
    c->socket.async_read_some(asio::buffer(c->bytes), [this, c](boost::system::error_code fault, size_t n) {
      if (c != line_ || stopped_) return;
      if (fault) return lose(fault == asio::error::eof ? "连接被服务器关闭 / the server closed the connection" : fault.message());
      c->heard = clock_.monotonic();
      const auto news = talk_.feed({c->bytes.data(), n});
      take(news);
      if (!news.fault.empty()) return lose(news.fault);
      if (news.ended) return lose("服务器结束了传送 / the server ended the stream");
      send(news.send);
      read(c);
    });
  }

  void send(const std::string& bytes) {
    if (!line_ || bytes.empty()) return;
    line_->outgoing += bytes;
    write(line_);
  }
  void write(const LinePtr& c) {
    if (c->writing || c->outgoing.empty()) return;
    c->writing = true;
    c->being_sent = std::exchange(c->outgoing, {});
    asio::async_write(c->socket, asio::buffer(c->being_sent), [this, c](boost::system::error_code fault, size_t) {
      c->writing = false;
      if (c != line_ || stopped_) return;
      if (fault) return lose(fault.message());
      write(c);
    });
  }

  void take(const SeedLinkNews& news) {
    note(news);
    for (const auto& packet : news.packets) {
      const auto record = read_miniseed(packet.record);
      count(record);
      if (record) sink_(*record);
    }
  }

  void note(const SeedLinkNews& news) {
    const std::scoped_lock guard(lock_);
    counters_.heard_at = clock_.now();
    counters_.server = talk_.server();
    if (talk_.streaming() && !counters_.streaming) {
      counters_.streaming = true;
      for (size_t i = 0; i < stations_.size(); ++i) stations_[i].refused = talk_.stations()[i].refused;
    }
    if (news.packets.empty()) return;
    failures_ = 0;
    counters_.fault.clear();
    told_.clear();
  }

  void count(const Result<MiniseedRecord>& record) {
    const std::scoped_lock guard(lock_);
    ++counters_.packets;
    if (!record) {
      ++counters_.refused;
      counters_.refused_why = record.error().param("why");
      return;
    }
    ++counters_.records;
    counters_.samples += record->size();
    counters_.clipped += record->clipped;
    const int64_t end_us = record->end_us();
    counters_.newest_us = std::max(counters_.newest_us, end_us);
    if (const auto it = station_at_.find(record->network + "." + record->station); it != station_at_.end()) {
      ++stations_[it->second].records;
      stations_[it->second].newest_us = std::max(stations_[it->second].newest_us, end_us);
    }
    const auto stream = record->stream();
    if (const auto it = tails_.find(stream); it != tails_.end()) {
      const double off = static_cast<double>(record->start_us - it->second.end_us) * it->second.rate_hz / 1e6;
      counters_.gaps += off > 0.5;
      counters_.overlaps += off < -0.5;
      it->second = {end_us, record->rate_hz};
    } else if (tails_.size() < kStreamsMax) {
      tails_.emplace(stream, Tail{end_us, record->rate_hz});
    }
  }

  void hang_up() {
    boost::system::error_code ignored;
    if (line_) line_->socket.close(ignored);
    line_.reset();
  }

  // Gives the connection up; the next is tried when it is due.
  void lose(const std::string& why) {
    hang_up();
    failures_ = std::min(failures_ + 1, 20);
    due_ = clock_.monotonic() + std::min(timing_.retry_max, timing_.retry * (int64_t{1} << (failures_ - 1)));
    {
      const std::scoped_lock guard(lock_);
      counters_.connected = counters_.streaming = false;
      counters_.fault = why;
      counters_.fault_at = clock_.now();
    }
    if (std::exchange(told_, why) != why) log_("seedlink " + source_.host + ": " + why);
  }

  const Clock& clock_;
  const SeedLinkSource source_;
  Sink sink_;
  std::function<void(std::string_view)> log_;
  const SeedLinkTiming timing_;
  SeedLinkConversation talk_;
  asio::io_context io_{1};
  LinePtr line_;
  std::shared_ptr<Lookup> lookup_;
  Millis due_;
  int failures_ = 0;
  size_t tries_ = 0;
  std::string told_;  // the last thing said about it
  std::unordered_map<std::string, Tail> tails_;
  std::unordered_map<std::string, size_t> station_at_;
  mutable std::mutex lock_;  // of what the page asks for
  SeedLinkCounters counters_;
  std::vector<SeedLinkStationState> stations_;
};

SeedLinkClient::SeedLinkClient(const Clock& clock, SeedLinkSource source, Sink sink, std::function<void(std::string_view)> log, SeedLinkTiming timing)
    : impl_(std::make_unique<Impl>(clock, std::move(source), std::move(sink), std::move(log), timing)) {}
SeedLinkClient::~SeedLinkClient() = default;
void SeedLinkClient::run() { impl_->run(); }
void SeedLinkClient::stop() { impl_->stopped_ = true; }
SeedLinkCounters SeedLinkClient::counters() const { return impl_->counters(); }
std::vector<SeedLinkStationState> SeedLinkClient::stations() const { return impl_->stations(); }

}  // namespace anlan
