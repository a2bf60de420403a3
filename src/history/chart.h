// A span of one link drawn into buckets of equal width: what a chart of some thousand pixels can show.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/reading.h"

namespace anlan {

constexpr size_t kChartBucketsMax = 100'000;

struct ChartBucket {
  UtcTime from;         // the bucket ends where the next begins
  uint64_t count = 0;   // 0: the others mean nothing
  double min = 0, max = 0, mean = 0;
  Sample first, last;
};

// Takes samples in ascending order, each of [from, until). Constant time per sample.
class ChartMaker {
 public:
  // 1 <= buckets, from < until. A span shorter than `buckets` milliseconds gets one bucket a millisecond.
  ChartMaker(UtcTime from, UtcTime until, size_t buckets);
  void add(std::span<const Sample> samples);
  std::vector<ChartBucket> take() &&;

 private:
  uint64_t start_ = 0, width_ = 1;
  std::vector<ChartBucket> buckets_;  // mean holds the sum until take()
  size_t at_ = 0;
};

}  // namespace anlan
