// The nearest of many points on the earth. A k-d tree over the points of the unit sphere: no poles and no date line to
// care for, and no cell that a whole city falls into, as a grid would have.
//
// A tree is an array: the middle of a range is its root, what lies before and after it its two sides. Which of equally
// near points are found is fixed by the points and their order. Nothing changes after the building; any thread reads.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/lonlat.h"

namespace anlan::stream {

class NearestPoints {
 public:
  // Points that are not valid are left out. O(n log n).
  explicit NearestPoints(std::span<const LonLat> points);

  struct Found {
    double square = 0;  // of the chord, in radii of the earth
    uint32_t point = 0;
  };
  // Up to `most` (at least 1) points within the radius, nearest first, without the point itself. `found` is emptied
  // first. O(log n + most) for points spread over an area.
  void find(uint32_t point, double radius_m, size_t most, std::vector<Found>& found) const;

 private:
  using Unit = std::array<double, 3>;
  struct Node {
    Unit at;
    uint32_t point;
    uint8_t axis;
  };
  void split(size_t begin, size_t end);
  void search(size_t begin, size_t end, const Node& from, size_t most, double& limit, std::vector<Found>& found) const;

  static constexpr uint32_t kAbsent = UINT32_MAX;
  std::vector<Node> nodes_;
  std::vector<uint32_t> place_;  // of each point in nodes_; kAbsent
};

}  // namespace anlan::stream
