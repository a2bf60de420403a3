// The elements of an SL 651-2014 report: reading them into observations, and writing them at the station.
//
// An element is a guide byte, a definition byte (high five bits: bytes of the value, low three: decimals) and a BCD value
// without a point; a value that begins with FF is negative, one of FF alone is invalid. The element's name in an
// observation is the guide byte in hex ("39"), for a custom element both bytes ("FF21").
//
// Series. F4 (12 x rain of five minutes, 1 B of 0.1 mm) and F5-FC (12 x relative level, 2 B of 0.01 m), and, after the time
// step element 04, any element to the end of the content. The observation time F0F0 belongs to the first group and the
// others follow by the step, as in the annex's frames (F0 10:05, twelve groups, sent at 11:00). Devices that put the hour
// itself there would report the future: when the last group would be later than one step after the time of sending, F0
// is taken as the time of the last group.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/device_event.h"

namespace anlan {

struct Sl651Body {
  std::string station;      // of the report itself, F1F1; may differ from the sender's; empty when absent
  char station_class = 0;   // 'H' river, 'K' reservoir, 'P' rain ...
  std::string_view text;    // F2F2: typed by a person
  std::string_view picture; // F3F3
  std::string_view answer;  // what follows the station in an answer that holds no elements (45, 51, 40 ...)
  std::string why;          // not empty: reading stopped here, what came before is kept
};

// rest: the content behind serial number and time of sending. At most 4,096 observations are read from one report.
Sl651Body read_sl651_elements(uint8_t function, UtcTime sent, std::string_view rest, std::vector<Observation>& out);

// "mm", "m", "m3/s" ... for the guide bytes of table C.1; empty when the element has no unit or is not known.
std::string_view sl651_unit(uint8_t guide);

// Bits of element 45, the state of the station (table 58). True in `set` means the trouble is there.
enum class Sl651Status : uint32_t {
  kAcOff = 1u << 0,
  kBatteryLow = 1u << 1,
  kLevelAlarm = 1u << 2,
  kFlowAlarm = 1u << 3,
  kQualityAlarm = 1u << 4,
  kFlowMeterFault = 1u << 5,
  kLevelMeterFault = 1u << 6,
  kDoorClosed = 1u << 7,
  kMemoryFault = 1u << 8,
};

// Writes the content of a report. Values are rounded to their decimals; one that does not fit is written as invalid.
class Sl651Writer {
 public:
  Sl651Writer(uint16_t serial, UtcTime sent);
  Sl651Writer& station(std::string_view code, char station_class = 'H');
  Sl651Writer& observed(UtcTime at);
  Sl651Writer& element(uint8_t guide, std::optional<double> value, unsigned bytes, unsigned decimals);
  Sl651Writer& rain_series(std::span<const std::optional<double>> mm);    // F4, twelve
  Sl651Writer& level_series(std::span<const std::optional<double>> m);    // F5, twelve
  Sl651Writer& stepped(unsigned step_minutes, uint8_t guide, std::span<const std::optional<double>> values, unsigned bytes, unsigned decimals);
  Sl651Writer& status(uint32_t bits);
  Sl651Writer& text(std::string_view typed);
  Sl651Writer& raw(std::string_view bytes);
  const std::string& content() const { return content_; }

 private:
  std::string content_;
};

}  // namespace anlan
