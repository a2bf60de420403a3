// HJ 212-2017 pollution sources and air stations (and 2005 devices): ASCII packets in both directions.
//
//   ## | length of the segment, 4 decimal digits | segment | CRC, 4 hex digits | CR LF
//   segment: QN=17 digits;ST=;CN=;PW=;MN=;Flag=;[PNUM=;PNO=;]CP=&&...&&
//
// Flag: bit 0 an answer is wanted, bit 1 the packet is numbered, bits 2-7 the version (1 = 2017, 0 = 2005). In CP items are
// separated by ';' and the values of one item by ','. Source: HJ 212-2017 chapters 6 and 7, annexes A and B.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/device_event.h"

namespace anlan {

// The standard allows 1,024 characters; devices are known to send more.
constexpr size_t kHj212SegmentMax = 4096;
constexpr size_t kHj212PacketMax = kHj212SegmentMax + 12;

struct Hj212Packet {
  std::string_view qn, st, cn, pw, mn;
  unsigned flag = 0;
  unsigned packets = 0, packet = 0;  // 0 when not numbered
  std::string_view cp;               // between the && marks
  std::string_view raw;
  bool wants_answer() const { return (flag & 1) != 0; }
};

struct Hj212Piece {
  FrameFault fault = FrameFault::kNone;
  std::string why;
  Hj212Packet packet;
};

// Cuts one connection's bytes into packets. Between two feeds it keeps at most one unfinished packet. CR LF may be missing.
class Hj212Decoder {
 public:
  std::vector<Hj212Piece> feed(std::string_view bytes);  // views hold until the next call
  std::optional<Hj212Piece> finish();
  size_t buffered() const { return buffer_.rest().size(); }

 private:
  StreamBuffer buffer_;
};

// What to write; empty fields are left out. The same for the device's side and the centre's.
struct Hj212Header {
  std::string qn, st, cn, pw, mn;
  unsigned flag = 4;
  unsigned packets = 0, packet = 0;
};
std::string hj212_packet(const Hj212Header& header, std::string_view cp);
std::string hj212_qn(UtcTime time);  // Beijing time to the millisecond

// The observations of a CP content: one per factor and statistic ("w01018-Rtd"), with the factor's flag, at DataTime, or
// at `fallback` when there is none. Flags N, F (plant out of operation) and S (typed) are good; M, D, C, T, B are bad. At
// most 1,024 are read. Returns what could not be read, or nothing.
std::string read_hj212_cp(std::string_view cp, UtcTime fallback, std::vector<Observation>& out);

// The centre's side. Data (CN 2xxx and others) with an answer wanted is answered by 9014, a notice (1013, 3020 ..) by 9013;
// 9011, 9012 and answers 1011 .. are kAnswer with their CP as attachment. The packets of a numbered message are kept until
// all are there (at most 64, 256 KiB, one message at a time) and answered one by one.
class Hj212Centre {
 public:
  static constexpr unsigned kPacketsMax = 64;
  static constexpr size_t kMessageBytesMax = 256 * 1024;

  // now stands in for a missing QN. Views hold until the next call.
  std::vector<DeviceEvent> feed(std::string_view bytes, UtcTime now);
  std::vector<DeviceEvent> feed_datagram(std::string_view bytes, UtcTime now);
  std::optional<DeviceEvent> finish();
  size_t buffered() const { return decoder_.buffered() + message_bytes_; }

 private:
  DeviceEvent event_of(const Hj212Piece& piece, UtcTime now);
  bool put_together(const Hj212Packet& packet, DeviceEvent& event, std::string& whole);

  Hj212Decoder decoder_;
  std::string message_;  // QN, MN and CN of the message being put together
  unsigned packets_ = 0;
  std::map<unsigned, std::string> parts_;
  size_t message_bytes_ = 0;
};

// Requests of the centre, Flag 5 (an answer is wanted). `to` gives st, pw and mn.
std::string hj212_ask_time(Hj212Header to, UtcTime now, std::string_view factor = {});                // 1011
std::string hj212_set_time(Hj212Header to, UtcTime now, UtcTime time, std::string_view factor = {});  // 1012
// The device's side: it asks to be given the time.
std::string hj212_wants_time(Hj212Header from, UtcTime now, std::string_view factor = {});            // 1013
// The device's answers to a request: ready to do it (9011, QnRtn 1 = ready), done (9012, ExeRtn 1 = well).
std::string hj212_request_answer(const Hj212Packet& request, int qn_rtn);
std::string hj212_result(const Hj212Packet& request, int exe_rtn);

}  // namespace anlan
