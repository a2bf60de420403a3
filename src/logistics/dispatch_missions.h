// When teams on their way arrive, under the roads of this minute.
//
// A team that has been seen since it was ordered: from where and when it was seen, so that its arrival moves with it. One
// that has not: from where its record stands and when it was to leave. Never before now: nobody has arrived who has not
// said so. Nothing when there is no way at present.
#pragma once

#include <optional>
#include <vector>

#include "logistics/dispatch_times.h"
#include "logistics/positions.h"

namespace anlan {

inline constexpr size_t kMissionsAsked = 500;  // in one question to the roads; more are asked in turns

struct MissionOnTheWay {
  Mission mission;
  UtcTime ordered_at;
  std::optional<SeenAt> seen;     // the team's last position
  std::optional<LonLat> home;     // of the team's record
};

struct MissionEta {
  std::optional<UtcTime> eta;
  std::optional<int64_t> late_minutes;  // whole, after the time that was planned; negative: early; nothing without an eta
  bool estimated = false;               // by distance
  bool by_position = false;
};

// In the order of `under_way`. A profile that is gone from the pack leaves the
// time that was planned. Errors: those of the roads.
Result<std::vector<MissionEta>> mission_etas(const std::vector<MissionOnTheWay>& under_way, const AskTimes& times, UtcTime now);

}  // namespace anlan
