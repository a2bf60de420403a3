#include "stream/block.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace anlan::stream {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

size_t place_of(const WindowPlan& w, int64_t pane) { return w.ring + slot_of(w, pane) * w.stride; }

void empty_pane(const WindowPlan& w, size_t at, Block block) {
  if (w.sums) block.real(at + w.in_sum) = 0;
  if (w.counts) block.real(at + w.in_count) = 0;
  if (w.extremes_low) block.real(at + w.in_min) = kMissing;
  if (w.extremes_high) block.real(at + w.in_max) = kMissing;
  if (w.firsts) {
    block.real(at + w.in_first) = kMissing;
    block.whole(at + w.in_first + 8) = 0;
  }
}

// A sum or a count, whichever leads the pane. In two halves, which the processor adds at the same time; the order is fixed.
double total_of(const WindowPlan& w, Block block) {
  double even = 0, odd = 0;
  const std::byte* at = block.bytes() + w.ring;
  const auto real = [](const std::byte* where) { return *reinterpret_cast<const double*>(where); };
  int32_t i = 0;
  for (; i + 1 < w.panes; i += 2, at += 2 * size_t{w.stride}) {
    even += real(at);
    odd += real(at + w.stride);
  }
  if (i < w.panes) even += real(at);
  return even + odd;
}

std::pair<double, double> totals_of(const WindowPlan& w, Block block) {
  double sum = 0, count = 0;
  const std::byte* at = block.bytes() + w.ring;
  for (int32_t i = 0; i < w.panes; ++i, at += w.stride) {
    sum += reinterpret_cast<const double*>(at)[0];
    count += reinterpret_cast<const double*>(at)[1];
  }
  return {sum, count};
}

void recompute(const WindowPlan& w, Block block) {
  if (w.factor > 0) {
    block.real(w.sum) = weighted_total(w, block);
  } else if (w.sums && w.counts) {
    const auto [sum, count] = totals_of(w, block);
    block.real(w.sum) = sum;
    block.real(w.count) = count;
  } else if (w.sums || w.counts) {
    block.real(w.sums ? w.sum : w.count) = total_of(w, block);
  }
  if (w.extremes_low || w.extremes_high) {
    double low = kMissing, high = kMissing;
    for (int32_t i = 0; i < w.panes; ++i) {
      const size_t at = w.ring + static_cast<size_t>(i) * w.stride;
      if (w.extremes_low) low = std::fmin(low, block.real(at + w.in_min));
      if (w.extremes_high) high = std::fmax(high, block.real(at + w.in_max));
    }
    if (w.extremes_low) block.real(w.min) = low;
    if (w.extremes_high) block.real(w.max) = high;
  }
  if (w.firsts) {
    block.real(w.oldest) = kMissing;
    block.whole(w.oldest + 8u) = 0;
    size_t slot = slot_of(w, block.whole(w.head));
    for (int32_t i = 0; i < w.panes; ++i) {
      if (++slot == static_cast<size_t>(w.panes)) slot = 0;
      const size_t at = w.ring + slot * w.stride + w.in_first;
      if (block.whole(at + 8) == 0) continue;
      block.real(w.oldest) = block.real(at);
      block.whole(w.oldest + 8u) = block.whole(at + 8);
      break;
    }
  }
}

}  // namespace

// AP = P_0 + K P_1 + K^2 P_2 + …, the head being day 0 (Horner, oldest first).
double weighted_total(const WindowPlan& w, Block block) {
  double total = 0;
  const int64_t head = block.whole(w.head);
  for (int64_t pane = head - w.panes + 1; pane <= head; ++pane) total = total * w.factor + block.real(place_of(w, pane) + w.in_sum);
  return total;
}

void clear_block(const TypePlan& plan, uint16_t type, int64_t now_ms, Block block) {
  std::memset(block.bytes(), 0, plan.bytes);
  auto& head = block.head();
  head.at_ms = kNoTime;
  head.value = kMissing;
  head.heard_ms = now_ms;
  head.type = type;
  head.due_s = UINT32_MAX;
  for (size_t i = 0; i < plan.spec.limits.size(); ++i) block.real(plan.limits + 8 * i) = kMissing;
  for (const auto& w : plan.windows) {
    for (int32_t i = 0; i < w.panes; ++i) empty_pane(w, w.ring + static_cast<size_t>(i) * w.stride, block);
    recompute(w, block);
  }
}

void roll_to(const WindowPlan& w, const Pane& pane, Block block) {
  const int64_t head = block.whole(w.head);
  for (int64_t i = std::max(head, pane.number - w.panes) + 1; i < pane.number; ++i) empty_pane(w, place_of(w, i), block);
  empty_pane(w, pane.place, block);
  block.whole(w.head) = pane.number;
  recompute(w, block);
}

}  // namespace anlan::stream
