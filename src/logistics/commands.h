// Decisions about roads, missions, plans and notices. Pure: they read the tables, are handed the time, and return facts
// or an error.
#pragma once

#include "journal/writer.h"
#include "logistics/facts.h"

namespace anlan {

inline constexpr int64_t kRoadStatesMax = 2'000;  // in force at once
inline constexpr int64_t kMissionsMax = 2'000;    // on the way or at work at once

// `place`: the header's. Response: {"state":id}. kInvalidField for a shape, speed, weight or time that makes no sense,
// kConflict at kRoadStatesMax. The shape has been read by whoever sends this (geometry is checked once, outside).
Result<Decision> set_road_state(Reader& reader, RoadState state, PlaceCode place, UtcTime now);
Result<Decision> lift_road_state(Reader& reader, RoadStateId id, PlaceCode place, UtcTime now);

// Response: {"mission":id}. kConflict when the team is on a mission already, and at kMissionsMax.
Result<Decision> order_mission(Reader& reader, Mission mission, PlaceCode place, UtcTime now);
// arrived, then done; recalled at any time. kConflict otherwise.
Result<Decision> move_mission(Reader& reader, MissionId id, MissionStep step);

Result<Decision> import_roads(RoadsImported roads);
// kConflict while the same plan stands accepted.
Result<Decision> accept_relief_plan(Reader& reader, ReliefPlanAccepted plan, PlaceCode place);
Result<Decision> withdraw_relief_plan(Reader& reader, ReliefPlanId id, PlaceCode place);
Result<Decision> notify_hospital(HospitalNotified notice, PlaceCode place);
// Of a notice that has been told before: nothing.
Result<Decision> record_told(Reader& reader, HospitalTold told, PlaceCode place);

}  // namespace anlan
