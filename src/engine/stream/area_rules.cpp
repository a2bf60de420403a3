#include "stream/area_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "stream/expression.h"

namespace anlan::stream {

bool AreaRules::tracked(RuleNumber rule, size_t& counter) const {
  counter = rule < counter_of_.size() ? counter_of_[rule] : 0;
  return counter != 0;
}

template <class Visit>
void AreaRules::for_groups(const Link& link, Visit visit) {
  for (uint32_t at = link.groups_at; at != 0; at = memberships_[at - 1].next) visit(memberships_[at - 1].group);
}

void AreaRules::touch(GroupNumber group) {
  if (groups_[group].touched) return;
  groups_[group].touched = true;
  touched_.push_back(group);
}

Result<void> AreaRules::add_link(LinkNumber link, std::span<const RuleNumber> rules) {
  if (link >= links_.size()) links_.resize(std::max<size_t>(link + size_t{1}, links_.size() * 5 / 4));
  auto& entry = links_[link];
  if (entry.exists) return Error(ErrorCode::kConflict, {{"why", fmt::format("link {} is there already", link)}});
  if (rules.size() > kMaxRules) return Error(ErrorCode::kTooLarge, {{"what", "rules"}, {"limit", std::to_string(kMaxRules)}});
  entry = {static_cast<uint32_t>(carried_.size()), 0, static_cast<uint8_t>(rules.size()), 0, true};
  for (const RuleNumber rule : rules) carried_.push_back({rule, 0});
  return {};
}

Result<void> AreaRules::add_group(GroupNumber number, std::string_view kind, std::span<const LinkNumber> links) {
  if (number >= kMaxGroups) return Error(ErrorCode::kTooLarge, {{"what", "groups"}, {"limit", std::to_string(kMaxGroups)}});
  for (const LinkNumber link : links)
    if (link >= links_.size() || !links_[link].exists) return Error(ErrorCode::kNotFound, {{"what", fmt::format("link {}", link)}});
  if (number >= groups_.size()) {
    groups_.resize(number + size_t{1});
    due_.resize(number + size_t{1}, UINT32_MAX);
  }
  auto& group = groups_[number];
  if (group.exists) return Error(ErrorCode::kConflict, {{"why", fmt::format("group {} is there already", number)}});
  group.exists = true;
  group.kind = kind;
  group.counters.resize(counters_);
  group.rules.resize(rules_.size());
  group.sequences.resize(sequences_);
  due_[number] = 0;  // looked at by the next advance
  for (const LinkNumber number_of_link : links) {
    auto& link = links_[number_of_link];
    // Memberships of one group are added together, so a second one of this group is the newest of the link.
    if (link.groups_at != 0 && memberships_[link.groups_at - 1].group == number) continue;
    memberships_.push_back({number, link.groups_at});
    link.groups_at = static_cast<uint32_t>(memberships_.size());
    ++group.links;
    ++group.states[link.state];
    for (uint32_t i = link.rules_at; i < link.rules_at + link.rules; ++i) {
      const auto [rule, level] = carried_[i];
      size_t counter;
      if (tracked(rule, counter)) ++group.counters[counter].at[level];
      ++group.counters[0].at[level];
    }
  }
  return {};
}

void AreaRules::set_level(LinkNumber number, RuleNumber rule, Level level) {
  if (number >= links_.size() || level > kRed) return;
  const auto& link = links_[number];
  for (uint32_t i = link.rules_at; i < link.rules_at + link.rules; ++i) {
    if (carried_[i].rule != rule) continue;
    const Level from = carried_[i].level;
    if (from == level) return;
    carried_[i].level = level;
    size_t counter;
    const bool counted = tracked(rule, counter);
    for_groups(link, [&](GroupNumber at) {
      auto& group = groups_[at];
      --group.counters[0].at[from];
      ++group.counters[0].at[level];
      if (counted) {
        --group.counters[counter].at[from];
        ++group.counters[counter].at[level];
      }
      touch(at);
    });
    return;
  }
}

void AreaRules::set_state(LinkNumber number, LinkState state) {
  if (number >= links_.size() || !links_[number].exists) return;
  auto& link = links_[number];
  const auto to = static_cast<uint8_t>(state);
  if (link.state == to) return;
  for_groups(link, [&](GroupNumber at) {
    --groups_[at].states[link.state];
    ++groups_[at].states[to];
    touch(at);
  });
  link.state = to;
}

void AreaRules::set_area_level(GroupNumber group, AreaRuleNumber rule, Level level, UtcTime since) {
  if (group >= groups_.size() || !groups_[group].exists || rule >= rules_.size() || level > kRed) return;
  groups_[group].rules[rule] = {level, static_cast<uint32_t>(since.ms / 1000), 0, {}};
  due_[group] = 0;
}

void AreaRules::apply(std::span<const Change> changes, std::span<const LinkChange> links, UtcTime now, std::vector<AreaChange>& out) {
  for (const auto& change : changes) set_level(change.link, change.rule, change.to);
  for (const auto& change : links) set_state(change.link, change.state);
  evaluate_touched(now, out);
}

void AreaRules::advance(UtcTime now, std::vector<AreaChange>& out) {
  const auto now_s = static_cast<uint32_t>(std::max(clock_ms_, now.ms) / 1000);
  for (size_t i = 0; i < due_.size(); ++i)
    if (due_[i] <= now_s) touch(static_cast<GroupNumber>(i));
  evaluate_touched(now, out);
}

void AreaRules::evaluate_touched(UtcTime now, std::vector<AreaChange>& out) {
  clock_ms_ = std::max(clock_ms_, now.ms);
  std::sort(touched_.begin(), touched_.end());
  for (const GroupNumber group : touched_) {
    groups_[group].touched = false;
    evaluate(group, clock_ms_, out);
  }
  touched_.clear();
}

double AreaRules::value_of(const AreaNode& node, const Group& group) const {
  const auto at_least = [&](Level level) {
    double n = 0;
    for (Level l = level; l <= kRed; ++l) n += group.counters[node.bound].at[l];
    return n;
  };
  const auto share = [](double n, double of) { return of > 0 ? n / of : 0; };
  switch (node.kind) {
    case AreaNodeKind::kNumber: return node.number;
    case AreaNodeKind::kCountRule: return at_least(node.level);
    case AreaNodeKind::kShareRule: return share(at_least(node.level), at_least(0));
    case AreaNodeKind::kCountState: return group.states[static_cast<size_t>(node.state)];
    case AreaNodeKind::kShareState: return share(group.states[static_cast<size_t>(node.state)], group.links);
    case AreaNodeKind::kArea: return group.rules[node.bound].level;
    default:
      for (Level l = kRed; l > 0; --l)
        if (group.counters[node.bound].at[l] > 0) return l;
      return 0;
  }
}

// Everything is evaluated, nothing is skipped: a sequence must see its sides at every moment.
bool AreaRules::is_true(const AreaCondition& condition, Group& group, int64_t now_ms) const {
  double stack[kMaxNodes];
  size_t top = 0;
  for (const auto& node : condition.nodes) {
    if (node.kind < AreaNodeKind::kAdd) {
      stack[top++] = value_of(node, group);
      continue;
    }
    if (node.kind == AreaNodeKind::kNegate || node.kind == AreaNodeKind::kNot) {
      stack[top - 1] = node.kind == AreaNodeKind::kNot ? stack[top - 1] == 0 : -stack[top - 1];
      continue;
    }
    const double b = stack[--top];
    double& a = stack[top - 1];
    switch (node.kind) {
      case AreaNodeKind::kAdd: a += b; break;
      case AreaNodeKind::kSubtract: a -= b; break;
      case AreaNodeKind::kMultiply: a *= b; break;
      case AreaNodeKind::kDivide: a = b == 0 ? 0 : a / b; break;
      case AreaNodeKind::kGreaterEqual: a = a >= b; break;
      case AreaNodeKind::kGreater: a = a > b; break;
      case AreaNodeKind::kLessEqual: a = a <= b; break;
      case AreaNodeKind::kLess: a = a < b; break;
      case AreaNodeKind::kAnd: a = a != 0 && b != 0; break;
      case AreaNodeKind::kOr: a = a != 0 || b != 0; break;
      default: {
        auto& sequence = group.sequences[node.bound];
        // When A was true at the last evaluation it has been so until this moment: between two nothing changed.
        if (a != 0 || sequence.first) sequence.first_ms = now_ms;
        sequence.first = a != 0;
        const bool second = b != 0;
        if (second && !sequence.second) sequence.on = sequence.first_ms != INT64_MIN && now_ms - sequence.first_ms <= node.within.count;
        if (!second) sequence.on = false;
        sequence.second = second;
        a = sequence.on;
      }
    }
  }
  return stack[0] != 0;
}

void AreaRules::evaluate(GroupNumber number, int64_t now_ms, std::vector<AreaChange>& out) {
  auto& group = groups_[number];
  const auto now_s = static_cast<uint32_t>(now_ms / 1000);
  uint32_t due_s = UINT32_MAX;
  for (const AreaRuleNumber r : order_) {
    const auto& rule = rules_[r];
    if (!rule.spec.kind.empty() && rule.spec.kind != group.kind) continue;
    auto& state = group.rules[r];
    Level ripe = 0, kept = 0;
    for (size_t i = 0; i < rule.steps.size(); ++i) {
      const Level level = rule.steps[i].level;
      auto& true_s = state.true_s[i];
      if (!is_true(rule.steps[i].condition, group, now_ms)) {
        true_s = 0;
        continue;
      }
      if (true_s == 0) true_s = now_s;
      kept = std::min(state.level, std::max(kept, level));
      if (level <= state.level) continue;
      if (now_s - true_s >= rule.hold_s) ripe = level;
      else due_s = std::min(due_s, true_s + rule.hold_s);
    }
    const Level from = state.level;
    if (ripe > 0) {
      state.level = ripe;
    } else if (kept == from) {
      state.fall_s = 0;
    } else {
      if (state.fall_s == 0) state.fall_s = now_s;
      if (now_s - state.fall_s >= rule.clear_s) state.level = kept;
      else due_s = std::min(due_s, state.fall_s + rule.clear_s);
    }
    if (state.level == from) continue;
    state.fall_s = 0;
    state.since_s = now_s;
    out.push_back({number, r, from, state.level, {now_ms}});
  }
  due_[number] = due_s;
}

std::vector<AreaRuleView> AreaRules::state(GroupNumber number) const {
  std::vector<AreaRuleView> out;
  if (number >= groups_.size() || !groups_[number].exists) return out;
  const auto& group = groups_[number];
  for (size_t r = 0; r < rules_.size(); ++r)
    if (rules_[r].spec.kind.empty() || rules_[r].spec.kind == group.kind)
      out.push_back({static_cast<AreaRuleNumber>(r), group.rules[r].level, {int64_t{group.rules[r].since_s} * 1000}});
  return out;
}

}  // namespace anlan::stream
