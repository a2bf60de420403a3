// Isochrones, coverage of villages by stations, where the next station goes, and what a bridge is worth.
#include <algorithm>

#include "base/geojson.h"
#include "logistics/coverage.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kBodyMax = size_t{2} << 20;
constexpr size_t kGapsMax = 500, kStationsMax = 200, kComparedMax = 50, kSetbacksMax = 500, kTriedMax = 200;

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

// People are unknown where nobody has registered any.
json::value people_json(const VillageCount& c) { return c.known == 0 ? json::value(nullptr) : json::value(c.people); }
double share_of(uint64_t part, uint64_t whole) { return whole == 0 ? 1.0 : std::round(static_cast<double>(part) / static_cast<double>(whole) * 1e4) / 1e4; }

bool asked_true(const json::object& body, const char* name) {
  const auto* v = body.if_contains(name);
  return v && v->is_bool() && v->get_bool();
}

Result<std::vector<double>> asked_minutes(const json::object& body) {
  const auto* list = body.if_contains("minutes");
  const auto bad = wrong("minutes", "应为 1 至 8 个由小到大的分钟数，不超过 1440", "must be 1 to 8 ascending minutes, up to 1,440");
  if (!list || !list->is_array() || list->get_array().empty() || list->get_array().size() > kReachLimitsMax) return bad;
  std::vector<double> out;
  for (const auto& v : list->get_array()) {
    if (!v.is_number()) return bad;
    const double m = v.to_number<double>();
    if (!(m >= 0.01 && m <= kReachMinutesMax) || (!out.empty() && m < out.back() + 0.01)) return bad;
    out.push_back(m);
  }
  return out;
}

// --- isochrones

void find_isochrones(const CallPtr& call, Coverage& coverage) {
  const Millis begun = call->node().clock().monotonic();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  ReachAsked asked;
  asked.how.profile = members.text("profile").value_or("");
  asked.how.depart = members.time("depart").value_or(std::nullopt);
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto minutes = asked_minutes(*body);
  if (!minutes) return call->fail(minutes.error());
  asked.minutes = *minutes;
  asked.to = asked_true(*body, "to");
  asked.polygons = !body->contains("polygons") || asked_true(*body, "polygons");
  const auto* at = body->if_contains("at");
  if (!at || !at->is_array() || at->get_array().empty()) return call->fail(wrong("at", "请给出起点", "where from?"));
  if (at->get_array().size() > kReachFromMax) return call->fail(Error(ErrorCode::kTooLarge, {{"what", "起点 / positions"}, {"limit", std::to_string(kReachFromMax)}}));
  for (const auto& v : at->get_array()) {
    const auto p = read_position(call, v, "at");
    if (!p) return call->fail(p.error());
    asked.at.push_back(p->at);
  }
  const auto found = call->node().roads().reach(asked);
  if (!found) return call->fail(found.error());
  const auto villages = coverage.villages_reached(asked, *found, places_of(*call, Need::session));
  json::array circles;
  for (size_t i = 0; i < found->circles.size(); ++i) {
    const auto& c = found->circles[i];
    json::object o{{"minutes", c.minutes}, {"nodes", c.nodes}, {"people", people_json(villages[i])}, {"villages", villages[i].villages}};
    o["shape"] = asked.polygons ? json::value(polygons_json(c.shape)) : json::value(nullptr);
    circles.push_back(std::move(o));
  }
  call->ok(json::object{{"estimated", found->estimated}, {"circles", std::move(circles)}, {"ms", (call->node().clock().monotonic() - begun).count}});
}

// --- coverage

// The circle: an id of the pack, or one put together.
Result<CoverageAsked> asked_circle(const json::object& body, Coverage& coverage) {
  const auto* circle = body.if_contains("circle");
  if (!circle) return wrong("circle", "请选择救援圈", "which circle?");
  if (const auto* id = circle->if_string()) return coverage.circle(std::string_view(*id));
  const auto* object = circle->if_object();
  if (!object) return wrong("circle", "请选择救援圈", "which circle?");
  Members members(*object);
  CoverageAsked out;
  out.facilities = members.texts("facilities", 20).value_or(std::vector<std::string>());
  out.by_air = asked_true(*object, "by_air");
  out.profile = members.text(out.by_air && object->contains("aircraft") ? "aircraft" : "profile").value_or("");
  const auto share = members.number("share").value_or(std::nullopt).value_or(0);
  if (!(share >= 0 && share <= 1)) members.refuse("share", "应在 0 至 1 之间", "must be 0 to 1");
  out.share = share;
  TRY_VOID(members.result());
  if (const auto* records = object->if_contains("records"); records && !records->is_null()) {
    if (!records->is_array() || records->get_array().size() > kFacilitiesMax) return wrong("records", "应为登记编号的列表", "must be a list of ids");
    for (const auto& v : records->get_array()) {
      if (!v.is_int64()) return wrong("records", "应为登记编号的列表", "must be a list of ids");
      out.records.push_back(RecordId{v.get_int64()});
    }
  }
  if (const auto* where = object->if_contains("where"); where && where->is_object()) {
    if (where->get_object().size() > 10) return wrong("where", "条件过多", "too many conditions");
    for (const auto& [field, values] : where->get_object()) {
      if (!values.is_array() || values.get_array().size() > 100) return wrong("where", "应为选项的列表", "must be lists of choices");
      auto& list = out.where[std::string(field)];
      for (const auto& v : values.get_array())
        if (const auto* s = v.if_string()) list.emplace_back(*s);
    }
  }
  TRY(minutes, asked_minutes(*object));
  out.minutes = std::move(minutes);
  return out;
}

// The whole question. Answers the call and returns nothing when it cannot be asked.
std::optional<CoverageAsked> asked_coverage(const CallPtr& call, const json::object& body, Coverage& coverage) {
  auto asked = asked_circle(body, coverage);
  if (!asked) return call->fail(asked.error()), std::nullopt;
  Members members(body);
  const auto within = members.place("within");
  asked->depart = members.time("depart").value_or(std::nullopt);
  if (const auto read = members.result(); !read) return call->fail(read.error()), std::nullopt;
  // As asked_place(), from the body.
  const auto mine = places_of(*call, Need::session);
  const PlaceCode top = call->node().settings().place;
  if (within && !within->empty()) {
    asked->within = *within;
  } else {
    asked->within = top;
    if (std::none_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(top); })) {
      const auto widest = std::min_element(mine.begin(), mine.end(), [](PlaceCode a, PlaceCode b) { return a.digits() < b.digits(); });
      if (widest != mine.end()) asked->within = *widest;
    }
  }
  if (std::none_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(asked->within); })) {
    call->fail(Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}}));
    return std::nullopt;
  }
  const auto fail = [&](const Error& error) { return call->fail(error), std::optional<CoverageAsked>(); };
  const auto list = [&](const char* name) -> const json::array* {
    const auto* v = body.if_contains(name);
    return v && v->is_array() ? &v->get_array() : nullptr;
  };
  for (const char* name : {"moved", "added", "removed"}) {
    const auto* v = body.if_contains(name);
    if (!v || v->is_null()) continue;
    if (!v->is_array() || v->get_array().size() > kTriedMax) return fail(wrong(name, "应为不超过 200 项的列表", "must be a list of at most 200"));
  }
  const auto id_of = [](const json::value& v) { return v.is_int64() && v.get_int64() > 0 ? RecordId{v.get_int64()} : RecordId{}; };
  if (const auto* moved = list("moved"))
    for (const auto& v : *moved) {
      const auto* o = v.if_object();
      const auto* record = o ? o->if_contains("record") : nullptr;
      if (!record || !id_of(*record)) return fail(wrong("moved", "应有登记编号和新位置", "wants a record and where it goes"));
      json::object bare{{"lon", o->contains("lon") ? o->at("lon") : json::value(nullptr)}, {"lat", o->contains("lat") ? o->at("lat") : json::value(nullptr)}};
      const auto at = read_position(call, bare, "moved");
      if (!at) return fail(at.error());
      asked->moved.push_back({id_of(*record), at->at});
    }
  if (const auto* added = list("added"))
    for (const auto& v : *added) {
      const auto at = read_position(call, v, "added");
      if (!at) return fail(at.error());
      asked->added.push_back(at->at);
    }
  if (const auto* removed = list("removed"))
    for (const auto& v : *removed) {
      if (!id_of(v)) return fail(wrong("removed", "应为登记编号", "must be ids of records"));
      asked->removed.push_back(id_of(v));
    }
  return std::move(*asked);
}

json::object village_json(const CoveredVillages& villages, uint32_t v) {
  const auto& table = villages.places->places();
  const auto code = table.code(villages.place[v]);
  return {{"place", code.text()}, {"name", table.short_name(code)}, {"path", table.full_name(code)}, {"lon", villages.at[v].lon}, {"lat", villages.at[v].lat},
          {"people", villages.known[v] ? json::value(villages.people[v]) : json::value(nullptr)}};
}

json::value rings_shape(const CallPtr& call, const Coverage& coverage, const CoverageAsked& asked, size_t ring, const ReachFound* found) {
  if (!asked.by_air) return found ? json::value(polygons_json(found->circles[ring].shape)) : json::value(nullptr);
  // By air: circles, united.
  const auto* aircraft = call->node().pack().roads.aircraft_of(asked.profile);
  const auto stations = coverage.stations(asked);
  if (!aircraft || !stations) return nullptr;
  const double hours_left = (asked.minutes[ring] - aircraft->start_minutes - aircraft->takeoff_landing_minutes) / 60;
  const double range = std::max(0.0, aircraft->range_km - aircraft->cruise_kmh * aircraft->reserve_minutes / 60) / 2;
  const double km = std::min(range, hours_left * aircraft->cruise_kmh);
  std::vector<Circle> circles;
  if (km > 0)
    for (const auto& s : *stations) {
      if (circles.size() == kTriedMax) break;
      circles.push_back({s.at, km});
    }
  if (circles.empty()) return nullptr;
  const auto area = normalise({}, circles);
  return area ? geojson_of(*area) : json::value(nullptr);
}

void find_coverage(const CallPtr& call, Coverage& coverage) {
  const Millis begun = call->node().clock().monotonic();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_coverage(call, *body, coverage);
  if (!asked) return;
  const auto found = coverage.study(*asked);
  if (!found) return call->fail(found.error());
  const auto& villages = *found->villages;
  const auto index = villages.places;

  std::optional<ReachFound> ground;
  const bool polygons = asked_true(*body, "polygons");
  if (polygons && !asked->by_air) {
    ReachAsked reach{{}, asked->minutes, {asked->profile, asked->depart}, false, true};
    const auto stations = coverage.stations(*asked);
    if (!stations) return call->fail(stations.error());
    for (const auto& s : *stations)
      if (reach.at.size() < kReachFromMax) reach.at.push_back(s.at);
    if (!reach.at.empty()) {
      auto reached = call->node().roads().reach(reach);
      if (!reached) return call->fail(reached.error());
      ground = std::move(*reached);
    }
  }
  json::array rings;
  for (size_t i = 0; i < found->rings.size(); ++i) {
    const auto& r = found->rings[i];
    json::object o{{"minutes", r.minutes}, {"people", people_json(found->all.known ? VillageCount{r.within.people, r.within.villages, 1} : r.within)}, {"villages", r.within.villages},
                   {"people_share", found->all.known ? json::value(share_of(r.within.people, found->all.people)) : json::value(nullptr)},
                   {"villages_share", share_of(r.within.villages, found->all.villages)}};
    if (polygons) o["shape"] = rings_shape(call, coverage, *asked, i, ground ? &*ground : nullptr);
    rings.push_back(std::move(o));
  }
  json::array counties;
  for (const auto& c : found->counties)
    counties.push_back({{"place", c.place.text()}, {"name", index->places().short_name(c.place)}, {"people", people_json(c.all)},
                        {"covered", c.all.known ? json::value(c.within.people) : json::value(nullptr)}, {"villages", c.all.villages}, {"covered_villages", c.within.villages},
                        {"share", std::round(c.share * 1e4) / 1e4}, {"met", c.met}});
  json::array gaps;
  for (const auto& g : found->gaps) {
    if (gaps.size() == kGapsMax) break;
    auto o = village_json(villages, g.village);
    o["minutes"] = g.minutes ? json::value(one_decimal(*g.minutes)) : json::value(nullptr);
    gaps.push_back(std::move(o));
  }
  json::array stations;
  const auto mine = places_of(*call, Need::session);
  for (const auto& s : found->stations) {
    if (stations.size() == kStationsMax) break;
    const bool visible = !s.facility.record || std::any_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(s.facility.place); });
    if (!visible) continue;
    stations.push_back({{"record", null_or(s.facility.record)}, {"name", s.facility.record ? s.facility.name : "拟设 / proposed"}, {"lon", s.facility.at.lon}, {"lat", s.facility.at.lat},
                        {"people", found->all.known ? json::value(s.within.people) : json::value(nullptr)}, {"villages", s.within.villages},
                        {"alone_people", found->all.known ? json::value(s.alone_people) : json::value(nullptr)}, {"alone_villages", s.alone_villages}});
  }
  json::object out{{"estimated", found->estimated}, {"facilities", found->stations.size()}, {"villages", found->all.villages}, {"people", people_json(found->all)},
                   {"people_known_villages", found->all.known}, {"minutes", json::value_from(asked->minutes)}, {"within", asked->within.text()}};
  out["rings"] = std::move(rings);
  const auto people_all = found->all.people, people_in = found->rings.back().within.people;
  const auto wanted = static_cast<uint64_t>(std::ceil(static_cast<double>(people_all) * asked->share));
  out["standard"] = asked->share > 0 ? json::value(json::object{{"share", asked->share}, {"met", found->met}, {"of", found->by_people ? "people" : "villages"},
                                                                {"people_short", found->by_people ? json::value(wanted > people_in ? wanted - people_in : 0) : json::value(nullptr)}})
                                     : json::value(nullptr);
  out["counties"] = std::move(counties);
  out["gaps"] = std::move(gaps);
  out["gaps_total"] = found->gaps.size();
  out["stations"] = std::move(stations);
  if (found->compared) {
    const auto some = [&](const std::vector<uint32_t>& list) {
      json::array a;
      for (const auto v : list)
        if (a.size() < kComparedMax) a.push_back(village_json(villages, v));
      return a;
    };
    const auto& c = *found->compared;
    out["compared"] = json::object{{"people_more", c.people_more}, {"people_less", c.people_less}, {"villages_more_total", c.more.size()}, {"villages_less_total", c.less.size()},
                                   {"villages_more", some(c.more)}, {"villages_less", some(c.less)}};
  }
  out["ms"] = (call->node().clock().monotonic() - begun).count;
  call->ok(std::move(out));
}

void find_sites(const CallPtr& call, Coverage& coverage) {
  const Millis begun = call->node().clock().monotonic();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_coverage(call, *body, coverage);
  if (!asked) return;
  Members members(*body);
  const auto count = members.number("count").value_or(std::nullopt).value_or(3);
  if (!(count >= 1 && count <= static_cast<double>(kSitesCountMax)) || count != std::floor(count)) members.refuse("count", "应在 1 至 20 之间", "must be 1 to 20");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  const auto found = coverage.sites(*asked, static_cast<uint32_t>(count));
  if (!found) return call->fail(found.error());
  const auto& table = found->villages->places->places();
  const bool known = found->before.known + found->after.known > 0;
  const auto people = [&](uint64_t n) { return known ? json::value(n) : json::value(nullptr); };
  json::array sites;
  for (const auto& s : found->sites) {
    const auto code = table.code(s.place);
    sites.push_back({{"place", code.text()}, {"name", table.short_name(code)}, {"path", table.full_name(code)}, {"lon", s.at.lon}, {"lat", s.at.lat}, {"people_more", people(s.people_more)}, {"villages_more", s.villages_more}});
  }
  const auto covered = [&](const VillageCount& c) { return json::object{{"people", people(c.people)}, {"villages", c.villages}}; };
  call->ok(json::object{{"sites", std::move(sites)}, {"covered_before", covered(found->before)}, {"covered_after", covered(found->after)}, {"covers_people", found->covers_people}, {"bound_people", found->bound_people},
                        {"candidates", found->candidates}, {"exact", found->exact}, {"estimated", found->estimated}, {"ms", (call->node().clock().monotonic() - begun).count}});
}

void find_bridge(const CallPtr& call, Coverage& coverage) {
  const Millis begun = call->node().clock().monotonic();
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_coverage(call, *body, coverage);
  if (!asked) return;
  json::value shape;
  if (const auto* drawn = body->if_contains("shape"); drawn && drawn->is_object()) {
    shape = *drawn;
  } else {
    const auto* point = body->if_contains("point");
    const auto at = read_position(call, point ? *point : json::value(*body), "point");
    if (!at) return call->fail(at.error());
    shape = json::object{{"type", "Point"}, {"coordinates", json::array{at->at.lon, at->at.lat}}};
  }
  const auto read = read_road_shape(json::serialize(shape));
  if (!read) return call->fail(read.error());
  const auto found = coverage.without(*asked, *read);
  if (!found) return call->fail(found.error());
  json::array villages;
  for (const auto& s : found->setbacks) {
    if (villages.size() == kSetbacksMax) break;
    auto o = village_json(*found->villages, s.village);
    o["before_minutes"] = minutes_json(s.before_ms);
    o["after_minutes"] = s.after_ms >= kNoWay ? json::value(nullptr) : json::value(minutes_json(s.after_ms));
    villages.push_back(std::move(o));
  }
  call->ok(json::object{{"people_lost", people_json(found->lost)}, {"people_slower", people_json(found->slower)}, {"villages_lost", found->lost.villages}, {"villages_slower", found->slower.villages},
                        {"villages", std::move(villages)}, {"villages_total", found->setbacks.size()}, {"roads_hit", found->roads_hit}, {"estimated", found->estimated},
                        {"ms", (call->node().clock().monotonic() - begun).count}});
}

}  // namespace

void add_coverage_routes(Api& api) {
  Node& node = api.node();
  const auto coverage = std::make_shared<Coverage>(node.pack(), node.roads(), node.records(), node.places(), node.clock(), node.settings().place);
  const auto add = [&](const char* path, void (*handle)(const CallPtr&, Coverage&)) {
    api.add({"POST", path, Need::session, [coverage, handle](CallPtr call) { handle(call, *coverage); }, Run::worker, kBodyMax});
  };
  add("/isochrones", find_isochrones);
  add("/coverage", find_coverage);
  add("/coverage/sites", find_sites);
  add("/coverage/bridge", find_bridge);
}

}  // namespace anlan
