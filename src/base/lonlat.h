// Positions in WGS 84 degrees (CGCS2000 is taken as equal within a metre), and the conversions done at the edge.
#pragma once

namespace anlan {

struct LonLat {
  double lon = 0;  // degrees east, [-180, 180]
  double lat = 0;  // degrees north, [-90, 90]
  bool operator==(const LonLat&) const = default;
};

bool is_valid(LonLat p);

// Great-circle distance in metres on a sphere of radius 6,371,008.8 m (IUGG mean radius).
double distance_m(LonLat a, LonLat b);

// GCJ-02 (国测局) and BD-09 (Baidu) to WGS 84, by inverting the published forward formulas to under 1e-7 degree.
// Outside China (72.004..137.8347 E, 0.8293..55.8271 N) GCJ-02 equals WGS 84.
LonLat wgs84_from_gcj02(LonLat p);
LonLat wgs84_from_bd09(LonLat p);
LonLat gcj02_from_wgs84(LonLat p);

enum class Datum { kWgs84, kGcj02, kBd09 };
LonLat to_wgs84(LonLat p, Datum datum);

}  // namespace anlan
