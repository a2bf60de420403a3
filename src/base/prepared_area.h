// An Area made ready for many questions: which of these 218,000 positions, which of these 3,000 villages.
//
// A grid lies over the bounds. A cell that no edge touches is wholly inside or outside: one look-up. A cell that edges
// touch keeps those edges and one bit, the parity at its north-east corner; a position in it is decided by walking
// from that corner: south along the cell's east side, then west to the position, and counting crossings. Edges that do
// not touch the cell cannot be crossed, so only the kept ones are looked at, with the comparison that contains(area, p)
// uses (even_odd.h). The answer is therefore the same, bit for bit, as the plain even-odd test over all edges.
//
// Building costs O(n + cells touched), bounded in time and memory: the grid is made coarser until the cells hold at
// most about 4 million + 8 n entries. A question costs O(1), or O(edges in the cell), about 2 for surveyed boundaries.
// Immutable: any number of threads may ask.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/area.h"

namespace anlan {

class PreparedArea {
 public:
  // The rings must be closed and of valid positions, as normalise() and the JSON form leave them (CHECK). Polygons
  // that overlap cancel where they do, by the even-odd rule.
  explicit PreparedArea(const Area& area);

  // A position on an edge is inside.
  bool contains(LonLat p) const;

  // inside[i] = contains(points[i]) as 0 or 1. Both spans have the same length (CHECK).
  void contains_many(std::span<const LonLat> points, std::span<uint8_t> inside) const;

  // True when edges cross or touch, or one lies within the other. Costs O(m) cells for m edges of the other.
  bool intersects(const Area& other) const;
  bool intersects(const Polygon& other) const;

  const Bounds& bounds() const { return bounds_; }

 private:
  struct Edge {
    LonLat a, b;
  };
  struct CellRange {
    int first, last;
  };
  enum Cell : uint8_t { kOutside = 0, kInside = 1, kMixed = 2 };  // kMixed + parity

  void lay_grid(size_t cells);
  size_t count_entries(size_t limit);
  void fill_entries();
  void fill_parities();
  CellRange rows_of(const Edge& edge) const;
  CellRange columns_of(const Edge& edge, int row) const;
  template <class Visit>
  void for_each_cell(const Edge& edge, Visit visit) const;
  int row_of(double lat) const;
  int column_of(double lon) const;
  bool crosses_edges(const Ring& ring) const;

  std::vector<Edge> edges_;
  std::vector<LonLat> ring_starts_;  // one position of each outer ring
  Bounds bounds_;
  int columns_ = 0, rows_ = 0;
  double columns_per_deg_ = 0, rows_per_deg_ = 0;
  std::vector<double> column_sides_, row_sides_;  // columns + 1 and rows + 1 borders
  std::vector<uint8_t> cells_;                    // Cell by row, then column
  std::vector<uint32_t> cell_starts_;             // entries of cell i: [start i, start i + 1)
  std::vector<uint32_t> entries_;                 // edges that touch a cell
};

}  // namespace anlan
