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
  )"}};
}

Result<void> migrate(Connection& connection, const std::vector<Migration>& migrations) {
  connection.begin();
  connection.execute("CREATE TABLE IF NOT EXISTS migrations (position BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  std::set<std::string> done;
  connection.query("SELECT name FROM migrations", {}, [&](const Row& row) { done.insert(row.str(0)); });
  int64_t position = static_cast<int64_t>(done.size());
  for (const auto& m : migrations) {
    if (done.erase(std::string(m.name))) continue;
    std::string_view rest = m.ddl;
    while (!rest.empty()) {
      const size_t end = rest.find(';');
      std::string_view statement = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      if (statement.find_first_not_of(" \n\t\r") == std::string_view::npos) continue;
      connection.execute(statement);
    }
    connection.execute("INSERT INTO migrations (position, name) VALUES (?, ?)", {position++, m.name});
  }
  if (!done.empty()) {
    connection.rollback();
    return Error(ErrorCode::kCorrupt, {{"what", "schema"}, {"why", "made by a newer Anlan: " + *done.begin()}});
  }
  return connection.commit();
}

}  // namespace anlan
