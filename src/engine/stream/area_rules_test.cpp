#include "stream/area_rules.h"

#include <gtest/gtest.h>

#include <random>

namespace anlan::stream {
namespace {

constexpr UtcTime kStart{1'789'999'200'000};
UtcTime at(int64_t minute) { return kStart + minutes(minute); }
const std::vector<std::string> kNames{"rain_1h", "river"};

struct Rig {
  explicit Rig(std::vector<AreaRuleSpec> specs, LinkNumber links = 10) : areas(AreaRules::compile(specs, kNames).value()) {
    std::vector<LinkNumber> all;
    for (LinkNumber i = 0; i < links; ++i) {
      areas.add_link(i, i % 2 == 0 ? std::vector<RuleNumber>{0, 1} : std::vector<RuleNumber>{0}).value();
      all.push_back(i);
    }
    areas.add_group(0, "basin", all).value();
  }
  void change(LinkNumber link, RuleNumber rule, Level to, UtcTime now) {
    const Change c{link, rule, 0, to, now, 0};
    areas.apply({&c, 1}, {}, now, out);
  }
  void state(LinkNumber link, LinkState to, UtcTime now) {
    const LinkChange c{link, to, now};
    areas.apply({}, {&c, 1}, now, out);
  }
  Level level(size_t rule = 0) const { return areas.state(0)[rule].level; }

  AreaRules areas;
  std::vector<AreaChange> out;
};

std::string why(std::vector<AreaRuleSpec> specs) {
  const auto made = AreaRules::compile(specs, kNames);
  return made ? "" : std::string(made.error().param("field")) + ": " + made.error().details.at(0).en;
}

TEST(AreaRules, CountsLinks) {
  Rig rig({{.id = "storm", .steps = {{2, "count(rain_1h >= orange) >= 3"}, {4, "share(rain_1h >= yellow) >= 0.5 and highest(level) >= red"}}}});
  rig.change(0, 0, 3, at(1));
  rig.change(1, 0, 3, at(2));
  rig.change(1, 0, 3, at(2));  // told twice, counted once
  EXPECT_EQ(rig.level(), 0);
  rig.change(2, 0, 4, at(3));
  EXPECT_EQ(rig.out.back(), (AreaChange{0, 0, 0, 2, at(3)}));
  rig.change(3, 0, 2, at(4));
  rig.change(4, 0, 2, at(5));
  EXPECT_EQ(rig.out.back(), (AreaChange{0, 0, 2, 4, at(5)}));
  for (LinkNumber i = 0; i < 5; ++i) rig.change(i, 0, 0, at(6));
  EXPECT_EQ(rig.level(), 0);
}

TEST(AreaRules, SharesAreOfTheLinksThatCarryTheRule) {
  Rig rig({{.id = "flood", .steps = {{1, "share(river >= blue) >= 0.4"}}}, {.id = "cut_off", .steps = {{3, "share(silent) >= 0.3"}}}});
  rig.change(0, 1, 1, at(1));
  EXPECT_EQ(rig.level(), 0);
  rig.change(2, 1, 1, at(1));  // two of five
  EXPECT_EQ(rig.level(), 1);
  for (LinkNumber i = 0; i < 3; ++i) rig.state(i, LinkState::kSilent, at(2));
  EXPECT_EQ(rig.level(1), 3);
  rig.state(0, LinkState::kFresh, at(3));
  EXPECT_EQ(rig.level(1), 0);
}

TEST(AreaRules, HoldsAndClears) {
  Rig rig({{.id = "a", .steps = {{1, "count(rain_1h >= 1) >= 1"}, {2, "count(rain_1h >= 1) >= 2"}}, .hold = minutes(5), .clear_after = minutes(10)}});
  rig.change(0, 0, 1, at(0));
  rig.areas.advance(at(4), rig.out);
  rig.change(1, 0, 1, at(4));
  rig.areas.advance(at(5), rig.out);
  EXPECT_EQ(rig.level(), 1);
  rig.areas.advance(at(9), rig.out);
  EXPECT_EQ(rig.level(), 2);
  rig.change(1, 0, 0, at(10));
  rig.areas.advance(at(19), rig.out);
  EXPECT_EQ(rig.level(), 2);
  rig.areas.advance(at(20), rig.out);
  EXPECT_EQ(rig.level(), 1);
}

TEST(AreaRules, KnowsSequences) {
  const std::vector<AreaRuleSpec> specs{{.id = "a", .steps = {{3, "count(rain_1h >= yellow) >= 1 then count(river >= yellow) >= 1 within 6h"}}}};
  {
    Rig rig(specs);  // rain stops, the river rises five hours later
    rig.change(0, 0, 2, at(0));
    rig.change(0, 0, 0, at(120));
    rig.change(2, 1, 2, at(420));
    EXPECT_EQ(rig.level(), 3);
    rig.change(2, 1, 0, at(500));
    EXPECT_EQ(rig.level(), 0);
  }
  {
    Rig rig(specs);  // too late
    rig.change(0, 0, 2, at(0));
    rig.change(0, 0, 0, at(120));
    rig.change(2, 1, 2, at(481));
    EXPECT_EQ(rig.level(), 0);
  }
  {
    Rig rig(specs);  // the other way round
    rig.change(2, 1, 2, at(0));
    rig.change(0, 0, 2, at(10));
    EXPECT_EQ(rig.level(), 0);
  }
}

TEST(AreaRules, ChainsInOneMomentAndRefusesCircles) {
  Rig rig({{.id = "evacuate", .steps = {{4, "area(slope) >= orange"}}},
           {.id = "slope", .steps = {{3, "area(upstream_rain) >= orange and not share(silent) >= 0.5"}}},
           {.id = "upstream_rain", .steps = {{3, "highest(rain_1h) >= red"}}}});
  rig.change(5, 0, 4, at(1));
  ASSERT_EQ(rig.out.size(), 3u);
  EXPECT_EQ(rig.out[0], (AreaChange{0, 2, 0, 3, at(1)}));
  EXPECT_EQ(rig.out[2], (AreaChange{0, 0, 0, 4, at(1)}));

  EXPECT_EQ(why({{.id = "x", .steps = {{1, "area(a) > 0"}}}, {.id = "a", .steps = {{1, "area(b) > 0"}}}, {.id = "b", .steps = {{1, "area(a) > 0"}}}}),
            "areas.x: area rules name each other in a circle: a → b → a");
  EXPECT_EQ(why({{.id = "a", .steps = {{1, "area(a) > 0"}}}}), "areas.a: area rules name each other in a circle: a → a");
  EXPECT_EQ(why({{.id = "a", .kind = "place", .steps = {{1, "area(b) > 0"}}}, {.id = "b", .kind = "basin", .steps = {{1, "count(silent) > 0"}}}}),
            "areas.a.steps.1.condition: “b” is a rule for groups of another kind");
}

TEST(AreaRules, FaultsSayWhereAndWhat) {
  EXPECT_EQ(why({{.id = "a", .steps = {{1, "count(rain_2h >= 1) >= 1"}}}}), "areas.a.steps.1.condition: no link has a rule “rain_2h”");
  EXPECT_EQ(why({{.id = "a", .steps = {{1, "count(rain_1h >= pink) >= 1"}}}}),
            "areas.a.steps.1.condition: at character 18: expected blue, yellow, orange, red, or 1 to 4, found “pink”");
  EXPECT_EQ(why({{.id = "a", .steps = {{1, "count(asleep) >= 1"}}}}),
            "areas.a.steps.1.condition: at character 13: expected “>=” and a level, or one of unknown, fresh, late, silent, implausible, flat, found “)”");
  EXPECT_EQ(why({{.id = "a", .steps = {{1, "count(silent) > 1 then count(late) > 1"}}}}),
            "areas.a.steps.1.condition: at character 39: expected “within”, found the end");
}

TEST(AreaRules, AppliesToGroupsOfItsKind) {
  Rig rig({{.id = "a", .kind = "place", .steps = {{1, "count(rain_1h >= 1) >= 1"}}}});
  rig.areas.add_group(1, "place", std::vector<LinkNumber>{0, 0, 1}).value();
  rig.change(0, 0, 1, at(1));
  ASSERT_EQ(rig.out.size(), 1u);
  EXPECT_EQ(rig.out[0].group, 1u);
  EXPECT_FALSE(rig.areas.add_group(1, "place", {}).ok());
  EXPECT_FALSE(rig.areas.add_group(2, "place", std::vector<LinkNumber>{77}).ok());
}

TEST(AreaRules, RestoresWithoutOutput) {
  const std::vector<AreaRuleSpec> specs{{.id = "a", .steps = {{2, "count(rain_1h >= 2) >= 2 and share(fresh) >= 1"}}}};
  Rig rig(specs);
  for (LinkNumber i = 0; i < 10; ++i) rig.areas.set_state(i, LinkState::kFresh);
  rig.areas.set_level(0, 0, 2);
  rig.areas.set_level(1, 0, 2);
  rig.areas.set_area_level(0, 0, 2, at(-30));
  rig.areas.advance(at(0), rig.out);
  EXPECT_TRUE(rig.out.empty());
  EXPECT_EQ(rig.areas.state(0)[0].since, at(-30));
}

// Counters against counting anew, over many overlapping groups.
TEST(AreaRules, CountersAgreeWithCounting) {
  std::mt19937_64 dice(5);
  const std::vector<AreaRuleSpec> specs{{.id = "a", .steps = {{1, "count(rain_1h >= 2) >= 3"}, {2, "share(rain_1h >= 3) >= 0.25"}, {3, "count(late) + count(silent) > 4"}, {4, "highest(level) >= 4 and not highest(rain_1h) < 3"}}}};
  auto areas = AreaRules::compile(specs, kNames).value();
  constexpr LinkNumber kLinks = 60;
  constexpr GroupNumber kGroups = 12;
  std::vector<std::array<Level, 2>> levels(kLinks);
  std::vector<LinkState> states(kLinks);
  std::vector<std::vector<LinkNumber>> groups(kGroups);
  for (LinkNumber i = 0; i < kLinks; ++i) areas.add_link(i, std::vector<RuleNumber>{0, 1}).value();
  for (GroupNumber g = 0; g < kGroups; ++g) {
    for (LinkNumber i = 0; i < kLinks; ++i)
      if (dice() % 4 == 0) groups[g].push_back(i);
    areas.add_group(g, "", groups[g]).value();
  }
  std::vector<AreaChange> out;
  for (int step = 0; step < 2000; ++step) {
    const auto link = static_cast<LinkNumber>(dice() % kLinks);
    if (dice() % 2) {
      const auto rule = static_cast<RuleNumber>(dice() % 2);
      const auto to = static_cast<Level>(dice() % 8 == 0 ? dice() % 5 : 0);
      levels[link][rule] = to;
      const Change change{link, rule, 0, to, at(step), 0};
      areas.apply({&change, 1}, {}, at(step), out);
    } else {
      states[link] = static_cast<LinkState>(dice() % 3 == 0 ? dice() % kLinkStates : 1);
      const LinkChange change{link, states[link], at(step)};
      areas.apply({}, {&change, 1}, at(step), out);
    }
    areas.advance(at(step), out);
    for (GroupNumber g = 0; g < kGroups; ++g) {
      int two = 0, three = 0, quiet = 0, red_rain = 0, red_level = 0;
      for (const LinkNumber i : groups[g]) {
        two += levels[i][0] >= 2;
        three += levels[i][0] >= 3;
        red_rain += levels[i][0] >= 3;
        red_level += levels[i][0] >= 4 || levels[i][1] >= 4;
        quiet += states[i] == LinkState::kLate || states[i] == LinkState::kSilent;
      }
      const bool red = red_rain > 0 && red_level > 0;
      const Level expected = red ? 4 : quiet > 4 ? 3 : three * 4 >= static_cast<int>(groups[g].size()) ? 2 : two >= 3 ? 1 : 0;
      ASSERT_EQ(areas.state(g)[0].level, expected) << "step " << step << " group " << g;
    }
  }
  EXPECT_GT(out.size(), 100u);
}

}  // namespace
}  // namespace anlan::stream
