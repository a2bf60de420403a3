// What a pack declares about links (sensors): how their readings are judged, and which readings are alarms.
//
// A link is a record of a type with a `signal` section, so adding a kind of sensor needs no code: its fields, list,
// import and map follow from the declaration as for every other object.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace anlan {

enum class WarningLevel;

struct SignalSpec {
  std::string unit;
  int decimals = 2;
  std::string code;                  // the text field that holds the link's code, by which devices name it
  std::vector<std::string> limits;   // number fields that conditions name as limit.<id>
  std::optional<double> min, max;    // what the sensor can say; beyond is implausible
  std::optional<double> step_max;    // change per minute beyond which a reading is suspect
  Millis interval;                   // expected between readings
  Millis late_after, silent_after;   // without a reading
  std::optional<Millis> flat_after;  // unchanged for so long is suspect; nothing: may stay as it is (rain of 0)
};

struct AlarmStep {
  WarningLevel level;
  std::string when;  // a condition over one link (engine/stream/condition.h)
};

// When readings of a link are an alarm. `steps` from the mildest up; the highest that holds counts.
struct AlarmRule {
  std::string id, zh, en;
  std::string type;                        // of record
  std::string hazard;
  std::vector<AlarmStep> steps;
  double margin = 0;                       // hysteresis, in the unit of what is compared
  Millis hold;                             // a condition must be true for so long,
  int reports = 1;                         // and for so many readings in a row
  Millis clear_after;                      // and false for so long before the level falls
  std::optional<WarningLevel> draft_from;  // from this level on a warning is drafted without being asked for
  std::string source;
  std::string effective_from;              // ISO date
  bool verified = false;
  std::string file;                        // where it stands
  int line = 0;
};

// The same over all links of a place: so many of them, such a share, one after another.
struct AreaRule {
  std::string id, zh, en;
  std::string over;                        // "county" or "town": the groups it counts
  std::string hazard;
  std::vector<AlarmStep> steps;            // conditions of engine/stream/area_condition.h
  Millis hold, clear_after;
  std::optional<WarningLevel> draft_from;
  std::string source;
  std::string effective_from;
  bool verified = false;
  std::string file;
  int line = 0;
};

}  // namespace anlan
