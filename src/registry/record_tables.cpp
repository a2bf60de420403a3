#include <algorithm>

#include "registry/record_lines.h"
#include "registry/records.h"

namespace anlan {

std::vector<Migration> record_migrations() {
  // state: 0 active, 1 removed. fields is a JSON object.
  return {{"records-1", R"(
    CREATE TABLE records (id $ID, type TEXT NOT NULL, name TEXT NOT NULL, place BIGINT NOT NULL, lon $REAL, lat $REAL,
                          fields TEXT NOT NULL, state BIGINT NOT NULL, generated BIGINT NOT NULL, changed_at BIGINT NOT NULL);
    CREATE INDEX records_type ON records (type, place)
  )"}};
}

void register_record_facts(FactCatalogue& catalogue) {
  catalogue.add<RecordAdded>();
  catalogue.add<RecordChanged>();
  catalogue.add<RecordRemoved>();
  catalogue.add<RecordRestored>();
  catalogue.add<RecordsImported>();
}

namespace {

void put_record(Tables& tables, const RecordState& r, UtcTime at) {
  std::optional<double> lon, lat;
  if (r.position) lon = r.position->lon, lat = r.position->lat;
  tables.execute(
      "INSERT INTO records (id, type, name, place, lon, lat, fields, state, generated, changed_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (id) DO UPDATE SET type = excluded.type, name = excluded.name, "
      "place = excluded.place, lon = excluded.lon, lat = excluded.lat, fields = excluded.fields, state = 0, "
      "generated = excluded.generated, changed_at = excluded.changed_at",
      {r.record, r.type, r.name, r.place, lon, lat, json::serialize(r.fields), r.generated, at});
}

std::optional<RecordState> read_in_state(Reader& reader, RecordId record, int state) {
  std::optional<RecordState> found;
  reader.query("SELECT type, name, place, lon, lat, fields, generated FROM records WHERE id = ? AND state = ?", {record, state},
               [&](const Row& row) {
                 RecordState r;
                 r.record = record;
                 r.type = row.str(0);
                 r.name = row.str(1);
                 r.place = PlaceCode(row.integer(2));
                 if (!row.is_null(3) && !row.is_null(4)) r.position = LonLat{row.real(3), row.real(4)};
                 r.fields = parse_json(row.text(5)).value().as_object();
                 r.generated = row.integer(6) != 0;
                 found = std::move(r);
               });
  return found;
}

}  // namespace

void apply(Tables& tables, const RecordAdded& fact, const FactHeader& header) {
  put_record(tables, fact, header.at);
  take_id(tables, "record", fact.record.value);
}

void apply(Tables& tables, const RecordChanged& fact, const FactHeader& header) { put_record(tables, fact, header.at); }

void apply(Tables& tables, const RecordRemoved& fact, const FactHeader& header) {
  tables.execute("UPDATE records SET state = 1, changed_at = ? WHERE id = ?", {header.at, fact.record});
}

void apply(Tables& tables, const RecordRestored& fact, const FactHeader& header) {
  tables.execute("UPDATE records SET state = 0, changed_at = ? WHERE id = ?", {header.at, fact.record});
}

void apply(Tables& tables, const RecordsImported& fact, const FactHeader& header, const Attachments& attachments) {
  int64_t last = peek_id(tables, "record") - 1;
  read_records(*attachments.must_get(fact.attachment), [&](RecordState record) {
    put_record(tables, record, header.at);
    last = std::max(last, record.record.value);
  });
  take_id(tables, "record", last);
}

std::string write_records(const std::vector<RecordState>& records) {
  std::string out;
  for (const auto& r : records) {
    json::object line{{"record", r.record.value}, {"type", r.type}, {"name", r.name}, {"place", r.place.text()}};
    line["position"] = r.position ? json::value{{"lon", r.position->lon}, {"lat", r.position->lat}} : json::value();
    line["fields"] = r.fields;
    line["generated"] = r.generated;
    out += json::serialize(line);
    out += '\n';
  }
  return out;
}

void read_records(std::string_view lines, const std::function<void(RecordState)>& each) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    auto fact = from_json_text<RecordAdded>(lines.substr(0, end), "record");
    CHECK_MSG(fact.ok(), fact.error().describe());
    each(std::move(*fact));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

std::optional<RecordState> read_record(Reader& reader, RecordId record) { return read_in_state(reader, record, 0); }
std::optional<RecordState> read_removed_record(Reader& reader, RecordId record) { return read_in_state(reader, record, 1); }

}  // namespace anlan
