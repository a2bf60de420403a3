// What the tags of OpenStreetMap say about a way or a barrier: its class, who may use it in which direction, its limits.
//
// Access follows the hierarchy access < vehicle < motor_vehicle < motorcar, and access < foot. What is closed to motor
// vehicles but can be driven on stays open to emergency vehicles: bus roads, pedestrian streets, and carriageways closed
// by vehicle=no, motor_vehicle=no or motorcar=no, unless emergency=no; with access=no only when emergency=yes or buses
// may. Walkers may use private ways. The tags are described at https://wiki.openstreetmap.org/wiki/Key:access.
#pragma once

#include <optional>
#include <string_view>

#include "roads/graph.h"
#include "roads/osm_pbf.h"

namespace anlan::roads {

// Why something of the file is not in the graph.
enum class Dropped : uint8_t {
  kNone,
  kArea,               // area=yes
  kNotBuilt,           // proposed, construction, razed, abandoned …
  kUnknownClass,       // a value of highway=* that is no road
  kNoAccess,           // closed to everybody
  kNodesMissing,       // fewer than two of its nodes are in the file
  kNoLength,           // all its nodes are one
  kTwice,              // a way with this id was read before
  kRuleNotMotor,       // a restriction for bicycles, walkers, buses …
  kRuleConditional,    // holds at some times only
  kRuleType,           // a value of restriction=* that is not known
  kRuleExcepted,       // motor vehicles are excepted
  kRuleMembers,        // from, via or to is absent, or not in the file
  kRuleViaWay,         // leads over a way in between
  kRuleNotMeeting,     // its ways do not meet at its node
  kRuleAmbiguous,      // one of its ways arrives at the node from two sides
  kRuleMoot,           // nobody can drive that way in any case
};
inline constexpr int kDroppedReasons = 17;
std::string_view name_of(Dropped reason);  // "area", "not_built" …; stable
struct TextPair {
  std::string_view zh, en;
};
TextPair text_of(Dropped reason);

struct WayTags {
  Dropped dropped = Dropped::kNone;
  Road road;                    // class, flags, limits; no length, name or time
  std::string_view name, ref;   // name:zh, or else name
  uint32_t duration_ms = 0;     // of a ferry, for the whole way
};
// Nothing when the way is neither a road nor a ferry.
std::optional<WayTags> read_way_tags(const OsmTags& tags);

struct BarrierTags {
  uint16_t flags = 0;  // of the passage
  uint16_t max_height_cm = 0, max_width_cm = 0;
  uint32_t max_weight_kg = 0;
};
// Nothing when the node is no barrier, or one that everybody passes.
std::optional<BarrierTags> read_barrier_tags(const OsmTags& tags);

}  // namespace anlan::roads
