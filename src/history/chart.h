// A span of one link drawn into buckets of equal width: what a chart of some thousand pixels can show.
//
// Buckets of an hour and more are whole hours (UTC), so that they can be drawn from the rows of hours (hours.h): only
// the first and the last may be shorter. A mean is that of the readings whichever way it came about.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/reading.h"
#include "history/hours.h"

namespace anlan {

constexpr size_t kChartBucketsMax = 100'000;

struct ChartBucket {
  UtcTime from;         // the bucket ends where the next begins
  uint64_t count = 0;   // 0: the others mean nothing
  double min = 0, max = 0, mean = 0;
  Sample first, last;
};

// Takes samples and rows in ascending order, each of [from, until). Constant time for each.
class ChartMaker {
 public:
  // 1 <= buckets, from < until. A span shorter than `buckets` milliseconds gets one bucket a millisecond.
  // at_least_hours: no bucket is shorter than an hour, but for the ends.
  ChartMaker(UtcTime from, UtcTime until, size_t buckets, bool at_least_hours = false);
  // Every hour within the span lies in one bucket.
  bool whole_hours() const { return whole_hours_; }
  void add(std::span<const Sample> samples);
  // Only when whole_hours(); of an hour of which nothing else is added.
  void add(const HourRow& row);
  std::vector<ChartBucket> take() &&;

 private:
  void begin_part(UtcTime at);

  UtcTime from_;
  bool whole_hours_ = false;
  uint64_t start_ = 0, width_ = 1;
  std::vector<Summary> buckets_;
  size_t at_ = 0;
  Summary part_;           // the hour, or what of it lies in the bucket
  uint64_t part_end_ = 0;  // raised by half of the range, so that it is in order
};

}  // namespace anlan
