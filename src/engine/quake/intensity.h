// Seismic intensity around a point source: the attenuation relations behind the national zoning map.
//
// I = A + B Ms + C lg(R + R0) along the long and the short axis of an ellipse, R in km, Ms surface-wave magnitude,
// I in degrees of the Chinese scale (GB/T 17742-2020). Source: GB 18306-2015 and 肖亮, 俞言祥 2011, as given in section
// 5.5 of the domain reference (confidence Vc). Standard deviation 0.52 to 0.66 degrees. A point source gives too little
// near a fault of magnitude 7.5 and above.
#pragma once

#include <optional>

#include "base/lonlat.h"

namespace anlan::quake {

enum class Zone { kQinghaiTibet, kXinjiang, kEast, kCentral };

struct PointSource {
  LonLat epicentre;
  double magnitude = 0;                    // Ms, 0 to 10
  Zone zone = Zone::kQinghaiTibet;
  std::optional<double> long_axis_azimuth;  // degrees east of north; unknown: the long axis counts in every direction
};

// 1 to 12, not rounded.
double intensity_at(const PointSource& source, LonLat site);
// The km at which the intensity falls to `intensity` along the long (the short) axis; 0 when it is nowhere reached.
double reach_km(const PointSource& source, double intensity, bool along_short_axis = false);
// By the first two digits of a place code; the borders of the zones follow no province exactly, so this is a first
// guess, unverified.
Zone zone_of_province(int province);

}  // namespace anlan::quake
