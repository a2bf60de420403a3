// Conditions over a block, and the steps of one rule moving through time (RuleSpec in spec.h).
#pragma once

#include "stream/block.h"

namespace anlan::stream {

enum class Occasion : uint8_t {
  kReading,     // a reading in order: may raise, counts as a report
  kCorrection,  // a late reading: may lower, never raises
  kTime,        // time alone: may do both, unless a correction came after the newest reading: then it does not raise
};

// One operand, at the link's clock in ms; NaN when missing.
double value_of(const Op& op, Block block, int64_t clock_ms);

struct RuleTurn {
  Level from = 0, to = 0;
  double value = 0;
  uint32_t due_s = UINT32_MAX;  // when a hold or clear_after that is running ends
  bool watched = false;         // it has a level or runs a timer: time matters to it
};

// One evaluation. O(steps x operators), no allocation.
RuleTurn turn(const RulePlan& rule, Block block, int64_t clock_ms, Occasion occasion);

}  // namespace anlan::stream
