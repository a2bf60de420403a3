// The intensity map: a grid of places, the areas of each degree as polygons and in km2, and the first ellipse outlines.
//
// The area of degree d is where the intensity is at least d (the outer line of a zone runs along the whole number, section
// 5.5 of the domain reference): areas are nested. Rings are closed, outer ones counter-clockwise, holes clockwise, as
// GeoJSON has them. Grids do not cross 180 degrees.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/area.h"
#include "quake/intensity.h"
#include "quake/shaking.h"

namespace anlan::quake {

// Points at equal steps of longitude and latitude; point i lies in row i / columns (from the south), column i % columns.
struct Grid {
  double west = 0, south = 0;  // of the first point, degrees
  double dlon = 0, dlat = 0;   // above 0
  uint32_t columns = 0, rows = 0;
  size_t size() const { return size_t{columns} * rows; }
  LonLat at(size_t i) const { return {west + dlon * static_cast<double>(i % columns), south + dlat * static_cast<double>(i / columns)}; }
};
inline constexpr size_t kGridMax = 16'000'000;

// A grid of about `cell_km` that holds everything up to `reach_km` from the centre. kInvalidField beyond kGridMax points, over
// a pole or over 180 degrees.
Result<Grid> grid_about(LonLat centre, double reach_km, double cell_km);
Sites sites_of(const Grid& grid);
std::vector<float> cell_km2(const Grid& grid);  // of the cell around each point, on the sphere

struct DegreeArea {
  int degree = 0;
  std::vector<Polygon> polygons;
  double km2 = 0;  // of the polygons
};
// Marching squares with straight lines between the points, at most kRingsMax rings of a degree (the largest); rings at the
// edge of the grid run along it. Degrees that are nowhere reached are left out. NaN counts as not reached. O(points) for
// each degree. kInvalidField for a grid without 2 x 2 points or with another number of values.
inline constexpr size_t kRingsMax = 5'000;
Result<std::vector<DegreeArea>> degree_areas(const Grid& grid, std::span<const float> intensity, int from = 6, int to = 12);

// The ellipse inside which the intensity is at least so much: 72 points, counter-clockwise, closed. Empty where a semi-axis
// is under 1 km. Without the azimuth of the long axis it is the circle of that axis.
Ring ellipse_outline(const PointSource& source, double intensity);
double ellipse_km2(const PointSource& source, double intensity);

}  // namespace anlan::quake
