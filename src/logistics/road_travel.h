// The way from one place to another, and the ground within so many minutes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "logistics/roads.h"
#include "roads/contour.h"
#include "roads/directions.h"

namespace anlan {

inline constexpr size_t kViaMax = 20, kReachFromMax = 2'000, kReachLimitsMax = 8, kAlternativesMax = 2;
inline constexpr double kReachMinutesMax = 1'440;

// Where a position was put on the road.
struct PlacedOnRoad {
  LonLat at;
  double distance_m = 0;
  std::string road;  // "" when it has no name
};

struct RoutesAsked {
  std::vector<LonLat> stops;  // two or more, in order
  TravelQuestion how;
  int alternatives = 0;       // only between two stops
};

struct RouteFound {
  uint32_t ms = 0;
  double metres = 0;
  bool estimated = false;     // by distance: no roads, or a stop lies on none
  std::vector<LonLat> line;
  std::vector<roads::Step> steps;  // none when estimated
  std::vector<PlacedOnRoad> placed;  // of each stop; empty when estimated
};

struct RoutesFound {
  std::vector<RouteFound> routes;  // the fastest first; none when there is no way
  std::string why_zh, why_en;      // then
  UtcTime depart;
};

struct ReachAsked {
  std::vector<LonLat> at;
  std::vector<double> minutes;  // ascending
  TravelQuestion how;
  bool to = false;              // times to the places instead of from them
  bool polygons = false;
};

struct ReachCircle {
  double minutes = 0;
  std::vector<roads::ContourPolygon> shape;
  size_t nodes = 0;
};

struct ReachFound {
  bool estimated = false;
  std::vector<ReachCircle> circles;
  std::shared_ptr<const RoadNetwork> network;  // whose nodes `reached` are; null when estimated
  std::vector<roads::Reached> reached;
  std::shared_ptr<const std::vector<roads::Weight>> weights;  // of every arc, as it was searched
};

}  // namespace anlan
