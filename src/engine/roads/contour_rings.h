// From a Field to rings: cells inside one limit, cleaned of specks and small holes, with their border followed.
//
// Cells inside hang together by their sides, cells outside also by their corners, so that rings never meet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "roads/contour_field.h"

namespace anlan::roads {

struct GridPoint {
  double x = 0, y = 0;  // cells
};
using GridRing = std::vector<GridPoint>;  // not closed

struct GridPolygon {
  GridRing outer;               // counter-clockwise
  std::vector<GridRing> holes;  // clockwise
};

// Reusable for one Field after another; one thread.
class RingFinder {
 public:
  // Looks at which cells hold a junction. Before rings(), for every newly spread Field.
  void look_at(const Field& field);

  // Cells whose level is at most `limit` are inside. Parts without a junction are left out; holes without one are filled
  // when they have fewer than `hole_min_cells`. The border is straightened by at most kStraighten cells, and never past
  // the middle of a cell. Smaller limits give cells that are a subset. O(cells / 8 + length of the border).
  std::vector<GridPolygon> rings(const Field& field, uint8_t limit, double hole_min_cells);

  static constexpr double kStraighten = 0.3;

 private:
  struct Gate {  // a side between two cells, which the border crosses
    GridPoint at, inner, outer;  // where; between which ends it may be moved
  };

  bool inside(int x, int y) const { return (bits_[word_of(x, y)] >> (x & 63) & 1) != 0; }
  size_t word_of(int x, int y) const { return static_cast<size_t>(y) * words_ + static_cast<size_t>(x >> 6); }
  void fill_bits(const Field& field, uint8_t limit);
  void find_runs(const Field& field);
  void join_rows(uint32_t lower, uint32_t lower_end, uint32_t upper, uint32_t upper_end);
  void clean(const Field& field, double hole_min_cells);
  void follow(const Field& field, int x, int y);
  GridRing straightened() const;
  uint32_t root(uint32_t run);
  void join(uint32_t a, uint32_t b);

  size_t words_ = 0;
  std::vector<uint64_t> junctions_, bits_, entries_;  // a bit for each cell; entries_: outside here, inside to the east
  // Runs of equal cells, row by row; the first of a row is outside, then they alternate.
  std::vector<uint32_t> row_first_, run_start_, run_end_, parent_, part_, size_;
  std::vector<uint8_t> holds_junction_, is_in_;
  std::vector<int32_t> polygon_of_;
  std::vector<Gate> gates_;
};

}  // namespace anlan::roads
