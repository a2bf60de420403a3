// What can happen when links are watched: an alarm of one rule at one link, or over a place, is raised, changes its level, clears; alarms
// of one hazard in one county are one situation, which somebody takes, drafts a warning from, and which closes when it
// has been quiet for a while.
//
// Readings are no facts: they are many and mean little each. They live in the history (history/history.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/fact.h"
#include "journal/migrations.h"
#include "registry/pack.h"

namespace anlan {

struct AlarmRaised {
  static constexpr std::string_view kKind = "AlarmRaised";
  AlarmId alarm;
  SituationId situation;
  RecordId link;     // or the object that it is about; none: the place of the header
  std::string name;  // of the link, or of the rule
  std::string rule;
  WarningLevel level = WarningLevel::blue;
  double value = 0;  // of the reading
  UtcTime at;        // of the reading
};
BOOST_DESCRIBE_STRUCT(AlarmRaised, (), (alarm, situation, link, name, rule, level, value, at))

// Why an alarm stands where nothing was measured, and when what it warns of arrives.
struct AlarmExplained {
  static constexpr std::string_view kKind = "AlarmExplained";
  AlarmId alarm;
  SituationId situation;
  std::string name;
  std::string cause;  // the name of what it follows from
  std::optional<UtcTime> due;
};
BOOST_DESCRIBE_STRUCT(AlarmExplained, (), (alarm, situation, name, cause, due))

struct AlarmChanged {
  static constexpr std::string_view kKind = "AlarmChanged";
  AlarmId alarm;
  SituationId situation;
  std::string name;
  WarningLevel level = WarningLevel::blue;
  double value = 0;
  UtcTime at;
};
BOOST_DESCRIBE_STRUCT(AlarmChanged, (), (alarm, situation, name, level, value, at))

struct AlarmCleared {
  static constexpr std::string_view kKind = "AlarmCleared";
  AlarmId alarm;
  SituationId situation;
  std::string name;
  UtcTime at;
};
BOOST_DESCRIBE_STRUCT(AlarmCleared, (), (alarm, situation, name, at))

struct SituationOpened {
  static constexpr std::string_view kKind = "SituationOpened";
  SituationId situation;
  std::string hazard;
  PlaceCode place;  // a county, or the link's own place where that is higher
};
BOOST_DESCRIBE_STRUCT(SituationOpened, (), (situation, hazard, place))

struct SituationTaken {
  static constexpr std::string_view kKind = "SituationTaken";
  SituationId situation;
};
BOOST_DESCRIBE_STRUCT(SituationTaken, (), (situation))

struct SituationReleased {
  static constexpr std::string_view kKind = "SituationReleased";
  SituationId situation;
};
BOOST_DESCRIBE_STRUCT(SituationReleased, (), (situation))

struct SituationClosed {
  static constexpr std::string_view kKind = "SituationClosed";
  SituationId situation;
};
BOOST_DESCRIBE_STRUCT(SituationClosed, (), (situation))

// A warning was drafted from it.
struct SituationWarned {
  static constexpr std::string_view kKind = "SituationWarned";
  SituationId situation;
  WarningId warning;
};
BOOST_DESCRIBE_STRUCT(SituationWarned, (), (situation, warning))

void apply(Tables&, const AlarmRaised&, const FactHeader&);
void apply(Tables&, const AlarmExplained&, const FactHeader&);
void apply(Tables&, const AlarmChanged&, const FactHeader&);
void apply(Tables&, const AlarmCleared&, const FactHeader&);
void apply(Tables&, const SituationOpened&, const FactHeader&);
void apply(Tables&, const SituationTaken&, const FactHeader&);
void apply(Tables&, const SituationReleased&, const FactHeader&);
void apply(Tables&, const SituationClosed&, const FactHeader&);
void apply(Tables&, const SituationWarned&, const FactHeader&);

void register_signal_facts(FactCatalogue& catalogue);
std::vector<Migration> signal_migrations();
std::vector<std::string> signal_tables();

inline std::string situation_subject(SituationId id) { return "situation:" + std::to_string(id.value); }

}  // namespace anlan
