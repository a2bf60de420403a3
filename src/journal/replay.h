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

// Compares the tables that facts write (all but the journal's own and those named) row by row.
// Returns the first difference in words, or "" when they are equal.
std::string compare_tables(Reader& a, Reader& b, const std::vector<std::string>& tables);

}  // namespace anlan
