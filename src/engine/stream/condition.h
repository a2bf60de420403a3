// The condition of one step of a rule: parsed once from text, kept as a list in which every operator follows its operands.
//
//   sum(1h) >= 30 and rate(10m) > 0.5 or not value < limit.warning
//   value + rate(1h) * 2 >= limit.warning              (level, and where it will be in two hours)
//
// Grammar: expression.h. What may stand for a number:
//   value                       the newest reading that entered
//   limit.NAME                  what the link carries under that name
//   sum mean min max count rate range (WINDOW)         over a window of 5m to 15d
//   above(X)                    minutes since value has been at or above X (a number or limit.NAME) without a break
//   antecedent(K, DAYSd)        daily antecedent rain AP_t = K AP_{t-1} + P_t over 1 to 15 days, K in (0, 1]; a day ends at
//                               00:00 UTC, which is 08:00 in Beijing, the hydrological day of GB/T 50095
// rate is the newest reading minus the oldest in the window, per hour; missing until they are at least one pane apart.
// range is max minus min. sum and count of an empty window are 0; its mean, min, max, range and rate are missing.
//
// Missing (no reading yet, a limit that the link does not carry, division by zero) never makes anything true: `not` is
// moved down to the comparisons when parsed (`not a < b` is `a >= b`), and a comparison with something missing is false.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace anlan::stream {

enum class NodeKind : uint8_t {
  kNumber, kValue, kLimit, kSum, kMean, kMin, kMax, kCount, kRate, kRange, kAbove, kAntecedent,
  kAdd, kSubtract, kMultiply, kDivide, kNegate, kGreaterEqual, kGreater, kLessEqual, kLess, kAnd, kOr
};

struct ConditionNode {
  NodeKind kind;
  double number = 0;   // kNumber, the X of kAbove without a limit, the K of kAntecedent
  Millis window{0};    // of the functions; whole days for kAntecedent
  std::string limit;   // kLimit and kAbove
  std::string text;    // of the functions, as a screen shows them: "sum(1h)"
  bool operator==(const ConditionNode&) const = default;
};

struct Condition {
  std::vector<ConditionNode> nodes;
  size_t first_side = 0;  // nodes [0, first_side) are the left side of the first comparison
  bool operator==(const Condition&) const = default;
};

// kInvalidField, with the position and what was expected. Linear in the text.
Result<Condition> parse_condition(std::string_view text);
// One name or function that may stand for a number, alone: `value`, `sum(1h)`, `limit.warning`.
Result<ConditionNode> parse_operand(std::string_view text);

}  // namespace anlan::stream
