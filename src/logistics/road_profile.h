// What the pack declares about travel (registry/road_rules.h) as the engine wants it, and times without roads.
#pragma once

#include <optional>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"
#include "registry/road_rules.h"
#include "roads/profile.h"

namespace anlan {

roads::Profile engine_profile(const TravelProfile& declared);

// Index in book.profiles; kInvalidField on "profile" when there is none of that id. "" is the first one.
Result<size_t> profile_index(const RoadBook& book, std::string_view id);

// Which time of day of the profile holds; -1: none.
int period_of(const roads::Profile& profile, UtcTime at, int utc_offset_minutes);

// Great circle × detour ÷ straight_kmh, in ms.
uint32_t straight_ms(const TravelProfile& profile, LonLat from, LonLat to);
// From a place to the road it was put on: the same speed, the way as the crow flies.
uint32_t access_ms(const TravelProfile& profile, double metres);

}  // namespace anlan
