// Ground motions for the response of buildings: read from files, made from a seed, measured, and chosen for a place.
// Units: m/s2, m/s, s. Motions of response.h; all returned ones pass its check().
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "quake/response.h"

namespace anlan::quake {

inline constexpr double kGravity = 9.80665;
inline constexpr size_t kMotionBytesMax = 64 << 20;

enum class AccelerationUnit : uint8_t { g, gal, m_s2 };

// A PEER record (AT2): lines of text, one that names NPTS and DT in either order of name and value, then the samples.
// g unless a line before says cm/s2 or m/s2. Text after the last sample is passed over. kInvalidFile with the line: no such line, too few or too many samples, not
// a number, not finite, over the bounds of check().
Result<GroundMotion> read_at2(std::string_view text);

// Numbers in columns after any lines of text. What the file does not say is stated: the unit; which column holds the
// acceleration (from 0); the step, or 0 to take it from column 0 as times (equal within 1 %). With `every_column` all
// numbers in reading order are samples. kInvalidFile as above.
struct ColumnForm {
  AccelerationUnit unit = AccelerationUnit::g;
  double dt = 0;
  unsigned column = 1;
  bool every_column = false;
};
Result<GroundMotion> read_columns(std::string_view text, const ColumnForm& form);

struct MotionTraits {
  double pga = 0;
  double pgv = 0;         // by trapezoids from rest
  double duration_s = 0;  // 5 to 95 % of the Arias integral
};
MotionTraits traits_of(const GroundMotion& motion);

// Largest pseudo-spectral velocity (2 pi / T x largest displacement) of the elastic oscillator of period T. Exact for
// straight lines between samples (Nigam and Jennings 1969). O(samples).
double spectral_velocity(const GroundMotion& motion, double period_s, double damping = 0.05);

// Linear between samples. For motions of unlike steps that are to be computed at one.
GroundMotion resampled(const GroundMotion& motion, double dt);

// A motion with the peak acceleration asked for, the peak velocity within 2 % and the 5-95 % duration within 15 %:
// cosines of random phase under an envelope, with the spectrum of Kanai and Tajimi (high-passed: Clough and Penzien
// 1975), whose ground frequency is searched for the ratio of the two peaks; at rest at its end. The same seed gives the
// same motion. kInvalidField: not positive, or a ratio pgv/pga that no ground frequency from 0.15 to 20 Hz gives.
// Artificial motions lack the pulses of near faults; say so where they are shown.
struct SyntheticTarget {
  double pga = 1;
  double pgv = 0.1;
  double duration_s = 10;
  double dt = 0.005;
};
Result<GroundMotion> synthesize(const SyntheticTarget& target, uint64_t seed);

// Which motion, and how much scaled, stands for the shaking of a place: of those given, the one whose ratio pgv/pga is
// nearest in logarithm, a scale far from 1 counting a quarter as much; scaled to the PGA of the place. Where pgv is
// not positive the scale alone decides. One for each place; a place without shaking gets scale 0. O(places x motions).
struct MotionChoice {
  uint16_t motion = 0;
  float scale = 0;
};
std::vector<MotionChoice> choose_motions(std::span<const MotionTraits> motions, std::span<const float> pga, std::span<const float> pgv);

// The same by the spectral velocity at the period of a building: the motion that needs least scaling.
MotionChoice choose_motion(std::span<const double> spectral_velocities, double wanted);

}  // namespace anlan::quake
