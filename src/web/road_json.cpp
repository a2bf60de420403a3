#include "web/road_json.h"

#include <cmath>

namespace anlan {
namespace {

double rounded(double degrees) { return std::round(degrees * 1e5) / 1e5; }

json::array ring_json(std::span<const LonLat> ring) {
  json::array out;
  out.reserve(ring.size());
  for (const auto p : ring) out.push_back(position_json(p));
  return out;
}

Error bad(std::string_view field, const char* zh, const char* en) {
  Error error(ErrorCode::kInvalidField, {{"field", std::string(field)}, {"why", zh}});
  error.details.push_back({0, std::string(field), zh, en});
  return error;
}

}  // namespace

double one_decimal(double v) { return std::round(v * 10) / 10; }
double minutes_json(uint32_t ms) { return one_decimal(ms / 60'000.0); }

json::array position_json(LonLat p) { return {rounded(p.lon), rounded(p.lat)}; }
json::object line_json(std::span<const LonLat> line) { return {{"type", "LineString"}, {"coordinates", ring_json(line)}}; }

json::object lines_json(std::span<const std::span<const LonLat>> lines) {
  json::array out;
  for (const auto line : lines) out.push_back(ring_json(line));
  return {{"type", "MultiLineString"}, {"coordinates", std::move(out)}};
}

json::object polygons_json(const std::vector<roads::ContourPolygon>& shape) {
  json::array out;
  for (const auto& polygon : shape) {
    json::array rings;
    rings.push_back(ring_json(polygon.outer));
    for (const auto& hole : polygon.holes) rings.push_back(ring_json(hole));
    out.push_back(std::move(rings));
  }
  return {{"type", "MultiPolygon"}, {"coordinates", std::move(out)}};
}

Result<NamedPosition> read_position(const CallPtr& call, const json::value& v, std::string_view field) {
  const auto* object = v.if_object();
  if (!object) return bad(field, "应为位置", "must be a position");
  Node& node = call->node();
  if (const auto* record = object->if_contains("record"); record && !record->is_null()) {
    if (!record->is_int64()) return bad(field, "登记编号无效", "not the id of a record");
    const auto found = node.records().find(RecordId{record->get_int64()});
    if (!found) return Error(ErrorCode::kNotFound, {{"what", "该登记对象 / this record"}});
    if (!call->may(Need::session, found->place)) return Error(ErrorCode::kForbidden, {{"why", "不在您的管辖范围内"}});
    if (!found->position) return bad(field, "该登记对象没有位置", "the record has no position");
    return NamedPosition{*found->position, found->name};
  }
  if (const auto* place = object->if_contains("place"); place && !place->is_null()) {
    const auto code = place->is_string() ? PlaceCode::parse(std::string_view(place->get_string())) : std::nullopt;
    const auto index = node.places().get();
    const auto found = code ? index->find(*code) : std::nullopt;
    if (!found) return Error(ErrorCode::kNotFound, {{"what", "这个行政区划 / this place"}});
    if (!found->position) return bad(field, "这个地方没有位置", "the place has no position");
    return NamedPosition{*found->position, index->places().short_name(*code)};
  }
  const auto *lon = object->if_contains("lon"), *lat = object->if_contains("lat");
  if (!lon || !lat || !lon->is_number() || !lat->is_number()) return bad(field, "应有经度和纬度", "lon and lat are wanted");
  const LonLat at{lon->to_number<double>(), lat->to_number<double>()};
  if (!is_valid(at)) return bad(field, "经纬度超出范围", "not on the globe");
  return NamedPosition{at, {}};
}

}  // namespace anlan
