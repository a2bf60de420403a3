// From one place to another: the least time, and the way.
//
// Elimination-tree search (Dibbelt et al. 2016): both ends climb the tree to its root, each node passing its time on to its
// heads; the two meet on the common part. No queue; O(arcs above the two ends). A query object keeps scratch as long as the
// tree is high; it is used by one thread at a time, any number of objects share hierarchy and metric.
#pragma once

#include <span>
#include <vector>

#include "roads/metric.h"
#include "roads/reached.h"

namespace anlan::roads {

class RouteQuery {
 public:
  explicit RouteQuery(const Hierarchy& hierarchy);

  // kUnreachable when there is no way.
  Weight distance(const Metric& metric, Node from, Node to);

  struct Route {
    Weight ms = kUnreachable;
    uint32_t start = 0, target = 0;  // which of the starts and targets it uses
    std::vector<Arc> arcs;           // in order; empty when it ends where it begins
  };
  // The fastest way from any start to any target; the target's ms is added. Arcs are those of the input.
  // O(starts × targets) searches, then O(arcs of the way × log degree).
  Route route(const Metric& metric, std::span<const Start> starts, std::span<const Start> targets);

  // Nodes at which both climbs of a search meet at no more than `slack` × the least time, least first, the best among
  // them: where other ways may pass (alternatives.h). At most `count`.
  struct Meeting {
    Rank rank = kNone;
    Weight ms = kUnreachable;
  };
  std::vector<Meeting> meetings(const Metric& metric, Node from, Node to, double slack, size_t count);
  // The way of the last meetings() through one of them.
  std::vector<Arc> way_through(const Metric& metric, const Meeting& meeting);

 private:
  struct Side {
    std::vector<Weight> ms;  // by depth
    std::vector<Rank> at;    // by depth: the node of the climb
    std::vector<UpArc> by;   // by depth: the arc that gave the time; kNone where it began
  };
  template <bool kTrack>
  Weight search(const Metric& metric, Node from, Node to, double slack);
  void append_climb(const Metric& metric, const Side& side, Rank to, bool forward, std::vector<Arc>& out);
  void unpack(const Metric& metric, UpArc arc, bool up, std::vector<Arc>& out);

  const Hierarchy& h_;
  Side from_, to_;
  Rank meeting_ = kNone;
  uint32_t common_ = 0;  // depths of the last search that both climbs share
  struct Step {
    UpArc arc;
    bool up;
  };
  std::vector<Step> stack_;
};

}  // namespace anlan::roads
