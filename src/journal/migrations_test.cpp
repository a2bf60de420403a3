// A store of an older program under a newer one, and the other way round.
#include "journal/migrations.h"

#include <gmock/gmock.h>

#include "journal/chain.h"
#include "journal/journal_rig.h"
#include "journal/replay.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class Migrations : public JournalRig {
 protected:
  std::vector<Migration> later() {
    auto list = migrations;
    // As a later version of two modules would: the journal's own step stands before those of other modules.
    list.insert(list.begin() + 1, {"journal-later", "CREATE INDEX facts_kind ON facts (kind, seq)"});
    list.push_back({"test-later", "ALTER TABLE bumps ADD COLUMN note TEXT NOT NULL DEFAULT 'none'; CREATE TABLE notes (id $ID, note TEXT NOT NULL, picture $BLOB); "
                              "INSERT INTO notes (id, note) SELECT changed, name FROM bumps WHERE name = 'n0'"});
    return list;
  }
  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> out;
    auto c = connection();
    c->query(sql, {}, [&](const Row& row) {
      std::string text;
      for (int i = 0; i < row.columns(); ++i) text += row.str(i) + "|";
      out.push_back(text);
    });
    EXPECT_FALSE(c->failure());
    return out;
  }
};

TEST_P(Migrations, ALaterSchemaKeepsFactsAndTables) {
  for (int i = 1; i <= 40; ++i) ASSERT_TRUE(bump("n" + std::to_string(i % 7), i, i % 2 ? "key" + std::to_string(i) : ""));
  const auto facts = rows("SELECT seq, at, kind, actor, subject, body FROM facts ORDER BY seq");
  const auto totals = rows("SELECT name, total, changed FROM bumps ORDER BY name");

  migrations = later();
  open();
  EXPECT_EQ(rows("SELECT seq, at, kind, actor, subject, body FROM facts ORDER BY seq"), facts);
  EXPECT_EQ(rows("SELECT name, total, changed FROM bumps ORDER BY name"), totals);
  EXPECT_EQ(rows("SELECT DISTINCT note FROM bumps"), std::vector<std::string>{"none|"});
  EXPECT_EQ(rows("SELECT note FROM notes"), std::vector<std::string>{"n0|"});
  EXPECT_EQ(rows("SELECT name FROM migrations ORDER BY position").size(), migrations.size());
  EXPECT_TRUE(verify_chain(*connection(), &attachments).ok);

  // The journal goes on: new facts, an old key answered as before.
  EXPECT_TRUE(bump("n1", 1, "key1")->repeated);
  ASSERT_TRUE(bump("n1", 5));
  open();
  EXPECT_EQ(verify_chain(*connection(), &attachments).facts, 41);

  // The migrated tables are what a replay under the new schema gives.
  FactCatalogue catalogue;
  catalogue.add<CounterBumped>();
  const ScratchStore elsewhere(GetParam());
  auto target = elsewhere.open();
  auto to = target->connect().value();
  const auto replayed = replay(*connection(), *to, catalogue, migrations, attachments, kNever);
  ASSERT_TRUE(replayed) << replayed.error().describe();
  EXPECT_EQ(compare_tables(*connection(), *to, {"bumps"}), "");
}

TEST_P(Migrations, ANewerStoreIsRefusedAndLeftAlone) {
  const auto old = migrations;
  migrations = later();
  open();
  ASSERT_TRUE(bump("a", 1));
  auto c = connection();
  auto older = old;
  older.push_back({"other-1", "CREATE TABLE others (id $ID)"});
  const auto refused = migrate(*c, older);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().describe(), HasSubstr("newer Anlan (journal-later)"));
  EXPECT_EQ(steps_done(*c, older).error().code, ErrorCode::kConflict);
  EXPECT_EQ(rows("SELECT name FROM migrations").size(), migrations.size()) << "nothing of the older program was added";
  EXPECT_EQ(total("a"), 1);
}

TEST_P(Migrations, AFaultyStepChangesNothing) {
  ASSERT_TRUE(bump("a", 1));
  auto list = later();
  list.push_back({"test-broken", "CREATE TABLE more (id $ID); INSERT INTO missing (id) VALUES (1)"});
  auto c = connection();
  EXPECT_FALSE(migrate(*c, list));
  EXPECT_EQ(rows("SELECT name FROM migrations").size(), migrations.size());
  EXPECT_FALSE(c->integer("SELECT note FROM bumps")) << "the good step before it is undone too";
  EXPECT_EQ(total("a"), 1);
  ASSERT_TRUE(migrate(*(c = connection()), later())) << "and can be run again";
}

TEST_P(Migrations, RunOnce) {
  ASSERT_TRUE(bump("n0", 1));
  migrations = later();
  open();
  open();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM notes"), std::vector<std::string>{"1|"});
  EXPECT_EQ(steps_done(*connection(), migrations)->size(), migrations.size());
}

INSTANTIATE_TEST_SUITE_P(Stores, Migrations, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
