#include "stream/rule_run.h"

#include "stream/expression.h"

#include <algorithm>
#include <limits>

namespace anlan::stream {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

inline double operand(const Op& op, Block block, int64_t clock_ms) {
  switch (op.kind) {
    case OpKind::kConstant: return op.number;
    case OpKind::kLoad: return block.real(op.a);
    case OpKind::kMean: return block.real(op.b) > 0 ? block.real(op.a) / block.real(op.b) : kMissing;
    case OpKind::kRange: return block.real(op.b) - block.real(op.a);
    case OpKind::kRate: {
      const int64_t oldest_ms = block.whole(op.a + 8u);
      const auto apart_ms = static_cast<double>(block.head().at_ms - oldest_ms);
      if (oldest_ms == 0 || apart_ms < op.number) return kMissing;
      return (block.head().value - block.real(op.a)) / apart_ms * 3'600'000;
    }
    case OpKind::kAbove: {
      if (block.head().at_ms == kNoTime || (op.b != 0 && std::isnan(block.real(op.b)))) return kMissing;
      const int64_t since_ms = block.whole(op.a);
      return since_ms == 0 ? 0 : static_cast<double>(clock_ms - since_ms) / 60'000;
    }
    default: return kMissing;
  }
}

// The value left by the first `count` operators; truths are 1 and 0. NaN makes every comparison false.
double run(const Program& program, size_t count, Block block, int64_t clock_ms, double margin) {
  double stack[kMaxNodes];
  size_t top = 0;
  for (size_t i = 0; i < count; ++i) {
    const Op& op = program.ops[i];
    if (op.kind < OpKind::kAdd) {
      stack[top++] = operand(op, block, clock_ms);
      continue;
    }
    if (op.kind == OpKind::kNegate) {
      stack[top - 1] = -stack[top - 1];
      continue;
    }
    const double b = stack[--top];
    double& a = stack[top - 1];
    switch (op.kind) {
      case OpKind::kAdd: a += b; break;
      case OpKind::kSubtract: a -= b; break;
      case OpKind::kMultiply: a *= b; break;
      case OpKind::kDivide: a = b == 0 ? kMissing : a / b; break;
      case OpKind::kGreaterEqual: a = a >= b - margin; break;
      case OpKind::kGreater: a = a > b - margin; break;
      case OpKind::kLessEqual: a = a <= b + margin; break;
      case OpKind::kLess: a = a < b + margin; break;
      case OpKind::kAnd: a = a != 0 && b != 0; break;
      default: a = a != 0 || b != 0; break;
    }
  }
  return stack[0];
}

// Which steps of the rule are true; asked several times, computed once where it can be.
class Truth {
 public:
  Truth(const RulePlan& rule, Block block, int64_t clock_ms) : rule_(rule), block_(block), clock_ms_(clock_ms) {
    if (!rule.ladder) return;
    const auto& p = rule.steps.front().program;
    left_ = p.first_side == 1 ? operand(p.ops[0], block, clock_ms) : run(p, p.first_side, block, clock_ms, 0);
  }
  // Of step i, every comparison relaxed by margin towards true.
  bool of(size_t i, double margin) const {
    if (rule_.ladder) {
      const auto& rung = rule_.rungs[i];
      return left_ >= (rung.right == 0 ? rung.constant : block_.real(rung.right)) - margin;
    }
    const auto& p = rule_.steps[i].program;
    return run(p, p.ops.size(), block_, clock_ms_, margin) != 0;
  }

 private:
  const RulePlan& rule_;
  Block block_;
  int64_t clock_ms_;
  double left_ = 0;
};

}  // namespace

double value_of(const Op& op, Block block, int64_t clock_ms) { return operand(op, block, clock_ms); }

RuleTurn turn(const RulePlan& rule, Block block, int64_t clock_ms, Occasion occasion) {
  auto& state = block.rule(rule);
  const auto now_s = static_cast<uint32_t>(clock_ms / 1000);
  const Level level = state.level;
  const bool has_value = block.head().at_ms != kNoTime;
  const bool may_rise = has_value && (occasion == Occasion::kReading || (occasion == Occasion::kTime && !(block.head().flags & kCorrected)));
  RuleTurn out{.from = level, .to = level};
  if (!has_value && level == 0) return out;
  const Truth truth(rule, block, clock_ms);
  Level ripe = 0;      // highest step above the level that may be taken now
  bool carried = false;  // a true step at or above the level
  if (!rule.timed) {
    for (size_t i = rule.steps.size(); i-- > 0 && rule.steps[i].level > level;) {
      if (!truth.of(i, 0)) continue;
      ripe = rule.steps[i].level;
      carried = true;
      break;
    }
  } else {
    auto& timers = block.timers(rule);
    for (size_t i = 0; i < rule.steps.size(); ++i) {
      const auto& step = rule.steps[i];
      if (!truth.of(i, 0)) {
        timers.true_s[i] = 0;
        timers.reports[i] = 0;
        continue;
      }
      if (timers.true_s[i] == 0) timers.true_s[i] = now_s;
      if (occasion == Occasion::kReading && timers.reports[i] < UINT8_MAX) ++timers.reports[i];
      if (step.level < level) continue;
      carried = true;
      if (step.level == level) continue;
      const bool held = now_s - timers.true_s[i] >= rule.hold_s;
      if (held && (rule.reports <= 1 || timers.reports[i] >= rule.reports)) ripe = step.level;
      if (!held) out.due_s = std::min(out.due_s, timers.true_s[i] + rule.hold_s);
      out.watched = true;
    }
  }
  if (ripe > 0 && may_rise) {
    out.to = ripe;
  } else if (level > 0) {
    out.watched = true;
    Level kept = carried ? level : 0;
    for (size_t i = rule.steps.size(); kept == 0 && i-- > 0;)
      if (rule.steps[i].level <= level && truth.of(i, rule.margin)) kept = rule.steps[i].level;
    const bool silent = rule.keep_when_silent && block.head().state == static_cast<uint8_t>(LinkState::kSilent);
    if (kept == level || silent) {
      if (rule.timed) block.timers(rule).fall_s = 0;
    } else if (rule.clear_s == 0) {
      out.to = kept;
    } else {
      auto& fall_s = block.timers(rule).fall_s;
      if (fall_s == 0) fall_s = now_s;
      if (now_s - fall_s >= rule.clear_s) out.to = kept;
      else out.due_s = std::min(out.due_s, fall_s + rule.clear_s);
    }
  }
  if (out.to == level) return out;
  const Level shown = std::max(out.to, level);
  size_t decided = rule.steps.size();  // the step whose left side is shown
  for (size_t i = 0; i < rule.steps.size(); ++i)
    if (rule.steps[i].level == shown) decided = i;
  out.value = decided < rule.steps.size() ? run(rule.steps[decided].program, rule.steps[decided].program.first_side, block, clock_ms, 0) : kMissing;
  out.watched = true;
  if (rule.timed) block.timers(rule).fall_s = 0;
  state.level = out.to;
  state.since_s = now_s;
  return out;
}

}  // namespace anlan::stream
