#include "registry/record_fields.h"

#include <gtest/gtest.h>

namespace anlan {
namespace {

Field field(FieldType type) {
  Field f{{"f", "项", "Item"}};
  f.type = type;
  f.choices = {{"big", "大型", "Large"}, {"small", "小型", "Small"}};
  return f;
}

std::string said(const FieldValue& value) {
  if (const auto* refusal = std::get_if<Refusal>(&value)) return "! " + refusal->en;
  return json::serialize(std::get<json::value>(value));
}
std::string cell(FieldType type, std::string_view text) { return said(field_from_cell(field(type), text)); }

TEST(RecordFields, CellsAsPeopleTypeThem) {
  EXPECT_EQ(cell(FieldType::text, " 大河\u3000"), "\"大河\"");
  EXPECT_EQ(cell(FieldType::text, "'=1+1"), "\"=1+1\"");
  EXPECT_EQ(cell(FieldType::text, "  "), "null");
  EXPECT_EQ(cell(FieldType::integer, " 120 "), "120");
  EXPECT_EQ(cell(FieldType::integer, "1.5"), "! must be a whole number");
  EXPECT_EQ(cell(FieldType::integer, "9e18"), "! must be a whole number");
  EXPECT_EQ(cell(FieldType::number, "+3.25"), "3.25E0");
  EXPECT_EQ(cell(FieldType::number, "nan"), "! “nan” must be a number");
  EXPECT_EQ(cell(FieldType::number, "12m"), "! “12m” must be a number");
  for (const auto* date : {"2026-11-02", "2026/11/2", "2026.11.2", "2026年11月2日", "20261102"}) EXPECT_EQ(cell(FieldType::date, date), "\"2026-11-02\"") << date;
  for (const auto* date : {"2026-02-30", "2026", "11/2", "2026-11-02 10:00", "99999999999999999999", "2026-1-2-3"})
    EXPECT_EQ(cell(FieldType::date, date), "! must be a date like 2026-11-21") << date;
  for (const auto* choice : {"big", "大型", "Large"}) EXPECT_EQ(cell(FieldType::choice, choice), "\"big\"");
  EXPECT_EQ(cell(FieldType::choice, "中型"), "! “中型” is not one of 大型、小型");
  EXPECT_EQ(cell(FieldType::boolean, "是"), "true");
  EXPECT_EQ(cell(FieldType::boolean, "×"), "false");
  EXPECT_EQ(cell(FieldType::boolean, "也许")[0], '!');
  EXPECT_EQ(cell(FieldType::phone, "+86 138 0013 8000"), "\"13800138000\"");
  EXPECT_EQ(cell(FieldType::phone, "12")[0], '!');
  EXPECT_EQ(cell(FieldType::text, std::string(1001, 'a'))[0], '!');
}

TEST(RecordFields, JsonMustHaveTheTypeOfTheField) {
  EXPECT_EQ(said(field_from_json(field(FieldType::integer), 5)), "5");
  EXPECT_EQ(said(field_from_json(field(FieldType::integer), "5")), "! must be a number");
  EXPECT_EQ(said(field_from_json(field(FieldType::choice), "大型"))[0], '!');
  EXPECT_EQ(said(field_from_json(field(FieldType::boolean), 1))[0], '!');
  EXPECT_EQ(said(field_from_json(field(FieldType::text), json::array()))[0], '!');
  EXPECT_EQ(said(field_from_json(field(FieldType::date), nullptr)), "null");
  auto bounded = field(FieldType::number);
  bounded.min = 0;
  bounded.max = 10;
  EXPECT_EQ(said(field_from_json(bounded, 11)), "! 11 is outside 0 to 10");
}

TEST(RecordFields, CellsReadBackAsTheyWere) {
  for (const auto type : {FieldType::text, FieldType::number, FieldType::integer, FieldType::date, FieldType::choice, FieldType::boolean, FieldType::phone}) {
    const auto* typed = type == FieldType::date ? "2026-11-21" : type == FieldType::choice ? "小型" : type == FieldType::boolean ? "否"
                        : type == FieldType::phone ? "13800138000" : "1234567";
    const auto value = std::get<json::value>(field_from_cell(field(type), typed));
    EXPECT_EQ(cell_of(field(type), value), typed);
  }
  EXPECT_EQ(cell_of(field(FieldType::number), 0.1), "0.1");
}

TEST(RecordFields, MergingKeepsOrderAndOldMembers) {
  RecordType type;
  type.fields = {field(FieldType::text), field(FieldType::person)};
  type.fields[0].id = "a";
  type.fields[0].required = true;
  type.fields[1].id = "b";
  type.fields[1].personal = true;
  const auto merged = merged_fields(type, {{"old", 1}, {"b", "x"}}, {{"b", nullptr}, {"a", "y"}});
  EXPECT_EQ(json::serialize(merged), R"({"a":"y","old":1})");
  EXPECT_EQ(missing_field(type, merged), nullptr);
  EXPECT_EQ(missing_field(type, {{"b", "x"}})->id, "a");
  EXPECT_EQ(json::serialize(without_personal(type, {{"a", 1}, {"b", 2}, {"old", 3}})), R"({"a":1})");
}

}  // namespace
}  // namespace anlan
