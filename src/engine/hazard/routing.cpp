#include "hazard/routing.h"

#include <cmath>

namespace anlan {

Result<Muskingum> muskingum(Millis travel, double weight, Millis step) {
  if (!(weight >= 0 && weight <= 0.5))
    return {ErrorCode::kInvalidField, {{"field", "weight"}, {"why", "must be in 0..0.5"}}};
  if (travel.count <= 0) return {ErrorCode::kInvalidField, {{"field", "travel"}, {"why", "must be above 0"}}};
  const double k = static_cast<double>(travel.count), dt = static_cast<double>(step.count);
  constexpr double kRounding = 1e-9;
  if (!(dt > 0) || dt < 2 * k * weight * (1 - kRounding) || dt > 2 * k * (1 - weight) * (1 + kRounding))
    return {ErrorCode::kInvalidField, {{"field", "step"}, {"why", "must be in 2Kx..2K(1-x)"}}};
  const double sum = 2 * k * (1 - weight) + dt;
  return Muskingum{(dt - 2 * k * weight) / sum, (dt + 2 * k * weight) / sum, (2 * k * (1 - weight) - dt) / sum};
}

double muskingum_step(const Muskingum& reach, double inflow_before, double inflow_now, double outflow_before) {
  return reach.c0 * inflow_now + reach.c1 * inflow_before + reach.c2 * outflow_before;
}

Result<UtcTime> arrival_downstream(UtcTime departure, double distance_m, double celerity_m_s) {
  if (!(distance_m >= 0)) return {ErrorCode::kInvalidField, {{"field", "distance_m"}, {"why", "must be 0 or more"}}};
  if (!(celerity_m_s > 0)) return {ErrorCode::kInvalidField, {{"field", "celerity_m_s"}, {"why", "must be above 0"}}};
  const double ms = distance_m / celerity_m_s * 1000;
  if (!(ms < static_cast<double>(hours(366 * 24).count)))
    return {ErrorCode::kInvalidField, {{"field", "celerity_m_s"}, {"why", "arrival would be over a year away"}}};
  return departure + milliseconds(std::llround(ms));
}

}  // namespace anlan
