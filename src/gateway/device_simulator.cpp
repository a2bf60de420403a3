#include "gateway/device_simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "protocols/hj212.h"
#include "protocols/jtt808.h"
#include "protocols/sl651.h"
#include "protocols/sl651_elements.h"

namespace anlan {
namespace {

constexpr UtcTime kUnset{0}, kFar{4'070'908'800'000};  // 1970 and 2099

// splitmix64 (Steele, Lea and Flood 2014): one number from another.
double unit_from(uint64_t seed, uint64_t n) {
  uint64_t z = seed ^ (n + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

Millis step_of(SimulatedProtocol protocol) { return protocol == SimulatedProtocol::sl651 ? minutes(1) : seconds(1); }

std::pair<std::string_view, std::string_view> device_and_element(std::string_view code) {
  const size_t at = code.rfind('/');
  return {code.substr(0, at), at == std::string_view::npos ? std::string_view() : code.substr(at + 1)};
}

std::string sl651(std::string_view device, std::string_view element, const SimulatedReading& r, uint16_t serial, const std::string& password) {
  unsigned guide = 0x39;
  std::from_chars(element.data(), element.data() + element.size(), guide, 16);
  const bool rain = guide == 0x1A || guide == 0x1F || guide == 0x20 || guide == 0x22 || guide == 0x26;
  const bool level = guide >= 0x39 && guide <= 0x3B;
  Sl651Frame frame;
  frame.station = device;
  std::from_chars(password.data(), password.data() + password.size(), frame.password, 16);
  frame.function = 0x32;
  Sl651Writer writer(serial, r.at);
  frame.content = writer.station(device).observed(r.at).element(static_cast<uint8_t>(guide), r.value, rain ? 3 : 4, rain ? 1 : level ? 3 : 2).content();
  return sl651_frame(frame);
}

std::string hj212(std::string_view device, std::string_view element, const SimulatedReading& r, const std::string& password) {
  const Hj212Header header{hj212_qn(r.at), "32", "2011", password, std::string(device), 5};
  const auto factor = element.substr(0, element.find('-'));
  return hj212_packet(header, fmt::format("DataTime={};{}={:.2f},{}-Flag=N", header.qn.substr(0, 14), element, r.value, factor));
}

std::string jtt808(std::string_view device, const SimulatedReading& r, uint16_t serial) {
  Jtt808Header header;
  header.id = 0x0200;
  header.phone = device;
  header.serial = serial;
  Jtt808Position p;
  p.status = 2;
  p.fixed = true;
  p.lat = 35.8;
  p.lon = 102.8;
  p.speed_km_h = std::clamp(r.value, 0.0, 6'000.0);
  p.at = r.at;
  return jtt808_frame(header, jtt808_position_body(p));
}

}  // namespace

Result<DeviceSimulator> DeviceSimulator::create(SimulatorSettings settings) {
  const auto wrong = [](const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); };
  if (settings.codes.empty()) return wrong("links", "至少一个测点 / at least one link");
  if (!(settings.rate > 0) || !(settings.seconds > 0)) return wrong("rate", "应大于 0 / must be above 0");
  if (settings.rate * settings.seconds > static_cast<double>(kReadingsMax)) return wrong("seconds", "读数过多 / too many readings");
  const bool is_device = settings.protocol <= SimulatedProtocol::jtt808;
  for (const auto& code : settings.codes)
    if (is_device && code.find('/') == std::string::npos) return wrong("codes", "设备的测点编码应为 设备/要素 / codes of devices are device/element");
  if (settings.udp && settings.protocol != SimulatedProtocol::sl651 && settings.protocol != SimulatedProtocol::jtt808) return wrong("udp", "只用于 sl651、jtt808 / for sl651 and jtt808 alone");
  DeviceSimulator simulator(std::move(settings));
  simulator.readings_ = std::max<uint64_t>(1, static_cast<uint64_t>(std::llround(simulator.settings_.rate * simulator.settings_.seconds)));
  return simulator;
}

Millis DeviceSimulator::hurry() const {
  const auto own = step_of(settings_.protocol) * static_cast<int64_t>((readings_ - 1) / settings_.codes.size());
  return std::max(Millis{0}, own - seconds(static_cast<int64_t>(settings_.seconds)));
}

SimulatedReading DeviceSimulator::reading(uint64_t n) const {
  SimulatedReading r;
  r.link = n % settings_.codes.size();
  const double progress = static_cast<double>(n) / static_cast<double>(readings_);
  const double value = settings_.base + 0.02 * unit_from(settings_.seed, n) + (settings_.scenario == SimulatedScenario::storm ? settings_.rise * progress : 0);
  r.value = std::round(value * 1'000) / 1'000;
  const auto own = step_of(settings_.protocol) * static_cast<int64_t>(n / settings_.codes.size());
  r.at = settings_.begin + std::max(seconds(static_cast<int64_t>(static_cast<double>(n) / settings_.rate)), own);
  if (settings_.scenario == SimulatedScenario::silent) r.sent = r.link % 2 == 0 || progress < 0.5;
  if (settings_.scenario == SimulatedScenario::bad_clock && r.link % 3 != 0) r.at = (r.link % 3 == 1 ? kUnset : kFar) + own;
  return r;
}

std::string DeviceSimulator::frame(const SimulatedReading& r, uint16_t serial) const {
  const auto& code = settings_.codes[r.link];
  const auto [device, element] = device_and_element(code);
  switch (settings_.protocol) {
    case SimulatedProtocol::sl651: return sl651(device, element, r, serial, settings_.password);
    case SimulatedProtocol::hj212: return hj212(device, element, r, settings_.password);
    case SimulatedProtocol::jtt808: return jtt808(device, r, serial);
    case SimulatedProtocol::json: return fmt::format("[\"{}\",{},{}]", code, r.at.ms, r.value);
    case SimulatedProtocol::mqtt:
    case SimulatedProtocol::line: break;
  }
  // A slash in a code stands between measurement and field.
  return fmt::format("{} {}={} {}", device, element.empty() ? "value" : element, r.value, r.at.ms);
}

SimulatorTotals DeviceSimulator::run(const std::atomic<bool>& stop) const {
  switch (settings_.protocol) {
    case SimulatedProtocol::mqtt: return run_mqtt(stop);
    case SimulatedProtocol::json:
    case SimulatedProtocol::line: return run_http(stop);
    default: return run_devices(stop);
  }
}

std::vector<std::string> simulated_codes(SimulatedProtocol protocol, const std::string& prefix, size_t links) {
  const auto padded = [&](size_t n, size_t digits) {
    auto number = std::to_string(n);
    const size_t room = digits - std::min(digits, prefix.size());
    if (number.size() < room) number.insert(0, room - number.size(), '0');
    return (prefix + number).substr(0, digits);
  };
  std::vector<std::string> codes;
  for (size_t n = 1; n <= links; ++n) switch (protocol) {
      case SimulatedProtocol::sl651: codes.push_back(padded(n, 10) + "/39"); break;
      case SimulatedProtocol::hj212: codes.push_back(padded(n, 24) + "/w01018-Rtd"); break;
      // A number of a vehicle has no zeros in front.
      case SimulatedProtocol::jtt808: codes.push_back(prefix.empty() ? fmt::format("139{:08}/speed", n) : padded(n, 11) + "/speed"); break;
      default: codes.push_back(fmt::format("{}{:03}", prefix, n));
    }
  return codes;
}

}  // namespace anlan
