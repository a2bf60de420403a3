// BSSA14: PGA and PGV (RotD50) about a fault, shallow crust.
//
// Boore, Stewart, Seyhan and Atkinson 2014, Earthquake Spectra 30(3), equations 2 to 17: source, path with geometric and
// anelastic loss, site by vs30 (linear and nonlinear), no basin term; magnitudes 3 to 8.5, Rjb to 400 km, vs30 150 to
// 1500 m/s (arguments are cut to those of vs30). `dc3` is the regional anelastic correction of table 1 for China and
// Turkey (+0.00286 PGA, +0.00435 PGV per km): less loss with distance. Results: natural logarithm of m/s2 and m/s.
#pragma once

#include "quake/rupture.h"
#include "quake/shaking.h"
#include "quake/wide_math.h"

namespace anlan::quake {

enum class Anelastic : uint8_t { global, china };

// Everything of the relation that one event fixes, for one measure.
template <class T>
struct Bssa14T {
  T source = 0, spread = 0, c3 = 0, h2 = 0, unit = 0;  // unit: ln of the published unit in m/s2 or m/s
  T c = 0, v_linear = 0, f4 = 0, f5 = 0, f5_400 = 0;   // f5_400: e^(400 f5)
  T r1 = 0, per_ln_r = 1, dphi_r = 0, dphi_v = 0, phi = 0, tau = 0;  // per_ln_r: 1 / ln(R2 / R1)

  template <class U>
  Bssa14T<U> as() const {
    const auto to = [](T x) { return static_cast<U>(x); };
    return {to(source), to(spread), to(c3), to(h2), to(unit), to(c), to(v_linear), to(f4), to(f5), to(f5_400),
            to(r1), to(per_ln_r), to(dphi_r), to(dphi_v), to(phi), to(tau)};
  }
};
using Bssa14 = Bssa14T<double>;
// Measure::pga or pgv.
Bssa14 bssa14(Measure measure, double mw, Mechanism mechanism, Anelastic anelastic);

template <class T>
ANLAN_LANE T bssa14_rock(const Bssa14T<T>& k, T rjb) {
  const T r = wide::root(rjb * rjb + k.h2);
  return k.source + k.spread * wide::log(r) + k.c3 * (r - T(1));
}

// pga_rock: ln g on 760 m/s, from bssa14_rock of PGA. Mean of ln, deviation within the event.
template <class T>
ANLAN_LANE void bssa14_site(const Bssa14T<T>& k, T rjb, T vs30, T pga_rock, T& mean, T& within) {
  const T v = wide::between(T(150), vs30, T(1500));
  const T capped = wide::least(v, T(760));
  const T linear = wide::least(v, k.v_linear);
  const T f2 = k.f4 * (wide::exp(k.f5 * (capped - T(360))) - k.f5_400);
  const T site = k.c * wide::log(linear / T(760)) + f2 * wide::log((wide::exp(pga_rock) + T(0.1)) / T(0.1));
  mean = bssa14_rock(k, rjb) + site + k.unit;
  // Equation 17.
  const T far = wide::log(wide::most(rjb, T(1)) / k.r1) * k.per_ln_r;
  const T soft = wide::log(T(300) / v) * T(1 / 0.28768207245178093);  // ln(300 / 225)
  within = k.phi + k.dphi_r * wide::between(T(0), far, T(1)) - k.dphi_v * wide::between(T(0), soft, T(1));
}

}  // namespace anlan::quake
