// JT/T 808-2019 vehicle terminals, with 2013 (and 2011 registration) understood: messages between two 7E bytes.
//
//   7E | id u16 | attributes u16 | [version u8] | phone BCD (10 bytes; 6 in 2013) | serial u16 | [total u16, number u16] |
//   body | exclusive or of all before | 7E          7E is escaped as 7D 02, 7D as 7D 01
//
// Attributes: bits 0-9 length of the body, 10-12 encryption, 13 in packets, 14 set from 2019 on (then the version follows).
// Texts inside bodies (plates, messages) are GBK; they are passed through as bytes. Source: JT/T 808-2019 chapters 4 to 8.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/device_event.h"

namespace anlan {

constexpr size_t kJtt808BodyMax = 1023;
// Header of 2019 with packet numbers, body, sum; every byte escaped, and the two marks.
constexpr size_t kJtt808FrameMax = 2 * (21 + kJtt808BodyMax + 1) + 2;

struct Jtt808Header {
  uint16_t id = 0;
  bool is_2019 = true;
  uint8_t version = 1;   // 2019 only
  std::string phone;     // digits without leading zeros
  uint16_t serial = 0;
  uint16_t packets = 0;  // 0 when not in packets
  uint16_t packet = 0;   // from 1
};

struct Jtt808Piece {
  FrameFault fault = FrameFault::kNone;
  std::string why;
  Jtt808Header header;
  std::string body;      // without escapes
  std::string_view raw;
};

// Cuts one connection's bytes into messages; keeps at most one unfinished message of kJtt808FrameMax bytes.
class Jtt808Decoder {
 public:
  std::vector<Jtt808Piece> feed(std::string_view bytes);  // views hold until the next call
  std::optional<Jtt808Piece> finish();
  size_t buffered() const { return buffer_.rest().size(); }

 private:
  StreamBuffer buffer_;
};

// One message; the body has at most kJtt808BodyMax bytes.
std::string jtt808_frame(const Jtt808Header& header, std::string_view body);
// Any body in as many messages as it needs, with serial numbers from header.serial on.
std::vector<std::string> jtt808_frames(Jtt808Header header, std::string_view body, size_t packet_bytes = kJtt808BodyMax);

struct Jtt808Position {
  uint32_t alarm = 0, status = 0;
  double lat = 0, lon = 0;  // degrees WGS 84, signed
  bool fixed = false;       // status bit 1: the terminal has a position
  int altitude_m = 0;
  double speed_km_h = 0;
  int direction_deg = 0;    // from north, clockwise
  UtcTime at;
  std::optional<double> mileage_km, fuel_l, recorder_speed_km_h;  // additional items 01, 02, 03
  std::optional<int> signal, satellites;                          // 30, 31
};
// The body of 0200. Nothing when it is too short, its time is no date or an additional item is cut off.
std::optional<Jtt808Position> read_jtt808_position(std::string_view body);
std::string jtt808_position_body(const Jtt808Position& position);
// Elements lat, lon, altitude, speed, direction, alarm, status and those of the additional items that are there; latitude and
// longitude are bad without a fix or out of range.
void put_observations(const Jtt808Position& position, std::vector<Observation>& out);

struct Jtt808Registration {
  uint16_t province = 0, city = 0;
  std::string maker, model, terminal;
  uint8_t plate_colour = 0;
  std::string plate;  // GBK; the VIN when the colour is 0
};
std::optional<Jtt808Registration> read_jtt808_registration(bool is_2019, std::string_view body);
std::string jtt808_registration_body(bool is_2019, const Jtt808Registration& registration);
std::string jtt808_authentication_body(bool is_2019, std::string_view code, std::string_view imei, std::string_view software);

// The centre's side of one connection (one terminal). Positions (0200, 0201, 0704), heartbeats and log-outs carry the general
// answer 8001, multimedia (0801; kPicture when it is an image) its own 8800; registration and authentication are the
// caller's to decide; unknown messages are answered "not supported". A message in packets is kept until it is whole: at most 256 packets, 256 KiB, one message at a time.
class Jtt808Centre {
 public:
  static constexpr unsigned kPacketsMax = 256;

  std::vector<DeviceEvent> feed(std::string_view bytes);  // views hold until the next call
  std::vector<DeviceEvent> feed_datagram(std::string_view bytes);
  std::optional<DeviceEvent> finish();
  size_t buffered() const { return decoder_.buffered() + message_bytes_; }

  enum class Result808 : uint8_t { kDone = 0, kFailed = 1, kWrong = 2, kUnsupported = 3 };
  // 8001, to the terminal that spoke last.
  std::string answer(uint16_t id, uint16_t serial, Result808 result);
  // 8100: result 0 done, 1 vehicle known already, 2 no such vehicle, 3 terminal known already, 4 no such terminal.
  std::string registration_answer(uint16_t serial, uint8_t result, std::string_view code);
  // 8300: flag bit 0 urgent, 2 show, 3 read aloud; type 1 notice, 2 service (2019 only). At most 1,000 bytes of GBK are sent.
  std::string text(uint8_t flag, uint8_t type, std::string_view gbk);
  // 8201: where are you?
  std::string ask_position() { return send(0x8201, {}); }
  // After 0100 the attachment of the event is the body; this says how to read it.
  bool is_2019() const { return peer_.is_2019; }

 private:
  DeviceEvent event_of(const Jtt808Piece& piece);
  DeviceEvent message(const Jtt808Header& header, std::string_view body);
  DeviceEvent multimedia(std::string_view body);
  DeviceEvent packet(const Jtt808Piece& piece);
  std::string send(uint16_t id, std::string_view body);

  Jtt808Decoder decoder_;
  Jtt808Header peer_;  // who spoke last
  uint16_t serial_ = 0;
  // The message being put together.
  Jtt808Header first_;
  std::map<unsigned, std::string> parts_;
  size_t message_bytes_ = 0;
};

}  // namespace anlan
