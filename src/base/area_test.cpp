#include "base/area.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "base/geojson.h"

namespace anlan {
namespace {

Ring box(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

Area made(std::vector<Polygon> polygons, const std::vector<Circle>& circles = {}) {
  auto area = normalise(std::move(polygons), circles);
  EXPECT_TRUE(area.ok()) << (area ? "" : area.error().describe());
  return area ? *area : Area{};
}

TEST(Normalise, ClosesRingsDropsRepeatsAndOrients) {
  const auto area = made({{{{102, 35}, {102, 36}, {102, 36}, {103, 36}, {103, 35}}, {}}});
  ASSERT_EQ(area.polygons.size(), 1u);
  EXPECT_EQ(area.polygons[0].outer.size(), 5u);
  EXPECT_EQ(area.polygons[0].outer.front(), area.polygons[0].outer.back());
  EXPECT_TRUE(contains(area, {102.5, 35.5}));
  EXPECT_FALSE(contains(area, {101.5, 35.5}));
  EXPECT_EQ(area.polygons[0].outer[1], (LonLat{103, 35})) << "counter-clockwise";
}

TEST(Normalise, ABowTieBecomesTwoTriangles) {
  const auto area = made({{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}, {}}});
  EXPECT_EQ(area.polygons.size(), 2u);
  EXPECT_TRUE(contains(area, {0.2, 1}));
  EXPECT_TRUE(contains(area, {1.8, 1}));
  EXPECT_FALSE(contains(area, {1, 0.2}));
}

TEST(Normalise, OverlappingPolygonsAreUnitedAndDistantOnesKept) {
  const auto overlapping = made({{box(0, 0, 2, 2), {}}, {box(1, 1, 3, 3), {}}});
  EXPECT_EQ(overlapping.polygons.size(), 1u);
  EXPECT_TRUE(contains(overlapping, {1.5, 1.5}));
  EXPECT_EQ(made({{box(0, 0, 1, 1), {}}, {box(5, 5, 6, 6), {}}}).polygons.size(), 2u);
}

TEST(Normalise, HolesStayHoles) {
  const auto area = made({{box(0, 0, 10, 10), {box(4, 4, 6, 6)}}});
  EXPECT_FALSE(contains(area, {5, 5}));
  EXPECT_TRUE(contains(area, {1, 1}));
  EXPECT_TRUE(contains(area, {4, 5})) << "an edge is inside";
}

TEST(Normalise, ACircleContainsEverythingWithinItsRadius) {
  const LonLat centre{102.87, 35.72};
  const auto area = made({}, {{centre, 20}});
  int within = 0;
  for (double lon = 102.6; lon < 103.2; lon += 0.004)
    for (double lat = 35.5; lat < 36; lat += 0.004) {
      const double km = distance_m(centre, {lon, lat}) / 1000;
      if (km <= 20) {
        EXPECT_TRUE(contains(area, {lon, lat})) << lon << " " << lat;
        ++within;
      }
      if (km > 20.2) {
        EXPECT_FALSE(contains(area, {lon, lat})) << lon << " " << lat;
      }
    }
  EXPECT_GT(within, 1000);
  EXPECT_NEAR(area_km2(area), std::numbers::pi * 400, 3);
}

TEST(Normalise, SplitsAtTheAntimeridian) {
  const auto area = made({{{{170, -10}, {-170, -10}, {-170, 10}, {170, 10}, {170, -10}},
                           {{{-179, -1}, {-178, -1}, {-178, 1}, {-179, 1}, {-179, -1}}}}});
  ASSERT_EQ(area.polygons.size(), 2u);
  for (const auto& polygon : area.polygons)
    for (const auto& p : polygon.outer) EXPECT_TRUE(is_valid(p) && std::fabs(p.lon) >= 170);
  EXPECT_TRUE(contains(area, {175, 0}));
  EXPECT_TRUE(contains(area, {-175, 0}));
  EXPECT_FALSE(contains(area, {-178.5, 0}));
  EXPECT_FALSE(contains(area, {0, 0}));
  EXPECT_TRUE(contains(made({}, {{{179.9, 0}, 100}}), {-179.9, 0}));
  EXPECT_TRUE(contains(made({{box(-180, -90, 180, 90), {}}}), {10, 10})) << "the whole world is no crossing";
}

TEST(Normalise, RefusesWhatIsNotAnArea) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(normalise({}));
  EXPECT_FALSE(normalise({{{}, {}}}));
  EXPECT_FALSE(normalise({{{{1, 1}, {2, 2}, {1, 1}}, {}}}));
  EXPECT_FALSE(normalise({{{{1, 1}, {2, 2}, {3, 3}, {1, 1}}, {}}})) << "a line";
  EXPECT_FALSE(normalise({{{{1, 1}, {1, 1}, {1, 1}, {1, 1}}, {}}}));
  EXPECT_FALSE(normalise({{{{1, nan}, {2, 2}, {3, 1}}, {}}}));
  EXPECT_FALSE(normalise({{{{1, 91}, {2, 2}, {3, 1}}, {}}}));
  EXPECT_FALSE(normalise({{{{0, 80}, {120, 80}, {-120, 80}}, {}}})) << "round the pole";
  for (const double radius : {0.0, -1.0, nan, 1e9}) EXPECT_FALSE(normalise({}, {{{0, 0}, radius}})) << radius;
  EXPECT_EQ(normalise({}).error().code, ErrorCode::kInvalidField);
  const auto fault = normalise({{box(0, 0, 1, 1), {}}, {{{1, 1}, {2, 2}, {3, 3}}, {}}});
  ASSERT_EQ(fault.error().details.size(), 1u);
  EXPECT_EQ(fault.error().details[0].field, "polygons[1]");
}

TEST(Normalise, HugeAndTangledInputIsRefusedQuickly) {
  Ring million(1'000'000);
  for (size_t i = 0; i < million.size(); ++i) million[i] = {100 + 1e-6 * static_cast<double>(i), 30};
  EXPECT_EQ(normalise({{million, {}}}).error().code, ErrorCode::kTooLarge);

  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> lon(100, 104), lat(33, 37);
  Ring tangle(150'000);
  for (auto& p : tangle) p = {lon(random), lat(random)};
  EXPECT_EQ(normalise({{tangle, {}}}).error().code, ErrorCode::kInvalidField);
  Ring scribble(60);
  for (auto& p : scribble) p = {lon(random), lat(random)};
  EXPECT_TRUE(normalise({{scribble, {}}})) << "a small tangle is repaired";
}

TEST(Normalise, AtTheLimitStillWorks) {
  Ring ring;
  constexpr int kCount = 190'000;
  for (int i = 0; i < kCount; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCount, radius = 1 + 0.1 * std::sin(angle * 500);
    ring.push_back({103 + radius * std::cos(angle), 35 + radius * std::sin(angle)});
  }
  const auto area = made({{ring, {}}});
  EXPECT_EQ(vertex_count(area), kCount + 1u);
}

TEST(AreaMeasures, KilometresBoundsAndLabel) {
  const auto degree = made({{box(0, 0, 1, 1), {}}});
  EXPECT_NEAR(area_km2(degree), 12'363.7, 1);
  const auto world = made({{box(-180, -90, 180, 90), {}}});
  EXPECT_NEAR(area_km2(world), 510'065'600, 1000);
  const auto bounds = bounding_box(degree);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->east, 1);
  // A horseshoe: the mean of its corners lies outside.
  const auto shoe = made({{{{0, 0}, {10, 0}, {10, 10}, {9, 10}, {9, 1}, {1, 1}, {1, 10}, {0, 10}}, {}}});
  EXPECT_TRUE(contains(shoe, *label_point(shoe)));
  const auto ring = made({{box(0, 0, 10, 10), {box(1, 1, 9, 9)}}});
  EXPECT_TRUE(contains(ring, *label_point(ring)));
  EXPECT_FALSE(label_point({}));
  EXPECT_FALSE(bounding_box({}));
}

TEST(AreaJson, RoundTripAndRefusals) {
  const auto area = made({{box(0, 0, 10.5, 10), {box(4, 4, 6, 6)}}, {box(20, 20, 21, 21), {}}});
  const auto back = from_json_text<Area>(to_json(area), "area");
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(*back, area);
  EXPECT_EQ(from_json_text<Area>("[]", "area")->polygons.size(), 0u);
  for (const char* bad : {"{}", "[[]]", "[[[]]]", "[[[[0,0],[1,0],[1,1]]]]", "[[[[0,0],[1,0],[1,1],[0,2]]]]",
                          "[[[[0,0],[1,0],[1,\"1\"],[0,0]]]]", "[[[[0,0],[1,0],[1,100],[0,0]]]]"})
    EXPECT_FALSE(from_json_text<Area>(bad, "area")) << bad;
}

TEST(GeoJson, ReadsEveryKindOfPolygonAndConvertsTheDatum) {
  const std::string polygon =
      R"({"type":"Polygon","coordinates":[[[102,35,1800],[103,35],[103,36],[102,36],[102,35]]]})";
  const auto read = [](const std::string& text, Datum datum = Datum::kWgs84) {
    return area_from_geojson(*parse_json(text), datum);
  };
  const auto area = read(polygon);
  ASSERT_TRUE(area) << area.error().describe();
  EXPECT_EQ(*read(R"({"type":"Feature","properties":null,"geometry":)" + polygon + "}"), *area);
  EXPECT_EQ(*read(R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":)" + polygon + "}]}"), *area);
  EXPECT_EQ(*area_from_geojson(geojson_of(*area)), *area);
  const auto two = made({{box(0, 0, 1, 1), {}}, {box(5, 5, 6, 6), {}}});
  EXPECT_EQ(*area_from_geojson(geojson_of(two)), two);
  const auto gcj = read(polygon, Datum::kGcj02);
  EXPECT_NEAR(distance_m(gcj->polygons[0].outer[0], wgs84_from_gcj02(area->polygons[0].outer[0])), 0, 0.01);
  EXPECT_GT(distance_m(gcj->polygons[0].outer[0], area->polygons[0].outer[0]), 100);
  for (const char* bad : {"[]", "{}", R"({"type":"Point","coordinates":[1,2]})", R"({"type":"Polygon"})",
                          R"({"type":"Polygon","coordinates":[[[1],[2],[3]]]})",
                          R"({"type":"Feature","geometry":null})", R"({"type":"FeatureCollection","features":[]})"})
    EXPECT_FALSE(read(bad)) << bad;
}

}  // namespace
}  // namespace anlan
