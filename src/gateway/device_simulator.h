// Devices that exist only in this program: they speak to a server as real ones would, so that a gateway can be tried and
// measured without any. What they say follows from the seed alone; when they say it, from the machine's clock.
//
// SL 651 stations and JT/T 808 vehicles over TCP or UDP, HJ 212 loggers over TCP, MQTT (QoS 1), JSON batches and line
// protocol over HTTP. A device waits for its answer and repeats a frame that got none, twice at most, as the standards
// say; in a flood nobody waits.
//
// Bounds: kConnectionsMax connections, of which each carries several devices when there are more; kQueueMax readings wait
// for one connection, further ones are not sent and counted as skipped.
#pragma once

#include <boost/describe/enum.hpp>
#include <atomic>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

enum class SimulatedProtocol { sl651, hj212, jtt808, mqtt, json, line };
BOOST_DESCRIBE_ENUM(SimulatedProtocol, sl651, hj212, jtt808, mqtt, json, line)

enum class SimulatedScenario {
  steady,     // small changes about `base`
  storm,      // rises by `rise` in the course of the run
  silent,     // every second link falls silent after half of the time
  flood,      // everything at once, without waiting for answers
  bad_clock,  // a third of the devices live in 1970, a third in 2099
};
BOOST_DESCRIBE_ENUM(SimulatedScenario, steady, storm, silent, flood, bad_clock)

struct SimulatorSettings {
  SimulatedProtocol protocol = SimulatedProtocol::sl651;
  SimulatedScenario scenario = SimulatedScenario::steady;
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  bool udp = false;
  std::vector<std::string> codes;  // of the links: "device/element" for devices
  double rate = 10;                // readings a second, of all links together
  double seconds = 10;
  uint64_t seed = 1;
  UtcTime begin;                   // by the devices' clocks: the time of the first reading
  double base = 1, rise = 5;
  std::string password;            // of the door, the site's token, or "user:password" at a broker
  std::string topic = "anlan/simulated";
};

struct SimulatedReading {
  size_t link = 0;  // index in codes
  UtcTime at;
  double value = 0;
  bool sent = true;  // false: the link is silent
};

struct SimulatorTotals {
  uint64_t sent = 0;
  uint64_t answered = 0;  // accepted, as far as the protocol says
  uint64_t refused = 0;
  uint64_t unanswered = 0;
  uint64_t skipped = 0;
  std::string trouble;    // the first, in English; empty when there was none
};

class DeviceSimulator {
 public:
  static constexpr size_t kConnectionsMax = 2'000;
  static constexpr size_t kQueueMax = 1'000;
  static constexpr uint64_t kReadingsMax = 1'000'000'000;

  // kInvalidField when the settings make no sense.
  static Result<DeviceSimulator> create(SimulatorSettings settings);

  uint64_t readings() const { return readings_; }
  // The readings of a link are a minute apart for SL 651, which knows minutes, and a second for the others, or as far as the
  // rate says if that is more. So at high rates devices live faster than we do: this much more.
  Millis hurry() const;
  void begin_at(UtcTime time) { settings_.begin = time; }
  // The n-th reading: a pure function of the settings.
  SimulatedReading reading(uint64_t n) const;
  // As its device sends it: a frame, a message, or an item of a batch. serial: counts the frames of the device.
  std::string frame(const SimulatedReading& reading, uint16_t serial) const;

  // Until everything is sent and answered, ten seconds after the last at the latest, or until `stop`.
  SimulatorTotals run(const std::atomic<bool>& stop) const;
  const SimulatorSettings& settings() const { return settings_; }

 private:
  explicit DeviceSimulator(SimulatorSettings settings) : settings_(std::move(settings)) {}
  SimulatorTotals run_devices(const std::atomic<bool>& stop) const;
  SimulatorTotals run_http(const std::atomic<bool>& stop) const;
  SimulatorTotals run_mqtt(const std::atomic<bool>& stop) const;

  SimulatorSettings settings_;
  uint64_t readings_ = 0;
};

// Codes of so many links, as the protocol wants them: prefix and number, "622927P001"; stations of ten digits
// "0000000001/39", loggers of 24 "…/w01018-Rtd", vehicles of twelve ".../speed", whose digits the prefix begins.
std::vector<std::string> simulated_codes(SimulatedProtocol protocol, const std::string& prefix, size_t links);

}  // namespace anlan
