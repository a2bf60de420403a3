// What a pack declares about links, as the engine wants it.
#pragma once

#include <span>
#include <vector>

#include "registry/pack.h"
#include "stream/area_rules.h"

namespace anlan {

stream::RuleSpec compiled(const AlarmRule& rule);
// With those of the rules that are about the type.
stream::TypeSpec compiled(const RecordType& type, std::span<const AlarmRule> rules);
// How far back a reading still counts: the longest window, and what makes a sensor flat.
Millis memory_of(const stream::TypePlan& type);
// The kind of groups that a rule is about: "county", or "reservoir within 10", "basin by basin".
std::string kind_of(const AreaRule& rule);
std::vector<stream::AreaRuleSpec> compiled(std::span<const AreaRule> rules);
// In the order of the type's limits; NaN where the record says nothing.
std::vector<double> limits_of(const RecordType& type, const json::object& fields);

inline std::optional<WarningLevel> level_of(stream::Level level) {
  return level == 0 ? std::nullopt : std::optional(static_cast<WarningLevel>(level - 1));
}
inline stream::Level level_number(WarningLevel level) { return static_cast<stream::Level>(static_cast<int>(level) + 1); }

}  // namespace anlan
