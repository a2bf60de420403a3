#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "stream/engine.h"

namespace anlan::stream {
namespace {

constexpr UtcTime kStart{1'789'999'200'000};  // on the hour
UtcTime at(int64_t minute) { return kStart + minutes(minute); }

struct Told {
  LinkNumber link;
  double value;
  bool fresh;
};
std::vector<Told> told(Engine& engine, size_t window, TypeNumber type = 0) {
  std::vector<Told> out;
  engine.each_window(type, window, [&](LinkNumber link, double value, bool fresh) { out.push_back({link, value, fresh}); });
  return out;
}

TypeSpec gauge() {
  TypeSpec spec{.id = "gauge", .limits = {"warning"}};
  spec.quality.interval = minutes(5);
  spec.rules = {{.id = "r", .steps = {{1, "sum(3h) >= 50"}}}};
  spec.extra_windows = {"sum(1h)", "value", "antecedent(0.8,3d)"};
  return spec;
}

TEST(EachWindow, IsFreshOnceHalfOfTheWindowWasHeard) {
  Engine engine;
  const auto type = engine.add_type(gauge()).value();
  engine.add_link(3, type, {}, kStart).value();
  Output out;
  for (int i = 1; i <= 8; ++i) {
    const Reading r{at(5 * i), 2, 3};
    engine.ingest({&r, 1}, r.at, out);
    const auto sum = told(engine, 0).at(0);
    EXPECT_EQ(sum.link, 3u);
    EXPECT_EQ(sum.value, 2 * i);
    EXPECT_EQ(sum.fresh, i >= 6) << i << " of 12";
    EXPECT_EQ(told(engine, 1).at(0).value, 2);
    EXPECT_TRUE(told(engine, 1).at(0).fresh) << "a value has no window";
    EXPECT_TRUE(told(engine, 2).at(0).fresh) << "antecedent rain keeps no count";
  }
  engine.advance(at(55), out);  // late
  EXPECT_FALSE(told(engine, 0).at(0).fresh);
  EXPECT_FALSE(told(engine, 1).at(0).fresh);
  engine.advance(at(200), out);
  EXPECT_EQ(told(engine, 0).at(0).value, 0);
}

TEST(EachWindow, TellsTheLinksOfItsTypeOnly) {
  Engine engine;
  auto level = gauge();
  level.id = "level";
  level.extra_windows = {"value"};
  const auto a = engine.add_type(gauge()).value(), b = engine.add_type(level).value();
  for (LinkNumber i = 0; i < 6; ++i) engine.add_link(i, i % 2 ? b : a, {}, kStart).value();
  engine.remove_link(2);
  std::vector<LinkNumber> links;
  for (const auto& t : told(engine, 0, a)) links.push_back(t.link);
  EXPECT_EQ(links, (std::vector<LinkNumber>{0, 4}));
  EXPECT_EQ(told(engine, 0, b).size(), 3u);
  EXPECT_TRUE(std::isnan(told(engine, 0, b)[0].value)) << "nothing said yet";
}

// Two engines with the same readings, one of which is looked at all the time: the same changes, the same windows.
TEST(EachWindow, LookingChangesNothing) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 dice(seed);
    auto spec = gauge();
    spec.quality.max = 40;
    spec.rules.push_back({.id = "m", .steps = {{1, "mean(30m) >= 8"}, {3, "rate(2h) > 5 or above(9) >= 20"}}, .hold = minutes(3), .clear_after = minutes(7)});
    Engine looked, left;
    for (auto* e : {&looked, &left}) {
      e->add_type(spec).value();
      for (LinkNumber i = 0; i < 20; ++i) e->add_link(i, 0, {}, kStart).value();
    }
    Output a, b;
    UtcTime now = kStart;
    for (int i = 0; i < 3'000; ++i) {
      now = now + seconds(static_cast<int64_t>(dice() % 40));
      const Reading r{now - minutes(static_cast<int64_t>(dice() % 10 == 0 ? dice() % 200 : 0)), static_cast<double>(dice() % 200) / 10, static_cast<LinkNumber>(dice() % 20)};
      looked.ingest({&r, 1}, now, a);
      left.ingest({&r, 1}, now, b);
      if (i % 3 == 0) {
        looked.advance(now, a);
        left.advance(now, b);
      }
      for (const auto& t : told(looked, i % 3)) {
        const auto view = left.state(t.link, now).value();
        const double expected = i % 3 == 1 ? (view.has_value ? view.newest.value : NAN) : std::find_if(view.windows.begin(), view.windows.end(), [&](const auto& w) { return w.text == spec.extra_windows[i % 3]; })->value;
        ASSERT_TRUE(t.value == expected || (std::isnan(t.value) && std::isnan(expected)) || std::abs(t.value - expected) < 1e-9) << seed << " " << i;
      }
    }
    EXPECT_EQ(a.changes.size(), b.changes.size()) << "seed " << seed;
    for (size_t i = 0; i < std::min(a.changes.size(), b.changes.size()); ++i) {
      EXPECT_EQ(a.changes[i].link, b.changes[i].link);
      EXPECT_EQ(a.changes[i].to, b.changes[i].to);
      EXPECT_EQ(a.changes[i].at, b.changes[i].at);
    }
    EXPECT_EQ(a.links, b.links);
    EXPECT_GT(a.changes.size(), 100u);
  }
}

TEST(EachWindow, RefusesWhatIsNoWindow) {
  const auto why = [](const char* text) {
    Engine engine;
    auto spec = gauge();
    spec.extra_windows = {"value", text};
    const auto made = engine.add_type(spec);
    if (made) return std::string("taken");
    EXPECT_TRUE(engine.rule_names().empty());
    return std::string(made.error().param("field")) + ": " + made.error().details.at(0).en;
  };
  EXPECT_EQ(why("sum(1h) >= 3"), "extra_windows.2: at character 9: expected the end, found “>=”");
  EXPECT_EQ(why("sum(1h"), "extra_windows.2: at character 7: expected “)”, found the end");
  EXPECT_EQ(why(""), "extra_windows.2: at character 1: expected value, limit.NAME, sum(1h) or another function, a number, or “(”, found the end");
  EXPECT_EQ(why("3").substr(0, 32), "extra_windows.2: at character 1:");
  EXPECT_EQ(why("limit.warning"), "extra_windows.2: value or a function, not a limit");
  EXPECT_EQ(why("above(limit.other)"), "extra_windows.2: the type has no limit “other”");
  EXPECT_EQ(why("above(limit.warning)"), "taken");
  EXPECT_EQ(why(std::string(2'000, 'x').c_str()).substr(0, 16), "extra_windows.2:");
}

}  // namespace
}  // namespace anlan::stream
