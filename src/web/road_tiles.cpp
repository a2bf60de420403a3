#include "web/road_tiles.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "web/tile_geometry.h"
#include "web/tile_layer.h"

namespace anlan {
namespace {

constexpr int kFirstZoom = 6, kIndexZoom = 12;
constexpr int32_t kVisible = 6;  // units of the tile, under half a pixel

TilePoint on_tile(LonLat at, TileId tile) {
  const WorldPoint p = to_world(at);
  const double n = std::ldexp(1.0, tile.z);
  return {static_cast<int32_t>(std::lround((p.x * n - static_cast<double>(tile.x)) * kTileExtent)),
          static_cast<int32_t>(std::lround((p.y * n - static_cast<double>(tile.y)) * kTileExtent))};
}

bool touches(TilePoint a, TilePoint b) {
  return std::max(a.x, b.x) >= -kTileMargin && std::min(a.x, b.x) <= kTileExtent + kTileMargin && std::max(a.y, b.y) >= -kTileMargin &&
         std::min(a.y, b.y) <= kTileExtent + kTileMargin;
}

// The parts of the line that come near the tile.
TileCommands drawn_line(std::span<const LonLat> shape, TileId tile) {
  TileCommands out;
  TileRing part;
  TilePoint before = on_tile(shape.front(), tile);
  for (size_t i = 1; i < shape.size(); ++i) {
    const TilePoint p = on_tile(shape[i], tile);
    if (i + 1 < shape.size() && std::abs(p.x - before.x) < kVisible && std::abs(p.y - before.y) < kVisible) continue;
    if (touches(before, p)) {
      if (part.empty()) part.push_back(before);
      if (!(part.back() == p)) part.push_back(p);
    } else {
      out.line(part);
      part.clear();
    }
    before = p;
  }
  out.line(part);
  return out;
}

}  // namespace

int zoom_of(roads::RoadClass c) {
  using enum roads::RoadClass;
  switch (c) {
    case kMotorway:
    case kTrunk: return kFirstZoom;
    case kPrimary: return 7;
    case kSecondary:
    case kFerry: return 8;
    case kTertiary: return 9;
    case kUnclassified:
    case kOther: return 11;
    case kResidential:
    case kLivingStreet:
    case kPedestrian: return 12;
    default: return 13;
  }
}

RoadTiles::RoadTiles(std::shared_ptr<const RoadNetwork> network) : network_(std::move(network)) {
  const auto& graph = network_->graph();
  for (roads::RoadIndex r = 0; r < graph.roads.size(); ++r) {
    const int zoom = zoom_of(graph.roads[r].road_class);
    if (zoom >= kIndexZoom) continue;
    Large l{r, zoom, 180, 90, -180, -90};
    for (const auto p : graph.shape_of(r)) {
      l.west = std::min(l.west, static_cast<float>(p.lon)), l.east = std::max(l.east, static_cast<float>(p.lon));
      l.south = std::min(l.south, static_cast<float>(p.lat)), l.north = std::max(l.north, static_cast<float>(p.lat));
    }
    large_.push_back(l);
  }
  std::sort(large_.begin(), large_.end(), [](const Large& a, const Large& b) { return std::pair(a.zoom, a.road) < std::pair(b.zoom, b.road); });
}

std::string RoadTiles::make(TileId id) const {
  std::string out;
  if (id.z < kFirstZoom) return out;
  const auto& graph = network_->graph();
  const Bounds b = tile_bounds(id);
  std::vector<roads::RoadIndex> shown;
  if (id.z < kIndexZoom) {
    for (const auto& l : large_) {
      if (l.zoom > id.z) break;
      if (l.east >= b.west && l.west <= b.east && l.north >= b.south && l.south <= b.north) shown.push_back(l.road);
    }
  } else {
    shown = network_->snap.roads_in({b.west, b.south}, {b.east, b.north});
    std::erase_if(shown, [&](roads::RoadIndex r) { return zoom_of(graph.roads[r].road_class) > id.z; });
  }
  TileLayer layer("roads");
  size_t features = 0;
  for (const auto r : shown) {
    if (features == kFeaturesMax) break;
    const auto& road = graph.roads[r];
    const TileCommands geometry = drawn_line(graph.shape_of(r), id);
    if (geometry.empty()) continue;
    ++features;
    const bool forward = road.flags & roads::kMotorForward, backward = road.flags & roads::kMotorBackward;
    layer.add(TileShape::line, r, geometry,
              {{"class", roads::name_of(road.road_class)}, {"name", std::string_view(graph.names[road.name])}, {"ref", std::string_view(graph.names[road.ref])},
               {"bridge", (road.flags & roads::kBridge) != 0}, {"tunnel", (road.flags & roads::kTunnel) != 0}, {"oneway", forward != backward}});
  }
  layer.write(out);
  return out;
}

std::shared_ptr<const std::string> RoadTiles::tile(TileId id) const {
  CHECK(id.valid());
  return cache_.get(id, [&] { return make(id); });
}

}  // namespace anlan
