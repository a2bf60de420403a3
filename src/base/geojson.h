// Areas from and to GeoJSON (RFC 7946).
#pragma once

#include "base/area.h"

namespace anlan {

// Reads a Polygon, MultiPolygon, GeometryCollection, Feature or FeatureCollection; a third number of a position
// (altitude) is dropped. Positions in GCJ-02 or BD-09 are converted, then everything passes normalise().
// Errors: kInvalidField on "area" for a wrong shape or any other geometry type (points and lines have no area), and
// the errors of normalise().
Result<Area> area_from_geojson(const json::value& value, Datum datum = Datum::kWgs84);

// A geometry: Polygon when there is one, MultiPolygon otherwise.
json::value geojson_of(const Area& area);

}  // namespace anlan
