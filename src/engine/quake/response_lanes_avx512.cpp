// Sixteen buildings at a time.
#include "quake/response_lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "quake/hysteresis.h"

// Everything above is compiled for any machine, everything below for those with AVX-512 only.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")
#endif

namespace anlan::quake {
namespace {

struct Wide {
  using V = __m512;
  using M = __mmask16;
  static constexpr int kWidth = 16;
  static V load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, V v) { _mm512_storeu_ps(p, v); }
  static V zero() { return _mm512_setzero_ps(); }
  static V set1(float x) { return _mm512_set1_ps(x); }
  static V add(V a, V b) { return _mm512_add_ps(a, b); }
  static V sub(V a, V b) { return _mm512_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm512_mul_ps(a, b); }
  static V div(V a, V b) { return _mm512_div_ps(a, b); }
  // With a full mask, since g++ 12 warns of its own header in the plain ones.
  static V min(V a, V b) { return _mm512_maskz_min_ps(0xFFFF, a, b); }
  static V max(V a, V b) { return _mm512_maskz_max_ps(0xFFFF, a, b); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static V fms(V a, V b, V c) { return _mm512_fmsub_ps(a, b, c); }
  static V fnma(V a, V b, V c) { return _mm512_fnmadd_ps(a, b, c); }
  static V abs(V a) { return _mm512_abs_ps(a); }
  // a with its sign turned where `sign` is negative.
  static V flip(V a, V sign) {
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_castps_si512(a), _mm512_castps_si512(sign),
                                                         _mm512_set1_epi32(INT32_MIN), 0x78));  // a ^ (sign & mask)
  }
  static M negative(V a) { return _mm512_movepi32_mask(_mm512_castps_si512(a)); }
  static M signs_differ(V a, V b) { return negative(_mm512_xor_ps(a, b)); }
  static bool any(M m) { return m != 0; }
  static V pick(M m, V yes, V no) { return _mm512_mask_blend_ps(m, no, yes); }
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

const LaneKernels& lane_kernels_avx512() {
  static constexpr LaneKernels kKernels{
      "avx512",
      [] {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
      },
      lanes,
      {run_block<ElasticLaw>, run_block<BilinearLaw>, run_block<PeakOrientedLaw>}};
  return kKernels;
}

}  // namespace anlan::quake
#endif
