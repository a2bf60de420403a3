// Positions that a request names, and lines and polygons as GeoJSON, for roads, coverage and dispatch.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "roads/contour.h"
#include "web/api.h"
#include "web/json_members.h"

namespace anlan {

// A place on the map that a request names: {lon, lat}, {record: id} or {place: code}.
struct NamedPosition {
  LonLat at;
  std::string name;  // of the record or place; "" for a bare position
};
// kInvalidField on `field`; kNotFound; kForbidden for a record outside what the account may see.
Result<NamedPosition> read_position(const CallPtr& call, const json::value& v, std::string_view field);

// Five decimals, about a metre.
json::array position_json(LonLat p);
json::object line_json(std::span<const LonLat> line);                          // LineString
json::object lines_json(std::span<const std::span<const LonLat>> lines);       // MultiLineString
json::object polygons_json(const std::vector<roads::ContourPolygon>& shape);   // MultiPolygon

double one_decimal(double v);
double minutes_json(uint32_t ms);  // one decimal

}  // namespace anlan
