#include "stream/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace anlan::stream {
namespace {

constexpr size_t kMaxNames = 4096;

Error fault(std::string field, std::string en, std::string zh) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", en}});
  error.details.push_back({.field = std::move(field), .zh = std::move(zh), .en = std::move(en)});
  return error;
}

struct WindowKey {
  Millis span;
  double factor;
  bool operator==(const WindowKey&) const = default;
};

class Compiler {
 public:
  Compiler(const TypeSpec& spec, std::vector<std::string>& names) : names_(names) { plan_.spec = spec; }

  Result<TypePlan> run() {
    TRY_VOID(check_quality());
    std::vector<std::vector<std::pair<Level, Condition>>> rules;
    for (const auto& rule : plan_.spec.rules) {
      TRY(steps, parse(rule));
      for (const auto& [level, condition] : steps) collect(condition);
      rules.push_back(std::move(steps));
    }
    TRY(extras, parse_extras());
    for (const auto& node : extras) {
      collect(node);
      if (counts_readings(node)) windows_[window_of(node)].counts = true;
    }
    if (windows_.size() > kMaxWindows)
      return fault("rules", fmt::format("at most {} different windows", kMaxWindows), fmt::format("不同的时窗至多 {} 个", kMaxWindows));
    place();
    if (plan_.bytes > kMaxBlock)
      return fault("rules", fmt::format("the state of one link would take {} bytes, more than {}", plan_.bytes, kMaxBlock),
                   fmt::format("每条链路的状态需 {} 字节，超过 {}", plan_.bytes, kMaxBlock));
    for (size_t i = 0; i < rules.size(); ++i) bind(i, rules[i]);
    for (const auto& node : extras) bind_extra(node);
    return std::move(plan_);
  }

 private:
  Result<void> check_quality() {
    auto& q = plan_.spec.quality;
    const auto bad = [](std::string_view field, std::string_view en, std::string_view zh) {
      return fault(fmt::format("quality.{}", field), std::string(en), std::string(zh));
    };
    if (!(q.min <= q.max)) return bad("min", "must not exceed max", "不得大于 max");
    if (!(q.step_max > 0)) return bad("step_max", "must be above 0", "应大于 0");
    if (!(q.over_limits > 0)) return bad("over_limits", "must be above 0", "应大于 0");
    if (q.interval < seconds(1)) return bad("interval", "must be a second or more", "应为 1 秒以上");
    if (q.late_after.count <= 0) q.late_after = q.interval * 2;
    if (q.silent_after.count <= 0) q.silent_after = q.interval * 6;
    if (q.silent_after < q.late_after) return bad("silent_after", "must not be shorter than late_after", "不得短于 late_after");
    if (q.future.count < 0 || q.future > hours(24)) return bad("future", "must be from 0 to 24 h", "应为 0 到 24 小时");
    if (q.backfill.count < 0 || q.backfill > hours(31 * 24)) return bad("backfill", "must be from 0 to 31 d", "应为 0 到 31 日");
    if (q.flat_after.count < 0) return bad("flat_after", "must not be negative", "不得为负");
    if (q.flat_readings < 2 || q.flat_readings > 60'000) return bad("flat_readings", "must be from 2 to 60000", "应为 2 到 60000");
    if (q.implausible_after < 1 || q.implausible_after > 250) return bad("implausible_after", "must be from 1 to 250", "应为 1 到 250");
    const auto& s = plan_.spec;
    if (s.panes < 2 || s.panes > kMaxPanes) return fault("panes", fmt::format("must be from 2 to {}", kMaxPanes), fmt::format("应为 2 到 {}", kMaxPanes));
    if (s.limits.size() > kMaxLimits) return fault("limits", fmt::format("at most {}", kMaxLimits), fmt::format("至多 {} 个", kMaxLimits));
    for (size_t i = 0; i < s.limits.size(); ++i)
      if (s.limits[i].empty() || std::count(s.limits.begin(), s.limits.end(), s.limits[i]) > 1)
        return fault(fmt::format("limits.{}", i + 1), "each name once, none empty", "名称不得为空或重复");
    if (s.rules.size() > kMaxRules) return fault("rules", fmt::format("at most {}", kMaxRules), fmt::format("至多 {} 条", kMaxRules));
    return {};
  }

  Result<std::vector<std::pair<Level, Condition>>> parse(const RuleSpec& rule) {
    const std::string path = "rules." + rule.id;
    const auto& all = plan_.spec.rules;
    if (rule.id.empty() || rule.id.size() > 100 || std::count_if(all.begin(), all.end(), [&](const auto& r) { return r.id == rule.id; }) > 1)
      return fault(path, "an id of its own, 1 to 100 bytes", "编号应唯一，1 到 100 字节");
    if (rule.steps.empty() || rule.steps.size() > 4) return fault(path + ".steps", "1 to 4 steps", "应有 1 到 4 级");
    if (!(rule.margin >= 0) || !std::isfinite(rule.margin)) return fault(path + ".margin", "0 or more", "应为 0 以上");
    if (rule.hold.count < 0 || rule.hold > hours(15 * 24)) return fault(path + ".hold", "from 0 to 15 d", "应为 0 到 15 日");
    if (rule.clear_after.count < 0 || rule.clear_after > hours(15 * 24)) return fault(path + ".clear_after", "from 0 to 15 d", "应为 0 到 15 日");
    if (rule.reports < 1 || rule.reports > 100) return fault(path + ".reports", "from 1 to 100", "应为 1 到 100");
    std::vector<std::pair<Level, Condition>> out;
    for (size_t i = 0; i < rule.steps.size(); ++i) {
      const auto& step = rule.steps[i];
      const auto at = fmt::format("{}.steps.{}", path, i + 1);
      if (step.level < 1 || step.level > kRed || std::any_of(out.begin(), out.end(), [&](const auto& o) { return o.first == step.level; }))
        return fault(at + ".level", "from 1 to 4, each once", "应为 1 到 4，各一次");
      auto condition = parse_condition(step.condition);
      if (!condition) {
        auto error = condition.error();
        error.params[0].value = at + ".condition";
        for (auto& detail : error.details) detail.field = at + ".condition";
        return error;
      }
      for (const auto& node : condition->nodes)
        if (!node.limit.empty() && std::find(plan_.spec.limits.begin(), plan_.spec.limits.end(), node.limit) == plan_.spec.limits.end())
          return fault(at + ".condition", fmt::format("the type has no limit “{}”", node.limit), fmt::format("该类型没有限值“{}”", node.limit));
      out.emplace_back(step.level, std::move(*condition));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
  }

  Result<std::vector<ConditionNode>> parse_extras() {
    const auto& all = plan_.spec.extra_windows;
    if (all.size() > kMaxWindows) return fault("extra_windows", fmt::format("at most {}", kMaxWindows), fmt::format("至多 {} 个", kMaxWindows));
    std::vector<ConditionNode> out;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto at = fmt::format("extra_windows.{}", i + 1);
      auto node = parse_operand(all[i]);
      if (!node) {
        auto error = node.error();
        error.params[0].value = at;
        for (auto& detail : error.details) detail.field = at;
        return error;
      }
      if (node->kind == NodeKind::kLimit) return fault(at, "value or a function, not a limit", "应为 value 或函数，而不是限值");
      if (!node->limit.empty() && std::find(plan_.spec.limits.begin(), plan_.spec.limits.end(), node->limit) == plan_.spec.limits.end())
        return fault(at, fmt::format("the type has no limit “{}”", node->limit), fmt::format("该类型没有限值“{}”", node->limit));
      out.push_back(std::move(*node));
    }
    return out;
  }

  static bool has_window(const ConditionNode& n) { return n.window.count > 0; }
  static WindowKey key_of(const ConditionNode& n) { return {n.window, n.kind == NodeKind::kAntecedent ? n.number : 0}; }

  size_t window_of(const ConditionNode& n) const {
    return static_cast<size_t>(std::find(keys_.begin(), keys_.end(), key_of(n)) - keys_.begin());
  }

  // Whether the readings in its window can be counted: a window of antecedent rain keeps no count.
  static bool counts_readings(const ConditionNode& n) { return has_window(n) && n.kind != NodeKind::kAntecedent; }

  void collect(const Condition& condition) {
    for (const auto& node : condition.nodes) collect(node);
  }

  void collect(const ConditionNode& node) {
    if (node.kind == NodeKind::kAbove && above_of(node) == above_nodes_.size()) above_nodes_.push_back(node);
    if (!has_window(node)) return;
    if (window_of(node) == keys_.size()) {
      keys_.push_back(key_of(node));
      WindowPlan w;
      w.factor = keys_.back().factor;
      if (w.factor > 0) {
        w.pane_ms = hours(24).count;
      } else {
        const int64_t whole_s = (node.window.count / 1000 + plan_.spec.panes - 1) / plan_.spec.panes;
        w.pane_ms = std::max(minutes(1).count, whole_s * 1000);
      }
      w.panes = static_cast<int32_t>((node.window.count + w.pane_ms - 1) / w.pane_ms);
      windows_.push_back(w);
    }
    auto& w = windows_[window_of(node)];
    const auto k = node.kind;
    w.sums |= k == NodeKind::kSum || k == NodeKind::kMean || k == NodeKind::kAntecedent;
    w.counts |= k == NodeKind::kCount || k == NodeKind::kMean;
    w.extremes_low |= k == NodeKind::kMin || k == NodeKind::kRange;
    w.extremes_high |= k == NodeKind::kMax || k == NodeKind::kRange;
    w.firsts |= k == NodeKind::kRate;
  }

  size_t above_of(const ConditionNode& n) const {
    size_t i = 0;
    while (i < above_nodes_.size() && !(above_nodes_[i].number == n.number && above_nodes_[i].limit == n.limit)) ++i;
    return i;
  }

  uint16_t limit_offset(const std::string& name) const {
    const auto& all = plan_.spec.limits;
    return static_cast<uint16_t>(plan_.limits + 8 * (std::find(all.begin(), all.end(), name) - all.begin()));
  }

  void place() {
    size_t at = sizeof(LinkHead);
    const auto take = [&](size_t bytes) {
      const auto offset = static_cast<uint16_t>(std::min<size_t>(at, UINT16_MAX));
      at += bytes;
      return offset;
    };
    plan_.limits = take(8 * plan_.spec.limits.size());
    for (const auto& node : above_nodes_)
      plan_.aboves.push_back({take(8), node.limit.empty() ? uint16_t{0} : limit_offset(node.limit), node.number});
    for (auto& w : windows_) {
      w.head = take(8);
      if (w.sums) w.sum = take(8);
      if (w.counts) w.count = take(8);
      if (w.extremes_low) w.min = take(8);
      if (w.extremes_high) w.max = take(8);
      if (w.firsts) w.oldest = take(16);
    }
    for (const auto& rule : plan_.spec.rules) {
      RulePlan r;
      r.margin = rule.margin;
      r.hold_s = static_cast<uint32_t>((rule.hold.count + 999) / 1000);
      r.clear_s = static_cast<uint32_t>((rule.clear_after.count + 999) / 1000);
      r.reports = static_cast<uint8_t>(rule.reports);
      r.timed = r.hold_s > 0 || r.clear_s > 0 || r.reports > 1;
      r.keep_when_silent = rule.keep_when_silent;
      r.state = take(sizeof(RuleState) + (r.timed ? sizeof(RuleTimers) : 0));
      plan_.rules.push_back(std::move(r));
    }
    plan_.hot_bytes = at;
    for (auto& w : windows_) {
      uint16_t stride = 0;
      const auto field = [&](bool present, uint16_t bytes) {
        const uint16_t offset = stride;
        if (present) stride = static_cast<uint16_t>(stride + bytes);
        return offset;
      };
      w.in_sum = field(w.sums, 8);
      w.in_count = field(w.counts, 8);
      w.in_min = field(w.extremes_low, 8);
      w.in_max = field(w.extremes_high, 8);
      w.in_first = field(w.firsts, 16);
      w.stride = stride;
      at = (at + 7) / 8 * 8;
      w.ring = take(static_cast<size_t>(stride) * static_cast<size_t>(w.panes));
    }
    plan_.bytes = (at + kLine - 1) / kLine * kLine;
    plan_.windows = windows_;
  }

  Op op_of(const ConditionNode& n) const {
    Op op{OpKind::kConstant, 0, 0, n.number};
    const auto load = [&](uint16_t offset) { op = {OpKind::kLoad, offset, 0, 0}; };
    const WindowPlan* w = has_window(n) ? &plan_.windows[window_of(n)] : nullptr;
    switch (n.kind) {
      case NodeKind::kNumber: break;
      case NodeKind::kValue: load(offsetof(LinkHead, value)); break;
      case NodeKind::kLimit: load(limit_offset(n.limit)); break;
      case NodeKind::kSum:
      case NodeKind::kAntecedent: load(w->sum); break;
      case NodeKind::kCount: load(w->count); break;
      case NodeKind::kMin: load(w->min); break;
      case NodeKind::kMax: load(w->max); break;
      case NodeKind::kMean: op = {OpKind::kMean, w->sum, w->count, 0}; break;
      case NodeKind::kRange: op = {OpKind::kRange, w->min, w->max, 0}; break;
      case NodeKind::kRate: op = {OpKind::kRate, w->oldest, 0, static_cast<double>(w->pane_ms)}; break;
      case NodeKind::kAbove: {
        const auto& above = plan_.aboves[above_of(n)];
        op = {OpKind::kAbove, above.since, above.limit, 0};
        break;
      }
      default:
        op.kind = static_cast<OpKind>(static_cast<int>(OpKind::kAdd) + (static_cast<int>(n.kind) - static_cast<int>(NodeKind::kAdd)));
    }
    return op;
  }

  // Whether time alone, without a reading, can make the condition true. Panes leaving only lower a count, a maximum, and
  // a sum of what is never negative; so `such a thing >= a number or limit` cannot. Everything else is taken as able to.
  bool rises_by_time(const Condition& condition) const {
    const auto& nodes = condition.nodes;
    for (size_t i = 0; i < nodes.size(); ++i) {
      switch (nodes[i].kind) {
        case NodeKind::kNumber:
        case NodeKind::kLimit:
        case NodeKind::kValue:
        case NodeKind::kAnd:
        case NodeKind::kOr:
        case NodeKind::kGreaterEqual:
        case NodeKind::kGreater:
        case NodeKind::kLessEqual:
        case NodeKind::kLess: break;
        case NodeKind::kSum:
        case NodeKind::kAntecedent:
          if (plan_.spec.quality.min < 0) return true;
          [[fallthrough]];
        case NodeKind::kCount:
        case NodeKind::kMax: {
          const bool plain = i + 2 < nodes.size() && (nodes[i + 1].kind == NodeKind::kNumber || nodes[i + 1].kind == NodeKind::kLimit) &&
                             (nodes[i + 2].kind == NodeKind::kGreaterEqual || nodes[i + 2].kind == NodeKind::kGreater);
          if (!plain) return true;
          break;
        }
        default: return true;
      }
    }
    return false;
  }

  void show(const ConditionNode& node, const Op& op) {
    const bool shows = !node.text.empty() && node.kind != NodeKind::kValue && node.kind != NodeKind::kLimit;
    if (shows && std::none_of(plan_.shown.begin(), plan_.shown.end(), [&](const auto& s) { return s.text == node.text; }))
      plan_.shown.push_back({node.text, op});
  }

  void bind_extra(const ConditionNode& node) {
    ExtraWindow extra{.op = op_of(node)};
    if (has_window(node)) extra.window = static_cast<int>(window_of(node));
    const auto promised = static_cast<double>(node.window.count) / static_cast<double>(plan_.spec.quality.interval.count);
    if (counts_readings(node)) extra.readings_min = std::max(1.0, promised / 2);
    show(node, extra.op);
    plan_.extras.push_back(extra);
  }

  void bind(size_t at, const std::vector<std::pair<Level, Condition>>& steps) {
    auto& rule = plan_.rules[at];
    const auto& id = plan_.spec.rules[at].id;
    const auto known = std::find(names_.begin(), names_.end(), id);
    rule.number = static_cast<RuleNumber>(known - names_.begin());
    if (known == names_.end()) names_.push_back(id);
    for (const auto& [level, condition] : steps) {
      StepPlan step{level, {}};
      auto& p = step.program;
      p.first_side = condition.first_side;
      for (const auto& node : condition.nodes) {
        p.ops.push_back(op_of(node));
        show(node, p.ops.back());
      }
      rule.rises_by_time |= rises_by_time(condition);
      rule.steps.push_back(std::move(step));
    }
    rule.ladder = true;
    const auto& first = rule.steps.front().program;
    for (size_t i = 0; i < rule.steps.size(); ++i) {
      const auto& p = rule.steps[i].program;
      const auto n = p.ops.size();
      const bool plain = p.first_side + 2 == n && p.ops[n - 1].kind == OpKind::kGreaterEqual &&
                         (p.ops[n - 2].kind == OpKind::kLoad || p.ops[n - 2].kind == OpKind::kConstant);
      rule.ladder &= plain && p.first_side == first.first_side &&
                     std::equal(p.ops.begin(), p.ops.begin() + static_cast<std::ptrdiff_t>(p.first_side), first.ops.begin());
      if (plain) rule.rungs[i] = {p.ops[n - 2].number, p.ops[n - 2].a};
    }
  }

  std::vector<std::string>& names_;
  TypePlan plan_;
  std::vector<WindowPlan> windows_;
  std::vector<WindowKey> keys_;
  std::vector<ConditionNode> above_nodes_;
};

}  // namespace

Result<TypePlan> compile(const TypeSpec& spec, std::vector<std::string>& names) {
  if (names.size() + spec.rules.size() > kMaxNames)
    return fault("rules", fmt::format("at most {} different rule ids", kMaxNames), fmt::format("规则编号至多 {} 个", kMaxNames));
  return Compiler(spec, names).run();
}

const char* name_of(Quality quality) {
  constexpr const char* kNames[] = {"good", "suspect_step", "suspect_flat", "bad_range", "duplicate",
                                    "not_a_number", "clock_unset", "in_future", "too_old", "unknown_link"};
  return kNames[static_cast<size_t>(quality)];
}

const char* name_of(LinkState state) {
  constexpr const char* kNames[] = {"unknown", "fresh", "late", "silent", "implausible", "flat"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace anlan::stream
