// The files: RocksDB behind the few things that the history needs of it. Every block of a file and every entry of the
// write-ahead log carries RocksDB's checksum, and is checked whenever it is read.
//
// Tables: `blocks` (link, first time -> block), `open` (link -> the newest samples and how far the log is in them),
// `log` (entry number -> batch), `hours` (link, number of the first hour -> chunk of hours.h), `default` (few things by
// name). A folder made before there were hours gets that table when it is opened. Writes happen in the order given, also
// across tables; after a crash a prefix of them is there, which includes everything up to the last durable one.
// Threads: any. Exceptions: none come out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/reading.h"

namespace anlan {

struct HistoryOptions;

// Changes that happen together.
class StoreChange {
 public:
  StoreChange();
  ~StoreChange();
  StoreChange(StoreChange&&) noexcept;

 private:
  friend class HistoryStore;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Walks over the stored blocks as they were when it was made; in `hours` over the chunks, where every "time" is the number
// of an hour. For one thread.
class BlockCursor {
 public:
  ~BlockCursor();
  BlockCursor(BlockCursor&&) noexcept;

  // The last block of the link that begins at or before `at`, else the first one after it.
  void seek(LinkNumber link, UtcTime at);
  // The first block of the link that begins at or after `at`.
  void seek_forward(LinkNumber link, UtcTime at);
  // The newest block of the link.
  void seek_last(LinkNumber link);
  void next();
  // On a block of the link asked for. When not: at the end of the link, or damage() says why.
  bool valid() const;
  UtcTime first_at() const;
  std::string_view bytes() const;  // until the cursor moves
  // The part of the file under the cursor cannot be read.
  std::optional<std::string> damage() const;

 private:
  friend class HistoryStore;
  struct Impl;
  explicit BlockCursor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Walks over the entries of the log as they were when it was made. For one thread.
class LogCursor {
 public:
  ~LogCursor();
  LogCursor(LogCursor&&) noexcept;
  // When not: at the end, or fault() says why.
  bool valid() const;
  void next();
  uint64_t number() const;
  std::string_view bytes() const;  // until the cursor moves
  Result<void> fault() const;

 private:
  friend class HistoryStore;
  struct Impl;
  explicit LogCursor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class HistoryStore {
 public:
  static Result<std::unique_ptr<HistoryStore>> open(const std::string& folder, const HistoryOptions& options);
  ~HistoryStore();
  HistoryStore(const HistoryStore&) = delete;

  void put_block(StoreChange& change, LinkNumber link, UtcTime first_at, std::string_view bytes) const;
  void remove_block(StoreChange& change, LinkNumber link, UtcTime first_at) const;
  void put_open(StoreChange& change, LinkNumber link, std::string_view bytes) const;
  void put_log(StoreChange& change, uint64_t entry, std::string_view bytes) const;
  void put_hours(StoreChange& change, LinkNumber link, int64_t first_hour, std::string_view bytes) const;
  void remove_hours(StoreChange& change, LinkNumber link, int64_t first_hour) const;
  // How far back the readings of a link go; see LiveLink.
  void put_kept(StoreChange& change, LinkNumber link, UtcTime kept_from, UtcTime raw_from) const;
  // Of the one who follows the log; nothing: nobody.
  void put_follower(StoreChange& change, const std::optional<std::string>& bytes) const;
  // Of all entries below this number.
  void remove_log(StoreChange& change, uint64_t below) const;
  // All of it or nothing. A durable write is refused while less space is free than the options keep in reserve: RocksDB
  // needs it for itself. A store that stopped for want of space goes on by itself here once there is some.
  Result<void> write(StoreChange& change, bool durable);

  BlockCursor blocks() const;
  BlockCursor hours() const;
  Result<std::optional<std::string>> follower() const;
  Result<void> each_kept(const std::function<void(LinkNumber, UtcTime kept_from, UtcTime raw_from)>& each) const;
  // In order of links. Where the file is damaged, `skipped` is told the links (first, last) that cannot be told apart.
  Result<void> each_open(const std::function<void(LinkNumber, std::string_view)>& each,
                         const std::function<void(LinkNumber, LinkNumber)>& skipped) const;
  // The log as it is now, from this entry on.
  LogCursor log(uint64_t from) const;
  uint64_t bytes_on_disk() const;

 private:
  struct Impl;
  bool has_space() const;
  explicit HistoryStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
