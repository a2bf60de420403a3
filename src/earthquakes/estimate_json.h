// Estimates as JSON, for the attachment of LossesEstimated and for the API (openapi.yaml: EarthquakeLosses).
#pragma once

#include "earthquakes/estimate.h"
#include "registry/place_index.h"

namespace anlan {

json::object range_json(const quake::Range& r);
// One township or the whole.
json::object loss_json(const quake::TownshipLoss& loss, const EarthquakeBook& book);
// What people on the spot have counted, summed up by town.
struct Counted {
  int64_t collapsed = 0, severe = 0, dead = 0, injured = 0;
};
std::map<PlaceCode, Counted> counted_by_town(const std::vector<SurveyRow>& surveys);
// "模型", "台站 12 个、调查点 3 个".
json::object basis_json(size_t stations, size_t surveys, int64_t draws);
// total, townships (most urgent first), models, dead_bins, needs. CHECKs that there are losses.
json::object losses_json(const Estimate& estimate, const Pack& pack, const PlaceIndex& places);
// What is proposed, and why; null when nothing is.
json::value response_json(const EarthquakeResponse* response, const Estimate& estimate);

}  // namespace anlan
