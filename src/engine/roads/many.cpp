#include "roads/many.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

namespace anlan::roads {

namespace {

constexpr uint32_t kLanes = 16;
// One cache line: a time for each of sixteen sources.
struct alignas(64) Lanes {
  Weight ms[kLanes];
};
typedef Weight Wide __attribute__((vector_size(64)));  // NOLINT: no other spelling of a vector type



// Times of one batch of sources, down the whole selection; `skip` leaves out what lies beyond the limit.
struct Down {
  uint32_t count;
  const uint32_t* first;
  const uint32_t* above;
  const uint32_t* end;
  const Weight* weight;
  Lanes* rows;
  uint32_t* seen;    // by place: turn in which its row was set
  uint32_t turn;     // even: by the climb, odd: by the sweep
  Weight limit;
  bool skip;
};

[[gnu::always_inline]] inline void sweep_body(const Down& d) {
  for (uint32_t i = 0; i < d.count;) {
    const bool climbed = d.seen[i] == d.turn;
    Wide ms = Wide{} + kUnreachable, nearest = Wide{} + kUnreachable;
    if (climbed) __builtin_memcpy(&ms, &d.rows[i], sizeof ms);
    for (uint32_t a = d.first[i]; a < d.first[i + 1]; ++a) {
      Wide above;
      __builtin_memcpy(&above, &d.rows[d.above[a]], sizeof above);
      if (d.skip) nearest = nearest < above ? nearest : above;
      above += d.weight[a];
      ms = ms < above ? ms : above;
    }
    if (d.skip && !climbed) {
      bool any = false;
      for (uint32_t j = 0; j < kLanes; ++j) any |= nearest[j] <= d.limit;
      if (!any) {
        i = d.end[i];
        continue;
      }
    }
    __builtin_memcpy(&d.rows[i], &ms, sizeof ms);
    d.seen[i] = d.turn + 1;
    ++i;
  }
}

[[gnu::target("avx512f,avx512vl,avx512bw,avx512dq")]] void sweep_avx512(const Down& d) { sweep_body(d); }
[[gnu::target("avx2")]] void sweep_avx2(const Down& d) { sweep_body(d); }
[[gnu::target("sse4.1")]] void sweep_sse(const Down& d) { sweep_body(d); }
void sweep_plain(const Down& d) { sweep_body(d); }

auto* best_sweep() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return &sweep_avx512;
  if (__builtin_cpu_supports("avx2")) return &sweep_avx2;
  if (__builtin_cpu_supports("sse4.1")) return &sweep_sse;
  return &sweep_plain;
}

}  // namespace

Selection::Selection(const Hierarchy& hierarchy, Stops targets) : h_(hierarchy), targets_(std::move(targets)) {
  place_.assign(h_.nodes(), kNone);
  for (uint32_t t = 0; t < targets_.size(); ++t)
    for (const auto& at : targets_[t])
      for (Rank v = h_.rank_of[at.node]; v != kNone && place_[v] == kNone; v = h_.parent[v]) {
        place_[v] = 0;
        rank_.push_back(v);
      }
  std::sort(rank_.begin(), rank_.end(), std::greater<>());
  const auto n = static_cast<uint32_t>(rank_.size());
  for (uint32_t i = 0; i < n; ++i) place_[rank_[i]] = i;
  end_.resize(n);
  for (uint32_t i = n; i-- > 0;) {
    uint32_t end = i + 1;
    while (end < n && rank_[end] > rank_[i] - h_.subtree[rank_[i]]) end = end_[end];
    end_[i] = end;
  }
  // rank - subtree wraps below zero only where the subtree reaches rank 0: then everything after belongs to it.
  for (uint32_t i = 0; i < n; ++i)
    if (rank_[i] + 1 == h_.subtree[rank_[i]]) end_[i] = n;
  first_.push_back(0);
  for (uint32_t i = 0; i < n; ++i) {
    for (UpArc a = h_.up[rank_[i]]; a < h_.up[rank_[i] + 1]; ++a) {
      above_.push_back(place_[h_.head[a]]);
      arc_.push_back(a);
    }
    first_.push_back(static_cast<uint32_t>(above_.size()));
  }
  for (uint32_t t = 0; t < targets_.size(); ++t)
    for (const auto& at : targets_[t]) target_place_.push_back(place_[h_.rank_of[at.node]]);
}

// One pass of all sources over a selection; `take(batch, sources, rows, seen, turn)` gets each batch when it is done.
struct Sweep {
  const Selection& s;
  const Hierarchy& h;
  const Weight* out_of;
  std::vector<Weight> into;
  std::vector<uint32_t> by_rank;  // sources, neighbours together

  Sweep(const Selection& selection, const Metric& metric, const Stops& sources, Direction direction)
      : s(selection), h(selection.h_), out_of(direction == Direction::kFrom ? metric.up.data() : metric.down.data()) {
    const auto& down = direction == Direction::kFrom ? metric.down : metric.up;
    into.resize(s.arc_.size());
    for (size_t i = 0; i < into.size(); ++i) into[i] = down[s.arc_[i]];
    by_rank.resize(sources.size());
    std::iota(by_rank.begin(), by_rank.end(), 0U);
    const auto key = [&](uint32_t i) { return sources[i].empty() ? kNone : h.rank_of[sources[i][0].node]; };
    std::sort(by_rank.begin(), by_rank.end(), [&](uint32_t a, uint32_t b) { return key(a) != key(b) ? key(a) < key(b) : a < b; });
  }

  template <class Take>
  void run(const Stops& sources, Weight limit, bool skip, int threads, Take take) const {
    const size_t batches = (by_rank.size() + kLanes - 1) / kLanes;
    std::atomic<size_t> next{0};
    const auto work = [&] {
      static const auto sweep = best_sweep();
      std::vector<Lanes> rows(s.rank_.size());
      std::vector<uint32_t> seen(s.rank_.size(), 0);
      std::vector<Weight> climb(h.height);
      uint32_t turn = 0;
      for (size_t b; (b = next.fetch_add(1)) < batches;) {
        turn += 2;
        const auto batch = std::span(by_rank).subspan(b * kLanes, std::min<size_t>(kLanes, by_rank.size() - b * kLanes));
        for (uint32_t lane = 0; lane < batch.size(); ++lane)
          for (const auto& start : sources[batch[lane]]) climb_from(start, limit, climb, lane, rows, seen, turn);
        sweep({static_cast<uint32_t>(s.rank_.size()), s.first_.data(), s.above_.data(), s.end_.data(), into.data(), rows.data(), seen.data(), turn, limit, skip});
        take(b, batch, rows, seen, turn + 1);
      }
    };
    std::vector<std::jthread> others;
    for (int t = 1; t < threads && static_cast<size_t>(t) < batches; ++t) others.emplace_back(work);
    work();
  }

  void climb_from(const Start& start, Weight limit, std::vector<Weight>& climb, uint32_t lane, std::vector<Lanes>& rows, std::vector<uint32_t>& seen,
                  uint32_t turn) const {
    Rank v = h.rank_of[start.node];
    uint32_t d = h.depth[v];
    std::fill_n(climb.begin(), d + 1, kUnreachable);
    climb[d] = start.ms;
    for (;; --d, v = h.parent[v]) {
      const Weight here = climb[d];
      if (here <= limit && here < kUnreachable)
        for (UpArc a = h.up[v]; a < h.up[v + 1]; ++a) climb[h.head_depth[a]] = std::min(climb[h.head_depth[a]], here + out_of[a]);
      if (const uint32_t place = s.place_[v]; place != kNone) {
        if (seen[place] != turn) {
          std::fill_n(rows[place].ms, kLanes, kUnreachable);
          seen[place] = turn;
        }
        rows[place].ms[lane] = std::min(rows[place].ms[lane], here);
      }
      if (d == 0) break;
    }
  }

  // Time from the source of a lane to a target; kUnreachable too where the sweep did not come.
  Weight at(uint32_t target, uint32_t first_start, uint32_t lane, const std::vector<Lanes>& rows, const std::vector<uint32_t>& seen, uint32_t turn) const {
    Weight best = kUnreachable;
    const auto starts = s.targets_[target];
    for (uint32_t i = 0; i < starts.size(); ++i) {
      const uint32_t place = s.target_place_[first_start + i];
      if (seen[place] == turn && rows[place].ms[lane] < kUnreachable) best = std::min(best, rows[place].ms[lane] + starts[i].ms);
    }
    return best;
  }
};

std::vector<Weight> Selection::matrix(const Metric& metric, const Stops& sources, Direction direction, int threads) const {
  const Sweep sweep(*this, metric, sources, direction);
  const size_t width = targets_.size();
  std::vector<Weight> out(sources.size() * width, kUnreachable);
  sweep.run(sources, kUnreachable, false, threads,
            [&](size_t, std::span<const uint32_t> batch, const std::vector<Lanes>& rows, const std::vector<uint32_t>& seen, uint32_t turn) {
              uint32_t start = 0;
              for (uint32_t t = 0; t < width; start += static_cast<uint32_t>(targets_[t].size()), ++t)
                for (uint32_t lane = 0; lane < batch.size(); ++lane) out[batch[lane] * width + t] = sweep.at(t, start, lane, rows, seen, turn);
            });
  return out;
}

ReachLists Selection::within(const Metric& metric, const Stops& sources, Weight limit, Direction direction, int threads) const {
  const Sweep sweep(*this, metric, sources, direction);
  std::vector<std::vector<PlaceTime>> rows_of(sources.size());
  sweep.run(sources, limit, true, threads,
            [&](size_t, std::span<const uint32_t> batch, const std::vector<Lanes>& rows, const std::vector<uint32_t>& seen, uint32_t turn) {
              uint32_t start = 0;
              for (uint32_t t = 0; t < targets_.size(); ++t) {
                const auto starts = static_cast<uint32_t>(targets_[t].size());
                bool any = false;
                for (uint32_t i = 0; i < starts; ++i) any |= seen[target_place_[start + i]] == turn;
                if (any)
                  for (uint32_t lane = 0; lane < batch.size(); ++lane)
                    if (const Weight ms = sweep.at(t, start, lane, rows, seen, turn); ms <= limit) rows_of[batch[lane]].push_back({t, ms});
                start += starts;
              }
            });
  ReachLists out;
  for (auto& row : rows_of) {
    out.add(row);
    row = {};
  }
  return out;
}

}  // namespace anlan::roads
