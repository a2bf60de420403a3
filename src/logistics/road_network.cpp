#include "logistics/road_network.h"

#include <algorithm>

namespace anlan {

RoadNetwork::RoadNetwork(roads::RoadNetwork read)
    : index(std::move(read)), arcs(roads::arcs_of_roads(index.graph)), snap(index.graph), junctions(index.graph), tail(roads::tails(index.graph)) {
  const auto& shape = index.graph.shape;
  if (!shape.empty()) bounds = {shape[0].lon, shape[0].lat, shape[0].lon, shape[0].lat};
  for (const auto& p : shape) {
    bounds.west = std::min(bounds.west, p.lon), bounds.east = std::max(bounds.east, p.lon);
    bounds.south = std::min(bounds.south, p.lat), bounds.north = std::max(bounds.north, p.lat);
  }
  for (const auto& road : index.graph.roads) length_km += road.length_dm / 1e4;
}

Result<std::shared_ptr<const RoadNetwork>> RoadNetwork::open(std::string file, std::shared_ptr<const std::string> bytes) {
  const std::string_view view = *bytes;
  TRY(read, roads::read_index(view, std::move(bytes)));
  auto made = std::make_shared<RoadNetwork>(std::move(read));
  made->file = std::move(file);
  return std::shared_ptr<const RoadNetwork>(std::move(made));
}

const std::string& RoadNetwork::name_of(roads::RoadIndex road) const {
  const auto& r = index.graph.roads[road];
  return index.graph.names[r.name != 0 ? r.name : r.ref];
}

}  // namespace anlan
