// What can have happened on the roads and to those who travel them: a network was loaded, a road was closed or limited
// for a time, a team was sent somewhere and came to an end, a plan of relief supplies was accepted, a hospital was told.
//
// Positions of teams and vehicles are no facts: they are many and mean little each (positions.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/fact.h"
#include "journal/migrations.h"

namespace anlan {

// The index is an attachment (roads/index_file.h), built once for a network.
struct RoadsImported {
  static constexpr std::string_view kKind = "RoadsImported";
  std::string name;    // of the network
  std::string file;    // hash of the attachment
  int64_t nodes = 0, arcs = 0, roads = 0;
  std::string report;  // what was read and dropped, as JSON
};
BOOST_DESCRIBE_STRUCT(RoadsImported, (), (name, file, nodes, arcs, roads, report))

// closed: nobody passes. slow: at most `speed_kmh`. weight: nothing heavier. one_way: only in the direction of `bearing`.
enum class RoadStateKind { closed, slow, weight, one_way };
BOOST_DESCRIBE_ENUM(RoadStateKind, closed, slow, weight, one_way)

// What somebody says about the roads in an area, or those nearest to points. It names a shape and no roads, so that it
// holds for the next network as well.
struct RoadState {
  RoadStateId id;
  std::string name;              // what people call it: 滨江路, 3 号桥
  RoadStateKind kind = RoadStateKind::closed;
  std::string shape;             // GeoJSON: Polygon or MultiPolygon for an area, Point or LineString for single roads
  double speed_kmh = 0, weight_t = 0, bearing = 0;
  std::optional<UtcTime> until;  // nothing: until it is lifted
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(RoadState, (), (id, name, kind, shape, speed_kmh, weight_t, bearing, until, reason))

struct RoadStateSet {
  static constexpr std::string_view kKind = "RoadStateSet";
  std::string name, reason;  // as in the state, for whoever reads the journal
  RoadState state;
};
BOOST_DESCRIBE_STRUCT(RoadStateSet, (), (name, reason, state))

struct RoadStateLifted {
  static constexpr std::string_view kKind = "RoadStateLifted";
  RoadStateId state;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(RoadStateLifted, (), (state, name))

// A team is on its way.
struct Mission {
  MissionId id;
  RecordId team;
  std::string name;     // of the team
  double lon = 0, lat = 0;
  std::string to;       // what the place is called
  std::string task;
  std::string profile;  // of travel
  UtcTime leaves, due;  // as planned when it was sent
};
BOOST_DESCRIBE_STRUCT(Mission, (), (id, team, name, lon, lat, to, task, profile, leaves, due))

struct MissionOrdered {
  static constexpr std::string_view kKind = "MissionOrdered";
  std::string name, to;  // as in the mission, for whoever reads the journal
  Mission mission;
};
BOOST_DESCRIBE_STRUCT(MissionOrdered, (), (name, to, mission))

enum class MissionStep { arrived, done, recalled };
BOOST_DESCRIBE_ENUM(MissionStep, arrived, done, recalled)

struct MissionMoved {
  static constexpr std::string_view kKind = "MissionMoved";
  MissionId mission;
  std::string name, to;
  MissionStep step = MissionStep::arrived;
};
BOOST_DESCRIBE_STRUCT(MissionMoved, (), (mission, name, to, step))

struct ReliefPlanAccepted {
  static constexpr std::string_view kKind = "ReliefPlanAccepted";
  ReliefPlanId plan;
  std::string name;
  std::string file;      // hash of the attachment: the plan as JSON
  int64_t trips = 0;
  double unmet_percent = 0;
};
BOOST_DESCRIBE_STRUCT(ReliefPlanAccepted, (), (plan, name, file, trips, unmet_percent))

struct ReliefPlanWithdrawn {
  static constexpr std::string_view kKind = "ReliefPlanWithdrawn";
  ReliefPlanId plan;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ReliefPlanWithdrawn, (), (plan, name))

struct HospitalNotified {
  static constexpr std::string_view kKind = "HospitalNotified";
  RecordId hospital;
  std::string name;
  std::string text;      // what it was told: how many, what they have, when they come
  int64_t injured = 0;
  double lon = 0, lat = 0;
  UtcTime due;           // when the first arrive
  std::string to;        // whom, by name; "" when nobody is named
};
BOOST_DESCRIBE_STRUCT(HospitalNotified, (), (hospital, name, text, injured, lon, lat, due, to))

// The message of a notice has been handed over, or there was nobody or nothing to hand it to.
struct HospitalTold {
  static constexpr std::string_view kKind = "HospitalTold";
  RecordId hospital;
  std::string name;
  int64_t notice = 0;    // number of the fact HospitalNotified
  std::string to;        // whom, by name
  std::string channel;   // "" when nothing was sent
};
BOOST_DESCRIBE_STRUCT(HospitalTold, (), (hospital, name, notice, to, channel))

void apply(Tables&, const RoadsImported&, const FactHeader&);
void apply(Tables&, const RoadStateSet&, const FactHeader&);
void apply(Tables&, const RoadStateLifted&, const FactHeader&);
void apply(Tables&, const MissionOrdered&, const FactHeader&);
void apply(Tables&, const MissionMoved&, const FactHeader&);
void apply(Tables&, const ReliefPlanAccepted&, const FactHeader&);
void apply(Tables&, const ReliefPlanWithdrawn&, const FactHeader&);
void apply(Tables&, const HospitalNotified&, const FactHeader&);
void apply(Tables&, const HospitalTold&, const FactHeader&);

void register_logistics_facts(FactCatalogue& catalogue);
std::vector<Migration> logistics_migrations();
std::vector<std::string> logistics_tables();

inline std::string road_state_subject(RoadStateId id) { return "road_state:" + std::to_string(id.value); }
inline std::string mission_subject(MissionId id) { return "mission:" + std::to_string(id.value); }
inline std::string relief_plan_subject(ReliefPlanId id) { return "relief_plan:" + std::to_string(id.value); }

}  // namespace anlan
