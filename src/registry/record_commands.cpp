#include <fmt/format.h>

#include "registry/record_fields.h"
#include "registry/records.h"

namespace anlan {
namespace {

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

std::string answer(RecordId record) { return fmt::format(R"({{"id":{}}})", record.value); }
std::string subject_of(RecordId record) { return fmt::format("record:{}", record.value); }

Result<void> patch(const RecordType& type, const PlaceTable& places, RecordState& record, const RecordPatch& change) {
  if (change.name) record.name = trimmed(*change.name);
  if (record.name.empty()) return wrong("name", "名称不能为空", "the name must not be empty");
  if (letters(record.name) > kRecordNameLettersMax)
    return wrong("name", fmt::format("名称超过 {} 个字", kRecordNameLettersMax), fmt::format("the name has more than {} characters", kRecordNameLettersMax));
  for (const unsigned char c : record.name)
    if (c < 0x20 || c == 0x7F) return wrong("name", "名称含有控制字符", "the name has a control character");

  if (change.place) record.place = *change.place;
  if (record.place.empty() || !places.find(record.place))
    return wrong("place", "没有这个行政区划：" + record.place.text(), "no such place: " + record.place.text());

  if (change.position) {
    record.position = *change.position;
    if (record.position) {
      if (!is_valid(*record.position)) return wrong("lon", "经纬度超出范围", "the position is out of range");
      record.position = to_wgs84(*record.position, change.datum);
    }
  }

  json::object members;
  for (const auto& member : change.fields) {
    const std::string id(member.key());
    const auto* field = field_of(type, id);
    if (!field) return wrong("fields." + id, "没有这个字段", "no such field");
    auto value = field_from_json(*field, member.value());
    if (const auto* refusal = std::get_if<Refusal>(&value)) return wrong("fields." + id, field->zh + "：" + refusal->zh, field->en + ": " + refusal->en);
    members[id] = std::get<json::value>(std::move(value));
  }
  record.fields = merged_fields(type, record.fields, members);
  if (const auto* missing = missing_field(type, record.fields))
    return wrong("fields." + missing->id, missing->zh + "：必填", missing->en + ": is required");
  return {};
}

bool same(const RecordState& a, const RecordState& b) {
  return a.name == b.name && a.place == b.place && a.position == b.position && a.fields == b.fields;
}

}  // namespace

Result<Decision> add_record(Reader& reader, const Pack& pack, const PlaceTable& places, std::string_view type,
                            const RecordPatch& change) {
  const auto* declared = pack.record_type(type);
  if (!declared) return Error(ErrorCode::kNotFound, {{"what", std::string(type)}});
  RecordAdded added;
  added.record = {peek_id(reader, "record")};
  added.type = declared->id;
  added.generated = change.generated;
  TRY_VOID(patch(*declared, places, added, change));
  const RecordId id = added.record;
  const PlaceCode place = added.place;
  return Decision{{fact(std::move(added), subject_of(id), place)}, answer(id)};
}

Result<Decision> change_record(Reader& reader, const Pack& pack, const PlaceTable& places, RecordId record,
                               const RecordPatch& change) {
  const auto before = read_record(reader, record);
  if (!before) return Error(ErrorCode::kNotFound, {{"what", subject_of(record)}});
  const auto* declared = pack.record_type(before->type);
  if (!declared) return Error(ErrorCode::kNotFound, {{"what", before->type}});
  RecordChanged changed{*before};
  TRY_VOID(patch(*declared, places, changed, change));
  Decision decision{{}, answer(record)};
  if (!same(changed, *before)) {
    const PlaceCode place = changed.place;
    decision.facts.push_back(fact(std::move(changed), subject_of(record), place));
  }
  return decision;
}

Result<Decision> remove_record(Reader& reader, RecordId record) {
  const auto before = read_record(reader, record);
  if (!before) return Error(ErrorCode::kNotFound, {{"what", subject_of(record)}});
  return Decision{{fact(RecordRemoved{record, before->type, before->name}, subject_of(record), before->place)}, answer(record)};
}

Result<Decision> restore_record(Reader& reader, RecordId record) {
  if (read_record(reader, record)) return Error(ErrorCode::kConflict, {{"why", "没有被删除"}});
  const auto removed = read_removed_record(reader, record);
  if (!removed) return Error(ErrorCode::kNotFound, {{"what", subject_of(record)}});
  return Decision{{fact(RecordRestored{record, removed->type, removed->name}, subject_of(record), removed->place)}, answer(record)};
}

}  // namespace anlan
