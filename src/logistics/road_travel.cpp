#include "logistics/road_travel.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>

#include "base/area.h"
#include "logistics/roads_state.h"
#include "roads/alternatives.h"
#include "roads/detour.h"
#include "roads/many.h"

namespace anlan {
namespace {

// More pairs than this take long enough that a change of a state should not wait for them.
constexpr size_t kFrozenPairs = 50'000;
constexpr size_t kUnitedMax = 200;
constexpr const char* kNoWayZh = "按现有路网和管制没有通路";
constexpr const char* kNoWayEn = "no way in the network with the restrictions in force";

struct OnRoad {
  std::vector<roads::ArcPoint> arcs;  // empty: on no road
  roads::RoadPoint point;
  uint32_t access = 0;
};

OnRoad put_on_road(const RoadMetrics& metrics, size_t profile, std::span<const roads::Weight> weights, LonLat at) {
  OnRoad out;
  auto snap = metrics.network().snap.snap(at, weights, {.radius_m = kSnapMetres, .heading_deg = {}, .search_m = kSnapMetres});
  if (snap.reason != roads::SnapReason::kFound) return out;
  out.arcs = std::move(snap.arcs);
  out.point = *snap.point;
  out.access = access_ms(metrics.declared(profile), snap.point->distance_m);
  return out;
}

std::vector<roads::Start> leaving(const roads::Graph& graph, const OnRoad& p) {
  std::vector<roads::Start> out;
  for (const auto& a : p.arcs) out.push_back({graph.head[a.arc], a.to_head_ms + p.access});
  return out;
}

std::vector<roads::Start> arriving(const RoadNetwork& network, const OnRoad& p) {
  std::vector<roads::Start> out;
  for (const auto& a : p.arcs) out.push_back({network.tail[a.arc], a.from_tail_ms + p.access});
  return out;
}

// Along the arc on which both lie, without leaving it.
struct Along {
  uint32_t ms = kNoWay;
  roads::Arc arc = roads::kNone;
};
Along along_one_arc(const OnRoad& from, const OnRoad& to) {
  Along best;
  if (from.arcs.empty() || to.arcs.empty() || from.point.road != to.point.road) return best;
  for (const auto& a : from.arcs)
    for (const auto& b : to.arcs)
      if (a.arc == b.arc && a.from_tail_ms <= b.from_tail_ms) {
        const uint32_t ms = b.from_tail_ms - a.from_tail_ms + from.access + to.access;
        if (ms < best.ms) best = {ms, a.arc};
      }
  return best;
}

double share(const roads::Graph& graph, roads::Arc arc, const roads::RoadPoint& at) { return graph.backward(arc) ? 1 - at.fraction : at.fraction; }

struct Leg {
  uint32_t ms = kNoWay;
  roads::RoutePath path;
};

// The fastest way and, when asked, others.
std::vector<Leg> legs(const RoadMetrics& metrics, const roads::Metric& metric, roads::RouteQuery& query, const OnRoad& from, const OnRoad& to, int others) {
  const auto& network = metrics.network();
  const auto& graph = network.graph();
  std::vector<Leg> out;
  const Along direct = along_one_arc(from, to);
  const auto starts = leaving(graph, from), targets = arriving(network, to);
  const auto best = query.route(metric, starts, targets);
  if (direct.ms < kNoWay && direct.ms <= best.ms) {
    out.push_back({direct.ms, {{direct.arc}, share(graph, direct.arc, from.point), share(graph, direct.arc, to.point)}});
    return out;
  }
  if (best.ms >= roads::kUnreachable) return out;
  const auto first = from.arcs[best.start].arc, last = to.arcs[best.target].arc;
  const auto whole = [&](const std::vector<roads::Arc>& arcs) {
    roads::RoutePath path{{first}, share(graph, first, from.point), share(graph, last, to.point)};
    path.arcs.insert(path.arcs.end(), arcs.begin(), arcs.end());
    path.arcs.push_back(last);
    return path;
  };
  out.push_back({best.ms, whole(best.arcs)});
  if (others <= 0 || best.arcs.empty()) return out;
  const auto around = starts[best.start].ms + targets[best.target].ms;
  roads::AlternativeRules rules;
  rules.count = others;
  const auto more = roads::alternatives(network.index.hierarchy, metric, query, network.tail, graph.head, starts[best.start].node, targets[best.target].node, rules);
  for (size_t i = 1; i < more.size(); ++i) out.push_back({more[i].ms + around, whole(more[i].arcs)});
  return out;
}

double metres_of(const roads::Graph& graph, const roads::RoutePath& path) {
  double metres = 0;
  for (size_t i = 0; i < path.arcs.size(); ++i) {
    const double from = i == 0 ? path.from_share : 0, to = i + 1 == path.arcs.size() ? path.to_share : 1;
    metres += graph.road(path.arcs[i]).length_dm / 10.0 * std::max(0.0, to - from);
  }
  return metres;
}

RouteFound straight_route(const TravelProfile& profile, const std::vector<LonLat>& stops) {
  RouteFound out;
  out.estimated = true;
  out.line = stops;
  for (size_t i = 1; i < stops.size(); ++i) {
    out.ms += straight_ms(profile, stops[i - 1], stops[i]);
    out.metres += distance_m(stops[i - 1], stops[i]) * profile.detour;
  }
  return out;
}

// Drops positions of a closed ring that lie within `metres` of the line without them (Douglas and Peucker 1973).
std::vector<LonLat> thinned(const std::vector<LonLat>& ring, double metres) {
  const size_t n = ring.size();
  if (n < 8) return ring;
  const double per_lat = 111'195, per_lon = per_lat * std::cos(ring.front().lat * std::numbers::pi / 180);
  const auto off = [&](size_t a, size_t b, size_t p) {
    const double bx = (ring[b].lon - ring[a].lon) * per_lon, by = (ring[b].lat - ring[a].lat) * per_lat;
    const double px = (ring[p].lon - ring[a].lon) * per_lon, py = (ring[p].lat - ring[a].lat) * per_lat;
    const double along = bx * bx + by * by, t = along > 0 ? std::clamp((px * bx + py * by) / along, 0.0, 1.0) : 0;
    return std::hypot(px - t * bx, py - t * by);
  };
  std::vector<bool> keep(n, false);
  std::vector<std::pair<size_t, size_t>> open{{0, n / 3}, {n / 3, 2 * n / 3}, {2 * n / 3, n - 1}};
  for (const auto& [a, b] : open) keep[a] = keep[b] = true;
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    size_t furthest = a;
    double most = metres;
    for (size_t p = a + 1; p < b; ++p)
      if (const double d = off(a, b, p); d > most) most = d, furthest = p;
    if (furthest == a) continue;
    keep[furthest] = true;
    open.push_back({a, furthest});
    open.push_back({furthest, b});
  }
  std::vector<LonLat> out;
  for (size_t i = 0; i < n; ++i)
    if (keep[i]) out.push_back(ring[i]);
  return out;
}

std::vector<roads::ContourPolygon> estimated_ground(const TravelProfile& profile, const std::vector<LonLat>& at, uint32_t limit) {
  std::vector<Polygon> rings;
  const auto detour = roads::Detour::make(std::max(1.0, profile.detour), std::max(1.0, profile.straight_kmh));
  if (!detour) return {};
  for (const auto p : at)
    if (auto circle = detour->circle(p, limit)) rings.push_back({std::move(circle->ring), {}});
  std::vector<roads::ContourPolygon> out;
  if (rings.size() <= kUnitedMax)
    if (auto united = normalise(rings)) rings = std::move(united->polygons);
  for (auto& r : rings) out.push_back({std::move(r.outer), std::move(r.holes)});
  return out;
}

}  // namespace

Result<TravelTimes> Roads::times(std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how) const {
  if (!to.empty() && from.size() > kTravelTimesMax / to.size()) return Error(ErrorCode::kTooLarge, {{"what", "起点 × 终点 / places"}, {"limit", std::to_string(kTravelTimesMax)}});
  TRY(asked, state_->asked(how));
  const auto& declared = state_->pack.roads.profiles[asked.profile];
  TravelTimes out;
  out.columns = to.size();
  out.ms.assign(from.size() * to.size(), kNoWay);
  std::vector<OnRoad> sources(from.size()), targets(to.size());
  if (asked.metrics) {
    auto& metrics = *asked.metrics;
    const auto search = [&](const roads::Metric& metric) {
      roads::Stops source_stops, target_stops;
      for (size_t i = 0; i < from.size(); ++i) {
        sources[i] = put_on_road(metrics, asked.profile, metric.input, from[i]);
        source_stops.add(leaving(metrics.network().graph(), sources[i]));
      }
      for (size_t i = 0; i < to.size(); ++i) {
        targets[i] = put_on_road(metrics, asked.profile, metric.input, to[i]);
        target_stops.add(arriving(metrics.network(), targets[i]));
      }
      if (!out.ms.empty()) out.ms = roads::Selection(metrics.network().index.hierarchy, std::move(target_stops)).matrix(metric, source_stops);
    };
    if (from.size() * to.size() > kFrozenPairs) {
      TRY(frozen, metrics.frozen(asked.profile, asked.period));
      search(*frozen);
    } else {
      TRY(live, metrics.metric(asked.profile, asked.period));
      search(*live->read());
    }
  }
  std::unordered_map<roads::RoadIndex, std::vector<size_t>> on_road;
  for (size_t t = 0; t < to.size(); ++t)
    if (!targets[t].arcs.empty()) on_road[targets[t].point.road].push_back(t);
  for (size_t s = 0; s < from.size(); ++s) {
    uint32_t* row = out.ms.data() + s * to.size();
    if (sources[s].arcs.empty()) {
      for (size_t t = 0; t < to.size(); ++t) row[t] = straight_ms(declared, from[s], to[t]);
      out.estimated |= !to.empty();
      continue;
    }
    if (const auto found = on_road.find(sources[s].point.road); found != on_road.end())
      for (const size_t t : found->second) row[t] = std::min(row[t], along_one_arc(sources[s], targets[t]).ms);
    for (size_t t = 0; t < to.size(); ++t)
      if (targets[t].arcs.empty()) {
        row[t] = straight_ms(declared, from[s], to[t]);
        out.estimated = true;
      }
  }
  return out;
}

Result<RoutesFound> Roads::routes(const RoutesAsked& a) const {
  TRY(asked, state_->asked(a.how));
  const auto& declared = state_->pack.roads.profiles[asked.profile];
  RoutesFound out;
  out.depart = a.how.depart.value_or(state_->clock.now());
  std::vector<OnRoad> stops;
  if (asked.metrics) {
    auto& metrics = *asked.metrics;
    const auto& network = metrics.network();
    const auto& graph = network.graph();
    TRY(live, metrics.metric(asked.profile, asked.period));
    const auto reading = live->read();
    const roads::Metric& metric = *reading;
    bool all = true;
    for (const auto p : a.stops) {
      stops.push_back(put_on_road(metrics, asked.profile, metric.input, p));
      all = all && !stops.back().arcs.empty();
    }
    if (all) {
      const auto query = metrics.route_query();
      std::vector<RouteFound> found;
      for (size_t i = 1; i < stops.size(); ++i) {
        const auto ways = legs(metrics, metric, *query, stops[i - 1], stops[i], a.stops.size() == 2 ? a.alternatives : 0);
        if (ways.empty()) {
          out.why_zh = kNoWayZh;
          out.why_en = kNoWayEn;
          return out;
        }
        if (found.empty()) found.resize(ways.size());
        for (size_t w = 0; w < ways.size(); ++w) {
          auto& route = found[w];
          route.ms += ways[w].ms;
          route.metres += metres_of(graph, ways[w].path);
          auto line = roads::path_shape(graph, ways[w].path);
          route.line.insert(route.line.end(), line.begin(), line.end());
          auto steps = roads::steps_of(graph, ways[w].path, metric.input);
          route.steps.insert(route.steps.end(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
        }
      }
      for (auto& route : found) {
        for (const auto& stop : stops) route.placed.push_back({stop.point.at, stop.point.distance_m, network.name_of(stop.point.road)});
        out.routes.push_back(std::move(route));
      }
      return out;
    }
  }
  out.routes.push_back(straight_route(declared, a.stops));
  return out;
}

Result<ReachFound> Roads::reach(const ReachAsked& a) const {
  TRY(asked, state_->asked(a.how));
  std::vector<roads::Weight> limits;
  for (const double m : a.minutes) limits.push_back(static_cast<roads::Weight>(m * 60'000));
  ReachFound out;
  for (const double m : a.minutes) out.circles.push_back({m, {}, 0});
  std::vector<roads::Start> starts;
  if (asked.metrics) {
    auto& metrics = *asked.metrics;
    TRY(live, metrics.metric(asked.profile, asked.period));
    const auto query = metrics.reach_query();
    {
      const auto reading = live->read();
      for (const auto p : a.at) {
        const auto on = put_on_road(metrics, asked.profile, reading->input, p);
        const auto more = a.to ? arriving(metrics.network(), on) : leaving(metrics.network().graph(), on);
        starts.insert(starts.end(), more.begin(), more.end());
        out.estimated |= on.arcs.empty();
      }
      if (!starts.empty()) {
        out.reached = query->reach(*reading, starts, limits.back(), a.to ? roads::Direction::kTo : roads::Direction::kFrom);
        out.weights = std::make_shared<const std::vector<roads::Weight>>(reading->input);
        out.network = metrics.shared_network();
      }
    }
    for (const auto& r : out.reached)
      for (size_t i = 0; i < limits.size(); ++i)
        if (r.ms <= limits[i]) ++out.circles[i].nodes;
    if (!starts.empty() && a.polygons) {
      const auto drawer = metrics.contour_drawer();
      TRY(drawn, drawer->draw(out.reached, *out.weights, limits, {.towards = a.to}));
      for (size_t i = 0; i < limits.size(); ++i) {
        for (auto& polygon : drawn.of_limit[i]) {
          polygon.outer = thinned(polygon.outer, drawn.cell_m / 2);
          for (auto& hole : polygon.holes) hole = thinned(hole, drawn.cell_m / 2);
        }
        out.circles[i].shape = std::move(drawn.of_limit[i]);
      }
    }
  }
  if (starts.empty()) {
    out.estimated = true;
    if (a.polygons)
      for (size_t i = 0; i < limits.size(); ++i) out.circles[i].shape = estimated_ground(state_->pack.roads.profiles[asked.profile], a.at, limits[i]);
  }
  return out;
}

}  // namespace anlan
