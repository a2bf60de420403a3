#include <fmt/format.h>

#include "protocols/jtt808.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

bool read_positions(uint16_t id, std::string_view body, DeviceEvent& event) {
  auto& out = event.report.observations;
  const auto one = [&](std::string_view bytes) {
    const auto position = read_jtt808_position(bytes);
    if (!position) return false;
    put_observations(*position, out);
    event.report.sent = position->at;
    return true;
  };
  if (id == 0x0200) return one(body);
  if (id == 0x0201) return body.size() > 2 && one(body.substr(2));
  // 0704: count, kind, then each position with its length.
  if (body.size() < 3) return false;
  unsigned count = u16_at(body, 0);
  for (body.remove_prefix(3); count > 0; --count) {
    if (body.size() < 2 || body.size() < 2u + u16_at(body, 0)) return false;
    const size_t size = u16_at(body, 0);
    if (!one(body.substr(2, size))) return false;
    body.remove_prefix(2 + size);
  }
  return body.empty();
}

}  // namespace

std::vector<DeviceEvent> Jtt808Centre::feed(std::string_view bytes) {
  std::vector<DeviceEvent> events;
  for (const auto& piece : decoder_.feed(bytes)) events.push_back(event_of(piece));
  return events;
}

std::vector<DeviceEvent> Jtt808Centre::feed_datagram(std::string_view bytes) {
  auto events = feed(bytes);
  if (auto rest = finish()) events.push_back(std::move(*rest));
  return events;
}

std::optional<DeviceEvent> Jtt808Centre::finish() {
  const auto piece = decoder_.finish();
  if (!piece) return std::nullopt;
  return fault_event(piece->fault, piece->why, piece->raw);
}

std::string Jtt808Centre::send(uint16_t id, std::string_view body) {
  auto header = peer_;
  header.id = id;
  header.serial = serial_++;
  header.packets = header.packet = 0;
  return jtt808_frame(header, body);
}

std::string Jtt808Centre::answer(uint16_t id, uint16_t serial, Result808 result) {
  std::string body;
  put_u16(body, serial);
  put_u16(body, id);
  put_u8(body, static_cast<unsigned>(result));
  return send(0x8001, body);
}

std::string Jtt808Centre::registration_answer(uint16_t serial, uint8_t result, std::string_view code) {
  std::string body;
  put_u16(body, serial);
  put_u8(body, result);
  if (result == 0) body += code.substr(0, 255);
  return send(0x8100, body);
}

std::string Jtt808Centre::text(uint8_t flag, uint8_t type, std::string_view gbk) {
  std::string body;
  put_u8(body, flag);
  if (peer_.is_2019) put_u8(body, type);
  body += gbk.substr(0, 1000);
  return send(0x8300, body);
}

DeviceEvent Jtt808Centre::event_of(const Jtt808Piece& piece) {
  DeviceEvent event;
  if (piece.header.id != 0) peer_ = piece.header;
  if (piece.fault != FrameFault::kNone) {
    event = fault_event(piece.fault, piece.why, piece.raw);
    if (piece.header.id != 0) event.reply = answer(piece.header.id, piece.header.serial, Result808::kUnsupported);
  } else {
    event = piece.header.packets > 1 ? packet(piece) : message(piece.header, piece.body);
  }
  event.raw = piece.raw;
  event.report.device = piece.header.phone;
  event.report.function = piece.header.id;
  event.report.serial = piece.header.serial;
  return event;
}

DeviceEvent Jtt808Centre::message(const Jtt808Header& header, std::string_view body) {
  DeviceEvent event;
  event.attachment = body;
  const auto done = [&](DeviceEventKind kind) {
    event.kind = kind;
    event.reply = answer(header.id, header.serial, Result808::kDone);
  };
  switch (header.id) {
    case 0x0001:
      event.kind = DeviceEventKind::kAnswer;
      return event;
    case 0x0002: done(DeviceEventKind::kKeepAlive); return event;
    case 0x0003: done(DeviceEventKind::kLeave); return event;
    case 0x0100: event.kind = DeviceEventKind::kRegister; return event;
    case 0x0102: {
      event.kind = DeviceEventKind::kAuthenticate;
      const size_t length = !header.is_2019 ? body.size() : body.empty() ? 0 : byte_at(body, 0);
      if (header.is_2019) body.remove_prefix(std::min<size_t>(1, body.size()));
      event.credential = body.substr(0, length);
      return event;
    }
    case 0x0104:
    case 0x0107:
      event.kind = DeviceEventKind::kAnswer;
      return event;
    case 0x0200:
    case 0x0201:
    case 0x0704:
      done(DeviceEventKind::kReport);
      event.attachment.clear();
      if (read_positions(header.id, body, event)) return event;
      // What was read before the fault is kept; a terminal that repeated the message would do no better.
      event.fault = FrameFault::kMalformed;
      event.why = "a position cannot be read";
      return event;
    case 0x0801: return multimedia(body);
    default:
      event.fault = FrameFault::kUnknownFunction;
      event.why = fmt::format("message {:04X} is not known", header.id);
      event.reply = answer(header.id, header.serial, Result808::kUnsupported);
      return event;
  }
}

// Number u32, kind (0 image), format, event, channel, the 28 bytes of a position, and the file.
DeviceEvent Jtt808Centre::multimedia(std::string_view body) {
  constexpr size_t kBefore = 8, kPosition = 28;
  DeviceEvent event;
  if (body.size() <= kBefore + kPosition) {
    event.kind = DeviceEventKind::kNotice;
    event.fault = FrameFault::kMalformed;
    event.why = "a multimedia message is too short";
    return event;
  }
  event.kind = byte_at(body, 4) == 0 ? DeviceEventKind::kPicture : DeviceEventKind::kNotice;
  event.attachment = body.substr(kBefore + kPosition);
  if (const auto position = read_jtt808_position(body.substr(kBefore, kPosition))) {
    event.report.sent = position->at;
    put_observations(*position, event.report.observations);
  }
  std::string answer;
  put_u32(answer, u32_at(body, 0));
  event.reply = send(0x8800, answer);
  return event;
}

DeviceEvent Jtt808Centre::packet(const Jtt808Piece& piece) {
  const auto& h = piece.header;
  const auto drop = [this] { parts_.clear(), message_bytes_ = 0; };
  if (h.packets > kPacketsMax) {
    drop();
    auto event = fault_event(FrameFault::kFragments, fmt::format("{} packets, 256 at most", h.packets), piece.raw);
    event.reply = answer(h.id, h.serial, Result808::kUnsupported);
    return event;
  }
  // The packets of a message have serial numbers in a row, so all give the same first one.
  auto first = h;
  first.serial = static_cast<uint16_t>(h.serial - (h.packet - 1));
  if (first.serial != first_.serial || h.id != first_.id || h.packets != first_.packets || h.phone != first_.phone) drop();
  first_ = first;
  auto& part = parts_[h.packet];
  message_bytes_ += piece.body.size() - part.size();
  part = piece.body;
  if (parts_.size() == h.packets) {
    std::string whole;
    for (const auto& [number, body] : parts_) whole += body;
    drop();
    return message(h, whole);
  }
  DeviceEvent event;
  event.kind = DeviceEventKind::kFragment;
  if (h.packet == h.packets) {
    // 8003: these packets again, please.
    std::string body;
    std::vector<unsigned> missing;
    for (unsigned i = 1; i <= h.packets && missing.size() < 255; ++i)
      if (!parts_.count(i)) missing.push_back(i);
    put_u16(body, first.serial);
    put_u8(body, static_cast<unsigned>(missing.size()));
    for (const auto number : missing) put_u16(body, number);
    event.reply = send(0x8003, body);
  } else {
    event.reply = answer(h.id, h.serial, Result808::kDone);
  }
  return event;
}

}  // namespace anlan
