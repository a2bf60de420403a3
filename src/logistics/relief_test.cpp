// From a request to a problem, a plan in words, and the jobs that make plans.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/real_ports.h"
#include "logistics/dispatch_fixture.h"
#include "logistics/relief_jobs.h"

namespace anlan {
namespace {

const UtcTime kNow{1'763'700'000'000};

RecordState store(int64_t id, double km, json::object goods) {
  goods["level"] = "county";
  return record_at(id, "warehouse", north_km(km), std::move(goods));
}
RecordState cars(int64_t id, double km, const char* kind, int64_t count) {
  return record_at(id, "vehicle", north_km(km), {{"kind", kind}, {"count", count}, {"ready_minutes", 15}});
}
ReliefDemand demand(const char* name, double km, std::vector<GoodAsked> goods, int priority = 2) { return {PlaceCode(622927101), north_km(km), name, std::move(goods), priority, {}}; }

struct Relief : testing::Test {
  FakeRoads roads;
  ReliefRequest request{"大河家镇安置", PlaceCode(622927), {demand("大河村", 50, {{"tents", 300}})}, 0, 2};
  std::vector<RecordState> stores{store(1, 0, {{"tents", 200}, {"quilts", 900}}), store(2, 10, {{"tents", 500}}), store(3, 5, {{"boats", 4}})};
  std::vector<RecordState> vehicles{cars(9, 0, "heavy_truck", 3)};
  Result<ReliefOrder> order() { return relief_order(test_pack(), request, stores, vehicles, roads.ask(), kNow); }
  std::string field() {
    const auto o = order();
    return o ? std::string() : std::string(o.error().param("field"));
  }
};

TEST_F(Relief, OnlyWhatMattersIsInTheProblem) {
  request.keep_share = 0.1;
  request.demands[0].latest = kNow + minutes(200);
  auto nowhere = store(4, 0, {{"tents", 100}});
  nowhere.position.reset();
  stores.push_back(nowhere);
  const auto o = order().value();
  EXPECT_EQ(o.stores.size(), 2u) << "boats are not asked for";
  EXPECT_EQ(o.without_position, 1);
  ASSERT_EQ(o.goods.size(), 1u);
  EXPECT_EQ(o.problem.lots.size(), 2u);
  ASSERT_EQ(o.problem.vehicles.size(), 3u);
  EXPECT_EQ(o.problem.vehicles[0].kg, 15'000);
  EXPECT_EQ(o.problem.vehicles[0].available_min, 15);
  EXPECT_EQ(o.vehicles[2].number, 3);
  EXPECT_NEAR(o.problem.road(0, 0), 50, 1);
  EXPECT_NEAR(o.problem.approach(0, 1), 10, 1);
  EXPECT_EQ(o.problem.depots[0].keep_share, 0.1);
  EXPECT_EQ(o.problem.needs[0].latest_min, 200);
  EXPECT_DOUBLE_EQ(o.weight_all, 2'000);
  EXPECT_TRUE(o.estimated);
}

TEST_F(Relief, TheUrgentWeighsMoreAndEveryGoodTheSame) {
  request.demands = {demand("甲", 50, {{"tents", 100}, {"quilts", 10}}, 1), demand("乙", 60, {{"tents", 100}}, 3)};
  const auto o = order().value();
  EXPECT_DOUBLE_EQ(o.problem.needs[0].weight, 2'000);
  EXPECT_DOUBLE_EQ(o.problem.needs[1].weight, 4'000);
  EXPECT_DOUBLE_EQ(o.problem.needs[2].weight, 500);
}

TEST_F(Relief, WhereTrucksCannotGoVansDo) {
  vehicles = {cars(8, 0, "van", 2), cars(9, 0, "heavy_truck", 1)};
  request.demands = {demand("桥那边", 50, {{"tents", 10}}), demand("路断了", 80, {{"tents", 10}}), demand("路口", 20, {{"tents", 10}})};
  roads.shut = [](LonLat, LonLat to) { return to == north_km(80); };
  const AskTimes plain = roads.ask();
  const AskTimes by_profile = [&](std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how) -> Result<TravelTimes> {
    auto t = plain(from, to, how).value();
    for (size_t i = 0; i < from.size(); ++i)
      for (size_t j = 0; j < to.size(); ++j)
        if (how.profile == "truck") {
          auto& ms = t.ms[i * to.size() + j];
          ms = to[j] == north_km(50) || ms == kNoWay ? kNoWay : ms * 2;
        }
    return t;
  };
  const auto o = relief_order(test_pack(), request, stores, vehicles, by_profile, kNow).value();
  EXPECT_EQ(o.problem.places[0].largest_class, 0);
  EXPECT_NEAR(o.problem.road(0, 0), 50, 1);
  EXPECT_EQ(o.problem.road(0, 1), allocate::kNoWay);
  EXPECT_EQ(o.problem.places[2].largest_class, allocate::kNoLimit);
  EXPECT_NEAR(o.problem.road(0, 2), 40, 1) << "the slower of both";
  EXPECT_EQ(o.problem.vehicles[0].size_class, 0);
  EXPECT_EQ(o.problem.vehicles[2].size_class, 1);
}

TEST_F(Relief, WhatMakesNoSenseIsRefused) {
  EXPECT_EQ(field(), "");
  const auto was = request;
  const auto with = [&](auto change) {
    request = was;
    change(request);
    return field();
  };
  EXPECT_EQ(with([](auto& r) { r.name = ""; }), "name");
  EXPECT_EQ(with([](auto& r) { r.demands.clear(); }), "demands");
  EXPECT_EQ(with([](auto& r) { r.demands[0].goods[0].good = "gold"; }), "good");
  EXPECT_EQ(with([](auto& r) { r.demands[0].goods[0].amount = 0; }), "amount");
  EXPECT_EQ(with([](auto& r) { r.demands[0].goods.push_back({"tents", 1}); }), "goods");
  EXPECT_EQ(with([](auto& r) { r.demands[0].priority = 9; }), "priority");
  EXPECT_EQ(with([](auto& r) { r.demands[0].latest = kNow - hours(1); }), "latest");
  EXPECT_EQ(with([](auto& r) { r.keep_share = 1.5; }), "keep_share");
  EXPECT_EQ(with([](auto& r) { r.limit_s = 61; }), "seconds");
  EXPECT_EQ(with([](auto& r) { r.demands[0].goods[0].good = "pumps"; }), "warehouses") << "nobody has one";
  request = was;
  vehicles.clear();
  EXPECT_EQ(field(), "vehicles");
  vehicles = {cars(9, 0, "van", 6'000)};
  EXPECT_EQ(order().error().code, ErrorCode::kTooLarge);
}

TEST(ReliefPack, EveryKindOfVehicleOfTheRegisterCanBePlannedWith) {
  const auto& pack = test_pack();
  const auto* vehicle = pack.record_type("vehicle");
  ASSERT_NE(vehicle, nullptr);
  for (const auto& f : vehicle->fields)
    if (f.id == "kind")
      for (const auto& c : f.choices) {
        const auto kind = std::find_if(pack.roads.vehicles.begin(), pack.roads.vehicles.end(), [&](const VehicleKind& k) { return k.id == c.id; });
        ASSERT_NE(kind, pack.roads.vehicles.end()) << c.id;
        EXPECT_NE(pack.roads.profile(kind->profile), nullptr) << c.id;
        EXPECT_GT(kind->load_kg, 0);
      }
  EXPECT_EQ(types_with_goods(pack), std::vector<std::string>{"warehouse"});
}

TEST_F(Relief, LargeMatricesAreAskedForInPieces) {
  stores.clear();
  for (int64_t i = 0; i < 3'000; ++i) stores.push_back(store(i + 100, static_cast<double>(i % 90), {{"tents", 5}}));
  request.demands.clear();
  for (int i = 0; i < 2; ++i) request.demands.push_back(demand("村", 50 + i, {{"tents", 100}}));
  for (int64_t i = 0; i < 1'500; ++i) vehicles.push_back(cars(10'000 + i, static_cast<double>(i % 70), "heavy_truck", 1));
  const auto o = order().value();
  EXPECT_EQ(o.problem.start_minutes.size(), 1'501u * 3'000u);
  EXPECT_EQ(roads.asked, 3);
  EXPECT_EQ(o.problem.approach(1'500, 2'999), o.problem.approach(1'500, 29)) << "row after row";
}

TEST_F(Relief, APlanInWordsAndAsATable) {
  request.demands.push_back(demand("山里", 70, {{"quilts", 1'000}}));
  const auto o = order().value();
  double seconds = 0;
  const auto plan = allocate::solve(o.problem, {.seconds = [&] { return seconds += 0.0001; }, .limit_s = 2, .rounds_max = 5, .threads = 1}).value();
  EXPECT_THAT(allocate::violations(o.problem, plan.trips), testing::IsEmpty());
  const auto shown = plan_json(test_pack(), o, plan);
  EXPECT_EQ(shown.at("name").as_string(), "大河家镇安置");
  EXPECT_GE(shown.at("value_minutes").to_number<double>(), shown.at("bound_minutes").to_number<double>());
  const auto& demands = shown.at("demands").as_array();
  ASSERT_EQ(demands.size(), 2u);
  EXPECT_EQ(demands[0].at("goods").at(0).at("given").to_number<int64_t>(), 300);
  EXPECT_EQ(demands[1].at("goods").at(0).at("unmet").to_number<int64_t>(), 100);
  EXPECT_EQ(demands[1].at("goods").at(0).at("why").at("code").as_string(), "no_stock");
  EXPECT_NEAR(shown.at("unmet_percent").to_number<double>(), 5, 0.11);
  // What the trips carry is what the places get, and what the stores lose.
  int64_t tents = 0, taken = 0;
  for (const auto& t : shown.at("trips").as_array()) {
    EXPECT_LE(t.at("leave").to_number<int64_t>(), t.at("loaded").to_number<int64_t>());
    EXPECT_LT(t.at("loaded").to_number<int64_t>(), t.at("arrive").to_number<int64_t>());
    EXPECT_LE(t.at("kg").to_number<double>(), 15'000);
    for (const auto& l : t.at("load").as_array())
      if (l.at("good").as_string() == "tents") tents += l.at("amount").to_number<int64_t>();
  }
  for (const auto& w : shown.at("warehouses").as_array())
    for (const auto& g : w.at("taken").as_array()) {
      EXPECT_GE(g.at("left").to_number<int64_t>(), 0);
      if (g.at("good").as_string() == "tents") taken += g.at("amount").to_number<int64_t>();
    }
  EXPECT_EQ(tents, 300);
  EXPECT_EQ(taken, 300);
  const auto rows = plan_rows(test_pack(), shown, 480);
  ASSERT_GT(rows.size(), 1u);
  EXPECT_EQ(rows[0].size(), rows[1].size());
  EXPECT_EQ(rows[1][2], "重型货车");
  EXPECT_EQ(rows[1][4].substr(0, 11), "2025-11-21 ");
}

class SetClock final : public Clock {
 public:
  UtcTime now() const override { return {kNow.ms + ms}; }
  Millis monotonic() const override { return {ms}; }
  std::atomic<int64_t> ms{0};
};

struct Jobs : Relief {
  SetClock clock;
  ReliefJobs jobs{test_pack(), clock, 1};
  ReliefJobView wait(int64_t id) {
    for (;;) {
      auto view = jobs.find(id).value();
      if (view.state != ReliefJobState::running) return view;
      std::this_thread::yield();
    }
  }
  void wait_for_a_plan(int64_t id) {
    while (!jobs.find(id).value().best_minutes) std::this_thread::yield();
  }
};

TEST_F(Jobs, TheDeadlineIsTheClocks) {
  const auto id = jobs.start("a", order().value()).value();
  wait_for_a_plan(id);
  auto view = jobs.find(id).value();
  EXPECT_EQ(view.state, ReliefJobState::running);
  EXPECT_DOUBLE_EQ(view.seconds_left, 2);
  clock.ms = 1'500;
  EXPECT_DOUBLE_EQ(jobs.find(id)->seconds_left, 0.5);
  clock.ms = 2'000;
  view = wait(id);
  ASSERT_EQ(view.state, ReliefJobState::done);
  EXPECT_EQ(view.plan->at("demands").at(0).at("goods").at(0).at("unmet").to_number<int64_t>(), 0);
  EXPECT_GE(*view.best_minutes, *view.bound_minutes);
}

TEST_F(Jobs, StoppedItKeepsTheBestSoFar) {
  const auto id = jobs.start("a", order().value()).value();
  wait_for_a_plan(id);
  EXPECT_TRUE(jobs.stop(id));
  const auto view = wait(id);
  EXPECT_EQ(view.state, ReliefJobState::done);
  EXPECT_FALSE(view.plan->at("trips").as_array().empty());
  EXPECT_FALSE(jobs.stop(99));
}

TEST_F(Jobs, StoppedAtOnceItEndsAllTheSame) {
  for (int i = 0; i < 20; ++i) {
    const auto id = jobs.start("a" + std::to_string(i), order().value()).value();
    jobs.stop(id);
    EXPECT_EQ(wait(id).state, ReliefJobState::done);
  }
}

TEST_F(Jobs, TwoAtATimeAndTheSameRequestOnce) {
  const auto a = jobs.start("a", order().value()).value();
  EXPECT_EQ(jobs.start("a", order().value()).value(), a);
  const auto b = jobs.start("b", order().value()).value();
  EXPECT_NE(a, b);
  EXPECT_EQ(jobs.start("c", order().value()).error().code, ErrorCode::kTooMany);
  EXPECT_EQ(jobs.known("a").value(), a);
  EXPECT_EQ(jobs.known("c").error().code, ErrorCode::kTooMany);
  jobs.stop(a);
  wait(a);
  EXPECT_TRUE(jobs.start("c", order().value()).ok());
}

TEST_F(Jobs, TwentyAreKeptForAnHour) {
  int64_t first = 0, last = 0;
  for (int i = 0; i < 25; ++i) {
    last = jobs.start("k" + std::to_string(i), order().value()).value();
    if (i == 0) first = last;
    jobs.stop(last);
    wait(last);
  }
  EXPECT_FALSE(jobs.find(first).has_value());
  EXPECT_TRUE(jobs.find(last).has_value());
  clock.ms += kReliefJobKept.count + 1;
  EXPECT_FALSE(jobs.find(last).has_value());
}

TEST_F(Jobs, WhatRunsIsStoppedAtTheEnd) { ASSERT_TRUE(jobs.start("a", order().value()).ok()); }

}  // namespace
}  // namespace anlan
