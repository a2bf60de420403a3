// Rules that a node's own administrators have written or switched off, beside those of the pack.
//
// A rule is kept as the YAML text of a file with one section that holds one item; its id is the rule's. An own rule of
// the same id as one of the pack stands in its place, and must be of the same kind. What is switched off is nowhere
// judged until it is switched on again.
//
// Nothing is recorded that would not run: every change is tried on all rules together first. A newer pack may still
// part with what an own rule names; such a rule is left out, with its fault, and the others go on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journal/writer.h"
#include "signals/facts.h"

namespace anlan {

struct OwnRuleSet {
  static constexpr std::string_view kKind = "OwnRuleSet";
  std::string id, yaml;
};
BOOST_DESCRIBE_STRUCT(OwnRuleSet, (), (id, yaml))

struct OwnRuleRemoved {
  static constexpr std::string_view kKind = "OwnRuleRemoved";
  std::string id;
};
BOOST_DESCRIBE_STRUCT(OwnRuleRemoved, (), (id))

// Any rule, also of the pack.
struct RuleSwitched {
  static constexpr std::string_view kKind = "RuleSwitched";
  std::string id;
  bool on = true;
};
BOOST_DESCRIBE_STRUCT(RuleSwitched, (), (id, on))

void apply(Tables&, const OwnRuleSet&, const FactHeader&);
void apply(Tables&, const OwnRuleRemoved&, const FactHeader&);
void apply(Tables&, const RuleSwitched&, const FactHeader&);

inline constexpr size_t kOwnRuleBytesMax = 20'000;       // of one
inline constexpr size_t kOwnRulesMax = 500;
inline constexpr size_t kOwnRulesBytesMax = 1 << 20;     // of all: a start reads them in a fraction of a second

struct OwnRule {
  std::string id, yaml;
  std::string by;  // actor
  UtcTime at;
};

// What the journal says.
struct OwnRules {
  std::vector<OwnRule> set;      // by id
  std::vector<std::string> off;  // ids, sorted

  bool is_off(std::string_view id) const;
  const OwnRule* find(std::string_view id) const;
  void put(OwnRule rule);
  void remove(std::string_view id);
  void turn(const std::string& id, bool on);
};

OwnRules read_own_rules(Reader& reader);

struct RuleFault {
  std::string id;
  Error why;
};

struct EffectiveRules {
  RuleBook book;
  std::vector<RuleFault> faults;  // own rules that were left out; rules that stay on because another names them
};

// The rules of the pack, own ones in their place or beside them, without those that are off. Own ones that do not run are
// left out, so there is always an answer. O(rules) unless something is left out, then O(rules) for each of these.
EffectiveRules effective_rules(const Pack& pack, const OwnRules& own);
EffectiveRules effective_rules(const Pack& pack, Reader& reader);

// What GET /rules lists: every rule, also those that are off or left out, own ones in the place of the pack's. Own texts
// that can no longer be read are not among them.
RuleBook declared_rules(const Pack& pack, const OwnRules& own);

// Compiles every condition. kInvalidFile; a detail has the rule's file in `field` and its line.
Result<void> check_conditions(const Pack& pack, const RuleBook& rules);
// Ids of the rules that name this one.
std::vector<std::string> rules_naming(const RuleBook& rules, std::string_view id);

// The one rule that a text declares, alone in a book; what it names is not checked. kTooLarge, kInvalidFile: not one rule,
// a fault where it stands; `field` of a detail names the member ("hold", "steps.2.condition") or is "".
Result<RuleBook> read_own_rule(std::string_view yaml);
// The same, tried together with the rules that hold: also a fault that the whole would have.
Result<RuleBook> try_own_rule(const Pack& pack, const OwnRules& own, std::string_view yaml);

// Response of all: {"id":…}.
// As try_own_rule. `id` must be the text's; kTooLarge beyond the bounds above; saying the same again changes nothing.
Result<Decision> set_own_rule(Reader& reader, const Pack& pack, const std::string& id, const std::string& yaml);
// Where the pack has a rule of that id it holds again. kNotFound; kConflict when another rule names it.
Result<Decision> remove_own_rule(Reader& reader, const Pack& pack, const std::string& id);
// kNotFound: no such rule. Off: kConflict when another rule names it. On: kInvalidFile when it does not run any more.
Result<Decision> switch_rule(Reader& reader, const Pack& pack, const std::string& id, bool on);

inline std::string rule_subject(std::string_view id) { return "rule:" + std::string(id); }

}  // namespace anlan
