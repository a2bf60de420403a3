#include "hazard/landslide.h"

#include <algorithm>
#include <cmath>

namespace anlan {
namespace {

constexpr size_t kStepsMax = 1'000'000;
constexpr double kWindowsTimesStepsMax = 2e9;

Result<void> check_input(std::span<const double> rain_mm, double step_h, const IntensityDuration& curve) {
  if (rain_mm.size() > kStepsMax) return {ErrorCode::kTooLarge, {{"what", "rain_mm"}, {"limit", "1000000"}}};
  if (!(step_h > 0) || !std::isfinite(step_h))
    return {ErrorCode::kInvalidField, {{"field", "step_h"}, {"why", "must be above 0"}}};
  const bool curve_ok = curve.alpha_mm_h > 0 && std::isfinite(curve.alpha_mm_h) && curve.beta >= 0 && curve.beta <= 1 &&
                        curve.duration_h_min > 0 && curve.duration_h_max >= curve.duration_h_min &&
                        std::isfinite(curve.duration_h_max);
  if (!curve_ok) return {ErrorCode::kInvalidField, {{"field", "curve"}, {"why", "alpha, beta or durations"}}};
  for (double rain : rain_mm)
    if (!(rain >= 0) || !std::isfinite(rain))
      return {ErrorCode::kInvalidField, {{"field", "rain_mm"}, {"why", "must be 0 or more in every step"}}};
  return {};
}

// Rain that reaches the threshold in a window of so many steps: the curve times its duration. Windows shorter or
// longer than the curve allows are left out.
struct WindowSums {
  size_t steps_min = 1;
  std::vector<double> threshold_mm;  // of steps_min, steps_min + 1, ...
};

WindowSums window_sums(size_t steps, double step_h, const IntensityDuration& curve) {
  constexpr double kRounding = 1e-9;  // 0.167 h / (1/6) h must not lose its window
  const double lowest = std::max(1.0, std::ceil(curve.duration_h_min / step_h - kRounding));
  const double highest = std::min(static_cast<double>(steps), std::floor(curve.duration_h_max / step_h + kRounding));
  WindowSums sums;
  if (lowest > highest) return sums;
  sums.steps_min = static_cast<size_t>(lowest);
  for (size_t k = sums.steps_min; k <= static_cast<size_t>(highest); ++k) {
    const double duration_h = static_cast<double>(k) * step_h;
    sums.threshold_mm.push_back(threshold_intensity_mm_h(curve, duration_h) * duration_h);
  }
  return sums;
}

// `total_mm[i]` is the rain of the first i steps; windows end after `end` steps.
ThresholdRatio worst_window(std::span<const double> total_mm, size_t end, const WindowSums& sums, double step_h) {
  double worst = 0;
  size_t worst_steps = 0;
  for (size_t i = 0; i < sums.threshold_mm.size() && sums.steps_min + i <= end; ++i) {
    const double ratio = (total_mm[end] - total_mm[end - sums.steps_min - i]) / sums.threshold_mm[i];
    if (ratio > worst) worst = ratio, worst_steps = sums.steps_min + i;
  }
  if (worst_steps == 0) return {};
  const double duration_h = static_cast<double>(worst_steps) * step_h;
  return {worst, duration_h, (total_mm[end] - total_mm[end - worst_steps]) / duration_h};
}

std::vector<double> running_total(std::span<const double> rain_mm) {
  std::vector<double> total(rain_mm.size() + 1, 0.0);
  for (size_t i = 0; i < rain_mm.size(); ++i) total[i + 1] = total[i] + rain_mm[i];
  return total;
}

}  // namespace

double threshold_intensity_mm_h(const IntensityDuration& curve, double duration_h) {
  return curve.alpha_mm_h * std::pow(duration_h, -curve.beta);
}

Result<ThresholdRatio> ratio_now(std::span<const double> rain_mm, double step_h, const IntensityDuration& curve) {
  TRY_VOID(check_input(rain_mm, step_h, curve));
  return worst_window(running_total(rain_mm), rain_mm.size(), window_sums(rain_mm.size(), step_h, curve), step_h);
}

Result<std::vector<ThresholdRatio>> ratio_series(std::span<const double> rain_mm, double step_h,
                                                 const IntensityDuration& curve) {
  TRY_VOID(check_input(rain_mm, step_h, curve));
  const WindowSums sums = window_sums(rain_mm.size(), step_h, curve);
  if (static_cast<double>(sums.threshold_mm.size()) * static_cast<double>(rain_mm.size()) > kWindowsTimesStepsMax)
    return {ErrorCode::kTooLarge, {{"what", "steps * windows"}, {"limit", "2000000000"}}};
  const std::vector<double> total = running_total(rain_mm);
  std::vector<ThresholdRatio> series(rain_mm.size());
  for (size_t i = 0; i < series.size(); ++i) series[i] = worst_window(total, i + 1, sums, step_h);
  return series;
}

int warn_level(double ratio, std::span<const double> ladder) {
  CHECK(std::is_sorted(ladder.begin(), ladder.end()));
  if (std::isnan(ratio)) return 0;
  return static_cast<int>(std::upper_bound(ladder.begin(), ladder.end(), ratio) - ladder.begin());
}

}  // namespace anlan
