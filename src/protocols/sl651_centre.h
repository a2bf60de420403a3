// The centre's side of SL 651-2014: reports out, answers ready to send, pictures put together from their packets.
//
// Answers by mode. M1: none. M2: the same function with the serial number and EOT, or ESC to ask the station to stay
// online. M3: after the last packet, NAK with the number of the first one missing, or the answer of M2 when all are there.
// M4 (answers to our own requests, 37-3A and 40-51) and the keep-alive 2F: none.
// Bounds per connection: one unfinished frame (4,112 bytes) and one message in packets (1 MiB, 1,024 packets); a packet of
// another message drops the unfinished one, and each packet is asked for at most twice on average.
#pragma once

#include <map>

#include "protocols/sl651.h"
#include "protocols/sl651_elements.h"

namespace anlan {

struct Sl651CentreOptions {
  bool acknowledge = true;  // false: stations work in M1
  bool stay_online = true;  // ESC instead of EOT
};

class Sl651Centre {
 public:
  static constexpr size_t kMessageBytesMax = 1 << 20;
  static constexpr unsigned kPacketsMax = 1024;

  explicit Sl651Centre(Sl651CentreOptions options = {}) : options_(options) {}

  // now is written into answers. Views in the events hold until the next call.
  std::vector<DeviceEvent> feed(std::string_view bytes, UtcTime now);
  // The same for one datagram, which cannot be continued by the next.
  std::vector<DeviceEvent> feed_datagram(std::string_view bytes, UtcTime now);
  // A connection silent in mid-frame for longer than the caller likes.
  std::optional<DeviceEvent> finish();
  size_t buffered() const { return decoder_.buffered() + message_bytes_; }

 private:
  DeviceEvent event_of(const Sl651Piece& piece, UtcTime now);
  DeviceEvent report(const Sl651Frame& frame, std::string_view content, UtcTime now);
  DeviceEvent packet(const Sl651Frame& frame, UtcTime now);
  void drop_message();

  Sl651CentreOptions options_;
  Sl651Decoder decoder_;
  // The message being put together.
  std::string station_;
  uint8_t function_ = 0;
  unsigned packets_ = 0;
  unsigned asked_ = 0;
  std::map<unsigned, std::string> parts_;
  size_t message_bytes_ = 0;
};

// Requests of the centre (mode M4); parameters follow serial number and time: guide bytes for 3A, start and end for 38.
std::string sl651_request(const Sl651Frame& to, uint16_t serial, UtcTime now, std::string_view parameters = {});

// A message in as many SYN frames as needed, each with at most packet_bytes of content (1 to 4,092). For the station's side;
// also for pictures: content from Sl651Writer(...).station().observed().raw("\xF3\xF3").raw(jpeg).
std::vector<std::string> sl651_packets(const Sl651Frame& from, std::string_view content, size_t packet_bytes);

}  // namespace anlan
