// Everything within so many minutes of a place.
//
// A climb to the root of the elimination tree, then down it from the top (PHAST: Delling, Goldberg, Nowatzyk, Werneck 2011).
// A subtree without a start whose heads are all beyond the limit is left out whole, since every way into it passes one of
// them; so the cost is that of the part within the limit and its rim, not of the network: O(arcs of the hierarchy there).
#pragma once

#include <span>
#include <vector>

#include "roads/metric.h"
#include "roads/reached.h"

namespace anlan::roads {

enum class Direction { kFrom, kTo };  // times from the starts, or to them

class ReachQuery {
 public:
  explicit ReachQuery(const Hierarchy& hierarchy);

  // Nodes at most `limit` ms from the nearest start, in no particular order. Valid until the next call.
  const std::vector<Reached>& reach(const Metric& metric, std::span<const Start> starts, Weight limit, Direction direction = Direction::kFrom);

 private:
  const Hierarchy& h_;
  std::vector<Weight> ms_;  // by rank; what the last call did not look at is old
  std::vector<Rank> climbed_;
  std::vector<Reached> out_;
};

}  // namespace anlan::roads
