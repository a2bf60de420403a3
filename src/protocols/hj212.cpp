#include "protocols/hj212.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/check.h"
#include "protocols/check_sums.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

constexpr size_t kObservationsMax = 1024;

Hj212Piece fault(FrameFault what, std::string why, std::string_view raw) {
  Hj212Piece piece{what, std::move(why), {}};
  piece.packet.raw = raw;
  return piece;
}

std::string_view cut_at(std::string_view& rest, char stop) {
  const auto end = rest.find(stop);
  const auto out = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return out;
}

template <class T>
bool read_number(std::string_view text, T& out) {
  const auto [after, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && after == text.data() + text.size();
}

std::string read_segment(std::string_view segment, Hj212Packet& p) {
  const auto cp = segment.find("CP=&&");
  if (cp == std::string_view::npos) return "CP is missing";
  const auto close = segment.rfind("&&");
  if (close < cp + 5) return "CP is not closed";
  p.cp = segment.substr(cp + 5, close - cp - 5);
  auto head = segment.substr(0, cp);
  while (!head.empty()) {
    auto item = cut_at(head, ';');
    if (item.empty()) continue;
    const auto key = cut_at(item, '=');
    // The longest, MN, has 24 characters; what is echoed in an answer must stay short.
    if (item.size() > 64) return "a field of the head is longer than 64 characters";
    if (key == "QN") p.qn = item;
    else if (key == "ST") p.st = item;
    else if (key == "CN") p.cn = item;
    else if (key == "PW") p.pw = item;
    else if (key == "MN") p.mn = item;
    else if (key == "Flag" && !read_number(item, p.flag)) return "Flag is not a number";
    else if (key == "PNUM" && !read_number(item, p.packets)) return "PNUM is not a number";
    else if (key == "PNO" && !read_number(item, p.packet)) return "PNO is not a number";
  }
  if (p.mn.empty()) return "MN is missing";
  unsigned cn = 0;
  if (p.cn.size() != 4 || !read_number(p.cn, cn)) return "CN is not four digits";
  return {};
}

bool is_bad_flag(char flag) { return flag == 'M' || flag == 'D' || flag == 'C' || flag == 'T' || flag == 'B'; }

}  // namespace

std::vector<Hj212Piece> Hj212Decoder::feed(std::string_view bytes) {
  std::vector<Hj212Piece> pieces;
  const auto all = buffer_.add(bytes);
  size_t at = 0, garbage = 0;
  const auto end_garbage = [&](size_t until) {
    auto run = all.substr(garbage, until - garbage);
    while (!run.empty() && (run[0] == '\r' || run[0] == '\n')) run.remove_prefix(1);
    if (!run.empty()) pieces.push_back(fault(FrameFault::kGarbage, fmt::format("{} bytes between packets", run.size()), run));
  };
  while (at < all.size()) {
    const size_t start = all.find("##", at);
    if (start == std::string_view::npos) {
      at = all.back() == '#' ? all.size() - 1 : all.size();
      break;
    }
    const auto packet = all.substr(start);
    size_t length = 0, digits = 0;
    while (digits < 4 && 2 + digits < packet.size() && packet[2 + digits] >= '0' && packet[2 + digits] <= '9')
      length = length * 10 + static_cast<size_t>(packet[2 + digits++] - '0');
    if (digits < 4 && 2 + digits == packet.size()) {
      at = start;
      break;
    }
    if (digits < 4 || length > kHj212SegmentMax) {
      if (digits == 4) {
        end_garbage(start);
        pieces.push_back(fault(FrameFault::kLength, fmt::format("a segment of {} characters, 4,096 at most", length), packet.substr(0, 6)));
        garbage = start + 6;
      }
      at = start + (digits == 4 ? 6 : 1);
      continue;
    }
    const size_t size = 6 + length + 4;
    if (packet.size() < size) {
      at = start;
      break;
    }
    end_garbage(start);
    const auto segment = packet.substr(6, length);
    unsigned received = 0;
    const auto sum = packet.substr(6 + length, 4);
    const auto [after, code] = std::from_chars(sum.data(), sum.data() + 4, received, 16);
    const bool is_hex = code == std::errc() && after == sum.data() + 4;
    const unsigned computed = crc_hj212(segment);
    if (is_hex && received == computed) {
      Hj212Piece piece;
      piece.packet.raw = packet.substr(0, size);
      if (auto why = read_segment(segment, piece.packet); !why.empty()) {
        piece.fault = FrameFault::kMalformed;
        piece.why = std::move(why);
      }
      pieces.push_back(std::move(piece));
      at = garbage = start + size;
      continue;
    }
    const bool framed = is_hex && (packet.size() == size || packet[size] == '\r' || packet[size] == '#');
    pieces.push_back(is_hex ? fault(FrameFault::kCheckSum, fmt::format("CRC {:04X} received, {:04X} computed", received, computed), packet.substr(0, size))
                            : fault(FrameFault::kLength, fmt::format("no CRC after {} characters", length), packet.substr(0, size)));
    at = garbage = start + (framed ? size : 2);
  }
  end_garbage(at);
  buffer_.take(at);
  return pieces;
}

std::optional<Hj212Piece> Hj212Decoder::finish() {
  const auto rest = buffer_.rest();
  if (rest.empty()) return std::nullopt;
  buffer_.take(rest.size());
  return fault(FrameFault::kLength, fmt::format("{} bytes of an unfinished packet", rest.size()), rest);
}

std::string hj212_packet(const Hj212Header& h, std::string_view cp) {
  std::string s;
  if (!h.qn.empty()) s += "QN=" + h.qn + ";";
  if (!h.st.empty()) s += "ST=" + h.st + ";";
  s += "CN=" + h.cn + ";";
  if (!h.pw.empty()) s += "PW=" + h.pw + ";";
  s += "MN=" + h.mn + ";Flag=" + std::to_string(h.packets ? h.flag | 2 : h.flag) + ";";
  if (h.packets) s += fmt::format("PNUM={};PNO={};", h.packets, h.packet);
  s += "CP=&&";
  s += cp;
  s += "&&";
  CHECK(s.size() <= kHj212SegmentMax);
  return fmt::format("##{:04}{}{:04X}\r\n", s.size(), s, crc_hj212(s));
}

std::string hj212_qn(UtcTime time) { return digits_of_time(time, true); }

std::string read_hj212_cp(std::string_view cp, UtcTime fallback, std::vector<Observation>& out) {
  std::string why;
  auto at = fallback;
  const size_t first = out.size();
  while (!cp.empty()) {
    auto item = cut_at(cp, ';');
    const size_t item_first = out.size();
    std::string_view factor;
    char flag = 0;
    while (!item.empty()) {
      auto value = cut_at(item, ',');
      const auto key = cut_at(value, '=');
      if (key == "DataTime") {
        if (const auto time = digit_time(value))
          at = *time;
        else
          why = "DataTime is no date";
        continue;
      }
      const auto dash = key.find('-');
      if (dash == std::string_view::npos) continue;  // PolId, BeginTime ..: about the message, not measured
      factor = key.substr(0, dash);
      const auto statistic = key.substr(dash + 1);
      if (statistic == "Flag") {
        flag = value.empty() ? 0 : value[0];
        continue;
      }
      if (statistic == "SampleTime" || statistic == "EFlag" || statistic == "Info" || statistic == "SN") continue;
      if (out.size() - first == kObservationsMax) return "more than 1,024 observations in one message";
      Observation o;
      o.element = key;
      o.bad = !read_number(value, o.value) || !std::isfinite(o.value);
      if (o.bad) o.value = 0;
      out.push_back(std::move(o));
    }
    for (size_t i = item_first; i < out.size(); ++i) {
      out[i].flag = flag;
      out[i].bad = out[i].bad || is_bad_flag(flag);
    }
  }
  // DataTime may stand behind the factors.
  for (size_t i = first; i < out.size(); ++i) out[i].at = at;
  return why;
}

}  // namespace anlan
