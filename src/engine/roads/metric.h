// The weights of a hierarchy for one vehicle, and how they follow when some roads change.
//
// up[a] is the least time from the tail of arc a to its head over nodes of lower rank than both, down[a] the way back.
// Via says what it is made of: two arcs of a lower node, or an input arc, or nothing where there is no way. Customisation is
// the basic one of Dibbelt et al. 2016: every lower triangle once, O(triangles). A change touches only the arcs whose time
// goes through what changed; the result equals a customisation from new (values; ties may choose another way).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "roads/hierarchy.h"

namespace anlan::roads {

struct ArcChange {
  Arc arc = 0;
  Weight ms = kUnreachable;
};

// With z below x below y: the arc from x up to y goes down `low` (z to x) and up `high` (z to y); the way back goes down
// `high` and up `low`. high == kNone: `low` is an input arc, or kNone.
struct Via {
  uint32_t low = kNone, high = kNone;
};

struct Metric {
  std::vector<Weight> input;  // by input arc
  std::vector<Weight> up, down;
  std::vector<Via> via_up, via_down;
};

// `threads` change the time it takes, not the result.
Metric customise(const Hierarchy& hierarchy, std::vector<Weight> weights, int threads = 2);

// Scratch for changes, reused; one thread at a time. Memory O(arcs of the hierarchy / 8 + nodes).
class Recustomiser {
 public:
  explicit Recustomiser(const Hierarchy& hierarchy);
  // Sets the weights and brings the metric up to date. Returns how many arcs of the hierarchy were looked at.
  size_t apply(Metric& metric, std::span<const ArcChange> changes);

 private:
  void mark(UpArc arc, Rank tail);
  // The least time of an arc from its inputs and lower triangles.
  void recompute(Metric& metric, Rank tail, UpArc arc) const;

  const Hierarchy& h_;
  std::vector<uint64_t> dirty_;       // bit per arc
  std::vector<uint64_t> waiting_;     // bit per rank, and a bit per word of it above
  std::vector<uint64_t> waiting_top_;
};

}  // namespace anlan::roads
