// Places, areas and the map.
#include <algorithm>

#include "base/geojson.h"
#include "base/hash.h"
#include "web/api.h"
#include "web/json_members.h"
#include "registry/place_area.h"
#include "web/place_import.h"
#include "web/routes_json.h"
#include "web/tile_answer.h"

namespace anlan {
namespace {

constexpr size_t kImportBytesMax = size_t{128} << 20;
constexpr size_t kAreaBytesMax = size_t{8} << 20;
constexpr size_t kPlacesChosenMax = 2'000;
constexpr size_t kTileRecordsMax = 200'000;
constexpr Bounds kChina{73.5, 3.8, 135.1, 53.6};

Error absent(const char* what) { return Error(ErrorCode::kNotFound, {{"what", what}}); }

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

bool everywhere(const CallPtr& call) {
  const auto mine = places_of(*call, Need::session);
  return std::any_of(mine.begin(), mine.end(), [&](PlaceCode p) { return p.contains(call->node().settings().place); });
}

// --- places. Names and positions are public; figures about people are for those who may read the place.

void search_places(CallPtr call) {
  const auto index = call->node().places().get();
  PlaceQuery query;
  const std::string q = call->text("q"), level = call->text("level");
  query.text = q;
  query.within = call->place("within");
  query.home = call->node().settings().place;
  if (!level.empty()) {
    const auto wanted = level_named(level);
    if (!wanted) return call->fail(wrong("level", "应为 province、city、county、town 或 village", "must be province, city, county, town or village"));
    query.coarsest = query.finest = *wanted;
  }
  const auto limit = call->number("limit", 20, 1, PlaceSearch::kLimitMax);
  if (!limit) return call->fail(limit.error());
  query.limit = static_cast<size_t>(*limit);
  json::array items;
  for (const auto& hit : index->search(query)) items.push_back(place_json(*index, hit.index));
  call->ok(json::object{{"items", std::move(items)}});
}

void place_at(CallPtr call) {
  const auto lon = asked_number(*call, "lon"), lat = asked_number(*call, "lat");
  if (!lon || !lat || !is_valid({*lon, *lat})) return call->fail(wrong("lon", "经纬度无效", "not a valid position"));
  const auto index = call->node().places().get();
  const PlaceCode county = index->county_at({*lon, *lat});
  if (county.empty()) return call->fail(absent("此处的县区边界"));
  call->ok(place_json(*index, county));
}

// The code in the path; "0" is the country. Nothing after an answer that there is no such place.
std::optional<PlaceCode> path_place(const CallPtr& call, const PlaceIndex& index) {
  const std::string& text = call->path.find("code")->second;
  if (text == "0") return PlaceCode();
  const auto code = PlaceCode::parse(text);
  if (code && index.find(*code)) return code;
  call->fail(absent("这个行政区划"));
  return std::nullopt;
}

void get_place(CallPtr call) {
  Node& node = call->node();
  const auto index = node.places().get();
  const auto code = path_place(call, *index);
  if (!code) return;
  auto out = place_json(*index, *code);
  if (code->empty() ? everywhere(call) : call->may(Need::session, *code)) {
    int64_t posts = 0, people = 0, vacant = 0;
    const int64_t now = node.clock().now().ms;
    const auto reading = node.directory().read();
    std::vector<bool> seen(reading->person_slots());
    for (const auto& p : reading->posts_within(*code)) {
      if (p.valid_from > now || p.valid_until <= now) continue;
      ++posts;
      if (!p.holder || !reading->person(PersonId{p.holder})) ++vacant;
      else if (!seen[p.holder]) seen[p.holder] = true, ++people;
    }
    out["posts"] = posts;
    out["people"] = people;
    out["vacant"] = vacant;
  }
  call->ok(std::move(out));
}

void list_children(CallPtr call) {
  const auto index = call->node().places().get();
  const auto code = path_place(call, *index);
  if (!code) return;
  json::array items;
  for (const auto& child : index->places().children(*code)) items.push_back(place_json(*index, child.index));
  call->ok(json::object{{"items", std::move(items)}});
}

void import_places_route(CallPtr call) {
  Node& node = call->node();
  if (!require(call, Need::registrar, node.settings().place)) return;
  const auto datum = asked_datum(call->text("datum"));
  if (!datum) return call->fail(datum.error());
  const std::string kind = call->text("kind"), filename = asked_filename(*call, kind);
  if (kind != "positions" && kind != "boundaries") return call->fail(wrong("kind", "应为 positions 或 boundaries", "must be positions or boundaries"));
  // The attachment first: an import that comes between is a conflict then, not a loss.
  const std::string based_on = node.places().attachment();
  const auto before = node.places().get();
  auto within = call->place("within");
  if (within.empty()) within = node.settings().place;
  auto made = kind == "positions" ? import_positions(*before, call->http.body, filename, *datum)
                                  : import_boundaries(*before, call->http.body, *datum, within);
  if (!made) return answer_import_fault(call, made.error());
  if (asked_dry_run(*call)) return answer_import(call, made->report);
  const auto index = PlaceIndex::build(std::move(made->places), std::move(made->boundaries), node.pinyin());
  const auto attachment = node.attachments().put(index->write());
  if (!attachment) return call->fail(attachment.error());
  node.places().expect(*attachment, index);
  const auto set = kind == "positions" ? PlaceSetKind::positions : PlaceSetKind::boundaries;
  call->change([set, hash = *attachment, based_on, filename](Reader& reader, UtcTime) { return import_places(reader, set, hash, based_on, filename); },
               [call, report = made->report](const Answer& answer) { answer_imported(call, report, answer); });
}

// --- areas

size_t count_positions(const json::value& v) {
  const auto* list = v.if_array();
  if (!list || list->empty()) return 0;
  if (list->front().is_number()) return 1;
  size_t n = 0;
  for (const auto& item : *list) n += count_positions(item);
  return n;
}

size_t count_polygons(const json::object& geometry) {
  const auto* type = geometry.if_contains("type");
  const auto* coordinates = geometry.if_contains("coordinates");
  if (!type || !type->is_string() || !coordinates || !coordinates->is_array()) return 0;
  return type->get_string() == "MultiPolygon" ? coordinates->get_array().size() : 1;
}

struct AskedArea {
  Area area;
  std::string label;
  TouchedCount count;
  bool repaired = false;
};

Result<AskedArea> asked_area(Node& node, const json::object& body) {
  Members members(body);
  const auto datum_text = members.text("datum");
  const auto codes = members.texts("places", kPlacesChosenMax);
  TRY_VOID(members.result());
  TRY(datum, asked_datum(datum_text.value_or("")));
  AskedArea out;
  const auto targets = node.target_places();
  const auto label_by_area = [&] {
    const auto touched = targets->touched(PreparedArea(out.area));
    out.count = count_touched(touched);
    out.label = area_label(targets->places(), touched);
    if (!out.label.empty()) return;
    // Nothing is known to lie inside: the county it lies in, or nothing better than that it was drawn.
    const auto point = label_point(out.area);
    const auto index = node.places().get();
    const auto county = point ? index->county_at(*point) : PlaceCode();
    out.label = county.empty() ? "所绘区域" : index->places().short_name(county);
  };
  const auto* geometry = body.if_contains("geometry");
  const auto* circle = body.if_contains("circle");
  if (geometry && !geometry->is_null()) {
    TRY(area, area_from_geojson(*geometry, datum));
    out.area = std::move(area);
    if (const auto* object = geometry->if_object())
      if (const auto* coordinates = object->if_contains("coordinates"))
        out.repaired = count_positions(*coordinates) != vertex_count(out.area) || count_polygons(*object) != out.area.polygons.size();
    label_by_area();
    return out;
  }
  if (circle && !circle->is_null()) {
    if (!circle->is_object()) return wrong("circle", "应为对象", "must be an object");
    Members round(circle->get_object());
    const auto lon = round.number("lon"), lat = round.number("lat"), km = round.number("radius_km");
    TRY_VOID(round.result());
    if (!lon || !*lon || !lat || !*lat || !km || !*km) return wrong("circle", "缺少圆心或半径", "centre or radius is missing");
    TRY(area, normalise({}, {{to_wgs84({**lon, **lat}, datum), **km}}));
    out.area = std::move(area);
    label_by_area();
    return out;
  }
  if (!codes || codes->empty()) return wrong("area", "没有任何区域", "there is no area");
  std::vector<PlaceCode> places;
  for (const auto& text : *codes) {
    const auto code = PlaceCode::parse(text);
    if (!code) return wrong("places", "区划代码无效：" + text, "not a place code: " + text);
    places.push_back(*code);
  }
  const auto index = node.places().get();
  TRY(area, area_of_places(*index, places));
  out.area = std::move(area);
  out.count = count_touched(targets->touched(std::span<const PlaceCode>(places)));
  out.label = places_label(index->places(), places);
  return out;
}

void normalise_area(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  const auto asked = asked_area(call->node(), *body);
  if (!asked) return call->fail(asked.error());
  call->ok(json::object{{"geometry", geojson_of(asked->area)},
                        {"km2", area_km2(asked->area)},
                        {"label", asked->label},
                        {"towns", asked->count.towns},
                        {"villages", asked->count.villages},
                        {"repaired", asked->repaired}});
}

// --- the map

// The boundary of the node's place, else what its places span, else the country.
Bounds map_bounds(const PlaceIndex& index, PlaceCode top) {
  if (const auto* boundary = index.boundaries().find(top)) return boundary->bounds;
  std::optional<Bounds> box;
  const auto& places = index.places();
  const PlaceRange range = places.range(top);
  for (uint32_t i = range.begin; i < range.end; ++i)
    if (const auto p = places.position(i)) {
      if (!box) box = Bounds{p->lon, p->lat, p->lon, p->lat};
      box->west = std::min(box->west, p->lon), box->east = std::max(box->east, p->lon);
      box->south = std::min(box->south, p->lat), box->north = std::max(box->north, p->lat);
    }
  if (!box || top.empty()) return kChina;
  constexpr double kAround = 0.02;
  return {box->west - kAround, box->south - kAround, box->east + kAround, box->north + kAround};
}

void get_map(CallPtr call) {
  const Bounds b = map_bounds(*call->node().places().get(), call->node().settings().place);
  json::array maps;
  for (const auto& line : call->api().options().base_maps) {
    const size_t first = line.find('|');
    if (first == std::string::npos) continue;
    const size_t second = std::min(line.find('|', first + 1), line.size());
    maps.push_back(json::object{{"id", "base" + std::to_string(maps.size() + 1)},
                                {"name", line.substr(0, first)},
                                {"url", line.substr(first + 1, second - first - 1)},
                                {"attribution", second < line.size() ? line.substr(second + 1) : ""}});
  }
  call->ok(json::object{{"bounds", json::array{b.west, b.south, b.east, b.north}}, {"base_maps", std::move(maps)}});
}

// The tiles of the places as they are; made anew when an import changed them.
class CurrentTiles {
 public:
  std::shared_ptr<const PlaceTiles> get(const std::shared_ptr<const PlaceIndex>& index, Workers& workers) {
    std::scoped_lock lock(mutex_);
    if (!tiles_ || tiles_->index() != index) {
      tiles_ = std::make_shared<const PlaceTiles>(index);
      workers.run([tiles = tiles_] { tiles->prepare(); });
    }
    return tiles_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const PlaceTiles> tiles_;
};

void place_tile_route(const CallPtr& call, CurrentTiles& current) {
  const auto id = asked_tile(call);
  if (!id) return;
  const std::string version = call->node().places().attachment();
  const auto tiles = current.get(call->node().places().get(), call->api().workers());
  answer_tile(call, version.substr(0, 16), "private, max-age=60", [&]() -> HttpBody { return tiles->tile(*id); });
}

void record_tile_route(CallPtr call) {
  const auto id = asked_tile(call);
  if (!id) return;
  const auto& records = call->node().records();
  const auto& types = call->node().pack().record_types;
  const auto found = records.points("", tile_bounds(*id), kTileRecordsMax);
  std::vector<MapPoint> points;
  const bool all = everywhere(call);
  for (const auto& p : found) {
    if (p.type >= types.size()) continue;
    if (!all) {
      const auto record = records.find(p.record);
      if (!record || !call->may(Need::session, record->place)) continue;
    }
    points.push_back({p.record.value, types[p.type].id, {}, p.position});
  }
  std::vector<MapPoint> shown;
  for (const size_t i : thinned(points, *id)) {
    shown.push_back(std::move(points[i]));
    shown.back().name = records.name(RecordId{shown.back().id});
  }
  std::string bytes = record_tile(shown, *id);
  const std::string tag = to_hex(sha256(bytes)).substr(0, 16);
  answer_tile(call, tag, "private, no-cache", [&]() -> HttpBody { return std::move(bytes); });
}

}  // namespace

void add_place_routes(Api& api) {
  api.add({"GET", "/places/search", Need::session, search_places});
  api.add({"GET", "/places/at", Need::session, place_at});
  api.add({"POST", "/places/import", Need::registrar, import_places_route, Run::worker, kImportBytesMax});
  api.add({"GET", "/places/{code}", Need::session, get_place});
  api.add({"GET", "/places/{code}/children", Need::session, list_children});
  api.add({"POST", "/areas/normalise", Need::session, normalise_area, Run::worker, kAreaBytesMax});
  api.add({"GET", "/map", Need::session, get_map});
  const auto tiles = std::make_shared<CurrentTiles>();
  api.add({"GET", "/tiles/places/{z}/{x}/{y}", Need::session, [tiles](CallPtr call) { place_tile_route(call, *tiles); }});
  api.add({"GET", "/tiles/records/{z}/{x}/{y}", Need::session, record_tile_route});
}

}  // namespace anlan
