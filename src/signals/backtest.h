// What a rule would have done over the history: the engine itself, fed with what was recorded, on the clock of the readings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "signals/watch.h"

namespace anlan {

// What should have been warned of: readings of one link above a value.
struct BacktestPeaks {
  RecordId link;
  double above = 0;
  Millis gap = hours(24);  // readings above it belong to one peak unless this long apart
};

struct BacktestAsked {
  AlarmRule rule;  // type, steps, margin, hold, reports, clear_after
  PlaceCode place;
  UtcTime from, until;
  std::optional<BacktestPeaks> peaks;
};

struct BacktestAlarm {
  RecordId link;
  std::string name;
  WarningLevel level = WarningLevel::blue;  // the highest
  UtcTime from;
  std::optional<UtcTime> until;  // nothing: it still stood at the end
  double peak = 0;               // the highest reading while it stood
};

struct BacktestScore {
  int64_t peaks = 0, warned = 0, false_alarms = 0;
  std::optional<double> lead_minutes;  // the median of those warned
};

struct BacktestReport {
  static constexpr size_t kAlarmsMax = 500;
  static constexpr int64_t kReadingsMax = 50'000'000;
  int64_t readings = 0, links = 0, total = 0;
  std::vector<BacktestAlarm> alarms;  // by time; the first kAlarmsMax
  std::optional<BacktestScore> score;
};

// kInvalidField for a condition that cannot be read (with its place), kTooLarge beyond kReadingsMax, kNotFound without a
// history. O(readings + alarms); a second of history costs nothing unless an alarm stands.
Result<BacktestReport> backtest(const Watch& watch, const BacktestAsked& asked);

}  // namespace anlan
