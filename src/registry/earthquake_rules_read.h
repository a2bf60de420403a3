// Reading the sections `building_types`, `casualty_models`, `earthquake_needs`, `earthquake_responses`,
// `earthquake_linkages` and `earthquake_policy` of a pack.
#pragma once

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

// Adds what the sections of one file declare.
void read_earthquakes(MapReader& top, EarthquakeBook& book);
// What needs the whole pack: names that are used, ids that are unique, weights that sum to one.
void check_earthquakes(const Pack& pack, Faults& faults);

}  // namespace anlan
