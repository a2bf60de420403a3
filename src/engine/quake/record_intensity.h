// Instrumental intensity from the acceleration of a station, sample by sample: GB/T 17742-2020, appendix A.
//
// Every component is band-passed 0.1 to 10 Hz, integrated to velocity, and both are summed as vectors over the components;
// PGA and PGV are the largest sums. The standard's filter was not at hand: here Butterworth, fourth order at either
// corner (two sections each by the bilinear transform), causal, so that a whole record and the same record in packets
// give the same bits. m/s2 and m/s. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/error.h"

namespace anlan::quake {

class RecordIntensity {
 public:
  static constexpr size_t kComponents = 3;
  // kInvalidField for a rate outside 1 to 10,000 Hz. Below 25 Hz there is nothing above 10 Hz to take away.
  static Result<RecordIntensity> of(double rate_hz);

  // Samples of equal times, m/s2. A component that is not there (the vertical, say) is an empty span; the others must be
  // of one length, which is what is taken of each. A sample that is not finite or above 1,000 m/s2 in any component is
  // dropped, counted, and starts the filters anew; so does gap().
  void take(std::span<const double> east, std::span<const double> north, std::span<const double> vertical);
  void gap();

  struct Peaks {
    double raw_pga = 0;       // of the vector sum before the filter
    double pga = 0, pgv = 0;  // after it
    double intensity() const;
  };
  const Peaks& peaks() const { return peaks_; }
  uint64_t dropped() const { return dropped_; }

 private:
  struct Section {  // of second order, transposed direct form II
    double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
  };
  struct Channel {
    double offset = 0, last = 0, velocity = 0;
    std::array<std::array<double, 2>, 4> state{};
  };
  double filter(Channel& channel, double sample) const;

  double step_s_ = 0.01;
  size_t sections_ = 4;
  std::array<Section, 4> section_;
  std::array<Channel, kComponents> channel_;
  bool fresh_ = true;
  Peaks peaks_;
  uint64_t dropped_ = 0;
};

// All of a record at once.
Result<RecordIntensity::Peaks> record_peaks(double rate_hz, std::span<const double> east, std::span<const double> north, std::span<const double> vertical);

}  // namespace anlan::quake
