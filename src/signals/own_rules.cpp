#include "signals/own_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/alarm_rule_read.h"
#include "signals/compiled.h"
#include "stream/area_condition.h"
#include "stream/engine.h"

namespace anlan {
namespace {

constexpr const char* kText = "rule";  // the file of a text that is being written

std::string file_of(std::string_view id) { return fmt::format("own/{}.yaml", id); }

// A rule as the text declares it, alone in a book.
Result<RuleBook> parsed(const OwnRule& rule) { return parse_rules(file_of(rule.id), rule.yaml); }

template <class T>
bool replace_in(std::vector<T>& all, const std::vector<T>& by) {
  if (by.empty()) return false;
  const auto old = std::find_if(all.begin(), all.end(), [&](const T& r) { return r.id == by.front().id; });
  if (old != all.end()) *old = by.front();
  else all.push_back(by.front());
  return true;
}

// The one rule of `one` in the place of that with its id, or behind the others of its kind.
void put(RuleBook& all, const RuleBook& one) {
  if (!replace_in(all.alarms, one.alarms) && !replace_in(all.areas, one.areas) && !replace_in(all.spots, one.spots)) replace_in(all.chains, one.chains);
}

void take_away(RuleBook& all, std::string_view id) {
  const auto is = [&](const Rule& r) { return r.id == id; };
  std::erase_if(all.alarms, is);
  std::erase_if(all.areas, is);
  std::erase_if(all.spots, is);
  std::erase_if(all.chains, is);
}

enum class Kind { alarm, area, spots, chain };
std::optional<Kind> kind_in(const RuleBook& rules, std::string_view id) {
  if (rules.alarm(id)) return Kind::alarm;
  if (rules.area(id)) return Kind::area;
  if (rules.chain(id)) return Kind::chain;
  return rules.rule(id) ? std::optional(Kind::spots) : std::nullopt;
}

struct Tried {
  std::string id;
  UtcTime at;
  RuleBook book;
};

Result<RuleBook> together(const Pack& pack, const std::vector<Tried>& own, const std::vector<std::string>& off) {
  RuleBook all = pack.rules;
  for (const auto& rule : own) put(all, rule.book);
  for (const auto& id : off) take_away(all, id);
  Faults faults;
  check_rules(pack, all, faults);
  if (!faults.empty()) return faults.error("rules");
  TRY_VOID(check_conditions(pack, all));
  return all;
}

Error conflict(std::string why) { return Error(ErrorCode::kConflict, {{"why", std::move(why)}}); }

Error invalid(std::string field, int line, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidFile, {{"why", zh + " / " + en}});
  error.details.push_back({line, std::move(field), std::move(zh), std::move(en)});
  return error;
}

// "alarm_rules[1].hold: is below" and "mine.steps[2].when: is missing" say which member it is, in the words of the form:
// "hold", "steps.2.condition".
std::string member_named(std::string_view said) {
  const size_t colon = said.find(": ");
  if (colon == said.npos || said.substr(0, colon).find(' ') != said.npos) return "";
  std::string path(said.substr(0, colon));
  const size_t dot = path.find('.');
  if (dot == path.npos) return "";
  path.erase(0, dot + 1);
  std::string out;
  for (const char c : path)
    if (c == '[') out += '.';
    else if (c != ']') out += c;
  if (out.starts_with("steps.") && out.ends_with(".when")) out.replace(out.size() - 4, 4, "condition");
  return out;
}

// The line of the condition that a path such as "rules.mine.steps.2.condition" is about.
template <class Rules>
int line_of_step(const Rules& rules, std::string_view path, std::string_view yaml) {
  const size_t at = path.find("steps.");
  if (rules.empty() || at == path.npos || at + 6 >= path.size()) return 0;
  const auto step = static_cast<size_t>(path[at + 6] - '1');
  if (step >= rules.front().steps.size()) return 0;
  size_t found = 0, from = 0;  // one condition may be part of another: each is looked for behind those before it
  for (size_t i = 0; i <= step; ++i) {
    const auto& when = rules.front().steps[i].when;
    found = yaml.find(when, from);
    if (found == yaml.npos) return 0;
    from = found + when.size();
  }
  return 1 + static_cast<int>(std::count(yaml.begin(), yaml.begin() + static_cast<ptrdiff_t>(found), '\n'));
}

// Faults as the author of the text reads them: the members by name, the lines of his text.
Error for_author(Error error, const RuleBook& rules, std::string_view yaml) {
  for (auto& d : error.details) {
    if (d.field != kText) continue;
    d.field = member_named(d.en);
    if (!d.field.ends_with(".condition")) continue;
    if (const int line = std::max(line_of_step(rules.alarms, d.field, yaml), line_of_step(rules.areas, d.field, yaml))) d.line = line;
  }
  return error;
}

Decision about(const std::string& id) { return {{}, "{\"id\":\"" + id + "\"}"}; }

}  // namespace

bool OwnRules::is_off(std::string_view id) const { return std::binary_search(off.begin(), off.end(), id); }

const OwnRule* OwnRules::find(std::string_view id) const {
  const auto found = std::find_if(set.begin(), set.end(), [&](const OwnRule& r) { return r.id == id; });
  return found == set.end() ? nullptr : &*found;
}

void OwnRules::put(OwnRule rule) {
  const auto at = std::lower_bound(set.begin(), set.end(), rule.id, [](const OwnRule& r, const std::string& id) { return r.id < id; });
  if (at != set.end() && at->id == rule.id) *at = std::move(rule);
  else set.insert(at, std::move(rule));
}

void OwnRules::remove(std::string_view id) {
  std::erase_if(set, [&](const OwnRule& r) { return r.id == id; });
}

void OwnRules::turn(const std::string& id, bool on) {
  const auto at = std::lower_bound(off.begin(), off.end(), id);
  const bool is_off = at != off.end() && *at == id;
  if (on && is_off) off.erase(at);
  else if (!on && !is_off) off.insert(at, id);
}

OwnRules read_own_rules(Reader& reader) {
  OwnRules out;
  reader.query("SELECT id, yaml, set_by, set_at FROM own_rules", {}, [&](const Row& row) { out.put({row.str(0), row.str(1), row.str(2), UtcTime{row.integer(3)}}); });
  reader.query("SELECT id FROM rule_switches", {}, [&](const Row& row) { out.turn(row.str(0), false); });
  return out;
}

RuleBook declared_rules(const Pack& pack, const OwnRules& own) {
  RuleBook all = pack.rules;
  for (const auto& rule : own.set)
    if (const auto book = parsed(rule)) put(all, *book);
  return all;
}

Result<void> check_conditions(const Pack& pack, const RuleBook& rules) {
  // One rule after the other first, so that a fault names its rule.
  const auto fault = [](const Rule& rule, const Error& why) {
    const std::string path(why.param("field"));
    const size_t at = path.find("steps.");
    const std::string member = at == path.npos ? path.substr(path.rfind('.') + 1) : path.substr(at);
    const std::string zh = fmt::format("{}.{}：{}", rule.id, member, why.details.empty() ? why.describe() : why.details.front().zh);
    const std::string en = fmt::format("{}.{}: {}", rule.id, member, why.details.empty() ? why.describe() : why.details.front().en);
    Error error(ErrorCode::kInvalidFile, {{"what", rule.file}, {"why", zh + " / " + en}});
    error.details.push_back({rule.line, rule.file, zh, en});
    return error;
  };
  for (const auto& rule : rules.alarms) {
    const auto* type = pack.record_type(rule.type);
    if (!type || !type->signal) return fault(rule, Error(ErrorCode::kNotFound, {{"what", rule.type}}));
    stream::Engine probe;
    if (const auto good = probe.add_type(compiled(*type, std::span(&rule, 1))); !good) return fault(rule, good.error());
  }
  stream::Engine engine;
  for (const auto& type : pack.record_types) {
    if (!type.signal) continue;
    const auto good = engine.add_type(compiled(type, rules.alarms));
    if (good) continue;
    const std::string zh = good.error().details.empty() ? good.error().describe() : good.error().details.front().zh;
    return invalid("", 0, fmt::format("{}（{}）的全部规则：{}", type.zh, type.id, zh), fmt::format("all rules of {} together: {}", type.id, good.error().describe()));
  }
  if (const auto areas = stream::AreaRules::compile(compiled(rules.areas), engine.rule_names()); !areas) {
    const auto at = areas.error().param("field");
    for (const auto& rule : rules.areas)
      if (at == "areas." + rule.id || at.starts_with("areas." + rule.id + ".")) return fault(rule, areas.error());
    return invalid("", 0, areas.error().details.empty() ? areas.error().describe() : areas.error().details.front().zh, areas.error().describe());
  }
  return {};
}

std::vector<std::string> rules_naming(const RuleBook& rules, std::string_view id) {
  std::vector<std::string> out;
  for (const auto& rule : rules.areas) {
    if (rule.id == id) continue;
    const bool names = std::any_of(rule.steps.begin(), rule.steps.end(), [&](const AlarmStep& step) {
      const auto condition = stream::parse_area_condition(step.when);
      return condition && std::any_of(condition->nodes.begin(), condition->nodes.end(), [&](const stream::AreaNode& n) { return n.rule == id; });
    });
    if (names) out.push_back(rule.id);
  }
  for (const auto& chain : rules.chains)
    if (chain.from == id && chain.id != id) out.push_back(chain.id);
  return out;
}

namespace {

// The rules that hold, and which own ones and switches made them.
struct Settled {
  EffectiveRules rules;
  std::vector<Tried> tried;
  std::vector<std::string> off;

  // As they would be without the own rule of this id and its switch.
  void forget(std::string_view id) {
    std::erase_if(tried, [&](const Tried& t) { return t.id == id; });
    std::erase(off, id);
  }
};

Settled settle(const Pack& pack, const OwnRules& own) {
  Settled settled;
  auto& out = settled.rules;
  auto& tried = settled.tried;
  for (const auto& rule : own.set) {
    auto book = parsed(rule);
    if (book) tried.push_back({rule.id, rule.at, std::move(*book)});
    else out.faults.push_back({rule.id, book.error()});
  }
  auto& off = settled.off = own.off;
  while (true) {
    auto all = together(pack, tried, off);
    if (all) {
      out.book = std::move(*all);
      return settled;
    }
    const auto leave_out = [&](auto rule, const Error& why) {
      out.faults.push_back({rule->id, why});
      tried.erase(rule);
    };
    // The own rules that the faults are about.
    const auto before = tried.size();
    for (const auto& d : all.error().details) {
      const auto at = std::find_if(tried.begin(), tried.end(), [&](const Tried& t) { return d.field == file_of(t.id); });
      if (at != tried.end()) leave_out(at, all.error());
    }
    if (tried.size() < before) continue;
    // Something of the pack names what is off: alarms too many are better than alarms missing.
    RuleBook whole = pack.rules;
    for (const auto& rule : tried) put(whole, rule.book);
    for (const auto& id : off) take_away(whole, id);
    const auto named = std::find_if(off.begin(), off.end(), [&](const std::string& id) { return !rules_naming(whole, id).empty(); });
    if (named != off.end()) {
      out.faults.push_back({*named, conflict(fmt::format("规则“{0}”用到它，因此没有停用 / it stays on: the rule “{0}” names it", rules_naming(whole, *named).front()))});
      off.erase(named);
      continue;
    }
    // What nobody's line explains, such as too many rules of one type, came with what was written last.
    const auto newest = std::max_element(tried.begin(), tried.end(), [](const Tried& a, const Tried& b) { return std::pair(a.at, a.id) < std::pair(b.at, b.id); });
    CHECK_MSG(newest != tried.end(), "the rules of the pack: " + all.error().describe());
    leave_out(newest, all.error());
  }
}

}  // namespace

EffectiveRules effective_rules(const Pack& pack, const OwnRules& own) { return settle(pack, own).rules; }
EffectiveRules effective_rules(const Pack& pack, Reader& reader) { return effective_rules(pack, read_own_rules(reader)); }

Result<RuleBook> read_own_rule(std::string_view yaml) {
  if (yaml.size() > kOwnRuleBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "规则文本 / the rule's text"}, {"limit", "20,000"}});
  auto one = parse_rules(kText, yaml);
  if (!one) return for_author(one.error(), {}, yaml);
  if (const size_t n = one->alarms.size() + one->areas.size() + one->spots.size() + one->chains.size(); n != 1)
    return invalid("", 1, fmt::format("应恰有一条规则（alarm_rules、area_rules、spot_rules、chains 之一），现有 {} 条", n),
                   fmt::format("exactly one rule in one of alarm_rules, area_rules, spot_rules, chains; there are {}", n));
  return one;
}

Result<RuleBook> try_own_rule(const Pack& pack, const OwnRules& own, std::string_view yaml) {
  TRY(one, read_own_rule(yaml));
  std::string id;
  int line = 0;
  one.each([&](const Rule& rule) { id = rule.id, line = rule.line; });
  const auto* before = own.find(id);
  auto kind = kind_in(pack.rules, id);
  if (!kind && before)
    if (const auto was = parsed(*before)) kind = kind_in(*was, id);
  if (kind && kind != kind_in(one, id)) return invalid("id", line, fmt::format("“{}”已是另一类规则的编号", id), fmt::format("“{}” is the id of a rule of another kind", id));
  auto settled = settle(pack, own);
  settled.forget(id);
  settled.tried.push_back({id, {}, one});
  if (const auto whole = together(pack, settled.tried, settled.off); !whole) return for_author(whole.error(), one, yaml);
  return one;
}

Result<Decision> set_own_rule(Reader& reader, const Pack& pack, const std::string& id, const std::string& yaml) {
  const auto own = read_own_rules(reader);
  TRY(one, try_own_rule(pack, own, yaml));
  if (!one.rule(id)) return invalid("id", 0, fmt::format("规则的编号应为“{}”", id), fmt::format("the rule's id must be “{}”", id));
  const auto* before = own.find(id);
  size_t bytes = yaml.size();
  for (const auto& rule : own.set)
    if (rule.id != id) bytes += rule.yaml.size();
  if (!before && own.set.size() >= kOwnRulesMax) return Error(ErrorCode::kTooLarge, {{"what", "自定义规则 / own rules"}, {"limit", std::to_string(kOwnRulesMax)}});
  if (bytes > kOwnRulesBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "自定义规则的全部文本 / the text of all own rules"}, {"limit", "1 MiB"}});
  auto decision = about(id);
  if (!before || before->yaml != yaml) decision.facts.push_back(fact(OwnRuleSet{id, yaml}, rule_subject(id)));
  return decision;
}

Result<Decision> remove_own_rule(Reader& reader, const Pack& pack, const std::string& id) {
  const auto own = read_own_rules(reader);
  if (!own.find(id)) return Error(ErrorCode::kNotFound, {{"what", "这条自定义规则 / own rule"}});
  auto decision = about(id);
  auto rest = settle(pack, own);
  std::erase_if(rest.tried, [&](const Tried& t) { return t.id == id; });
  if (const auto whole = together(pack, rest.tried, rest.off); !whole) {
    RuleBook named = pack.rules;
    for (const auto& rule : rest.tried) put(named, rule.book);
    for (const auto& other : rest.off) take_away(named, other);
    const auto by = rules_naming(named, id);
    if (!by.empty()) return conflict(fmt::format("规则“{0}”用到它，请先修改或停用 / the rule “{0}” names it: change it or switch it off first", by.front()));
    return whole.error();
  }
  decision.facts.push_back(fact(OwnRuleRemoved{id}, rule_subject(id)));
  if (!pack.rules.rule(id) && own.is_off(id)) decision.facts.push_back(fact(RuleSwitched{id, true}, rule_subject(id)));
  return decision;
}

Result<Decision> switch_rule(Reader& reader, const Pack& pack, const std::string& id, bool on) {
  const auto own = read_own_rules(reader);
  const auto* mine = own.find(id);
  if (!mine && !pack.rules.rule(id)) return Error(ErrorCode::kNotFound, {{"what", "这条规则 / rule"}});
  auto decision = about(id);
  if (own.is_off(id) == !on) return decision;
  if (on) {
    auto settled = settle(pack, own);
    settled.forget(id);
    if (mine) {
      TRY(book, parsed(*mine));
      settled.tried.push_back({id, mine->at, std::move(book)});
    }
    TRY_VOID(together(pack, settled.tried, settled.off));
  } else if (const auto by = rules_naming(effective_rules(pack, own).book, id); !by.empty()) {
    return conflict(fmt::format("规则“{0}”用到它，请先修改或停用 / the rule “{0}” names it: change it or switch it off first", by.front()));
  }
  decision.facts.push_back(fact(RuleSwitched{id, on}, rule_subject(id)));
  return decision;
}

void apply(Tables& tables, const OwnRuleSet& f, const FactHeader& h) {
  tables.execute("DELETE FROM own_rules WHERE id = ?", {Arg(f.id)});
  tables.execute("INSERT INTO own_rules (id, yaml, set_by, set_at) VALUES (?, ?, ?, ?)", {Arg(f.id), Arg(f.yaml), Arg(h.actor), h.at});
}

void apply(Tables& tables, const OwnRuleRemoved& f, const FactHeader&) { tables.execute("DELETE FROM own_rules WHERE id = ?", {Arg(f.id)}); }

void apply(Tables& tables, const RuleSwitched& f, const FactHeader& h) {
  tables.execute("DELETE FROM rule_switches WHERE id = ?", {Arg(f.id)});
  if (!f.on) tables.execute("INSERT INTO rule_switches (id, set_by, set_at) VALUES (?, ?, ?)", {Arg(f.id), Arg(h.actor), h.at});
}

}  // namespace anlan
