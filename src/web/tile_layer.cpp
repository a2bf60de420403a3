#include "web/tile_layer.h"

#include <algorithm>
#include <array>

namespace anlan {

uint32_t TileLayer::key(std::string_view name) {
  const auto at = std::find(keys_.begin(), keys_.end(), name);
  if (at != keys_.end()) return static_cast<uint32_t>(at - keys_.begin());
  keys_.emplace_back(name);
  return static_cast<uint32_t>(keys_.size() - 1);
}

uint32_t TileLayer::value(const Value& value) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  if (const auto* s = std::get_if<std::string_view>(&value)) writer.add_string(1, s->data(), s->size());
  else if (const auto* n = std::get_if<int64_t>(&value)) writer.add_int64(4, *n);
  else writer.add_bool(7, std::get<bool>(value));
  const auto [at, fresh] = value_at_.try_emplace(bytes, static_cast<uint32_t>(value_at_.size()));
  if (fresh) protozero::pbf_writer(values_).add_message(4, bytes);
  return at->second;
}

void TileLayer::add(TileShape shape, uint64_t id, const TileCommands& geometry,
                    std::initializer_list<std::pair<std::string_view, Value>> properties) {
  if (geometry.empty()) return;
  std::vector<uint32_t> tags;
  for (const auto& [name, v] : properties) {
    tags.push_back(key(name));
    tags.push_back(value(v));
  }
  std::string bytes;
  protozero::pbf_writer feature(bytes);
  feature.add_uint64(1, id);
  feature.add_packed_uint32(2, tags.begin(), tags.end());
  feature.add_enum(3, static_cast<int>(shape));
  feature.add_packed_uint32(4, geometry.commands().begin(), geometry.commands().end());
  protozero::pbf_writer(features_).add_message(2, bytes);
  ++count_;
}

void TileLayer::write(std::string& tile) const {
  if (empty()) return;
  std::string bytes;
  protozero::pbf_writer layer(bytes);
  layer.add_uint32(15, 2);
  layer.add_string(1, name_);
  bytes += features_;
  for (const auto& k : keys_) layer.add_string(3, k);
  bytes += values_;
  layer.add_uint32(5, kTileExtent);
  protozero::pbf_writer(tile).add_message(3, bytes);
}

}  // namespace anlan
