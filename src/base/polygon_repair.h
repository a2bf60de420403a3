// Repair of crossing rings with GEOS, the adapter behind normalise() in area.h.
#pragma once

#include <vector>

#include "base/area.h"

namespace anlan {

// Rings closed, positions finite; longitudes may run past 180 up to 540 where a ring crosses the antimeridian.
// Gives valid polygons within [-180, 180]: crossings repaired by the even-odd rule, parts without area dropped, cut
// at the antimeridian, overlapping polygons united. Any orientation.
// Errors: kInvalidField when a polygon has no area or the rings are too tangled to repair in bounded time; kInternal
// when GEOS fails on what passed these checks.
Result<std::vector<Polygon>> repair(const std::vector<Polygon>& polygons);

// kInvalidField on "area", with one detail that names the polygon (0-based; -1: the area as a whole).
Error area_fault(int polygon, std::string zh, std::string en);

}  // namespace anlan
