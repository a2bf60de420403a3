// Positions for towns and villages whose position nobody has supplied: spread over their county so that a map is
// readable, and flagged approximate. They are placeholders, never evidence of where a village is.
#pragma once

#include <cstdint>

#include "registry/boundaries.h"
#include "registry/places.h"

namespace anlan {

struct LayoutCount {
  size_t towns = 0;
  size_t villages = 0;
  size_t derived = 0;  // coarser places that got the mean of their children
  size_t without = 0;  // still without position: their county has neither boundary nor position
};

// Deterministic: the same places, boundaries and seed give the same positions, and a county's layout depends on nothing
// outside the county. Towns are the centres of a relaxed (Lloyd 1982, k-means) division of the county's boundary, or of
// a disc around its position (or else its city's) when it has no boundary; those with a position stay where they are.
// The first code, by custom the seat, lies nearest to the county's position. Villages lie in the part of their town,
// inside the boundary, spread by best candidate (Mitchell 1991). Linear in places; about a second for the whole
// country.
LayoutCount lay_out(PlaceTable& places, const Boundaries& boundaries, uint64_t seed);

}  // namespace anlan
