// Mean and deviation of every asset's damage over many fields, which pass by in blocks and are not kept.
//
// Fields of a block are looked up together, so that an asset's sums are read and written once a block; within it sums are
// taken from the block's first value on, blocks are joined by Chan, Golub and LeVeque (1983), eq. 2.1: no digits are lost
// where a deviation is small beside its mean. 76 bytes an asset. Results do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quake/damage.h"

namespace anlan::quake {

class DamageMoments {
 public:
  // Of each asset its fragility and its place in the fields; `tables` must outlive this object.
  DamageMoments(const FragilityTables& tables, std::span<const uint16_t> which, std::span<const uint32_t> site);

  static constexpr size_t kBlock = 16;
  // fields[k][s]: shaking at site s, as FragilityTables takes it. Any number; they are worked on by kBlock at a time.
  void add(std::span<const std::span<const float>> fields, unsigned threads = 1);

  uint32_t fields() const { return fields_; }
  // Shares of an asset by grade: mean, and standard deviation of a sample (n - 1; 0 for fewer than two fields).
  GradeShares mean(size_t asset) const;
  GradeShares deviation(size_t asset) const;

 private:
  // Up to kTile assets of one fragility, in the order of order_.
  struct Tile {
    uint32_t first;
    uint16_t count, which;
  };
  void add_tiles(std::span<const Tile> tiles, std::span<const std::span<const float>> fields);

  const FragilityTables& tables_;
  std::vector<uint32_t> site_;    // by fragility
  std::vector<uint32_t> slot_;    // of each asset, in the order by fragility
  std::vector<Tile> tiles_;
  std::vector<ShareRow> mean_, squares_;  // by fragility; squares of the distances from the mean, summed up
  uint32_t sites_ = 0, fields_ = 0;
};

}  // namespace anlan::quake
