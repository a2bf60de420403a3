// Eight buildings at a time.
#include "quake/response_lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "quake/hysteresis.h"

// Everything above is compiled for any machine, everything below for those with AVX2 only.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

namespace anlan::quake {
namespace {

struct Wide {
  using V = __m256;
  using M = __m256;  // where the sign bit is set
  static constexpr int kWidth = 8;
  static V load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, V v) { _mm256_storeu_ps(p, v); }
  static V zero() { return _mm256_setzero_ps(); }
  static V set1(float x) { return _mm256_set1_ps(x); }
  static V add(V a, V b) { return _mm256_add_ps(a, b); }
  static V sub(V a, V b) { return _mm256_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm256_mul_ps(a, b); }
  static V div(V a, V b) { return _mm256_div_ps(a, b); }
  static V min(V a, V b) { return _mm256_min_ps(a, b); }
  static V max(V a, V b) { return _mm256_max_ps(a, b); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static V fms(V a, V b, V c) { return _mm256_fmsub_ps(a, b, c); }
  static V fnma(V a, V b, V c) { return _mm256_fnmadd_ps(a, b, c); }
  static V abs(V a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
  // a with its sign turned where `sign` is negative.
  static V flip(V a, V sign) { return _mm256_xor_ps(a, _mm256_and_ps(sign, _mm256_set1_ps(-0.0f))); }
  static M negative(V a) { return a; }
  static M signs_differ(V a, V b) { return _mm256_xor_ps(a, b); }
  static bool any(M m) { return _mm256_movemask_ps(m) != 0; }
  static V pick(M m, V yes, V no) { return _mm256_blendv_ps(no, yes, m); }
};

#include "quake/response_lanes_laws.h"
#include "quake/response_lanes_kernel.h"

}  // namespace
}  // namespace anlan::quake

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC reset_options
#endif

namespace anlan::quake {

const LaneKernels& lane_kernels_avx2() {
  static constexpr LaneKernels kKernels{
      "avx2",
      [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); },
      lanes,
      {run_block<ElasticLaw>, run_block<BilinearLaw>, run_block<PeakOrientedLaw>}};
  return kKernels;
}

}  // namespace anlan::quake
#endif
