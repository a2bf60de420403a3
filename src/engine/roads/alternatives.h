// Other ways than the fastest that are still worth taking.
//
// Abraham, Delling, Goldberg, Werneck, "Alternative routes in road networks" (ACM JEA 18, 2013): ways through a single
// node, at most `stretch` × the fastest, that share at most `sharing` of its time, and whose stretch around the node is
// itself a fastest way (T-test), so that nobody is led around a block.
#pragma once

#include <vector>

#include "roads/route_query.h"

namespace anlan::roads {

struct AlternativeRules {
  double stretch = 1.4, sharing = 0.75, local = 0.25;
  int count = 2;
};

// The fastest first, then at most rules.count others, fastest first. Empty when there is no way. Each tried node costs a
// few searches; at most 100 are tried.
std::vector<RouteQuery::Route> alternatives(const Hierarchy& hierarchy, const Metric& metric, RouteQuery& query, const std::vector<Node>& tail,
                                            const std::vector<Node>& head, Node from, Node to, const AlternativeRules& rules = {});

}  // namespace anlan::roads
