#include "history/chart.h"

#include <algorithm>

#include "base/check.h"

namespace anlan {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;
constexpr uint64_t kHour = kHourMs;

uint64_t raised(UtcTime at) { return static_cast<uint64_t>(at.ms) ^ kSign; }
uint64_t sum_or_end(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
// How far into its hour.
uint64_t into_hour(UtcTime at) { return static_cast<uint64_t>((at.ms % kHourMs + kHourMs) % kHourMs); }

}  // namespace

ChartMaker::ChartMaker(UtcTime from, UtcTime until, size_t buckets, bool at_least_hours) : from_(from), start_(static_cast<uint64_t>(from.ms)) {
  CHECK(buckets > 0 && from < until);
  uint64_t span = static_cast<uint64_t>(until.ms) - start_;
  width_ = (span - 1) / buckets + 1;
  // Not at the ends of all time, where an hour would begin or end beyond them.
  whole_hours_ = (at_least_hours || width_ >= kHour) && span < kSign && from.ms > INT64_MIN + kHourMs && until.ms < INT64_MAX - kHourMs;
  if (whole_hours_) {
    start_ -= into_hour(from);
    span += into_hour(from);
    width_ = ((span - 1) / buckets / kHour + 1) * kHour;
  }
  buckets_.resize((span - 1) / width_ + 1);
}

void ChartMaker::begin_part(UtcTime at) {
  buckets_[at_].add(part_);
  part_ = {};
  const uint64_t offset = static_cast<uint64_t>(at.ms) - start_;
  at_ = offset / width_;
  part_end_ = sum_or_end(raised(at), std::min(width_ - offset % width_, kHour - into_hour(at)));
}

void ChartMaker::add(std::span<const Sample> samples) {
  for (const auto& s : samples) {
    // Divisions only where a part ends: nearly every sample is in the part of the one before.
    if (raised(s.at) >= part_end_) begin_part(s.at);
    part_.add(s);
  }
}

void ChartMaker::add(const HourRow& row) {
  CHECK(whole_hours_);
  begin_part(row.of.first.at);
  part_ = row.of;
}

std::vector<ChartBucket> ChartMaker::take() && {
  buckets_[at_].add(part_);
  std::vector<ChartBucket> out(buckets_.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto& b = buckets_[i];
    out[i].from = i == 0 ? from_ : UtcTime{static_cast<int64_t>(start_ + i * width_)};
    out[i].count = b.count;
    if (b.count == 0) continue;
    out[i].min = b.min;
    out[i].max = b.max;
    out[i].mean = b.total() / static_cast<double>(b.count);
    out[i].first = b.first;
    out[i].last = b.last;
  }
  return out;
}

}  // namespace anlan
