#include "registry/record_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "registry/record_columns.h"
#include "registry/record_fields.h"
#include "registry/record_lines.h"

namespace anlan {
namespace {

struct Known {
  RecordState state;
  bool removed = false;
};

class Planner {
 public:
  Planner(Reader& reader, const RecordType& type, std::span<const PlaceCode> scopes, bool generated)
      : type_(type), scopes_(scopes), generated_(generated), next_id_(peek_id(reader, "record")) {
    load(reader);
  }

  Result<RecordImportPlan> plan(const RecordTable& table) {
    plan_.rows = static_cast<int64_t>(table.rows.size());
    for (const auto& row : table.rows) {
      if (faults_.size() >= kImportFaultsMax) break;
      take(row);
    }
    if (faults_.empty()) return std::move(plan_);
    Error error(ErrorCode::kInvalidFile, {{"why", fmt::format("{} 处有误", faults_.size())}});
    error.details = std::move(faults_);
    return error;
  }

 private:
  using Key = std::pair<PlaceCode, std::string>;

  void load(Reader& reader);
  void take(const RecordRow& row);
  // The record that a row means: null for a new one; nothing, and a fault, when it cannot be told.
  std::optional<const Known*> known(const RecordRow& row);
  bool in_scope(PlaceCode place) const {
    return std::any_of(scopes_.begin(), scopes_.end(), [&](PlaceCode s) { return s.contains(place); });
  }
  void fault(int line, const char* column, std::string zh, std::string en) {
    if (faults_.size() < kImportFaultsMax) faults_.push_back({line, column, std::move(zh), std::move(en)});
  }

  const RecordType& type_;
  const std::span<const PlaceCode> scopes_;
  const bool generated_;
  int64_t next_id_;
  std::unordered_map<int64_t, Known> by_id_;
  std::multimap<Key, int64_t> by_key_;  // active ones
  std::unordered_map<int64_t, int> lines_;  // of records already taken from this table
  std::map<Key, int> new_lines_;
  RecordImportPlan plan_;
  std::vector<ErrorDetail> faults_;
};

void Planner::load(Reader& reader) {
  reader.query("SELECT id, name, place, lon, lat, fields, generated, state FROM records WHERE type = ?", {type_.id}, [&](const Row& row) {
    Known k;
    k.state.record = {row.integer(0)};
    k.state.type = type_.id;
    k.state.name = row.str(1);
    k.state.place = PlaceCode(row.integer(2));
    if (!row.is_null(3) && !row.is_null(4)) k.state.position = LonLat{row.real(3), row.real(4)};
    k.state.fields = parse_json(row.text(5)).value().as_object();
    k.state.generated = row.integer(6) != 0;
    k.removed = row.integer(7) != 0;
    if (!k.removed) by_key_.emplace(Key(k.state.place, k.state.name), k.state.record.value);
    by_id_.emplace(k.state.record.value, std::move(k));
  });
}

std::optional<const Known*> Planner::known(const RecordRow& row) {
  if (row.record) {
    const auto at = by_id_.find(row.record.value);
    if (at != by_id_.end() && !at->second.removed) return &at->second;
    const bool removed = at != by_id_.end();
    fault(row.line, kRecordColumns[kColumnId].zh, removed ? "这条记录已删除，请先恢复" : fmt::format("没有编号为 {} 的{}", row.record.value, type_.zh),
          removed ? "this record was removed; restore it first" : fmt::format("there is no {} with the id {}", type_.en, row.record.value));
    return std::nullopt;
  }
  if (!row.name || !row.place) {
    fault(row.line, kRecordColumns[row.name ? kColumnPlace : kColumnName].zh, "新增的记录要有名称和区划代码", "a new record needs a name and a place");
    return std::nullopt;
  }
  const auto [from, to] = by_key_.equal_range(Key(*row.place, *row.name));
  if (from == to) return nullptr;
  if (std::next(from) != to) {
    fault(row.line, kRecordColumns[kColumnName].zh, fmt::format("此地有多条“{}”，请填写编号", *row.name), fmt::format("there are several “{}” at this place; give the id", *row.name));
    return std::nullopt;
  }
  return &by_id_.at(from->second);
}

void Planner::take(const RecordRow& row) {
  const auto before = known(row);
  if (!before) return;
  RecordState state;
  if (*before) {
    state = (*before)->state;
    const auto [at, fresh] = lines_.emplace(state.record.value, row.line);
    if (!fresh) fault(row.line, kRecordColumns[kColumnName].zh, fmt::format("与第 {} 行是同一条记录", at->second), fmt::format("is the same record as line {}", at->second));
    if (!in_scope(state.place)) fault(row.line, kRecordColumns[kColumnPlace].zh, "这条记录不在您的管辖范围内", "this record is outside your place");
  } else {
    const auto [at, fresh] = new_lines_.emplace(Key(*row.place, *row.name), row.line);
    if (!fresh) fault(row.line, kRecordColumns[kColumnName].zh, fmt::format("与第 {} 行的名称和地点相同", at->second), fmt::format("has the same name and place as line {}", at->second));
    state.type = type_.id;
    state.generated = generated_;
  }
  if (row.name) state.name = *row.name;
  if (row.place) state.place = *row.place;
  if (row.position) state.position = *row.position;
  state.fields = merged_fields(type_, state.fields, row.fields);
  if (!in_scope(state.place)) fault(row.line, kRecordColumns[kColumnPlace].zh, fmt::format("{} 不在您的管辖范围内", state.place.text()), fmt::format("{} is outside your place", state.place.text()));
  if (const auto* missing = missing_field(type_, state.fields)) fault(row.line, missing->zh.c_str(), "必填", "is required");
  if (!*before) {
    state.record = {next_id_++};
    ++plan_.created;
  } else {
    const auto& was = (*before)->state;
    if (was.name == state.name && was.place == state.place && was.position == state.position && was.fields == state.fields) {
      ++plan_.unchanged;
      return;
    }
    ++plan_.changed;
  }
  plan_.states.push_back(std::move(state));
}

}  // namespace

Result<RecordImportPlan> plan_record_import(Reader& reader, const RecordType& type, const RecordTable& table,
                                            std::span<const PlaceCode> scopes, bool generated) {
  return Planner(reader, type, scopes, generated).plan(table);
}

Result<Decision> import_records(Reader& reader, Attachments& attachments, const RecordType& type, const RecordTable& table,
                                std::span<const PlaceCode> scopes, const std::string& filename, bool generated) {
  TRY(plan, plan_record_import(reader, type, table, scopes, generated));
  Decision decision;
  decision.response = json::serialize(json::value{{"rows", plan.rows}, {"created", plan.created}, {"changed", plan.changed}, {"unchanged", plan.unchanged}});
  if (plan.states.empty()) return decision;
  RecordsImported imported;
  imported.type = type.id;
  TRY(attachment, attachments.put(write_records(plan.states)));
  imported.attachment = std::move(attachment);
  imported.filename = filename;
  imported.rows = plan.rows;
  imported.created = plan.created;
  imported.changed = plan.changed;
  decision.facts.push_back(fact(std::move(imported), "records:" + type.id, scopes.size() == 1 ? scopes[0] : PlaceCode()));
  return decision;
}

}  // namespace anlan
