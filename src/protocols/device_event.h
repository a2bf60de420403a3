// What a device said over any of the protocols, in one shape, and what to answer.
//
// A decoder belongs to one connection (or to one UDP peer), is used by one thread, and has no socket and no clock:
// bytes and the time go in, events come out. An event that holds an answer holds it ready to send; whoever must not
// answer before the readings are safe sends it later. Units are those of the device; instants are UTC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace anlan {

// Device clocks run on Beijing time unless a protocol says otherwise.
constexpr int kDeviceOffsetMinutes = 480;

struct Observation {
  std::string element;    // guide code "39", factor and statistic "w01018-Rtd", "lat"
  double value = 0;       // meaningless when bad
  bool bad = false;       // the device marked it as invalid, or it is not a number
  char flag = 0;          // HJ 212 data flag (N F M S D C T B), otherwise 0
  std::string_view unit;  // a literal where the protocol names the unit, otherwise empty
  UtcTime at;
  bool operator==(const Observation&) const = default;
};

enum class FrameFault {
  kNone,
  kGarbage,          // bytes between frames
  kCheckSum,
  kLength,           // the frame ends elsewhere than it says, or is longer than allowed
  kUnknownFunction,
  kMalformed,        // the frame is whole, its content cannot be read
  kFragments,        // packets of a message are missing or contradict one another
};
std::string_view name_of(FrameFault fault);

enum class DeviceEventKind {
  kReport,        // observations, perhaps none
  kPicture,       // attachment: the image, whole
  kText,          // attachment: what a person typed at the station
  kKeepAlive,
  kAnswer,        // to a request of ours; attachment: the answer's content
  kNotice,        // the device asks or tells something without readings
  kFragment,      // one packet of a longer message, kept
  kRegister,      // attachment: see the protocol; the caller decides the answer
  kAuthenticate,  // credential: what the device showed; the caller decides the answer
  kLeave,
  kFault,
};

struct DeviceReport {
  std::string device;     // station code, MN, phone number
  uint32_t function = 0;  // function code, CN, message id
  uint64_t serial = 0;    // serial number, QN
  UtcTime sent;           // by the device's clock
  std::vector<Observation> observations;
};

struct DeviceEvent {
  DeviceEventKind kind = DeviceEventKind::kFault;
  DeviceReport report;
  FrameFault fault = FrameFault::kNone;  // a report may carry one too: what was read before it is kept
  std::string why;                       // of the fault, in English, for the log of the connection
  std::string credential;                // password or authentication code, as sent
  std::string attachment;
  std::string_view raw;                  // the frame as received; valid until the decoder is fed again
  std::string reply;                     // to send to the device; empty when the protocol wants none
};

// Two deliveries of the same observation have the same key. Devices repeat frames that were not answered, and a centre
// may read them back later: the store drops the second.
struct ObservationKey {
  std::string device;
  uint32_t function = 0;
  uint64_t serial = 0;
  UtcTime at;
  auto operator<=>(const ObservationKey&) const = default;
};
ObservationKey key_of(const DeviceReport& report, const Observation& observation);

// The bytes of one connection that do not make a frame yet. Views into all() hold until the next add().
// Bound: add() keeps what was not taken, so a decoder that takes all but one unfinished frame holds at most that frame
// and the bytes of one read.
class StreamBuffer {
 public:
  std::string_view add(std::string_view bytes);
  void take(size_t count) { taken_ += count; }
  std::string_view rest() const { return std::string_view(bytes_).substr(taken_); }
  void clear() { bytes_.clear(), taken_ = 0; }

 private:
  std::string bytes_;
  size_t taken_ = 0;
};

DeviceEvent fault_event(FrameFault fault, std::string why, std::string_view raw);

}  // namespace anlan
