// From a shape on the map to the roads it means.
//
// An area (Polygon, MultiPolygon) means every road that lies in it or crosses its border. A Point means the nearest road
// within 60 m, from junction to junction, and the other carriageway of the same name within 40 m. A LineString means the
// roads that run within 25 m of it, with their other carriageways; a road that it only crosses is none of them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/area.h"
#include "logistics/road_network.h"

namespace anlan {

inline constexpr size_t kShapePointsMax = 20'000;  // of a line
inline constexpr double kShapeKmMax = 500;         // of a line

struct RoadShape {
  std::optional<Area> area;
  std::vector<std::vector<LonLat>> lines;  // a point is a line of one
  LonLat first;                            // whose county decides who may set it
};

// Polygon, MultiPolygon, Point, MultiPoint, LineString, MultiLineString, or a Feature of one. kInvalidField on "shape"
// with what is wrong; kTooLarge.
Result<RoadShape> read_road_shape(std::string_view geojson);

// Ascending, each once. O(roads near by).
std::vector<roads::RoadIndex> roads_hit(const RoadNetwork& network, const RoadShape& shape);

}  // namespace anlan
