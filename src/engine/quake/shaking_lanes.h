// The inner loops of shaking.cpp: one block of sites, columns of floats, spread over the lanes of the widest registers the
// machine has. Every array has kBlock elements unless its comment says otherwise.
#pragma once

#include <cstddef>

#include "quake/bssa14.h"
#include "quake/national.h"

namespace anlan::quake::lanes {

// A length the compiler knows; a block's columns stay in the first cache.
inline constexpr int kBlock = 512;

// x km along an azimuth (its cosine and sine) and y km to the right of it, from degrees off the centre of a LocalFrame.
void project(const float* dlon, const float* dlat, const float* lat, float sin_lat, float cos_lat, float c, float s, float* x, float* y);

// out = level + slope_ln ln(a + r0), a the long half axis of the ellipse through (x, y), or the distance when one axis counts
// in every direction.
void by_ellipse(const EllipseSolver<float>* solver, float level, float slope_ln, float r0, bool one_axis, const float* x, const float* y, float* out);
void clamp_degrees(float* degrees);

// A table over ln m/s2 in steps: 0.05 to 148 m/s2; below and above it the factors of site_class.h are constant.
inline constexpr int kGainSteps = 512;
inline constexpr double kGainFrom = -3, kGainPer = 64;
// Adds the row's value at pga to pga and pgv (both ln); row has kGainSteps elements.
void add_gain(const float* row, float* pga, float* pgv);

// A plane on the ground, counter-clockwise, km; wide > 0: it has an area.
struct FlatPlane {
  float x[4], y[4];
  float wide = 0;
};
// km to the nearest of n planes, 0 above one.
void to_planes(const FlatPlane* planes, size_t n, const float* x, const float* y, float* rjb);
struct Columns {
  float *pga, *pgv, *intensity;  // ln, ln, degrees
};
void by_bssa14(const Bssa14T<float>* pga, const Bssa14T<float>* pgv, const float* rjb, const float* vs30, Columns out, Columns within);

}  // namespace anlan::quake::lanes
