#include "web/earthquake_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "earthquakes/estimate_json.h"
#include "quake/rupture.h"
#include "quake/shakemap_files.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr int kFirstDegree = 6, kLastDegree = 12;
constexpr size_t kStationsShown = 5'000;

json::value people_json(const PeopleRange& r) { return json::object{{"p10", r.low}, {"p50", r.middle}, {"p90", r.high}}; }
json::value measured(double v) { return v > 0 ? json::value(v) : json::value(nullptr); }

json::array ring_json(const Ring& ring) {
  json::array out;
  out.reserve(ring.size());
  for (const auto p : ring) out.push_back(position_json(p));
  return out;
}

json::object contour_json(int degree, const std::vector<Polygon>& polygons, double km2) {
  json::array shape;
  for (const auto& p : polygons) {
    json::array rings;
    rings.push_back(ring_json(p.outer));  // a list in braces would be the ring itself
    for (const auto& hole : p.holes) rings.push_back(ring_json(hole));
    shape.push_back(std::move(rings));
  }
  return {{"intensity", degree}, {"shape", json::object{{"type", "MultiPolygon"}, {"coordinates", std::move(shape)}}}, {"area_km2", one_decimal(km2)}};
}

json::array ellipses_json(const quake::Event& event, quake::Zone zone) {
  const quake::PointSource source{event.epicentre, event.magnitude, zone, event.strike};
  json::array out;
  for (int degree = kFirstDegree; degree <= kLastDegree; ++degree) {
    auto ring = quake::ellipse_outline(source, degree);
    if (ring.empty()) break;
    out.push_back(contour_json(degree, {{std::move(ring), {}}}, quake::ellipse_km2(source, degree)));
  }
  return out;
}

// As quake::Relations::automatic decides.
bool about_a_fault(const EstimateBasis& basis) {
  if (basis.relations != quake::Relations::automatic) return basis.relations == quake::Relations::bssa14;
  return basis.origin.strike && (basis.dip || basis.quake.magnitude >= quake::kFaultMagnitude);
}

json::object relations_json(bool fault) {
  if (fault) return {{"zh", "BSSA14（按断层面），烈度由峰值换算（GB/T 17742-2020）"}, {"en", "BSSA14 about a fault plane; intensity from peaks (GB/T 17742-2020)"}};
  return {{"zh", "第五代区划图衰减关系（GB 18306-2015），按点源椭圆"}, {"en", "relations of the national zoning map (GB 18306-2015), ellipses about a point"}};
}

json::object empty_map(LonLat epicentre) {
  return {{"grid_km", nullptr}, {"contours", json::array()}, {"ellipses", json::array()}, {"epicentre", json::object{{"lon", epicentre.lon}, {"lat", epicentre.lat}}},
          {"fault", nullptr}, {"stations", json::array()}, {"surveys", json::array()}, {"max", nullptr}, {"bias", nullptr}};
}

// The intensity of the nearest point of the map; 0 beyond it.
double felt_at(const quake::Grid& grid, std::span<const float> intensity, LonLat at) {
  const double x = std::round((at.lon - grid.west) / grid.dlon), y = std::round((at.lat - grid.south) / grid.dlat);
  if (!(x >= 0 && y >= 0 && x < grid.columns && y < grid.rows)) return 0;
  return static_cast<double>(intensity[static_cast<size_t>(y) * grid.columns + static_cast<size_t>(x)]);
}

std::string whole(double v) { return fmt::format("{:.0f}", v); }

}  // namespace

json::object earthquake_json(const CallPtr& call, const EarthquakeRow& row) {
  const auto& q = row.quake;
  const auto& o = row.origin;
  json::object out{{"id", q.id}, {"at", q.at.ms}, {"lon", q.lon}, {"lat", q.lat}, {"magnitude", q.magnitude}, {"magnitude_sigma", o.magnitude_sigma},
                   {"depth_km", q.depth_km}, {"name", q.name}, {"source", json::value_from(o.source)}, {"source_name", o.source_name}, {"version", row.version},
                   {"stations", o.stations}, {"final", o.last}, {"drill", o.drill}, {"strike", null_or(o.strike)}, {"mechanism", json::value_from(o.mechanism)},
                   {"reported_at", row.reported_at.ms}};
  out["withdrawn"] = row.withdrawn ? json::value(json::object{{"at", row.withdrawn->at.ms}, {"by", actor_name(call->node(), call->api().sessions(), row.withdrawn->by)},
                                                              {"reason", row.withdrawn->reason}})
                                   : json::value(nullptr);
  out["intensity_max"] = row.losses ? json::value(one_decimal(row.losses->intensity_max)) : json::value(nullptr);
  out["dead"] = row.losses ? people_json(row.losses->dead) : json::value(nullptr);
  out["response_level"] = row.losses ? row.losses->response_level : 0;
  return out;
}

json::object version_json(const EarthquakeVersion& v) {
  return {{"version", v.version}, {"made_at", v.made_at.ms}, {"at", v.quake.at.ms}, {"source", json::value_from(v.origin.source)}, {"source_name", v.origin.source_name},
          {"magnitude", v.quake.magnitude}, {"magnitude_sigma", v.origin.magnitude_sigma}, {"lon", v.quake.lon}, {"lat", v.quake.lat}, {"depth_km", v.quake.depth_km},
          {"strike", null_or(v.origin.strike)}, {"mechanism", json::value_from(v.origin.mechanism)}, {"stations", v.origin.stations}, {"final", v.origin.last}};
}

json::object estimate_row_json(const LossesRow& row) {
  const auto& l = row.losses;
  return {{"number", l.number}, {"made_at", row.made_at.ms}, {"version", l.version}, {"draws", l.draws}, {"dead", people_json(l.dead)}, {"intensity_max", one_decimal(l.intensity_max)},
          {"basis", basis_json(static_cast<size_t>(std::max<int64_t>(0, l.stations)), static_cast<size_t>(std::max<int64_t>(0, l.surveys)), l.draws)}};
}

json::object survey_json(const CallPtr& call, const SurveyRow& row) {
  const auto& s = row.survey;
  return {{"id", s.id}, {"at", row.at.ms}, {"by", actor_name(call->node(), call->api().sessions(), row.by)}, {"lon", s.lon}, {"lat", s.lat}, {"place", row.place.text()},
          {"place_name", call->node().places().get()->places().short_name(row.place)}, {"intensity", null_or(s.intensity)}, {"houses_collapsed", s.houses_collapsed},
          {"houses_severe", s.houses_severe}, {"dead", s.dead}, {"injured", s.injured}, {"note", s.note}, {"withdrawn", row.withdrawn}};
}

json::array surveys_json(const CallPtr& call, const std::vector<SurveyRow>& rows) {
  json::array out;
  for (const auto& row : rows)
    if (call->may(Need::session, row.place)) out.push_back(survey_json(call, row));
  return out;
}

json::value exposure_name_json(const Stock* stock) {
  if (!stock) return nullptr;
  return json::object{{"name", stock->loaded.name}, {"buildings", stock->loaded.buildings}, {"people", std::round(stock->loaded.people)}, {"generated", stock->loaded.generated}};
}

json::array reached_json(const Estimate& estimate, const PlaceIndex& places) {
  const auto& shaking = *estimate.shaking;
  const auto& felt = shaking.map.field[quake::Measure::intensity].mean;
  const auto areas = quake::areas_km2(felt, quake::cell_km2(shaking.grid));
  std::array<int64_t, 7> villages{};
  const auto& table = places.places();
  for (uint32_t i = 0; i < table.size(); ++i) {
    if (table.level(i) != PlaceLevel::kVillage) continue;
    const auto at = table.position(i);
    const int degree = at ? static_cast<int>(felt_at(shaking.grid, felt, *at)) : 0;
    for (int d = kFirstDegree; d <= std::min(degree, kLastDegree); ++d) ++villages[static_cast<size_t>(d - kFirstDegree)];
  }
  json::array out;
  for (int d = kFirstDegree; d <= kLastDegree; ++d) {
    const auto i = static_cast<size_t>(d - kFirstDegree);
    double people = 0;
    if (estimate.losses)
      for (size_t k = i; k < 7; ++k) people += estimate.losses->total.people_by_degree[k];
    if (areas[i] <= 0 && people <= 0) break;
    out.push_back(json::object{{"intensity", d}, {"area_km2", one_decimal(areas[i])}, {"people", std::round(people)}, {"villages", villages[i]}});
  }
  return out;
}

Result<json::object> map_json(const Shaking& shaking, PlaceCode place) {
  const auto& basis = shaking.basis;
  const auto event = event_of(basis.quake, basis.origin);
  const auto& felt = shaking.map.field[quake::Measure::intensity].mean;
  TRY(areas, quake::degree_areas(shaking.grid, felt, kFirstDegree, kLastDegree));
  auto out = empty_map(event.epicentre);
  out["grid_km"] = std::round(shaking.grid.dlat * 111.195 * 100) / 100;
  auto& contours = out["contours"].emplace_array();
  for (const auto& a : areas) contours.push_back(contour_json(a.degree, a.polygons, a.km2));
  if (contours.empty()) out["ellipses"] = ellipses_json(event, shaking_model(place).zone);
  const bool fault = about_a_fault(basis);
  if (fault && event.strike) {
    const auto plane = quake::assumed_plane(event);
    out["fault"] = line_json(std::array{plane.from, plane.to});
  }
  auto& stations = out["stations"].emplace_array();
  for (const auto& s : basis.stations) {
    if (stations.size() == kStationsShown) break;
    stations.push_back(json::object{{"name", s.name}, {"lon", s.at.lon}, {"lat", s.at.lat}, {"pga", measured(s.pga)}, {"pgv", measured(s.pgv)}, {"intensity", measured(s.intensity)}});
  }
  float most = 0;
  for (const float v : felt)
    if (v > most) most = v;
  out["max"] = one_decimal(most);
  out["relations"] = relations_json(fault);
  if (shaking.observations) {
    const auto& b = shaking.map.bias;
    const auto rounded = [&](quake::Measure m) { return std::round(b[static_cast<size_t>(m)] * 1000) / 1000; };
    out["bias"] = json::object{{"pga", rounded(quake::Measure::pga)}, {"pgv", rounded(quake::Measure::pgv)}, {"intensity", rounded(quake::Measure::intensity)}};
  }
  return out;
}

json::object first_map_json(const EarthquakeRow& row, PlaceCode place) {
  const auto event = event_of(row.quake, row.origin);
  auto out = empty_map(event.epicentre);
  out["ellipses"] = ellipses_json(event, shaking_model(place).zone);
  out["relations"] = relations_json(false);
  return out;
}

std::string grid_xml(const Shaking& shaking, const std::string& id, const std::string& description) {
  quake::ShakeGrid out;
  out.id = id;
  out.description = description;
  out.event = event_of(shaking.basis.quake, shaking.basis.origin);
  out.grid = shaking.grid;
  const auto& field = shaking.map.field;
  const auto peaks = [](const std::vector<float>& ln) {
    std::vector<float> v(ln.size());
    std::transform(ln.begin(), ln.end(), v.begin(), [](float x) { return std::exp(x); });
    return v;
  };
  out.pga = peaks(field[quake::Measure::pga].mean);
  out.pgv = peaks(field[quake::Measure::pgv].mean);
  out.intensity = field[quake::Measure::intensity].mean;
  const auto& spread = field[quake::Measure::pga];
  out.pga_sigma.resize(spread.mean.size());
  for (size_t i = 0; i < out.pga_sigma.size(); ++i) out.pga_sigma[i] = std::hypot(spread.between[i], spread.within[i]);
  return quake::write_grid_xml(out);
}

LossesTable losses_table(const Estimate& estimate, const Pack& pack, const PlaceIndex& places) {
  LossesTable out;
  out.columns = {"救援次序", "区划代码", "乡镇", "县区", "最大烈度", "人口", "建筑"};
  for (const char* what : {"死亡", "受伤", "埋压", "失去住所"})
    for (const char* share : {"（低10%）", "（中位）", "（高90%）"}) out.columns.push_back(std::string(what) + share);
  for (const char* grade : {"基本完好", "轻微破坏", "中等破坏", "严重破坏", "毁坏"}) out.columns.push_back(std::string(grade) + "（栋，平均）");
  out.columns.push_back("直接经济损失（元，中位）");
  for (const auto& n : pack.earthquakes.needs) out.columns.push_back(n.zh + "（" + n.unit + "，中位）");
  int64_t rank = 0;
  for (const auto i : priority(*estimate.losses)) {
    const auto& t = estimate.losses->townships[i];
    const auto code = estimate.stock->places[i];
    std::vector<std::string> row{std::to_string(++rank), code.text(), places.places().short_name(code), places.places().short_name(code.parent()), fmt::format("{:.1f}", t.intensity_max),
                                 whole(t.people), whole(t.buildings)};
    for (const auto* r : {&t.dead, &t.injured, &t.buried, &t.homeless})
      for (const double v : {r->p10, r->p50, r->p90}) row.push_back(whole(v));
    for (const auto& g : t.buildings_by_grade) row.push_back(whole(g.mean));
    row.push_back(whole(t.loss_yuan.p50));
    for (size_t n = 0; n < pack.earthquakes.needs.size(); ++n) row.push_back(n < t.needs.size() ? whole(t.needs[n].p50) : "");
    out.rows.push_back(std::move(row));
  }
  return out;
}

json::object losses_features(const Estimate& estimate, const Pack& pack, const PlaceIndex& places) {
  json::array features;
  int64_t rank = 0;
  for (const auto i : priority(*estimate.losses)) {
    const auto code = estimate.stock->places[i];
    ++rank;
    const auto place = places.find(code);  // the divisions may be newer than the stock
    const auto at = place ? place->position : std::nullopt;
    auto properties = loss_json(estimate.losses->townships[i], pack.earthquakes);
    properties["place"] = code.text();
    properties["name"] = places.places().short_name(code);
    properties["county"] = places.places().short_name(code.parent());
    properties["priority"] = rank;
    properties["estimated"] = true;
    properties["generated"] = estimate.stock->exposure.generated;
    features.push_back(json::object{{"type", "Feature"},
                                    {"geometry", at ? json::value(json::object{{"type", "Point"}, {"coordinates", position_json(*at)}}) : json::value(nullptr)},
                                    {"properties", std::move(properties)}});
  }
  return {{"type", "FeatureCollection"}, {"features", std::move(features)}};
}

json::object countdown_json(const Countdown& c, const std::vector<StationView>& stations) {
  const auto& r = c.report;
  json::array picks;
  for (const auto& p : c.picks)
    if (p.station < stations.size())
      picks.push_back(json::object{{"station", stations[p.station].name}, {"lon", stations[p.station].at.lon}, {"lat", stations[p.station].at.lat}, {"at", p.at_us / 1000}});
  return {{"earthquake", c.earthquake}, {"number", r.number}, {"made", r.made.ms}, {"origin", r.origin.ms}, {"lon", r.epicentre.lon}, {"lat", r.epicentre.lat},
          {"depth_km", one_decimal(r.depth_km)}, {"magnitude", one_decimal(r.magnitude)}, {"magnitude_sigma", r.magnitude_sigma}, {"stations", r.stations}, {"final", r.final},
          {"cancelled", r.cancelled}, {"drill", c.drill}, {"blind_km", one_decimal(quake::blind_radius_km(r, c.first_made))}, {"picks", std::move(picks)}};
}

}  // namespace anlan
