#include "roads/metric.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <thread>

namespace anlan::roads {
namespace {

// The fastest input arc of a slot.
void take_input(const Hierarchy& h, const Metric& m, uint32_t slot, Weight& ms, Via& via) {
  ms = kUnreachable;
  via = {};
  for (const Arc i : h.inputs_of(slot))
    if (m.input[i] < ms) ms = m.input[i], via.low = i;
}

// Least times of the arcs of one node, indexed by the depth of the head while its triangles are relaxed.
struct Row {
  std::vector<Weight> up, down;
  std::vector<Via> via_up, via_down;
  explicit Row(uint32_t height) : up(height), down(height), via_up(height), via_down(height) {}
};

bool goes_through(Via via, UpArc low, UpArc high) { return via.high == high && via.low == low; }

void customise_node(const Hierarchy& h, Metric& m, Rank x, Row& row) {
  const UpArc begin = h.up[x], end = h.up[x + 1];
  const uint16_t* depth = h.head_depth.data();
  for (UpArc a = begin; a < end; ++a) {
    take_input(h, m, a * 2, row.up[depth[a]], row.via_up[depth[a]]);
    take_input(h, m, a * 2 + 1, row.down[depth[a]], row.via_down[depth[a]]);
  }
  for (uint32_t i = h.down[x]; i < h.down[x + 1]; ++i) {
    const Rank z = h.down_tail[i];
    const UpArc to_x = h.down_arc[i];
    const Weight from_z = m.up[to_x], into_z = m.down[to_x];  // z -> x, x -> z
    if (from_z == kUnreachable && into_z == kUnreachable) continue;
    for (UpArc f = to_x + 1; f < h.up[z + 1]; ++f) {
      const uint16_t d = depth[f];
      const Weight there = std::min(kUnreachable, into_z + m.up[f]), back = std::min(kUnreachable, m.down[f] + from_z);
      if (there < row.up[d]) row.up[d] = there, row.via_up[d] = {to_x, f};
      if (back < row.down[d]) row.down[d] = back, row.via_down[d] = {to_x, f};
    }
  }
  for (UpArc a = begin; a < end; ++a) {
    m.up[a] = row.up[depth[a]];
    m.down[a] = row.down[depth[a]];
    m.via_up[a] = row.via_up[depth[a]];
    m.via_down[a] = row.via_down[depth[a]];
  }
}

}  // namespace

Metric customise(const Hierarchy& h, std::vector<Weight> weights, int threads) {
  CHECK(weights.size() == h.slot.size());
  Metric m;
  m.input = std::move(weights);
  m.up.resize(h.up_arcs());
  m.down.resize(h.up_arcs());
  m.via_up.resize(h.up_arcs());
  m.via_down.resize(h.up_arcs());
  const uint32_t n = h.nodes();
  // Subtrees small enough to share out; the nodes above them follow, on one thread.
  const uint32_t piece = std::max(1024u, n / 64);
  std::vector<Rank> roots;
  std::vector<uint8_t> above(n, 0);
  for (Rank v = n; v-- > 0;) {
    const bool top = h.parent[v] == kNone || above[h.parent[v]];
    if (!top) continue;
    if (h.subtree[v] <= piece) roots.push_back(v);
    else above[v] = 1;
  }
  std::atomic<size_t> next{0};
  const auto work = [&] {
    Row row(h.height);
    for (size_t i; (i = next.fetch_add(1)) < roots.size();)
      for (Rank v = roots[i] - h.subtree[roots[i]] + 1; v <= roots[i]; ++v) customise_node(h, m, v, row);
  };
  {
    std::vector<std::jthread> others;
    for (int t = 1; t < threads; ++t) others.emplace_back(work);
    work();
  }
  Row row(h.height);
  for (Rank v = 0; v < n; ++v)
    if (above[v]) customise_node(h, m, v, row);
  return m;
}

Recustomiser::Recustomiser(const Hierarchy& hierarchy)
    : h_(hierarchy), dirty_(hierarchy.up_arcs() / 64 + 1), waiting_(hierarchy.nodes() / 64 + 1), waiting_top_(waiting_.size() / 64 + 1) {}

void Recustomiser::mark(UpArc arc, Rank tail) {
  dirty_[arc / 64] |= uint64_t{1} << (arc % 64);
  waiting_[tail / 64] |= uint64_t{1} << (tail % 64);
  waiting_top_[tail / 4096] |= uint64_t{1} << (tail / 64 % 64);
}

void Recustomiser::recompute(Metric& m, Rank x, UpArc a) const {
  Weight up, down;
  Via via_up, via_down;
  take_input(h_, m, a * 2, up, via_up);
  take_input(h_, m, a * 2 + 1, down, via_down);
  const Rank y = h_.head[a];
  uint32_t i = h_.down[x], j = h_.down[y];
  const uint32_t i_end = h_.down[x + 1], j_end = h_.down[y + 1];
  // Nodes below x are one stretch of ranks that ends at x, so only that part of the list of y counts.
  if (i < i_end) {
    j = static_cast<uint32_t>(std::lower_bound(h_.down_tail.begin() + j, h_.down_tail.begin() + j_end, h_.down_tail[i]) - h_.down_tail.begin());
    while (i < i_end && j < j_end) {
      const Rank p = h_.down_tail[i], q = h_.down_tail[j];
      if (p == q) {
        const UpArc zx = h_.down_arc[i], zy = h_.down_arc[j];
        const Weight there = std::min(kUnreachable, m.down[zx] + m.up[zy]), back = std::min(kUnreachable, m.down[zy] + m.up[zx]);
        if (there < up) up = there, via_up = {zx, zy};
        if (back < down) down = back, via_down = {zx, zy};
      }
      i += p <= q;
      j += q <= p;
    }
  }
  m.up[a] = up;
  m.down[a] = down;
  m.via_up[a] = via_up;
  m.via_down[a] = via_down;
}

size_t Recustomiser::apply(Metric& m, std::span<const ArcChange> changes) {
  for (const auto& change : changes) {
    const uint32_t slot = h_.slot[change.arc];
    if (m.input[change.arc] == change.ms) continue;
    m.input[change.arc] = change.ms;
    if (slot == kNone) continue;
    const UpArc a = slot / 2;
    const Rank tail = static_cast<Rank>(std::upper_bound(h_.up.begin(), h_.up.end(), a) - h_.up.begin() - 1);
    mark(a, tail);
  }
  size_t looked_at = 0;
  for (size_t top = 0; top < waiting_top_.size(); ++top)
    while (waiting_top_[top] != 0) {
      const size_t word = top * 64 + static_cast<size_t>(std::countr_zero(waiting_top_[top]));
      while (waiting_[word] != 0) {
        const auto x = static_cast<Rank>(word * 64 + static_cast<size_t>(std::countr_zero(waiting_[word])));
        const UpArc begin = h_.up[x], end = h_.up[x + 1];
        for (UpArc a = begin; a < end; ++a) {
          if (!(dirty_[a / 64] >> (a % 64) & 1)) continue;
          dirty_[a / 64] &= ~(uint64_t{1} << (a % 64));
          ++looked_at;
          const Weight old_up = m.up[a], old_down = m.down[a];
          recompute(m, x, a);
          const bool up_changed = m.up[a] != old_up, down_changed = m.down[a] != old_down;
          if (!up_changed && !down_changed) continue;
          // Every arc between y and another head of x may go through x.
          const Rank y = h_.head[a];
          UpArc g = h_.up[y];
          for (UpArc b = begin; b < end; ++b) {
            if (b == a) continue;
            const Rank other = h_.head[b];
            UpArc joined;
            Rank tail;
            if (other < y) {
              tail = other;
              joined = h_.find(other, y);
            } else {
              tail = y;
              while (h_.head[g] < other) ++g;
              joined = g;
            }
            // low -> x -> high and back, for the pair ordered by rank.
            const UpArc low = other < y ? b : a, high = other < y ? a : b;
            const bool forth = (low == a ? down_changed : up_changed), back = (low == a ? up_changed : down_changed);
            const bool affects = (forth && (goes_through(m.via_up[joined], low, high) || m.down[low] + m.up[high] < m.up[joined])) ||
                                 (back && (goes_through(m.via_down[joined], low, high) || m.down[high] + m.up[low] < m.down[joined]));
            if (affects) mark(joined, tail);
          }
        }
        waiting_[word] &= ~(uint64_t{1} << (x % 64));
      }
      waiting_top_[top] &= ~(uint64_t{1} << (word % 64));
    }
  return looked_at;
}

}  // namespace anlan::roads
