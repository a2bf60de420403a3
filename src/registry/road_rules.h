// What a pack declares about moving: who travels how fast, how soon help should be there, what helicopters and vehicles can
// carry, and which fields of a store are goods. Plain values; src/logistics turns them into what the engines want.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "registry/sourced.h"

namespace anlan {

struct TravelPeriod {
  std::string id, zh, en;
  int from_minute = 0, to_minute = 0;     // of the local day; from > to runs past midnight
  double factor = 1;                      // speed × factor ...
  std::map<std::string, double> factors;  // ... but for these classes of road
};

struct TravelProfile : Sourced {
  bool on_foot = false, emergency = false, hazmat = false, truck = false;
  double height_m = 0, width_m = 0, weight_t = 0;  // 0: not checked
  std::map<std::string, double> speeds_kmh;        // by class of road (highway=* of OpenStreetMap); absent: may not use it
  double unpaved_factor = 1, of_limit = 1, per_junction_s = 0;
  double straight_kmh = 0;                         // where no roads are loaded: great circle × detour ÷ this
  double detour = 1.4;
  std::vector<TravelPeriod> periods;
};

// A standard of response: from such facilities, within so many minutes, so large a share.
struct ResponseCircle : Sourced {
  std::vector<std::string> facilities;                       // record types
  std::map<std::string, std::vector<std::string>> where;     // field → choices that count; empty: all
  std::vector<int> minutes;                                  // ascending
  bool by_air = false;
  std::string profile;                                       // of travel, or the aircraft
  double share = 0;                                          // of people that should be within the last of the minutes; 0: none said
};

struct AircraftSpec : Sourced {
  double cruise_kmh = 0, range_km = 0, reserve_minutes = 0;
  double payload_kg = 0, mass_t = 0;                         // at sea level; greatest take-off mass
  double derate_above_m = 3000, derate_per_1000m = 0;        // share of the payload lost
  double ceiling_m = 0;
  double start_minutes = 0, takeoff_landing_minutes = 0, refuel_minutes = 0;
  bool day_only = false;
  double wind_max_ms = 0, visibility_min_km = 0, cloud_base_min_m = 0;
  double pad_m = 0;                                          // side of the smallest landing ground
};

struct Good : Sourced {
  std::string unit;
  std::map<std::string, std::string> fields;                 // record type → its integer field that counts this good
  double kg = 0, m3 = 0;                                     // of one unit
};

struct VehicleKind : Sourced {
  double load_kg = 0, volume_m3 = 0;
  std::string profile;
};

struct RoadBook {
  std::vector<TravelProfile> profiles;
  std::vector<ResponseCircle> circles;
  std::vector<AircraftSpec> aircraft;
  std::vector<Good> goods;
  std::vector<VehicleKind> vehicles;
  const TravelProfile* profile(std::string_view id) const;
  const AircraftSpec* aircraft_of(std::string_view id) const;
};

}  // namespace anlan
