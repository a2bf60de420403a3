#include "logistics/dispatch_teams.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocate/team_choice.h"
#include "base/point_grid.h"

namespace anlan {
namespace {

constexpr uint32_t kNoGroup = UINT32_MAX;

struct Candidate {
  const RecordState* record = nullptr;
  size_t need = 0;
  int64_t people = 0, boats = 0, leaves = 0, worked = 0;
  LonLat from;
  uint32_t travel_ms = 0;
  uint32_t ms = kNoWay;            // from the start of the question to the arrival
  uint64_t home = 0;               // the town, or the county of a team that no town has
  bool ready = false;              // may be sent, but for the reserve
  bool taken = false;
  std::optional<Reason> refused;
};

Error bad(const char* field, std::string why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", std::move(why)}}); }

int64_t whole(const json::object& fields, std::string_view field, int64_t otherwise) {
  const auto* v = fields.if_contains(field);
  return v && v->is_number() ? static_cast<int64_t>(v->to_number<double>()) : otherwise;
}

const Named* capability_of(const Pack& pack, std::string_view id) {
  const auto* type = pack.record_type("rescue_team");
  if (!type) return nullptr;
  for (const auto& f : type->fields)
    if (f.id == "speciality")
      for (const auto& c : f.choices)
        if (c.id == id) return &c;
  return nullptr;
}

// One need for each capability, in order.
Result<std::vector<TeamNeed>> needs_of(const Pack& pack, const TeamsQuestion& asked) {
  if (asked.needs.empty()) return bad("needs", "请写明需要什么队伍 / which teams are needed");
  if (asked.needs.size() > kTeamNeedsMax) return Error(ErrorCode::kTooLarge, {{"what", "需求 / needs"}, {"limit", "50"}});
  std::vector<TeamNeed> out;
  for (auto n : asked.needs) {
    if (!capability_of(pack, n.capability)) return bad("capability", "没有这种专长 / no such speciality: " + n.capability);
    if (std::min({n.teams, n.people, n.boats}) < 0 || std::max({n.teams, n.people, n.boats}) > 1'000'000) return bad("needs", "应在 0 至 1,000,000 之间 / 0 to 1,000,000");
    if (n.teams == 0 && n.people == 0 && n.boats == 0) n.teams = 1;
    const auto same = std::find_if(out.begin(), out.end(), [&](const TeamNeed& o) { return o.capability == n.capability; });
    if (same == out.end()) {
      out.push_back(std::move(n));
      continue;
    }
    same->teams += n.teams;
    same->people += n.people;
    same->boats += n.boats;
  }
  return out;
}

Reason resting(int64_t worked) {
  const double hours_worked = static_cast<double>(worked) / 60;
  return {"resting", fmt::format("过去 24 小时已执行任务 {:.1f} 小时，应轮休", hours_worked), fmt::format("{:.1f} hours on missions in the last 24, to rest", hours_worked)};
}

std::optional<Reason> cannot_go(const Candidate& c, const TeamsNow& now_doing) {
  if (now_doing.on_mission.contains(c.record->record)) return Reason{"on_mission", "正在执行任务", "on a mission"};
  if (c.people <= 0) return Reason{"nobody_ready", "没有待命人员", "nobody is on stand-by"};
  if (c.worked >= kRestAfterMinutes) return resting(c.worked);
  return std::nullopt;
}

// Groups of ready teams of one speciality that can stand in for each other: the towns within half the circle of one of
// them, so that any two lie within the circle. Of each group one team stays.
std::vector<uint32_t> reserve_groups(const std::vector<Candidate>& all, double half_circle_km) {
  struct Town {
    std::vector<uint32_t> teams;
    LonLat at;
    uint32_t group = kNoGroup;
  };
  std::vector<uint32_t> group(all.size(), 0);
  std::map<std::pair<size_t, uint64_t>, Town> towns;
  for (uint32_t i = 0; i < all.size(); ++i) {
    if (!all[i].ready) continue;
    auto& town = towns[{all[i].need, all[i].home}];
    if (town.teams.empty()) town.at = all[i].record->position.value_or(all[i].from);
    town.teams.push_back(i);
  }
  PointGrid<const std::pair<const std::pair<size_t, uint64_t>, Town>*> grid(std::max(1.0, half_circle_km));
  for (const auto& entry : towns) grid.add(&entry, entry.second.at);
  uint32_t groups = 0;
  for (auto& [key, town] : towns) {
    if (town.group != kNoGroup) continue;
    grid.within(town.at, half_circle_km, [&](const auto* other, double) {
      auto& near = towns.at(other->first);
      if (other->first.first == key.first && near.group == kNoGroup) near.group = groups;
    });
    town.group = groups++;
  }
  for (const auto& [key, town] : towns)
    for (const auto i : town.teams) group[i] = town.group;
  return group;
}

// Home of teams that guard the place itself; no reserve is asked of it.
constexpr uint32_t kGuards = kNoGroup - 1;

// Kinds of the engine: teams, people and boats of each need.
enum Kind : uint32_t { kTeams, kPeople, kBoats, kKinds };
uint32_t kind_of(size_t need, Kind kind) { return static_cast<uint32_t>(need) * kKinds + kind; }

allocate::TeamDemand demand_of(const std::vector<TeamNeed>& needs, const std::vector<Candidate>& all, bool keep_reserve, double half_circle_km) {
  allocate::TeamDemand d;
  d.refuse_hours = kRestAfterMinutes / 60.0;
  d.tired_hours = kTiredAfterMinutes / 60.0;
  d.tired_min = kTiredCounts;
  const auto need = [&](size_t n, Kind kind, int64_t amount) {
    if (amount > 0) d.needs.push_back({kind_of(n, kind), static_cast<int32_t>(amount)});
  };
  for (size_t n = 0; n < needs.size(); ++n) {
    need(n, kTeams, needs[n].teams);
    need(n, kPeople, needs[n].people);
    need(n, kBoats, needs[n].boats);
  }
  const auto groups = reserve_groups(all, half_circle_km);
  std::set<std::pair<uint32_t, uint32_t>> kept;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& c = all[i];
    allocate::Team team;
    // Standing by for the places around is what it is kept for: there it is never held back.
    const bool guards = c.ready && c.travel_ms <= kReserveMinutes * 60'000U;
    team.home = guards ? kGuards : groups[i];
    const auto amount = [](int64_t v) { return static_cast<int32_t>(std::clamp<int64_t>(v, 0, 1'000'000)); };
    team.brings = {{kind_of(c.need, kTeams), 1}, {kind_of(c.need, kPeople), amount(c.people)}, {kind_of(c.need, kBoats), amount(c.boats)}};
    team.leaves_in_min = amount(c.leaves);
    team.travel_min = c.ready ? static_cast<int32_t>((c.travel_ms + 59'999) / 60'000) : allocate::kUnreachableMin;
    team.hours_on_duty = static_cast<double>(c.worked) / 60;
    team.ready = c.ready;
    d.teams.push_back(std::move(team));
    if (keep_reserve && c.ready && !guards && kept.emplace(groups[i], kind_of(c.need, kTeams)).second) d.reserves.push_back({groups[i], kind_of(c.need, kTeams), 1});
  }
  return d;
}

Reason reason_of(const allocate::TeamVerdict& v, const Candidate& c, const Named& what) {
  using enum allocate::TeamReason;
  switch (v.reason) {
    case kStripsHome:
      return {"reserve", fmt::format("须留守：当地及 {} 分钟圈内没有另一支待命的{}队伍", kReserveMinutes, what.zh),
              fmt::format("stays in reserve: no other ready team ({}) in its town or within {} minutes", what.en, kReserveMinutes)};
    case kTooTired: return resting(c.worked);
    case kUnreachable: return {"no_way", "目前没有可通行的路", "no way there at present"};
    case kNotCapable:
    case kNotReady: return {"nobody_ready", "没有待命人员", "nobody is on stand-by"};
    case kChosen:
    case kTooLate:
    case kNotNeeded: break;
  }
  if (v.tired) return {"not_needed", fmt::format("已连续出动 {:.1f} 小时，有更合适的队伍", static_cast<double>(c.worked) / 60), fmt::format("{:.1f} hours on missions already; others are enough", static_cast<double>(c.worked) / 60)};
  return {"not_needed", "更早到达的队伍已经够用", "teams that arrive sooner are enough"};
}

}  // namespace

Result<TeamsFound> choose_teams(const Pack& pack, const TeamsQuestion& asked, const std::vector<RecordState>& teams, const TeamsNow& now_doing,
                                const AskTimes& times, UtcTime now) {
  TRY(needs, needs_of(pack, asked));
  const auto* profile = pack.roads.profile(asked.profile);
  if (!profile) return bad("profile", "没有这种出行方式 / no such profile");

  std::vector<Candidate> all;
  std::vector<LonLat> from;
  std::vector<size_t> row;
  for (const auto& r : teams) {
    const auto* speciality = r.fields.if_contains("speciality");
    if (!speciality || !speciality->is_string()) continue;
    const auto need = std::find_if(needs.begin(), needs.end(), [&](const TeamNeed& n) { return n.capability == std::string_view(speciality->get_string()); });
    if (need == needs.end()) continue;
    Candidate c;
    c.record = &r;
    c.need = static_cast<size_t>(need - needs.begin());
    c.people = whole(r.fields, "ready", whole(r.fields, "people", 0));
    c.boats = whole(r.fields, "boats", 0);
    c.leaves = whole(r.fields, "minutes_to_leave", 0);
    if (const auto it = now_doing.minutes_worked.find(r.record); it != now_doing.minutes_worked.end()) c.worked = it->second;
    const auto town = r.place.at_level(PlaceLevel::kTown);
    c.home = static_cast<uint64_t>((town.empty() ? r.place : town).digits());
    const auto seen = now_doing.seen.find(r.record);
    const bool lately = seen != now_doing.seen.end() && now - seen->second.at <= kSeenLately;
    c.refused = cannot_go(c, now_doing);
    if (lately || r.position) {
      c.from = lately ? seen->second.position : *r.position;
      row.push_back(all.size());
      from.push_back(c.from);
    } else if (!c.refused) {
      c.refused = Reason{"no_position", "没有位置", "it has no position"};
    }
    all.push_back(std::move(c));
  }

  if (all.size() > kTeamsMax) return Error(ErrorCode::kTooLarge, {{"what", "队伍 / teams"}, {"limit", std::to_string(kTeamsMax)}});
  TeamsFound out;
  const LonLat to[] = {asked.at};
  TRY(travel, times(from, to, {asked.profile, asked.depart}));
  out.estimated = travel.estimated;
  for (size_t k = 0; k < row.size(); ++k) {
    auto& c = all[row[k]];
    const uint32_t ms = travel.at(k, 0);
    c.travel_ms = ms;
    if (ms < kNoWay) c.ms = static_cast<uint32_t>(std::min<uint64_t>(uint64_t{ms} + static_cast<uint64_t>(std::max<int64_t>(0, c.leaves)) * 60'000, kNoWay - 1));
    else if (!c.refused) c.refused = Reason{"no_way", "目前没有可通行的路", "no way there at present"};
    c.ready = !c.refused;
  }

  const double half_circle_km = kReserveMinutes / 60.0 * profile->straight_kmh / std::max(1.0, profile->detour) / 2;
  TRY(choice, allocate::choose_teams(demand_of(needs, all, asked.keep_reserve, half_circle_km)));
  out.exact = choice.exact;
  for (const auto i : choice.chosen) all[i].taken = true;
  for (size_t n = 0; n < needs.size(); ++n) {
    TeamNeed unmet{needs[n].capability, 0, 0, 0};
    for (const auto& u : choice.unmet) {
      if (u.kind == kind_of(n, kTeams)) unmet.teams = u.amount;
      if (u.kind == kind_of(n, kPeople)) unmet.people = u.amount;
      if (u.kind == kind_of(n, kBoats)) unmet.boats = u.amount;
    }
    if (unmet.teams + unmet.people + unmet.boats > 0) out.unmet.push_back(std::move(unmet));
  }

  std::vector<uint32_t> order(all.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return std::pair(all[a].ms, all[a].record->record) < std::pair(all[b].ms, all[b].record->record); });
  uint32_t met_ms = 0;
  for (const auto& c : all)
    if (c.taken) met_ms = std::max(met_ms, c.ms);
  for (const auto i : order) {
    auto& c = all[i];
    const auto& capability = needs[c.need].capability;
    const auto* what = capability_of(pack, capability);
    if (!c.taken) {
      // Who would have come later was not needed, whether or not he had to stay.
      auto verdict = choice.verdicts[i];
      if (verdict.reason == allocate::TeamReason::kStripsHome && out.unmet.empty() && c.ms >= met_ms) verdict.reason = allocate::TeamReason::kNotNeeded;
      out.refused.push_back({c.record->record, c.record->name, capability, c.ms < kNoWay ? std::optional(minutes_of(c.ms)) : std::nullopt,
                             c.refused.value_or(reason_of(verdict, c, *what))});
      continue;
    }
    Reason why{"chosen", fmt::format("{}，{} 人", what->zh, c.people), fmt::format("{}, {} people", what->en, c.people)};
    if (c.boats > 0) {
      why.zh += fmt::format("、冲锋舟 {} 艘", c.boats);
      why.en += fmt::format(", {} boats", c.boats);
    }
    why.zh += fmt::format("；{} 分钟内出动，{:.0f} 分钟后到", c.leaves, minutes_of(c.ms));
    why.en += fmt::format("; leaves within {} minutes, there in {:.0f}", c.leaves, minutes_of(c.ms));
    if (c.worked >= 60) {
      why.zh += fmt::format("；过去一天已执行任务 {:.1f} 小时", static_cast<double>(c.worked) / 60);
      why.en += fmt::format("; {:.1f} hours on missions in the last day", static_cast<double>(c.worked) / 60);
    }
    out.chosen.push_back({c.record->record, c.record->name, capability, c.people, c.boats, c.leaves, c.worked, minutes_of(c.ms), km_about(pack, asked.profile, c.from, asked.at), c.from, std::move(why)});
  }
  if (out.unmet.empty()) out.met_minutes = minutes_of(met_ms);
  return out;
}

}  // namespace anlan
