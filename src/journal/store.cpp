#include "journal/store.h"

#include <array>

namespace anlan {

std::optional<int64_t> Reader::integer(std::string_view sql, std::initializer_list<Arg> args) {
  std::optional<int64_t> value;
  query(sql, args, [&](const Row& row) {
    if (!value) value = row.maybe(0);
  });
  return value;
}

std::optional<std::string> Reader::text(std::string_view sql, std::initializer_list<Arg> args) {
  std::optional<std::string> value;
  query(sql, args, [&](const Row& row) {
    if (!value && !row.is_null(0)) value = row.str(0);
  });
  return value;
}

Result<std::unique_ptr<Store>> open_store(const std::string& where, bool lock) {
  if (where.starts_with("postgresql://") || where.starts_with("postgres://")) return open_postgres(where, lock);
  return open_sqlite(where, {.lock = lock});
}

std::string in_dialect(std::string_view ddl, Dialect dialect) {
  struct Word {
    std::string_view word, sqlite, postgres;
  };
  static constexpr std::array<Word, 4> kWords{{{"$ID", "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"},
                                               {"$BLOB", "BLOB", "BYTEA"},
                                               {"$REAL", "REAL", "DOUBLE PRECISION"},
                                               {"$CLUSTERED", "WITHOUT ROWID", ""}}};
  std::string out(ddl);
  for (const auto& w : kWords)
    for (size_t at; (at = out.find(w.word)) != std::string::npos;)
      out.replace(at, w.word.size(), dialect == Dialect::kSqlite ? w.sqlite : w.postgres);
  return out;
}

}  // namespace anlan
