// The chains and the rules over areas of packs/cn, from readings to the alarms they leave at other records.
#include "earthquakes/commands.h"
#include "journal/scratch_store.h"
#include "signals/watch_rig.h"

namespace anlan {
namespace {

class PackChains : public testing::Test {
 protected:
  static constexpr int64_t kTown = 622927101, kVillage = 622927101201, kNeighbour = 622927101202, kOtherTown = 622927102, kOtherVillage = 622927102201;
  static inline const Pack pack = load_pack("packs/cn").value();

  void add(const char* type, const std::string& name, json::object fields = {}, int64_t where = kVillage) { rig.add_links(type, {{name, PlaceCode(where), std::move(fields)}}); }
  // All of them, every five minutes.
  void say(const std::vector<std::pair<std::string, double>>& values, Millis span = minutes(5)) {
    for (const UtcTime end = rig.clock.at + span; rig.clock.at < end;) {
      rig.clock.at = rig.clock.at + minutes(5);
      std::vector<SiteReading> readings;
      for (const auto& [code, value] : values) readings.push_back({code, rig.clock.at, value, readings.size()});
      EXPECT_EQ(rig.take(readings).refused, 0);
      rig.settle();
    }
  }
  // "rule@record=level" of all that stands with that rule; a place for those without a record.
  std::string standing(std::string_view rule) {
    std::vector<std::string> out;
    for (const auto& a : standing_alarms(rig.reader()))
      if (a.rule == rule) out.push_back((a.link ? names[a.link] : a.place.text()) + "=" + boost::describe::enum_to_string(a.level, ""));
    std::sort(out.begin(), out.end());
    std::string text;
    for (const auto& o : out) text += (text.empty() ? "" : " ") + o;
    return text;
  }
  const AlarmRow& alarm(std::string_view rule) {
    kept = standing_alarms(rig.reader());
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const AlarmRow& a) { return a.rule == rule; });
    EXPECT_NE(found, kept.end()) << rule;
    return *found;
  }
  void know_names() {
    rig.reader().query("SELECT id, name FROM records", {}, [&](const Row& row) { names[RecordId{row.integer(0)}] = std::string(row.text(1)); });
  }

  ScratchStore place;
  WatchRig rig{place.folder(), pack};
  std::map<RecordId, std::string> names;
  std::vector<AlarmRow> kept;
};

const json::object kGeohazard{{"kind", "landslide"}}, kGroup{{"households", 40}, {"people", 160}};

TEST_F(PackChains, RainOnASlopeReachesTheSiteAndThePeopleBelow) {
  add("rain_gauge", "R1", {}, kNeighbour);
  add("slope_unit", "U1", {{"gauge", "R1"}, {"local", 1.0}, {"wet_from", 40.0}});
  add("geohazard_site", "阴洼滑坡", kGeohazard);
  add("village_group", "一社", kGroup);
  know_names();
  say({{"R1", 2}}, minutes(60));  // 24 mm in an hour: above 1.2 of Caine's curve, and a short burst
  EXPECT_EQ(standing("landslide_rain"), "U1=red");
  EXPECT_EQ(standing("landslide_site"), "阴洼滑坡=red");
  EXPECT_EQ(standing("landslide_village"), "一社=red");
  EXPECT_EQ(standing("debris_flow_rain"), "U1=yellow");
  EXPECT_EQ(standing("debris_flow_site"), "");
  EXPECT_EQ(alarm("landslide_site").cause, "U1");
  EXPECT_EQ(alarm("landslide_village").cause, "阴洼滑坡");
  say({{"R1", 0}}, hours(11));
  EXPECT_EQ(standing("landslide_rain"), "");
  EXPECT_EQ(standing("landslide_village"), "一社=red") << "wet slopes are not safe when the rain stops";
  say({{"R1", 0}}, hours(21));
  EXPECT_EQ(standing("landslide_site") + standing("landslide_village"), "");
}

TEST_F(PackChains, AVillageIsWarnedByItsOwnTableAtItsOwnPlace) {
  add("rain_gauge", "R1", {{"ready_1h", 40.0}, {"move_1h", 60.0}}, kOtherVillage);
  add("flood_village", "V1", {{"gauge", "R1"}, {"ready_1h", 22.0}, {"move_1h", 33.0}});
  add("flood_village", "V2", {{"gauge", "R1"}, {"ready_1h", 90.0}, {"move_1h", 120.0}}, kNeighbour);
  know_names();
  say({{"R1", 2}}, minutes(60));
  EXPECT_EQ(standing("flash_flood_village"), "V1=orange");
  EXPECT_EQ(alarm("flash_flood_village").place, PlaceCode(kVillage));
  EXPECT_EQ(standing("flash_flood_rain"), "");
  EXPECT_EQ(rig.take({{"V1", rig.clock.at, 1, 0}}).refused, 1) << "it takes its readings from the gauge";
}

TEST_F(PackChains, AFloodAndADamSayWhenTheyArrive) {
  add("river_gauge", "Z1", {{"warning", 10.0}, {"guaranteed", 12.0}}, kOtherVillage);
  add("reservoir_gauge", "K1", {{"flood_limit", 100.0}, {"design", 103.0}}, kOtherVillage);
  add("downstream_reach", "下川河段", {{"upstream", "Z1、Z2"}, {"travel", 45.0}});
  add("downstream_reach", "坝下", {{"upstream", "K1"}, {"travel", 12.0}});
  know_names();
  say({{"Z1", 10.4}, {"K1", 101}}, minutes(15));
  EXPECT_EQ(standing("flood_downstream"), "下川河段=yellow");
  EXPECT_EQ(standing("dam_downstream"), "") << "above the flood limit, not above the design level";
  const auto& flood = alarm("flood_downstream");
  ASSERT_TRUE(flood.due);
  EXPECT_EQ(*flood.due, flood.at + minutes(45));
  EXPECT_EQ(flood.place, PlaceCode(kVillage));
  say({{"Z1", 10.4}, {"K1", 103.5}}, minutes(10));
  EXPECT_EQ(standing("dam_downstream"), "坝下=orange");
  EXPECT_EQ(*alarm("dam_downstream").due, alarm("dam_downstream").at + minutes(12));
}

TEST_F(PackChains, AnEarthquakeSendsPeopleToTheDamsAndSlopes) {
  add("reservoir", "水库", {{"scale", "small_1"}});
  add("tailings_dam", "尾矿库", {{"grade", "grade_5"}});
  add("geohazard_site", "滑坡", kGeohazard);
  know_names();
  const auto shake = [&](double lon, double lat, double magnitude) {
    Earthquake quake;
    quake.at = rig.clock.at;
    quake.lon = lon;
    quake.lat = lat;
    quake.magnitude = magnitude;
    quake.depth_km = 10;
    quake.name = "积石山";
    ASSERT_TRUE(rig.run([&](Reader& r, UtcTime now) { return report_earthquake(r, quake, {}, PlaceCode(WatchRig::kCounty), now); }));
    rig.settle();
  };
  shake(104.5, 37, 5);
  EXPECT_EQ(standing("quake_reservoir"), "") << "too far and too weak";
  shake(102.79, 35.7, 6.2);
  EXPECT_NE(standing("quake_reservoir"), "");
  EXPECT_NE(standing("quake_tailings"), "");
  EXPECT_NE(standing("quake_slope"), "");
  EXPECT_GE(alarm("quake_reservoir").level, WarningLevel::orange);
  rig.pass(hours(73), minutes(10));
  EXPECT_EQ(standing("quake_reservoir"), "");
}

TEST_F(PackChains, SixThreeOneComesNearer) {
  add("rain_forecast_6h", "F6", {}, WatchRig::kCounty);
  add("rain_forecast_3h", "F3A", {}, kTown);
  add("rain_forecast_3h", "F3B", {}, kOtherTown);
  add("rain_forecast_1h", "F1", {}, kVillage);
  add("rain_gauge", "R1");
  add("flood_village", "V1", {{"gauge", "R1"}}, kVillage);
  add("flood_village", "V2", {{"gauge", "R1"}}, kNeighbour);
  add("flood_village", "V3", {{"gauge", "R1"}}, kOtherVillage);
  know_names();
  say({{"F6", 55}, {"F3A", 2}, {"F3B", 2}, {"F1", 0}});
  EXPECT_EQ(standing("rain_in_6h"), "F6=yellow");
  EXPECT_EQ(standing("rain_631_towns"), "F3A=blue F3B=blue");
  EXPECT_EQ(standing("rain_631_villages"), "");
  say({{"F6", 55}, {"F3A", 55}, {"F3B", 5}, {"F1", 1}});
  EXPECT_EQ(standing("rain_in_3h"), "F3A=orange");
  EXPECT_EQ(standing("rain_631_villages"), "V1=yellow V2=yellow");
  say({{"F6", 20}, {"F3A", 55}, {"F3B", 5}, {"F1", 35}});
  EXPECT_EQ(standing("rain_631_call"), "V1=orange");
}

TEST_F(PackChains, HeavyRainAtTailingsDamsAndSchools) {
  for (const auto* code : {"R1", "R2", "R3"}) add("rain_gauge", code);
  add("tailings_dam", "尾矿库", {{"grade", "grade_5"}});
  add("school", "小学", {{"kind", "primary"}, {"pupils", 100}, {"staff", 10}});
  add("school", "邻镇小学", {{"kind", "primary"}, {"pupils", 100}, {"staff", 10}}, kOtherVillage);
  know_names();
  say({{"R1", 2}, {"R2", 2}, {"R3", 2}}, minutes(130));
  EXPECT_EQ(standing("rain_tailings"), "尾矿库=yellow");
  EXPECT_EQ(standing("storm_over_town"), "622927101=orange");
  EXPECT_EQ(standing("storm_schools"), "小学=yellow");
}

TEST_F(PackChains, ABasinAndWhatLiesAroundAReservoir) {
  for (const auto* code : {"R1", "R2", "R3"}) add("rain_gauge", code, {{"basin", "银川河"}}, code[1] == '1' ? kVillage : kOtherVillage);
  add("river_gauge", "Z1", {{"warning", 10.0}, {"guaranteed", 12.0}, {"basin", "银川河"}});
  add("basin", "银川河");
  add("basin", "刘集河");
  add("reservoir", "水库", {{"scale", "small_1"}});
  add("reservoir_gauge", "K1", {{"flood_limit", 100.0}, {"design", 103.0}});
  know_names();
  say({{"R1", 2}, {"R2", 2}, {"R3", 2}, {"Z1", 8}, {"K1", 90}}, minutes(130));
  EXPECT_EQ(standing("basin_storm"), "银川河=orange");
  EXPECT_EQ(standing("rain_above_reservoir"), "水库=yellow");
  say({{"R1", 2}, {"R2", 2}, {"R3", 2}, {"Z1", 12.2}, {"K1", 100.5}}, minutes(15));
  EXPECT_EQ(standing("basin_storm"), "银川河=red") << "the rain has come down the river";
  EXPECT_EQ(standing("rain_above_reservoir"), "水库=orange");
}

TEST_F(PackChains, SignalsOfTwoSensors) {
  for (const auto& [type, code] : std::initializer_list<std::pair<const char*, const char*>>{
           {"visibility_meter", "V"}, {"weather_phenomena", "P"}, {"pm25_meter", "M"}, {"road_thermometer", "T1"}, {"road_thermometer", "T2"}})
    add(type, code);
  say({{"V", 800}, {"P", 10}, {"M", 40}, {"T1", 4}, {"T2", 4}}, minutes(60));
  EXPECT_EQ(standing("sandstorm") + standing("haze") + standing("road_icing"), "") << "fog";
  say({{"V", 800}, {"P", 31}, {"M", 200}, {"T1", -1}, {"T2", 4}}, minutes(30));
  EXPECT_EQ(standing("sandstorm"), "622927=yellow");
  EXPECT_EQ(standing("haze"), "622927=yellow");
  EXPECT_EQ(standing("road_icing"), "") << "cold and dry";
  say({{"V", 400}, {"P", 31}, {"M", 300}, {"T1", -1}, {"T2", 4}}, minutes(30));
  EXPECT_EQ(standing("sandstorm"), "622927=orange");
  EXPECT_EQ(standing("haze"), "622927=orange");
  say({{"V", 40}, {"P", 33}, {"M", 600}, {"T1", -1}, {"T2", 4}}, minutes(30));
  EXPECT_EQ(standing("sandstorm"), "622927=red");
  EXPECT_EQ(standing("haze"), "622927=red");
  say({{"V", 2000}, {"P", 71}, {"M", 20}, {"T1", -1}, {"T2", 4}}, minutes(15));
  EXPECT_EQ(standing("road_icing"), "622927=yellow");
  say({{"V", 2000}, {"P", 71}, {"M", 20}, {"T1", -1}, {"T2", -1}}, minutes(15));
  EXPECT_EQ(standing("road_icing"), "622927=orange");
  say({{"V", 2000}, {"P", 66}, {"M", 20}, {"T1", -1}, {"T2", -1}}, minutes(15));
  EXPECT_EQ(standing("road_icing"), "622927=red");
}

TEST_F(PackChains, AColdWaveNeedsTheWind) {
  add("thermometer", "T");
  add("wind_gauge", "W");
  know_names();
  say({{"T", 12}, {"W", 4}}, hours(48));
  for (int i = 1; i <= 40; ++i) say({{"T", 12 - 0.35 * i}, {"W", 4}}, minutes(30));
  say({{"T", -2}, {"W", 4}}, hours(5));
  EXPECT_EQ(standing("cold_drop"), "T=orange");
  EXPECT_EQ(standing("cold_wave"), "");
  say({{"T", -2}, {"W", 12}}, minutes(30));
  EXPECT_EQ(standing("cold_wave"), "622927=orange");
}

TEST_F(PackChains, AnEnterpriseThatLeaksAfterItsPressureRose) {
  add("enterprise", "储配站", {{"kind", "gas"}});
  add("pressure_gauge", "P1", {{"enterprise", "储配站"}, {"high", 1.5}, {"high_high", 1.7}});
  add("gas_detector", "G1", {{"enterprise", "储配站"}});
  know_names();
  say({{"P1", 1.2}, {"G1", 0}}, minutes(15));
  say({{"P1", 1.6}, {"G1", 0}}, minutes(10));
  EXPECT_EQ(standing("enterprise_leak"), "");
  say({{"P1", 1.6}, {"G1", 30}}, minutes(10));
  EXPECT_EQ(standing("enterprise_leak"), "储配站=red");
}

}  // namespace
}  // namespace anlan
