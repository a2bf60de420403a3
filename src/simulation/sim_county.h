// A small county for the simulator: two towns, six villages, about 25 people, and a pack whose limits are minutes.
#pragma once

#include "loop/node.h"
#include "simulation/sim_time.h"

namespace anlan {

inline constexpr PlaceCode kSimCounty(622927);

// Rules, channels and lines differ from seed to seed.
Pack sim_pack(SimRandom& random);
// The commands that fill an empty node: places, people, posts, accounts. Some posts are vacant, some people have no
// telephone, some hold several posts.
void fill_county(Node& node, SimRandom& random);
// For tests that want more people than the county has: so many village heads in one town, in one import.
void fill_town(Node& node, int people);

std::vector<PlaceCode> sim_villages();
WarningContent sim_warning(SimRandom& random, const std::string& headline, UtcTime now);

}  // namespace anlan
