#include "quake/association.h"

#include <algorithm>
#include <cmath>

#include "quake/travel_time.h"

namespace anlan::quake {
namespace {

constexpr double kCompanyKm = 150, kSlowest = 5.0, kCompanySlackS = 1.0;
constexpr size_t kCompanyMax = 12;
constexpr double kWorstS = 1.5, kMeanS = 0.8, kHeardShare = 0.5;
constexpr double kNeighbourKm = 200;

double km(LonLat a, LonLat b) { return distance_m(a, b) / 1000; }
double p_us(const Source& source, LonLat at) { return source.origin_us() + 1e6 * travel_s(Wave::p, km(source.place.epicentre, at), source.place.depth_km); }

bool fits(const Trigger& a, const Trigger& b, double apart_km) { return std::abs(static_cast<double>(a.at_us - b.at_us)) <= (apart_km / kSlowest + kCompanySlackS) * 1e6; }

}  // namespace

double residual_s(const Source& source, const Trigger& trigger) { return (static_cast<double>(trigger.at_us) - p_us(source, trigger.at)) / 1e6; }

double tolerance_s(const Source& source) { return std::clamp(1 + source.place.sigma_km / 8, 1.0, 3.0); }

bool in_shaking(const Source& source, LonLat at, int64_t at_us) {
  const double s = travel_s(Wave::s, km(source.place.epicentre, at), source.place.depth_km);
  const auto t = static_cast<double>(at_us);
  return t > p_us(source, at) - 1e6 && t < source.origin_us() + (s + 90) * 1e6;
}

Network::Network(std::vector<LonLat> stations) : stations_(std::move(stations)), ears_(stations_.size()), grid_(20) {
  for (uint32_t i = 0; i < stations_.size(); ++i) grid_.add(i, stations_[i]);
  neighbours_.assign(stations_.size() * kNeighbours, UINT32_MAX);
  std::vector<std::pair<double, uint32_t>> near;
  for (uint32_t i = 0; i < stations_.size(); ++i) {
    for (double radius = 25; radius <= kNeighbourKm; radius *= 2) {
      near.clear();
      grid_.within(stations_[i], radius, [&](uint32_t other, double m) {
        if (other != i) near.emplace_back(m, other);
      });
      if (near.size() >= kNeighbours) break;
    }
    const size_t n = std::min(near.size(), kNeighbours);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(n), near.end());
    for (size_t k = 0; k < n; ++k) neighbours_[i * kNeighbours + k] = near[k].second;
  }
}

std::optional<Source> Network::place(std::span<const Trigger> members, const Source* near) const {
  if (members.size() < 3) return std::nullopt;
  const Trigger& first = members.front();
  Source source;
  source.zero_us = first.at_us;
  std::vector<Onset> onsets;
  double reach = 0;
  for (const Trigger& t : members.first(std::min(members.size(), kOnsetsMax))) {
    onsets.push_back({t.at, static_cast<double>(t.at_us - source.zero_us) / 1e6, 1});
    reach = std::max(reach, km(first.at, t.at));
  }
  // Farther stations may be quiet because the earthquake is small, nearer ones not.
  std::vector<std::pair<double, uint32_t>> near_first;
  grid_.within(first.at, reach + 20, [&](uint32_t station, double m) {
    if (ears_[station].from_us < first.at_us && ears_[station].until_us > first.at_us) near_first.emplace_back(m, station);
  });
  std::sort(near_first.begin(), near_first.end());
  std::vector<Quiet> quiet;
  for (const auto& [m, station] : near_first) {
    if (quiet.size() == kQuietMax) break;
    if (std::ranges::none_of(members, [&](const Trigger& t) { return t.station == station; }))
      quiet.push_back({stations_[station], static_cast<double>(ears_[station].until_us - source.zero_us) / 1e6});
  }
  std::optional<Hypocentre> before;
  if (near) {
    before = near->place;
    before->origin_s += static_cast<double>(near->zero_us - source.zero_us) / 1e6;
  }
  const auto found = locate(onsets, quiet, before ? &*before : nullptr);
  if (!found) return std::nullopt;
  source.place = *found;
  return source;
}

double Network::heard_share(const Source& source, std::span<const Trigger> members) const {
  if (members.empty()) return 0;
  std::vector<double> reach;
  for (const Trigger& t : members) reach.push_back(km(source.place.epicentre, t.at));
  const auto at = reach.begin() + static_cast<std::ptrdiff_t>((reach.size() - 1) * 3 / 4);
  std::nth_element(reach.begin(), at, reach.end());
  const double within = *at;
  const auto heard = static_cast<double>(std::ranges::count_if(reach, [&](double d) { return d <= within; }));
  double missed = 0;
  const TravelCurve travel(Wave::p, source.place.depth_km);
  grid_.within(source.place.epicentre, within, [&](uint32_t station, double m) {
    const double p = source.origin_us() + 1e6 * travel(m / 1000);
    const Ear& ear = ears_[station];
    if (static_cast<double>(ear.from_us) > p - 5e5 || static_cast<double>(ear.until_us) < p + 5e5) return;
    if (std::ranges::none_of(members, [&](const Trigger& t) { return t.station == station; })) ++missed;
  });
  return heard / (heard + missed);
}

bool Network::in_company(std::span<const Trigger> company, const Trigger& newest, unsigned wanted) const {
  size_t asked = 0, with = 0;
  for (size_t k = 0; k < kNeighbours && asked < kNearestAsked; ++k) {
    const uint32_t station = neighbours_[newest.station * kNeighbours + k];
    if (station == UINT32_MAX) break;
    const bool picked = std::ranges::any_of(company, [&](const Trigger& t) { return t.station == station; });
    with += picked;
    asked += picked || (ears_[station].from_us < newest.at_us && ears_[station].until_us > newest.at_us - 30'000'000);
  }
  return with >= wanted;
}

std::optional<Network::Found> Network::begin(std::span<const Trigger> pending, const Trigger& newest, unsigned stations_min) const {
  std::vector<std::pair<double, Trigger>> near;
  for (const Trigger& t : pending) {
    const double apart = t.station == newest.station ? 0 : km(t.at, newest.at);
    if (t.station == newest.station || apart > kCompanyKm || !fits(t, newest, apart)) continue;
    const auto same = std::ranges::find_if(near, [&](const auto& n) { return n.second.station == t.station; });
    if (same == near.end()) near.emplace_back(apart, t);
    else if (t.at_us > same->second.at_us) same->second = t;
  }
  if (near.size() + 1 < stations_min) return std::nullopt;
  std::sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second.station < b.second.station; });
  if (near.size() > kCompanyMax - 1) near.resize(kCompanyMax - 1);
  Found found;
  for (const auto& [apart, t] : near) found.members.push_back(t);
  if (!in_company(found.members, newest, std::min(3U, stations_min - 1))) return std::nullopt;
  found.members.push_back(newest);
  std::sort(found.members.begin(), found.members.end(), [](const Trigger& a, const Trigger& b) { return a.at_us != b.at_us ? a.at_us < b.at_us : a.station < b.station; });
  while (found.members.size() >= std::max(3U, stations_min)) {
    const auto source = place(found.members, nullptr);
    if (!source) return std::nullopt;
    found.source = *source;
    const auto worst = std::ranges::max_element(found.members, {}, [&](const Trigger& t) { return std::abs(residual_s(found.source, t)); });
    if (std::abs(residual_s(found.source, *worst)) <= kWorstS) {
      if (found.source.place.residual_s > kMeanS || heard_share(found.source, found.members) < kHeardShare) return std::nullopt;
      return found;
    }
    found.members.erase(worst);
  }
  return std::nullopt;
}

}  // namespace anlan::quake
