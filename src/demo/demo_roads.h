// A generated road network for the demonstration: every village joined to its nearest neighbours and its town, towns by
// better roads, seats of counties by the best, with bridges between. Where villages lie is real or laid out; the roads are
// made up, and the network's name says so.
#pragma once

#include "loop/node.h"
#include "roads/graph_build.h"

namespace anlan {

inline constexpr const char* kDemoRoadsName = "示范路网（生成）";
inline constexpr uint32_t kDemoJunctionsMax = 40'000;

// Pure: the same places and seed give the same roads. Places below `city` that have a position. Everything is connected.
roads::Draft draw_demo_roads(const PlaceTable& places, PlaceCode city, uint64_t seed);

// Unless the node has a network: draws one, stores it and submits RoadsImported. Under a second for a city of 1,500
// villages; on any thread, while the writer runs or before.
Result<void> make_demo_roads(Node& node, uint64_t seed);

}  // namespace anlan
