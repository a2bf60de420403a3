// A road index made to harm: whatever passes the checks must be safe to search.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "base/hash.h"
#include "roads/index_file.h"
#include "roads/reach.h"
#include "roads/route_query.h"

namespace {

// A small valid file; the input is a list of changes to it, so that the checks behind the checksum are reached.
const std::string& valid() {
  static const std::string bytes = [] {
    using namespace anlan::roads;
    Graph g;
    g.names = {""};
    constexpr uint32_t kSide = 5;
    for (uint32_t i = 0; i < kSide * kSide; ++i) g.at.push_back({104 + 0.01 * (i % kSide), 30 + 0.01 * (i / kSide)});
    std::vector<std::vector<std::pair<Node, uint32_t>>> out(g.at.size());
    g.shape_first = {0};
    for (uint32_t v = 0; v < g.at.size(); ++v)
      for (const uint32_t u : {v + 1, v + kSide}) {
        if (u >= g.at.size() || (u == v + 1 && u % kSide == 0)) continue;
        const auto road = static_cast<uint32_t>(g.roads.size());
        g.roads.push_back({.road_class = RoadClass::kPrimary, .flags = kMotorForward | kMotorBackward, .length_dm = 10'000});
        g.shape.insert(g.shape.end(), {g.at[v], g.at[u]});
        g.shape_first.push_back(static_cast<uint32_t>(g.shape.size()));
        out[v].emplace_back(u, road * 2);
        out[u].emplace_back(v, road * 2 + 1);
      }
    g.first = {0};
    for (const auto& list : out) {
      for (const auto& [head, along] : list) g.head.push_back(head), g.along.push_back(along), g.turn_banned.push_back(0);
      g.first.push_back(static_cast<uint32_t>(g.head.size()));
    }
    return write_index(build_index(std::move(g)).value());
  }();
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace anlan;
  using namespace anlan::roads;
  constexpr size_t kHeader = 64;
  auto bytes = std::make_shared<std::string>(valid());
  for (size_t i = 0; i + 4 <= size; i += 4) {
    uint16_t at;
    std::memcpy(&at, data + i, 2);
    (*bytes)[kHeader + at % (bytes->size() - kHeader)] = static_cast<char>(data[i + 2]);
  }
  const auto digest = sha256(std::string_view(*bytes).substr(kHeader));
  std::memcpy(bytes->data() + 24, digest.data(), digest.size());
  const auto network = read_index(*bytes, bytes);
  if (!network || network->graph.nodes() == 0) return 0;
  const Metric metric = customise(network->hierarchy, std::vector<Weight>(network->graph.arcs(), 1000), 1);
  RouteQuery query(network->hierarchy);
  ReachQuery reach(network->hierarchy);
  const Start from{0, 0}, to{network->graph.nodes() - 1, 0};
  query.route(metric, {&from, 1}, {&to, 1});
  reach.reach(metric, {&from, 1}, 3'000);
  return 0;
}
