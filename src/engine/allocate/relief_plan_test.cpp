#include "allocate/relief_plan.h"

#include <glpk.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace anlan::allocate {
namespace {

struct Shape {
  size_t depots = 3, places = 3, goods = 2, vehicles = 2;
  int32_t duty = 400, amount = 20;
};

ReliefProblem random_case(std::mt19937& dice, const Shape& shape) {
  ReliefProblem p;
  const auto below = [&](int n) { return static_cast<int32_t>(dice() % static_cast<unsigned>(n)); };
  const size_t depots = shape.depots, places = shape.places, starts = 2;
  for (size_t g = 0; g < shape.goods; ++g) p.goods.push_back({1.0 + below(5), dice() % 2 == 0 ? 0.0 : 0.1 * (1 + below(9))});
  for (size_t d = 0; d < depots; ++d) p.depots.push_back({dice() % 3 == 0 ? 0.3 : 0.0});
  for (uint32_t d = 0; d < depots; ++d)
    for (uint32_t g = 0; g < shape.goods; ++g)
      for (int lot = below(3); lot > 0; --lot) p.lots.push_back({d, g, below(shape.amount), dice() % 4 == 0 ? below(6000) : kNoLimit});
  if (depots > 0 && shape.goods > 0 && dice() % 3 == 0) p.keeps.push_back({0, 0, 0.5});
  for (size_t j = 0; j < places; ++j) p.places.push_back({dice() % 6 == 0 ? 1 : kNoLimit});
  for (uint32_t j = 0; j < places; ++j)
    for (uint32_t g = 0; g < shape.goods; ++g)
      if (dice() % 4 > 0)
        p.needs.push_back({j, g, below(shape.amount), dice() % 7 == 0 ? 0.0 : 1.0 + below(20), dice() % 4 == 0 ? 60 + below(200) : kNoLimit});
  for (size_t v = 0; v < shape.vehicles; ++v)
    p.vehicles.push_back({.kg = 10.0 + below(60), .m3 = 1.0 + below(8), .start = static_cast<uint32_t>(below(2)), .size_class = below(3), .trucks = 1 + below(2),
                          .available_min = below(60), .duty_min = shape.duty});
  for (size_t k = 0; k < depots * places; ++k) p.road_minutes.push_back(dice() % 8 == 0 ? kNoWay : static_cast<uint16_t>(10 + below(90)));
  for (size_t k = 0; k < depots * starts; ++k) p.start_minutes.push_back(dice() % 8 == 0 ? kNoWay : static_cast<uint16_t>(5 + below(60)));
  p.load_min = 20;
  p.unload_min = 20;
  p.unmet_min = 1000;
  p.lasting_until_min = 2000;
  p.drive_weight = dice() % 2 == 0 ? 0 : 0.05;
  return p;
}

SolveLimits rounds(int n, uint64_t seed = 1, int threads = 1) {
  return {.seconds = [] { return 0.0; }, .limit_s = 1000, .rounds_max = n, .seed = seed, .threads = threads};
}

void expect_sound(const ReliefProblem& p, const ReliefPlan& plan, const std::string& what) {
  const auto broken = violations(p, plan.trips);
  ASSERT_TRUE(broken.empty()) << what << ": " << broken.front();
  ASSERT_LE(plan.bound, plan.value.total() * (1 + 1e-9) + 1e-9) << what;
  std::vector<int64_t> got(p.needs.size(), 0);
  for (const auto& t : plan.trips)
    for (const auto& l : t.loads) got[l.need] += l.amount;
  for (const auto& u : plan.unmet) got[u.need] += u.amount;
  for (size_t i = 0; i < p.needs.size(); ++i) ASSERT_EQ(got[i], p.needs[i].amount) << what;
}

TEST(ReliefPlan, thousands_of_random_cases_break_no_rule) {
  std::mt19937 dice(1);
  for (int round = 0; round < 2000; ++round) {
    const Shape shape{dice() % 6, dice() % 5, dice() % 4, dice() % 5, static_cast<int32_t>(dice() % 900), 1 + static_cast<int32_t>(dice() % 60)};
    const auto p = random_case(dice, shape);
    const auto plan = solve(p, rounds(1, dice()));
    ASSERT_TRUE(plan) << plan.error().describe();
    expect_sound(p, *plan, "case " + std::to_string(round));
    if (HasFatalFailure()) return;
  }
}

// The best loads for given trips, as a mixed integer program: the gain over meeting nothing.
double best_gain(const ReliefProblem& p, const std::vector<Trip>& trips, const std::vector<int32_t>& free) {
  struct Column {
    size_t trip;
    uint32_t need, lot;
  };
  std::vector<Column> columns;
  for (size_t k = 0; k < trips.size(); ++k)
    for (uint32_t i = 0; i < p.needs.size(); ++i)
      for (uint32_t l = 0; l < p.lots.size(); ++l)
        if (free[l] > 0 && p.needs[i].amount > 0 && p.needs[i].place == trips[k].place && p.lots[l].depot == trips[k].depot && p.lots[l].good == p.needs[i].good &&
            trips[k].arrives_min <= p.needs[i].latest_min)
          columns.push_back({k, i, l});
  double gain = 0;
  for (const auto& t : trips) gain -= p.drive_weight * p.vehicles[t.vehicle].trucks * t.driven_min;
  if (columns.empty()) return gain;
  const int needs = static_cast<int>(p.needs.size()), lots = static_cast<int>(p.lots.size()), n = static_cast<int>(trips.size());
  glp_prob* lp = glp_create_prob();
  glp_set_obj_dir(lp, GLP_MAX);
  glp_add_rows(lp, needs + lots + 2 * n);
  for (int i = 0; i < needs; ++i) glp_set_row_bnds(lp, 1 + i, GLP_UP, 0, p.needs[static_cast<size_t>(i)].amount);
  for (int l = 0; l < lots; ++l) glp_set_row_bnds(lp, 1 + needs + l, GLP_UP, 0, free[static_cast<size_t>(l)]);
  for (int k = 0; k < n; ++k) {
    const Vehicle& v = p.vehicles[trips[static_cast<size_t>(k)].vehicle];
    glp_set_row_bnds(lp, 1 + needs + lots + 2 * k, GLP_UP, 0, v.kg);
    glp_set_row_bnds(lp, 2 + needs + lots + 2 * k, GLP_UP, 0, v.m3);
  }
  glp_add_cols(lp, static_cast<int>(columns.size()));
  for (int c = 0; c < static_cast<int>(columns.size()); ++c) {
    const auto& column = columns[static_cast<size_t>(c)];
    const Need& need = p.needs[column.need];
    const int k = static_cast<int>(column.trip);
    glp_set_col_bnds(lp, c + 1, GLP_LO, 0, 0);
    glp_set_col_kind(lp, c + 1, GLP_IV);
    glp_set_obj_coef(lp, c + 1, need.weight / need.amount * (p.unmet_min - trips[column.trip].arrives_min));
    int rows[5] = {0, 1 + static_cast<int>(column.need), 1 + needs + static_cast<int>(column.lot), 1 + needs + lots + 2 * k, 2 + needs + lots + 2 * k};
    double values[5] = {0, 1, 1, p.goods[need.good].unit_kg, p.goods[need.good].unit_m3};
    glp_set_mat_col(lp, c + 1, 4, rows, values);
  }
  glp_iocp how;
  glp_init_iocp(&how);
  how.presolve = GLP_ON;
  how.msg_lev = GLP_MSG_OFF;
  glp_intopt(lp, &how);
  gain += glp_mip_obj_val(lp);
  glp_delete_prob(lp);
  return gain;
}

// Every sequence of trips of every vehicle.
void each_schedule(const ReliefProblem& p, size_t v, std::vector<Trip>& trips, const std::function<void()>& done) {
  if (v == p.vehicles.size()) return done();
  each_schedule(p, v + 1, trips, done);
  const std::function<void(int32_t, int, uint32_t)> go = [&](int32_t now, int number, uint32_t at) {
    for (uint32_t d = 0; d < p.depots.size(); ++d)
      for (uint32_t j = 0; j < p.places.size(); ++j) {
        const uint16_t way = number == 0 ? p.approach(p.vehicles[v].start, d) : p.road(d, at), road = p.road(d, j);
        if (way == kNoWay || road == kNoWay || p.vehicles[v].size_class > p.places[j].largest_class) continue;
        const int32_t arrives = now + way + p.load_min + road, free = arrives + p.unload_min;
        if (free > p.vehicles[v].available_min + p.vehicles[v].duty_min) continue;
        trips.push_back({static_cast<uint32_t>(v), static_cast<uint32_t>(number), d, j, now, arrives - road, arrives, free, way + road, {}});
        each_schedule(p, v + 1, trips, done);
        go(free, number + 1, j);
        trips.pop_back();
      }
  };
  go(p.vehicles[v].available_min, 0, 0);
}

TEST(ReliefPlan, bound_is_never_above_the_optimum_and_plans_never_below) {
  glp_term_out(GLP_OFF);
  std::mt19937 dice(2);
  double plans = 0, bounds = 0, optima = 0;
  for (int round = 0; round < 320; ++round) {
    Shape shape{2, 2, 2, 1, 140, 16};
    if (round % 5 == 0) shape = {2, 2, 1, 2, 120, 12};
    if (round % 5 == 1) shape = {3, 1, 2, 2, 100, 30};
    const auto p = random_case(dice, shape);
    const auto free = free_amounts(p);
    double nothing = 0;
    for (const auto& n : p.needs) nothing += n.amount > 0 ? n.weight * p.unmet_min : 0;
    double optimum = nothing;
    std::vector<Trip> trips;
    each_schedule(p, 0, trips, [&] { optimum = std::min(optimum, nothing - best_gain(p, trips, free)); });
    const auto plan = solve(p, rounds(4, dice()));
    ASSERT_TRUE(plan);
    expect_sound(p, *plan, "case " + std::to_string(round));
    if (HasFatalFailure()) return;
    ASSERT_LE(plan->bound, optimum + 1e-6 * (1 + optimum)) << round;
    ASSERT_GE(plan->value.total(), optimum - 1e-6 * (1 + optimum)) << round;
    plans += plan->value.total(), bounds += plan->bound, optima += optimum;
  }
  RecordProperty("plans_over_optima_permille", static_cast<int>(1000 * (plans / optima - 1)));
  RecordProperty("bounds_under_optima_permille", static_cast<int>(1000 * (1 - bounds / optima)));
  EXPECT_LT(plans, optima * 1.02);
  EXPECT_GT(bounds, optima * 0.8);
}

TEST(ReliefPlan, equal_seed_and_rounds_give_equal_plans_with_one_thread_or_two) {
  std::mt19937 dice(3);
  for (int round = 0; round < 4; ++round) {
    const auto p = random_case(dice, {30, 20, 6, 25, 700, 200});
    const auto a = solve(p, rounds(5, 7)), b = solve(p, rounds(5, 7)), c = solve(p, rounds(5, 7, 2));
    ASSERT_TRUE(a && b && c);
    EXPECT_EQ(a->trips, b->trips);
    EXPECT_EQ(a->trips, c->trips);
    EXPECT_EQ(a->bound, b->bound);
    EXPECT_EQ(a->bound, c->bound);
    expect_sound(p, *a, "case " + std::to_string(round));
  }
}

TEST(ReliefPlan, any_moment_may_be_the_last) {
  std::mt19937 dice(4);
  const auto p = random_case(dice, {40, 30, 8, 40, 700, 300});
  for (int calls = 1; calls < 3000; calls = calls * 5 / 4 + 1) {
    int left = calls;
    double now = 0;
    const auto clock = [&] {
      if (--left < 0) now = 60;  // jumps far beyond the limit and stays there
      return now;
    };
    const auto plan = solve(p, {.seconds = clock, .limit_s = 10, .seed = 5, .threads = 1});
    ASSERT_TRUE(plan);
    expect_sound(p, *plan, "after " + std::to_string(calls) + " looks at the clock");
    ASSERT_LT(-left, 60) << "goes on after the time is up";
    if (HasFatalFailure()) return;
  }
}

TEST(ReliefPlan, more_rounds_make_no_worse_plan_and_no_lower_bound) {
  std::mt19937 dice(6);
  const auto p = random_case(dice, {60, 40, 8, 50, 700, 300});
  double value = 1e300, bound = 0;
  const auto plan = solve(p, rounds(12), [&](const Progress& q) {
    EXPECT_LE(q.value, value * (1 + 1e-9));
    EXPECT_GE(q.bound, bound);
    value = q.value, bound = q.bound;
  });
  ASSERT_TRUE(plan);
  EXPECT_NEAR(plan->value.total(), value, 1e-6 * value);
}

ReliefProblem one_road() {
  ReliefProblem p;
  p.goods = {{10, 0.1}};
  p.depots = {{}};
  p.places = {{}};
  p.lots = {{0, 0, 30, 5000}, {0, 0, 30, 4000}, {0, 0, 30, 100}};
  p.needs = {{0, 0, 40, 1}};
  p.vehicles = {{.kg = 200, .m3 = 10, .duty_min = 600}};
  p.road_minutes = {50};
  p.start_minutes = {10};
  return p;
}

TEST(ReliefPlan, carries_in_two_trips_oldest_lot_first_and_proves_it) {
  const auto p = one_road();
  const auto plan = solve(p, rounds(60));
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->trips.size(), 2U);
  EXPECT_EQ(plan->trips[0].arrives_min, 10 + 30 + 50);
  EXPECT_EQ(plan->trips[0].loads, (std::vector<Load>{{0, 1, 20}}));
  EXPECT_EQ(plan->trips[1].arrives_min, 90 + 30 + 50 + 30 + 50);
  EXPECT_EQ(plan->trips[1].loads, (std::vector<Load>{{0, 1, 10}, {0, 0, 10}}));
  EXPECT_TRUE(plan->unmet.empty());
  EXPECT_NEAR(plan->value.total(), (90 + 250) / 2.0, 1e-9);
  EXPECT_GT(plan->bound, plan->value.total() * 0.7);
}

TEST(ReliefPlan, says_why_something_stays_unmet) {
  const auto reason = [](ReliefProblem p) {
    const auto plan = solve(p, rounds(2));
    return plan && plan->unmet.size() == 1 ? std::optional(plan->unmet[0].reason) : std::nullopt;
  };
  auto p = one_road();
  p.lots.clear();
  EXPECT_EQ(reason(p), UnmetReason::kNoStock);
  p = one_road();
  p.depots[0].keep_share = 0.8;
  EXPECT_EQ(reason(p), UnmetReason::kNoStock);
  p = one_road();
  p.road_minutes = {kNoWay};
  EXPECT_EQ(reason(p), UnmetReason::kNoWay);
  p = one_road();
  p.needs[0].latest_min = 60;
  EXPECT_EQ(reason(p), UnmetReason::kWindow);
  p = one_road();
  p.vehicles[0].duty_min = 150;
  EXPECT_EQ(reason(p), UnmetReason::kNoVehicleTime);
  p = one_road();
  p.needs[0].weight = 0;
  EXPECT_EQ(reason(p), UnmetReason::kNotWorthIt);
}

TEST(ReliefPlan, refuses_a_problem_that_does_not_fit_together) {
  auto p = one_road();
  p.needs[0].place = 1;
  EXPECT_FALSE(solve(p, rounds(1)));
  p = one_road();
  p.road_minutes.push_back(1);
  EXPECT_FALSE(solve(p, rounds(1)));
  p = one_road();
  p.vehicles[0].kg = NAN;
  EXPECT_FALSE(solve(p, rounds(1)));
  p = one_road();
  p.depots[0].keep_share = 2;
  EXPECT_FALSE(solve(p, rounds(1)));
}

TEST(Violations, finds_each_kind_of_breach) {
  const auto p = one_road();
  const auto plan = solve(p, rounds(2));
  ASSERT_TRUE(plan && plan->trips.size() == 2);
  const auto broken = [&](auto change) {
    auto trips = plan->trips;
    change(trips);
    return !violations(p, trips).empty();
  };
  EXPECT_FALSE(broken([](auto&) {}));
  EXPECT_TRUE(broken([](auto& t) { t[0].loads[0].amount = 21; }));
  EXPECT_TRUE(broken([](auto& t) { t[0].loads[0].lot = 2; }));
  EXPECT_TRUE(broken([](auto& t) { t[0].loads[0].lot = 0; }));
  EXPECT_TRUE(broken([](auto& t) { t[0].arrives_min -= 1; }));
  EXPECT_TRUE(broken([](auto& t) { t[1].starts_min -= 1; }));
  EXPECT_TRUE(broken([](auto& t) { t[1].number = 2; }));
  EXPECT_TRUE(broken([](auto& t) { t[1].free_min = 601; }));
  EXPECT_TRUE(broken([](auto& t) { t[0].driven_min = 1; }));
  EXPECT_TRUE(broken([](auto& t) { t[0].depot = 7; }));
  EXPECT_TRUE(broken([](auto& t) { t[1].loads.push_back({0, 0, 5}); }));
}

}  // namespace
}  // namespace anlan::allocate
