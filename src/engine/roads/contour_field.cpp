#include "roads/contour_field.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace anlan::roads {
namespace {

// Costs stay below kNothing: (kReachMax + 1)² would not, so offsets are cut at kReachMax. kNothing + kReachMax² still
// fits the ten bits above the offset.
constexpr int kShift = 6, kMiddle = 32;
constexpr uint16_t kNothing = 512 << kShift, kOffsetBits = (1 << kShift) - 1;
static_assert(Field::kReachMax * Field::kReachMax + Field::kBetweenPenalty < 512 && Field::kReachMax < kMiddle);

// The choice is made before the thread sanitizer has begun, which its own code in the chooser does not survive.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ANLAN_WIDE
#endif
#endif
#ifndef ANLAN_WIDE
#define ANLAN_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#endif

// off[x]: rows since the last cell of at least this kind.
ANLAN_WIDE void step_offsets(const uint8_t* kinds, uint8_t* off, const uint8_t* before, int n, uint8_t kind) {
  for (int x = 0; x < n; ++x) {
    const uint8_t next = before[x] < Field::kReachMax + 1 ? static_cast<uint8_t>(before[x] + 1) : before[x];
    off[x] = kinds[x] == kind ? uint8_t{0} : next;
  }
}

// `sign` -1: offsets towards lower rows.
ANLAN_WIDE void merge_offsets(const uint8_t* off, uint16_t* key, int n, int penalty, int sign) {
  for (int x = 0; x < n; ++x) {
    const auto d = static_cast<uint16_t>(off[x]);
    const auto cost = static_cast<uint16_t>(d * d + penalty);
    const auto found = static_cast<uint16_t>((cost << kShift) | (kMiddle + sign * d));
    const uint16_t mine = d > Field::kReachMax ? kNothing : found;
    key[x] = mine < key[x] ? mine : key[x];
  }
}

ANLAN_WIDE void strip_offsets(const uint16_t* key, uint16_t* cost, int n) {
  for (int x = 0; x < n; ++x) cost[x] = static_cast<uint16_t>(key[x] & ~kOffsetBits);
}

// best[x] = least of cost[x + dx] + dx², with dx; cost is readable `reach` cells to both sides.
ANLAN_WIDE void least_along_row(const uint16_t* cost, uint16_t* best, int n, int reach) {
  for (int x = 0; x < n; ++x) best[x] = static_cast<uint16_t>(cost[x] | kMiddle);
  for (int dx = -reach; dx <= reach; ++dx) {
    if (dx == 0) continue;
    const auto add = static_cast<uint16_t>((dx * dx << kShift) | (kMiddle + dx));
    const uint16_t* from = cost + dx;
    for (int x = 0; x < n; ++x) {
      const auto mine = static_cast<uint16_t>(from[x] + add);
      best[x] = mine < best[x] ? mine : best[x];
    }
  }
}

}  // namespace

void Field::reset(int width_cells, int height_cells, double reach_cells) {
  CHECK(width_cells > 0 && height_cells > 0 && reach_cells >= 1 && reach_cells <= kReachMax);
  width = width_cells, height = height_cells, reach = reach_cells;
  const size_t cells = static_cast<size_t>(width) * static_cast<size_t>(height);
  kinds.assign(cells, kEmpty);
  for (auto* plane : {&site_level, &level, &junction_off_, &between_off_})
    if (plane->size() < cells) plane->resize(cells);
  if (site_at.size() < cells) site_at.resize(cells);
  if (column_key_.size() < cells) column_key_.resize(cells), best_.resize(cells);
}

void Field::spread_columns() {
  const auto n = static_cast<size_t>(width);
  const std::vector<uint8_t> far(n, kReachMax + 1);
  for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
    const size_t at = y * n;
    step_offsets(&kinds[at], &junction_off_[at], y > 0 ? &junction_off_[at - n] : far.data(), width, kJunction);
    step_offsets(&kinds[at], &between_off_[at], y > 0 ? &between_off_[at - n] : far.data(), width, kBetween);
  }
  std::vector<uint8_t> junction_above = far, between_above = far;
  for (size_t y = static_cast<size_t>(height); y-- > 0;) {
    const size_t at = y * n;
    uint16_t* key = &column_key_[at];
    std::fill_n(key, n, kNothing);
    merge_offsets(&junction_off_[at], key, width, 0, -1);
    merge_offsets(&between_off_[at], key, width, kBetweenPenalty, -1);
    step_offsets(&kinds[at], junction_above.data(), junction_above.data(), width, kJunction);
    step_offsets(&kinds[at], between_above.data(), between_above.data(), width, kBetween);
    merge_offsets(junction_above.data(), key, width, 0, 1);
    merge_offsets(between_above.data(), key, width, kBetweenPenalty, 1);
  }
}

void Field::spread() {
  spread_columns();
  const int reach_cells = static_cast<int>(std::ceil(reach));
  const auto cost_max = static_cast<uint16_t>(std::min(511.0, std::floor(reach * reach) + kBetweenPenalty));
  const auto n = static_cast<size_t>(width), pad = static_cast<size_t>(reach_cells);
  std::vector<uint16_t> padded(n + 2 * pad, kNothing);
  for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
    const uint16_t* key = &column_key_[y * n];
    uint16_t* best = &best_[y * n];
    uint8_t* out = &level[y * n];
    strip_offsets(key, &padded[pad], width);
    least_along_row(&padded[pad], best, width, reach_cells);
    for (size_t x = 0; x < n; ++x) {
      if ((best[x] >> kShift) > cost_max) {
        best[x] = kNothing;
        out[x] = kUnreachedLevel;
        continue;
      }
      const size_t column = x + (best[x] & kOffsetBits) - kMiddle;
      const size_t row = y + (key[column] & kOffsetBits) - kMiddle;
      out[x] = site_level[row * n + column];
    }
  }
}

Field::Owner Field::owner(int x, int y) const {
  const uint16_t best = best_[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  if (best >= kNothing) return {};
  const int column = x + (best & kOffsetBits) - kMiddle;
  const uint16_t key = column_key_[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(column)];
  const size_t cell = static_cast<size_t>(y + (key & kOffsetBits) - kMiddle) * static_cast<size_t>(width) + static_cast<size_t>(column);
  return {site_at[cell], static_cast<Kind>(kinds[cell])};
}

double Field::crossing(int inside_x, int inside_y, int outside_x, int outside_y) const {
  constexpr double kLeast = 0.03;
  const double ax = inside_x + 0.5, ay = inside_y + 0.5, ex = outside_x - inside_x, ey = outside_y - inside_y;
  const auto power = [](const Owner& o, double x, double y) {
    return (x - o.at.x) * (x - o.at.x) + (y - o.at.y) * (y - o.at.y) + (o.kind == kBetween ? kBetweenPenalty : 0);
  };
  const Owner mine = owner(inside_x, inside_y), other = owner(outside_x, outside_y);
  double t = 1;
  if (other.kind != kEmpty) {
    // The difference of two powers is linear along a line.
    const double at_inside = power(other, ax, ay) - power(mine, ax, ay);
    const double at_outside = power(other, ax + ex, ay + ey) - power(mine, ax + ex, ay + ey);
    if (at_inside > at_outside) t = at_inside / (at_inside - at_outside);
  }
  // Where the circle of reach round my point is left: |a + t e - p|² = reach², with |e| = 1.
  const double dx = ax - mine.at.x, dy = ay - mine.at.y, along = dx * ex + dy * ey;
  const double root = along * along - (dx * dx + dy * dy - reach * reach);
  t = root >= 0 ? std::min(t, -along + std::sqrt(root)) : kLeast;
  return std::clamp(t, kLeast, 1 - kLeast);
}

}  // namespace anlan::roads
