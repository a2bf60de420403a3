// What a dispatcher asks for, and the allocation problem that it is: stores and vehicles from the records, weights and sizes
// from the pack, minutes from the roads.
//
// One piece of each good weighs the same share of the whole: a good's weight is 1,000 over all that is asked of it, times 4,
// 2 or 1 by priority. So the value of a plan over weight_all is the mean minute at which what is asked for arrives, what
// stays unmet counted as kUnmetMinutes.
//
// The engine knows one time between a store and a place. Where the kinds of vehicles travel by different profiles it is the
// slowest of those that can get there; a place that the heavy ones cannot reach takes the light ones alone.
#pragma once

#include <string>
#include <vector>

#include "allocate/relief_problem.h"
#include "logistics/dispatch_times.h"
#include "registry/records.h"

namespace anlan {

inline constexpr size_t kReliefDemandsMax = 1'000, kReliefVehiclesMax = 5'000, kReliefStoresMax = 20'000;
inline constexpr size_t kReliefApproachesMax = 20'000'000;  // places where vehicles stand × stores
inline constexpr int32_t kUnmetMinutes = 2'880;

struct GoodAsked {
  std::string good;
  int64_t amount = 0;
};

struct ReliefDemand {
  PlaceCode place;
  LonLat position;
  std::string name;
  std::vector<GoodAsked> goods;
  int priority = 2;                 // 1 the most urgent, to 3
  std::optional<UtcTime> latest;
};

struct ReliefRequest {
  std::string name;
  PlaceCode place;                  // whose stores and vehicles these are
  std::vector<ReliefDemand> demands;
  double keep_share = 0;            // of every good in every store
  int limit_s = 10;
};

struct ReliefStore {
  RecordId record;
  std::string name;
  LonLat position;
  std::vector<int64_t> stock;       // by ReliefOrder::goods
};

struct ReliefVehicle {
  RecordId record;
  std::string name;
  int number = 1;                   // of those that the record counts
  const VehicleKind* kind = nullptr;
};

// The request with all that is needed to read a plan as people do. The pack must outlive it.
struct ReliefOrder {
  ReliefRequest request;
  UtcTime now;                      // minute 0
  std::vector<const Good*> goods;
  std::vector<ReliefStore> stores;
  std::vector<ReliefVehicle> vehicles;
  struct Line {
    size_t demand = 0, good = 0;
  };
  std::vector<Line> lines;          // as problem.needs
  std::vector<Line> lots;           // as problem.lots: demand is the store
  allocate::ReliefProblem problem;
  double weight_all = 0;
  bool estimated = false;
  int64_t without_position = 0;     // stores and vehicles that were left out for it
};

// `stores` and `vehicles`: those that may be used. kInvalidField with the member of the API for what makes no sense or has
// nothing to work with; kTooLarge beyond the limits above; errors of the roads.
Result<ReliefOrder> relief_order(const Pack& pack, ReliefRequest request, const std::vector<RecordState>& stores, const std::vector<RecordState>& vehicles,
                                 const AskTimes& times, UtcTime now);

// The types of records that hold goods.
std::vector<std::string> types_with_goods(const Pack& pack);

}  // namespace anlan
