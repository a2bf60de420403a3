// Decisions about alarms and situations. Pure: they read the tables, are handed the time, and return facts or an error.
#pragma once

#include <functional>
#include <span>

#include "journal/writer.h"
#include "signals/facts.h"

namespace anlan {

// A situation that has had no alarm for this long is over. Until then an alarm that comes back belongs to it.
inline constexpr Millis kQuietBeforeClosing = minutes(30);

// What the watch wants the tables to say about one rule at one link, or over one place.
struct AlarmWanted {
  RecordId link;  // none: of an area rule, over `place`
  std::string name;
  PlaceCode place;
  std::string rule;
  std::optional<WarningLevel> level;  // nothing: no alarm
  double value = 0;
  UtcTime at;  // of the reading
  std::optional<UtcTime> due;  // when it arrives, of what comes from upstream
  std::string cause;           // the name of what it follows from; "" for what was measured itself
};

// Raises, changes and clears what differs from the tables, and nothing else: saying the same again changes nothing.
// Alarms of one hazard in one county go into one situation. O(wanted), each an index lookup.
Result<Decision> record_alarms(Reader& reader, const RuleBook& rules, std::span<const AlarmWanted> wanted);
// Ends situations that have been quiet. O(situations that stand).
Result<Decision> close_quiet_situations(Reader& reader, UtcTime now);

// Response: {"situation":id}. kConflict when closed, or taken by somebody else (taking) or not at all (releasing).
Result<Decision> take_situation(Reader& reader, SituationId id, const std::string& actor);
Result<Decision> release_situation(Reader& reader, SituationId id);
// Names the warning that was drafted from it, in place of an earlier one.
Result<Decision> mark_warned(Reader& reader, SituationId id, WarningId warning);

}  // namespace anlan
