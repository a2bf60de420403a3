#include "quake/picker.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace anlan::quake {
namespace {

constexpr double kMeanHz = 0.01, kDisplacementHz = 0.075, kShakeHz = 0.7;
constexpr double kStaS = 0.5, kLtaS = 10, kWarmS = 4, kBeforeS = 2, kWaitS = 0.5, kCalmS = 2, kLongestS = 60;
constexpr float kOn = 4, kOff = 1.5F, kCap = 25;
constexpr float kLtaFloor = 1e-12F;       // (1e-6 m/s2)²: below the noise of any sensor
constexpr double kTauCWindowS = 3;
constexpr float kWeakest = 2e-4F;         // m/s2 in the first second: 0.02 gal
constexpr float kSnrMin = 2;
// A swing is an excursion beyond this share of the peak, on the other side than the one before.
constexpr float kSwing = 0.15F;
constexpr unsigned kSwingsEarly = 2, kSwingsFirstSecond = 4;
constexpr float kPdOverNoise = 2, kSwayOfNoise = 1.5F;  // its swing: so many roots of the mean square
constexpr float kPaOverPd = 4;
constexpr size_t kChunk = 128;

uint32_t count(double s, double rate) { return static_cast<uint32_t>(std::max(1.0, std::lround(s * rate) * 1.0)); }
double one_pole(double hz, double dt) { return 1 - std::exp(-2 * std::numbers::pi * hz * dt); }

}  // namespace

Tuning::Tuning(double rate_hz) : rate(rate_hz), dt(1 / rate_hz) {
  mean_step = one_pole(kMeanHz, dt);
  shake_step = one_pole(kShakeHz, dt);
  const double omega = 2 * std::numbers::pi * kDisplacementHz, zeta = std::numbers::sqrt2 / 2;
  const double turning = omega * std::sqrt(1 - zeta * zeta), decay = std::exp(-zeta * omega * dt);
  const double c = std::cos(turning * dt), s = std::sin(turning * dt);
  damping = 2 * zeta * omega, stiffness = omega * omega;
  a11 = decay * (c + zeta * omega / turning * s);
  a12 = decay * s / turning;
  a21 = -stiffness * a12;
  a22 = decay * (c - zeta * omega / turning * s);
  b1 = (1 - a11) / stiffness;
  b2 = a12;
  sta = count(kStaS, rate), lta = count(kLtaS, rate), warm = count(kWarmS, rate);
  sta_step = 1.0F / static_cast<float>(sta), lta_step = 1.0F / static_cast<float>(lta);
  slope_weight = static_cast<float>(3 * (rate / 100) * (rate / 100));
  before = count(kBeforeS, rate), wait = count(kWaitS, rate), second = count(1, rate), calm = count(kCalmS, rate), longest = count(kLongestS, rate);
  // From a second of noise before the earliest onset to the wait after the trigger, and the chunk on top.
  ring = std::bit_ceil(count(kBeforeS + 1 + kWaitS, rate) + static_cast<uint32_t>(kChunk));
}

void start_motion(Motion& motion, std::span<const double> samples) {
  double sum = 0;
  for (const double x : samples) sum += x;
  motion = {};
  motion.mean = samples.empty() ? 0 : sum / static_cast<double>(samples.size());
  motion.last = samples.empty() ? 0 : samples.front() - motion.mean;
}

MotionPeaks run_motion(const Tuning& t, Motion& motion, bool velocity, std::span<double> samples, float* displacement) {
  double mean = motion.mean, q = motion.q, w = motion.w, last = motion.last, pga = 0, pgv = 0;
  const double keep = 1 - t.mean_step;
  for (size_t i = 0; i < samples.size(); ++i) {
    const double raw = samples[i];
    mean = mean * keep + raw * t.mean_step;
    const double x = raw - mean;
    const double push = 0.5 * (x + last);
    const double next = q * t.a11 + (w * t.a12 + push * t.b1);
    w = q * t.a21 + (w * t.a22 + push * t.b2);
    q = next;
    // Of an input in m/s the first derivative is wanted, and one integral less.
    const double a = velocity ? (x - last) * t.rate : x;
    const double v = velocity ? x - t.damping * w - t.stiffness * q : w;
    displacement[i] = static_cast<float>(velocity ? w : q);
    samples[i] = a;
    pga = std::max(pga, std::abs(a));
    pgv = std::max(pgv, std::abs(v));
    last = x;
  }
  motion = {mean, q, w, last};
  return {static_cast<float>(pga), static_cast<float>(pgv)};
}

void Picker::restart() {
  const uint32_t opened = opened_, thrown = stage_ == Stage::young ? opened_ : thrown_;
  *this = {};
  opened_ = opened, thrown_ = thrown;
}

void Picker::run(const Tuning& t, std::span<const double> acceleration, const float* moved, float* shaking, float* displacement) {
  const uint32_t mask = t.ring - 1;
  std::array<float, kChunk> cf;
  const double keep = 1 - t.shake_step;
  while (!acceleration.empty()) {
    const size_t n = std::min(acceleration.size(), kChunk);
    double slow = slow_, slower = slower_;
    float last = y_, rest = rest_, sway = sway_;
    const float rest_step = triggered_ ? 0 : t.lta_step;
    for (size_t i = 0; i < n; ++i) {
      const double x = acceleration[i];
      slow = slow * keep + x * t.shake_step;
      const double once = x - slow;
      slower = slower * keep + once * t.shake_step;
      const auto y = static_cast<float>(once - slower);
      const float dy = y - last;
      cf[i] = y * y + t.slope_weight * dy * dy;
      const auto at = (seen_ + i) & mask;
      shaking[at] = y;
      displacement[at] = moved[i];
      const float off = moved[i] - rest;
      rest += off * rest_step;
      sway += (off * off - sway) * rest_step;
      last = y;
    }
    slow_ = slow, slower_ = slower, y_ = last, rest_ = rest, sway_ = sway;

    size_t i = 0;
    float sta = sta_, lta = lta_;
    // The first ten seconds: plain means, so that a channel can pick soon after its start.
    for (; i < n && seen_ + i < t.lta && !triggered_; ++i) {
      const auto k = static_cast<float>(seen_ + i + 1);
      const float bounded = seen_ + i < t.sta ? cf[i] : std::min(cf[i], kCap * std::max(lta, kLtaFloor));
      sta += (bounded - sta) * std::max(t.sta_step, 1 / k);
      lta += (bounded - lta) / k;
      if (seen_ + i >= t.warm && sta > kOn * std::max(lta, kLtaFloor)) triggered_ = true, trigger_ = seen_ + i, calm_ = 0;
    }
    const float sta_keep = 1 - t.sta_step, lta_keep = 1 - t.lta_step;
    while (i < n) {
      if (!triggered_) {
        for (; i < n; ++i) {
          const float bounded = std::min(cf[i], kCap * lta);
          sta = sta * sta_keep + bounded * t.sta_step;
          lta = std::max(lta * lta_keep + bounded * t.lta_step, kLtaFloor);
          if (sta > kOn * lta) {
            triggered_ = true, trigger_ = seen_ + i, calm_ = 0;
            ++i;
            break;
          }
        }
      } else {
        for (; i < n; ++i) {
          sta = sta * sta_keep + cf[i] * t.sta_step;
          calm_ = sta < kOff * lta ? calm_ + 1 : 0;
          const bool too_long = seen_ + i - trigger_ > t.longest;
          if (calm_ < t.calm && !too_long) continue;
          // After a minute the noise itself has changed: this is the new level.
          if (too_long) lta = std::max(lta, sta);
          triggered_ = false;
          ++i;
          break;
        }
      }
    }
    sta_ = sta, lta_ = lta;
    // A trigger after the last one had calmed down: what was being measured is over.
    if (triggered_ && trigger_ >= seen_) stage_ = Stage::waiting, quiet_level_ = std::max(lta, kLtaFloor);
    seen_ += n;
    acceleration = acceleration.subspan(n);
    moved += n;
    if (stage_ == Stage::waiting && seen_ - trigger_ >= t.wait) open_onset(t, shaking, displacement);
    if (stage_ == Stage::young || stage_ == Stage::measuring) measure(t, shaking, displacement);
    if (stage_ == Stage::young && seen_ - onset_ >= t.second) {
      const Gate gate = judge(t, shaking, t.second, kSwingsFirstSecond);
      if (gate != Gate::none) throw_out(gate);
      else stage_ = Stage::measuring, passed_ = true;
    }
  }
}

namespace {

// The sample that splits the window best in two parts of different variance.
uint32_t aic_split(const float* ring, uint32_t mask, uint64_t from, uint32_t n) {
  constexpr uint32_t kEdge = 6;
  if (n < 4 * kEdge) return n / 2;
  double sum = 0, squares = 0;
  for (uint32_t i = 0; i < n; ++i) {
    const double y = ring[(from + i) & mask];
    sum += y, squares += y * y;
  }
  double left = 0, left_squares = 0, best = 1e300;
  uint32_t split = n / 2;
  for (uint32_t k = 0; k + kEdge < n; ++k) {
    const double y = ring[(from + k) & mask];
    left += y, left_squares += y * y;
    if (k < kEdge) continue;
    const double a = k + 1, b = n - a;
    const double va = left_squares / a - left / a * (left / a), vb = (squares - left_squares) / b - (sum - left) / b * ((sum - left) / b);
    const double aic = a * std::log(std::max(va, 1e-30)) + (b - 1) * std::log(std::max(vb, 1e-30));
    if (aic < best) best = aic, split = k + 1;
  }
  return split;
}

}  // namespace

void Picker::open_onset(const Tuning& t, const float* shaking, const float* displacement) {
  const uint32_t mask = t.ring - 1;
  const uint32_t back = static_cast<uint32_t>(std::min<uint64_t>(trigger_, t.before));
  const uint32_t after = std::min<uint32_t>(static_cast<uint32_t>(seen_ - trigger_), t.wait);
  onset_ = trigger_ - back + aic_split(shaking, mask, trigger_ - back, back + after);
  double squares = 0;
  const uint64_t until = std::min<uint64_t>(onset_ + t.wait, seen_);
  for (uint64_t i = onset_; i < until; ++i) {
    const double y = shaking[i & mask], dy = y - shaking[(i - 1) & mask];
    squares += y * y + t.slope_weight * dy * dy;
  }
  snr_ = static_cast<float>(std::sqrt(squares / static_cast<double>(std::max<uint64_t>(1, until - onset_)) / quiet_level_));
  const Gate gate = judge(t, shaking, static_cast<uint32_t>(until - onset_), kSwingsEarly);
  if (gate != Gate::none) {
    stage_ = Stage::none, gate_ = gate;
    if (gate == Gate::weak) triggered_ = false, sta_ = lta_;
    return;
  }
  // Pd counts from the displacement at the onset; before it, the swing of the noise.
  zero_ = displacement[onset_ & mask];
  before_ = 0;
  const uint64_t quiet_from = onset_ - std::min<uint64_t>(onset_, t.second);
  for (uint64_t i = quiet_from; i < onset_; ++i) before_ = std::max(before_, std::abs(displacement[i & mask] - zero_));
  before_ = std::max(before_, kSwayOfNoise * std::sqrt(sway_));
  stage_ = Stage::young;
  gate_ = Gate::none;
  noisy_ = passed_ = false;
  measured_ = 0, square_ = 0, slope_ = 0, tau_c_ = 0, peak_3s_ = 0;
  pd_.fill(0);
  ++opened_;
}

Gate Picker::judge(const Tuning& t, const float* shaking, uint32_t samples, unsigned swings_min) {
  const uint32_t mask = t.ring - 1;
  peak_ = 0;
  for (uint32_t i = 0; i < samples; ++i) peak_ = std::max(peak_, std::abs(shaking[(onset_ + i) & mask]));
  if (peak_ < kWeakest || snr_ < kSnrMin) return Gate::weak;
  unsigned swings = 0;
  int side = 0;
  for (uint32_t i = 0; i < samples; ++i) {
    const float y = shaking[(onset_ + i) & mask];
    const int now = y > kSwing * peak_ ? 1 : y < -kSwing * peak_ ? -1 : 0;
    if (now != 0 && now != side) side = now, ++swings;
  }
  if (swings < swings_min) return Gate::pulse;
  return Gate::none;
}

void Picker::measure(const Tuning& t, const float* shaking, const float* displacement) {
  const uint32_t mask = t.ring - 1;
  const auto longest = kSeconds * t.second, tau_window = count(kTauCWindowS, t.rate);
  const auto end = static_cast<uint32_t>(std::min<uint64_t>(seen_ - onset_, longest));
  for (; measured_ < end; ++measured_) {
    const float u = displacement[(onset_ + measured_) & mask] - zero_;
    const unsigned second = std::min(measured_ / t.second, kSeconds - 1);
    if (second > 0 && measured_ % t.second == 0) pd_[second] = pd_[second - 1];
    pd_[second] = std::max(pd_[second], std::abs(u));
    if (measured_ < tau_window) {
      const double v = (displacement[(onset_ + measured_) & mask] - displacement[(onset_ + measured_ - 1) & mask]) * t.rate;
      peak_3s_ = std::max(peak_3s_, std::abs(shaking[(onset_ + measured_) & mask]));
      square_ += static_cast<double>(u) * u, slope_ += v * v;
    }
  }
  if (measured_ >= t.second && slope_ > 0 && measured_ <= tau_window + t.second) tau_c_ = static_cast<float>(2 * std::numbers::pi * std::sqrt(square_ / slope_));
  const float pd = pd_[std::min(measured_ / t.second, kSeconds - 1)];
  noisy_ = pd < kPdOverNoise * before_ || (measured_ <= tau_window ? pd : pd_[2]) * kPaOverPd > peak_3s_;
  if (measured_ >= longest) stage_ = Stage::none;
}

double Picker::pd_m(unsigned seconds) const {
  float most = 0;
  for (unsigned s = 0; s < std::min(seconds, kSeconds); ++s) most = std::max(most, pd_[s]);
  return most;
}

void Picker::throw_out(Gate why) {
  stage_ = Stage::none, gate_ = why, passed_ = false;
  if (why == Gate::weak) triggered_ = false, sta_ = lta_;
  thrown_ = opened_;
}

}  // namespace anlan::quake
