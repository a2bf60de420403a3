// Records from a table that somebody uploads: read and checked row by row, matched with what is there, written as one
// fact. Nothing is half imported; a dry run is the plan without the fact.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "documents/table_file.h"
#include "registry/records.h"

namespace anlan {

inline constexpr size_t kImportFaultsMax = 100;

// One row, checked against the type. Columns that the table does not have leave a record as it is; an empty cell takes
// the value away.
struct RecordRow {
  int line = 0;
  RecordId record;  // none: found by name and place, else new
  std::optional<std::string> name;
  std::optional<PlaceCode> place;
  std::optional<std::optional<LonLat>> position;  // WGS 84
  json::object fields;
};

struct RecordTable {
  std::string type;
  std::vector<RecordRow> rows;
  std::vector<ErrorDetail> remarks;  // columns that were not read
};

// Columns are those of every record (record_columns.h) and of the type's fields, by label in Chinese or English, by
// label with unit ("总库容(万m³)") or by id. Places are codes, or names of places directly below `home`; positions are
// converted from `datum`.
// Faults: kInvalidFile with at most kImportFaultsMax details: line, name of the column, what is wrong.
Result<RecordTable> read_record_table(const Table& table, const RecordType& type, const PlaceTable& places, PlaceCode home,
                                      Datum datum);

struct RecordImportPlan {
  std::vector<RecordState> states;  // of new and changed records
  int64_t rows = 0, created = 0, changed = 0, unchanged = 0;
};

// Faults besides: an id that is absent or of another type, two rows for one record, a name that fits several records
// of a place, required fields without a value, and places outside `scopes` (of the row, and of the record before).
// One pass over the records of the type.
Result<RecordImportPlan> plan_record_import(Reader& reader, const RecordType& type, const RecordTable& table,
                                            std::span<const PlaceCode> scopes, bool generated);

// The plan as one fact; its attachment is put before. Response: {"rows":…,"created":…,"changed":…,"unchanged":…}.
Result<Decision> import_records(Reader& reader, Attachments& attachments, const RecordType& type, const RecordTable& table,
                                std::span<const PlaceCode> scopes, const std::string& filename, bool generated);

}  // namespace anlan
