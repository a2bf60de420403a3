#include "roads/alternatives.h"

#include <algorithm>
#include <unordered_set>

namespace anlan::roads {
namespace {

constexpr size_t kTried = 100;

Weight time_of(const Metric& metric, std::span<const Arc> arcs) {
  Weight ms = 0;
  for (const Arc a : arcs) ms += metric.input[a];
  return ms;
}

// Time of `arcs` along arcs of any way already chosen.
Weight shared(const Metric& metric, std::span<const Arc> arcs, const std::unordered_set<Arc>& taken) {
  Weight ms = 0;
  for (const Arc a : arcs)
    if (taken.contains(a)) ms += metric.input[a];
  return ms;
}

bool has_detour(const std::vector<Arc>& arcs, const std::vector<Node>& head) {
  std::unordered_set<Node> seen;
  for (const Arc a : arcs)
    if (!seen.insert(head[a]).second) return true;
  return false;
}

}  // namespace

std::vector<RouteQuery::Route> alternatives(const Hierarchy& hierarchy, const Metric& metric, RouteQuery& query, const std::vector<Node>& tail,
                                            const std::vector<Node>& head, Node from, Node to, const AlternativeRules& rules) {
  std::vector<RouteQuery::Route> out;
  const auto meetings = query.meetings(metric, from, to, rules.stretch, kTried);
  if (meetings.empty()) return out;
  // The ways are unpacked before the query is used again for the local test.
  std::vector<std::pair<RouteQuery::Meeting, std::vector<Arc>>> ways;
  for (const auto& m : meetings) ways.emplace_back(m, query.way_through(metric, m));
  const Weight best = meetings.front().ms;
  std::unordered_set<Arc> taken(ways.front().second.begin(), ways.front().second.end());
  out.push_back({best, 0, 0, ways.front().second});
  for (size_t i = 1; i < ways.size() && out.size() <= static_cast<size_t>(rules.count); ++i) {
    const auto& [meeting, arcs] = ways[i];
    if (arcs.empty() || shared(metric, arcs, taken) > rules.sharing * best || has_detour(arcs, head)) continue;
    // From a little before the node to a little behind it nothing may be faster.
    const Node via = hierarchy.node_of[meeting.rank];
    size_t at = 0;
    while (at < arcs.size() && tail[arcs[at]] != via) ++at;
    const auto reach = static_cast<Weight>(rules.local * best);
    size_t begin = at, end = at;
    Weight before = 0, after = 0;
    while (begin > 0 && before < reach) before += metric.input[arcs[--begin]];
    while (end < arcs.size() && after < reach) after += metric.input[arcs[end++]];
    if (begin == end) continue;
    if (query.distance(metric, tail[arcs[begin]], head[arcs[end - 1]]) < before + after) continue;
    out.push_back({time_of(metric, arcs), 0, 0, arcs});
    taken.insert(arcs.begin(), arcs.end());
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.ms < b.ms; });
  return out;
}

}  // namespace anlan::roads
