#include "registry/places.h"

#include <gtest/gtest.h>

#include "registry/place_files.h"
#include "registry/place_names.h"
#include "registry/place_test_data.h"

namespace anlan {
namespace {

TEST(PlaceNames, AsPeopleSayThem) {
  EXPECT_EQ(short_place_name("积石山保安族东乡族撒拉族自治县", PlaceLevel::kCounty), "积石山县");
  EXPECT_EQ(short_place_name("东乡族自治县", PlaceLevel::kCounty), "东乡县");
  EXPECT_EQ(short_place_name("鄂伦春自治旗", PlaceLevel::kCounty), "鄂伦春旗");
  EXPECT_EQ(short_place_name("塔什库尔干塔吉克自治县", PlaceLevel::kCounty), "塔什库尔干县");
  EXPECT_EQ(short_place_name("临夏县", PlaceLevel::kCounty), "临夏县");
  EXPECT_EQ(short_place_name("临夏回族自治州", PlaceLevel::kCity), "临夏州");
  EXPECT_EQ(short_place_name("克孜勒苏柯尔克孜自治州", PlaceLevel::kCity), "克孜勒苏州");
  EXPECT_EQ(short_place_name("内蒙古自治区", PlaceLevel::kProvince), "内蒙古");
  EXPECT_EQ(short_place_name("新疆维吾尔自治区", PlaceLevel::kProvince), "新疆");
  EXPECT_EQ(short_place_name("东华门街道办事处", PlaceLevel::kTown), "东华门街道");
  EXPECT_EQ(short_place_name("十家满族乡", PlaceLevel::kTown), "十家乡");
  EXPECT_EQ(short_place_name("大苗族乡", PlaceLevel::kTown), "大苗族乡");
  EXPECT_EQ(short_place_name("大河村村民委员会", PlaceLevel::kVillage), "大河村");
  EXPECT_EQ(short_place_name("大河村民委员会", PlaceLevel::kVillage), "大河村");
  EXPECT_EQ(short_place_name("东门社区居委会", PlaceLevel::kVillage), "东门社区");
  EXPECT_EQ(place_stem("大河家镇", PlaceLevel::kTown), "大河家");
  EXPECT_EQ(place_stem("成县", PlaceLevel::kCounty), "成县");
}

TEST(Places, FindsAndWalks) {
  const auto places = test_places();
  EXPECT_EQ(places.size(), 16u);
  const auto town = places.find(PlaceCode(622927101));
  ASSERT_TRUE(town);
  EXPECT_EQ(town->name, "大河家镇");
  EXPECT_FALSE(town->position);
  EXPECT_FALSE(places.find(PlaceCode(622927199)));
  EXPECT_FALSE(places.find(PlaceCode()));
  EXPECT_FALSE(places.find(PlaceCode(9'999'999'999'999)));

  EXPECT_EQ(places.full_name(PlaceCode(622927101)),
            "甘肃省 / 临夏回族自治州 / 积石山保安族东乡族撒拉族自治县 / 大河家镇");
  EXPECT_EQ(places.short_name(PlaceCode(622927)), "积石山县");
  const auto ancestors = places.ancestors(PlaceCode(622927101));
  ASSERT_EQ(ancestors.size(), 3u);
  EXPECT_EQ(ancestors[0].code, PlaceCode(62));
  EXPECT_EQ(ancestors[2].code, PlaceCode(622927));

  EXPECT_EQ(places.children(PlaceCode()).size(), 3u);
  const auto towns = places.children(PlaceCode(622927));
  ASSERT_EQ(towns.size(), 2u);
  EXPECT_EQ(towns[0].name, "吹麻滩镇");
  const auto below = places.range(PlaceCode(622927));
  EXPECT_EQ(below.size(), 6u);  // itself, two towns, three villages
  EXPECT_EQ(places.code(below.begin), PlaceCode(622927));
  EXPECT_EQ(places.range(PlaceCode()).size(), places.size());
  EXPECT_EQ(places.range(PlaceCode(99)).size(), 0u);
}

TEST(Places, LeavesOutLevelsThatOnlyTheCodesHave) {
  const auto places = test_places();
  EXPECT_EQ(places.full_name(PlaceCode(110101)), "北京市 / 东城区");
  EXPECT_EQ(places.full_name(PlaceCode(441900)), "广东省 / 东莞市");
}

// 金门县's town and village repeat the digits of their county, padded with zeros.
TEST(Places, KeepsPlacesWhosePaddedCodesAreEqual) {
  const auto places = PlaceTable::create({{PlaceCode(35), "福建省"},
                                          {PlaceCode(3505), "泉州市"},
                                          {PlaceCode(350527), "金门县"},
                                          {PlaceCode(350527000), "金门县"},
                                          {PlaceCode(350527000000), "金门县"}});
  ASSERT_TRUE(places.ok()) << places.error().describe();
  EXPECT_EQ(places->children(PlaceCode(350527)).at(0).code, PlaceCode(350527000));
  EXPECT_EQ(places->parent(places->index_of(PlaceCode(350527000000))), places->index_of(PlaceCode(350527000)));
}

TEST(PlaceFiles, NamesEveryFaultWithFileAndLine) {
  const auto result =
      read_divisions({"code,name\n62,甘肃省\n", "code,name,provinceCode\n6229,\"临夏回族自治州\",62\n6301,海东市,63\n",
                      "code,name,cityCode\n622927,积石山县,6229\n622927,积石山县,6229\n",
                      "code,name\n62292710,大河家镇\n622927101,\"\"\n", ""});
  ASSERT_FALSE(result.ok());
  ASSERT_EQ(result.error().details.size(), 1u);  // codes are wrong: nothing else is looked at
  EXPECT_EQ(result.error().details[0].field, "streets.csv:code");
  EXPECT_EQ(result.error().details[0].line, 2);

  const auto orphan = read_divisions({"code,name\n62,甘肃省\n", "code,name\n6229,临夏州\n6301,海东市\n",
                                      "code,name\n622927,积石山县\n622927,积石山县\n", "code,name\n", ""});
  ASSERT_FALSE(orphan.ok());
  ASSERT_EQ(orphan.error().details.size(), 1u);
  EXPECT_EQ(orphan.error().details[0].field, "areas.csv:code");
  EXPECT_EQ(orphan.error().details[0].line, 3);

  const auto no_parent = read_divisions(
      {"code,name\n62,甘肃省\n", "code,name\n6229,临夏州\n6301,海东市\n", "code,name\n", "code,name\n", ""});
  ASSERT_FALSE(no_parent.ok());
  EXPECT_EQ(no_parent.error().details.at(0).field, "cities.csv:code");
  EXPECT_EQ(no_parent.error().details.at(0).line, 3);

  EXPECT_FALSE(read_divisions({"", "", "", "", ""}).ok());
  EXPECT_FALSE(read_divisions({"code,name\n62,\"甘肃省", "", "", "", ""}).ok());
  EXPECT_FALSE(read_divisions({"code,title\n62,甘肃省\n", "code,name\n", "code,name\n", "code,name\n", ""}).ok());
  EXPECT_FALSE(read_divisions({"code,name\n62,甘\x01肃\n", "code,name\n", "code,name\n", "code,name\n", ""}).ok());
  const auto wrong_parent = read_divisions(
      {"code,name\n62,甘肃省\n", "code,name,provinceCode\n6229,临夏州,63\n", "code,name\n", "code,name\n", ""});
  ASSERT_FALSE(wrong_parent.ok());
  EXPECT_EQ(wrong_parent.error().details.at(0).field, "cities.csv:provinceCode");
}

TEST(Positions, JoinByCodeThenByName) {
  auto places = test_places();
  const auto report = apply_positions(places,
                                      "code,parent,name,longitude,latitude,datum\n"
                                      "622927000000,622900000000,积石山保安族东乡族撒拉族自治县,102.87,35.71,\n"
                                      "622927999000,622927000000,大河家镇,102.75,35.84,WGS84\n"  // its old code
                                      "622927888000,622927000000,不存在乡,102.7,35.8,\n"
                                      "622901000000,622900000000,临夏市,,\n",
                                      Datum::kGcj02);
  ASSERT_TRUE(report.ok()) << report.error().describe();
  EXPECT_EQ(report->rows, 4u);
  EXPECT_EQ(report->by_code, 1u);
  EXPECT_EQ(report->by_name, 1u);
  EXPECT_EQ(report->without_position, 1u);
  ASSERT_EQ(report->unjoined, 1u);
  EXPECT_EQ(report->unjoined_rows[0], "622927888000 不存在乡");

  const auto county = places.find(PlaceCode(622927));
  ASSERT_TRUE(county->position);
  const auto expected = wgs84_from_gcj02({102.87, 35.71});
  EXPECT_NEAR(county->position->lon, expected.lon, 1e-7);
  EXPECT_NEAR(county->position->lat, expected.lat, 1e-7);
  EXPECT_FALSE(county->position_approximate);
  EXPECT_NEAR(places.find(PlaceCode(622927101))->position->lon, 102.75, 1e-7);
  EXPECT_FALSE(places.find(PlaceCode(622901))->position);
}

TEST(Positions, AFaultLeavesEverythingAsItWas) {
  auto places = test_places();
  const auto report =
      apply_positions(places, "code,lon,lat,datum\n622927,102.8,35.7,\n622901,202.8,95,\nx,1,1,\n62,1,1,XX\n");
  ASSERT_FALSE(report.ok());
  ASSERT_EQ(report.error().details.size(), 3u);
  EXPECT_EQ(report.error().details[0].line, 3);
  EXPECT_EQ(report.error().details[2].field, "datum");
  EXPECT_FALSE(places.find(PlaceCode(622927))->position);
  EXPECT_FALSE(apply_positions(places, "id,x,y\n1,2,3\n").ok());
  EXPECT_FALSE(apply_positions(places, "").ok());
}

}  // namespace
}  // namespace anlan
