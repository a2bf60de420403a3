// Damage by response: every building a chain of storeys, shaken through a ground motion.
//
// Storey-shear model with trilinear backbone and hysteresis (Lu and Guan, Earthquake Disaster Simulation of Civil
// Infrastructures, 2017; the parameters in section 6.5 of the domain reference). The laws of a storey are in
// hysteresis.h, the chain in storey_model.h, parameters by the Chinese code in chinese_code.h, motions in motion.h.
// Units: m, s, kg, N; drift ratio without unit; ground acceleration m/s2.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "quake/exposure.h"

namespace anlan::quake {

inline constexpr size_t kStoreysMax = 60;
inline constexpr size_t kMotionSamplesMax = 1'000'000;

enum class Hysteresis : uint8_t { elastic, bilinear, clough, pinching };

// How one type under one code behaves; a building adds its storeys.
struct ResponseClass {
  double storey_height_m = 3;
  double floor_mass_kg_m2 = 1000;    // of one storey; energies and forces grow with it, drifts do not
  double period_per_storey_s = 0.1;  // T1 = n x this
  double damping = 0.05;             // Rayleigh, of modes 1 and 2
  double yield_g = 0.1;              // SAy: yield acceleration of the whole
  double hardening = 0.09;           // stiffness after yield / before
  double ultimate = 2.5;             // peak strength / yield strength
  double softening = -0.02;          // stiffness after the peak / elastic
  Hysteresis hysteresis = Hysteresis::bilinear;
  double pinching = 0.4;             // 0: closes fully, 1: not at all; only for Hysteresis::pinching
  double degradation = 0.1;          // strength lost by one full rectangular cycle at the peak; not for bilinear
  std::array<double, 4> drift_limits{.004, .0064, .0157, .04};  // into slight, moderate, severe, destroyed
  double collapse_drift = 0.1;       // a storey that drifts this far has fallen; not below the last limit
};
// kInvalidField for what is not finite, not positive or out of order.
Result<void> check(const ResponseClass& c);

struct GroundMotion {
  double dt = 0.01;                  // s
  std::vector<float> acceleration;   // m/s2
};
// kInvalidField: no samples or too many, a step outside 0.0001 to 0.1 s, not finite, beyond 100 m/s2.
Result<void> check(const GroundMotion& motion);

// One building's storeys as the model has them, double: T1, K0, yield forces. For tests and the page of one building.
// `floor_area_m2` is that of one storey.
struct StoreyModel {
  double period_s = 0, mass_kg = 0;  // mass of one storey
  std::vector<double> stiffness, yield, peak_strength;  // by storey, from the ground
};
StoreyModel storey_model(const ResponseClass& c, unsigned storeys, double floor_area_m2);

struct ResponsePeaks {
  float drift = 0;             // largest drift ratio of any storey; at most the collapse drift
  float residual_drift = 0;    // largest drift that stays when the last forces are taken off
  float acceleration = 0;      // largest absolute acceleration of any floor, m/s2
  uint16_t worst_storey = 0;   // from 1
  uint8_t grade = 0;           // 0 intact .. 4 destroyed
  bool collapsed = false;
};

// What is asked of one building: class, storeys, motion and how much it is scaled.
struct Shaken {
  uint32_t response_class = 0;
  uint16_t storeys = 1;
  uint16_t motion = 0;         // index into the motions
  float scale = 1;
};

// All buildings through their motions. Groups by motion and storeys and vectorises across buildings with the widest
// instructions the machine has; single precision. The step is the motion's, cut where stability needs it (half of the
// limit of the damped central difference). O(sum of storeys x steps). Any number of threads (0: all the machine's); a
// building's answer depends on the instructions alone, not on threads nor on the buildings beside it. `instructions`
// asks for one of the three; empty or not there: the widest.
struct ResponseStats {
  double seconds = 0;
  double buildings_per_s = 0;
  double storey_steps = 0;         // storeys x steps, summed up
  const char* instructions = "";   // "avx512", "avx2", "portable"
};
Result<std::vector<ResponsePeaks>> respond(std::span<const ResponseClass> classes, std::span<const GroundMotion> motions,
                                           std::span<const Shaken> buildings, unsigned threads = 0,
                                           ResponseStats* stats = nullptr, std::string_view instructions = {});

// One building in double, one storey after another, at the step of `respond`: its reference, and what the benchmark
// is held against. Arguments as checked by `check`.
ResponsePeaks respond_plain(const ResponseClass& c, unsigned storeys, const GroundMotion& motion, double scale);

// One building in double with a fine step and its whole history, for the page of one building and as the reference of
// tests: displacement of every storey (m, relative to the ground) and drift ratio at every `every`-th step of the
// motion. Energies relative to the ground; the elastic one is what the storeys would give back.
struct History {
  double dt = 0;                                 // between rows
  std::vector<std::vector<float>> displacement;  // [step][storey]
  std::vector<std::vector<float>> drift;         // [step][storey]
  ResponsePeaks peaks;
  double energy_in = 0, energy_kinetic = 0, energy_damped = 0, energy_hysteretic = 0, energy_elastic = 0;  // J, at the end
};
Result<History> history(const ResponseClass& c, unsigned storeys, double floor_area_m2, const GroundMotion& motion, double scale,
                        unsigned substeps = 8, unsigned every = 4);

}  // namespace anlan::quake
