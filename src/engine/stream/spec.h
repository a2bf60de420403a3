// What a kind of link is, and the rules that watch it: plain data, as read from a pack. engine.h compiles it.
//
// Quality control of one reading, in this order; the first that holds is its quality:
//   unknown link; not a number (NaN, infinite); clock unset (before the year 2000); too far in the future; older than the
//   oldest back-fill; duplicate (same link and time as one of its last kSeenTimes readings); out of [min, max], or above
//   every limit of its link by more than over_limits -> bad; changed faster than step_max -> suspect; unchanged for
//   flat_after -> suspect; good.
// Only good and suspect readings enter windows. A late reading (older than the newest of its link) is checked for range
// only. Step and flat compare with the newest reading that entered; a gap shorter than a minute counts as a minute.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/time.h"

namespace anlan::stream {

enum class Quality : uint8_t {
  kGood, kSuspectStep, kSuspectFlat, kBadRange, kDuplicate, kNotANumber, kClockUnset, kInFuture, kTooOld, kUnknownLink
};
inline constexpr int kQualities = 10;
const char* name_of(Quality quality);

// Unknown: not heard since it was added. Late and silent: not heard for late_after and silent_after. Implausible: the
// last implausible_after readings were all bad. Flat: the newest reading is suspect for being unchanged.
enum class LinkState : uint8_t { kUnknown, kFresh, kLate, kSilent, kImplausible, kFlat };
inline constexpr int kLinkStates = 6;
const char* name_of(LinkState state);

// 0 none, 1 blue, 2 yellow, 3 orange, 4 red.
using Level = uint8_t;
inline constexpr Level kRed = 4;

struct QualitySpec {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  double step_max = std::numeric_limits<double>::infinity();  // per minute
  // Above the highest limit that the link carries: a river at 12 m that begins to say 1,230 has not risen, it speaks in
  // centimetres. For types whose limits are values, not rates. Without a limit nothing is refused.
  double over_limits = std::numeric_limits<double>::infinity();
  Millis flat_after{0};       // 0: never flat (a rain gauge says 0 for weeks)
  int flat_readings = 10;     // and at least so many equal readings
  Millis interval = minutes(5);
  Millis late_after{0};       // 0: two intervals
  Millis silent_after{0};     // 0: six intervals
  Millis future = minutes(5);
  Millis backfill = hours(72);
  int implausible_after = 3;
};

struct StepSpec {
  Level level = 1;
  std::string condition;  // see condition.h
};

// A rule of one link. At every evaluation the steps whose condition is true are found.
// Rise: straight to the highest step that has been true for `hold` and in `reports` in-order readings in a row.
// Fall: when the condition of the level is false even with every threshold relaxed by `margin`, and that has been so for
// `clear_after`, to the highest lower step still true under the same relaxation; a true higher step keeps the level.
// Time is the link's clock (engine.h), counted in whole seconds. Before the first reading of a link nothing rises.
struct RuleSpec {
  std::string id;
  std::vector<StepSpec> steps;  // 1 to 4, each level once
  double margin = 0;            // in the unit of the compared side, >= 0
  Millis hold{0};
  int reports = 1;              // 1 to 100; 1 asks for none, so that time alone can raise
  Millis clear_after{0};
  bool keep_when_silent = false;  // no fall while the link is silent: a gauge carried off by the flood clears nothing
};

struct TypeSpec {
  std::string id;
  QualitySpec quality;
  std::vector<std::string> limits;  // "warning", "guaranteed": each link may carry a value for each
  std::vector<RuleSpec> rules;
  int panes = 12;  // a window is cut into so many panes, none shorter than a minute
  // Kept for Engine::each_window besides what the rules ask for: "sum(1h)", "value"; at most kMaxWindows.
  std::vector<std::string> extra_windows;
};

// Bounds; beyond them a type is refused.
inline constexpr int kMaxTypes = 1024;
inline constexpr int kMaxRules = 16;
inline constexpr int kMaxLimits = 16;
inline constexpr int kMaxWindows = 16;  // different windows of one type
inline constexpr int kMaxPanes = 48;
inline constexpr int kSeenTimes = 14;

}  // namespace anlan::stream
