#include "quake/motion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace anlan::quake {

MotionTraits traits_of(const GroundMotion& motion) {
  const auto& a = motion.acceleration;
  MotionTraits traits;
  double velocity = 0, arias = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (i > 0) velocity += (static_cast<double>(a[i - 1]) + a[i]) / 2 * motion.dt;
    traits.pgv = std::max(traits.pgv, std::abs(velocity));
    traits.pga = std::max(traits.pga, std::abs(static_cast<double>(a[i])));
    arias += static_cast<double>(a[i]) * a[i];
  }
  double sum = 0, from = 0;
  bool begun = false;
  for (size_t i = 0; i < a.size() && arias > 0; ++i) {
    sum += static_cast<double>(a[i]) * a[i];
    if (!begun && sum >= 0.05 * arias) {
      begun = true;
      from = static_cast<double>(i) * motion.dt;
    }
    if (sum >= 0.95 * arias) {
      traits.duration_s = static_cast<double>(i) * motion.dt - from;
      break;
    }
  }
  return traits;
}

double spectral_velocity(const GroundMotion& motion, double period_s, double damping) {
  CHECK(period_s > 0 && damping >= 0 && damping < 1);
  const double w = 2 * std::numbers::pi / period_s, z = damping, h = motion.dt;
  const double wd = w * std::sqrt(1 - z * z), e = std::exp(-z * w * h), s = std::sin(wd * h), c = std::cos(wd * h);
  // Homogeneous part.
  const double a11 = e * (c + z * w / wd * s), a12 = e * s / wd;
  const double a21 = -e * w * w / wd * s, a22 = e * (c - z * w / wd * s);
  double x = 0, v = 0, most = 0;
  const auto& a = motion.acceleration;
  for (size_t i = 0; i + 1 < a.size(); ++i) {
    // x'' + 2zw x' + w2 x = -(a0 + slope t): particular solution p + q t.
    const double slope = (static_cast<double>(a[i + 1]) - a[i]) / h;
    const double q = -slope / (w * w), p = (-a[i] - 2 * z * w * q) / (w * w);
    const double x0 = x - p, v0 = v - q;
    x = a11 * x0 + a12 * v0 + p + q * h;
    v = a21 * x0 + a22 * v0 + q;
    most = std::max(most, std::abs(x));
  }
  return w * most;
}

GroundMotion resampled(const GroundMotion& motion, double dt) {
  CHECK(dt > 0 && !motion.acceleration.empty());
  GroundMotion out{dt, {}};
  const auto& a = motion.acceleration;
  const double span = static_cast<double>(a.size() - 1) * motion.dt;
  const auto steps = static_cast<size_t>(std::min(std::floor(span / dt + 1e-9), static_cast<double>(kMotionSamplesMax - 1)));
  out.acceleration.reserve(steps + 1);
  for (size_t i = 0; i <= steps; ++i) {
    const double at = static_cast<double>(i) * dt / motion.dt;
    const auto k = std::min(static_cast<size_t>(at), a.size() - 1);
    const double next = a[std::min(k + 1, a.size() - 1)];
    out.acceleration.push_back(static_cast<float>(a[k] + (next - a[k]) * (at - static_cast<double>(k))));
  }
  return out;
}

std::vector<MotionChoice> choose_motions(std::span<const MotionTraits> motions, std::span<const float> pga,
                                         std::span<const float> pgv) {
  CHECK(!motions.empty() && motions.size() <= 65'536 && (pgv.empty() || pgv.size() == pga.size()));
  struct Logs {
    double pga, ratio;
  };
  std::vector<Logs> logs;
  for (const auto& m : motions) {
    CHECK(m.pga > 0 && m.pgv > 0);
    logs.push_back({std::log(m.pga), std::log(m.pgv / m.pga)});
  }
  std::vector<MotionChoice> out(pga.size());
  for (size_t i = 0; i < pga.size(); ++i) {
    if (!(pga[i] > 0)) continue;
    const double wanted = std::log(pga[i]);
    const bool has_velocity = !pgv.empty() && pgv[i] > 0;
    const double ratio = has_velocity ? std::log(pgv[i]) - wanted : 0;
    double least = 0;
    for (size_t m = 0; m < logs.size(); ++m) {
      const double away = (has_velocity ? std::abs(logs[m].ratio - ratio) : 0) + std::abs(logs[m].pga - wanted) / 4;
      if (m > 0 && away >= least) continue;
      least = away;
      out[i] = {static_cast<uint16_t>(m), static_cast<float>(pga[i] / motions[m].pga)};
    }
  }
  return out;
}

MotionChoice choose_motion(std::span<const double> spectral_velocities, double wanted) {
  CHECK(!spectral_velocities.empty() && spectral_velocities.size() <= 65'536);
  MotionChoice out;
  if (!(wanted > 0)) return out;
  double least = 0;
  for (size_t m = 0; m < spectral_velocities.size(); ++m) {
    if (!(spectral_velocities[m] > 0)) continue;
    const double scale = wanted / spectral_velocities[m];
    const double away = std::abs(std::log(scale));
    if (out.scale > 0 && away >= least) continue;
    least = away;
    out = {static_cast<uint16_t>(m), static_cast<float>(scale)};
  }
  return out;
}

}  // namespace anlan::quake
