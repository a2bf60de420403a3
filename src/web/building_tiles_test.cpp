// Tiles of buildings against counting them one by one.
#include "web/building_tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "web/seen_tile.h"

namespace anlan {
namespace {

constexpr LonLat kCity{103.0, 35.8};

std::shared_ptr<Stock> city(size_t n, double spread = 0.15) {
  auto stock = std::make_shared<Stock>();
  auto& b = stock->buildings;
  std::mt19937_64 chance(7);
  const auto share = [&] { return static_cast<double>(chance() >> 11) * 0x1p-53; };
  for (size_t i = 0; i < n; ++i) {
    b.at.push_back({kCity.lon + (share() - 0.5) * spread, kCity.lat + (share() - 0.5) * spread});
    b.type.push_back(static_cast<uint16_t>(i % 3));
    b.code.push_back(quake::CodeLevel::low);
    b.use.push_back(quake::Use::home);
    b.storeys.push_back(static_cast<uint16_t>(1 + i % 12));
    b.floor_area_m2.push_back(100);
    b.year.push_back(2000);
    b.people.push_back(static_cast<float>(i % 7) / 2);
    b.place.push_back(quake::Buildings::kNoPlace);
  }
  return stock;
}
std::vector<uint8_t> grades_of(size_t n) {
  std::vector<uint8_t> out(n);
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint8_t>(i * i % 5);
  return out;
}
const std::vector<std::string> kTypes{"adobe", "wood", "brick"};

struct Shown {
  explicit Shown(std::shared_ptr<const Stock> stock, const std::vector<uint8_t>& grades = {})
      : index(std::make_shared<BuildingIndex>(std::move(stock))), cache(std::make_shared<BuildingTiles::Cache>(BuildingTiles::kCacheBytes)), tiles(index, grades, kTypes, cache) {}
  std::shared_ptr<BuildingIndex> index;
  std::shared_ptr<BuildingTiles::Cache> cache;
  BuildingTiles tiles;
};

TileId tile_of(LonLat at, int z) {
  const auto p = to_world(at);
  return {z, static_cast<int64_t>(std::ldexp(p.x, z)), static_cast<int64_t>(std::ldexp(p.y, z))};
}
std::set<TileId> tiles_of(const Stock& stock, int z) {
  std::set<TileId> out;
  for (const auto at : stock.buildings.at) out.insert(tile_of(at, z));
  return out;
}

TEST(BuildingTiles, CellsOfEveryZoomAddUpToTheCity) {
  const auto stock = city(5'000);
  const auto grades = grades_of(5'000);
  const Shown shown(stock, grades);
  double people = 0;
  for (const float p : stock->buildings.people) people += static_cast<double>(p);
  for (int z = 0; z < kBuildingZoom; ++z) {
    int64_t n = 0, folk = 0;
    double sum = 0, bad = 0;
    for (const auto id : tiles_of(*stock, z)) {
      const auto tile = seen(*shown.tiles.tile(id));
      ASSERT_EQ(tile.size(), 1u) << z;
      for (const auto& f : tile.at("cells")) {
        const auto count = std::stoll(f.properties.at("n"));
        n += count;
        folk += std::stoll(f.properties.at("people"));
        sum += std::stod(f.properties.at("grade")) * static_cast<double>(count);
        bad += std::stod(f.properties.at("bad")) * static_cast<double>(count);
        ASSERT_EQ(f.type, 3);
        ASSERT_EQ(f.rings.size(), 1u);
        EXPECT_EQ(twice_area(f.rings.front()), 2 * 64 * 64) << "a square, turned as an outer ring";
      }
    }
    EXPECT_EQ(n, 5'000) << "zoom " << z;
    EXPECT_NEAR(static_cast<double>(folk), people, 0.5 * 5'000) << "each cell is rounded";
    EXPECT_NEAR(sum, std::accumulate(grades.begin(), grades.end(), 0.0), 5'000 * 0.006);
    EXPECT_NEAR(bad, static_cast<double>(std::count_if(grades.begin(), grades.end(), [](auto g) { return g >= 3; })), 5'000 * 0.0006);
  }
}

TEST(BuildingTiles, ACellHoldsTheBuildingsThatLieInIt) {
  const auto stock = city(2'000);
  const auto grades = grades_of(2'000);
  const Shown shown(stock, grades);
  const TileId id = tile_of(kCity, 11);
  std::map<std::pair<int64_t, int64_t>, std::pair<int64_t, int64_t>> counted;  // buildings and their grades, by cell
  for (size_t i = 0; i < 2'000; ++i) {
    const auto p = to_world(stock->buildings.at[i]);
    const auto x = static_cast<int64_t>(std::ldexp(p.x, 17)), y = static_cast<int64_t>(std::ldexp(p.y, 17));
    if (x >> 6 != id.x || y >> 6 != id.y) continue;
    auto& c = counted[{x & 63, y & 63}];
    ++c.first;
    c.second += grades[i];
  }
  const auto tile = seen(shown.tiles.make(id));
  ASSERT_EQ(tile.at("cells").size(), counted.size());
  for (const auto& f : tile.at("cells")) {
    const auto& corner = f.rings.front().front();
    const auto& c = counted.at({corner.x / 64, corner.y / 64});
    EXPECT_EQ(std::stoll(f.properties.at("n")), c.first);
    EXPECT_NEAR(std::stod(f.properties.at("grade")), static_cast<double>(c.second) / static_cast<double>(c.first), 0.0051);
  }
}

TEST(BuildingTiles, FromZoom13EachBuildingStandsWhereItIs) {
  const auto stock = city(3'000);
  const auto grades = grades_of(3'000);
  const Shown shown(stock, grades);
  for (const int z : {13, 15, 18}) {
    std::set<uint64_t> rows;
    for (const auto id : tiles_of(*stock, z)) {
      const auto tile = seen(*shown.tiles.tile(id));
      for (const auto& f : tile.at("buildings")) {
        const auto row = std::stoull(f.properties.at("i"));
        ASSERT_LT(row, 3'000u);
        EXPECT_EQ(f.id, row);
        EXPECT_TRUE(rows.insert(row).second) << "once on the whole map";
        EXPECT_EQ(f.properties.at("grade"), std::to_string(grades[row]));
        EXPECT_EQ(f.properties.at("type"), kTypes[row % 3]);
        EXPECT_EQ(f.properties.at("storeys"), std::to_string(1 + row % 12));
        EXPECT_NEAR(std::stod(f.properties.at("people")), static_cast<double>(row % 7) / 2, 1e-6);
        const auto p = to_world(stock->buildings.at[row]);
        const auto& point = f.rings.front().front();
        EXPECT_NEAR(point.x, (std::ldexp(p.x, z) - static_cast<double>(id.x)) * kTileExtent, 1.01);
        EXPECT_NEAR(point.y, (std::ldexp(p.y, z) - static_cast<double>(id.y)) * kTileExtent, 1.01);
      }
    }
    EXPECT_EQ(rows.size(), 3'000u);
  }
}

TEST(BuildingTiles, AFullTileIsOneOfCells) {
  const auto stock = city(kTileBuildingsMax + 1, 0.001);
  const Shown shown(stock);
  const auto tile = seen(*shown.tiles.tile(tile_of(kCity, 12)));
  EXPECT_TRUE(tile.contains("cells"));
  int64_t n = 0;
  for (const auto id : tiles_of(*stock, 13))
    for (const auto& [name, features] : seen(shown.tiles.make(id)))
      for (const auto& f : features) {
        n += name == "cells" ? std::stoll(f.properties.at("n")) : 1;
        EXPECT_FALSE(f.properties.contains("grade")) << "without damage there is no grade";
        EXPECT_FALSE(f.properties.contains("bad"));
      }
  EXPECT_EQ(n, static_cast<int64_t>(kTileBuildingsMax + 1));
}

TEST(BuildingTiles, OutsideTheCityThereIsNothing) {
  const Shown shown(city(10));
  EXPECT_TRUE(shown.tiles.tile({13, 0, 0})->empty());
  EXPECT_TRUE(shown.tiles.tile({18, (1 << 18) - 1, (1 << 18) - 1})->empty());
  const Shown empty(std::make_shared<Stock>());
  EXPECT_TRUE(empty.tiles.tile({0, 0, 0})->empty());
}

TEST(BuildingTiles, BuildingsAtTheEndsOfTheEarthAreHeldToIt) {
  auto stock = city(4);
  stock->buildings.at = {{-180, 89.9}, {180, -89.9}, {180, 89.9}, {0, 0}};
  const Shown shown(stock);
  int64_t n = 0;
  const auto tile = seen(*shown.tiles.tile({0, 0, 0}));
  for (const auto& f : tile.at("cells")) n += std::stoll(f.properties.at("n"));
  EXPECT_EQ(n, 4);
}

TEST(BuildingTiles, AStrengthenedCityKeepsItsIndexAndAnotherDoesNot) {
  const auto stock = city(100);
  const Shown shown(stock);
  auto strengthened = std::make_shared<Stock>(*stock);
  strengthened->buildings.code[3] = quake::CodeLevel::high;
  EXPECT_TRUE(shown.index->fits(*strengthened));
  strengthened->buildings.at[3].lon += 1e-6;
  EXPECT_FALSE(shown.index->fits(*strengthened));
  EXPECT_FALSE(shown.index->fits(*city(101)));
}

TEST(BuildingTiles, LayersDoNotShareTilesAndTagsTellThemApart) {
  const auto stock = city(50);
  const auto index = std::make_shared<BuildingIndex>(stock);
  const auto cache = std::make_shared<BuildingTiles::Cache>(BuildingTiles::kCacheBytes);
  const BuildingTiles plain(index, {}, kTypes, cache), light(index, std::vector<uint8_t>(50, 1), kTypes, cache), heavy(index, std::vector<uint8_t>(50, 4), kTypes, cache);
  EXPECT_NE(plain.tag(), light.tag());
  EXPECT_NE(heavy.tag(), light.tag());
  EXPECT_EQ(heavy.tag(), BuildingTiles(index, std::vector<uint8_t>(50, 4), kTypes, cache).tag()) << "the same after a restart";
  const auto id = tile_of(kCity, 8);
  EXPECT_EQ(seen(*light.tile(id)).at("cells").front().properties.at("grade"), "1");
  EXPECT_EQ(seen(*heavy.tile(id)).at("cells").front().properties.at("grade"), "4");
  EXPECT_EQ(seen(*heavy.tile(id)).at("cells").front().properties.at("bad"), "1");
  EXPECT_EQ(light.tile(id), light.tile(id)) << "kept";
}

TEST(TileCache, TheOldestGoesAndTheNewestStaysHoweverLarge) {
  TileCache<int> cache(10'000);
  int made = 0;
  const auto get = [&](int key, size_t size) {
    return cache.get(key, [&] {
      ++made;
      return std::string(size, 'x');
    });
  };
  get(1, 4'000);
  get(2, 4'000);
  get(1, 4'000);
  EXPECT_EQ(made, 2);
  get(3, 4'000);
  EXPECT_EQ(made, 3);
  get(1, 4'000);
  EXPECT_EQ(made, 3) << "asked for after 2, so 2 went";
  get(2, 4'000);
  EXPECT_EQ(made, 4);
  EXPECT_EQ(get(9, 50'000)->size(), 50'000u);
  get(9, 50'000);
  EXPECT_EQ(made, 5);
}

}  // namespace
}  // namespace anlan
