// Sunrise and sunset by date and place.
//
// Source: NOAA Global Monitoring Laboratory, "Solar Calculation Details", after J. Meeus, Astronomical Algorithms (2nd
// ed. 1998), chapters 25 and 28. Good to about a minute between 72 degrees north and south, 1900 to 2100; mountains and
// the height of the place are not in it.
#pragma once

#include "base/lonlat.h"
#include "base/time.h"

namespace anlan::roads {

// The middle of the sun's disk at sunrise: 34' of refraction and 16' of the disk below the horizon.
inline constexpr double kSunriseDeg = -0.833;
inline constexpr double kCivilTwilightDeg = -6;

struct Sun {
  double declination_deg = 0;
  double equation_min = 0;  // sundial less clock
};
Sun sun_at(UtcTime time);

struct Daylight {
  UtcTime rise, set;   // of the day whose solar noon is nearest to the time asked; a day apart where the sun never sets
  bool none = false;   // the sun stays below all that day; then rise == set
};
// `sun_deg`: the altitude of the sun at which day begins.
Daylight daylight(LonLat at, UtcTime near, double sun_deg = kSunriseDeg);

}  // namespace anlan::roads
