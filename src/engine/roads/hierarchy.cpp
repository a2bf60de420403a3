#include "roads/hierarchy.h"

#include <algorithm>
#include <numeric>

#include "roads/order.h"

namespace anlan::roads {
namespace {

// Arcs towards higher ranks, sorted and single, of the network with its nodes renamed to ranks.
struct Upward {
  std::vector<uint32_t> first;
  std::vector<Rank> head;
};

Upward upward(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head, std::span<const Rank> rank) {
  Upward out;
  out.first.assign(nodes + 1, 0);
  const auto low = [&](size_t a) { return std::min(rank[tail[a]], rank[head[a]]); };
  for (size_t a = 0; a < tail.size(); ++a)
    if (tail[a] != head[a]) ++out.first[low(a) + 1];
  std::partial_sum(out.first.begin(), out.first.end(), out.first.begin());
  out.head.resize(out.first.back());
  auto next = out.first;
  for (size_t a = 0; a < tail.size(); ++a)
    if (tail[a] != head[a]) out.head[next[low(a)]++] = std::max(rank[tail[a]], rank[head[a]]);
  uint32_t kept = 0, begin = 0;
  for (Rank v = 0; v < nodes; ++v) {
    const uint32_t end = out.first[v + 1];
    std::sort(out.head.begin() + begin, out.head.begin() + end);
    const auto last = std::unique(out.head.begin() + begin, out.head.begin() + end);
    out.first[v] = kept;
    for (auto it = out.head.begin() + begin; it != last; ++it) out.head[kept++] = *it;
    begin = end;
  }
  out.first[nodes] = kept;
  out.head.resize(kept);
  return out;
}

// Elimination tree by path compression (Liu 1990).
std::vector<Rank> elimination_tree(uint32_t nodes, const Upward& arcs) {
  // Arcs by their upper end, so that nodes can be visited in order.
  std::vector<uint32_t> first(nodes + 1, 0);
  std::vector<Rank> lower(arcs.head.size());
  for (const Rank h : arcs.head) ++first[h + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  auto next = first;
  for (Rank v = 0; v < nodes; ++v)
    for (uint32_t a = arcs.first[v]; a < arcs.first[v + 1]; ++a) lower[next[arcs.head[a]]++] = v;
  std::vector<Rank> parent(nodes, kNone), root(nodes, kNone);
  for (Rank v = 0; v < nodes; ++v)
    for (uint32_t a = first[v]; a < first[v + 1]; ++a)
      for (Rank u = lower[a]; u != v;) {
        const Rank up = root[u];
        root[u] = v;
        if (up == kNone) {
          parent[u] = v;
          break;
        }
        u = up;
      }
  return parent;
}

// Position of every node when children come before parents and every subtree is one stretch.
std::vector<Rank> postorder(const std::vector<Rank>& parent) {
  const auto n = static_cast<uint32_t>(parent.size());
  std::vector<uint32_t> size(n, 1), position(n);
  for (Rank v = 0; v < n; ++v)
    if (parent[v] != kNone) size[parent[v]] += size[v];
  // From the top: the last place of a subtree is its root's; its children share what is before, the last child at the end.
  std::vector<uint32_t> free_end(n);
  uint32_t end = n;
  for (Rank v = n; v-- > 0;) {
    uint32_t& e = parent[v] == kNone ? end : free_end[parent[v]];
    position[v] = e - 1;
    free_end[v] = e - 1;
    e -= size[v];
  }
  return position;
}

}  // namespace

UpArc Hierarchy::find(Rank tail, Rank wanted) const {
  const auto begin = head.begin() + up[tail], end = head.begin() + up[tail + 1];
  const auto found = std::lower_bound(begin, end, wanted);
  return found != end && *found == wanted ? static_cast<UpArc>(found - head.begin()) : kNone;
}

Result<Hierarchy> build_hierarchy(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head, std::span<const Node> order) {
  CHECK(order.size() == nodes && tail.size() == head.size());
  std::vector<Rank> rank(nodes);
  for (uint32_t i = 0; i < nodes; ++i) rank[order[i]] = i;
  std::vector<Rank> parent;
  {
    const auto first_tree = elimination_tree(nodes, upward(nodes, tail, head, rank));
    const auto position = postorder(first_tree);
    for (Node v = 0; v < nodes; ++v) rank[v] = position[rank[v]];
    parent.assign(nodes, kNone);
    for (Rank v = 0; v < nodes; ++v)
      if (first_tree[v] != kNone) parent[position[v]] = position[first_tree[v]];
  }
  std::vector<Node> node_of(nodes);
  for (Node v = 0; v < nodes; ++v) node_of[rank[v]] = v;

  std::vector<uint32_t> subtree(nodes, 1);
  std::vector<uint16_t> depth(nodes, 0);
  uint32_t height = nodes == 0 ? 0 : 1;
  for (Rank v = 0; v < nodes; ++v)
    if (parent[v] != kNone) subtree[parent[v]] += subtree[v];
  for (Rank v = nodes; v-- > 0;)
    if (parent[v] != kNone) {
      if (depth[parent[v]] == 0xffff) return Error(ErrorCode::kTooLarge, {{"what", "elimination tree"}, {"limit", "65535"}});
      depth[v] = static_cast<uint16_t>(depth[parent[v]] + 1);
      height = std::max(height, depth[v] + 1u);
    }

  // Heads of v: its own upward arcs, and the heads of its children but v itself.
  const Upward own = upward(nodes, tail, head, rank);
  std::vector<UpArc> up(nodes + 1, 0);
  std::vector<Rank> heads;
  heads.reserve(own.head.size() * 3);
  std::vector<uint32_t> child_first(nodes + 1, 0);
  for (Rank v = 0; v < nodes; ++v)
    if (parent[v] != kNone) ++child_first[parent[v] + 1];
  std::partial_sum(child_first.begin(), child_first.end(), child_first.begin());
  std::vector<Rank> child(child_first.back());
  {
    auto next = child_first;
    for (Rank v = 0; v < nodes; ++v)
      if (parent[v] != kNone) child[next[parent[v]]++] = v;
  }
  std::vector<Rank> merged, mark(nodes, kNone);
  for (Rank v = 0; v < nodes; ++v) {
    merged.clear();
    const auto take = [&](Rank h) {
      if (h != v && mark[h] != v) mark[h] = v, merged.push_back(h);
    };
    for (uint32_t a = own.first[v]; a < own.first[v + 1]; ++a) take(own.head[a]);
    for (uint32_t c = child_first[v]; c < child_first[v + 1]; ++c)
      for (UpArc a = up[child[c]]; a < up[child[c] + 1]; ++a) take(heads[a]);
    std::sort(merged.begin(), merged.end());
    if (heads.size() + merged.size() >= kNone / 2) return Error(ErrorCode::kTooLarge, {{"what", "hierarchy"}, {"limit", "2147483647"}});
    heads.insert(heads.end(), merged.begin(), merged.end());
    up[v + 1] = static_cast<UpArc>(heads.size());
  }
  const auto arcs = static_cast<uint32_t>(heads.size());
  std::vector<uint16_t> head_depth(arcs);
  std::vector<uint32_t> down(nodes + 1, 0);
  std::vector<Rank> down_tail(arcs);
  std::vector<UpArc> down_arc(arcs);
  for (UpArc a = 0; a < arcs; ++a) {
    head_depth[a] = depth[heads[a]];
    ++down[heads[a] + 1];
  }
  std::partial_sum(down.begin(), down.end(), down.begin());
  {
    auto next = down;
    for (Rank v = 0; v < nodes; ++v)
      for (UpArc a = up[v]; a < up[v + 1]; ++a) {
        const uint32_t at = next[heads[a]]++;
        down_tail[at] = v;
        down_arc[at] = a;
      }
  }

  Hierarchy h;
  h.up = Column(std::move(up));
  h.head = Column(std::move(heads));
  std::vector<uint32_t> slot(tail.size(), kNone), input(size_t{arcs} * 2 + 1, 0);
  for (size_t a = 0; a < tail.size(); ++a) {
    if (tail[a] == head[a]) continue;
    const Rank from = rank[tail[a]], to = rank[head[a]];
    slot[a] = h.find(std::min(from, to), std::max(from, to)) * 2 + (from > to ? 1 : 0);
    ++input[slot[a] + 1];
  }
  std::partial_sum(input.begin(), input.end(), input.begin());
  std::vector<Arc> inputs(input.back());
  {
    auto next = input;
    for (size_t a = 0; a < tail.size(); ++a)
      if (slot[a] != kNone) inputs[next[slot[a]]++] = static_cast<Arc>(a);
  }
  h.rank_of = Column(std::move(rank));
  h.node_of = Column(std::move(node_of));
  h.parent = Column(std::move(parent));
  h.depth = Column(std::move(depth));
  h.subtree = Column(std::move(subtree));
  h.head_depth = Column(std::move(head_depth));
  h.down = Column(std::move(down));
  h.down_tail = Column(std::move(down_tail));
  h.down_arc = Column(std::move(down_arc));
  h.slot = Column(std::move(slot));
  h.input = Column(std::move(input));
  h.inputs = Column(std::move(inputs));
  h.height = height;
  return h;
}

Result<Hierarchy> build_hierarchy(const Graph& graph) {
  const auto tail = tails(graph);
  return build_hierarchy(graph.nodes(), tail, graph.head, nested_dissection(graph.nodes(), tail, graph.head));
}

}  // namespace anlan::roads
