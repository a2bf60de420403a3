#include "roads/air.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

namespace anlan::roads {
namespace {

Aircraft helicopter() {
  Aircraft a;
  a.id = "large";
  a.cruise_kmh = 240, a.range_km = 600, a.reserve_minutes = 30, a.payload_kg = 4000, a.derate_above_m = 3000, a.derate_per_1000m = 0.12;
  a.ceiling_m = 6000, a.mass_t = 13, a.pad_m = 35, a.start_minutes = 20, a.takeoff_landing_minutes = 5, a.refuel_minutes = 25;
  a.wind_max_ms = 20, a.visibility_min_km = 3, a.cloud_base_min_m = 300;
  return a;
}
LonLat east_of(LonLat p, double km) { return {p.lon + km / (111.195 * std::cos(p.lat * 0.017453292519943295)), p.lat}; }
const LonLat kChengdu{104.0, 30.6};
const UtcTime kMorning = *parse_iso8601("2026-11-22T10:00:00+08:00");

struct Scene {
  std::vector<Aircraft> aircraft{helicopter()};
  std::vector<AirPoint> points;
  std::vector<Sortie> sorties{{0, 0, 0}};
  std::vector<AirWeather> weather;
  AirQuestion question(UtcTime start = kMorning) const {
    AirQuestion q;
    q.start = start, q.aircraft = aircraft, q.points = points, q.sorties = sorties, q.weather = weather;
    return q;
  }
};
AirPoint point(double km, bool fuel = false) { return {.at = east_of(kChengdu, km), .fuel = fuel}; }

TEST(Air, OneLeg) {
  Scene s;
  s.points = {point(0, true), point(120)};
  const auto plan = plan_air(s.question());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->at[0].ms, 0U);
  EXPECT_NEAR(plan->at[1].ms / 60'000.0, 20 + 30 + 5, 0.1);
  const auto legs = plan->legs(1);
  ASSERT_EQ(legs.size(), 1U);
  EXPECT_EQ(legs[0].depart_ms, 20U * 60'000);
  EXPECT_EQ(legs[0].arrive_ms, plan->at[1].ms);
  EXPECT_TRUE(plan->legs(0).empty());
}

TEST(Air, RefuelsOnTheWayAndKeepsEnoughToLeave) {
  Scene s;
  s.points = {point(0, true), point(300, true), point(500), point(1200)};
  const auto plan = plan_air(s.question());
  ASSERT_TRUE(plan.ok());
  const auto legs = plan->legs(2);  // 500 km on 120 minutes of fuel, and 200 km back
  ASSERT_EQ(legs.size(), 2U);
  EXPECT_EQ(legs[0].to, 1U);
  EXPECT_NEAR((legs[1].depart_ms - legs[0].arrive_ms) / 60'000.0, 25, 0.01);
  EXPECT_EQ(plan->at[3].refusal.reason, AirRefusalReason::kOutOfRange);
  EXPECT_EQ(plan->at[3].refusal.limit, 120);
  EXPECT_NEAR(plan->at[3].refusal.value, 2 * (225 + 5), 1);  // there and back to the pad at 300 km

  s.points = {point(0, true), point(300)};  // 80 minutes each way
  EXPECT_EQ(plan_air(s.question())->at[1].refusal.reason, AirRefusalReason::kOutOfRange);
  auto q = s.question();
  q.fuel_to_leave = false;
  EXPECT_EQ(plan_air(q)->at[1].sortie, 0U);
}

TEST(Air, EveryRefusalHasItsNumbers) {
  using enum AirRefusalReason;
  Scene s;
  s.points = {point(0, true), point(50)};
  const auto refusal = [&](auto change) {
    Scene mine = s;
    AirQuestion q = mine.question();
    change(mine, q);
    q.aircraft = mine.aircraft, q.points = mine.points, q.sorties = mine.sorties, q.weather = mine.weather;
    const auto plan = plan_air(q);
    EXPECT_TRUE(plan.ok());
    return plan->at[1].refusal;
  };
  const auto expect = [](AirRefusal r, AirRefusalReason reason, uint32_t where, double value, double limit) {
    EXPECT_EQ(r.reason, reason);
    EXPECT_EQ(r.point, where);
    EXPECT_NEAR(r.value, value, 1e-9);
    EXPECT_NEAR(r.limit, limit, 1e-9);
  };
  expect(refusal([](Scene&, AirQuestion&) {}), kAllowed, roads::kNone, 0, 0);
  expect(refusal([](Scene& m, AirQuestion&) { m.points[1].size_m = 20; }), kPadTooSmall, 1, 20, 35);
  expect(refusal([](Scene& m, AirQuestion&) { m.points[1].bears_t = 8; }), kPadTooWeak, 1, 8, 13);
  expect(refusal([](Scene& m, AirQuestion&) { m.points[1].elevation_m = 6100; }), kTooHigh, 1, 6100, 6000);
  expect(refusal([](Scene& m, AirQuestion& q) { m.points[1].elevation_m = 4500, q.load_kg = 3500; }), kTooHeavy, 1, 3500, 4000 * 0.82);
  expect(refusal([](Scene& m, AirQuestion& q) { m.points[1].elevation_m = 4500, q.load_kg = 3200; }), kAllowed, roads::kNone, 0, 0);
  expect(refusal([](Scene& m, AirQuestion&) { m.weather = {{.wind_ms = 21}}; }), kWind, 0, 21, 20);
  expect(refusal([](Scene& m, AirQuestion&) { m.weather = {{}, {.visibility_km = 2}}; }), kVisibility, 1, 2, 3);
  expect(refusal([](Scene& m, AirQuestion&) { m.weather = {{}, {.cloud_base_m = 200}}; }), kCloudBase, 1, 200, 300);
  expect(refusal([](Scene& m, AirQuestion&) { m.sorties.clear(); }), kNoAircraft, 1, 0, 0);
  expect(refusal([](Scene& m, AirQuestion&) { m.sorties[0].ready_ms = kAirHorizonMax; }), kTooLate, 1, refusal([](Scene& m, AirQuestion&) { m.sorties[0].ready_ms = kAirHorizonMax; }).value, 1440);
  // 20:00: the sun rises at half past seven.
  const AirRefusal night = refusal([](Scene&, AirQuestion& q) { q.start = kMorning + hours(10), q.horizon_ms = 3 * 3'600'000; });
  EXPECT_EQ(night.reason, kNight);
  EXPECT_NEAR(night.value, 11.6 * 60, 15);
  EXPECT_EQ(night.limit, 180);
}

TEST(Air, WaitsForTheDayUnlessBothAreFitForTheNight) {
  Scene s;
  s.points = {point(0, true), point(50)};
  const UtcTime evening = kMorning + hours(10);
  const auto waited = plan_air(s.question(evening));
  ASSERT_EQ(waited->at[1].sortie, 0U);
  const UtcTime sunrise = daylight(s.points[0].at, evening + hours(14)).rise;
  EXPECT_GE(waited->legs(1)[0].depart_ms, static_cast<Weight>((sunrise - evening).count));
  s.points[0].night = s.points[1].night = true;
  EXPECT_NEAR(plan_air(s.question(evening))->at[1].ms / 60'000.0, 20 + 12.5 + 5, 0.1);
  s.aircraft[0].day_only = true;
  EXPECT_GT(plan_air(s.question(evening))->at[1].ms, 600U * 60'000);
}

// All orders of stops, with the days laid out as intervals: nothing in common with the search.
class BruteForce {
 public:
  BruteForce(const AirQuestion& q, uint32_t sortie) : q_(q), a_(q.aircraft[q.sorties[sortie].aircraft]), best(q.points.size(), INT64_MAX) {
    const Sortie& s = q.sorties[sortie];
    if (!fit(s.point)) return;
    best[s.point] = s.ready_ms;
    full_ = static_cast<int64_t>((a_.range_km / a_.cruise_kmh * 60 - a_.reserve_minutes) * 60'000);
    std::vector<uint8_t> seen(q.points.size(), 0);
    seen[s.point] = 1;
    go(s.point, s.ready_ms + ms(a_.start_minutes), full_, seen);
  }

 private:
  static int64_t ms(double minutes) { return static_cast<int64_t>(std::ceil(minutes * 60'000 - 1e-6)); }
  int64_t flight(uint32_t a, uint32_t b) const {
    return ms(distance_m(q_.points[a].at, q_.points[b].at) / 1000 / a_.cruise_kmh * 60 + a_.takeoff_landing_minutes);
  }
  bool fit(uint32_t p) const {
    const double carries = a_.payload_kg * (1 - a_.derate_per_1000m * std::max(0.0, q_.points[p].elevation_m - a_.derate_above_m) / 1000);
    return q_.points[p].elevation_m <= a_.ceiling_m && q_.load_kg <= carries && (q_.points[p].size_m == 0 || q_.points[p].size_m >= a_.pad_m);
  }
  std::vector<std::pair<int64_t, int64_t>> days(uint32_t p) const {
    if (q_.points[p].night && !a_.day_only) return {{INT64_MIN / 4, INT64_MAX / 4}};
    std::vector<std::pair<int64_t, int64_t>> out;
    for (int i = -2; i <= 4; ++i) {
      const Daylight d = daylight(q_.points[p].at, q_.start + hours(24 * i));
      out.emplace_back((d.rise - q_.start).count, (d.set - q_.start).count);
    }
    return out;
  }
  std::optional<int64_t> arrive(uint32_t from, uint32_t to, int64_t ready) const {
    std::optional<int64_t> first;
    const int64_t f = flight(from, to);
    for (const auto& [r1, s1] : days(from))
      for (const auto& [r2, s2] : days(to)) {
        const int64_t depart = std::max({ready, r1, r2 - f});
        if (depart <= std::min(s1, s2 - f) && depart + f <= static_cast<int64_t>(q_.horizon_ms) && (!first || depart + f < *first)) first = depart + f;
      }
    return first;
  }
  void go(uint32_t here, int64_t ready, int64_t fuel, std::vector<uint8_t>& seen) {
    for (uint32_t p = 0; p < q_.points.size(); ++p) {
      if (seen[p] != 0 || !fit(p) || flight(here, p) > fuel) continue;
      const auto t = arrive(here, p, ready);
      if (!t) continue;
      const int64_t left = fuel - flight(here, p);
      bool can_leave = !q_.fuel_to_leave || q_.points[p].fuel;
      for (uint32_t o = 0; o < q_.points.size(); ++o) can_leave |= q_.points[o].fuel && fit(o) && flight(p, o) <= left;
      if (can_leave) best[p] = std::min(best[p], *t);
      if (!q_.points[p].fuel) continue;
      seen[p] = 1;
      go(p, *t + ms(a_.refuel_minutes), full_, seen);
      seen[p] = 0;
    }
  }
  const AirQuestion& q_;
  const Aircraft& a_;
  int64_t full_ = 0;

 public:
  std::vector<int64_t> best;
};

TEST(Air, EqualsAllWaysTried) {
  std::mt19937_64 rng(3);
  const auto unit = [&] { return static_cast<double>(rng() >> 11) * 0x1p-53; };
  int reached = 0, stopped = 0, waited = 0;
  for (int round = 0; round < 400; ++round) {
    Scene s;
    s.points.clear();
    for (int i = 0; i < 6; ++i)
      s.points.push_back({.at = {98 + 12 * unit(), 27 + 9 * unit()}, .elevation_m = unit() * 6500, .size_m = rng() % 6 == 0 ? 20.0 : 0, .fuel = rng() % 2 == 0, .night = rng() % 2 == 0});
    s.aircraft.push_back(helicopter());
    s.aircraft[1].cruise_kmh = 290, s.aircraft[1].range_km = 400 + unit() * 500, s.aircraft[1].day_only = true, s.aircraft[1].pad_m = 15;
    s.sorties = {{0, 0, static_cast<Weight>(rng() % 3'600'000)}, {1, static_cast<uint32_t>(rng() % 2), 0}};
    auto q = s.question(kMorning + minutes(static_cast<int64_t>(rng() % 1440)));
    q.load_kg = unit() * 3500;
    q.fuel_to_leave = rng() % 3 != 0;
    q.horizon_ms = static_cast<Weight>((2 + rng() % 40) * 3'600'000);
    const auto plan = plan_air(q);
    ASSERT_TRUE(plan.ok());
    const auto reach = air_reach(q, q.horizon_ms);
    ASSERT_TRUE(reach.ok());
    const BruteForce brute[2] = {{q, 0}, {q, 1}};
    for (uint32_t p = 0; p < 6; ++p) {
      const int64_t best = std::min(brute[0].best[p], brute[1].best[p]);
      ASSERT_EQ(plan->at[p].ms, best == INT64_MAX ? kUnreachable : static_cast<Weight>(best)) << round << ' ' << p;
      EXPECT_EQ(plan->at[p].refusal.reason == AirRefusalReason::kAllowed, best != INT64_MAX);
      for (uint32_t f = 0; f < 2; ++f) {
        const auto list = reach->of(f);
        const auto found = std::find_if(list.begin(), list.end(), [&](const PlaceTime& e) { return e.place == p; });
        ASSERT_EQ(found == list.end() ? INT64_MAX : int64_t{found->ms}, brute[f].best[p] <= q.horizon_ms ? brute[f].best[p] : INT64_MAX);
      }
      if (best == INT64_MAX) continue;
      ++reached;
      const auto legs = plan->legs(p);
      uint32_t here = q.sorties[plan->at[p].sortie].point;
      Weight ready = 0;
      for (const AirLeg& leg : legs) {
        ASSERT_EQ(leg.from, here);
        ASSERT_GE(leg.depart_ms, ready);
        here = leg.to, ready = leg.arrive_ms + 25 * 60'000;
      }
      ASSERT_EQ(here, p);
      stopped += legs.size() > 1, waited += !legs.empty() && legs[0].depart_ms > 2 * 3'600'000;
    }
  }
  EXPECT_GT(reached, 600);
  EXPECT_GT(stopped, 50);
  EXPECT_GT(waited, 50);
}

TEST(Air, Chains) {
  Scene s;
  s.points = {point(0, true), point(120), point(60)};
  ReachLists teams, roads;
  teams.add(std::vector<PlaceTime>{{0, 50 * 60'000}});
  teams.add(std::vector<PlaceTime>{{0, 30 * 60'000}});
  for (const auto& list : std::vector<std::vector<PlaceTime>>{{}, {{0, 600'000}, {1, 60'000}}, {{0, 3'000'000}}}) roads.add(list);
  const auto chains = air_road_chains(s.question(), teams, roads, 3);
  ASSERT_TRUE(chains.ok());
  const AirChain& c = (*chains)[0];
  EXPECT_EQ(c.team, 1U);
  EXPECT_EQ(c.landing, 1U);
  EXPECT_EQ(c.take_off_ready_ms, 30U * 60'000);
  EXPECT_NEAR(c.landed_ms / 60'000.0, 30 + 20 + 30 + 5, 0.1);
  EXPECT_EQ(c.ms, c.landed_ms + 600'000);
  EXPECT_EQ((*chains)[2].sortie, kNone);
  const auto alone = air_road_chains(s.question(), {}, roads, 3);
  EXPECT_EQ((*alone)[0].team, kNone);
  EXPECT_EQ((*alone)[0].ms + 30 * 60'000, c.ms);
  ReachLists nobody;
  nobody.add({});
  EXPECT_EQ((*air_road_chains(s.question(), nobody, roads, 3))[0].sortie, kNone);
  EXPECT_FALSE(air_road_chains(s.question(), teams, roads, 1).ok());
  EXPECT_FALSE(air_road_chains(s.question(), teams, {}, 3).ok());
}

TEST(Air, RefusesWhatMakesNoSense) {
  Scene s;
  s.points = {point(0, true)};
  s.aircraft[0].cruise_kmh = 0;
  EXPECT_FALSE(plan_air(s.question()).ok());
  s.aircraft[0] = helicopter();
  s.sorties[0].point = 3;
  EXPECT_FALSE(plan_air(s.question()).ok());
  s.sorties[0].point = 0;
  auto q = s.question();
  q.horizon_ms = kAirHorizonMax + 1;
  EXPECT_FALSE(plan_air(q).ok());
  EXPECT_TRUE(plan_air(s.question()).ok());
}

TEST(Air, ACountry) {
  std::mt19937_64 rng(8);
  const auto unit = [&] { return static_cast<double>(rng() >> 11) * 0x1p-53; };
  Scene s;
  for (int i = 0; i < 13'000 + 112 + 24; ++i)
    s.points.push_back({.at = {80 + 45 * unit(), 22 + 25 * unit()}, .elevation_m = unit() * 3000, .fuel = i < 136, .night = i < 136});
  s.sorties.clear();
  for (uint32_t i = 0; i < 24; ++i) s.sorties.push_back({i, 0, 0});
  for (const int hour : {0, 8}) {
    const auto q = s.question(kMorning + hours(hour));
    const auto plan = plan_air(q);
    ASSERT_TRUE(plan.ok());
    const auto reached = std::count_if(plan->at.begin(), plan->at.end(), [](const AirArrival& a) { return a.sortie != kNone; });
    EXPECT_GT(reached, 5'000);
  }
}

}  // namespace
}  // namespace anlan::roads
