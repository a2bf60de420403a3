// The engine against the reference over random streams with everything that arrives in a bad week.
#include <gtest/gtest.h>

#include <random>

#include "stream/stream_reference.h"

namespace anlan::stream {
namespace {

constexpr UtcTime kStart{1'790'000'000'000};
constexpr LinkNumber kLinks = 6;

TypeSpec rain() {
  TypeSpec spec{.id = "rain", .limits = {"warning"}};
  spec.quality = {.min = 0, .max = 60, .step_max = 12, .interval = minutes(5), .late_after = minutes(13), .silent_after = minutes(40)};
  spec.rules = {
      {.id = "rain_1h", .steps = {{1, "sum(1h) >= 20"}, {2, "sum(1h) >= 40"}, {3, "sum(1h) >= limit.warning"}, {4, "sum(1h) >= 120 and count(30m) > 4"}}, .margin = 5},
      {.id = "soaked", .steps = {{2, "antecedent(0.5, 3d) >= 700"}, {3, "antecedent(0.5, 3d) >= 900 or sum(1h) > 100"}}, .margin = 20, .hold = minutes(7)},
      {.id = "burst", .steps = {{1, "max(10m) >= 15"}, {2, "sum(10m) >= 30"}}, .reports = 2, .clear_after = minutes(11)},
      {.id = "thin", .steps = {{1, "count(25m) < 3"}}, .hold = seconds(90)}};
  return spec;
}

TypeSpec water() {
  TypeSpec spec{.id = "water", .limits = {"warning", "guaranteed"}};
  spec.quality = {.min = -5, .max = 90, .step_max = 2, .flat_after = minutes(10), .flat_readings = 3, .interval = minutes(5), .implausible_after = 2};
  spec.rules = {
      {.id = "height", .steps = {{2, "value >= limit.warning"}, {4, "value >= limit.guaranteed or above(limit.warning) > 60"}}, .margin = 3, .hold = minutes(3), .clear_after = minutes(6), .keep_when_silent = true},
      {.id = "rising", .steps = {{1, "value + rate(1h) * 2 >= limit.warning"}, {3, "rate(30m) > 40 and not mean(1h) < 10"}}, .margin = 2},
      {.id = "wild", .steps = {{1, "range(2h) >= 40 or min(10m) <= 2"}, {2, "range(2h) / (min(2h) + 1) > 30"}}, .margin = 1, .reports = 3}};
  return spec;
}

bool close(double a, double b) { return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)}); }

struct Param {
  bool water;
  unsigned seed;
};

class AgainstReference : public testing::TestWithParam<Param> {};

TEST_P(AgainstReference, SaysTheSame) {
  const auto [is_water, seed] = GetParam();
  std::mt19937_64 dice(seed);
  const auto below = [&](uint64_t n) { return static_cast<int64_t>(dice() % n); };
  const TypeSpec spec = is_water ? water() : rain();
  Engine engine({.spread = Millis{0}});
  const auto type = engine.add_type(spec).value();
  std::vector<std::vector<double>> limits;
  for (LinkNumber i = 0; i < kLinks; ++i) {
    limits.push_back({});
    if (i % 3 != 2) limits.back().push_back(is_water ? 30 + i : 70 + i);
    if (is_water && i % 3 == 0) limits.back().push_back(50);
    engine.add_link(i, type, limits.back(), kStart).value();
  }
  Reference reference(engine.type(type).spec, limits, kStart);  // with its defaults filled in

  UtcTime now = kStart;
  std::vector<double> level(kLinks, 10);
  std::vector<Reading> sent;
  size_t changes = 0, states = 0;
  int quiet_steps = 0, quiet_link = 0;
  for (int step = 0; step < 2500; ++step) {
    if (quiet_steps == 0 && below(200) == 0) {
      quiet_steps = 30 + static_cast<int>(below(60));
      quiet_link = static_cast<int>(below(kLinks + 1));
    }
    now = now + (quiet_steps > 0 ? seconds(60 + below(120)) : milliseconds(below(60'000)));
    if (quiet_steps > 0) --quiet_steps;
    std::vector<Reading> batch;
    const bool nothing = quiet_steps > 0 && quiet_link == kLinks;
    for (int64_t n = nothing ? 0 : below(4); n > 0; --n) {
      Reading r{now, 0, static_cast<LinkNumber>(below(kLinks))};
      if (quiet_steps > 0 && static_cast<int>(r.link) == quiet_link) continue;
      auto& v = level[r.link];
      v = std::clamp(v + static_cast<double>(below(41) - 20) / 4, is_water ? -6.0 : 0.0, is_water ? 70.0 : 25.0);
      r.value = below(2) == 0 ? 1.25 : v;
      switch (below(30)) {
        case 0: r.at = now - minutes(below(120)); break;
        case 1: r.at = now - minutes(below(80 * 60)); break;
        case 2: r.at = now + seconds(below(420)); break;
        case 3: r.value = std::numeric_limits<double>::quiet_NaN(); break;
        case 4: r.value = -std::numeric_limits<double>::infinity(); break;
        case 5: r.at = UtcTime{below(100'000)}; break;
        case 6: r.at = from_civil({2099, 1, 1, 0, 0, 0, 0}); break;
        case 7: r.value = 1000; break;
        case 8:
        case 9:
          if (!sent.empty()) r = sent[sent.size() - 1 - static_cast<size_t>(below(std::min<size_t>(sent.size(), 40)))];
          break;
        case 10: r.link = kLinks + 3; break;
        default: r.at = now - milliseconds(below(20'000));
      }
      batch.push_back(r);
      sent.push_back(r);
    }
    Output got, expected;
    std::vector<Quality> qualities(batch.size()), expected_qualities;
    engine.ingest(batch, now, got, qualities);
    reference.set_clock(now);
    for (const auto& r : batch) expected_qualities.push_back(reference.ingest(r, expected));
    ASSERT_EQ(qualities, expected_qualities) << "step " << step;
    if (below(2) == 0) {
      const int64_t whole = is_water ? 60'000 : 1000;  // above() is looked at once a minute
      now = UtcTime{(now.ms + whole - 1) / whole * whole};
      engine.advance(now, got);
      reference.advance(now, expected);
    }
    ASSERT_EQ(got.links, expected.links) << "step " << step;
    ASSERT_EQ(got.changes.size(), expected.changes.size()) << "step " << step;
    for (size_t i = 0; i < got.changes.size(); ++i) {
      auto &a = got.changes[i], &b = expected.changes[i];
      EXPECT_TRUE(close(a.value, b.value)) << "step " << step << ": " << a.value << " " << b.value;
      a.value = b.value = 0;
      ASSERT_EQ(a, b) << "step " << step << " link " << a.link << "/" << b.link << " rule " << a.rule << "/" << b.rule << " " << int{a.from} << "-" << int{a.to} << "/" << int{b.from} << "-" << int{b.to};
    }
    changes += got.changes.size();
    states += got.links.size();
    if (step % 25 != 0) continue;
    for (LinkNumber i = 0; i < kLinks; ++i) {
      const auto view = engine.state(i, now).value();
      EXPECT_EQ(view.state, reference.link(i).state);
      for (const auto& rule : spec.rules)
        for (const auto& s : rule.steps) {
          const auto condition = parse_condition(s.condition).value();
          for (const auto& node : condition.nodes)
            for (const auto& shown : view.windows) {
              if (shown.text != node.text) continue;
              ASSERT_TRUE(close(shown.value, reference.window(i, node))) << "step " << step << " " << shown.text << " " << shown.value << " " << reference.window(i, node);
            }
        }
    }
  }
  EXPECT_GT(changes, 50u);
  EXPECT_GT(states, 20u);
  for (size_t q = 0; q < kQualities; ++q) {
    if (!is_water && q == static_cast<size_t>(Quality::kSuspectFlat)) continue;
    EXPECT_GT(engine.counts().of[q], 0u) << name_of(static_cast<Quality>(q));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AgainstReference, testing::Values(Param{false, 1}, Param{false, 2}, Param{false, 3}, Param{false, 4}, Param{true, 1}, Param{true, 2}, Param{true, 3}, Param{true, 4}));

}  // namespace
}  // namespace anlan::stream
