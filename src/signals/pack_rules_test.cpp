// Every rule of packs/cn about links, held against a series just below and just above each of its levels, by the engine that
// watches in service. A rule or a level without a case is a fault.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "signals/compiled.h"

namespace anlan {
namespace {

constexpr auto blue = WarningLevel::blue, yellow = WarningLevel::yellow, orange = WarningLevel::orange, red = WarningLevel::red;
using Limits = std::vector<std::pair<std::string, double>>;

// What a sensor says, by the time since the series began; the series ends after `length`.
struct Series {
  Millis length;
  std::function<double(Millis)> value;
};

Series steady(double value, Millis length = hours(2)) {
  return {length, [=](Millis) { return value; }};
}
// So much in all over the last `span`, evenly, at one reading every `interval`; before it the same for `before` per reading.
Series amount(double total, Millis span, Millis interval, double before = 0, Millis length = {}) {
  if (length.count == 0) length = span;
  const double each = total * static_cast<double>(interval.count) / static_cast<double>(span.count);
  return {length, [=](Millis at) { return at > length - span ? each : before; }};
}
// Day and night of 10 degrees around `warm`, then a fall by `fall` within `within`, and five hours more of it. The fall is
// that against the same hour before.
Series cold_wave(double warm, double fall, Millis within) {
  const Millis days = hours(96), length = days + within + hours(5);
  return {length, [=](Millis at) {
            const double turn = std::sin(static_cast<double>(at.count) / static_cast<double>(hours(24).count) * 2 * 3.14159265358979);
            const double gone = std::clamp(static_cast<double>((at - days).count) / static_cast<double>(within.count), 0.0, 1.0);
            return warm + 2 * turn - gone * fall;
          }};
}

struct Case {
  const char* rule;
  WarningLevel level;
  Limits limits;
  Series below, above;
};

Series rain(double mm, Millis span) { return amount(mm, span, minutes(5)); }
// A fortnight of drizzle, a dry day, then the rain.
Series rain_on_wet(double mm, Millis span, double mm_a_day = 20) {
  const Millis wet = hours(24 * 14), length = wet + hours(26) + span;
  return {length, [=](Millis at) { return at <= wet ? mm_a_day / 288 : at > length - span ? mm / (static_cast<double>(span.count) / minutes(5).count) : 0.0; }};
}

const Limits kVillage{{"ready_1h", 30}, {"move_1h", 45}, {"ready_3h", 45}, {"move_3h", 70}, {"ready_6h", 60}, {"move_6h", 90}, {"wet_from", 50}, {"wet_share", 0.8}};
const Limits kSlope{{"local", 1}, {"wet_from", 50}}, kWeakSlope{{"local", 0.5}, {"wet_from", 50}};
const Limits kRiver{{"warning", 10}, {"guaranteed", 12}, {"historic", 14}}, kDam{{"flood_limit", 100}, {"design", 103}, {"check", 105}};
const Limits kGauge{{"ready_1h", 30}, {"move_1h", 45}, {"ready_6h", 60}, {"move_6h", 90}};
const Limits kGrade1{{"high", 2}, {"high_high", 3}, {"grade", 1}}, kGrade3{{"high", 2}, {"high_high", 3}, {"grade", 3}};
const Limits kGas1{{"alarm_1", 1}, {"alarm_2", 2}, {"grade", 2}}, kGasNone{{"alarm_1", 1}, {"alarm_2", 2}};

Series rising(double to, double per_hour) {
  return {hours(3), [=](Millis at) { return to - per_hour * static_cast<double>((hours(3) - at).count) / static_cast<double>(hours(1).count); }};
}
Series moving(double mm_a_day) {
  return {hours(30), [=](Millis at) { return mm_a_day * static_cast<double>(at.count) / static_cast<double>(hours(24).count); }};
}
// Maxima of so many degrees each afternoon at 15:00 (the series begins at midnight), until 16:00 of the last day.
Series hot_days(int days, double maximum) {
  return {hours(24 * (days - 1) + 16), [=](Millis at) {
            const double hour = static_cast<double>(at.count % hours(24).count) / static_cast<double>(hours(1).count);
            return maximum - 6 + 6 * std::cos((hour - 15) / 12 * 3.14159265358979);
          }};
}

std::vector<Case> cases() {
  const auto snow = [](double mm, Millis span) { return amount(mm, span, minutes(10)); };
  const auto ahead = [](double h) { return Limits{{"hours", h}}; };
  return {
      {"rain_amount", blue, {}, rain(49.9, hours(12)), rain(50.1, hours(12))},
      {"rain_amount", yellow, {}, rain(49.9, hours(6)), rain(50.1, hours(6))},
      {"rain_amount", orange, {}, rain(49.9, hours(3)), rain(50.1, hours(3))},
      {"rain_amount", red, {}, rain(99.9, hours(3)), rain(100.1, hours(3))},
      {"flash_flood_rain", orange, kGauge, rain(29.9, hours(1)), rain(30.1, hours(1))},
      {"flash_flood_rain", orange, kGauge, rain(59.9, hours(6)), rain(60.1, hours(6))},
      {"flash_flood_rain", red, kGauge, rain(44.9, hours(1)), rain(45.1, hours(1))},
      {"flash_flood_rain", red, kGauge, rain(89.9, hours(6)), rain(90.1, hours(6))},

      {"flash_flood_village", orange, kVillage, rain(29.9, hours(1)), rain(30.1, hours(1))},
      {"flash_flood_village", orange, kVillage, rain(44.9, hours(3)), rain(45.1, hours(3))},
      {"flash_flood_village", orange, kVillage, rain(59.9, hours(6)), rain(60.1, hours(6))},
      {"flash_flood_village", orange, kVillage, rain_on_wet(23.9, hours(1)), rain_on_wet(24.1, hours(1))},
      {"flash_flood_village", orange, kVillage, rain_on_wet(24.1, hours(1), 5), rain_on_wet(30.1, hours(1), 5)},
      {"flash_flood_village", orange, {{"ready_1h", 30}}, rain(29.9, hours(1)), rain(30.1, hours(1))},
      {"flash_flood_village", red, kVillage, rain(44.9, hours(1)), rain(45.1, hours(1))},
      {"flash_flood_village", red, kVillage, rain(69.9, hours(3)), rain(70.1, hours(3))},
      {"flash_flood_village", red, kVillage, rain(89.9, hours(6)), rain(90.1, hours(6))},
      {"flash_flood_village", red, kVillage, rain_on_wet(35.9, hours(1)), rain_on_wet(36.1, hours(1))},

      {"landslide_rain", blue, kSlope, rain(8.8, hours(1)), rain(9, hours(1))},
      {"landslide_rain", blue, kSlope, rain(61.7, hours(24)), rain(61.9, hours(24))},
      {"landslide_rain", blue, kSlope, rain(120.7, hours(72)), rain(121, hours(72))},
      {"landslide_rain", blue, kWeakSlope, rain(4.4, hours(1)), rain(4.5, hours(1))},
      {"landslide_rain", yellow, kSlope, rain(23.1, hours(3)), rain(23.3, hours(3))},
      {"landslide_rain", yellow, kSlope, rain(53.9, hours(12)), rain(54.1, hours(12))},
      {"landslide_rain", yellow, kSlope, rain_on_wet(8.8, hours(1)), rain_on_wet(9, hours(1))},
      {"landslide_rain", orange, kSlope, rain(44.1, hours(6)), rain(44.3, hours(6))},
      {"landslide_rain", orange, kSlope, rain(102.9, hours(24)), rain(103.1, hours(24))},
      {"landslide_rain", orange, kSlope, rain_on_wet(23.1, hours(3)), rain_on_wet(23.3, hours(3))},
      {"landslide_rain", red, kSlope, rain(17.7, hours(1)), rain(17.9, hours(1))},
      {"landslide_rain", red, kSlope, rain(241.3, hours(72)), rain(241.8, hours(72))},
      {"landslide_rain", red, kSlope, rain_on_wet(44.1, hours(6)), rain_on_wet(44.3, hours(6))},
      {"debris_flow_rain", yellow, kSlope, rain(19.9, hours(1)), rain(20.1, hours(1))},
      {"debris_flow_rain", orange, kSlope, rain(29.9, hours(1)), rain(30.1, hours(1))},
      {"debris_flow_rain", orange, kSlope, rain_on_wet(19.9, hours(1)), rain_on_wet(20.1, hours(1))},
      {"debris_flow_rain", red, kSlope, rain(49.9, hours(1)), rain(50.1, hours(1))},
      {"debris_flow_rain", red, kSlope, rain_on_wet(29.9, hours(1)), rain_on_wet(30.1, hours(1))},

      {"river_level", blue, kRiver, rising(9, 0.32), rising(9, 0.36)},
      {"river_level", yellow, kRiver, steady(9.99), steady(10)},
      {"river_level", orange, kRiver, steady(11.99), steady(12)},
      {"river_level", red, kRiver, steady(13.99), steady(14)},
      {"reservoir_level", blue, kDam, rising(99, 0.32), rising(99, 0.36)},
      {"reservoir_level", yellow, kDam, steady(99.99), steady(100)},
      {"reservoir_level", orange, kDam, steady(102.99), steady(103)},
      {"reservoir_level", red, kDam, steady(104.99), steady(105)},

      {"gale_mean", blue, {}, steady(10.7), steady(10.8)},
      {"gale_mean", yellow, {}, steady(17.1), steady(17.2)},
      {"gale_mean", orange, {}, steady(24.4), steady(24.5)},
      {"gale_mean", red, {}, steady(32.6), steady(32.7)},
      {"gale_gust", blue, {}, steady(13.8), steady(13.9)},
      {"gale_gust", yellow, {}, steady(20.7), steady(20.8)},
      {"gale_gust", orange, {}, steady(28.4), steady(28.5)},
      {"gale_gust", red, {}, steady(36.9), steady(37)},

      {"cold_drop", blue, {}, cold_wave(8, 7.6, hours(46)), cold_wave(8, 8.4, hours(46))},
      {"cold_drop", yellow, {}, cold_wave(10, 9.6, hours(20)), cold_wave(10, 10.4, hours(20))},
      {"cold_drop", orange, {}, cold_wave(8, 11.6, hours(20)), cold_wave(8, 12.4, hours(20))},
      {"cold_drop", red, {}, cold_wave(10, 15.6, hours(20)), cold_wave(10, 16.4, hours(20))},
      {"cold_drop", blue, {}, cold_wave(18, 10, hours(46)), cold_wave(12, 9, hours(46))},
      {"heat_three_days", yellow, {}, hot_days(2, 36), hot_days(3, 36)},
      {"heat_three_days", yellow, {}, hot_days(3, 34.9), hot_days(3, 35.2)},
      {"heat", orange, {}, steady(36.9), steady(37)},
      {"heat", red, {}, steady(39.9), steady(40)},
      {"frost", blue, {}, steady(0.1), steady(0)},
      {"frost", yellow, {}, steady(-2.9), steady(-3)},
      {"frost", orange, {}, steady(-4.9), steady(-5)},
      {"snow_amount", blue, {}, snow(3.9, hours(12)), snow(4.1, hours(12))},
      {"snow_amount", yellow, {}, snow(5.9, hours(12)), snow(6.1, hours(12))},
      {"snow_amount", orange, {}, snow(9.9, hours(6)), snow(10.1, hours(6))},
      {"snow_amount", red, {}, snow(14.9, hours(6)), snow(15.1, hours(6))},
      {"low_visibility", blue, {}, steady(1000), steady(999)},
      {"low_visibility", yellow, {}, steady(500), steady(499)},
      {"low_visibility", orange, {}, steady(200), steady(199)},
      {"low_visibility", red, {}, steady(50), steady(49)},
      {"poor_visibility", blue, {}, steady(3000), steady(2990)},
      {"haze_particles", yellow, {}, steady(150), steady(151)},
      {"haze_particles", orange, {}, steady(250), steady(251)},
      {"haze_particles", red, {}, steady(500), steady(501)},
      {"duststorm_seen", yellow, {}, steady(29), steady(30)},
      {"duststorm_seen", yellow, {}, steady(36), steady(35)},
      {"icy_precipitation", blue, {}, steady(76), steady(68)},
      {"icy_precipitation", blue, {}, steady(63), steady(85)},
      {"icy_precipitation", yellow, {}, steady(65), steady(66)},
      {"icy_precipitation", yellow, {}, steady(58), steady(57)},
      {"hail_seen", orange, {}, steady(95), steady(96)},
      {"hail_seen", orange, {}, steady(97), steady(99)},
      {"hail_seen", orange, {}, steady(88), steady(89)},
      {"hail_size", orange, {}, steady(4), steady(5)},
      {"hail_size", red, {}, steady(19), steady(20)},
      {"lightning", yellow, {}, steady(0), amount(1, minutes(5), minutes(5), 0, hours(2))},
      {"lightning", orange, {}, amount(19.9, minutes(30), minutes(5)), amount(20.1, minutes(30), minutes(5))},
      {"lightning", red, {}, amount(99.9, minutes(30), minutes(5)), amount(100.1, minutes(30), minutes(5))},
      {"drought", orange, {}, steady(-1.49, hours(72)), steady(-1.5, hours(72))},
      {"drought", red, {}, steady(-1.99, hours(72)), steady(-2, hours(72))},
      {"road_freezing", blue, {}, steady(0), steady(-0.1)},

      {"rain_in_6h", blue, {}, steady(29.9, hours(6)), steady(30, hours(6))},
      {"rain_in_6h", yellow, {}, steady(49.9, hours(6)), steady(50, hours(6))},
      {"rain_in_6h", orange, {}, steady(99.9, hours(6)), steady(100, hours(6))},
      {"rain_in_3h", yellow, {}, steady(29.9), steady(30)},
      {"rain_in_3h", orange, {}, steady(49.9), steady(50)},
      {"rain_in_3h", red, {}, steady(99.9), steady(100)},
      {"rain_in_1h", yellow, {}, steady(19.9), steady(20)},
      {"rain_in_1h", orange, {}, steady(29.9), steady(30)},
      {"rain_in_1h", red, {}, steady(49.9), steady(50)},
      {"typhoon_wind", blue, ahead(24), steady(10.7, hours(6)), steady(10.8, hours(6))},
      {"typhoon_wind", yellow, ahead(24), steady(17.1, hours(6)), steady(40, hours(6))},
      {"typhoon_wind", orange, ahead(12), steady(24.4, hours(6)), steady(40, hours(6))},
      {"typhoon_wind", red, ahead(6), steady(32.6, hours(6)), steady(32.7, hours(6))},
      {"gale_expected", blue, ahead(24), steady(10.7, hours(6)), steady(40, hours(6))},
      {"gale_expected", yellow, ahead(12), steady(17.1, hours(6)), steady(40, hours(6))},
      {"gale_expected", orange, ahead(6), steady(24.4, hours(6)), steady(24.5, hours(6))},
      {"gale_expected", red, ahead(6), steady(32.6, hours(6)), steady(32.7, hours(6))},
      {"snow_expected", blue, ahead(12), steady(3.9, hours(6)), steady(4, hours(6))},
      {"snow_expected", yellow, ahead(12), steady(5.9, hours(6)), steady(40, hours(6))},
      {"snow_expected", orange, ahead(6), steady(9.9, hours(6)), steady(10, hours(6))},
      {"snow_expected", red, ahead(6), steady(14.9, hours(6)), steady(15, hours(6))},
      {"heat_expected", yellow, ahead(72), steady(34.9, hours(24)), steady(42, hours(24))},
      {"heat_expected", orange, ahead(24), steady(36.9, hours(24)), steady(37, hours(24))},
      {"heat_expected", red, ahead(24), steady(39.9, hours(24)), steady(40, hours(24))},
      {"frost_expected", blue, ahead(48), steady(0.1, hours(24)), steady(-20, hours(24))},
      {"frost_expected", yellow, ahead(24), steady(-2.9, hours(24)), steady(-3, hours(24))},
      {"frost_expected", orange, ahead(24), steady(-4.9, hours(24)), steady(-5, hours(24))},

      {"gas_release", yellow, {}, steady(24.9), steady(25)},
      {"gas_release", red, {}, steady(49.9), steady(50)},
      {"tank_high", yellow, {{"high", 10}, {"high_high", 11}}, steady(9.9), steady(10)},
      {"tank_high", orange, {{"high", 10}, {"high_high", 11}}, steady(10.9), steady(11)},
      {"slope_moving", orange, {{"rate_orange", 20}, {"rate_red", 50}}, moving(19), moving(22)},
      {"slope_moving", red, {{"rate_orange", 20}, {"rate_red", 50}}, moving(49), moving(54)},
      {"tailings_line", yellow, {{"control", 4}}, steady(4.41), steady(4.39)},
      {"tailings_line", red, {{"control", 4}}, steady(4), steady(3.99)},
      {"process_pressure", yellow, kGrade1, steady(1.99), steady(2)},
      {"process_pressure", orange, kGrade3, steady(2.99), steady(3)},
      {"process_pressure", red, kGrade1, steady(2.99), steady(3)},
      {"process_temperature", yellow, kGrade1, steady(1.9), steady(2)},
      {"process_temperature", orange, kGrade3, steady(2.9), steady(3)},
      {"process_temperature", red, kGrade1, steady(2.9), steady(3)},
      {"toxic_release", yellow, kGas1, steady(0.99), steady(1)},
      {"toxic_release", orange, kGasNone, steady(1.99), steady(2)},
      {"toxic_release", red, kGas1, steady(1.99), steady(2)},
      {"fire_danger", blue, {}, steady(11.1, hours(24)), steady(11.2, hours(24))},
      {"fire_danger", yellow, {}, steady(21.2, hours(24)), steady(21.3, hours(24))},
      {"fire_danger", orange, {}, steady(37.9, hours(24)), steady(38, hours(24))},
      {"fire_danger", red, {}, steady(49.9, hours(24)), steady(50, hours(24))},
  };
}

class PackRules : public testing::Test {
 protected:
  // The level that the rule has at the end of the series, with the link's clock at the last reading.
  static std::optional<WarningLevel> level_after(const AlarmRule& rule, const Limits& limits, const Series& series) {
    const auto& type = *pack.record_type(rule.type);
    stream::Engine engine;
    const auto number = engine.add_type(compiled(type, pack.rules.alarms)).value();
    std::vector<double> values;
    for (const auto& id : type.signal->limits) {
      const auto given = std::find_if(limits.begin(), limits.end(), [&](const auto& l) { return l.first == id; });
      values.push_back(given == limits.end() ? std::nan("") : given->second);
    }
    const UtcTime begin = parse_iso8601("2026-07-01T08:00:00+08:00").value();
    CHECK(engine.add_link(1, number, values, begin).ok());
    stream::Output out;
    UtcTime at = begin;
    for (; at <= begin + series.length; at = at + type.signal->interval) {
      const Reading reading{at, series.value(at - begin), 1};
      stream::Quality quality;
      engine.ingest(std::span(&reading, 1), at, out, std::span(&quality, 1));
      EXPECT_TRUE(quality == stream::Quality::kGood || quality == stream::Quality::kSuspectFlat) << rule.id << ": " << stream::name_of(quality) << " " << reading.value;
    }
    const auto state = engine.state(1, at - type.signal->interval).value();
    const auto name = std::find(engine.rule_names().begin(), engine.rule_names().end(), rule.id) - engine.rule_names().begin();
    for (const auto& r : state.rules)
      if (r.rule == name) return level_of(r.level);
    return std::nullopt;
  }

  static inline const Pack pack = load_pack("packs/cn").value();
};

std::string shown(std::optional<WarningLevel> level) { return level ? boost::describe::enum_to_string(*level, "") : "none"; }

TEST_F(PackRules, EachLevelBeginsWhereItSays) {
  std::set<std::pair<std::string, WarningLevel>> tried;
  for (const auto& c : cases()) {
    const auto* rule = pack.rules.alarm(c.rule);
    ASSERT_TRUE(rule) << c.rule;
    const auto below = level_after(*rule, c.limits, c.below), above = level_after(*rule, c.limits, c.above);
    EXPECT_TRUE(!below || *below < c.level) << c.rule << ": " << shown(below) << " just below " << shown(c.level);
    EXPECT_EQ(shown(above), shown(c.level)) << c.rule;
    tried.emplace(c.rule, c.level);
  }
  for (const auto& rule : pack.rules.alarms)
    for (const auto& step : rule.steps) EXPECT_TRUE(tried.contains({rule.id, step.level})) << rule.id << " has no case at " << shown(step.level);
}

TEST_F(PackRules, TheFourteenSignalsHaveARuleEach) {
  std::set<std::string> hazards;
  pack.rules.each([&](const Rule& rule) { hazards.insert(rule.hazard); });
  for (const auto* id : {"typhoon", "rainstorm", "blizzard", "cold_wave", "gale", "sandstorm", "heat_wave", "drought", "lightning", "hail", "frost", "fog", "haze", "road_icing"})
    EXPECT_TRUE(hazards.contains(id)) << id;
}

}  // namespace
}  // namespace anlan
