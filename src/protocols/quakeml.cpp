#include "protocols/quakeml.h"

#include <algorithm>
#include <cmath>
#include <pugixml.hpp>

namespace anlan {
namespace {

using Node = pugi::xml_node;
constexpr double kKmPerDegree = 111.195;

std::string_view local(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

Node child(const Node& parent, std::string_view name) {
  for (const auto& c : parent.children())
    if (local(c.name()) == name) return c;
  return {};
}

std::string text(const Node& n, size_t max_bytes) { return readable_text(n.text().get(), max_bytes); }
std::string text(const Node& parent, std::string_view name, size_t max_bytes) { return text(child(parent, name), max_bytes); }

// <depth><value>10</value><uncertainty>3</uncertainty></depth>
struct Quantity {
  std::optional<double> value, uncertainty;
};
Quantity quantity(const Node& parent, std::string_view name) {
  const auto n = child(parent, name);
  Quantity out{decimal_number(child(n, "value").text().get()), decimal_number(child(n, "uncertainty").text().get())};
  if (out.uncertainty) return out;
  const auto lower = decimal_number(child(n, "lowerUncertainty").text().get()), upper = decimal_number(child(n, "upperUncertainty").text().get());
  if (lower && upper) out.uncertainty = std::max(*lower, *upper);
  return out;
}

std::string attribute(const Node& n, std::string_view name) {
  for (const auto& a : n.attributes())
    if (local(a.name()) == name) return readable_text(a.value(), 256);
  return {};
}

// The child of that name with the preferred id; otherwise the first.
Node preferred(const Node& event, std::string_view name, const std::string& id) {
  Node first;
  for (const auto& c : event.children()) {
    if (local(c.name()) != name) continue;
    if (!first) first = c;
    if (id.empty() || attribute(c, "publicID") == id) return c;
  }
  return first;
}

std::string id_of(const Node& event) {
  const auto source = attribute(event, "eventsource"), code = attribute(event, "eventid");
  if (!source.empty() && !code.empty()) return code.starts_with(source) ? code : source + code;
  return attribute(event, "publicID");
}

std::string place_of(const Node& event) {
  std::string any;
  for (const auto& c : event.children()) {
    if (local(c.name()) != "description") continue;
    const auto kind = text(c, "type", 40);
    if (kind == "earthquake name" || kind == "region name" || kind == "Flinn-Engdahl region") return text(c, "text", 300);
    if (any.empty()) any = text(c, "text", 300);
  }
  return any;
}

std::optional<UtcTime> created(const Node& n) { return utc_moment(child(child(n, "creationInfo"), "creationTime").text().get()); }

std::string agency(const Node& n) {
  const auto by = child(n, "creationInfo");
  const auto name = text(by, "agencyID", 40);
  if (!name.empty()) return name;
  const auto uri = text(by, "agencyURI", 200);
  return uri.substr(uri.rfind('/') + 1);
}

CatalogueStatus status_of(const Node& event, const Node& origin, const std::string& kind) {
  const auto status = text(origin, "evaluationStatus", 40);
  if (kind == "not existing" || kind == "not reported" || status == "rejected") return CatalogueStatus::deleted;
  const auto mode = text(origin, "evaluationMode", 40), of_event = text(event, "evaluationMode", 40);
  return mode == "manual" || of_event == "manual" || status == "reviewed" || status == "confirmed" || status == "final" ? CatalogueStatus::reviewed : CatalogueStatus::automatic;
}

std::optional<double> km(std::optional<double> metres) { return metres ? std::optional(*metres / 1000) : std::nullopt; }

void read_origin(const Node& origin, CatalogueEvent& e, std::string& why) {
  const auto time = child(origin, "time");
  const auto at = utc_moment(child(time, "value").text().get());
  const auto lon = quantity(origin, "longitude"), lat = quantity(origin, "latitude"), depth = quantity(origin, "depth");
  if (!at) why = "没有发震时刻 / no time of origin";
  else if (!lon.value || !lat.value) why = "没有震中位置 / no position";
  if (!why.empty()) return;
  e.origin = *at;
  e.epicentre = {*lon.value > 180 && *lon.value <= 360 ? *lon.value - 360 : *lon.value, *lat.value};
  e.depth_km = km(depth.value);
  e.depth_sigma_km = km(depth.uncertainty);
  e.origin_sigma_s = decimal_number(child(time, "uncertainty").text().get());
  const auto ellipse = child(origin, "originUncertainty");
  e.horizontal_sigma_km = km(decimal_number(child(ellipse, "horizontalUncertainty").text().get()));
  if (!e.horizontal_sigma_km) e.horizontal_sigma_km = km(decimal_number(child(ellipse, "maxHorizontalUncertainty").text().get()));
  if ((!e.horizontal_sigma_km || *e.horizontal_sigma_km == 0) && lon.uncertainty && lat.uncertainty)
    e.horizontal_sigma_km = kKmPerDegree * std::max(*lat.uncertainty, *lon.uncertainty * std::cos(*lat.value * M_PI / 180));
  const auto quality = child(origin, "quality");
  if (const auto n = decimal_number(child(quality, "usedStationCount").text().get()); n && *n >= 0 && *n < 1e6) e.stations = static_cast<int>(*n);
  if (const auto gap = decimal_number(child(quality, "azimuthalGap").text().get()); gap && *gap >= 0 && *gap <= 360) e.azimuthal_gap_deg = gap;
}

void read_event(const Node& event, size_t item, Catalogue& out) {
  CatalogueEvent e;
  std::string why;
  e.id = id_of(event);
  e.kind = text(event, "type", 40);
  std::replace(e.kind.begin(), e.kind.end(), '_', ' ');
  if (e.kind == "null") e.kind.clear();
  e.place = place_of(event);
  const auto origin = preferred(event, "origin", text(event, "preferredOriginID", 256));
  const auto magnitude = preferred(event, "magnitude", text(event, "preferredMagnitudeID", 256));
  e.status = status_of(event, origin, e.kind);
  if (origin) read_origin(origin, e, why);
  else why = "没有震源 / no origin";
  const auto mag = quantity(magnitude, "mag");
  e.magnitude = mag.value;
  e.magnitude_sigma = mag.uncertainty;
  e.magnitude_type = text(magnitude, "type", 20);
  e.source = agency(origin);
  if (e.source.empty()) e.source = agency(event);
  for (const auto& part : {event, origin, magnitude})
    if (const auto at = created(part); at && *at > e.updated) e.updated = *at;
  if (e.status == CatalogueStatus::deleted) why.clear();
  file_event(out, item, std::move(e), std::move(why));
}

}  // namespace

Result<Catalogue> read_quakeml(std::string_view document) {
  if (document.size() > kCatalogueBytesMax) return Error(ErrorCode::kTooLarge, {{"what", "QuakeML"}, {"limit", "32 MB"}});
  pugi::xml_document doc;
  const auto parsed = doc.load_buffer(document.data(), document.size(), pugi::parse_default & ~pugi::parse_doctype);
  const auto root = doc.document_element();
  if (!parsed || local(root.name()) != "quakeml") return Error(ErrorCode::kInvalidFile, {{"why", std::string("不是 QuakeML / not QuakeML: ") + (parsed ? "<" + readable_text(root.name(), 40) + ">" : parsed.description())}});
  Catalogue out;
  size_t item = 0;
  for (const auto& parameters : root.children()) {
    if (local(parameters.name()) != "eventParameters") continue;
    for (const auto& event : parameters.children()) {
      if (local(event.name()) != "event") continue;
      if (++item > kCatalogueEventsMax) return Error(ErrorCode::kTooLarge, {{"what", "QuakeML"}, {"limit", std::to_string(kCatalogueEventsMax)}});
      read_event(event, item, out);
    }
  }
  return out;
}

}  // namespace anlan
