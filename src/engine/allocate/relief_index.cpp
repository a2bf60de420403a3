#include "allocate/relief_index.h"

#include <algorithm>
#include <tuple>

namespace anlan::allocate {

ReliefIndex::ReliefIndex(const ReliefProblem& p)
    : problem(p), depots(p.depots.size()), places(p.places.size()), goods(p.goods.size()) {
  free = free_amounts(p);
  for (uint32_t i = 0; i < p.lots.size(); ++i)
    if (free[i] > 0) lots.push_back(i);
  const auto key = [&](uint32_t i) { return std::tuple(p.lots[i].depot, p.lots[i].good, p.lots[i].expires_min, i); };
  std::sort(lots.begin(), lots.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  for (uint32_t k = 0; k < lots.size(); ++k) {
    const Lot& l = p.lots[lots[k]];
    if (shelves.empty() || shelves.back().depot != l.depot || shelves.back().good != l.good) {
      shelves.push_back({l.depot, l.good, 0});
      first_lot.push_back(k);
    }
    auto& stock = shelves.back().stock;
    stock = static_cast<int32_t>(std::min<int64_t>(int64_t{stock} + free[lots[k]], 2'000'000'000));
  }
  first_lot.push_back(static_cast<uint32_t>(lots.size()));
  first_shelf.assign(depots + 1, 0);
  shelves_of_good.resize(goods);
  for (uint32_t s = 0; s < shelves.size(); ++s) {
    ++first_shelf[shelves[s].depot + 1];
    shelves_of_good[shelves[s].good].push_back(s);
  }
  for (size_t d = 0; d < depots; ++d) first_shelf[d + 1] += first_shelf[d];

  for (uint32_t i = 0; i < p.needs.size(); ++i) {
    const Need& n = p.needs[i];
    if (n.amount == 0 || n.weight == 0) continue;
    lines.push_back({i, n.place, n.good, n.amount, n.latest_min, n.weight / n.amount});
    unmet_all += n.weight * p.unmet_min;
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tie(a.place, a.good, a.need) < std::tie(b.place, b.good, b.need);
  });
  first_line.assign(places + 1, 0);
  for (const auto& l : lines) ++first_line[l.place + 1];
  for (size_t j = 0; j < places; ++j) first_line[j + 1] += first_line[j];

  by_place.resize(depots * places);
  constexpr size_t kTile = 64;  // both matrices stay in cache
  for (size_t d0 = 0; d0 < depots; d0 += kTile)
    for (size_t j0 = 0; j0 < places; j0 += kTile)
      for (size_t j = j0; j < std::min(places, j0 + kTile); ++j)
        for (size_t d = d0; d < std::min(depots, d0 + kTile); ++d)
          by_place[j * depots + d] = p.road_minutes[d * places + j];
}

}  // namespace anlan::allocate
