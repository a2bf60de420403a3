// What if: earthquakes that are only computed. Nothing of them is journaled, and a restart forgets them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "documents/csv.h"
#include "earthquakes/estimate_json.h"
#include "web/earthquake_json.h"
#include "web/earthquake_routes.h"
#include "web/json_members.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kBodyBytesMax = 32 << 10;
constexpr size_t kCsvBuildingsMax = 5'000'000, kGeojsonBuildingsMax = 1'000'000;
constexpr std::array<const char*, quake::kCodeLevels> kCodes = {"pre", "low", "moderate", "high"};
constexpr std::array<const char*, quake::kUses> kUses = {"home", "work", "school", "hospital", "store", "other"};
constexpr std::array<const char*, 3> kRelations = {"automatic", "national", "bssa14"};

Error bad(std::string field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}); }
Error no_scenario() { return Error(ErrorCode::kNotFound, {{"what", "这个情景（只保留在内存中，重启后不再保留） / this scenario; it is kept in memory alone, not over a restart"}}); }

template <size_t N>
std::optional<size_t> named(const std::array<const char*, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? std::nullopt : std::optional(static_cast<size_t>(at - names.begin()));
}

struct Phase {
  const char *id, *zh, *en;
};
constexpr std::array<Phase, 4> kPhases = {{{"shaking", "计算地震动", "shaking"}, {"losses", "估计人员与经济损失", "losses"}, {"buildings", "逐栋评定破坏等级", "every building"},
                                           {"response", "逐栋时程分析", "time history of every building"}}};

Result<std::vector<Retrofit>> asked_retrofits(const CallPtr& call, const json::object& body) {
  std::vector<Retrofit> out;
  const auto* value = body.if_contains("retrofit");
  if (!value || value->is_null()) return out;
  const auto* list = value->if_array();
  if (!list || list->size() > kRetrofitsMax) return bad("retrofit", "应为不超过 50 项的列表 / a list of at most 50");
  for (const auto& item : *list) {
    if (!item.is_object()) return bad("retrofit", "应为对象列表 / a list of objects");
    Members members(item.get_object());
    const auto type = building_type(call->node().pack().earthquakes, members.text("type").value_or(""));
    const auto from = named(kCodes, members.text("code_from").value_or("pre")), to = named(kCodes, members.text("code_to").value_or(""));
    TRY_VOID(members.result());
    if (!type) return bad("type", "没有这种建筑类型 / no such type of building");
    if (!from || !to || *to <= *from) return bad("code_to", "设防水平应为 pre、low、moderate、high，且高于原水平 / pre, low, moderate or high, and above code_from");
    out.push_back({*type, static_cast<quake::CodeLevel>(*from), static_cast<quake::CodeLevel>(*to)});
  }
  return out;
}

Result<ScenarioRequest> asked_scenario(const CallPtr& call, const json::object& body) {
  Members members(body);
  ScenarioRequest request;
  const auto now = call->node().clock().now();
  auto asked = asked_earthquake(members, nullptr, now);
  request.quake = std::move(asked.quake);
  request.quake.at = now;
  request.origin = std::move(asked.origin);
  request.origin.source = EarthquakeSource::drill;
  request.origin.drill = true;
  request.name = request.quake.name;
  request.place = call->node().settings().place;
  request.dip = members.number("dip").value_or(std::nullopt);
  const auto within = [&](const char* name, int least, int most, int otherwise) {
    const auto v = members.number(name).value_or(std::nullopt).value_or(otherwise);
    if (!(v >= least && v <= most && v == std::floor(v))) members.refuse(name, fmt::format("应为 {} 至 {} 的整数", least, most), fmt::format("must be a whole number from {} to {}", least, most));
    return v >= least && v <= most ? static_cast<int>(v) : otherwise;
  };
  request.local_hour = within("local_hour", 0, 23, request.local_hour);
  request.month = within("month", 1, 12, request.month);
  const auto relations = named(kRelations, members.text("relations").value_or("automatic"));
  if (!relations) members.refuse("relations", "应为 automatic、national 或 bssa14", "must be automatic, national or bssa14");
  request.response = members.flag("response");
  if (members.has("compare"))
    if (const auto other = members.count("compare", 1'000'000'000)) request.compare = other;
  if (request.name.empty()) members.refuse("name", "请填写名称", "is missing");
  if (request.dip && !(*request.dip > 0 && *request.dip <= 90)) members.refuse("dip", "倾角应在 0 至 90 度之间", "must be above 0, at most 90 degrees");
  if (request.dip && !request.origin.strike) members.refuse("strike", "填写倾角时还要有走向", "a dip wants a strike");
  TRY_VOID(members.result());
  request.relations = static_cast<quake::Relations>(*relations);
  TRY_VOID(quake::check(event_of(request.quake, request.origin)));
  if (request.origin.strike && !(*request.origin.strike >= 0 && *request.origin.strike <= 360)) return bad("strike", "走向应在 0 至 360 度之间 / 0 to 360 degrees");
  TRY(retrofits, asked_retrofits(call, body));
  request.retrofits = std::move(retrofits);
  return request;
}

void start(const CallPtr& call, const DeskPtr& desk) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  if (!require(call, Need::duty, call->node().settings().place)) return;
  auto request = asked_scenario(call, *body);
  if (!request) return call->fail(request.error());
  const std::string key = call->key();
  if (key.empty()) return;
  if (!call->node().stock().get()) return call->fail(Error(ErrorCode::kConflict, {{"why", "还没有导入建筑与人口数据 / no buildings and people have been loaded"}}));
  const auto id = desk->scenarios.start(key + "|" + call->digest(), std::move(*request));
  if (!id) return call->fail(id.error());
  call->ok(json::object{{"scenario", *id}}, 202);
}

json::object scenario_json(const CallPtr& call, const Scenario& s) {
  const auto& r = s.request;
  const auto& book = call->node().pack().earthquakes;
  json::array retrofits;
  for (const auto& f : r.retrofits)
    retrofits.push_back(json::object{{"type", book.buildings[f.type].id}, {"code_from", kCodes[static_cast<size_t>(f.from)]}, {"code_to", kCodes[static_cast<size_t>(f.to)]}});
  json::object out{{"id", s.id}, {"name", r.name}, {"state", json::value_from(s.state)}, {"progress", std::round(s.progress * 1000) / 1000}, {"made_at", s.asked.ms},
                   {"lon", r.quake.lon}, {"lat", r.quake.lat}, {"magnitude", r.quake.magnitude}, {"depth_km", r.quake.depth_km}, {"strike", null_or(r.origin.strike)},
                   {"dip", null_or(r.dip)}, {"mechanism", json::value_from(r.origin.mechanism)}, {"local_hour", r.local_hour}, {"month", r.month},
                   {"relations", kRelations[static_cast<size_t>(r.relations)]}, {"response", r.response}, {"retrofit", std::move(retrofits)}};
  out["compare"] = r.compare ? json::value(*r.compare) : json::value(nullptr);
  return out;
}

void list(const CallPtr& call, const DeskPtr& desk) {
  json::array items;
  for (const auto& s : desk->scenarios.list()) items.push_back(scenario_json(call, s));
  call->ok(json::object{{"items", std::move(items)}});
}

// The scenario of the path; answers otherwise.
std::optional<Scenario> path_scenario(const CallPtr& call, const DeskPtr& desk) {
  auto s = desk->scenarios.find(call->id());
  if (!s) call->fail(no_scenario());
  return s;
}

json::value compared_json(const Scenario& s, const std::optional<Scenario>& other) {
  if (!other || !other->estimate || !other->estimate->losses || !other->damage || !s.estimate || !s.estimate->losses) return nullptr;
  const auto &mine = s.estimate->losses->total, &theirs = other->estimate->losses->total;
  return json::object{{"id", other->id}, {"name", other->request.name}, {"dead", range_json(theirs.dead)}, {"grades", json::value_from(other->damage->grades)},
                      {"saved_dead", theirs.dead.mean - mine.dead.mean}, {"saved_yuan", theirs.loss_yuan.mean - mine.loss_yuan.mean}};
}

void get(const CallPtr& call, const DeskPtr& desk) {
  const auto s = path_scenario(call, desk);
  if (!s) return;
  Node& node = call->node();
  auto out = scenario_json(call, *s);
  const auto phase = std::find_if(kPhases.begin(), kPhases.end(), [&](const Phase& p) { return p.id == s->phase; });
  out["phase"] = phase == kPhases.end() ? json::value(nullptr) : json::value(json::object{{"zh", phase->zh}, {"en", phase->en}});
  out["map"] = out["losses"] = out["buildings"] = out["compared"] = out["fault"] = nullptr;
  if (s->estimate) {
    auto map = map_json(*s->estimate->shaking, node.settings().place);
    if (map) out["map"] = std::move(*map);
    if (s->estimate->losses) {
      auto losses = losses_json(*s->estimate, node.pack(), *node.places().get());
      losses["made_at"] = s->asked.ms;
      out["losses"] = std::move(losses);
    }
  }
  if (s->damage) {
    const auto& d = *s->damage;
    out["buildings"] = json::object{{"count", d.grade.size()}, {"grades", json::value_from(d.grades)}, {"response_grades", d.response_grade.empty() ? json::value(nullptr) : json::value_from(d.response_grades)},
                                    {"buildings_per_s", std::round(d.buildings_per_s)}, {"instructions", d.instructions}, {"drift_p90", d.drift_p90}};
  }
  if (s->request.compare) out["compared"] = compared_json(*s, desk->scenarios.find(*s->request.compare));
  if (s->fault) {
    const auto said = [&](Language language) { return std::string(error_body(*s->fault, language).at("error").at("message").as_string()); };
    out["fault"] = json::object{{"zh", said(Language::kZh)}, {"en", said(Language::kEn)}};
  }
  call->ok(std::move(out));
}

void stop(const CallPtr& call, const DeskPtr& desk) {
  const auto s = path_scenario(call, desk);
  if (!s || !require(call, Need::duty, s->request.place)) return;
  desk->scenarios.stop(s->id);
  call->ok(json::object());
}

// --- every building as a file

struct Exported {
  const Scenario& scenario;
  const Stock& stock;
  const CityDamage& damage;
  const EarthquakeBook& book;
  const PlaceTable& places;

  size_t size() const { return stock.buildings.size(); }
  std::string id(size_t i) const { return stock.buildings.id.empty() ? std::to_string(i) : stock.buildings.id[i]; }
  PlaceCode place(size_t i) const {
    const auto p = stock.buildings.place[i];
    return p < stock.places.size() ? stock.places[p] : PlaceCode();
  }
  std::string_view type(size_t i) const { return stock.buildings.type[i] < book.buildings.size() ? std::string_view(book.buildings[stock.buildings.type[i]].id) : std::string_view(); }
  bool responded() const { return !damage.response_grade.empty(); }
};

// Names are found once for each place.
std::vector<std::string> names_of(const Exported& e) {
  std::vector<std::string> out;
  for (const auto code : e.stock.places) out.push_back(e.places.short_name(code));
  return out;
}

std::string csv_of(const Exported& e) {
  // The names of an exposure file, so that it can be read back.
  std::vector<std::string> columns{"row", "id", "lon", "lat", "type", "code", "use", "storeys", "floor_area", "year", "people", "place", "place_name", "grade"};
  if (e.responded()) columns.insert(columns.end(), {"response_grade", "drift"});
  CsvWriter csv(columns);
  const auto names = names_of(e);
  const auto& b = e.stock.buildings;
  std::vector<std::string> row;
  for (size_t i = 0; i < e.size(); ++i) {
    const auto place = e.place(i);
    row = {std::to_string(i), e.id(i), fmt::format("{:.6f}", b.at[i].lon), fmt::format("{:.6f}", b.at[i].lat), std::string(e.type(i)), kCodes[static_cast<size_t>(b.code[i])],
           kUses[static_cast<size_t>(b.use[i])], std::to_string(b.storeys[i]), fmt::format("{:.0f}", b.floor_area_m2[i]), b.year[i] ? std::to_string(b.year[i]) : "", fmt::format("{:.1f}", b.people[i]),
           place.empty() ? "" : place.text(), b.place[i] < names.size() ? names[b.place[i]] : "", std::to_string(e.damage.grade[i])};
    if (e.responded()) {
      row.push_back(std::to_string(e.damage.response_grade[i]));
      row.push_back(fmt::format("{:.5f}", e.damage.drift[i]));
    }
    csv.row(row);
  }
  return csv.take();
}

std::string geojson_of(const Exported& e) {
  std::string out = R"({"type":"FeatureCollection","features":[)";
  const auto& b = e.stock.buildings;
  out.reserve(e.size() * 220);
  const auto into = std::back_inserter(out);
  for (size_t i = 0; i < e.size(); ++i) {
    fmt::format_to(into, R"({}{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{:.6f},{:.6f}]}},"properties":{{"row":{},"id":{},"type":"{}","code":"{}","use":"{}","storeys":{},"people":{:.1f},"place":"{}","grade":{})",
                   i ? "," : "", b.at[i].lon, b.at[i].lat, i, json::serialize(json::value(e.id(i))), e.type(i), kCodes[static_cast<size_t>(b.code[i])], kUses[static_cast<size_t>(b.use[i])], b.storeys[i],
                   b.people[i], e.place(i).text(), e.damage.grade[i]);
    if (e.responded()) fmt::format_to(into, R"(,"response_grade":{},"drift":{:.5f})", e.damage.response_grade[i], e.damage.drift[i]);
    out += "}}";
  }
  out += "]}";
  return out;
}

// The scenario with what became of every building; answers otherwise.
void export_buildings(const CallPtr& call, const DeskPtr& desk, bool csv) {
  const auto s = path_scenario(call, desk);
  if (!s) return;
  if (!s->damage || !s->stock) return call->fail(Error(ErrorCode::kConflict, {{"why", "还没有算完 / it is not ready"}}));
  Node& node = call->node();
  const auto index = node.places().get();
  const Exported e{*s, *s->stock, *s->damage, node.pack().earthquakes, index->places()};
  if (csv && e.size() > kCsvBuildingsMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "建筑清单 / the list of buildings"}, {"limit", "5,000,000"}}));
  if (!csv && e.size() > kGeojsonBuildingsMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "GeoJSON 建筑清单（可改用 CSV） / the list of buildings as GeoJSON (CSV takes more)"}, {"limit", "1,000,000"}}));
  const std::string name = "逐栋震害_" + s->request.name + (e.stock.exposure.generated ? "_演示数据" : "");
  if (csv) return call->file(csv_of(e), "text/csv; charset=utf-8", name + ".csv");
  call->file(geojson_of(e), "application/geo+json", name + ".geojson");
}

void export_grid(const CallPtr& call, const DeskPtr& desk) {
  const auto s = path_scenario(call, desk);
  if (!s) return;
  if (!s->estimate) return call->fail(Error(ErrorCode::kConflict, {{"why", "还没有算完 / it is not ready"}}));
  call->file(grid_xml(*s->estimate->shaking, "scenario" + std::to_string(s->id), s->request.name), "application/xml", "grid.xml");
}

}  // namespace

void add_scenario_routes(Api& api, const DeskPtr& desk) {
  const auto add = [&](const char* method, const char* path, Need need, void (*handle)(const CallPtr&, const DeskPtr&)) {
    api.add({method, path, need, [desk, handle](CallPtr call) { handle(call, desk); }, Run::worker, kBodyBytesMax});
  };
  add("POST", "/scenarios", Need::duty, start);
  add("GET", "/scenarios", Need::session, list);
  add("GET", "/scenarios/{id}", Need::session, get);
  add("POST", "/scenarios/{id}/stop", Need::duty, stop);
  add("GET", "/scenarios/{id}/buildings.csv", Need::duty, [](const CallPtr& call, const DeskPtr& d) { export_buildings(call, d, true); });
  add("GET", "/scenarios/{id}/buildings.geojson", Need::duty, [](const CallPtr& call, const DeskPtr& d) { export_buildings(call, d, false); });
  add("GET", "/scenarios/{id}/grid.xml", Need::session, export_grid);
}

}  // namespace anlan
