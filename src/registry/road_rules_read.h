// Reading the sections `travel_profiles`, `response_circles`, `aircraft`, `goods` and `vehicle_kinds` of a pack.
#pragma once

#include "registry/declaration.h"
#include "registry/pack.h"

namespace anlan {

// Adds what the sections of one file declare.
void read_roads(MapReader& top, RoadBook& roads);
// What needs the whole pack: names that are used, ids that are unique.
void check_roads(const Pack& pack, Faults& faults);

}  // namespace anlan
