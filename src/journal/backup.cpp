#include "journal/backup.h"

#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "base/real_ports.h"
#include "journal/attachments.h"
#include "journal/chain.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStoreFile = "anlan.db";
constexpr const char* kManifest = "backup.json";
constexpr const char* kKey = "node.key";
constexpr size_t kPieceBytes = 1 << 20;
constexpr int64_t kFormat = 1;

Error damaged(std::string what, std::string why) { return Error(ErrorCode::kCorrupt, {{"what", std::move(what)}, {"why", std::move(why)}}); }
Error conflict(std::string why) { return Error(ErrorCode::kConflict, {{"why", std::move(why)}}); }

// --- Tables

struct Column {
  std::string name, type;
};
struct Table {
  std::string name;
  std::vector<Column> columns;
};

// Of the SQLite side. A server's schema may hold tables of others, views for geographic programs for one.
std::vector<Table> tables_of(Reader& sqlite) {
  std::vector<Table> tables;
  sqlite.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", {}, [&](const Row& row) { tables.push_back({row.str(0), {}}); });
  for (auto& t : tables)
    sqlite.query("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", {Arg(t.name)}, [&](const Row& row) { t.columns.push_back({row.str(0), row.str(1)}); });
  return tables;
}

Arg arg_of(const Row& row, int at, const std::string& type, std::string& bytes) {
  if (row.is_null(at)) return nullptr;
  if (type == "BIGINT" || type == "INTEGER") return row.integer(at);
  if (type == "REAL") return row.real(at);
  const bool blob = type == "BLOB";
  bytes = blob ? row.bytes(at) : row.text(at);
  return blob ? Arg::bytes(bytes) : Arg(bytes);
}

// SQLite hands out rows one by one; PostgreSQL would send the whole table at once, so there a cursor stands between.
void each_row(Connection& from, bool sqlite, const std::string& table, const std::string& select, const std::function<void(const Row&)>& each) {
  if (sqlite) return from.query(select, {}, each);
  from.execute("DECLARE copy_" + table + " NO SCROLL CURSOR FOR " + select);
  const std::string fetch = "FETCH 10000 FROM copy_" + table;
  for (bool more = true; more;) {
    more = false;
    from.query(fetch, {}, [&](const Row& row) {
      more = true;
      each(row);
    });
  }
  from.execute("CLOSE copy_" + table);
}

// Both inside a transaction; the target's tables exist.
Result<int64_t> copy_tables(Connection& from, bool from_sqlite, Connection& to, const std::vector<Table>& tables) {
  int64_t rows = 0;
  for (const auto& table : tables) {
    std::string names, marks;
    for (const auto& c : table.columns) {
      names += (names.empty() ? "" : ", ") + c.name;
      marks += marks.empty() ? "?" : ", ?";
    }
    const std::string insert = "INSERT INTO " + table.name + " (" + names + ") VALUES (" + marks + ")";
    to.execute("DELETE FROM " + table.name);
    std::vector<std::string> bytes(table.columns.size());
    std::vector<Arg> args;
    each_row(from, from_sqlite, table.name, "SELECT " + names + " FROM " + table.name, [&](const Row& row) {
      args.clear();
      for (size_t i = 0; i < table.columns.size(); ++i) args.push_back(arg_of(row, static_cast<int>(i), table.columns[i].type, bytes[i]));
      to.execute(insert, args);
      ++rows;
    });
    if (const auto failure = from.failure()) return *failure;
    if (const auto failure = to.failure()) return *failure;
  }
  return rows;
}

// A store that cannot be read to its end must not pass for a short one.
Result<Verification> verified(Connection& connection, const Attachments* attachments, const std::string& what) {
  const auto result = verify_chain(connection, attachments);
  if (const auto failure = connection.failure()) return *failure;
  if (!result.ok) return damaged(what, result.problem);
  return result;
}

// --- Files

Result<std::string> file_digest(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(ErrorCode::kNotFound, {{"what", path}});
  std::string digests, piece(kPieceBytes, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    const auto digest = sha256(std::string_view(piece).substr(0, static_cast<size_t>(in.gcount())));
    digests.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  if (in.bad()) return Error(ErrorCode::kStoreUnavailable, {{"why", path}});
  return to_hex(sha256(digests));
}

Result<std::string> key_digest(const Disk& disk) {
  if (!disk.exists(kKey)) return std::string();
  TRY(key, disk.read(kKey));
  return to_hex(sha256(key));
}

// Copies what the facts name; `made` lists what was not there before, also when it fails.
Result<int64_t> copy_files(Connection& reader, const std::string& from, const std::string& to, std::vector<std::string>& made) {
  const SystemDisk source(from);
  SystemDisk target(to);
  int64_t copied = 0;
  auto copy = [&](const std::string& path, const std::string& hash) -> Result<void> {
    if (target.exists(path)) return {};
    auto bytes = source.read(path);
    if (!bytes) return bytes.error().code == ErrorCode::kNotFound ? damaged(path, "it is missing") : bytes.error();
    if (!hash.empty() && to_hex(sha256(*bytes)) != hash) return damaged(path, "its bytes do not match its name");
    TRY_VOID(target.write(path, *bytes));
    made.push_back(path);
    ++copied;
    return {};
  };
  std::optional<Error> failure;
  // '_' is any character: facts without a string of 64 are passed over by the store.
  reader.query("SELECT body FROM facts WHERE body LIKE '%\"________________________________________________________________\"%' ORDER BY seq", {}, [&](const Row& row) {
    const auto body = row.text(0);
    for (size_t at = body.find('"'); at != std::string_view::npos && !failure; at = body.find('"', at + 1)) {
      if (at + 66 > body.size() || body[at + 65] != '"' || !Attachments::is_hash(body.substr(at + 1, 64))) continue;
      const std::string hash(body.substr(at + 1, 64));
      if (auto done = copy(Attachments::path_of(hash), hash); !done) failure = done.error();
    }
  });
  if (failure) return *failure;
  if (const auto unread = reader.failure()) return *unread;
  if (source.exists(kKey)) TRY_VOID(copy(kKey, {}));
  return copied;
}

// --- The two directions

Result<BackupManifest> copy_into(Store& store, const std::string& data, const std::string& folder, const std::vector<Migration>& migrations, UtcTime now) {
  BackupManifest manifest;
  manifest.made_at = now;
  {
    TRY(from, store.connect());
    from->begin_read();
    TRY(steps, steps_done(*from, migrations));
    TRY(copy, open_sqlite(folder + "/" + kStoreFile, {.lock = false}));
    TRY(to, copy->connect());
    to->begin();
    TRY_VOID(migrate_within(*to, steps));
    TRY(rows, copy_tables(*from, store.name() == "SQLite", *to, tables_of(*to)));
    from->rollback();
    TRY_VOID(to->commit());
    std::vector<std::string> made;
    TRY(files, copy_files(*to, data, folder, made));
    SystemDisk disk(folder);
    const Attachments attachments(disk);
    TRY(chain, verified(*to, &attachments, "journal"));
    TRY(key, key_digest(disk));
    manifest.facts = chain.facts;
    manifest.head = chain.head;
    manifest.rows = rows;
    manifest.files = files - (key.empty() ? 0 : 1);
    manifest.node_key_digest = key;
  }  // the last connection closes and moves the log into the file
  TRY(digest, file_digest(folder + "/" + kStoreFile));
  manifest.store_digest = digest;
  TRY_VOID(SystemDisk(folder).write(kManifest, to_json(manifest) + "\n"));
  return manifest;
}

Result<BackupManifest> read_manifest(const std::string& folder) {
  std::error_code ec;
  if (!fs::is_directory(folder, ec)) return Error(ErrorCode::kNotFound, {{"what", folder}});
  const SystemDisk disk(folder);
  auto text = disk.read(kManifest);
  if (!text && text.error().code == ErrorCode::kNotFound) return Error(ErrorCode::kNotFound, {{"what", folder + "/" + kManifest + "（未完成的备份不能恢复 / an unfinished copy is no backup）"}});
  if (!text) return text.error();
  auto manifest = from_json_text<BackupManifest>(*text, kManifest);
  if (!manifest) return damaged(folder + "/" + kManifest, std::string(manifest.error().param("why")));
  if (manifest->format != kFormat) return conflict(folder + "：备份格式 " + std::to_string(manifest->format) + " / backup format");
  return manifest;
}

Result<void> check_files(const std::string& folder, const BackupManifest& manifest) {
  const std::string file = folder + "/" + kStoreFile;
  TRY(digest, file_digest(file));
  if (digest != manifest.store_digest) return damaged(file, "它与备份时不同 / it is not what was written");
  TRY(key, key_digest(SystemDisk(folder)));
  if (key != manifest.node_key_digest) return damaged(folder + "/" + kKey, "它与备份时不同 / it is not what was written");
  return {};
}

// Creates the backup's schema in a store without one; a store that has one must have the same, and no facts.
Result<void> prepare(Connection& to, const std::vector<Migration>& steps) {
  to.execute("CREATE TABLE IF NOT EXISTS migrations (position BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  const auto present = to.integer("SELECT COUNT(*) FROM migrations").value_or(0);
  if (present == 0) return migrate_within(to, steps);
  if (to.integer("SELECT COUNT(*) FROM facts").value_or(1) > 0) return conflict("数据库已有记录，不能覆盖 / the store holds facts: restore into an empty one");
  TRY(done, steps_done(to, steps));
  if (done.size() != steps.size()) return conflict("空库的结构与备份不同，请换一个全新的库 / the empty store has another schema: restore into a new one");
  return {};
}

Result<BackupManifest> bring_in(const std::string& folder, Store& store, const std::string& data, const std::vector<Migration>& migrations, std::vector<std::string>& made) {
  TRY(manifest, read_manifest(folder));
  TRY_VOID(check_files(folder, manifest));
  TRY(present_key, key_digest(SystemDisk(data)));
  if (!present_key.empty() && present_key != manifest.node_key_digest) return conflict(data + " 属于另一个节点 / belongs to another node");

  TRY(backup, open_sqlite(folder + "/" + kStoreFile, {.lock = false}));
  TRY(from, backup->connect());
  from->begin_read();
  SystemDisk disk(folder);
  const Attachments attachments(disk);
  TRY(chain, verified(*from, &attachments, folder));
  if (chain.facts != manifest.facts || chain.head != manifest.head) return damaged(folder, "backup.json");
  TRY(steps, steps_done(*from, migrations));

  TRY(to, store.connect());
  to->begin();
  TRY_VOID(prepare(*to, steps));
  TRY(rows, copy_tables(*from, true, *to, tables_of(*from)));
  if (rows != manifest.rows) return damaged(folder, "rows");
  TRY(copied, verified(*to, nullptr, "copy"));
  if (copied.head != manifest.head) return damaged("copy", "head");
  TRY_VOID(migrate_within(*to, migrations));
  TRY_VOID(copy_files(*from, folder, data, made));
  mark_copy(*to, "backup of " + to_iso8601(manifest.made_at, 0));
  TRY_VOID(to->commit());
  return manifest;
}

}  // namespace

Result<int64_t> copy_files(Connection& reader, const std::string& from, const std::string& to) {
  std::vector<std::string> made;
  return copy_files(reader, from, to, made);
}

Result<BackupManifest> make_backup(Store& store, const std::string& data, const std::string& folder, const std::vector<Migration>& migrations, UtcTime now) {
  std::error_code ec;
  if (fs::exists(folder, ec) && !fs::is_empty(folder, ec)) return conflict(folder + " 不是空文件夹 / is not empty");
  fs::create_directories(folder, ec);
  if (!ec) fs::permissions(folder, fs::perms::owner_all, ec);  // telephone numbers, password hashes and the key lie in it
  if (ec) return Error(ErrorCode::kStoreUnavailable, {{"why", folder + ": " + ec.message()}});
  auto manifest = copy_into(store, data, folder, migrations, now);
  if (!manifest)
    for (const auto& entry : fs::directory_iterator(folder, ec)) fs::remove_all(entry.path(), ec);
  return manifest;
}

Result<BackupManifest> restore_backup(const std::string& folder, Store& store, const std::string& data, const std::vector<Migration>& migrations) {
  std::vector<std::string> made;
  auto manifest = bring_in(folder, store, data, migrations, made);
  if (!manifest) {
    SystemDisk disk(data);
    for (const auto& path : made) (void)disk.remove(path);
  }
  return manifest;
}

void mark_copy(Tables& tables, const std::string& origin) {
  tables.execute("INSERT INTO meta (name, value) VALUES ('copy', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", {Arg(origin)});
}

std::optional<std::string> copy_origin(Reader& reader) { return reader.text("SELECT value FROM meta WHERE name = 'copy'"); }

Result<void> take_over(Connection& connection) {
  connection.begin();
  connection.execute("DELETE FROM meta WHERE name = 'copy'");
  return connection.commit();
}

}  // namespace anlan
