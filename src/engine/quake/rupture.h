// The plane that broke: how large by magnitude, where, and how far a site is from it.
//
// Size: Wells and Coppersmith 1994 (table 2A), log10 of km and km2 on moment magnitude.
// Distances: Rjb to the projection of the planes on the ground, Rrup to the planes themselves, Rx across the strike of
// the nearest plane (positive over the side it dips to); km. Planes may be any flat quadrilateral (two triangles each),
// as a ShakeMap fault file has them. Projected about their middle (local_frame.h).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/error.h"
#include "quake/event.h"
#include "quake/local_frame.h"

namespace anlan::quake {

struct RuptureSize {
  double surface_km = 0;  // length of the break at the surface
  double length_km = 0;   // at depth
  double width_km = 0;
  double area_km2 = 0;
};
RuptureSize rupture_size(double mw, Mechanism mechanism);

// Moment magnitude from the surface-wave magnitude of an Event: Scordilis 2006, equations for Ms 3.0 to 6.1 and 6.2 to 8.2
// (extended beyond).
double moment_magnitude(double ms);

// A rectangle of the size above about the hypocentre of an event with a strike; never above the ground. Dips to the right
// of the strike, by mechanism: 90 degrees strike-slip and unknown, 60 normal, 40 reverse.
FaultPlane assumed_plane(const Event& event);

struct FaultCorner {
  LonLat at;
  double depth_km = 0;
};
using FaultQuad = std::array<FaultCorner, 4>;  // upper edge, then the lower edge backwards: around the plane

// The rectangle nearest to a quadrilateral: the same upper edge and dip, the mean width. kInvalidField when it is none.
Result<FaultPlane> plane_of(const FaultQuad& quad);

inline constexpr size_t kPlanesMax = 1'000;

class Rupture {
 public:
  // kInvalidField for none, more than kPlanesMax, numbers that are not finite, an upper edge under 1 m, a width not above
  // 0, a dip outside (0, 90], a depth outside 0 to 800 km, or planes more than 2,000 km long or apart.
  static Result<Rupture> of(std::span<const FaultPlane> planes);
  static Result<Rupture> of(std::span<const FaultQuad> quads);

  struct Distances {
    double rjb = 0, rrup = 0, rx = 0;
  };
  Distances at(LonLat site) const;
  double rjb(LonLat site) const { return rjb(frame_.at(site)); }

  const LocalFrame& frame() const { return frame_; }
  // The planes on the ground, counter-clockwise (a vertical one is a line there and back).
  struct Footprint {
    std::array<Km, 4> corner;
    bool wide = false;  // it has an area
  };
  const std::vector<Footprint>& footprints() const { return footprints_; }

 private:
  struct Corner {
    double x, y, z;
  };
  double rjb(Km site) const;

  LocalFrame frame_;
  std::vector<std::array<Corner, 4>> planes_;
  std::vector<Footprint> footprints_;
};

}  // namespace anlan::quake
