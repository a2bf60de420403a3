// A network with what is looked up in it: the arcs of each road, the nearest road to a place, which roads lie in an area.
// Immutable; shared by all queries as std::shared_ptr<const RoadNetwork>.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/area.h"
#include "roads/index_file.h"
#include "roads/junctions.h"
#include "roads/snap.h"

namespace anlan {

struct RoadNetwork {
  std::string file;  // hash of the attachment
  roads::RoadNetwork index;
  roads::ArcsOfRoads arcs;
  roads::SnapIndex snap;
  roads::Junctions junctions;
  std::vector<roads::Node> tail;  // of every arc
  Bounds bounds;
  double length_km = 0;

  // `bytes` as roads::write_index() gives them. kCorrupt and kInvalidFile as read_index(). O(network).
  static Result<std::shared_ptr<const RoadNetwork>> open(std::string file, std::shared_ptr<const std::string> bytes);

  explicit RoadNetwork(roads::RoadNetwork read);
  RoadNetwork(const RoadNetwork&) = delete;

  const roads::Graph& graph() const { return index.graph; }
  double length_of(roads::RoadIndex road) const { return index.graph.roads[road].length_dm / 10.0; }
  const std::string& name_of(roads::RoadIndex road) const;  // its number where it has no name; "" when it has neither
};

}  // namespace anlan
