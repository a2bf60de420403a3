#include "registry/record_fields.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/time.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

constexpr double kIntegerMax = 9'007'199'254'740'991.0;  // 2^53 - 1: exact as a double

bool has_control(std::string_view text) {
  for (const unsigned char c : text)
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) return true;
  return false;
}

FieldValue text_value(std::string_view raw) {
  auto text = trimmed(raw);
  if (text.empty()) return json::value();
  if (has_control(text)) return Refusal{"含有控制字符", "has a control character"};
  if (letters(text) > kFieldLettersMax)
    return Refusal{fmt::format("超过 {} 个字", kFieldLettersMax), fmt::format("has more than {} characters", kFieldLettersMax)};
  return json::value(text);
}

FieldValue number_value(const Field& field, double value) {
  const bool whole = field.type == FieldType::integer;
  if (!std::isfinite(value) || (whole && (value != std::floor(value) || std::fabs(value) > kIntegerMax)))
    return whole ? Refusal{"应为整数", "must be a whole number"} : Refusal{"应为数字", "must be a number"};
  if ((field.min && value < *field.min) || (field.max && value > *field.max)) {
    const std::string low = field.min ? fmt::format("{}", *field.min) : "…", high = field.max ? fmt::format("{}", *field.max) : "…";
    return Refusal{fmt::format("{} 超出范围 {} 到 {}", value, low, high), fmt::format("{} is outside {} to {}", value, low, high)};
  }
  if (whole) return json::value(static_cast<int64_t>(value));
  return json::value(value);
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [at, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || at != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

FieldValue date_value(std::string_view text) {
  // Runs of digits are year, month and day whatever stands between them.
  int parts[3] = {0, 0, 0};
  int count = 0;
  bool in_number = false, other = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      if (!in_number && ++count > 3) break;
      in_number = true;
      if (parts[count - 1] > 99'999'999) break;
      parts[count - 1] = parts[count - 1] * 10 + (c - '0');
    } else {
      in_number = false;
      const auto rest = text.substr(i);
      if (rest.starts_with("年") || rest.starts_with("月") || rest.starts_with("日")) i += 2;
      else if (c != '-' && c != '/' && c != '.') other = true;
    }
  }
  if (count == 1 && text.size() == 8) {
    parts[2] = parts[0] % 100, parts[1] = parts[0] / 100 % 100, parts[0] /= 10'000;
    count = 3;
  }
  const auto iso = fmt::format("{:04}-{:02}-{:02}", parts[0], parts[1], parts[2]);
  if (other || count != 3 || iso.size() != 10 || !parse_iso8601(iso + "T00:00:00+08:00"))
    return Refusal{"应为日期，如 2026-11-21", "must be a date like 2026-11-21"};
  return json::value(iso);
}

FieldValue choice_value(const Field& field, std::string_view text, bool by_name) {
  std::string names;
  for (const auto& choice : field.choices) {
    if (text == choice.id || (by_name && (text == choice.zh || text == choice.en))) return json::value(choice.id);
    names += (names.empty() ? "" : "、") + choice.zh;
  }
  return Refusal{fmt::format("“{}”不是可选项，应为 {} 之一", text, names), fmt::format("“{}” is not one of {}", text, names)};
}

FieldValue phone_value(std::string_view text) {
  const auto number = normalise_phone(text);
  if (number) return json::value(*number);
  const auto& error = number.error();
  return Refusal{std::string(error.param("why")), error.details.empty() ? "is not a telephone number" : error.details[0].en};
}

FieldValue boolean_from_cell(std::string_view text) {
  for (const std::string_view yes : {"是", "有", "true", "TRUE", "True", "yes", "1", "√", "Y", "y"})
    if (text == yes) return json::value(true);
  for (const std::string_view no : {"否", "无", "false", "FALSE", "False", "no", "0", "×", "N", "n"})
    if (text == no) return json::value(false);
  return Refusal{"应为“是”或“否”", "must be 是 (yes) or 否 (no)"};
}

}  // namespace

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks[] = {" ", "\t", "\n", "\r", "\u3000", "\u00A0"};
  for (bool more = true; more;) {
    more = false;
    for (const auto blank : kBlanks) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size()), more = true;
      if (text.ends_with(blank)) text.remove_suffix(blank.size()), more = true;
    }
  }
  return std::string(text);
}

size_t letters(std::string_view utf8) {
  size_t n = 0;
  for (const unsigned char c : utf8) n += (c & 0xC0) != 0x80;
  return n;
}

FieldValue field_from_json(const Field& field, const json::value& value) {
  if (value.is_null()) return json::value();
  switch (field.type) {
    case FieldType::number:
    case FieldType::integer:
      if (!value.is_number()) return Refusal{"应为数字", "must be a number"};
      return number_value(field, value.to_number<double>());
    case FieldType::boolean:
      if (!value.is_bool()) return Refusal{"应为 true 或 false", "must be true or false"};
      return value;
    default:
      break;
  }
  if (!value.is_string()) return Refusal{"应为文字", "must be text"};
  const std::string text = trimmed({value.get_string().data(), value.get_string().size()});
  if (text.empty()) return json::value();
  if (field.type == FieldType::date) return date_value(text);
  if (field.type == FieldType::choice) return choice_value(field, text, false);
  if (field.type == FieldType::phone) return phone_value(text);
  return text_value(text);
}

FieldValue field_from_cell(const Field& field, std::string_view cell) {
  std::string text = trimmed(cell);
  // What our own CSV writer puts before text that a spreadsheet would take for a formula.
  if (text.size() > 1 && text[0] == '\'') text.erase(0, 1);
  if (text.empty()) return json::value();
  switch (field.type) {
    case FieldType::number:
    case FieldType::integer: {
      const auto number = number_of(text);
      if (!number) return Refusal{fmt::format("“{}”应为{}", text, field.type == FieldType::integer ? "整数" : "数字"), fmt::format("“{}” must be a number", text)};
      return number_value(field, *number);
    }
    case FieldType::boolean:
      return boolean_from_cell(text);
    case FieldType::date:
      return date_value(text);
    case FieldType::choice:
      return choice_value(field, text, true);
    case FieldType::phone:
      return phone_value(text);
    default:
      return text_value(text);
  }
}

std::string cell_of(const Field& field, const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_bool()) return value.get_bool() ? "是" : "否";
  if (value.is_int64()) return fmt::format("{}", value.get_int64());
  if (value.is_number()) return fmt::format("{}", value.to_number<double>());
  if (!value.is_string()) return json::serialize(value);
  const std::string text(value.get_string().data(), value.get_string().size());
  if (field.type == FieldType::choice)
    for (const auto& choice : field.choices)
      if (choice.id == text) return choice.zh;
  return text;
}

const Field* field_of(const RecordType& type, std::string_view id) {
  for (const auto& field : type.fields)
    if (field.id == id) return &field;
  return nullptr;
}

json::object merged_fields(const RecordType& type, const json::object& before, const json::object& members) {
  json::object out;
  const auto put = [&](std::string_view id) {
    const auto* now = members.if_contains(id);
    const auto* value = now ? now : before.if_contains(id);
    if (value && !value->is_null()) out[id] = *value;
  };
  for (const auto& field : type.fields) put(field.id);
  for (const auto& member : before)
    if (!out.contains(member.key()) && !members.contains(member.key())) out[member.key()] = member.value();
  return out;
}

const Field* missing_field(const RecordType& type, const json::object& fields) {
  for (const auto& field : type.fields)
    if (field.required && !fields.contains(field.id)) return &field;
  return nullptr;
}

json::object without_personal(const RecordType& type, const json::object& fields) {
  json::object out;
  for (const auto& member : fields) {
    const auto* field = field_of(type, member.key());
    // What the type no longer declares may have been personal.
    if (field && !field->personal) out[member.key()] = member.value();
  }
  return out;
}

std::optional<double> degrees_from_cell(std::string_view cell) { return number_of(trimmed(cell)); }

}  // namespace anlan
