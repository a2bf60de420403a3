#include "logistics/hospitals.h"

#include <gtest/gtest.h>

#include "logistics/dispatch_fixture.h"

namespace anlan {
namespace {

RecordView hospital(int64_t id, double km, json::object fields, const char* kind = "general") {
  fields["kind"] = kind;
  RecordView v;
  static_cast<RecordState&>(v) = record_at(id, "hospital", north_km(km), std::move(fields));
  return v;
}

struct Hospitals : testing::Test {
  FakeRoads roads;
  HospitalQuestion asked{north_km(0), {}, 0, 0, "car"};
  std::map<RecordId, int64_t> announced;
  std::vector<HospitalFound> nearest(const std::vector<RecordView>& all) { return hospitals_nearest(test_pack(), asked, all, announced, roads.ask()).value().items; }
};

TEST_F(Hospitals, TheNearestThatHasThemComesFirst) {
  asked.beds = 30;
  asked.icu_beds = 2;
  const auto found = nearest({hospital(1, 5, {{"beds", 20}}), hospital(2, 60, {{"beds", 400}, {"icu_beds", 10}}), hospital(3, 20, {{"beds", 100}, {"icu_beds", 2}}), hospital(4, 1, {{"beds", 90}}, "care_home"),
                              hospital(5, 2, {{"icu_beds", 3}})});
  ASSERT_EQ(found.size(), 4u) << "a care home takes in no injured";
  EXPECT_EQ(found[0].record.record.value, 3);
  EXPECT_EQ(found[1].record.record.value, 2);
  EXPECT_NEAR(*found[0].minutes, 20, 0.1);
  EXPECT_FALSE(found[0].why.has_value());
  EXPECT_EQ(found[2].record.record.value, 5);
  EXPECT_EQ(found[2].why->code, "beds");
  EXPECT_EQ(found[3].why->code, "icu_beds");
  EXPECT_NE(found[3].why->zh.find("没有登记"), std::string::npos);
}

TEST_F(Hospitals, WhoWasAnnouncedTakesBeds) {
  asked.beds = 30;
  announced[RecordId{1}] = 80;
  const auto found = nearest({hospital(1, 5, {{"beds", 100}}), hospital(2, 50, {{"beds", 100}})});
  EXPECT_EQ(found[0].record.record.value, 2);
  EXPECT_EQ(found[1].announced, 80);
  EXPECT_NE(found[1].why->zh.find("已通知接收 80 人"), std::string::npos) << found[1].why->zh;
}

TEST_F(Hospitals, NoWayIsSaidAndKindsAreTheOnesAskedFor) {
  roads.shut = [](LonLat, LonLat to) { return to == north_km(5); };
  asked.kinds = {"general", "clinic"};
  const auto found = nearest({hospital(1, 5, {}), hospital(2, 50, {}), hospital(3, 2, {}, "clinic"), hospital(4, 3, {}, "maternity")});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].record.record.value, 3);
  EXPECT_EQ(found[2].why->code, "no_way");
  EXPECT_FALSE(found[2].minutes.has_value());
  asked.kinds = {"palace"};
  EXPECT_EQ(hospitals_nearest(test_pack(), asked, {}, announced, roads.ask()).error().param("field"), "kinds");
}

TEST_F(Hospitals, TwentyAreListed) {
  std::vector<RecordView> many;
  for (int64_t i = 1; i <= 50; ++i) many.push_back(hospital(i, static_cast<double>(51 - i), {}));
  const auto found = nearest(many);
  ASSERT_EQ(found.size(), kHospitalsListed);
  EXPECT_EQ(found[0].record.record.value, 50);
}

TEST(HospitalMessage, SaysHowManyWhenAndWhat) {
  EXPECT_EQ(hospital_message("县医院", "挤压伤 3 人", 12, UtcTime{1'763'700'000'000}, "积石山县应急管理局", 480), "【积石山县应急管理局】县医院：将有 12 名伤员送达，预计 12:40 到。挤压伤 3 人");
}

}  // namespace
}  // namespace anlan
