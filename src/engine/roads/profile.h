// Who travels: speeds by class of road, size and weight, what is forbidden to them; and how long an arc then takes.
//
// Profiles are declared in the pack (packs/cn/roads/), with sources; nothing here is a number from law.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

struct SpeedPeriod {
  std::string id;                              // "night", "rush"
  int from_minute = 0, to_minute = 0;          // of the local day; from > to runs past midnight
  std::array<float, kRoadClasses> factor{};    // speed × factor, by class; 1 as at other times
};

struct Profile {
  std::string id, zh, en;
  bool on_foot = false;            // walkers: foot access, no turn bans, no limits of size
  bool emergency = false;          // may use kPrivate and kEmergencyOnly, and ignores a toll; one-way rules hold
  bool hazmat = false;
  bool truck = false;              // bound by kNoTruck
  int height_cm = 0, width_cm = 0, weight_kg = 0;  // 0: not checked
  std::array<float, kRoadClasses> speed_kmh{};     // 0: may not use the class
  float unpaved_factor = 1;        // speed on unpaved roads
  float of_limit = 1;              // share of a posted limit that is reached; the smaller of both speeds counts
  float per_junction_s = 0;        // added to every arc
  std::vector<SpeedPeriod> periods;
};

// A state of one road for the time being.
struct RoadState {
  RoadIndex road = 0;
  bool closed_forward = false, closed_backward = false;
  float speed_kmh = 0;             // at most; 0: as ever
  uint32_t max_weight_kg = 0;      // 0: as ever
};

// Milliseconds of every arc for the profile; `period` indexes profile.periods, -1 for all other times. kUnreachable where
// it may not go. At least 1. O(arcs).
std::vector<Weight> weights(const Graph& graph, const Profile& profile, int period = -1);
// The same for one arc under a state of its road.
Weight weight(const Graph& graph, const Profile& profile, Arc arc, int period = -1, const RoadState* state = nullptr);
// Which period holds at a minute of the local day; -1: none.
int period_at(const Profile& profile, int minute_of_day);

}  // namespace anlan::roads
