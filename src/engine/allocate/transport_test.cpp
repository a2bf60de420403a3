#include "allocate/transport.h"

#include <glpk.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace anlan::allocate {
namespace {

// The same problem as a linear program.
double by_simplex(const TransportProblem& p) {
  glp_term_out(GLP_OFF);
  glp_prob* lp = glp_create_prob();
  glp_set_obj_dir(lp, GLP_MIN);
  const int m = static_cast<int>(p.supply.size()), n = static_cast<int>(p.demand.size()), k = static_cast<int>(p.routes.size());
  glp_add_rows(lp, m + n);
  for (int i = 0; i < m; ++i) glp_set_row_bnds(lp, i + 1, GLP_UP, 0, static_cast<double>(p.supply[static_cast<size_t>(i)]));
  for (int j = 0; j < n; ++j) {
    const auto d = static_cast<double>(p.demand[static_cast<size_t>(j)]);
    glp_set_row_bnds(lp, m + j + 1, GLP_FX, d, d);
  }
  glp_add_cols(lp, k + n);
  for (int c = 0; c < k + n; ++c) {
    glp_set_col_bnds(lp, c + 1, GLP_LO, 0, 0);
    const bool route = c < k;
    const auto j = route ? static_cast<int>(p.routes[static_cast<size_t>(c)].to) : c - k;
    glp_set_obj_coef(lp, c + 1, static_cast<double>(route ? p.routes[static_cast<size_t>(c)].cost : p.unmet_cost[static_cast<size_t>(j)]));
    int rows[3] = {0, m + j + 1, route ? static_cast<int>(p.routes[static_cast<size_t>(c)].from) + 1 : 0};
    double ones[3] = {0, 1, 1};
    glp_set_mat_col(lp, c + 1, route ? 2 : 1, rows, ones);
  }
  glp_simplex(lp, nullptr);
  const double cost = glp_get_obj_val(lp);
  glp_delete_prob(lp);
  return cost;
}

void expect_sound(const TransportProblem& p, const TransportPlan& plan) {
  std::vector<int64_t> out(p.supply.size(), 0), in = plan.unmet;
  int64_t cost = 0;
  for (size_t k = 0; k < p.routes.size(); ++k) {
    ASSERT_GE(plan.flow[k], 0);
    out[p.routes[k].from] += plan.flow[k];
    in[p.routes[k].to] += plan.flow[k];
    cost += plan.flow[k] * p.routes[k].cost;
    ASSERT_LE(plan.demand_price[p.routes[k].to], p.routes[k].cost + plan.supply_price[p.routes[k].from]);
  }
  int64_t dual = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    ASSERT_LE(out[i], p.supply[i]);
    ASSERT_GE(plan.supply_price[i], 0);
    dual -= plan.supply_price[i] * p.supply[i];
  }
  for (size_t j = 0; j < in.size(); ++j) {
    ASSERT_EQ(in[j], p.demand[j]);
    cost += plan.unmet[j] * p.unmet_cost[j];
    ASSERT_LE(plan.demand_price[j], p.unmet_cost[j]);
    dual += plan.demand_price[j] * p.demand[j];
  }
  ASSERT_EQ(cost, plan.cost);
  ASSERT_EQ(dual, plan.cost);  // the prices prove the optimum
}

TEST(Transport, equals_the_linear_program) {
  std::mt19937 dice(3);
  for (int round = 0; round < 400; ++round) {
    TransportProblem p;
    const size_t m = dice() % 6, n = dice() % 6;
    for (size_t i = 0; i < m; ++i) p.supply.push_back(dice() % 30);
    for (size_t j = 0; j < n; ++j) p.demand.push_back(dice() % 25), p.unmet_cost.push_back(dice() % 3 == 0 ? 15 : 1000);
    for (uint32_t i = 0; i < m; ++i)
      for (uint32_t j = 0; j < n; ++j)
        if (dice() % 3 > 0) p.routes.push_back({i, j, static_cast<int64_t>(dice() % 50)});
    const auto plan = transport(p);
    ASSERT_TRUE(plan);
    expect_sound(p, *plan);
    if (n > 0) {
      ASSERT_EQ(plan->cost, std::llround(by_simplex(p))) << round;
    }
  }
}

TEST(Transport, dense_equals_all_routes_at_once) {
  std::mt19937 dice(4);
  for (int round = 0; round < 60; ++round) {
    TransportProblem p;
    const size_t m = 1 + dice() % 40, n = 1 + dice() % 12;
    std::vector<int64_t> cost(m * n);
    for (auto& c : cost) c = dice() % 9 == 0 ? kNoRoute : static_cast<int64_t>(dice() % 500);
    for (size_t i = 0; i < m; ++i) p.supply.push_back(dice() % 20);
    for (size_t j = 0; j < n; ++j) p.demand.push_back(dice() % 60), p.unmet_cost.push_back(400);
    for (uint32_t i = 0; i < m; ++i)
      for (uint32_t j = 0; j < n; ++j)
        if (cost[i * n + j] != kNoRoute) p.routes.push_back({i, j, cost[i * n + j]});
    const auto dense = transport_dense(p.supply, p.demand, p.unmet_cost, [&](uint32_t i, uint32_t j) { return cost[i * n + j]; }, 3);
    ASSERT_TRUE(dense);
    ASSERT_EQ(dense->cost, transport(p)->cost);
  }
}

TEST(Transport, refuses_what_it_cannot_count) {
  EXPECT_FALSE(transport({{-1}, {}, {}, {}}));
  EXPECT_FALSE(transport({{1}, {1}, {{0, 1, 0}}, {5}}));
  EXPECT_FALSE(transport({{1}, {1}, {}, {}}));
  EXPECT_FALSE(transport({{int64_t{1} << 53, 1}, {}, {}, {}}));
}

TEST(Transport, fourteen_thousand_stores_to_five_hundred_places) {
  std::mt19937 dice(8);
  const size_t m = 14'000, n = 500;
  std::vector<int64_t> supply(m), demand(n), unmet(n, 1'000'000);
  std::vector<std::pair<double, double>> a(m), b(n);
  for (auto& [x, y] : a) x = dice() % 6000, y = dice() % 5000;
  for (auto& [x, y] : b) x = 2000 + dice() % 1500, y = 2000 + dice() % 1200;
  for (auto& s : supply) s = dice() % 40;
  for (auto& d : demand) d = 20 + dice() % 300;
  const auto plan = transport_dense(supply, demand, unmet, [&](uint32_t i, uint32_t j) {
    return static_cast<int64_t>(std::hypot(a[i].first - b[j].first, a[i].second - b[j].second));
  });
  ASSERT_TRUE(plan);
  for (const int64_t u : plan->unmet) EXPECT_EQ(u, 0);
  RecordProperty("rounds", plan->rounds);
}

}  // namespace
}  // namespace anlan::allocate
