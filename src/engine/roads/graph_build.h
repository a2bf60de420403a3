// From a list of roads between junctions to the Graph that is searched: arcs by tail, and junctions split where turns are
// forbidden.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

// A road in one direction: road * 2, + 1 against its shape.
using Along = uint32_t;
inline constexpr Along reverse(Along along) { return along ^ 1; }

// Who arrives by `arriving` must not (or, with `only`, must) go on by `leaving`. The first ends where the second begins.
// A rule with `only` leaves turning back allowed; a rule without it whose two roads are the same forbids turning back.
struct TurnRule {
  Along arriving = 0, leaving = 0;
  bool only = false;
  bool operator==(const TurnRule&) const = default;
};

// Names and numbers of roads, each once. names[0] is empty.
class NameTable {
 public:
  NameTable() { index_of({}); }
  uint32_t index_of(std::string_view name);
  std::vector<std::string> take() && { return std::move(names_); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> index_;
};

// What a reader of files gathers. Roads keep their order and index in the Graph.
struct Draft {
  std::vector<LonLat> at;             // junctions
  std::vector<Road> roads;
  std::vector<Node> from, to;         // of each road, in the direction of its shape
  std::vector<uint32_t> shape_first{0};
  std::vector<LonLat> shape;          // both ends of every road included
  NameTable names;
  std::vector<TurnRule> turns;

  // A road with its shape; length_dm is measured when it is 0. `points` has at least two.
  RoadIndex add(Node tail, Node head, Road road, std::span<const LonLat> points);
};

// Metres along a line.
double length_m(std::span<const LonLat> line);

// Nodes 0 .. at.size() - 1 are the junctions of the draft; after them come the copies, one for each direction of a road
// that arrives with a rule, by road. No road, no node: a Graph with first == {0}. Rules whose roads do not meet are a bug
// of the reader (CHECK). O(roads + rules × degree).
Graph build_graph(Draft draft);

}  // namespace anlan::roads
