// The simulated disk loses what a real one may lose, keeps what a real one keeps, and SQLite survives on it.
#include "simulation/sim_disk.h"

#include <gtest/gtest.h>

#include "journal/store.h"

namespace anlan {
namespace {

SqliteOptions on(const SimDisk& disk) {
  SqliteOptions options;
  options.vfs = disk.vfs_name();
  options.checkpoint_pages = 20;
  return options;
}

TEST(SimDisk, KeepsWhatIsSyncedAndMayLoseTheRest) {
  int kept = 0, lost = 0, torn = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SimDisk disk(seed);
    auto file = disk.open("f", true);
    ASSERT_EQ(disk.write_at(*file, 0, std::string(2 * SimDisk::kSector, 'a')), SimDisk::Fault::none);
    ASSERT_EQ(disk.sync(*file), SimDisk::Fault::none);
    ASSERT_EQ(disk.write_at(*file, 0, std::string(SimDisk::kSector, 'b')), SimDisk::Fault::none);
    disk.crash();
    const std::string after = disk.read("f").value();
    ASSERT_EQ(after.size(), 2 * SimDisk::kSector);
    EXPECT_EQ(after.substr(SimDisk::kSector), std::string(SimDisk::kSector, 'a'));
    const auto b = std::count(after.begin(), after.end(), 'b');
    (b == 0 ? lost : b == static_cast<std::ptrdiff_t>(SimDisk::kSector) ? kept : torn)++;
  }
  EXPECT_GT(kept, 40);
  EXPECT_GT(lost, 40);
  EXPECT_GT(torn, 10);
}

TEST(SimDisk, AFileOfThePortIsWholeOrAbsent) {
  for (int64_t n = 1; n <= 2; ++n) {
    SimDisk disk(7);
    disk.die_after(n);
    const bool written = disk.write("a", "first").ok() && disk.write("a", "second").ok();
    EXPECT_FALSE(written);
    disk.crash();
    const auto after = disk.read("a");
    if (n == 1) EXPECT_FALSE(after.ok());
    else EXPECT_EQ(after.value(), "first");
  }
}

TEST(SimDisk, SaysWhenItIsFull) {
  SimDisk disk(1);
  disk.set_capacity(100);
  EXPECT_TRUE(disk.write("a", std::string(90, 'x')).ok());
  const auto refused = disk.write("b", std::string(20, 'x'));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kDiskFull);
  EXPECT_TRUE(disk.write("a", std::string(95, 'y')).ok());
}

// The power fails at every single operation of a few transactions: a committed row is there, a row without commit not
// in part.
TEST(SimDisk, SqliteLosesNoCommitWhereverThePowerFails) {
  for (int64_t n = 1; n < 400; ++n) {
    SimDisk disk(static_cast<uint64_t>(n));
    int64_t committed = 0, tried = 0;
    {
      auto store = open_sqlite("t.db", on(disk)).value();
      auto c = store->connect().value();
      c->begin();
      c->execute("CREATE TABLE t (id $ID, text TEXT NOT NULL)");
      ASSERT_TRUE(c->commit().ok());
      disk.die_after(n);
      for (int i = 1; i <= 60 && !disk.dead(); ++i) {
        ++tried;
        c->begin();
        for (int k = 0; k < 2; ++k) c->execute("INSERT INTO t (text) VALUES (?)", {std::string(300, 'x')});
        if (c->commit().ok() && !disk.dead()) committed = i;
      }
    }
    disk.crash();
    auto store = open_sqlite("t.db", on(disk)).value();
    auto c = store->connect().value();
    c->begin_read();
    const auto rows = c->integer("SELECT COUNT(*) FROM t").value_or(-1);
    ASSERT_FALSE(c->failure()) << c->failure()->describe() << " at operation " << n;
    EXPECT_EQ(c->text("PRAGMA integrity_check").value_or(""), "ok");
    EXPECT_EQ(rows % 2, 0);
    EXPECT_GE(rows / 2, committed) << "at operation " << n;
    EXPECT_LE(rows / 2, tried);
  }
}

TEST(SimDisk, SeveralConnectionsShareOneStore) {
  SimDisk disk(3);
  auto store = open_sqlite("t.db", on(disk)).value();
  auto writer = store->connect().value(), reader = store->connect().value();
  writer->begin();
  writer->execute("CREATE TABLE t (id $ID)");
  ASSERT_TRUE(writer->commit().ok());
  reader->begin_read();
  EXPECT_EQ(reader->integer("SELECT COUNT(*) FROM t"), 0);
  writer->begin();
  writer->execute("INSERT INTO t (id) VALUES (1)");
  ASSERT_TRUE(writer->commit().ok());
  EXPECT_EQ(reader->integer("SELECT COUNT(*) FROM t"), 0);  // its snapshot
  reader->rollback();
  EXPECT_EQ(reader->integer("SELECT COUNT(*) FROM t"), 1);
}

}  // namespace
}  // namespace anlan
