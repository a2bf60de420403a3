#include "allocate/transport.h"

#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include <algorithm>
#include <utility>

namespace anlan::allocate {

namespace {

constexpr int64_t kCostMost = 1'000'000'000'000;
constexpr int64_t kAmountMost = int64_t{1} << 53;

Error wrong(const char* field) {
  return {ErrorCode::kInvalidField, {{"field", field}, {"why", "out of range"}}};
}

Result<void> check(const TransportProblem& p) {
  int64_t supply = 0, demand = 0;
  for (const int64_t s : p.supply) {
    if (s < 0 || s > kAmountMost - supply) return wrong("supply");
    supply += s;
  }
  for (const int64_t d : p.demand) {
    if (d < 0 || d > kAmountMost - demand) return wrong("demand");
    demand += d;
  }
  if (p.unmet_cost.size() != p.demand.size()) return wrong("unmet_cost");
  for (const int64_t c : p.unmet_cost)
    if (c < 0 || c > kCostMost) return wrong("unmet_cost");
  if (p.routes.size() > 50'000'000) return wrong("routes");
  for (const auto& r : p.routes)
    if (r.from >= p.supply.size() || r.to >= p.demand.size() || r.cost > kCostMost || r.cost < -kCostMost) return wrong("routes");
  return {};
}

}  // namespace

Result<TransportPlan> transport(const TransportProblem& p) {
  TRY_VOID(check(p));
  // Nodes: supplies, demands, a well that meets what nothing else meets, a sink for what is left over.
  const auto m = static_cast<int>(p.supply.size()), n = static_cast<int>(p.demand.size());
  const int well = m + n, sink = m + n + 1;
  struct Raw {
    int from, to;
    int64_t cost;
    int64_t number;  // of the route; below 0: of the demand that the well meets, or none
  };
  std::vector<Raw> arcs;
  arcs.reserve(p.routes.size() + p.supply.size() + p.demand.size() + 1);
  for (size_t k = 0; k < p.routes.size(); ++k)
    arcs.push_back({static_cast<int>(p.routes[k].from), m + static_cast<int>(p.routes[k].to), p.routes[k].cost, static_cast<int64_t>(k)});
  for (int i = 0; i < m; ++i) arcs.push_back({i, sink, 0, INT64_MIN});
  for (int j = 0; j < n; ++j) arcs.push_back({well, m + j, p.unmet_cost[static_cast<size_t>(j)], -1 - j});
  arcs.push_back({well, sink, 0, INT64_MIN});
  std::sort(arcs.begin(), arcs.end(), [](const Raw& a, const Raw& b) { return std::pair(a.from, a.number) < std::pair(b.from, b.number); });
  std::vector<std::pair<int, int>> ends;
  ends.reserve(arcs.size());
  for (const auto& a : arcs) ends.emplace_back(a.from, a.to);

  using Graph = lemon::StaticDigraph;
  Graph graph;
  graph.build(sink + 1, ends.begin(), ends.end());
  Graph::ArcMap<int64_t> cost(graph);
  Graph::NodeMap<int64_t> balance(graph);
  for (int k = 0; k < static_cast<int>(arcs.size()); ++k) cost[graph.arc(k)] = arcs[static_cast<size_t>(k)].cost;
  int64_t supply = 0, demand = 0;
  for (int i = 0; i < m; ++i) supply += balance[graph.node(i)] = p.supply[static_cast<size_t>(i)];
  for (int j = 0; j < n; ++j) {
    demand += p.demand[static_cast<size_t>(j)];
    balance[graph.node(m + j)] = -p.demand[static_cast<size_t>(j)];
  }
  balance[graph.node(well)] = demand + 1;  // one more, so that its price is that of the sink
  balance[graph.node(sink)] = -supply - 1;
  lemon::NetworkSimplex<Graph, int64_t, int64_t> simplex(graph);
  simplex.costMap(cost).supplyMap(balance);
  // Negative costs cannot form a cycle here: every path ends at the sink.
  CHECK(simplex.run() == decltype(simplex)::OPTIMAL);

  TransportPlan plan;
  plan.flow.assign(p.routes.size(), 0);
  plan.unmet.assign(p.demand.size(), 0);
  for (int k = 0; k < static_cast<int>(arcs.size()); ++k) {
    const auto& a = arcs[static_cast<size_t>(k)];
    const int64_t flow = simplex.flow(graph.arc(k));
    plan.cost += flow * a.cost;
    if (a.number >= 0) plan.flow[static_cast<size_t>(a.number)] = flow;
    else if (a.number > INT64_MIN) plan.unmet[static_cast<size_t>(-1 - a.number)] = flow;
  }
  const int64_t ground = simplex.potential(graph.node(sink));
  for (int i = 0; i < m; ++i) plan.supply_price.push_back(simplex.potential(graph.node(i)) - ground);
  for (int j = 0; j < n; ++j) plan.demand_price.push_back(simplex.potential(graph.node(m + j)) - ground);
  return plan;
}

Result<DenseTransportPlan> transport_dense(std::span<const int64_t> supply, std::span<const int64_t> demand, std::span<const int64_t> unmet_cost,
                                           const std::function<int64_t(uint32_t, uint32_t)>& cost, size_t nearest) {
  TransportProblem p{{supply.begin(), supply.end()}, {demand.begin(), demand.end()}, {}, {unmet_cost.begin(), unmet_cost.end()}};
  TRY_VOID(check(p));
  std::vector<Route> all;
  for (uint32_t j = 0; j < demand.size(); ++j) {
    all.clear();
    for (uint32_t i = 0; i < supply.size(); ++i)
      if (supply[i] > 0 && demand[j] > 0)
        if (const int64_t c = cost(i, j); c != kNoRoute) all.push_back({i, j, c});
    const size_t kept = std::min(nearest, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                      [](const Route& a, const Route& b) { return std::pair(a.cost, a.from) < std::pair(b.cost, b.from); });
    p.routes.insert(p.routes.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  DenseTransportPlan result;
  for (;;) {
    TRY(plan, transport(p));
    ++result.rounds;
    // Routes that would lower the cost: the best few of each demand. None: the prices prove the optimum.
    const size_t before = p.routes.size();
    for (uint32_t j = 0; j < demand.size(); ++j) {
      if (demand[j] == 0) continue;
      all.clear();
      for (uint32_t i = 0; i < supply.size(); ++i) {
        if (supply[i] == 0) continue;
        const int64_t c = cost(i, j);
        if (c == kNoRoute) continue;
        const int64_t saved = plan.demand_price[j] - c - plan.supply_price[i];
        if (saved > 0) all.push_back({i, j, -saved});
      }
      const size_t kept = std::min(nearest, all.size());
      std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                        [](const Route& a, const Route& b) { return std::pair(a.cost, a.from) < std::pair(b.cost, b.from); });
      for (size_t k = 0; k < kept; ++k) p.routes.push_back({all[k].from, j, cost(all[k].from, j)});
    }
    if (p.routes.size() > before) continue;
    for (size_t k = 0; k < p.routes.size(); ++k)
      if (plan.flow[k] > 0) result.shipments.push_back({p.routes[k].from, p.routes[k].to, plan.flow[k]});
    std::sort(result.shipments.begin(), result.shipments.end(),
              [](const Shipment& a, const Shipment& b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); });
    result.unmet = std::move(plan.unmet);
    result.supply_price = std::move(plan.supply_price);
    result.demand_price = std::move(plan.demand_price);
    result.cost = plan.cost;
    return result;
  }
}

}  // namespace anlan::allocate
