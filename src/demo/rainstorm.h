// What the rainstorm evening says: the area over the north-west of the county, the orange warning, the yellow one later.
#pragma once

#include "loop/node.h"

namespace anlan {

inline constexpr size_t kStormTowns = 7;

// The towns of 积石山县 that lie farthest to the north-west, by position; fewer when they have none.
std::vector<Place> storm_towns(const PlaceTable& places);
// A rounded outline 1.2 km around the villages of these towns. Empty when there are none.
Area storm_area(const PlaceTable& places);

WarningContent storm_warning(Node& node, UtcTime now);          // rainstorm, orange, six hours
WarningContent later_geohazard_warning(Node& node, UtcTime now);  // geohazard, yellow, twelve hours, the same area

// The demo's warnings as the tables have them.
struct StormSeen {
  std::optional<WarningRow> storm;      // the newest rainstorm of the demo
  std::optional<WarningRow> geohazard;  // the newest geohazard draft of the demo
  bool in_play(UtcTime now) const;      // its evening is not over
};
StormSeen look_at_storm(Reader& reader);

// Drafts it, and puts away what an earlier evening left. No facts while one is in play. Response {"warning":id}.
Result<Decision> begin_storm(Reader& reader, const Pack& pack, const WarningContent& content, UtcTime now);

}  // namespace anlan
