// What people on the spot saw of an earthquake.
#include <cmath>

#include "earthquakes/commands.h"
#include "web/earthquake_json.h"
#include "web/earthquake_routes.h"
#include "web/json_members.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr int64_t kSurveysShown = 5'000;
constexpr size_t kBodyBytesMax = 16 << 10;
constexpr int64_t kCountMax = 10'000'000;
constexpr double kTownReachM = 30'000;

// The town that a point belongs to: of the county whose boundary holds it, else of all, the one with the nearest centre or
// village. Where none is near, the node's place.
PlaceCode town_at(Node& node, LonLat at) {
  const auto index = node.places().get();
  const auto& table = index->places();
  const auto county = index->county_at(at);
  const auto range = table.range(county.empty() ? node.settings().place : county);
  double nearest = county.empty() ? kTownReachM : 1e9;
  PlaceCode town = county.empty() ? node.settings().place : county;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (table.level(i) != PlaceLevel::kTown && table.level(i) != PlaceLevel::kVillage) continue;
    const auto centre = table.position(i);
    if (!centre || std::abs(centre->lat - at.lat) > 1) continue;
    if (const double m = distance_m(*centre, at); m < nearest) nearest = m, town = table.code(i).at_level(PlaceLevel::kTown);
  }
  return town;
}

void add_survey(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  Survey survey;
  survey.earthquake = call->id();
  for (const auto& [name, into] : {std::pair("lon", &survey.lon), std::pair("lat", &survey.lat)}) {
    const auto v = members.number(name).value_or(std::nullopt);
    if (v) *into = *v;
    else members.refuse(name, "请填写", "is missing");
  }
  survey.intensity = members.number("intensity").value_or(std::nullopt);
  survey.houses_collapsed = members.count("houses_collapsed", kCountMax);
  survey.houses_severe = members.count("houses_severe", kCountMax);
  survey.dead = members.count("dead", kCountMax);
  survey.injured = members.count("injured", kCountMax);
  survey.note = members.text("note").value_or("");
  if (!is_valid({survey.lon, survey.lat})) members.refuse("lon", "经纬度无效", "not a valid position");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto place = town_at(call->node(), {survey.lon, survey.lat});
  if (!require(call, Need::session, place)) return;
  call->change([survey, place](Reader& reader, UtcTime now) { return survey_earthquake(reader, survey, place, now); });
}

void list_surveys(CallPtr call) {
  if (!path_earthquake(call)) return;
  const auto rows = call->read([&](Reader& reader) { return surveys_of(reader, call->id(), kSurveysShown); });
  call->ok(json::object{{"items", surveys_json(call, rows)}});
}

void withdraw_one(CallPtr call) {
  const auto row = call->read([&](Reader& reader) { return read_survey(reader, call->id()); });
  if (!row) return call->fail(Error(ErrorCode::kNotFound, {{"what", "这个调查点 / survey point"}}));
  // One's own, or anybody's as the officer on duty for the place.
  if (row->by == call->actor() ? !require(call, Need::session, row->place) : !require(call, Need::duty, row->place)) return;
  call->change([id = call->id()](Reader& reader, UtcTime) { return withdraw_survey(reader, id); }, [call](const Answer&) { call->ok(json::object()); });
}

}  // namespace

void add_survey_routes(Api& api) {
  api.add({"POST", "/earthquakes/{id}/surveys", Need::session, add_survey, Run::worker, kBodyBytesMax});
  api.add({"GET", "/earthquakes/{id}/surveys", Need::session, list_surveys});
  api.add({"POST", "/surveys/{id}/withdraw", Need::session, withdraw_one, Run::worker, kBodyBytesMax});
}

}  // namespace anlan
