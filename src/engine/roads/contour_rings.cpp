#include "roads/contour_rings.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"

namespace anlan::roads {
namespace {

// One bit for each of eight bytes that are at most `limit`; all are below 128.
uint64_t at_most(const uint8_t* bytes, uint8_t limit) {
  static_assert(std::endian::native == std::endian::little);
  constexpr uint64_t kOnes = 0x0101010101010101, kTops = 0x8080808080808080;
  uint64_t eight = 0;
  std::memcpy(&eight, bytes, 8);
  const uint64_t tops = ((kOnes * limit | kTops) - eight) & kTops;
  return ((tops >> 7) * 0x0102040810204080) >> 56;
}

void set_range(uint64_t* row, uint32_t start, uint32_t end, bool on) {
  for (uint32_t x = start; x < end;) {
    const uint32_t stop = std::min(end, (x | 63) + 1), n = stop - x;
    const uint64_t mask = (n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1) << (x & 63);
    row[x >> 6] = on ? row[x >> 6] | mask : row[x >> 6] & ~mask;
    x = stop;
  }
}

bool any_in_range(const uint64_t* row, uint32_t start, uint32_t end) {
  for (uint32_t x = start; x < end;) {
    const uint32_t stop = std::min(end, (x | 63) + 1), n = stop - x;
    const uint64_t mask = (n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1) << (x & 63);
    if ((row[x >> 6] & mask) != 0) return true;
    x = stop;
  }
  return false;
}

void pack(const uint8_t* bytes, int width, uint8_t limit, bool complement, uint64_t* row) {
  const auto whole = static_cast<size_t>(width) / 8;
  for (size_t i = 0; i < whole; ++i) {
    const uint64_t eight = at_most(bytes + i * 8, limit) ^ (complement ? 0xff : 0);
    row[i / 8] |= eight << (i % 8 * 8);
  }
  for (size_t x = whole * 8; x < static_cast<size_t>(width); ++x)
    if ((bytes[x] <= limit) != complement) row[x / 64] |= uint64_t{1} << (x % 64);
}

enum Side : uint8_t { kBottom, kRight, kTop, kLeft };

// Where a border that has the inside on its left leaves a square, by which of its corners are inside: south-west 1,
// south-east 2, north-east 4, north-west 8. For 5 and 10 it depends on where it came in.
constexpr std::array<Side, 16> kLeaves = {kLeft, kLeft, kBottom, kLeft,   kRight, kLeft,  kBottom, kLeft,
                                          kTop,  kTop,  kBottom, kTop,    kRight, kRight, kBottom, kLeft};

double cross(GridPoint o, GridPoint a, GridPoint b) { return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x); }

}  // namespace

void RingFinder::look_at(const Field& field) {
  words_ = static_cast<size_t>(field.width + 63) / 64;
  const auto height = static_cast<size_t>(field.height), width = static_cast<size_t>(field.width);
  junctions_.assign(words_ * height, 0);
  for (size_t y = 0; y < height; ++y)
    pack(&field.kinds[y * width], field.width, Field::kJunction - 1, true, &junctions_[y * words_]);
}

void RingFinder::fill_bits(const Field& field, uint8_t limit) {
  const auto height = static_cast<size_t>(field.height), width = static_cast<size_t>(field.width);
  bits_.assign(words_ * height, 0);
  for (size_t y = 0; y < height; ++y) pack(&field.level[y * width], field.width, limit, false, &bits_[y * words_]);
}

uint32_t RingFinder::root(uint32_t run) {
  while (parent_[run] != run) run = parent_[run] = parent_[parent_[run]];
  return run;
}

// The earlier run is the root, so the root of a part is its first run.
void RingFinder::join(uint32_t a, uint32_t b) {
  a = root(a), b = root(b);
  if (a == b) return;
  if (a > b) std::swap(a, b);
  parent_[b] = a;
  size_[a] += size_[b];
  holds_junction_[a] |= holds_junction_[b];
}

void RingFinder::find_runs(const Field& field) {
  row_first_.clear(), run_start_.clear(), run_end_.clear();
  for (int y = 0; y < field.height; ++y) {
    const uint64_t* row = &bits_[static_cast<size_t>(y) * words_];
    row_first_.push_back(static_cast<uint32_t>(run_start_.size()));
    run_start_.push_back(0);
    uint64_t carry = 0;
    for (size_t w = 0; w < words_; ++w) {
      for (uint64_t turns = row[w] ^ (row[w] << 1 | carry); turns != 0; turns &= turns - 1) {
        const auto x = static_cast<uint32_t>(w * 64) + static_cast<uint32_t>(std::countr_zero(turns));
        run_end_.push_back(x);
        run_start_.push_back(x);
      }
      carry = row[w] >> 63;
    }
    run_end_.push_back(static_cast<uint32_t>(field.width));
  }
  const auto runs = static_cast<uint32_t>(run_start_.size());
  row_first_.push_back(runs);
  parent_.resize(runs), size_.resize(runs), holds_junction_.resize(runs);
  for (size_t y = 0; y + 1 < row_first_.size(); ++y)
    for (uint32_t i = row_first_[y]; i < row_first_[y + 1]; ++i) {
      parent_[i] = i;
      size_[i] = run_end_[i] - run_start_[i];
      holds_junction_[i] = any_in_range(&junctions_[y * words_], run_start_[i], run_end_[i]) ? 1 : 0;
    }
  for (size_t y = 1; y + 1 < row_first_.size(); ++y) join_rows(row_first_[y - 1], row_first_[y], row_first_[y], row_first_[y + 1]);
}

void RingFinder::join_rows(uint32_t lower, uint32_t lower_end, uint32_t upper, uint32_t upper_end) {
  const uint32_t first_lower = lower, first_upper = upper;
  while (lower < lower_end && upper < upper_end) {
    const bool lower_in = ((lower - first_lower) & 1) != 0, upper_in = ((upper - first_upper) & 1) != 0;
    if (lower_in == upper_in) join(lower, upper);
    if (run_end_[lower] < run_end_[upper]) {
      ++lower;
    } else if (run_end_[lower] > run_end_[upper]) {
      ++upper;
    } else {
      // Both change here: of the two pairs that touch by a corner the one outside hangs together.
      if (lower_in != upper_in && lower + 1 < lower_end && upper + 1 < upper_end) {
        if (lower_in) join(lower + 1, upper);
        else join(lower, upper + 1);
      }
      ++lower, ++upper;
    }
  }
}

// A part that is not kept becomes like the part around it, which is the one to the left of its first run.
void RingFinder::clean(const Field& field, double hole_min_cells) {
  find_runs(field);
  const auto runs = static_cast<uint32_t>(run_start_.size());
  part_.resize(runs), is_in_.resize(runs);
  for (size_t y = 0; y + 1 < row_first_.size(); ++y)
    for (uint32_t i = row_first_[y]; i < row_first_[y + 1]; ++i) {
      const uint32_t mine = root(i);
      const bool was_in = ((i - row_first_[y]) & 1) != 0;
      if (mine != i) {
        part_[i] = part_[mine], is_in_[i] = is_in_[mine];
      } else if (i == 0) {
        part_[i] = 0, is_in_[i] = 0;
      } else {
        const bool kept = holds_junction_[i] != 0 || (!was_in && size_[i] >= hole_min_cells);
        is_in_[i] = kept ? static_cast<uint8_t>(was_in) : is_in_[i - 1];
        part_[i] = is_in_[i] == is_in_[i - 1] ? part_[i - 1] : i;
      }
      if ((is_in_[i] != 0) != was_in) set_range(&bits_[y * words_], run_start_[i], run_end_[i], is_in_[i] != 0);
    }
}

// Gates of the ring that runs south between (x, y) outside and (x + 1, y) inside.
void RingFinder::follow(const Field& field, int x, int y) {
  gates_.clear();
  const auto cross_over = [&](int in_x, int in_y, int out_x, int out_y) {
    const double t = field.crossing(in_x, in_y, out_x, out_y), ex = out_x - in_x, ey = out_y - in_y;
    const auto at = [&](double share) { return GridPoint{in_x + 0.5 + share * ex, in_y + 0.5 + share * ey}; };
    gates_.push_back({at(t), at(std::max(0.02, t - kStraighten)), at(std::min(0.98, t + kStraighten))});
  };
  int sx = x, sy = y - 1;
  Side from = kTop;
  cross_over(x + 1, y, x, y);
  for (;;) {
    const unsigned corners = static_cast<unsigned>(inside(sx, sy)) | static_cast<unsigned>(inside(sx + 1, sy)) << 1 |
                             static_cast<unsigned>(inside(sx + 1, sy + 1)) << 2 | static_cast<unsigned>(inside(sx, sy + 1)) << 3;
    Side to = kLeaves[corners];
    if (corners == 5) to = from == kBottom ? kLeft : kRight;
    if (corners == 10) to = from == kRight ? kBottom : kTop;
    if (to == kBottom) {
      uint64_t& entries = entries_[word_of(sx, sy)];
      entries &= ~(uint64_t{1} << (sx & 63));
      if (sx == x && sy == y) return;
      cross_over(sx + 1, sy, sx, sy);
      --sy, from = kTop;
    } else if (to == kTop) {
      cross_over(sx, sy + 1, sx + 1, sy + 1);
      ++sy, from = kBottom;
    } else if (to == kLeft) {
      cross_over(sx, sy, sx, sy + 1);
      --sx, from = kRight;
    } else {
      cross_over(sx + 1, sy + 1, sx + 1, sy);
      ++sx, from = kLeft;
    }
  }
}

// A chord may replace the points between its ends when it passes through their gates: then it passes through the same
// squares in the same order, so rings stay apart and go round the same middles of cells.
GridRing RingFinder::straightened() const {
  GridRing out;
  const size_t n = gates_.size();
  for (size_t anchor = 0; anchor < n;) {
    const GridPoint o = gates_[anchor].at;
    out.push_back(o);
    GridPoint right{}, left{};  // the wedge of directions that pass through every gate so far
    size_t next = anchor + 1;
    for (size_t k = anchor + 1; k <= n; ++k) {
      const Gate& gate = gates_[k % n];
      if (k > anchor + 1 && (cross(o, right, gate.at) < 0 || cross(o, left, gate.at) > 0)) break;
      next = k;
      const bool turned = cross(o, gate.inner, gate.outer) < 0;
      const GridPoint r = turned ? gate.outer : gate.inner, l = turned ? gate.inner : gate.outer;
      if (k == anchor + 1 || cross(o, right, r) > 0) right = r;
      if (k == anchor + 1 || cross(o, left, l) < 0) left = l;
    }
    anchor = next;
  }
  return out;
}

std::vector<GridPolygon> RingFinder::rings(const Field& field, uint8_t limit, double hole_min_cells) {
  fill_bits(field, limit);
  clean(field, hole_min_cells);
  entries_.resize(bits_.size());
  for (size_t y = 0; y < static_cast<size_t>(field.height); ++y)
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t mine = bits_[y * words_ + w], next = w + 1 < words_ ? bits_[y * words_ + w + 1] : 0;
      entries_[y * words_ + w] = ~mine & (mine >> 1 | next << 63);
    }
  std::vector<GridPolygon> polygons;
  polygon_of_.assign(run_start_.size(), -1);
  for (size_t y = 0; y + 1 < row_first_.size(); ++y)
    for (uint32_t i = row_first_[y] + 1; i < row_first_[y + 1]; ++i) {
      if (is_in_[i] == 0 || is_in_[i - 1] != 0) continue;
      const int x = static_cast<int>(run_start_[i]) - 1;
      if ((entries_[word_of(x, static_cast<int>(y))] >> (x & 63) & 1) == 0) continue;
      follow(field, x, static_cast<int>(y));
      GridRing ring = straightened();
      CHECK(ring.size() >= 3);
      // Rows are passed from the south, so the first ring of a part is the outer one.
      int32_t& polygon = polygon_of_[part_[i]];
      if (polygon < 0) {
        polygon = static_cast<int32_t>(polygons.size());
        polygons.push_back({std::move(ring), {}});
      } else {
        polygons[static_cast<size_t>(polygon)].holes.push_back(std::move(ring));
      }
    }
  return polygons;
}

}  // namespace anlan::roads
