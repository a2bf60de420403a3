// Places as km east and north of a centre: the azimuthal equidistant projection of the sphere of base/lonlat.h.
//
// Distance and direction from the centre are true everywhere; the distance between two places at d km from it is too
// large by at most d^2 / (6 R^2): 15 m at 150 km, 0.1 % at 500 km. Antipodes and poles are places like any other.
#pragma once

#include "base/lonlat.h"
#include "quake/wide_math.h"

namespace anlan::quake {

struct Km {
  double east = 0, north = 0;
};

struct LocalFrame {
  LonLat centre;
  double sin_lat = 0, cos_lat = 1;

  LocalFrame() = default;
  explicit LocalFrame(LonLat c) : centre(c), sin_lat(std::sin(c.lat * wide::kPi / 180)), cos_lat(std::cos(c.lat * wide::kPi / 180)) {}

  // dlon and dlat: degrees from the centre, dlon within a half turn; lat: degrees. The differences are taken in double
  // before a float sees them, so that a float is good to a metre at 1,000 km. Written with half angles, for nothing
  // cancels then.
  template <class T>
  ANLAN_LANE static void project(T sin_lat, T cos_lat, T dlon, T dlat, T lat, T& east, T& north) {
    constexpr T half = T(wide::kPi / 360);
    const T sl = wide::sine(dlon * half), cl = wide::cosine(dlon * half);
    const T sp = wide::sine(dlat * half), cp = wide::cosine(dlat * half);
    const T c = wide::cosine(lat * T(wide::kPi / 180));
    const T turned = T(2) * sl * sl * c;  // (1 - cos dlon) cos lat
    const T e = T(2) * sl * cl * c, n = T(2) * sp * cp + sin_lat * turned;
    const T up = T(1) - T(2) * sp * sp - cos_lat * turned;
    const T s = wide::root(e * e + n * n);
    const T below = T(1) + up;
    // t: the tangent of half the angle; beyond a quarter of the globe its reciprocal.
    const bool near = s <= below;
    const T t = wide::least(s, below) / wide::most(wide::most(s, below), T(1e-30));
    const T arc = t * wide::arc_ratio(t);
    const T angle = T(2) * wide::choose(near, arc, T(wide::kPi / 2) - arc);
    const T scale = wide::choose(s > T(1e-12), angle / wide::most(s, T(1e-30)), T(1));
    east = T(wide::kEarthKm) * e * scale;
    north = T(wide::kEarthKm) * n * scale;
  }

  Km at(LonLat p) const {
    double dlon = p.lon - centre.lon;
    dlon = dlon > 180 ? dlon - 360 : dlon < -180 ? dlon + 360 : dlon;
    Km km;
    project<double>(sin_lat, cos_lat, dlon, p.lat - centre.lat, p.lat, km.east, km.north);
    return km;
  }
  LonLat place(Km km) const;
};

}  // namespace anlan::quake
