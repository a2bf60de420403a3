// Rebuilding a store from its facts.
#pragma once

#include <vector>

#include "journal/attachments.h"
#include "journal/fact.h"
#include "journal/migrations.h"

namespace anlan {

// Appends the facts of `from` up to and including the last one recorded at or before `until` to the empty store `to`
// and applies them, verifying the chain on the way. Returns how many. O(facts).
Result<int64_t> replay(Reader& from, Connection& to, const FactCatalogue& catalogue,
                       const std::vector<Migration>& migrations, const Attachments& attachments, UtcTime until);

// Compares the named tables row by row, also between SQLite and PostgreSQL. Returns the first difference in words, or ""
// when they are equal. The caller asks the connections whether they could read all of it. O(rows) in memory.
std::string compare_tables(Reader& a, Reader& b, const std::vector<std::string>& tables);

}  // namespace anlan
