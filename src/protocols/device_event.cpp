#include "protocols/device_event.h"

namespace anlan {

std::string_view name_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::kNone: return "none";
    case FrameFault::kGarbage: return "garbage";
    case FrameFault::kCheckSum: return "check sum";
    case FrameFault::kLength: return "length";
    case FrameFault::kUnknownFunction: return "unknown function";
    case FrameFault::kMalformed: return "malformed";
    case FrameFault::kFragments: return "fragments";
  }
  return "";
}

ObservationKey key_of(const DeviceReport& report, const Observation& observation) {
  return {report.device, report.function, report.serial, observation.at};
}

std::string_view StreamBuffer::add(std::string_view bytes) {
  bytes_.erase(0, taken_);
  taken_ = 0;
  bytes_.append(bytes);
  return bytes_;
}

DeviceEvent fault_event(FrameFault fault, std::string why, std::string_view raw) {
  DeviceEvent event;
  event.fault = fault;
  event.why = std::move(why);
  event.raw = raw;
  return event;
}

}  // namespace anlan
