// One building in double: the plain reference and the history for the page of one building.
#include <cmath>
#include <string>

#include "quake/hysteresis.h"
#include "quake/storey_model.h"

namespace anlan::quake {
namespace {

using Force = double (*)(const StoreyLaw&, StoreyState&, double);

struct Tower {
  Chain chain;
  unsigned storeys = 0;
  std::array<StoreyLaw, kStoreysMax> law;
  std::array<StoreyState, kStoreysMax> state;
  std::array<double, kStoreysMax> increment{};  // displacement of each floor over the last step, m
  double acceleration = 0;                      // largest absolute one

  Tower(const ResponseClass& c, unsigned n) : chain(chain_of(c, n)), storeys(n) {
    for (unsigned i = 0; i < n; ++i) {
      law[i] = StoreyLaw::of(c, chain.first_yield_m * strength_share(i, n));
      state[i] = StoreyState::of(law[i]);
    }
  }

  ResponsePeaks peaks(const ResponseClass& c) const {
    unsigned worst = 0;
    double residual = 0;
    for (unsigned i = 0; i < storeys; ++i) {
      if (state[i].farthest() > state[worst].farthest()) worst = i;
      residual = std::max(residual, std::abs(state[i].drift - state[i].force));
    }
    return peaks_of(c, state[worst].farthest(), residual, acceleration, worst + 1);
  }
};

// What a history keeps of each step; the plain loop keeps nothing.
struct Unwatched {
  void storey(unsigned, double, double, double) {}
  void floor(unsigned, double, double, double) {}
  void stepped(const Tower&) {}
};

// Central difference of diagonal mass: with drifts at step n, forces there, and increments from n to n + 1. The
// damping of mass is centred, that of stiffness takes the drift of the last step; equal to the kernels' scheme.
template <Force force, class Watch>
void shake(Tower& tower, const GroundMotion& motion, double scale, unsigned parts, Watch& watch) {
  const unsigned n = tower.storeys;
  const double dt = motion.dt / parts;
  const double half = tower.chain.mass_damping * dt / 2;
  const double couple = tower.chain.stiffness * dt * dt / (1 + half), keep = (1 - half) / (1 + half);
  const double drive = dt * dt / (1 + half), damp = tower.chain.stiffness_damping / dt;
  const double per_dt2 = 1 / (dt * dt);
  double* const increment = tower.increment.data();
  const size_t samples = motion.acceleration.size();
  double acceleration = 0;
  for (size_t k = 0; k < samples; ++k) {
    const double a0 = motion.acceleration[k] * scale;
    const double a1 = k + 1 < samples ? motion.acceleration[k + 1] * scale : a0;
    const unsigned inner = k + 1 < samples ? parts : 1;
    for (unsigned part = 0; part < inner; ++part) {
      const double ground = a0 + (a1 - a0) * part / parts;
      double below = 0, carried = 0;
      for (unsigned i = 0; i <= n; ++i) {
        double shear = 0;
        if (i < n) {
          const double step = increment[i] - below;
          below = increment[i];
          const double f = force(tower.law[i], tower.state[i], step);
          shear = f + damp * step;
          watch.storey(i, f, damp * step, step);
        }
        if (i > 0) {
          const double old = increment[i - 1];
          const double next = keep * old + couple * (shear - carried) - drive * ground;
          increment[i - 1] = next;
          acceleration = std::max(acceleration, std::abs((next - old) * per_dt2 + ground));
          watch.floor(i - 1, old, next, ground);
        }
        carried = shear;
      }
      watch.stepped(tower);
    }
  }
  tower.acceleration = acceleration;
}

template <class Watch>
void shake_as(Hysteresis hysteresis, Tower& tower, const GroundMotion& motion, double scale, unsigned parts, Watch& watch) {
  switch (hysteresis) {
    case Hysteresis::elastic: return shake<elastic_force>(tower, motion, scale, parts, watch);
    case Hysteresis::bilinear: return shake<bilinear_force>(tower, motion, scale, parts, watch);
    case Hysteresis::clough:
    case Hysteresis::pinching: return shake<peak_oriented_force>(tower, motion, scale, parts, watch);
  }
}

// Energies per unit of mass. Work over a step is taken with the mean of the forces at its two ends.
struct Recorder {
  History& out;
  double dt, mass_damping, height_m;
  unsigned row_steps;
  size_t steps = 0;
  std::array<double, kStoreysMax> force{};
  double in = 0, worked = 0, damped = 0, damped_mass = 0;  // the second and third divided by the stiffness

  void storey(unsigned i, double f, double v, double step) {
    worked += (force[i] + f) / 2 * step;
    damped += v * step;
    force[i] = f;
  }
  void floor(unsigned, double old, double next, double ground) {
    const double moved = (old + next) / 2;
    in -= ground * moved;
    damped_mass += mass_damping * moved * moved / dt;
  }
  void stepped(const Tower& tower) {
    if (steps++ % row_steps != 0) return;
    std::vector<float> displacement, drift;
    double at = 0;
    for (unsigned i = 0; i < tower.storeys; ++i) {
      at += tower.state[i].drift;
      displacement.push_back(static_cast<float>(at));
      drift.push_back(static_cast<float>(tower.state[i].drift / height_m));
    }
    out.displacement.push_back(std::move(displacement));
    out.drift.push_back(std::move(drift));
  }
};

}  // namespace

ResponsePeaks respond_plain(const ResponseClass& c, unsigned storeys, const GroundMotion& motion, double scale) {
  CHECK(storeys >= 1 && storeys <= kStoreysMax);
  Tower tower(c, storeys);
  const auto parts = substeps_needed(tower.chain, motion.dt);
  CHECK(parts.ok());
  Unwatched watch;
  shake_as(c.hysteresis, tower, motion, scale, *parts, watch);
  return tower.peaks(c);
}

Result<History> history(const ResponseClass& c, unsigned storeys, double floor_area_m2, const GroundMotion& motion, double scale,
                        unsigned substeps, unsigned every) {
  const auto wrong = [](const char* field, const char* why) {
    return Error{ErrorCode::kInvalidField, {{"field", field}, {"why", why}}};
  };
  TRY_VOID(check(c));
  TRY_VOID(check(motion));
  if (storeys < 1 || storeys > kStoreysMax) return wrong("storeys", "层数须在 1 与 60 之间 / storeys must be 1 to 60");
  if (!(floor_area_m2 > 0 && floor_area_m2 <= 1e7)) return wrong("floor_area_m2", "面积须为正 / the area must be positive");
  if (!(scale >= 0 && scale <= 1000)) return wrong("scale", "比例须在 0 与 1000 之间 / the scale must be 0 to 1000");
  if (substeps < 1 || substeps > kSubstepsMax || every < 1)
    return wrong("substeps", "细分数须在 1 与 255 之间 / substeps must be 1 to 255");
  Tower tower(c, storeys);
  TRY(needed, substeps_needed(tower.chain, motion.dt));
  const unsigned parts = std::max(needed, substeps);
  if (static_cast<double>(motion.acceleration.size()) * parts * storeys > 2e9)
    return Error{ErrorCode::kTooLarge, {{"what", "时程计算量 / storeys x steps"}, {"limit", "2e9"}}};
  const StoreyModel model = storey_model(c, storeys, floor_area_m2);

  History out;
  out.dt = motion.dt * every;
  Recorder recorder{out, motion.dt / parts, tower.chain.mass_damping, c.storey_height_m, parts * every};
  shake_as(c.hysteresis, tower, motion, scale, parts, recorder);
  out.peaks = tower.peaks(c);
  const double dt = motion.dt / parts;
  double kinetic = 0, elastic = 0;
  for (unsigned i = 0; i < storeys; ++i) {
    kinetic += tower.increment[i] * tower.increment[i] / (2 * dt * dt);
    elastic += tower.state[i].force * tower.state[i].force / 2;
  }
  const double k = tower.chain.stiffness;
  out.energy_in = recorder.in * model.mass_kg;
  out.energy_kinetic = kinetic * model.mass_kg;
  out.energy_damped = (recorder.damped_mass + k * recorder.damped) * model.mass_kg;
  out.energy_elastic = k * elastic * model.mass_kg;
  out.energy_hysteretic = k * (recorder.worked - elastic) * model.mass_kg;
  return out;
}

}  // namespace anlan::quake
