#include "roads/order.h"

#include <metis.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace anlan::roads {
namespace {

// Neighbours without loops and doubles, sorted.
struct Neighbours {
  std::vector<uint32_t> first;
  std::vector<Node> list;
};

Neighbours neighbours_of(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head) {
  Neighbours out;
  out.first.assign(nodes + 1, 0);
  for (size_t a = 0; a < tail.size(); ++a)
    if (tail[a] != head[a]) ++out.first[tail[a] + 1], ++out.first[head[a] + 1];
  std::partial_sum(out.first.begin(), out.first.end(), out.first.begin());
  out.list.resize(out.first.back());
  auto next = out.first;
  for (size_t a = 0; a < tail.size(); ++a)
    if (tail[a] != head[a]) out.list[next[tail[a]]++] = head[a], out.list[next[head[a]]++] = tail[a];
  uint32_t kept = 0, begin = 0;
  for (Node v = 0; v < nodes; ++v) {
    const uint32_t end = out.first[v + 1];
    std::sort(out.list.begin() + begin, out.list.begin() + end);
    const auto last = std::unique(out.list.begin() + begin, out.list.begin() + end);
    out.first[v] = kept;
    for (auto it = out.list.begin() + begin; it != last; ++it) out.list[kept++] = *it;
    begin = end;
  }
  out.first[nodes] = kept;
  out.list.resize(kept);
  return out;
}

// Takes nodes with at most two neighbours out of the network, joining the two, until none is left. What remains is in `rest`.
struct Reduced {
  std::vector<Node> order;                  // taken out, first to last
  std::vector<std::vector<Node>> adjacent;  // of the nodes that are left
  std::vector<uint8_t> gone;
};

Reduced reduce(uint32_t nodes, const Neighbours& all) {
  Reduced out;
  out.gone.assign(nodes, 0);
  out.adjacent.resize(nodes);
  for (Node v = 0; v < nodes; ++v) out.adjacent[v].assign(all.list.begin() + all.first[v], all.list.begin() + all.first[v + 1]);
  std::vector<Node> round(nodes), next;
  std::iota(round.begin(), round.end(), Node{0});
  std::vector<uint32_t> touched(nodes, 0);
  for (uint32_t turn = 1; !round.empty(); ++turn) {
    next.clear();
    for (const Node v : round) {
      if (out.gone[v] || out.adjacent[v].size() > 2) continue;
      if (touched[v] == turn) {  // a neighbour went in this round
        next.push_back(v);
        continue;
      }
      out.gone[v] = 1;
      out.order.push_back(v);
      const auto around = out.adjacent[v];
      for (const Node u : around) {
        auto& list = out.adjacent[u];
        list.erase(std::find(list.begin(), list.end(), v));
        touched[u] = turn;
        next.push_back(u);
      }
      if (around.size() == 2 && std::find(out.adjacent[around[0]].begin(), out.adjacent[around[0]].end(), around[1]) == out.adjacent[around[0]].end()) {
        out.adjacent[around[0]].push_back(around[1]);
        out.adjacent[around[1]].push_back(around[0]);
      }
      out.adjacent[v] = {};
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    round.swap(next);
  }
  return out;
}

}  // namespace

std::vector<Node> nested_dissection(uint32_t nodes, std::span<const Node> tail, std::span<const Node> head) {
  Reduced reduced = reduce(nodes, neighbours_of(nodes, tail, head));
  std::vector<Node> rest, place(nodes, kNone);
  for (Node v = 0; v < nodes; ++v)
    if (!reduced.gone[v]) {
      place[v] = static_cast<Node>(rest.size());
      rest.push_back(v);
    }
  if (!rest.empty()) {
    std::vector<idx_t> xadj{0}, adjncy;
    for (const Node v : rest) {
      for (const Node u : reduced.adjacent[v]) adjncy.push_back(static_cast<idx_t>(place[u]));
      xadj.push_back(static_cast<idx_t>(adjncy.size()));
    }
    reduced.adjacent = {};
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1;
    options[METIS_OPTION_NSEPS] = 4;
    options[METIS_OPTION_CCORDER] = 1;
    options[METIS_OPTION_COMPRESS] = 0;
    auto n = static_cast<idx_t>(rest.size());
    std::vector<idx_t> order(rest.size()), rank(rest.size());
    CHECK(METIS_NodeND(&n, xadj.data(), adjncy.data(), nullptr, options, order.data(), rank.data()) == METIS_OK);
    for (const idx_t i : order) reduced.order.push_back(rest[static_cast<size_t>(i)]);
  }
  return std::move(reduced.order);
}

}  // namespace anlan::roads
