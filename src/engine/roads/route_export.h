// A route for other programs: GPX 1.1 (https://www.topografix.com/GPX/1/1/) for navigators, GeoJSON (RFC 7946) for maps.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "roads/directions.h"

namespace anlan::roads {

// A track with the line, and a route whose points are the steps with their text.
std::string gpx_of(std::span<const LonLat> line, std::span<const Step> steps, std::string_view name, bool chinese);
// A FeatureCollection: the line with "name", "distance_m", "seconds", and a point for each step with "turn", "text",
// "road", "distance_m", "seconds". Coordinates to 1e-6 degree.
std::string geojson_of(std::span<const LonLat> line, std::span<const Step> steps, std::string_view name, bool chinese);

}  // namespace anlan::roads
