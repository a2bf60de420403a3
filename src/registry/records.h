// Records: objects of the declared types (reservoirs, schools, geohazard sites …), each at a place, most with a
// position. No code knows any type; everything follows from its declaration in the pack.
//
// Facts carry the whole new state, so that applying one needs nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/json.h"
#include "journal/attachments.h"
#include "journal/migrations.h"
#include "journal/writer.h"
#include "registry/pack.h"
#include "registry/places.h"

namespace anlan {

inline constexpr size_t kRecordNameLettersMax = 100;

struct RecordState {
  RecordId record;
  std::string type;  // id of pack.record_types
  std::string name;
  PlaceCode place;
  std::optional<LonLat> position;  // WGS 84
  json::object fields;             // by field id; fields without a value are absent (record_fields.h)
  bool generated = false;          // made up for a demonstration
};

struct RecordAdded : RecordState {
  static constexpr std::string_view kKind = "RecordAdded";
};
BOOST_DESCRIBE_STRUCT(RecordAdded, (), (record, type, name, place, position, fields, generated))

struct RecordChanged : RecordState {
  static constexpr std::string_view kKind = "RecordChanged";
};
BOOST_DESCRIBE_STRUCT(RecordChanged, (), (record, type, name, place, position, fields, generated))

struct RecordRemoved {
  static constexpr std::string_view kKind = "RecordRemoved";
  RecordId record;
  std::string type, name;
};
BOOST_DESCRIBE_STRUCT(RecordRemoved, (), (record, type, name))

struct RecordRestored {
  static constexpr std::string_view kKind = "RecordRestored";
  RecordId record;
  std::string type, name;
};
BOOST_DESCRIBE_STRUCT(RecordRestored, (), (record, type, name))

// Many records of one type at once; the attachment (record_lines.h) has the state of each new or changed one.
struct RecordsImported {
  static constexpr std::string_view kKind = "RecordsImported";
  std::string type;
  std::string attachment;
  std::string filename;
  int64_t rows = 0, created = 0, changed = 0;  // of the imported table
};
BOOST_DESCRIBE_STRUCT(RecordsImported, (), (type, attachment, filename, rows, created, changed))

std::vector<Migration> record_migrations();
void register_record_facts(FactCatalogue& catalogue);

void apply(Tables& tables, const RecordAdded& fact, const FactHeader& header);
void apply(Tables& tables, const RecordChanged& fact, const FactHeader& header);
void apply(Tables& tables, const RecordRemoved& fact, const FactHeader& header);
void apply(Tables& tables, const RecordRestored& fact, const FactHeader& header);
void apply(Tables& tables, const RecordsImported& fact, const FactHeader& header, const Attachments& attachments);

// --- commands (see record_import.h for tables) --------------------------------------------------------------------
// Each returns the facts and {"id": n} as response; a change that changes nothing gives no fact. Errors: kInvalidField
// with the field of the API (name, place, lon, fields.<id>) and why in Chinese ("why") and English (details[0].en);
// kNotFound for an unknown type or an absent record; kConflict.

struct RecordPatch {
  std::optional<std::string> name;
  std::optional<PlaceCode> place;
  std::optional<std::optional<LonLat>> position;
  Datum datum = Datum::kWgs84;  // of position
  json::object fields;          // members to set; null takes the value away
  bool generated = false;       // of a new record
};

Result<Decision> add_record(Reader& reader, const Pack& pack, const PlaceTable& places, std::string_view type,
                            const RecordPatch& record);
Result<Decision> change_record(Reader& reader, const Pack& pack, const PlaceTable& places, RecordId record,
                               const RecordPatch& patch);
// Posts that answer for the record are no hindrance: they stay and show what is missing.
Result<Decision> remove_record(Reader& reader, RecordId record);
Result<Decision> restore_record(Reader& reader, RecordId record);

// What the table says; nothing when absent. Removed records are read with the second.
std::optional<RecordState> read_record(Reader& reader, RecordId record);
std::optional<RecordState> read_removed_record(Reader& reader, RecordId record);

}  // namespace anlan
