// The second layer: rules over groups of links, fed by what the engines say. Counters are kept per group and changed by
// each Change and LinkChange; nothing ever goes over all links.
//
// Cost: apply is O(groups of the link) per change plus one evaluation, O(area rules), per group touched by the call; all
// changes of one call are one moment. advance is one pass over 4 bytes per group, plus the groups due.
// Levels rise and fall as in RuleSpec, without margin and reports: after `hold`, straight to the highest step; after
// `clear_after`, to the highest step still true. A rule that names another with area(X) is evaluated after it, in the same
// moment. Same calls, same order, same changes. One thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "stream/area_condition.h"
#include "stream/engine.h"

namespace anlan::stream {

using GroupNumber = uint32_t;     // dense, from 0, given by the caller
using AreaRuleNumber = uint16_t;  // position in the specs given to compile

struct AreaRuleSpec {
  std::string id;
  std::string kind;             // of groups to which it applies ("basin"); empty: all
  std::vector<StepSpec> steps;  // 1 to 4; conditions of area_condition.h
  Millis hold{0}, clear_after{0};
};

struct AreaChange {
  GroupNumber group = 0;
  AreaRuleNumber rule = 0;
  Level from = 0, to = 0;
  UtcTime at;
  bool operator==(const AreaChange&) const = default;
};

struct AreaRuleView {
  AreaRuleNumber rule = 0;
  Level level = 0;
  UtcTime since;
};

inline constexpr size_t kMaxAreaRules = 256;
inline constexpr GroupNumber kMaxGroups = 1'000'000;

class AreaRules {
 public:
  // `rule_names`: Engine::rule_names(). kInvalidField with a path: a fault of a condition, a rule nobody has, a rule of
  // another kind, a cycle of area(X), which is named.
  static Result<AreaRules> compile(std::span<const AreaRuleSpec> specs, std::span<const std::string> rule_names);

  // A link with the rules of its type; level 0 and state unknown. Again: kConflict.
  Result<void> add_link(LinkNumber link, std::span<const RuleNumber> rules);
  // Links that were added; each counts once however often it is named. kConflict, kNotFound, kTooLarge.
  Result<void> add_group(GroupNumber group, std::string_view kind, std::span<const LinkNumber> links);

  void apply(std::span<const Change> changes, std::span<const LinkChange> links, UtcTime now, std::vector<AreaChange>& out);
  void advance(UtcTime now, std::vector<AreaChange>& out);

  // After a start, without output: what the engines and the journal say. Unknown links, rules and groups are skipped.
  void set_level(LinkNumber link, RuleNumber rule, Level level);
  void set_state(LinkNumber link, LinkState state);
  void set_area_level(GroupNumber group, AreaRuleNumber rule, Level level, UtcTime since);

  std::vector<AreaRuleView> state(GroupNumber group) const;

 private:
  struct Step {
    Level level;
    AreaCondition condition;
  };
  struct Rule {
    AreaRuleSpec spec;
    std::vector<Step> steps;  // ascending
    uint32_t hold_s = 0, clear_s = 0;
  };
  struct RuleState {
    Level level = 0;
    uint32_t since_s = 0, fall_s = 0;
    std::array<uint32_t, 4> true_s{};
  };
  struct Sequence {
    int64_t first_ms = INT64_MIN;  // when A was true last
    bool first = false, second = false;  // A and B at the last evaluation
    bool on = false;
  };
  struct Counter {
    std::array<uint32_t, kRed + 1> at{};  // links by level
  };
  struct Group {
    bool exists = false, touched = false;
    std::string kind;
    uint32_t links = 0;
    std::array<uint32_t, kLinkStates> states{};
    std::vector<Counter> counters;  // by tracked rule; the first counts every rule of every link
    std::vector<RuleState> rules;
    std::vector<Sequence> sequences;
  };
  struct Link {
    uint32_t rules_at = 0, groups_at = 0;  // groups_at: 1 + position in memberships_
    uint8_t rules = 0;
    uint8_t state = 0;
    bool exists = false;
  };
  struct Carried {
    RuleNumber rule;
    Level level;
  };
  struct Membership {
    GroupNumber group;
    uint32_t next;  // 1 + position; 0 ends
  };

  bool tracked(RuleNumber rule, size_t& counter) const;
  template <class Visit>
  void for_groups(const Link& link, Visit visit);
  void touch(GroupNumber group);
  void evaluate_touched(UtcTime now, std::vector<AreaChange>& out);
  void evaluate(GroupNumber number, int64_t now_ms, std::vector<AreaChange>& out);
  double value_of(const AreaNode& node, const Group& group) const;
  bool is_true(const AreaCondition& condition, Group& group, int64_t now_ms) const;

  std::vector<Rule> rules_;
  std::vector<AreaRuleNumber> order_;  // a rule after those that it names
  std::vector<uint32_t> counter_of_;   // by RuleNumber; 0 when no area rule asks for it
  size_t counters_ = 1, sequences_ = 0;
  std::vector<Group> groups_;
  std::vector<uint32_t> due_;  // by group: second of its next timer
  std::vector<GroupNumber> touched_;
  std::vector<Link> links_;
  std::vector<Carried> carried_;
  std::vector<Membership> memberships_;
  int64_t clock_ms_ = 0;
};

}  // namespace anlan::stream
