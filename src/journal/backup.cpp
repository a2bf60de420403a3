#include "journal/backup.h"

#include "journal/attachments.h"

namespace anlan {
namespace {

struct Column {
  std::string name, type;
};

std::vector<std::string> tables_of(Reader& reader, bool sqlite) {
  std::vector<std::string> names;
  reader.query(sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                      : "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name",
               {}, [&](const Row& row) { names.push_back(row.str(0)); });
  return names;
}

std::vector<Column> columns_of(Reader& reader, const std::string& table, bool sqlite) {
  std::vector<Column> columns;
  reader.query(sqlite ? "SELECT name, type FROM pragma_table_info(?) ORDER BY cid"
                      : "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position",
               {Arg(table)}, [&](const Row& row) { columns.push_back({row.str(0), row.str(1)}); });
  return columns;
}

Arg arg_of(const Row& row, int at, const std::string& type, std::string& bytes) {
  if (row.is_null(at)) return nullptr;
  if (type == "BIGINT" || type == "bigint" || type == "INTEGER") return row.integer(at);
  if (type == "REAL" || type == "double precision") return row.real(at);
  bytes = type == "BLOB" || type == "bytea" ? row.bytes(at) : row.text(at);
  return type == "BLOB" || type == "bytea" ? Arg::bytes(bytes) : Arg(bytes);
}

}  // namespace

Result<int64_t> copy_tables(Store& from, Store& to) {
  const bool sqlite = from.name() == "SQLite";
  TRY(source, from.connect());
  TRY(target, to.connect());
  source->begin_read();
  int64_t rows = 0;
  for (const auto& table : tables_of(*source, sqlite)) {
    const auto columns = columns_of(*source, table, sqlite);
    std::string names, marks;
    for (const auto& c : columns) {
      names += (names.empty() ? "" : ", ") + c.name;
      marks += marks.empty() ? "?" : ", ?";
    }
    const std::string insert = "INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ")";
    target->begin();
    target->execute("DELETE FROM " + table);
    std::vector<std::string> bytes(columns.size());
    source->query("SELECT " + names + " FROM " + table, {}, [&](const Row& row) {
      std::vector<Arg> args;
      args.reserve(columns.size());
      for (size_t i = 0; i < columns.size(); ++i) args.push_back(arg_of(row, static_cast<int>(i), columns[i].type, bytes[i]));
      target->execute(insert, args);
      ++rows;
    });
    TRY_VOID(target->commit());
  }
  const auto failure = source->failure();
  source->rollback();
  if (failure) return *failure;
  return rows;
}

Result<int64_t> copy_files(Reader& reader, const Disk& from, Disk& to) {
  int64_t copied = 0;
  auto copy = [&](const std::string& path) -> Result<void> {
    if (to.exists(path)) return {};
    TRY(bytes, from.read(path));
    TRY_VOID(to.write(path, bytes));
    ++copied;
    return {};
  };
  std::optional<Error> failure;
  reader.query("SELECT body FROM facts WHERE body LIKE '%\"________________________________________________________________\"%' ORDER BY seq", {}, [&](const Row& row) {
    const auto body = row.text(0);
    for (size_t at = body.find('"'); at != std::string_view::npos && !failure; at = body.find('"', at + 1)) {
      if (at + 66 > body.size() || body[at + 65] != '"' || !Attachments::is_hash(body.substr(at + 1, 64))) continue;
      if (auto done = copy(Attachments::path_of(std::string(body.substr(at + 1, 64)))); !done) failure = done.error();
    }
  });
  if (failure) return *failure;
  if (from.exists("node.key")) TRY_VOID(copy("node.key"));
  return copied;
}

}  // namespace anlan
