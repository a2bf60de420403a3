#include "registry/alarm_rule_read.h"

#include <fmt/format.h>

#include "registry/record_fields.h"

namespace anlan {
namespace {

constexpr Millis kWindowMax = hours(24 * 15);
constexpr size_t kLimitsMax = 8;

}  // namespace

SignalSpec read_signal(MapReader& item, const RecordType& type) {
  SignalSpec spec;
  spec.unit = item.text("unit", Need::kRequired, 20);
  spec.decimals = static_cast<int>(item.integer("decimals", 0, 6, 2));
  spec.code = item.id("code", Need::kRequired);
  const auto* code = field_of(type, spec.code);
  if (!code || code->type != FieldType::text || !code->required)
    item.fault(0, "code", "应为一个必填的 text 字段", "expected a required field of type text");
  for (const auto& node : item.list("limits", Need::kOptional)) {
    const auto* field = node.kind == YamlNode::Kind::kScalar ? field_of(type, node.text) : nullptr;
    if (field && field->type == FieldType::number) spec.limits.push_back(node.text);
    else item.fault(node.line, "limits", "应为 number 字段", "expected fields of type number");
  }
  if (spec.limits.size() > kLimitsMax) item.fault(0, "limits", fmt::format("最多 {} 个", kLimitsMax), fmt::format("at most {}", kLimitsMax));
  spec.min = item.maybe_number("min");
  spec.max = item.maybe_number("max");
  if (spec.min && spec.max && *spec.min > *spec.max) item.fault(0, "min", "大于 max", "is above max");
  spec.step_max = item.maybe_number("step_max");
  if (spec.step_max && *spec.step_max <= 0) item.fault(0, "step_max", "应大于 0", "must be above 0");
  spec.interval = item.duration("interval", seconds(1), hours(24));
  spec.late_after = item.duration("late_after", seconds(1), kWindowMax, spec.interval * 2);
  spec.silent_after = item.duration("silent_after", seconds(1), kWindowMax);
  if (spec.silent_after < spec.late_after) item.fault(0, "silent_after", "小于 late_after", "is below late_after");
  if (item.take("flat_after", Need::kOptional)) spec.flat_after = item.duration("flat_after", minutes(1), kWindowMax);
  item.finish();
  return spec;
}

namespace {

enum class AreaLevel { county, town };
BOOST_DESCRIBE_ENUM(AreaLevel, county, town)

// What both kinds of rules say.
template <class Rule>
void read_rule(MapReader& item, Rule& rule) {
  rule.id = item.id("id", Need::kRequired);
  rule.zh = item.text("zh", Need::kRequired, 60);
  rule.en = item.text("en", Need::kRequired, 120);
  rule.hazard = item.id("hazard", Need::kRequired);
  const auto& steps = item.list("steps", Need::kRequired);
  for (size_t i = 0; i < steps.size(); ++i) {
    MapReader step(steps[i], item.spot().file, fmt::format("{}.steps[{}]", rule.id, i + 1), item.faults());
    if (steps[i].kind != YamlNode::Kind::kMap) continue;
    AlarmStep s;
    s.level = step.choice<WarningLevel>("level", Need::kRequired).value_or(WarningLevel::blue);
    s.when = step.text("when", Need::kRequired, 500);
    step.finish();
    if (!rule.steps.empty() && s.level <= rule.steps.back().level)
      step.fault(0, "level", "各级应由低到高，不重复", "levels go from the mildest up, each once");
    rule.steps.push_back(std::move(s));
  }
  if (rule.steps.empty()) item.fault(0, "steps", "至少一级", "at least one");
  rule.hold = item.duration("hold", seconds(0), hours(72), seconds(0));
  rule.clear_after = item.duration("clear_after", seconds(0), hours(72), seconds(0));
  rule.draft_from = item.take("draft_from", Need::kOptional) ? item.choice<WarningLevel>("draft_from", Need::kRequired) : std::nullopt;
  rule.source = item.text("source", Need::kRequired, 300);
  rule.effective_from = item.date("effective_from", Need::kRequired);
  rule.verified = item.flag("verified", false);
  rule.file = item.spot().file;
  rule.line = item.spot().line;
}

}  // namespace

AlarmRule read_alarm_rule(MapReader& item) {
  AlarmRule rule;
  read_rule(item, rule);
  rule.type = item.id("type", Need::kRequired);
  rule.margin = item.number("margin", 0, 1e9, 0);
  rule.reports = static_cast<int>(item.integer("reports", 1, 100, 1));
  return rule;
}

AreaRule read_area_rule(MapReader& item) {
  AreaRule rule;
  read_rule(item, rule);
  if (const auto over = item.choice<AreaLevel>("over", Need::kRequired)) rule.over = boost::describe::enum_to_string(*over, "");
  return rule;
}

void check_alarm_rules(const Pack& pack, Faults& faults) {
  for (const auto& rule : pack.alarm_rules)
    if (const auto* type = pack.record_type(rule.type); type && !type->signal)
      faults.add({rule.file, rule.line}, fmt::format("“{}”没有 signal 一节，不产生读数", rule.type), fmt::format("“{}” has no section signal, so no readings", rule.type));
}

}  // namespace anlan
