// The simulator as a client of a broker: one message a reading, QoS 1.
#include <fmt/format.h>
#include <mosquitto.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "gateway/device_simulator.h"

namespace anlan {

SimulatorTotals DeviceSimulator::run_mqtt(const std::atomic<bool>& stop) const {
  using Clock = std::chrono::steady_clock;
  constexpr uint64_t kUnansweredMax = 1'000;
  constexpr auto kGrace = std::chrono::seconds(10);
  SimulatorTotals totals;
  mosquitto_lib_init();
  struct Close {
    void operator()(mosquitto* m) const { mosquitto_destroy(m); }
  };
  const std::unique_ptr<mosquitto, Close> client(mosquitto_new(nullptr, true, &totals));
  CHECK(client);
  // Unbounded at the library: what is unanswered is bounded here.
  mosquitto_int_option(client.get(), MOSQ_OPT_SEND_MAXIMUM, 0);
  mosquitto_publish_callback_set(client.get(), [](mosquitto*, void* t, int) { ++static_cast<SimulatorTotals*>(t)->answered; });
  if (const size_t colon = settings_.password.find(':'); !settings_.password.empty())
    mosquitto_username_pw_set(client.get(), settings_.password.substr(0, colon).c_str(), colon == std::string::npos ? "" : settings_.password.c_str() + colon + 1);
  int result = mosquitto_connect(client.get(), settings_.host.c_str(), settings_.port, 30);
  const auto begin = Clock::now();
  const auto last = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(settings_.seconds)) + kGrace;
  for (uint64_t next = 0; result == MOSQ_ERR_SUCCESS && !stop && Clock::now() < last && (next < readings_ || totals.answered < totals.sent);) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    const uint64_t due = settings_.scenario == SimulatedScenario::flood ? readings_ : std::min(readings_, static_cast<uint64_t>(elapsed * settings_.rate) + 1);
    for (; next < due && totals.sent - totals.answered < kUnansweredMax; ++next) {
      const auto r = reading(next);
      if (!r.sent) continue;
      const auto text = frame(r, 0);
      if (mosquitto_publish(client.get(), nullptr, settings_.topic.c_str(), static_cast<int>(text.size()), text.data(), 1, false) == MOSQ_ERR_SUCCESS) ++totals.sent;
      else ++totals.skipped;
    }
    result = mosquitto_loop(client.get(), 10, 1);
  }
  if (result != MOSQ_ERR_SUCCESS) totals.trouble = mosquitto_strerror(result);
  totals.unanswered = totals.sent - totals.answered;
  mosquitto_disconnect(client.get());
  return totals;
}

}  // namespace anlan
