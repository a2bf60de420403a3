#include "base/geojson.h"

#include "base/polygon_repair.h"

namespace anlan {
namespace {

json::array coordinates_of(const Polygon& polygon) {
  const auto positions = [](const Ring& ring) {
    json::array out;
    out.reserve(ring.size());
    for (const auto& p : ring) out.push_back(json::array{p.lon, p.lat});
    return out;
  };
  json::array rings;
  rings.push_back(positions(polygon.outer));
  for (const auto& hole : polygon.holes) rings.push_back(positions(hole));
  return rings;
}

bool read_number(const json::value& v, double& out) {
  json::error_code ec;
  if (!v.is_number()) return false;
  out = v.to_number<double>(ec);
  return !ec;
}

// Reads coordinates with a bound on positions, so that a hostile document costs no more than a large one.
class CoordinateReader {
 public:
  bool polygon(const json::value& v, Polygon& out) {
    const auto* rings = v.if_array();
    if (!rings || rings->empty() || !ring((*rings)[0], out.outer)) return false;
    for (size_t i = 1; i < rings->size(); ++i)
      if (!ring((*rings)[i], out.holes.emplace_back())) return false;
    return true;
  }

  bool polygons(const json::value& v, std::vector<Polygon>& out) {
    const auto* list = v.if_array();
    if (!list) return false;
    for (const auto& item : *list)
      if (!polygon(item, out.emplace_back())) return false;
    return true;
  }

  bool too_many() const { return positions_ > kAreaVerticesMax; }

 private:
  bool ring(const json::value& v, Ring& out) {
    const auto* positions = v.if_array();
    if (!positions) return false;
    positions_ += positions->size();
    if (too_many()) return false;
    out.reserve(positions->size());
    for (const auto& position : *positions) {
      const auto* pair = position.if_array();
      LonLat p;
      if (!pair || pair->size() < 2 || !read_number((*pair)[0], p.lon) || !read_number((*pair)[1], p.lat)) return false;
      out.push_back(p);
    }
    return true;
  }

  size_t positions_ = 0;
};

Error wrong_shape() {
  return area_fault(-1, "不是有效的GeoJSON面要素", "this is not a GeoJSON polygon");
}

Error too_large() {
  return Error(ErrorCode::kTooLarge,
               {{"what", "区域边界点数 / area vertices"}, {"limit", std::to_string(kAreaVerticesMax)}});
}

// Depth is bounded by the JSON parser; a value built in code may nest no deeper than a document.
Result<void> collect(const json::value& v, CoordinateReader& reader, std::vector<Polygon>& out, int depth) {
  const auto* object = v.if_object();
  const auto* type = object ? object->if_contains("type") : nullptr;
  if (!type || !type->is_string() || depth > 32) return wrong_shape();
  const auto member = [&](const char* name) -> const json::value& {
    static const json::value kNone;
    const auto* found = object->if_contains(name);
    return found ? *found : kNone;
  };
  const std::string_view name{type->get_string().data(), type->get_string().size()};
  if (name == "Feature") return collect(member("geometry"), reader, out, depth + 1);
  if (name == "FeatureCollection" || name == "GeometryCollection") {
    const auto* items = member(name == "FeatureCollection" ? "features" : "geometries").if_array();
    if (!items) return wrong_shape();
    for (const auto& item : *items) TRY_VOID(collect(item, reader, out, depth + 1));
    return {};
  }
  bool read = false;
  if (name == "Polygon")
    read = reader.polygon(member("coordinates"), out.emplace_back());
  else if (name == "MultiPolygon")
    read = reader.polygons(member("coordinates"), out);
  else
    return area_fault(-1, "只接受面（Polygon、MultiPolygon），点和线没有面积",
                      "only Polygon and MultiPolygon have an area");
  if (reader.too_many()) return too_large();
  if (!read) return wrong_shape();
  return {};
}

void convert(Ring& ring, Datum datum) {
  for (auto& p : ring)
    if (is_valid(p)) p = to_wgs84(p, datum);
}

}  // namespace

Result<Area> area_from_geojson(const json::value& value, Datum datum) {
  CoordinateReader reader;
  std::vector<Polygon> polygons;
  TRY_VOID(collect(value, reader, polygons, 0));
  if (datum != Datum::kWgs84)
    for (auto& polygon : polygons) {
      convert(polygon.outer, datum);
      for (auto& hole : polygon.holes) convert(hole, datum);
    }
  return normalise(std::move(polygons));
}

json::value geojson_of(const Area& area) {
  if (area.polygons.size() == 1)
    return json::object{{"type", "Polygon"}, {"coordinates", coordinates_of(area.polygons[0])}};
  return json::object{{"type", "MultiPolygon"}, {"coordinates", json::value_from(area)}};
}

void tag_invoke(json::value_from_tag, json::value& v, const Area& area) {
  json::array out;
  out.reserve(area.polygons.size());
  for (const auto& polygon : area.polygons) out.push_back(coordinates_of(polygon));
  v = std::move(out);
}

json::result<Area> tag_invoke(json::try_value_to_tag<Area>, const json::value& v) {
  Area area;
  if (!CoordinateReader().polygons(v, area.polygons)) return json::make_error_code(json::error::not_array);
  const auto sound = [](const Ring& ring) {
    if (ring.size() < 4 || ring.front() != ring.back()) return false;
    for (const auto& p : ring)
      if (!is_valid(p)) return false;
    return true;
  };
  for (const auto& polygon : area.polygons) {
    if (!sound(polygon.outer)) return json::make_error_code(json::error::not_exact);
    for (const auto& hole : polygon.holes)
      if (!sound(hole)) return json::make_error_code(json::error::not_exact);
  }
  return area;
}

}  // namespace anlan
