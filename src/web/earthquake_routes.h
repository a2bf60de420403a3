// The parts of the routes of earthquakes, and what they share.
#pragma once

#include "earthquakes/scenarios.h"
#include "web/building_layers.h"
#include "web/shared_work.h"

namespace anlan {

using EstimatePtr = std::shared_ptr<const Estimate>;

struct EarthquakeDesk {
  explicit EarthquakeDesk(Node& node)
      : scenarios(node.pack(), node.stock(), node.clock(), node.settings().place, node.settings().utc_offset_minutes), layers(node, scenarios) {}

  Scenarios scenarios;
  BuildingLayers layers;
  SharedWork<int64_t, EstimatePtr> estimates;
};
using DeskPtr = std::shared_ptr<EarthquakeDesk>;

// The earthquake of the path; answers kNotFound.
std::optional<EarthquakeRow> path_earthquake(const CallPtr& call);
// The earthquake of the path with what is estimated now, worked out once for all who ask at the same time; null while the
// first estimate is being made.
void with_estimate(const CallPtr& call, const DeskPtr& desk, std::function<void(const EarthquakeRow&, const EstimatePtr&)> then);
// Numbers and text of an earthquake that a request names; what it leaves out is taken from `known`, or missing.
struct AskedEarthquake {
  Earthquake quake;
  EarthquakeOrigin origin;
};
class Members;
AskedEarthquake asked_earthquake(Members& members, const AskedEarthquake* known, UtcTime now);

void add_loss_routes(Api& api, const DeskPtr& desk);         // map, losses, report, exposure
void add_survey_routes(Api& api);                            // what people on the spot saw
void add_early_warning_routes(Api& api);                     // stations, countdowns, arrivals
void add_scenario_routes(Api& api, const DeskPtr& desk);     // what if
void add_building_routes(Api& api, const DeskPtr& desk);     // tiles, one building, its history

}  // namespace anlan
