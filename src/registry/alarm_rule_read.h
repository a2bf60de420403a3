// Reading the `signal` section of a record type and the rules: `alarm_rules`, `area_rules`, `spot_rules`, `chains`.
#pragma once

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

SignalSpec read_signal(MapReader& item, const RecordType& type);
// Adds what the four sections of one file declare.
void read_rules(MapReader& top, RuleBook& rules);
// What needs the whole pack: the names that rules use, ids that are unique, chains without a cycle. Puts each chain
// after what it follows from.
void check_rules(const Pack& pack, RuleBook& rules, Faults& faults);
// One file with sections of rules; what they name is not checked yet. Errors as read_pack.
Result<RuleBook> parse_rules(const std::string& file, std::string_view text);

}  // namespace anlan
