#include "gateway/fire_spots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace anlan {
namespace {

struct Nearest {
  uint32_t key = 0;
  double metres = std::numeric_limits<double>::infinity();
  bool found() const { return std::isfinite(metres); }
};

// Of equal ones the lower key. Looks near first: most fires have a neighbour.
template <class Fits>
Nearest nearest(const PointGrid<uint32_t>& grid, LonLat at, double km_max, Fits fits) {
  Nearest best;
  for (double km = std::min(5.0, km_max); !best.found(); km = std::min(km * 3, km_max)) {
    grid.within(at, km, [&](uint32_t key, double metres) {
      if (std::tie(metres, key) < std::tie(best.metres, best.key) && fits(key)) best = {key, metres};
    });
    if (km == km_max) break;
  }
  return best;
}

// The most that was radiated within one pass. By time.
double power_mw(const std::vector<const FireDetection*>& detections) {
  double sum = 0, most = 0;
  size_t oldest = 0;
  for (const auto* d : detections) {
    sum += d->frp_mw;
    while (d->time - detections[oldest]->time > FireSpots::kPass) sum -= detections[oldest++]->frp_mw;
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace

struct FireSpots::Group {
  std::vector<const FireDetection*> detections;  // by time
  PlaceCode place;
  Nearest block;
};

void FireSpots::set_places(std::shared_ptr<const PlaceIndex> places, PlaceCode within) {
  if (places == places_ && within == within_) return;
  places_ = std::move(places);
  within_ = within;
  towns_ = PointGrid<uint32_t>(20);
  const auto& table = places_->places();
  for (uint32_t i = 0; i < table.size(); ++i)
    if (table.level(i) == PlaceLevel::kTown)
      if (const auto at = table.position(i)) towns_.add(i, *at);
}

void FireSpots::set_blocks(std::vector<ForestBlock> blocks) {
  blocks_ = std::move(blocks);
  block_grid_ = PointGrid<uint32_t>(20);
  for (uint32_t i = 0; i < blocks_.size(); ++i) block_grid_.add(i, blocks_[i].at);
}

void FireSpots::restore(RecordId link, PlaceCode place, WarningLevel level, UtcTime at) { said_[{link, link ? PlaceCode() : place}] = {level, at, place, true}; }

PlaceCode FireSpots::place_of(LonLat at) const {
  if (!places_) return {};
  const PlaceCode county = places_->county_at(at);
  const auto& table = places_->places();
  if (!county.empty()) {
    if (!within_.contains(county) && !county.contains(within_)) return {};
    const auto town = nearest(towns_, at, 135, [&](uint32_t i) { return county.contains(table.code(i)); });
    const PlaceCode place = town.found() ? table.code(town.key) : county;
    return within_.contains(place) ? place : PlaceCode();
  }
  const auto town = nearest(towns_, at, kTownKm, [](uint32_t) { return true; });
  if (!town.found()) return {};
  // Counties with boundaries are known ground: what lies outside them is not theirs.
  const PlaceCode place = table.code(town.key);
  if (!within_.contains(place) || places_->boundaries().find(place.at_level(PlaceLevel::kCounty))) return {};
  return place;
}

FireSpots::Taken FireSpots::take(std::span<const FireDetection> detections, const SpotRule& rule, UtcTime now) {
  while (!detections_.empty() && std::get<0>(detections_.begin()->first) + rule.cleared_after <= now) detections_.erase(detections_.begin());
  Taken taken;
  for (const auto& d : detections) {
    if (d.time + rule.cleared_after <= now || d.time > now + kAhead) {
      ++taken.out_of_time;
      continue;
    }
    const Key key{d.time, static_cast<int32_t>(std::lround(d.at.lon * 1e5)), static_cast<int32_t>(std::lround(d.at.lat * 1e5)), d.satellite};
    if (detections_.contains(key)) {
      ++taken.repeated;
      continue;
    }
    const PlaceCode place = place_of(d.at);
    if (place.empty()) {
      ++taken.elsewhere;
      continue;
    }
    if (detections_.size() == kDetectionsMax) {
      ++taken.too_many;
      continue;
    }
    detections_.emplace(key, Seen{d, place});
    ++taken.added;
  }
  return taken;
}

std::map<FireSpots::Subject, FireSpots::Group> FireSpots::groups() const {
  std::vector<FireDetection> all;
  std::vector<const Seen*> seen;
  for (const auto& [key, s] : detections_) all.push_back(s.detection), seen.push_back(&s);
  const auto fires = cluster_fires(all);
  fires_ = fires.size();
  std::map<Subject, Group> out;
  for (const auto& fire : fires) {
    Nearest block;
    for (const auto i : fire.detections) {
      const auto near = nearest(block_grid_, all[i].at, kNearKm, [](uint32_t) { return true; });
      if (std::tie(near.metres, near.key) < std::tie(block.metres, block.key)) block = near;
    }
    const bool guarded = block.found();
    if (!guarded) block = nearest(block_grid_, fire.centre, kNamedKm, [](uint32_t) { return true; });
    const PlaceCode town = seen[fire.detections.front()]->place;
    auto& group = out[guarded ? Subject{blocks_[block.key].record, PlaceCode()} : Subject{RecordId{}, town}];
    if (group.detections.empty()) group.place = guarded && !blocks_[block.key].place.empty() ? blocks_[block.key].place : town;
    if (block.metres < group.block.metres) group.block = block;
    for (const auto i : fire.detections) group.detections.push_back(&seen[i]->detection);
  }
  for (auto& [subject, group] : out) std::sort(group.detections.begin(), group.detections.end(), [](const auto* a, const auto* b) { return a->time < b->time; });
  return out;
}

std::string FireSpots::name_of(const Group& group) const {
  std::string name = fmt::format("卫星火点 {} 个", group.detections.size());
  if (group.block.found()) name += fmt::format(" · 最近 {} {:.1f} km", blocks_[group.block.key].name, group.block.metres / 1000);
  return name;
}

std::vector<AlarmWanted> FireSpots::judge(const SpotRule& rule, bool complete, UtcTime now) {
  while (!detections_.empty() && std::get<0>(detections_.begin()->first) + rule.cleared_after <= now) {
    if (!complete) break;
    detections_.erase(detections_.begin());
  }
  std::vector<AlarmWanted> wanted;
  const auto burning = groups();
  for (const auto& [subject, group] : burning) {
    const double mw = power_mw(group.detections);
    std::optional<WarningLevel> level;
    for (const auto& step : rule.steps)
      if (mw >= step.least_mw) level = step.level;
    const auto said = said_.find(subject);
    if (!level) continue;
    const UtcTime at = group.detections.back()->time;
    if (said == said_.end() || said->second.level != *level || said->second.restored) wanted.push_back({subject.first, name_of(group), group.place, rule.id, level, mw, at});
    said_[subject] = {*level, at, group.place, false};
  }
  if (!complete) return wanted;
  for (auto it = said_.begin(); it != said_.end();) {
    const auto& [subject, said] = *it;
    const auto group = burning.find(subject);
    const bool burns = group != burning.end() && std::any_of(rule.steps.begin(), rule.steps.end(), [&](const SpotStep& s) { return power_mw(group->second.detections) >= s.least_mw; });
    if (burns || (said.restored && said.at + rule.cleared_after > now)) {
      ++it;
      continue;
    }
    wanted.push_back({subject.first, rule.zh, said.place, rule.id, std::nullopt, 0, now});
    it = said_.erase(it);
  }
  return wanted;
}

}  // namespace anlan
