// For tests: a vector tile read as a map reads it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <vector>

#include "web/tile_geometry.h"

namespace anlan {

struct SeenFeature {
  std::map<std::string, std::string> properties;
  std::vector<TileRing> rings;  // or single points
  int type = 0;
  uint64_t id = 0;
};
using SeenTile = std::map<std::string, std::vector<SeenFeature>>;

// Reads a tile as a map would; EXPECTs that it is well formed.
inline SeenTile seen(const std::string& bytes) {
  SeenTile out;
  protozero::pbf_reader tile(bytes);
  while (tile.next(3)) {
    protozero::pbf_reader layer = tile.get_message();
    std::string name;
    std::vector<std::string> keys, values;
    std::vector<protozero::data_view> features;
    uint32_t version = 0, extent = 0;
    while (layer.next()) switch (layer.tag()) {
        case 15: version = layer.get_uint32(); break;
        case 1: name = layer.get_string(); break;
        case 2: features.push_back(layer.get_view()); break;
        case 3: keys.push_back(layer.get_string()); break;
        case 4: {
          protozero::pbf_reader value = layer.get_message();
          value.next();
          values.push_back(value.tag() == 1   ? value.get_string()
                           : value.tag() == 3 ? fmt::format("{}", value.get_double())
                           : value.tag() == 4 ? std::to_string(value.get_int64())
                           : value.get_bool() ? "true"
                                              : "false");
          break;
        }
        case 5: extent = layer.get_uint32(); break;
        default: ADD_FAILURE() << "tag " << layer.tag(); layer.skip();
      }
    EXPECT_EQ(version, 2u);
    EXPECT_EQ(extent, static_cast<uint32_t>(kTileExtent));
    for (const auto& view : features) {
      SeenFeature f;
      protozero::pbf_reader feature(view);
      while (feature.next()) switch (feature.tag()) {
          case 1: f.id = feature.get_uint64(); break;
          case 2: {
            const auto tags = feature.get_packed_uint32();
            for (auto at = tags.begin(); at != tags.end();) {
              const auto k = *at++, v = *at++;
              f.properties[keys.at(k)] = values.at(v);
            }
            break;
          }
          case 3: f.type = feature.get_enum(); break;
          case 4: {
            const auto commands = feature.get_packed_uint32();
            TilePoint p;
            for (auto at = commands.begin(); at != commands.end();) {
              const uint32_t command = *at++;
              if ((command & 7) == 7) continue;
              if ((command & 7) == 1) f.rings.emplace_back();
              for (uint32_t i = 0; i < command >> 3; ++i) {
                const auto back = [](uint32_t n) { return static_cast<int32_t>(n >> 1) ^ -static_cast<int32_t>(n & 1); };
                p.x += back(*at++);
                p.y += back(*at++);
                f.rings.back().push_back(p);
              }
            }
            break;
          }
          default: feature.skip();
        }
      out[name].push_back(std::move(f));
    }
  }
  return out;
}

}  // namespace anlan
