// Alarm rules: listed, tried over history, written, switched on and off.
#include <algorithm>

#include "signals/backtest.h"
#include "signals/own_rules.h"
#include "signals/rule_text.h"
#include "web/api.h"
#include "web/json_members.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr Millis kWeek = hours(24 * 7);
constexpr size_t kRuleBodyMax = 256 << 10;  // kOwnRuleBytesMax, every byte escaped, and the members of a back-test

std::optional<WarningLevel> level_from(std::string_view name) {
  WarningLevel level{};
  return boost::describe::enum_from_string(std::string(name).c_str(), level) ? std::optional(level) : std::nullopt;
}
json::value level_or_null(std::optional<WarningLevel> level) { return level ? json::value_from(*level) : json::value(nullptr); }
int64_t whole_seconds(Millis span) { return span.count / 1000; }

std::string fault_text(const Error& error, Language language) {
  if (error.details.empty()) return sentence(error, language);
  return language == Language::kZh ? error.details.front().zh : error.details.front().en;
}

json::array steps_json(const std::vector<AlarmStep>& steps) {
  json::array out;
  for (const auto& s : steps) out.push_back({{"level", json::value_from(s.level)}, {"when", s.when}});
  return out;
}

// What the rules are at this moment, as their JSON needs it.
class RuleList {
 public:
  // `own` is looked at, not kept.
  RuleList(const CallPtr& call, Reader& reader, const OwnRules& own)
      : call_(call), reader_(reader), own_(own), effective_(effective_rules(call->node().pack(), own)), week_(call->node().clock().now() - kWeek) {
    Node& node = call->node();
    node.watch().each([&](const LinkRow& link) {
      ++links_[node.pack().record_types[link.type].id];
      ++all_links_;
    });
  }

  json::object of(const AlarmRule& r) {
    auto o = rule(r, "link", rule_text(r), links_[r.type]);
    o["type"] = r.type;
    o["steps"] = steps_json(r.steps);
    o["hold_s"] = whole_seconds(r.hold);
    o["reports"] = r.reports;
    o["clear_after_s"] = whole_seconds(r.clear_after);
    o["margin"] = r.margin;
    return o;
  }
  json::object of(const AreaRule& r) {
    auto o = rule(r, "area", rule_text(r), all_links_);
    o["over"] = r.over;
    o["by"] = r.by;
    o["within_km"] = r.within_km;
    o["steps"] = steps_json(r.steps);
    o["hold_s"] = whole_seconds(r.hold);
    o["clear_after_s"] = whole_seconds(r.clear_after);
    return o;
  }
  json::object of(const SpotRule& r) {
    auto o = rule(r, "spots", rule_text(r), 0);
    json::array steps;
    for (const auto& s : r.steps) steps.push_back({{"level", json::value_from(s.level)}, {"least_mw", s.least_mw}});
    o["steps"] = std::move(steps);
    o["clear_after_s"] = whole_seconds(r.cleared_after);
    return o;
  }
  json::object of(const Chain& r) {
    auto o = rule(r, "chain", rule_text(r), static_cast<int64_t>(call_->node().records().count(r.to, PlaceCode())));
    json::array steps;
    for (const auto& s : r.steps) {
      json::object step{{"level", json::value_from(s.level)}};
      if (s.at) step["at"] = json::value_from(*s.at);
      else step["intensity"] = s.intensity;
      steps.push_back(std::move(step));
    }
    o["from"] = r.from;
    o["to"] = r.to;
    o["within_km"] = r.within_km;
    o["same"] = r.same;
    o["by"] = r.by;
    o["travel"] = r.travel;
    o["steps"] = std::move(steps);
    o["clear_after_s"] = whole_seconds(r.clear_after);
    return o;
  }
  // The only rule of the book.
  json::value only(const RuleBook& one) {
    if (!one.alarms.empty()) return of(one.alarms.front());
    if (!one.areas.empty()) return of(one.areas.front());
    if (!one.spots.empty()) return of(one.spots.front());
    return one.chains.empty() ? json::value(nullptr) : json::value(of(one.chains.front()));
  }
  template <class Rules>
  json::array all(const Rules& rules) {
    json::array out;
    for (const auto& r : rules) out.push_back(of(r));
    return out;
  }

  json::value fault(std::string_view id) const {
    for (const auto& f : effective_.faults)
      if (f.id == id) return json::value(fault_text(f.why, call_->language));
    return nullptr;
  }

 private:
  json::object rule(const Rule& r, const char* kind, std::string text, int64_t links) {
    const auto counts = rule_counts(reader_, r.id, week_);
    const auto* own = own_.find(r.id);
    json::object o{{"kind", kind}, {"id", r.id}, {"zh", r.zh}, {"en", r.en}, {"hazard", r.hazard}, {"source", r.source}, {"effective_from", r.effective_from}, {"verified", r.verified},
                   {"draft_from", level_or_null(r.draft_from)}, {"issue_from", level_or_null(r.issue_from)}, {"on", effective_.book.rule(r.id) != nullptr},
                   {"own", own != nullptr}, {"fault", fault(r.id)}, {"yaml", own ? own->yaml : text}, {"links", links}, {"standing", counts.standing}, {"raised_week", counts.raised}};
    o["changed_by"] = own ? json::value(actor_name(call_->node(), call_->api().sessions(), own->by)) : json::value(nullptr);
    o["changed_at"] = own ? json::value(own->at.ms) : json::value(nullptr);
    return o;
  }

  const CallPtr& call_;
  Reader& reader_;
  const OwnRules& own_;
  const EffectiveRules effective_;
  const UtcTime week_;
  std::map<std::string, int64_t> links_;
  int64_t all_links_ = 0;
};

void list_rules(CallPtr call) {
  auto out = call->read([&](Reader& reader) {
    const auto own = read_own_rules(reader);
    const auto declared = declared_rules(call->node().pack(), own);
    RuleList list(call, reader, own);
    json::array unreadable;
    for (const auto& rule : own.set)
      if (!declared.rule(rule.id)) unreadable.push_back({{"id", rule.id}, {"yaml", rule.yaml}, {"fault", list.fault(rule.id)}});
    return json::object{{"items", list.all(declared.alarms)}, {"areas", list.all(declared.areas)}, {"spots", list.all(declared.spots)},
                        {"chains", list.all(declared.chains)}, {"unreadable", std::move(unreadable)}};
  });
  // Why what was changed last is not live yet.
  out["fault"] = nullptr;
  for (const auto& f : call->node().watch().rule_faults())
    if (f.id.empty()) out["fault"] = fault_text(f.why, call->language);
  call->ok(std::move(out));
}

void answer_rule(const CallPtr& call, const std::string& id) {
  auto out = call->read([&](Reader& reader) -> std::optional<json::value> {
    const auto own = read_own_rules(reader);
    auto declared = declared_rules(call->node().pack(), own);
    const auto other = [&](const Rule& r) { return r.id != id; };
    std::erase_if(declared.alarms, other);
    std::erase_if(declared.areas, other);
    std::erase_if(declared.spots, other);
    std::erase_if(declared.chains, other);
    if (!declared.rule(id)) return std::nullopt;
    return RuleList(call, reader, own).only(declared);
  });
  if (!out) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这条规则 / rule"}}));
  call->ok(std::move(*out));
}

// The text of the rule that the body holds. Answers when there is none.
std::optional<std::string> asked_yaml(const CallPtr& call) {
  const auto body = call->body();
  if (!body) {
    call->fail(body.error());
    return std::nullopt;
  }
  Members members(*body);
  auto yaml = members.text("yaml");
  if (!yaml) members.refuse("yaml", "缺少规则文本", "the rule's text is missing");
  if (const auto read = members.result(); !read) {
    call->fail(read.error());
    return std::nullopt;
  }
  return yaml;
}

void check_rule(CallPtr call) {
  const auto yaml = asked_yaml(call);
  if (!yaml) return;
  const auto out = call->read([&](Reader& reader) -> std::optional<Result<json::object>> {
    const auto own = read_own_rules(reader);
    const auto one = try_own_rule(call->node().pack(), own, *yaml);
    if (!one && one.error().code != ErrorCode::kInvalidFile) return one.error();
    json::array faults;
    if (!one)
      for (const auto& d : one.error().details) faults.push_back({{"line", d.line}, {"field", d.field}, {"zh", d.zh}, {"en", d.en}});
    json::object o{{"ok", one.ok()}, {"faults", std::move(faults)}};
    o["rule"] = one ? RuleList(call, reader, own).only(*one) : json::value(nullptr);
    if (one) o["rule"].as_object()["yaml"] = *yaml;  // as it would be, not as it is
    return o;
  });
  if (!out) return;  // answered: the store
  if (!*out) return call->fail(out->error());
  call->ok(**out);
}

// Rules hold for the whole node: whoever changes them administers its place.
bool may_change(const CallPtr& call) { return require(call, Need::admin, call->node().settings().place); }

void set_rule(CallPtr call) {
  if (!may_change(call)) return;
  auto yaml = asked_yaml(call);
  if (!yaml) return;
  const std::string id = call->path["id"];
  call->change([call, id, yaml = std::move(*yaml)](Reader& reader, UtcTime) { return set_own_rule(reader, call->node().pack(), id, yaml); },
               [call, id](const Answer&) { answer_rule(call, id); });
}

void remove_rule(CallPtr call) {
  if (!may_change(call)) return;
  call->change([call, id = call->path["id"]](Reader& reader, UtcTime) { return remove_own_rule(reader, call->node().pack(), id); },
               [call](const Answer&) { call->respond(HttpResponse::empty(204)); });
}

void switch_rule_route(CallPtr call) {
  if (!may_change(call)) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto* on = body->if_contains("on");
  if (!on || !on->is_bool()) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "on"}, {"why", "true, false"}}));
  const std::string id = call->path["id"];
  call->change([call, id, on = on->get_bool()](Reader& reader, UtcTime) { return switch_rule(reader, call->node().pack(), id, on); },
               [call, id](const Answer&) { answer_rule(call, id); });
}

// --- back-test -------------------------------------------------------------------------------------------------------

// A rule of the form: type, steps and times as members of the body.
AlarmRule rule_of_form(const json::object& body, Members& members) {
  AlarmRule rule;
  rule.id = "asked";
  rule.type = members.text("type").value_or("");
  const auto seconds_of = [&](const char* name) { return seconds(static_cast<int64_t>(std::clamp(members.number(name).value_or(std::nullopt).value_or(0), 0.0, 259'200.0))); };
  rule.hold = seconds_of("hold_s");
  rule.clear_after = seconds_of("clear_after_s");
  rule.reports = static_cast<int>(std::clamp(members.number("reports").value_or(std::nullopt).value_or(1), 1.0, 100.0));
  rule.margin = std::clamp(members.number("margin").value_or(std::nullopt).value_or(0), 0.0, 1e9);
  const auto* steps = body.if_contains("steps");
  if (!steps || !steps->is_array() || steps->get_array().empty() || steps->get_array().size() > 4) {
    members.refuse("steps", "应有 1 至 4 级", "1 to 4 levels");
    return rule;
  }
  for (const auto& s : steps->get_array()) {
    const auto* o = s.if_object();
    const auto* level = o ? o->if_contains("level") : nullptr;
    const auto* when = o ? o->if_contains("when") : nullptr;
    const auto known = level && level->is_string() ? level_from(std::string_view(level->get_string())) : std::nullopt;
    if (!known || !when || !when->is_string()) {
      members.refuse("steps", "每级应有级别和条件", "each needs a level and a condition");
      break;
    }
    rule.steps.push_back({*known, std::string(when->get_string())});
  }
  return rule;
}

void backtest_route(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Node& node = call->node();
  Members members(*body);
  BacktestAsked asked;
  if (const auto yaml = members.text("yaml")) {
    auto one = read_own_rule(*yaml);
    if (!one) return call->fail(one.error());
    if (one->alarms.empty()) return call->fail(Error(ErrorCode::kInvalidField, {{"field", "yaml"}, {"why", "只有 alarm_rules 的规则可以回测 / only a rule of alarm_rules can be tried over history"}}));
    asked.rule = std::move(one->alarms.front());
  } else {
    asked.rule = rule_of_form(*body, members);
  }
  const auto* type = node.pack().record_type(asked.rule.type);
  if (!type || !type->signal) members.refuse("type", "请选择测点类型", "choose a type of links");
  if (const auto place = members.place("place")) asked.place = *place;
  if (asked.place.empty()) asked.place = node.settings().place;
  asked.from = members.time("from").value_or(std::nullopt).value_or(UtcTime{});
  asked.until = members.time("until").value_or(std::nullopt).value_or(UtcTime{});
  if (asked.from >= asked.until) members.refuse("from", "应早于结束时间", "must be before the end");
  if (const auto* peaks = body->if_contains("peaks"); peaks && peaks->is_object()) {
    Members m(peaks->get_object());
    asked.peaks = {m.id<RecordId>("link").value_or(RecordId{}), m.number("above").value_or(std::nullopt).value_or(0), hours(static_cast<int64_t>(std::clamp(m.number("gap_h").value_or(std::nullopt).value_or(24), 1.0, 720.0)))};
    if (const auto read = m.result(); !read) return call->fail(read.error());
  }
  if (const auto read = members.result(); !read) return call->fail(read.error());
  if (!require(call, Need::session, asked.place)) return;
  const auto report = backtest(node.watch(), asked);
  if (!report) {
    // "rules.asked.steps.1.condition" is a place in the pack that it was made; the form knows "steps.1.condition".
    Error error = report.error();
    const std::string prefix = "rules." + asked.rule.id + ".";
    const auto shorten = [&](std::string& text) {
      if (text.starts_with(prefix)) text.erase(0, prefix.size());
    };
    for (auto& p : error.params) shorten(p.value);
    for (auto& d : error.details) shorten(d.field);
    return call->fail(error);
  }
  json::array alarms;
  for (const auto& a : report->alarms)
    alarms.push_back({{"link", a.link.value}, {"name", a.name}, {"level", json::value_from(a.level)}, {"from", a.from.ms}, {"until", null_or(a.until)}, {"peak", a.peak}});
  json::object o{{"readings", report->readings}, {"links", report->links}, {"from", asked.from.ms}, {"until", asked.until.ms}, {"total", report->total}, {"alarms", std::move(alarms)}};
  o["score"] = nullptr;
  if (const auto& s = report->score)
    o["score"] = json::object{{"peaks", s->peaks}, {"warned", s->warned}, {"missed", s->peaks - s->warned}, {"false_alarms", s->false_alarms}, {"lead_minutes", null_or(s->lead_minutes)}};
  call->ok(std::move(o));
}

}  // namespace

void add_rule_routes(Api& api) {
  api.add({"GET", "/rules", Need::session, list_rules});
  api.add({"POST", "/rules/check", Need::session, check_rule, Run::worker, kRuleBodyMax});
  api.add({"PUT", "/rules/{id}", Need::admin, set_rule, Run::worker, kRuleBodyMax});
  api.add({"DELETE", "/rules/{id}", Need::admin, remove_rule});
  api.add({"POST", "/rules/{id}/switch", Need::admin, switch_rule_route});
  api.add({"POST", "/rules/backtest", Need::session, backtest_route, Run::worker, kRuleBodyMax});
}

}  // namespace anlan
