#include "roads/islands.h"

#include <algorithm>

namespace anlan::roads {

Components strong_components(const Graph& graph, const std::function<bool(Arc)>& open) {
  const Node n = graph.nodes();
  Components out{std::vector<uint32_t>(n, kNone), {}, kNone};
  std::vector<uint32_t> number(n, kNone), low(n);
  std::vector<Node> waiting, path;           // nodes without a component; nodes being visited
  std::vector<Arc> next(graph.first.begin(), graph.first.empty() ? graph.first.end() : graph.first.end() - 1);
  uint32_t visited = 0;
  const auto enter = [&](Node v) {
    number[v] = low[v] = visited++;
    waiting.push_back(v);
    path.push_back(v);
  };
  for (Node root = 0; root < n; ++root) {
    if (number[root] != kNone) continue;
    enter(root);
    while (!path.empty()) {
      const Node v = path.back();
      if (next[v] < graph.first[v + 1]) {
        const Arc a = next[v]++;
        if (!open(a)) continue;
        const Node w = graph.head[a];
        if (number[w] == kNone) enter(w);
        else if (out.of[w] == kNone) low[v] = std::min(low[v], number[w]);
        continue;
      }
      path.pop_back();
      if (!path.empty()) low[path.back()] = std::min(low[path.back()], low[v]);
      if (low[v] != number[v]) continue;
      const auto component = static_cast<uint32_t>(out.nodes.size());
      out.nodes.push_back(0);
      for (Node w = kNone; w != v;) {
        w = waiting.back();
        waiting.pop_back();
        out.of[w] = component;
        ++out.nodes.back();
      }
    }
  }
  if (n > 0) out.largest = static_cast<uint32_t>(std::max_element(out.nodes.begin(), out.nodes.end()) - out.nodes.begin());
  return out;
}

NetworkFigures figures_of(const Graph& graph) {
  NetworkFigures out{graph.roads.size(), graph.nodes(), graph.arcs()};
  for (const Road& road : graph.roads) out.road_km += road.length_dm / 10'000.0;
  const auto motor = [&](Arc a) {
    const uint16_t flags = graph.road(a).flags;
    return !graph.turn_banned[a] && (flags & (graph.backward(a) ? kMotorBackward : kMotorForward)) &&
           !(flags & (kPrivate | kEmergencyOnly));
  };
  std::vector<bool> drives(graph.nodes());
  for (Node v = 0; v < graph.nodes(); ++v)
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a)
      if (motor(a)) drives[v] = drives[graph.head[a]] = true;
  const Components parts = strong_components(graph, motor);
  for (Node v = 0; v < graph.nodes(); ++v) {
    out.motor_nodes += drives[v];
    out.island_nodes += drives[v] && parts.of[v] != parts.largest;
  }
  return out;
}

}  // namespace anlan::roads
