// How the force of one storey follows its drift. Forces are divided by the elastic stiffness, so that force and drift
// have one unit (m) and the elastic slope is 1.
//
// Backbone, the same to both sides: slope 1 to the yield y, `hardening` to the peak `ultimate` x y, then `softening`
// down to nothing. A step adds a drift; there is no iteration, so a law serves explicit integration alone. The vector
// kernels (response_lanes_kernel.h) do the same in single precision without branches.
//
// bilinear: kinematic hardening; the back force is bounded so that the force stays inside the backbone's cap, which
//   sinks for good once the drift has passed the peak. No loss with cycles.
// peak-oriented (Clough 1966, modified: Mahin and Bertero 1976): unloads with slope 1, and from zero force aims at the
//   farthest point reached on the other side. Pinching: it goes along `pinching` of that slope first, then along slope 1
//   backed from the point aimed at, whichever is higher. Strength is lost in proportion to the energy dissipated
//   (`degradation` by a rectangle of 4 x peak force x its drift), down to kStrengthFloor; what is lost by softening is
//   lost to both sides.
#pragma once

#include <algorithm>
#include <cmath>

#include "quake/response.h"

namespace anlan::quake {

inline constexpr double kStrengthFloor = 0.2;

// Constants of one storey.
struct StoreyLaw {
  double yield = 0;       // drift, m
  double hardening = 0;
  double ultimate = 0;    // force at the peak
  double softening = 0;   // >= 0: force lost per drift beyond the peak
  double reach = 0;       // the softening line at drift 0
  double pinching = 1;
  double loss = 0;        // share of strength lost per dissipated energy (m2)

  static StoreyLaw of(const ResponseClass& c, double yield_m) {
    StoreyLaw law;
    law.yield = yield_m;
    law.hardening = c.hardening;
    law.ultimate = c.ultimate * yield_m;
    law.softening = -c.softening;
    const double at_peak = yield_m * (1 + (c.ultimate - 1) / c.hardening);
    law.reach = law.ultimate + law.softening * at_peak;
    law.pinching = c.hysteresis == Hysteresis::pinching ? c.pinching : 1;
    law.loss = c.degradation / (4 * law.ultimate * at_peak);
    return law;
  }
  // The backbone beyond yield, for a storey that has been as far as `farthest` to either side.
  double envelope(double drift, double farthest) const {
    return std::max(0.0, std::min(hardening * drift + (1 - hardening) * yield, reach - softening * std::max(drift, farthest)));
  }
};

struct StoreyState {
  double drift = 0, force = 0;
  double farthest_up = 0, farthest_down = 0;  // both >= 0
  double cap = 0;                             // bilinear
  double slope = 1, shift = 0, steep = 0;     // peak-oriented: reload = max(slope x + shift, x + steep)
  double strength = 1, dissipated = 0;        // dissipated: m2, times stiffness = J

  static StoreyState of(const StoreyLaw& law) {
    StoreyState state;
    state.cap = law.ultimate;
    state.slope = law.pinching;
    return state;
  }
  double farthest() const { return std::max(farthest_up, farthest_down); }
};

// Each takes the storey one drift further and returns the force.
inline double elastic_force(const StoreyLaw&, StoreyState& s, double step) {
  s.drift += step;
  s.farthest_up = std::max(s.farthest_up, s.drift);
  s.farthest_down = std::max(s.farthest_down, -s.drift);
  return s.force = s.drift;
}

inline double bilinear_force(const StoreyLaw& law, StoreyState& s, double step) {
  s.drift += step;
  if (std::abs(s.drift) > s.farthest_up) {
    s.farthest_up = std::abs(s.drift);
    s.cap = std::max(0.0, std::min(law.ultimate, law.reach - law.softening * s.farthest_up));
  }
  const double half = (1 - law.hardening) * law.yield;
  const double held = std::min(half, s.cap);
  const double most_back = s.cap - held;
  const double back = std::clamp(law.hardening * s.drift, -most_back, most_back);
  return s.force = std::clamp(s.force + step, back - held, back + held);
}

inline double peak_oriented_force(const StoreyLaw& law, StoreyState& s, double step) {
  s.drift += step;
  const double trial = s.force + step;
  const double sign = std::copysign(1.0, trial);
  if (std::signbit(trial) != std::signbit(s.force)) {
    const double zero = sign * (s.drift - trial);
    const double aim = std::max(law.yield, sign > 0 ? s.farthest_up : s.farthest_down);
    const double aim_force = s.strength * law.envelope(aim, s.farthest());
    s.slope = law.pinching * aim_force / std::max({aim - zero, aim_force, 1e-12});
    s.shift = -s.slope * zero;
    s.steep = aim_force - aim;
  }
  const double x = sign * s.drift;
  const double reload = std::max(s.slope * x + s.shift, x + s.steep);
  const double bound = std::max(0.0, std::min(reload, s.strength * law.envelope(x, s.farthest())));
  const double force = std::min(std::abs(trial), bound);
  const double lost = force * (std::abs(trial) - force);
  if (lost > 0) {
    s.dissipated += lost;
    s.strength = std::max(kStrengthFloor, 1 - law.loss * s.dissipated);
  }
  s.farthest_up = std::max(s.farthest_up, s.drift);
  s.farthest_down = std::max(s.farthest_down, -s.drift);
  return s.force = sign * force;
}

}  // namespace anlan::quake
