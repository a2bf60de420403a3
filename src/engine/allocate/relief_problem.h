// What is to be carried where with which vehicles, the plan that answers it, and an independent judge of plans.
//
// Times are whole minutes from the moment of planning. A vehicle makes trips one after the other: it drives to one depot,
// loads (load_min), drives to one place, its goods have arrived, it unloads (unload_min) and is free there. The way back
// takes as long as the way out. A convoy is one vehicle: capacities are the sums, `trucks` their number, it is available
// when its last member is.
//
// The value of a plan, in weighted minutes (less is better):
//   sum over needs: weight × mean minute of arrival of its amount, what stays unmet counted as arriving at unmet_min
//   + drive_weight × sum over trips: trucks × minutes driven.
// So a need of weight 1,000 that is met an hour earlier is worth 60,000, as one of weight 500 met two hours earlier.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"

namespace anlan::allocate {

inline constexpr uint16_t kNoWay = 0xFFFF;
inline constexpr int32_t kNoLimit = std::numeric_limits<int32_t>::max();

struct Good {
  double unit_kg = 1;
  double unit_m3 = 0;
};

struct Depot {
  double keep_share = 0;  // of every good this share stays, rounded up: no town is stripped bare
};

// For one good of one depot, instead of its keep_share.
struct Keep {
  uint32_t depot = 0, good = 0;
  double share = 0;
};

// Lots that expire before ReliefProblem::lasting_until_min are not shipped. The others leave first-expired-first-out; what
// is kept is the part that lasts longest.
struct Lot {
  uint32_t depot = 0, good = 0;
  int32_t amount = 0;
  int32_t expires_min = kNoLimit;
};

struct Place {
  int32_t largest_class = kNoLimit;  // no vehicle of a higher size_class can reach it
};

struct Need {
  uint32_t place = 0, good = 0;
  int32_t amount = 0;
  double weight = 1;                // of the whole amount; e.g. people who wait × urgency
  int32_t latest_min = kNoLimit;    // arrivals after it do not count and are not planned
};

struct Vehicle {
  double kg = 0, m3 = 0;
  uint32_t start = 0;               // row of start_minutes
  int32_t size_class = 0;
  int32_t trucks = 1;
  int32_t available_min = 0;
  int32_t duty_min = 600;           // driving, loading and unloading, from available_min to the end of the last unloading
};

struct ReliefProblem {
  std::vector<Good> goods;
  std::vector<Depot> depots;
  std::vector<Keep> keeps;
  std::vector<Lot> lots;
  std::vector<Place> places;
  std::vector<Need> needs;
  std::vector<Vehicle> vehicles;
  std::vector<uint16_t> road_minutes;   // [depot × places + place]; kNoWay: none
  std::vector<uint16_t> start_minutes;  // [start × depots + depot]; kNoWay: none, or not wanted
  int32_t load_min = 30, unload_min = 30;
  int32_t lasting_until_min = 2880;
  int32_t unmet_min = 2880;
  double drive_weight = 0;

  uint16_t road(size_t depot, size_t place) const { return road_minutes[depot * places.size() + place]; }
  uint16_t approach(size_t start, size_t depot) const { return start_minutes[start * depots.size() + depot]; }
};

// kInvalidField when an index points nowhere, a size does not fit or a number is negative or not finite. At most 1,000,000
// depots, places, needs, vehicles each and 4,096 goods; times up to 100,000 minutes; amounts of one need up to 1e9.
[[nodiscard]] Result<void> check(const ReliefProblem& problem);

// What may leave a depot of each lot, after expiry and what is kept: index as in lots.
std::vector<int32_t> free_amounts(const ReliefProblem& problem);

struct Load {
  uint32_t need = 0, lot = 0;
  int32_t amount = 0;
  bool operator==(const Load&) const = default;
};

struct Trip {
  uint32_t vehicle = 0, number = 0;  // number: 0 for the first of this vehicle
  uint32_t depot = 0, place = 0;
  int32_t starts_min = 0;    // leaves for the depot
  int32_t departs_min = 0;   // loaded
  int32_t arrives_min = 0;
  int32_t free_min = 0;      // unloaded
  int32_t driven_min = 0;
  std::vector<Load> loads;
  bool operator==(const Trip&) const = default;
};

enum class UnmetReason { kNoStock, kNoVehicleTime, kWindow, kNoWay, kNotWorthIt };
struct Unmet {
  uint32_t need = 0;
  int32_t amount = 0;
  UnmetReason reason = UnmetReason::kNoStock;
  bool operator==(const Unmet&) const = default;
};

struct PlanValue {
  double waiting = 0;  // of what arrives
  double unmet = 0;    // of what does not
  double driving = 0;
  double total() const { return waiting + unmet + driving; }
};

PlanValue value(const ReliefProblem& problem, const std::vector<Trip>& trips);

// Every constraint a plan breaks, one sentence each, at most `most`; none when it may be carried out. It shares no code with
// the solver. The trips may be in any order.
std::vector<std::string> violations(const ReliefProblem& problem, const std::vector<Trip>& trips, size_t most = 20);

}  // namespace anlan::allocate
