// The schema, as an ordered list of steps per module; forward only. A step, once released, is never edited.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "journal/store.h"

namespace anlan {

struct Migration {
  std::string_view name;  // unique, e.g. "calls-1"; the order is the order of the list
  std::string_view ddl;   // statements separated by ';', in the words of store.h
};

// The journal's own tables.
std::vector<Migration> journal_migrations();

// Runs, in one transaction, what the store has not yet run. kConflict when the store is newer than this program.
Result<void> migrate(Connection& connection, const std::vector<Migration>& migrations);

// The same inside a transaction that the caller has begun and ends.
Result<void> migrate_within(Connection& connection, const std::vector<Migration>& migrations);

// The steps of `migrations` that the store has run. kConflict when it has run others too.
Result<std::vector<Migration>> steps_done(Connection& connection, const std::vector<Migration>& migrations);

}  // namespace anlan
