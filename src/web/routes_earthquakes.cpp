// Earthquakes: reported, located better, withdrawn, drilled; what stations measured; machines that were told.
#include <algorithm>
#include <cmath>

#include "earthquakes/commands.h"
#include "earthquakes/estimate_json.h"
#include "web/earthquake_json.h"
#include "web/earthquake_routes.h"
#include "web/json_members.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr Millis kListed = hours(24 * 30);
constexpr int64_t kListedMax = 200;
constexpr int64_t kSurveysCounted = kSurveysMax;
constexpr size_t kStationsBytesMax = size_t{16} << 20;
constexpr size_t kBodyBytesMax = 16 << 10;
constexpr const char* kUploaded = "upload";

PlaceCode top(const CallPtr& call) { return call->node().settings().place; }

void list_quakes(CallPtr call) {
  const bool drills = call->text("drills") == "1";
  const auto rows = call->read([&](Reader& reader) { return list_earthquakes(reader, call->node().clock().now() - kListed, kListedMax, drills); });
  json::array items;
  for (const auto& row : rows) items.push_back(earthquake_json(call, row));
  call->ok(json::object{{"items", std::move(items)}});
}

void report(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  auto asked = asked_earthquake(members, nullptr, call->node().clock().now());
  asked.origin.drill = members.flag("drill");
  if (asked.origin.drill) asked.origin.source = EarthquakeSource::drill;
  if (const auto read = members.result(); !read) return call->fail(read.error());
  if (!require(call, Need::duty, top(call))) return;
  call->change([asked, place = top(call)](Reader& reader, UtcTime now) { return report_earthquake(reader, asked.quake, asked.origin, place, now); });
}

// What stands in the tables about one earthquake.
struct Story {
  std::vector<EarthquakeVersion> versions;
  std::vector<LossesRow> losses;
  int64_t surveys = 0, stations = 0;
};
Story story_of(Reader& reader, int64_t id) {
  Story s{earthquake_versions(reader, id), losses_of(reader, id)};
  for (const auto& row : surveys_of(reader, id, kSurveysCounted)) s.surveys += !row.withdrawn;
  for (const auto& row : stations_of(reader, id)) s.stations += row.measured.stations;
  return s;
}

void get_quake(const CallPtr& call, const DeskPtr& desk) {
  with_estimate(call, desk, [call](const EarthquakeRow& row, const EstimatePtr& estimate) {
    Node& node = call->node();
    const auto story = call->read([&](Reader& reader) { return story_of(reader, row.quake.id); });
    auto out = earthquake_json(call, row);
    json::array versions, estimates;
    for (const auto& v : story.versions) versions.push_back(version_json(v));
    for (const auto& l : story.losses) estimates.push_back(estimate_row_json(l));
    out["versions"] = std::move(versions);
    out["estimates"] = std::move(estimates);
    out["response"] = estimate ? response_json(estimate->response, *estimate) : json::value(nullptr);
    out["warning"] = null_or(row.warning);
    out["surveys"] = story.surveys;
    out["stations_used"] = story.stations;
    out["exposure"] = exposure_name_json(node.stock().get().get());
    out["reached"] = estimate ? reached_json(*estimate, *node.places().get()) : json::array();
    call->ok(std::move(out));
  });
}

void revise(CallPtr call) {
  const auto row = path_earthquake(call);
  if (!row) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  AskedEarthquake known{row->quake, row->origin};
  known.origin.source = EarthquakeSource::officer;
  known.origin.source_name = known.origin.source_id = "";
  known.origin.stations = 0;
  known.origin.last = false;
  const auto asked = asked_earthquake(members, &known, call->node().clock().now());
  if (const auto read = members.result(); !read) return call->fail(read.error());
  if (!require(call, Need::duty, top(call))) return;
  call->change([asked, place = top(call)](Reader& reader, UtcTime now) { return revise_earthquake(reader, asked.quake, asked.origin, place, now); });
}

void withdraw(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  const auto reason = members.text("reason").value_or("");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  if (!require(call, Need::duty, top(call))) return;
  call->change([id = call->id(), reason, place = top(call)](Reader& reader, UtcTime) { return withdraw_earthquake(reader, id, reason, place); }, [call](const Answer&) { call->ok(json::object()); });
}

void drill(CallPtr call) {
  const auto row = path_earthquake(call);
  if (!row || !require(call, Need::duty, top(call))) return;
  AskedEarthquake asked{row->quake, row->origin};
  asked.origin.source = EarthquakeSource::drill;
  asked.origin.source_name = asked.origin.source_id = "";
  asked.origin.stations = 0;
  asked.origin.last = false;
  asked.origin.drill = true;
  // The time is the writer's, so that a request sent again says the same.
  call->change([asked, place = top(call)](Reader& reader, UtcTime now) mutable {
    asked.quake.at = now;
    return report_earthquake(reader, asked.quake, asked.origin, place, now);
  });
}

void take_stations(CallPtr call) {
  const auto row = path_earthquake(call);
  if (!row || !require(call, Need::duty, top(call))) return;
  const auto read = read_stations(call->http.body);
  if (!read) return call->fail(read.error());
  auto file = call->node().attachments().put(json::serialize(stations_json(read->stations)));
  if (!file) return call->fail(file.error());
  StationsMeasured measured;
  measured.earthquake = row->quake.id;
  measured.source = kUploaded;
  measured.stations = static_cast<int64_t>(read->stations.size());
  measured.left_out = static_cast<int64_t>(read->left_out);
  measured.file = std::move(*file);
  call->change([measured, place = top(call)](Reader& reader, UtcTime) { return record_stations(reader, measured, place); });
}

// --- machines

json::object linkage_json(const CallPtr& call, const LinkageRow& row, UtcTime now) {
  Node& node = call->node();
  const auto& rules = node.pack().earthquakes.linkages;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Linkage& l) { return l.id == row.order.rule; });
  const bool known = rule != rules.end();
  const auto& o = row.order;
  const char* state = row.state == LinkageState::done ? "done" : row.state == LinkageState::failed ? "failed" : now > o.due ? "silent" : "ordered";
  json::object out{{"id", o.id}, {"rule", o.rule}, {"zh", known ? rule->zh : o.rule}, {"en", known ? rule->en : o.rule}, {"record", o.record.value}, {"name", o.name},
                   {"action", json::object{{"zh", known ? rule->action_zh : ""}, {"en", known ? rule->action_en : ""}}}, {"intensity", std::round(o.intensity * 10) / 10},
                   {"s_arrives", o.arrives.ms}, {"ordered_at", row.ordered_at.ms}, {"due", o.due.ms}, {"state", state}, {"note", row.note}, {"drill", o.drill}};
  out["answered_at"] = row.answered_at.ms ? json::value(row.answered_at.ms) : json::value(nullptr);
  out["by"] = row.answered_by.empty() ? json::value(nullptr) : json::value(actor_name(node, call->api().sessions(), row.answered_by));
  return out;
}

void list_linkages(CallPtr call) {
  if (!path_earthquake(call)) return;
  Node& node = call->node();
  const auto rows = call->read([&](Reader& reader) { return linkages_of(reader, call->id()); });
  json::array items;
  for (const auto& row : rows) {
    const auto record = node.records().find(row.order.record);
    if (call->may(Need::session, record ? record->place : row.place)) items.push_back(linkage_json(call, row, node.clock().now()));
  }
  call->ok(json::object{{"items", std::move(items)}});
}

void answer_order(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  if (!members.has("done")) members.refuse("done", "请写明是否已完成", "say whether it is done");
  const bool done = members.flag("done");
  const auto note = members.text("note").value_or("");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto row = call->read([&](Reader& reader) { return read_linkage(reader, call->id()); });
  if (!row) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这条联动指令 / order"}}));
  const auto record = call->node().records().find(row->order.record);
  if (!require(call, Need::duty, record ? record->place : row->place)) return;
  call->change([id = call->id(), done, note](Reader& reader, UtcTime) { return answer_linkage(reader, id, done, note); }, [call](const Answer&) { call->ok(json::object()); });
}

}  // namespace

std::optional<EarthquakeRow> path_earthquake(const CallPtr& call) {
  auto row = call->read([&](Reader& reader) { return read_earthquake(reader, call->id()); });
  if (!row) call->fail(Error(ErrorCode::kNotFound, {{"what", "这次地震 / earthquake"}}));
  return row;
}

void with_estimate(const CallPtr& call, const DeskPtr& desk, std::function<void(const EarthquakeRow&, const EstimatePtr&)> then) {
  auto row = path_earthquake(call);
  if (!row) return;
  auto& estimates = call->node().estimates();
  // The first estimate is under way: it is not made a second time.
  if (!row->losses && estimates.working(row->quake.id)) return then(*row, nullptr);
  desk->estimates.get(call, row->quake.id, [call, &estimates, id = row->quake.id]() -> Result<EstimatePtr> {
    auto made = call->read([&](Reader& reader) { return std::optional(estimates.of(reader, id)); });
    return made ? std::move(*made) : Result<EstimatePtr>(ErrorCode::kStoreUnavailable, {{"why", "read"}});
  }, [row = std::move(*row), then = std::move(then)](const EstimatePtr& estimate) { then(row, estimate); });
}

AskedEarthquake asked_earthquake(Members& members, const AskedEarthquake* known, UtcTime now) {
  AskedEarthquake out = known ? *known : AskedEarthquake{};
  const auto number = [&](const char* name, double& into, std::optional<double> otherwise = {}) {
    const auto v = members.number(name).value_or(std::nullopt);
    if (v) into = *v;
    else if (!known && otherwise) into = *otherwise;
    else if (!known) members.refuse(name, "请填写", "is missing");
  };
  auto& q = out.quake;
  number("lon", q.lon);
  number("lat", q.lat);
  number("magnitude", q.magnitude);
  number("depth_km", q.depth_km, 10);
  number("magnitude_sigma", out.origin.magnitude_sigma, 0);
  q.at = members.time("at").value_or(std::nullopt).value_or(known ? q.at : now);
  if (const auto name = members.text("name")) q.name = *name;
  if (q.name.size() > 200) members.refuse("name", "过长", "is too long");
  if (const auto strike = members.number("strike")) out.origin.strike = *strike;
  if (const auto mechanism = members.choice<FaultMechanism>("mechanism")) out.origin.mechanism = *mechanism;
  return out;
}

void add_earthquake_routes(Api& api) {
  const auto desk = std::make_shared<EarthquakeDesk>(api.node());
  api.add({"GET", "/earthquakes", Need::session, list_quakes});
  api.add({"POST", "/earthquakes", Need::duty, report, Run::worker, kBodyBytesMax});
  api.add({"GET", "/earthquakes/{id}", Need::session, [desk](CallPtr call) { get_quake(call, desk); }});
  api.add({"POST", "/earthquakes/{id}/revise", Need::duty, revise, Run::worker, kBodyBytesMax});
  api.add({"POST", "/earthquakes/{id}/withdraw", Need::duty, withdraw, Run::worker, kBodyBytesMax});
  api.add({"POST", "/earthquakes/{id}/drill", Need::duty, drill, Run::worker, kBodyBytesMax});
  api.add({"POST", "/earthquakes/{id}/stations", Need::duty, take_stations, Run::worker, kStationsBytesMax});
  api.add({"GET", "/earthquakes/{id}/linkages", Need::session, list_linkages});
  api.add({"POST", "/linkages/{id}/answer", Need::duty, answer_order, Run::worker, kBodyBytesMax});
  add_loss_routes(api, desk);
  add_survey_routes(api);
  add_early_warning_routes(api);
  add_scenario_routes(api, desk);
  add_building_routes(api, desk);
}

}  // namespace anlan
