// The chain of equal storeys behind a building, per unit of storey mass.
//
// T1 = n tau; the first mode of a uniform shear chain gives the stiffness, the code's yield acceleration the strength,
// which falls with height as the storey shear of an inverted triangle of forces (Lu and Guan 2017; the SimCenter
// MDOF-LU generator; domain reference section 6.5). Rayleigh damping of modes 1 and 2 on the elastic stiffness.
#pragma once

#include "quake/response.h"

namespace anlan::quake {

// The value of the source of section 6.5, for yield forces only.
inline constexpr double kYieldGravity = 9.8;

struct Chain {
  double period_s = 0;
  double stiffness = 0;          // K0 / m, 1/s2
  double first_yield_m = 0;      // Vy of the lowest storey / K0
  double mass_damping = 0;       // alpha of C = alpha M + beta K0, 1/s
  double stiffness_damping = 0;  // beta, s
  double highest_rad_s = 0;      // circular frequency of the highest mode
};
Chain chain_of(const ResponseClass& c, unsigned storeys);

// Eigenvalue of mode 1 .. n of the chain of unit masses and springs fixed at the ground: 4 sin2((2 mode - 1) pi / (4n + 2)).
double unit_eigenvalue(unsigned storeys, unsigned mode);

// Yield strength of storey 0 .. n-1 over that of the lowest.
double strength_share(unsigned storey, unsigned storeys);

// Half of the longest stable step. Central difference with the damping taken at the last half step is stable to
// 2 / w (sqrt(1 + z2) - z), z = beta w / 2 (Belytschko, Liu, Moran 2000, section 6.2).
double step_limit(const Chain& chain);
// Into how many equal parts a step of `dt` is cut; 1 where it need not be.
inline constexpr unsigned kSubstepsMax = 255;
Result<unsigned> substeps_needed(const Chain& chain, double dt);

// Grade 0 .. 4 by the class's limits.
uint8_t grade_of(const ResponseClass& c, double drift);

// What an integration found, m and m/s2, as ratios and grade; a collapsed building keeps the drift of its collapse.
ResponsePeaks peaks_of(const ResponseClass& c, double drift_m, double residual_m, double acceleration, unsigned worst_storey);

}  // namespace anlan::quake
