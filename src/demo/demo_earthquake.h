// Generated buildings for the demonstration, as a census would count them, and the earthquake of 积石山 2023-12-18 23:59
// (M 6.2; 35.70 N, 102.79 E; 10 km) as a drill on them.
#pragma once

#include "loop/node.h"

namespace anlan {

inline constexpr const char* kDemoStockName = "示范房屋普查（生成）";

// Pure: the same places and seed give the same table. About 300 homes for each village of the city.
std::string draw_demo_census(const PlaceTable& places, PlaceCode city, uint64_t seed);

// Unless the node has buildings: draws a census, stores it and submits ExposureLoaded; then reports the drill. On any
// thread, while the writer runs or before.
Result<void> make_demo_earthquake(Node& node, uint64_t seed);

}  // namespace anlan
