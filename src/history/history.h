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
  // Blocks of a link between two times that its hours are summed up. More: fewer writes, more readings to draw at the end
  // of a chart.
  uint8_t blocks_per_summary = 16;
  // With less space free on the disk appends are refused: the store needs room to put its files in order.
  uint64_t reserve_bytes = uint64_t{256} << 20;
};

struct AppendResult {
  uint64_t stored = 0;      // new
  uint64_t duplicates = 0;  // link, time and value were there: dropped
  uint64_t replaced = 0;    // link and time were there with another value: the later value counts
  uint64_t expired = 0;     // older than what is kept of the link (remove_before): dropped
  bool operator==(const AppendResult&) const = default;
};

struct HistoryStats {
  uint64_t links = 0;          // that have readings
  uint64_t readings = 0;
  uint64_t log_readings = 0;   // of these, those that a crash now would read again from the log
  uint64_t bytes_on_disk = 0;  // of all files, the log and what waits for compaction among them
};

// How far somebody has followed the log of readings, and what else he wants to remember, in the same place.
struct Follower {
  uint64_t entry = 0;  // everything up to here is done
  std::string note;
  bool operator==(const Follower&) const = default;
  std::string write() const;
  static std::optional<Follower> read(std::string_view bytes);
};

struct Followed {
  uint64_t entry = 0;      // the last one delivered; what was asked for when there is none yet
  bool lost = false;       // entries between are no longer in the log: nothing was delivered
  bool more = false;
};

struct Removed {
  uint64_t readings = 0, blocks = 0;
  bool more = false;  // stopped at the bound
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
  // Each link from its own time on; kNever: not at all. `from` is called under the lock and must not call back.
  Result<void> read_all(const std::function<UtcTime(LinkNumber)>& from, UtcTime until, const EachLinkChunk& each) const;
  // The span in equal parts; the last may be shorter. 1..kChartBucketsMax buckets, from < until, else kInvalidField.
  // Parts of an hour or more are whole hours, drawn from the rows of hours where these are: exactly what the readings
  // give, some hundred times as fast. A span that begins where readings are removed has no shorter parts.
  Result<std::vector<ChartBucket>> chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const;

  std::optional<Sample> last(LinkNumber link) const;
  std::vector<Reading> lasts() const;  // ascending by link

  // Forgets the blocks of the link that lie before the whole hour of the time; their hours stay (min, max, mean, count,
  // first, last), and from then on nothing before that hour is taken. A block is forgotten whole or not at all, so up to
  // kBlockSamples older readings may stay for a while. Costs one look at the link, and what the removed blocks cost to read.
  Result<Removed> remove_before(LinkNumber link, UtcTime time, size_t blocks_max = SIZE_MAX);

  // Following the log: all readings in the order in which they were acknowledged, late ones and replacements among them.
  // The log keeps what the follower has not done, up to as many readings as it may hold (log_readings); a follower that
  // falls further behind has lost() and reads spans of time instead. One follower; without one nothing is kept for it.
  std::optional<Follower> follower() const;
  // Not durable on return: after a crash it may be an earlier one.
  Result<void> set_follower(const std::optional<Follower>& follower);
  // Number of the last entry acknowledged.
  uint64_t newest_entry() const;
  // The entries behind `after` until there are so many readings, at least one entry. Appends to `out`.
  Result<Followed> follow(uint64_t after, size_t readings_max, std::vector<Reading>& out) const;

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
