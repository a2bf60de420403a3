#include "hazard/rain.h"

#include <cmath>

namespace anlan {

std::vector<double> sliding_sum_mm(std::span<const double> rain_mm, size_t window) {
  CHECK(window >= 1);
  std::vector<double> total(rain_mm.size() + 1, 0.0);
  for (size_t i = 0; i < rain_mm.size(); ++i) total[i + 1] = total[i] + rain_mm[i];
  std::vector<double> sums(rain_mm.size());
  for (size_t i = 0; i < sums.size(); ++i) sums[i] = total[i + 1] - total[i + 1 > window ? i + 1 - window : 0];
  return sums;
}

std::vector<double> antecedent_mm(std::span<const double> rain_mm, double keep, double start_mm) {
  CHECK(keep >= 0 && keep < 1);
  std::vector<double> wetness(rain_mm.size());
  double a = start_mm;
  for (size_t i = 0; i < wetness.size(); ++i) wetness[i] = a = keep * a + rain_mm[i];
  return wetness;
}

Result<double> scs_storage_mm(double curve_number) {
  if (!(curve_number > 0 && curve_number <= 100))
    return {ErrorCode::kInvalidField, {{"field", "curve_number"}, {"why", "must be above 0, at most 100"}}};
  return 25400 / curve_number - 254;
}

Result<double> scs_runoff_mm(double rain_mm, double curve_number, double initial_loss_share) {
  if (!(rain_mm >= 0) || !std::isfinite(rain_mm))
    return {ErrorCode::kInvalidField, {{"field", "rain_mm"}, {"why", "must be 0 or more"}}};
  if (!(initial_loss_share >= 0 && initial_loss_share <= 1))
    return {ErrorCode::kInvalidField, {{"field", "initial_loss_share"}, {"why", "must be in 0..1"}}};
  TRY(storage_mm, scs_storage_mm(curve_number));
  const double excess = rain_mm - initial_loss_share * storage_mm;
  if (excess <= 0) return 0.0;
  return excess * excess / (excess + storage_mm);
}

}  // namespace anlan
