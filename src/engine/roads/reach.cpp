#include "roads/reach.h"

#include <algorithm>
#include <functional>

namespace anlan::roads {

ReachQuery::ReachQuery(const Hierarchy& hierarchy) : h_(hierarchy), ms_(hierarchy.nodes(), kUnreachable) {}

const std::vector<Reached>& ReachQuery::reach(const Metric& metric, std::span<const Start> starts, Weight limit, Direction direction) {
  const Weight* out_of = direction == Direction::kFrom ? metric.up.data() : metric.down.data();
  const Weight* into = direction == Direction::kFrom ? metric.down.data() : metric.up.data();
  const Rank* head = h_.head.data();
  climbed_.clear();
  out_.clear();
  for (const auto& start : starts)
    for (Rank v = h_.rank_of[start.node]; v != kNone; v = h_.parent[v]) {
      ms_[v] = kUnreachable;
      climbed_.push_back(v);
    }
  for (const auto& start : starts) {
    Rank v = h_.rank_of[start.node];
    ms_[v] = std::min(ms_[v], start.ms);
    for (; v != kNone; v = h_.parent[v])
      if (ms_[v] <= limit)
        for (UpArc a = h_.up[v]; a < h_.up[v + 1]; ++a) ms_[head[a]] = std::min(ms_[head[a]], ms_[v] + out_of[a]);
  }
  std::sort(climbed_.begin(), climbed_.end(), std::greater<>());
  climbed_.erase(std::unique(climbed_.begin(), climbed_.end()), climbed_.end());
  size_t next_climbed = 0;
  for (Rank v = h_.nodes(); v > 0;) {
    const Rank x = v - 1;
    const bool climbed = next_climbed < climbed_.size() && climbed_[next_climbed] == x;
    next_climbed += climbed;
    Weight ms = climbed ? ms_[x] : kUnreachable, nearest_head = kUnreachable;
    for (UpArc a = h_.up[x]; a < h_.up[x + 1]; ++a) {
      const Weight at_head = ms_[head[a]];
      nearest_head = std::min(nearest_head, at_head);
      ms = std::min(ms, at_head + into[a]);
    }
    if (!climbed && nearest_head > limit) {
      v -= h_.subtree[x];
      continue;
    }
    ms_[x] = ms;
    if (ms <= limit) out_.push_back({h_.node_of[x], ms});
    v = x;
  }
  return out_;
}

}  // namespace anlan::roads
