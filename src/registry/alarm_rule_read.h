// Reading the `signal` section of a record type and the items of `alarm_rules` and `area_rules`.
#pragma once

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

SignalSpec read_signal(MapReader& item, const RecordType& type);
AlarmRule read_alarm_rule(MapReader& item);
AreaRule read_area_rule(MapReader& item);
// What needs the whole pack: rules are about types with a signal.
void check_alarm_rules(const Pack& pack, Faults& faults);

}  // namespace anlan
