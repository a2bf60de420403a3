#include "protocols/seedlink.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

bool is_code(std::string_view text, size_t longest, std::string_view also = {}) {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [&](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.find(c) != also.npos; });
}

std::string moment(UtcTime t) {
  const auto c = to_civil(t, 0);
  return fmt::format("{:04},{:02},{:02},{:02},{:02},{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
  return out;
}

Error wrong(const std::string& why) { return Error(ErrorCode::kInvalidField, {{"field", "SeedLink"}, {"why", why}}); }

std::optional<std::string> code_at(std::string_view record, size_t at, size_t length) {
  auto text = record.substr(at, length);
  while (!text.empty() && (text.back() == ' ' || text.back() == 0)) text.remove_suffix(1);
  if (std::any_of(text.begin(), text.end(), [](char c) { return c < 0x21 || c > 0x7E; })) return std::nullopt;
  return std::string(text);
}

}  // namespace

std::optional<RecordOrigin> origin_of_record(std::string_view record) {
  if (record.size() < 48) return std::nullopt;
  const auto station = code_at(record, 8, 5), location = code_at(record, 13, 2), channel = code_at(record, 15, 3), network = code_at(record, 18, 2);
  if (!station || !location || !channel || !network) return std::nullopt;
  RecordOrigin out{*network, *station, *location, *channel, {}};
  unsigned year = u16_at(record, 20), day = u16_at(record, 22);
  if (year < 1900 || year > 2100) {
    year = year >> 8 | (year & 255) << 8;
    day = day >> 8 | (day & 255) << 8;
  }
  if (year >= 1970 && year <= 2100 && day >= 1 && day <= 366 && byte_at(record, 24) < 24 && byte_at(record, 25) < 60 && byte_at(record, 26) < 61)
    out.start = from_civil({static_cast<int>(year), 1, 1, byte_at(record, 24), byte_at(record, 25), byte_at(record, 26), 0}, 0) + hours(24) * (static_cast<int>(day) - 1);
  return out;
}

Result<std::vector<SeedLinkStation>> read_seedlink_stations(std::string_view text) {
  std::vector<SeedLinkStation> out;
  const auto trim = [](std::string_view t) {
    while (!t.empty() && (t.front() == ' ' || t.front() == '\n' || t.front() == '\r' || t.front() == '\t')) t.remove_prefix(1);
    while (!t.empty() && (t.back() == ' ' || t.back() == '\n' || t.back() == '\r' || t.back() == '\t')) t.remove_suffix(1);
    return t;
  };
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    const auto item = trim(text.substr(at, end - at));
    at = end + 1;
    if (item.empty()) continue;
    const size_t colon = item.find(':'), bar = item.find('_');
    const auto code = item.substr(0, colon);
    if (bar == item.npos || bar >= code.size()) return wrong(printable(item.substr(0, 40)) + "：应为 台网_台站 / expected NET_STA");
    SeedLinkStation s{std::string(code.substr(0, bar)), std::string(code.substr(bar + 1))};
    auto rest = colon == item.npos ? std::string_view{} : item.substr(colon + 1);
    for (rest = trim(rest); !rest.empty(); rest = trim(rest)) {
      const auto word = rest.substr(0, rest.find_first_of(" \t\r\n"));
      s.selectors.emplace_back(word);
      rest.remove_prefix(word.size());
    }
    if (out.size() == SeedLinkConversation::kStationsMax) return wrong("台站过多 / too many stations");
    out.push_back(std::move(s));
  }
  TRY(checked, SeedLinkConversation::with(out));
  return checked.stations();
}

Result<SeedLinkConversation> SeedLinkConversation::with(std::vector<SeedLinkStation> stations) {
  if (stations.empty() || stations.size() > kStationsMax) return wrong(fmt::format("应有 1–{0} 个台站 / 1 to {0} stations are wanted", kStationsMax));
  for (const auto& s : stations) {
    if (!is_code(s.network, 2) || !is_code(s.station, 5)) return wrong(printable(s.network.substr(0, 8) + "_" + s.station.substr(0, 8)) + "：不是台网、台站代码 / not codes of a network and a station");
    if (s.selectors.size() > kSelectorsMax) return wrong(s.network + "_" + s.station + "：通道选择过多 / too many selectors");
    for (const auto& selector : s.selectors)
      if (!is_code(selector, 8, "?-.!")) return wrong(printable(selector.substr(0, 12)) + "：不是通道选择 / not a selector");
  }
  SeedLinkConversation out(std::move(stations));
  for (size_t i = 0; i < out.stations_.size(); ++i)
    if (const auto& s = out.stations_[i]; !out.by_code_.emplace(s.network + "_" + s.station, i).second) return wrong(s.network + "_" + s.station + "：重复 / comes twice");
  return out;
}

std::string SeedLinkConversation::open() {
  buffer_.clear();
  state_ = State::greeting;
  at_ = selector_ = accepted_ = selectors_taken_ = 0;
  server_.clear();
  for (auto& s : stations_) s.refused.clear();
  return "HELLO\r\n";
}

std::string SeedLinkConversation::keep_alive() const { return streaming() ? "INFO ID\r\n" : ""; }

void SeedLinkConversation::fail(SeedLinkNews& news, std::string why) {
  news.fault = std::move(why);
  state_ = State::over;
}

SeedLinkNews SeedLinkConversation::feed(std::string_view bytes) {
  SeedLinkNews news;
  if (state_ == State::closed || state_ == State::over) return news;
  buffer_.add(bytes);
  while (state_ != State::over) {
    const auto rest = buffer_.rest();
    if (state_ == State::streaming) {
      if (!take_packet(rest, news)) break;
      continue;
    }
    const size_t end = rest.find('\n');
    if (end == rest.npos || end > kLineMax) {
      if (rest.size() > kLineMax) fail(news, "应答行过长 / a line of the server is too long");
      break;
    }
    auto line = rest.substr(0, end);
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    take_line(line, news);
    buffer_.take(end + 1);
  }
  return news;
}

void SeedLinkConversation::take_line(std::string_view line, SeedLinkNews& news) {
  if (state_ == State::greeting) {
    if (line.find("SeedLink") == line.npos && line.find("SEEDLINK") == line.npos) return fail(news, "不是 SeedLink 服务器 / not a SeedLink server: " + printable(line.substr(0, 80)));
    server_ = printable(line);
    state_ = State::organisation;
    return;
  }
  if (state_ == State::organisation) {
    if (stations_.size() < kBatchFrom) return next_station(news);
    state_ = State::batch;
    news.send += "BATCH\r\n";
    return;
  }
  const bool ok = line == "OK";
  if (!ok && !line.starts_with("ERROR")) return fail(news, "应答无法识别 / an answer that is none: " + printable(line.substr(0, 80)));
  auto& s = stations_[std::min(at_, stations_.size() - 1)];
  switch (state_) {
    case State::batch:
      if (!ok) return next_station(news);
      news.send += everything();
      state_ = State::streaming;
      return;
    case State::station:
      if (ok) return next_selector(news);
      s.refused = "STATION";
      ++at_;
      return next_station(news);
    case State::select:
      if (ok) ++selectors_taken_;
      else s.refused += (s.refused.empty() ? "SELECT " : " ") + s.selectors[selector_];
      ++selector_;
      return next_selector(news);
    case State::data:
      if (!ok && (s.last || s.since)) {  // it no longer has that; what comes next is better than nothing
        s.refused += s.last ? " DATA" : " TIME";
        news.send += "DATA\r\n";
        state_ = State::data_again;
        return;
      }
      [[fallthrough]];
    case State::data_again:
      if (ok) ++accepted_;
      else s.refused = "DATA";
      ++at_;
      return next_station(news);
    default: return;
  }
}

void SeedLinkConversation::next_station(SeedLinkNews& news) {
  if (at_ == stations_.size()) return begin(news);
  news.send += "STATION " + stations_[at_].station + " " + stations_[at_].network + "\r\n";
  selector_ = selectors_taken_ = 0;
  state_ = State::station;
}

void SeedLinkConversation::next_selector(SeedLinkNews& news) {
  const auto& s = stations_[at_];
  if (selector_ < s.selectors.size()) {
    news.send += "SELECT " + s.selectors[selector_] + "\r\n";
    state_ = State::select;
    return;
  }
  if (!s.selectors.empty() && selectors_taken_ == 0) {  // DATA would bring every channel
    ++at_;
    return next_station(news);
  }
  news.send += data_command(s);
  state_ = State::data;
}

void SeedLinkConversation::begin(SeedLinkNews& news) {
  if (accepted_ == 0) return fail(news, "服务器不提供任何所要的台站 / the server has none of the stations");
  news.send += "END\r\n";
  state_ = State::streaming;
}

std::string SeedLinkConversation::data_command(const SeedLinkStation& s) const {
  if (s.last) return fmt::format("DATA {:06X}{}\r\n", (*s.last + 1) & 0xFFFFFF, s.last_time ? " " + moment(*s.last_time) : "");
  if (s.since) return "TIME " + moment(*s.since) + "\r\n";
  return "DATA\r\n";
}

std::string SeedLinkConversation::everything() const {
  std::string out;
  for (const auto& s : stations_) {
    out += "STATION " + s.station + " " + s.network + "\r\n";
    for (const auto& selector : s.selectors) out += "SELECT " + selector + "\r\n";
    out += data_command(s);
  }
  return out + "END\r\n";
}

// False when more bytes are wanted, or no more.
bool SeedLinkConversation::take_packet(std::string_view rest, SeedLinkNews& news) {
  constexpr std::string_view kEnd = "END", kError = "ERROR";
  const auto begins = [&](std::string_view word) { return rest.substr(0, word.size()) == word.substr(0, rest.size()); };
  if (rest.empty()) return false;
  if (begins(kEnd)) {
    if (rest.size() < kEnd.size()) return false;
    news.ended = true;
    state_ = State::over;
    return false;
  }
  if (begins(kError)) {
    if (rest.size() >= kError.size()) fail(news, "服务器报错 / the server reports an error");
    return false;
  }
  if (!begins("SL")) {
    fail(news, "数据流失去同步 / the stream is out of step");
    return false;
  }
  if (rest.size() < kSeedLinkPacket) return false;
  if (rest.substr(0, 6) == "SLINFO") {
    ++news.info;
  } else {
    SeedLinkPacket packet{0, rest.substr(8, kSeedLinkRecord)};
    const auto [after, code] = std::from_chars(rest.data() + 2, rest.data() + 8, packet.sequence, 16);
    if (code != std::errc() || after != rest.data() + 8) {
      fail(news, "数据流失去同步 / the stream is out of step");
      return false;
    }
    note(packet);
    news.packets.push_back(packet);
  }
  buffer_.take(kSeedLinkPacket);
  return true;
}

void SeedLinkConversation::note(const SeedLinkPacket& packet) {
  const auto origin = origin_of_record(packet.record);
  if (!origin) return;
  const auto it = by_code_.find(origin->network + "_" + origin->station);
  if (it == by_code_.end()) return;
  stations_[it->second].last = packet.sequence;
  if (origin->start) stations_[it->second].last_time = origin->start;
}

}  // namespace anlan
