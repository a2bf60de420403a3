// Backups: a store and its files, copied into a folder while the node works, and brought back.
//
// A backup is a folder with
//   anlan.db      every table, as one snapshot, in a SQLite file, whichever store it came from
//   files/…       the attachments that its facts name
//   node.key      the key of the answer links
//   backup.json   written last: what the copy holds and the digests of anlan.db and node.key
//
// So a copy that was interrupted is no backup, and a damaged one is noticed before anything is written.
#pragma once

#include <string>

#include "base/json.h"
#include "journal/migrations.h"

namespace anlan {

struct BackupManifest {
  int64_t format = 1;
  UtcTime made_at;
  int64_t facts = 0;
  std::string head;            // of the chain, hexadecimal
  int64_t rows = 0;            // of all tables
  int64_t files = 0;           // attachments
  std::string store_digest;    // SHA-256 over the SHA-256 of each MiB of anlan.db
  std::string node_key_digest; // SHA-256; "" without a key
};
BOOST_DESCRIBE_STRUCT(BackupManifest, (), (format, made_at, facts, head, rows, files, store_digest, node_key_digest))

// Copies `store` and the files below `data` into the new or empty `folder`, verifies the copy's chain and attachments,
// and describes it. The store may be of an older program than this one; the copy then is too. Whatever fails leaves the
// folder empty. Errors: kConflict (not empty; a newer store), kCorrupt (the store itself is damaged), kDiskFull.
// O(rows), one row in memory.
Result<BackupManifest> make_backup(Store& store, const std::string& data, const std::string& folder,
                                   const std::vector<Migration>& migrations, UtcTime now);

// Brings a backup into `store`, which must hold no facts, and its files into `data`; then migrates the store to this
// program. The backup is checked whole first, and the tables come in one transaction: whatever fails leaves the store
// without facts. Errors: kNotFound (no backup), kCorrupt (damaged: what), kConflict (the store holds facts, or `data`
// another node's key). On SQLite it takes twice the room of the store until it is done.
Result<BackupManifest> restore_backup(const std::string& folder, Store& store, const std::string& data,
                                      const std::vector<Migration>& migrations);

// A store that came out of a backup (restore_backup marks it) or a replay says so until it takes the place of the
// original: two nodes that both go on with the same open rounds would call everybody twice.
void mark_copy(Tables& tables, const std::string& origin);
std::optional<std::string> copy_origin(Reader& reader);
Result<void> take_over(Connection& connection);

// Copies the attachments that the facts in `reader` name, each checked against its name, and the node's key. What is
// there already stays. Returns how many were copied.
Result<int64_t> copy_files(Connection& reader, const std::string& from, const std::string& to);

}  // namespace anlan
