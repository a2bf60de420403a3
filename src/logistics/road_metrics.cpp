#include "logistics/road_metrics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "roads/islands.h"

namespace anlan {
namespace {

double chord_deg(std::span<const LonLat> shape) {
  const LonLat a = shape.front(), b = shape.back();
  const double x = (b.lon - a.lon) * std::cos((a.lat + b.lat) / 2 * std::numbers::pi / 180), y = b.lat - a.lat;
  return std::atan2(x, y) * 180 / std::numbers::pi;
}

}  // namespace

RoadMetrics::RoadMetrics(std::shared_ptr<const RoadNetwork> network, const RoadBook& book, Later later)
    : network_(std::move(network)), book_(book), later_(later ? std::move(later) : [](std::function<void()> work) { work(); }) {
  for (const auto& p : book_.profiles) {
    profiles_.push_back(engine_profile(p));
    crumbs_.push_back(std::make_unique<Crumbs>());
  }
}

const std::vector<bool>& RoadMetrics::crumbs(size_t profile) const {
  auto& c = *crumbs_[profile];
  std::call_once(c.once, [&] {
    const auto& graph = network_->graph();
    const auto open = roads::weights(graph, profiles_[profile]);
    const auto parts = roads::strong_components(graph, [&](roads::Arc a) { return open[a] < roads::kUnreachable; });
    c.arcs.assign(graph.arcs(), false);
    if (parts.nodes.empty()) return;
    const uint32_t least = std::min(kCrumbNodes, parts.nodes[parts.largest] / 10);
    const auto crumb = [&](roads::Node n) { return parts.nodes[parts.of[n]] < least; };
    for (roads::Arc a = 0; a < graph.arcs(); ++a) c.arcs[a] = crumb(network_->tail[a]) || crumb(graph.head[a]);
  });
  return c.arcs;
}

std::vector<roads::Weight> RoadMetrics::base(size_t profile) const {
  auto out = roads::weights(network_->graph(), profiles_[profile]);
  const auto& closed = crumbs(profile);
  for (size_t a = 0; a < out.size(); ++a)
    if (closed[a]) out[a] = roads::kUnreachable;
  return out;
}

// --- states

roads::RoadState RoadMetrics::effect_of(const RoadState& state, roads::RoadIndex road) const {
  roads::RoadState e;
  e.road = road;
  switch (state.kind) {
    case RoadStateKind::closed: e.closed_forward = e.closed_backward = true; break;
    case RoadStateKind::slow: e.speed_kmh = static_cast<float>(state.speed_kmh); break;
    case RoadStateKind::weight: e.max_weight_kg = static_cast<uint32_t>(std::lround(state.weight_t * 1000)); break;
    case RoadStateKind::one_way: {
      const double turned = std::abs(std::remainder(chord_deg(network_->graph().shape_of(road)) - state.bearing, 360));
      (turned <= 90 ? e.closed_backward : e.closed_forward) = true;
      break;
    }
  }
  return e;
}

std::optional<roads::RoadState> RoadMetrics::strictest(const Effects& effects, roads::RoadIndex road) {
  const auto found = effects.find(road);
  if (found == effects.end()) return std::nullopt;
  roads::RoadState all;
  all.road = road;
  const auto least = [](auto a, auto b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); };
  for (const auto& [state, on] : found->second) {
    all.closed_forward |= on.closed_forward;
    all.closed_backward |= on.closed_backward;
    all.speed_kmh = least(all.speed_kmh, on.speed_kmh);
    all.max_weight_kg = least(all.max_weight_kg, on.max_weight_kg);
  }
  return all;
}

std::vector<roads::ArcChange> RoadMetrics::changes(size_t profile, int period, std::span<const roads::RoadIndex> roads, const Effects& effects) const {
  std::vector<roads::ArcChange> out;
  const auto& closed = crumbs(profile);
  for (const auto road : roads) {
    const auto state = strictest(effects, road);
    for (const auto arc : network_->arcs.of(road))
      out.push_back({arc, closed[arc] ? roads::kUnreachable : roads::weight(network_->graph(), profiles_[profile], arc, period, state ? &*state : nullptr)});
  }
  return out;
}

void RoadMetrics::apply(std::span<const roads::RoadIndex> roads) {
  ++version_;
  std::vector<std::pair<Key, std::shared_ptr<roads::LiveMetric>>> live;
  {
    std::scoped_lock lock(slots_);
    for (const auto& [key, slot] : slot_)
      if (slot.live) live.emplace_back(key, slot.live);
  }
  for (const auto& [key, metric] : live) metric->apply(changes(key.first, key.second, roads, effects_));
}

void RoadMetrics::set(const RoadState& state, std::span<const roads::RoadIndex> hit) {
  std::scoped_lock lock(changing_);
  for (const auto road : hit) {
    auto& on = effects_[road];
    std::erase_if(on, [&](const Effect& e) { return e.state == state.id; });
    on.push_back({state.id, effect_of(state, road)});
  }
  apply(hit);
}

void RoadMetrics::lift(RoadStateId state, std::span<const roads::RoadIndex> hit) {
  std::scoped_lock lock(changing_);
  for (const auto road : hit) {
    const auto found = effects_.find(road);
    if (found == effects_.end()) continue;
    std::erase_if(found->second, [&](const Effect& e) { return e.state == state; });
    if (found->second.empty()) effects_.erase(found);
  }
  apply(hit);
}

size_t RoadMetrics::cost(std::span<const roads::RoadIndex> hit) const {
  size_t arcs = 0;
  for (const auto road : hit) arcs += network_->arcs.of(road).size();
  std::scoped_lock lock(slots_);
  return arcs * std::max<size_t>(1, slot_.size());
}

size_t RoadMetrics::count() const {
  std::scoped_lock lock(slots_);
  return slot_.size();
}

std::optional<roads::RoadState> RoadMetrics::effect(roads::RoadIndex road) const {
  std::scoped_lock lock(changing_);
  return strictest(effects_, road);
}

// --- metrics

// Two that live and one frozen.
size_t RoadMetrics::metric_bytes() const {
  const size_t up = network_->index.hierarchy.up_arcs(), arcs = network_->graph().arcs();
  return 3 * (up * 2 * (sizeof(roads::Weight) + sizeof(roads::Via)) + arcs * sizeof(roads::Weight));
}

void RoadMetrics::drop_old() {
  const size_t most = std::max(kMetricsMin, kMetricBytes / std::max<size_t>(1, metric_bytes()));
  while (slot_.size() > most) {
    auto oldest = slot_.end();
    for (auto it = slot_.begin(); it != slot_.end(); ++it)
      if (!it->second.building && (oldest == slot_.end() || it->second.asked < oldest->second.asked)) oldest = it;
    if (oldest == slot_.end()) return;
    slot_.erase(oldest);
  }
}

void RoadMetrics::build(Key key) {
  const auto [profile, period] = key;
  auto base = roads::weights(network_->graph(), profiles_[profile], period);
  const auto& closed = crumbs(profile);
  for (size_t a = 0; a < base.size(); ++a)
    if (closed[a]) base[a] = roads::kUnreachable;
  std::vector<roads::RoadIndex> touched;
  uint64_t version = 0;
  const auto affected = [&] {
    for (const auto& [road, on] : effects_) touched.push_back(road);
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  };
  {
    std::scoped_lock lock(changing_);
    affected();
    for (const auto& c : changes(profile, period, touched, effects_)) base[c.arc] = c.ms;
    version = version_;
  }
  auto live = std::make_shared<roads::LiveMetric>(network_->index.hierarchy, std::move(base));
  {
    // What has changed meanwhile, and from here on nothing is missed.
    std::scoped_lock lock(changing_);
    if (version != version_) {
      affected();
      live->apply(changes(profile, period, touched, effects_));
    }
    std::scoped_lock slots(slots_);
    auto& slot = slot_[key];
    slot.live = std::move(live);
    slot.building = false;
    drop_old();
  }
  built_.notify_all();
}

Result<std::shared_ptr<const roads::LiveMetric>> RoadMetrics::metric(size_t profile, int period) {
  const Key key{profile, period};
  const bool at_once = network_->index.hierarchy.up_arcs() <= kUpArcsAtOnce;
  bool mine = false;
  {
    std::unique_lock lock(slots_);
    auto& slot = slot_[key];
    slot.asked = ++turn_;
    if (slot.live) return std::shared_ptr<const roads::LiveMetric>(slot.live);
    if (!slot.building) mine = slot.building = true;
    else if (at_once) {
      // Somebody is at it and will be done within the second.
      built_.wait(lock, [&] { return !slot_[key].building; });
      if (const auto live = slot_[key].live) return std::shared_ptr<const roads::LiveMetric>(live);
    }
  }
  if (mine) {
    if (at_once) build(key);
    else later_([self = weak_from_this(), key] {
      if (const auto here = self.lock()) here->build(key);
    });
  }
  std::scoped_lock lock(slots_);
  if (const auto live = slot_[key].live) return std::shared_ptr<const roads::LiveMetric>(live);
  return Error(ErrorCode::kUnavailable, {{"what", "正在准备路网，请稍候 / the road network is being prepared, try again in a moment"}});
}

Result<std::shared_ptr<const roads::Metric>> RoadMetrics::frozen(size_t profile, int period) {
  TRY(live, metric(profile, period));
  uint64_t version = 0;
  {
    std::scoped_lock lock(changing_);
    version = version_;
    std::scoped_lock slots(slots_);
    if (const auto& slot = slot_[{profile, period}]; slot.frozen && slot.frozen_version == version) return slot.frozen;
  }
  // A change that comes while it is copied is in it or not; the version from before makes the next one copy again.
  auto copy = std::make_shared<const roads::Metric>(*live->read());
  std::scoped_lock slots(slots_);
  auto& slot = slot_[{profile, period}];
  slot.frozen = copy;
  slot.frozen_version = version;
  return std::shared_ptr<const roads::Metric>(copy);
}

Result<std::shared_ptr<const roads::Metric>> RoadMetrics::supposed(size_t profile, int period, const RoadState& state, std::span<const roads::RoadIndex> hit) {
  TRY(now, frozen(profile, period));
  auto copy = std::make_shared<roads::Metric>(*now);
  Effects effects;
  {
    std::scoped_lock lock(changing_);
    for (const auto road : hit) {
      if (const auto found = effects_.find(road); found != effects_.end()) effects[road] = found->second;
      effects[road].push_back({state.id, effect_of(state, road)});
    }
  }
  roads::Recustomiser(network_->index.hierarchy).apply(*copy, changes(profile, period, hit, effects));
  return std::shared_ptr<const roads::Metric>(std::move(copy));
}

Spares<roads::RouteQuery>::Lease RoadMetrics::route_query() {
  return route_queries_.take([&] { return std::make_unique<roads::RouteQuery>(network_->index.hierarchy); });
}

Spares<roads::ReachQuery>::Lease RoadMetrics::reach_query() {
  return reach_queries_.take([&] { return std::make_unique<roads::ReachQuery>(network_->index.hierarchy); });
}

Spares<roads::ContourDrawer>::Lease RoadMetrics::contour_drawer() {
  return drawers_.take([&] { return std::make_unique<roads::ContourDrawer>(network_->graph(), network_->junctions); });
}

}  // namespace anlan
