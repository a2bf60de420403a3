// What a pack declares about earthquakes: types of buildings and how they break, which casualty models take part, what
// people need, when which response is proposed, how early warnings are passed on. Plain values; src/earthquakes turns them
// into what the engine wants.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "registry/sourced.h"

namespace anlan {

inline constexpr size_t kDesignCodes = 4;  // before any code, low, moderate, high

enum class HysteresisShape { bilinear, clough, pinching };
BOOST_DESCRIBE_ENUM(HysteresisShape, bilinear, clough, pinching)

// What differs between buildings of one type by the code they were designed to.
struct BuildingCode {
  std::array<double, 4> pga_g{};   // median PGA into slight, moderate, severe, destroyed
  double beta = 0.6;               // standard deviation of its natural logarithm
  double yield_g = 0.1;            // yield acceleration
  std::array<double, 4> drift{};   // drift ratio into slight, moderate, severe, destroyed
};

struct BuildingType : Sourced {
  std::array<BuildingCode, kDesignCodes> codes;
  double storey_height_m = 3, period_per_storey_s = 0.1, damping = 0.05;
  double hardening = 0.09, ultimate = 2.5, softening = -0.02, pinching = 0.4, degradation = 0.1;
  HysteresisShape hysteresis = HysteresisShape::bilinear;
  std::array<double, 13> collapse{};       // share collapsed at intensity 6, 6.5 ... 12
  double dead_given_collapse = 0;
  std::array<double, 5> loss_ratio{};      // by grade, of the cost of the building
  double yuan_per_m2 = 0;
};

enum class CasualtyModelName { pager_empirical, pager_semi_empirical, ma_xie_2000, yin };
BOOST_DESCRIBE_ENUM(CasualtyModelName, pager_empirical, pager_semi_empirical, ma_xie_2000, yin)

struct CasualtySpec : Sourced {
  CasualtyModelName model = CasualtyModelName::pager_empirical;
  double weight = 0;
  double bias_ln = 0, sigma_ln = 1;        // ln(computed / observed) deaths of past earthquakes: mean, deviation
};

struct NeedSpec : Sourced {
  std::string unit;
  double per_affected = 0, per_homeless = 0, per_dead = 0, per_injured = 0, per_buried = 0, per_collapsed = 0;
  double cap = 0;                          // 0: none
  double winter = 1;                       // factor from November to March
};

// A response level: proposed when any of its lines is reached.
struct EarthquakeResponse : Sourced {
  int level = 4;                           // 1 is the gravest
  double dead_min = 0;
  double magnitude_dense = 0, magnitude_sparse = 0;  // 0: does not count
};

// Who is told, at once, by a machine: valves, trains, schools.
struct Linkage : Sourced {
  std::string record_type;
  std::string field, choice;               // "" for all of the type
  double intensity = 7;                    // estimated there, from this on
  std::string action_zh, action_en;        // what it is asked to do
  int receipt_seconds = 10;                // without a receipt by then it is shown as not confirmed
};

struct EarthquakePolicy {
  std::string source, effective_from;
  bool verified = false;
  int stations_min = 4;
  double magnitude_min = 4.0;
  double call_intensity = 5.0;             // villages and towns from this on are called
  std::array<double, 4> colours{1, 3, 5, 7};  // intensity from which blue, yellow, orange, red
  bool call_by_itself = true;              // those who answer for the places; never the public
  bool drill = false;                      // everything that leaves is marked as a drill
  std::string public_channel;              // who alone may tell the public
  std::array<double, 3> injured_per_dead{}, buried_per_dead{};  // low, middle, high of what was observed
  std::array<double, 5> homeless{};        // share of the residents of buildings of each grade
  int draws = 100;                         // of the shaking, for the ranges
  double cell_m = 1000;                    // buildings of one cell are estimated together
  double feed_magnitude_min = 3.0;         // of a catalogue, inside the node's place
  double feed_reach_km = 300;              // or this near to it
};

struct EarthquakeBook {
  std::vector<BuildingType> buildings;
  std::vector<CasualtySpec> casualties;
  std::vector<NeedSpec> needs;
  std::vector<EarthquakeResponse> responses;
  std::vector<Linkage> linkages;
  EarthquakePolicy policy;
};

}  // namespace anlan
