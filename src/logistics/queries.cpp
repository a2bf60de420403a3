#include "logistics/queries.h"

#include <algorithm>
#include <map>

namespace anlan {
namespace {

constexpr int64_t kStatesMax = 10'000;

std::optional<UtcTime> maybe(int64_t ms) { return ms == 0 ? std::nullopt : std::optional(UtcTime{ms}); }

constexpr const char* kStateColumns = "SELECT id, name, kind, shape, speed_kmh, weight_t, bearing, until, reason, set_by, set_at, lifted_by, lifted_at FROM road_states ";

std::vector<RoadStateRow> states(Reader& reader, const std::string& where, std::vector<Arg> args) {
  std::vector<RoadStateRow> out;
  reader.query(kStateColumns + where, args, [&](const Row& row) {
    RoadStateRow s;
    s.state = {RoadStateId{row.integer(0)}, std::string(row.text(1)), static_cast<RoadStateKind>(row.integer(2)), std::string(row.text(3)),
               row.real(4),                 row.real(5),              row.real(6),                                maybe(row.integer(7)),
               std::string(row.text(8))};
    s.set_by = row.text(9);
    s.set_at = UtcTime{row.integer(10)};
    if (!row.is_null(11)) s.lifted_by = row.text(11);
    s.lifted_at = maybe(row.integer(12));
    out.push_back(std::move(s));
  });
  return out;
}

constexpr const char* kMissionColumns =
    "SELECT id, team, name, lon, lat, destination, task, profile, leaves, due, ordered_by, ordered_at, step, changed_at, arrived_at, place FROM missions ";

std::vector<MissionRow> mission_rows(Reader& reader, const std::string& where, std::vector<Arg> args) {
  std::vector<MissionRow> out;
  reader.query(kMissionColumns + where, args, [&](const Row& row) {
    MissionRow m;
    m.mission = {MissionId{row.integer(0)},    RecordId{row.integer(1)},  std::string(row.text(2)), row.real(3), row.real(4), std::string(row.text(5)),
                 std::string(row.text(6)),     std::string(row.text(7)),  UtcTime{row.integer(8)},  UtcTime{row.integer(9)}};
    m.ordered_by = row.text(10);
    m.ordered_at = UtcTime{row.integer(11)};
    if (row.integer(12) >= 0) m.step = static_cast<MissionStep>(row.integer(12));
    m.changed_at = UtcTime{row.integer(13)};
    m.arrived_at = maybe(row.integer(14));
    m.place = PlaceCode(row.integer(15));
    out.push_back(std::move(m));
  });
  return out;
}

constexpr const char* kPlanColumns = "SELECT id, name, file, accepted_by, trips, unmet_percent, accepted_at, withdrawn_at, place FROM relief_plans ";

std::vector<ReliefPlanRow> plan_rows(Reader& reader, const std::string& where, std::vector<Arg> args) {
  std::vector<ReliefPlanRow> out;
  reader.query(kPlanColumns + where, args, [&](const Row& row) {
    out.push_back({ReliefPlanId{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3)), row.integer(4), row.real(5),
                   UtcTime{row.integer(6)}, maybe(row.integer(7)), PlaceCode(row.integer(8))});
  });
  return out;
}

std::vector<HospitalNoticeRow> notice_rows(Reader& reader, const std::string& where, std::vector<Arg> args) {
  std::vector<HospitalNoticeRow> out;
  reader.query("SELECT hospital, name, text, injured, lon, lat, due, told, sent_by, sent_at, seq, told_at, channel FROM hospital_notices " + where, args, [&](const Row& row) {
    HospitalNoticeRow n;
    n.notice = {RecordId{row.integer(0)}, row.str(1), row.str(2), row.integer(3), row.real(4), row.real(5), UtcTime{row.integer(6)}, row.str(7)};
    n.sent_by = row.text(8);
    n.sent_at = UtcTime{row.integer(9)};
    n.seq = row.integer(10);
    n.told_at = maybe(row.integer(11));
    n.channel = row.text(12);
    out.push_back(std::move(n));
  });
  return out;
}

template <class T>
std::optional<T> first_of(std::vector<T> rows) {
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

}  // namespace

std::optional<RoadNetworkRow> current_road_network(Reader& reader) {
  std::optional<RoadNetworkRow> out;
  reader.query("SELECT file, name, report, nodes, arcs, roads, imported_at FROM road_networks ORDER BY seq DESC LIMIT 1", {}, [&](const Row& row) {
    out = RoadNetworkRow{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), row.integer(3), row.integer(4), row.integer(5), UtcTime{row.integer(6)}};
  });
  return out;
}

std::vector<RoadStateRow> road_states(Reader& reader, UtcTime now) {
  return states(reader, "WHERE lifted_at = 0 AND (until = 0 OR until > ?) ORDER BY id DESC LIMIT ?", {now, kStatesMax});
}

std::vector<RoadStateRow> past_road_states(Reader& reader, UtcTime now, int64_t limit) {
  return states(reader, "WHERE lifted_at <> 0 OR (until <> 0 AND until <= ?) ORDER BY id DESC LIMIT ?", {now, limit});
}

std::optional<RoadStateRow> read_road_state(Reader& reader, RoadStateId id) { return first_of(states(reader, "WHERE id = ?", {id})); }

std::vector<MissionRow> missions(Reader& reader, bool ended, int64_t limit) {
  return ended ? mission_rows(reader, "WHERE step >= 1 ORDER BY changed_at DESC, id DESC LIMIT ?", {limit})
               : mission_rows(reader, "WHERE step <= 0 ORDER BY step, due, id LIMIT ?", {limit});
}

std::optional<MissionRow> read_mission(Reader& reader, MissionId id) { return first_of(mission_rows(reader, "WHERE id = ?", {id})); }

std::vector<std::pair<RecordId, int64_t>> minutes_on_missions(Reader& reader, UtcTime now) {
  std::map<int64_t, int64_t> by_team;
  const UtcTime since = now - hours(24);
  reader.query("SELECT team, leaves, changed_at, step FROM missions WHERE step <= 0 OR changed_at > ?", {since}, [&](const Row& row) {
    const int64_t begin = std::max(row.integer(1), since.ms), end = row.integer(3) <= 0 ? now.ms : std::min(row.integer(2), now.ms);
    if (end > begin) by_team[row.integer(0)] += (end - begin) / 60'000;
  });
  std::vector<std::pair<RecordId, int64_t>> out;
  for (const auto& [team, minutes] : by_team) out.emplace_back(RecordId{team}, minutes);
  return out;
}

std::vector<ReliefPlanRow> relief_plans(Reader& reader, int64_t limit) { return plan_rows(reader, "ORDER BY id DESC LIMIT ?", {limit}); }

std::optional<ReliefPlanRow> read_relief_plan(Reader& reader, ReliefPlanId id) { return first_of(plan_rows(reader, "WHERE id = ?", {id})); }

std::vector<HospitalNoticeRow> hospital_notices(Reader& reader, UtcTime since, int64_t limit) { return notice_rows(reader, "WHERE sent_at >= ? ORDER BY seq DESC LIMIT ?", {since, limit}); }

std::vector<HospitalNoticeRow> hospitals_to_tell(Reader& reader, int64_t limit) { return notice_rows(reader, "WHERE told_at = 0 ORDER BY seq LIMIT ?", {limit}); }

}  // namespace anlan
