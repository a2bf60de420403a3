#include "roads/osm_tags.h"

#include <gtest/gtest.h>

#include "roads/osm_fixture.h"
#include "roads/osm_values.h"
#include "roads/road_fixture.h"

namespace anlan::roads {
namespace {

constexpr uint16_t kMotor = kMotorForward | kMotorBackward, kFoot = kFootForward | kFootBackward, kAll = kMotor | kFoot;

WayTags way(const fixture::TagList& tags) {
  std::vector<OsmTag> list;
  for (const auto& [k, v] : tags) list.push_back({k, v});
  const auto read = read_way_tags({list});
  EXPECT_TRUE(read);
  WayTags out = read.value_or(WayTags{});
  out.name = out.ref = {};
  return out;
}
uint16_t flags(const fixture::TagList& tags) { return way(tags).road.flags; }
uint16_t barrier(const fixture::TagList& tags) {
  std::vector<OsmTag> list;
  for (const auto& [k, v] : tags) list.push_back({k, v});
  const auto read = read_barrier_tags({list});
  return read ? read->flags : kAll;
}

TEST(OsmValues, Units) {
  EXPECT_EQ(size_cm("4.2"), 420u);
  EXPECT_EQ(size_cm("4.2 m"), 420u);
  EXPECT_EQ(size_cm("4m"), 400u);
  EXPECT_EQ(size_cm("14'6\""), 442u);
  EXPECT_EQ(size_cm("14'"), 427u);
  EXPECT_EQ(size_cm("14 ft"), 427u);
  EXPECT_EQ(size_cm("380 cm"), 380u);
  EXPECT_EQ(size_cm("3.5;4"), 350u);
  for (const char* none : {"", "none", "default", "below_default", "-2", "1e3", "nan", "inf", "4,2", "4 m high", "999999", "0", "'"})
    EXPECT_FALSE(size_cm(none)) << none;
  EXPECT_EQ(weight_kg("7.5"), 7500u);
  EXPECT_EQ(weight_kg("3500 kg"), 3500u);
  EXPECT_EQ(weight_kg("8 st"), 7257u);
  EXPECT_EQ(weight_kg("16000 lbs"), 7257u);
  EXPECT_FALSE(weight_kg("unsigned"));
  EXPECT_EQ(speed_limit_kmh("60"), 60);
  EXPECT_EQ(speed_limit_kmh("60 km/h"), 60);
  EXPECT_EQ(speed_limit_kmh("30 mph"), 48);
  EXPECT_EQ(speed_limit_kmh("CN:urban"), 50);
  EXPECT_EQ(speed_limit_kmh("DE:zone30"), 30);
  EXPECT_EQ(speed_limit_kmh("FR:zone:30"), 30);
  EXPECT_EQ(speed_limit_kmh("walk"), 6);
  EXPECT_EQ(speed_limit_kmh("none"), std::nullopt);
  EXPECT_EQ(speed_limit_kmh("400"), 255);
  EXPECT_EQ(duration_ms("01:30"), 5'400'000u);
  EXPECT_EQ(duration_ms("00:02:30"), 150'000u);
  EXPECT_EQ(duration_ms("25"), 1'500'000u);
  EXPECT_EQ(duration_ms("PT1H5M"), 3'900'000u);
  for (const char* none : {"", "PT", "1:2:3:4", "PT5", "soon", "99999999", "0", "::"}) EXPECT_FALSE(duration_ms(none)) << none;
  EXPECT_EQ(layer_of("-1"), -1);
  EXPECT_EQ(layer_of("1.5"), 0);
}

TEST(OsmTags, ClassesAndWhatIsNoRoad) {
  EXPECT_EQ(way({{"highway", "trunk_link"}}).road.road_class, RoadClass::kTrunk);
  EXPECT_EQ(flags({{"highway", "trunk_link"}}), kAll | kLink);
  EXPECT_EQ(flags({{"highway", "footway"}}), kFoot);
  EXPECT_EQ(flags({{"highway", "steps"}}), kFoot);
  EXPECT_EQ(flags({{"highway", "pedestrian"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(way({{"highway", "construction"}}).dropped, Dropped::kNotBuilt);
  EXPECT_EQ(way({{"highway", "pedestrian"}, {"area", "yes"}}).dropped, Dropped::kArea);
  EXPECT_EQ(way({{"highway", "raceway"}}).dropped, Dropped::kUnknownClass);
  EXPECT_EQ(way({{"highway", "service"}, {"access", "no"}}).dropped, Dropped::kNoAccess);
  const OsmTag building{"building", "yes"};
  EXPECT_FALSE(read_way_tags({{&building, 1}}));
}

TEST(OsmTags, Access) {
  EXPECT_EQ(flags({{"highway", "service"}, {"access", "private"}}), kAll | kPrivate);
  EXPECT_EQ(flags({{"highway", "residential"}, {"access", "destination"}}), kAll | kPrivate);
  EXPECT_EQ(flags({{"highway", "service"}, {"access", "no"}, {"emergency", "yes"}}), kMotor | kEmergencyOnly);
  EXPECT_EQ(flags({{"highway", "service"}, {"access", "no"}, {"bus", "yes"}}), kMotor | kEmergencyOnly);
  EXPECT_EQ(flags({{"highway", "residential"}, {"motor_vehicle", "no"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(flags({{"highway", "residential"}, {"motor_vehicle", "no"}, {"emergency", "no"}}), kFoot);
  EXPECT_EQ(flags({{"highway", "residential"}, {"access", "no"}, {"motorcar", "yes"}}), kMotor);
  EXPECT_EQ(flags({{"highway", "residential"}, {"vehicle", "no"}, {"motor_vehicle", "yes"}}), kAll);
  EXPECT_EQ(flags({{"highway", "residential"}, {"access", "no"}, {"foot", "yes"}}), kFoot);
  EXPECT_EQ(flags({{"highway", "footway"}, {"access", "yes"}}), kFoot);
  EXPECT_EQ(flags({{"highway", "footway"}, {"motor_vehicle", "yes"}}), kAll);
  EXPECT_EQ(flags({{"highway", "path"}, {"emergency", "designated"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(flags({{"highway", "primary"}, {"motorroad", "yes"}}), kMotor);
  EXPECT_EQ(flags({{"highway", "primary"}, {"foot", "use_sidepath"}}), kMotor);
  EXPECT_EQ(flags({{"highway", "primary"}, {"hgv", "no"}, {"hazmat", "no"}}), kAll | kNoTruck | kNoHazmat);
  EXPECT_EQ(flags({{"highway", "busway"}}), kMotor | kEmergencyOnly);
}

TEST(OsmTags, OneWays) {
  EXPECT_EQ(flags({{"highway", "motorway"}}), kMotorForward);
  EXPECT_EQ(flags({{"highway", "motorway"}, {"oneway", "no"}}), kMotor);
  EXPECT_EQ(flags({{"highway", "primary"}, {"oneway", "yes"}}), kMotorForward | kFoot);
  EXPECT_EQ(flags({{"highway", "primary"}, {"oneway", "-1"}}), kMotorBackward | kFoot);
  EXPECT_EQ(flags({{"highway", "primary"}, {"oneway", "reversible"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(flags({{"highway", "primary"}, {"junction", "roundabout"}}), kMotorForward | kFoot | kRoundabout);
  EXPECT_EQ(flags({{"highway", "primary"}, {"oneway:bicycle", "no"}, {"oneway", "1"}}), kMotorForward | kFoot);
  EXPECT_EQ(flags({{"highway", "primary"}, {"motor_vehicle:backward", "no"}}), kMotorForward | kFoot);
  EXPECT_EQ(flags({{"highway", "footway"}, {"oneway", "yes"}}), kFoot) << "a one-way road binds vehicles";
  EXPECT_EQ(flags({{"highway", "steps"}, {"conveying", "forward"}}), kFootForward);
}

TEST(OsmTags, LimitsSurfaceAndFerries) {
  const Road road = way({{"highway", "primary"},
                         {"maxheight", "4.2"},
                         {"maxwidth", "2.5 m"},
                         {"maxweight", "20"},
                         {"maxspeed", "40"},
                         {"layer", "-1"},
                         {"tunnel", "yes"},
                         {"bridge", "no"},
                         {"toll", "yes"}})
                        .road;
  EXPECT_EQ(road.max_height_cm, 420);
  EXPECT_EQ(road.max_width_cm, 250);
  EXPECT_EQ(road.max_weight_kg, 20'000u);
  EXPECT_EQ(road.limit_kmh, 40);
  EXPECT_EQ(road.layer, 127);
  EXPECT_EQ(road.flags, kAll | kTunnel | kToll);
  EXPECT_EQ(way({{"highway", "primary"}, {"maxspeed:forward", "60"}, {"maxspeed:backward", "80"}}).road.limit_kmh, 80);
  EXPECT_EQ(way({{"highway", "primary"}, {"source:maxspeed", "CN:rural"}}).road.limit_kmh, 70);
  EXPECT_EQ(flags({{"highway", "track"}}), kAll | kUnpaved);
  EXPECT_EQ(flags({{"highway", "track"}, {"tracktype", "grade1"}}), kAll);
  EXPECT_EQ(flags({{"highway", "track"}, {"surface", "asphalt"}}), kAll);
  EXPECT_EQ(flags({{"highway", "residential"}, {"surface", "gravel"}}), kAll | kUnpaved);
  EXPECT_EQ(way({{"route", "ferry"}, {"duration", "00:20"}}).duration_ms, 1'200'000u);
  EXPECT_EQ(flags({{"route", "ferry"}}), kAll);
  EXPECT_EQ(flags({{"route", "ferry"}, {"foot", "yes"}}), kFoot);
  EXPECT_EQ(flags({{"route", "ferry"}, {"foot", "yes"}, {"motor_vehicle", "yes"}}), kAll);
}

TEST(OsmTags, Barriers) {
  EXPECT_EQ(barrier({{"barrier", "bollard"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(barrier({{"barrier", "gate"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(barrier({{"barrier", "gate"}, {"access", "yes"}}), kAll);
  EXPECT_EQ(barrier({{"barrier", "lift_gate"}, {"motor_vehicle", "private"}}), kAll | kPrivate | kEmergencyOnly);
  EXPECT_EQ(barrier({{"barrier", "block"}}), kFoot);
  EXPECT_EQ(barrier({{"barrier", "block"}, {"emergency", "yes"}}), kAll | kEmergencyOnly);
  EXPECT_EQ(barrier({{"barrier", "toll_booth"}}), kAll);
  EXPECT_EQ(barrier({{"barrier", "gate"}, {"access", "no"}}), 0);
  EXPECT_EQ(barrier({{"barrier", "cattle_grid"}}), kAll);
  const OsmTag low[] = {{"barrier", "height_restrictor"}, {"maxheight", "2.1"}};
  EXPECT_EQ(read_barrier_tags({low})->max_height_cm, 210);
}

}  // namespace
}  // namespace anlan::roads
