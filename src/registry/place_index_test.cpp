#include "registry/place_index.h"

#include <gtest/gtest.h>

#include "registry/place_layout.h"
#include "registry/place_test_data.h"

namespace anlan {
namespace {

PinyinTable readings() {
  return PinyinTable::create({{"长", "chang"}, {"长", "zhang"}}).value();
}

std::vector<std::string> found(const PlaceIndex& index, PlaceQuery query) {
  std::vector<std::string> names;
  for (const auto& hit : index.search(query)) names.emplace_back(index.places().name(hit.index));
  return names;
}
std::vector<std::string> found(const PlaceIndex& index, std::string_view text) {
  return found(index, PlaceQuery{.text = text});
}
using Names = std::vector<std::string>;

TEST(PlaceSearch, ByNamePinyinAndCode) {
  const auto index = PlaceIndex::build(test_places(), {}, readings());
  const std::string county = "积石山保安族东乡族撒拉族自治县";
  EXPECT_EQ(found(*index, "大河"), (Names{"大河村村委会", "大河家镇"}));  // exact stem, then prefix
  EXPECT_EQ(found(*index, "河家"), Names{"大河家镇"});
  EXPECT_EQ(found(*index, "dahejia"), Names{"大河家镇"});
  EXPECT_EQ(found(*index, "DA HE"), (Names{"大河村村委会", "大河家镇"}));
  EXPECT_EQ(found(*index, "dhj"), Names{"大河家镇"});
  EXPECT_EQ(found(*index, "dahj"), Names{"大河家镇"});
  EXPECT_EQ(found(*index, "dhejia"), Names{"大河家镇"});
  for (auto text : {"积石山", "积石山县", "jishishan", "jishishanxian", "jss", "jssx", "622927", "622927000000"})
    EXPECT_EQ(found(*index, PlaceQuery{.text = text, .limit = 1}), Names{county}) << text;
  EXPECT_EQ(found(*index, "保安"), Names{county});
  EXPECT_EQ(found(*index, "临夏"), (Names{"临夏回族自治州", "临夏市", "临夏县"}));
  EXPECT_EQ(found(*index, "62292"),
            (Names{"临夏县", county, "吹麻滩镇", "大河家镇", "东门社区居委会", "大河村村委会", "长宁村民委员会"}));
  EXPECT_EQ(found(*index, "changning"), Names{"长宁村民委员会"});
  EXPECT_EQ(found(*index, "zhangning"), Names{"长宁村民委员会"});
  EXPECT_EQ(found(*index, "长宁村民委员会"), Names{"长宁村民委员会"});
  EXPECT_EQ(found(*index, "临夏州积石山县大河家"), Names{"大河家镇"});
  EXPECT_EQ(found(*index, "甘肃省 / 积石山 大河"), (Names{"大河村村委会", "大河家镇"}));
  EXPECT_EQ(found(*index, "市辖区"), Names{});
  for (auto text : {"", " ", "qqq", "没有这里", "0", "9999999999999999", "62-29", "\xFF"})
    EXPECT_EQ(found(*index, text), Names{}) << text;
  EXPECT_EQ(found(*index, std::string(1000, 'a')), Names{});
}

TEST(PlaceSearch, ScopeHomeLevelAndLimit) {
  const auto index = PlaceIndex::build(test_places(), {}, readings());
  EXPECT_EQ(found(*index, PlaceQuery{.text = "d", .within = PlaceCode(44)}), (Names{"东莞市", "东莞市"}));
  EXPECT_EQ(found(*index, PlaceQuery{.text = "d", .limit = 2, .home = PlaceCode(622927)}),
            (Names{"大河家镇", "大河村村委会"}));
  EXPECT_EQ(found(*index, PlaceQuery{.text = "d", .coarsest = PlaceLevel::kCounty, .finest = PlaceLevel::kTown}),
            (Names{"东城区", "东莞市", "大河家镇"}));
  EXPECT_EQ(found(*index, PlaceQuery{.text = "d", .limit = 0}), Names{});
  EXPECT_EQ(found(*index, PlaceQuery{.text = "d", .within = PlaceCode(99)}), Names{});
  EXPECT_EQ(found(*index, PlaceQuery{.text = "62", .limit = 3, .finest = PlaceLevel::kCity}),
            (Names{"甘肃省", "临夏回族自治州"}));
}

// Every way of typing every name finds the place, and all results really fit: compared with a plain scan.
TEST(PlaceSearch, AgreesWithAPlainScan) {
  const auto index = PlaceIndex::build(test_places(), {}, readings());
  const auto table = readings();
  const auto& places = index->places();
  for (uint32_t i = 0; i < places.size(); ++i) {
    const std::string name(places.name(i));
    if (name == "市辖区") continue;
    const auto finds = [&](const std::string& text) {
      const auto hits = index->search({.text = text, .limit = 100});
      return std::any_of(hits.begin(), hits.end(), [&](const auto& hit) { return hit.index == i; });
    };
    for (size_t n = 3; n <= name.size(); n += 3) EXPECT_TRUE(finds(name.substr(0, n))) << name.substr(0, n);
    EXPECT_TRUE(finds(places.short_name(places.code(i)))) << name;
    const auto spoken = places.short_name(places.code(i));
    for (const auto& text : {table.full(spoken), table.initials(spoken)})
      for (size_t n = 1; n <= text.size(); ++n)
        EXPECT_TRUE(finds(text.substr(0, n))) << name << " " << text.substr(0, n);
    const auto code = places.code(i).text();
    for (size_t n = 1; n <= code.size(); ++n) EXPECT_TRUE(finds(code.substr(0, n))) << code.substr(0, n);
  }
}

TEST(PlaceIndex, StoredFormHoldsEverything) {
  auto places = test_places();
  places.set_position(places.index_of(PlaceCode(622927)), {102.87, 35.71}, false);
  Area square{{Polygon{{{102, 35}, {103, 35}, {103, 36}, {102, 36}, {102, 35}}, {}}}};
  const auto bounds = bounding_box(square);
  Boundaries boundaries({{PlaceCode(622927), square, *bounds}});
  lay_out(places, boundaries, 7);
  const auto index = PlaceIndex::build(std::move(places), std::move(boundaries), readings());
  const auto bytes = index->write();
  const auto again = PlaceIndex::read(bytes);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->write(), bytes);
  EXPECT_EQ((*again)->county_at({102.5, 35.5}), PlaceCode(622927));
  EXPECT_EQ(found(**again, "dahj"), Names{"大河家镇"});
  EXPECT_EQ((*again)->find(PlaceCode(622927101))->position, index->find(PlaceCode(622927101))->position);

  for (size_t n = 0; n < bytes.size(); n += 7)
    EXPECT_FALSE(PlaceIndex::read(std::string_view(bytes).substr(0, n)).ok());
  EXPECT_FALSE(PlaceIndex::read(bytes + "x").ok());
  // A damaged text is refused or, where only a name or rank changed, still safe to use.
  for (size_t i = 0; i < bytes.size(); i += 3) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const auto read = PlaceIndex::read(damaged);
    if (!read) continue;
    for (auto text : {"大河", "d", "dahj", "jss", "62", "保安", "临夏州大河"}) found(**read, text);
  }
}

TEST(PlaceIndex, WholeCountry) {
  const auto provinces = real_file("division_2023_provinces.csv"), cities = real_file("division_2023_cities.csv"),
             areas = real_file("division_2023_areas.csv"), streets = real_file("division_2023_streets.csv.gz");
  if (provinces.empty() || streets.empty()) GTEST_SKIP() << "no ../shared/data/admin/division_2023_*.csv";
  auto places = read_divisions({provinces, cities, areas, streets, ""});
  ASSERT_TRUE(places.ok()) << places.error().describe();
  EXPECT_EQ(places->size(), 31u + 342 + 2978 + 41352);
  EXPECT_EQ(places->full_name(PlaceCode(622927101)),
            "甘肃省 / 临夏回族自治州 / 积石山保安族东乡族撒拉族自治县 / 大河家镇");

  const auto positions = real_file("adcode_country_to_town_with_lonlat_vonng2016.csv.gz");
  if (!positions.empty()) {
    const auto join = apply_positions(*places, positions, Datum::kGcj02);
    ASSERT_TRUE(join.ok()) << join.error().describe();
    EXPECT_GT(join->joined(), 34'000u);  // of 38,569 rows with coordinates; the rest are towns since merged
  }
  const auto index = PlaceIndex::build(std::move(*places), {}, PinyinTable());
  EXPECT_EQ(found(*index, "dahejia").at(0), "大河家镇");
  EXPECT_EQ(found(*index, PlaceQuery{.text = "xa", .limit = 2, .finest = PlaceLevel::kCity}),
            (Names{"兴安盟", "西安市"}));
}

}  // namespace
}  // namespace anlan
