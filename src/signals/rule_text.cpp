#include "signals/rule_text.h"

#include <fmt/format.h>

#include "registry/pack.h"

namespace anlan {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "\"";
}

// Plain where YAML reads the plain words as the same text: nothing that begins, ends or breaks a node, and no number.
std::string words(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80); };
  const bool plain = !text.empty() && is_letter(text.front()) && text.back() != ' ' && text.find_first_of(":#\"'{}[],&*!|>%@`\\\n") == text.npos &&
                     text != "true" && text != "false" && text != "null" && text != "yes" && text != "no" && text != "on" && text != "off";
  return plain ? std::string(text) : quoted(text);
}

// The largest unit that leaves a whole number above one.
std::string duration(Millis span) {
  constexpr struct {
    int64_t ms;
    const char* name;
  } kUnits[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}};
  for (const auto& unit : kUnits)
    if (span.count > unit.ms && span.count % unit.ms == 0) return fmt::format("{} {}", span.count / unit.ms, unit.name);
  return fmt::format("{} s", span.count / 1000);
}

const char* level_name(WarningLevel level) { return boost::describe::enum_to_string(level, "blue"); }

class Text {
 public:
  Text(std::string_view section, const Rule& rule) : out_(fmt::format("{}:\n", section)) {
    line("- id", rule.id);
    member("zh", words(rule.zh));
    member("en", words(rule.en));
  }
  void member(std::string_view name, std::string_view value) { out_ += fmt::format("    {}: {}\n", name, value); }
  void text(std::string_view name, const std::string& value) {
    if (!value.empty()) member(name, words(value));
  }
  void number(std::string_view name, double value, double usual) {
    if (value != usual) member(name, fmt::format("{}", value));
  }
  void span(std::string_view name, Millis value) {
    if (value.count) member(name, duration(value));
  }
  void step(const std::string& inside) {
    if (!in_steps_) out_ += "    steps:\n";
    in_steps_ = true;
    out_ += "      - { " + inside + " }\n";
  }
  void conditions(const std::vector<AlarmStep>& steps) {
    for (const auto& s : steps) step(fmt::format("level: {}, when: {}", level_name(s.level), quoted(s.when)));
  }
  std::string end(const Rule& rule) {
    if (rule.draft_from) member("draft_from", level_name(*rule.draft_from));
    if (rule.issue_from) member("issue_from", level_name(*rule.issue_from));
    member("source", quoted(rule.source));
    member("effective_from", rule.effective_from);
    member("verified", rule.verified ? "true" : "false");
    return std::move(out_);
  }

 private:
  void line(std::string_view name, std::string_view value) { out_ += fmt::format("  {}: {}\n", name, value); }
  std::string out_;
  bool in_steps_ = false;
};

}  // namespace

std::string rule_text(const AlarmRule& rule) {
  Text t("alarm_rules", rule);
  t.member("type", rule.type);
  t.member("hazard", rule.hazard);
  t.conditions(rule.steps);
  t.number("margin", rule.margin, 0);
  t.span("hold", rule.hold);
  t.number("reports", rule.reports, 1);
  t.span("clear_after", rule.clear_after);
  return t.end(rule);
}

std::string rule_text(const AreaRule& rule) {
  Text t("area_rules", rule);
  t.member("over", rule.over);
  t.text("by", rule.by);
  t.number("within_km", rule.within_km, 0);
  t.member("hazard", rule.hazard);
  t.conditions(rule.steps);
  t.span("hold", rule.hold);
  t.span("clear_after", rule.clear_after);
  return t.end(rule);
}

std::string rule_text(const SpotRule& rule) {
  Text t("spot_rules", rule);
  t.member("hazard", rule.hazard);
  for (const auto& s : rule.steps) t.step(fmt::format("level: {}, least_mw: {}", level_name(s.level), s.least_mw));
  t.member("cleared_after", duration(rule.cleared_after));
  return t.end(rule);
}

std::string rule_text(const Chain& rule) {
  Text t("chains", rule);
  t.member("from", rule.from);
  t.member("to", rule.to);
  t.number("within_km", rule.within_km, 0);
  t.text("same", rule.same);
  t.text("by", rule.by);
  t.text("travel", rule.travel);
  t.member("hazard", rule.hazard);
  for (const auto& s : rule.steps) {
    if (s.at) t.step(fmt::format("level: {}, at: {}", level_name(s.level), level_name(*s.at)));
    else t.step(fmt::format("level: {}, intensity: {}", level_name(s.level), s.intensity));
  }
  t.span("clear_after", rule.clear_after);
  return t.end(rule);
}

}  // namespace anlan
