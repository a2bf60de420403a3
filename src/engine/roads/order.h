// The order in which a contraction hierarchy takes its nodes: nested dissection.
//
// Nodes of degree one and two go first, in rounds of nodes that do not touch each other, so that a chain of n nodes adds
// log n levels. What is left is ordered by METIS (Karypis and Kumar 1998, multilevel nested dissection). Depends on the
// topology alone, never on weights: it is computed once for a network and serves every vehicle and every closure.
#pragma once

#include <span>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

// order[i] is the node of rank i; the least important first. Arcs are taken as undirected; loops and doubles do no harm.
// Equal input gives an equal order. O(arcs log nodes) in practice.
std::vector<Node> nested_dissection(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head);

}  // namespace anlan::roads
