// The plane of a contour as a grid: which point of a road is nearest to each cell, and so inside which limits it lies.
//
// Positions are in cells from the south-west corner; cell (x, y) has its middle at (x + 0.5, y + 0.5). A cell keeps one
// point: a junction before any other, then the one that is reached first. Points that are no junction count as if they
// were farther off (their squared distance in cells + kBetweenPenalty), so that within sqrt(2) cells a junction decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace anlan::roads {

struct Field {
  static constexpr int kReachMax = 22;         // cells
  static constexpr int kBetweenPenalty = 3;    // cells²
  static constexpr uint8_t kUnreachedLevel = 100;
  enum Kind : uint8_t { kEmpty, kBetween, kJunction };

  int width = 0, height = 0;
  double reach = 0;  // cells, at most kReachMax

  // Empty, keeping the memory. 1 <= reach <= kReachMax; the outermost ceil(reach) + 2 cells must stay without points.
  void reset(int width_cells, int height_cells, double reach_cells);
  // A point of the road. `level`: the first limit within which it is reached, or kUnreachedLevel.
  void put(float x, float y, uint8_t level, Kind kind) {
    const size_t cell = static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x);
    if (kind < kinds[cell] || (kind == kinds[cell] && level >= site_level[cell])) return;
    kinds[cell] = kind;
    site_level[cell] = level;
    site_at[cell] = {x, y};
  }
  // Fills level: of each cell, that of the nearest point, kUnreachedLevel where none is within reach. O(cells × reach)
  // with sixteen cells at a time.
  void spread();

  struct At {
    float x = 0, y = 0;
  };
  // Valid after spread(). The point that decides on a cell; nothing is within reach when `kind` is kEmpty.
  struct Owner {
    At at;
    Kind kind = kEmpty;
  };
  Owner owner(int x, int y) const;
  // Where the border runs between the middle of a cell inside and that of its neighbour outside: share of the way, kept
  // off both ends.
  double crossing(int inside_x, int inside_y, int outside_x, int outside_y) const;

  std::vector<uint8_t> level;       // cells, row by row from the south
  std::vector<uint8_t> kinds;       // Kind of the point in each cell
  std::vector<uint8_t> site_level;  // of that point
  std::vector<At> site_at;

 private:
  void spread_columns();

  std::vector<uint16_t> column_key_;  // least cost along the column, and to which cell: (cost << 6) | (dy + 32)
  std::vector<uint16_t> best_;        // the same over the rows: (cost << 6) | (dx + 32)
  std::vector<uint8_t> junction_off_, between_off_;  // rows to the nearest of each kind at or below
};

}  // namespace anlan::roads
