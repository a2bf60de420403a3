// Whom to send where.
#include <cmath>

#include "logistics/dispatch_teams.h"
#include "web/dispatch_routes.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kRefusedListed = 200;

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

json::object reason_json(const Reason& r) { return {{"code", r.code}, {"zh", r.zh}, {"en", r.en}}; }

Result<TeamsQuestion> read_question(const CallPtr& call, const json::object& body) {
  Members members(body);
  TeamsQuestion q;
  q.profile = members.text("profile").value_or("car");
  q.depart = members.time("depart").value_or(std::nullopt);
  TRY_VOID(members.result());
  if (const auto* keep = body.if_contains("keep_reserve"); keep && !keep->is_null()) {
    if (!keep->is_bool()) return bad("keep_reserve", "应为 true 或 false / true or false");
    q.keep_reserve = keep->get_bool();
  }
  const auto* at = body.if_contains("at");
  if (!at) return bad("at", "请写明位置 / where");
  TRY(position, read_position(call, *at, "at"));
  q.at = position.at;
  const auto* needs = body.if_contains("needs");
  const auto* list = needs ? needs->if_array() : nullptr;
  if (!list || list->size() > kTeamNeedsMax) return bad("needs", "应为列表，最多 50 项 / a list of at most 50");
  for (const auto& item : *list) {
    if (!item.is_object()) return bad("needs", "应为对象列表 / a list of objects");
    Members each(item.get_object());
    TeamNeed n;
    n.capability = each.text("capability").value_or("");
    const auto whole = [&](const char* name) {
      const double v = each.number(name).value_or(std::nullopt).value_or(0);
      if (!(v >= 0 && v <= 1'000'000) || v != std::floor(v)) each.refuse(name, "应为不小于零的整数", "must be a whole number from 0");
      return v >= 0 && v <= 1'000'000 ? static_cast<int64_t>(v) : 0;
    };
    n.teams = whole("teams");
    n.people = whole("people");
    n.boats = whole("boats");
    TRY_VOID(each.result());
    q.needs.push_back(std::move(n));
  }
  return q;
}

TeamsNow doing(const CallPtr& call) {
  Node& node = call->node();
  const UtcTime now = node.clock().now();
  auto out = call->read([&](Reader& reader) {
    TeamsNow t;
    for (const auto& m : missions(reader, false, 10'000)) t.on_mission.insert(m.mission.team);
    for (const auto& [team, minutes] : minutes_on_missions(reader, now)) t.minutes_worked[team] = minutes;
    return t;
  });
  for (const auto& seen : node.positions().all()) out.seen.emplace(seen.record, seen);
  return out;
}

void teams(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto question = read_question(call, *body);
  if (!question) return call->fail(question.error());
  Node& node = call->node();
  const Millis began = node.clock().monotonic();
  std::vector<RecordState> records;
  for (auto& r : node.records().within("rescue_team", *place)) records.push_back(std::move(r));
  const UtcTime now = node.clock().now();
  const auto found = choose_teams(node.pack(), *question, records, doing(call), times_of(node.roads()), now);
  if (!found) return call->fail(found.error());
  const UtcTime start = question->depart.value_or(now);
  json::array chosen, refused, unmet;
  for (const auto& t : found->chosen)
    chosen.push_back(json::object{{"record", t.record.value}, {"name", t.name}, {"capability", t.capability}, {"people", t.people}, {"boats", t.boats},
                                  {"leaves_in_minutes", t.leaves_in_minutes}, {"worked_minutes", t.worked_minutes}, {"arrive_minutes", t.arrive_minutes},
                                  {"due", (start + milliseconds(static_cast<int64_t>(t.arrive_minutes * 60'000))).ms}, {"km", t.km}, {"reason", reason_json(t.reason)},
                                  {"lon", t.from.lon}, {"lat", t.from.lat}});
  for (const auto& t : found->refused) {
    if (refused.size() >= kRefusedListed) break;
    refused.push_back(json::object{{"record", t.record.value}, {"name", t.name}, {"capability", t.capability}, {"arrive_minutes", null_or(t.arrive_minutes)},
                                   {"reason", reason_json(t.reason)}, {"code", t.reason.code}});
  }
  for (const auto& n : found->unmet) unmet.push_back(json::object{{"capability", n.capability}, {"teams", n.teams}, {"people", n.people}, {"boats", n.boats}});
  call->ok(json::object{{"estimated", found->estimated}, {"chosen", std::move(chosen)}, {"refused", std::move(refused)}, {"refused_total", found->refused.size()},
                        {"unmet", std::move(unmet)}, {"met_minutes", null_or(found->met_minutes)}, {"exact", found->exact}, {"ms", (node.clock().monotonic() - began).count}});
}

}  // namespace

void add_team_routes(Api& api) { api.add({"POST", "/dispatch/teams", Need::session, teams}); }

void add_dispatch_routes(Api& api) {
  add_team_routes(api);
  add_relief_routes(api);
  add_air_routes(api);
  add_mission_routes(api);
  add_hospital_routes(api);
}

}  // namespace anlan
