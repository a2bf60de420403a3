#include <libpq-fe.h>

#include <charconv>
#include <cstring>
#include <unordered_map>

#include "base/hash.h"
#include "journal/store.h"

namespace anlan {
namespace {

// Statements waiting in the pipeline before their results are collected: bounds what the server buffers for us.
constexpr int kPipelineMax = 512;
constexpr int64_t kAdvisoryLock = 0x416e6c616e;  // "Anlan"

struct FreeResult {
  void operator()(PGresult* r) const { PQclear(r); }
};
using PgResult = std::unique_ptr<PGresult, FreeResult>;

Error error_of(const char* state, std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  if (state && std::strcmp(state, "53100") == 0) return Error(ErrorCode::kDiskFull);
  return Error(ErrorCode::kStoreUnavailable, {{"why", "PostgreSQL: " + message}});
}

class PgRow final : public Row {
 public:
  PgRow(const PGresult* r, int row) : r_(r), row_(row) {}
  int columns() const override { return PQnfields(r_); }
  bool is_null(int c) const override { return PQgetisnull(r_, row_, c); }
  int64_t integer(int c) const override {
    int64_t v = 0;
    const auto t = text(c);
    std::from_chars(t.data(), t.data() + t.size(), v);
    return v;
  }
  double real(int c) const override {
    double v = 0;
    const auto t = text(c);
    std::from_chars(t.data(), t.data() + t.size(), v);
    return v;
  }
  std::string_view text(int c) const override {
    return {PQgetvalue(r_, row_, c), static_cast<size_t>(PQgetlength(r_, row_, c))};
  }
  std::string_view bytes(int c) const override {
    // Text form "\x0a0b": decoded once per access.
    const auto t = text(c);
    decoded_.clear();
    for (size_t i = 2; i + 1 < t.size(); i += 2) {
      auto nibble = [](char h) { return h <= '9' ? h - '0' : h - 'a' + 10; };
      decoded_ += static_cast<char>(nibble(t[i]) << 4 | nibble(t[i + 1]));
    }
    return decoded_;
  }

 private:
  const PGresult* r_;
  int row_;
  mutable std::string decoded_;
};

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

// Executes are sent down the pipeline without waiting; a query or the commit collects what came before it.
class PgConnection final : public Connection {
 public:
  explicit PgConnection(PGconn* c) : c_(c) { PQenterPipelineMode(c_); }
  ~PgConnection() override { PQfinish(c_); }

  void query(std::string_view sql, std::span<const Arg> args, const std::function<void(const Row&)>& each) override {
    if (!send(sql, args)) return;
    collect(&each);
  }

  void execute(std::string_view sql, std::span<const Arg> args) override {
    if (!send(sql, args)) return;
    if (waiting_ >= kPipelineMax) collect(nullptr);
  }

  void begin() override { start("BEGIN"); }
  void begin_read() override { start("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }

  Result<void> commit() override {
    if (send("COMMIT", {})) collect(nullptr);
    if (!failure_) return {};
    const Error error = *failure_;
    rollback();
    return error;
  }

  void rollback() override {
    if (waiting_) collect(nullptr);
    failure_.reset();
    if (PQstatus(c_) == CONNECTION_BAD) {
      reconnect();
    } else if (PQtransactionStatus(c_) != PQTRANS_IDLE) {
      if (send("ROLLBACK", {})) collect(nullptr);
      failure_.reset();
    }
  }

  std::optional<Error> failure() const override { return failure_; }

 private:
  void reconnect() {
    PQreset(c_);
    prepared_.clear();
    PQenterPipelineMode(c_);
  }

  void start(std::string_view sql) {
    failure_.reset();
    if (PQstatus(c_) == CONNECTION_BAD) reconnect();
    if (send(sql, {})) collect(nullptr);
  }

  void fail() {
    if (!failure_) failure_ = error_of(nullptr, PQerrorMessage(c_));
  }

  bool send(std::string_view sql, std::span<const Arg> args) {
    if (failure_) return false;
    auto it = prepared_.find(sql);
    if (it == prepared_.end()) {
      std::string text, name = "s" + std::to_string(named_++);
      int n = 0;
      bool quoted = false;
      for (char ch : in_dialect(sql, Dialect::kPostgres)) {
        if (ch == '\'') quoted = !quoted;
        if (ch == '?' && !quoted) text += "$" + std::to_string(++n);
        else text += ch;
      }
      CHECK_MSG(n == static_cast<int>(args.size()), sql);
      if (!PQsendPrepare(c_, name.c_str(), text.c_str(), 0, nullptr)) {
        fail();
        return false;
      }
      ++waiting_;
      it = prepared_.emplace(std::string(sql), name).first;
    }
    values_.assign(args.size(), nullptr);
    lengths_.assign(args.size(), 0);
    formats_.assign(args.size(), 0);
    texts_.resize(args.size());
    for (size_t i = 0; i < args.size(); ++i) {
      const auto& a = args[i];
      char buffer[40];
      switch (a.kind) {
        case Arg::Kind::kNull: continue;
        case Arg::Kind::kInteger: {
          const auto end = std::to_chars(buffer, buffer + sizeof buffer, a.integer).ptr;
          texts_[i].assign(buffer, end);
          break;
        }
        case Arg::Kind::kReal: {
          const auto end = std::to_chars(buffer, buffer + sizeof buffer, a.real).ptr;
          texts_[i].assign(buffer, end);
          break;
        }
        case Arg::Kind::kText: texts_[i].assign(a.text); break;
        case Arg::Kind::kBytes:
          texts_[i].assign(a.text);
          formats_[i] = 1;
          break;
      }
      values_[i] = texts_[i].c_str();
      lengths_[i] = static_cast<int>(texts_[i].size());
    }
    if (!PQsendQueryPrepared(c_, it->second.c_str(), static_cast<int>(args.size()), values_.data(), lengths_.data(),
                             formats_.data(), 0)) {
      fail();
      return false;
    }
    ++waiting_;
    return true;
  }

  // Waits for everything sent so far. The rows of the last statement go to `each`.
  void collect(const std::function<void(const Row&)>* each) {
    if (!PQpipelineSync(c_)) {
      fail();
      waiting_ = 0;
      return;
    }
    PgResult last;
    while (true) {
      PgResult r(PQgetResult(c_));
      if (!r) {
        if (PQstatus(c_) == CONNECTION_BAD) {
          fail();
          break;
        }
        continue;  // between two statements
      }
      const auto status = PQresultStatus(r.get());
      if (status == PGRES_PIPELINE_SYNC) break;
      if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        last = std::move(r);
      } else if (status == PGRES_FATAL_ERROR && !failure_) {
        failure_ = error_of(PQresultErrorField(r.get(), PG_DIAG_SQLSTATE), PQresultErrorMessage(r.get()));
      }
    }
    waiting_ = 0;
    // A failed statement may have swallowed prepares behind it: prepare anew, under names never used before.
    if (failure_) prepared_.clear();
    if (!each || failure_ || !last || PQresultStatus(last.get()) != PGRES_TUPLES_OK) return;
    for (int i = 0; i < PQntuples(last.get()); ++i) (*each)(PgRow(last.get(), i));
  }

  PGconn* c_;
  size_t named_ = 0;
  int waiting_ = 0;
  std::unordered_map<std::string, std::string, Hash, std::equal_to<>> prepared_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::vector<std::string> texts_;
  std::optional<Error> failure_;
};

Result<PGconn*> open_connection(const std::string& url) {
  PGconn* c = PQconnectdb(url.c_str());
  if (PQstatus(c) != CONNECTION_OK) {
    const Error error = error_of(nullptr, PQerrorMessage(c));
    PQfinish(c);
    return error;
  }
  PQsetNoticeProcessor(c, [](void*, const char*) {}, nullptr);
  PgResult(PQexec(c, "SET standard_conforming_strings = on"));
  return c;
}

class PostgresStore final : public Store {
 public:
  PostgresStore(std::string url, PGconn* keeper) : url_(std::move(url)), keeper_(keeper) {}
  ~PostgresStore() override { PQfinish(keeper_); }

  Result<std::unique_ptr<Connection>> connect() override {
    TRY(c, open_connection(url_));
    return std::unique_ptr<Connection>(new PgConnection(c));
  }
  void maintain() override {}  // autovacuum does it
  std::string_view name() const override { return "PostgreSQL"; }

 private:
  std::string url_;
  PGconn* keeper_;  // holds the advisory lock
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const std::string& url, bool lock) {
  TRY(keeper, open_connection(url));
  if (!lock) return std::unique_ptr<Store>(new PostgresStore(url, keeper));
  // The server notices a little late that the last holder is gone, above all after a crash: it is given a moment.
  const PgResult patience(PQexec(keeper, "SET lock_timeout = '3s'"));
  const PgResult r(PQexec(keeper, ("SELECT pg_advisory_lock(" + std::to_string(kAdvisoryLock) + ")").c_str()));
  if (PQresultStatus(r.get()) != PGRES_TUPLES_OK) {
    const char* state = PQresultErrorField(r.get(), PG_DIAG_SQLSTATE);
    const bool held = state && std::strcmp(state, "55P03") == 0;  // lock_not_available
    const std::string why = held ? "the database is in use by another process" : PQerrorMessage(keeper);
    PQfinish(keeper);
    return Error(held ? ErrorCode::kConflict : ErrorCode::kStoreUnavailable, {{"why", why}});
  }
  return std::unique_ptr<Store>(new PostgresStore(url, keeper));
}

}  // namespace anlan
