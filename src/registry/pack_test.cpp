#include "registry/pack.h"

#include <gtest/gtest.h>

#include "registry/pack_check.h"

namespace anlan {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kBase = R"(pack: { name: test, version: "1", phone_stale_after: 180 d, second_person: [orange, red] }
levels:
  - { id: red, zh: 红色, en: Red }
  - { id: orange, zh: 橙色, en: Orange }
  - { id: yellow, zh: 黄色, en: Yellow }
  - { id: blue, zh: 蓝色, en: Blue }
ranks:
  - { id: leader, zh: 领导, en: Leader, place_level: county }
channels:
  - { id: sms, zh: 短信, en: SMS, kind: sms, concurrency: 10, rate_per_s: 1.5, burst: 5, attempt_timeout: 30 s, answer_wait: 2 min }
)";

Files with(const std::string& text) { return {{"base.yaml", kBase}, {"more.yaml", text}}; }

// The English text of every fault, as "file:line: text".
std::string faults_of(const Files& files) {
  const auto pack = read_pack(files);
  if (pack) return "";
  std::string out;
  for (const auto& d : pack.error().details) out += d.field + ":" + std::to_string(d.line) + ": " + d.en + "\n";
  return out;
}

TEST(Pack, OfChinaHasNoFaults) {
  const auto pack = load_pack("packs/cn");
  ASSERT_TRUE(pack.ok()) << pack.error().describe();
  EXPECT_EQ(pack->name, "cn");
  EXPECT_EQ(pack->phone_stale_after.count, hours(24 * 180).count);
  EXPECT_TRUE(pack->needs_second_person(WarningLevel::orange));
  EXPECT_FALSE(pack->needs_second_person(WarningLevel::yellow));
  EXPECT_GE(pack->hazards.size(), 20u);
  EXPECT_EQ(pack->hazard("geohazard")->zh, "地质灾害");
  EXPECT_EQ(pack->answer_by_digit(3)->number, "people_moved");
  EXPECT_EQ(pack->rank_order("county_leader"), 0);
  EXPECT_EQ(pack->rank_order("nobody"), -1);
  EXPECT_GE(pack->record_types.size(), 13u);
  ASSERT_TRUE(pack->record_type("rain_gauge")->signal);
  EXPECT_EQ(pack->record_type("rain_gauge")->signal->interval, minutes(5));
  EXPECT_EQ(pack->rules.alarm("rain_amount")->steps.back().when, "sum(3h) >= 100");
  pack->rules.each([](const Rule& rule) { EXPECT_FALSE(rule.source.empty() || rule.effective_from.empty()) << rule.id; });
  for (const auto* id : {"enterprise", "reservoir", "river_section", "geohazard_site", "tailings_dam", "forest_block", "school",
                         "hospital", "shelter", "warehouse", "rescue_team", "helicopter_point", "village_group"})
    EXPECT_TRUE(pack->record_type(id)) << id;
}

TEST(Pack, OfChinaCallsByLevelAndRank) {
  const auto pack = load_pack("packs/cn");
  ASSERT_TRUE(pack.ok()) << pack.error().describe();
  const auto* leader = pack->call_rule(WarningLevel::red, "county_leader");
  ASSERT_TRUE(leader);
  EXPECT_EQ(leader->answer_limit.count, minutes(5).count);
  EXPECT_FALSE(leader->verified);
  ASSERT_EQ(leader->steps.size(), 3u);
  EXPECT_EQ(leader->steps[1].channel, "voice");
  EXPECT_EQ(leader->steps[1].tries, 2);
  EXPECT_EQ(leader->then.size(), 3u);
  EXPECT_EQ(pack->call_rule(WarningLevel::red, "village_leader")->answer_limit.count, minutes(15).count);
  EXPECT_EQ(pack->call_rule(WarningLevel::orange, "grid_worker")->answer_limit.count, minutes(30).count);
  EXPECT_FALSE(pack->call_rule(WarningLevel::blue, "village_leader"));
  EXPECT_TRUE(pack->call_rule(WarningLevel::blue, "duty"));
  for (const auto& rule : pack->call_rules) EXPECT_FALSE(rule.source.empty() || rule.effective_from.empty());
}

TEST(Pack, LinesAndExpectationsAreNamed) {
  EXPECT_EQ(faults_of(with("")), "");
  const auto said = faults_of(with(R"(hazards:
  - { id: rain, zh: 暴雨, en: Rain, cap_category: Mett, cap_events: [暴雨] }
  - { id: rain, zh: 暴雨, en: Rain, cap_category: Met, cap_events: [暴雨] }
  - { id: Rain!, zh: 暴雨, en: Rain, cap_category: Met, cap_events: [暴雨], colour: 7 }
colours: []
)"));
  EXPECT_NE(said.find("more.yaml:2: hazards[1].cap_category: “Mett” is not one of Geo, Met"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:3: hazards: “rain” is already defined at more.yaml:2"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:4: hazards[3].id: “Rain!” must be"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:4: hazards[3].colour: unknown key; expected one of cap_category"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:5: colours: unknown key"), said.npos) << said;
}

TEST(Pack, ReferencesAreChecked) {
  const auto said = faults_of(with(R"(post_kinds:
  - id: head
    zh: 村长
    en: Head
    rank: mayor
    hazards: [meteor]
    record_type: moon
call_rules:
  - level: red
    rank: leader
    answer_limit: 5 min
    steps: [{ channel: pigeon }]
    source: ""
)"));
  EXPECT_NE(said.find("more.yaml:5: “mayor” is not in ranks; expected one of leader"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:6: “meteor” is not in hazards"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:7: “moon” is not in record_types"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:12: “pigeon” is not in channels; expected one of sms"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:13: call_rules[1].source: must not be empty"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:9: call_rules[1].effective_from: is missing"), said.npos) << said;
}

TEST(Pack, SignalsAndAlarmRulesAreChecked) {
  const auto said = faults_of(with(R"(record_types:
  - id: gauge
    zh: 站
    en: Gauge
    version: 1
    source: none
    fields: [{ id: code, zh: 编码, en: Code, type: text }, { id: high, zh: 高, en: High, type: number }]
    signal: { unit: m, code: code, interval: 5 min, silent_after: 1 min, limits: [high, low], min: 3, max: 2 }
  - { id: shed, zh: 棚, en: Shed, version: 1, source: none, fields: [{ id: a, zh: 甲, en: A, type: text }] }
alarm_rules:
  - { id: one, zh: 一, en: One, type: shed, hazard: meteor, steps: [{ level: red, when: "value > 1" }, { level: blue, when: "value > 2" }], source: none, effective_from: 2020-01-01 }
  - { id: one, zh: 一, en: One, type: gauge, hazard: storm, steps: [], source: none, effective_from: 2020-01-01 }
)"));
  EXPECT_NE(said.find("more.yaml:8: gauge.signal.code: expected a required field of type text"), said.npos) << said;
  EXPECT_NE(said.find("gauge.signal.limits: expected fields of type number"), said.npos) << said;
  EXPECT_NE(said.find("gauge.signal.min: is above max"), said.npos) << said;
  EXPECT_NE(said.find("gauge.signal.silent_after: is below late_after"), said.npos) << said;
  EXPECT_NE(said.find("there is no hazard “meteor”"), said.npos) << said;
  EXPECT_NE(said.find("one.steps[2].level: levels go from the mildest up"), said.npos) << said;
  EXPECT_NE(said.find("the rule “one” stands twice"), said.npos) << said;
  EXPECT_NE(said.find("alarm_rules[2].steps: at least one"), said.npos) << said;
  EXPECT_NE(said.find("more.yaml:11: “shed” has no section signal"), said.npos) << said;
}

TEST(Pack, NumbersDatesAndDurationsAreChecked) {
  const auto said = faults_of(with(R"(channels:
  - { id: voice, zh: 语音, en: Voice, kind: pigeon, concurrency: 0, rate_per_s: fast, burst: 1.5, attempt_timeout: 90, answer_wait: 3 days }
call_rules:
  - { level: red, rank: leader, answer_limit: 1 s, steps: [], source: x, effective_from: 2026-02-30 }
  - { level: red, rank: leader, answer_limit: 1 min, steps: [{ channel: sms, tries: 3 }], then: [deputy, deputy], source: x, effective_from: 2026-02-28 }
)"));
  for (const auto* part : {"kind: “pigeon” is not one of app, sms, voice", "concurrency: 0 is outside 1 to", "rate_per_s: “fast” must be a number",
                           "burst: “1.5” must be a whole number", "attempt_timeout: “90” must be a duration", "answer_wait: “3 days” must be a duration",
                           "answer_limit: 1 s is outside", "expected 1 to 20 steps", "“2026-02-30” must be a date", "more than one try needs an interval",
                           "then: a step is repeated", "red × leader already has a rule at line 4"})
    EXPECT_NE(said.find(part), said.npos) << part << "\n" << said;
}

TEST(Pack, TemplatesAndSentencesKnowTheirPlaceholders) {
  const auto said = faults_of(with(R"(templates:
  - { headline: "{wind}", description: a, instruction: "a } b", message: m }
  - { level: red, headline: h, description: d, instruction: i, message: "{area}{hazard}{level}{until}{issuer}一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五" }
  - { level: red, headline: h, description: d, instruction: i, message: m }
sentences:
  Some: { zh: "{actor", en: ok }
)"));
  for (const auto* part : {"more.yaml:2: unknown placeholder {wind}; expected one of {area}", "a stray “}”", "the message has about 72 characters; at most 70",
                           "more.yaml:4: templates: this hazard and level already", "more.yaml:6: “{” must be followed"})
    EXPECT_NE(said.find(part), said.npos) << part << "\n" << said;
  EXPECT_EQ(usual_length("{area}到{until}"), 23u);
}

TEST(Pack, RecordTypesAreChecked) {
  const auto said = faults_of(with(R"(record_types:
  - id: pond
    zh: 塘坝
    en: Pond
    version: 1
    source: none
    fields:
      - { id: name, zh: 名字, en: Name, type: text }
      - { id: depth, zh: 经度, en: Depth, type: number, min: 3, max: 1 }
      - { id: fish, zh: 鱼（条）, en: Fish, type: text, unit: 条 }
      - { id: kind, zh: 种类, en: Kind, type: choice }
      - { id: owner, zh: 所有人, en: Owner, type: person, filter: true }
)"));
  for (const auto* part : {"“name” is repeated or is a column", "“经度” is repeated or is a column", "min: is above max", "half-width punctuation",
                           "unit, min and max are for number", "choices are for fields of type choice", "personal data cannot be a filter"})
    EXPECT_NE(said.find(part), said.npos) << part << "\n" << said;
}

TEST(Pack, HostileYamlIsRefused) {
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += " -";
  EXPECT_NE(faults_of(with("a: &x [1, 2]\nb: *x\n")).find("more.yaml:1: anchors and aliases"), std::string::npos);
  EXPECT_NE(faults_of(with("a: !!python/object x\n")).find("tags (!) are refused"), std::string::npos);
  EXPECT_NE(faults_of(with("levels: []\n---\nlevels: []\n")).find("one YAML document only"), std::string::npos);
  EXPECT_NE(faults_of(with("levels: []\nlevels: []\n")).find("more.yaml:2: the key “levels” is repeated"), std::string::npos);
  EXPECT_NE(faults_of(with("a:\n" + nested)).find("nested deeper than 12"), std::string::npos);
  EXPECT_NE(faults_of(with("a: \xff\n")).find("more.yaml:1: the file is not UTF-8"), std::string::npos);
  EXPECT_NE(faults_of(with("a: b: c\n")).find("more.yaml:1: not YAML: illegal map value"), std::string::npos);
  EXPECT_NE(faults_of(with("[1, 2]")).find("expected a map"), std::string::npos);
  const auto large = read_pack(with(std::string((size_t{1} << 20) + 1, ' ')));
  ASSERT_FALSE(large.ok());
  std::string many = "hazards:\n";
  for (int i = 0; i < 300; ++i) many += "  - {}\n";
  const auto counted = read_pack(with(many));
  ASSERT_FALSE(counted.ok());
  EXPECT_EQ(counted.error().details.size(), 100u);
  EXPECT_EQ(counted.error().param("why"), "pack: 1501");
}

TEST(Pack, AbsentFolderAndAbsentSection) {
  EXPECT_EQ(load_pack("packs/nowhere").error().code, ErrorCode::kNotFound);
  EXPECT_NE(faults_of({}).find("pack.yaml:0: the section pack"), std::string::npos);
}

}  // namespace
}  // namespace anlan
