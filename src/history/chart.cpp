#include "history/chart.h"

#include <algorithm>

#include "base/check.h"

namespace anlan {

ChartMaker::ChartMaker(UtcTime from, UtcTime until, size_t buckets) : start_(static_cast<uint64_t>(from.ms)) {
  CHECK(buckets > 0 && from < until);
  const uint64_t span = static_cast<uint64_t>(until.ms) - start_;
  width_ = (span - 1) / buckets + 1;
  buckets_.resize((span - 1) / width_ + 1);
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i].from.ms = static_cast<int64_t>(start_ + i * width_);
}

void ChartMaker::add(std::span<const Sample> samples) {
  for (const auto& s : samples) {
    // A division only when the bucket ends: nearly every sample is in the bucket of the one before.
    const uint64_t offset = static_cast<uint64_t>(s.at.ms) - start_;
    if (offset - at_ * width_ >= width_) at_ = offset / width_;
    auto& b = buckets_[at_];
    if (b.count++ == 0) {
      b.min = b.max = s.value;
      b.first = s;
    } else {
      b.min = std::min(b.min, s.value);
      b.max = std::max(b.max, s.value);
    }
    b.mean += s.value;
    b.last = s;
  }
}

std::vector<ChartBucket> ChartMaker::take() && {
  for (auto& b : buckets_)
    if (b.count != 0) b.mean /= static_cast<double>(b.count);
  return std::move(buckets_);
}

}  // namespace anlan
