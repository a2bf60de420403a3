// The area of places as a map shows it, and how people would name an area.
#pragma once

#include <span>
#include <string>

#include "base/area.h"
#include "registry/place_index.h"
#include "registry/target_places.h"

namespace anlan {

// Boundaries where they are known. A place without one is drawn by what lies below it: boundaries of its counties, or
// circles of about 1.5 km around its villages (or itself when it has none). It shows something; who is meant is decided
// by the codes. Errors: kNotFound for an unknown code, kInvalidField when nothing has a position, those of normalise().
Result<Area> area_of_places(const PlaceIndex& index, std::span<const PlaceCode> codes);

// "积石山县" (all towns of a county), "大河家镇", "大河家镇等 7 个乡镇", "大河村等 3 个村". `touched` as TargetPlaces gives
// it; the place with most touched villages comes first. "" when nothing is touched.
std::string area_label(const PlaceTable& places, std::span<const TouchedPlace> touched);
// The same for a choice of places.
std::string places_label(const PlaceTable& places, std::span<const PlaceCode> codes);

struct TouchedCount {
  int64_t towns = 0, villages = 0;
};
TouchedCount count_touched(std::span<const TouchedPlace> touched);

}  // namespace anlan
