// verify, replay, backup, restore: what works on a store from outside.
#include <cstdio>
#include <filesystem>

#include "anlan/commands.h"
#include "base/real_ports.h"
#include "journal/backup.h"
#include "journal/chain.h"
#include "journal/replay.h"
#include "loop/node.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

Result<void> must_be_empty(const std::string& folder) {
  std::error_code ec;
  if (fs::exists(folder, ec) && !fs::is_empty(folder, ec)) return Error(ErrorCode::kConflict, {{"why", folder + " is not empty"}});
  fs::create_directories(folder, ec);
  return {};
}

Result<void> must_exist(const Config& config) {
  if (config.store.empty() && !fs::exists(store_of(config))) return Error(ErrorCode::kNotFound, {{"what", store_of(config)}});
  return {};
}

}  // namespace

std::string store_of(const Config& config) { return config.store.empty() ? config.data + "/anlan.db" : config.store; }

Result<void> verify(const Config& config, bool tables) {
  TRY_VOID(must_exist(config));
  TRY(store, open_store(store_of(config), false));
  TRY(reader, store->connect());
  SystemDisk disk(config.data);
  Attachments attachments(disk);
  reader->begin_read();
  const auto result = verify_chain(*reader, &attachments, [](int64_t n) { std::printf("%lld facts …\n", static_cast<long long>(n)); });
  if (!result.ok) return Error(ErrorCode::kCorrupt, {{"what", "journal"}, {"why", result.problem}});
  std::printf("%lld facts, chain intact, head %s\n", static_cast<long long>(result.facts), result.head.c_str());
  if (!tables) return {};

  const std::string scratch = config.data + "/verify-" + std::to_string(::getpid());
  TRY_VOID(must_be_empty(scratch));
  std::string difference;
  {
    TRY(copy, open_store(scratch + "/anlan.db"));
    TRY(replayed, copy->connect());
    TRY(n, replay(*reader, *replayed, fact_catalogue(), node_migrations(), attachments, kNever));
    (void)n;
    difference = compare_tables(*reader, *replayed, fact_tables());
  }
  fs::remove_all(scratch);
  if (!difference.empty()) return Error(ErrorCode::kCorrupt, {{"what", "tables"}, {"why", difference}});
  std::printf("%zu tables equal their replay\n", fact_tables().size());
  return {};
}

Result<void> replay_store(const Config& config, const std::string& until, const std::string& into) {
  TRY_VOID(must_exist(config));
  UtcTime time = kNever;
  if (!until.empty()) {
    const auto parsed = parse_iso8601(until);
    if (!parsed) return Error(ErrorCode::kInvalidField, {{"field", "--until"}, {"why", until + " is not like 2026-11-21T19:05:32+08:00"}});
    time = *parsed;
  }
  TRY_VOID(must_be_empty(into));
  TRY(store, open_store(store_of(config), false));
  TRY(reader, store->connect());
  SystemDisk disk(config.data);
  Attachments attachments(disk);
  TRY(target_store, open_store(into + "/anlan.db"));
  TRY(target, target_store->connect());
  reader->begin_read();
  TRY(n, replay(*reader, *target, fact_catalogue(), node_migrations(), attachments, time));
  SystemDisk target_disk(into);
  TRY(files, copy_files(*target, disk, target_disk));
  std::printf("%lld facts replayed into %s, %lld files\n", static_cast<long long>(n), into.c_str(), static_cast<long long>(files));
  return {};
}

Result<void> backup(const Config& config, const std::string& folder) {
  TRY_VOID(must_exist(config));
  TRY_VOID(must_be_empty(folder));
  TRY(store, open_store(store_of(config), false));
  TRY(copy, open_store(folder + "/anlan.db"));
  TRY(made, copy->connect());
  TRY_VOID(migrate(*made, node_migrations()));
  TRY(rows, copy_tables(*store, *copy));
  SystemDisk disk(config.data), target(folder);
  TRY(files, copy_files(*made, disk, target));
  std::printf("%lld rows and %lld files copied to %s\n", static_cast<long long>(rows), static_cast<long long>(files), folder.c_str());
  return {};
}

Result<void> restore(const Config& config, const std::string& folder) {
  if (!fs::exists(folder + "/anlan.db")) return Error(ErrorCode::kNotFound, {{"what", folder + "/anlan.db"}});
  TRY_VOID(must_be_empty(config.data));
  TRY(from, open_store(folder + "/anlan.db", false));
  TRY(to, open_store(store_of(config)));
  TRY(made, to->connect());
  TRY_VOID(migrate(*made, node_migrations()));
  if (made->integer("SELECT COUNT(*) FROM facts").value_or(0) > 0) return Error(ErrorCode::kConflict, {{"why", "the store is not empty"}});
  TRY(rows, copy_tables(*from, *to));
  SystemDisk disk(folder), target(config.data);
  TRY(files, copy_files(*made, disk, target));
  const auto result = verify_chain(*made, nullptr);
  if (!result.ok) return Error(ErrorCode::kCorrupt, {{"what", "backup"}, {"why", result.problem}});
  std::printf("%lld rows and %lld files restored, chain intact\n", static_cast<long long>(rows), static_cast<long long>(files));
  return {};
}

}  // namespace anlan
