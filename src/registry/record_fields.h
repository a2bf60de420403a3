// Values of a record's fields: from JSON, from cells of a table, to cells.
//
// Kept form by type: text, person: string without outer blanks; number, integer: JSON number; date: "2026-11-21";
// choice: id of the choice; boolean: true or false; phone: digits (phone_number.h). No value: the member is absent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "registry/pack.h"

namespace anlan {

inline constexpr size_t kFieldLettersMax = 1000;

// Why a value was refused.
struct Refusal {
  std::string zh, en;
};
using FieldValue = std::variant<json::value, Refusal>;  // a null value: nothing was given

// JSON from the API: the JSON type must be that of the field.
FieldValue field_from_json(const Field& field, const json::value& value);
// A cell as people type it: a choice by its id or name in either language, yes and no as 是 否 有 无 true false 1 0 √ ×,
// dates as 2026-11-21, 2026/1/2, 2026.1.2, 2026年1月2日 or 20261121.
FieldValue field_from_cell(const Field& field, std::string_view cell);
// As people read it, in Chinese.
std::string cell_of(const Field& field, const json::value& value);

// Takes the new members over, null taking a value away; members of the type in the order of its declaration, then
// those that older versions of the type had.
json::object merged_fields(const RecordType& type, const json::object& before, const json::object& members);
// The first required field without a value, or null.
const Field* missing_field(const RecordType& type, const json::object& fields);
// Without the members that the type declares personal.
json::object without_personal(const RecordType& type, const json::object& fields);
const Field* field_of(const RecordType& type, std::string_view id);

// Longitude or latitude as typed in a cell: degrees as a decimal number.
std::optional<double> degrees_from_cell(std::string_view cell);
std::string trimmed(std::string_view text);
size_t letters(std::string_view utf8);

}  // namespace anlan
