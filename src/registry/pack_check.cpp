#include "registry/pack_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "registry/pinyin.h"

namespace anlan {
namespace {

constexpr size_t kMessageCharactersMax = 70;
constexpr size_t kHazardsMax = 63;  // posts keep theirs as bits of one word

void check_levels(const Pack& pack, const PackSpots& spots, Faults& faults) {
  std::set<std::string> seen;
  for (size_t i = 0; i < pack.levels.size(); ++i) {
    const auto& level = pack.levels[i];
    WarningLevel known;
    if (!boost::describe::enum_from_string(level.id.c_str(), known))
      faults.add(spots.levels[i], fmt::format("levels：“{}”应为 red、orange、yellow、blue 之一", level.id),
                 fmt::format("levels: “{}” must be one of red, orange, yellow, blue", level.id));
    if (!seen.insert(level.id).second)
      faults.add(spots.levels[i], fmt::format("levels：“{}”重复", level.id), fmt::format("levels: “{}” is repeated", level.id));
  }
  if (pack.levels.size() < 4)
    faults.add(spots.pack, "levels：red、orange、yellow、blue 四级都要有名称", "levels: all of red, orange, yellow, blue need a name");
}

void check_answers(const Pack& pack, const PackSpots& spots, Faults& faults) {
  std::map<int, std::string> digits;
  int primary = 0;
  for (size_t i = 0; i < pack.answers.size(); ++i) {
    const auto& answer = pack.answers[i];
    if (const auto [at, fresh] = digits.emplace(answer.digit, answer.id); !fresh)
      faults.add(spots.answers[i], fmt::format("answers：按键 {} 已用于 {}", answer.digit, at->second),
                 fmt::format("answers: the digit {} is already used by {}", answer.digit, at->second));
    if (answer.primary && ++primary == 4)
      faults.add(spots.answers[i], "answers：大按钮（primary）最多 3 个", "answers: at most 3 may be primary");
  }
}

void check_call_rules(const Pack& pack, const PackSpots& spots, Faults& faults) {
  std::map<std::pair<WarningLevel, std::string>, Spot> seen;
  for (size_t i = 0; i < pack.call_rules.size(); ++i) {
    const auto& rule = pack.call_rules[i];
    const auto [at, fresh] = seen.emplace(std::pair(rule.level, rule.rank), spots.call_rules[i]);
    if (fresh) continue;
    const char* level = boost::describe::enum_to_string(rule.level, "");
    faults.add(spots.call_rules[i], fmt::format("call_rules：{} × {} 已在第 {} 行规定", level, rule.rank, at->second.line),
               fmt::format("call_rules: {} × {} already has a rule at line {}", level, rule.rank, at->second.line));
  }
}

void check_templates(const Pack& pack, const PackSpots& spots, Faults& faults) {
  static const std::vector<std::string_view> kAllowed = {"area", "hazard", "level", "until", "issuer"};
  std::set<std::pair<std::string, int>> seen;
  bool generic = pack.templates.empty();
  for (size_t i = 0; i < pack.templates.size(); ++i) {
    const auto& t = pack.templates[i];
    generic |= t.hazard.empty() && !t.level;
    if (!seen.emplace(t.hazard, t.level ? static_cast<int>(*t.level) : -1).second)
      faults.add(spots.templates[i], "templates：同一灾种、同一级别已有模板", "templates: this hazard and level already has a template");
    for (const auto* text : {&t.headline, &t.description, &t.instruction, &t.message})
      check_placeholders(*text, kAllowed, spots.templates[i], faults);
    if (const size_t n = usual_length(t.message); n > kMessageCharactersMax)
      faults.add(spots.templates[i], fmt::format("templates：短信约 {} 个字，最多 {} 个", n, kMessageCharactersMax),
                 fmt::format("templates: the message has about {} characters; at most {}", n, kMessageCharactersMax));
  }
  if (!generic)
    faults.add(spots.templates.back(), "templates：缺少适用于任何灾种和级别的模板（不写 hazard 和 level）",
               "templates: one template for any hazard and level is missing (without hazard and level)");
}

void check_readings(const Pack& pack, const PackSpots& spots, Faults& faults) {
  std::vector<PinyinReading> rows;
  rows.reserve(pack.readings.size());
  for (const auto& r : pack.readings) rows.push_back({r.name, r.pinyin});
  const auto table = PinyinTable::create(rows);
  if (table) return;
  for (const auto& d : table.error().details) {
    const auto row = static_cast<size_t>(d.line);
    const Spot& spot = row >= 1 && row <= spots.readings.size() ? spots.readings[row - 1] : spots.pack;
    faults.add(spot, "readings：" + d.zh, "readings: " + d.en);
  }
}

}  // namespace

void check_placeholders(std::string_view text, const std::vector<std::string_view>& allowed, const Spot& spot, Faults& faults) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') {
      faults.add(spot, "多余的“}”", "a stray “}”");
      return;
    }
    if (text[i] != '{') continue;
    const size_t end = text.find('}', i);
    const auto word = end == text.npos ? std::string_view() : text.substr(i + 1, end - i - 1);
    if (!is_declared_id(word)) {
      faults.add(spot, "“{”之后应为占位符名称和“}”", "“{” must be followed by a placeholder's name and “}”");
      return;
    }
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
      std::string names;
      for (const auto a : allowed) names += fmt::format("{}{{{}}}", names.empty() ? "" : " ", a);
      faults.add(spot, fmt::format("不认识占位符 {{{}}}，可用：{}", word, names),
                 fmt::format("unknown placeholder {{{}}}; expected one of {}", word, names));
    }
    i = end;
  }
}

size_t usual_length(std::string_view message) {
  static const std::map<std::string_view, size_t> kUsual = {{"area", 10}, {"hazard", 4}, {"level", 2}, {"until", 12}, {"issuer", 9}};
  size_t length = 0;
  for (size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '{') {
      const size_t end = message.find('}', i);
      if (end == message.npos) return length;
      const auto usual = kUsual.find(message.substr(i + 1, end - i - 1));
      length += usual == kUsual.end() ? 0 : usual->second;
      i = end;
    } else {
      length += (static_cast<unsigned char>(message[i]) & 0xC0) != 0x80;
    }
  }
  return length;
}

void check_pack(const Pack& pack, const PackSpots& spots, Faults& faults) {
  if (pack.hazards.size() > kHazardsMax)
    faults.add(spots.pack, fmt::format("hazards：最多 {} 种", kHazardsMax), fmt::format("hazards: at most {}", kHazardsMax));
  check_levels(pack, spots, faults);
  check_answers(pack, spots, faults);
  check_call_rules(pack, spots, faults);
  check_templates(pack, spots, faults);
  check_readings(pack, spots, faults);
}

}  // namespace anlan
