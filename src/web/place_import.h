// Positions and boundaries that somebody uploads: the places as they would be, and the report about it.
#pragma once

#include <memory>
#include <string>

#include "registry/live_places.h"
#include "web/table_answer.h"

namespace anlan {

struct PlaceImport {
  ImportReport report;
  PlaceTable places;
  Boundaries boundaries;
};

// CSV or XLSX with the columns code, lon, lat and optionally name, parent, datum (place_files.h), or their Chinese names
// 区划代码, 经度, 纬度, 名称, 上级代码, 坐标系. Errors: kInvalidFile, with the lines of the file that was sent.
Result<PlaceImport> import_positions(const PlaceIndex& now, const std::string& bytes, const std::string& filename, Datum datum);
// GeoJSON (boundaries.h). Of places that have a boundary the new one stays.
Result<PlaceImport> import_boundaries(const PlaceIndex& now, const std::string& geojson, Datum datum, PlaceCode within);

}  // namespace anlan
