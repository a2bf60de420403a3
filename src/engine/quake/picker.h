// P onsets on one vertical channel, and what their first seconds show.
//
// Two stages, both one pass over the samples with a constant state:
//   Motion   counts -> ground motion: the mean is followed and taken off (0.01 Hz), then an oscillator of 0.075 Hz and
//            damping 1/sqrt 2, which is the integral to velocity and displacement behind a second-order Butterworth
//            high-pass of 0.075 Hz in one step of two state values (exact for steps; Nigam and Jennings 1969).
//   Picker   acceleration above 0.7 Hz -> Allen's characteristic function y² + 3 (dy)² (Allen 1978, BSSA 68; scaled to
//            100 Hz) -> recursive STA 0.5 s / LTA 10 s, on 4, off 1.5, the LTA frozen while triggered. No sample counts
//            more than kCap times the LTA, so that a spike alone cannot trigger. Refined by AIC (Maeda 1985) from 2 s before the
//            trigger to 0.5 s after it.
// Gates at 0.5 s and 1 s after the onset throw out what is no local earthquake (Gate); section 5.1 of the domain reference.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace anlan::quake {

// What all channels of one sampling rate share. Rates of 10 to 500 Hz.
struct Tuning {
  explicit Tuning(double rate_hz);
  double rate, dt;
  double mean_step;                       // of the mean that is taken off
  double a11, a12, a21, a22, b1, b2;      // oscillator, one step
  double damping, stiffness;              // 2 zeta omega, omega squared
  double shake_step;                      // pick filter
  float sta_step, lta_step, slope_weight;
  uint32_t sta, lta, warm;                // samples
  uint32_t before, wait, second, calm, longest;
  uint32_t ring;                          // samples kept, a power of two
};

struct Motion {
  double mean = 0, q = 0, w = 0, last = 0;
};
// Runs the filters over samples in SI units (m/s2, or m/s with `velocity`) and leaves in place of them the acceleration
// (m/s2) and in `displacement` metres. The peaks are those of these samples.
struct MotionPeaks {
  float pga = 0, pgv = 0;
};
void start_motion(Motion& motion, std::span<const double> samples);
MotionPeaks run_motion(const Tuning& tuning, Motion& motion, bool velocity, std::span<double> samples, float* displacement);

// Why an onset was thrown out.
// weak: below 0.02 gal or twice the noise. pulse: it does not swing (spike, step, long wave); then the channel picks nothing
// before it has been calm for 2 s, as the tail of a pulse would only be picked again.
enum class Gate : uint8_t { none, weak, pulse };

class Picker {
 public:
  static constexpr unsigned kSeconds = 24;  // of growing Pd
  // Filters start anew. An onset in its first second is thrown out, an older one keeps what it has shown.
  void restart();
  // `shaking` and `displacement` are rings of tuning.ring values that this picker alone writes.
  void run(const Tuning& tuning, std::span<const double> acceleration, const float* moved, float* shaking, float* displacement);
  bool warm(const Tuning& tuning) const { return seen_ >= tuning.warm; }
  bool triggered() const { return triggered_; }
  bool measuring() const { return stage_ == Stage::young || stage_ == Stage::measuring; }
  // Every gate passed: a second of it was seen, and it moves the ground more than the noise did.
  bool passed_all() const { return passed_ && !noisy_; }
  // Samples from the latest onset to the newest sample.
  uint32_t since_onset() const { return static_cast<uint32_t>(seen_ - onset_); }
  // Counts up by one when an onset opens; thrown() is the latest that was thrown out again (0: none yet).
  uint32_t opened() const { return opened_; }
  uint32_t thrown() const { return thrown_; }
  Gate last_gate() const { return gate_; }
  // Peak displacement (m) of the first `seconds` (whole ones, from 1), of what there is of them; its window in seconds.
  double pd_m(unsigned seconds) const;
  unsigned measured_s(const Tuning& tuning) const { return static_cast<unsigned>(measured_ / tuning.second); }
  double tau_c_s() const { return tau_c_; }      // of the first 3 s; 0 before
  double snr() const { return snr_; }            // amplitudes, first half second
  float peak() const { return peak_; }           // m/s2 in the first second
  // Pd means nothing: the displacement of the noise is as large, or far too large for the acceleration (Pa of the first
  // 3 s below 4 per second squared times Pd; local earthquakes have 10 and more): waves of a distant earthquake, a tilt.
  bool noisy() const { return noisy_; }

 private:
  enum class Stage : uint8_t { none, waiting, young, measuring };
  void open_onset(const Tuning& tuning, const float* shaking, const float* displacement);
  Gate judge(const Tuning& tuning, const float* shaking, uint32_t samples, unsigned swings_min);
  void measure(const Tuning& tuning, const float* shaking, const float* displacement);
  void throw_out(Gate why);

  double slow_ = 0, slower_ = 0;
  float y_ = 0, sta_ = 0, lta_ = 0, quiet_level_ = 0;
  float rest_ = 0, sway_ = 0;                    // of the displacement: mean and mean square about it, over the LTA
  uint64_t seen_ = 0, trigger_ = 0, onset_ = 0;
  uint32_t calm_ = 0, opened_ = 0, thrown_ = 0, measured_ = 0;
  bool triggered_ = false, noisy_ = false, passed_ = false;
  Stage stage_ = Stage::none;
  Gate gate_ = Gate::none;
  float snr_ = 0, peak_ = 0, peak_3s_ = 0, tau_c_ = 0, zero_ = 0, before_ = 0;
  double square_ = 0, slope_ = 0;
  std::array<float, kSeconds> pd_{};             // by whole second, each the peak since the onset
};

}  // namespace anlan::quake
