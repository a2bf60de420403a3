#include "registry/alarm_rule_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "registry/record_fields.h"

namespace anlan {
namespace {

constexpr Millis kWindowMax = hours(24 * 15);
constexpr Millis kClearMax = hours(24 * 30);
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
  if (item.take("keep", Need::kOptional)) spec.keep = item.duration("keep", hours(24 * 15), hours(24) * 36'500);
  spec.follows = item.id("follows", Need::kOptional);
  if (const auto* field = field_of(type, spec.follows); !spec.follows.empty() && (!field || field->type != FieldType::text))
    item.fault(0, "follows", "应为 text 字段", "expected a field of type text");
  if (const auto* node = item.take("neighbours", Need::kOptional); node && node->kind == YamlNode::Kind::kMap) {
    MapReader n(*node, item.spot().file, type.id + ".signal.neighbours", item.faults());
    NeighbourSpec neighbours;
    neighbours.window = n.text("window", Need::kRequired, 40);
    neighbours.radius_km = n.number("radius_km", 0.01, 500);
    neighbours.least = static_cast<int>(n.integer("least", 2, 20, 3));
    neighbours.tolerance = n.number("tolerance", 0, 1e9);
    neighbours.factor = n.number("factor", 1, 1000, 3);
    n.finish();
    spec.neighbours = std::move(neighbours);
  }
  item.finish();
  return spec;
}

namespace {

// What every kind of rule says of itself.
void read_rule(MapReader& item, Rule& rule) {
  rule.id = item.id("id", Need::kRequired);
  rule.zh = item.text("zh", Need::kRequired, 60);
  rule.en = item.text("en", Need::kRequired, 120);
  rule.hazard = item.id("hazard", Need::kRequired);
  if (item.take("draft_from", Need::kOptional)) rule.draft_from = item.choice<WarningLevel>("draft_from", Need::kRequired);
  if (item.take("issue_from", Need::kOptional)) rule.issue_from = item.choice<WarningLevel>("issue_from", Need::kRequired);
  rule.source = item.text("source", Need::kRequired, 300);
  rule.effective_from = item.date("effective_from", Need::kRequired);
  rule.verified = item.flag("verified", false);
  rule.file = item.spot().file;
  rule.line = item.spot().line;
}

// The steps of a rule, from the mildest up.
template <class Step, class Read>
void read_steps(MapReader& item, const std::string& id, std::vector<Step>& steps, Read read) {
  const auto& nodes = item.list("steps", Need::kRequired);
  for (size_t i = 0; i < nodes.size(); ++i) {
    MapReader step(nodes[i], item.spot().file, fmt::format("{}.steps[{}]", id, i + 1), item.faults());
    if (nodes[i].kind != YamlNode::Kind::kMap) continue;
    Step s;
    s.level = step.choice<WarningLevel>("level", Need::kRequired).value_or(WarningLevel::blue);
    read(step, s);
    step.finish();
    if (!steps.empty() && s.level <= steps.back().level) step.fault(0, "level", "各级应由低到高，不重复", "levels go from the mildest up, each once");
    steps.push_back(std::move(s));
  }
  if (steps.empty()) item.fault(0, "steps", "至少一级", "at least one");
}

void read_condition(MapReader& step, AlarmStep& s) { s.when = step.text("when", Need::kRequired, 500); }

AlarmRule read_alarm_rule(MapReader& item) {
  AlarmRule rule;
  read_rule(item, rule);
  read_steps(item, rule.id, rule.steps, read_condition);
  rule.hold = item.duration("hold", seconds(0), hours(72), seconds(0));
  rule.clear_after = item.duration("clear_after", seconds(0), kClearMax, seconds(0));
  rule.type = item.id("type", Need::kRequired);
  rule.margin = item.number("margin", 0, 1e9, 0);
  rule.reports = static_cast<int>(item.integer("reports", 1, 100, 1));
  return rule;
}

AreaRule read_area_rule(MapReader& item) {
  AreaRule rule;
  read_rule(item, rule);
  read_steps(item, rule.id, rule.steps, read_condition);
  rule.hold = item.duration("hold", seconds(0), hours(72), seconds(0));
  rule.clear_after = item.duration("clear_after", seconds(0), kClearMax, seconds(0));
  rule.over = item.id("over", Need::kRequired);
  rule.by = item.id("by", Need::kOptional);
  rule.within_km = item.number("within_km", 0, 500, 0);
  return rule;
}

SpotRule read_spot_rule(MapReader& item) {
  SpotRule rule;
  read_rule(item, rule);
  read_steps(item, rule.id, rule.steps, [](MapReader& step, SpotStep& s) { s.least_mw = step.number("least_mw", 0, 1e6); });
  rule.cleared_after = item.duration("cleared_after", hours(1), kClearMax);
  return rule;
}

enum class SamePlace { county, town, village };
BOOST_DESCRIBE_ENUM(SamePlace, county, town, village)

Chain read_chain(MapReader& item) {
  Chain chain;
  read_rule(item, chain);
  chain.from = item.id("from", Need::kRequired);
  const bool shaken = chain.from == Chain::kFromEarthquake;
  read_steps(item, chain.id, chain.steps, [&](MapReader& step, ChainStep& s) {
    if (shaken) s.intensity = step.number("intensity", 1, 12);
    else s.at = step.choice<WarningLevel>("at", Need::kRequired);
  });
  chain.to = item.id("to", Need::kRequired);
  chain.within_km = item.number("within_km", 0, 500, 0);
  if (item.take("same", Need::kOptional))
    if (const auto same = item.choice<SamePlace>("same", Need::kRequired)) chain.same = boost::describe::enum_to_string(*same, "");
  chain.by = item.id("by", Need::kOptional);
  chain.travel = item.id("travel", Need::kOptional);
  const int ways = (chain.within_km > 0) + !chain.same.empty() + !chain.by.empty();
  if (ways != (shaken ? 0 : 1))
    item.fault(0, "to", shaken ? "地震由烈度决定范围" : "within_km、same、by 三者取一", shaken ? "the intensity decides how far" : "one of within_km, same, by");
  chain.clear_after = item.duration("clear_after", seconds(0), kClearMax, seconds(0));
  return chain;
}

void check_field(const Pack& pack, const std::string& type, const std::string& field, FieldType wanted, const Spot& spot, Faults& faults) {
  const auto* of = pack.record_type(type);
  const auto* found = of && !field.empty() ? field_of(*of, field) : nullptr;
  if (of && !field.empty() && (!found || found->type != wanted))
    faults.add(spot, fmt::format("“{}”没有 {} 字段“{}”", type, boost::describe::enum_to_string(wanted, ""), field),
               fmt::format("“{}” has no {} field “{}”", type, boost::describe::enum_to_string(wanted, ""), field));
}

void check_type(const Pack& pack, const std::string& type, const Spot& spot, Faults& faults) {
  if (!pack.record_type(type)) faults.add(spot, fmt::format("没有对象类型“{}”", type), fmt::format("there is no record type “{}”", type));
}

// A chain after what it follows from. O(chains²), of a few dozen.
void order_chains(std::vector<Chain>& chains, Faults& faults) {
  std::vector<Chain> sorted;
  std::set<std::string> waiting;
  for (const auto& c : chains) waiting.insert(c.id);
  while (!chains.empty()) {
    const auto next = std::find_if(chains.begin(), chains.end(), [&](const Chain& c) { return !waiting.contains(c.from); });
    if (next == chains.end()) {
      const auto& c = chains.front();
      faults.add({c.file, c.line}, fmt::format("链“{}”绕回自身", c.id), fmt::format("the chain “{}” leads back to itself", c.id));
      return;
    }
    waiting.erase(next->id);
    sorted.push_back(std::move(*next));
    chains.erase(next);
  }
  chains = std::move(sorted);
}

}  // namespace

void read_rules(MapReader& top, RuleBook& rules) {
  each(top, "alarm_rules", [&](MapReader& item) { rules.alarms.push_back(read_alarm_rule(item)); });
  each(top, "area_rules", [&](MapReader& item) { rules.areas.push_back(read_area_rule(item)); });
  each(top, "spot_rules", [&](MapReader& item) { rules.spots.push_back(read_spot_rule(item)); });
  each(top, "chains", [&](MapReader& item) { rules.chains.push_back(read_chain(item)); });
}

void check_rules(const Pack& pack, RuleBook& rules, Faults& faults) {
  std::set<std::string> ids;
  rules.each([&](const Rule& rule) {
    const Spot spot{rule.file, rule.line};
    if (!ids.insert(rule.id).second) faults.add(spot, fmt::format("规则“{}”重复", rule.id), fmt::format("the rule “{}” stands twice", rule.id));
    if (!pack.hazard(rule.hazard)) faults.add(spot, fmt::format("没有灾种“{}”", rule.hazard), fmt::format("there is no hazard “{}”", rule.hazard));
  });
  for (const auto& rule : rules.alarms) {
    const Spot spot{rule.file, rule.line};
    check_type(pack, rule.type, spot, faults);
    if (const auto* type = pack.record_type(rule.type); type && !type->signal)
      faults.add(spot, fmt::format("“{}”没有 signal 一节，不产生读数", rule.type), fmt::format("“{}” has no section signal, so no readings", rule.type));
  }
  for (const auto& rule : rules.areas) {
    const Spot spot{rule.file, rule.line};
    if (rule.over == "county" || rule.over == "town") continue;
    check_type(pack, rule.over, spot, faults);
    if (rule.by.empty() == (rule.within_km == 0)) faults.add(spot, "by、within_km 二者取一", "one of by, within_km");
  }
  for (const auto& chain : rules.chains) {
    const Spot spot{chain.file, chain.line};
    check_type(pack, chain.to, spot, faults);
    check_field(pack, chain.to, chain.by, FieldType::text, spot, faults);
    check_field(pack, chain.to, chain.travel, FieldType::number, spot, faults);
    if (chain.from != Chain::kFromEarthquake && !ids.contains(chain.from))
      faults.add(spot, fmt::format("没有规则“{}”", chain.from), fmt::format("there is no rule “{}”", chain.from));
  }
  order_chains(rules.chains, faults);
}

Result<RuleBook> parse_rules(const std::string& file, std::string_view text) {
  Faults faults;
  RuleBook rules;
  TRY(root, parse_yaml(text, file));
  MapReader top(root, file, "", faults);
  if (root.kind == YamlNode::Kind::kMap) {
    read_rules(top, rules);
    top.finish();
  }
  if (!faults.empty()) return faults.error(file);
  return rules;
}

}  // namespace anlan
