// The small layer over the embedded store (SQLite) and the server store (PostgreSQL).
//
// SQL is portable: placeholders are `?`, and DDL uses these words, replaced per store:
//   $ID   the integer primary key      $BLOB  bytes      $REAL  double      $CLUSTERED  rows kept in key order
// All integers are BIGINT, all text TEXT.
//
// Errors inside a transaction are sticky: after the first, execute() does nothing and query() gives no rows; commit()
// rolls back and returns it. So whoever applies facts needs no error paths, and a full disk undoes a whole batch.
//
// A Connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/id.h"
#include "base/place_code.h"
#include "base/time.h"

namespace anlan {

// One bound value. Text and bytes are borrowed for the call.
struct Arg {
  enum class Kind : uint8_t { kNull, kInteger, kReal, kText, kBytes };
  Kind kind = Kind::kNull;
  int64_t integer = 0;
  double real = 0;
  std::string_view text;

  Arg(std::nullptr_t) {}
  Arg(int64_t v) : kind(Kind::kInteger), integer(v) {}
  Arg(int v) : kind(Kind::kInteger), integer(v) {}
  Arg(size_t v) : kind(Kind::kInteger), integer(static_cast<int64_t>(v)) {}
  Arg(bool v) : kind(Kind::kInteger), integer(v) {}
  Arg(double v) : kind(Kind::kReal), real(v) {}
  Arg(std::string_view v) : kind(Kind::kText), text(v) {}
  Arg(const std::string& v) : kind(Kind::kText), text(v) {}
  Arg(const char* v) : kind(Kind::kText), text(v) {}
  Arg(UtcTime v) : kind(Kind::kInteger), integer(v.ms) {}
  Arg(PlaceCode v) : kind(Kind::kInteger), integer(v.digits()) {}
  template <class Tag>
  Arg(Id<Tag> v) : kind(Kind::kInteger), integer(v.value) {}
  template <class T>
  Arg(const std::optional<T>& v) {
    if (v) *this = Arg(*v);
  }
  static Arg bytes(std::string_view v) {
    Arg a(nullptr);
    a.kind = Kind::kBytes;
    a.text = v;
    return a;
  }
};

// One row of a result; valid inside the callback. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual int columns() const = 0;
  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;  // 0 when null
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;   // "" when null
  virtual std::string_view bytes(int column) const = 0;
  UtcTime time(int column) const { return {integer(column)}; }
  std::optional<int64_t> maybe(int column) const {
    return is_null(column) ? std::nullopt : std::optional<int64_t>(integer(column));
  }
  std::string str(int column) const { return std::string(text(column)); }
};

// What queries and decide functions may do.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual void query(std::string_view sql, std::span<const Arg> args, const std::function<void(const Row&)>& each) = 0;
  void query(std::string_view sql, std::initializer_list<Arg> args, const std::function<void(const Row&)>& each) {
    query(sql, std::span<const Arg>(args.begin(), args.size()), each);
  }
  // The first column of the first row, or nothing.
  std::optional<int64_t> integer(std::string_view sql, std::initializer_list<Arg> args = {});
  std::optional<std::string> text(std::string_view sql, std::initializer_list<Arg> args = {});
};

// What apply functions may do besides.
class Tables : public Reader {
 public:
  virtual void execute(std::string_view sql, std::span<const Arg> args) = 0;
  void execute(std::string_view sql, std::initializer_list<Arg> args = {}) {
    execute(sql, std::span<const Arg>(args.begin(), args.size()));
  }
};

class Connection : public Tables {
 public:
  virtual void begin() = 0;         // a write transaction
  virtual void begin_read() = 0;    // a snapshot; several queries see the same state
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;
  virtual std::optional<Error> failure() const = 0;  // the sticky error
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // Housekeeping outside the commit path (SQLite: moves the write-ahead log into the file). Any thread, one at a time.
  virtual void maintain() = 0;
  virtual std::string_view name() const = 0;  // "SQLite", "PostgreSQL"
};

struct SqliteOptions {
  std::string vfs;              // empty: the operating system's files
  bool exclusive = false;       // one connection only (the simulator)
  bool lock = true;             // false: look into a store that another process has open
  int checkpoint_pages = 8192;  // maintain() acts beyond this much log
};
// The file is made when absent. One process only: kConflict when another holds it.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& file, SqliteOptions options = {});
// postgresql://… ; one process only (advisory lock).
Result<std::unique_ptr<Store>> open_postgres(const std::string& url, bool lock = true);

// postgresql:// opens the server store, anything else is the path of a SQLite file. lock as above.
Result<std::unique_ptr<Store>> open_store(const std::string& where, bool lock = true);

// Replaces $ID and the like; shared by the stores.
enum class Dialect { kSqlite, kPostgres };
std::string in_dialect(std::string_view ddl, Dialect dialect);

}  // namespace anlan
