// A path through the network as a driver is told it: steps with a turn, a road name, metres and seconds, in Chinese and
// English; and its line for the map.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roads/graph.h"

namespace anlan::roads {

// Arcs in the order of travel, each leaving the node where the one before arrives. The first is entered after a share of
// its length (in the direction of travel), the last is left after another; 0 and 1 are whole arcs.
struct RoutePath {
  std::vector<Arc> arcs;
  double from_share = 0, to_share = 1;
};

// The line of a path; where it begins and ends inside an arc, the line does too. Empty for no arcs.
std::vector<LonLat> path_shape(const Graph& graph, const RoutePath& path);

enum class Turn : uint8_t {
  kDepart, kStraight, kSlightRight, kRight, kSharpRight, kUTurn, kSharpLeft, kLeft, kSlightLeft, kRoundabout, kFerry, kArrive
};
std::string_view name_of(Turn turn);  // "depart", "slight_right" …; stable

struct Step {
  Turn turn = Turn::kDepart;
  std::string road;         // name (and number) of the road that is entered; empty: none known
  bool same_road = false;   // a turn that stays on the road of that name
  bool ramp = false;
  int exit = 0;             // of a roundabout, 1-based; 0: the path ends in it
  double bearing_deg = 0;   // clockwise from north, at the beginning
  double distance_m = 0;
  double seconds = 0;
  LonLat at;                // where it begins
  uint32_t first_arc = 0;   // index into the path
};

// `weights` of the profile that travels (they give the times, and which roads count as exits and choices). Bends without
// a choice, and a change of name that is none, are no step. The last step is kArrive. Empty for no arcs. O(arcs + shape).
std::vector<Step> steps_of(const Graph& graph, const RoutePath& path, std::span<const Weight> weights);

// "沿中山路向东行驶 1.2 公里", "Turn right onto 中山路 and go 300 m".
std::string text_of(const Step& step, bool chinese);
// "1.2 公里", "350 米"; "1.2 km", "350 m".
std::string length_text(double metres, bool chinese);

}  // namespace anlan::roads
