#include "base/prepared_area.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <numbers>
#include <random>

namespace anlan {
namespace {

Ring closed(Ring ring) {
  ring.push_back(ring.front());
  return ring;
}

Ring star(std::mt19937_64& random, int corners, double smallest, LonLat centre = {103, 35}) {
  std::uniform_real_distribution<double> radius(smallest, 1);
  Ring ring;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * std::numbers::pi * i / corners, r = radius(random);
    ring.push_back({centre.lon + r * std::cos(angle), centre.lat + r * std::sin(angle)});
  }
  return closed(std::move(ring));
}

Ring scribble(std::mt19937_64& random, int corners, bool on_lattice) {
  std::uniform_real_distribution<double> lon(102, 104), lat(34, 36);
  Ring ring;
  for (int i = 0; i < corners; ++i) {
    LonLat p{lon(random), lat(random)};
    if (on_lattice) p = {std::round(p.lon * 8) / 8, std::round(p.lat * 8) / 8};
    ring.push_back(p);
  }
  return closed(std::move(ring));
}

// Compares with the plain test at random positions, at corners, on edges, level with corners and on a regular lattice
// that holds the grid lines of power-of-two grids.
void expect_same_everywhere(const Area& area, std::mt19937_64& random) {
  const PreparedArea prepared(area);
  std::vector<LonLat> points;
  const auto b = prepared.bounds();
  std::uniform_real_distribution<double> lon(b.west - 0.05, b.east + 0.05), lat(b.south - 0.05, b.north + 0.05);
  for (int i = 0; i < 2000; ++i) points.push_back({lon(random), lat(random)});
  for (int i = 0; i <= 64; ++i)
    for (int j = 0; j <= 64; ++j)
      points.push_back({b.west + (b.east - b.west) * i / 64, b.south + (b.north - b.south) * j / 64});
  for (const auto& polygon : area.polygons)
    for (size_t i = 1; i < polygon.outer.size() && i < 200; ++i) {
      const auto p = polygon.outer[i - 1], q = polygon.outer[i];
      points.insert(points.end(), {p,
                                   {(p.lon + q.lon) / 2, (p.lat + q.lat) / 2},
                                   {lon(random), p.lat},
                                   {p.lon, lat(random)},
                                   {std::nextafter(p.lon, 0), p.lat},
                                   {p.lon, std::nextafter(p.lat, 90)}});
    }
  std::vector<uint8_t> inside(points.size());
  prepared.contains_many(points, inside);
  size_t wrong = 0;
  for (size_t i = 0; i < points.size(); ++i) wrong += contains(area, points[i]) != (inside[i] != 0);
  EXPECT_EQ(wrong, 0u);
}

TEST(PreparedArea, AgreesWithThePlainTestOnRandomShapes) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const int corners = 3 + static_cast<int>(seed * 7 % 300);
    expect_same_everywhere({{{star(random, corners, 0.1), {}}}}, random);
    expect_same_everywhere({{{scribble(random, corners, false), {}}}}, random);
    expect_same_everywhere({{{scribble(random, corners, true), {}}}}, random);
    expect_same_everywhere(
        {{{star(random, corners, 0.8), {star(random, 40, 0.2, {103, 35})}}, {star(random, 30, 0.5, {105, 35}), {}}}},
        random);
  }
}

TEST(PreparedArea, BoxesAndNeedles) {
  std::mt19937_64 random(1);
  expect_same_everywhere({{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}, {}}}}, random);
  expect_same_everywhere({{{{{0, 0}, {1e-9, 0}, {1e-9, 1}, {0, 1}, {0, 0}}, {}}}}, random);
  expect_same_everywhere({{{{{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}}, {}}}}, random);
  expect_same_everywhere({{{{{0, 0}, {90, 1e-12}, {90, 2e-12}, {0, 0}}, {}}}}, random);
  expect_same_everywhere({{{{{5, 5}, {5, 5}, {5, 5}, {5, 5}}, {}}}}, random);
  EXPECT_FALSE(PreparedArea({}).contains({0, 0}));
  const PreparedArea box({{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}, {}}}});
  for (const LonLat p : {LonLat{0, 0}, LonLat{1, 1}, LonLat{0.5, 1}, LonLat{1, 0.5}}) EXPECT_TRUE(box.contains(p));
  EXPECT_FALSE(box.contains({std::nan(""), 0.5}));
}

bool intersects_plainly(const Area& a, const Area& b) {
  for (const auto& p : a.polygons)
    for (const auto& corner : p.outer)
      if (contains(b, corner)) return true;
  for (const auto& p : b.polygons)
    for (const auto& corner : p.outer)
      if (contains(a, corner)) return true;
  const auto turn = [](LonLat s, LonLat t, LonLat u) {
    return (t.lon - s.lon) * (u.lat - s.lat) - (t.lat - s.lat) * (u.lon - s.lon);
  };
  for (const auto& p : a.polygons)
    for (const auto& q : b.polygons)
      for (size_t i = 1; i < p.outer.size(); ++i)
        for (size_t j = 1; j < q.outer.size(); ++j) {
          const auto s = p.outer[i - 1], t = p.outer[i], u = q.outer[j - 1], v = q.outer[j];
          if (turn(s, t, u) * turn(s, t, v) < 0 && turn(u, v, s) * turn(u, v, t) < 0) return true;
        }
  return false;
}

TEST(PreparedArea, IntersectsAgreesWithComparingEveryEdge) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> shift(-2.5, 2.5), scale(0.02, 2);
  int met = 0;
  for (int i = 0; i < 500; ++i) {
    const Area a{{{star(random, 60, 0.4), {}}}};
    Ring ring = star(random, 12, 0.4, {0, 0});
    const double dx = shift(random), dy = shift(random), s = scale(random);
    for (auto& p : ring) p = {103 + dx + p.lon * s, 35 + dy + p.lat * s};
    const Area b{{{ring, {}}}};
    const bool expected = intersects_plainly(a, b);
    met += expected;
    EXPECT_EQ(PreparedArea(a).intersects(b), expected) << i;
    EXPECT_EQ(PreparedArea(b).intersects(a), expected) << i;
  }
  EXPECT_GT(met, 100);
  EXPECT_LT(met, 400);
}

TEST(PreparedArea, WithinAHoleIsNoIntersection) {
  const auto square = [](double half) {
    return Ring{{-half, -half}, {half, -half}, {half, half}, {-half, half}, {-half, -half}};
  };
  const Area frame{{{square(10), {square(5)}}}};
  const PreparedArea prepared(frame);
  EXPECT_FALSE(prepared.intersects(Polygon{square(3), {}}));
  EXPECT_TRUE(prepared.intersects(Polygon{square(7), {}}));
  EXPECT_TRUE(prepared.intersects(Polygon{square(20), {}}));
  EXPECT_FALSE(PreparedArea({{{square(3), {}}}}).intersects(frame));
  EXPECT_FALSE(prepared.intersects(Polygon{square(20), {square(12)}}));
  // The other's edges reach far outside the grid and cross it as level lines.
  EXPECT_TRUE(prepared.intersects(Polygon{{{-170, 7}, {170, 7}, {170, 7.5}, {-170, 7.5}, {-170, 7}}, {}}));
  EXPECT_TRUE(prepared.intersects(Polygon{{{-170, 10}, {170, 10}, {170, 20}, {-170, 20}, {-170, 10}}, {}}))
      << "touching";
}

// Run by hand: --gtest_also_run_disabled_tests --gtest_filter=*Timing*
TEST(PreparedArea, DISABLED_Timing) {
  using Watch = std::chrono::steady_clock;
  const auto ms = [](Watch::time_point from) {
    return std::chrono::duration<double, std::milli>(Watch::now() - from).count();
  };
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> lon(101.5, 104.5), lat(33.5, 36.5);
  std::vector<LonLat> points(218'000);
  for (auto& p : points) p = {lon(random), lat(random)};
  std::vector<uint8_t> inside(points.size());
  for (const double smallest : {0.98, 0.7, 0.1})
    for (const int corners : {5'000, 190'000}) {
      const Area area{{{star(random, corners, smallest), {}}}};
      const auto begin = Watch::now();
      const PreparedArea prepared(area);
      const double build = ms(begin);
      const auto asked = Watch::now();
      prepared.contains_many(points, inside);
      std::cout << corners << " corners, radius " << smallest << "..1: build " << build << " ms, 218,000 positions "
                << ms(asked) << " ms\n";
    }
}

}  // namespace
}  // namespace anlan
