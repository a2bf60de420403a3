// Reading networks, states of roads, missions and plans for screens and for the network in memory.
#pragma once

#include <optional>
#include <vector>

#include "journal/store.h"
#include "logistics/facts.h"

namespace anlan {

struct RoadNetworkRow {
  std::string file, name, report;
  int64_t nodes = 0, arcs = 0, roads = 0;
  UtcTime imported_at;
};
// The one imported last.
std::optional<RoadNetworkRow> current_road_network(Reader& reader);

struct RoadStateRow {
  RoadState state;
  std::string set_by, lifted_by;
  UtcTime set_at;
  std::optional<UtcTime> lifted_at;
};
// Those in force at `now`, the newest first.
std::vector<RoadStateRow> road_states(Reader& reader, UtcTime now);
// Lifted or run out, the newest first.
std::vector<RoadStateRow> past_road_states(Reader& reader, UtcTime now, int64_t limit);
std::optional<RoadStateRow> read_road_state(Reader& reader, RoadStateId id);

struct MissionRow {
  Mission mission;
  std::optional<MissionStep> step;  // nothing: on the way
  std::string ordered_by;
  UtcTime ordered_at, changed_at;
  std::optional<UtcTime> arrived_at;
  PlaceCode place;  // of the team
};
// On the way or at work; or those that have ended, the newest first.
std::vector<MissionRow> missions(Reader& reader, bool ended, int64_t limit);
std::optional<MissionRow> read_mission(Reader& reader, MissionId id);
// Minutes on missions in the day before `now`: for whoever must rest.
std::vector<std::pair<RecordId, int64_t>> minutes_on_missions(Reader& reader, UtcTime now);

struct ReliefPlanRow {
  ReliefPlanId id;
  std::string name, file, accepted_by;
  int64_t trips = 0;
  double unmet_percent = 0;
  UtcTime accepted_at;
  std::optional<UtcTime> withdrawn_at;
  PlaceCode place;
};
std::vector<ReliefPlanRow> relief_plans(Reader& reader, int64_t limit);
std::optional<ReliefPlanRow> read_relief_plan(Reader& reader, ReliefPlanId id);

struct HospitalNoticeRow {
  HospitalNotified notice;
  std::string sent_by;
  UtcTime sent_at;
  int64_t seq = 0;                 // of the fact
  std::optional<UtcTime> told_at;  // nothing: the message waits
  std::string channel;             // by which it went out; "" when there was none
};
std::vector<HospitalNoticeRow> hospital_notices(Reader& reader, UtcTime since, int64_t limit);
// Those whose message has not been handed over, the oldest first.
std::vector<HospitalNoticeRow> hospitals_to_tell(Reader& reader, int64_t limit);

}  // namespace anlan
