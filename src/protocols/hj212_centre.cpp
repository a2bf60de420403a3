#include <fmt/format.h>

#include <charconv>

#include "protocols/hj212.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

unsigned number_of(std::string_view digits) {
  unsigned out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

// 9013 or 9014, with the QN of what is answered.
std::string answer(const Hj212Packet& to, const char* cn) {
  Hj212Header h{std::string(to.qn), "91", cn, std::string(to.pw), std::string(to.mn), to.flag & ~3u};
  h.packets = to.packets;
  h.packet = to.packet;
  return hj212_packet(h, {});
}

std::string factor_of(std::string_view factor) { return factor.empty() ? std::string() : fmt::format("PolId={}", factor); }

bool is_notice(unsigned cn) { return cn == 1013 || (cn >= 3000 && cn < 4000) || (cn >= 2081 && cn <= 2089); }
bool is_answer(unsigned cn) { return cn >= 9000 || cn == 1011 || cn == 1061 || cn == 1063; }

}  // namespace

std::vector<DeviceEvent> Hj212Centre::feed(std::string_view bytes, UtcTime now) {
  std::vector<DeviceEvent> events;
  for (const auto& piece : decoder_.feed(bytes)) events.push_back(event_of(piece, now));
  return events;
}

std::vector<DeviceEvent> Hj212Centre::feed_datagram(std::string_view bytes, UtcTime now) {
  auto events = feed(bytes, now);
  if (auto rest = finish()) events.push_back(std::move(*rest));
  return events;
}

std::optional<DeviceEvent> Hj212Centre::finish() {
  const auto piece = decoder_.finish();
  if (!piece) return std::nullopt;
  return fault_event(piece->fault, piece->why, piece->packet.raw);
}

DeviceEvent Hj212Centre::event_of(const Hj212Piece& piece, UtcTime now) {
  const auto& p = piece.packet;
  auto event = fault_event(piece.fault, piece.why, p.raw);
  const unsigned cn = number_of(p.cn);
  event.report.device = p.mn;
  event.report.function = cn;
  event.credential = p.pw;
  if (piece.fault != FrameFault::kNone) return event;
  event.report.sent = digit_time(p.qn).value_or(now);
  std::from_chars(p.qn.data(), p.qn.data() + p.qn.size(), event.report.serial);
  if (p.wants_answer() && cn < 9000) event.reply = answer(p, is_notice(cn) ? "9013" : "9014");

  std::string whole(p.cp);
  if (p.packets > 1 && !put_together(p, event, whole)) return event;
  if (is_answer(cn)) {
    event.kind = DeviceEventKind::kAnswer;
    event.attachment = whole;
    return event;
  }
  event.kind = is_notice(cn) ? DeviceEventKind::kNotice : DeviceEventKind::kReport;
  event.why = read_hj212_cp(whole, event.report.sent, event.report.observations);
  if (!event.why.empty()) event.fault = FrameFault::kMalformed;
  if (is_notice(cn)) event.attachment = whole;
  return event;
}

bool Hj212Centre::put_together(const Hj212Packet& p, DeviceEvent& event, std::string& whole) {
  const auto drop = [this] { parts_.clear(), message_bytes_ = 0, packets_ = 0; };
  const auto refuse = [&](std::string why) {
    drop();
    event.kind = DeviceEventKind::kFault;
    event.fault = FrameFault::kFragments;
    event.why = std::move(why);
    event.reply.clear();
    return false;
  };
  if (p.packets > kPacketsMax || p.packet == 0 || p.packet > p.packets) return refuse(fmt::format("packet {} of {}", p.packet, p.packets));
  auto name = fmt::format("{} {} {}", p.qn, p.mn, p.cn);
  if (name != message_ || p.packets != packets_) {
    drop();
    message_ = std::move(name);
    packets_ = p.packets;
  }
  auto& part = parts_[p.packet];
  message_bytes_ += p.cp.size() - part.size();
  part = p.cp;
  if (message_bytes_ > kMessageBytesMax) return refuse("a message in packets is longer than 256 KiB");
  event.kind = DeviceEventKind::kFragment;
  if (parts_.size() < packets_) return false;
  whole.clear();
  for (const auto& [number, cp] : parts_) whole += (whole.empty() ? "" : ";") + cp;
  drop();
  return true;
}

std::string hj212_ask_time(Hj212Header to, UtcTime now, std::string_view factor) {
  to.qn = hj212_qn(now);
  to.cn = "1011";
  to.flag = 5;
  return hj212_packet(to, factor_of(factor));
}

std::string hj212_set_time(Hj212Header to, UtcTime now, UtcTime time, std::string_view factor) {
  to.qn = hj212_qn(now);
  to.cn = "1012";
  to.flag = 5;
  auto cp = factor_of(factor);
  if (!cp.empty()) cp += ",";
  return hj212_packet(to, cp + "SystemTime=" + digits_of_time(time, false));
}

std::string hj212_wants_time(Hj212Header from, UtcTime now, std::string_view factor) {
  from.qn = hj212_qn(now);
  from.cn = "1013";
  from.flag = 5;
  return hj212_packet(from, factor_of(factor));
}

std::string hj212_request_answer(const Hj212Packet& request, int qn_rtn) {
  return hj212_packet({std::string(request.qn), "91", "9011", std::string(request.pw), std::string(request.mn), request.flag & ~3u},
                      fmt::format("QnRtn={}", qn_rtn));
}

std::string hj212_result(const Hj212Packet& request, int exe_rtn) {
  return hj212_packet({std::string(request.qn), "91", "9012", std::string(request.pw), std::string(request.mn), request.flag & ~3u},
                      fmt::format("ExeRtn={}", exe_rtn));
}

}  // namespace anlan
