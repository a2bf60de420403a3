// Dijkstra's algorithm, plainly: what every other search is compared with, in tests and benchmarks.
#pragma once

#include <functional>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "roads/graph.h"
#include "roads/reached.h"

namespace anlan::roads {

// Least ms from the starts to every node (kTo: pass the reversed graph); kUnreachable beyond `limit`. Stops at `until`.
inline void plain_search(const Graph& graph, std::span<const Weight> weights, std::span<const Start> starts, std::vector<Weight>& ms,
                         Weight limit = kUnreachable - 1, Node until = kNone) {
  using Item = std::pair<Weight, Node>;
  ms.assign(graph.nodes(), kUnreachable);
  std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
  for (const auto& s : starts)
    if (s.ms < ms[s.node] && s.ms <= limit) ms[s.node] = s.ms, queue.emplace(s.ms, s.node);
  while (!queue.empty()) {
    const auto [at, v] = queue.top();
    queue.pop();
    if (at > ms[v]) continue;
    if (v == until) return;
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a) {
      const uint64_t there = uint64_t{at} + weights[a];
      if (weights[a] >= kUnreachable || there > limit || there >= ms[graph.head[a]]) continue;
      ms[graph.head[a]] = static_cast<Weight>(there);
      queue.emplace(static_cast<Weight>(there), graph.head[a]);
    }
  }
}

// Every arc turned round, with its weight: for times to a place.
struct Reversed {
  Graph graph;
  std::vector<Weight> weights;
};
inline Reversed reversed(const Graph& graph, std::span<const Weight> weights) {
  Reversed out;
  out.graph.first.assign(graph.nodes() + 1, 0);
  for (const Node h : graph.head) ++out.graph.first[h + 1];
  for (Node v = 0; v < graph.nodes(); ++v) out.graph.first[v + 1] += out.graph.first[v];
  out.graph.head.resize(graph.arcs());
  out.weights.resize(graph.arcs());
  auto next = out.graph.first;
  for (Node v = 0; v < graph.nodes(); ++v)
    for (Arc a = graph.first[v]; a < graph.first[v + 1]; ++a) {
      const uint32_t at = next[graph.head[a]]++;
      out.graph.head[at] = v;
      out.weights[at] = weights[a];
    }
  return out;
}

}  // namespace anlan::roads
