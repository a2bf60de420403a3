// Conditions over a group of links (a basin, a place, a circle). Grammar: expression.h, with sequences. A number may be:
//   count(RULE >= LEVEL)   links of the group whose rule RULE is at LEVEL or above
//   share(RULE >= LEVEL)   their share of the links that carry the rule, 0 to 1; 0 when none does
//   count(STATE), share(STATE)   unknown, fresh, late, silent, implausible, flat; share of all links of the group
//   highest(level), highest(RULE)   the highest level of any rule, of that rule; 0 none … 4 red
//   area(RULE)             the level of another area rule in the same group
//   blue yellow orange red   1 2 3 4; a LEVEL is one of them or 1 to 4
//
//   A then B within 6h     turns true when B becomes true while A is true or was true in the 6 hours before, and stays so
//                          as long as B is. B already true when A begins is no sequence; both at once is one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "stream/spec.h"

namespace anlan::stream {

enum class AreaNodeKind : uint8_t {
  kNumber, kCountRule, kShareRule, kCountState, kShareState, kHighest, kArea,
  kAdd, kSubtract, kMultiply, kDivide, kNegate, kGreaterEqual, kGreater, kLessEqual, kLess, kAnd, kOr, kNot, kThen
};

struct AreaNode {
  AreaNodeKind kind;
  double number = 0;
  Level level = 0;                        // kCountRule, kShareRule
  LinkState state = LinkState::kUnknown;  // kCountState, kShareState
  std::string rule;                       // a rule of links; empty for highest(level); of areas for kArea
  Millis within{0};                       // kThen
  size_t bound = 0;                       // set when compiled: which counter, area rule or sequence
};

// Operators after their operands.
struct AreaCondition {
  std::vector<AreaNode> nodes;
};

Result<AreaCondition> parse_area_condition(std::string_view text);

}  // namespace anlan::stream
