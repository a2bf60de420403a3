#include "quake/storey_model.h"

#include <cmath>
#include <numbers>
#include <string>

namespace anlan::quake {
namespace {

using std::numbers::pi;

Error wrong(std::string field, std::string why) {
  return {ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}};
}

// Participation of the first mode as the generator fits it.
double first_mode_share(unsigned storeys) {
  if (storeys <= 1) return 1;
  const double n = storeys;
  return .09117 / (n * n * n) - .3037 / (n * n) + .402 / n + .8106;
}

}  // namespace

Result<void> check(const ResponseClass& c) {
  struct Range {
    const char* field;
    double value, from, to;
  };
  const Range ranges[] = {
      {"storey_height_m", c.storey_height_m, 1, 50},
      {"floor_mass_kg_m2", c.floor_mass_kg_m2, 1, 1e5},
      {"period_per_storey_s", c.period_per_storey_s, 0.005, 10},
      {"damping", c.damping, 0, 0.5},
      {"yield_g", c.yield_g, 1e-4, 100},
      {"hardening", c.hardening, 1e-4, 0.99},
      {"ultimate", c.ultimate, 1, 100},
      {"softening", c.softening, -1, 0},
      {"pinching", c.pinching, 0, 1},
      {"degradation", c.degradation, 0, 10},
      {"collapse_drift", c.collapse_drift, c.drift_limits[3], 1},
  };
  for (const auto& r : ranges)
    if (!(r.value >= r.from && r.value <= r.to))
      return wrong(r.field, "须在 " + std::to_string(r.from) + " 与 " + std::to_string(r.to) + " 之间 / must lie between " +
                                std::to_string(r.from) + " and " + std::to_string(r.to));
  double before = 0;
  for (const double limit : c.drift_limits) {
    if (!(limit > before && limit <= 1))
      return wrong("drift_limits", "层间位移角限值须为正且递增，不超过 1 / drift limits must be positive, ascending and at most 1");
    before = limit;
  }
  if (static_cast<uint8_t>(c.hysteresis) > static_cast<uint8_t>(Hysteresis::pinching))
    return wrong("hysteresis", "未知的滞回类型 / unknown hysteresis");
  return {};
}

Result<void> check(const GroundMotion& motion) {
  if (!(motion.dt >= 1e-4 && motion.dt <= 0.1))
    return wrong("dt", "采样间隔须在 0.0001 与 0.1 秒之间 / the step must lie between 0.0001 and 0.1 s");
  if (motion.acceleration.empty() || motion.acceleration.size() > kMotionSamplesMax)
    return wrong("acceleration", "须有 1 至 1000000 个采样 / must hold 1 to 1,000,000 samples");
  for (const float a : motion.acceleration)
    if (!(std::abs(a) <= 100))
      return wrong("acceleration", "采样须为有限值且不超过 100 m/s2 / samples must be finite and at most 100 m/s2");
  return {};
}

double unit_eigenvalue(unsigned storeys, unsigned mode) {
  const double s = std::sin((2.0 * mode - 1) * pi / (4.0 * storeys + 2));
  return 4 * s * s;
}

double strength_share(unsigned storey, unsigned storeys) {
  const double i = storey, n = storeys;
  return 1 - i * (i + 1) / (n * (n + 1));
}

Chain chain_of(const ResponseClass& c, unsigned storeys) {
  Chain chain;
  chain.period_s = storeys * c.period_per_storey_s;
  const double w1 = 2 * pi / chain.period_s;
  chain.stiffness = w1 * w1 / unit_eigenvalue(storeys, 1);
  chain.first_yield_m = c.yield_g * kYieldGravity * first_mode_share(storeys) * storeys / chain.stiffness;
  // One storey has no second mode; the formula then gives twice the first, and the first keeps its damping.
  const double w2 = std::sqrt(chain.stiffness * unit_eigenvalue(storeys, 2));
  chain.mass_damping = 2 * c.damping * w1 * w2 / (w1 + w2);
  chain.stiffness_damping = 2 * c.damping / (w1 + w2);
  chain.highest_rad_s = std::sqrt(chain.stiffness * unit_eigenvalue(storeys, storeys));
  return chain;
}

double step_limit(const Chain& chain) {
  const double z = chain.stiffness_damping * chain.highest_rad_s / 2;
  return (std::sqrt(1 + z * z) - z) / chain.highest_rad_s;
}

Result<unsigned> substeps_needed(const Chain& chain, double dt) {
  const double parts = std::ceil(dt / step_limit(chain) - 1e-9);
  if (parts > kSubstepsMax)
    return Error{ErrorCode::kTooLarge, {{"what", "每步细分数 / parts of one step"}, {"limit", std::to_string(kSubstepsMax)}}};
  return parts < 1 ? 1u : static_cast<unsigned>(parts);
}

uint8_t grade_of(const ResponseClass& c, double drift) {
  uint8_t grade = 0;
  for (const double limit : c.drift_limits) grade = static_cast<uint8_t>(grade + (drift >= limit));
  return grade;
}

ResponsePeaks peaks_of(const ResponseClass& c, double drift_m, double residual_m, double acceleration, unsigned worst_storey) {
  const double drift = drift_m / c.storey_height_m;
  ResponsePeaks peaks;
  peaks.collapsed = drift >= c.collapse_drift;
  peaks.drift = static_cast<float>(std::min(drift, c.collapse_drift));
  peaks.residual_drift = static_cast<float>(std::min(residual_m / c.storey_height_m, c.collapse_drift));
  peaks.acceleration = static_cast<float>(acceleration);
  peaks.worst_storey = static_cast<uint16_t>(worst_storey);
  peaks.grade = peaks.collapsed ? 4 : grade_of(c, drift);
  return peaks;
}

StoreyModel storey_model(const ResponseClass& c, unsigned storeys, double floor_area_m2) {
  const Chain chain = chain_of(c, storeys);
  StoreyModel model;
  model.period_s = chain.period_s;
  model.mass_kg = floor_area_m2 * c.floor_mass_kg_m2;
  for (unsigned i = 0; i < storeys; ++i) {
    const double k = chain.stiffness * model.mass_kg;
    model.stiffness.push_back(k);
    model.yield.push_back(k * chain.first_yield_m * strength_share(i, storeys));
    model.peak_strength.push_back(model.yield.back() * c.ultimate);
  }
  return model;
}

}  // namespace anlan::quake
