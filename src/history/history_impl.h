// The insides of History. Not for other modules.
//
// A batch: encoded -> written to the log with those of other threads, one fsync -> applied to the links in memory, whole
// batches in the order of their numbers -> links with full blocks are written out. When the log has grown to its limit,
// the links that have waited longest are written out too, a few with every batch, and the log is cut behind them.
//
// Writing out ("settling") a link is one change of the store: its new blocks, the older blocks that late readings
// change, and its open block with the number of the last entry that is in it. So after a crash exactly the entries above
// that number are applied to it again, and blocks of a link never overlap.
//
// Rows of hours (hours.h) are made by a thread of their own, of a link whenever it has written out some
// blocks; what late readings change of them is part of the same change as those. So a row is true whenever it is there
// and its hour lies before what is in memory, unless a late reading of that hour waits. Hours without rows are drawn
// from readings.
//
// Locks: commit_ (who waits, who leads) and state_ (everything in memory), never both at once.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "history/history.h"
#include "history/live_link.h"
#include "history/store.h"

namespace anlan {

// What a reader takes along: the link in memory as it was.
struct LinkView {
  LinkNumber link = 0;
  bool damaged = false;
  UtcTime newest_at;
  UtcTime memory_from;  // nothing on disk is at or after this
  UtcTime kept_from;    // hours before it are as their rows say
  // Hours before this one have rows, if any; the others are drawn from readings.
  int64_t rows_until() const { return std::max(hour_of(memory_from), hour_of(kept_from)); }
  std::vector<SealedBlock> blocks;
  std::vector<Sample> open;
  std::vector<Sample> late;
};

class History::Impl {
 public:
  Impl(std::unique_ptr<HistoryStore> store, const HistoryOptions& options) : store_(std::move(store)), options_(options) {}

  Result<void> load();
  Result<AppendResult> append(std::span<const Reading> readings);
  Result<void> read(LinkNumber link, UtcTime from, UtcTime until, const EachChunk& each) const;
  Result<void> read_all(const std::function<UtcTime(LinkNumber)>& from, UtcTime until, const EachLinkChunk& each) const;
  std::optional<Sample> last(LinkNumber link) const;
  std::vector<Reading> lasts() const;
  Result<std::vector<ChartBucket>> chart(LinkNumber link, UtcTime from, UtcTime until, size_t buckets) const;
  Result<Removed> remove_before(LinkNumber link, UtcTime time, size_t blocks_max);
  std::optional<Follower> follower() const;
  Result<void> set_follower(const std::optional<Follower>& follower);
  uint64_t newest_entry() const;
  Result<Followed> follow(uint64_t after, size_t readings_max, std::vector<Reading>& out) const;
  Result<void> settle_all();
  // The thread that makes rows of hours.
  void start();
  void stop();
  void summarise_all();
  HistoryStats stats() const;
  const std::vector<std::string>& damage() const { return damage_; }

 private:
  struct Request {
    std::span<const Reading> readings;
    std::string entry;
    Result<AppendResult> result = AppendResult{};
    bool done = false;
  };
  struct LogEntry {
    uint64_t number;
    size_t readings;
  };
  // A decoded stretch of a link, for one late reading after another.
  struct Stretch {
    bool known = false;
    LinkNumber link = 0;
    UtcTime from, until;  // both in it
    std::vector<Sample> samples;
  };

  // append.cpp
  void commit(std::span<Request* const> group);
  void apply(uint64_t number, std::span<const Reading> readings, AppendResult& result);
  void apply_late(std::vector<const Reading*>& late, AppendResult& result);
  const std::vector<Sample>& stretch_at(LinkNumber link, UtcTime at, BlockCursor& cursor, Stretch& stretch) const;
  LiveLink& live(LinkNumber link);
  const LiveLink* find_live(LinkNumber link) const;
  UtcTime memory_from(LinkNumber link, const LiveLink& live) const;

  // settle.cpp; all with state_ held
  Result<void> settle_due(size_t links_max);
  Result<void> settle(std::span<const LinkNumber> links);
  void merge_late_in_memory(LinkNumber link, LiveLink& live, Waiting& waiting);
  void merge_late_on_disk(LinkNumber link, const Waiting& waiting, StoreChange& change) const;
  Result<void> settle_oldest(size_t links_max);
  Result<void> cut_log(bool all);
  void let_go_of_held();

  // summarise.cpp; with state_ held
  void update_hours(const LinkView& before_merge, StoreChange& change) const;
  void cover_hours(const LinkView& link, int64_t from, int64_t until, StoreChange& change) const;
  void drop_hours(LinkNumber link, int64_t from, StoreChange& change) const;
  void queue_summary(LinkNumber link, LiveLink& live);
  void summarise_next(std::unique_lock<std::mutex>& lock);
  // without it
  int64_t extend_hours(const LinkView& link, int64_t from, BlockCursor& blocks, BlockCursor hours, StoreChange& change) const;

  // load.cpp
  Result<void> recover_damaged(LinkNumber first, LinkNumber last);

  // read.cpp
  LinkView view(LinkNumber link, const LiveLink& live) const;
  bool damaged(LinkNumber link) const;

  const std::unique_ptr<HistoryStore> store_;
  const HistoryOptions options_;

  std::mutex commit_;
  std::condition_variable committed_;
  std::deque<Request*> requests_;
  bool leading_ = false;
  uint64_t next_entry_ = 1;  // the leader's

  mutable std::mutex state_;
  std::vector<std::unique_ptr<LiveLink>> links_;
  std::unordered_map<LinkNumber, Waiting> waiting_;
  std::vector<LinkNumber> due_;                         // have full blocks or many late readings
  std::deque<std::pair<uint64_t, LinkNumber>> dirty_;  // by dirty_since; stale where that has changed
  std::deque<LogEntry> log_;
  uint64_t log_readings_ = 0, cut_readings_ = 0;        // in log_; dropped from it but not yet from the store
  std::optional<Follower> follower_;
  std::deque<LogEntry> held_;                           // dropped from log_, but the follower has not done them
  uint64_t held_readings_ = 0;
  uint64_t applied_ = 0;                                // number of the last entry applied

  std::condition_variable summarise_;
  std::deque<LinkNumber> to_summarise_;  // each at most once
  bool stopping_ = false;
  std::thread summariser_;

  std::vector<std::string> damage_;
  std::vector<std::pair<LinkNumber, LinkNumber>> damaged_links_;
};

// What is asked for of a link; the fault that was met first. `samples` is working space.
std::optional<Error> read_view(const LinkView& view, UtcTime from, UtcTime until, BlockCursor& cursor, std::vector<Sample>& samples,
                               const History::EachChunk& each);
// "link 17 at 2026-11-22T12:00:00+08:00"
std::string link_place(LinkNumber link, UtcTime at);

}  // namespace anlan
