#include "protocols/sl651.h"

#include <fmt/format.h>

#include "base/check.h"
#include "protocols/check_sums.h"
#include "protocols/packed_bytes.h"

namespace anlan {
namespace {

constexpr size_t kHeader = 14;  // up to and with STX or SYN
constexpr uint8_t kStx = 0x02, kSyn = 0x16;

bool is_end(uint8_t c) {
  return c == 0x03 || c == 0x04 || c == 0x05 || c == 0x06 || c == 0x15 || c == 0x17 || c == 0x1B;
}

// bytes begin with 7E7E. True while the header, as far as it is here, can be one.
bool plausible(std::string_view bytes) {
  if (bytes.size() > 11 && (byte_at(bytes, 11) & 0xF0) != 0x00 && (byte_at(bytes, 11) & 0xF0) != 0x80) return false;
  return bytes.size() < kHeader || byte_at(bytes, 13) == kStx || byte_at(bytes, 13) == kSyn;
}

Sl651Piece fault(FrameFault what, std::string why, std::string_view raw) {
  Sl651Piece piece{what, std::move(why), {}};
  piece.frame.raw = raw;
  return piece;
}

// bytes are one whole frame whose sum is right.
Sl651Piece read_frame(std::string_view bytes) {
  Sl651Piece piece;
  auto& f = piece.frame;
  f.raw = bytes;
  f.up = (byte_at(bytes, 11) & 0xF0) == 0;
  f.centre = byte_at(bytes, f.up ? 2 : 7);
  f.station = digits_of(bytes.substr(f.up ? 3 : 2, 5));
  f.password = u16_at(bytes, 8);
  f.function = byte_at(bytes, 10);
  f.content = bytes.substr(kHeader, bytes.size() - kHeader - 3);
  f.end = static_cast<Sl651End>(byte_at(bytes, bytes.size() - 3));
  if (!sl651_known_function(f.function)) {
    piece.fault = FrameFault::kUnknownFunction;
    piece.why = fmt::format("function {:02X} is not known", f.function);
    return piece;
  }
  if (byte_at(bytes, 13) == kSyn) {
    if (f.content.size() < 3) return fault(FrameFault::kMalformed, "a packet has no number", bytes);
    const uint32_t numbers = uint32_t{byte_at(f.content, 0)} << 16 | u16_at(f.content, 1);
    f.packets = static_cast<uint16_t>(numbers >> 12);
    f.packet = static_cast<uint16_t>(numbers & 0xFFF);
    f.content.remove_prefix(3);
    if (f.packet == 0 || f.packet > f.packets) {
      piece.fault = FrameFault::kFragments;
      piece.why = fmt::format("packet {} of {}", f.packet, f.packets);
    }
  }
  return piece;
}

}  // namespace

bool sl651_known_function(uint8_t function) {
  return function == 0x2F || (function >= 0x30 && function <= 0x3A) || (function >= 0x40 && function <= 0x51) || function >= 0xE0;
}

std::vector<Sl651Piece> Sl651Decoder::feed(std::string_view bytes) {
  std::vector<Sl651Piece> pieces;
  const auto all = buffer_.add(bytes);
  size_t at = 0, garbage = 0;  // garbage: start of a run that belongs to no frame
  const auto end_garbage = [&](size_t until) {
    if (until > garbage)
      pieces.push_back(fault(FrameFault::kGarbage, fmt::format("{} bytes between frames", until - garbage), all.substr(garbage, until - garbage)));
  };
  while (at < all.size()) {
    const size_t start = all.find("\x7E\x7E", at);
    if (start == std::string_view::npos) {
      at = all.back() == '\x7E' ? all.size() - 1 : all.size();
      break;
    }
    const auto frame = all.substr(start);
    if (!plausible(frame)) {
      at = start + 1;
      continue;
    }
    if (frame.size() < kHeader) {
      at = start;
      break;
    }
    const size_t size = 17 + (u16_at(frame, 11) & 0x0FFFu);
    if (frame.size() < size) {
      at = start;
      break;
    }
    const auto whole = frame.substr(0, size);
    const bool ends = is_end(byte_at(whole, size - 3));
    const unsigned received = u16_at(whole, size - 2), computed = ends ? crc_sl651(whole.substr(0, size - 2)) : 0;
    if (ends && computed == received) {
      end_garbage(start);
      pieces.push_back(read_frame(whole));
      at = garbage = start + size;
      continue;
    }
    end_garbage(start);
    pieces.push_back(ends ? fault(FrameFault::kCheckSum, fmt::format("CRC {:04X} received, {:04X} computed", received, computed), whole)
                          : fault(FrameFault::kLength, fmt::format("no end sign after {} bytes", size - 17), whole));
    // Where a frame seems to begin right behind, or nothing follows, this one was whole but wrong; otherwise look inside it.
    const auto behind = frame.substr(size);
    const bool framed = ends && (behind.empty() || behind[0] == '\x7E');
    at = garbage = start + (framed ? size : 1);
  }
  end_garbage(at);
  buffer_.take(at);
  return pieces;
}

std::optional<Sl651Piece> Sl651Decoder::finish() {
  const auto rest = buffer_.rest();
  if (rest.empty()) return std::nullopt;
  buffer_.take(rest.size());
  return fault(FrameFault::kLength, fmt::format("{} bytes of an unfinished frame", rest.size()), rest);
}

std::string sl651_frame(const Sl651Frame& f) {
  const size_t length = f.content.size() + (f.packets ? 3 : 0);
  CHECK(length <= kSl651ContentMax);
  std::string out = "\x7E\x7E";
  const auto station = packed_digits(f.station, 5);
  if (f.up) put_u8(out, f.centre);
  out += station;
  if (!f.up) put_u8(out, f.centre);
  put_u16(out, f.password);
  put_u8(out, f.function);
  put_u16(out, static_cast<unsigned>(length) | (f.up ? 0 : 0x8000));
  put_u8(out, f.packets ? kSyn : kStx);
  if (f.packets) {
    const uint32_t numbers = uint32_t{f.packets} << 12 | (f.packet & 0xFFFu);
    put_u8(out, numbers >> 16);
    put_u16(out, numbers & 0xFFFF);
  }
  out += f.content;
  put_u8(out, static_cast<unsigned>(f.end));
  put_u16(out, crc_sl651(out));
  return out;
}

std::optional<Sl651Content> read_sl651_content(std::string_view content) {
  if (content.size() < 8) return std::nullopt;
  const auto sent = bcd_time(content.substr(2, 6));
  if (!sent) return std::nullopt;
  return Sl651Content{u16_at(content, 0), *sent, content.substr(8)};
}

std::string sl651_content(uint16_t serial, UtcTime sent) {
  std::string out;
  put_u16(out, serial);
  return out + bcd_of_time(sent, 6);
}

}  // namespace anlan
