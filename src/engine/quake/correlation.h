// How alike the residuals of one earthquake are at two places: exp(-3 d / range), Jayaram and Baker 2009 (Earthquake
// Engineering and Structural Dynamics 38), for places with alike ground: 40.7 km for PGA (period 0), 25.7 km at 1 s, which
// stands for PGV and for intensity.
#pragma once

#include "quake/shaking.h"

namespace anlan::quake {

constexpr double correlation_range_km(Measure measure) { return measure == Measure::pga ? 40.7 : 25.7; }

}  // namespace anlan::quake
