#include "logistics/road_shape.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "base/geojson.h"
#include "base/json.h"
#include "base/prepared_area.h"

namespace anlan {
namespace {

constexpr double kPointMetres = 60, kLineMetres = 25, kTwinMetres = 40, kStepMetres = 20, kShortMetres = 50;
constexpr double kTwinDegrees = 35;
constexpr size_t kPartsMax = 1'000;

Error bad(const char* zh, const char* en) {
  Error error(ErrorCode::kInvalidField, {{"field", "shape"}, {"why", zh}});
  error.details.push_back({0, "shape", zh, en});
  return error;
}

Result<LonLat> read_position(const json::value& v) {
  const auto* list = v.if_array();
  if (!list || list->size() < 2 || list->size() > 3 || !list->at(0).is_number() || !list->at(1).is_number()) return bad("坐标应为 [经度, 纬度]", "positions are [lon, lat]");
  const LonLat p{list->at(0).to_number<double>(), list->at(1).to_number<double>()};
  if (!is_valid(p)) return bad("经纬度超出范围", "not on the globe");
  return p;
}

Result<std::vector<LonLat>> read_line(const json::value& v, size_t least, size_t& left) {
  const auto* list = v.if_array();
  if (!list || list->size() < least) return bad("线至少有两个点", "a line has at least two positions");
  if (list->size() > left) return Error(ErrorCode::kTooLarge, {{"what", "线 / line"}, {"limit", std::to_string(kShapePointsMax)}});
  left -= list->size();
  std::vector<LonLat> out;
  double km = 0;
  for (const auto& item : *list) {
    TRY(p, read_position(item));
    if (!out.empty()) km += distance_m(out.back(), p) / 1000;
    out.push_back(p);
  }
  if (km > kShapeKmMax) return Error(ErrorCode::kTooLarge, {{"what", "线长（公里） / length of the line in km"}, {"limit", "500"}});
  return out;
}

double bearing_deg(LonLat a, LonLat b) {
  const double x = (b.lon - a.lon) * std::cos((a.lat + b.lat) / 2 * std::numbers::pi / 180), y = b.lat - a.lat;
  return std::atan2(x, y) * 180 / std::numbers::pi;
}

// Angle between two roads as lines without direction, 0 to 90.
double between(double a, double b) {
  const double d = std::abs(std::remainder(a - b, 180));
  return std::min(d, 180 - d);
}


double bearing_at(const RoadNetwork& network, const roads::RoadPoint& at) {
  const auto shape = network.graph().shape_of(at.road);
  return bearing_deg(shape[at.segment], shape[at.segment + 1]);
}

// Both carriageways of a divided road have its name, run side by side, and are one-way.
void add_twins(const RoadNetwork& network, const roads::RoadPoint& at, std::vector<roads::RoadIndex>& out) {
  const auto& graph = network.graph();
  const auto& road = graph.roads[at.road];
  const auto both = [](const roads::Road& r) { return (r.flags & roads::kMotorForward) && (r.flags & roads::kMotorBackward); };
  if ((road.name == 0 && road.ref == 0) || both(road)) return;
  const double bearing = bearing_at(network, at);
  const auto twin = network.snap.nearest(at.at, kTwinMetres, [&](roads::RoadIndex r) {
    const auto& other = graph.roads[r];
    if (r == at.road || other.name != road.name || other.ref != road.ref || both(other)) return false;
    const auto shape = graph.shape_of(r);
    return between(bearing, bearing_deg(shape.front(), shape.back())) < kTwinDegrees;
  });
  if (twin) out.push_back(twin->road);
}

void add_line(const RoadNetwork& network, const std::vector<LonLat>& line, std::vector<roads::RoadIndex>& out) {
  const bool point = line.size() == 1;
  std::map<roads::RoadIndex, std::pair<int, roads::RoadPoint>> seen;
  int samples = 0;
  const auto sample = [&](LonLat p) {
    ++samples;
    const auto found = network.snap.nearest(p, point ? kPointMetres : kLineMetres, [](roads::RoadIndex) { return true; });
    if (!found) return;
    auto [at, fresh] = seen.try_emplace(found->road, 0, *found);
    ++at->second.first;
  };
  sample(line.front());
  for (size_t i = 1; i < line.size(); ++i) {
    const int steps = std::max(1, static_cast<int>(distance_m(line[i - 1], line[i]) / kStepMetres));
    for (int s = 1; s <= steps; ++s) {
      const double t = static_cast<double>(s) / steps;
      sample({line[i - 1].lon + t * (line[i].lon - line[i - 1].lon), line[i - 1].lat + t * (line[i].lat - line[i - 1].lat)});
    }
  }
  for (const auto& [road, hit] : seen) {
    if (hit.first < 2 && samples > 2 && network.length_of(road) > kShortMetres) continue;
    out.push_back(road);
    add_twins(network, hit.second, out);
  }
}

void add_area(const RoadNetwork& network, const Area& area, std::vector<roads::RoadIndex>& out) {
  const PreparedArea prepared(area);
  const auto& b = prepared.bounds();
  for (const auto road : network.snap.roads_in({b.west, b.south}, {b.east, b.north})) {
    const auto shape = network.graph().shape_of(road);
    bool hit = std::any_of(shape.begin(), shape.end(), [&](LonLat p) { return prepared.contains(p); });
    if (!hit) {
      // No point of it lies inside: as a ring there and back it still crosses the border, or it does not.
      Polygon there_and_back;
      there_and_back.outer.assign(shape.begin(), shape.end());
      there_and_back.outer.insert(there_and_back.outer.end(), shape.rbegin() + 1, shape.rend());
      hit = prepared.intersects(there_and_back);
    }
    if (hit) out.push_back(road);
  }
}

}  // namespace

Result<RoadShape> read_road_shape(std::string_view geojson) {
  TRY(parsed, parse_json(geojson));
  const json::value* v = &parsed;
  if (const auto* o = v->if_object(); o && o->contains("geometry")) v = &o->at("geometry");
  const auto* object = v->if_object();
  const auto* type = object ? object->if_contains("type") : nullptr;
  if (!type || !type->is_string()) return bad("请在地图上画出", "draw it on the map");
  const std::string_view kind = type->get_string();
  RoadShape out;
  if (kind == "Polygon" || kind == "MultiPolygon") {
    auto area = area_from_geojson(*v);
    if (!area) {
      Error error = area.error();
      for (auto& p : error.params)
        if (p.name == "field") p.value = "shape";
      for (auto& d : error.details) d.field = "shape";
      return error;
    }
    if (area->polygons.empty()) return bad("没有任何区域", "there is no area");
    out.first = area->polygons.front().outer.front();
    out.area = std::move(*area);
    return out;
  }
  const auto* coordinates = object->if_contains("coordinates");
  if (!coordinates || !coordinates->is_array()) return bad("缺少坐标", "coordinates are missing");
  size_t left = kShapePointsMax;
  const auto each = [&](size_t least, bool lines) -> Result<void> {
    const auto& list = coordinates->get_array();
    if (list.empty()) return bad("没有任何坐标", "no position at all");
    if (list.size() > kPartsMax) return Error(ErrorCode::kTooLarge, {{"what", "图形 / shape"}, {"limit", std::to_string(kPartsMax)}});
    for (const auto& item : list) {
      if (lines) {
        TRY(line, read_line(item, least, left));
        out.lines.push_back(std::move(line));
      } else {
        TRY(p, read_position(item));
        out.lines.push_back({p});
      }
    }
    return {};
  };
  if (kind == "Point") {
    TRY(p, read_position(*coordinates));
    out.lines.push_back({p});
  } else if (kind == "LineString") {
    TRY(line, read_line(*coordinates, 2, left));
    out.lines.push_back(std::move(line));
  } else if (kind == "MultiPoint") {
    TRY_VOID(each(1, false));
  } else if (kind == "MultiLineString") {
    TRY_VOID(each(2, true));
  } else {
    return bad("应为点、线或面", "must be a point, a line or an area");
  }
  out.first = out.lines.front().front();
  return out;
}

std::vector<roads::RoadIndex> roads_hit(const RoadNetwork& network, const RoadShape& shape) {
  std::vector<roads::RoadIndex> out;
  if (shape.area) add_area(network, *shape.area, out);
  for (const auto& line : shape.lines) add_line(network, line, out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace anlan
