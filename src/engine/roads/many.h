// From many places to many: all times, or those within a limit.
//
// The nodes above the targets are selected once; then sixteen sources at a time climb, and one sweep down the selection
// serves all sixteen side by side (RPHAST: Delling, Goldberg, Werneck 2011; lanes: PHAST). Within a limit, a subtree that
// none of the sixteen can reach in time is left out. O(arcs of the selection × sources / 16) steps of one vector each.
// Results do not depend on the number of threads.
#pragma once

#include <span>
#include <vector>

#include "roads/metric.h"
#include "roads/reach.h"
#include "roads/reached.h"

namespace anlan::roads {

// Places as the network knows them: each has one or more nodes with the time from them (to them, for a source).
class Stops {
 public:
  void add(std::span<const Start> at) {
    list_.insert(list_.end(), at.begin(), at.end());
    first_.push_back(static_cast<uint32_t>(list_.size()));
  }
  void add(Node node) { const Start s{node, 0}; add({&s, 1}); }
  uint32_t size() const { return static_cast<uint32_t>(first_.size() - 1); }
  // Empty: the place is on no road; it is reached by nobody.
  std::span<const Start> operator[](uint32_t i) const { return std::span(list_).subspan(first_[i], first_[i + 1] - first_[i]); }

 private:
  std::vector<uint32_t> first_{0};
  std::vector<Start> list_;
};

// The part of a hierarchy above a set of targets. Immutable; shared by threads. O(targets × height) to build.
class Selection {
 public:
  Selection(const Hierarchy& hierarchy, Stops targets);

  // times[s * targets + t]; kUnreachable where there is no way. kTo: from the targets to the sources.
  std::vector<Weight> matrix(const Metric& metric, const Stops& sources, Direction direction = Direction::kFrom, int threads = 2) const;
  // Lists by source, each sorted by target.
  ReachLists within(const Metric& metric, const Stops& sources, Weight limit, Direction direction = Direction::kFrom, int threads = 2) const;

  uint32_t targets() const { return targets_.size(); }
  uint32_t nodes() const { return static_cast<uint32_t>(rank_.size()); }

 private:
  friend struct Sweep;
  const Hierarchy& h_;
  Stops targets_;
  std::vector<Rank> rank_;              // selected, highest first: parents before children, subtrees together
  std::vector<uint32_t> end_;           // by place in rank_: after the last of its subtree
  std::vector<uint32_t> first_;         // arcs by place
  std::vector<uint32_t> above_;         // place of the head
  std::vector<UpArc> arc_;
  std::vector<uint32_t> place_;         // by rank; kNone when not selected
  std::vector<uint32_t> target_place_;  // by start of targets_, in order
};

}  // namespace anlan::roads
