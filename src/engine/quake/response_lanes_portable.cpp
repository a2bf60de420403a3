// Four buildings at a time, in whatever vectors of 16 bytes the compiler knows.
#include <cstring>

#include "quake/hysteresis.h"
#include "quake/response_lanes.h"

namespace anlan::quake {
namespace {

struct Wide {
  using V = float __attribute__((vector_size(16)));
  using M = int32_t __attribute__((vector_size(16)));
  static constexpr int kWidth = 4;
  static V load(const float* p) {
    V v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(float* p, V v) { std::memcpy(p, &v, sizeof v); }
  static V zero() { return V{}; }
  static V set1(float x) { return V{x, x, x, x}; }
  static V add(V a, V b) { return a + b; }
  static V sub(V a, V b) { return a - b; }
  static V mul(V a, V b) { return a * b; }
  static V div(V a, V b) { return a / b; }
  static V min(V a, V b) { return a < b ? a : b; }
  static V max(V a, V b) { return a > b ? a : b; }
  static V fma(V a, V b, V c) { return a * b + c; }
  static V fms(V a, V b, V c) { return a * b - c; }
  static V fnma(V a, V b, V c) { return c - a * b; }
  static M bits(V a) { return reinterpret_cast<M>(a); }
  static V from(M a) { return reinterpret_cast<V>(a); }
  static M sign() { return M{INT32_MIN, INT32_MIN, INT32_MIN, INT32_MIN}; }
  static V abs(V a) { return from(bits(a) & ~sign()); }
  // a with its sign turned where `sign` is negative.
  static V flip(V a, V other) { return from(bits(a) ^ (bits(other) & sign())); }
  static M negative(V a) { return bits(a) < 0; }
  static M signs_differ(V a, V b) { return (bits(a) ^ bits(b)) < 0; }
  static bool any(M m) { return (m[0] | m[1] | m[2] | m[3]) != 0; }
  static V pick(M m, V yes, V no) { return m ? yes : no; }
};

#include "quake/response_lanes_laws.h"
#include "quake/response_lanes_kernel.h"

}  // namespace

const LaneKernels& lane_kernels_portable() {
  static constexpr LaneKernels kKernels{
      "portable",
      [] { return true; },
      lanes,
      {run_block<ElasticLaw>, run_block<BilinearLaw>, run_block<PeakOrientedLaw>}};
  return kKernels;
}

}  // namespace anlan::quake
