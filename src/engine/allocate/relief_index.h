// A ReliefProblem sorted for the solver: shelves (one depot's free stock of one good), lines (needs that count), and the
// roads by place.
//
// Invariants: shelves are sorted by depot, then good; lines by place, then good. Immutable once built. Cost: O(depots ×
// places + lots log lots).
#pragma once

#include <functional>
#include <span>

#include "allocate/relief_problem.h"

namespace anlan::allocate {

struct Shelf {
  uint32_t depot = 0, good = 0;
  int32_t stock = 0;
};

struct Line {
  uint32_t need = 0, place = 0, good = 0;
  int32_t amount = 0;
  int32_t latest_min = kNoLimit;
  double per_minute = 0;  // weight ÷ amount: what a minute of one unit costs
};

struct ReliefIndex {
  explicit ReliefIndex(const ReliefProblem& problem);

  const ReliefProblem& problem;
  size_t depots, places, goods;
  std::vector<Shelf> shelves;
  std::vector<int32_t> free;              // by lot: what may leave
  std::vector<uint32_t> lots;             // that may leave, by shelf, then expiry
  std::vector<uint32_t> first_lot;        // by shelf, one more than shelves
  std::vector<uint32_t> first_shelf;      // by depot, one more than depots
  std::vector<std::vector<uint32_t>> shelves_of_good;
  std::vector<Line> lines;
  std::vector<uint32_t> first_line;       // by place, one more than places
  std::vector<uint16_t> by_place;         // [place × depots + depot]
  double unmet_all = 0;                   // value of the empty plan

  std::span<const uint16_t> roads_to(uint32_t place) const { return {by_place.data() + place * depots, depots}; }
};

// True when the time is up.
using Stop = std::function<bool()>;

}  // namespace anlan::allocate
