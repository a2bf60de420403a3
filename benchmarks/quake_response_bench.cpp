// quake-response: nonlinear histories of a generated town on artificial motions of 30 s at 0.005 s. Every step of every
// building is integrated; nothing is cut off the motions. The scalar loop is respond_plain: the same model and step in
// double, one storey after another, compiled with the same flags; the two take turns and processor time counts, so that
// other work on the machine weighs on both alike.
#include <time.h>

#include <algorithm>
#include <cmath>

#include "benchmarks/bench.h"
#include "quake/motion.h"
#include "quake/response.h"
#include "quake/response_fixture.h"
#include "quake/storey_model.h"

namespace anlan::bench {
namespace {

using namespace quake;

const std::string kTown = "storeys 1-30 with mean 6, 30 s at 0.005 s";
constexpr size_t kSteps = 6000;
constexpr size_t kWhole = 5'000'000, kSample = 200'000;

double processor_seconds(clockid_t of) {
  timespec now{};
  clock_gettime(of, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Cumulative shares of a geometric distribution cut off at 30 whose mean is 6.
std::vector<double> storey_shares() {
  double low = 0.5, high = 0.999;
  std::vector<double> shares(30);
  for (int halving = 0; halving < 60; ++halving) {
    const double q = (low + high) / 2;
    double sum = 0, mean = 0;
    for (int n = 1; n <= 30; ++n) {
      sum += std::pow(q, n);
      mean += n * std::pow(q, n);
      shares[static_cast<size_t>(n - 1)] = sum;
    }
    for (auto& s : shares) s /= sum;
    (mean / sum > 6 ? high : low) = q;
  }
  return shares;
}

std::vector<GroundMotion> motions() {
  std::vector<GroundMotion> out;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    auto motion = synthesize({1, .08 + .01 * static_cast<double>(seed), 13, .005}, seed);
    if (!motion) return {};
    motion->acceleration.resize(kSteps, 0);
    out.push_back(std::move(*motion));
  }
  return out;
}

// PGA: median 3 m/s2, a third of all beyond 4.5 or below 2: intensities VII to X.
std::vector<Shaken> town(size_t n, size_t classes, uint64_t seed) {
  const auto shares = storey_shares();
  Dice dice(seed);
  std::vector<Shaken> out(n);
  for (auto& b : out) {
    b.response_class = static_cast<uint32_t>(dice.below(classes));
    b.storeys = static_cast<uint16_t>(std::upper_bound(shares.begin(), shares.end() - 1, dice.unit()) - shares.begin() + 1);
    b.motion = static_cast<uint16_t>(dice.below(8));
    const double normal = std::sqrt(-2 * std::log(1 - dice.unit())) * std::cos(6.283185307179586 * dice.unit());
    b.scale = static_cast<float>(3 * std::exp(.4 * normal));
  }
  return out;
}

std::vector<ResponseClass> only(bool bilinear) {
  std::vector<ResponseClass> out;
  for (auto& c : fixture::classes()) {
    if ((c.hysteresis == Hysteresis::bilinear) != bilinear) continue;
    if (!bilinear) {
      c.hysteresis = Hysteresis::pinching;
      c.pinching = std::min(c.pinching, .6);
      c.degradation = .2;
    }
    out.push_back(c);
  }
  return out;
}

struct Held {
  double ratio = 0, plain_per_s = 0, storey_steps_per_s = 0, yielded = 0, beyond_peak = 0;
  std::string instructions;
  bool good = true;
};

// Lanes against the scalar loop, one core each.
Held hold(const std::vector<ResponseClass>& classes, const std::vector<GroundMotion>& motions) {
  const auto buildings = town(120'000, classes.size(), 17);
  Held held;
  std::vector<double> ratios, lanes_rate, plain_rate;
  size_t off = 0, compared = 0, yielded = 0, beyond = 0;
  for (size_t round = 0; round < 7; ++round) {
    ResponseStats stats;
    double start = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    const auto out = respond(classes, motions, buildings, 1, &stats);
    const double lanes_s = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    if (!out) {
      held.good = false;
      return held;
    }
    held.instructions = stats.instructions;
    double storeys = 0;
    start = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    const size_t from = round * 400, to = from + 400;
    std::vector<ResponsePeaks> plain;
    for (size_t i = from; i < to; ++i) {
      const auto& b = buildings[i];
      plain.push_back(respond_plain(classes[b.response_class], b.storeys, motions[b.motion], b.scale));
      storeys += b.storeys;
    }
    const double plain_s = processor_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    for (size_t i = from; i < to; ++i, ++compared) {
      const auto& c = classes[buildings[i].response_class];
      const double yield = chain_of(c, buildings[i].storeys).first_yield_m / c.storey_height_m;
      off += !(std::abs((*out)[i].drift / plain[i - from].drift - 1) <= .01) || (*out)[i].grade != plain[i - from].grade;
      yielded += plain[i - from].drift > yield;
      beyond += plain[i - from].drift > yield * (1 + (c.ultimate - 1) / c.hardening);
    }
    lanes_rate.push_back(stats.storey_steps / lanes_s);
    plain_rate.push_back(storeys * kSteps / plain_s);
    ratios.push_back(lanes_rate.back() / plain_rate.back());
  }
  held.ratio = percentile(ratios, .5);
  held.storey_steps_per_s = percentile(lanes_rate, .5);
  held.plain_per_s = percentile(plain_rate, .5) / 6 / kSteps;
  held.yielded = static_cast<double>(yielded) / static_cast<double>(compared);
  held.beyond_peak = static_cast<double>(beyond) / static_cast<double>(compared);
  held.good = off * 100 <= compared;
  return held;
}

}  // namespace

bool run_quake_response() {
  const auto shaken_by = motions();
  if (shaken_by.empty()) return false;
  bool good = true;
  for (const bool bilinear : {true, false}) {
    const std::string name = bilinear ? "bilinear" : "full";
    const auto held = hold(only(bilinear), shaken_by);
    good = good && held.good;
    const std::string load = kTown + (bilinear ? ", bilinear, " : ", degrading and pinching, ") + held.instructions +
                             " against scalar double, one core";
    report("quake-response", load, name + "_ratio_to_scalar", held.ratio, "x");
    report("quake-response", load, name + "_storey_steps_per_core_s", held.storey_steps_per_s, "1/s");
    report("quake-response", load, name + "_scalar_six_storey_per_core_s", held.plain_per_s, "1/s");
    report("quake-response", load, name + "_share_yielded", held.yielded, "");
    report("quake-response", load, name + "_share_beyond_peak", held.beyond_peak, "");
  }

  const auto classes = fixture::classes();
  for (const size_t n : {kSample, kWhole}) {
    const auto buildings = town(n, classes.size(), 5);
    ResponseStats stats;
    const double start = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto out = respond(classes, shaken_by, buildings, 2, &stats);
    const double spent = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (!out) return false;
    size_t grades[5] = {};
    for (const auto& p : *out) ++grades[p.grade];
    const std::string load = kTown + ", 12 types (6 pinching, 3 peak-oriented, 3 bilinear), two threads, " + stats.instructions;
    if (n == kWhole) {
      report("quake-response", load, "five_million_s", stats.seconds, "s");
      report("quake-response", load, "five_million_processor_s", spent, "s");
      report("quake-response", load, "storey_steps_per_s", stats.storey_steps / stats.seconds, "1/s");
      report("quake-response", load, "share_destroyed", static_cast<double>(grades[4]) / static_cast<double>(n), "");
      report("quake-response", load, "peak_mb", peak_mb(), "MB");
    } else {
      report("quake-response", load + ", from 200,000", "five_million_from_sample_s",
             stats.seconds * static_cast<double>(kWhole) / static_cast<double>(n), "s");
    }
  }
  return good;
}

}  // namespace anlan::bench
