// The best teams for a demand: those that meet all of it soonest without stripping any town bare.
//
// Everything counted is a kind with whole amounts: teams of a capability, people, boats, pumps. A team goes whole or not at
// all. Of all permitted choices the one is taken that leaves the least unmet (sum over kinds of the share missing), then is
// complete soonest, then travels least in sum, then has the fewest teams. Up to kExactTeams eligible teams every choice
// is searched and `exact` is true; above, a greedy choice improved by removals and exchanges.
//
// Reserve: a home keeps `keep` of a kind, counting teams that are ready and not chosen; what is missing there may be covered by
// what its neighbours have above their own reserve. A home that had less than its reserve from the start gives none of that
// kind unless neighbours cover the whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace anlan::allocate {

inline constexpr int32_t kUnreachableMin = -1;
inline constexpr size_t kExactTeams = 18;

struct Amount {
  uint32_t kind = 0;
  int32_t amount = 0;
};

struct Team {
  uint32_t home = 0;
  std::vector<Amount> brings;
  int32_t leaves_in_min = 0;
  int32_t travel_min = kUnreachableMin;
  double hours_on_duty = 0;  // of the last 24
  bool ready = true;
};

struct Reserve {
  uint32_t home = 0, kind = 0;
  int32_t keep = 0;
};

struct TeamDemand {
  std::vector<Amount> needs;              // each kind once
  std::vector<Team> teams;                // at most 5,000
  std::vector<Reserve> reserves;
  std::vector<std::vector<uint32_t>> neighbours;  // by home: homes within reach of it; may be shorter than the homes
  int32_t latest_min = INT32_MAX;         // who arrives later is not considered
  double refuse_hours = 16;               // on duty for so long: not sent
  double tired_hours = 10;                // from here on counted as arriving tired_min later
  int32_t tired_min = 60;
};

enum class TeamReason { kChosen, kNotCapable, kNotReady, kTooTired, kUnreachable, kTooLate, kStripsHome, kNotNeeded };

struct TeamVerdict {
  TeamReason reason = TeamReason::kNotNeeded;
  int32_t arrives_min = kUnreachableMin;
  bool tired = false;
  // kStripsHome: which reserve would fall, and by how much.
  uint32_t home = 0, kind = 0;
  int32_t missing = 0;
};

struct TeamChoice {
  std::vector<uint32_t> chosen;           // by arrival
  std::vector<TeamVerdict> verdicts;      // by team
  std::vector<Amount> unmet;
  int32_t complete_min = 0;               // when the last chosen team is there (tiredness counted)
  int64_t travel_min = 0;
  bool exact = false;
};

// kInvalidField when a number is negative or out of range.
[[nodiscard]] Result<TeamChoice> choose_teams(const TeamDemand& demand);

}  // namespace anlan::allocate
