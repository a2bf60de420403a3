// What docs/evidence.md says, made anew from recorded data; skipped where the data is absent.
#include <gtest/gtest.h>

#include <filesystem>

#include "anlan/evaluate.h"

namespace anlan {
namespace {

const std::string kData = "../shared/data/";

Result<Evidence> evaluate(Result<Evidence> (*judge)(const EvaluateCommand&), std::vector<std::string> files, bool tune = false) {
  EvaluateCommand command;
  for (auto& file : files) command.files.push_back(kData + file);
  command.tune = tune;
  return judge(command);
}

#define NEEDS(path) \
  if (!std::filesystem::exists(kData + path)) GTEST_SKIP() << "no recorded data at " << kData << path

TEST(Evidence, FloodRulesOfTheBiliu) {
  NEEDS("hydro/biliuhe");
  auto evidence = evaluate(evaluate_biliuhe, {"hydro/biliuhe"}, true);
  ASSERT_TRUE(evidence) << evidence.error().describe();
  auto& counts = evidence->counts;
  EXPECT_EQ(counts["rows"], 66'264);
  EXPECT_EQ(counts["peaks rain or rise, all"], 7);
  EXPECT_EQ(counts["warned rain, all"], 5);
  EXPECT_EQ(counts["false rain, all"], 3);
  EXPECT_EQ(counts["alarms rain, all"], 7);
  EXPECT_EQ(counts["median lead h rain, all"], 21);
  EXPECT_EQ(counts["warned rain or rise, all"], 7);
  EXPECT_EQ(counts["false rain or rise, all"], 3);
  EXPECT_EQ(counts["alarms rain or rise, all"], 9);
  EXPECT_NEAR(counts["csi_left_out one sum, wetness added"], 0.85, 0.01);
}

TEST(Evidence, FiresOfAWeek) {
  NEEDS("fire/firms/world_fires_7_day.csv.gz");
  NEEDS("admin/china_provinces_datav_v3_2022.geojson.gz");
  auto evidence = evaluate(evaluate_fires, {"fire/firms/world_fires_7_day.csv.gz", "fire/firms/world_fires_1_day.csv"});
  ASSERT_TRUE(evidence) << evidence.error().describe();
  EXPECT_EQ(evidence->counts["rows world_fires_7_day.csv.gz"], 41'670);
  EXPECT_EQ(evidence->counts["faults world_fires_7_day.csv.gz"], 0);
  EXPECT_EQ(evidence->counts["detections in China world_fires_7_day.csv.gz"], 1'820);
  EXPECT_EQ(evidence->counts["fires in China world_fires_7_day.csv.gz"], 1'368);
  EXPECT_EQ(evidence->counts["fires in China world_fires_1_day.csv"], 553);
}

TEST(Evidence, TownsInsideInFa) {
  NEEDS("typhoon/infa_2021_track_windradii_qweather_cma.json");
  NEEDS("admin/adcode_country_to_town_with_lonlat_vonng2016.csv.gz");
  auto evidence = evaluate(evaluate_typhoon, {"typhoon/infa_2021_track_windradii_qweather_cma.json"});
  ASSERT_TRUE(evidence) << evidence.error().describe();
  EXPECT_EQ(evidence->counts["fixes"], 162);
  EXPECT_EQ(evidence->counts["towns"], 35'350);
  EXPECT_EQ(evidence->counts["towns ever inside 7"], 2'144);
  EXPECT_EQ(evidence->counts["towns ever inside 10"], 717);
  EXPECT_EQ(evidence->counts["towns ever inside 12"], 279);
}

TEST(Evidence, FireWeatherVectors) {
  NEEDS("fire/fwi_cffdrs_tests");
  auto evidence = evaluate(evaluate_fire_weather, {"fire/fwi_cffdrs_tests"});
  ASSERT_TRUE(evidence) << evidence.error().describe();
  EXPECT_EQ(evidence->counts["rows"], 16'986);
  EXPECT_EQ(evidence->counts["values"], 3'073);
  EXPECT_EQ(evidence->counts["wrong"], 0);
  EXPECT_EQ(evidence->counts["left out"], 1'236);
}

TEST(Evidence, IsPrintedBothWays) {
  const Evidence evidence{{{"T", {"a", "b"}, {{"1", "x\"y"}}}}, {"said"}, {{"n", 2}}};
  EXPECT_EQ(as_markdown(evidence), "### T\n\n| a | b |\n| --- | --- |\n| 1 | x\"y |\n\nsaid\n\n");
  EXPECT_EQ(as_json(evidence), "{\"tables\":[{\"title\":\"T\",\"columns\":[\"a\",\"b\"],\"rows\":[[\"1\",\"x\\\"y\"]]}],\"remarks\":[\"said\"],\"counts\":{\"n\":2E0}}\n");
}

TEST(Evidence, AbsentAndWrongFilesAreErrors) {
  for (auto* judge : {evaluate_biliuhe, evaluate_fires, evaluate_typhoon, evaluate_fire_weather}) EXPECT_FALSE(evaluate(judge, {"no/such/file"}));
  EvaluateCommand wrong;
  wrong.files = {"README.md"};
  EXPECT_FALSE(evaluate_biliuhe(wrong));
  EXPECT_FALSE(evaluate_typhoon(wrong));
}

}  // namespace
}  // namespace anlan
