// Vector tiles of the roads of one network: layer `roads` with class, name, ref, bridge, tunnel, oneway.
//
// Large roads from zoom 6, small ones from 13. Any thread; the last tiles are kept. A tile below zoom 12 costs
// O(larger roads of the network), above O(roads in it).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "logistics/road_network.h"
#include "web/tile_cache.h"
#include "web/tiles.h"

namespace anlan {

class RoadTiles {
 public:
  explicit RoadTiles(std::shared_ptr<const RoadNetwork> network);
  std::shared_ptr<const std::string> tile(TileId id) const;  // CHECKs that id is valid
  const std::shared_ptr<const RoadNetwork>& network() const { return network_; }

  static constexpr size_t kCacheBytes = size_t{32} << 20;
  static constexpr size_t kFeaturesMax = 40'000;

 private:
  struct Large {
    roads::RoadIndex road;
    int zoom;
    float west, south, east, north;
  };
  std::string make(TileId id) const;

  std::shared_ptr<const RoadNetwork> network_;
  std::vector<Large> large_;  // by zoom
  mutable TileCache<TileId> cache_{kCacheBytes};
};

// From which zoom a road is drawn.
int zoom_of(roads::RoadClass c);

}  // namespace anlan
