// Where the next stations would cover most people who are not covered yet: maximal covering (Church and ReVelle 1974).
//
// Greedy, exactly as if every candidate were weighed again at each step (ties: the lowest number), at the cost of the lazy
// evaluation of Minoux (1978). What it covers is at least 1 - 1/e of the optimum, or half with groups (Nemhauser, Wolsey
// and Fisher 1978). Beside it stands a proven upper bound: coverage is submodular, so for any chosen set S the optimum is
// at most f(S) + the k largest gains after S (one for each group, where groups bind); the least over the steps is taken.
// A branch-and-bound search then improves the choice and the bound within a stated amount of work.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "roads/coverage.h"

namespace anlan::roads {

inline constexpr uint32_t kSitesMax = 100;

struct SiteQuestion {
  const ReachLists* candidates = nullptr;     // places that each would reach within the limit; a place once in a list
  std::span<const uint32_t> people;           // of every place
  std::span<const uint8_t> already_covered;   // of every place; empty: none
  std::span<const uint32_t> group;            // of every candidate: at most one of each group; empty: no such rule
  Weight limit_ms = kUnreachable;             // entries beyond it are passed over
  uint32_t k = 1;                             // 1 .. kSitesMax
  uint64_t exact_work = 20'000'000;           // list entries the exact search may read; 0: greedy only
};

struct SiteAnswer {
  std::vector<uint32_t> chosen;  // at most k; the one that adds most first. Fewer when nothing more can be added
  std::vector<uint64_t> adds;    // people that each adds to those before it
  uint64_t covers = 0;           // people, the sum of adds
  uint64_t bound = 0;            // no choice of k covers more
  bool optimal = false;          // proven: covers == bound
};

// Errors: kInvalidField on "k", "group" or "candidates" (a place that does not exist); kTooLarge beyond 2^31 entries.
// O(entries × steps) at worst, as a rule a few passes over the entries; then exact_work.
Result<SiteAnswer> best_sites(const SiteQuestion& question);

}  // namespace anlan::roads
