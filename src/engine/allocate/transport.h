// One good from many stocks to many needs at the least cost, exactly, in whole units: a minimum cost flow, solved with the
// network simplex of LEMON.
//
// Every unit of a demand is met or counts unmet_cost; supply may be left over. Amounts and costs are whole numbers; amounts
// sum below 2^53 and |cost| ≤ 1e12, so that no sum overflows. Prices prove the optimum: for every allowed route
// demand_price ≤ cost + supply_price, with equality where something flows; demand_price ≤ unmet_cost.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"

namespace anlan::allocate {

struct Route {
  uint32_t from = 0, to = 0;
  int64_t cost = 0;
};

struct TransportProblem {
  std::vector<int64_t> supply, demand;
  std::vector<Route> routes;          // of unlimited capacity; at most 50 million
  std::vector<int64_t> unmet_cost;    // per demand
};

struct TransportPlan {
  std::vector<int64_t> flow;          // per route
  std::vector<int64_t> unmet;         // per demand
  std::vector<int64_t> supply_price, demand_price;
  int64_t cost = 0;                   // routes and unmet
};

// kInvalidField when an index points nowhere or a number is out of range.
[[nodiscard]] Result<TransportPlan> transport(const TransportProblem& problem);

inline constexpr int64_t kNoRoute = INT64_MAX;

struct Shipment {
  uint32_t from = 0, to = 0;
  int64_t amount = 0;
  bool operator==(const Shipment&) const = default;
};
struct DenseTransportPlan {
  std::vector<Shipment> shipments;    // by from, then to
  std::vector<int64_t> unmet;
  std::vector<int64_t> supply_price, demand_price;
  int64_t cost = 0;
  int rounds = 0;
};

// The same over a whole matrix, cost(from, to) or kNoRoute: solves over the `nearest` cheapest routes of each demand, then
// adds those that the prices show to be worth it until there are none. Exact. cost is called once per pair and round.
[[nodiscard]] Result<DenseTransportPlan> transport_dense(std::span<const int64_t> supply, std::span<const int64_t> demand,
                                                         std::span<const int64_t> unmet_cost,
                                                         const std::function<int64_t(uint32_t from, uint32_t to)>& cost,
                                                         size_t nearest = 400);

}  // namespace anlan::allocate
