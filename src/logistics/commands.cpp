#include "logistics/commands.h"

#include "base/lonlat.h"
#include "logistics/queries.h"

namespace anlan {
namespace {

Error bad(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }
Error conflict(const char* why) { return Error(ErrorCode::kConflict, {{"why", why}}); }
std::string answer(const char* name, int64_t id) { return std::string("{\"") + name + "\":" + std::to_string(id) + "}"; }

}  // namespace

Result<Decision> set_road_state(Reader& reader, RoadState s, PlaceCode place, UtcTime now) {
  if (s.name.empty() || s.name.size() > 200) return bad("name", "请写明是哪条路 / which road it is");
  if (s.reason.size() > 500) return bad("reason", "过长 / too long");
  if (s.shape.empty() || s.shape.size() > (size_t{1} << 20)) return bad("shape", "请在地图上画出 / draw it on the map");
  if (s.kind == RoadStateKind::slow && !(s.speed_kmh >= 1 && s.speed_kmh <= 120)) return bad("speed_kmh", "应在 1 至 120 之间 / 1 to 120");
  if (s.kind == RoadStateKind::weight && !(s.weight_t > 0 && s.weight_t <= 200)) return bad("weight_t", "应在 0 至 200 吨之间 / 0 to 200 t");
  if (s.kind == RoadStateKind::one_way && !(s.bearing >= 0 && s.bearing < 360)) return bad("bearing", "应在 0 至 360 度之间 / 0 to 360 degrees");
  if (s.until && *s.until <= now) return bad("until", "已经过去 / is past");
  int64_t standing = 0;
  reader.query("SELECT COUNT(*) FROM road_states WHERE lifted_at = 0 AND (until = 0 OR until > ?)", {now}, [&](const Row& row) { standing = row.integer(0); });
  if (standing >= kRoadStatesMax) return conflict("管制过多，请先解除不再需要的 / too many restrictions, lift some first");
  s.id = RoadStateId{peek_id(reader, "road_state")};
  const auto id = s.id;
  std::string name = s.name, reason = s.reason;
  return Decision{{fact(RoadStateSet{std::move(name), std::move(reason), std::move(s)}, road_state_subject(id), place)}, answer("state", id.value)};
}

Result<Decision> lift_road_state(Reader& reader, RoadStateId id, PlaceCode place, UtcTime now) {
  const auto row = read_road_state(reader, id);
  if (!row) return Error(ErrorCode::kNotFound, {{"what", "管制 / restriction " + std::to_string(id.value)}});
  if (row->lifted_at || (row->state.until && *row->state.until <= now)) return conflict("已经解除 / no longer in force");
  return Decision{{fact(RoadStateLifted{id, row->state.name}, road_state_subject(id), place)}, answer("state", id.value)};
}

Result<Decision> order_mission(Reader& reader, Mission m, PlaceCode place, UtcTime now) {
  if (!is_valid(LonLat{m.lon, m.lat})) return bad("at", "经纬度超出范围 / not on the globe");
  if (m.to.empty() || m.to.size() > 200) return bad("to", "请写明去哪里 / where to");
  if (m.task.size() > 500) return bad("task", "过长 / too long");
  if (m.due < now - hours(1) || m.due > now + hours(24 * 7)) return bad("due", "到达时间不合理 / an arrival that makes no sense");
  bool busy = false;
  reader.query("SELECT 1 FROM missions WHERE team = ? AND step <= 0 LIMIT 1", {m.team}, [&](const Row&) { busy = true; });
  if (busy) return conflict("该队伍正在执行任务 / this team is on a mission already");
  if (reader.integer("SELECT COUNT(*) FROM missions WHERE step <= 0", {}).value_or(0) >= kMissionsMax)
    return conflict("任务过多，请先结束已完成的 / too many missions, end those that are done");
  m.id = MissionId{peek_id(reader, "mission")};
  const auto id = m.id;
  std::string name = m.name, to = m.to;
  return Decision{{fact(MissionOrdered{std::move(name), std::move(to), std::move(m)}, mission_subject(id), place)}, answer("mission", id.value)};
}

Result<Decision> move_mission(Reader& reader, MissionId id, MissionStep step) {
  const auto row = read_mission(reader, id);
  if (!row) return Error(ErrorCode::kNotFound, {{"what", "任务 / mission " + std::to_string(id.value)}});
  if (row->step == MissionStep::done || row->step == MissionStep::recalled) return conflict("任务已经结束 / the mission has ended");
  if (row->step == step) return conflict("已经是这样 / it is so already");
  PlaceCode place;
  reader.query("SELECT place FROM missions WHERE id = ?", {id}, [&](const Row& r) { place = PlaceCode(r.integer(0)); });
  return Decision{{fact(MissionMoved{id, row->mission.name, row->mission.to, step}, mission_subject(id), place)}, answer("mission", id.value)};
}

Result<Decision> import_roads(RoadsImported roads) {
  if (roads.name.empty() || roads.name.size() > 200) return bad("name", "请写明路网名称 / name the network");
  const std::string response = "{\"nodes\":" + std::to_string(roads.nodes) + ",\"arcs\":" + std::to_string(roads.arcs) + "}";
  return Decision{{fact(std::move(roads))}, response};
}

Result<Decision> accept_relief_plan(Reader& reader, ReliefPlanAccepted plan, PlaceCode place) {
  if (plan.name.empty() || plan.name.size() > 200) return bad("name", "请写明方案名称 / name the plan");
  bool stands = false;
  reader.query("SELECT 1 FROM relief_plans WHERE file = ? AND withdrawn_at = 0 LIMIT 1", {Arg(plan.file)}, [&](const Row&) { stands = true; });
  if (stands) return conflict("这个方案已经采纳 / this plan has been accepted already");
  plan.plan = ReliefPlanId{peek_id(reader, "relief_plan")};
  const auto id = plan.plan;
  return Decision{{fact(std::move(plan), relief_plan_subject(id), place)}, answer("plan", id.value)};
}

Result<Decision> withdraw_relief_plan(Reader& reader, ReliefPlanId id, PlaceCode place) {
  const auto row = read_relief_plan(reader, id);
  if (!row) return Error(ErrorCode::kNotFound, {{"what", "方案 / plan " + std::to_string(id.value)}});
  if (row->withdrawn_at) return conflict("已经撤回 / withdrawn already");
  return Decision{{fact(ReliefPlanWithdrawn{id, row->name}, relief_plan_subject(id), place)}, answer("plan", id.value)};
}

Result<Decision> notify_hospital(HospitalNotified notice, PlaceCode place) {
  if (notice.text.empty() || notice.text.size() > 1'000) return bad("text", "请写明伤情 / say what they have");
  if (notice.injured < 0 || notice.injured > 100'000) return bad("injured", "人数不合理 / a number that makes no sense");
  if (!is_valid(LonLat{notice.lon, notice.lat})) return bad("at", "经纬度超出范围 / not on the globe");
  const auto hospital = notice.hospital.value;
  return Decision{{fact(std::move(notice), "record:" + std::to_string(hospital), place)}, answer("hospital", hospital)};
}

Result<Decision> record_told(Reader& reader, HospitalTold told, PlaceCode place) {
  bool waits = false;
  reader.query("SELECT 1 FROM hospital_notices WHERE seq = ? AND told_at = 0", {told.notice}, [&](const Row&) { waits = true; });
  if (!waits) return Decision{};
  const auto hospital = told.hospital.value;
  return Decision{{fact(std::move(told), "record:" + std::to_string(hospital), place)}, "{}"};
}

}  // namespace anlan
