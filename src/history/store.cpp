#include "history/store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <mutex>

#include "history/history.h"
#include "history/varint.h"

namespace anlan {
namespace {

constexpr std::string_view kFormatKey = "format", kFormat = "1";
constexpr std::string_view kFollowerKey = "follower", kKeptKey = "kept";  // the latter with a link behind it
constexpr const char* kNames[] = {"default", "blocks", "open", "log", "hours"};
enum Table { kDefault, kBlocks, kOpen, kLog, kHours, kTables };
constexpr uint64_t kProbesMax = 100'000;  // reads past one damaged place before giving up

rocksdb::Slice slice(std::string_view s) { return {s.data(), s.size()}; }

// Keys are big-endian, so that their order is that of the numbers.
template <class T>
void put_key(std::string& out, T n) {
  for (int shift = static_cast<int>(sizeof n) * 8 - 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift));
}
template <class T>
T key_at(rocksdb::Slice key, size_t at) {
  T n = 0;
  for (size_t i = 0; i < sizeof n; ++i) n = static_cast<T>(n << 8 | static_cast<uint8_t>(key[at + i]));
  return n;
}
std::string link_key(LinkNumber link) {
  std::string key;
  put_key(key, link);
  return key;
}
// The sign is turned over: times before 1970 come first.
std::string block_key(LinkNumber link, UtcTime at) {
  std::string key = link_key(link);
  put_key(key, static_cast<uint64_t>(at.ms) ^ uint64_t{1} << 63);
  return key;
}
std::string entry_key(uint64_t entry) {
  std::string key;
  put_key(key, entry);
  return key;
}

Error as_error(const rocksdb::Status& status) {
  const auto why = status.ToString();
  if (status.IsNoSpace() || why.find("No space left") != std::string::npos) return ErrorCode::kDiskFull;
  if (status.IsCorruption()) return {ErrorCode::kCorrupt, {{"what", "the history of readings"}, {"why", why}}};
  return {ErrorCode::kStoreUnavailable, {{"why", "history: " + why}}};
}

// RocksDB would look for free space by itself every five seconds, and refuse to be told meanwhile. Here the next write asks.
struct NoOwnRecovery final : rocksdb::EventListener {
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* by_itself) override { *by_itself = false; }
};

rocksdb::ColumnFamilyOptions table_options(Table table, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions layout;
  layout.block_cache = cache;
  layout.block_size = 16 << 10;
  // Whole keys in the index: what lies behind a damaged part can be told from what lies in it.
  layout.index_shortening = rocksdb::BlockBasedTableOptions::IndexShorteningMode::kNoShortening;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(layout));
  options.compression = rocksdb::kNoCompression;  // blocks are dense; the log lives for minutes
  options.write_buffer_size = table == kDefault ? 1 << 20 : 32 << 20;
  options.level_compaction_dynamic_level_bytes = true;
  return options;
}

}  // namespace

struct StoreChange::Impl {
  rocksdb::WriteBatch batch;
};
StoreChange::StoreChange() : impl_(std::make_unique<Impl>()) {}
StoreChange::~StoreChange() = default;
StoreChange::StoreChange(StoreChange&&) noexcept = default;

struct HistoryStore::Impl {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> tables;
  std::string folder;
  uint64_t reserve_bytes = 0;
  std::mutex resume;

  ~Impl() {
    for (auto* table : tables) db->DestroyColumnFamilyHandle(table);
    if (db) db->Close();
  }
};

struct BlockCursor::Impl {
  std::unique_ptr<rocksdb::Iterator> at;
  LinkNumber link = 0;
};
BlockCursor::BlockCursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BlockCursor::~BlockCursor() = default;
BlockCursor::BlockCursor(BlockCursor&&) noexcept = default;

void BlockCursor::seek(LinkNumber link, UtcTime at) {
  impl_->link = link;
  impl_->at->SeekForPrev(block_key(link, at));
  if (!valid() && !damage()) seek_forward(link, at);
}
void BlockCursor::seek_forward(LinkNumber link, UtcTime at) {
  impl_->link = link;
  impl_->at->Seek(block_key(link, at));
}
void BlockCursor::seek_last(LinkNumber link) { seek(link, {INT64_MAX}); }
void BlockCursor::next() { impl_->at->Next(); }
bool BlockCursor::valid() const {
  return impl_->at->Valid() && impl_->at->key().size() == 12 && key_at<LinkNumber>(impl_->at->key(), 0) == impl_->link;
}
UtcTime BlockCursor::first_at() const { return {static_cast<int64_t>(key_at<uint64_t>(impl_->at->key(), 4) ^ uint64_t{1} << 63)}; }
std::string_view BlockCursor::bytes() const { return impl_->at->value().ToStringView(); }
std::optional<std::string> BlockCursor::damage() const {
  if (impl_->at->status().ok()) return std::nullopt;
  return impl_->at->status().ToString();
}

struct LogCursor::Impl {
  std::unique_ptr<rocksdb::Iterator> at;
};
LogCursor::LogCursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogCursor::~LogCursor() = default;
LogCursor::LogCursor(LogCursor&&) noexcept = default;
bool LogCursor::valid() const { return impl_->at->Valid() && impl_->at->key().size() == 8; }
void LogCursor::next() { impl_->at->Next(); }
uint64_t LogCursor::number() const { return key_at<uint64_t>(impl_->at->key(), 0); }
std::string_view LogCursor::bytes() const { return impl_->at->value().ToStringView(); }
Result<void> LogCursor::fault() const {
  if (impl_->at->status().ok()) return {};
  return as_error(impl_->at->status());
}

HistoryStore::HistoryStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HistoryStore::~HistoryStore() = default;

Result<std::unique_ptr<HistoryStore>> HistoryStore::open(const std::string& folder, const HistoryOptions& history) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return {ErrorCode::kStoreUnavailable, {{"why", "history: " + folder + ": " + fault.message()}}};
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.listeners.push_back(std::make_shared<NoOwnRecovery>());
  options.max_open_files = 512;
  options.max_total_wal_size = 128 << 20;
  options.bytes_per_sync = 1 << 20;
  options.allow_fallocate = false;  // would take space from others long before it is needed
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  // The end of a file that was being written may be torn; a fault anywhere else is an error, not the end of history.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  const auto cache = rocksdb::NewLRUCache(history.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> tables;
  for (int t = 0; t < kTables; ++t) tables.emplace_back(kNames[t], table_options(static_cast<Table>(t), cache));
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->reserve_bytes = history.reserve_bytes;
  rocksdb::DB* db = nullptr;
  const auto opened = rocksdb::DB::Open(options, folder, tables, &impl->tables, &db);
  if (!opened.ok()) return as_error(opened);
  impl->db.reset(db);
  std::string format;
  const auto read = db->Get({}, impl->tables[kDefault], slice(kFormatKey), &format);
  if (read.IsNotFound()) {
    if (const auto put = db->Put({}, impl->tables[kDefault], slice(kFormatKey), slice(kFormat)); !put.ok()) return as_error(put);
  } else if (!read.ok()) {
    return as_error(read);
  } else if (format != kFormat) {
    return {ErrorCode::kStoreUnavailable, {{"why", fmt::format("history: format {} of {} is not known to this program", format, folder)}}};
  }
  return std::unique_ptr<HistoryStore>(new HistoryStore(std::move(impl)));
}

void HistoryStore::put_block(StoreChange& change, LinkNumber link, UtcTime first_at, std::string_view bytes) const {
  change.impl_->batch.Put(impl_->tables[kBlocks], block_key(link, first_at), slice(bytes));
}
void HistoryStore::remove_block(StoreChange& change, LinkNumber link, UtcTime first_at) const {
  change.impl_->batch.Delete(impl_->tables[kBlocks], block_key(link, first_at));
}
void HistoryStore::put_open(StoreChange& change, LinkNumber link, std::string_view bytes) const {
  change.impl_->batch.Put(impl_->tables[kOpen], link_key(link), slice(bytes));
}
void HistoryStore::put_log(StoreChange& change, uint64_t entry, std::string_view bytes) const {
  change.impl_->batch.Put(impl_->tables[kLog], entry_key(entry), slice(bytes));
}
void HistoryStore::put_hours(StoreChange& change, LinkNumber link, int64_t first_hour, std::string_view bytes) const {
  change.impl_->batch.Put(impl_->tables[kHours], block_key(link, {first_hour}), slice(bytes));
}
void HistoryStore::remove_hours(StoreChange& change, LinkNumber link, int64_t first_hour) const {
  change.impl_->batch.Delete(impl_->tables[kHours], block_key(link, {first_hour}));
}
void HistoryStore::put_kept(StoreChange& change, LinkNumber link, UtcTime kept_from, UtcTime raw_from) const {
  std::string bytes;
  put_varint(bytes, zigzag(static_cast<uint64_t>(kept_from.ms)));
  put_varint(bytes, zigzag(static_cast<uint64_t>(raw_from.ms)));
  change.impl_->batch.Put(impl_->tables[kDefault], std::string(kKeptKey) + link_key(link), bytes);
}
void HistoryStore::put_follower(StoreChange& change, const std::optional<std::string>& bytes) const {
  if (bytes) change.impl_->batch.Put(impl_->tables[kDefault], slice(kFollowerKey), *bytes);
  else change.impl_->batch.Delete(impl_->tables[kDefault], slice(kFollowerKey));
}
void HistoryStore::remove_log(StoreChange& change, uint64_t below) const {
  change.impl_->batch.DeleteRange(impl_->tables[kLog], entry_key(0), entry_key(below));
}

Result<void> HistoryStore::write(StoreChange& change, bool durable) {
  if (durable && !has_space()) return ErrorCode::kDiskFull;
  rocksdb::WriteOptions options;
  options.sync = durable;
  auto status = impl_->db->Write(options, &change.impl_->batch);
  if (status.ok()) return {};
  // After a failed write RocksDB refuses every other until it is told to go on. That writes out its memory: without space
  // for it, it would stop half way.
  if (!has_space()) return as_error(status);
  {
    const std::lock_guard lock(impl_->resume);
    if (!impl_->db->Resume().ok()) return as_error(status);
  }
  status = impl_->db->Write(options, &change.impl_->batch);
  if (status.ok()) return {};
  return as_error(status);
}

bool HistoryStore::has_space() const {
  std::error_code fault;
  const auto space = std::filesystem::space(impl_->folder, fault);
  return fault || space.available >= impl_->reserve_bytes;
}

BlockCursor HistoryStore::blocks() const {
  auto cursor = std::make_unique<BlockCursor::Impl>();
  cursor->at.reset(impl_->db->NewIterator({}, impl_->tables[kBlocks]));
  return BlockCursor(std::move(cursor));
}
BlockCursor HistoryStore::hours() const {
  auto cursor = std::make_unique<BlockCursor::Impl>();
  cursor->at.reset(impl_->db->NewIterator({}, impl_->tables[kHours]));
  return BlockCursor(std::move(cursor));
}

Result<void> HistoryStore::each_open(const std::function<void(LinkNumber, std::string_view)>& each,
                                     const std::function<void(LinkNumber, LinkNumber)>& skipped) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = 1 << 20;
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(options, impl_->tables[kOpen]));
  uint64_t next = 0;
  at->SeekToFirst();
  for (;;) {
    for (; at->Valid(); at->Next()) {
      if (at->key().size() != 4) continue;
      const auto link = key_at<LinkNumber>(at->key(), 0);
      each(link, at->value().ToStringView());
      next = uint64_t{link} + 1;
    }
    if (at->status().ok()) return {};
    if (!at->status().IsCorruption()) return as_error(at->status());
    // Which links were there cannot be told: the next that can be read ends the gap.
    const auto fault = as_error(at->status());
    const uint64_t from = next;
    do {
      if (++next - from > kProbesMax) return fault;
      at->Seek(link_key(static_cast<LinkNumber>(next)));
    } while (!at->Valid() && !at->status().ok());
    if (at->Valid()) next = key_at<LinkNumber>(at->key(), 0);
    skipped(static_cast<LinkNumber>(from), static_cast<LinkNumber>(next - 1));
    if (!at->Valid()) return {};
  }
}

LogCursor HistoryStore::log(uint64_t from) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = 1 << 20;
  auto cursor = std::make_unique<LogCursor::Impl>();
  cursor->at.reset(impl_->db->NewIterator(options, impl_->tables[kLog]));
  cursor->at->Seek(entry_key(from));
  return LogCursor(std::move(cursor));
}

Result<std::optional<std::string>> HistoryStore::follower() const {
  std::string bytes;
  const auto read = impl_->db->Get({}, impl_->tables[kDefault], slice(kFollowerKey), &bytes);
  if (read.IsNotFound()) return std::optional<std::string>();
  if (!read.ok()) return as_error(read);
  return std::optional(std::move(bytes));
}

Result<void> HistoryStore::each_kept(const std::function<void(LinkNumber, UtcTime, UtcTime)>& each) const {
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator({}, impl_->tables[kDefault]));
  for (at->Seek(slice(kKeptKey)); at->Valid() && at->key().starts_with(slice(kKeptKey)); at->Next()) {
    auto bytes = at->value().ToStringView();
    const auto kept_from = take_varint(bytes), raw_from = take_varint(bytes);
    if (at->key().size() == kKeptKey.size() + 4 && kept_from && raw_from)
      each(key_at<LinkNumber>(at->key(), kKeptKey.size()), {static_cast<int64_t>(unzigzag(*kept_from))}, {static_cast<int64_t>(unzigzag(*raw_from))});
  }
  if (!at->status().ok()) return as_error(at->status());
  return {};
}

uint64_t HistoryStore::bytes_on_disk() const {
  uint64_t bytes = 0;
  std::error_code fault;
  for (std::filesystem::directory_iterator file(impl_->folder, fault), end; !fault && file != end; file.increment(fault)) {
    std::error_code gone;  // a file may be removed meanwhile
    const auto size = file->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace anlan
