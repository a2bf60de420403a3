#include "protocols/sl651_centre.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

bool is_answer_to_request(uint8_t function) { return (function >= 0x37 && function <= 0x3A) || (function >= 0x40 && function <= 0x51); }

std::string answer(const Sl651Frame& to, uint16_t serial, UtcTime now, Sl651End end, unsigned packets = 0, unsigned packet = 0) {
  const auto content = sl651_content(serial, now);
  Sl651Frame frame;
  frame.up = false;
  frame.centre = to.centre;
  frame.station = to.station;
  frame.password = to.password;
  frame.function = to.function;
  frame.packets = static_cast<uint16_t>(packets);
  frame.packet = static_cast<uint16_t>(packet);
  frame.content = content;
  frame.end = end;
  return sl651_frame(frame);
}

}  // namespace

std::vector<DeviceEvent> Sl651Centre::feed(std::string_view bytes, UtcTime now) {
  std::vector<DeviceEvent> events;
  for (const auto& piece : decoder_.feed(bytes)) events.push_back(event_of(piece, now));
  return events;
}

std::vector<DeviceEvent> Sl651Centre::feed_datagram(std::string_view bytes, UtcTime now) {
  auto events = feed(bytes, now);
  if (auto rest = finish()) events.push_back(std::move(*rest));
  return events;
}

std::optional<DeviceEvent> Sl651Centre::finish() {
  const auto piece = decoder_.finish();
  if (!piece) return std::nullopt;
  return fault_event(piece->fault, piece->why, piece->frame.raw);
}

DeviceEvent Sl651Centre::event_of(const Sl651Piece& piece, UtcTime now) {
  const auto& frame = piece.frame;
  if (piece.fault != FrameFault::kNone) {
    auto event = fault_event(piece.fault, piece.why, frame.raw);
    event.report.device = frame.station;
    event.report.function = frame.function;
    return event;
  }
  if (!frame.up) return fault_event(FrameFault::kMalformed, "a request came from a station", frame.raw);
  auto event = frame.packets ? packet(frame, now) : report(frame, frame.content, now);
  event.raw = frame.raw;
  event.credential = fmt::format("{:04X}", frame.password);
  if (event.report.device.empty()) event.report.device = frame.station;
  event.report.function = frame.function;
  return event;
}

DeviceEvent Sl651Centre::report(const Sl651Frame& frame, std::string_view whole, UtcTime now) {
  const auto content = read_sl651_content(whole);
  if (!content) return fault_event(FrameFault::kMalformed, "serial number or time of sending cannot be read", frame.raw);
  DeviceEvent event;
  event.report.serial = content->serial;
  event.report.sent = content->sent;
  if (frame.function == 0x2F) {
    event.kind = DeviceEventKind::kKeepAlive;
    return event;
  }
  const auto body = read_sl651_elements(frame.function, content->sent, content->rest, event.report.observations);
  if (!body.station.empty()) event.report.device = body.station;
  if (!body.why.empty()) {
    event.fault = FrameFault::kMalformed;
    event.why = body.why;
  }
  if (!body.picture.empty()) {
    event.kind = DeviceEventKind::kPicture;
    event.attachment = body.picture;
  } else if (!body.text.empty()) {
    event.kind = DeviceEventKind::kText;
    event.attachment = body.text;
  } else if (is_answer_to_request(frame.function) && event.report.observations.empty()) {
    event.kind = DeviceEventKind::kAnswer;
    event.attachment = body.answer;
  } else {
    event.kind = DeviceEventKind::kReport;
  }
  // Also a report that could be read only in part is acknowledged: sent again it would be no better.
  if (options_.acknowledge && !is_answer_to_request(frame.function) && frame.end != Sl651End::kEtb)
    event.reply = answer(frame, content->serial, now, options_.stay_online ? Sl651End::kEsc : Sl651End::kEot);
  return event;
}

void Sl651Centre::drop_message() {
  parts_.clear();
  message_bytes_ = packets_ = asked_ = 0;
}

DeviceEvent Sl651Centre::packet(const Sl651Frame& frame, UtcTime now) {
  if (frame.packets > kPacketsMax) return fault_event(FrameFault::kFragments, fmt::format("{} packets, 1024 at most", frame.packets), frame.raw);
  if (frame.station != station_ || frame.function != function_ || frame.packets != packets_) {
    drop_message();
    station_ = frame.station;
    function_ = frame.function;
    packets_ = frame.packets;
  }
  const auto [part, fresh] = parts_.try_emplace(frame.packet, frame.content);
  if (!fresh) {
    message_bytes_ -= part->second.size();
    part->second = frame.content;
  }
  message_bytes_ += frame.content.size();
  if (message_bytes_ > kMessageBytesMax) {
    drop_message();
    return fault_event(FrameFault::kFragments, "a message in packets is longer than 1 MiB", frame.raw);
  }
  if (parts_.size() == packets_) {
    std::string whole;
    whole.reserve(message_bytes_);
    for (const auto& [number, bytes] : parts_) whole += bytes;
    drop_message();
    auto last = frame;
    last.end = Sl651End::kEtx;
    return report(last, whole, now);
  }
  DeviceEvent event;
  event.kind = DeviceEventKind::kFragment;
  // The station sends on until ETX; only then is it known what is missing. Later each repeated packet asks for the next.
  const bool at_end = frame.end == Sl651End::kEtx || parts_.count(packets_) != 0;
  if (!at_end || !options_.acknowledge) return event;
  if (++asked_ > 2 * packets_) {
    drop_message();
    return fault_event(FrameFault::kFragments, "packets are still missing after being asked for", frame.raw);
  }
  unsigned missing = 1;
  while (parts_.count(missing)) ++missing;
  const auto first = parts_.find(1);
  const auto content = first == parts_.end() ? std::nullopt : read_sl651_content(first->second);
  event.reply = answer(frame, content ? content->serial : 0, now, Sl651End::kNak, packets_, missing);
  return event;
}

std::string sl651_request(const Sl651Frame& to, uint16_t serial, UtcTime now, std::string_view parameters) {
  auto frame = to;
  const auto content = sl651_content(serial, now) + std::string(parameters);
  frame.up = false;
  frame.packets = frame.packet = 0;
  frame.content = content;
  frame.end = Sl651End::kEnq;
  return sl651_frame(frame);
}

std::vector<std::string> sl651_packets(const Sl651Frame& from, std::string_view content, size_t packet_bytes) {
  CHECK(packet_bytes >= 1 && packet_bytes <= kSl651ContentMax - 3 && !content.empty());
  auto frame = from;
  const size_t packets = (content.size() + packet_bytes - 1) / packet_bytes;
  CHECK(packets <= 4095);
  std::vector<std::string> out;
  frame.packets = static_cast<uint16_t>(packets);
  for (size_t i = 0; i < packets; ++i) {
    frame.packet = static_cast<uint16_t>(i + 1);
    frame.content = content.substr(i * packet_bytes, packet_bytes);
    frame.end = i + 1 == packets ? Sl651End::kEtx : Sl651End::kEtb;
    out.push_back(sl651_frame(frame));
  }
  return out;
}

}  // namespace anlan
