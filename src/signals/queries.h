// Reading alarms and situations for screens and reactions.
#pragma once

#include <optional>
#include <vector>

#include "signals/facts.h"

namespace anlan {

enum class SituationState { open, taken, closed };
BOOST_DESCRIBE_ENUM(SituationState, open, taken, closed)

enum class Trend { rising, steady, falling };
BOOST_DESCRIBE_ENUM(Trend, rising, steady, falling)

struct SituationRow {
  SituationId id;
  std::string hazard;
  PlaceCode place;
  SituationState state = SituationState::open;
  UtcTime opened_at, changed_at;
  std::optional<UtcTime> closed_at, taken_at;
  std::string taken_by;  // actor; "" when nobody has
  WarningId warning;     // drafted from it; none
  int64_t standing = 0;  // alarms that stand
  std::optional<WarningLevel> level;            // the highest that stands
  WarningLevel highest = WarningLevel::blue;    // the highest ever
};

struct AlarmRow {
  AlarmId id;
  SituationId situation;
  RecordId link;  // or an object; none: a place
  std::string rule;
  PlaceCode place;
  WarningLevel level = WarningLevel::blue, highest = WarningLevel::blue;
  double value = 0;
  UtcTime at, raised_at, changed_at;
  std::optional<UtcTime> cleared_at;
  std::string cause;            // the name of what it follows from
  std::optional<UtcTime> due;   // when it arrives
};

std::optional<SituationRow> read_situation(Reader& reader, SituationId id);
// By urgency: the level that stands, then those nobody has taken, then the newest. Closed ones: the newest first.
std::vector<SituationRow> list_situations(Reader& reader, bool closed, int64_t limit);
// Standing ones first, the highest level first; at most limit.
std::vector<AlarmRow> alarms_of(Reader& reader, SituationId id, int64_t limit);
std::vector<AlarmRow> alarms_of_link(Reader& reader, RecordId link, int64_t limit);
// Those that stand, of all links: what the watch begins with.
std::vector<AlarmRow> standing_alarms(Reader& reader);
// Rising: more alarms were raised or went up than cleared or went down in the half hour before `now`.
Trend trend(Reader& reader, SituationId id, UtcTime now);

struct RuleCounts {
  int64_t standing = 0, raised = 0;  // raised since
};
RuleCounts rule_counts(Reader& reader, const std::string& rule, UtcTime since);

}  // namespace anlan
