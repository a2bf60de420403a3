#include "signals/compiled.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace anlan {
namespace {

stream::QualitySpec quality_of(const SignalSpec& s) {
  stream::QualitySpec q;
  if (s.min) q.min = *s.min;
  if (s.max) q.max = *s.max;
  if (s.step_max) q.step_max = *s.step_max;
  // Half an hour of the steepest rise there is above the highest limit: somebody sends another unit.
  if (s.step_max && !s.limits.empty()) q.over_limits = *s.step_max * 30;
  if (s.flat_after) q.flat_after = *s.flat_after;
  q.interval = s.interval;
  q.late_after = s.late_after;
  q.silent_after = s.silent_after;
  return q;
}

}  // namespace

stream::RuleSpec compiled(const AlarmRule& rule) {
  stream::RuleSpec r;
  r.id = rule.id;
  for (const auto& step : rule.steps) r.steps.push_back({level_number(step.level), step.when});
  r.margin = rule.margin;
  r.hold = rule.hold;
  r.reports = rule.reports;
  r.clear_after = rule.clear_after;
  r.keep_when_silent = true;
  return r;
}

stream::TypeSpec compiled(const RecordType& type, std::span<const AlarmRule> rules) {
  stream::TypeSpec t;
  t.id = type.id;
  t.quality = quality_of(*type.signal);
  t.limits = type.signal->limits;
  if (type.signal->neighbours) t.extra_windows = {type.signal->neighbours->window};
  for (const auto& rule : rules)
    if (rule.type == type.id) t.rules.push_back(compiled(rule));
  return t;
}

Millis memory_of(const stream::TypePlan& type) {
  Millis longest = std::max(hours(1), type.spec.quality.flat_after);
  for (const auto& w : type.windows) longest = std::max(longest, Millis{w.pane_ms * (w.panes + 1)});
  return longest;
}

std::string kind_of(const AreaRule& rule) {
  if (!rule.by.empty()) return rule.over + " by " + rule.by;
  return rule.within_km > 0 ? fmt::format("{} within {}", rule.over, rule.within_km) : rule.over;
}

std::vector<stream::AreaRuleSpec> compiled(std::span<const AreaRule> rules) {
  std::vector<stream::AreaRuleSpec> out;
  for (const auto& rule : rules) {
    stream::AreaRuleSpec spec{rule.id, kind_of(rule), {}, rule.hold, rule.clear_after};
    for (const auto& step : rule.steps) spec.steps.push_back({level_number(step.level), step.when});
    out.push_back(std::move(spec));
  }
  return out;
}

std::vector<double> limits_of(const RecordType& type, const json::object& fields) {
  std::vector<double> out;
  for (const auto& id : type.signal->limits) {
    const auto* v = fields.if_contains(id);
    out.push_back(v && v->is_number() ? v->to_number<double>() : std::nan(""));
  }
  return out;
}

}  // namespace anlan
