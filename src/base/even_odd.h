// The one test that all point-in-area code shares, so that fast and plain ways cannot disagree.
#pragma once

#include <algorithm>

#include "base/lonlat.h"

namespace anlan {

enum class RayHit { kMiss, kHit, kOnEdge };

// What the edge a-b means to a ray from p due east. The southern end of an edge belongs to it, the northern does not,
// so that a ray through a corner counts once. Longitudes are compared before the cross product, so that an edge wholly
// east or west of p is decided without rounding.
inline RayHit ray_hit(LonLat a, LonLat b, LonLat p) {
  const bool a_above = a.lat > p.lat, b_above = b.lat > p.lat;
  if (a_above == b_above) {
    // Only an edge whose highest end lies on the ray can still touch p: horizontal, or ending at p.
    if (a.lat != p.lat && b.lat != p.lat) return RayHit::kMiss;
    if (a.lat == p.lat && b.lat == p.lat)
      return p.lon >= std::min(a.lon, b.lon) && p.lon <= std::max(a.lon, b.lon) ? RayHit::kOnEdge : RayHit::kMiss;
    return (a.lat == p.lat ? a.lon : b.lon) == p.lon ? RayHit::kOnEdge : RayHit::kMiss;
  }
  if (p.lon > a.lon && p.lon > b.lon) return RayHit::kMiss;
  if (p.lon < a.lon && p.lon < b.lon) return RayHit::kHit;
  const double cross = (b.lon - a.lon) * (p.lat - a.lat) - (b.lat - a.lat) * (p.lon - a.lon);
  if (cross == 0) return RayHit::kOnEdge;
  return (cross > 0) == b_above ? RayHit::kHit : RayHit::kMiss;
}

}  // namespace anlan
