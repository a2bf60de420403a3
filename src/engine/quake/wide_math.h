// Logarithm, exponential and arcs for loops that the compiler spreads over the lanes of a vector register.
//
// The float versions are built of additions, multiplications, one division and integer shifts only: no table, no branch,
// no call. Relative error below 3e-7 (log: absolute error below 3e-7 near 1). The double versions are those of the
// standard library, so that one template gives both the fast loop and its reference.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

// Three copies of a function, chosen when the program starts. Such a function must not call what is not inlined. The
// choice is made before the thread sanitizer has begun, which its own code in the chooser does not survive.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ANLAN_WIDE
#endif
#endif
#ifndef ANLAN_WIDE
#define ANLAN_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#endif
#define ANLAN_LANE __attribute__((always_inline)) inline

namespace anlan::quake::wide {

inline constexpr double kPi = 3.14159265358979323846, kLn10 = 2.302585092994045684, kEarthKm = 6371.0088;

// A choice that stays a choice between two finished numbers: integer masks cannot be made a branch that skips one.
ANLAN_LANE float choose(bool which, float yes, float no) {
  const int32_t mask = -static_cast<int32_t>(which);
  return std::bit_cast<float>((std::bit_cast<int32_t>(yes) & mask) | (std::bit_cast<int32_t>(no) & ~mask));
}
ANLAN_LANE double choose(bool which, double yes, double no) { return which ? yes : no; }
template <class T>
ANLAN_LANE T least(T a, T b) { return choose(a < b, a, b); }
template <class T>
ANLAN_LANE T most(T a, T b) { return choose(a > b, a, b); }
template <class T>
ANLAN_LANE T between(T low, T x, T high) { return least(most(x, low), high); }

// x > 0 and normal. ln of the mantissa in [2/3, 4/3) by 2 artanh(f / (2 + f)).
ANLAN_LANE float log(float x) {
  const auto bits = std::bit_cast<int32_t>(x);
  const int32_t exponent = (bits - 0x3f2aaaab) >> 23;
  const float f = std::bit_cast<float>(bits - exponent * (1 << 23)) - 1.0f;
  const float z = f / (2.0f + f), s = z * z;
  const float odd = z + z * s * (0.333333333f + s * (0.2f + s * (0.142857143f + s * 0.111111111f)));
  return 2.0f * odd + static_cast<float>(exponent) * 0.693147181f;
}
ANLAN_LANE double log(double x) { return std::log(x); }

// Cut to what a float holds.
ANLAN_LANE float exp(float x) {
  const float cut = between(-87.0f, x, 88.0f);
  const float whole = (cut * 1.44269504f + 12582912.0f) - 12582912.0f;
  const float r = (cut - whole * 0.693145752f) - whole * 1.42860677e-6f;
  const float p = 1.0f + r * (1.0f + r * (0.5f + r * (0.166666667f + r * (0.0416666667f + r * (0.00833333333f + r * (0.00138888889f + r * 0.000198412698f))))));
  return p * std::bit_cast<float>((static_cast<int32_t>(whole) + 127) * (1 << 23));
}
ANLAN_LANE double exp(double x) { return std::exp(x); }

// x >= 0. Newton steps towards 1 / sqrt(x): the machine's own root comes with an errno that keeps a loop scalar.
ANLAN_LANE float root(float x) {
  const float h = 0.5f * x;
  float y = std::bit_cast<float>(0x5f375a86 - (std::bit_cast<int32_t>(x) >> 1));
  y = y * (1.5f - h * y * y);
  y = y * (1.5f - h * y * y);
  y = y * (1.5f - h * y * y);
  return x * y;
}
ANLAN_LANE double root(double x) { return std::sqrt(x); }

// Sine and cosine of at most a quarter turn to either side.
ANLAN_LANE float sine(float x) {
  const float s = x * x;
  return x + x * s * (-0.166666667f + s * (0.00833333333f + s * (-0.000198412698f + s * (2.75573192e-6f - s * 2.50521084e-8f))));
}
ANLAN_LANE float cosine(float x) {
  const float s = x * x;
  return 1.0f + s * (-0.5f + s * (0.0416666667f + s * (-0.00138888889f + s * (2.48015873e-5f + s * (-2.75573192e-7f + s * 2.08767570e-9f)))));
}
ANLAN_LANE double sine(double x) { return std::sin(x); }
ANLAN_LANE double cosine(double x) { return std::cos(x); }

// arctan(t) / t for t in [0, 1]: halved once, then the series.
template <class T>
ANLAN_LANE T arc_ratio(T t) {
  const T h = t / (T(1) + root(T(1) + t * t)), s = h * h;  // tan of half the angle, at most 0.4142
  const T sum = T(1) + s * (T(-1.0 / 3) + s * (T(0.2) + s * (T(-1.0 / 7) + s * (T(1.0 / 9) + s * (T(-1.0 / 11) + s * (T(1.0 / 13) + s * T(-1.0 / 15)))))));
  return T(2) * sum / (T(1) + root(T(1) + t * t));
}

}  // namespace anlan::quake::wide
