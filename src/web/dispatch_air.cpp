// How long by helicopter and on by road.
#include <algorithm>

#include "logistics/air_chains.h"
#include "web/dispatch_routes.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }

Result<std::optional<roads::AirWeather>> read_weather(const json::object& body) {
  const auto* v = body.if_contains("weather");
  if (!v || v->is_null()) return std::optional<roads::AirWeather>();
  if (!v->is_object()) return bad("weather", "应为对象 / an object");
  Members members(v->get_object());
  roads::AirWeather w;
  const auto take = [&](const char* name, double& into, double most) {
    const auto given = members.number(name).value_or(std::nullopt);
    if (!given) return;
    if (!(*given >= 0 && *given <= most)) members.refuse(name, "数值不合理", "a value that makes no sense");
    into = *given;
  };
  take("wind_ms", w.wind_ms, 150);
  take("visibility_km", w.visibility_km, 1'000);
  take("cloud_base_m", w.cloud_base_m, 30'000);
  TRY_VOID(members.result());
  return std::optional(w);
}

Result<AirChainsQuestion> read_question(const CallPtr& call, const json::object& body) {
  Members members(body);
  AirChainsQuestion q;
  q.aircraft = members.text("aircraft").value_or("");
  q.profile = members.text("profile").value_or("car");
  q.load_kg = members.number("load_kg").value_or(std::nullopt).value_or(0);
  if (!(q.load_kg >= 0 && q.load_kg <= 100'000)) members.refuse("load_kg", "应在 0 至 100,000 之间", "0 to 100,000");
  const UtcTime now = call->node().clock().now();
  q.start = members.time("when").value_or(std::nullopt).value_or(now);
  if (q.start < now - hours(24) || q.start > now + hours(24 * 30)) members.refuse("when", "时间不合理", "a time that makes no sense");
  TRY_VOID(members.result());
  if (const auto* day = body.if_contains("day"); day && !day->is_null()) {
    if (!day->is_bool()) return bad("day", "应为 true 或 false / true or false");
    q.always_day = day->get_bool();
  }
  TRY(weather, read_weather(body));
  q.weather = weather;
  const auto* at = body.if_contains("at");
  const auto* list = at ? at->if_array() : nullptr;
  if (!list) return bad("at", "应为列表 / a list");
  if (list->size() > kAirPlacesMax) return Error(ErrorCode::kTooLarge, {{"what", "地点 / places"}, {"limit", "500"}});
  for (const auto& item : *list) {
    TRY(position, read_position(call, item.is_string() ? json::value{{"place", item}} : item, "at"));
    const auto* name = item.is_object() ? item.get_object().if_contains("name") : nullptr;
    if (name && name->is_string() && name->get_string().size() <= 200) position.name = std::string(name->get_string());
    q.places.push_back({position.name.empty() ? "地图上的位置" : position.name, position.at});
  }
  return q;
}

void chains(CallPtr call) {
  const auto place = asked_place(call);
  if (!place) return;
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto question = read_question(call, *body);
  if (!question) return call->fail(question.error());
  Node& node = call->node();
  std::vector<RecordState> points;
  for (auto& r : node.records().within("helicopter_point", *place)) points.push_back(std::move(r));
  const auto found = air_chains(node.pack(), *question, points, times_of(node.roads()));
  if (!found) return call->fail(found.error());
  json::array items;
  for (const auto& c : found->items) {
    json::array legs;
    for (const auto& leg : c.legs) legs.push_back(json::object{{"kind", leg.kind}, {"from", leg.from}, {"to", leg.to}, {"minutes", leg.minutes}, {"km", leg.km}});
    json::object o{{"name", c.place.name}, {"lon", c.place.position.lon}, {"lat", c.place.position.lat}, {"minutes", null_or(c.minutes)}, {"legs", std::move(legs)}};
    if (c.why) o["why"] = json::object{{"code", c.why->code}, {"zh", c.why->zh}, {"en", c.why->en}};
    items.push_back(std::move(o));
  }
  call->ok(json::object{{"estimated", found->estimated}, {"bases", found->bases}, {"landings", found->landings}, {"items", std::move(items)}});
}

}  // namespace

void add_air_routes(Api& api) { api.add({"POST", "/air/chains", Need::session, chains}); }

}  // namespace anlan
