// Motions made from a seed.
#include <cmath>
#include <numbers>
#include <string>

#include "quake/motion.h"

namespace anlan::quake {
namespace {

using std::numbers::pi;

constexpr int kCosines = 160;
constexpr double kLowestHz = 0.08, kHighestHz = 25;
constexpr double kGroundDamping = 0.6;
constexpr size_t kSamplesMax = 60'000;

// SplitMix64 (Steele, Lea, Flood 2014) by position, so that the order of use does not matter.
double unit_at(uint64_t seed, uint64_t position) {
  uint64_t z = seed + (position + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

// Power of ground acceleration at f for ground frequency fg.
double power(double f, double fg) {
  const double r = f / fg, h = f / (0.1 * fg), damp = 4 * kGroundDamping * kGroundDamping;
  const double ground = (1 + damp * r * r) / ((1 - r * r) * (1 - r * r) + damp * r * r);
  const double high_pass = h * h * h * h / ((1 - h * h) * (1 - h * h) + damp * h * h);
  return ground * high_pass;
}

class Maker {
 public:
  Maker(double dt, double total_s, double strong_s, uint64_t seed) : dt_(dt), samples_(static_cast<size_t>(total_s / dt) + 1) {
    const double highest = std::min(kHighestHz, 0.4 / dt);
    for (int k = 0; k < kCosines; ++k) {
      const double within = k + unit_at(seed, 2 * static_cast<uint64_t>(k));
      frequency_.push_back(kLowestHz * std::pow(highest / kLowestHz, within / kCosines));
      phase_.push_back(2 * pi * unit_at(seed, 2 * static_cast<uint64_t>(k) + 1));
    }
    // Rises as a square, stays, dies away.
    const double rise = 0.15 * strong_s, fall = 1.0 * strong_s;
    for (size_t i = 0; i < samples_; ++i) {
      const double t = static_cast<double>(i) * dt;
      envelope_.push_back(t < rise ? t * t / (rise * rise) : t < fall ? 1 : std::exp(-3 * (t - fall) / strong_s));
    }
  }

  // Scaled to the peak acceleration.
  GroundMotion make(double ground_hz, double pga) const {
    std::vector<double> a(samples_, 0);
    for (int k = 0; k < kCosines; ++k) {
      const auto n = static_cast<size_t>(k);
      // Spaced by equal ratios: each stands for a band as wide as its frequency.
      const double size = std::sqrt(power(frequency_[n], ground_hz) * frequency_[n]);
      const double turn = 2 * pi * frequency_[n] * dt_, c = std::cos(turn), s = std::sin(turn);
      double x = size * std::cos(phase_[n]), y = size * std::sin(phase_[n]);
      for (size_t i = 0; i < samples_; ++i) {
        a[i] += x;
        const double next = x * c - y * s;
        y = x * s + y * c;
        x = next;
      }
    }
    for (size_t i = 0; i < samples_; ++i) a[i] *= envelope_[i];
    bring_to_rest(a);
    double most = 0;
    for (const double v : a) most = std::max(most, std::abs(v));
    GroundMotion motion{dt_, {}};
    motion.acceleration.reserve(samples_);
    for (const double v : a) motion.acceleration.push_back(static_cast<float>(v * pga / most));
    return motion;
  }

 private:
  // Takes off envelope x (p + q t) so that velocity and displacement end at zero.
  void bring_to_rest(std::vector<double>& a) const {
    const double end = static_cast<double>(samples_ - 1) * dt_;
    double m[2][2] = {}, right[2] = {};
    for (size_t i = 0; i < samples_; ++i) {
      const double t = static_cast<double>(i) * dt_;
      const double weight[2] = {1, end - t};  // of an acceleration in the last velocity and displacement
      for (int row = 0; row < 2; ++row) {
        m[row][0] += weight[row] * envelope_[i];
        m[row][1] += weight[row] * envelope_[i] * t;
        right[row] += weight[row] * a[i];
      }
    }
    const double det = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    const double p = (right[0] * m[1][1] - m[0][1] * right[1]) / det;
    const double q = (m[0][0] * right[1] - right[0] * m[1][0]) / det;
    for (size_t i = 0; i < samples_; ++i) a[i] -= envelope_[i] * (p + q * static_cast<double>(i) * dt_);
  }

  double dt_;
  size_t samples_;
  std::vector<double> frequency_, phase_, envelope_;
};

Error wrong(const char* field, const char* why) { return {ErrorCode::kInvalidField, {{"field", field}, {"why", why}}}; }

}  // namespace

Result<GroundMotion> synthesize(const SyntheticTarget& target, uint64_t seed) {
  if (!(target.pga > 0 && target.pga <= 50)) return wrong("pga", "须在 0 与 50 m/s2 之间 / must lie between 0 and 50 m/s2");
  if (!(target.pgv > 0 && target.pgv <= 10)) return wrong("pgv", "须在 0 与 10 m/s 之间 / must lie between 0 and 10 m/s");
  if (!(target.duration_s >= 1 && target.duration_s <= 200))
    return wrong("duration_s", "须在 1 与 200 秒之间 / must lie between 1 and 200 s");
  if (!(target.dt >= 0.001 && target.dt <= 0.02)) return wrong("dt", "须在 0.001 与 0.02 秒之间 / must lie between 0.001 and 0.02 s");
  if (2.5 * target.duration_s / target.dt > static_cast<double>(kSamplesMax))
    return wrong("duration_s", "采样过多，请加大采样间隔 / too many samples; take a longer step");
  const double wanted = target.pgv / target.pga;
  double strong_s = target.duration_s;
  GroundMotion best;
  for (int round = 0; round < 3; ++round) {
    const Maker maker(target.dt, 2 * target.duration_s + 4, strong_s, seed);
    // The ratio falls as the ground frequency rises.
    double low = std::log(0.15), high = std::log(20.0);
    const auto ratio_of = [&](double log_hz, GroundMotion& motion) {
      motion = maker.make(std::exp(log_hz), target.pga);
      return traits_of(motion).pgv / target.pga;
    };
    GroundMotion motion;
    if (wanted > ratio_of(low, motion) * 1.02 || wanted < ratio_of(high, motion) * 0.98)
      return wrong("pgv", "该 PGV 与 PGA 之比无法实现 / no motion has this ratio of PGV to PGA");
    for (int halving = 0; halving < 24; ++halving) {
      const double middle = (low + high) / 2, ratio = ratio_of(middle, motion);
      best = motion;
      if (std::abs(ratio / wanted - 1) < 0.005) break;
      (ratio > wanted ? low : high) = middle;
    }
    const double duration = traits_of(best).duration_s;
    if (std::abs(duration / target.duration_s - 1) < 0.05) break;
    strong_s *= target.duration_s / duration;
  }
  return best;
}

}  // namespace anlan::quake
