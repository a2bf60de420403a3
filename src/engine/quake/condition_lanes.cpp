// Without this pragma the compiler leaves these loops scalar at -O2.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

#include "quake/condition_lanes.h"

#include "quake/wide_math.h"

namespace anlan::quake::lanes {
namespace {

ANLAN_LANE float alike(const Places* p, int i, const Sensor& s, float per_km) {
  const float x = p->x[i] - s.x, y = p->y[i] - s.y, z = p->z[i] - s.z;
  return wide::exp(-per_km * wide::root(x * x + y * y + z * z));
}

}  // namespace

ANLAN_WIDE void weigh(const Places* __restrict places, const Sensor* __restrict sensors, size_t n, float per_km, float* __restrict weight, float* __restrict shift) {
  float w[kLanes] = {}, u[kLanes] = {};
  for (size_t j = 0; j < n; ++j) {
    const Sensor s = sensors[j];
    for (int i = 0; i < kLanes; ++i) {
      const float rho = alike(places, i, s, per_km);
      w[i] += rho * s.weight;
      u[i] += rho * s.shift;
    }
  }
  for (int i = 0; i < kLanes; ++i) weight[i] = w[i], shift[i] = u[i];
}

ANLAN_WIDE void remaining(const Places* __restrict places, const Sensor* __restrict sensors, size_t n, float per_km, const float* __restrict lower, float* __restrict share) {
  alignas(64) float v[32][kLanes];
  float left[kLanes];
  for (int i = 0; i < kLanes; ++i) left[i] = 1;
  for (size_t j = 0; j < n; ++j) {
    const Sensor s = sensors[j];
    float k[kLanes];
    for (int i = 0; i < kLanes; ++i) k[i] = s.phi * alike(places, i, s, per_km);
    for (size_t l = 0; l < j; ++l) {
      const float c = lower[j * n + l];
      for (int i = 0; i < kLanes; ++i) k[i] -= c * v[l][i];
    }
    const float per = lower[j * n + j];
    for (int i = 0; i < kLanes; ++i) v[j][i] = k[i] * per, left[i] -= v[j][i] * v[j][i];
  }
  for (int i = 0; i < kLanes; ++i) share[i] = wide::most(left[i], 0.0f);
}

}  // namespace anlan::quake::lanes
