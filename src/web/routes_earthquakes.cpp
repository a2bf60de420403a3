// Earthquakes that somebody has reported; what follows from one is in the situations.
#include <cmath>

#include "signals/earthquake.h"
#include "web/api.h"
#include "web/json_members.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr Millis kListed = hours(24 * 30);
constexpr int64_t kListedMax = 200;

void list_quakes(CallPtr call) {
  auto items = call->read([&](Reader& reader) {
    json::array out;
    for (const auto& q : list_earthquakes(reader, call->node().clock().now() - kListed, kListedMax))
      out.push_back({{"id", q.id}, {"at", q.at.ms}, {"lon", q.lon}, {"lat", q.lat}, {"magnitude", q.magnitude}, {"depth_km", q.depth_km}, {"name", q.name}});
    return out;
  });
  call->ok(json::object{{"items", std::move(items)}});
}

void report(CallPtr call) {
  const auto body = call->body();
  if (!body) return call->fail(body.error());
  Members members(*body);
  const PlaceCode place = call->node().settings().place;
  const auto number = [&](const char* name, std::optional<double> otherwise = {}) {
    const auto v = members.number(name).value_or(std::nullopt);
    if (!v && !otherwise) members.refuse(name, "请填写", "is missing");
    return v.value_or(otherwise.value_or(0));
  };
  Earthquake q;
  q.lon = number("lon");
  q.lat = number("lat");
  q.magnitude = number("magnitude");
  q.depth_km = number("depth_km", 10);
  q.at = members.time("at").value_or(std::nullopt).value_or(call->node().clock().now());
  q.name = members.text("name").value_or("");
  if (q.name.size() > 200) members.refuse("name", "过长", "is too long");
  if (const auto read = members.result(); !read) return call->fail(read.error());
  if (!require(call, Need::duty, place)) return;
  call->change([q, place](Reader& reader, UtcTime now) { return report_earthquake(reader, q, place, now); });
}

}  // namespace

void add_earthquake_routes(Api& api) {
  api.add({"GET", "/earthquakes", Need::session, list_quakes});
  api.add({"POST", "/earthquakes", Need::duty, report});
}

}  // namespace anlan
