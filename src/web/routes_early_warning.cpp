// Early warning: the stations and where their data comes from, countdowns, and what reaches which town when.
#include <algorithm>
#include <array>
#include <cmath>

#include "web/earthquake_json.h"
#include "web/earthquake_routes.h"
#include "web/live_hub.h"
#include "web/road_json.h"
#include "web/routes_json.h"

namespace anlan {
namespace {

constexpr size_t kTownsMax = 500;
constexpr std::array<std::string_view, 4> kColours = {"blue", "yellow", "orange", "red"};
constexpr int64_t kTimeMax = 7'258'118'399'999;  // the end of 2199

json::object policy_json(const EarthquakePolicy& p) {
  return {{"stations_min", p.stations_min}, {"magnitude_min", p.magnitude_min}, {"call_intensity", p.call_intensity}, {"colours", json::value_from(p.colours)},
          {"call_by_itself", p.call_by_itself}, {"drill", p.drill}, {"public_channel", p.public_channel}, {"feed_magnitude_min", p.feed_magnitude_min},
          {"feed_reach_km", p.feed_reach_km}, {"source", p.source}, {"effective_from", p.effective_from}, {"verified", p.verified}};
}

void get_state(CallPtr call) {
  auto& warnings = call->node().early_warnings();
  const auto views = warnings.stations();
  json::array stations, links, running;
  int64_t live = 0;
  for (const auto& v : views) {
    live += v.state.live;
    json::object s{{"id", v.record.value}, {"name", v.name}, {"lon", v.at.lon}, {"lat", v.at.lat}, {"live", v.state.live}, {"clipped", v.state.clipped}, {"dead", v.state.dead}, {"gaps", v.state.gaps}};
    s["last_at"] = v.state.last_us > 0 ? json::value(v.state.last_us / 1000) : json::value(nullptr);
    stations.push_back(std::move(s));
  }
  if (const auto& asked = call->api().options().wave_links)
    for (const auto& l : asked()) links.push_back(json::object{{"id", l.id}, {"address", l.address}, {"state", l.state}, {"last_fault", l.last_fault}});
  for (const auto& c : warnings.countdowns()) running.push_back(countdown_json(c, views));
  call->ok(json::object{{"stations", std::move(stations)}, {"stations_live", live}, {"links", std::move(links)}, {"policy", policy_json(warnings.policy())}, {"warnings", std::move(running)}});
}

// As it stands now, and out since it was first reported.
quake::WarningReport report_of(const EarthquakeRow& row) {
  quake::WarningReport r;
  r.origin = row.quake.at;
  r.made = row.reported_at;
  r.epicentre = {row.quake.lon, row.quake.lat};
  r.depth_km = row.quake.depth_km;
  r.magnitude = row.quake.magnitude;
  return r;
}

void get_places(CallPtr call) {
  const auto row = path_earthquake(call);
  if (!row) return;
  Node& node = call->node();
  const auto at = call->number("at", node.clock().now().ms, 0, kTimeMax);
  if (!at) return call->fail(at.error());
  const auto stock = node.stock().get();
  const auto towns = towns_reached(row->quake, *node.places().get(), stock.get(), node.early_warnings().policy(), kTownsMax);
  json::array items;
  for (const auto& t : towns)
    items.push_back(json::object{{"place", t.place.text()}, {"name", t.name}, {"lon", t.at.lon}, {"lat", t.at.lat}, {"intensity", one_decimal(t.intensity)},
                                 {"colour", kColours[static_cast<size_t>(std::clamp(t.colour, 0, 3))]}, {"s_arrives", t.s_arrives.ms}, {"p_arrives", t.p_arrives.ms}, {"people", std::round(t.people)}});
  const auto report = report_of(*row);
  // The circles of a screen run as fast as the arrivals say.
  constexpr double kDegreeKm = 111.195;
  quake::WarningReport shallow;
  shallow.depth_km = 0;
  const auto degree = quake::arrival(shallow, {0, 1}, quake::Zone::kEast);
  const auto speed = [&](UtcTime arrives) { return std::round(kDegreeKm / static_cast<double>((arrives - shallow.origin).count) * 1e5) / 100; };
  call->ok(json::object{{"now", *at}, {"origin", row->quake.at.ms}, {"p_kms", speed(degree.p_arrives)}, {"s_kms", speed(degree.s_arrives)},
                        {"blind_km", one_decimal(quake::blind_radius_km(report, report.made))}, {"items", std::move(items)}});
}

}  // namespace

void add_early_warning_routes(Api& api) {
  api.add({"GET", "/early-warning", Need::session, get_state});
  api.add({"GET", "/early-warning/{id}/places", Need::session, get_places});
  auto& warnings = api.node().early_warnings();
  warnings.when_reported([&warnings, &live = api.live()](const Countdown& c) { live.countdown(c.report.event, countdown_json(c, warnings.stations()), c.report.number <= 1); });
}

}  // namespace anlan
