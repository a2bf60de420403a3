// Rainfall intensity-duration thresholds of landslides, and how near a rain series is to one.
//
// A threshold is I = alpha * D^-beta: mean intensity I (mm/h) over a duration D (h) above which slopes were seen to
// fail. The two global curves below are lower bounds of world-wide collections; a local curve must override them.
// Sources: Caine 1980, Geografiska Annaler 62A, 23-27; Guzzetti et al. 2008, Landslides 5, 3-17. Confidence mark K
// of ../shared/domain/reference.md, section 7.1: well known, not read again in the papers.
// The curves are fitted to whole rain events. Here every window that ends at the step counts as an event, so a burst
// inside a long rain is not diluted: the ratio is never below the one of the event itself.
#pragma once

#include <span>
#include <vector>

#include "base/error.h"

namespace anlan {

struct IntensityDuration {
  double alpha_mm_h = 0;                          // > 0
  double beta = 0;                                // 0..1
  double duration_h_min = 0, duration_h_max = 0;  // where the curve was fitted; no window outside it is judged
};

constexpr IntensityDuration kCaine1980{14.82, 0.39, 0.167, 500};
constexpr IntensityDuration kGuzzetti2008{2.20, 0.44, 0.1, 1000};

double threshold_intensity_mm_h(const IntensityDuration& curve, double duration_h);

// The window that comes nearest to the threshold or exceeds it most. All zero when no rain fell or no window fits.
struct ThresholdRatio {
  double ratio = 0;       // mean intensity over threshold intensity
  double duration_h = 0;  // of that window; the shortest one when several are equal
  double intensity_mm_h = 0;
};

// The greatest ratio over all windows that end with the last step. `rain_mm` holds the rain of equal steps of `step_h`
// hours, oldest first. O(steps). kInvalidField for negative or non-finite rain, a step not above 0, a bad curve;
// kTooLarge above 1,000,000 steps.
Result<ThresholdRatio> ratio_now(std::span<const double> rain_mm, double step_h, const IntensityDuration& curve);

// The same for the windows that end with each step: what a watch would have seen as time went on.
// O(steps * windows), windows = min(steps, duration_h_max / step_h); kTooLarge when that product passes 2e9.
Result<std::vector<ThresholdRatio>> ratio_series(std::span<const double> rain_mm, double step_h,
                                                 const IntensityDuration& curve);

// How many rungs of an ascending ladder the ratio has reached: 0 for none, ladder.size() for the highest colour.
// Reaching a rung counts ([lo, hi) intervals). Example: {0.6, 0.8, 1.0, 1.2} for blue, yellow, orange, red.
int warn_level(double ratio, std::span<const double> ladder);

}  // namespace anlan
