// From packets of stations to a warning in force, and from a catalogue's list to a report.
#include "gateway/earthquake_door.h"

#include <gtest/gtest.h>

#include "earthquakes/queries.h"
#include "loop/node_rig.h"
#include "quake/synthetic_waves.h"
#include "warnings/commands.h"

namespace anlan {
namespace {

using quake::synthetic::Field;

class Door : public testing::Test {
 protected:
  Door() : t("sqlite"), door(*t.node) { t.fill(); }

  std::vector<EarthquakeRow> earthquakes() {
    auto reader = t.node->store().connect().value();
    reader->begin_read();
    auto out = list_earthquakes(*reader, UtcTime{0}, 100, true);
    reader->rollback();
    return out;
  }
  CatalogueEvent event(const std::string& id, LonLat at, double magnitude) const {
    CatalogueEvent e;
    e.id = id;
    e.origin = t.clock.at - minutes(3);
    e.epicentre = at;
    e.magnitude = magnitude;
    e.depth_km = -1;  // above the sea, as catalogues have them in mountains
    e.place = "Jishishan";
    return e;
  }
  void list(const CatalogueEvent& e, CatalogueNews news) {
    door.take(e, news, "https://feed.example/events");
    t.settle();
  }

  NodeRig t;
  EarthquakeDoor door;
};

TEST_F(Door, WhatIsNearAndStrongIsReportedOnce) {
  list(event("near", {102.8, 35.8}, 4.2), CatalogueNews::fresh);
  list(event("weak", {102.9, 35.9}, 2.1), CatalogueNews::fresh);
  list(event("far", {140, 38}, 7.2), CatalogueNews::fresh);
  auto blast = event("blast", {102.8, 35.8}, 4.0);
  blast.kind = "quarry blast";
  list(blast, CatalogueNews::fresh);
  ASSERT_EQ(earthquakes().size(), 1u);
  EXPECT_EQ(earthquakes()[0].quake.depth_km, 0);
  EXPECT_EQ(earthquakes()[0].origin.source, EarthquakeSource::catalogue);
  list(event("near", {102.81, 35.8}, 4.4), CatalogueNews::changed);
  ASSERT_EQ(earthquakes().size(), 1u);
  EXPECT_EQ(earthquakes()[0].version, 2);
  EXPECT_EQ(earthquakes()[0].quake.magnitude, 4.4);
  list(event("near", {102.81, 35.8}, 4.4), CatalogueNews::deleted);
  EXPECT_TRUE(earthquakes()[0].withdrawn);
  EXPECT_EQ(door.counters().reported, 2u);
  EXPECT_EQ(door.counters().far, 3u);
}

TEST_F(Door, StationsFindAnEarthquakeAndTheTownsAreCalled) {
  constexpr LonLat kEpicentre{102.85, 35.75};
  Field field(5, 25, 15, kEpicentre);
  field.shocks = {{30, kEpicentre, 10, 6.0}};
  for (const auto& s : field.stations) {
    RecordPatch patch;
    patch.name = s.id;
    patch.place = PlaceCode(NodeRig::kTown);
    patch.position = s.at;
    patch.fields = {{"network", "SY"}, {"station", s.id.substr(3)}, {"vertical", "HNZ"}, {"north", "HNN"}, {"east", "HNE"}, {"measures", "acceleration"},
                    {"counts_per_unit", Field::kGain}, {"rate_hz", 100}};
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return add_record(r, t.node->pack(), t.node->places().get()->places(), "seismic_station", patch); }));
  }
  const int64_t start_us = t.clock.at.ms * 1000;
  std::optional<double> first_s, final_km;
  for (int64_t second = 0; second < 60; ++second) {
    for (uint32_t c = 0; c < field.channels.size(); ++c) {
      MiniseedRecord record;
      record.network = "SY";
      record.station = field.stations[c / 3].id.substr(3);
      record.channel = c % 3 == 0 ? "HNZ" : c % 3 == 1 ? "HNN" : "HNE";
      record.start_us = start_us + second * 1'000'000;
      record.rate_hz = 100;
      record.counts.resize(100);
      field.fill(c, second * 100, record.counts);
      door.take(record);
    }
    t.clock.at = UtcTime{start_us / 1000 + (second + 1) * 1000};
    t.settle();
    const auto known = earthquakes();
    if (!known.empty() && !first_s) first_s = static_cast<double>(second + 1) - 30;
    if (!known.empty()) final_km = distance_m({known[0].quake.lon, known[0].quake.lat}, kEpicentre) / 1000;
  }
  ASSERT_TRUE(first_s) << "no earthquake was found";
  EXPECT_LE(*first_s, 8) << "seconds after the origin, with packets of a second";
  EXPECT_LE(*final_km, 5);
  const auto known = earthquakes();
  ASSERT_EQ(known.size(), 1u);
  EXPECT_NEAR(known[0].quake.magnitude, 6.0, 0.5);
  ASSERT_TRUE(known[0].warning);
  auto reader = t.node->store().connect().value();
  reader->begin_read();
  EXPECT_EQ(read_warning(*reader, known[0].warning)->state, WarningState::in_force);
  reader->rollback();
  EXPECT_FALSE(t.node->early_warnings().countdowns().empty());

  // A minute after the origin the stations' own shaking corrects the map.
  t.pass(minutes(3));
  reader->begin_read();
  const auto measured = stations_of(*reader, known[0].quake.id);
  reader->rollback();
  ASSERT_EQ(measured.size(), 1u);
  EXPECT_GT(measured[0].measured.stations, 10);
  EXPECT_EQ(door.counters().refused, 0u) << door.counters().refused_why;

  MiniseedRecord stranger;
  stranger.network = "XX";
  stranger.counts = {1, 2, 3};
  door.take(stranger);
  EXPECT_EQ(door.counters().unknown, 1u);
}

}  // namespace
}  // namespace anlan
