#include "registry/record_type_read.h"

#include <fmt/format.h>

#include <set>

#include "registry/alarm_rule_read.h"
#include "registry/record_columns.h"

namespace anlan {
namespace {

constexpr size_t kFieldsMax = 100;
constexpr size_t kChoicesMax = 200;

// Column names in imported tables are read with half-width forms; a label in full width would never be found again.
bool has_full_width(std::string_view text) { return text.find("\xEF\xBC") != text.npos || text.find("\xEF\xBD") != text.npos; }

void read_choices(MapReader& reader, Field& field) {
  const auto& items = reader.list("choices", Need::kOptional);
  if ((field.type == FieldType::choice) != !items.empty())
    reader.fault(0, "choices", "只有 choice 类型的字段要写选项，且不能为空", "choices are for fields of type choice, and needed there");
  if (items.size() > kChoicesMax) reader.fault(0, "choices", fmt::format("最多 {} 项", kChoicesMax), fmt::format("at most {}", kChoicesMax));
  std::set<std::string> seen;
  for (const auto& node : items) {
    MapReader item(node, reader.spot().file, fmt::format("fields.{} choices", field.id), reader.faults());
    if (node.kind != YamlNode::Kind::kMap) continue;
    Named choice{item.id("id", Need::kRequired), item.text("zh", Need::kRequired, 60), item.text("en", Need::kRequired, 120)};
    item.finish();
    if (!seen.insert(choice.id).second || !seen.insert(choice.zh).second) item.fault(0, "id", "选项重复", "the choice is repeated");
    field.choices.push_back(std::move(choice));
  }
}

Field read_field(MapReader& reader) {
  Field field;
  field.id = reader.id("id", Need::kRequired);
  field.zh = reader.text("zh", Need::kRequired, 40);
  field.en = reader.text("en", Need::kRequired, 80);
  field.type = reader.choice<FieldType>("type", Need::kRequired).value_or(FieldType::text);
  field.unit = reader.text("unit", Need::kOptional, 20);
  field.required = reader.flag("required", false);
  field.list = reader.flag("list", false);
  field.filter = reader.flag("filter", false);
  field.personal = reader.flag("personal", field.type == FieldType::phone || field.type == FieldType::person);
  field.min = reader.maybe_number("min");
  field.max = reader.maybe_number("max");
  read_choices(reader, field);
  const bool is_number = field.type == FieldType::number || field.type == FieldType::integer;
  if ((field.min || field.max || !field.unit.empty()) && !is_number)
    reader.fault(0, "type", "unit、min、max 只用于 number 和 integer", "unit, min and max are for number and integer");
  if (field.min && field.max && *field.min > *field.max) reader.fault(0, "min", "大于 max", "is above max");
  if (has_full_width(field.zh) || has_full_width(field.unit))
    reader.fault(0, "zh", "请用半角括号、字母和数字", "must use half-width punctuation, letters and digits");
  if (field.personal && field.filter) reader.fault(0, "filter", "个人信息不能用于筛选", "personal data cannot be a filter");
  return field;
}

}  // namespace

RecordType read_record_type(MapReader& item) {
  RecordType type;
  type.id = item.id("id", Need::kRequired);
  type.zh = item.text("zh", Need::kRequired, 40);
  type.en = item.text("en", Need::kRequired, 80);
  type.icon = item.id("icon", Need::kOptional);
  type.source = item.text("source", Need::kRequired, 300);
  type.version = static_cast<int>(item.integer("version", 1, 1'000'000));
  const auto& fields = item.list("fields", Need::kRequired);
  if (fields.size() > kFieldsMax) item.fault(0, "fields", fmt::format("最多 {} 个", kFieldsMax), fmt::format("at most {}", kFieldsMax));
  std::set<std::string> seen;
  for (const auto& column : kRecordColumns) seen.insert({column.id, column.zh});
  for (size_t i = 0; i < fields.size() && i < kFieldsMax; ++i) {
    MapReader reader(fields[i], item.spot().file, fmt::format("{}.fields[{}]", type.id, i + 1), item.faults());
    if (fields[i].kind != YamlNode::Kind::kMap) continue;
    auto field = read_field(reader);
    reader.finish();
    if (!field.id.empty() && !seen.insert(field.id).second)
      reader.fault(0, "id", fmt::format("“{}”重复，或与每种记录都有的列同名", field.id), fmt::format("“{}” is repeated or is a column that every record has", field.id));
    if (!field.zh.empty() && field.zh != field.id && !seen.insert(field.zh).second)
      reader.fault(0, "zh", fmt::format("“{}”重复，或与每种记录都有的列同名", field.zh), fmt::format("“{}” is repeated or is a column that every record has", field.zh));
    type.fields.push_back(std::move(field));
  }
  if (const auto* signal = item.take("signal", Need::kOptional)) {
    MapReader reader(*signal, item.spot().file, type.id + ".signal", item.faults());
    if (signal->kind == YamlNode::Kind::kMap) type.signal = read_signal(reader, type);
  }
  return type;
}

}  // namespace anlan
