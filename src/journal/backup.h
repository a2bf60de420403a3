// Copies of a store and its files, taken while it is in use.
#pragma once

#include <string>

#include "base/ports.h"
#include "journal/store.h"

namespace anlan {

// Copies every table, as one snapshot of `from`, into the store `to`, whose schema must be the same and whose tables
// are emptied first. Works between SQLite and PostgreSQL in all four directions. O(rows).
Result<int64_t> copy_tables(Store& from, Store& to);

// Copies the attachments that the facts in `reader` name, and the node's key. Those that are there already stay.
Result<int64_t> copy_files(Reader& reader, const Disk& from, Disk& to);

}  // namespace anlan
