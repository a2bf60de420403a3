#include "gateway/seedlink_simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

#include "protocols/packed_bytes.h"
#include "protocols/seedlink.h"

namespace anlan {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kTurn = std::chrono::milliseconds(10);
constexpr size_t kLineMax = 1'024, kSelectorsMax = 32, kAtOnce = 64;  // packets that wait to be sent to one client

// Moves a record in time, in steps of its own clock (0.1 ms).
void move_record(std::string& record, int64_t by_us) {
  const unsigned as_big = u16_at(record, 20);
  const bool little = as_big < 1900 || as_big > 2100;
  const auto u16 = [&](size_t at) -> unsigned { return little ? byte_at(record, at) | byte_at(record, at + 1) << 8 : u16_at(record, at); };
  const auto put = [&](size_t at, unsigned v) {
    record[at + (little ? 1 : 0)] = static_cast<char>(v >> 8);
    record[at + (little ? 0 : 1)] = static_cast<char>(v);
  };
  const auto first_day = from_civil({static_cast<int>(u16(20)), 1, 1, byte_at(record, 24), byte_at(record, 25), byte_at(record, 26), 0}, 0);
  const int64_t ticks = (first_day.ms + (int64_t{u16(22)} - 1) * 86'400'000) * 10 + u16(28) + by_us / 100;
  const int64_t second = ticks >= 0 ? ticks / 10'000 : (ticks - 9'999) / 10'000;
  const auto c = to_civil(UtcTime{second * 1'000}, 0);
  const int64_t new_year = from_civil({c.year, 1, 1, 0, 0, 0, 0}, 0).ms / 1'000;
  put(20, static_cast<unsigned>(c.year));
  put(22, static_cast<unsigned>((second - new_year) / 86'400 + 1));
  record[24] = static_cast<char>(c.hour);
  record[25] = static_cast<char>(c.minute);
  record[26] = static_cast<char>(c.second);
  put(28, static_cast<unsigned>(ticks - second * 10'000));
}

// A record of text, as INFO is answered.
std::string info_packet(std::string_view text) {
  std::string r(kSeedLinkRecord, '\0');
  r.replace(0, 20, "000000D INFO   INFSL");
  text = text.substr(0, kSeedLinkRecord - 64);
  const auto put = [&](size_t at, unsigned v) {
    r[at] = static_cast<char>(v >> 8);
    r[at + 1] = static_cast<char>(v);
  };
  put(20, 2000);
  put(22, 1);
  put(30, static_cast<unsigned>(text.size()));
  r[39] = 1;
  put(44, 64);
  put(46, 48);
  put(48, 1000);
  r[53] = 1;
  r[54] = 9;
  r.replace(64, text.size(), text);
  return "SLINFO  " + r;
}

// "[LL]CCC[.T]" with ? for any character, "!" before it for all others. A blank location is written as blanks or dashes.
bool selects(std::string_view selector, const RecordOrigin& origin) {
  selector = selector.substr(0, selector.find('.'));
  std::string have = origin.channel;
  if (selector.size() > 3) {
    std::string location = origin.location;
    location.resize(2, '-');
    have = location + have;
  }
  if (selector.size() != have.size()) return false;
  for (size_t i = 0; i < have.size(); ++i)
    if (selector[i] != '?' && selector[i] != have[i]) return false;
  return true;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < line.size() && out.size() < 8;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) out.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

Result<std::vector<std::string>> seedlink_records(std::span<const MiniseedRecord> waves, double seconds) {
  std::vector<std::string> out;
  for (const auto& wave : waves) {
    const auto step = static_cast<size_t>(std::max(1.0, std::floor(wave.rate_hz * seconds)));
    for (size_t at = 0; at < wave.size(); at += step) {
      MiniseedRecord piece{wave.network, wave.station, wave.location, wave.channel};
      piece.rate_hz = wave.rate_hz;
      piece.start_us = wave.start_us + static_cast<int64_t>(std::llround(static_cast<double>(at) / wave.rate_hz * 1e6));
      const auto part = [&](const auto& from, auto& to) {
        if (!from.empty()) to.assign(from.begin() + static_cast<std::ptrdiff_t>(at), from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), at + step)));
      };
      part(wave.counts, piece.counts);
      part(wave.values, piece.values);
      TRY(records, write_miniseed(piece, kSeedLinkRecord, static_cast<uint32_t>(out.size() + 1)));
      out.insert(out.end(), std::make_move_iterator(records.begin()), std::make_move_iterator(records.end()));
    }
  }
  return out;
}

class SeedLinkSimulator::Impl {
 public:
  Impl(const Clock& clock, SeedLinkPlay play, std::function<void(std::string_view)> log) : clock_(clock), play_(std::move(play)), log_(std::move(log)) {}

  Result<void> load(std::vector<std::string> records) {
    const auto wrong = [](const std::string& why) { return Error(ErrorCode::kInvalidField, {{"field", "SeedLink"}, {"why", why}}); };
    if (records.empty() || records.size() > kRecordsMax) return wrong("没有记录或记录过多 / no records, or too many");
    if (!(play_.speed >= 0 && play_.speed <= 1e6)) return wrong("速度无效 / the speed is none");
    packets_.reserve(records.size());
    for (auto& r : records) {
      if (r.size() != kSeedLinkRecord) return wrong(fmt::format("记录为 {0} 字节，应为 512 / a record of {0} bytes, not 512", r.size()));
      TRY(read, read_miniseed(r));
      const auto origin = origin_of_record(r);
      if (!origin) return wrong("台站代码无效 / the codes of a record are none");
      stations_.emplace(origin->network + " " + origin->station, stations_.size());
      packets_.push_back({read.end_us(), packets_.size(), stations_.at(origin->network + " " + origin->station), std::move(r), *origin});
    }
    std::sort(packets_.begin(), packets_.end(), [](const Packet& a, const Packet& b) { return std::tie(a.end_us, a.given) < std::tie(b.end_us, b.given); });
    return {};
  }

  Result<void> listen() {
    const size_t colon = play_.address.rfind(':');
    boost::system::error_code fault;
    const auto address = asio::ip::make_address(play_.address.substr(0, colon == std::string::npos ? 0 : colon), fault);
    const int port = colon == std::string::npos ? -1 : std::atoi(play_.address.c_str() + colon + 1);
    const auto unusable = [&](const std::string& why) { return Error(ErrorCode::kStoreUnavailable, {{"why", "SeedLink " + play_.address + ": " + why}}); };
    if (fault || port < 0 || port > 65'535) return unusable("不是地址 / not an address");
    const tcp::endpoint at(address, static_cast<uint16_t>(port));
    acceptor_.open(at.protocol(), fault);
    if (!fault) acceptor_.set_option(tcp::acceptor::reuse_address(true), fault);
    if (!fault) acceptor_.bind(at, fault);
    if (!fault) acceptor_.listen(64, fault);
    if (fault) return unusable(fault.message());
    port_ = acceptor_.local_endpoint().port();
    return {};
  }

  void run() {
    accept();
    while (!stopped_) {
      io_.run_one_for(kTurn);
      for (int i = 0; i < 4'096 && io_.poll_one() > 0; ++i) {
      }
      io_.restart();
      if (cut_.exchange(false)) close_all();
      advance();
      for (const auto& c : std::vector<ClientPtr>(clients_)) pump(c);
      if (!accepting_) accept();
    }
    close_all();
    io_.poll();
  }

  std::atomic<bool> stopped_{false}, cut_{false};
  std::atomic<size_t> open_{0}, due_{0};
  std::atomic<uint64_t> served_{0};
  uint16_t port_ = 0;
  size_t records() const { return packets_.size(); }

 private:
  struct Packet {
    int64_t end_us;
    size_t given;  // in which place
    size_t station;
    std::string record;
    RecordOrigin origin;
  };
  struct Subscription {
    std::vector<std::string> selectors;
    size_t from = 0;
    bool active = false;  // DATA or TIME was said
  };
  struct Client {
    explicit Client(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::array<char, 4'096> bytes;
    std::string line, outgoing, being_sent;
    bool writing = false, batch = false, streaming = false, ended = false, leaving = false;
    std::map<size_t, Subscription> wanted;  // by station
    Subscription* current = nullptr;
    size_t at = 0;  // the next packet to look at
  };
  using ClientPtr = std::shared_ptr<Client>;

  bool is_here(const ClientPtr& c) const { return std::find(clients_.begin(), clients_.end(), c) != clients_.end(); }
  void close(const ClientPtr& c) {
    std::erase(clients_, c);
    boost::system::error_code ignored;
    c->socket.close(ignored);
    open_ = clients_.size();
  }

  void close_all() {
    while (!clients_.empty()) close(ClientPtr(clients_.back()));
  }

  void accept() {
    accepting_ = true;
    acceptor_.async_accept([this](boost::system::error_code fault, tcp::socket socket) {
      accepting_ = false;
      if (stopped_ || fault) return;  // out of descriptors: not again before the next turn
      if (clients_.size() < kClientsMax) {
        clients_.push_back(std::make_shared<Client>(std::move(socket)));
        open_ = clients_.size();
        read(clients_.back());
      }
      accept();
    });
  }

  void read(const ClientPtr& c) {
    c->socket.async_read_some(asio::buffer(c->bytes), [this, c](boost::system::error_code fault, size_t n) {
      if (stopped_ || !is_here(c)) return;
      if (fault) return close(c);
      for (const char byte : std::string_view(c->bytes.data(), n)) {
        if (byte != '\r' && byte != '\n') {
          c->line += byte;
          if (c->line.size() > kLineMax) return close(c);
        } else if (!c->line.empty()) {
          const auto line = std::exchange(c->line, {});
          obey(c, line);
        }
      }
      pump(c);
      if (is_here(c)) read(c);
    });
  }

  void answer(const ClientPtr& c, bool ok) {
    if (!c->batch) c->outgoing += ok ? "OK\r\n" : "ERROR\r\n";
  }

  void obey(const ClientPtr& c, std::string_view line) {
    const auto words = words_of(line);
    if (words.empty()) return;
    const auto word = words[0];
    if (word == "HELLO") {
      c->outgoing += "SeedLink v3.1 (Anlan simulator) :: SLPROTO:3.1\r\n演练 drill\r\n";
    } else if (word == "INFO") {
      c->outgoing += info_packet("<?xml version=\"1.0\"?><seedlink software=\"SeedLink v3.1 (Anlan simulator)\" organization=\"drill\"/>");
    } else if (word == "BYE") {
      c->leaving = true;
    } else if (c->streaming) {
      return;
    } else if (word == "BATCH") {
      answer(c, true);
      c->batch = true;
    } else if (word == "STATION") {
      const auto it = words.size() == 3 ? stations_.find(std::string(words[2]) + " " + std::string(words[1])) : stations_.end();
      c->current = it == stations_.end() ? nullptr : &c->wanted[it->second];
      answer(c, c->current);
    } else if (word == "SELECT") {
      const bool room = c->current && words.size() == 2 && c->current->selectors.size() < kSelectorsMax;
      if (room) c->current->selectors.emplace_back(words[1]);
      answer(c, room);
    } else if (word == "DATA" || word == "TIME") {
      const auto from = !c->current ? std::nullopt : word == "DATA" ? position_of(words) : position_at(words);
      if (from) {
        c->current->from = *from;
        c->current->active = true;
      }
      answer(c, from.has_value());
    } else if (word == "END") {
      begin(c);
    } else {
      answer(c, false);
    }
  }

  // DATA: what comes next. DATA 00001A ...: that packet, when it was or is next.
  std::optional<size_t> position_of(const std::vector<std::string_view>& words) const {
    if (words.size() < 2) return due_.load();
    uint32_t sequence = 0;
    const auto [after, code] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), sequence, 16);
    if (code != std::errc() || after != words[1].data() + words[1].size() || sequence == 0 || sequence > due_ + 1) return std::nullopt;
    return sequence - 1;
  }
  // TIME 2023,12,18,15,59,00: the first that ends behind it.
  std::optional<size_t> position_at(const std::vector<std::string_view>& words) const {
    if (words.size() < 2) return std::nullopt;
    int part[6]{};
    std::string_view text = words[1];
    for (auto& p : part) {
      const auto [after, code] = std::from_chars(text.data(), text.data() + text.size(), p);
      if (code != std::errc()) return std::nullopt;
      text.remove_prefix(std::min(text.size(), static_cast<size_t>(after - text.data()) + 1));
    }
    if (part[0] < 1970 || part[0] > 2100 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) return std::nullopt;
    const int64_t us = from_civil({part[0], part[1], part[2], part[3], part[4], part[5], 0}, 0).ms * 1'000;
    return static_cast<size_t>(std::partition_point(packets_.begin(), packets_.end(), [&](const Packet& p) { return p.end_us <= us; }) - packets_.begin());
  }

  void begin(const ClientPtr& c) {
    std::erase_if(c->wanted, [](const auto& w) { return !w.second.active; });
    c->current = nullptr;
    c->at = packets_.size();
    for (const auto& [station, s] : c->wanted) c->at = std::min(c->at, s.from);
    c->streaming = true;
    if (began_) return;
    began_ = clock_.monotonic();
    if (play_.redate) {
      const int64_t by_us = (clock_.now().ms * 1'000 - packets_.front().end_us) / 100 * 100;
      for (auto& p : packets_) {
        move_record(p.record, by_us);
        p.end_us += by_us;
      }
    }
    log_(fmt::format("seedlink drill: {} records begin", packets_.size()));
    advance();
  }

  void advance() {
    if (!began_ || due_ == packets_.size()) return;
    size_t due = due_;
    const double elapsed_us = static_cast<double>((clock_.monotonic() - *began_).count) * 1e3 * play_.speed;
    while (due < packets_.size() && (play_.speed == 0 || static_cast<double>(packets_[due].end_us - packets_.front().end_us) <= elapsed_us)) ++due;
    due_ = due;
  }

  bool wants(const Client& c, size_t i) const {
    const auto it = c.wanted.find(packets_[i].station);
    if (it == c.wanted.end() || i < it->second.from) return false;
    bool any = false, taken = false;
    for (const auto& s : it->second.selectors) {
      if (s.starts_with('!')) {
        if (selects(std::string_view(s).substr(1), packets_[i].origin)) return false;
        continue;
      }
      any = true;
      taken = taken || selects(s, packets_[i].origin);
    }
    return taken || !any;
  }

  void pump(const ClientPtr& c) {
    if (c->streaming && !c->ended) {
      for (; c->at < due_ && c->outgoing.size() < kAtOnce * kSeedLinkPacket; ++c->at) {
        if (!wants(*c, c->at)) continue;
        c->outgoing += fmt::format("SL{:06X}", (c->at + 1) & 0xFFFFFF);
        c->outgoing += packets_[c->at].record;
        ++served_;
      }
      if (play_.end_after && c->at >= packets_.size()) {
        c->outgoing += "END";
        c->ended = true;
      }
    }
    if (c->writing) return;
    if (c->outgoing.empty()) {
      if (c->leaving) close(c);
      return;
    }
    c->writing = true;
    c->being_sent = std::exchange(c->outgoing, {});
    asio::async_write(c->socket, asio::buffer(c->being_sent), [this, c](boost::system::error_code fault, size_t) {
      c->writing = false;
      if (stopped_ || !is_here(c)) return;
      if (fault) return close(c);
      pump(c);
    });
  }

  const Clock& clock_;
  const SeedLinkPlay play_;
  std::function<void(std::string_view)> log_;
  std::vector<Packet> packets_;
  std::map<std::string, size_t> stations_;  // "NET STA"
  std::optional<Millis> began_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  bool accepting_ = false;
  std::vector<ClientPtr> clients_;
};

SeedLinkSimulator::SeedLinkSimulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SeedLinkSimulator::~SeedLinkSimulator() = default;
Result<std::unique_ptr<SeedLinkSimulator>> SeedLinkSimulator::open(const Clock& clock, std::vector<std::string> records, SeedLinkPlay play, std::function<void(std::string_view)> log) {
  auto impl = std::make_unique<Impl>(clock, std::move(play), std::move(log));
  TRY_VOID(impl->load(std::move(records)));
  TRY_VOID(impl->listen());
  return std::unique_ptr<SeedLinkSimulator>(new SeedLinkSimulator(std::move(impl)));
}
void SeedLinkSimulator::run() { impl_->run(); }
void SeedLinkSimulator::stop() { impl_->stopped_ = true; }
void SeedLinkSimulator::cut() { impl_->cut_ = true; }
uint16_t SeedLinkSimulator::port() const { return impl_->port_; }
size_t SeedLinkSimulator::clients() const { return impl_->open_; }
uint64_t SeedLinkSimulator::served() const { return impl_->served_; }
size_t SeedLinkSimulator::due() const { return impl_->due_; }
size_t SeedLinkSimulator::records() const { return impl_->records(); }

}  // namespace anlan
