// An earthquake as the engines see it: where, when, how large, and what is known of the fault.
#pragma once

#include <optional>
#include <vector>

#include "base/lonlat.h"
#include "base/time.h"

namespace anlan::quake {

enum class Mechanism { unknown, strike_slip, normal, reverse };

// A plane of a fault: its upper edge from `from` to `to` (dipping to the right of that direction), km and degrees.
struct FaultPlane {
  LonLat from, to;
  double top_km = 0;     // depth of the upper edge
  double width_km = 0;   // down the dip
  double dip = 90;       // degrees from the horizontal, (0, 90]
};

struct Event {
  UtcTime origin;
  LonLat epicentre;
  double depth_km = 10;           // 0 to 800
  double magnitude = 0;           // Ms, 0 to 10; models that want Mw say how they convert
  double magnitude_sigma = 0;     // standard deviation; 0: not stated
  Mechanism mechanism = Mechanism::unknown;
  std::optional<double> strike;   // degrees east of north; the long axis of the ellipses
  std::vector<FaultPlane> fault;  // empty: a point, or a plane by Wells and Coppersmith where a strike is known (rupture.h)
};

}  // namespace anlan::quake
