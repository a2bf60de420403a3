// Backups of a store that is written to, brought back on either store; damaged ones.
#include "journal/backup.h"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "journal/chain.h"
#include "journal/journal_rig.h"
#include "journal/replay.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Backup : public JournalRig {
 protected:
  const std::string folder = place.folder() + "/backup";

  // Facts, two of them with attachments, a key, and something that is no attachment of ours.
  void fill() {
    ASSERT_TRUE(disk.write("node.key", std::string(32, 'k')));
    for (int i = 1; i <= 30; ++i) ASSERT_TRUE(bump("n" + std::to_string(i % 7), i, i % 3 ? "" : "key" + std::to_string(i), i % 10 ? "" : attachments.put("photo " + std::to_string(i)).value()));
    ASSERT_TRUE(attachments.put("nobody names me"));
  }
  Result<BackupManifest> back_up() { return make_backup(*store, place.folder(), folder, migrations, clock.at); }
  // A damaged copy is refused with a line that names what is damaged, and leaves nothing.
  void expect_refused(const std::string& what) {
    const ScratchStore to(GetParam());
    {
      auto target = to.open();
      const auto restored = restore_backup(folder, *target, to.folder(), migrations);
      ASSERT_FALSE(restored) << what;
      EXPECT_THAT(restored.error().describe(), HasSubstr(what));
      auto c = target->connect().value();
      EXPECT_FALSE(c->integer("SELECT COUNT(*) FROM facts")) << "not even the schema";
    }
    EXPECT_FALSE(fs::exists(to.folder() + "/files"));
    EXPECT_FALSE(fs::exists(to.folder() + "/node.key"));
  }
  void flip(const std::string& file, int64_t at) {
    std::fstream f(file, std::ios::binary | std::ios::in | std::ios::out);
    f.seekg(at < 0 ? static_cast<int64_t>(fs::file_size(file)) + at : at);
    const auto position = f.tellg();
    const char c = static_cast<char>(f.get() ^ 0x10);
    f.seekp(position);
    f.put(c);
    ASSERT_TRUE(f.good());
  }
};

TEST_P(Backup, ComesBackWholeOnBothStores) {
  fill();
  const auto made = back_up();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->facts, 30);
  EXPECT_EQ(made->files, 3);
  for (const char* kind : {"sqlite", "postgres"}) {
    const ScratchStore to(kind);
    if (!to.why_not().empty()) continue;
    auto target = to.open();
    const auto restored = restore_backup(folder, *target, to.folder(), migrations);
    ASSERT_TRUE(restored) << restored.error().describe();
    EXPECT_EQ(to_json(*restored), to_json(*made));
    SystemDisk files(to.folder());
    const Attachments theirs(files);
    auto live = connection(), copy = target->connect().value();
    EXPECT_EQ(copy_origin(*live), std::nullopt);
    EXPECT_EQ(copy_origin(*copy), "backup of " + to_iso8601(made->made_at, 0)) << "it calls nobody until it takes over";
    ASSERT_TRUE(take_over(*copy));
    const auto chain = verify_chain(*copy, &theirs);
    EXPECT_TRUE(chain.ok) << chain.problem;
    EXPECT_EQ(chain.head, made->head);
    EXPECT_EQ(compare_tables(*live, *copy, {"bumps", "counters", "requests", "meta", "migrations"}), "");
    EXPECT_EQ(files.read("node.key").value(), std::string(32, 'k'));
    EXPECT_EQ(files.list("files").size(), 3u) << "what no fact names stays behind";
    // It goes on where the backup was made.
    auto writer = Writer::open(target->connect().value(), clock, attachments).value();
    EXPECT_EQ(writer->seq(), 30);
  }
}

TEST_P(Backup, IsOneMomentOfAStoreThatIsWrittenTo) {
  fill();
  std::atomic<bool> stop{false};
  std::atomic<int64_t> acknowledged{30};
  std::thread writing([&] {
    for (int i = 0; !stop; ++i) {
      const auto photo = i % 5 ? std::string() : attachments.put("later " + std::to_string(i)).value();
      for (int n = 0; n < 10; ++n) writer->submit(bump_command("w" + std::to_string(n), i, "", photo, [&](const Result<Answer>& a) { acknowledged += a.ok(); }));
      writer->run_batch();
    }
  });
  while (acknowledged < 200) std::this_thread::yield();
  const int64_t before = acknowledged;
  const auto made = back_up();
  const int64_t after = acknowledged;
  stop = true;
  writing.join();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_GE(made->facts, before);
  EXPECT_LE(made->facts, after + 10);
  EXPECT_EQ(made->facts % 10, 0) << "a batch is in it or not";

  const ScratchStore to(GetParam());
  auto target = to.open();
  ASSERT_TRUE(restore_backup(folder, *target, to.folder(), migrations));
  SystemDisk files(to.folder());
  const Attachments theirs(files);
  auto copy = target->connect().value();
  EXPECT_TRUE(verify_chain(*copy, &theirs).ok);
  // The tables are those of the same moment.
  FactCatalogue catalogue;
  catalogue.add<CounterBumped>();
  auto scratch = open_sqlite(":memory:", {.lock = false}).value();
  auto replayed = scratch->connect().value();
  ASSERT_TRUE(replay(*copy, *replayed, catalogue, migrations, theirs, kNever));
  EXPECT_EQ(compare_tables(*copy, *replayed, {"bumps"}), "");
}

TEST_P(Backup, OfAnOlderSchemaIsMigratedWhenItComesBack) {
  fill();
  auto later = migrations;
  later.push_back({"test-later", "ALTER TABLE bumps ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"});
  // The newer program makes the backup before the upgrade, and brings it back.
  const auto made = make_backup(*store, place.folder(), folder, later, clock.at);
  ASSERT_TRUE(made) << made.error().describe();
  const ScratchStore to(GetParam());
  auto target = to.open();
  const auto restored = restore_backup(folder, *target, to.folder(), later);
  ASSERT_TRUE(restored) << restored.error().describe();
  auto c = target->connect().value();
  EXPECT_EQ(c->integer("SELECT COUNT(*) FROM bumps WHERE note = 'none'"), 7);
  EXPECT_EQ(steps_done(*c, later)->size(), later.size());
  // A backup of the newer program is nothing for the older one.
  const ScratchStore old(GetParam());
  fs::remove_all(folder);
  ASSERT_TRUE(make_backup(*target, to.folder(), folder, later, clock.at));
  auto old_store = old.open();
  EXPECT_THAT(restore_backup(folder, *old_store, old.folder(), migrations).error().describe(), HasSubstr("newer Anlan (test-later)"));
}

TEST_P(Backup, NeverOverwritesFacts) {
  fill();
  ASSERT_TRUE(back_up());
  const auto head = verify_chain(*connection(), nullptr).head;
  auto onto_itself = restore_backup(folder, *store, place.folder(), migrations);
  ASSERT_FALSE(onto_itself);
  EXPECT_EQ(onto_itself.error().code, ErrorCode::kConflict);
  EXPECT_THAT(onto_itself.error().describe(), HasSubstr("holds facts"));
  EXPECT_EQ(verify_chain(*connection(), &attachments).head, head);

  const ScratchStore to(GetParam());
  auto target = to.open();
  ASSERT_TRUE(migrate(*target->connect().value(), migrations));
  SystemDisk files(to.folder());
  ASSERT_TRUE(files.write("node.key", std::string(32, 'x')));
  EXPECT_THAT(restore_backup(folder, *target, to.folder(), migrations).error().describe(), HasSubstr("another node"));
  ASSERT_TRUE(files.remove("node.key"));
  EXPECT_TRUE(restore_backup(folder, *target, to.folder(), migrations)) << "a schema without facts is an empty store";
}

TEST_P(Backup, ACopyKnowsThatItIsOne) {
  auto c = connection();
  EXPECT_EQ(copy_origin(*c), std::nullopt);
  c->begin();
  mark_copy(*c, "replay until noon");
  mark_copy(*c, "replay");
  ASSERT_TRUE(c->commit());
  EXPECT_EQ(copy_origin(*c), "replay");
  ASSERT_TRUE(take_over(*c));
  EXPECT_EQ(copy_origin(*c), std::nullopt);
}

TEST_P(Backup, GoesIntoAnEmptyFolderOnly) {
  fill();
  ASSERT_TRUE(back_up());
  const auto again = back_up();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(fs::exists(folder + "/backup.json"));
}

TEST_P(Backup, OfADamagedStoreIsRefusedAndLeavesAnEmptyFolder) {
  fill();
  const std::string photo = Attachments::path_of(attachments.put("photo 20").value());
  ASSERT_TRUE(disk.write(photo, "photo 21"));
  EXPECT_THAT(back_up().error().describe(), HasSubstr(photo));
  EXPECT_TRUE(fs::is_empty(folder));
  ASSERT_TRUE(disk.remove(photo));
  EXPECT_THAT(back_up().error().describe(), HasSubstr(photo + " why=it is missing"));
  ASSERT_TRUE(attachments.put("photo 20"));
  auto c = connection();
  c->begin();
  c->execute("UPDATE facts SET actor = 'somebody' WHERE seq = 12");
  ASSERT_TRUE(c->commit());
  EXPECT_THAT(back_up().error().describe(), HasSubstr("fact 12"));
  EXPECT_TRUE(fs::is_empty(folder));
  c->begin();
  c->execute("UPDATE facts SET actor = 'tester' WHERE seq = 12");
  ASSERT_TRUE(c->commit());
  EXPECT_TRUE(back_up());
}

TEST_P(Backup, DamagedIsRefusedWhole) {
  fill();
  const auto made = back_up();
  ASSERT_TRUE(made);
  const std::string db = folder + "/anlan.db";
  for (const int64_t at : {int64_t{0}, int64_t{4096}, static_cast<int64_t>(fs::file_size(db)) / 2, int64_t{-1}}) {
    flip(db, at);
    expect_refused(db);
    flip(db, at);
  }
  const auto size = fs::file_size(db);
  fs::resize_file(db, size - 4096);
  expect_refused(db);
  fs::resize_file(db, 0);
  expect_refused(db);
  fs::remove(db);
  expect_refused(db);

  fs::remove_all(folder);
  ASSERT_TRUE(back_up());
  const std::string photo = folder + "/" + Attachments::path_of(attachments.put("photo 10").value());
  flip(photo, 0);
  expect_refused("attachment");
  fs::remove(photo);
  expect_refused("attachment");
  ASSERT_TRUE(SystemDisk(folder).write(Attachments::path_of(attachments.put("photo 10").value()), "photo 10"));
  flip(folder + "/node.key", 3);
  expect_refused("node.key");
  flip(folder + "/node.key", 3);

  const std::string manifest = folder + "/backup.json";
  fs::rename(manifest, manifest + ".gone");
  expect_refused("unfinished");
  std::ofstream(manifest) << "{\"format\":1";
  expect_refused("backup.json");
  fs::rename(manifest + ".gone", manifest);
  const ScratchStore to(GetParam());
  auto target = to.open();
  const auto restored = restore_backup(folder, *target, to.folder(), migrations);
  EXPECT_TRUE(restored) << restored.error().describe();
}

TEST_P(Backup, ThatFailsHalfWayLeavesNothing) {
  fill();
  ASSERT_TRUE(back_up());
  // The third attachment cannot be written: a file stands where its folder should be.
  const ScratchStore to(GetParam());
  std::vector<std::string> paths;
  for (const char* text : {"photo 10", "photo 20", "photo 30"}) paths.push_back(Attachments::path_of(attachments.put(text).value()));
  SystemDisk files(to.folder());
  ASSERT_TRUE(files.write(paths[2].substr(0, 8), "in the way"));
  auto target = to.open();
  ASSERT_FALSE(restore_backup(folder, *target, to.folder(), migrations));
  EXPECT_FALSE(files.exists(paths[0]));
  EXPECT_FALSE(target->connect().value()->integer("SELECT COUNT(*) FROM facts"));
  ASSERT_TRUE(files.remove(paths[2].substr(0, 8)));
  const auto restored = restore_backup(folder, *target, to.folder(), migrations);
  EXPECT_TRUE(restored) << restored.error().describe();
}

INSTANTIATE_TEST_SUITE_P(Stores, Backup, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
