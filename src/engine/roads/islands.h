// Which parts of a network can reach each other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

struct Components {
  std::vector<uint32_t> of;       // component of each node
  std::vector<uint32_t> nodes;    // nodes of each component
  uint32_t largest = 0;           // the component with the most nodes; kNone without nodes
};

// Strongly connected components over the arcs that are open (Tarjan 1972, without recursion). O(nodes + arcs).
Components strong_components(const Graph& graph, const std::function<bool(Arc)>& open);

// What an import says about the network it made.
struct NetworkFigures {
  uint64_t roads = 0, nodes = 0, arcs = 0;
  double road_km = 0;
  uint64_t motor_nodes = 0;   // with an arc that is open to ordinary motor vehicles
  uint64_t island_nodes = 0;  // of these: outside the largest part where all reach each other
};
NetworkFigures figures_of(const Graph& graph);

}  // namespace anlan::roads
