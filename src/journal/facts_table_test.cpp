#include <gmock/gmock.h>

#include "journal/facts_table.h"
#include "journal/journal_rig.h"
#include "journal/replay.h"

namespace anlan {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> about(Reader& reader, const std::string& subject) {
  std::vector<int64_t> seqs;
  reader.query(std::string(kFactsAbout) + "SELECT seq FROM about ORDER BY seq DESC", {Arg(subject)}, [&](const Row& row) { seqs.push_back(row.integer(0)); });
  return seqs;
}

class FactsTableSuite : public JournalRig {
 protected:
  void bump_at(int64_t ms, std::vector<const char*> names) {
    clock.at = UtcTime{ms};
    for (const auto* name : names) writer->submit(bump_command(name, 1, {}, {}, {}));
    while (writer->run_batch() > 0) {
    }
  }
};

TEST_P(FactsTableSuite, FactsAreFoundBySubjectAndTime) {
  bump_at(1'000, {"a", "b", "a"});
  bump_at(2'000, {"b"});
  open();  // what the writer kept in memory is gone
  bump_at(3'000, {"a", "c"});
  auto c = connection();
  EXPECT_THAT(about(*c, "bump:a"), ElementsAre(5, 3, 1));
  EXPECT_THAT(about(*c, "bump:b"), ElementsAre(4, 2));
  EXPECT_THAT(about(*c, "bump:c"), ElementsAre(6));
  EXPECT_THAT(about(*c, "bump:d"), ElementsAre());
  EXPECT_EQ(last_fact_about(*c, "bump:a"), 5);
  EXPECT_EQ(last_fact_about(*c, "bump:a", UtcTime{2'500}), 3);
  EXPECT_EQ(last_fact_about(*c, "bump:c", UtcTime{2'500}), 0);
  EXPECT_EQ(last_fact_at(*c, UtcTime{999}), 0);
  EXPECT_EQ(last_fact_at(*c, UtcTime{2'000}), 4);
  EXPECT_EQ(first_fact_at(*c, UtcTime{1'001}), 4);
  EXPECT_EQ(first_fact_at(*c, UtcTime{3'001}), std::nullopt);
}

TEST_P(FactsTableSuite, ABatchThatFailedLeavesNoTrace) {
  bump_at(1'000, {"a"});
  // A command that breaks the transaction of its batch: nothing of the batch has happened.
  writer->submit(bump_command("a", 1, {}, {}, {}));
  Command broken = bump_command("b", 1, {}, {}, {});
  broken.also = [](Tables& tables) { tables.execute("INSERT INTO bumps (name, total, changed) VALUES ('a', 1, 1)"); };
  writer->submit(std::move(broken));
  writer->run_batch();
  bump_at(2'000, {"a", "b"});
  auto c = connection();
  EXPECT_THAT(about(*c, "bump:a"), ElementsAre(2, 1));
  EXPECT_THAT(about(*c, "bump:b"), ElementsAre(3));
  EXPECT_EQ(c->integer("SELECT COUNT(*) FROM batches"), 2);
}

// A store of the first schema finds its facts after the second migration as one that was born with it.
TEST_P(FactsTableSuite, AnOldStoreIsIndexed) {
  bump_at(1'000, {"a", "b", "a"});
  bump_at(2'000, {"c", "a"});
  ScratchStore second(GetParam());
  ASSERT_TRUE(second.why_not().empty());
  const auto old_store = second.open();
  auto old = old_store->connect().value();
  auto steps = rig_migrations();
  std::erase_if(steps, [](const Migration& m) { return std::string_view(m.name) == "journal-2"; });
  ASSERT_TRUE(migrate(*old, steps));
  auto c = connection();
  old->begin();
  c->query("SELECT seq, at, kind, actor, place, subject, body, hash FROM facts ORDER BY seq", {}, [&](const Row& row) {
    old->execute("INSERT INTO facts (seq, at, kind, actor, place, subject, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 {row.integer(0), row.time(1), row.text(2), row.text(3), row.integer(4), row.text(5), row.text(6), Arg::bytes(row.bytes(7))});
  });
  ASSERT_TRUE(old->commit());
  const auto migrated = migrate(*old, rig_migrations());
  ASSERT_TRUE(migrated) << migrated.error().describe();
  EXPECT_EQ(compare_tables(*c, *old, {"facts", "subjects"}), "");
  EXPECT_EQ(last_fact_at(*old, UtcTime{1'500}), 3);
  EXPECT_EQ(first_fact_at(*old, UtcTime{1'500}), 4);
}

INSTANTIATE_TEST_SUITE_P(Stores, FactsTableSuite, testing::Values("sqlite", "postgres"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace anlan
