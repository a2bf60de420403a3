#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "registry/place_files.h"
#include "registry/record_columns.h"
#include "registry/record_fields.h"
#include "registry/record_import.h"

namespace anlan {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

class RecordTableReader {
 public:
  RecordTableReader(const Table& table, const RecordType& type, const PlaceTable& places, PlaceCode home, Datum datum)
      : table_(table), type_(type), places_(places), home_(home), datum_(datum) {
    out_.type = type.id;
  }

  Result<RecordTable> read() {
    name_columns();
    for (size_t i = 0; i < table_.rows.size() && faults_.size() < kImportFaultsMax; ++i) read_row(table_.rows[i], table_.row_lines[i]);
    if (faults_.empty()) return std::move(out_);
    Error error(ErrorCode::kInvalidFile, {{"why", fmt::format("{} 处有误", faults_.size() < kImportFaultsMax ? fmt::to_string(faults_.size()) : fmt::format("至少 {}", faults_.size()))}});
    error.details = std::move(faults_);
    return error;
  }

 private:
  void fault(int line, std::string_view column, std::string zh, std::string en) {
    if (faults_.size() < kImportFaultsMax) faults_.push_back({line, std::string(column), std::move(zh), std::move(en)});
  }

  const std::string* cell(const std::vector<std::string>& row, RecordColumnIndex column) const {
    return basic_[column] < 0 ? nullptr : &row[static_cast<size_t>(basic_[column])];
  }
  const std::string& label(RecordColumnIndex column) const { return table_.columns[static_cast<size_t>(basic_[column])]; }

  void name_columns();
  void read_row(const std::vector<std::string>& row, int line);
  void read_place(const std::string& cell, RecordRow& out);
  void read_position(const std::vector<std::string>& row, RecordRow& out);

  const Table& table_;
  const RecordType& type_;
  const PlaceTable& places_;
  const PlaceCode home_;
  const Datum datum_;
  int basic_[kRecordColumns.size()] = {-1, -1, -1, -1, -1, -1};
  std::vector<const Field*> fields_;  // by column; null: not a field
  RecordTable out_;
  std::vector<ErrorDetail> faults_;
};

void RecordTableReader::name_columns() {
  std::set<std::string> seen;
  fields_.assign(table_.columns.size(), nullptr);
  for (size_t c = 0; c < table_.columns.size(); ++c) {
    const auto& name = table_.columns[c];
    const std::string key = lower(name);
    std::string id;
    for (size_t i = 0; i < kRecordColumns.size(); ++i)
      if (key == kRecordColumns[i].id || name == kRecordColumns[i].zh) {
        id = kRecordColumns[i].id;
        basic_[i] = static_cast<int>(c);
      }
    if (id.empty())
      for (const auto& field : type_.fields)
        if (key == field.id || name == field.zh || key == lower(field.en) || (!field.unit.empty() && name == fmt::format("{}({})", field.zh, field.unit))) {
          id = field.id;
          fields_[c] = &field;
        }
    if (id.empty()) out_.remarks.push_back({0, name, fmt::format("列“{}”不属于{}，没有读取", name, type_.zh), fmt::format("the column “{}” is not one of {} and was not read", name, type_.en)});
    else if (!seen.insert(id).second) fault(1, name, "与另一列是同一项", "means the same as another column");
  }
  if (basic_[kColumnName] < 0 && basic_[kColumnId] < 0) fault(1, kRecordColumns[kColumnName].zh, "缺少“名称”列", "the column 名称 (name) is missing");
  if ((basic_[kColumnLon] < 0) != (basic_[kColumnLat] < 0)) fault(1, kRecordColumns[kColumnLon].zh, "“经度”和“纬度”要成对", "经度 (lon) and 纬度 (lat) belong together");
}

void RecordTableReader::read_place(const std::string& cell, RecordRow& out) {
  const std::string text = trimmed(cell);
  const auto& column = label(kColumnPlace);
  if (text.empty()) {
    fault(out.line, column, "不能为空", "must not be empty");
    return;
  }
  if (const auto code = PlaceCode::parse(text); code && places_.find(*code)) {
    out.place = *code;
    return;
  }
  for (const auto level : {PlaceLevel::kCounty, PlaceLevel::kTown, PlaceLevel::kVillage}) {
    const uint32_t index = place_named(places_, text, level, home_);
    if (index == kNoPlace) continue;
    out.place = places_.code(index);
    return;
  }
  fault(out.line, column, fmt::format("没有这个行政区划：{}", text), fmt::format("no such place: {}", text));
}

void RecordTableReader::read_position(const std::vector<std::string>& row, RecordRow& out) {
  const auto *lon = cell(row, kColumnLon), *lat = cell(row, kColumnLat);
  if (!lon || !lat) return;
  if (trimmed(*lon).empty() && trimmed(*lat).empty()) {
    out.position = std::optional<LonLat>();
    return;
  }
  const auto x = degrees_from_cell(*lon), y = degrees_from_cell(*lat);
  if (!x || !y) {
    fault(out.line, label(x ? kColumnLat : kColumnLon), "应为十进制的度，如 102.8765", "must be decimal degrees like 102.8765");
    return;
  }
  if (!is_valid({*x, *y})) {
    fault(out.line, label(kColumnLon), fmt::format("经纬度 {}, {} 超出范围（是否写反？）", *x, *y), fmt::format("the position {}, {} is out of range (swapped?)", *x, *y));
    return;
  }
  out.position = to_wgs84({*x, *y}, datum_);
}

void RecordTableReader::read_row(const std::vector<std::string>& row, int line) {
  RecordRow out;
  out.line = line;
  if (const auto* id = cell(row, kColumnId); id && !trimmed(*id).empty()) {
    const auto text = trimmed(*id);
    const auto [at, problem] = std::from_chars(text.data(), text.data() + text.size(), out.record.value);
    if (problem != std::errc() || at != text.data() + text.size() || out.record.value <= 0)
      fault(line, label(kColumnId), "应为导出表中的编号；新增时留空", "must be a number from an export; empty for a new record");
  }
  if (const auto* name = cell(row, kColumnName)) {
    auto value = field_from_cell({{"name", "名称", "name"}}, *name);
    if (const auto* refusal = std::get_if<Refusal>(&value)) fault(line, label(kColumnName), refusal->zh, refusal->en);
    else if (std::get<json::value>(value).is_null()) fault(line, label(kColumnName), "不能为空", "must not be empty");
    else out.name = std::string(std::get<json::value>(value).as_string());
    if (out.name && letters(*out.name) > kRecordNameLettersMax)
      fault(line, label(kColumnName), fmt::format("超过 {} 个字", kRecordNameLettersMax), fmt::format("has more than {} characters", kRecordNameLettersMax));
  }
  if (const auto* place = cell(row, kColumnPlace)) read_place(*place, out);
  read_position(row, out);
  for (size_t c = 0; c < fields_.size(); ++c) {
    if (!fields_[c]) continue;
    auto value = field_from_cell(*fields_[c], row[c]);
    if (const auto* refusal = std::get_if<Refusal>(&value)) fault(line, table_.columns[c], refusal->zh, refusal->en);
    else out.fields[fields_[c]->id] = std::get<json::value>(std::move(value));
  }
  out_.rows.push_back(std::move(out));
}

}  // namespace

Result<RecordTable> read_record_table(const Table& table, const RecordType& type, const PlaceTable& places, PlaceCode home, Datum datum) {
  return RecordTableReader(table, type, places, home, datum).read();
}

}  // namespace anlan
