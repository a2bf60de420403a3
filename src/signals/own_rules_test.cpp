// Rules as data: read, refused, set live without a restart, switched off, kept over a start; readings that arrive
// meanwhile count once.
#include "signals/own_rules.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "journal/replay.h"
#include "journal/scratch_store.h"
#include "registry/alarm_rule_read.h"
#include "signals/rule_text.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Pack& pack() {
  static const Pack cn = load_pack("packs/cn").value();
  return cn;
}

// A rule of one link that no other names.
std::string free_rule() {
  for (const auto& r : pack().rules.alarms)
    if (rules_naming(pack().rules, r.id).empty()) return r.id;
  ADD_FAILURE() << "every rule is named by another";
  return "";
}

std::string gauge_rule(const std::string& id, const std::string& steps, const std::string& more = "", const std::string& type = "river_gauge") {
  return "alarm_rules:\n  - id: " + id + "\n    zh: 试验\n    en: Trial\n    type: " + type + "\n    hazard: flood\n    steps:\n" + steps + more +
         "    source: 试验\n    effective_from: 2026-11-22\n";
}
std::string step(const std::string& level, const std::string& when) { return "      - { level: " + level + ", when: \"" + when + "\" }\n"; }

TEST(RuleText, EveryRuleOfThePackIsReadBack) {
  int rules = 0;
  const auto same = [&](const auto& rule) {
    const auto text = rule_text(rule);
    const auto back = parse_rules("text", text);
    ASSERT_TRUE(back) << text << (back.ok() ? "" : back.error().details.empty() ? back.error().describe() : back.error().details.front().en);
    const auto* found = back->rule(rule.id);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(rule_text(static_cast<const std::decay_t<decltype(rule)>&>(*found)), text);
    EXPECT_EQ(found->zh, rule.zh);
    EXPECT_EQ(found->en, rule.en);
    EXPECT_EQ(found->source, rule.source);
    ++rules;
  };
  for (const auto& r : pack().rules.alarms) same(r);
  for (const auto& r : pack().rules.areas) same(r);
  for (const auto& r : pack().rules.spots) same(r);
  for (const auto& r : pack().rules.chains) same(r);
  EXPECT_GE(rules, 10);
  AlarmRule odd = pack().rules.alarms.front();
  odd.zh = "- a: \"b\" # c\\d";
  odd.en = "true";
  odd.margin = 1e-7;
  odd.hold = seconds(90);
  same(odd);
  const auto back = parse_rules("text", rule_text(odd)).value();
  EXPECT_EQ(back.alarms.front().margin, 1e-7);
  EXPECT_EQ(back.alarms.front().hold, seconds(90));
}

// --- What is refused, on both stores

class OwnRuleCommands : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!place.why_not().empty()) GTEST_SKIP() << place.why_not();
    store = place.open();
    auto c = store->connect().value();
    auto migrations = journal_migrations();
    for (const auto& m : signal_migrations()) migrations.push_back(m);
    ASSERT_TRUE(migrate(*c, migrations));
    writer = Writer::open(std::move(c), clock, attachments).value();
    reader = store->connect().value();
  }
  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::optional<Result<Answer>> answer;
    writer->submit({"account:1", {}, {}, std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    writer->run_batch();
    return *answer;
  }
  Result<Answer> set(const std::string& id, const std::string& yaml) {
    return run([&](Reader& r, UtcTime) { return set_own_rule(r, pack(), id, yaml); });
  }
  Result<Answer> remove(const std::string& id) {
    return run([&](Reader& r, UtcTime) { return remove_own_rule(r, pack(), id); });
  }
  Result<Answer> turn(const std::string& id, bool on) {
    return run([&](Reader& r, UtcTime) { return switch_rule(r, pack(), id, on); });
  }
  RuleBook now() { return effective_rules(pack(), *reader).book; }

  ScratchStore place{GetParam()};
  WatchRig::TurnedClock clock;
  SystemDisk disk{place.folder()};
  Attachments attachments{disk};
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Connection> reader;
};

TEST_P(OwnRuleCommands, WhatDoesNotRunIsRefusedWhereItStands) {
  const auto refused = [&](const std::string& yaml) {
    const auto answer = set("mine", yaml);
    EXPECT_FALSE(answer) << yaml;
    if (answer) return ErrorDetail{};
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidFile);
    EXPECT_FALSE(answer.error().details.empty());
    return answer.error().details.empty() ? ErrorDetail{} : answer.error().details.front();
  };
  EXPECT_THAT(refused("alarm_rules: [").en, HasSubstr("YAML"));
  EXPECT_THAT(refused("").en, HasSubstr("expected a map"));
  EXPECT_THAT(refused("alarm_rules: []").en, HasSubstr("exactly one"));
  EXPECT_THAT(refused(gauge_rule("mine", step("red", "value > 1")) + "area_rules:\n  - id: other\n").line, testing::Gt(0));
  auto d = refused(gauge_rule("mine", step("yellow", "value > 1") + step("red", "value >")));
  EXPECT_EQ(d.field, "steps.2.condition");
  EXPECT_EQ(d.line, 9);
  d = refused(gauge_rule("mine", step("red", "value > 1"), "    hold: soon\n"));
  EXPECT_EQ(d.field, "hold");
  EXPECT_EQ(d.line, 9);
  EXPECT_THAT(refused(gauge_rule("mine", step("red", "value > limit.none"))).zh, HasSubstr("限值"));
  EXPECT_THAT(refused(gauge_rule("mine", step("red", "value > 1"), "", "toothbrush")).en, HasSubstr("toothbrush"));
  EXPECT_THAT(refused(gauge_rule("yours", step("red", "value > 1"))).field, "id");
  EXPECT_THAT(refused(gauge_rule("mine", step("red", "value > 1"), "    colour: 3\n")).en, HasSubstr("unknown key"));
  EXPECT_THAT(refused("chains:\n  - { id: mine, zh: 试, en: t, from: nothing, to: river_gauge, within_km: 3, hazard: flood, steps: [{ level: red, at: red }], source: s, effective_from: 2026-11-22 }\n").en,
              HasSubstr("nothing"));
  EXPECT_EQ(set("many_silent", gauge_rule("many_silent", step("red", "value > 1"))).error().code, ErrorCode::kInvalidFile) << "a rule of another kind has the id";
  EXPECT_EQ(set("mine", gauge_rule("mine", step("red", "value > 1")) + std::string(kOwnRuleBytesMax, '#')).error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(read_own_rules(*reader).set, IsEmpty());
}

TEST_P(OwnRuleCommands, OwnRulesStandBesideAndInPlaceOfThePacks) {
  const auto mine = gauge_rule("mine", step("red", "value > 5"));
  ASSERT_TRUE(set("mine", mine));
  const auto facts = writer->seq();
  ASSERT_TRUE(set("mine", mine));
  EXPECT_EQ(writer->seq(), facts) << "said again";
  ASSERT_TRUE(set("river_level", gauge_rule("river_level", step("red", "value > 7"))));
  EXPECT_EQ(now().alarm("river_level")->steps.front().when, "value > 7");
  EXPECT_EQ(now().alarms.size(), pack().rules.alarms.size() + 1);

  const auto free = free_rule();
  ASSERT_TRUE(turn(free, false));
  ASSERT_TRUE(turn("mine", false));
  EXPECT_FALSE(now().rule(free));
  EXPECT_FALSE(now().rule("mine"));
  EXPECT_EQ(turn("nothing", false).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove(free).error().code, ErrorCode::kNotFound) << "the pack's";
  ASSERT_TRUE(turn(free, true));
  EXPECT_TRUE(now().rule(free));

  ASSERT_TRUE(remove("river_level"));
  EXPECT_EQ(now().alarm("river_level")->steps.size(), 4u) << "the pack's again";
  ASSERT_TRUE(remove("mine"));
  ASSERT_TRUE(set("mine", mine));
  EXPECT_TRUE(now().rule("mine")) << "the switch went with the rule";
}

TEST_P(OwnRuleCommands, WhatAnotherRuleNamesStays) {
  const auto off = turn("rain_amount", false);
  ASSERT_FALSE(off);
  EXPECT_EQ(off.error().code, ErrorCode::kConflict);
  EXPECT_THAT(off.error().describe(), HasSubstr("rain_then_slope"));
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("red", "value > 5"))));
  ASSERT_TRUE(set("follows", "chains:\n  - { id: follows, zh: 随, en: Follows, from: mine, to: river_gauge, within_km: 3, hazard: flood, steps: [{ level: red, at: red }], source: s, effective_from: 2026-11-22 }\n"));
  EXPECT_THAT(remove("mine").error().describe(), HasSubstr("follows"));
  EXPECT_THAT(turn("mine", false).error().describe(), HasSubstr("follows"));
  ASSERT_TRUE(turn("follows", false));
  ASSERT_TRUE(turn("mine", false)) << "what is off names nothing";
  EXPECT_FALSE(turn("follows", true)) << "what it names is off";
  ASSERT_TRUE(turn("mine", true));
  ASSERT_TRUE(turn("follows", true));
}

TEST_P(OwnRuleCommands, TooManyRulesOfATypeAreRefused) {
  int made = 0;
  for (int i = 0; i < 40; ++i) {
    const auto id = "mine_" + std::to_string(i);
    const auto answer = set(id, gauge_rule(id, step("red", "value > 5")));
    if (!answer) {
      EXPECT_THAT(answer.error().details.front().en, HasSubstr("river_gauge"));
      break;
    }
    ++made;
  }
  EXPECT_THAT(made, testing::AllOf(testing::Gt(5), testing::Lt(40)));
}

TEST_P(OwnRuleCommands, ANewerPackLeavesOutWhatItPartedWith) {
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("red", "value > 5"))));
  Pack older = pack();
  for (auto& type : older.record_types)
    if (type.id == "river_gauge") type.signal->limits.push_back("odd");
  ASSERT_TRUE(run([&](Reader& r, UtcTime) { return set_own_rule(r, older, "odd", gauge_rule("odd", step("red", "value > limit.odd"))); }));
  const auto free = free_rule();
  ASSERT_TRUE(turn(free, false));
  Pack newer = pack();
  Chain chain;
  chain.id = "new_chain";
  chain.from = free;
  chain.to = "river_gauge";
  chain.within_km = 1;
  chain.hazard = "flood";
  newer.rules.chains.push_back(chain);
  const auto effective = effective_rules(newer, *reader);
  std::vector<std::string> ids;
  for (const auto& f : effective.faults) ids.push_back(f.id);
  EXPECT_THAT(ids, testing::UnorderedElementsAre("odd", free));
  EXPECT_TRUE(effective.book.rule("mine"));
  EXPECT_FALSE(effective.book.rule("odd"));
  EXPECT_TRUE(effective.book.rule(free)) << "stays on: the new chain names it";
  // One that is left out does not stop others from being changed.
  EXPECT_TRUE(run([&](Reader& r, UtcTime) { return set_own_rule(r, newer, "mine", gauge_rule("mine", step("red", "value > 6"))); }));
}

TEST_P(OwnRuleCommands, AReplayGivesTheSameTables) {
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("red", "value > 5"))));
  ASSERT_TRUE(set("more", gauge_rule("more", step("red", "value > 5"))));
  ASSERT_TRUE(turn("mine", false));
  ASSERT_TRUE(turn(free_rule(), false));
  ASSERT_TRUE(remove("more"));
  FactCatalogue catalogue;
  register_signal_facts(catalogue);
  auto migrations = journal_migrations();
  for (const auto& m : signal_migrations()) migrations.push_back(m);
  const ScratchStore again("sqlite");
  auto target = again.open();
  auto to = target->connect().value();
  ASSERT_TRUE(replay(*reader, *to, catalogue, migrations, attachments, kNever));
  EXPECT_EQ(compare_tables(*reader, *to, signal_tables()), "");
}

INSTANTIATE_TEST_SUITE_P(Stores, OwnRuleCommands, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

// --- Live

class LiveRules : public testing::Test {
 protected:
  static constexpr int64_t kVillage = 622927101201;

  void say(const std::string& code, double value) { rig.take({{code, rig.clock.at, value, 0}}); }
  void say_after(Millis span, const std::string& code, double value) {
    rig.clock.at = rig.clock.at + span;
    say(code, value);
    rig.settle();
  }
  Result<Answer> set(const std::string& id, const std::string& yaml) {
    return rig.run([&](Reader& r, UtcTime) { return set_own_rule(r, pack(), id, yaml); });
  }
  Result<Answer> turn(const std::string& id, bool on) {
    return rig.run([&](Reader& r, UtcTime) { return switch_rule(r, pack(), id, on); });
  }
  // "mine red", of the alarms that stand.
  std::vector<std::string> standing() {
    std::vector<std::string> out;
    for (const auto& a : standing_alarms(rig.reader())) out.push_back(a.rule + " " + boost::describe::enum_to_string(a.level, ""));
    std::sort(out.begin(), out.end());
    return out;
  }
  std::optional<double> window(const std::string& code, const std::string& rule) {
    for (const auto& r : rig.watch->rules_of(rig.link(code).id))
      if (r.rule == rule && !r.windows.empty()) return r.windows.front().second;
    return std::nullopt;
  }

  ScratchStore place{"sqlite"};
  WatchRig rig{place.folder(), pack()};
};

TEST_F(LiveRules, ARuleSetRaisesWithTheNextTickAndAfterAStart) {
  rig.add_links("river_gauge", {{"Z1", PlaceCode(kVillage)}});
  say_after(minutes(5), "Z1", 5.5);
  EXPECT_THAT(standing(), IsEmpty());
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 5"))));
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
  EXPECT_EQ(rig.link("Z1").level, WarningLevel::yellow);
  EXPECT_FALSE(set("mine", gauge_rule("mine", step("red", "value >"))));
  rig.settle();
  say_after(minutes(5), "Z1", 4);
  EXPECT_THAT(standing(), IsEmpty()) << "the rule before goes on";
  rig.close();
  rig.open();
  say_after(minutes(5), "Z1", 6);
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
  rig.close();
  rig.open();
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
  EXPECT_EQ(rig.count("AlarmRaised"), 2);
}

TEST_F(LiveRules, SwitchedOffItClearsAndSwitchedOnItRises) {
  rig.add_links("river_gauge", {{"Z1", PlaceCode(kVillage)}});
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 10"), "    reports: 2\n")));
  rig.settle();
  for (int i = 0; i < 3; ++i) say_after(minutes(5), "Z1", 10.6);
  ASSERT_THAT(standing(), ElementsAre("mine yellow"));
  ASSERT_TRUE(turn("mine", false));
  rig.settle();
  EXPECT_THAT(standing(), IsEmpty());
  EXPECT_FALSE(rig.link("Z1").level);
  EXPECT_FALSE(rig.watch->rules()->rule("mine"));
  rig.close();
  rig.open();
  for (int i = 0; i < 3; ++i) say_after(minutes(5), "Z1", 10.6);
  EXPECT_THAT(standing(), IsEmpty()) << "also after a start";
  ASSERT_TRUE(turn("mine", true));
  rig.settle();
  for (int i = 0; i < 2; ++i) say_after(minutes(5), "Z1", 10.6);
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
}

TEST_F(LiveRules, AStandingAlarmStaysByTheRuleAsItIsNow) {
  rig.add_links("river_gauge", {{"Z1", PlaceCode(kVillage)}});
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 5") + step("red", "value > 8"))));
  rig.settle();
  say_after(minutes(5), "Z1", 9);
  ASSERT_THAT(standing(), ElementsAre("mine red"));
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 4") + step("red", "value > 7"))));
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("mine red"));
  EXPECT_EQ(rig.count("AlarmRaised") + rig.count("AlarmChanged"), 1) << "it holds as it did";
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 4"), "    clear_after: 10 min\n")));
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("mine red")) << "falls after clear_after";
  rig.pass(minutes(11));
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 40"), "    clear_after: 10 min\n")));
  rig.pass(minutes(9));
  EXPECT_THAT(standing(), ElementsAre("mine yellow"));
  rig.pass(minutes(2));
  EXPECT_THAT(standing(), IsEmpty());
}

TEST_F(LiveRules, AreasAndChainsComeAndGoWithTheirRules) {
  rig.add_links("river_gauge", {{"Z1", PlaceCode(kVillage)}, {"Z2", PlaceCode(kVillage)}});
  const auto area = [](int least, const char* over) {
    return fmt::format("area_rules:\n  - {{ id: wide, zh: 片, en: Wide, over: {}, hazard: flood, steps: [{{ level: orange, when: \"count(mine >= yellow) >= {}\" }}], source: s, effective_from: 2026-11-22 }}\n", over, least);
  };
  const std::string chain = "chains:\n  - { id: near, zh: 近, en: Near, from: mine, to: river_gauge, within_km: 1, hazard: flood, steps: [{ level: blue, at: yellow }], source: s, effective_from: 2026-11-22 }\n";
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("yellow", "value > 5"))));
  ASSERT_TRUE(set("wide", area(1, "county")));
  ASSERT_TRUE(set("near", chain));
  rig.settle();
  say_after(minutes(5), "Z1", 9);
  const std::vector<std::string> all{"mine yellow", "near blue", "near blue", "wide orange"};
  EXPECT_EQ(standing(), all);
  const auto raised = rig.count("AlarmRaised");
  ASSERT_TRUE(set("other", gauge_rule("other", step("red", "value > 500"))));
  rig.pass(minutes(1));
  EXPECT_EQ(standing(), all) << "what has not changed stays";
  EXPECT_EQ(rig.count("AlarmRaised"), raised);
  EXPECT_EQ(rig.count("AlarmCleared"), 0);
  ASSERT_TRUE(turn("near", false));
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("mine yellow", "wide orange"));
  ASSERT_TRUE(turn("near", true));
  rig.settle();
  EXPECT_EQ(standing(), all) << "what stands feeds the chain that comes";
  ASSERT_TRUE(set("wide", area(1, "town")));
  rig.settle();
  rig.pass(minutes(1));
  EXPECT_EQ(standing(), all) << "over the town now";
  ASSERT_TRUE(set("wide", area(2, "town")));
  rig.pass(minutes(1));
  EXPECT_THAT(standing(), ElementsAre("mine yellow", "near blue", "near blue"));
  say_after(minutes(5), "Z1", 1);
  rig.pass(minutes(1));
  EXPECT_THAT(standing(), IsEmpty());
}

TEST_F(LiveRules, WhatIsSaidFromOutsideComesBackWithItsRule) {
  const std::string fires = "spot_rules:\n  - { id: fires, zh: 火, en: Fires, hazard: forest_fire, steps: [{ level: yellow, least_mw: 0 }], cleared_after: 24 h, source: s, effective_from: 2026-11-22 }\n";
  ASSERT_TRUE(set("fires", fires));
  rig.settle();
  rig.watch->say({RecordId{}, "大河家镇", PlaceCode(622927101), "fires", WarningLevel::yellow, 20, rig.clock.at, {}, {}}, rig.clock.at);
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("fires yellow"));
  ASSERT_TRUE(turn("fires", false));
  rig.settle();
  EXPECT_THAT(standing(), IsEmpty());
  ASSERT_TRUE(turn("fires", true));
  rig.settle();
  EXPECT_THAT(standing(), ElementsAre("fires yellow"));
}

TEST_F(LiveRules, WithoutAHistoryTheLastReadingStays) {
  const ScratchStore elsewhere("sqlite");
  WatchRig bare(elsewhere.folder(), pack(), WatchRig::kStart, false);
  bare.add_links("river_gauge", {{"Z1", PlaceCode(kVillage)}});
  bare.take({{"Z1", bare.clock.at, 9, 0}});
  bare.settle();
  ASSERT_TRUE(bare.run([&](Reader& r, UtcTime) { return set_own_rule(r, pack(), "mine", gauge_rule("mine", step("red", "value > 5"))); }));
  bare.settle();
  EXPECT_THAT(standing_alarms(bare.reader()), SizeIs(1));
}

TEST_F(LiveRules, TenThousandLinksChangeTheirRulesInSeconds) {
  constexpr int kLinks = 10'000;
  std::vector<WatchRig::NewLink> links;
  for (int i = 0; i < kLinks; ++i) links.push_back({fmt::format("R{:05}", i), PlaceCode(622927100 + i % 17)});
  rig.add_links("rain_gauge", links);
  for (int n = 0; n < 24; ++n) {
    rig.clock.at = rig.clock.at + minutes(5);
    std::vector<SiteReading> readings;
    for (const auto& link : links) readings.push_back({link.code, rig.clock.at, 1, readings.size()});
    rig.take(readings);
  }
  rig.add_links("rain_gauge", {{"S", PlaceCode(kVillage)}});
  rig.settle();
  ASSERT_THAT(standing(), IsEmpty());
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  ASSERT_TRUE(set("mine", gauge_rule("mine", step("blue", "sum(1h) >= 12"), "", "rain_gauge")));
  std::atomic<bool> live{false};
  Clock::duration longest{};  // that a reading waited
  std::thread sender([&] {
    const PlaceCode everywhere;
    for (int64_t n = 1; !live; ++n) {
      const SiteReading reading{"S", rig.clock.at - hours(3) + Millis{n}, 0, 0};
      const auto asked = Clock::now();
      EXPECT_TRUE(rig.watch->take({&reading, 1}, {&everywhere, 1}, "192.0.2.1", [](size_t) { return std::string_view(); }, rig.clock.at).ok());
      longest = std::max(longest, Clock::now() - asked);
    }
  });
  const auto decided = Clock::now();
  rig.watch->tick(rig.clock.at);
  const auto adopted = Clock::now();
  live = true;
  sender.join();
  rig.write();
  EXPECT_EQ(standing_alarms(rig.reader()).size(), static_cast<size_t>(kLinks));
  const auto ms = [](auto span) { return std::chrono::duration_cast<std::chrono::milliseconds>(span).count(); };
  printf("%d links, 24 readings each: decided in %ld ms, live in %ld ms, a reading waited %ld ms at most\n", kLinks, static_cast<long>(ms(decided - begin)), static_cast<long>(ms(adopted - decided)), static_cast<long>(ms(longest)));
  EXPECT_LT(ms(adopted - decided), 30'000);
}

// Four senders, one of new rules after the other: every reading is in its window once.
TEST_F(LiveRules, ReadingsThatArriveMeanwhileCountOnce) {
  constexpr int kLinks = 800, kSenders = 4, kRounds = 40;
  std::vector<WatchRig::NewLink> links;
  for (int i = 0; i < kLinks; ++i) links.push_back({fmt::format("R{:05}", i), PlaceCode(kVillage)});
  rig.add_links("rain_gauge", links);
  const UtcTime now = rig.clock.at;
  std::atomic<bool> go{false};
  std::atomic<int> sending{kSenders}, books{0};
  std::vector<std::thread> senders;
  const PlaceCode everywhere;
  for (int s = 0; s < kSenders; ++s)
    senders.emplace_back([&, s] {
      while (!go) std::this_thread::yield();
      for (int n = 0; n < kRounds; ++n) {
        while (books < n / 8) std::this_thread::yield();  // some rounds in the middle of each book
        std::vector<SiteReading> readings;
        for (int i = s; i < kLinks; i += kSenders) readings.push_back({links[static_cast<size_t>(i)].code, now - minutes(50) + seconds(60 * n), 0.5, readings.size()});
        const auto intake = rig.watch->take(readings, std::span(&everywhere, 1), "192.0.2.1", [](size_t) { return std::string_view("frame"); }, now);
        EXPECT_TRUE(intake.ok() && intake->stored == static_cast<int64_t>(readings.size()));
      }
      --sending;
    });
  go = true;
  while (sending > 0) {
    RuleBook book = pack().rules;
    book.alarms.front().margin = books.load();  // another book each time
    ASSERT_TRUE(rig.watch->adopt(book, now));
    ++books;
  }
  for (auto& t : senders) t.join();
  ASSERT_TRUE(rig.watch->adopt(pack().rules, now));
  EXPECT_GE(books, 4);
  printf("%d rule books while %d readings arrived\n", books.load(), kLinks * kRounds);
  int wrong = 0;
  for (const auto& link : links) {
    const auto sum = window(link.code, "flash_flood_rain");
    if (!sum || *sum != kRounds * 0.5) ++wrong;
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace anlan
