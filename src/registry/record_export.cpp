#include "registry/record_export.h"

#include <fmt/format.h>

#include "registry/record_columns.h"
#include "registry/record_fields.h"

namespace anlan {
namespace {

std::vector<const Field*> shown_fields(const RecordType& type, bool personal) {
  std::vector<const Field*> out;
  for (const auto& field : type.fields)
    if (personal || !field.personal) out.push_back(&field);
  return out;
}

std::string label(const Field& field) { return field.unit.empty() ? field.zh : fmt::format("{}({})", field.zh, field.unit); }

std::vector<std::string> header(const std::vector<const Field*>& fields) {
  std::vector<std::string> out;
  for (const auto& column : kRecordColumns) out.push_back(column.zh);
  for (const auto* field : fields) out.push_back(label(*field));
  return out;
}

}  // namespace

Table record_template(const RecordType& type) { return {header(shown_fields(type, true)), {}, {}}; }

Table record_table(const RecordType& type, std::span<const RecordView> records, const PlaceTable& places, bool personal) {
  const auto fields = shown_fields(type, personal);
  Table table{header(fields), {}, {}};
  table.rows.reserve(records.size());
  for (const auto& r : records) {
    std::vector<std::string> row = {fmt::to_string(r.record.value), r.name, r.place.text(), places.full_name(r.place)};
    row.push_back(r.position ? fmt::format("{}", r.position->lon) : "");
    row.push_back(r.position ? fmt::format("{}", r.position->lat) : "");
    for (const auto* field : fields) {
      const auto* value = r.fields.if_contains(field->id);
      row.push_back(value ? cell_of(*field, *value) : "");
    }
    table.row_lines.push_back(static_cast<int>(table.rows.size()) + 2);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string record_geojson(const RecordType& type, std::span<const RecordView> records, const PlaceTable& places, bool personal) {
  std::string out = R"({"type":"FeatureCollection","features":[)";
  for (size_t i = 0; i < records.size(); ++i) {
    const auto& r = records[i];
    json::object properties{{"type", type.id}, {"name", r.name}, {"place", r.place.text()}, {"place_name", places.full_name(r.place)}};
    for (const auto& member : personal ? r.fields : without_personal(type, r.fields)) properties[member.key()] = member.value();
    json::value geometry;
    if (r.position) geometry = {{"type", "Point"}, {"coordinates", {r.position->lon, r.position->lat}}};
    if (i > 0) out += ',';
    out += json::serialize(json::value{{"type", "Feature"}, {"id", r.record.value}, {"geometry", geometry}, {"properties", properties}});
  }
  return out + "]}";
}

}  // namespace anlan
