#include "stream/condition.h"

#include <gtest/gtest.h>

#include "stream/expression.h"

namespace anlan::stream {
namespace {

// Operators after their operands, for reading in a test.
std::string list(std::string_view text) {
  const auto parsed = parse_condition(text);
  if (!parsed) return parsed.error().details.at(0).en;
  constexpr const char* kNames[] = {"", "", "", "", "", "", "", "", "", "", "", "", "+", "-", "*", "/", "neg", ">=", ">", "<=", "<", "and", "or"};
  std::string out;
  for (const auto& node : parsed->nodes) {
    if (!out.empty()) out += ' ';
    if (node.kind == NodeKind::kNumber) out += std::to_string(static_cast<int>(node.number));
    else out += node.text.empty() ? kNames[static_cast<size_t>(node.kind)] : node.text;
  }
  return out;
}

TEST(Condition, PutsOperatorsAfterOperands) {
  EXPECT_EQ(list("sum(1h) >= 30"), "sum(1h) 30 >=");
  EXPECT_EQ(list("value + rate(1h) * 2 >= limit.warning"), "value rate(1h) 2 * + limit.warning >=");
  EXPECT_EQ(list("(value + 1) * -2 < 5 - 3 - 1"), "value 1 + 2 neg * 5 3 - 1 - <");
  EXPECT_EQ(list("value > 1 or value > 2 and value > 3"), "value 1 > value 2 > value 3 > and or");
  EXPECT_EQ(list("( value > 1 or value > 2 ) and above( limit.警戒 ) > 30"), "value 1 > value 2 > or above(limit.警戒) 30 > and");
  EXPECT_EQ(list("antecedent(0.85, 15d) > 80"), "antecedent(0.85,15d) 80 >");
}

TEST(Condition, MovesNotDownToTheComparisons) {
  EXPECT_EQ(list("not value < limit.warning"), "value limit.warning >=");
  EXPECT_EQ(list("not (value < 1 and not value > 2)"), "value 1 >= value 2 > or");
  EXPECT_EQ(list("not not value <= 1"), "value 1 <=");
}

TEST(Condition, KnowsTheFirstSide) {
  EXPECT_EQ(parse_condition("value + rate(1h) * 2 >= 5 and value > 1")->first_side, 5u);
  EXPECT_EQ(parse_condition("not (sum(1h) < 30)")->first_side, 1u);
}

TEST(Condition, FaultsSayWhereAndWhat) {
  EXPECT_EQ(list("sum(1h >= 30"), "at character 8: expected “)”, found “>=”");
  EXPECT_EQ(list("sum(3m) >= 30"), "at character 5: expected a duration from 5m to 15d, found “3m”");
  EXPECT_EQ(list("sum(16d) >= 30"), "at character 5: expected a duration from 5m to 15d, found “16d”");
  EXPECT_EQ(list("sum(1x) >= 30"), "at character 5: expected a number, or a duration such as 10m, 1h or 15d, found “1x”");
  EXPECT_EQ(list("value"), "at character 1: expected a comparison, such as value >= 5, found “value”");
  EXPECT_EQ(list("value >= 5 5"), "at character 12: expected the end, or one of and, or, + - * / >= > <= <, found “5”");
  EXPECT_EQ(list("(value > 1) + 2 > 3"), "at character 1: expected a number, not a comparison, found “(value > 1) ”");
  EXPECT_EQ(list("value > 1 and 2"), "at character 15: expected a comparison, such as value >= 5, found “2”");
  EXPECT_EQ(list("antecedent(1.5, 15d) > 1"), "at character 12: expected a factor above 0 and up to 1, found “1.5”");
  EXPECT_EQ(list("antecedent(0.5, 30h) > 1"), "at character 17: expected whole days, from 1d to 15d, found “30h”");
  EXPECT_EQ(list("value > 1 then value > 2 within 1h"), "at character 11: expected the end, or one of and, or, + - * / >= > <= <, found “then”");
  EXPECT_EQ(list("limit.警戒 > valeu"), "at character 12: expected value, limit.NAME, sum(1h) or another function, a number, or “(”, found “valeu”");
  EXPECT_EQ(list(""), "at character 1: expected value, limit.NAME, sum(1h) or another function, a number, or “(”, found the end");
  EXPECT_EQ(list("1 < 2 < 3"), "at character 7: expected the end, or one of and, or, + - * / >= > <= <, found “<”");
  EXPECT_EQ(parse_condition("value 》 5").error().details[0].zh, "第 7 个字符处：应为 >= > <= < + - * / 之一，却是“》”");
}

TEST(Condition, IsBounded) {
  EXPECT_TRUE(parse_condition(std::string(20, '(') + "value" + std::string(20, ')') + " > 1").ok());
  EXPECT_FALSE(parse_condition(std::string(400, '(') + "value" + std::string(400, ')') + " > 1").ok());
  EXPECT_FALSE(parse_condition(std::string(900, '-') + "1 > 1").ok());
  std::string many = "value > 1";
  for (int i = 0; i < 60; ++i) many += " or value>1";
  EXPECT_FALSE(parse_condition(many).ok());
  EXPECT_FALSE(parse_condition("value > 1" + std::string(kMaxText, ' ')).ok());
  EXPECT_FALSE(parse_condition("value > 1e999").ok());
}

}  // namespace
}  // namespace anlan::stream
