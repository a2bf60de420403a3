#include "quake/damage.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace anlan::quake {
namespace {

Error invalid(const char* field, const std::string& why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

double normal_cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

Result<void> check_lognormal(const Fragility& f) {
  if (f.measure == Measure::intensity) return invalid("measure", "烈度不能用对数正态曲线 / intensity cannot have lognormal curves");
  for (size_t g = 0; g < f.median.size(); ++g) {
    const bool none = std::isinf(f.median[g]) && f.median[g] > 0;
    if (!none && !(f.median[g] >= 1e-6 && f.median[g] <= 1e6)) return invalid("median", "中值应大于 0 / medians must be positive");
    if (!none && !(f.beta[g] >= 0.01 && f.beta[g] <= 5)) return invalid("beta", "对数标准差应为 0.01 至 5 / beta must be 0.01 to 5");
    if (g == 0 || (none && std::isinf(f.median[g - 1]))) continue;
    if (!(f.median[g] > f.median[g - 1])) return invalid("median", "中值应逐级增大 / medians must ascend");
    if (none || f.beta[g] == f.beta[g - 1]) continue;
    const double apart = std::log(f.median[g] / f.median[g - 1]);
    // Where they cross, in deviations of either.
    const double z = apart / (f.beta[g - 1] - f.beta[g]);
    if (std::abs(z) < 2.326) return invalid("beta", "相邻两级曲线相交 / curves of two grades cross");
  }
  return {};
}

Result<void> check_discrete(const Fragility& f) {
  const size_t n = f.levels.size();
  if (n < 1 || n > kLevelsMax) return invalid("levels", "应有 1 至 1000 个强度 / there must be 1 to 1000 levels");
  for (size_t i = 0; i < n; ++i) {
    if (!(f.levels[i] >= 0 && f.levels[i] <= 1e6)) return invalid("levels", "强度不能为负 / levels cannot be negative");
    if (i > 0 && !(f.levels[i] > f.levels[i - 1])) return invalid("levels", "强度应逐个增大 / levels must ascend");
  }
  for (size_t g = 0; g < f.probability.size(); ++g) {
    if (f.probability[g].size() != n) return invalid("probability", "每条曲线的点数应与强度相同 / one probability for each level");
    for (size_t i = 0; i < n; ++i) {
      const double p = f.probability[g][i];
      if (!(p >= 0 && p <= 1)) return invalid("probability", "概率应为 0 至 1 / probabilities must be 0 to 1");
      if (i > 0 && p < f.probability[g][i - 1]) return invalid("probability", "概率应随强度不减 / probabilities cannot fall as shaking grows");
      if (g > 0 && p > f.probability[g - 1][i]) return invalid("probability", "相邻两级曲线相交 / curves of two grades cross");
    }
  }
  return {};
}

}  // namespace

Result<void> check(const Fragility& f) {
  if (!(f.at_least >= 0 && f.at_least <= 1e6)) return invalid("at_least", "无损坏界限不能为负 / the limit of no damage cannot be negative");
  return f.form == Fragility::Form::lognormal ? check_lognormal(f) : check_discrete(f);
}

double along(std::span<const double> levels, std::span<const double> values, double x) {
  if (levels.empty() || !(x >= levels.front())) return 0;
  if (x >= levels.back()) return values[levels.size() - 1];
  const auto above = static_cast<size_t>(std::upper_bound(levels.begin(), levels.end(), x) - levels.begin());
  const double part = (x - levels[above - 1]) / (levels[above] - levels[above - 1]);
  return values[above - 1] + part * (values[above] - values[above - 1]);
}

std::array<double, kGrades> grade_shares(const Fragility& f, double shaking) {
  std::array<double, kGrades> shares{};
  double before = 1;
  for (size_t g = 0; g + 1 < kGrades; ++g) {
    double reached = 0;
    if (shaking > 0 && shaking >= f.at_least)
      reached = f.form == Fragility::Form::discrete ? along(f.levels, f.probability[g], shaking)
                : std::isinf(f.median[g])           ? 0
                                                    : normal_cdf(std::log(shaking / f.median[g]) / f.beta[g]);
    reached = std::min(reached, before);
    shares[g] = before - reached;
    before = reached;
  }
  shares[kGrades - 1] = before;
  return shares;
}

}  // namespace anlan::quake
