#include "quake/intensity_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace anlan::quake {
namespace {

Event event_of(double ms) {
  Event event;
  event.epicentre = {103, 31};
  event.magnitude = ms;
  event.strike = 30;
  return event;
}

TEST(IntensityMap, AreasOfContoursCellsAndEllipsesAgree) {
  const Event event = event_of(7);
  const Grid grid = grid_about(event.epicentre, 150, 1).value();
  const Field field = shake(event, sites_of(grid), {Relations::national, Zone::kQinghaiTibet}).value();
  const auto& intensity = field[Measure::intensity].mean;
  const auto areas = degree_areas(grid, intensity).value();
  const auto by_cell = areas_km2(intensity, cell_km2(grid));
  ASSERT_EQ(areas.size(), 4u);  // VI to IX
  for (const DegreeArea& area : areas) {
    ASSERT_EQ(area.polygons.size(), 1u) << area.degree;
    EXPECT_TRUE(area.polygons[0].holes.empty());
    EXPECT_EQ(area.polygons[0].outer.front(), area.polygons[0].outer.back());
    const double cells = by_cell[static_cast<size_t>(area.degree - 6)], ellipse = ellipse_km2({event.epicentre, 7, Zone::kQinghaiTibet, 30}, area.degree);
    EXPECT_NEAR(area.km2, cells, 0.02 * cells + 10) << area.degree;
    if (ellipse == 0) continue;  // the short axis does not reach
    EXPECT_NEAR(area.km2, ellipse, 0.01 * ellipse + 10) << area.degree;
    const Ring outline = ellipse_outline({event.epicentre, 7, Zone::kQinghaiTibet, 30}, area.degree);
    ASSERT_EQ(outline.size(), 73u);
    EXPECT_NEAR(area_km2(Area{{Polygon{outline, {}}}}), ellipse, 0.005 * ellipse);
  }
  // Section 5.5: what VI encloses at magnitude 7.
  EXPECT_NEAR(areas[0].km2, 22'160, 0.01 * 22'160);
}

// Every ring is one that normalise() takes as it is: valid, closed, outer counter-clockwise, holes clockwise.
void expect_clean(const std::vector<DegreeArea>& areas) {
  for (const DegreeArea& area : areas) {
    const auto clean = normalise(area.polygons);
    ASSERT_TRUE(clean) << clean.error().describe();
    EXPECT_NEAR(area_km2(*clean), area.km2, 1e-3 * area.km2 + 1e-6) << area.degree;
  }
}

TEST(IntensityMap, HolesIslandsAndTheEdge) {
  Grid grid{100, 30, 0.1, 0.1, 7, 7};
  std::vector<float> v(grid.size(), 7.5f);
  v[3 * 7 + 3] = 5;  // a hole
  auto areas = degree_areas(grid, v).value();
  ASSERT_EQ(areas.size(), 2u);
  EXPECT_EQ(areas[0].polygons[0].holes.size(), 1u);
  expect_clean(areas);
  // An island in a lake in an island.
  v.assign(grid.size(), 5);
  for (int row = 1; row < 6; ++row)
    for (int column = 1; column < 6; ++column) v[static_cast<size_t>(row * 7 + column)] = 7.5f;
  for (int row = 2; row < 5; ++row)
    for (int column = 2; column < 5; ++column) v[static_cast<size_t>(row * 7 + column)] = 5.2f;
  v[3 * 7 + 3] = 6.8f;
  areas = degree_areas(grid, v).value();
  ASSERT_EQ(areas.size(), 2u);
  ASSERT_EQ(areas[0].polygons.size(), 2u);
  EXPECT_EQ(areas[0].polygons[0].holes.size(), 1u);
  EXPECT_TRUE(areas[0].polygons[1].holes.empty());
  expect_clean(areas);
  // Nothing, and what is not known.
  v.assign(grid.size(), 3);
  EXPECT_TRUE(degree_areas(grid, v)->empty());
  v.assign(grid.size(), NAN);
  EXPECT_TRUE(degree_areas(grid, v)->empty());
}

TEST(IntensityMap, NoisyFieldsGiveCleanRings) {
  Grid grid{100, 30, 0.05, 0.05, 60, 50};
  std::vector<float> v(grid.size());
  uint32_t state = 7;
  for (float& x : v) x = 5 + static_cast<float>((state = state * 1664525 + 1013904223) >> 8) / (1 << 24) * 4;
  const auto areas = degree_areas(grid, v).value();
  ASSERT_EQ(areas.size(), 3u);
  for (const DegreeArea& area : areas) {
    double sum = 0;
    for (const Polygon& polygon : area.polygons) sum += area_km2(Area{{polygon}});
    EXPECT_NEAR(sum, area.km2, 1e-6 * sum);
    EXPECT_GT(area.km2, 0);
  }
  // Areas are nested.
  EXPECT_GT(areas[0].km2, areas[1].km2);
  EXPECT_GT(areas[1].km2, areas[2].km2);
}

TEST(IntensityMap, RefusesWhatIsNoGrid) {
  EXPECT_FALSE(grid_about({200, 31}, 100, 1));
  EXPECT_FALSE(grid_about({103, 89.9}, 100, 1));
  EXPECT_FALSE(grid_about({179.9, 10}, 100, 1));
  EXPECT_FALSE(grid_about({103, 31}, 4000, 0.1));
  EXPECT_FALSE(grid_about({103, 31}, std::nan(""), 1));
  Grid grid{100, 30, 0.1, 0.1, 7, 7};
  EXPECT_FALSE(degree_areas(grid, std::vector<float>(3)));
  grid.rows = 1;
  EXPECT_FALSE(degree_areas(grid, std::vector<float>(7)));
  EXPECT_TRUE(ellipse_outline({{103, 31}, 3, Zone::kEast, {}}, 9).empty());
}

TEST(IntensityMap, CellsCoverTheGlobe) {
  const Grid grid{-179.5, -89.5, 1, 1, 360, 180};
  const auto cells = cell_km2(grid);
  EXPECT_NEAR(std::accumulate(cells.begin(), cells.end(), 0.0), 4 * 3.14159265358979 * 6371.0088 * 6371.0088, 1e3);
}

}  // namespace
}  // namespace anlan::quake
