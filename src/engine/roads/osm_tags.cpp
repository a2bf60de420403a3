#include "roads/osm_tags.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "roads/osm_values.h"

namespace anlan::roads {
namespace {

constexpr uint16_t kMotor = kMotorForward | kMotorBackward, kFoot = kFootForward | kFootBackward;

bool one_of(std::string_view value, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

struct ClassRow {
  std::string_view highway;
  RoadClass road_class;
  uint16_t flags;  // who may use it when no tag says so
};
constexpr uint16_t kAll = kMotor | kFoot;
constexpr uint16_t kDrivable = kMotor | kEmergencyOnly;
constexpr std::array kClasses = {
    ClassRow{"motorway", RoadClass::kMotorway, kMotor},
    ClassRow{"trunk", RoadClass::kTrunk, kAll},
    ClassRow{"primary", RoadClass::kPrimary, kAll},
    ClassRow{"secondary", RoadClass::kSecondary, kAll},
    ClassRow{"tertiary", RoadClass::kTertiary, kAll},
    ClassRow{"unclassified", RoadClass::kUnclassified, kAll},
    ClassRow{"residential", RoadClass::kResidential, kAll},
    ClassRow{"living_street", RoadClass::kLivingStreet, kAll},
    ClassRow{"service", RoadClass::kService, kAll},
    ClassRow{"track", RoadClass::kTrack, kAll},
    ClassRow{"road", RoadClass::kOther, kAll},
    ClassRow{"busway", RoadClass::kOther, kDrivable},
    ClassRow{"pedestrian", RoadClass::kPedestrian, kDrivable | kFoot},
    ClassRow{"cycleway", RoadClass::kCycleway, kFoot},
    ClassRow{"footway", RoadClass::kFootway, kFoot},
    ClassRow{"crossing", RoadClass::kFootway, kFoot},
    ClassRow{"path", RoadClass::kPath, kFoot},
    ClassRow{"bridleway", RoadClass::kPath, kFoot},
    ClassRow{"steps", RoadClass::kSteps, kFoot},
};

enum class Access { kUnsaid, kYes, kPrivate, kNo };
Access access_of(std::string_view value) {
  if (value.empty() || value == "unknown") return Access::kUnsaid;
  if (one_of(value, {"no", "use_sidepath", "emergency"})) return Access::kNo;
  if (one_of(value, {"private", "destination", "delivery", "customers", "permit", "residents", "employees", "agricultural",
                     "forestry", "agricultural;forestry", "forestry;agricultural", "military"}))
    return Access::kPrivate;
  return Access::kYes;
}

struct Said {
  Access access = Access::kUnsaid;
  bool only_general = false;  // by access=* alone
};
// The most specific key that says something; keys from special to general.
Said said(const OsmTags& tags, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const Access access = access_of(tags[key]); access != Access::kUnsaid) return {access, key == "access"};
  return {};
}
Said motor_said(const OsmTags& tags) { return said(tags, {"motorcar", "motor_vehicle", "vehicle", "access"}); }

bool emergency_may(const OsmTags& tags) { return access_of(tags["emergency"]) == Access::kYes; }

uint16_t motor_flags(const OsmTags& tags, uint16_t by_class) {
  uint16_t flags = by_class & kDrivable;
  const Said motor = motor_said(tags);
  const bool drivable = flags & kMotor;
  switch (motor.access) {
    case Access::kUnsaid: break;
    case Access::kYes:
      // access=yes on a footway says nothing about cars.
      if (drivable || !motor.only_general) flags = kMotor;
      break;
    case Access::kPrivate:
      if (drivable || !motor.only_general) flags = kMotor | kPrivate | (flags & kEmergencyOnly);
      break;
    case Access::kNo: {
      const bool others_drive = emergency_may(tags) || one_of("yes", {tags["bus"], tags["psv"], tags["taxi"]}) ||
                                one_of("designated", {tags["bus"], tags["psv"], tags["taxi"]});
      flags = drivable && (!motor.only_general || others_drive) ? kDrivable : 0;
    }
  }
  if (!flags && emergency_may(tags)) flags = kDrivable;
  if (flags && tags["service"] == "emergency_access") flags |= kEmergencyOnly;
  if ((flags & kEmergencyOnly) && tags["emergency"] == "no") flags = 0;
  return flags;
}

uint16_t foot_flags(const OsmTags& tags, uint16_t by_class) {
  uint16_t flags = by_class & kFoot;
  if (tags["motorroad"] == "yes") flags = 0;
  const Said foot = said(tags, {"foot", "access"});
  if (foot.access == Access::kNo) flags = 0;
  if (foot.access != Access::kUnsaid && foot.access != Access::kNo && !foot.only_general) flags = kFoot;
  return flags;
}

uint16_t one_way(const OsmTags& tags, uint16_t flags) {
  const std::string_view junction = tags["junction"];
  const bool round = junction == "roundabout" || junction == "circular";
  std::string_view value = tags["oneway"];
  for (const std::string_view key : {"oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar"})
    if (tags.has(key)) value = tags[key];
  if (value.empty() && (round || tags["highway"] == "motorway")) value = "yes";
  if (one_of(value, {"yes", "true", "1"})) flags &= static_cast<uint16_t>(~kMotorBackward);
  if (one_of(value, {"-1", "reverse"})) flags &= static_cast<uint16_t>(~kMotorForward);
  // Which way it runs depends on the hour.
  if (one_of(value, {"reversible", "alternating"}) && (flags & kMotor)) flags |= kEmergencyOnly;
  for (const std::string_view key : {"access", "vehicle", "motor_vehicle", "motorcar"}) {
    if (tags[std::string(key) + ":forward"] == "no") flags &= static_cast<uint16_t>(~kMotorForward);
    if (tags[std::string(key) + ":backward"] == "no") flags &= static_cast<uint16_t>(~kMotorBackward);
  }
  if (tags["oneway:foot"] == "yes" || tags["conveying"] == "forward") flags &= static_cast<uint16_t>(~kFootBackward);
  if (tags["oneway:foot"] == "-1" || tags["conveying"] == "backward") flags &= static_cast<uint16_t>(~kFootForward);
  if (!(flags & kMotor)) flags &= static_cast<uint16_t>(~(kPrivate | kEmergencyOnly));
  if (round) flags |= kRoundabout;
  return flags;
}

bool unpaved(const OsmTags& tags, RoadClass road_class) {
  const std::string_view surface = tags["surface"];
  if (one_of(surface, {"unpaved", "gravel", "fine_gravel", "compacted", "dirt", "earth", "ground", "mud", "sand", "grass",
                       "pebblestone", "rock", "rocks", "clay", "soil", "woodchips", "shells", "snow", "ice", "salt", "stone",
                       "dirt/sand", "gravel;ground", "ground;gravel"}))
    return true;
  if (!surface.empty()) return false;
  const std::string_view grade = tags["tracktype"];
  return grade.empty() ? road_class == RoadClass::kTrack : grade != "grade1";
}

template <class T>
void read_limits(const OsmTags& tags, T& out) {
  const auto first = [&](auto read, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys)
      if (const auto value = read(tags[key])) return *value;
    return uint32_t{0};
  };
  out.max_height_cm = static_cast<uint16_t>(first(size_cm, {"maxheight", "maxheight:physical"}));
  out.max_width_cm = static_cast<uint16_t>(first(size_cm, {"maxwidth", "maxwidth:physical"}));
  out.max_weight_kg = first(weight_kg, {"maxweight", "maxweightrating"});
}

uint8_t posted_kmh(const OsmTags& tags) {
  if (const auto both = speed_limit_kmh(tags["maxspeed"])) return *both;
  const uint8_t there = speed_limit_kmh(tags["maxspeed:forward"]).value_or(0),
                back = speed_limit_kmh(tags["maxspeed:backward"]).value_or(0);
  if (there || back) return std::max(there, back);
  for (const std::string_view key : {"source:maxspeed", "maxspeed:type", "zone:maxspeed"})
    if (const auto zone = tags[key].find(':') != std::string_view::npos ? speed_limit_kmh(tags[key]) : std::nullopt) return *zone;
  return 0;
}

WayTags finish(const OsmTags& tags, WayTags way, uint16_t by_class) {
  Road& road = way.road;
  road.flags = one_way(tags, motor_flags(tags, by_class) | foot_flags(tags, by_class));
  if (!(road.flags & kAll)) {
    way.dropped = Dropped::kNoAccess;
    return way;
  }
  const auto set = [&](bool holds, RoadFlag flag) {
    if (holds) road.flags |= flag;
  };
  const auto is = [&](std::string_view key) { return tags.has(key) && tags[key] != "no"; };
  set(tags["hgv"] == "no", kNoTruck);
  set(tags["hazmat"] == "no" || tags["hazmat:water"] == "no", kNoHazmat);
  set(road.road_class != RoadClass::kFerry && unpaved(tags, road.road_class), kUnpaved);
  set(is("bridge"), kBridge);
  set(is("tunnel"), kTunnel);
  set(is("toll"), kToll);
  road.layer = static_cast<uint8_t>(128 + layer_of(tags["layer"]));
  road.limit_kmh = posted_kmh(tags);
  read_limits(tags, road);
  way.name = tags.has("name:zh") ? tags["name:zh"] : tags["name"];
  way.ref = tags["ref"];
  return way;
}

}  // namespace

std::optional<WayTags> read_way_tags(const OsmTags& tags) {
  WayTags way;
  std::string_view highway = tags["highway"];
  if (highway.empty()) {
    if (tags["route"] != "ferry") return std::nullopt;
    way.road.road_class = RoadClass::kFerry;
    way.duration_ms = duration_ms(tags["duration"]).value_or(0);
    // A ferry that names walkers and not cars carries none.
    const bool walkers_only = tags.has("foot") && motor_said(tags).access == Access::kUnsaid;
    return finish(tags, way, walkers_only ? kFoot : kAll);
  }
  way.dropped = Dropped::kNone;
  if (one_of(highway, {"proposed", "planned", "construction", "razed", "abandoned", "demolished", "removed", "dismantled", "no"}))
    way.dropped = Dropped::kNotBuilt;
  else if (tags["area"] == "yes")
    way.dropped = Dropped::kArea;
  if (way.dropped != Dropped::kNone) return way;
  if (highway.ends_with("_link")) {
    highway.remove_suffix(5);
    way.road.flags = kLink;
  }
  const auto row = std::find_if(kClasses.begin(), kClasses.end(), [&](const ClassRow& r) { return r.highway == highway; });
  if (row == kClasses.end()) {
    way.dropped = Dropped::kUnknownClass;
    return way;
  }
  way.road.road_class = row->road_class;
  const uint16_t link = way.road.flags;
  way = finish(tags, way, row->flags);
  way.road.flags |= link;
  return way;
}

std::optional<BarrierTags> read_barrier_tags(const OsmTags& tags) {
  const std::string_view barrier = tags["barrier"];
  if (barrier.empty()) return std::nullopt;
  BarrierTags out;
  read_limits(tags, out);
  uint16_t by_kind = kAll;
  if (one_of(barrier, {"bollard", "rising_bollard", "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "sliding_beam",
                       "chain", "rope", "bus_trap", "sally_port", "barrier_board", "cone"}))
    by_kind = kDrivable | kFoot;
  else if (one_of(barrier, {"block", "jersey_barrier", "log", "debris", "stile", "kissing_gate", "turnstile", "full-height_turnstile",
                            "horse_stile", "cycle_barrier", "motorcycle_barrier", "planter", "bar", "sump_buster", "tank_trap", "step"}))
    by_kind = kFoot;
  else if (one_of(barrier, {"wall", "fence", "city_wall", "guard_rail", "hedge", "ditch", "retaining_wall"}))
    return std::nullopt;  // a node of the wall that lies on the road: nearly always a mistake of drawing
  out.flags = motor_flags(tags, by_kind) | foot_flags(tags, by_kind);
  // What everybody can drive through is open when the gate says so in any way.
  if (by_kind & kMotor && tags["locked"] == "yes" && motor_said(tags).access == Access::kUnsaid) out.flags |= kEmergencyOnly;
  if (out.flags == kAll && !out.max_height_cm && !out.max_width_cm && !out.max_weight_kg) return std::nullopt;
  return out;
}

std::string_view name_of(Dropped reason) {
  static constexpr std::array<std::string_view, kDroppedReasons> kNames = {
      "none",           "area",           "not_built",   "unknown_class",   "no_access",      "nodes_missing",
      "no_length",      "twice",          "rule_not_motor", "rule_conditional", "rule_type",  "rule_excepted",
      "rule_members",   "rule_via_way",   "rule_not_meeting", "rule_ambiguous", "rule_moot"};
  return kNames[static_cast<size_t>(reason)];
}

TextPair text_of(Dropped reason) {
  static constexpr std::array<TextPair, kDroppedReasons> kTexts = {
      TextPair{"", ""},
      TextPair{"面状道路(area=yes)", "areas (area=yes)"},
      TextPair{"在建、规划或已废弃的道路", "roads planned, under construction or gone"},
      TextPair{"不是道路的 highway 值", "values of highway that are no road"},
      TextPair{"任何人都不得通行的道路", "ways closed to everybody"},
      TextPair{"文件中缺少节点的道路", "ways whose nodes are not in the file"},
      TextPair{"长度为零的道路", "ways without length"},
      TextPair{"重复的道路", "ways that were read before"},
      TextPair{"不针对机动车的转向限制", "turn restrictions that do not bind motor vehicles"},
      TextPair{"仅在部分时段有效的转向限制", "turn restrictions that hold at some times only"},
      TextPair{"无法识别的转向限制", "turn restrictions of an unknown kind"},
      TextPair{"机动车除外的转向限制", "turn restrictions that except motor vehicles"},
      TextPair{"成员缺失的转向限制", "turn restrictions with members missing"},
      TextPair{"经由道路(而非节点)的转向限制", "turn restrictions that lead over a way"},
      TextPair{"道路与路口不相接的转向限制", "turn restrictions whose ways do not meet"},
      TextPair{"来向不明确的转向限制", "turn restrictions whose way arrives from two sides"},
      TextPair{"本就无法通行方向的转向限制", "turn restrictions on what nobody can drive in any case"},
  };
  return kTexts[static_cast<size_t>(reason)];
}

}  // namespace anlan::roads
