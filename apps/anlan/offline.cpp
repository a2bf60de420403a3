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

// Gone at the end, however it ends.
struct Scratch {
  std::string folder;
  ~Scratch() {
    std::error_code ignored;  // a leftover folder is harmless
    fs::remove_all(folder, ignored);
  }
};

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
  if (const auto failure = reader->failure()) return *failure;
  if (!result.ok) return Error(ErrorCode::kCorrupt, {{"what", "journal"}, {"why", result.problem}});
  std::printf("%lld facts, chain intact, head %s\n", static_cast<long long>(result.facts), result.head.c_str());
  if (!tables) return {};

  const Scratch scratch{config.data + "/verify-" + std::to_string(::getpid())};
  TRY_VOID(must_be_empty(scratch.folder));
  TRY(copy, open_store(scratch.folder + "/anlan.db"));
  TRY(replayed, copy->connect());
  TRY(n, replay(*reader, *replayed, fact_catalogue(), node_migrations(), attachments, kNever));
  (void)n;
  const auto difference = compare_tables(*reader, *replayed, fact_tables());
  for (const auto* c : {reader.get(), replayed.get()})
    if (const auto failure = c->failure()) return *failure;
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
  TRY_VOID(migrate(*target, node_migrations()));
  target->begin();
  mark_copy(*target, until.empty() ? "replay" : "replay until " + until);  // before it holds anything to go on with
  TRY_VOID(target->commit());
  reader->begin_read();
  TRY(n, replay(*reader, *target, fact_catalogue(), node_migrations(), attachments, time));
  TRY(files, copy_files(*target, config.data, into));
  std::printf("%lld facts replayed into %s, %lld files\n", static_cast<long long>(n), into.c_str(), static_cast<long long>(files));
  return {};
}

Result<void> backup(const Config& config, const std::string& folder) {
  TRY_VOID(must_exist(config));
  TRY(store, open_store(store_of(config), false));
  TRY(made, make_backup(*store, config.data, folder, node_migrations(), SystemClock().now()));
  std::printf("%lld facts in %lld rows and %lld files copied to %s, chain intact, head %s\n", static_cast<long long>(made.facts), static_cast<long long>(made.rows),
              static_cast<long long>(made.files), folder.c_str(), made.head.c_str());
  return {};
}

Result<void> restore(const Config& config, const std::string& folder) {
  std::error_code ec;
  const bool fresh = config.store.empty() && !fs::exists(store_of(config), ec);
  fs::create_directories(config.data, ec);
  const auto done = [&]() -> Result<void> {
    TRY(to, open_store(store_of(config)));
    TRY(made, restore_backup(folder, *to, config.data, node_migrations()));
    std::printf("%lld facts in %lld rows and %lld files of %s restored, chain intact\n", static_cast<long long>(made.facts), static_cast<long long>(made.rows),
                static_cast<long long>(made.files), to_iso8601(made.made_at, config.utc_offset_minutes).c_str());
    return {};
  }();
  if (!done && fresh)
    for (const char* end : {"", "-wal", "-shm", ".lock"}) fs::remove(store_of(config) + end, ec);
  return done;
}

}  // namespace anlan
