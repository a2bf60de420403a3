// Help by helicopter: who arrives first at which landing point, where he refuels, and why somebody cannot come.
//
// A sortie is one aircraft at its base with full tanks. Legs are great circles at cruising speed plus a fixed time for
// taking off and landing; fuel is counted in minutes of flight, that time included, and a reserve stays in the tanks. On
// the way it may land at points with fuel and fill up. Where it ends without fuel it must be able to go on to a point that
// has some, unless told otherwise. At night a take-off or landing needs an aircraft and a point that are fit for it;
// whoever is not waits for the day, up to the horizon. Wind, visibility and cloud are those at the points, and hold for
// the whole time; weather between them, wind drift, and fuel traded for load are not in it.
//
// Landing on the way is for filling up and nothing else: nobody spends the night at a pad without fuel to be nearer at
// dawn. Under that rule the answer is exact: of the states (point, fuel) only full tanks matter, and whoever is ready
// earlier arrives no later, since waiting is allowed; so a label-setting search (Dijkstra 1959) over the points with fuel
// gives the earliest arrival.
// Numbers of aircraft come from the pack (packs/cn/roads/aircraft.yaml).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "base/time.h"
#include "roads/coverage.h"
#include "roads/daylight.h"
#include "roads/graph.h"

namespace anlan::roads {

struct Aircraft {
  std::string id, zh, en;
  double cruise_kmh = 0;
  double range_km = 0;             // with full tanks and no reserve
  double endurance_minutes = 0;    // the same as a time; 0: range_km / cruise_kmh
  double reserve_minutes = 0;
  double payload_kg = 0;           // up to derate_above_m
  double derate_above_m = 0, derate_per_1000m = 0;  // share of the payload lost with each 1,000 m more
  double ceiling_m = 0;            // highest landing; 0: not checked
  double mass_t = 0;               // that a pad must bear; 0: not checked
  double pad_m = 0;                // that a pad must measure; 0: not checked
  double start_minutes = 0;        // from the alarm to the take-off
  double takeoff_landing_minutes = 0;  // of each leg
  double refuel_minutes = 0;
  bool day_only = false;
  double wind_max_ms = 0;          // 0: not checked
  double visibility_min_km = 0, cloud_base_min_m = 0;
};

struct AirPoint {
  LonLat at;
  double elevation_m = 0;
  double size_m = 0;       // the smaller side; 0: unknown, not checked
  double bears_t = 0;      // 0: unknown, not checked
  bool fuel = false;
  bool night = false;      // lit
};

struct AirWeather {
  double wind_ms = 0;
  double visibility_km = std::numeric_limits<double>::infinity();
  double cloud_base_m = std::numeric_limits<double>::infinity();
};

struct Sortie {
  uint32_t point = 0, aircraft = 0;
  Weight ready_ms = 0;  // after the start; crew and load are there
};

struct AirQuestion {
  UtcTime start;
  std::span<const Aircraft> aircraft;
  std::span<const AirPoint> points;      // bases, pads and landing points; all are destinations
  std::span<const Sortie> sorties;
  std::span<const AirWeather> weather;   // none (unknown, not checked), one for all, or one for each point
  double load_kg = 0;                    // to be carried all the way
  Weight horizon_ms = 24 * 3'600'000;    // later arrivals do not count; at most kAirHorizonMax
  bool fuel_to_leave = true;
  double sun_deg = kSunriseDeg;          // altitude of the sun from which it is day
};
inline constexpr Weight kAirHorizonMax = 48 * 3'600'000;
inline constexpr size_t kSortiesMax = 1'000;
inline constexpr size_t kAirPairsMax = 30'000'000;  // points with fuel × points

enum class AirRefusalReason : uint8_t {
  kAllowed,
  kPadTooSmall,   // value, limit: metres it has, metres needed
  kPadTooWeak,    // tonnes it bears, tonnes
  kTooHigh,       // metres, ceiling
  kTooHeavy,      // kg to carry, kg that can be carried at that height
  kWind,          // m/s, greatest
  kVisibility,    // km, least
  kCloudBase,     // m, least
  kOutOfRange,    // minutes of flight to there and on to fuel, minutes in the tanks without the reserve
  kNight,         // minutes until it is day there, minutes of the horizon
  kTooLate,       // minutes needed at least, minutes of the horizon
  kNoAircraft,    // there is no sortie at all
};
struct AirRefusal {
  AirRefusalReason reason = AirRefusalReason::kAllowed;
  uint32_t sortie = kNone;  // whose base is nearest
  uint32_t point = kNone;   // where: the base or the destination
  double value = 0, limit = 0;
};

struct AirArrival {
  uint32_t sortie = kNone;
  Weight ms = kUnreachable;     // on the ground there, after the start
  AirRefusal refusal;           // where nobody comes
};
struct AirLeg {
  uint32_t from = 0, to = 0;
  Weight depart_ms = 0, arrive_ms = 0;
};

struct AirPlan {
  std::vector<AirArrival> at;                // of every point
  std::vector<std::vector<AirLeg>> to_stop;  // of every sortie, for each point with fuel that it reaches: the last leg
  std::vector<AirLeg> last_leg;              // of every point

  // From the base to the point, stops between; none where nobody comes, or the sortie stands there already.
  std::vector<AirLeg> legs(uint32_t point) const;
};

// Errors: kInvalidField (field "aircraft", "points", "sorties", "weather", "horizon" or "load"), kTooLarge beyond the
// bounds above. O(types of aircraft × points with fuel and bases × points).
Result<AirPlan> plan_air(const AirQuestion& question);

// For each sortie the points that it reaches within the limit: "one hour by air", in the form that coverage reads
// (facility: the sortie; place: the point). Errors as above. O(sorties × those with fuel within the limit × points).
Result<ReachLists> air_reach(const AirQuestion& question, Weight limit_ms);

// Team to base by road, by air, landing point to place by road.
struct AirChain {
  uint32_t team = kNone;     // kNone: the crew alone, ready as the sortie says
  uint32_t sortie = kNone, landing = kNone;
  Weight ms = kUnreachable;  // at the place
  Weight take_off_ready_ms = 0, landed_ms = 0;
};
// For each of `places` the earliest chain. `teams_to_sorties`: of each team the sorties (place: index of the sortie) whose
// base it reaches, and when; none: no team is needed. With teams, a sortie that none of them reaches stays on the ground.
// `landings_to_places`: one list for each point (empty where it has no road). Errors as above, and "teams", "landings".
Result<std::vector<AirChain>> air_road_chains(const AirQuestion& question, const ReachLists& teams_to_sorties,
                                              const ReachLists& landings_to_places, uint32_t places);

}  // namespace anlan::roads
