// One channel as it arrives: its time line, its faults and its filters.
//
// Samples continue the last packet when they start within 3/4 of a sample of where it ended; older ones are dropped and
// counted (overlap; but when 20 packets in a row are two minutes old, the time before was wrong and they begin anew), a
// later start is a gap and restarts the filters. Five seconds without any change: dead, until it moves again. A sample at
// the stated clip: clipped for ten seconds. One to three samples that leap by fifteen times the usual step and come
// straight back, with quiet on both sides, are no ground motion: they are set to the sample before them and counted (not
// within seven samples of the end of a packet, where the quiet after cannot be seen). Constant memory; O(samples).
#pragma once

#include <cstdint>
#include <span>

#include "quake/early_warning.h"
#include "quake/picker.h"

namespace anlan::quake {

class WaveformStream {
 public:
  explicit WaveformStream(const Channel& channel);

  struct Admitted {
    std::span<const int32_t> samples;  // what is new in the packet; may be empty
    bool restarted = false;
  };
  Admitted admit(const Packet& packet);
  // At most kSlice new samples through the filters; leaves acceleration and displacement for the picker.
  static constexpr size_t kSlice = 128;
  MotionPeaks run(const Tuning& tuning, std::span<const int32_t> samples, std::span<double> acceleration, float* displacement);
  int64_t newest_us() const { return newest_us_; }   // time of the last sample admitted
  // Velocity is right a few seconds after a start.
  bool settled(const Tuning& tuning) const { return age_ >= tuning.warm; }
  bool dead() const { return flat_us_ >= 5'000'000; }
  bool clipped() const { return clipped_us_ > newest_us_ - 10'000'000; }
  void refuse() { ++refused_; }
  StreamState state(int64_t now_us) const;

 private:
  void remove_spikes(std::span<double> samples);

  double scale_, clip_, step_us_;
  bool velocity_, begun_ = false;
  int32_t last_ = 0;
  uint32_t age_ = 0, gaps_ = 0, overlaps_ = 0, refused_ = 0, spikes_ = 0, behind_ = 0;
  int64_t newest_us_ = 0, flat_us_ = 0, clipped_us_ = INT64_MIN / 2;
  Motion motion_;
  double before_ = 0, usual_step_ = 0;    // the sample before; mean of |difference|, SI
};

}  // namespace anlan::quake
