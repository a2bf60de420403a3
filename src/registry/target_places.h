// Which places a warning touches.
//
// Prepared once per PlaceIndex: the position of every place in one array in code order, so that a town's villages lie
// together and whole counties outside the area's bounds are skipped.
//
// A place with a boundary is touched when the boundary meets the area; any other when its position lies inside. A place
// without position borrows that of the nearest place above it, so that nobody is forgotten for want of a coordinate.
// Whatever lies above a touched place is touched too: the town, the county, the city.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/prepared_area.h"
#include "registry/boundaries.h"
#include "registry/places.h"

namespace anlan {

struct TouchedPlace {
  uint32_t index = 0;  // in the PlaceTable
  uint64_t key = 0;    // place_order, ascending in a list
  uint8_t level = 0;   // level_rank
};

class TargetPlaces {
 public:
  // Both must outlive it. `within` bounds the work to one province or county; empty: everywhere.
  TargetPlaces(const PlaceTable& places, const Boundaries* boundaries, PlaceCode within = {});

  const PlaceTable& places() const { return places_; }

  // O(places whose county meets the area's bounds + places touched).
  std::vector<TouchedPlace> touched(const PreparedArea& area) const;
  // The named places, all below and all above them.
  std::vector<TouchedPlace> touched(std::span<const PlaceCode> codes) const;

 private:
  // Places [begin, end) of points_: one county with its towns and villages, or what stands above counties.
  struct Group {
    uint32_t begin = 0, end = 0;
    Bounds bounds;
  };

  void mark_above(uint32_t index, std::vector<uint8_t>& marks) const;
  std::vector<TouchedPlace> collect(const std::vector<uint8_t>& marks) const;

  const PlaceTable& places_;
  const Boundaries* boundaries_;
  PlaceCode within_;
  PlaceRange range_;
  std::vector<uint64_t> keys_;          // by index of the table minus range_.begin
  std::vector<uint32_t> parents_;       // the same; kNoPlace above the range
  std::vector<LonLat> points_;          // places with a position and without boundary, by index
  std::vector<uint32_t> point_places_;  // whose position it is
  std::vector<Group> groups_;
};

}  // namespace anlan
