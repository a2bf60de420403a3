// The state of one link as bytes, and its windows.
//
// Panes are aligned to the epoch and closed on the right: pane i of length p holds the readings with (i-1)p < at <= ip. So
// a value stamped with the end of its interval, as gauges do, falls into the interval that it describes.
// The window of n panes at time T holds pane ceil(T/p) and the n-1 before it: every reading in ((ceil(T/p)-n)p, T]. On a
// pane boundary that is exactly the window; in between it lacks at most one pane of the oldest readings and never has a
// reading older than the window.
// A total is adjusted by each reading and computed anew from the panes whenever panes leave, so that it cannot drift.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#include "stream/plan.h"

namespace anlan::stream {

class Block {
 public:
  explicit Block(std::byte* bytes) : bytes_(bytes) {}
  LinkHead& head() const { return *reinterpret_cast<LinkHead*>(bytes_); }
  double& real(size_t offset) const { return *reinterpret_cast<double*>(bytes_ + offset); }
  int64_t& whole(size_t offset) const { return *reinterpret_cast<int64_t*>(bytes_ + offset); }
  RuleState& rule(const RulePlan& r) const { return *reinterpret_cast<RuleState*>(bytes_ + r.state); }
  RuleTimers& timers(const RulePlan& r) const { return *reinterpret_cast<RuleTimers*>(bytes_ + r.state + sizeof(RuleState)); }
  std::byte* bytes() const { return bytes_; }

 private:
  std::byte* bytes_;
};

// The pane of a time; times are positive (quality control refuses what lies before 2000).
inline int64_t pane_of(int64_t ms, int64_t pane_ms) { return (ms + pane_ms - 1) / pane_ms; }

// An empty block of the type: no reading, no limit, windows empty.
void clear_block(const TypePlan& plan, uint16_t type, int64_t now_ms, Block block);

inline size_t slot_of(const WindowPlan& w, int64_t pane) {
  return static_cast<uint32_t>(pane) % static_cast<uint32_t>(w.panes);
}

// A pane and where it lies in the block.
struct Pane {
  int64_t number = 0;
  int64_t begin_ms = 0;  // exclusive
  size_t place = 0;
};
inline Pane pane_at(const WindowPlan& w, int64_t ms) {
  const int64_t number = pane_of(ms, w.pane_ms);
  return {number, (number - 1) * w.pane_ms, w.ring + slot_of(w, number) * w.stride};
}

// Moves the window to the pane, after its head: panes in between are emptied, totals computed anew. O(panes).
void roll_to(const WindowPlan& w, const Pane& pane, Block block);

inline void roll(const WindowPlan& w, const Pane& pane, Block block) {
  if (block.whole(w.head) < pane.number) roll_to(w, pane, block);
}

double weighted_total(const WindowPlan& w, Block block);

// Puts a reading into its pane if that is still in the ring. The window has been rolled to a pane not before it.
inline void insert(const WindowPlan& w, const Pane& pane, int64_t at_ms, double value, Block block) {
  const int64_t head = block.whole(w.head);
  if (pane.number <= head - w.panes) return;
  if (w.sums) {
    block.real(pane.place + w.in_sum) += value;
    if (w.factor > 0 && pane.number != head) block.real(w.sum) = weighted_total(w, block);
    else block.real(w.sum) += value;
  }
  if (w.counts) {
    block.real(pane.place + w.in_count) += 1;
    block.real(w.count) += 1;
  }
  if (w.extremes_low) {
    block.real(pane.place + w.in_min) = std::fmin(block.real(pane.place + w.in_min), value);
    block.real(w.min) = std::fmin(block.real(w.min), value);
  }
  if (w.extremes_high) {
    block.real(pane.place + w.in_max) = std::fmax(block.real(pane.place + w.in_max), value);
    block.real(w.max) = std::fmax(block.real(w.max), value);
  }
  if (w.firsts) {
    auto& first_at = block.whole(pane.place + w.in_first + 8);
    if (first_at == 0 || at_ms < first_at) {
      block.real(pane.place + w.in_first) = value;
      first_at = at_ms;
    }
    auto& oldest_at = block.whole(w.oldest + 8u);
    if (oldest_at == 0 || at_ms < oldest_at) {
      block.real(w.oldest) = value;
      oldest_at = at_ms;
    }
  }
}

inline bool is_empty(const WindowPlan& w, Block block) {
  const int64_t at = block.head().at_ms;
  return at == kNoTime || at <= (block.whole(w.head) - w.panes) * w.pane_ms;
}

}  // namespace anlan::stream
