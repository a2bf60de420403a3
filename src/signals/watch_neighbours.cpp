// Whether a link says what the links around it say.
#include <algorithm>
#include <cmath>

#include "signals/watch_state.h"

namespace anlan {

void Watch::group_neighbours() {
  neighbours_.clear();
  for (uint16_t t = 0; t < pack_.record_types.size(); ++t) {
    const auto& signal = pack_.record_types[t].signal;
    if (!signal || !signal->neighbours) continue;
    Neighbours group;
    group.type = t;
    std::vector<LonLat> positions;
    for (const auto& [id, link] : links_) {
      if (link->type != t || !link->follows.empty()) continue;
      group.place.emplace(link->number(), static_cast<uint32_t>(group.links.size()));
      group.links.push_back(link.get());
      positions.push_back(link->position.value_or(LonLat{std::nan(""), std::nan("")}));
    }
    const auto& n = *signal->neighbours;
    auto check = stream::NeighbourCheck::build({n.window, n.radius_km, 5, n.least, n.tolerance, n.factor}, positions);
    if (!check) continue;  // refused when the rules were compiled
    group.check.emplace(std::move(*check));
    group.values.resize(positions.size());
    group.fresh.resize(positions.size());
    group.verdicts.resize(positions.size());
    neighbours_.push_back(std::move(group));
  }
}

void Watch::judge_neighbours(UtcTime now) {
  if (now < next_neighbours_) return;
  next_neighbours_ = now + minutes(1);
  for (auto& group : neighbours_) {
    std::fill(group.fresh.begin(), group.fresh.end(), uint8_t{0});
    for (auto& shard : shards_) {
      std::scoped_lock guard(shard->mutex);
      shard->engine.each_window(static_cast<stream::TypeNumber>(type_numbers_[group.type]), 0, [&](LinkNumber link, double value, bool fresh) {
        const auto at = group.place.find(link);
        if (at == group.place.end()) return;
        group.values[at->second] = value;
        group.fresh[at->second] = fresh;
      });
    }
    group.check->judge(group.values, group.fresh, group.verdicts);
    for (auto& shard : shards_) {
      std::scoped_lock guard(shard->mutex);
      for (size_t i = 0; i < group.links.size(); ++i)
        if (shards_[group.links[i]->number() % kShards] == shard)
          group.links[i]->suspect = group.verdicts[i] == stream::NeighbourVerdict::kSuspectHigh || group.verdicts[i] == stream::NeighbourVerdict::kSuspectLow;
    }
  }
}

}  // namespace anlan
