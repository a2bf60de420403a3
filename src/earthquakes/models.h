// What the pack declares, as the engine wants it.
#pragma once

#include "earthquakes/facts.h"
#include "quake/event.h"
#include "quake/losses.h"
#include "quake/response.h"
#include "registry/pack.h"

namespace anlan {

// Classes are [type * kDesignCodes + code], in the order of the pack.
quake::LossRules loss_rules(const EarthquakeBook& book);
std::vector<quake::ResponseClass> response_classes(const EarthquakeBook& book);

// The type of that id, or nothing.
std::optional<uint16_t> building_type(const EarthquakeBook& book, std::string_view id);

quake::Event event_of(const Earthquake& quake, const EarthquakeOrigin& origin);
// The relations of the region that holds the place.
quake::ShakingModel shaking_model(PlaceCode place, quake::Relations relations = quake::Relations::automatic);

// The gravest level any line of which is reached; null: none. `people_per_km2` at the epicentre tells dense from sparse.
const EarthquakeResponse* proposed_response(const EarthquakeBook& book, double magnitude, double people_per_km2, double dead);
inline constexpr double kDensePeoplePerKm2 = 200;

}  // namespace anlan
