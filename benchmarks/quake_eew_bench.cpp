// quake-eew: packets of one second from synthetic networks (quake/synthetic_waves.h) through the early warning engine.
//
// 2,000 stations with an earthquake of magnitude 6 in their middle: what a packet waits and takes when the packets come at
// their real instants and one server takes them in turn. 18,000 stations: processor time per second of data. An hour of
// noise with spikes and lorries: earthquakes told that there were none.
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "benchmarks/bench.h"
#include "quake/early_warning.h"
#include "quake/synthetic_waves.h"

namespace anlan::bench {
namespace {

using namespace quake;
using quake::synthetic::Field;

double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// The packets that come in one second, in their order: what started in it or before and is certain to come before all
// that start later.
struct Second {
  static constexpr int64_t kLineUs = 100'000;   // at least
  struct Sent {
    uint32_t channel;
    int64_t first, arrives_us;
    std::array<int32_t, Field::kRate> samples;
  };
  std::vector<Sent> sent, later;

  void fill(synthetic::Sender& sender, int64_t k) {
    sent.swap(later);
    later.clear();
    sender.second(k, [&](uint32_t channel, int64_t first, std::span<const int32_t> s) {
      // The line takes up to 0.3 s more, the same for the three channels of a station.
      const auto line_us = kLineUs + static_cast<int64_t>(synthetic::hash(sender.field.seed, 99, channel / 3) % 300'000);
      sent.push_back({channel, first, synthetic::time_us(first + Field::kRate) + line_us, {}});
      std::copy(s.begin(), s.end(), sent.back().samples.begin());
    });
    std::ranges::sort(sent, {}, [](const Sent& s) { return std::pair(s.arrives_us, s.channel); });
    const int64_t next_us = synthetic::time_us((k + 2) * Field::kRate) + kLineUs;
    const auto wait = std::find_if(sent.begin(), sent.end(), [&](const Sent& s) { return s.arrives_us > next_us; });
    later.assign(wait, sent.end());
    sent.erase(wait, sent.end());
  }
  static Packet packet(const Sent& s) { return {s.channel, synthetic::time_us(s.first), s.samples}; }
};

bool latency() {
  Field field(7, 2000, 15);
  const synthetic::Shock q{60, {103, 31}, 10, 6};
  field.shocks = {q};
  field.nuisance = {.spikes_per_min = 0.1, .bursts_per_min = 0.05};
  EarlyWarning engine(field.stations, field.channels, {});
  synthetic::Sender sender(field);
  Second second;
  std::vector<double> waited_ms, loud_ms;
  double free_us = 0, most_ms = 0;
  unsigned reports = 0;
  uint64_t events = 0;
  WarningReport last;
  UtcTime first{};
  bool good = true;
  for (int64_t k = 0; k < 180; ++k) {
    second.fill(sender, k);
    for (const auto& s : second.sent) {
      const Packet packet = second.packet(s);
      const Stopwatch watch;
      const auto out = engine.take(packet);
      const double took_us = watch.seconds() * 1e6;
      const auto arrives = static_cast<double>(s.arrives_us - Field::kStartUs);
      free_us = std::max(free_us, arrives) + took_us;
      const double ms = (free_us - arrives) / 1000;
      waited_ms.push_back(ms);
      if (k >= 60 && k < 120) loud_ms.push_back(ms);
      most_ms = std::max(most_ms, ms);
      good = good && out;
      if (!out) continue;
      for (const auto& r : *out) {
        if (reports++ == 0) first = r.made;
        if (r.event == 1) last = r;
        events = std::max(events, r.event);
      }
    }
  }
  const std::string workload = "2,000 stations x 3 x 100 Hz, packets of 1 s, M 6 in the middle, 180 s";
  report("quake-eew", workload, "added_latency_p99_ms", percentile(waited_ms, 0.99), "ms");
  report("quake-eew", workload + ", the 60 s after the origin", "added_latency_p99_ms", percentile(loud_ms, 0.99), "ms");
  report("quake-eew", workload, "added_latency_max_ms", most_ms, "ms");
  report("quake-eew", workload, "first_report_s", static_cast<double>(first.ms) / 1000 - Field::kStartUs / 1e6 - q.at_s, "s");
  report("quake-eew", workload, "location_error_km", distance_m(last.epicentre, q.epicentre) / 1000, "km");
  report("quake-eew", workload, "magnitude_error", last.magnitude - q.magnitude, "");
  report("quake-eew", workload, "reports", reports, "");
  report("quake-eew", workload, "events", static_cast<double>(events), "");
  return good && events == 1 && distance_m(last.epicentre, q.epicentre) < 10'000 && std::abs(last.magnitude - q.magnitude) < 0.5;
}

bool load() {
  Field field(8, 18'000, 20, {103, 35});
  field.shocks = {{15, {103, 35}, 10, 6}};
  field.nuisance = {.spikes_per_min = 0.1, .bursts_per_min = 0.05};
  const double before_mb = peak_mb();
  EarlyWarning engine(field.stations, field.channels, {});
  const double engine_mb = peak_mb() - before_mb;
  synthetic::Sender sender(field);
  Second second;
  constexpr int64_t kSeconds = 40, kFrom = 10;
  double cpu = 0, most = 0;
  bool good = true, told = false;
  for (int64_t k = 0; k < kSeconds; ++k) {
    second.fill(sender, k);
    const double start = cpu_s();
    for (const auto& s : second.sent) {
      const auto out = engine.take(second.packet(s));
      good = good && out;
      told = told || (out && !out->empty());
    }
    const double took = cpu_s() - start;
    if (k >= kFrom) cpu += took, most = std::max(most, took);
  }
  const std::string workload = "18,000 stations x 3 x 100 Hz, packets of 1 s, M 6 within, 30 s";
  const double share = cpu / (kSeconds - kFrom);
  report("quake-eew", workload, "cpu_percent_18000", share / 2 * 100, "%");
  report("quake-eew", workload + ", busiest second", "cpu_percent_18000", most / 2 * 100, "%");
  report("quake-eew", workload, "ns_per_sample", share / (18'000.0 * 3 * Field::kRate) * 1e9, "ns");
  report("quake-eew", workload, "engine_mb", engine_mb, "MB");
  return good && told;
}

bool noise() {
  constexpr int64_t kHour = 3600;
  Field field(9, 2000, 15);
  field.nuisance = {.spikes_per_min = 0.2, .bursts_per_min = 0.05};
  EarlyWarning engine(field.stations, field.channels, {});
  synthetic::Sender sender(field);
  uint64_t events = 0;
  bool good = true;
  for (int64_t k = 0; k < kHour; ++k) {
    sender.second(k, [&](uint32_t channel, int64_t first, std::span<const int32_t> samples) {
      const auto out = engine.take({channel, synthetic::time_us(first), samples});
      good = good && out;
      if (out)
        for (const auto& r : *out) events = std::max(events, r.event);
    });
    if (k % 600 == 599) progress("quake-eew: " + std::to_string((k + 1) / 60) + " min of noise");
  }
  report("quake-eew", "2,000 stations, 1 h of noise; a spike each 5 min and channel, a lorry each 20 min and station", "false_events_per_h", static_cast<double>(events), "");
  return good;
}

}  // namespace

bool run_quake_eew() {
  const bool light = load(), quick = latency(), quiet = noise();
  return quick && light && quiet;
}

}  // namespace anlan::bench
