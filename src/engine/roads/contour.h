// Isochrones as clean polygons: the ground from which, or to which, a place can be reached within so many minutes.
//
// The plane is shared out among points of roads: every junction near by, and points sampled along the roads between them
// with the time at which each is passed. A spot belongs to the nearest of them (a Voronoi diagram, taken on a grid by an
// exact distance transform), and lies inside a limit when that one is reached within it and is at most `reach_m` away.
// One diagram serves all limits. Its border is followed by marching squares (Lorensen and Cline 1987, in the plane); where
// it crosses a grid line is computed from the two points that share it, so it is not bound to the grid.
//
// Promises, for a tolerance of 2.5 × sqrt(2) cells, measured on the local plane (x = longitude × cos(middle latitude)):
//   - a polygon contains every reached junction and no other, save those that have a junction of the other kind within
//     the tolerance; points between junctions never outweigh a junction;
//   - the polygon of a smaller limit lies in that of a larger one within one cell;
//   - rings are closed, outer ones counter-clockwise, holes clockwise; no ring crosses or touches itself or another;
//   - every polygon holds a reached junction, and every hole an unreached junction or more than `hole_min_m2`.
// Not for networks that cross 180 degrees of longitude or hold a pole.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "roads/graph.h"
#include "roads/junctions.h"
#include "roads/reached.h"

namespace anlan::roads {

inline constexpr size_t kContourLimitsMax = 16;

struct ContourPolygon {
  std::vector<LonLat> outer;               // closed: first = last
  std::vector<std::vector<LonLat>> holes;  // closed
};

struct ContourOptions {
  double reach_m = 150;          // how far from a road a person still counts as reached; at least 2.5 cells are taken
  double cell_min_m = 40;        // the grid is coarser where the extent (or the reach) asks for it
  uint32_t cells_max = 1 << 20;  // at least 4,096 are allowed
  double hole_min_m2 = 250'000;  // a smaller hole without an unreached junction is filled
  bool towards = false;          // the search ran against the arcs: times are those of travelling to its start
};

struct Contours {
  std::vector<std::vector<ContourPolygon>> of_limit;  // in the order of the limits; empty where nothing is reached
  double cell_m = 0, tolerance_m = 0;
};

// Keeps its arrays from call to call (8 bytes a node, 8 a road, about 20 a cell). One thread at a time; graph and
// junctions must outlive it.
class ContourDrawer {
 public:
  ContourDrawer(const Graph& graph, const Junctions& junctions);
  ~ContourDrawer();
  ContourDrawer(ContourDrawer&&) noexcept;
  ContourDrawer& operator=(ContourDrawer&&) noexcept;

  // `reached`: each node once, in any order, all that are within the last limit; others may be among them. `weights`:
  // of every arc, as the search saw them.
  // Errors: kInvalidField on "limits" unless 1 to kContourLimitsMax ascending ones are given; on "options" for lengths
  // that make no sense (0 < reach_m <= 100 km, 1 m <= cell_min_m <= 100 km).
  // O(reached + arcs and junctions in the extent + cells).
  Result<Contours> draw(std::span<const Reached> reached, std::span<const Weight> weights, std::span<const Weight> limits,
                        const ContourOptions& options = {});

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace anlan::roads
