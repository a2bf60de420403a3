// What coverage needs of the roads: the villages put on them, and which of them stations reach in how long. For the
// sources of coverage.h.
#pragma once

#include <unordered_map>

#include "logistics/coverage.h"

namespace anlan {

// The villages on one network for one profile. Immutable.
struct Coverage::OnNetwork {
  std::shared_ptr<const RoadNetwork> network;
  std::shared_ptr<const CoveredVillages> villages;
  size_t profile = 0;

  // Ways in: the arcs along the road of village v are way[first[v]] .. way[first[v + 1]], each a target of `selection`.
  struct Way {
    roads::Arc arc;
    float share;  // of the arc until the village, in the direction of travel
  };
  std::vector<uint32_t> first{0};
  std::vector<Way> way;
  std::vector<uint32_t> village_of_way;
  std::vector<uint32_t> access;  // ms from the road to the village
  std::vector<roads::RoadIndex> road;  // kNone: on none
  std::unordered_map<roads::RoadIndex, std::vector<uint32_t>> by_road;
  std::vector<uint32_t> off_road;
  std::vector<LonLat> off_road_at;
  std::unique_ptr<roads::Selection> selection;

  // ms along the way's last arc; kUnreachable where it is closed.
  uint32_t last_bit(size_t w, std::span<const roads::Weight> weights) const;

  OnNetwork(const RoadMetrics& metrics, size_t profile, std::shared_ptr<const CoveredVillages> villages);
};

// Answers "which villages from here, in how long" for one question.
struct Coverage::Reacher {
  const TravelProfile* declared = nullptr;  // by road or straight
  const AircraftSpec* aircraft = nullptr;   // by air
  std::shared_ptr<RoadMetrics> metrics;     // null: straight
  std::shared_ptr<const OnNetwork> on;
  std::shared_ptr<const roads::Metric> metric;
  std::shared_ptr<const CoveredVillages> villages;
  size_t profile = 0;
  int period = -1;
  roads::Weight limit = 0;
  bool estimated = false;  // some villages, or all, are reached in a straight line

  // Lists over all villages of the node, one for each position.
  roads::ReachLists lists(std::span<const LonLat> from, const roads::Metric& metric) const;
  roads::ReachLists lists(std::span<const LonLat> from) const;
};

}  // namespace anlan
