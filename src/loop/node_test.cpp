// A whole node on both stores: from the draft to the record, its backup, its schema.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/hash.h"
#include "calls/queries.h"
#include "calls/record.h"
#include "journal/backup.h"
#include "journal/chain.h"
#include "journal/facts_table.h"
#include "journal/replay.h"
#include "loop/node_rig.h"

namespace anlan {
namespace {

using testing::HasSubstr;

class WholeNode : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!t.place.why_not().empty()) GTEST_SKIP() << t.place.why_not();
    t.fill();
  }
  std::unique_ptr<Connection> reader() { return t.node->store().connect().value(); }
  CallRow call(int64_t seq) { return read_call(*reader(), RoundId{1}, seq).value(); }
  int64_t seq_of(int64_t person) {
    auto c = reader();
    return c->integer("SELECT MIN(id) FROM calls WHERE person = ?", {person}).value_or(0) % 16'777'216;
  }
  void report(int64_t seq, Outcome outcome) {
    t.node->caller().report({RoundId{1}, seq, call(seq).attempts, outcome});
    t.settle();
  }
  void answer(int64_t seq, const std::string& meaning, std::optional<int64_t> number = {}) {
    GiveAnswer g{RoundId{1}, seq, meaning, number};
    g.text = "已转移'?\\";
    g.lon = 102.75000000000003;
    g.lat = 35.0;
    ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return give_answer(r, t.node->pack(), g, now); }, "person:1"));
    t.settle();
  }
  // The chain holds, and a replay of the facts gives the tables as they are; on SQLite, and on the store itself.
  void expect_replay_equals(Store& live, Attachments& attachments) {
    auto from = live.connect().value();
    from->begin_read();
    const auto chain = verify_chain(*from, &attachments);
    EXPECT_TRUE(chain.ok) << chain.problem;
    EXPECT_GT(chain.facts, 10);
    for (const char* kind : {"sqlite", GetParam()}) {
      const ScratchStore scratch(kind);
      auto store = scratch.open();
      auto to = store->connect().value();
      const auto n = replay(*from, *to, fact_catalogue(), node_migrations(), attachments, kNever);
      ASSERT_TRUE(n) << n.error().describe();
      EXPECT_EQ(*n, chain.facts);
      EXPECT_EQ(compare_tables(*from, *to, fact_tables()), "") << "replayed into " << kind;
      EXPECT_FALSE(to->failure());
    }
    EXPECT_FALSE(from->failure());
    from->rollback();
  }

  NodeRig t{GetParam()};
};

TEST_P(WholeNode, FromDraftToRecord) {
  const auto id = t.draft();
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return submit_warning(r, t.node->pack(), id, true, "anlan", now); })->response, "{\"warning\":1}");
  EXPECT_EQ(t.run([&](Reader& r, UtcTime now) { return approve_warning(r, t.node->pack(), id, "account:1", "", "anlan", now); }).error().code, ErrorCode::kFourEyes);
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return approve_warning(r, t.node->pack(), id, "account:2", "同意", "anlan", now); }, "account:2"));
  t.settle();
  EXPECT_EQ(read_warning(*reader(), id)->state, WarningState::in_force);
  ASSERT_EQ(t.node->caller().open_rounds().size(), 1u);
  const auto ma = seq_of(3), li = seq_of(4), duty = seq_of(5);
  EXPECT_GE(t.channels["voice"]->placed.size(), 4u);

  report(li, Outcome::busy);
  answer(li, "moved", 31);
  report(duty, Outcome::answered);
  t.node->caller().answer_by_digit(RoundId{1}, duty, 1, {}, "voice");
  t.settle();
  EXPECT_EQ(call(li).state, CallState::answered);
  EXPECT_EQ(call(duty).state, CallState::answered);

  // Nobody answers for 马忠孝: his deputy is called, then his superior.
  t.pass(minutes(40));
  auto details = [&] {
    auto c = reader();
    return c->integer("SELECT COUNT(*) FROM call_links WHERE silent = ?", {call_key(RoundId{1}, ma)}).value_or(0);
  };
  EXPECT_GE(details(), 1);
  EXPECT_GT(reader()->integer("SELECT COUNT(*) FROM attempts").value_or(0), 8);

  // A restart in the middle goes on with the same board.
  BoardCounts before, after;
  t.node->caller().with_board(RoundId{1}, [&](const Board& b) { before = b.totals(); });
  t.close();
  t.open();
  t.node->caller().with_board(RoundId{1}, [&](const Board& b) { after = b.totals(); });
  EXPECT_EQ(before.answered, after.answered);
  EXPECT_EQ(before.due, after.due);
  EXPECT_EQ(before.people_moved, 31);
  EXPECT_EQ(after.people_moved, 31);
  EXPECT_EQ(round_totals(*reader(), RoundId{1}).people_moved, 31);

  // A change makes a new version and a new round; the cancel closes it.
  auto wider = t.content();
  wider.headline = "再次发布";
  wider.places.clear();
  wider.area = normalise({}, {{{102.8, 35.8}, 30}}).value();
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return change_warning(r, t.node->pack(), id, wider, "雨更大", false, "anlan", now); }));
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return approve_warning(r, t.node->pack(), id, "account:2", "", "anlan", now); }, "account:2"));
  t.settle();
  ASSERT_EQ(t.node->caller().open_rounds(), std::vector<RoundId>{RoundId{2}});
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return stop_round(r, RoundId{2}, "等一等"); }));
  t.pass(seconds(30));
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime now) { return resume_round(r, RoundId{2}, now); }));
  t.pass(minutes(2));
  ASSERT_TRUE(t.run([&](Reader& r, UtcTime) { return cancel_warning(r, id, "雨停"); }));
  t.settle();
  EXPECT_TRUE(t.node->caller().open_rounds().empty());

  auto c = reader();
  c->begin_read();
  const auto index = t.node->places().get();
  const RecordSource source{*c, t.node->pack(), t.node->directory(), index->places(), Language::kZh};
  const auto round = read_round(*c, RoundId{1}).value();
  const auto csv = record_csv(source, {}, round);
  ASSERT_TRUE(csv) << csv.error().describe();
  EXPECT_THAT(*csv, HasSubstr("马忠孝"));
  const auto pdf = record_pdf(source, {}, view_board(*ClosedBoards().get(*c, t.node->pack(), round), {}, [](PlaceCode) { return true; }));
  ASSERT_TRUE(pdf) << pdf.error().describe();
  EXPECT_TRUE(pdf->starts_with("%PDF"));
  c->rollback();

  expect_replay_equals(t.node->store(), t.node->attachments());
}

TEST_P(WholeNode, AKeyIsRememberedOverARestartAndForgottenAfterThreeDays) {
  const auto draft = [&] { return t.run([&](Reader& r, UtcTime now) { return draft_warning(r, t.node->pack(), WarningSource::drawn, t.content(), {}, now); }, "account:1", "k"); };
  EXPECT_EQ(draft()->response, "{\"warning\":1}");
  t.close();
  t.open();
  EXPECT_TRUE(draft()->repeated);
  t.pass(hours(1));
  t.clock.at = t.clock.at + hours(73);
  t.settle();
  EXPECT_EQ(draft()->response, "{\"warning\":2}");
}

TEST_P(WholeNode, ABackupOfTheWorkingNodeGoesOnElsewhere) {
  t.warn();
  answer(seq_of(4), "moved", 7);
  ASSERT_TRUE(t.disk.exists("node.key"));
  const std::string folder = t.place.folder() + "/backup";
  std::atomic<bool> stop{false};
  std::thread writing([&] {
    for (int i = 0; !stop; ++i) {
      PersonPatch p;
      p.name = "人员" + std::to_string(i);
      t.node->writer().submit({"account:1", "", "", [p](Reader& r, UtcTime) { return add_person(r, p); }, {}, {}});
      t.node->writer().run_batch();
    }
  });
  auto other = open_store(t.place.where(), false).value();  // as the command does, beside the server
  const auto made = make_backup(*other, t.place.folder(), folder, node_migrations(), t.clock.at);
  stop = true;
  writing.join();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_GE(made->files, 2) << "the places and the call list";

  for (const char* kind : {"sqlite", "postgres"}) {
    if (std::string(kind) == "postgres" && !ScratchStore(kind).why_not().empty()) continue;
    NodeRig copy(kind);
    EXPECT_FALSE(restore_backup(folder, copy.node->store(), copy.place.folder(), node_migrations())) << "the new node has a key of its own";
    copy.close();
    ASSERT_TRUE(copy.disk.remove("node.key"));
    {
      auto store = copy.place.open();
      const auto restored = restore_backup(folder, *store, copy.place.folder(), node_migrations());
      ASSERT_TRUE(restored) << restored.error().describe();
    }
    copy.open();
    EXPECT_EQ(copy.node->writer().seq(), made->facts);
    EXPECT_EQ(copy.node->links().token({RoundId{1}, 1}), t.node->links().token({RoundId{1}, 1})) << "links that were sent out still open";
    EXPECT_EQ(copy.node->caller().open_rounds().size(), 1u);
    copy.clock.at = t.clock.at;
    copy.pass(minutes(3));
    EXPECT_GT(copy.node->writer().seq(), made->facts) << "the round goes on";
    expect_replay_equals(copy.node->store(), copy.node->attachments());
  }
}

// --- The schema

// What was released is never edited: stores made with it exist. To change the schema, add a step (calls-2, …) behind it.
TEST(Schema, ReleasedStepsAreFrozen) {
  const std::map<std::string, std::string> frozen = {
      {"journal-1", "a4808a7237677d08"},  {"journal-2", "ff00d2f94d3b56e6"},  {"people-1", "5aebee0b56a1a339"},   {"records-1", "1ecd8ab0375d0a04"}, {"places-1", "ffe4a427a7196ef3"},
      {"accounts-1", "34286285c0dfbf68"}, {"warnings-1", "c272856919f89a3f"}, {"calls-1", "c61d64c04b57b984"}, {"calls-2", "b67365188d60ef59"},
      {"signals-1", "89ed5d958dad88ab"}, {"signals-2", "a8525ce6f5bb589d"}, {"signals-3", "cc9deff75288235f"}, {"signals-4", "4e93d3fafe1d54f3"},
      {"logistics-1", "6d11889cfde63f15"}, {"earthquakes-1", "8931d9c22383667d"}, {"positions-1", "676d4a5805b39fd0"},
  };
  std::map<std::string, std::string> found;
  for (const auto& step : node_migrations()) {
    std::string words;  // how it is laid out in the source does not matter
    for (const char c : step.ddl)
      if (!std::isspace(static_cast<unsigned char>(c))) words += c;
      else if (!words.empty() && words.back() != ' ') words += ' ';
    while (!words.empty() && words.back() == ' ') words.pop_back();
    ASSERT_TRUE(found.emplace(step.name, to_hex(sha256(words)).substr(0, 16)).second) << step.name << " twice";
  }
  for (const auto& [name, digest] : frozen) EXPECT_EQ(found[name], digest) << name << " was edited or removed";
  for (const auto& [name, digest] : found) EXPECT_TRUE(frozen.contains(name)) << "new step: add {\"" << name << "\", \"" << digest << "\"} when it is released";
}

// Everything of `live` that the first release of each module had a column for, in a store of that schema.
void copy_as_first_release(Connection& live, Connection& old) {
  std::vector<Migration> first;
  for (const auto& step : node_migrations())
    if (step.name.ends_with("-1")) first.push_back(step);
  ASSERT_TRUE(migrate(old, first));
  auto reference = open_sqlite(":memory:", {.lock = false}).value();
  auto schema = reference->connect().value();
  ASSERT_TRUE(migrate(*schema, first));
  std::vector<std::string> tables;
  schema->query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'", {}, [&](const Row& row) { tables.push_back(row.str(0)); });
  old.begin();
  for (const auto& table : tables) {
    std::vector<std::string> types;
    std::string columns, marks;
    schema->query("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", {Arg(table)}, [&](const Row& row) {
      columns += (types.empty() ? "" : ", ") + row.str(0);
      marks += types.empty() ? "?" : ", ?";
      types.push_back(row.str(1));
    });
    live.query("SELECT " + columns + " FROM " + table, {}, [&](const Row& row) {
      std::vector<std::string> texts(types.size());
      std::vector<Arg> args;
      for (size_t i = 0; i < types.size(); ++i) {
        const int c = static_cast<int>(i);
        texts[i] = types[i] == "BLOB" ? row.bytes(c) : row.text(c);
        args.push_back(row.is_null(c) ? Arg(nullptr) : types[i] == "BLOB" ? Arg::bytes(texts[i]) : types[i] == "TEXT" ? Arg(texts[i]) : types[i] == "REAL" ? Arg(row.real(c)) : Arg(row.integer(c)));
      }
      old.execute("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")", args);
    });
  }
  const auto copied = old.commit();
  ASSERT_TRUE(copied) << copied.error().describe();
  ASSERT_FALSE(live.failure());
}

TEST_P(WholeNode, AStoreOfTheFirstReleaseBecomesOneOfThisProgram) {
  const auto id = t.warn();
  answer(seq_of(4), "moved", 31);
  t.pass(minutes(10));
  const ScratchStore place(GetParam());
  auto live = reader();
  auto store = place.open();
  auto c = store->connect().value();
  copy_as_first_release(*live, *c);
  const auto migrated = migrate(*c, node_migrations());
  ASSERT_TRUE(migrated) << migrated.error().describe();
  EXPECT_EQ(steps_done(*c, node_migrations())->size(), node_migrations().size());
  const auto chain = verify_chain(*c, &t.node->attachments());
  EXPECT_TRUE(chain.ok) << chain.problem;
  EXPECT_EQ(chain.facts, t.node->writer().seq());
  EXPECT_EQ(read_warning(*c, id)->state, WarningState::in_force);
  std::vector<std::string> same = {"subjects"};
  for (const auto& table : fact_tables())
    if (table != "rounds") same.push_back(table);  // calls-2 cannot know who was told by a notice
  EXPECT_EQ(compare_tables(*live, *c, same), "");
  const auto links = [](Connection& from) {
    std::vector<int64_t> all;
    from.query("SELECT previous FROM facts ORDER BY seq", {}, [&](const Row& row) { all.push_back(row.integer(0)); });
    return all;
  };
  EXPECT_EQ(links(*c), links(*live)) << "each fact names the one before it about the same subject";
  EXPECT_EQ(last_fact_at(*c, t.clock.at), chain.facts);
  c.reset();

  // The node goes on with it: the round that was open, and the chain.
  static const Pack pack = load_pack("packs/cn").value();
  auto node = Node::open(t.node->settings(), pack, std::move(store), t.disk, t.clock, t.random).value();
  node->start();
  EXPECT_EQ(node->caller().open_rounds(), t.node->caller().open_rounds());
  node->writer().submit({"account:1", "", "", [&](Reader& r, UtcTime) { return cancel_warning(r, id, "雨停"); }, {}, {}});
  node->writer().run_batch();
  EXPECT_EQ(read_warning(*node->store().connect().value(), id)->state, WarningState::cancelled);
  EXPECT_TRUE(verify_chain(*node->store().connect().value(), nullptr).ok);
}

TEST_P(WholeNode, FactsOfTheFirstSchemaLiveUnderALaterOne) {
  const auto id = t.warn();
  answer(seq_of(4), "received");
  auto later = node_migrations();
  later.push_back({"warnings-later", "ALTER TABLE warnings ADD COLUMN signed_by TEXT; CREATE INDEX warnings_hazard ON warnings (hazard)"});
  later.push_back({"calls-later", "ALTER TABLE answers ADD COLUMN seen_at BIGINT; UPDATE answers SET seen_at = at"});
  const int64_t facts = t.node->writer().seq();
  auto live = reader();
  const ScratchStore copy_place("sqlite");
  {
    auto store = copy_place.open();
    auto to = store->connect().value();
    ASSERT_TRUE(replay(*live, *to, fact_catalogue(), node_migrations(), t.node->attachments(), kNever));
  }
  live.reset();
  t.close();

  auto store = t.place.open();
  auto c = store->connect().value();
  const auto migrated = migrate(*c, later);
  ASSERT_TRUE(migrated) << migrated.error().describe();
  EXPECT_EQ(verify_chain(*c, nullptr).facts, facts);
  EXPECT_EQ(read_warning(*c, id)->state, WarningState::in_force);
  EXPECT_EQ(c->integer("SELECT COUNT(*) FROM answers WHERE seen_at = at"), 1);
  auto before_store = copy_place.open();
  auto before = before_store->connect().value();
  EXPECT_EQ(compare_tables(*c, *before, {"persons", "phones", "posts", "records", "place_sets", "accounts", "counters", "cap_sources", "rounds", "calls", "attempts"}), "");
  c.reset();
  store.reset();

  // This program is now the older one: it says so and touches nothing.
  static const Pack pack = load_pack("packs/cn").value();
  const auto refused = Node::open({}, pack, t.place.open(), t.disk, t.clock, t.random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(sentence(refused.error(), Language::kEn), HasSubstr("newer Anlan (calls-later)"));
  EXPECT_THAT(sentence(refused.error(), Language::kZh), HasSubstr("更新版本"));
}

INSTANTIATE_TEST_SUITE_P(Stores, WholeNode, kStoreKinds, store_kind_name);

}  // namespace
}  // namespace anlan
