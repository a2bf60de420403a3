#include "quake/exposure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace anlan::quake {
namespace {

CensusRow town(uint32_t place, LonLat centre, uint32_t buildings) {
  CensusRow row;
  row.place = place, row.centre = centre, row.buildings = buildings;
  row.radius_m = 2'000, row.storeys_min = 1, row.storeys_max = 6, row.people = 3.0f * static_cast<float>(buildings);
  return row;
}

Buildings one_by_one(const std::vector<LonLat>& at) {
  Buildings b;
  b.at = at;
  const size_t n = at.size();
  b.type.assign(n, 0), b.code.assign(n, CodeLevel::low), b.use.assign(n, Use::home), b.storeys.assign(n, 1);
  b.floor_area_m2.assign(n, 100), b.year.assign(n, 0), b.people.assign(n, 3), b.place.assign(n, 0);
  return b;
}

TEST(Group, CountsWhatIsAlikeTogether) {
  auto b = one_by_one({{103, 35}, {103.0004, 35.0004}, {103, 35}, {103, 35}, {104, 35}, {103, 35}});
  b.type[2] = 1;
  b.code[3] = CodeLevel::high;
  b.place[5] = Buildings::kNoPlace;
  const auto grouped = group(b, 1, 1'000);
  EXPECT_EQ(grouped.dropped, 1u);
  const auto& e = grouped.exposure;
  ASSERT_EQ(e.sites.size(), 2u);
  ASSERT_EQ(e.assets.size(), 4u);
  EXPECT_EQ(e.assets[0].count, 2);
  EXPECT_EQ(e.assets[0].people, 6);
  EXPECT_EQ(e.assets[0].area_m2, 200);
  EXPECT_EQ(e.assets[1].code, CodeLevel::high);
  EXPECT_EQ(e.assets[2].type, 1);
  EXPECT_EQ(e.assets[3].site, 1u);
  EXPECT_NEAR(e.sites.at[0].lon, 103.0001, 1e-9);  // four buildings, one of them aside
  EXPECT_FALSE(e.generated);
}

TEST(Group, EveryBuildingIsWithinItsCellAndNoneIsLost) {
  std::vector<CensusRow> rows;
  for (uint32_t i = 0; i < 40; ++i) rows.push_back(town(i, {73 + 1.5 * i, 18 + 0.8 * i}, 500));
  const auto city = make_city(rows, 7);
  for (const double cell_m : {300.0, 1'000.0, 5'000.0}) {
    const auto grouped = group(city, 40, cell_m);
    double count = 0, people = 0;
    uint32_t site = 0;
    std::vector<double> in_place(40);
    for (const auto& a : grouped.exposure.assets) {
      count += a.count, people += a.people, in_place[a.place] += a.count;
      EXPECT_GE(a.site, site);
      site = a.site;
    }
    EXPECT_EQ(count, 20'000);
    EXPECT_NEAR(people, 60'000, 1);
    EXPECT_TRUE(std::all_of(in_place.begin(), in_place.end(), [](double n) { return n == 500; }));
    EXPECT_EQ(site + 1, grouped.exposure.sites.size());
  }
  EXPECT_TRUE(group(city, 40, 300).exposure.generated);
  // With a place of its own each building is an asset: none is farther from its site than the diagonal of a cell.
  auto apart = city;
  for (uint32_t i = 0; i < apart.size(); ++i) apart.place[i] = i;
  const auto single = group(apart, apart.size(), 1'000).exposure;
  ASSERT_EQ(single.assets.size(), apart.size());
  for (const auto& a : single.assets) ASSERT_LE(distance_m(apart.at[a.place], single.sites.at[a.site]), 1'415);
  const auto fine = group(city, 40, 300).exposure.sites.size(), coarse = group(city, 40, 5'000).exposure.sites.size();
  EXPECT_GT(fine, 10 * coarse);
}

TEST(Group, NothingAndAMillionAtOnePoint) {
  const auto none = group({}, 5, 1'000);
  EXPECT_EQ(none.exposure.assets.size(), 0u);
  EXPECT_EQ(none.exposure.places, 5u);
  const auto city = make_city({[] { auto t = town(0, {121.47, 31.23}, 1'000'000); t.radius_m = 0; return t; }()}, 1);
  const auto grouped = group(city, 1, 1'000);
  ASSERT_EQ(grouped.exposure.assets.size(), 1u);
  EXPECT_EQ(grouped.exposure.assets[0].count, 1e6f);
  EXPECT_NEAR(grouped.exposure.assets[0].people, 3e6, 3);
  EXPECT_DOUBLE_EQ(grouped.exposure.sites.at[0].lon, 121.47);
}

TEST(Group, HostilePositionsAndNumbersAreNoTrouble) {
  auto b = one_by_one({{NAN, 35}, {103, INFINITY}, {-180, -90}, {180, 90}, {180, 0}, {500, 0}});
  b.people[2] = NAN, b.floor_area_m2[3] = -5, b.people[3] = INFINITY;
  const auto grouped = group(b, 1, 1'000);
  EXPECT_EQ(grouped.dropped, 3u);
  ASSERT_EQ(grouped.exposure.assets.size(), 3u);
  EXPECT_EQ(grouped.exposure.assets[0].people, 0);
  for (const auto& a : grouped.exposure.assets) EXPECT_TRUE(std::isfinite(a.people) && a.area_m2 >= 0);
}

TEST(Occupancy, NobodyIsAtHomeAndAtWorkAtOnce) {
  const auto o = usual_occupancy();
  const auto of = [&](Use use, size_t hour) { return o[static_cast<size_t>(use)][hour]; };
  EXPECT_GT(of(Use::home, 3), 0.9f);
  EXPECT_LT(of(Use::home, 12), 0.3f);
  EXPECT_GT(of(Use::work, 12), 0.8f);
  EXPECT_NE(of(Use::home, 9), of(Use::home, 10));
  EXPECT_EQ(of(Use::home, 22), of(Use::home, 4));
  // All are at home somewhere; a third of them work outside farming, a quarter go to school.
  for (size_t h = 0; h < 24; ++h) EXPECT_LE(of(Use::home, h) + 0.33f * of(Use::work, h), 1.0f) << h;
}

TEST(City, IsTheSameForTheSameSeedAndKeepsTheCounts) {
  const std::vector<CensusRow> rows{town(0, {103, 35}, 1'000), town(1, {104, 36}, 2'000)};
  const auto a = make_city(rows, 5), b = make_city(rows, 5), c = make_city(rows, 6);
  ASSERT_EQ(a.size(), 3'000u);
  EXPECT_TRUE(a.at == b.at && a.storeys == b.storeys && a.people == b.people);
  EXPECT_FALSE(a.at == c.at);
  // A row does not change with the rows after it.
  const auto first = make_city({rows[0]}, 5);
  EXPECT_TRUE(std::equal(first.at.begin(), first.at.end(), a.at.begin()));
  EXPECT_NEAR(std::accumulate(a.people.begin(), a.people.begin() + 1'000, 0.0), 3'000, 0.1);
  std::array<int, 7> storeys{};
  double farthest = 0, mean = 0;
  for (size_t i = 0; i < 1'000; ++i) {
    ++storeys[a.storeys[i]];
    const double d = distance_m(a.at[i], {103, 35});
    farthest = std::max(farthest, d), mean += d / 1'000;
  }
  EXPECT_LE(farthest, 2'010);
  EXPECT_NEAR(mean, 2'000.0 * 2 / 3, 50);  // of a disc
  for (size_t s = 1; s <= 6; ++s) EXPECT_NEAR(storeys[s], 1'000 / 6, 50) << s;
  EXPECT_EQ(storeys[0], 0);
}

TEST(City, RefusesRowsThatMakeNoSense) {
  const auto refused = [](auto change) {
    auto row = town(0, {103, 35}, 10);
    change(row);
    return !check({town(0, {103, 35}, 1), row}).ok();
  };
  EXPECT_FALSE(refused([](CensusRow&) {}));
  EXPECT_TRUE(refused([](CensusRow& r) { r.centre.lat = 91; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.centre.lon = NAN; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.radius_m = -1; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.storeys_min = 0; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.storeys_max = 201; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.year_min = 2100; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.floor_area_m2 = NAN; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.people = -1; }));
  EXPECT_TRUE(refused([](CensusRow& r) { r.use = static_cast<Use>(9); }));
  auto large = town(0, {103, 35}, 4'000'000'000);
  large.people = 0;
  const auto many = check({large, large});
  ASSERT_FALSE(many.ok());
  EXPECT_EQ(many.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace anlan::quake
