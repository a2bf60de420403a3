#include "quake/bssa14.h"

#include <algorithm>

namespace anlan::quake {
namespace {

struct Row {
  double e[4], e4, e5, e6, mh, c1, c2, c3, h, c, vc, f4, f5, r1, r2, dphi_r, dphi_v, phi1, phi2, tau1, tau2, china;
};
constexpr Row kPga{{.4473, .4856, .2459, .4539}, 1.431, .05053, -.1662, 5.5, -1.134, .1917, -.008088, 4.5, -.600, 1500, -.150, -.00701,
                   110, 270, .100, .070, .695, .495, .398, .348, .00286};
constexpr Row kPgv{{5.037, 5.078, 4.849, 5.033}, 1.073, -.1536, .2252, 6.2, -1.243, .1489, -.00344, 5.3, -.840, 1300, -.100, -.00844,
                   105, 272, .082, .080, .644, .552, .401, .346, .00435};
constexpr double kG = 9.80665, kCm = 0.01;

}  // namespace

Bssa14 bssa14(Measure measure, double mw, Mechanism mechanism, Anelastic anelastic) {
  const bool pga = measure == Measure::pga;
  const Row& row = pga ? kPga : kPgv;
  const double m = mw - row.mh;
  Bssa14 k;
  k.source = row.e[static_cast<size_t>(mechanism)] + (m <= 0 ? row.e4 * m + row.e5 * m * m : row.e6 * m);
  k.spread = row.c1 + row.c2 * (mw - 4.5);
  k.c3 = row.c3 + (anelastic == Anelastic::china ? row.china : 0);
  k.h2 = row.h * row.h;
  k.unit = std::log(pga ? kG : kCm);
  k.c = row.c, k.v_linear = row.vc, k.f4 = row.f4, k.f5 = row.f5, k.f5_400 = std::exp(400 * row.f5);
  k.r1 = row.r1, k.per_ln_r = 1 / std::log(row.r2 / row.r1), k.dphi_r = row.dphi_r, k.dphi_v = row.dphi_v;
  const double share = std::clamp(mw - 4.5, 0.0, 1.0);
  k.phi = row.phi1 + (row.phi2 - row.phi1) * share;
  k.tau = row.tau1 + (row.tau2 - row.tau1) * share;
  return k;
}

}  // namespace anlan::quake
