// Where teams and vehicles are, and missions: who is on his way, and when he arrives.
#include <algorithm>
#include <cmath>

#include "logistics/commands.h"
#include "logistics/dispatch_missions.h"
#include "web/api.h"
#include "web/live_hub.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kPositionsAtOnce = 1'000;
constexpr size_t kPositionsListed = 20'000;
constexpr size_t kFaultsListed = 100;
constexpr int64_t kEndedListed = 500;
constexpr Millis kEtaMoved = minutes(1);

// Arrivals as they were told last, so that a position that moves one by a minute is told and others are not.
struct ToldEtas {
  std::mutex mutex;
  std::map<MissionId, std::optional<UtcTime>> etas;
};
using ToldEtasPtr = std::shared_ptr<ToldEtas>;

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

bool moves(std::string_view type) { return type == "rescue_team" || type == "vehicle"; }

bool visible(const std::vector<PlaceCode>& mine, PlaceCode place) {
  return std::any_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(place); });
}

MissionOnTheWay on_the_way(Node& node, const MissionRow& row) {
  MissionOnTheWay m{row.mission, row.ordered_at, node.positions().find(row.mission.team), {}};
  if (const auto record = node.records().find(row.mission.team)) m.home = record->position;
  return m;
}

// By index of `rows`; nothing for those who have arrived or ended.
Result<std::vector<std::optional<MissionEta>>> etas_of(Node& node, const std::vector<MissionRow>& rows) {
  std::vector<MissionOnTheWay> under_way;
  std::vector<size_t> which;
  for (size_t i = 0; i < rows.size(); ++i)
    if (!rows[i].step) {
      under_way.push_back(on_the_way(node, rows[i]));
      which.push_back(i);
    }
  std::vector<std::optional<MissionEta>> out(rows.size());
  if (under_way.empty()) return out;
  TRY(etas, mission_etas(under_way, times_of(node.roads()), node.clock().now()));
  for (size_t k = 0; k < which.size(); ++k) out[which[k]] = etas[k];
  return out;
}

json::object mission_json(const CallPtr& call, const MissionRow& row, const std::optional<MissionEta>& eta) {
  const auto& m = row.mission;
  json::object o{{"id", m.id.value}, {"team", m.team.value}, {"name", m.name}, {"to", m.to}, {"lon", m.lon}, {"lat", m.lat}, {"task", m.task}, {"profile", m.profile},
                 {"place", row.place.text()}, {"leaves", m.leaves.ms}, {"due", m.due.ms}, {"step", row.step ? json::value_from(*row.step) : json::value("on_the_way")},
                 {"ordered_at", row.ordered_at.ms}, {"changed_at", row.changed_at.ms}, {"arrived_at", null_or(row.arrived_at)}};
  o["ordered_by"] = actor_name(call->node(), call->api().sessions(), row.ordered_by);
  o["eta"] = eta ? null_or(eta->eta) : json::value(nullptr);
  o["late_minutes"] = eta && eta->late_minutes ? json::value(*eta->late_minutes) : json::value(nullptr);
  o["estimated"] = eta && eta->estimated;
  const auto seen = call->node().positions().find(m.team);
  o["at"] = seen ? json::value{{"lon", seen->position.lon}, {"lat", seen->position.lat}, {"at", seen->at.ms}} : json::value(nullptr);
  json::array may;
  if (call->may(Need::duty, row.place)) {
    if (!row.step) may.push_back("arrived");
    if (row.step == MissionStep::arrived) may.push_back("done");
    if (!row.step || row.step == MissionStep::arrived) may.push_back("recalled");
  }
  o["may"] = std::move(may);
  return o;
}

void answer_mission(const CallPtr& call, MissionId id, int status) {
  struct Found {
    std::vector<MissionRow> rows;
  };
  const auto found = call->read([&](Reader& reader) {
    Found f;
    if (auto row = read_mission(reader, id)) f.rows.push_back(std::move(*row));
    return f;
  });
  if (found.rows.empty()) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这个任务 / mission"}}));
  // The mission stands, whatever becomes of its arrival.
  const auto etas = etas_of(call->node(), found.rows);
  call->ok(json::object{{"mission", mission_json(call, found.rows[0], etas ? (*etas)[0] : std::nullopt)}}, status);
}

// --- positions

void list_positions(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  Node& node = call->node();
  auto all = node.positions().all();
  std::sort(all.begin(), all.end(), [](const SeenAt& a, const SeenAt& b) { return std::pair(b.at.ms, a.record) < std::pair(a.at.ms, b.record); });
  json::array items;
  for (const auto& seen : all) {
    if (items.size() >= kPositionsListed) break;
    const auto record = node.records().find(seen.record);
    if (!record || !place->contains(record->place)) continue;
    json::object o{{"record", seen.record.value}, {"name", record->name}, {"type", record->type}, {"lon", seen.position.lon}, {"lat", seen.position.lat}, {"at", seen.at.ms}};
    if (seen.speed_kmh) o["speed_kmh"] = *seen.speed_kmh;
    items.push_back(std::move(o));
  }
  call->ok(json::object{{"items", std::move(items)}});
}


Result<SeenAt> read_seen(const CallPtr& call, const json::value& item, const std::vector<PlaceCode>& mine, UtcTime now) {
  const auto* object = item.if_object();
  if (!object) return bad("items", "应为对象列表 / a list of objects");
  Members members(*object);
  SeenAt seen;
  seen.record = members.id<RecordId>("record").value_or(RecordId{});
  const auto lon = members.number("lon").value_or(std::nullopt), lat = members.number("lat").value_or(std::nullopt);
  seen.at = members.time("at").value_or(std::nullopt).value_or(now);
  seen.speed_kmh = members.number("speed_kmh").value_or(std::nullopt);
  TRY_VOID(members.result());
  if (!lon || !lat) return bad("lon", "请填写经纬度 / lon and lat are missing");
  seen.position = {*lon, *lat};
  const auto record = call->node().records().find(seen.record);
  if (!record || !moves(record->type)) return Error(ErrorCode::kNotFound, {{"what", "这支队伍或这辆车 / no such team or vehicle"}});
  if (!visible(mine, record->place)) return Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内 / outside your places"}});
  return seen;
}

// Tells the desks when one of these teams now arrives a minute earlier or later than was told.
void tell_moved(const CallPtr& call, const ToldEtasPtr& told, const std::set<RecordId>& teams) {
  Node& node = call->node();
  auto standing = call->read([&](Reader& reader) { return missions(reader, false, kMissionsMax); });
  std::set<MissionId> under_way;
  std::vector<MissionRow> rows;
  for (auto& row : standing) {
    if (row.step) continue;
    under_way.insert(row.mission.id);
    if (teams.contains(row.mission.team)) rows.push_back(std::move(row));
  }
  const auto etas = etas_of(node, rows);
  bool moved = false;
  std::scoped_lock guard(told->mutex);
  std::erase_if(told->etas, [&](const auto& t) { return !under_way.contains(t.first); });
  for (size_t i = 0; etas && i < rows.size(); ++i) {
    const auto now = (*etas)[i] ? (*etas)[i]->eta : std::nullopt;
    const auto [it, fresh] = told->etas.emplace(rows[i].mission.id, now);
    const auto before = fresh ? std::optional(rows[i].mission.due) : it->second;
    const bool changed = before.has_value() != now.has_value() || (before && now && (*now - *before >= kEtaMoved || *before - *now >= kEtaMoved));
    if (changed) it->second = now;
    moved = moved || changed;
  }
  if (moved) call->api().live().missions_moved(node.clock().now());
}

void take_positions(const CallPtr& call, const ToldEtasPtr& told) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto* list = body->if_contains("items");
  const auto* items = list ? list->if_array() : nullptr;
  if (!items) return call->fail(bad("items", "应为列表 / a list"));
  if (items->size() > kPositionsAtOnce) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "位置 / positions"}, {"limit", "1,000"}}));
  const auto mine = places_of(*call, Need::reporter);
  const UtcTime now = call->node().clock().now();
  int64_t stored = 0, older = 0, refused = 0;
  std::set<RecordId> teams;
  json::array faults;
  for (size_t i = 0; i < items->size(); ++i) {
    const auto seen = read_seen(call, (*items)[i], mine, now);
    const auto kept = seen ? call->node().positions().put(*seen, now) : Result<bool>(seen.error());
    if (kept) {
      ++(*kept ? stored : older);
      if (*kept) teams.insert(seen->record);
      continue;
    }
    ++refused;
    if (faults.size() < kFaultsListed) faults.push_back({{"index", i}, {"why", error_body(kept.error(), call->language).at("error").at("message")}});
  }
  if (!teams.empty()) tell_moved(call, told, teams);
  call->ok(json::object{{"stored", stored}, {"older", older}, {"refused", refused}, {"faults", std::move(faults)}});
}

// --- missions

void list_missions(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const bool ended = call->text("ended") == "1";
  auto rows = call->read([&](Reader& reader) { return missions(reader, ended, ended ? kEndedListed : kMissionsMax); });
  std::erase_if(rows, [&](const MissionRow& row) { return !place->contains(row.place); });
  // While the roads are being read the missions are shown all the same.
  const auto etas = etas_of(call->node(), rows);
  json::array items;
  for (size_t i = 0; i < rows.size(); ++i) items.push_back(mission_json(call, rows[i], etas ? (*etas)[i] : std::nullopt));
  json::object out{{"items", std::move(items)}};
  if (!etas) out["no_arrivals"] = error_body(etas.error(), call->language).at("error").at("message");
  call->ok(std::move(out));
}

// When it leaves and arrives: from where it was seen last, else from where it is registered.
Result<void> plan(Node& node, const RecordView& team, Mission& m, std::optional<UtcTime> due) {
  const UtcTime now = node.clock().now();
  const auto* ready = team.fields.if_contains("minutes_to_leave");
  m.leaves = now + minutes(ready && ready->is_number() ? static_cast<int64_t>(ready->to_number<double>()) : 0);
  m.due = due.value_or(m.leaves);
  if (due) return {};
  const auto seen = node.positions().find(team.record);
  const auto from = seen ? std::optional(seen->position) : team.position;
  if (!from) return bad("team", "该队伍没有位置，请填写到达时间 / the team has no position: give the time of arrival");
  const LonLat starts[] = {*from}, ends[] = {{m.lon, m.lat}};
  TRY(times, node.roads().times(starts, ends, {m.profile, std::nullopt}));
  if (times.at(0, 0) >= kNoWay) return Error(ErrorCode::kConflict, {{"why", "目前没有可通行的路，如仍要派出请填写到达时间 / no way there at present: give the time of arrival to send it all the same"}});
  m.due = m.leaves + milliseconds(times.at(0, 0));
  return {};
}

void order(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  Mission m;
  m.team = members.id<RecordId>("team").value_or(RecordId{});
  m.task = members.text("task").value_or("");
  m.profile = members.text("profile").value_or("car");
  const auto due = members.time("due").value_or(std::nullopt);
  if (const auto read = members.result(); !read) return call->fail(read.error());
  Node& node = call->node();
  const auto team = node.records().find(m.team);
  if (!team || team->type != "rescue_team") return call->fail(Error(ErrorCode::kNotFound, {{"what", "这支队伍 / team"}}));
  if (!require(call, Need::duty, team->place)) return;
  const auto* to = body->if_contains("to");
  const auto position = to ? read_position(call, *to, "to") : Result<NamedPosition>(bad("to", "请写明去哪里 / where to"));
  if (!position) return call->fail(position.error());
  if (!node.pack().roads.profile(m.profile)) return call->fail(bad("profile", "没有这种出行方式 / no such profile"));
  m.lon = position->at.lon;
  m.lat = position->at.lat;
  m.to = position->name;
  if (const auto* name = to->as_object().if_contains("name"); name && name->is_string()) m.to = std::string(name->get_string());
  if (m.to.empty()) m.to = "地图上的位置";
  m.name = team->name;
  if (const auto planned = plan(node, *team, m, due); !planned) return call->fail(planned.error());
  call->change([m, place = team->place](Reader& reader, UtcTime now) { return order_mission(reader, m, place, now); },
               [call](const Answer& answer) {
                 const auto response = parse_json(answer.response);
                 answer_mission(call, MissionId{response ? response->at("mission").to_number<int64_t>() : 0}, 201);
               });
}

void step(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  const auto named = members.text("step");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  MissionStep to{};
  if (!named || !boost::describe::enum_from_string(named->c_str(), to)) return call->fail(bad("step", "应为 arrived、done 或 recalled / arrived, done or recalled"));
  const MissionId id{call->id()};
  struct Found {
    bool read = false;
    std::optional<MissionRow> row;
  };
  const auto found = call->read([&](Reader& reader) { return Found{true, read_mission(reader, id)}; });
  if (!found.read) return;
  if (!found.row) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这个任务 / mission"}}));
  if (!require(call, Need::duty, found.row->place)) return;
  call->change([id, to](Reader& reader, UtcTime) { return move_mission(reader, id, to); }, [call, id](const Answer&) { answer_mission(call, id, 200); });
}

}  // namespace

void add_mission_routes(Api& api) {
  const auto told = std::make_shared<ToldEtas>();
  api.add({"GET", "/positions", Need::session, list_positions});
  api.add({"POST", "/positions", Need::reporter, [told](CallPtr call) { take_positions(call, told); }});
  api.add({"GET", "/missions", Need::session, list_missions});
  api.add({"POST", "/missions", Need::duty, order});
  api.add({"POST", "/missions/{id}/step", Need::duty, step});
}

}  // namespace anlan
