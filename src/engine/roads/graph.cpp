#include "roads/graph.h"

#include <array>

namespace anlan::roads {

std::string_view name_of(RoadClass c) {
  static constexpr std::array<std::string_view, kRoadClasses> kNames = {
      "motorway", "trunk",      "primary",  "secondary", "tertiary", "unclassified", "residential", "living_street", "service",
      "track",    "pedestrian", "cycleway", "footway",   "path",     "steps",        "ferry",       "other"};
  return kNames[static_cast<size_t>(c)];
}

std::vector<Node> tails(const Graph& graph) {
  std::vector<Node> tail(graph.arcs());
  for (Node v = 0; v < graph.nodes(); ++v)
    for (uint32_t a = graph.first[v]; a < graph.first[v + 1]; ++a) tail[a] = v;
  return tail;
}

ArcsOfRoads arcs_of_roads(const Graph& graph) {
  ArcsOfRoads out;
  out.begin.assign(graph.roads.size() + 1, 0);
  for (const uint32_t along : graph.along) ++out.begin[along / 2 + 1];
  for (size_t r = 0; r < graph.roads.size(); ++r) out.begin[r + 1] += out.begin[r];
  out.list.resize(graph.arcs());
  auto next = out.begin;
  for (Arc a = 0; a < graph.arcs(); ++a) out.list[next[graph.along[a] / 2]++] = a;
  return out;
}

}  // namespace anlan::roads
