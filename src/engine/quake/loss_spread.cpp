#include "quake/loss_spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace anlan::quake {
namespace {

constexpr std::array<double, 3> kQuantiles{0.1, 0.5, 0.9};
constexpr double kTenthOfNormal = 1.2815515655446004;

}  // namespace

double normal_quantile(double p) {
  // Newton on the error function: at most 0.5 a step, so that it does not leap over an end.
  double x = 0;
  for (int i = 0; i < 60; ++i) {
    const double wrong = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
    const double slope = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    x -= std::clamp(wrong / slope, -0.5, 0.5);
  }
  return x;
}

Range range_of(std::span<double> values) {
  Range range;
  const size_t n = values.size();
  if (n == 0) return range;
  std::sort(values.begin(), values.end());
  std::array<double, 3> found{};
  for (size_t q = 0; q < kQuantiles.size(); ++q) {
    const double at = std::clamp(kQuantiles[q] * static_cast<double>(n) - 0.5, 0.0, static_cast<double>(n - 1));
    const auto i = static_cast<size_t>(at);
    found[q] = i + 1 < n ? values[i] + (values[i + 1] - values[i]) * (at - static_cast<double>(i)) : values[i];
  }
  for (const double v : values) range.mean += v / static_cast<double>(n);
  range.p10 = found[0], range.p50 = found[1], range.p90 = found[2];
  return range;
}

Range Mixture::range() {
  Range range;
  double all = 0;
  for (const auto& v : values_) all += v.weight;
  if (!(all > 0)) return range;
  std::sort(values_.begin(), values_.end(), [](const Value& a, const Value& b) { return a.value < b.value; });
  std::array<double, 3> found{};
  size_t q = 0;
  double below = 0, before_at = 0, before = values_.front().value;
  for (const auto& v : values_) {
    const double at = (below + v.weight / 2) / all;  // the middle of its step
    for (; q < kQuantiles.size() && at >= kQuantiles[q]; ++q)
      found[q] = at > before_at ? before + (v.value - before) * std::max(0.0, kQuantiles[q] - before_at) / (at - before_at) : v.value;
    below += v.weight;
    before_at = at, before = v.value;
    range.mean += v.value * v.weight / all;
  }
  for (; q < kQuantiles.size(); ++q) found[q] = before;
  range.p10 = found[0], range.p50 = found[1], range.p90 = found[2];
  return range;
}

double Mixture::share(double from, double to) const {
  double all = 0, inside = 0;
  for (const auto& v : values_) all += v.weight, inside += v.value >= from && v.value < to ? v.weight : 0;
  return all > 0 ? inside / all : 0;
}

std::vector<double> normal_steps(size_t n) {
  std::vector<double> steps(n);
  for (size_t i = 0; i < n; ++i) steps[i] = normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n));
  return steps;
}

Ratio ratio_of(const Range& range) {
  if (!(range.p50 > 0)) return {};
  return {range.p50, std::log(range.p90 / range.p10) / (2 * kTenthOfNormal)};
}

}  // namespace anlan::quake
