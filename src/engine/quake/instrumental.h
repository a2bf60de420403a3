// Instrumental intensity from peak values: GB/T 17742-2020, appendix A (formulas by section 5.8 of the domain reference).
#pragma once

#include "quake/wide_math.h"

namespace anlan::quake {

// From the decimal logarithms of PGA (m/s2) and PGV (m/s): I_V where both I_A and I_V reach 6, their mean otherwise; cut to
// the scale, not rounded.
template <class T>
ANLAN_LANE T instrumental_intensity_lg(T lg_pga, T lg_pgv) {
  const T by_pga = T(3.17) * lg_pga + T(6.59), by_pgv = T(3.00) * lg_pgv + T(9.77);
  const bool both = wide::least(by_pga, by_pgv) >= T(6);
  return wide::between(T(1), wide::choose(both, by_pgv, (by_pga + by_pgv) * T(0.5)), T(12));
}

// 1 where nothing moved.
inline double instrumental_intensity(double pga, double pgv) {
  if (!(pga > 0) || !(pgv > 0)) return 1;
  return instrumental_intensity_lg(std::log10(pga), std::log10(pgv));
}
// As published: one decimal, rounded half up.
inline double published_intensity(double pga, double pgv) { return std::floor(instrumental_intensity(pga, pgv) * 10 + 0.5) / 10; }

}  // namespace anlan::quake
