// Plans relief: which vehicle takes what from which depot to which place, when, within a time limit; and how far the plan is
// at most from the best one.
#pragma once

#include <functional>

#include "allocate/relief_problem.h"

namespace anlan::allocate {

struct SolveLimits {
  // Seconds on any steady clock. Called often, from two threads when threads is 2.
  std::function<double()> seconds;
  double limit_s = 10;       // counted from the call
  int rounds_max = 1'000'000;
  uint64_t seed = 1;
  int threads = 2;           // 1 or 2; a plan depends on the rounds made, not on the threads
};

struct ReliefPlan {
  std::vector<Trip> trips;          // by vehicle, then number
  std::vector<Unmet> unmet;         // by need
  PlanValue value;
  double bound = 0;                 // no plan is below
  double first_plan_s = -1;         // when the first whole plan was there; -1: the time was up before
  int rounds = 0;
  bool proven = false;              // value equals bound within 1e-6
  double gap() const { return value.total() > 0 ? (value.total() - bound) / value.total() : 0; }
};

// After each round, for whoever shows progress.
struct Progress {
  double seconds = 0, value = 0, bound = 0;
};

// Always a plan that `violations` finds nothing in, if need be an empty one. Keeps limit_s to about 50 ms. Errors: those of
// check(problem). Deterministic for equal problem, seed and number of rounds made, unless the limit came near (half a second)
// in one of them.
[[nodiscard]] Result<ReliefPlan> solve(const ReliefProblem& problem, const SolveLimits& limits,
                                       const std::function<void(const Progress&)>& on_round = {});

}  // namespace anlan::allocate
