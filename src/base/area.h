// Areas on the ground: polygons with holes in WGS 84, as a warning, a place or a drawing on the map has them.
//
// An Area that normalise() returned keeps these invariants:
//   - every position is valid, every ring is closed (first = last) and has at least four positions;
//   - outer rings run counter-clockwise, holes clockwise (RFC 7946 §3.1.6);
//   - rings do not cross themselves or one another, polygons do not overlap;
//   - no edge crosses the antimeridian: a polygon that did is split in two along it;
//   - there are at most kAreaVerticesMax positions in all.
// Edges are straight in longitude and latitude. An edge whose ends differ by more than 180 degrees of longitude is
// read as going the short way, over the antimeridian.
// In JSON an Area is the coordinates of a GeoJSON MultiPolygon: [[[[lon, lat], ...], ...], ...].
#pragma once

#include <optional>
#include <vector>

#include "base/json.h"
#include "base/lonlat.h"

namespace anlan {

using Ring = std::vector<LonLat>;

struct Polygon {
  Ring outer;
  std::vector<Ring> holes;
  bool operator==(const Polygon&) const = default;
};
BOOST_DESCRIBE_STRUCT(Polygon, (), (outer, holes))

struct Circle {
  LonLat centre;
  double radius_km = 0;
  bool operator==(const Circle&) const = default;
};
BOOST_DESCRIBE_STRUCT(Circle, (), (centre, radius_km))

struct Area {
  std::vector<Polygon> polygons;
  bool operator==(const Area&) const = default;
};

struct Bounds {
  double west = 0, south = 0, east = 0, north = 0;  // degrees; west <= east
};

inline constexpr size_t kAreaVerticesMax = 200'000;
inline constexpr size_t kAreaPolygonsMax = 10'000;
inline constexpr double kCircleRadiusKmMax = 5'000;

// Makes an Area of what was drawn, imported or received. Open rings are closed, repeated positions dropped, crossing
// rings repaired by the even-odd rule (a bow tie becomes two triangles), overlapping polygons united, circles become
// 64-gons that contain the circle.
// Errors: kTooLarge over the limits, before any work is done; kInvalidField (field "area", details name the polygon)
// for nothing at all, an invalid position, a ring without area, a ring round a pole, a circle with a radius outside
// (0, kCircleRadiusKmMax], and rings that cross themselves or one another beyond what can be repaired in bounded time.
// Cost: O(n log n) for valid rings; the check for crossings is bounded at about a second.
Result<Area> normalise(std::vector<Polygon> polygons, const std::vector<Circle>& circles = {});

// On a sphere of radius 6,371.0088 km, holes taken off (Chamberlain and Duquette, JPL Publication 07-3, 2007).
double area_km2(const Area& area);

// Nothing for an empty area. An area over the antimeridian gives the bounds of both halves, -180 to 180.
std::optional<Bounds> bounding_box(const Area& area);

// A position inside the largest polygon, far from its sides as seen along one parallel. Nothing for an empty area.
std::optional<LonLat> label_point(const Area& area);

// Even-odd over all rings; a position on an edge is inside. O(n): for many positions use PreparedArea.
bool contains(const Area& area, LonLat p);

size_t vertex_count(const Area& area);

void tag_invoke(json::value_from_tag, json::value& v, const Area& area);
// Checks positions, closed rings of four positions or more, and kAreaVerticesMax; does not look for crossings.
json::result<Area> tag_invoke(json::try_value_to_tag<Area>, const json::value& v);

}  // namespace anlan
