#include "protocols/jtt808.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "protocols/check_sums.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

Jtt808Piece fault(FrameFault what, std::string why, std::string_view raw) { return {what, std::move(why), {}, {}, raw}; }

// False when 7D is followed by anything but 01 and 02.
bool unescape(std::string_view between, std::string& out) {
  out.reserve(between.size());
  for (size_t i = 0; i < between.size(); ++i) {
    if (between[i] != 0x7D) {
      out += between[i];
      continue;
    }
    if (++i == between.size() || (between[i] != 1 && between[i] != 2)) return false;
    out += between[i] == 1 ? '\x7D' : '\x7E';
  }
  return true;
}

// between: what stands between two marks, not empty.
Jtt808Piece read_message(std::string_view between, std::string_view raw) {
  std::string plain;
  if (!unescape(between, plain)) return fault(FrameFault::kMalformed, "7D is followed by neither 01 nor 02", raw);
  if (plain.size() < 13) return fault(FrameFault::kLength, fmt::format("{} bytes are no message", plain.size()), raw);
  const std::string_view all = plain;
  if (const auto sum = xor_jtt808(all); sum != 0)
    return fault(FrameFault::kCheckSum, fmt::format("the sum is off by {:02X}", sum), raw);
  Jtt808Piece piece;
  piece.raw = raw;
  auto& h = piece.header;
  h.id = u16_at(all, 0);
  const unsigned attributes = u16_at(all, 2);
  h.is_2019 = (attributes & 0x4000) != 0;
  const bool in_packets = (attributes & 0x2000) != 0;
  const size_t header = (h.is_2019 ? 17 : 12) + (in_packets ? 4 : 0);
  const size_t length = attributes & 0x3FF;
  if (all.size() != header + length + 1)
    return fault(FrameFault::kLength, fmt::format("a body of {} bytes was announced, {} bytes came", length, static_cast<long>(all.size()) - static_cast<long>(header) - 1), raw);
  h.version = h.is_2019 ? byte_at(all, 4) : 0;
  const size_t digits = h.is_2019 ? 10 : 6, phone = h.is_2019 ? 5 : 4;
  h.phone = digits_of(all.substr(phone, digits));
  h.phone.erase(0, std::min(h.phone.find_first_not_of('0'), h.phone.size()));
  h.serial = u16_at(all, phone + digits);
  if (in_packets) {
    h.packets = u16_at(all, phone + digits + 2);
    h.packet = u16_at(all, phone + digits + 4);
  }
  piece.body = all.substr(header, length);
  if (attributes & 0x1C00) {
    piece.fault = FrameFault::kMalformed;
    piece.why = "the body is encrypted";
  } else if (in_packets && (h.packet == 0 || h.packet > h.packets)) {
    piece.fault = FrameFault::kFragments;
    piece.why = fmt::format("packet {} of {}", h.packet, h.packets);
  }
  return piece;
}

std::string escaped(std::string_view plain) {
  std::string out = "\x7E";
  for (const char c : plain) {
    if (c == 0x7E) out += "\x7D\x02";
    else if (c == 0x7D) out += "\x7D\x01";
    else out += c;
  }
  out += '\x7E';
  return out;
}

}  // namespace

std::vector<Jtt808Piece> Jtt808Decoder::feed(std::string_view bytes) {
  std::vector<Jtt808Piece> pieces;
  const auto all = buffer_.add(bytes);
  size_t at = 0;
  while (at < all.size()) {
    const size_t open = all.find('\x7E', at);
    if (open != at) {
      const auto garbage = all.substr(at, open == std::string_view::npos ? open : open - at);
      pieces.push_back(fault(FrameFault::kGarbage, fmt::format("{} bytes between messages", garbage.size()), garbage));
      at += garbage.size();
      continue;
    }
    const size_t close = all.find('\x7E', open + 1);
    if (close == std::string_view::npos) {
      if (all.size() - open > kJtt808FrameMax) {
        pieces.push_back(fault(FrameFault::kLength, "a message without end", all.substr(open)));
        at = all.size();
      }
      break;
    }
    if (close == open + 1) {  // the end of one message and the begin of the next
      at = close;
      continue;
    }
    const auto raw = all.substr(open, close + 1 - open);
    auto piece = raw.size() > kJtt808FrameMax ? fault(FrameFault::kLength, "a message that is too long", raw)
                                              : read_message(raw.substr(1, raw.size() - 2), raw);
    // The closing mark may open the next message, when marks are shared or one was lost: it is looked at again, and alone at
    // the end it waits there for what follows.
    at = close;
    pieces.push_back(std::move(piece));
  }
  buffer_.take(at);
  return pieces;
}

std::optional<Jtt808Piece> Jtt808Decoder::finish() {
  const auto rest = buffer_.rest();
  buffer_.take(rest.size());
  if (rest.empty() || rest == "\x7E") return std::nullopt;
  return fault(FrameFault::kLength, fmt::format("{} bytes of an unfinished message", rest.size()), rest);
}

std::string jtt808_frame(const Jtt808Header& h, std::string_view body) {
  CHECK(body.size() <= kJtt808BodyMax);
  std::string plain;
  put_u16(plain, h.id);
  put_u16(plain, static_cast<unsigned>(body.size()) | (h.packets ? 0x2000 : 0) | (h.is_2019 ? 0x4000 : 0));
  if (h.is_2019) put_u8(plain, h.version);
  plain += packed_digits(h.phone, h.is_2019 ? 10 : 6);
  put_u16(plain, h.serial);
  if (h.packets) {
    put_u16(plain, h.packets);
    put_u16(plain, h.packet);
  }
  plain += body;
  put_u8(plain, xor_jtt808(plain));
  return escaped(plain);
}

std::vector<std::string> jtt808_frames(Jtt808Header header, std::string_view body, size_t packet_bytes) {
  CHECK(packet_bytes >= 1 && packet_bytes <= kJtt808BodyMax && body.size() <= packet_bytes * 65535);
  if (body.size() <= packet_bytes) return {jtt808_frame(header, body)};
  std::vector<std::string> out;
  header.packets = static_cast<uint16_t>((body.size() + packet_bytes - 1) / packet_bytes);
  for (header.packet = 1; !body.empty(); ++header.packet, ++header.serial) {
    out.push_back(jtt808_frame(header, body.substr(0, packet_bytes)));
    body.remove_prefix(std::min(packet_bytes, body.size()));
  }
  return out;
}

}  // namespace anlan
