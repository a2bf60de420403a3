// The road network: what is loaded, its states, ways and isochrones, and its tiles.
#include <algorithm>
#include <map>

#include "logistics/commands.h"
#include "logistics/road_metrics.h"
#include "logistics/road_shape.h"
#include "logistics/road_travel.h"
#include "roads/route_export.h"
#include "web/road_json.h"
#include "web/road_tiles.h"
#include "web/routes_json.h"
#include "web/tile_answer.h"

namespace anlan {
namespace {

constexpr size_t kShapeBytesMax = size_t{2} << 20;
constexpr size_t kNearMax = 20, kNamesMax = 20, kPiecesMax = 20'000;
constexpr int64_t kPastMax = 500;
constexpr Millis kSettle = seconds(10);

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

Error no_network() { return Error(ErrorCode::kNotFound, {{"what", "路网（尚未导入） / road network (none imported)"}}); }

constexpr const char* kClassZh[roads::kRoadClasses] = {"高速公路", "国道、快速路", "主干路（省道）", "次干路（县道）", "支路（乡道）", "村道",     "居住区道路", "生活街道", "内部道路",
                                                       "机耕道",   "步行街",       "自行车道",       "步道",           "小径",         "台阶",     "渡口",       "其他道路"};

std::string_view kind_name(RoadStateKind kind) {
  switch (kind) {
    case RoadStateKind::closed: return "closed";
    case RoadStateKind::slow: return "slow";
    case RoadStateKind::weight: return "weight";
    case RoadStateKind::one_way: break;
  }
  return "one_way";
}

json::value shape_json(const std::string& text) {
  auto parsed = parse_json(text);
  return parsed ? *parsed : json::value(nullptr);
}

json::object source_json(const Sourced& s) {
  return {{"id", s.id}, {"zh", s.zh}, {"en", s.en}, {"source", s.source}, {"effective_from", s.effective_from}, {"verified", s.verified}};
}

// --- what is loaded

void get_roads(CallPtr call) {
  Node& node = call->node();
  const auto& book = node.pack().roads;
  const auto network = node.roads().network();
  const auto row = node.roads().network_row();
  json::object out{{"loaded", network != nullptr}, {"name", row ? row->name : ""}, {"nodes", row ? row->nodes : 0}, {"arcs", row ? row->arcs : 0}, {"roads", row ? row->roads : 0}};
  out["length_km"] = network ? one_decimal(network->length_km) : 0.0;
  out["imported_at"] = row ? json::value(row->imported_at.ms) : json::value(nullptr);
  out["bounds"] = network ? json::value(json::array{network->bounds.west, network->bounds.south, network->bounds.east, network->bounds.north}) : json::value(nullptr);
  out["report"] = row ? shape_json(row->report) : json::value(nullptr);
  const auto fault = node.roads().fault();
  out["fault"] = fault ? json::value(sentence(*fault, call->language)) : json::value(nullptr);
  out["states_in_force"] = node.roads().in_force().size();
  json::array profiles, circles, aircraft, goods, vehicles;
  for (const auto& p : book.profiles) {
    auto o = source_json(p);
    o["on_foot"] = p.on_foot;
    json::array periods;
    for (const auto& t : p.periods) periods.push_back({{"id", t.id}, {"zh", t.zh}, {"en", t.en}, {"from_minute", t.from_minute}, {"to_minute", t.to_minute}});
    o["periods"] = std::move(periods);
    profiles.push_back(std::move(o));
  }
  for (const auto& c : book.circles) {
    auto o = source_json(c);
    o["facilities"] = json::value_from(c.facilities);
    o["minutes"] = json::value_from(c.minutes);
    o["by_air"] = c.by_air;
    o["profile"] = c.profile;
    o["share"] = c.share;
    circles.push_back(std::move(o));
  }
  for (const auto& a : book.aircraft) {
    auto o = source_json(a);
    o["cruise_kmh"] = a.cruise_kmh;
    o["range_km"] = a.range_km;
    o["reserve_minutes"] = a.reserve_minutes;
    o["payload_kg"] = a.payload_kg;
    o["mass_t"] = a.mass_t;
    o["ceiling_m"] = a.ceiling_m;
    o["pad_m"] = a.pad_m;
    o["day_only"] = a.day_only;
    aircraft.push_back(std::move(o));
  }
  for (const auto& g : book.goods) {
    auto o = source_json(g);
    o["unit"] = g.unit;
    o["kg"] = g.kg;
    o["m3"] = g.m3;
    goods.push_back(std::move(o));
  }
  for (const auto& v : book.vehicles) {
    auto o = source_json(v);
    o["load_kg"] = v.load_kg;
    o["volume_m3"] = v.volume_m3;
    o["profile"] = v.profile;
    vehicles.push_back(std::move(o));
  }
  out["profiles"] = std::move(profiles);
  out["circles"] = std::move(circles);
  out["aircraft"] = std::move(aircraft);
  out["goods"] = std::move(goods);
  out["vehicle_kinds"] = std::move(vehicles);
  call->ok(std::move(out));
}

void roads_near(CallPtr call) {
  const auto network = call->node().roads().network();
  if (!network) return call->fail(no_network());
  const auto lon = asked_number(*call, "lon"), lat = asked_number(*call, "lat");
  if (!lon || !lat || !is_valid({*lon, *lat})) return call->fail(wrong("lon", "经纬度无效", "not a valid position"));
  const auto radius = call->number("radius_m", 200, 1, 5'000);
  if (!radius) return call->fail(radius.error());
  const LonLat at{*lon, *lat};
  const auto& graph = network->graph();
  std::vector<roads::RoadIndex> seen;
  json::array out;
  while (seen.size() < kNearMax) {
    const auto found = network->snap.nearest(at, static_cast<double>(*radius), [&](roads::RoadIndex r) { return std::find(seen.begin(), seen.end(), r) == seen.end(); });
    if (!found) break;
    seen.push_back(found->road);
    const auto& road = graph.roads[found->road];
    json::object o{{"name", network->name_of(found->road)}, {"class", roads::name_of(road.road_class)}, {"class_zh", kClassZh[static_cast<int>(road.road_class)]}};
    o["bridge"] = (road.flags & roads::kBridge) != 0;
    o["tunnel"] = (road.flags & roads::kTunnel) != 0;
    o["limit_kmh"] = road.limit_kmh ? json::value(road.limit_kmh) : json::value(nullptr);
    o["max_height_m"] = road.max_height_cm ? json::value(road.max_height_cm / 100.0) : json::value(nullptr);
    o["max_weight_t"] = road.max_weight_kg ? json::value(road.max_weight_kg / 1000.0) : json::value(nullptr);
    o["length_m"] = std::round(road.length_dm / 10.0);
    o["distance_m"] = std::round(found->distance_m);
    o["shape"] = line_json(graph.shape_of(found->road));
    out.push_back(std::move(o));
  }
  call->ok(json::object{{"roads", std::move(out)}});
}

// --- states

json::object state_json(const CallPtr& call, const RoadStateRow& row, size_t roads, double km) {
  const auto& s = row.state;
  json::object o{{"id", s.id.value}, {"name", s.name}, {"kind", kind_name(s.kind)}, {"shape", shape_json(s.shape)}};
  o["speed_kmh"] = s.kind == RoadStateKind::slow ? json::value(s.speed_kmh) : json::value(nullptr);
  o["weight_t"] = s.kind == RoadStateKind::weight ? json::value(s.weight_t) : json::value(nullptr);
  o["bearing"] = s.kind == RoadStateKind::one_way ? json::value(s.bearing) : json::value(nullptr);
  o["until"] = null_or(s.until);
  o["reason"] = s.reason;
  o["set_by"] = json::object{{"name", actor_name(call->node(), call->api().sessions(), row.set_by)}};
  o["set_at"] = row.set_at.ms;
  o["lifted_at"] = null_or(row.lifted_at);
  o["lifted_by"] = row.lifted_by.empty() ? json::value(nullptr) : json::value(json::object{{"name", actor_name(call->node(), call->api().sessions(), row.lifted_by)}});
  o["roads"] = roads;
  o["length_km"] = one_decimal(km);
  return o;
}

void list_states(CallPtr call) {
  json::array items;
  if (call->text("past") == "1") {
    for (const auto& row : call->read([&](Reader& reader) { return past_road_states(reader, call->node().clock().now(), kPastMax); })) items.push_back(state_json(call, row, 0, 0));
  } else {
    for (const auto& s : call->node().roads().in_force()) items.push_back(state_json(call, s.row, s.roads.size(), s.length_km));
  }
  call->ok(json::object{{"items", std::move(items)}});
}

void state_roads(CallPtr call) {
  json::array features;
  bool cut = false;
  if (const auto network = call->node().roads().network())
    for (const auto& s : call->node().roads().in_force())
      for (const auto road : s.roads) {
        if (road >= network->graph().roads.size()) continue;  // of a network that has just been replaced
        if (features.size() == kPiecesMax) {
          cut = true;
          break;
        }
        features.push_back({{"type", "Feature"},
                            {"properties", {{"state", s.row.state.id.value}, {"kind", kind_name(s.row.state.kind)}, {"name", network->name_of(road)}}},
                            {"geometry", line_json(network->graph().shape_of(road))}});
      }
  call->ok(json::object{{"type", "FeatureCollection"}, {"features", std::move(features)}, {"truncated", cut}});
}

// The county that holds the first point of the shape, else the node's place.
PlaceCode place_of_shape(Node& node, const RoadShape& shape) {
  const auto county = node.places().get()->county_at(shape.first);
  return county.empty() ? node.settings().place : county;
}

struct AskedState {
  RoadState state;
  RoadShape shape;
};

Result<AskedState> asked_state(const json::object& body, bool preview) {
  Members members(body);
  AskedState out;
  auto& s = out.state;
  const auto kind = members.text("kind").value_or("closed");
  if (!boost::describe::enum_from_string(kind.c_str(), s.kind)) members.refuse("kind", "应为 closed、slow、weight 或 one_way", "must be closed, slow, weight or one_way");
  s.bearing = members.number("bearing").value_or(std::nullopt).value_or(0);
  if (!preview) {
    s.name = members.text("name").value_or("");
    s.reason = members.text("reason").value_or("");
    s.speed_kmh = members.number("speed_kmh").value_or(std::nullopt).value_or(0);
    s.weight_t = members.number("weight_t").value_or(std::nullopt).value_or(0);
    s.until = members.time("until").value_or(std::nullopt);
  }
  TRY_VOID(members.result());
  const auto* shape = body.if_contains("shape");
  if (!shape || !shape->is_object()) return wrong("shape", "请在地图上画出", "draw it on the map");
  s.shape = json::serialize(*shape);
  TRY(read, read_road_shape(s.shape));
  out.shape = std::move(read);
  return out;
}

json::object pieces_json(const RoadNetwork* network, const std::vector<roads::RoadIndex>& hit) {
  double km = 0;
  json::array names;
  std::vector<std::span<const LonLat>> lines;
  std::map<std::string_view, bool> named;
  for (const auto road : hit) {
    km += network->length_of(road) / 1000;
    if (lines.size() < kPiecesMax) lines.push_back(network->graph().shape_of(road));
    const auto& name = network->name_of(road);
    if (!name.empty() && names.size() < kNamesMax && named.try_emplace(name, true).second) names.emplace_back(name);
  }
  return {{"roads_hit", hit.size()}, {"length_km", one_decimal(km)}, {"names", std::move(names)}, {"shape", lines_json(lines)}};
}

void preview_state(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_state(*body, true);
  if (!asked) return call->fail(asked.error());
  const auto network = call->node().roads().network();
  call->ok(pieces_json(network.get(), network ? roads_hit(*network, asked->shape) : std::vector<roads::RoadIndex>{}));
}

// After the commit: once the change is in every answer, with how long that took.
void answer_state(const CallPtr& call, const Answer& answer, Millis begun) {
  Node& node = call->node();
  const auto response = parse_json(answer.response);
  const RoadStateId id{response ? response->at("state").to_number<int64_t>() : 0};
  const bool settled = node.roads().settle(kSettle);
  const auto row = call->read([&](Reader& reader) { return read_road_state(reader, id); });
  if (!row) return call->fail(Error(ErrorCode::kNotFound, {{"what", "管制 / restriction"}}));
  size_t roads = 0;
  double km = 0;
  for (const auto& s : node.roads().in_force())
    if (s.row.state.id == id) roads = s.roads.size(), km = s.length_km;
  const Millis took = node.clock().monotonic() - begun;
  call->ok(json::object{{"state", state_json(call, *row, roads, km)}, {"roads_hit", roads}, {"length_km", one_decimal(km)}, {"ms", took.count}, {"shown", settled}});
}

void set_state(CallPtr call) {
  const Millis begun = call->node().clock().monotonic();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_state(*body, false);
  if (!asked) return call->fail(asked.error());
  const PlaceCode place = place_of_shape(call->node(), asked->shape);
  if (!require(call, Need::duty, place)) return;
  call->change([state = asked->state, place](Reader& reader, UtcTime now) { return set_road_state(reader, state, place, now); },
               [call, begun](const Answer& answer) { answer_state(call, answer, begun); });
}

void lift_state(CallPtr call) {
  const Millis begun = call->node().clock().monotonic();
  const RoadStateId id{call->id()};
  const auto row = call->read([&](Reader& reader) { return read_road_state(reader, id); });
  if (!row) return call->fail(Error(ErrorCode::kNotFound, {{"what", "管制 / restriction"}}));
  const auto shape = read_road_shape(row->state.shape);
  const PlaceCode place = shape ? place_of_shape(call->node(), *shape) : call->node().settings().place;
  if (!require(call, Need::duty, place)) return;
  call->change([id, place](Reader& reader, UtcTime now) { return lift_road_state(reader, id, place, now); },
               [call, begun](const Answer& answer) { answer_state(call, answer, begun); });
}

// --- ways

Result<TravelQuestion> asked_travel(Members& members) {
  TravelQuestion how;
  how.profile = members.text("profile").value_or("");
  how.depart = members.time("depart").value_or(std::nullopt);
  TRY_VOID(members.result());
  return how;
}

json::object route_json(const RouteFound& r, const RoutesFound& all, const TravelQuestion& how, bool steps) {
  json::object o{{"minutes", minutes_json(r.ms)}, {"km", one_decimal(r.metres / 1000)}, {"estimated", r.estimated}, {"profile", how.profile},
                 {"arrive", all.depart.ms + r.ms}, {"shape", line_json(r.line)}};
  json::array list;
  if (steps)
    for (const auto& s : r.steps)
      list.push_back({{"zh", roads::text_of(s, true)}, {"en", roads::text_of(s, false)}, {"km", std::round(s.distance_m) / 1000}, {"minutes", one_decimal(s.seconds / 60)},
                      {"lon", s.at.lon}, {"lat", s.at.lat}, {"turn", roads::name_of(s.turn)}});
  o["steps"] = std::move(list);
  const auto placed = [](const PlacedOnRoad& p) { return json::object{{"lon", p.at.lon}, {"lat", p.at.lat}, {"distance_m", std::round(p.distance_m)}, {"road", p.road}}; };
  o["snapped"] = r.placed.empty() ? json::value(nullptr) : json::value(json::object{{"from", placed(r.placed.front())}, {"to", placed(r.placed.back())}});
  return o;
}

void find_routes(CallPtr call) {
  auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  RoutesAsked asked;
  const auto how = asked_travel(members);
  if (!how) return call->fail(how.error());
  asked.how = *how;
  if (asked.how.profile.empty() && !call->node().pack().roads.profiles.empty()) asked.how.profile = call->node().pack().roads.profiles.front().id;
  const auto others = members.number("alternatives").value_or(std::nullopt).value_or(0);
  if (others < 0 || others > static_cast<double>(kAlternativesMax)) members.refuse("alternatives", "应在 0 至 2 之间", "must be 0 to 2");
  const auto* steps = body->if_contains("steps");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  asked.alternatives = static_cast<int>(others);
  std::vector<std::pair<std::string, const json::value*>> wanted;
  if (const auto* from = body->if_contains("from")) wanted.emplace_back("from", from);
  if (const auto* via = body->if_contains("via"); via && !via->is_null()) {
    if (!via->is_array() || via->get_array().size() > kViaMax) return call->fail(wrong("via", "应为不超过 20 个位置的列表", "must be a list of at most 20 positions"));
    for (const auto& v : via->get_array()) wanted.emplace_back("via", &v);
  }
  if (const auto* to = body->if_contains("to")) wanted.emplace_back("to", to);
  if (!body->contains("from")) return call->fail(wrong("from", "请填写起点", "is missing"));
  if (!body->contains("to")) return call->fail(wrong("to", "请填写终点", "is missing"));
  std::string from_name, to_name;
  for (const auto& [field, value] : wanted) {
    const auto at = read_position(call, *value, field);
    if (!at) return call->fail(at.error());
    if (asked.stops.empty()) from_name = at->name;
    to_name = at->name;
    asked.stops.push_back(at->at);
  }
  const auto found = call->node().roads().routes(asked);
  if (!found) return call->fail(found.error());
  const std::string format = call->text("format");
  if (!format.empty()) {
    if (format != "gpx" && format != "geojson") return call->fail(wrong("format", "应为 gpx 或 geojson", "must be gpx or geojson"));
    if (found->routes.empty()) return call->fail(Error(ErrorCode::kNotFound, {{"what", "路线 / way"}}));
    const auto& r = found->routes.front();
    const bool zh = call->language == Language::kZh;
    const std::string name = (from_name.empty() ? "起点" : from_name) + " - " + (to_name.empty() ? "终点" : to_name);
    if (format == "gpx") return call->file(roads::gpx_of(r.line, r.steps, name, zh), "application/gpx+xml", "route.gpx");
    return call->file(roads::geojson_of(r.line, r.steps, name, zh), "application/geo+json", "route.geojson");
  }
  json::array routes;
  for (const auto& r : found->routes) routes.push_back(route_json(r, *found, asked.how, !steps || !steps->is_bool() || steps->get_bool()));
  json::object out{{"routes", std::move(routes)}};
  if (found->routes.empty()) out["why"] = json::object{{"code", "no_way"}, {"zh", found->why_zh}, {"en", found->why_en}};
  call->ok(std::move(out));
}

// --- tiles

class CurrentRoadTiles {
 public:
  std::shared_ptr<const RoadTiles> get(const std::shared_ptr<const RoadNetwork>& network) {
    std::scoped_lock lock(mutex_);
    if (!tiles_ || tiles_->network() != network) tiles_ = std::make_shared<const RoadTiles>(network);
    return tiles_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const RoadTiles> tiles_;
};

void road_tile(const CallPtr& call, CurrentRoadTiles& current) {
  const auto id = asked_tile(call);
  if (!id) return;
  const auto network = call->node().roads().network();
  answer_tile(call, network ? network->file.substr(0, 16) : "none", "private, max-age=60",
              [&]() -> HttpBody { return network ? HttpBody(current.get(network)->tile(*id)) : HttpBody(); });
}

}  // namespace

void add_road_routes(Api& api) {
  api.add({"GET", "/roads", Need::session, get_roads});
  api.add({"GET", "/roads/near", Need::session, roads_near});
  api.add({"GET", "/road-states", Need::session, list_states});
  api.add({"GET", "/road-states/roads", Need::session, state_roads});
  api.add({"POST", "/road-states", Need::duty, set_state, Run::worker, kShapeBytesMax});
  api.add({"POST", "/road-states/preview", Need::session, preview_state, Run::worker, kShapeBytesMax});
  api.add({"POST", "/road-states/{id}/lift", Need::duty, lift_state});
  api.add({"POST", "/routes", Need::session, find_routes, Run::worker, 64 << 10});
  const auto tiles = std::make_shared<CurrentRoadTiles>();
  api.add({"GET", "/tiles/roads/{z}/{x}/{y}", Need::session, [tiles](CallPtr call) { road_tile(call, *tiles); }});
  add_coverage_routes(api);
}

}  // namespace anlan
