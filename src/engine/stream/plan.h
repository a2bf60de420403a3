// A type compiled: where everything of one link lies in its block, and its conditions with names and windows resolved to
// offsets. Made once by compile(); read by everybody, changed by nobody.
//
// A block is one run of bytes, 64-byte aligned:
//   LinkHead | limits | above times | window heads and totals | rule states | panes
// Panes come last and are the bulk; a reading in order touches the lines before them and one pane per window.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "stream/condition.h"
#include "stream/spec.h"

namespace anlan::stream {

using RuleNumber = uint16_t;  // the position of a rule's id in Engine::rule_names()

inline constexpr int64_t kNoTime = INT64_MIN;
inline constexpr size_t kLine = 64;
inline constexpr size_t kMaxBlock = 16 * 1024;

struct LinkHead {
  int64_t at_ms;       // newest reading that entered; kNoTime before the first
  double value;        // NaN before the first
  int64_t heard_ms;    // newest reading that was not refused; when added, before the first
  uint32_t flat_since_s;
  uint32_t due_s;      // a lower bound of the second at which time alone may change something
  uint16_t flat_count;
  uint16_t type;
  uint8_t bad_streak;
  uint8_t state;       // LinkState
  uint8_t flags;       // kHeard, kCorrected
  uint8_t seen_next;
  uint32_t seen[kSeenTimes];  // low 32 bits of the milliseconds: unambiguous within 49 days
};
static_assert(sizeof(LinkHead) == 96);
inline constexpr uint8_t kHeard = 1;      // has ever said something
inline constexpr uint8_t kCorrected = 2;  // a late reading came after the newest one

// In a window's part of the block: int64 head (the pane of the link's clock), then totals. Each double below is present
// only when a condition needs it; its offset is 0 otherwise (0 is the LinkHead, never a total).
struct WindowPlan {
  int64_t pane_ms = 0;
  int32_t panes = 0;
  double factor = 0;       // antecedent: K; 0 for an ordinary window
  bool sums = false, counts = false, extremes_low = false, extremes_high = false, firsts = false;
  uint16_t head = 0;
  uint16_t sum = 0, count = 0, min = 0, max = 0;
  uint16_t oldest = 0;     // value (double) and time (int64, 0 when empty) of the oldest reading in the window
  uint16_t ring = 0;       // first pane
  uint16_t stride = 0;     // bytes of a pane: sum, count, min, max, then value and offset (+ 1 ms) of its first reading
  uint16_t in_sum = 0, in_count = 0, in_min = 0, in_max = 0, in_first = 0;  // within a pane
};

enum class OpKind : uint8_t {
  kConstant, kLoad, kMean, kRange, kRate, kAbove,
  kAdd, kSubtract, kMultiply, kDivide, kNegate, kGreaterEqual, kGreater, kLessEqual, kLess, kAnd, kOr
};

struct Op {
  OpKind kind;
  uint16_t a = 0, b = 0;  // offsets in the block
  double number = 0;
  bool operator==(const Op&) const = default;
};

struct Program {
  std::vector<Op> ops;
  size_t first_side = 0;
};

struct StepPlan {
  Level level;
  Program program;
};

// The right side of a step of a ladder: an offset, or 0 for `constant`.
struct Rung {
  double constant = 0;
  uint16_t right = 0;
};

struct RulePlan {
  RuleNumber number = 0;
  uint16_t state = 0;           // offset of RuleState
  std::vector<StepPlan> steps;  // ascending levels
  double margin = 0;
  uint32_t hold_s = 0, clear_s = 0;
  uint8_t reports = 1;
  bool timed = false;           // RuleTimers follow the state
  bool keep_when_silent = false;
  bool rises_by_time = false;   // time alone can make a condition true
  bool ladder = false;          // every step is `the same left side >= a number or limit`: the left is computed once
  std::array<Rung, 4> rungs;    // beside steps, of a ladder
};

struct RuleState {
  uint32_t since_s;
  uint8_t level;
  uint8_t unused[3];
};
struct RuleTimers {
  uint32_t fall_s;  // since when the level is no longer carried; 0 never
  uint32_t true_s[4];
  uint8_t reports[4];
};

struct AbovePlan {
  uint16_t since = 0;  // int64 ms, 0 when below
  uint16_t limit = 0;  // 0: `constant`
  double constant = 0;
};

// What a screen shows besides the value.
struct Shown {
  std::string text;
  Op op;
};

// One of TypeSpec::extra_windows.
struct ExtraWindow {
  Op op;
  int window = -1;          // in TypePlan::windows; -1: of none (`value`)
  double readings_min = 0;  // in that window, to be told as fresh
};

struct TypePlan {
  TypeSpec spec;
  std::vector<WindowPlan> windows;
  std::vector<RulePlan> rules;
  std::vector<AbovePlan> aboves;
  std::vector<Shown> shown;
  std::vector<ExtraWindow> extras;
  uint16_t limits = 0;     // offset of the first
  size_t hot_bytes = 0;    // everything before the panes
  size_t bytes = 0;        // a multiple of kLine
};

// kInvalidField; the field is a path ("rules.rain_1h.steps.2.condition"). `names` receives new rule ids at its end; it is
// unchanged after an error.
Result<TypePlan> compile(const TypeSpec& spec, std::vector<std::string>& names);

}  // namespace anlan::stream
