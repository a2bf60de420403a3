// The OGC SensorThings API 1.1, read only: addresses to queries, answers to JSON. sensorthings_model.h says what is what.
#include <algorithm>

#include "web/api.h"
#include "web/routes_json.h"
#include "web/sensorthings_read.h"

namespace anlan {
namespace {

constexpr std::string_view kRoot = "/api/v1/sensorthings/v1.1";

// The classes of the standard that are kept (18-088 annex A).
constexpr const char* kConformance[] = {"datamodel", "resource-path/resource-path-to-entities", "request-data", "request-data/expand", "request-data/select", "request-data/orderby",
                                        "request-data/skip", "request-data/top", "request-data/count", "request-data/filter", "request-data/built-in-filter-operations", "request-data/pagination"};

// Absolute, as the standard wants addresses: by the node's public one, else by how it was asked.
std::string base_of(Call& call) {
  const auto& url = call.node().settings().public_url;
  if (!url.empty()) return (url.back() == '/' ? url.substr(0, url.size() - 1) : url) + std::string(kRoot);
  return std::string(call.http.tls ? "https://" : "http://") + std::string(call.http.header("Host").value_or("localhost")) + std::string(kRoot);
}

void service_root(CallPtr call) {
  const auto base = base_of(*call);
  json::array value, conformance;
  for (size_t i = 0; i < kStaKinds; ++i) {
    const auto name = std::string(sta_spec(static_cast<StaKind>(i)).collection);
    value.push_back({{"name", name}, {"url", base + "/" + name}});
  }
  for (const auto* c : kConformance) conformance.push_back(json::string(std::string("http://www.opengis.net/spec/iot_sensing/1.1/req/") + c));
  call->ok(json::object{{"value", std::move(value)}, {"serverSettings", json::object{{"conformance", std::move(conformance)}}}});
}

Error absent() { return Error(ErrorCode::kNotFound, {{"what", "这个实体 / entity"}}); }

// "Datastreams(12)" → Datastreams, 12.
struct Segment {
  std::string_view name;
  std::optional<std::string_view> id;
};
Segment read_segment(std::string_view text) {
  const size_t paren = text.find('(');
  if (paren == std::string_view::npos || text.back() != ')') return {text, std::nullopt};
  return {text.substr(0, paren), text.substr(paren + 1, text.size() - paren - 2)};
}

// What the segments before name: the entities of a kind, those that belong to another entity, or one entity.
struct Place {
  StaKind kind;
  std::optional<StaSubject> entity;
  std::optional<std::pair<StaKind, StaSubject>> of;
};

bool belongs(StaKind kind, const StaSubject& a, const StaSubject& b) { return is_of_type(kind) ? a.type == b.type : a.link->id == b.link->id; }

// One step of the way; kNotFound when it leads nowhere.
Result<Place> step(StaReader& reader, const std::optional<Place>& from, const Segment& segment) {
  Place to{};
  bool many = true;
  if (!from) {
    const auto kind = sta_collection(segment.name);
    if (!kind) return absent();
    to.kind = *kind;
  } else {
    const auto* nav = from->entity ? sta_spec(from->kind).nav(segment.name) : nullptr;
    if (!nav || (segment.id && !nav->many)) return absent();
    to.kind = nav->to;
    many = nav->many;
    if (many) to.of = std::pair(from->kind, *from->entity);
    else to.entity = StaReader::one(nav->to, *from->entity);
  }
  if (!segment.id) return to;
  TRY(found, reader.find(to.kind, *segment.id));
  if (!found || (to.of && !belongs(to.of->first, to.of->second, *found))) return absent();
  to.entity = std::move(*found);
  return to;
}

void answer_property(const CallPtr& call, StaReader& reader, const Place& place, std::string_view name, bool raw) {
  const auto* property = sta_spec(place.kind).property(name);
  if (!property) return call->fail(absent());
  auto value = reader.model().property(place.kind, property->prop, *place.entity);
  if (value.is_null()) return call->respond(HttpResponse::empty(204));
  if (raw) return call->respond(HttpResponse::text(200, value.is_string() ? std::string(value.get_string()) : json::serialize(value)));
  call->ok(json::object{{property->name, std::move(value)}});
}

void serve(CallPtr call) {
  std::vector<std::string_view> segments;
  for (std::string_view rest = std::string_view(call->http.path).substr(kRoot.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const size_t end = std::min(rest.find('/'), rest.size());
    if (end == 0) return call->fail(absent());
    segments.push_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  std::vector<std::pair<std::string, std::string>> parameters(call->http.query.begin(), call->http.query.end());
  const auto query = parse_odata_query(parameters);
  if (!query) return call->fail(query.error());
  StaReader reader(call->node(), places_of(*call, Need::session), base_of(*call));

  std::optional<Place> place;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool raw = i + 2 == segments.size() && segments.back() == "$value";
    if (place && place->entity && (raw || i + 1 == segments.size()) && sta_spec(place->kind).property(segments[i])) return answer_property(call, reader, *place, segments[i], raw);
    auto next = step(reader, place, read_segment(segments[i]));
    if (!next) return call->fail(next.error());
    place = std::move(*next);
  }
  const auto plan = plan_sta(place->kind, *query);
  if (!plan) return call->fail(plan.error());
  if (place->entity) {
    if (query->filter || !query->order.empty() || query->top || query->skip || query->after || query->count)
      return call->fail(odata_error("单个实体只能用 $select 和 $expand", "a single entity takes $select and $expand alone"));
    auto shown = reader.entity(*plan, *place->entity);
    return shown ? call->ok(std::move(*shown)) : call->fail(shown.error());
  }
  const auto page = place->of ? reader.related(*plan, place->of->first, place->of->second) : Result<StaPage>(reader.all(*plan));
  if (!page) return call->fail(page.error());
  std::string address = base_of(*call);
  for (const auto s : segments) address += "/" + std::string(s);
  auto shown = reader.collection(*plan, *page, address);
  if (!shown) return call->fail(shown.error());
  call->ok(std::move(*shown));
}

}  // namespace

void add_sensorthings_routes(Api& api) {
  api.add({"GET", "/sensorthings/v1.1", Need::session, service_root, Run::here});
  // An id stands in parentheses behind a name, so one part of the address is the name with or without it.
  for (const char* path : {"/{entities}", "/{entities}/{related}", "/{entities}/{related}/{further}", "/{entities}/{related}/{further}/{last}"})
    api.add({"GET", std::string("/sensorthings/v1.1") + path, Need::session, serve});
}

}  // namespace anlan
