// One suite for both stores, then the journal on top of each of them.
#include <gmock/gmock.h>

#include "journal/journal_rig.h"
#include "journal/replay.h"

namespace anlan {
namespace {

class StoreSuite : public JournalRig {};

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
  const auto result = verify_chain(*c, &attachments);
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
      {"link to the fact before", "UPDATE facts SET previous = 1 WHERE seq = 10", 10},
      {"link of a first fact", "UPDATE facts SET previous = 1 WHERE seq = 2", 2},
      {"last fact about a subject", "UPDATE subjects SET last = last - 3 WHERE subject = 'bump:n1'", 0},
      {"subject dropped", "DELETE FROM subjects WHERE subject = 'bump:n1'", 0},
      {"subject made up", "INSERT INTO subjects (subject, last) VALUES ('bump:n9', 20)", 0},
      {"time of a batch", "UPDATE batches SET at = at + 1 WHERE first = 12", 12},
      {"batch dropped", "DELETE FROM batches WHERE first = 13", 13},
      {"batch too long", "UPDATE batches SET last = 21 WHERE last = 20", 0},
      {"batch inside another", "INSERT INTO batches (first, last, at) VALUES (0, 3, 0)", 0},
      {"batch made up", "INSERT INTO batches (first, last, at) VALUES (21, 21, 0)", 0},
  };
  auto c = connection();
  for (const auto& t : cases) {
    c->begin();
    c->execute(t.sql);
    const auto result = verify_chain(*c, &attachments);
    EXPECT_FALSE(result.ok) << t.what;
    EXPECT_EQ(result.bad_seq, t.names) << t.what << ": " << result.problem;
    c->rollback();
  }
  EXPECT_TRUE(verify_chain(*c, &attachments).ok);
}

TEST_P(StoreSuite, ReplayRebuildsTheTablesAtAnyTime) {
  for (int i = 1; i <= 30; ++i) {
    clock.at = UtcTime{1'000'000 + i * 1000};
    ASSERT_TRUE(bump("n" + std::to_string(i % 4), i));
  }
  FactCatalogue catalogue;
  catalogue.add<CounterBumped>();
  auto from = connection();

  auto whole_store = open_sqlite(place.folder() + "/replayed.db");
  ASSERT_TRUE(whole_store);
  auto whole = std::move(*(*whole_store)->connect());
  const auto n = replay(*from, *whole, catalogue, migrations, attachments, kNever);
  ASSERT_TRUE(n) << n.error().describe();
  EXPECT_EQ(*n, 30);
  EXPECT_EQ(compare_tables(*from, *whole, {"bumps"}), "");

  auto part_store = open_sqlite(place.folder() + "/part.db");
  auto part = std::move(*(*part_store)->connect());
  const auto m = replay(*from, *part, catalogue, migrations, attachments, UtcTime{1'010'500});
  ASSERT_TRUE(m);
  EXPECT_EQ(*m, 10);
  EXPECT_EQ(part->integer("SELECT SUM(total) FROM bumps"), 55);
  EXPECT_TRUE(verify_chain(*part, nullptr).ok);
}

TEST_P(StoreSuite, OneProcessOnly) {
  const auto second = open_store(place.where());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
}

TEST_P(StoreSuite, AttachmentsAreCheckedAgainstTheirName) {
  auto hash = attachments.put("some bytes");
  ASSERT_TRUE(hash);
  EXPECT_EQ(**attachments.get(*hash), "some bytes");
  ASSERT_TRUE(disk.write(Attachments::path_of(*hash), "some bytez"));
  Attachments fresh(disk);
  EXPECT_EQ(fresh.get(*hash).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(fresh.get(std::string(64, 'a')).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(fresh.get("../../etc/passwd").error().code, ErrorCode::kNotFound);
}

TEST(FactBody, IsReadAsItWasWritten) {
  for (const double d : {102.75000000000003, 35.842100000000002, 0.1 + 0.2, 1e-300, -1.7976931348623157e308, 5e-324, 100.0, -0.0}) {
    const auto text = json::serialize(json::array{d, {{"a", d}}});
    const auto parsed = parse_fact_body(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->at(0).as_double(), d) << text;
    EXPECT_EQ(json::serialize(*parsed), text);
  }
  const char* all = R"({"n":null,"t":true,"i":-9223372036854775808,"u":18446744073709551615,"s":"积石山\n\u0000\"","o":{},"a":[[],{"x":[1]}]})";
  EXPECT_EQ(*parse_fact_body(all), *parse_json(all));
  for (const char* bad : {"", "{", "[1,]", "{} x", "\"\xff\"", "01"}) EXPECT_FALSE(parse_fact_body(bad)) << bad;
  EXPECT_FALSE(parse_fact_body(std::string(40, '[') + std::string(40, ']')));
}

TEST_P(StoreSuite, ReplayRefusesAStoreThatLacksAFact) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(bump("a", i));
  FactCatalogue catalogue;
  catalogue.add<CounterBumped>();
  const auto replayed = [&](const char* tampering) {
    auto from = connection();
    from->begin();
    from->execute(tampering);
    auto target = open_sqlite(":memory:", {.lock = false}).value();
    auto to = target->connect().value();
    const auto n = replay(*from, *to, catalogue, migrations, attachments, kNever);
    from->rollback();
    return n;
  };
  EXPECT_TRUE(replayed("UPDATE facts SET body = body"));
  EXPECT_EQ(replayed("DELETE FROM facts WHERE seq = 3").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(replayed("UPDATE facts SET at = at + 1 WHERE seq = 2").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(replayed("ALTER TABLE facts RENAME COLUMN actor TO actors").error().code, ErrorCode::kCorrupt) << "it cannot be read at all";
}

TEST_P(StoreSuite, TablesAreComparedByValueInAnyOrder) {
  ASSERT_TRUE(bump("b_c", 3));
  ASSERT_TRUE(bump("bC", 20));
  ASSERT_TRUE(bump("Ba", 10'000'000));
  auto live = connection();
  auto other = open_sqlite(":memory:", {.lock = false}).value();
  auto copy = other->connect().value();
  ASSERT_TRUE(migrate(*copy, migrations));
  copy->begin();
  live->query("SELECT name, total, mean, changed FROM bumps", {}, [&](const Row& row) {
    copy->execute("INSERT INTO bumps (name, total, mean, changed) VALUES (?, ?, ?, ?)", {row.text(0), row.integer(1), row.real(2), row.integer(3)});
  });
  ASSERT_TRUE(copy->commit());
  EXPECT_EQ(compare_tables(*live, *copy, {"bumps"}), "");
  for (const char* change : {"UPDATE bumps SET mean = mean + 0.0000000001 WHERE name = 'b_c'", "UPDATE bumps SET mean = NULL WHERE name = 'bC'", "DELETE FROM bumps WHERE name = 'Ba'"}) {
    copy->begin();
    copy->execute(change);
    EXPECT_NE(compare_tables(*live, *copy, {"bumps"}), "") << change;
    copy->rollback();
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreSuite, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
