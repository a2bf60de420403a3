#include "logistics/dispatch_missions.h"

#include <algorithm>
#include <map>

namespace anlan {
namespace {

int64_t whole_minutes(Millis span) {
  return span.count >= 0 ? span.count / 60'000 : -(-span.count / 60'000);
}

}  // namespace

double km_about(const Pack& pack, std::string_view profile, LonLat from, LonLat to) {
  const auto* p = pack.roads.profile(profile);
  return std::round(distance_m(from, to) * (p ? p->detour : 1.4) / 100) / 10;
}

Result<std::vector<MissionEta>> mission_etas(const std::vector<MissionOnTheWay>& under_way, const AskTimes& times, UtcTime now) {
  std::vector<MissionEta> out(under_way.size());
  struct Leg {
    size_t mission;
    UtcTime starts;
  };
  std::map<std::string, std::vector<Leg>> by_profile;
  for (size_t i = 0; i < under_way.size(); ++i) {
    const auto& m = under_way[i];
    const bool seen = m.seen && m.seen->at > m.ordered_at;
    out[i].by_position = seen;
    if (seen || m.home) by_profile[m.mission.profile].push_back({i, seen ? m.seen->at : m.mission.leaves});
    else out[i].eta = m.mission.due;
  }
  std::vector<std::pair<std::string, std::vector<Leg>>> questions;
  for (auto& [profile, all] : by_profile)
    for (size_t first = 0; first < all.size(); first += kMissionsAsked)
      questions.emplace_back(profile, std::vector<Leg>(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), first + kMissionsAsked))));
  for (const auto& [profile, legs] : questions) {
    std::vector<LonLat> from, to;
    for (const auto& leg : legs) {
      const auto& m = under_way[leg.mission];
      from.push_back(out[leg.mission].by_position ? m.seen->position : *m.home);
      to.push_back({m.mission.lon, m.mission.lat});
    }
    const auto asked = times(from, to, {profile, std::nullopt});
    if (!asked && asked.error().code != ErrorCode::kInvalidField) return asked.error();
    for (size_t k = 0; k < legs.size(); ++k) {
      auto& eta = out[legs[k].mission];
      if (!asked) {
        eta.eta = under_way[legs[k].mission].mission.due;
        continue;
      }
      eta.estimated = asked->estimated;
      if (const uint32_t ms = asked->at(k, k); ms < kNoWay) eta.eta = legs[k].starts + milliseconds(ms);
    }
  }
  for (size_t i = 0; i < out.size(); ++i) {
    if (!out[i].eta) continue;
    out[i].eta = std::max(*out[i].eta, now);
    out[i].late_minutes = whole_minutes(*out[i].eta - under_way[i].mission.due);
  }
  return out;
}

}  // namespace anlan
