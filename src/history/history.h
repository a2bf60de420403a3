// The history of readings: every reading of every link, compressed, in one folder.
//
// Invariants: a link has at most one value at one time; the later one given counts. What append has acknowledged is on
// disk and comes back after a crash. Readers see whole batches of what was acknowledged, never half of one.
// Threads: every function may be called from any thread at any time. Appends of several threads share one fsync.
// Errors: kDiskFull (nothing of this batch counts; earlier ones stay, and the next append tries again), kTooLarge,
// kCorrupt (names link and time), kStoreUnavailable.
// Costs: append about half a microsecond a reading; memory per link at most about 1.3 KB, usually a quarter of that;
// reading about 20 ns a reading. A reader holds the lock for microseconds, a writer for some milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/reading.h"
#include "history/chart.h"

namespace anlan {

constexpr LinkNumber kHistoryLinksMax = 16'000'000;
constexpr size_t kHistoryBatchMax = 1'000'000;  // readings in one append

struct HistoryOptions {
  // Readings that the log may hold before links are written out. More: longer opening after a crash, fewer writes.
  uint64_t log_readings = 8'000'000;
  size_t cache_bytes = size_t{64} << 20;
  // With less space free on the disk appends are refused: the store needs room to put its files in order.
  uint64_t reserve_bytes = uint64_t{256} << 20;
};

struct AppendResult {
  uint64_t stored = 0;      // new
  uint64_t duplicates = 0;  // link, time and value were there: dropped
  uint64_t replaced = 0;    // link and time were there with another value: the later value counts
  bool operator==(const AppendResult&) const = default;
};

struct HistoryStats {
  uint64_t links = 0;          // that have readings
  uint64_t readings = 0;
  uint64_t log_readings = 0;   // of these, those that a crash now would read again from the log
  uint64_t bytes_on_disk = 0;  // of all files, the log and what waits for compaction among them
};

class History {
 public:
  // Makes the folder when absent, reads the log after a crash. One process at a time.
  static Result<std::unique_ptr<History>> open(const std::string& folder, const HistoryOptions& options = {});
  // Writes out what is only in the log, so that the next opening is quick.
  ~History();
  History(const History&) = delete;

  // All of the batch or nothing; durable on return. Readings may come in any order.
  Result<AppendResult> append(std::span<const Reading> readings);

  // The samples of from <= at < until, ascending, in chunks of up to some thousand; `each` ends it by returning false.
  // A damaged block is passed over: everything else is delivered, then the error names the first one.
  using EachChunk = std::function<bool(std::span<const Sample>)>;
  Result<void> read(LinkNumber link, UtcTime from, UtcTime until, const EachChunk& each) const;
  // The same for all links, link after link.
  using EachLinkChunk = std::function<bool(LinkNumber, std::span<const Sample>)>;
  Result<void> read_all(UtcTime from, UtcTime until, const EachLinkChunk& each) const;
  // The span in equal parts; the last may be shorter. 1..kChartBucketsMax buckets, from < until, else kInvalidField.
  Result<std::vector<ChartBucket>> chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const;

  std::optional<Sample> last(LinkNumber link) const;
  std::vector<Reading> lasts() const;  // ascending by link

  // Forgets the blocks that lie before the time, of the links that match; returns the number of readings. A block is
  // forgotten whole or not at all, so up to kBlockSamples older readings of a link may stay for a while.
  Result<uint64_t> remove_before(const std::function<bool(LinkNumber)>& matches, UtcTime time);

  // Writes everything out and empties the log.
  Result<void> settle();
  // What could not be read while opening, one line each.
  const std::vector<std::string>& damage() const;
  HistoryStats stats() const;

 private:
  class Impl;
  explicit History(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
