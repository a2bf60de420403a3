#include "web/tiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_set>

#include "base/check.h"
#include "registry/place_names.h"
#include "web/routes_json.h"
#include "web/tile_geometry.h"
#include "web/tile_layer.h"

namespace anlan {
namespace {

constexpr int kCountyZoom = 5, kTownZoom = 8, kVillageZoom = 11;
constexpr int kCountyBoundaryZoom = 3;
constexpr int kThinBelow = 12;
constexpr int kThinCell = 64;  // tile units

double lat_of(double y) { return std::atan(std::sinh(std::numbers::pi * (1 - 2 * y))) * 180 / std::numbers::pi; }

TilePoint on_tile(WorldPoint p, TileId tile) {
  const double n = std::ldexp(1.0, tile.z);
  return {static_cast<int32_t>(std::lround((p.x * n - static_cast<double>(tile.x)) * kTileExtent)),
          static_cast<int32_t>(std::lround((p.y * n - static_cast<double>(tile.y)) * kTileExtent))};
}

bool near(TilePoint p) {
  return p.x >= -kTileMargin && p.x <= kTileExtent + kTileMargin && p.y >= -kTileMargin && p.y <= kTileExtent + kTileMargin;
}

uint64_t cell_key(int64_t x, int64_t y) { return static_cast<uint64_t>(y) << 32 | static_cast<uint64_t>(x); }

}  // namespace

Bounds tile_bounds(TileId tile) {
  const double n = std::ldexp(1.0, tile.z), margin = static_cast<double>(kTileMargin) / kTileExtent;
  const auto x = static_cast<double>(tile.x), y = static_cast<double>(tile.y);
  const auto within = [](double v) { return std::clamp(v, 0.0, 1.0); };
  return {within((x - margin) / n) * 360 - 180, lat_of(within((y + 1 + margin) / n)), within((x + 1 + margin) / n) * 360 - 180, lat_of(within((y - margin) / n))};
}

std::vector<size_t> thinned(std::span<const MapPoint> points, TileId tile) {
  std::vector<size_t> out;
  std::unordered_set<std::string> taken;
  for (size_t i = 0; i < points.size() && out.size() < kTilePointsMax; ++i) {
    const TilePoint p = on_tile(to_world(points[i].position), tile);
    if (!near(p)) continue;
    if (tile.z < kThinBelow) {
      // Cells are those of the whole zoom, so that neighbouring tiles choose alike.
      const int64_t x = (tile.x * kTileExtent + p.x) / kThinCell, y = (tile.y * kTileExtent + p.y) / kThinCell;
      std::string cell(reinterpret_cast<const char*>(&x), sizeof x);
      cell.append(reinterpret_cast<const char*>(&y), sizeof y).append(points[i].type);
      if (!taken.insert(std::move(cell)).second) continue;
    }
    out.push_back(i);
  }
  return out;
}

std::string record_tile(std::span<const MapPoint> points, TileId tile) {
  TileLayer layer("record");
  for (const auto& point : points) {
    TileCommands geometry;
    geometry.point(on_tile(to_world(point.position), tile));
    layer.add(TileShape::point, static_cast<uint64_t>(point.id), geometry, {{"id", point.id}, {"type", point.type}, {"name", std::string_view(point.name)}});
  }
  std::string out;
  layer.write(out);
  return out;
}

struct PlaceTiles::Shape {
  struct Part {
    WorldRing outer;
    std::vector<WorldRing> holes;
  };
  std::once_flag once;
  std::vector<Part> parts;
};

PlaceTiles::PlaceTiles(std::shared_ptr<const PlaceIndex> index) : index_(std::move(index)) {
  shapes_.resize(index_->boundaries().all().size());
  for (auto& shape : shapes_) shape = std::make_unique<Shape>();
  const auto& places = index_->places();
  layers_[0].zoom = kCountyZoom;
  layers_[1].zoom = kTownZoom;
  layers_[2].zoom = kVillageZoom;
  for (uint32_t i = 0; i < places.size(); ++i) {
    const uint32_t rank = places.rank(i);
    if (rank < level_rank(PlaceLevel::kCounty)) continue;
    const auto position = places.position(i);
    if (!position) continue;
    auto& layer = layers_[rank - level_rank(PlaceLevel::kCounty)];
    const double n = std::ldexp(1.0, layer.zoom);
    const WorldPoint p = to_world(*position);
    const double x = std::min(p.x * n, n - 1e-6), y = std::min(p.y * n, n - 1e-6);
    layer.points.push_back({cell_key(static_cast<int64_t>(x), static_cast<int64_t>(y)), i, static_cast<float>(x - std::floor(x)), static_cast<float>(y - std::floor(y))});
  }
  for (auto& layer : layers_)
    std::sort(layer.points.begin(), layer.points.end(), [](const Point& a, const Point& b) { return std::tie(a.cell, a.place) < std::tie(b.cell, b.place); });
}

PlaceTiles::~PlaceTiles() = default;

const PlaceTiles::Shape& PlaceTiles::shape(size_t boundary) const {
  Shape& shape = *shapes_[boundary];
  std::call_once(shape.once, [&] {
    for (const auto& polygon : index_->boundaries().all()[boundary].area.polygons) {
      Shape::Part part{weighed(polygon.outer), {}};
      for (const auto& hole : polygon.holes) part.holes.push_back(weighed(hole));
      shape.parts.push_back(std::move(part));
    }
  });
  return shape;
}

void PlaceTiles::prepare() const {
  for (size_t i = 0; i < shapes_.size(); ++i) shape(i);
}

std::shared_ptr<const std::string> PlaceTiles::tile(TileId id) const {
  CHECK(id.valid());
  return cache_.get(id, [&] { return make(id); });
}

std::string PlaceTiles::make(TileId id) const {
  const auto& places = index_->places();
  const auto& boundaries = index_->boundaries().all();
  const Bounds view = tile_bounds(id);
  TileLayer boundary("boundary");
  for (size_t i = 0; i < boundaries.size(); ++i) {
    const auto& b = boundaries[i];
    if (b.bounds.east < view.west || b.bounds.west > view.east || b.bounds.north < view.south || b.bounds.south > view.north) continue;
    if (id.z < kCountyBoundaryZoom && b.code.level() >= PlaceLevel::kCounty) continue;
    TileCommands geometry;
    for (const auto& part : shape(i).parts) {
      const auto outer = drawn(part.outer, id.z, id.x, id.y);
      if (outer.empty()) continue;
      geometry.ring(outer, true);
      for (const auto& hole : part.holes) geometry.ring(drawn(hole, id.z, id.x, id.y), false);
    }
    const std::string code = b.code.text(), name = places.short_name(b.code);
    boundary.add(TileShape::polygon, static_cast<uint64_t>(b.code.digits()), geometry,
                 {{"code", std::string_view(code)}, {"name", std::string_view(name)}, {"level", level_name(b.code.level())}, {"approximate", false}});
  }

  TileLayer layer("place");
  for (const auto& points : layers_) {
    if (id.z < points.zoom) break;
    // The tile lies in one cell of the grid; its margin may reach into the cells around it.
    const double n = std::ldexp(1.0, id.z - points.zoom), cells = std::ldexp(1.0, points.zoom);
    const double margin = static_cast<double>(kTileMargin) / kTileExtent;
    const auto cell_of = [&](double v) { return static_cast<int64_t>(std::clamp(std::floor(v / n), 0.0, cells - 1)); };
    const auto x0 = static_cast<double>(id.x), y0 = static_cast<double>(id.y);
    for (int64_t cy = cell_of(y0 - margin); cy <= cell_of(y0 + 1 + margin); ++cy)
      for (int64_t cx = cell_of(x0 - margin); cx <= cell_of(x0 + 1 + margin); ++cx) {
        const uint64_t cell = cell_key(cx, cy);
        auto at = std::lower_bound(points.points.begin(), points.points.end(), cell, [](const Point& p, uint64_t c) { return p.cell < c; });
        for (; at != points.points.end() && at->cell == cell; ++at) {
          const TilePoint p{static_cast<int32_t>(std::lround(((static_cast<double>(cx) + at->x) * n - x0) * kTileExtent)),
                            static_cast<int32_t>(std::lround(((static_cast<double>(cy) + at->y) * n - y0) * kTileExtent))};
          if (!near(p)) continue;
          TileCommands geometry;
          geometry.point(p);
          const PlaceCode place = places.code(at->place);
          const std::string code = place.text(), name = short_place_name(places.name(at->place), place.level());
          layer.add(TileShape::point, static_cast<uint64_t>(place.digits()), geometry,
                    {{"code", std::string_view(code)}, {"name", std::string_view(name)}, {"level", level_name(place.level())}, {"approximate", places.position_approximate(at->place)}});
        }
      }
  }
  std::string out;
  boundary.write(out);
  layer.write(out);
  return out;
}

}  // namespace anlan
