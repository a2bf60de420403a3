#include <fmt/format.h>

#include <algorithm>

#include "stream/area_rules.h"

namespace anlan::stream {
namespace {

Error fault(std::string field, std::string en, std::string zh) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", en}});
  error.details.push_back({.field = std::move(field), .zh = std::move(zh), .en = std::move(en)});
  return error;
}

// Depth first; colours as usual: 0 not seen, 1 on the path, 2 done.
struct Order {
  const std::vector<std::vector<size_t>>& names;
  std::vector<int> colour;
  std::vector<size_t> path;
  std::vector<AreaRuleNumber> out;

  // False at a cycle, which is then the end of the path.
  bool visit(size_t rule) {
    if (colour[rule] == 2) return true;
    path.push_back(rule);
    if (colour[rule] == 1) return false;
    colour[rule] = 1;
    for (const size_t other : names[rule])
      if (!visit(other)) return false;
    colour[rule] = 2;
    path.pop_back();
    out.push_back(static_cast<AreaRuleNumber>(rule));
    return true;
  }
};

}  // namespace

Result<AreaRules> AreaRules::compile(std::span<const AreaRuleSpec> specs, std::span<const std::string> rule_names) {
  if (specs.size() > kMaxAreaRules) return fault("areas", fmt::format("at most {} rules", kMaxAreaRules), fmt::format("至多 {} 条规则", kMaxAreaRules));
  AreaRules made;
  made.counter_of_.resize(rule_names.size());
  std::vector<std::vector<size_t>> names(specs.size());
  for (size_t r = 0; r < specs.size(); ++r) {
    const auto& spec = specs[r];
    const std::string path = "areas." + spec.id;
    const auto same = [&](const AreaRuleSpec& other) { return other.id == spec.id; };
    if (spec.id.empty() || std::count_if(specs.begin(), specs.end(), same) > 1) return fault(path, "an id of its own", "编号应唯一");
    if (spec.steps.empty() || spec.steps.size() > 4) return fault(path + ".steps", "1 to 4 steps", "应有 1 到 4 级");
    if (spec.hold.count < 0 || spec.hold > hours(15 * 24)) return fault(path + ".hold", "from 0 to 15 d", "应为 0 到 15 日");
    if (spec.clear_after.count < 0 || spec.clear_after > hours(15 * 24)) return fault(path + ".clear_after", "from 0 to 15 d", "应为 0 到 15 日");
    Rule rule{spec, {}, static_cast<uint32_t>((spec.hold.count + 999) / 1000), static_cast<uint32_t>((spec.clear_after.count + 999) / 1000)};
    for (size_t s = 0; s < spec.steps.size(); ++s) {
      const auto& step = spec.steps[s];
      const auto at = fmt::format("{}.steps.{}", path, s + 1);
      if (step.level < 1 || step.level > kRed || std::any_of(rule.steps.begin(), rule.steps.end(), [&](const auto& o) { return o.level == step.level; }))
        return fault(at + ".level", "from 1 to 4, each once", "应为 1 到 4，各一次");
      auto condition = parse_area_condition(step.condition);
      if (!condition) {
        auto error = condition.error();
        error.params[0].value = at + ".condition";
        for (auto& detail : error.details) detail.field = at + ".condition";
        return error;
      }
      for (auto& node : condition->nodes) {
        if (node.kind == AreaNodeKind::kThen) node.bound = made.sequences_++;
        if (node.kind == AreaNodeKind::kArea) {
          const auto found = std::find_if(specs.begin(), specs.end(), [&](const auto& o) { return o.id == node.rule; });
          if (found == specs.end()) return fault(at + ".condition", fmt::format("there is no area rule “{}”", node.rule), fmt::format("没有区域规则“{}”", node.rule));
          if (!found->kind.empty() && found->kind != spec.kind)
            return fault(at + ".condition", fmt::format("“{}” is a rule for groups of another kind", node.rule), fmt::format("“{}”用于另一类区域", node.rule));
          node.bound = static_cast<size_t>(found - specs.begin());
          names[r].push_back(node.bound);
        } else if (!node.rule.empty()) {
          const auto found = std::find(rule_names.begin(), rule_names.end(), node.rule);
          if (found == rule_names.end()) return fault(at + ".condition", fmt::format("no link has a rule “{}”", node.rule), fmt::format("没有链路规则“{}”", node.rule));
          auto& counter = made.counter_of_[static_cast<size_t>(found - rule_names.begin())];
          if (counter == 0) counter = static_cast<uint32_t>(made.counters_++);
          node.bound = counter;
        }
      }
      rule.steps.push_back({step.level, std::move(*condition)});
    }
    std::sort(rule.steps.begin(), rule.steps.end(), [](const auto& a, const auto& b) { return a.level < b.level; });
    made.rules_.push_back(std::move(rule));
  }
  Order order{names, std::vector<int>(specs.size()), {}, {}};
  for (size_t r = 0; r < specs.size(); ++r) {
    if (order.visit(r)) continue;
    std::string cycle;
    const auto first = std::find(order.path.begin(), order.path.end(), order.path.back());
    for (auto at = first; at != order.path.end(); ++at) cycle += (cycle.empty() ? "" : " → ") + specs[*at].id;
    return fault("areas." + specs[r].id, "area rules name each other in a circle: " + cycle, "区域规则互相引用成环：" + cycle);
  }
  made.order_ = std::move(order.out);
  return made;
}

}  // namespace anlan::stream
