// A flood wave going down a reach: Muskingum routing, one step at a time, and when a change upstream is felt below.
//
// Source: McCarthy 1938 as in Chow, Maidment & Mays 1988, section 8.4 (mark K of
// ../shared/domain/reference.md, section 7.1). Storage is K (x I + (1 - x) O).
#pragma once

#include "base/error.h"
#include "base/time.h"

namespace anlan {

// O2 = c0 I2 + c1 I1 + c2 O1. The three sum to 1, so a steady flow passes unchanged and no water is lost.
struct Muskingum {
  double c0 = 0, c1 = 0, c2 = 1;
};

// `travel` is K, the travel time of the reach; `weight` is x in 0..0.5 (0 a reservoir, 0.5 a pure shift).
// kInvalidField unless 2 K x <= step <= 2 K (1 - x): outside it a coefficient is negative and flows can dip below 0.
// A longer reach is routed as several shorter ones.
Result<Muskingum> muskingum(Millis travel, double weight, Millis step);

// Flows in m3/s, all at the ends of one step.
double muskingum_step(const Muskingum& reach, double inflow_before, double inflow_now, double outflow_before);

// departure + distance / celerity. The caller gives the celerity of the wave (for a wide channel about 5/3 of the mean
// velocity), not of the water. kInvalidField unless distance_m >= 0, celerity_m_s > 0 and the way takes under a year.
Result<UtcTime> arrival_downstream(UtcTime departure, double distance_m, double celerity_m_s);

}  // namespace anlan
