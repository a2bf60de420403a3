// A road network as plain vectors: junctions, arcs in one direction each, and the roads that the arcs run along.
//
// A road is a stretch between two junctions with one set of attributes and one shape. It becomes one arc for each
// direction in which any vehicle or a walker may use it. Where a turn is forbidden, its junction is split: the road that
// arrives there ends at a copy of the junction, and the copy has arcs of its own along the roads that leave it; the
// forbidden ones among them carry `turn_banned`, which binds motor vehicles and not walkers. So arcs along one road may
// be several, and several nodes may lie at one position.
//
// Invariants: arcs are sorted by tail; first[v] .. first[v + 1] are the arcs that leave v; head.size() == first.back();
// arcs along one road and direction have the same shape. A Graph is immutable once built; any number of threads may read it.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/lonlat.h"

namespace anlan::roads {

using Node = uint32_t;
using Arc = uint32_t;
using RoadIndex = uint32_t;
inline constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

// Milliseconds of travel. Two of them can be added without overflow.
using Weight = uint32_t;
inline constexpr Weight kUnreachable = std::numeric_limits<int32_t>::max();

// highway=* of OpenStreetMap, links with their class.
enum class RoadClass : uint8_t {
  kMotorway, kTrunk, kPrimary, kSecondary, kTertiary, kUnclassified, kResidential, kLivingStreet, kService, kTrack,
  kPedestrian, kCycleway, kFootway, kPath, kSteps, kFerry, kOther
};
inline constexpr int kRoadClasses = 17;
std::string_view name_of(RoadClass c);  // "motorway" .. "ferry", "other"

enum RoadFlag : uint16_t {
  kMotorForward = 1 << 0,   // motor vehicles, in the direction of the shape
  kMotorBackward = 1 << 1,
  kFootForward = 1 << 2,
  kFootBackward = 1 << 3,
  kPrivate = 1 << 4,        // access=private, destination, delivery, permit: emergency vehicles may, through traffic may not
  kEmergencyOnly = 1 << 5,  // closed to all but emergency vehicles (bollards, access=no with emergency=yes, gates)
  kNoTruck = 1 << 6,        // hgv=no
  kNoHazmat = 1 << 7,
  kUnpaved = 1 << 8,
  kBridge = 1 << 9,
  kTunnel = 1 << 10,
  kToll = 1 << 11,
  kRoundabout = 1 << 12,
  kLink = 1 << 13,          // ramp
};

struct Road {
  RoadClass road_class = RoadClass::kOther;
  uint16_t flags = 0;           // RoadFlag
  uint8_t limit_kmh = 0;        // posted; 0: none known
  uint8_t layer = 0;            // OSM layer + 128
  uint16_t max_height_cm = 0;   // 0: no limit known, here and below
  uint16_t max_width_cm = 0;
  uint32_t max_weight_kg = 0;
  uint32_t length_dm = 0;       // decimetres along the shape
  uint32_t fixed_ms = 0;        // a time that does not depend on the vehicle: a ferry, a network with measured times; 0: by speed
  uint32_t name = 0;            // index into Graph::names; 0: no name
  uint32_t ref = 0;             // road number (G42), same table
  int64_t source_id = 0;        // OSM way, or row of the file
};

struct Graph {
  std::vector<uint32_t> first;        // nodes + 1
  std::vector<Node> head;             // arcs
  std::vector<uint32_t> along;        // arcs: road * 2 + (1 when against its shape)
  std::vector<uint8_t> turn_banned;   // arcs
  std::vector<LonLat> at;             // nodes
  std::vector<Road> roads;
  std::vector<uint32_t> shape_first;  // roads + 1
  std::vector<LonLat> shape;          // first and last point of a road are its junctions
  std::vector<std::string> names;     // names[0] is empty

  uint32_t nodes() const { return first.empty() ? 0 : static_cast<uint32_t>(first.size() - 1); }
  uint32_t arcs() const { return static_cast<uint32_t>(head.size()); }
  RoadIndex road_of(Arc a) const { return along[a] / 2; }
  bool backward(Arc a) const { return along[a] % 2 != 0; }
  const Road& road(Arc a) const { return roads[road_of(a)]; }
  // Points in the direction of the shape.
  std::span<const LonLat> shape_of(RoadIndex r) const { return std::span(shape).subspan(shape_first[r], shape_first[r + 1] - shape_first[r]); }
};

// Node that each arc leaves. O(arcs).
std::vector<Node> tails(const Graph& graph);
// Arcs along each road: list[begin[r] .. begin[r + 1]]. O(arcs + roads).
struct ArcsOfRoads {
  std::vector<uint32_t> begin;
  std::vector<Arc> list;
  std::span<const Arc> of(RoadIndex r) const { return std::span(list).subspan(begin[r], begin[r + 1] - begin[r]); }
};
ArcsOfRoads arcs_of_roads(const Graph& graph);

}  // namespace anlan::roads
