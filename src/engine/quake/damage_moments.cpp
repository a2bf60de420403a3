#include "quake/damage_moments.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

#include "base/check.h"
#include "quake/wide.h"

namespace anlan::quake {
namespace {

constexpr size_t kTile = 16, kBlock = DamageMoments::kBlock;
// Assets are put in order by fragility this many at a time: enough for full tiles of each, few enough for their places in
// the fields to stay near.
constexpr size_t kTogether = 32'768;
static_assert(kTile == sizeof(F16) / sizeof(float));

// Where each asset of a tile finds its shares under each field of a block.
struct Places {
  alignas(64) int32_t row[kBlock][kTile];
  alignas(64) float part[kBlock][kTile];
};

ANLAN_WIDE void find_places(const ShareTable& table, const uint32_t* site, size_t assets, const float* const* fields, size_t n, Places& places) {
  const bool beside = assets == kTile && site[kTile - 1] - site[0] == kTile - 1;
  uint32_t at[kTile];
  for (size_t a = 0; a < kTile; ++a) at[a] = site[a < assets ? a : 0];
  const F16 zero{};
  const F16 last = zero + table.last;
  for (size_t k = 0; k < n; ++k) {
    F16 x;
    if (beside) {
      std::memcpy(&x, fields[k] + site[0], sizeof x);
    } else {
      float gathered[kTile];
      for (size_t a = 0; a < kTile; ++a) gathered[a] = fields[k][at[a]];
      std::memcpy(&x, gathered, sizeof x);
    }
    F16 t = (x - table.from) * table.per;
    const I16 inside = t >= zero;  // all ones; none where shaking is not a number
    t = inside ? t : zero;
    t = t < last ? t : last;
    const I16 below = __builtin_convertvector(t, I16);
    const F16 part = t - __builtin_convertvector(below, F16);
    const I16 row = (below & inside) - inside + static_cast<int32_t>(table.first);
    std::memcpy(places.row[k], &row, sizeof row);
    std::memcpy(places.part[k], &part, sizeof part);
  }
}

// The block's sums joined to what came before: `before` fields, and n now.
ANLAN_WIDE void add_places(const ShareRow* rows, const Places& places, size_t assets, size_t n, float before, ShareRow* means, ShareRow* squares) {
  const auto here = static_cast<float>(n);
  const float mean_part = here / (before + here), square_part = before * mean_part;
  for (size_t a = 0; a < assets; ++a) {
    F8 start{}, sum{}, square{};
    for (size_t k = 0; k < n; ++k) {
      const ShareRow* row = rows + places.row[k][a];
      F8 below, above;
      std::memcpy(&below, row[0].share, sizeof below);
      std::memcpy(&above, row[1].share, sizeof above);
      const F8 share = below + places.part[k][a] * (above - below);
      if (k == 0) start = share;
      const F8 d = share - start;
      sum += d;
      square += d * d;
    }
    F8 mean, all;
    std::memcpy(&mean, means[a].share, sizeof mean);
    std::memcpy(&all, squares[a].share, sizeof all);
    const F8 away = start + sum / here - mean;
    all += square - sum * sum / here + away * away * square_part;
    mean += away * mean_part;
    std::memcpy(means[a].share, &mean, sizeof mean);
    std::memcpy(squares[a].share, &all, sizeof all);
  }
}

}  // namespace

DamageMoments::DamageMoments(const FragilityTables& tables, std::span<const uint16_t> which, std::span<const uint32_t> site) : tables_(tables) {
  CHECK(which.size() == site.size() && which.size() < UINT32_MAX);
  for (const uint16_t w : which) CHECK(w < tables.size());
  site_.resize(site.size()), slot_.resize(site.size());
  std::vector<uint32_t> starts(tables.size() + 1);
  for (size_t from = 0; from < which.size(); from += kTogether) {
    const size_t to = std::min(from + kTogether, which.size());
    std::fill(starts.begin(), starts.end(), 0);
    for (size_t i = from; i < to; ++i) ++starts[which[i] + 1];
    starts[0] = static_cast<uint32_t>(from);
    for (size_t w = 0; w < tables.size(); ++w) starts[w + 1] += starts[w];
    for (size_t w = 0; w < tables.size(); ++w)
      for (uint32_t first = starts[w]; first < starts[w + 1]; first += kTile)
        tiles_.push_back({first, static_cast<uint16_t>(std::min<uint32_t>(kTile, starts[w + 1] - first)), static_cast<uint16_t>(w)});
    for (size_t i = from; i < to; ++i) {
      const uint32_t slot = starts[which[i]]++;
      slot_[i] = slot, site_[slot] = site[i];
      sites_ = std::max(sites_, site[i] + 1);
    }
  }
  mean_.assign(site.size(), {});
  squares_.assign(site.size(), {});
}

void DamageMoments::add(std::span<const std::span<const float>> fields, unsigned threads) {
  for (const auto& field : fields) CHECK(field.size() >= sites_);
  for (size_t done = 0; done < fields.size(); done += kBlock) {
    const auto block = fields.subspan(done, std::min(kBlock, fields.size() - done));
    const size_t parts = std::clamp<size_t>(threads, 1, 1 + tiles_.size() / 1'000);
    const auto part = [&](size_t p) {
      const size_t from = tiles_.size() * p / parts, to = tiles_.size() * (p + 1) / parts;
      add_tiles(std::span<const Tile>(tiles_).subspan(from, to - from), block);
    };
    {
      std::vector<std::jthread> others;
      for (size_t p = 1; p < parts; ++p) others.emplace_back(part, p);
      part(0);
    }
    fields_ += static_cast<uint32_t>(block.size());
  }
}

void DamageMoments::add_tiles(std::span<const Tile> tiles, std::span<const std::span<const float>> fields) {
  const float* field[kBlock];
  for (size_t k = 0; k < fields.size(); ++k) field[k] = fields[k].data();
  Places places;
  std::vector<ShareRow> one_by_one;
  for (const auto& tile : tiles) {
    const ShareTable& table = tables_.tables()[tile.which];
    const ShareRow* rows = tables_.rows().data();
    const uint32_t* site = site_.data() + tile.first;
    if (table.per > 0) {
      find_places(table, site, tile.count, field, fields.size(), places);
    } else {
      // Each share is its own row.
      one_by_one.assign(kBlock * kTile + 1, {});
      for (size_t k = 0; k < fields.size(); ++k)
        for (size_t a = 0; a < tile.count; ++a) {
          const auto shares = tables_.exactly(tile.which, field[k][site[a]]);
          places.row[k][a] = static_cast<int32_t>(k * kTile + a), places.part[k][a] = 0;
          std::copy(shares.begin(), shares.end(), one_by_one[k * kTile + a].share);
        }
      rows = one_by_one.data();
    }
    add_places(rows, places, tile.count, fields.size(), static_cast<float>(fields_), mean_.data() + tile.first, squares_.data() + tile.first);
  }
}

GradeShares DamageMoments::mean(size_t asset) const {
  GradeShares out;
  std::copy_n(mean_[slot_[asset]].share, kGrades, out.begin());
  return out;
}

GradeShares DamageMoments::deviation(size_t asset) const {
  GradeShares out{};
  if (fields_ > 1)
    for (size_t g = 0; g < kGrades; ++g) out[g] = std::sqrt(std::max(0.0f, squares_[slot_[asset]].share[g]) / static_cast<float>(fields_ - 1));
  return out;
}

}  // namespace anlan::quake
