// Turn restrictions of OpenStreetMap (type=restriction): which relations bind motor vehicles, and which of their roads
// meet where.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "roads/graph_build.h"
#include "roads/osm_tags.h"

namespace anlan::roads {

struct OsmRule {
  std::vector<int64_t> from, to;  // ways; several only where nobody may enter or leave
  int64_t via = 0;                // node
  bool only = false;
  bool excepting = false;         // except=psv, emergency …: said in the report, bound all the same
};
struct OsmRuleTags {
  Dropped dropped = Dropped::kNone;
  OsmRule rule;
};
// Nothing when the relation is no turn restriction.
std::optional<OsmRuleTags> read_rule(const OsmRelation& relation);

// Adds what the rule says about roads that meet at `via` to the draft; the reason when it says nothing.
// `roads_of(way)` are the roads of a way, empty when the way is not in the graph.
Dropped apply_rule(const OsmRule& rule, Node via, const std::function<std::span<const RoadIndex>(int64_t way)>& roads_of, Draft& draft);

}  // namespace anlan::roads
