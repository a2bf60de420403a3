#include "roads/junctions.h"

#include <cmath>

namespace anlan::roads {

Junctions::Junctions(const Graph& graph) {
  constexpr double kNodesPerCell = 32, kSideMax = 4096;
  for (const LonLat p : graph.at) bounds_.add(p);
  const auto nodes = graph.at.size();
  const auto side = static_cast<uint32_t>(std::clamp(std::sqrt(static_cast<double>(nodes) / kNodesPerCell), 1.0, kSideMax));
  columns_ = rows_ = side;
  const auto per_degree = [&](double span) { return span > 0 ? side / span : 0; };
  per_lon_ = per_degree(bounds_.east - bounds_.west), per_lat_ = per_degree(bounds_.north - bounds_.south);

  first_.assign(static_cast<size_t>(columns_) * rows_ + 1, 0);
  const auto cell = [&](LonLat p) { return row(p.lat) * columns_ + column(p.lon); };
  for (const LonLat p : graph.at) ++first_[cell(p) + 1];
  for (size_t c = 1; c < first_.size(); ++c) first_[c] += first_[c - 1];
  spots_.resize(nodes);
  auto next = first_;
  for (Node v = 0; v < nodes; ++v) {
    const LonLat p = graph.at[v];
    spots_[next[cell(p)]++] = {static_cast<int32_t>(std::lround(p.lon * 1e7)), static_cast<int32_t>(std::lround(p.lat * 1e7)), v};
  }
}

}  // namespace anlan::roads
