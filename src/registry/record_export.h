// Records as tables and GeoJSON, for people and for other programs. A table that was exported can be edited and
// imported again (record_import.h).
#pragma once

#include <span>
#include <string>

#include "documents/table_file.h"
#include "registry/record_index.h"

namespace anlan {

// Header row only: what an import can fill. Units stand behind the labels: "总库容(万m³)".
Table record_template(const RecordType& type);

// Without `personal`, personal fields are left out, column and all.
Table record_table(const RecordType& type, std::span<const RecordView> records, const PlaceTable& places, bool personal);

// A FeatureCollection (RFC 7946); records without a position have geometry null.
std::string record_geojson(const RecordType& type, std::span<const RecordView> records, const PlaceTable& places, bool personal);

}  // namespace anlan
