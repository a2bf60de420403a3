// Earthquakes as the API shows them (openapi.yaml: Earthquake, EarthquakeVersion, EarthquakeMap, Survey, Countdown).
#pragma once

#include <string>
#include <vector>

#include "earthquakes/early_warnings.h"
#include "earthquakes/estimate.h"
#include "web/api.h"

namespace anlan {

json::object earthquake_json(const CallPtr& call, const EarthquakeRow& row);
json::object version_json(const EarthquakeVersion& version);
json::object estimate_row_json(const LossesRow& row);

json::object survey_json(const CallPtr& call, const SurveyRow& row);
// Those of places that the account may read, the newest first.
json::array surveys_json(const CallPtr& call, const std::vector<SurveyRow>& rows);

json::value exposure_name_json(const Stock* stock);  // null without one
// Ground, people and villages that feel each degree or more. O(places + cells of the map).
json::array reached_json(const Estimate& estimate, const PlaceIndex& places);

// The shaking as a grid.xml of ShakeMap.
std::string grid_xml(const Shaking& shaking, const std::string& id, const std::string& description);

// Contours, stations and what was seen on the spot; surveys are put in by the caller. O(cells of the map).
Result<json::object> map_json(const Shaking& shaking, PlaceCode place);
// The same before anything was worked out: ellipses alone.
json::object first_map_json(const EarthquakeRow& row, PlaceCode place);

// The table of townships as people fetch it, and the same as points on the map.
struct LossesTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
LossesTable losses_table(const Estimate& estimate, const Pack& pack, const PlaceIndex& places);
json::object losses_features(const Estimate& estimate, const Pack& pack, const PlaceIndex& places);

json::object countdown_json(const Countdown& countdown, const std::vector<StationView>& stations);

}  // namespace anlan
