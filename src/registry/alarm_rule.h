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

// How the readings of a link are held against those of its neighbours (engine/stream/neighbour_check.h).
struct NeighbourSpec {
  std::string window;    // what is compared: "sum(1h)", "value"
  double radius_km = 0;
  int least = 3;         // neighbours that must be fresh
  double tolerance = 0;  // in the link's unit
  double factor = 3;
};

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
  std::optional<Millis> keep;        // readings older than this are forgotten; nothing: never
  std::optional<NeighbourSpec> neighbours;
  // The text field that names the link whose readings this one takes as its own, so that a village has limits of its
  // own on the gauge above it; "": devices send for it.
  std::string follows;
};

struct AlarmStep {
  WarningLevel level;
  std::string when;  // a condition over one link (engine/stream/condition.h) or over many (area_condition.h)
};

// What every kind of rule says of itself.
struct Rule {
  std::string id, zh, en;
  std::string hazard;
  std::optional<WarningLevel> draft_from;  // from this level on a warning is drafted without being asked for
  std::optional<WarningLevel> issue_from;  // and from this level on issued without approval; screens say so
  std::string source;
  std::string effective_from;              // ISO date
  bool verified = false;
  std::string file;                        // where it stands
  int line = 0;
};

// When readings of a link are an alarm. `steps` from the mildest up; the highest that holds counts.
struct AlarmRule : Rule {
  std::string type;         // of record
  std::vector<AlarmStep> steps;
  double margin = 0;        // hysteresis, in the unit of what is compared
  Millis hold;              // a condition must be true for so long,
  int reports = 1;          // and for so many readings in a row
  Millis clear_after;       // and false for so long before the level falls
};

// The same over a group of links: so many of them, such a share, one after another. A group is a county, a town, or
// the links about one record: those that name it (`by`), or those around it (`within_km`).
struct AreaRule : Rule {
  std::string over;         // "county", "town" or a type of record
  std::string by;           // a text field of links that holds the record's name
  double within_km = 0;     // of the record's position
  std::vector<AlarmStep> steps;
  Millis hold, clear_after;
};

// Fires seen from above: levels by their radiative power.
struct SpotStep {
  WarningLevel level;
  double least_mw = 0;
};
struct SpotRule : Rule {
  std::vector<SpotStep> steps;
  Millis cleared_after;     // without a detection
};

// What follows from an alarm elsewhere: rain on the slopes near the gauge, a flood at the next place downstream, an
// earthquake at the dams within a line of intensity. Its alarms stand at the records it reaches, and may feed the next.
struct ChainStep {
  WarningLevel level;
  std::optional<WarningLevel> at;  // of what it follows from,
  double intensity = 0;            // or of the shaking
};
struct Chain : Rule {
  std::string from;         // a rule of any kind, or kFromEarthquake
  std::string to;           // the type of the records reached
  double within_km = 0;     // of the source; 0: not by distance
  std::string same;         // "county", "town" or "village": those in the same place as the source
  std::string by;           // a text field of the target that holds the source's code or name
  std::string travel;       // a number field of the target: minutes until it arrives
  std::vector<ChainStep> steps;
  Millis clear_after;       // after its last source has cleared, or after the earthquake
  static constexpr std::string_view kFromEarthquake = "earthquake";
};

// All rules that hold. Ids are unique across the kinds.
struct RuleBook {
  std::vector<AlarmRule> alarms;
  std::vector<AreaRule> areas;
  std::vector<SpotRule> spots;
  std::vector<Chain> chains;  // each after what it follows from

  const AlarmRule* alarm(std::string_view id) const;
  const AreaRule* area(std::string_view id) const;
  const Chain* chain(std::string_view id) const;
  const Rule* rule(std::string_view id) const;  // of any kind
  template <class F>
  void each(F f) const {  // f(const Rule&)
    for (const auto& r : alarms) f(static_cast<const Rule&>(r));
    for (const auto& r : areas) f(static_cast<const Rule&>(r));
    for (const auto& r : spots) f(static_cast<const Rule&>(r));
    for (const auto& r : chains) f(static_cast<const Rule&>(r));
  }
};

}  // namespace anlan
