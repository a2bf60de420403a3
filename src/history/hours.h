// What is kept of an hour of a link when its readings themselves are gone, and what a chart of years is drawn from.
//
// Hours are those of UTC, numbered from 1970; a row is there for each that has readings. A chunk holds the rows of some
// days and says which hours it covers: an hour that is covered and has no row had no reading.
//
// Sums are compensated (Neumaier 1974), first within an hour, then over hours, wherever they are made: so what is drawn
// from rows is equal to the bit to what is drawn from readings, and the sum of short decimals is again one, as a rule.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reading.h"

namespace anlan {

constexpr int64_t kHourMs = 3'600'000;
// Rows in a chunk as it is written; a reader refuses more than kBlockSamplesMax.
constexpr size_t kChunkRows = 256;

constexpr int64_t hour_of(UtcTime at) { return at.ms / kHourMs - (at.ms % kHourMs < 0); }
constexpr UtcTime hour_start(int64_t hour) {
  if (hour <= hour_of({INT64_MIN})) return {INT64_MIN};
  return hour > hour_of({INT64_MAX}) ? UtcTime{INT64_MAX} : UtcTime{hour * kHourMs};
}

// Of samples in ascending order. Without any, all but the count mean nothing.
struct Summary {
  uint64_t count = 0;
  double min = 0, max = 0, sum = 0;
  Sample first, last;
  double rest = 0;  // of the sum

  void add(const Sample& s) {
    if (count++ == 0) {
      min = max = sum = s.value;
      rest = 0;
      first = last = s;
      return;
    }
    lower(s.value);
    raise(s.value);
    add_up(s.value);
    last = s;
  }
  // Those that follow.
  void add(const Summary& s) {
    if (s.count == 0) return;
    if (count == 0) {
      *this = s;
      sum = s.total();
      rest = 0;
      return;
    }
    count += s.count;
    lower(s.min);
    raise(s.max);
    add_up(s.total());
    last = s.last;
  }
  double total() const { return std::isfinite(rest) ? sum + rest : sum; }

 private:
  // What is no number counts only where there is nothing else; of equal ones the first.
  void lower(double v) {
    if (v < min || std::isnan(min)) min = v;
  }
  void raise(double v) {
    if (v > max || std::isnan(max)) max = v;
  }
  void add_up(double v) {
    const double both = sum + v;
    rest += std::abs(sum) >= std::abs(v) ? (sum - both) + v : (v - both) + sum;
    sum = both;
  }
};

struct HourRow {
  int64_t hour = 0;
  Summary of;  // rest is 0
};

struct HourChunk {
  int64_t from = 0, until = 0;  // the hours covered: from <= hour < until
  std::vector<HourRow> rows;    // ascending
};

// Makes rows of samples in ascending order. Constant time per sample.
class HourMaker {
 public:
  void add(std::span<const Sample> samples);
  uint64_t samples() const { return samples_; }
  std::vector<HourRow> take() &&;

 private:
  void close();
  Summary of_;
  int64_t hour_ = std::numeric_limits<int64_t>::min();
  uint64_t samples_ = 0;
  std::vector<HourRow> rows_;
};

// As it is stored, without `from`, which is in its key. At most kBlockSamplesMax rows. Some 7 bytes a row of readings with few decimals.
std::string write_hours(const HourChunk& chunk);
// False when the bytes are not a chunk that begins at `from`.
[[nodiscard]] bool read_hours(std::string_view bytes, int64_t from, HourChunk& out);

}  // namespace anlan
