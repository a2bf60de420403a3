#include "roads/route_query.h"

#include <algorithm>

namespace anlan::roads {

RouteQuery::RouteQuery(const Hierarchy& hierarchy) : h_(hierarchy) {
  for (Side* side : {&from_, &to_}) {
    side->ms.resize(h_.height);
    side->at.resize(h_.height);
    side->by.resize(h_.height);
  }
}

template <bool kTrack>
Weight RouteQuery::search(const Metric& metric, Node from, Node to, double slack) {
  const Rank s = h_.rank_of[from], t = h_.rank_of[to];
  const uint32_t s_depth = h_.depth[s], t_depth = h_.depth[t];
  const auto begin = [&](Side& side, uint32_t depth) {
    std::fill_n(side.ms.begin(), depth + 1, kUnreachable);
    side.ms[depth] = 0;
    if constexpr (kTrack) side.by[depth] = kNone;
  };
  begin(from_, s_depth);
  begin(to_, t_depth);
  meeting_ = kNone;
  common_ = 0;
  Weight best = kUnreachable, bound = kUnreachable;
  const uint16_t* depth = h_.head_depth.data();
  const auto relax = [&](Side& side, const Weight* weight, Rank v, uint32_t d) {
    const Weight here = side.ms[d];
    if (here >= bound) return;
    for (UpArc a = h_.up[v]; a < h_.up[v + 1]; ++a) {
      const Weight there = here + weight[a];
      Weight& ms = side.ms[depth[a]];
      if constexpr (kTrack) {
        if (there < ms) ms = there, side.by[depth[a]] = a;
      } else {
        ms = std::min(ms, there);
      }
    }
  };
  Rank u = s, v = t;
  uint32_t d = std::max(s_depth, t_depth);
  // Where only one of the two has got, or both are on branches of their own.
  for (;; --d) {
    const bool left = d <= s_depth, right = d <= t_depth;
    if (left && right && u == v) break;
    if (left) {
      if constexpr (kTrack) from_.at[d] = u;
      relax(from_, metric.up.data(), u, d);
      u = h_.parent[u];
    }
    if (right) {
      if constexpr (kTrack) to_.at[d] = v;
      relax(to_, metric.down.data(), v, d);
      v = h_.parent[v];
    }
    if (d == 0) return kUnreachable;  // trees of their own: no road joins them
  }
  common_ = d + 1;
  for (;; --d) {
    const Weight sum = from_.ms[d] + to_.ms[d];
    if (sum < best) {
      best = sum;
      meeting_ = u;
      bound = slack > 1 ? static_cast<Weight>(std::min<double>(kUnreachable, best * slack)) : best;
    }
    if constexpr (kTrack) from_.at[d] = to_.at[d] = u;
    if (d == 0) break;
    relax(from_, metric.up.data(), u, d);
    relax(to_, metric.down.data(), u, d);
    u = h_.parent[u];
  }
  return best;
}

Weight RouteQuery::distance(const Metric& metric, Node from, Node to) { return search<false>(metric, from, to, 1); }

void RouteQuery::unpack(const Metric& metric, UpArc arc, bool up, std::vector<Arc>& out) {
  stack_.push_back({arc, up});
  while (!stack_.empty()) {
    const Step step = stack_.back();
    stack_.pop_back();
    const Via via = step.up ? metric.via_up[step.arc] : metric.via_down[step.arc];
    if (via.high == kNone) {
      out.push_back(via.low);
      continue;
    }
    if (step.up) {
      stack_.push_back({via.high, true});
      stack_.push_back({via.low, false});
    } else {
      stack_.push_back({via.low, true});
      stack_.push_back({via.high, false});
    }
  }
}

void RouteQuery::append_climb(const Metric& metric, const Side& side, Rank to, bool forward, std::vector<Arc>& out) {
  std::vector<UpArc> arcs;  // from the meeting down to the beginning
  uint32_t d = h_.depth[to];
  while (side.by[d] != kNone) {
    const UpArc arc = side.by[d];
    arcs.push_back(arc);
    // The tail of the arc is the node of the climb whose arcs hold it; it lies deeper.
    uint32_t low = d + 1;
    while (!(h_.up[side.at[low]] <= arc && arc < h_.up[side.at[low] + 1])) ++low;
    d = low;
  }
  if (forward)
    for (size_t i = arcs.size(); i-- > 0;) unpack(metric, arcs[i], true, out);
  else
    for (const UpArc arc : arcs) unpack(metric, arc, false, out);
}

RouteQuery::Route RouteQuery::route(const Metric& metric, std::span<const Start> starts, std::span<const Start> targets) {
  Route out;
  const bool single = starts.size() == 1 && targets.size() == 1;
  for (uint32_t i = 0; i < starts.size(); ++i)
    for (uint32_t j = 0; j < targets.size(); ++j) {
      const Weight between = single ? search<true>(metric, starts[i].node, targets[j].node, 1) : distance(metric, starts[i].node, targets[j].node);
      if (between == kUnreachable) continue;
      const uint64_t ms = uint64_t{between} + starts[i].ms + targets[j].ms;
      if (ms < out.ms) out.ms = static_cast<Weight>(ms), out.start = i, out.target = j;
    }
  if (out.ms == kUnreachable) return out;
  if (!single) search<true>(metric, starts[out.start].node, targets[out.target].node, 1);
  append_climb(metric, from_, meeting_, true, out.arcs);
  append_climb(metric, to_, meeting_, false, out.arcs);
  return out;
}

std::vector<RouteQuery::Meeting> RouteQuery::meetings(const Metric& metric, Node from, Node to, double slack, size_t count) {
  std::vector<Meeting> out;
  const Weight best = search<true>(metric, from, to, slack);
  if (best == kUnreachable) return out;
  const double limit = best * slack;
  for (uint32_t d = 0; d < common_; ++d)
    if (const Weight ms = from_.ms[d] + to_.ms[d]; ms <= limit) out.push_back({from_.at[d], ms});
  std::sort(out.begin(), out.end(), [](const Meeting& a, const Meeting& b) { return a.ms != b.ms ? a.ms < b.ms : a.rank < b.rank; });
  if (out.size() > count) out.resize(count);
  return out;
}

std::vector<Arc> RouteQuery::way_through(const Metric& metric, const Meeting& meeting) {
  std::vector<Arc> out;
  append_climb(metric, from_, meeting.rank, true, out);
  append_climb(metric, to_, meeting.rank, false, out);
  return out;
}

}  // namespace anlan::roads
