// The same semantics as engine.h, written to be read: every reading is kept, and everything is computed anew from all of
// them at every evaluation of every link. For tests only.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "stream/condition.h"
#include "stream/engine.h"

namespace anlan::stream {

class Reference {
 public:
  struct Step {
    Level level;
    Condition condition;
    std::optional<int64_t> true_since_s;
    int reports = 0;
  };
  struct Rule {
    RuleSpec spec;
    std::vector<Step> steps;
    Level level = 0;
    std::optional<int64_t> fall_since_s;
  };
  struct Entered {
    Sample sample;
    bool in_order;
  };
  struct Link {
    std::vector<Entered> readings;
    std::vector<int64_t> seen;
    std::vector<Rule> rules;
    std::vector<double> limits;
    int64_t added_ms = 0, heard_ms = 0;
    bool heard = false, corrected = false;
    int bad_streak = 0, equal = 0;
    int64_t equal_since_ms = 0;
    LinkState state = LinkState::kUnknown;
  };

  Reference(TypeSpec spec, std::vector<std::vector<double>> limits, UtcTime now) : spec_(std::move(spec)) {
    for (auto& of_link : limits) {
      Link link;
      link.added_ms = now.ms;
      link.limits = of_link;
      for (const auto& rule : spec_.rules) {
        Rule r{rule, {}, 0, {}};
        for (const auto& step : rule.steps) r.steps.push_back({step.level, parse_condition(step.condition).value(), {}, 0});
        link.rules.push_back(std::move(r));
      }
      links_.push_back(std::move(link));
    }
  }

  void set_clock(UtcTime now) { clock_ms_ = std::max(clock_ms_, now.ms); }

  Quality ingest(const Reading& r, Output& out) {
    if (r.link >= links_.size()) return Quality::kUnknownLink;
    const auto& q = spec_.quality;
    if (std::isnan(r.value) || std::isinf(r.value)) return Quality::kNotANumber;
    if (r.at < parse_iso8601("2000-01-01T00:00:00Z").value()) return Quality::kClockUnset;
    if (r.at.ms > clock_ms_ + q.future.count) return Quality::kInFuture;
    if (r.at.ms < clock_ms_ - q.backfill.count) return Quality::kTooOld;
    Link& link = links_[r.link];
    const size_t recent = link.seen.size() > kSeenTimes ? link.seen.size() - kSeenTimes : 0;
    if (std::find(link.seen.begin() + static_cast<std::ptrdiff_t>(recent), link.seen.end(), r.at.ms) != link.seen.end()) return Quality::kDuplicate;
    link.seen.push_back(r.at.ms);
    const bool newest_heard = !link.heard || r.at.ms > link.heard_ms;
    link.heard = true;
    if (newest_heard) link.heard_ms = r.at.ms;
    if (r.value < q.min || r.value > q.max) {
      link.bad_streak += newest_heard;
      update_state(r.link, out);
      return Quality::kBadRange;
    }
    if (newest_heard) link.bad_streak = 0;
    const auto newest = newest_of(link);
    Quality quality = Quality::kGood;
    const bool late = newest && r.at <= newest->at;
    if (!late) {
      if (newest && newest->value == r.value) {
        ++link.equal;
      } else {
        const double apart = newest ? std::max(1.0, static_cast<double>((r.at - newest->at).count) / 60'000) : 0;
        if (newest && std::abs(newest->value - r.value) > q.step_max * apart) quality = Quality::kSuspectStep;
        link.equal = 1;
        link.equal_since_ms = r.at.ms;
      }
    }
    link.readings.push_back({{r.at, r.value}, !late});
    if (!late && quality == Quality::kGood && flat(link)) quality = Quality::kSuspectFlat;
    link.corrected = late;
    update_state(r.link, out);
    evaluate(r.link, late ? Occasion::kCorrection : Occasion::kReading, out);
    return quality;
  }

  void advance(UtcTime now, Output& out) {
    clock_ms_ = std::max(clock_ms_, now.ms);
    for (LinkNumber i = 0; i < links_.size(); ++i) {
      update_state(i, out);
      evaluate(i, Occasion::kTime, out);
    }
  }

  double window(LinkNumber i, const ConditionNode& node) const { return value(links_[i], node); }
  const Link& link(LinkNumber i) const { return links_[i]; }

 private:
  static std::optional<Sample> newest_of(const Link& link) {
    std::optional<Sample> newest;
    for (const auto& r : link.readings)
      if (!newest || r.sample.at > newest->at) newest = r.sample;
    return newest;
  }

  int64_t clock_of(const Link& link) const {
    const auto newest = newest_of(link);
    return std::max(clock_ms_, newest ? newest->at.ms : 0);
  }

  bool flat(const Link& link) const {
    const auto& q = spec_.quality;
    return q.flat_after.count > 0 && link.equal >= q.flat_readings && newest_of(link)->at.ms / 1000 - link.equal_since_ms / 1000 >= q.flat_after.count / 1000;
  }

  void update_state(LinkNumber i, Output& out) {
    Link& link = links_[i];
    const auto& q = spec_.quality;
    const int64_t quiet = clock_ms_ - (link.heard ? link.heard_ms : link.added_ms);
    LinkState state = LinkState::kFresh;
    if (quiet >= q.silent_after.count) state = LinkState::kSilent;
    else if (!link.heard) state = LinkState::kUnknown;
    else if (quiet >= q.late_after.count) state = LinkState::kLate;
    else if (link.bad_streak >= q.implausible_after) state = LinkState::kImplausible;
    else if (!link.readings.empty() && flat(link)) state = LinkState::kFlat;
    if (state != link.state) out.links.push_back({i, state, {clock_ms_}});
    link.state = state;
  }

  static int64_t pane(int64_t ms, int64_t length) { return ms / length + (ms % length != 0); }

  double value(const Link& link, const ConditionNode& node) const {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    const auto newest = newest_of(link);
    const int64_t now = clock_of(link);
    if (node.kind == NodeKind::kNumber) return node.number;
    if (node.kind == NodeKind::kValue) return newest ? newest->value : kNan;
    const auto limit = [&](const std::string& name) {
      const size_t at = static_cast<size_t>(std::find(spec_.limits.begin(), spec_.limits.end(), name) - spec_.limits.begin());
      return at < link.limits.size() ? link.limits[at] : kNan;
    };
    if (node.kind == NodeKind::kLimit) return limit(node.limit);
    if (node.kind == NodeKind::kAbove) {
      const double line = node.limit.empty() ? node.number : limit(node.limit);
      if (!newest || std::isnan(line)) return kNan;
      std::optional<int64_t> since;
      for (const auto& r : link.readings) {
        if (!r.in_order) continue;
        if (r.sample.value < line) since.reset();
        else if (!since) since = r.sample.at.ms;
      }
      return since ? static_cast<double>(now - *since) / 60'000 : 0;
    }
    const bool antecedent = node.kind == NodeKind::kAntecedent;
    const int64_t length = antecedent ? 86'400'000 : std::max<int64_t>(60'000, node.window.count / spec_.panes);
    const int64_t panes = (node.window.count + length - 1) / length;
    const int64_t head = pane(now, length);
    std::vector<Sample> in;
    for (const auto& r : link.readings)
      if (pane(r.sample.at.ms, length) > head - panes) in.push_back(r.sample);
    double sum = 0, low = kNan, high = kNan;
    std::optional<Sample> first;
    for (const auto& s : in) {
      sum += antecedent ? s.value * std::pow(node.number, static_cast<double>(head - pane(s.at.ms, length))) : s.value;
      low = std::fmin(low, s.value);
      high = std::fmax(high, s.value);
      if (!first || s.at < first->at) first = s;
    }
    switch (node.kind) {
      case NodeKind::kSum:
      case NodeKind::kAntecedent: return sum;
      case NodeKind::kCount: return static_cast<double>(in.size());
      case NodeKind::kMean: return in.empty() ? kNan : sum / static_cast<double>(in.size());
      case NodeKind::kMin: return low;
      case NodeKind::kMax: return high;
      case NodeKind::kRange: return high - low;
      default: {
        if (!first || newest->at.ms - first->at.ms < length) return kNan;
        return (newest->value - first->value) / static_cast<double>(newest->at.ms - first->at.ms) * 3'600'000;
      }
    }
  }

  double compute(const Link& link, const Condition& condition, size_t count, double margin) const {
    std::vector<double> stack;
    for (size_t i = 0; i < count; ++i) {
      const auto& node = condition.nodes[i];
      if (node.kind < NodeKind::kAdd) {
        stack.push_back(value(link, node));
        continue;
      }
      double b = stack.back();
      stack.pop_back();
      if (node.kind == NodeKind::kNegate) {
        stack.push_back(-b);
        continue;
      }
      const double a = stack.back();
      stack.pop_back();
      switch (node.kind) {
        case NodeKind::kAdd: b = a + b; break;
        case NodeKind::kSubtract: b = a - b; break;
        case NodeKind::kMultiply: b = a * b; break;
        case NodeKind::kDivide: b = b == 0 ? std::numeric_limits<double>::quiet_NaN() : a / b; break;
        case NodeKind::kGreaterEqual: b = a >= b - margin; break;
        case NodeKind::kGreater: b = a > b - margin; break;
        case NodeKind::kLessEqual: b = a <= b + margin; break;
        case NodeKind::kLess: b = a < b + margin; break;
        case NodeKind::kAnd: b = a != 0 && b != 0; break;
        default: b = a != 0 || b != 0; break;
      }
      stack.push_back(b);
    }
    return stack.back();
  }

  void evaluate(LinkNumber i, Occasion occasion, Output& out) {
    Link& link = links_[i];
    const int64_t now_s = clock_of(link) / 1000;
    const bool may_rise = occasion == Occasion::kReading || (occasion == Occasion::kTime && !link.corrected);
    for (size_t r = 0; r < link.rules.size(); ++r) {
      Rule& rule = link.rules[r];
      if (link.readings.empty()) continue;
      const auto strict = [&](const Step& s) { return compute(link, s.condition, s.condition.nodes.size(), 0) != 0; };
      const auto relaxed = [&](const Step& s) { return compute(link, s.condition, s.condition.nodes.size(), rule.spec.margin) != 0; };
      Level rise = 0, keep = 0;
      for (Step& step : rule.steps) {
        if (!strict(step)) {
          step.true_since_s.reset();
          step.reports = 0;
        } else {
          if (!step.true_since_s) step.true_since_s = now_s;
          step.reports += occasion == Occasion::kReading;
          if (step.level > rule.level) {
            keep = rule.level;
            const bool long_enough = (now_s - *step.true_since_s) * 1000 >= rule.spec.hold.count;
            const bool enough = rule.spec.reports <= 1 || step.reports >= rule.spec.reports;
            if (long_enough && enough) rise = std::max(rise, step.level);
          }
        }
        if (step.level <= rule.level && relaxed(step)) keep = std::max(keep, step.level);
      }
      const Level from = rule.level;
      if (rise > 0 && may_rise) {
        rule.level = rise;
      } else if (keep < rule.level && !(rule.spec.keep_when_silent && link.state == LinkState::kSilent)) {
        if (!rule.fall_since_s) rule.fall_since_s = now_s;
        if ((now_s - *rule.fall_since_s) * 1000 >= rule.spec.clear_after.count) rule.level = keep;
      } else {
        rule.fall_since_s.reset();
      }
      if (rule.level == from) continue;
      rule.fall_since_s.reset();
      double value = std::numeric_limits<double>::quiet_NaN();
      for (const Step& step : rule.steps)
        if (step.level == std::max(from, rule.level)) value = compute(link, step.condition, step.condition.first_side, 0);
      out.changes.push_back({i, static_cast<RuleNumber>(r), from, rule.level, {clock_ms_}, value});
    }
  }

  TypeSpec spec_;
  std::vector<Link> links_;
  int64_t clock_ms_ = 0;
};

}  // namespace anlan::stream
