// Whom to send: teams by what they can do, when they would be there, how long they have worked, and what stays at home.
//
// A team arrives when it has left (minutes_to_leave of its record) and driven from where it was seen last within
// kSeenLately, else from where it is registered. It is not sent when it is on a mission, has nobody on stand-by, or has worked
// kRestAfterMinutes of the last day; after kTiredAfterMinutes it counts as arriving kTiredCounts minutes later. With
// keep_reserve one ready team of its speciality stays in each group of towns that lie within the circle of each other. People
// are those on stand-by, where the record says. The choice itself is the engine's (allocate/team_choice.h).
#pragma once

#include <map>
#include <set>

#include "logistics/dispatch_times.h"
#include "logistics/positions.h"
#include "registry/records.h"

namespace anlan {

inline constexpr size_t kTeamsMax = 5'000, kTeamNeedsMax = 50;  // of the capabilities asked for
inline constexpr int64_t kRestAfterMinutes = 12 * 60;  // on missions within 24 hours: practice, no law
inline constexpr int64_t kTiredAfterMinutes = 8 * 60;
inline constexpr int kTiredCounts = 30;
inline constexpr int kReserveMinutes = 30;             // the circle of the reserve rule, by distance at the profile's speed
inline constexpr Millis kSeenLately = hours(2);

struct TeamNeed {
  std::string capability;                // a choice of rescue_team.speciality
  int64_t teams = 0, people = 0, boats = 0;  // at least; all 0: one team
};

struct TeamsQuestion {
  LonLat at;
  std::vector<TeamNeed> needs;
  std::string profile;
  std::optional<UtcTime> depart;
  bool keep_reserve = true;
};

// What the teams are doing.
struct TeamsNow {
  std::set<RecordId> on_mission;
  std::map<RecordId, int64_t> minutes_worked;  // of the last day
  std::map<RecordId, SeenAt> seen;
};

struct TeamChosen {
  RecordId record;
  std::string name, capability;
  int64_t people = 0, boats = 0, leaves_in_minutes = 0, worked_minutes = 0;
  double arrive_minutes = 0, km = 0;     // km: about
  LonLat from;
  Reason reason;
};

struct TeamRefused {
  RecordId record;
  std::string name, capability;
  std::optional<double> arrive_minutes;
  Reason reason;
};

struct TeamsFound {
  std::vector<TeamChosen> chosen;        // by arrival
  std::vector<TeamRefused> refused;      // of the capabilities asked for, by arrival
  std::vector<TeamNeed> unmet;
  std::optional<double> met_minutes;     // when the last of those needed is there; nothing while something is unmet
  bool estimated = false, exact = false;  // exact: no other choice is better (allocate/team_choice.h)
};

// `teams`: records of type rescue_team. kInvalidField for needs that make no sense; kTooLarge; errors of the roads.
Result<TeamsFound> choose_teams(const Pack& pack, const TeamsQuestion& asked, const std::vector<RecordState>& teams, const TeamsNow& now_doing,
                                const AskTimes& times, UtcTime now);

}  // namespace anlan
