// A rule as YAML text: a file with one section that holds it, the members in the order of packs/cn/signals/*.yaml, those
// with their usual value left out. What parse_rules reads of it is the rule again, but for `file` and `line`.
#pragma once

#include <string>

#include "registry/alarm_rule.h"

namespace anlan {

std::string rule_text(const AlarmRule& rule);
std::string rule_text(const AreaRule& rule);
std::string rule_text(const SpotRule& rule);
std::string rule_text(const Chain& rule);

}  // namespace anlan
