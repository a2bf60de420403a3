#include "web/tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numbers>

#include "registry/place_layout.h"
#include "web/seen_tile.h"
#include "web/tile_geometry.h"

namespace anlan {
namespace {

Ring box(double west, double south, double east, double north) { return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}; }

std::shared_ptr<const PlaceIndex> test_index() {
  PlaceTable places = PlaceTable::create({{PlaceCode(62), "甘肃省"}, {PlaceCode(6229), "临夏回族自治州"}, {PlaceCode(622927), "积石山保安族东乡族撒拉族自治县"},
                                          {PlaceCode(622927101), "大河家镇"}, {PlaceCode(622927101201), "大河村村委会"}}).value();
  places.set_position(2, {102.87, 35.72}, false);
  places.set_position(3, {102.76, 35.84}, false);
  places.set_position(4, {102.75, 35.85}, true);
  Area area{{Polygon{box(102.6, 35.5, 103.1, 35.95), {{{102.8, 35.6}, {102.8, 35.7}, {102.9, 35.7}, {102.9, 35.6}, {102.8, 35.6}}}}}};
  const auto bounds = *bounding_box(area);
  return PlaceIndex::build(std::move(places), Boundaries({{PlaceCode(622927), std::move(area), bounds}}), PinyinTable());
}

TileId tile_at(LonLat p, int z) {
  const auto w = to_world(p);
  const double n = std::ldexp(1.0, z);
  return {z, static_cast<int64_t>(w.x * n), static_cast<int64_t>(w.y * n)};
}

TEST(Tiles, LayersByZoom) {
  const PlaceTiles tiles(test_index());
  const LonLat there{102.75, 35.85};
  auto at = [&](int z) { return seen(*tiles.tile(tile_at(there, z))); };
  EXPECT_EQ(at(2).count("boundary"), 0u);
  EXPECT_EQ(at(4)["boundary"].size(), 1u);
  EXPECT_EQ(at(4).count("place"), 0u);
  EXPECT_EQ(at(5)["place"].size(), 1u);
  EXPECT_EQ(at(8)["place"].size(), 2u);
  auto z11 = at(11);
  std::map<std::string, std::string> village;
  for (const auto& f : z11["place"])
    if (f.properties.at("level") == "village") village = f.properties;
  EXPECT_EQ(village, (std::map<std::string, std::string>{{"code", "622927101201"}, {"name", "大河村"}, {"level", "village"}, {"approximate", "true"}}));
  EXPECT_EQ(z11["boundary"].at(0).properties, (std::map<std::string, std::string>{{"code", "622927"}, {"name", "积石山县"}, {"level", "county"}, {"approximate", "false"}}));
  EXPECT_TRUE(seen(*tiles.tile({11, 0, 0})).empty());
}

TEST(Tiles, PointsLieWhereTheyShould) {
  const PlaceTiles tiles(test_index());
  for (int z = 11; z <= kTileZoomMax; ++z) {
    const LonLat village{102.75, 35.85};
    const TileId id = tile_at(village, z);
    const auto w = to_world(village);
    auto tile = seen(*tiles.tile(id));
    bool found = false;
    for (const auto& f : tile["place"])
      if (f.properties.at("level") == "village") {
        found = true;
        EXPECT_NEAR(f.rings.at(0).at(0).x, (w.x * std::ldexp(1.0, z) - static_cast<double>(id.x)) * kTileExtent, 1) << z;
        EXPECT_NEAR(f.rings.at(0).at(0).y, (w.y * std::ldexp(1.0, z) - static_cast<double>(id.y)) * kTileExtent, 1) << z;
      }
    EXPECT_TRUE(found) << z;
  }
}

TEST(Tiles, RingsAreClippedAndTurned) {
  const PlaceTiles tiles(test_index());
  for (int z = 4; z <= 14; ++z) {
    auto tile = seen(*tiles.tile(tile_at({102.85, 35.65}, z)));
    ASSERT_EQ(tile["boundary"].size(), 1u) << z;
    const auto& rings = tile["boundary"][0].rings;
    ASSERT_GE(rings.size(), 1u);
    EXPECT_GT(twice_area(rings[0]), 0) << z;
    for (size_t i = 1; i < rings.size(); ++i) EXPECT_LT(twice_area(rings[i]), 0) << z;
    for (const auto& ring : rings)
      for (const auto& p : ring) {
        EXPECT_GE(std::min(p.x, p.y), -kTileMargin);
        EXPECT_LE(std::max(p.x, p.y), kTileExtent + kTileMargin);
      }
  }
  // Deep inside: the whole tile.
  auto inside = seen(*tiles.tile(tile_at({102.7, 35.8}, 15)));
  const int64_t side = kTileExtent + 2 * kTileMargin;
  EXPECT_EQ(twice_area(inside["boundary"].at(0).rings.at(0)), 2 * side * side);
}

TEST(Tiles, SimplifiedByWhatOneCanSee) {
  Ring ring;
  for (int i = 0; i < 10'000; ++i) {
    const double angle = i * 2 * std::numbers::pi / 10'000;
    ring.push_back({103 + std::cos(angle), 35 + std::sin(angle)});
  }
  ring.push_back(ring.front());
  const auto world = weighed(ring);
  size_t before = 0;
  for (const int z : {2, 4, 6, 8}) {
    const auto id = tile_at({103, 35}, z);
    const auto out = drawn(world, z, id.x, id.y);
    EXPECT_GT(out.size(), before) << z;
    EXPECT_LT(out.size(), 1'000u) << z;
    before = z < 6 ? out.size() : 0;  // from here on it is clipped
  }
}

TEST(Tiles, Records) {
  std::vector<MapPoint> points;
  for (int i = 0; i < 1'000; ++i) points.push_back({i + 1, i % 2 ? "school" : "reservoir", "名" + std::to_string(i), {102.75 + i * 1e-5, 35.85}});
  const TileId far = tile_at({102.75, 35.85}, 6), close = tile_at({102.75, 35.85}, 16);
  EXPECT_EQ(thinned(points, far).size(), 2u);
  EXPECT_GT(thinned(points, close).size(), 100u);
  std::vector<MapPoint> one{points[3]};
  auto tile = seen(record_tile(one, far));
  EXPECT_EQ(tile["record"].at(0).properties, (std::map<std::string, std::string>{{"id", "4"}, {"type", "school"}, {"name", "名3"}}));
  const Bounds b = tile_bounds({1, 1, 0});
  EXPECT_NEAR(b.north, 85.0511, 1e-3);
  EXPECT_LT(b.west, 0);
  EXPECT_NEAR(b.east, 180, 1e-9);
}

std::string unzipped(const std::string& name) {
  std::string out;
  gzFile file = gzopen(("../shared/data/admin/" + name).c_str(), "rb");
  if (!file) return out;
  std::vector<char> bytes(1 << 16);
  for (int n; (n = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()))) > 0;) out.append(bytes.data(), static_cast<size_t>(n));
  gzclose(file);
  return out;
}

TEST(Tiles, TheWholeCountryIsFast) {
#ifndef NDEBUG
  GTEST_SKIP() << "measured in optimised builds";
#endif
  const auto provinces = unzipped("division_2023_provinces.csv"), cities = unzipped("division_2023_cities.csv"), areas = unzipped("division_2023_areas.csv"),
             streets = unzipped("division_2023_streets.csv.gz"), villages = unzipped("division_2023_villages.csv.gz"),
             counties = unzipped("china_counties_datav_v3_2022.geojson.gz");
  if (villages.empty() || counties.empty()) GTEST_SKIP() << "no data of the whole country in ../shared/data/admin";
  auto places = read_divisions({provinces, cities, areas, streets, villages}).value();
  auto file = read_boundaries(counties, Datum::kGcj02, places, {}).value();
  Boundaries boundaries(std::move(file.boundaries));
  lay_out(places, boundaries, 1);
  const PlaceTiles tiles(PlaceIndex::build(std::move(places), std::move(boundaries), PinyinTable()));
  using Clock = std::chrono::steady_clock;
  const auto ms = [](Clock::time_point from) { return std::chrono::duration<double, std::milli>(Clock::now() - from).count(); };
  const auto start = Clock::now();
  tiles.prepare();
  const double prepared = ms(start);
  std::vector<double> times;
  size_t largest = 0;
  for (int z = 4; z <= 14; ++z)
    for (const LonLat centre : {LonLat{102.87, 35.72}, {113.6, 34.7}, {121.4, 31.2}, {106.5, 29.5}})
      for (int dx = -1; dx <= 1; ++dx)
        for (int dy = -1; dy <= 1; ++dy) {
          TileId id = tile_at(centre, z);
          id.x += dx, id.y += dy;
          const auto begin = Clock::now();
          const auto bytes = tiles.tile(id);
          times.push_back(ms(begin));
          largest = std::max(largest, bytes->size());
        }
  std::sort(times.begin(), times.end());
  const double p99 = times[times.size() * 99 / 100];
  std::printf("prepare %.0f ms; %zu tiles: median %.2f, p99 %.2f, worst %.2f ms; largest %zu kB\n", prepared, times.size(), times[times.size() / 2], p99, times.back(), largest / 1024);
  EXPECT_LT(p99, 20);  // 4 ms on a quiet machine
}

}  // namespace
}  // namespace anlan
