// The layers in which buildings are shown: as they are ("plain"), under an earthquake ("e12"), in a scenario ("s3").
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "web/building_tiles.h"
#include "web/shared_work.h"

namespace anlan {

struct BuildingLayer {
  std::shared_ptr<const Stock> stock;
  std::shared_ptr<const Shaking> shaking;     // null: nothing shakes
  std::shared_ptr<const CityDamage> damage;   // null likewise
  std::shared_ptr<const BuildingTiles> tiles;
};
using BuildingLayerPtr = std::shared_ptr<const BuildingLayer>;

class BuildingLayers {
 public:
  static constexpr size_t kKept = 4;  // layers in memory, the last used

  BuildingLayers(Node& node, Scenarios& scenarios) : node_(node), scenarios_(scenarios), cache_(std::make_shared<BuildingTiles::Cache>(BuildingTiles::kCacheBytes)) {}
  // On a worker; `then` gets the layer, made once for all who ask. `by_response`: grades by time history, where the scenario
  // has them. kNotFound for a layer that is none, and while no buildings are loaded.
  void get(const CallPtr& call, const std::string& name, bool by_response, std::function<void(const BuildingLayerPtr&)> then);

 private:
  // What a layer shows; the same as long as the pointers are.
  struct Shown {
    std::shared_ptr<const Stock> stock;
    std::shared_ptr<const Shaking> shaking;
    std::shared_ptr<const CityDamage> damage;
    const void* what = nullptr;
  };
  struct Kept {
    std::string key;
    const void* what;
    BuildingLayerPtr layer;
  };
  Result<Shown> shown(const CallPtr& call, const std::string& name);
  Result<BuildingLayerPtr> make(const Shown& shown, bool by_response);
  std::shared_ptr<const BuildingIndex> index_of(const std::shared_ptr<const Stock>& stock);

  Node& node_;
  Scenarios& scenarios_;
  std::shared_ptr<BuildingTiles::Cache> cache_;
  SharedWork<std::string, BuildingLayerPtr> making_;
  std::mutex indexing_;                       // held while an index is made
  std::mutex mutex_;                          // of what is below
  std::list<Kept> kept_;                      // newest first
  std::shared_ptr<const BuildingIndex> index_;
};

Error no_exposure();

}  // namespace anlan
