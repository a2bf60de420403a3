#include "protocols/usgs_events.h"

#include <cmath>

#include "base/error_catalogue.h"
#include "base/json.h"

namespace anlan {
namespace {

constexpr double kTimeMax = 7.2581184e12;  // 2200-01-01
constexpr size_t kIdsMax = 32;

std::string text_of(const json::object& o, std::string_view key, size_t max_bytes) {
  const auto* v = o.if_contains(key);
  const auto* s = v ? v->if_string() : nullptr;
  return s ? readable_text({s->data(), s->size()}, max_bytes) : std::string();
}

std::optional<double> number_of(const json::value* v) {
  if (!v || !v->is_number()) return std::nullopt;
  const double n = v->is_double() ? v->get_double() : v->is_int64() ? static_cast<double>(v->get_int64()) : static_cast<double>(v->get_uint64());
  return std::isfinite(n) ? std::optional(n) : std::nullopt;
}

std::optional<UtcTime> time_of(const json::object& o, std::string_view key) {
  const auto ms = number_of(o.if_contains(key));
  if (!ms || std::fabs(*ms) > kTimeMax) return std::nullopt;
  return UtcTime{static_cast<int64_t>(*ms)};
}

// ",at00pzei47,nc73291880,": all but the id itself.
std::vector<std::string> other_ids(const std::string& list, const std::string& id) {
  std::vector<std::string> out;
  for (size_t at = 0; at < list.size() && out.size() < kIdsMax;) {
    const size_t end = std::min(list.find(',', at), list.size());
    if (end > at && list.compare(at, end - at, id) != 0) out.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

void read_feature(const json::value& feature, size_t item, Catalogue& out) {
  CatalogueEvent e;
  const auto* o = feature.if_object();
  const auto* p = o && o->contains("properties") ? o->at("properties").if_object() : nullptr;
  if (!p) return file_event(out, item, std::move(e), "没有 properties / no properties");
  const auto* id = o->if_contains("id");
  if (id && id->is_string()) e.id.assign(id->get_string().data(), std::min<size_t>(id->get_string().size(), 256));
  const auto status = text_of(*p, "status", 20);
  e.status = status == "deleted" ? CatalogueStatus::deleted : status == "reviewed" || status == "manual" ? CatalogueStatus::reviewed : CatalogueStatus::automatic;
  e.also = other_ids(text_of(*p, "ids", 2'000), e.id);
  e.source = text_of(*p, "net", 40);
  e.kind = text_of(*p, "type", 40);
  e.magnitude_type = text_of(*p, "magType", 20);
  e.place = text_of(*p, "place", 300);
  e.url = text_of(*p, "url", 500);
  e.magnitude = number_of(p->if_contains("mag"));
  e.updated = time_of(*p, "updated").value_or(UtcTime{});
  if (const auto n = number_of(p->if_contains("nst")); n && *n >= 0 && *n < 1e6) e.stations = static_cast<int>(*n);
  if (const auto gap = number_of(p->if_contains("gap")); gap && *gap >= 0 && *gap <= 360) e.azimuthal_gap_deg = *gap;

  std::string why;
  if (const auto origin = time_of(*p, "time")) e.origin = *origin;
  else why = "没有发震时刻 / no time of origin";
  const auto* geometry = o->contains("geometry") ? o->at("geometry").if_object() : nullptr;
  const auto* position = geometry && geometry->contains("coordinates") ? geometry->at("coordinates").if_array() : nullptr;
  const auto lon = position && position->size() >= 2 ? number_of(&(*position)[0]) : std::nullopt;
  const auto lat = position && position->size() >= 2 ? number_of(&(*position)[1]) : std::nullopt;
  if (lon && lat) e.epicentre = {*lon > 180 && *lon <= 360 ? *lon - 360 : *lon, *lat};
  else if (why.empty()) why = "没有震中位置 / no position";
  if (position && position->size() >= 3) e.depth_km = number_of(&(*position)[2]);
  if (e.status == CatalogueStatus::deleted) why.clear();
  file_event(out, item, std::move(e), std::move(why));
}

}  // namespace

Result<Catalogue> read_usgs_events(std::string_view document) {
  if (document.size() > kCatalogueBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "GeoJSON"}, {"limit", "32 MB"}});
  const auto invalid = [](const std::string& why) { return Error(ErrorCode::kInvalidFile, {{"why", why}}); };
  auto value = parse_json(document);
  if (!value) return invalid("不是 GeoJSON 地震目录 / not a GeoJSON catalogue: " + std::string(value.error().param("why")));
  const auto* o = value->if_object();
  const auto* type = o && o->contains("type") ? o->at("type").if_string() : nullptr;
  Catalogue out;
  if (type && *type == "Feature") {
    read_feature(*value, 1, out);
    return out;
  }
  const auto* features = o && o->contains("features") ? o->at("features").if_array() : nullptr;
  if (!type || *type != "FeatureCollection" || !features) return invalid("不是 GeoJSON 地震目录 / not a GeoJSON catalogue");
  if (features->size() > kCatalogueEventsMax) return Error(ErrorCode::kTooLarge, {{"what", "GeoJSON"}, {"limit", std::to_string(kCatalogueEventsMax)}});
  out.events.reserve(features->size());
  for (size_t i = 0; i < features->size(); ++i) read_feature((*features)[i], i + 1, out);
  return out;
}

}  // namespace anlan
