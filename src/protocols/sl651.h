// SL 651-2014 hydrological telemetry, HEX frames: cutting, checking and building frames of both directions.
//
//   7E7E | centre u8, station 5 B (a request: station first) | password u16 | function u8 | direction and length u16 |
//   STX 02, or SYN 16 and 3 B total/number of a packet | content | ETX 03 ETB 17 ENQ 05 ACK 06 NAK 15 EOT 04 ESC 1B | CRC
//
// The high nibble of the length is 0 for a report (up) and 8 for a request or answer of the centre (down); the length
// counts the bytes between STX/SYN and the end sign, so it includes the 3 bytes of a packet number.
// Source: SL 651-2014 chapter 6; the golden frames of the tests are from its annex.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/device_event.h"

namespace anlan {

enum class Sl651End : uint8_t { kEtx = 0x03, kEot = 0x04, kEnq = 0x05, kAck = 0x06, kNak = 0x15, kEtb = 0x17, kEsc = 0x1B };

struct Sl651Frame {
  bool up = true;
  uint8_t centre = 1;
  std::string station;    // ten digits, letters A-F possible
  uint16_t password = 0;
  uint8_t function = 0;
  uint16_t packets = 0;   // of a SYN frame: how many, 1..4095; 0 for an STX frame
  uint16_t packet = 0;    // which one, from 1
  std::string_view content;  // between the packet number and the end sign
  Sl651End end = Sl651End::kEtx;
  std::string_view raw;
};

// kNone: frame is valid. Otherwise why and frame.raw are, and of an unknown function the header too.
struct Sl651Piece {
  FrameFault fault = FrameFault::kNone;
  std::string why;
  Sl651Frame frame;
};

constexpr size_t kSl651ContentMax = 4095;
constexpr size_t kSl651FrameMax = 17 + kSl651ContentMax;  // also what a decoder keeps between two feeds, at most

// Cuts one connection's bytes into frames. After garbage it goes on at the next 7E7E that begins a plausible header.
class Sl651Decoder {
 public:
  // Views in the pieces hold until the next call.
  std::vector<Sl651Piece> feed(std::string_view bytes);
  // At the end of a datagram, or when a connection has been silent in mid-frame: what is left becomes a fault.
  std::optional<Sl651Piece> finish();
  size_t buffered() const { return buffer_.rest().size(); }

 private:
  StreamBuffer buffer_;
};

bool sl651_known_function(uint8_t function);
// A frame of either direction; packets and packet are written when packets is not 0. Content beyond the bound is a bug.
std::string sl651_frame(const Sl651Frame& frame);

// What a report says of itself before its elements. Reads serial number and time of sending.
struct Sl651Content {
  uint16_t serial = 0;
  UtcTime sent;
  std::string_view rest;  // behind the time
};
std::optional<Sl651Content> read_sl651_content(std::string_view content);

// Serial number and time of sending of the content to come.
std::string sl651_content(uint16_t serial, UtcTime sent);

}  // namespace anlan
