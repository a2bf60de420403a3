#include "signals/chains.h"

#include <gtest/gtest.h>

#include <random>

#include "registry/alarm_rule_read.h"

namespace anlan {
namespace {

constexpr UtcTime kNow{1'750'000'000'000};
constexpr int64_t kTown = 622927101, kVillage = 622927101201, kOther = 622927102201;

Chain chain(const std::string& id, const std::string& from, const std::string& to) {
  Chain c;
  c.id = id;
  c.from = from;
  c.to = to;
  c.steps = {{WarningLevel::yellow, WarningLevel::yellow, 0}, {WarningLevel::red, WarningLevel::orange, 0}};
  return c;
}

struct Rig {
  explicit Rig(std::vector<Chain> chains) {
    for (const auto* id : {"slope", "reach", "school"}) {
      RecordType type;
      type.id = id;
      pack.record_types.push_back(type);
    }
    auto book = std::make_shared<RuleBook>();
    book->chains = std::move(chains);
    made.emplace(pack, book);
  }
  void target(int64_t id, const std::string& type, LonLat at, int64_t place = kVillage, json::object fields = {}) {
    const RecordState record{RecordId{id}, type, "目标" + std::to_string(id), PlaceCode(place), at, std::move(fields), false};
    made->set_target(RecordId{id}, &record, kNow, out);
  }
  void said(const std::string& rule, int64_t source, std::optional<WarningLevel> level, LonLat at = {103, 35}, UtcTime when = kNow, const std::string& code = "G1") {
    made->said(rule, {RecordId{source}, PlaceCode(kVillage), at, code, "源" + std::to_string(source)}, level, when, when, out);
  }
  // What was said since the last look, "rule:target=level".
  std::string heard() {
    std::string text;
    for (const auto& w : out) text += w.rule + ":" + std::to_string(w.link.value) + "=" + (w.level ? boost::describe::enum_to_string(*w.level, "") : "none") + " ";
    out.clear();
    return text;
  }
  Pack pack;
  std::optional<Chains> made;
  std::vector<AlarmWanted> out;
};

TEST(Chains, ReachWhatIsNear) {
  auto c = chain("near", "rain", "slope");
  c.within_km = 5;
  Rig rig({c});
  rig.target(1, "slope", {103.01, 35});   // 0.9 km
  rig.target(2, "slope", {103.2, 35});    // 18 km
  rig.target(3, "school", {103.01, 35});
  rig.said("rain", 9, WarningLevel::blue);
  EXPECT_EQ(rig.heard(), "") << "blue gives nothing";
  rig.said("rain", 9, WarningLevel::yellow);
  ASSERT_EQ(rig.out.size(), 1u);
  EXPECT_EQ(rig.out[0].cause, "源9");
  EXPECT_FALSE(rig.out[0].due);
  EXPECT_EQ(rig.heard(), "near:1=yellow ");
  rig.said("wind", 9, WarningLevel::red);
  EXPECT_EQ(rig.heard(), "") << "another rule";
  rig.said("rain", 9, WarningLevel::red);
  EXPECT_EQ(rig.heard(), "near:1=red ");
  rig.said("rain", 9, std::nullopt);
  EXPECT_EQ(rig.heard(), "near:1=none ");
}

TEST(Chains, TheHighestSourceCountsAndTheLastOneHolds) {
  auto c = chain("near", "rain", "slope");
  c.within_km = 5;
  c.clear_after = hours(2);
  Rig rig({c});
  rig.target(1, "slope", {103, 35});
  rig.said("rain", 8, WarningLevel::yellow);
  rig.said("rain", 9, WarningLevel::orange);
  EXPECT_EQ(rig.heard(), "near:1=yellow near:1=red ");
  rig.said("rain", 9, std::nullopt, {103, 35}, kNow + hours(1));
  rig.made->advance(kNow + hours(3) - seconds(1), rig.out);
  EXPECT_EQ(rig.heard(), "") << "it holds for two hours";
  rig.made->advance(kNow + hours(3), rig.out);
  EXPECT_EQ(rig.heard(), "near:1=yellow ") << "then what the other gives";
  rig.said("rain", 8, std::nullopt, {103, 35}, kNow + hours(4));
  rig.said("rain", 8, WarningLevel::yellow, {103, 35}, kNow + hours(5));
  rig.made->advance(kNow + hours(9), rig.out);
  EXPECT_EQ(rig.heard(), "") << "it came back before the time was over";
}

TEST(Chains, FollowNamesAndSayWhenItArrives) {
  auto c = chain("down", "flood", "reach");
  c.by = "upstream";
  c.travel = "minutes";
  Rig rig({c});
  rig.target(1, "reach", {0, 0}, kOther, {{"upstream", "G1、G7"}, {"minutes", 90}});
  rig.target(2, "reach", {0, 0}, kOther, {{"upstream", "G2"}, {"minutes", 30}});
  rig.said("flood", 9, WarningLevel::orange);
  ASSERT_EQ(rig.out.size(), 1u);
  EXPECT_EQ(rig.out[0].due, kNow + minutes(90));
  EXPECT_EQ(rig.out[0].place, PlaceCode(kOther)) << "the alarm is where the water goes";
  EXPECT_EQ(rig.heard(), "down:1=red ");
}

TEST(Chains, FeedOneAnother) {
  auto first = chain("slopes", "rain", "slope");
  first.within_km = 5;
  auto second = chain("schools", "slopes", "school");
  second.same = "town";
  Rig rig({first, second});
  rig.target(1, "slope", {103, 35}, kVillage);
  rig.target(2, "school", {103, 35}, kTown);
  rig.target(3, "school", {103, 35}, kOther);
  rig.said("rain", 9, WarningLevel::orange);
  EXPECT_EQ(rig.heard(), "slopes:1=red schools:2=red ");
  rig.said("rain", 9, std::nullopt);
  EXPECT_EQ(rig.heard(), "slopes:1=none schools:2=none ");
}

TEST(Chains, TargetsComeMoveAndGo) {
  auto c = chain("near", "rain", "slope");
  c.within_km = 5;
  Rig rig({c});
  rig.said("rain", 9, WarningLevel::orange);
  rig.target(1, "slope", {103, 35});
  EXPECT_EQ(rig.heard(), "near:1=red ") << "made while its source stands";
  rig.target(1, "slope", {104, 35});
  EXPECT_EQ(rig.heard(), "near:1=none ") << "moved out of reach";
  rig.target(1, "slope", {103, 35});
  EXPECT_EQ(rig.heard(), "near:1=red ");
  rig.made->set_target(RecordId{1}, nullptr, kNow, rig.out);
  EXPECT_EQ(rig.heard(), "near:1=none ");
}

TEST(Chains, AnEarthquakeIsFeltForAsLongAsThePackSays) {
  Chain c = chain("shaken", std::string(Chain::kFromEarthquake), "slope");
  c.steps = {{WarningLevel::yellow, {}, 6}, {WarningLevel::red, {}, 8}};
  c.clear_after = hours(72);
  Rig rig({c});
  rig.target(1, "slope", {103.02, 35});
  rig.target(2, "slope", {103.5, 35});
  rig.target(3, "slope", {106, 35});
  const Earthquake quake{1, kNow, 103, 35, 6.4, 10, "积石山"};
  rig.made->shaken({&quake, 1}, kNow + minutes(1), rig.out);
  std::sort(rig.out.begin(), rig.out.end(), [](const auto& a, const auto& b) { return a.link < b.link; });
  ASSERT_EQ(rig.out.size(), 2u);
  EXPECT_GE(rig.out[0].value, 8);
  EXPECT_GE(rig.out[1].value, 6);
  EXPECT_EQ(rig.heard(), "shaken:1=red shaken:2=yellow ");
  rig.made->shaken({&quake, 1}, kNow + minutes(2), rig.out);
  EXPECT_EQ(rig.heard(), "") << "the same again changes nothing";
  rig.made->advance(kNow + hours(72), rig.out);
  EXPECT_EQ(rig.out.size(), 2u);
  EXPECT_FALSE(rig.out[0].level);
}

TEST(Chains, RestoredLevelsClearUnlessTheirSourceIsSaidAgain) {
  auto c = chain("near", "rain", "slope");
  c.within_km = 5;
  c.clear_after = hours(1);
  Rig rig({c});
  rig.target(1, "slope", {103, 35});
  rig.target(2, "slope", {103.3, 35});
  EXPECT_TRUE(rig.made->restore("near", RecordId{1}, WarningLevel::red, kNow - minutes(50)));
  EXPECT_TRUE(rig.made->restore("near", RecordId{2}, WarningLevel::red, kNow - minutes(50)));
  EXPECT_FALSE(rig.made->restore("near", RecordId{7}, WarningLevel::red, kNow)) << "no such target";
  EXPECT_FALSE(rig.made->restore("far", RecordId{1}, WarningLevel::red, kNow)) << "no such chain";
  rig.said("rain", 9, WarningLevel::orange);
  EXPECT_EQ(rig.heard(), "") << "it stands already";
  rig.made->advance(kNow + minutes(10), rig.out);
  EXPECT_EQ(rig.heard(), "near:2=none ");
}

// Whatever the order of events, what stands in the end is what the sources that stand give.
TEST(Chains, EqualsTheDefinition) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 dice(seed);
    const auto roll = [&](uint64_t n) { return dice() % n; };
    auto near = chain("near", "rain", "slope");
    near.within_km = 3;
    auto next = chain("next", "near", "school");
    next.within_km = 2;
    Rig rig({near, next});
    const auto spot = [&] { return LonLat{103 + static_cast<double>(roll(100)) * 0.001, 35 + static_cast<double>(roll(100)) * 0.001}; };
    std::map<int64_t, LonLat> slopes, schools;
    std::map<int64_t, std::pair<LonLat, WarningLevel>> sources;
    std::map<std::string, std::optional<WarningLevel>> stands;
    for (int step = 0; step < 300; ++step) {
      const auto id = static_cast<int64_t>(roll(20));
      switch (roll(5)) {
        case 0: rig.target(100 + id, "slope", slopes[100 + id] = spot()); break;
        case 1: rig.target(200 + id, "school", schools[200 + id] = spot()); break;
        case 2:
          rig.made->set_target(RecordId{100 + id}, nullptr, kNow, rig.out);
          slopes.erase(100 + id);
          break;
        case 3: {
          const auto level = static_cast<WarningLevel>(roll(4));
          const bool counts = level >= WarningLevel::yellow;
          const LonLat at = spot();
          if (counts) sources[id] = {at, level};
          else sources.erase(id);
          rig.said("rain", id, level, at);
          break;
        }
        default:
          sources.erase(id);
          rig.said("rain", id, std::nullopt);
      }
      for (const auto& w : rig.out) stands[w.rule + std::to_string(w.link.value)] = w.level;
      rig.out.clear();
    }
    const auto given = [](WarningLevel l) { return l >= WarningLevel::orange ? WarningLevel::red : WarningLevel::yellow; };
    std::map<int64_t, WarningLevel> of_slopes;
    const auto expect = [&](const std::string& key, std::optional<WarningLevel> level) { EXPECT_EQ(stands[key], level) << key << ", seed " << seed; };
    for (const auto& [id, at] : slopes) {
      std::optional<WarningLevel> level;
      for (const auto& [s, source] : sources)
        if (distance_m(source.first, at) <= 3'000) level = std::max(level.value_or(WarningLevel::blue), given(source.second));
      expect("near" + std::to_string(id), level);
      if (level) of_slopes[id] = *level;
    }
    for (const auto& [id, at] : schools) {
      std::optional<WarningLevel> level;
      for (const auto& [s, l] : of_slopes)
        if (distance_m(slopes[s], at) <= 2'000) level = std::max(level.value_or(WarningLevel::blue), given(l));
      expect("next" + std::to_string(id), level);
    }
  }
}

}  // namespace
}  // namespace anlan
