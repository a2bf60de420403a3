#include "logistics/air_chains.h"

#include <gtest/gtest.h>

#include "logistics/dispatch_fixture.h"

namespace anlan {
namespace {

// 2025-11-21 12:40 in China: day.
const UtcTime kNoon{1'763'700'000'000};

RecordState pad(int64_t id, double km, json::object more = {}) {
  json::object fields{{"length", 40}, {"width", 40}, {"elevation", 1'800}, {"max_weight", 20}};
  for (auto& m : more) fields[m.key()] = m.value();
  return record_at(id, "helicopter_point", north_km(km), std::move(fields));
}

struct Air : testing::Test {
  FakeRoads roads;
  AirChainsQuestion asked;
  Air() {
    asked.aircraft = "medium_helicopter";
    asked.start = kNoon;
    asked.places = {{"大河村", north_km(110)}};
  }
  AirChains chains(const std::vector<RecordState>& points) { return air_chains(test_pack(), asked, points, roads.ask()).value(); }
};

TEST_F(Air, OverAndOnByRoad) {
  const auto found = chains({pad(1, 0, {{"fuel", true}}), pad(2, 100), pad(3, 130)});
  EXPECT_EQ(found.bases, 1u);
  EXPECT_EQ(found.landings, 3u);
  const auto& c = found.items.at(0);
  ASSERT_TRUE(c.minutes.has_value());
  // 20 to start, 100 km at 280 km/h and 4 for taking off and landing, 10 km of road.
  EXPECT_NEAR(*c.minutes, 20 + 100 / 280.0 * 60 + 4 + 10, 0.3);
  ASSERT_EQ(c.legs.size(), 2u);
  EXPECT_EQ(c.legs[0].kind, "air");
  EXPECT_EQ(c.legs[0].to, "helicopter_point2");
  EXPECT_NEAR(c.legs[0].km, 100, 0.2);
  EXPECT_EQ(c.legs[1].kind, "road");
  EXPECT_EQ(c.legs[1].to, "大河村");
}

TEST_F(Air, AShutRoadSendsItToAnotherPad) {
  roads.shut = [](LonLat from, LonLat) { return from == north_km(100); };
  const auto found = chains({pad(1, 0, {{"fuel", true}}), pad(2, 100), pad(3, 130)});
  EXPECT_EQ(found.items[0].legs[0].to, "helicopter_point3");
  roads.shut = [](LonLat, LonLat) { return true; };
  const auto none = chains({pad(1, 0, {{"fuel", true}}), pad(2, 100)});
  EXPECT_FALSE(none.items[0].minutes.has_value());
  EXPECT_EQ(none.items[0].why->code, "no_road");
}

TEST_F(Air, WhyNobodyComes) {
  EXPECT_EQ(chains({pad(2, 100)}).items[0].why->code, "no_aircraft");
  EXPECT_EQ(chains({}).items[0].why->code, "no_aircraft");
  EXPECT_EQ(chains({pad(1, 100, {{"fuel", true}})}).items[0].why->code, "at_base");
  EXPECT_EQ(chains({pad(1, 0, {{"fuel", true}, {"width", 10}}), pad(2, 100, {{"width", 10}})}).items[0].why->code, "pad_too_small");
  asked.weather = roads::AirWeather{30, 20, 2'000};
  const auto windy = chains({pad(1, 0, {{"fuel", true}}), pad(2, 100)});
  EXPECT_EQ(windy.items[0].why->code, "wind");
  EXPECT_NE(windy.items[0].why->zh.find("30 m/s"), std::string::npos) << windy.items[0].why->zh;
}

TEST_F(Air, AtNightOnlyToLitPoints) {
  asked.start = kNoon + hours(10);
  const std::vector<RecordState> dark{pad(1, 0, {{"fuel", true}}), pad(2, 100)}, lit{pad(1, 0, {{"fuel", true}, {"night", true}}), pad(2, 100, {{"night", true}})};
  const double by_night = *chains(lit).items[0].minutes;
  EXPECT_LT(by_night, 90);
  const auto waits = chains(dark).items[0];
  EXPECT_TRUE(!waits.minutes || *waits.minutes > 300);
  asked.always_day = true;
  EXPECT_DOUBLE_EQ(*chains(dark).items[0].minutes, by_night);
}

TEST_F(Air, WhatMakesNoSenseIsRefused) {
  asked.aircraft = "zeppelin";
  EXPECT_EQ(air_chains(test_pack(), asked, {}, roads.ask()).error().param("field"), "aircraft");
  asked.aircraft = "medium_helicopter";
  asked.places.clear();
  EXPECT_EQ(air_chains(test_pack(), asked, {}, roads.ask()).error().param("field"), "at");
}

}  // namespace
}  // namespace anlan
