#include "journal/migrations.h"

#include <set>

namespace anlan {

std::vector<Migration> journal_migrations() {
  return {{"journal-1", R"(
    CREATE TABLE facts (seq $ID, at BIGINT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, place BIGINT NOT NULL,
                        subject TEXT NOT NULL, body TEXT NOT NULL, hash $BLOB NOT NULL);
    CREATE INDEX facts_subject ON facts (subject, seq);
    CREATE INDEX facts_at ON facts (at);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) $CLUSTERED;
    CREATE TABLE requests (request_key TEXT PRIMARY KEY, at BIGINT NOT NULL, digest TEXT NOT NULL, response TEXT NOT NULL) $CLUSTERED;
    CREATE INDEX requests_at ON requests (at);
    CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL) $CLUSTERED
  )"},
          {"journal-2", R"(
    ALTER TABLE facts ADD COLUMN previous BIGINT NOT NULL DEFAULT 0;
    UPDATE facts SET previous = p.previous FROM (SELECT seq, COALESCE(LAG(seq) OVER (PARTITION BY subject ORDER BY seq), 0) AS previous
                                                 FROM facts WHERE subject <> '') AS p WHERE p.seq = facts.seq;
    CREATE TABLE subjects (subject TEXT PRIMARY KEY, last BIGINT NOT NULL) $CLUSTERED;
    INSERT INTO subjects (subject, last) SELECT subject, MAX(seq) FROM facts WHERE subject <> '' GROUP BY subject;
    DROP INDEX facts_subject;
    CREATE TABLE batches (first $ID, last BIGINT NOT NULL, at BIGINT NOT NULL);
    CREATE INDEX batches_at ON batches (at);
    INSERT INTO batches (first, last, at) SELECT seq, seq, at FROM facts;
    DROP INDEX facts_at
  )"}};
}

namespace {

Error newer(const std::string& step) {
  return Error(ErrorCode::kConflict, {{"why", "数据由更新版本的安澜写成（" + step + "），请换用该版本 / the store was written by a newer Anlan (" + step + "): use that version"}});
}

void run(Connection& connection, std::string_view ddl) {
  while (!ddl.empty()) {
    const size_t end = ddl.find(';');
    const std::string_view statement = ddl.substr(0, end);
    ddl = end == std::string_view::npos ? std::string_view() : ddl.substr(end + 1);
    if (statement.find_first_not_of(" \n\t\r") != std::string_view::npos) connection.execute(statement);
  }
}

}  // namespace

Result<void> migrate_within(Connection& connection, const std::vector<Migration>& migrations) {
  connection.execute("CREATE TABLE IF NOT EXISTS migrations (position BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  std::set<std::string> done;
  connection.query("SELECT name FROM migrations", {}, [&](const Row& row) { done.insert(row.str(0)); });
  if (const auto failure = connection.failure()) return *failure;
  int64_t position = static_cast<int64_t>(done.size());
  for (const auto& m : migrations) {
    if (done.erase(std::string(m.name))) continue;
    run(connection, m.ddl);
    connection.execute("INSERT INTO migrations (position, name) VALUES (?, ?)", {position++, m.name});
  }
  if (!done.empty()) return newer(*done.begin());
  return {};
}

Result<void> migrate(Connection& connection, const std::vector<Migration>& migrations) {
  connection.begin();
  if (auto done = migrate_within(connection, migrations); !done) {
    connection.rollback();
    return done.error();
  }
  return connection.commit();
}

Result<std::vector<Migration>> steps_done(Connection& connection, const std::vector<Migration>& migrations) {
  std::set<std::string> names;
  connection.query("SELECT name FROM migrations", {}, [&](const Row& row) { names.insert(row.str(0)); });
  if (const auto failure = connection.failure()) return *failure;
  std::vector<Migration> done;
  for (const auto& m : migrations)
    if (names.erase(std::string(m.name))) done.push_back(m);
  if (!names.empty()) return newer(*names.begin());
  return done;
}

}  // namespace anlan
