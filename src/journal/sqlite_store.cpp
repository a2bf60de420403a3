#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <unordered_map>

#include "journal/store.h"

namespace anlan {
namespace {

Error error_of(sqlite3* db, int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return Error(ErrorCode::kDiskFull);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Error(ErrorCode::kCorrupt, {{"what", "SQLite"}, {"why", sqlite3_errmsg(db)}});
    case SQLITE_IOERR:
      // Some file systems report a full disk as a plain write error.
      if (sqlite3_system_errno(db) == ENOSPC || sqlite3_system_errno(db) == EDQUOT) return Error(ErrorCode::kDiskFull);
      [[fallthrough]];
    default: return Error(ErrorCode::kStoreUnavailable, {{"why", std::string("SQLite: ") + sqlite3_errmsg(db)}});
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* s) : s_(s) {}
  int columns() const override { return sqlite3_column_count(s_); }
  bool is_null(int c) const override { return sqlite3_column_type(s_, c) == SQLITE_NULL; }
  int64_t integer(int c) const override { return sqlite3_column_int64(s_, c); }
  double real(int c) const override { return sqlite3_column_double(s_, c); }
  std::string_view text(int c) const override {
    const auto* p = sqlite3_column_text(s_, c);
    return p ? std::string_view(reinterpret_cast<const char*>(p), static_cast<size_t>(sqlite3_column_bytes(s_, c)))
             : std::string_view();
  }
  std::string_view bytes(int c) const override {
    const void* p = sqlite3_column_blob(s_, c);
    return p ? std::string_view(static_cast<const char*>(p), static_cast<size_t>(sqlite3_column_bytes(s_, c)))
             : std::string_view();
  }

 private:
  sqlite3_stmt* s_;
};

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  ~SqliteConnection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  void query(std::string_view sql, std::span<const Arg> args, const std::function<void(const Row&)>& each) override {
    sqlite3_stmt* s = ready(sql, args);
    if (!s) return;
    const SqliteRow row(s);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) each(row);
    finish(s, code, sql);
  }

  void execute(std::string_view sql, std::span<const Arg> args) override {
    sqlite3_stmt* s = ready(sql, args);
    if (!s) return;
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
    }
    finish(s, code, sql);
  }

  void begin() override { start("BEGIN IMMEDIATE"); }
  void begin_read() override { start("BEGIN"); }

  Result<void> commit() override {
    if (!failure_) execute("COMMIT", std::span<const Arg>());
    if (!failure_) return {};
    const Error error = *failure_;
    rollback();
    return error;
  }

  void rollback() override {
    failure_.reset();
    if (!sqlite3_get_autocommit(db_)) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }

  std::optional<Error> failure() const override { return failure_; }

 private:
  void start(std::string_view sql) {
    failure_.reset();
    execute(sql, std::span<const Arg>());
  }

  sqlite3_stmt* ready(std::string_view sql, std::span<const Arg> args) {
    if (failure_) return nullptr;
    auto it = statements_.find(sql);
    if (it == statements_.end()) {
      const std::string text = in_dialect(sql, Dialect::kSqlite);
      sqlite3_stmt* s = nullptr;
      const int code = sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &s, nullptr);
      if (code != SQLITE_OK || !s) {
        failure_ = error_of(db_, code);
        failure_->params.push_back({"sql", std::string(sql)});
        return nullptr;
      }
      it = statements_.emplace(std::string(sql), s).first;
    }
    sqlite3_stmt* s = it->second;
    CHECK_MSG(sqlite3_bind_parameter_count(s) == static_cast<int>(args.size()), sql);
    for (size_t i = 0; i < args.size(); ++i) {
      const auto& a = args[i];
      const int at = static_cast<int>(i) + 1;
      switch (a.kind) {
        case Arg::Kind::kNull: sqlite3_bind_null(s, at); break;
        case Arg::Kind::kInteger: sqlite3_bind_int64(s, at, a.integer); break;
        case Arg::Kind::kReal: sqlite3_bind_double(s, at, a.real); break;
        case Arg::Kind::kText:
          sqlite3_bind_text(s, at, a.text.data() ? a.text.data() : "", static_cast<int>(a.text.size()), SQLITE_STATIC);
          break;
        case Arg::Kind::kBytes:
          sqlite3_bind_blob(s, at, a.text.data() ? a.text.data() : "", static_cast<int>(a.text.size()), SQLITE_STATIC);
          break;
      }
    }
    return s;
  }

  void finish(sqlite3_stmt* s, int code, std::string_view sql) {
    if (code != SQLITE_DONE) {
      failure_ = error_of(db_, code);
      failure_->params.push_back({"sql", std::string(sql)});
    }
    sqlite3_reset(s);
  }

  sqlite3* db_;
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
  std::optional<Error> failure_;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string file, SqliteOptions options, int lock) : file_(std::move(file)), options_(std::move(options)), lock_(lock) {}
  ~SqliteStore() override {
    keeper_.reset();
    if (lock_ >= 0) ::close(lock_);
  }

  Result<std::unique_ptr<Connection>> connect() override {
    TRY(db, open());
    return std::unique_ptr<Connection>(new SqliteConnection(db));
  }

  void maintain() override {
    std::scoped_lock guard(mutex_);
    if (!keeper_) {
      auto db = open();
      if (!db) return;  // tried again at the next call
      keeper_.reset(*db);
    }
    sqlite3_wal_checkpoint_v2(keeper_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }

  std::string_view name() const override { return "SQLite"; }

 private:
  Result<sqlite3*> open() {
    sqlite3* db = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(file_.c_str(), &db, flags, options_.vfs.empty() ? nullptr : options_.vfs.c_str());
    if (code == SQLITE_OK) {
      sqlite3_busy_timeout(db, 10'000);
      std::string pragmas;
      if (options_.exclusive) pragmas += "PRAGMA locking_mode=EXCLUSIVE;";
      pragmas += "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=OFF;PRAGMA temp_store=MEMORY;"
                 "PRAGMA cache_size=-65536;PRAGMA wal_autocheckpoint=" + std::to_string(options_.checkpoint_pages) + ";";
      code = sqlite3_exec(db, pragmas.c_str(), nullptr, nullptr, nullptr);
    }
    if (code != SQLITE_OK) {
      const Error error = error_of(db, code);
      sqlite3_close(db);
      return error;
    }
    return db;
  }

  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };

  std::string file_;
  SqliteOptions options_;
  int lock_;
  std::mutex mutex_;
  std::unique_ptr<sqlite3, Close> keeper_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& file, SqliteOptions options) {
  int lock = -1;
  if (options.vfs.empty() && options.lock) {
    lock = ::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return Error(ErrorCode::kStoreUnavailable, {{"why", file + ": " + std::strerror(errno)}});
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
      ::close(lock);
      return Error(ErrorCode::kConflict, {{"why", file + " is in use by another process"}});
    }
  }
  return std::unique_ptr<Store>(new SqliteStore(file, std::move(options), lock));
}

}  // namespace anlan
