// The topology of a customizable contraction hierarchy: what depends on the network and not on how fast anyone travels.
//
// Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", ACM JEA 21 (2016). Nodes are taken out in
// the given order and their remaining neighbours joined; every arc of the result goes up, from the node of lower rank.
// Invariants:
//   - ranks number the nodes so that the subtree of v in the elimination tree is v - subtree[v] + 1 .. v;
//   - the heads of the arcs up[v] .. up[v + 1] are sorted, are all ancestors of v, and the first is parent[v];
//   - so a head is known by its depth in the tree as well, which fits 16 bits, and a search needs an array as long as the
//     tree is high rather than as long as the network is big;
//   - all paths between subtree(v) and the rest of the network pass a head of v.
// Immutable; any number of threads may read it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "roads/column.h"
#include "roads/graph.h"

namespace anlan::roads {

using Rank = uint32_t;
using UpArc = uint32_t;  // index of an arc of the hierarchy

struct Hierarchy {
  Column<Rank> rank_of;        // by node
  Column<Node> node_of;        // by rank
  Column<Rank> parent;         // by rank; kNone at a root
  Column<uint16_t> depth;      // by rank; 0 at a root
  Column<uint32_t> subtree;    // by rank: nodes in its subtree, itself included
  Column<UpArc> up;            // by rank, ranks + 1
  Column<Rank> head;           // by UpArc
  Column<uint16_t> head_depth; // by UpArc: depth[head]
  Column<uint32_t> down;       // by rank, ranks + 1: the arcs that end here ...
  Column<Rank> down_tail;      // ... their tails, sorted ...
  Column<UpArc> down_arc;      // ... and the arcs themselves
  // Input arcs: slot = UpArc * 2 + (1 when it goes down); kNone for a loop. Arcs of a slot: inputs[input[s]] .. input[s + 1].
  Column<uint32_t> slot;       // by input arc
  Column<uint32_t> input;      // by slot, slots + 1
  Column<Arc> inputs;
  uint32_t height = 0;         // greatest depth + 1

  uint32_t nodes() const { return static_cast<uint32_t>(node_of.size()); }
  uint32_t up_arcs() const { return static_cast<uint32_t>(head.size()); }
  // The arc from `tail` up to `head`; kNone. O(log degree).
  UpArc find(Rank tail, Rank head) const;
  std::span<const Arc> inputs_of(uint32_t s) const { return inputs.all().subspan(input[s], input[s + 1] - input[s]); }
};

// Builds it. `order` as nested_dissection() gives it. O(arcs of the result × log). kTooLarge when the tree is higher than
// 65,535 or the result has 2^31 arcs: an order that is no use.
Result<Hierarchy> build_hierarchy(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head, std::span<const Node> order);
Result<Hierarchy> build_hierarchy(const Graph& graph);

}  // namespace anlan::roads
