// One suite for both stores, then the journal on top of each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/real_ports.h"
#include "journal/replay.h"
#include "journal/temporary_postgres.h"
#include "journal/writer.h"

namespace anlan {
namespace {

struct CounterBumped {
  static constexpr std::string_view kKind = "CounterBumped";
  std::string name;
  int64_t by = 0;
};
BOOST_DESCRIBE_STRUCT(CounterBumped, (), (name, by))

void apply(Tables& tables, const CounterBumped& f, const FactHeader& h) {
  tables.execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
                 "total = bumps.total + excluded.total, changed = excluded.changed",
                 {Arg(f.name), f.by, h.at});
}

std::vector<Migration> test_migrations() {
  auto list = journal_migrations();
  list.push_back({"test-1", "CREATE TABLE bumps (name TEXT PRIMARY KEY, total BIGINT NOT NULL, changed BIGINT NOT NULL) $CLUSTERED"});
  return list;
}

class FixedClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'000'000};
};

class StoreSuite : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/anlan-test-XXXXXX";
    folder = ::mkdtemp(pattern);
    disk = std::make_unique<SystemDisk>(folder);
    attachments = std::make_unique<Attachments>(*disk);
    if (GetParam() == "postgres") {
      static std::string why;
      static auto cluster = TemporaryPostgres::start(why);
      if (!cluster) GTEST_SKIP() << why;
      url = cluster->new_database();
    }
    open();
  }
  void TearDown() override {
    writer.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    writer.reset();
    store.reset();
    auto opened = GetParam() == "postgres" ? open_postgres(url) : open_sqlite(folder + "/anlan.db");
    ASSERT_TRUE(opened) << opened.error().describe();
    store = std::move(*opened);
    auto c = store->connect();
    ASSERT_TRUE(c);
    auto migrated = migrate(**c, test_migrations());
    ASSERT_TRUE(migrated) << migrated.error().describe();
    auto w = Writer::open(std::move(*c), clock, *attachments);
    ASSERT_TRUE(w);
    writer = std::move(*w);
  }
  std::unique_ptr<Connection> connection() { return std::move(*store->connect()); }

  // Submits a bump and returns the answer after running the writer.
  Result<Answer> bump(const std::string& name, int64_t by, const std::string& key = {}) {
    std::optional<Result<Answer>> answer;
    writer->submit({"tester", key, std::to_string(by),
                    [=](Reader&, UtcTime) -> Result<Decision> {
                      if (by < 0) return Error(ErrorCode::kConflict, {{"why", "negative"}});
                      return Decision{{fact(CounterBumped{name, by}, "bump:" + name)}, "{\"by\":" + std::to_string(by) + "}"};
                    },
                    [&](const Result<Answer>& a) { answer.emplace(a); }});
    writer->run_batch();
    return *answer;
  }
  int64_t total(const std::string& name) {
    return connection()->integer("SELECT total FROM bumps WHERE name = ?", {Arg(name)}).value_or(-1);
  }

  std::string folder, url;
  FixedClock clock;
  std::unique_ptr<SystemDisk> disk;
  std::unique_ptr<Attachments> attachments;
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
};

TEST_P(StoreSuite, ValuesRoundTrip) {
  auto c = connection();
  c->begin();
  c->execute("CREATE TABLE t (id $ID, r $REAL, s TEXT, b $BLOB)");
  const std::string bytes("\0\x01\xff'", 4);
  c->execute("INSERT INTO t (id, r, s, b) VALUES (?, ?, ?, ?)", {INT64_MAX, 0.1, "积石山'?", Arg::bytes(bytes)});
  c->execute("INSERT INTO t (id, r, s, b) VALUES (?, ?, ?, ?)", {2, nullptr, "", nullptr});
  ASSERT_TRUE(c->commit());
  int rows = 0;
  c->query("SELECT id, r, s, b FROM t ORDER BY id DESC", {}, [&](const Row& row) {
    if (rows++ == 0) {
      EXPECT_EQ(row.integer(0), INT64_MAX);
      EXPECT_EQ(row.real(1), 0.1);
      EXPECT_EQ(row.text(2), "积石山'?");
      EXPECT_EQ(row.bytes(3), bytes);
    } else {
      EXPECT_TRUE(row.is_null(1));
      EXPECT_FALSE(row.is_null(2));
      EXPECT_TRUE(row.is_null(3));
    }
  });
  EXPECT_EQ(rows, 2);
}

TEST_P(StoreSuite, TheFirstErrorSticksAndUndoesTheTransaction) {
  auto c = connection();
  c->begin();
  c->execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?)", {"a", 1, 1});
  c->execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?)", {"a", 1, 1});
  c->execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?)", {"b", 1, 1});
  const auto committed = c->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kStoreUnavailable);
  EXPECT_EQ(total("a"), -1);
  // The connection is usable again.
  c->begin();
  c->execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?)", {"c", 7, 1});
  ASSERT_TRUE(c->commit());
  EXPECT_EQ(total("c"), 7);
}

TEST_P(StoreSuite, ReadersKeepTheirSnapshot) {
  ASSERT_TRUE(bump("a", 1));
  auto reader = connection();
  reader->begin_read();
  EXPECT_EQ(reader->integer("SELECT total FROM bumps WHERE name = 'a'"), 1);
  ASSERT_TRUE(bump("a", 1));
  EXPECT_EQ(reader->integer("SELECT total FROM bumps WHERE name = 'a'"), 1);
  reader->rollback();
  EXPECT_EQ(reader->integer("SELECT total FROM bumps WHERE name = 'a'"), 2);
}

TEST_P(StoreSuite, LongPipelinesAndQueriesInBetween) {
  auto c = connection();
  c->begin();
  for (int i = 0; i < 2'000; ++i) {
    c->execute("INSERT INTO bumps (name, total, changed) VALUES (?, ?, ?)", {std::to_string(i), i, 0});
    if (i % 700 == 0) EXPECT_EQ(c->integer("SELECT COUNT(*) FROM bumps"), i + 1);
  }
  ASSERT_TRUE(c->commit());
  EXPECT_EQ(c->integer("SELECT SUM(total) FROM bumps"), 1999 * 1000);
}

TEST_P(StoreSuite, AKeyIsAnsweredOnceAndRefusedForOtherWork) {
  auto first = bump("a", 5, "key-1");
  auto second = bump("a", 5, "key-1");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(first->repeated);
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(first->response, second->response);
  EXPECT_EQ(total("a"), 5);
  const auto other = bump("a", 6, "key-1");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kKeyReused);
}

TEST_P(StoreSuite, ARefusalInABatchLeavesTheOthersAlone) {
  std::vector<std::string> answers;
  for (int64_t by : {1, -1, 2})
    writer->submit({"tester", "", "",
                    [=](Reader& reader, UtcTime) -> Result<Decision> {
                      if (by < 0) return Error(ErrorCode::kConflict, {{"why", "negative"}});
                      // Later commands of a batch see what earlier ones did.
                      const auto before = reader.integer("SELECT total FROM bumps WHERE name = 'a'").value_or(0);
                      return Decision{{fact(CounterBumped{"a", by})}, std::to_string(before)};
                    },
                    [&](const Result<Answer>& a) { answers.push_back(a ? a->response : "refused"); }});
  EXPECT_EQ(writer->run_batch(), 3u);
  EXPECT_THAT(answers, testing::ElementsAre("0", "refused", "1"));
  EXPECT_EQ(total("a"), 3);
  EXPECT_EQ(writer->batches(), 1u);
}

TEST_P(StoreSuite, TheChainGoesOnAfterReopening) {
  ASSERT_TRUE(bump("a", 1));
  open();
  ASSERT_TRUE(bump("a", 1));
  auto c = connection();
  const auto result = verify_chain(*c, attachments.get());
  EXPECT_TRUE(result.ok) << result.problem;
  EXPECT_EQ(result.facts, 2);
}

TEST_P(StoreSuite, VerifyFindsEveryAlteredDroppedOrSwappedByte) {
  for (int i = 1; i <= 20; ++i) ASSERT_TRUE(bump("n" + std::to_string(i % 3), i));
  struct Tampering {
    const char* what;
    const char* sql;
    int64_t names;
  };
  const Tampering cases[] = {
      {"body byte", "UPDATE facts SET body = REPLACE(body, '\"by\":7', '\"by\":8') WHERE seq = 7", 7},
      {"body byte dropped", "UPDATE facts SET body = SUBSTR(body, 1, LENGTH(body) - 1) WHERE seq = 9", 9},
      {"actor", "UPDATE facts SET actor = 'Tester' WHERE seq = 3", 3},
      {"time", "UPDATE facts SET at = at + 1 WHERE seq = 20", 20},
      {"dropped", "DELETE FROM facts WHERE seq = 11", 11},
      {"last dropped", "DELETE FROM facts WHERE seq = 20", 20},
      {"swapped bodies", "UPDATE facts SET body = CASE seq WHEN 4 THEN (SELECT body FROM facts WHERE seq = 5) ELSE (SELECT body FROM facts WHERE seq = 4) END WHERE seq IN (4, 5)", 4},
      {"moved between fields", "UPDATE facts SET kind = kind || SUBSTR(actor, 1, 1), actor = SUBSTR(actor, 2) WHERE seq = 2", 2},
      {"place", "UPDATE facts SET place = 622927 WHERE seq = 6", 6},
      {"subject", "UPDATE facts SET subject = '' WHERE seq = 8", 8},
  };
  auto c = connection();
  for (const auto& t : cases) {
    c->begin();
    c->execute(t.sql);
    const auto result = verify_chain(*c, attachments.get());
    EXPECT_FALSE(result.ok) << t.what;
    EXPECT_EQ(result.bad_seq, t.names) << t.what << ": " << result.problem;
    c->rollback();
  }
  EXPECT_TRUE(verify_chain(*c, attachments.get()).ok);
}

TEST_P(StoreSuite, ReplayRebuildsTheTablesAtAnyTime) {
  for (int i = 1; i <= 30; ++i) {
    clock.at = UtcTime{1'000'000 + i * 1000};
    ASSERT_TRUE(bump("n" + std::to_string(i % 4), i));
  }
  FactCatalogue catalogue;
  catalogue.add<CounterBumped>();
  auto from = connection();

  auto whole_store = open_sqlite(folder + "/replayed.db");
  ASSERT_TRUE(whole_store);
  auto whole = std::move(*(*whole_store)->connect());
  const auto n = replay(*from, *whole, catalogue, test_migrations(), *attachments, kNever);
  ASSERT_TRUE(n) << n.error().describe();
  EXPECT_EQ(*n, 30);
  EXPECT_EQ(compare_tables(*from, *whole, {"bumps"}), "");

  auto part_store = open_sqlite(folder + "/part.db");
  auto part = std::move(*(*part_store)->connect());
  const auto m = replay(*from, *part, catalogue, test_migrations(), *attachments, UtcTime{1'010'500});
  ASSERT_TRUE(m);
  EXPECT_EQ(*m, 10);
  EXPECT_EQ(part->integer("SELECT SUM(total) FROM bumps"), 55);
  EXPECT_TRUE(verify_chain(*part, nullptr).ok);
}

TEST_P(StoreSuite, OneProcessOnly) {
  auto second = GetParam() == "postgres" ? open_postgres(url) : open_sqlite(folder + "/anlan.db");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

TEST_P(StoreSuite, AttachmentsAreCheckedAgainstTheirName) {
  auto hash = attachments->put("some bytes");
  ASSERT_TRUE(hash);
  EXPECT_EQ(**attachments->get(*hash), "some bytes");
  ASSERT_TRUE(disk->write(Attachments::path_of(*hash), "some bytez"));
  Attachments fresh(*disk);
  EXPECT_EQ(fresh.get(*hash).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(fresh.get(std::string(64, 'a')).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fresh.get("../../etc/passwd").error().code, ErrorCode::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreSuite, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace anlan
