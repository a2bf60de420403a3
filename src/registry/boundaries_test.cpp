#include "registry/boundaries.h"

#include <gtest/gtest.h>

#include "registry/place_layout.h"
#include "registry/place_test_data.h"

namespace anlan {
namespace {

std::string feature(const std::string& head, double west, double south, double east, double north) {
  const auto corner = [](double lon, double lat) {
    return "[" + std::to_string(lon) + "," + std::to_string(lat) + "]";
  };
  return "{\"type\":\"Feature\"," + head + ",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[" +
         corner(west, south) + "," + corner(east, south) + "," + corner(east, north) + "," + corner(west, north) + "," +
         corner(west, south) + "]]}}";
}
std::string collection(const std::string& features) {
  return "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}";
}

BoundaryFile two_counties(const PlaceTable& places) {
  auto file = read_boundaries(
      collection(
          feature(R"("properties":{"adcode":622927,"name":"积石山保安族东乡族撒拉族自治县","center":[102.9,35.7]})",
                  102.6, 35.5, 103, 35.9) +
          "," + feature(R"("id":"622999","properties":{"name":"临夏县"})", 103, 35.3, 103.3, 35.7) + "," +
          feature(R"("properties":{"name":"外地县"})", 110, 35, 111, 36) + "," +
          feature(R"("properties":{"name":"临夏州"})", 102.6, 35.3, 103.5, 36)),
      Datum::kWgs84, places, PlaceCode(6229));
  EXPECT_TRUE(file.ok());
  return std::move(file).value();
}

TEST(Boundaries, JoinByCodeOrName) {
  const auto places = test_places();
  const auto file = two_counties(places);
  EXPECT_EQ(file.join.by_code, 1u);
  EXPECT_EQ(file.join.by_name, 2u);
  EXPECT_EQ(file.join.unjoined_rows, std::vector<std::string>{"外地县"});
  const Boundaries boundaries(file.boundaries);
  EXPECT_EQ(boundaries.county_at({102.8, 35.6}), PlaceCode(622927));
  EXPECT_EQ(boundaries.county_at({103.1, 35.6}), PlaceCode(622921));
  EXPECT_EQ(boundaries.county_at({103, 35.6}), PlaceCode(622921));  // on the border: the smaller code
  EXPECT_TRUE(boundaries.county_at({103.4, 35.6}).empty());
  EXPECT_EQ(boundaries.place_at({103.4, 35.6}, PlaceLevel::kCity), PlaceCode(6229));
  EXPECT_TRUE(boundaries.county_at({500, 0}).empty());
  EXPECT_TRUE(Boundaries().county_at({103, 35.6}).empty());
  ASSERT_TRUE(boundaries.area(PlaceCode(622927)));
  EXPECT_EQ(boundaries.area(PlaceCode(622901)), nullptr);
}

TEST(Boundaries, RefuseWrongShapes) {
  const auto places = test_places();
  EXPECT_FALSE(read_boundaries("", Datum::kWgs84, places, {}).ok());
  EXPECT_FALSE(read_boundaries("{}", Datum::kWgs84, places, {}).ok());
  EXPECT_FALSE(read_boundaries("[1]", Datum::kWgs84, places, {}).ok());
  const auto point = read_boundaries(
      collection(
          R"({"type":"Feature","properties":{"adcode":622927},"geometry":{"type":"Point","coordinates":[1,2]}})"),
      Datum::kWgs84, places, {});
  ASSERT_FALSE(point.ok());
  EXPECT_EQ(point.error().details.at(0).field, "features[0]");
  const auto odd = read_boundaries(collection("1,null,{\"properties\":3}"), Datum::kWgs84, places, {});
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->join.unjoined, 3u);
}

TEST(PlaceLayout, InsideTheCountyAndTheSameEveryTime) {
  auto places = test_places();
  const auto file = two_counties(places);
  apply_seats(places, file);
  const Boundaries boundaries(file.boundaries);
  auto again = places, other = places;
  const auto count = lay_out(places, boundaries, 42);
  EXPECT_EQ(count.towns, 2u);
  EXPECT_EQ(count.villages, 3u);
  lay_out(again, boundaries, 42);
  lay_out(other, boundaries, 43);
  bool differs = false;
  const auto range = places.range(PlaceCode(622927));
  for (auto i = range.begin; i < range.end; ++i) {
    ASSERT_TRUE(places.position(i));
    EXPECT_EQ(boundaries.county_at(*places.position(i)), PlaceCode(622927));
    EXPECT_EQ(places.position_approximate(i), i != range.begin);
    EXPECT_EQ(places.position(i), again.position(i));
    differs |= places.position(i) != other.position(i);
  }
  EXPECT_TRUE(differs);
  // The seat of the county is the town with the first code.
  const auto seat = *places.position(range.begin);
  EXPECT_LT(distance_m(seat, *places.find(PlaceCode(622927100))->position),
            distance_m(seat, *places.find(PlaceCode(622927101))->position));
  // The prefecture has no position of its own: the mean of its counties.
  EXPECT_TRUE(places.find(PlaceCode(6229))->position);
  EXPECT_FALSE(places.find(PlaceCode(11))->position);
}

TEST(PlaceLayout, KeepsWhatIsSurveyed) {
  auto places = test_places();
  const auto surveyed = places.index_of(PlaceCode(622927101));
  places.set_position(surveyed, {102.75, 35.84}, false);
  places.set_position(places.index_of(PlaceCode(622927)), {102.87, 35.71}, false);
  lay_out(places, {}, 1);  // no boundary: a disc around the county's position
  EXPECT_EQ(places.position(surveyed), (LonLat{102.75, 35.84}));
  EXPECT_FALSE(places.position_approximate(surveyed));
  const auto village = places.find(PlaceCode(622927100001));
  ASSERT_TRUE(village->position);
  EXPECT_LT(distance_m(*village->position, {102.87, 35.71}), 12'000);
}

TEST(Boundaries, RealCounties) {
  const auto areas = real_file("division_2023_areas.csv"),
             geojson = real_file("china_counties_datav_v3_2022.geojson.gz");
  if (areas.empty() || geojson.empty())
    GTEST_SKIP() << "no ../shared/data/admin/china_counties_datav_v3_2022.geojson.gz";
  auto places = read_divisions(
      {real_file("division_2023_provinces.csv"), real_file("division_2023_cities.csv"), areas, "code,name\n", ""});
  ASSERT_TRUE(places.ok()) << places.error().describe();
  const auto file = read_boundaries(geojson, Datum::kGcj02, *places, {});
  ASSERT_TRUE(file.ok()) << file.error().describe();
  EXPECT_GT(file->join.joined(), 2'800u);  // of 2,840; Hong Kong, Macao and 三沙 are not in the division files
  const Boundaries boundaries(file->boundaries);
  EXPECT_EQ(boundaries.county_at({102.87, 35.71}), PlaceCode(622927));  // 吹麻滩镇
  EXPECT_EQ(boundaries.county_at({116.41, 39.92}), PlaceCode(110101));
}

}  // namespace
}  // namespace anlan
