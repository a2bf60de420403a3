// A made-up province at full size, the same on every machine: 50 counties, 1,000 towns, 25,000 villages with positions,
// and 218,000 people with one post each.
#pragma once

#include "base/area.h"
#include "registry/people_attachment.h"
#include "registry/places.h"

namespace anlan::bench {

inline constexpr int kCounties = 50, kTowns = 20, kVillages = 25;  // towns of a county, villages of a town
inline constexpr int64_t kPeople = 218'000;

PlaceTable province_places(uint64_t seed);

struct People {
  std::vector<ImportedPerson> persons;
  std::vector<ImportedPost> posts;
};
// 40 posts in every county, 16 in every town, 8 in every village, all called for a red rainstorm warning; each with a
// telephone, a deputy and a superior. Persons and posts are numbered from 1.
People province_people();

// A jagged star of n corners about the middle of the province.
Area star(double radius_deg, int n, uint64_t seed);

}  // namespace anlan::bench
