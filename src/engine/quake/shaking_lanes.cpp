// Without this pragma the compiler takes none but the simplest of these loops apart at -O2.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

#include "quake/shaking_lanes.h"

#include "quake/instrumental.h"
#include "quake/local_frame.h"

namespace anlan::quake::lanes {

ANLAN_WIDE void project(const float* dlon, const float* dlat, const float* lat, float sin_lat, float cos_lat, float c, float s, float* x, float* y) {
  for (int i = 0; i < kBlock; ++i) {
    float east, north;
    LocalFrame::project<float>(sin_lat, cos_lat, dlon[i], dlat[i], lat[i], east, north);
    x[i] = east * s + north * c;
    y[i] = east * c - north * s;
  }
}

ANLAN_WIDE void by_ellipse(const EllipseSolver<float>* solver, float level, float slope_ln, float r0, bool one_axis,
                           const float* __restrict x, const float* __restrict y, float* __restrict out) {
  const EllipseSolver<float> solve = *solver;
  if (one_axis) {
    for (int i = 0; i < kBlock; ++i) out[i] = level + slope_ln * wide::log(wide::root(x[i] * x[i] + y[i] * y[i]) + r0);
    return;
  }
  for (int i = 0; i < kBlock; ++i) out[i] = level + slope_ln * wide::log(solve(x[i], y[i]) + r0);
}

ANLAN_WIDE void clamp_degrees(float* degrees) {
  for (int i = 0; i < kBlock; ++i) degrees[i] = wide::between(1.0f, degrees[i], 12.0f);
}

ANLAN_WIDE void add_gain(const float* __restrict row, float* __restrict pga, float* __restrict pgv) {
  for (int i = 0; i < kBlock; ++i) {
    const float place = (pga[i] - static_cast<float>(kGainFrom)) * static_cast<float>(kGainPer);
    const float cut = wide::between(0.0f, place, kGainSteps - 1.001f);
    const int step = static_cast<int>(cut);
    const float gain = row[step] + (row[step + 1] - row[step]) * (cut - static_cast<float>(step));
    pga[i] += gain;
    pgv[i] += gain;
  }
}

ANLAN_WIDE void to_planes(const FlatPlane* planes, size_t n, const float* x, const float* y, float* rjb) {
  for (int i = 0; i < kBlock; ++i) rjb[i] = 1e18f;
  for (size_t p = 0; p < n; ++p) {
    const FlatPlane f = planes[p];
    float dx[4], dy[4], per[4];
    for (int e = 0; e < 4; ++e) {
      dx[e] = f.x[(e + 1) % 4] - f.x[e], dy[e] = f.y[(e + 1) % 4] - f.y[e];
      const float length = dx[e] * dx[e] + dy[e] * dy[e];
      per[e] = length > 0 ? 1.0f / length : 0;
    }
    for (int i = 0; i < kBlock; ++i) {
      float best = rjb[i], least_turn = f.wide;
#pragma GCC unroll 4
      for (int e = 0; e < 4; ++e) {
        const float px = x[i] - f.x[e], py = y[i] - f.y[e];
        const float share = (px * dx[e] + py * dy[e]) * per[e];
        const float cut = wide::between(0.0f, share, 1.0f);
        const float qx = px - cut * dx[e], qy = py - cut * dy[e], d = qx * qx + qy * qy;
        best = wide::least(d, best);
        const float turn = dx[e] * py - dy[e] * px;
        least_turn = wide::least(turn, least_turn);
      }
      rjb[i] = wide::choose(least_turn >= 0.0f, 0.0f, best);
    }
  }
  for (int i = 0; i < kBlock; ++i) rjb[i] = wide::root(rjb[i]);
}

ANLAN_WIDE void by_bssa14(const Bssa14T<float>* pga, const Bssa14T<float>* pgv, const float* __restrict rjb,
                          const float* __restrict vs30, Columns out, Columns within) {
  const Bssa14T<float> a = *pga, v = *pgv;
  float* __restrict ln_a = out.pga;
  float* __restrict ln_v = out.pgv;
  float* __restrict phi_a = within.pga;
  float* __restrict phi_v = within.pgv;
  for (int i = 0; i < kBlock; ++i) {
    const float rock = bssa14_rock(a, rjb[i]);
    bssa14_site(a, rjb[i], vs30[i], rock, ln_a[i], phi_a[i]);
    bssa14_site(v, rjb[i], vs30[i], rock, ln_v[i], phi_v[i]);
  }
  float* __restrict degrees = out.intensity;
  float* __restrict phi_i = within.intensity;
  constexpr auto lg = static_cast<float>(1 / wide::kLn10);
  for (int i = 0; i < kBlock; ++i) {
    degrees[i] = instrumental_intensity_lg(ln_a[i] * lg, ln_v[i] * lg);
    phi_i[i] = 3.00f * lg * phi_v[i];
  }
}

}  // namespace anlan::quake::lanes
