// What a vector kernel is given and gives back: buildings side by side, one in each lane, all of the same storeys, law
// and ground motion. Single precision. Each kernel is compiled for its instructions; run one only where the machine
// has them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace anlan::quake {

inline constexpr size_t kLanesMax = 64;

enum class LaneLaw : uint8_t { elastic, bilinear, peak_oriented };
inline constexpr size_t kLaneLaws = 3;

// Forces divided by the elastic stiffness, as in hysteresis.h; increments of displacement over a step, as in
// response_history.cpp.
struct alignas(64) LaneBlock {
  using Row = std::array<float, kLanesMax>;
  // One value for each building.
  Row couple{}, keep{}, drive{}, scale{}, damp{};
  Row yield{};       // of the lowest storey
  Row hardening{}, ultimate{}, softening{}, reach{};  // the second and the last over the yield
  Row pinching{}, loss{};                             // loss x yield2
  // Results: metres; acceleration in metres per step2.
  Row drift{}, residual{}, acceleration{};
  std::array<unsigned, kLanesMax> worst{};            // storey from 0

  unsigned storeys = 1;
  std::array<float, 64> strength{};  // of each storey over the lowest
  std::span<const float> ground;     // ground acceleration x step2, m
};

// Scratch of one thread, floats: a state of up to twelve values for each storey and lane, and its copy.
inline constexpr size_t kLaneScratch = 2 * 64 * kLanesMax * 12;

struct LaneKernels {
  const char* name;
  bool (*usable)();
  // How many lanes of the rows a kernel fills: at most kLanesMax; fewer storeys, more lanes, to hide latency.
  size_t (*lanes)(unsigned storeys);
  void (*run[kLaneLaws])(LaneBlock& block, float* scratch);  // scratch: kLaneScratch, aligned to 64 bytes
};

const LaneKernels& lane_kernels_portable();
#if defined(__x86_64__)
const LaneKernels& lane_kernels_avx2();
const LaneKernels& lane_kernels_avx512();
#endif

}  // namespace anlan::quake
