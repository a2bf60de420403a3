#include "web/building_layers.h"

#include <charconv>

namespace anlan {
namespace {

Error no_layer() { return Error(ErrorCode::kNotFound, {{"what", "这个图层 / this layer"}}); }

int64_t number_after(std::string_view name, char letter) {
  int64_t n = 0;
  if (name.size() < 2 || name.front() != letter) return 0;
  const auto [end, fault] = std::from_chars(name.data() + 1, name.data() + name.size(), n);
  return fault == std::errc() && end == name.data() + name.size() && n > 0 ? n : 0;
}

}  // namespace

Error no_exposure() { return Error(ErrorCode::kNotFound, {{"what", "建筑与人口数据（尚未导入） / the data of buildings and people (none loaded)"}}); }

Result<BuildingLayers::Shown> BuildingLayers::shown(const CallPtr& call, const std::string& name) {
  Shown out;
  if (name == "plain") {
    out.stock = node_.stock().get();
    if (!out.stock) return no_exposure();
    out.what = out.stock.get();
    return out;
  }
  if (const auto id = number_after(name, 's')) {
    const auto scenario = scenarios_.find(id);
    if (!scenario) return no_layer();
    if (!scenario->damage || !scenario->stock) return Error(ErrorCode::kNotFound, {{"what", "这个图层（还没有算完） / this layer; it is not ready"}});
    out = {scenario->stock, scenario->estimate ? scenario->estimate->shaking : nullptr, scenario->damage, scenario->damage.get()};
    return out;
  }
  if (const auto id = number_after(name, 'e')) {
    const auto estimate = call->read([&](Reader& reader) { return std::optional(node_.estimates().of(reader, id)); });
    if (!estimate) return Error(ErrorCode::kStoreUnavailable, {{"why", "read"}});
    if (!*estimate) return estimate->error();
    out.stock = (**estimate)->stock;
    if (!out.stock) return no_exposure();
    out.shaking = (**estimate)->shaking;
    out.what = out.shaking.get();
    return out;
  }
  return no_layer();
}

std::shared_ptr<const BuildingIndex> BuildingLayers::index_of(const std::shared_ptr<const Stock>& stock) {
  std::scoped_lock one(indexing_);
  {
    std::scoped_lock lock(mutex_);
    if (index_ && index_->fits(*stock)) return index_;
  }
  // Of two stocks in use (a new exposure while a scenario shows the old one) the one asked for last is kept.
  auto made = std::make_shared<const BuildingIndex>(stock);
  std::scoped_lock lock(mutex_);
  index_ = made;
  return made;
}

Result<BuildingLayerPtr> BuildingLayers::make(const Shown& shown, bool by_response) {
  auto layer = std::make_shared<BuildingLayer>();
  layer->stock = shown.stock;
  layer->shaking = shown.shaking;
  layer->damage = shown.damage;
  if (!layer->damage && layer->shaking) layer->damage = damage_by_fragility(*layer->stock, *layer->shaking, node_.pack());
  std::vector<std::string> types;
  for (const auto& t : node_.pack().earthquakes.buildings) types.push_back(t.id);
  static const std::vector<uint8_t> kNone;
  const auto& grades = !layer->damage ? kNone : by_response && !layer->damage->response_grade.empty() ? layer->damage->response_grade : layer->damage->grade;
  layer->tiles = std::make_shared<const BuildingTiles>(index_of(layer->stock), grades, std::move(types), cache_);
  return BuildingLayerPtr(std::move(layer));
}

void BuildingLayers::get(const CallPtr& call, const std::string& name, bool by_response, std::function<void(const BuildingLayerPtr&)> then) {
  const std::string key = by_response ? name + " response" : name;
  making_.get(call, key, [&]() -> Result<BuildingLayerPtr> {
    TRY(what, shown(call, name));
    {
      std::scoped_lock lock(mutex_);
      for (auto at = kept_.begin(); at != kept_.end(); ++at)
        if (at->key == key && at->what == what.what) {
          kept_.splice(kept_.begin(), kept_, at);
          return at->layer;
        }
    }
    TRY(layer, make(what, by_response));
    std::scoped_lock lock(mutex_);
    std::erase_if(kept_, [&](const Kept& k) { return k.key == key; });
    kept_.push_front({key, what.what, layer});
    if (kept_.size() > kKept) kept_.pop_back();
    return layer;
  }, std::move(then));
}

}  // namespace anlan
