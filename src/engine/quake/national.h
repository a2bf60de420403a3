// The national relations: shaking by ellipses about a point, behind the zoning map GB 18306-2015.
//
// PGA and PGV on rock: lg Y = A + B Ms + C lg(R + D e^(E Ms)), Y in gal and cm/s, R in km along the long or the short
// axis (Yu 2013; section 5.6 of the domain reference, confidence Vc; the short-axis PGV of the central zone by OpenQuake's
// C = -1.559). Intensity: section 5.5, see intensity.h. The value at a site is that of the ellipse which passes through
// it: semi-axes a and b by the two relations, b at most a (a circle then) and at least 0.3 a (next to the
// epicentre, where the short axis does not reach). Deviations are total ones; kBetweenShare of the variance is taken to be
// shared by the places of an earthquake (BSSA14's share at magnitude 5.5 and above; Yu 2013 gives no split).
#pragma once

#include <array>

#include "quake/intensity.h"
#include "quake/shaking.h"
#include "quake/wide_math.h"

namespace anlan::quake {

// y = level + slope lg(R + r0), km; slope below 0.
struct AxisRelation {
  double level = 0, slope = -1, r0 = 0;
  double at(double km) const { return level + slope * std::log10(km + r0); }
  double reach(double y) const;  // km where it falls to y; 0 for nowhere
};

struct Ellipses {
  AxisRelation longer, shorter;
  double sigma = 0;  // total, in units of y
  double at(double along_km, double across_km) const;
};

inline constexpr double kBetweenShare = 0.33;

// lg gal, lg cm/s or degrees, for one magnitude.
Ellipses ellipses(Measure measure, Zone zone, double ms);

// The semi-axis a of the ellipse through (x along, y across); every number of type T, so that float runs in lanes.
template <class T>
struct EllipseSolver {
  T r0_long, r0_short, ratio, offset;  // ln(b + r0_short) = offset + ratio ln(a + r0_long)

  explicit EllipseSolver(const Ellipses& e)
      : r0_long(static_cast<T>(e.longer.r0)), r0_short(static_cast<T>(e.shorter.r0)), ratio(static_cast<T>(e.longer.slope / e.shorter.slope)),
        offset(static_cast<T>((e.longer.level - e.shorter.level) / e.shorter.slope * wide::kLn10)) {}

  // One Newton step on F(a) = a - sqrt(x^2 + (a / b(a))^2 y^2), which has one root at or above the distance r. From r on the
  // steps come nearer from one side or the other; six of them leave less than 1e-4 of a (tested against halving).
  ANLAN_LANE T step(T xx, T yy, T r, T a) const {
    const T w = a + r0_long;
    const T grown = wide::exp(offset + ratio * wide::log(w));
    const T safe = wide::most(grown - r0_short, T(1e-3));
    const T raw = a / safe, q = wide::between(T(1), raw, T(1 / 0.3));
    // d ln q / da; none where q is held.
    const T steep = wide::choose(raw == q, T(1) / a - ratio * grown / (w * safe), T(0));
    const T g = wide::root(xx + q * q * yy) + T(1e-6);
    const T slope = wide::most(T(1) - q * q * yy / g * steep, T(1));
    return wide::most(a - (a - g) / slope, r);
  }
  ANLAN_LANE T operator()(T x, T y) const {
    const T xx = x * x, yy = y * y, r = wide::root(xx + yy) + T(1e-3);
    T a = r;
#pragma GCC unroll 8
    for (int i = 0; i < 6; ++i) a = step(xx, yy, r, a);
    return a;
  }
  // The same, stopping when a step changes less than 1e-7: for one place.
  T one(T x, T y) const {
    const T xx = x * x, yy = y * y, r = wide::root(xx + yy) + T(1e-3);
    T a = r;
    for (int i = 0; i < 12; ++i) {
      const T next = step(xx, yy, r, a);
      const bool done = std::abs(next - a) <= T(1e-7) * a;
      a = next;
      if (done) break;
    }
    return a;
  }
};

}  // namespace anlan::quake
