// How well a rule would have warned: peaks that truly happened against the alarms that the rule would have given.
//
// Arrays in, arrays out. The scores are those of forecast verification (Jolliffe & Stephenson 2012, chapter 3):
// detection = hits / (hits + misses), false ratio = false alarms / all alarms, csi = hits / (hits + misses + false).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan {

// A stretch of a series at or above a threshold, as step numbers.
struct Exceedance {
  size_t first = 0, last = 0;  // both at or above the threshold
  size_t peak = 0;             // the highest step between them, the earliest of equals
  bool operator==(const Exceedance&) const = default;
};

// Stretches at or above the threshold, in order; two are one when fewer than `gap_steps` steps below the threshold lie
// between them. The peaks of a flow series and the alarms of an index that clears after a quiet time are both found so.
// NaN counts as below. O(steps).
std::vector<Exceedance> find_exceedances(std::span<const double> series, double threshold, size_t gap_steps);

struct AlarmSpan {
  UtcTime start, end;  // start <= end; both belong to the alarm
};

// An alarm and a peak belong together when the alarm starts at least `lead_min` before the peak (0: at the peak at the
// latest) and ends no earlier than `reach` before it: rain stops before the water comes. A lead above `lead_max` is
// credited as `lead_max`, so that an alarm left standing from the storm before does not count as foresight.
struct MatchRule {
  Millis lead_min = hours(0);
  Millis reach = hours(24);
  Millis lead_max = hours(48);
};

struct BackTest {
  std::vector<std::optional<Millis>>
      leads;                 // per peak, in order; nothing for a miss. From the earliest alarm that fits
  int hits = 0, misses = 0;  // peaks
  int false_alarms = 0;      // alarms that belong to no peak. A late alarm is one
  int alarms = 0;
  Millis under_alarm;          // sum of alarm spans: an alarm that never clears hits everything, and shows here
  double detection() const;    // 1 when there are no peaks
  double false_ratio() const;  // 0 when there are no alarms
  double csi() const;          // 1 when there are neither
  std::optional<Millis> median_lead() const;  // of the hits; the lower of two middle ones
};

// Peaks and alarms by ascending time (start). kInvalidField for disorder or an alarm that ends before it starts.
// O(peaks * alarms that start before the peak); kTooLarge when peaks * alarms passes 1e9.
Result<BackTest> score_alarms(std::span<const UtcTime> peaks, std::span<const AlarmSpan> alarms, const MatchRule& rule);

}  // namespace anlan
