// The inner loops of condition.cpp: kLanes sites at a time against stations, in km from a common centre.
#pragma once

#include <cstddef>

namespace anlan::quake::lanes {

inline constexpr int kLanes = 32;
struct Places {  // kLanes of them, on the sphere: chords, not arcs
  alignas(64) float x[kLanes], y[kLanes], z[kLanes];
};
struct Sensor {
  float x, y, z;
  float phi;            // deviation within the event
  float weight, shift;  // phi times its share in C^-1 (r - bias) and in C^-1 1
};

// Sums over the stations of rho * weight and of rho * shift; rho = exp(-per_km * d).
void weigh(const Places* places, const Sensor* sensors, size_t n, float per_km, float* weight, float* shift);

// What the stations leave of a variance of 1: 1 - k' C^-1 k, k = rho * phi; lower: the Cholesky factor of C, n rows of n
// floats with the reciprocal of the diagonal in its place; n at most 32.
void remaining(const Places* places, const Sensor* sensors, size_t n, float per_km, const float* lower, float* share);

}  // namespace anlan::quake::lanes
