// Which points are inside the wind circles of a typhoon, and when.
//
// A track is a series of fixes; each fix has, for winds of level 7, 10 and 12 (Beaufort; 30, 50 and 64 kn in track
// files), a radius per quadrant, as published by the CMA. A circle is drawn as four quarter circles: the quadrant is
// decided by the compass bearing from the centre, the distance is the great circle.
// Between two fixes, position (longitude the short way round) and the twelve radii change linearly with time; an absent
// circle is a radius of 0, so a circle that first appears at a fix grows towards it from the fix before. Fixes at the
// same time are allowed: the later one holds. The circles of one fix need not be nested.
// Nothing is said before the first fix or after the last; forecasts are fixes like any other.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

constexpr std::array<int, 3> kWindLevels{7, 10, 12};

struct QuadrantRadii {
  double ne_km = 0, se_km = 0, sw_km = 0, nw_km = 0;  // 0..2000; 0 for no circle
  bool operator==(const QuadrantRadii&) const = default;
};

struct TyphoonFix {
  UtcTime time;
  LonLat centre;
  std::array<QuadrantRadii, 3> circles{};  // in the order of kWindLevels
};

// Times are those of the steps: the true entry and exit are less than one step earlier, and a stay shorter than a step
// can be missed.
struct CircleStay {
  UtcTime first_entry = kNever;  // first step inside; kNever when never inside
  UtcTime last_exit = kNever;  // first step outside for good; kNever when never inside or still inside at the last fix
  bool entered() const { return first_entry != kNever; }
  bool operator==(const CircleStay&) const = default;
};

struct CircleExposure {
  int level_max = 0;                  // 0, 7, 10 or 12: the strongest circle the point was ever inside
  std::array<CircleStay, 3> stays{};  // in the order of kWindLevels
  bool operator==(const CircleExposure&) const = default;
};

// The storm at an instant. `fixes` not empty, in time order (CHECK); clamped to the first and last fix.
TyphoonFix interpolate(std::span<const TyphoonFix> fixes, UtcTime time);

// One exposure per point, in their order. Steps start at the first fix, and the last fix is always one.
// O(P log P + steps * P'), P' = the points between the southernmost and northernmost reach of the largest circle at
// the step (points are sorted by latitude once, so the rest is never touched). At most 100,000 steps and 20,000,000
// points (kTooLarge). kInvalidField for no fixes, fixes out of order, an invalid position or radius, or a step below 1
// s.
Result<std::vector<CircleExposure>> circle_exposures(std::span<const TyphoonFix> fixes, std::span<const LonLat> points,
                                                     Millis step);

}  // namespace anlan
