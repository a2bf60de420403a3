#include "logistics/coverage_reach.h"

#include <algorithm>
#include <cmath>

#include "roads/detour.h"

namespace anlan {
namespace {

constexpr Millis kPeopleStale = seconds(60);

roads::ReachLists straight_lists(const TravelProfile& profile, std::span<const LonLat> from, std::span<const LonLat> to, roads::Weight limit) {
  const auto detour = roads::Detour::make(std::max(1.0, profile.detour), std::max(1.0, profile.straight_kmh));
  return detour ? detour->reach(from, to, limit) : roads::ReachLists{};
}

// Start, take-off and landing, and the great circle; within the range that leaves the reserve, there and back.
roads::ReachLists air_lists(const AircraftSpec& aircraft, std::span<const LonLat> from, std::span<const LonLat> to, roads::Weight limit) {
  const double fixed_ms = (aircraft.start_minutes + aircraft.takeoff_landing_minutes) * 60'000;
  const double range_km = std::max(0.0, aircraft.range_km - aircraft.cruise_kmh * aircraft.reserve_minutes / 60) / 2;
  const double km = std::min(range_km, (limit - fixed_ms) / 3.6e6 * aircraft.cruise_kmh);
  roads::ReachLists out;
  std::vector<roads::PlaceTime> list;
  for (const auto f : from) {
    list.clear();
    if (km > 0)
      for (uint32_t v = 0; v < to.size(); ++v) {
        if (std::abs(to[v].lat - f.lat) > km / 110) continue;
        const double away = distance_m(f, to[v]) / 1000;
        if (away <= km) list.push_back({v, static_cast<roads::Weight>(fixed_ms + away / aircraft.cruise_kmh * 3.6e6)});
      }
    out.add(list);
  }
  return out;
}

}  // namespace

// --- villages

std::shared_ptr<const CoveredVillages> Coverage::villages() {
  std::scoped_lock one(villages_mutex_);
  const auto index = places_.get();
  {
    std::scoped_lock lock(mutex_);
    if (villages_ && villages_->places == index && clock_.monotonic() - villages_at_ < kPeopleStale) return villages_;
  }
  auto made = std::make_shared<CoveredVillages>();
  made->places = index;
  const auto& table = index->places();
  std::unordered_map<int64_t, uint32_t> at;  // village → its place in the lists
  const auto range = table.range(top_);
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (table.level(i) != PlaceLevel::kVillage) continue;
    const auto position = table.position(i);
    if (!position) continue;
    at.emplace(table.code(i).digits(), static_cast<uint32_t>(made->place.size()));
    made->place.push_back(i);
    made->at.push_back(*position);
  }
  made->people.assign(made->place.size(), 0);
  made->known.assign(made->place.size(), 0);
  if (pack_.record_type("village_group"))
    for (const auto& group : records_.within("village_group", top_)) {
      const auto* people = group.fields.if_contains("people");
      const auto found = at.find(group.place.at_level(PlaceLevel::kVillage).digits());
      if (!people || !people->is_int64() || people->get_int64() < 0 || found == at.end()) continue;
      made->people[found->second] += static_cast<uint32_t>(std::min<int64_t>(people->get_int64(), 1'000'000));
      made->known[found->second] = 1;
    }
  std::scoped_lock lock(mutex_);
  villages_at_ = clock_.monotonic();
  // As before: what was put together from the last one stays good.
  if (villages_ && villages_->places == index && villages_->people == made->people && villages_->known == made->known) return villages_;
  villages_ = std::move(made);
  return villages_;
}

// --- on the roads

Coverage::OnNetwork::OnNetwork(const RoadMetrics& metrics, size_t p, std::shared_ptr<const CoveredVillages> v)
    : network(metrics.shared_network()), villages(std::move(v)), profile(p) {
  const auto base = metrics.base(profile);
  const auto& graph = network->graph();
  const auto use = [&](roads::RoadIndex r) {
    const auto arcs = network->arcs.of(r);
    return std::any_of(arcs.begin(), arcs.end(), [&](roads::Arc a) { return base[a] < roads::kUnreachable; });
  };
  roads::Stops stops;
  for (uint32_t i = 0; i < villages->at.size(); ++i) {
    const auto at = network->snap.nearest(villages->at[i], kSnapMetres, use);
    access.push_back(at ? access_ms(metrics.declared(profile), at->distance_m) : 0);
    road.push_back(at ? at->road : roads::kNone);
    if (!at) {
      off_road.push_back(i);
      off_road_at.push_back(villages->at[i]);
    } else {
      by_road[at->road].push_back(i);
      for (const auto arc : network->arcs.of(at->road)) {
        if (base[arc] >= roads::kUnreachable) continue;
        way.push_back({arc, static_cast<float>(graph.backward(arc) ? 1 - at->fraction : at->fraction)});
        village_of_way.push_back(i);
        stops.add(network->tail[arc]);
      }
    }
    first.push_back(static_cast<uint32_t>(way.size()));
  }
  selection = std::make_unique<roads::Selection>(network->index.hierarchy, std::move(stops));
}

uint32_t Coverage::OnNetwork::last_bit(size_t w, std::span<const roads::Weight> weights) const {
  const auto ms = weights[way[w].arc];
  return ms >= roads::kUnreachable ? roads::kUnreachable : static_cast<uint32_t>(std::lround(static_cast<double>(ms) * way[w].share));
}

Result<std::shared_ptr<const Coverage::OnNetwork>> Coverage::on_network(const std::shared_ptr<RoadMetrics>& metrics, size_t profile,
                                                                       const std::shared_ptr<const CoveredVillages>& villages) {
  constexpr size_t kMost = 8;
  std::scoped_lock one(network_mutex_);
  const auto find = [&]() -> std::shared_ptr<const OnNetwork> {
    std::scoped_lock lock(mutex_);
    for (auto it = on_network_.begin(); it != on_network_.end(); ++it)
      if ((*it)->network == metrics->shared_network() && (*it)->villages->places == villages->places && (*it)->profile == profile) {
        on_network_.splice(on_network_.begin(), on_network_, it);
        return on_network_.front();
      }
    return nullptr;
  };
  if (auto here = find()) return here;
  auto made = std::make_shared<const OnNetwork>(*metrics, profile, villages);
  std::scoped_lock lock(mutex_);
  std::erase_if(on_network_, [&](const auto& o) { return o->network != metrics->shared_network() || o->villages->places != villages->places; });
  on_network_.push_front(made);
  if (on_network_.size() > kMost) on_network_.pop_back();
  return made;
}

Result<Coverage::Reacher> Coverage::reacher(const CoverageAsked& asked) {
  Reacher r;
  r.villages = villages();
  // Half as long again, to say how late those come who are not in time.
  r.limit = static_cast<roads::Weight>(asked.minutes.back() * 60'000 * 1.5);
  if (asked.by_air) {
    r.aircraft = pack_.roads.aircraft_of(asked.profile);
    if (!r.aircraft) return Error(ErrorCode::kInvalidField, {{"field", "profile"}, {"why", "没有这种机型 / no such aircraft"}});
    return r;
  }
  TRY(profile, profile_index(pack_.roads, asked.profile));
  r.profile = profile;
  r.declared = &pack_.roads.profiles[profile];
  r.metrics = roads_.metrics();
  if (!r.metrics) {
    r.estimated = true;
    return r;
  }
  r.period = period_of(r.metrics->profile(profile), asked.depart.value_or(clock_.now()), roads_.utc_offset_minutes());
  TRY(metric, r.metrics->frozen(profile, r.period));
  r.metric = std::move(metric);
  TRY(on, on_network(r.metrics, profile, r.villages));
  r.on = std::move(on);
  r.estimated = !r.on->off_road.empty();
  return r;
}

roads::ReachLists Coverage::Reacher::lists(std::span<const LonLat> from) const {
  if (aircraft) return air_lists(*aircraft, from, villages->at, limit);
  if (!metrics) return straight_lists(*declared, from, villages->at, limit);
  return lists(from, *metric);
}

roads::ReachLists Coverage::Reacher::lists(std::span<const LonLat> from, const roads::Metric& times) const {
  const auto& network = *on->network;
  const auto& graph = network.graph();
  roads::Stops sources;
  std::vector<roads::Snap> snaps;
  std::vector<uint32_t> access;
  std::vector<LonLat> off;
  for (const auto at : from) {
    auto snap = network.snap.snap(at, times.input, {.radius_m = kSnapMetres, .heading_deg = {}, .search_m = kSnapMetres});
    std::vector<roads::Start> starts;
    const bool found = snap.reason == roads::SnapReason::kFound;
    access.push_back(found ? access_ms(*declared, snap.point->distance_m) : 0);
    if (found)
      for (const auto& a : snap.arcs) starts.push_back({graph.head[a.arc], a.to_head_ms + access.back()});
    else off.push_back(at);
    sources.add(starts);
    snaps.push_back(std::move(snap));
  }
  const auto found = on->selection->within(times, sources, limit);
  // Straight: stations on no road to all villages, and all stations to villages on no road.
  const auto to_off_road = straight_lists(*declared, from, on->off_road_at, limit);
  const auto from_off_road = straight_lists(*declared, off, villages->at, limit);

  roads::ReachLists out;
  std::vector<roads::PlaceTime> list;
  uint32_t next_off = 0;
  for (uint32_t s = 0; s < from.size(); ++s) {
    list.clear();
    if (snaps[s].reason != roads::SnapReason::kFound) {
      out.add(from_off_road.of(next_off++));
      continue;
    }
    const auto take = [&](uint32_t village, uint64_t ms) {
      if (ms > limit) return;
      if (!list.empty() && list.back().place == village) list.back().ms = std::min(list.back().ms, static_cast<roads::Weight>(ms));
      else list.push_back({village, static_cast<roads::Weight>(ms)});
    };
    for (const auto& e : found.of(s)) {
      const uint32_t v = on->village_of_way[e.place];
      take(v, uint64_t{e.ms} + on->last_bit(e.place, times.input) + on->access[v]);
    }
    const size_t on_road = list.size();
    // Those along the very road on which the station lies.
    if (const auto same = on->by_road.find(snaps[s].point->road); same != on->by_road.end())
      for (const uint32_t v : same->second)
        for (uint32_t w = on->first[v]; w < on->first[v + 1]; ++w)
          for (const auto& a : snaps[s].arcs)
            if (a.arc == on->way[w].arc)
              if (const uint32_t until = on->last_bit(w, times.input); until < roads::kUnreachable && a.from_tail_ms <= until)
                if (const uint64_t ms = uint64_t{until} - a.from_tail_ms + access[s] + on->access[v]; ms <= limit) list.push_back({v, static_cast<roads::Weight>(ms)});
    for (const auto& e : to_off_road.of(s)) list.push_back({on->off_road[e.place], e.ms});
    if (list.size() > on_road) {
      // Of two times for a village the lesser first: CoverageState takes the earlier.
      std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return std::pair(a.place, a.ms) < std::pair(b.place, b.ms); });
      list.erase(std::unique(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.place == b.place; }), list.end());
    }
    out.add(list);
  }
  return out;
}

}  // namespace anlan
