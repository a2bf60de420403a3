// What must hold in a SimWorld when everything has come to rest.
#include "journal/chain.h"
#include "journal/replay.h"
#include "simulation/sim_world.h"

namespace anlan {

void SimWorld::check_all() {
  if (!node_) start();
  if (!node_) return;
  check_finished();
  check_boards();
  check_requests();
  check_replay();
}

// The boards kept from facts equal those read from the tables.
void SimWorld::check_boards() {
  auto reader = node_->store().connect();
  if (!reader) return fail("no reader: " + reader.error().describe());
  for (const auto id : node_->caller().open_rounds())
    node_->caller().with_board(id, [&](const Board& live) {
      const auto row = read_round(**reader, id);
      if (!row) return fail("round " + std::to_string(id.value) + " has a board and no row");
      const Board loaded = Board::load(**reader, pack_, *row);
      const std::string where = "board of round " + std::to_string(id.value);
      if (live.slots().size() != loaded.slots().size()) return fail(where + ": another number of calls than the tables");
      for (size_t i = 0; i < live.slots().size(); ++i) {
        const auto &a = live.slots()[i], &b = loaded.slots()[i];
        if (std::tie(a.person, a.post, a.kind, a.state, a.step, a.attempts, a.meaning, a.attention, a.number) !=
            std::tie(b.person, b.post, b.kind, b.state, b.step, b.attempts, b.meaning, b.attention, b.number))
          return fail(where + ": call " + std::to_string(i + 1) + " is " + std::to_string(static_cast<int>(a.state)) + ", in the tables " +
                      std::to_string(static_cast<int>(b.state)));
        if (is_open(a.state) && (a.due != b.due || a.limit_at != b.limit_at)) return fail(where + ": call " + std::to_string(i + 1) + " has other deadlines than the tables");
      }
      if (!(live.totals() == loaded.totals())) fail(where + ": counts differ from the tables");
      for (const auto level : {PlaceLevel::kCounty, PlaceLevel::kTown, PlaceLevel::kVillage})
        for (const auto place : loaded.places(level, {}))
          if (!(live.counts(place) == loaded.counts(place))) fail(where + ": counts of " + place.text() + " differ from the tables");
    });
}

// What was acknowledged is there, once; what was not is there at most once.
void SimWorld::check_requests() {
  for (const auto& r : requests_) {
    if (r->tag.empty()) continue;
    const int n = witness_.count(r->tag);
    if (r->response && n == 0) fail("\"" + r->tag + "\" was acknowledged and is lost");
    if (n > 1) fail("\"" + r->tag + "\" happened " + std::to_string(n) + " times");
  }
}

void SimWorld::check_finished() {
  auto reader = node_->store().connect();
  if (!reader) return fail("no reader: " + reader.error().describe());
  auto& c = **reader;
  c.query("SELECT c.id, c.state, c.kind, c.due, c.limit_at, c.attempts, c.step FROM calls c JOIN rounds r ON r.id = c.id / 16777216 "
          "WHERE r.state < 3 AND r.mode = 0 AND c.state IN (0, 1, 2, 7) ORDER BY c.id", {}, [&](const Row& row) {
    fail("round " + std::to_string(row.integer(0) >> 24) + " call " + std::to_string(seq_of(row.integer(0))) + " never ends: state " +
         std::to_string(row.integer(1)) + ", due " + std::to_string((row.integer(3) - node_->clock().now().ms) / 1000) + " s, limit " +
         std::to_string(row.integer(4) ? (row.integer(4) - node_->clock().now().ms) / 1000 : 0) + " s, attempts " + std::to_string(row.integer(5)) +
         ", step " + std::to_string(row.integer(6)));
  });
  c.query("SELECT c.id, c.state FROM calls c JOIN rounds r ON r.id = c.id / 16777216 WHERE r.state = 3 AND c.state IN (0, 1, 2, 7) ORDER BY c.id", {},
          [&](const Row& row) {
    fail("round " + std::to_string(row.integer(0) >> 24) + " is closed, its call " + std::to_string(seq_of(row.integer(0))) + " is left in state " +
         std::to_string(row.integer(1)));
  });
  c.query("SELECT r.id FROM rounds r JOIN warnings w ON w.id = r.warning WHERE r.state < 3 AND r.mode = 0 AND (w.state <> 2 OR w.version > r.version)", {},
          [&](const Row& row) { fail("round " + std::to_string(row.integer(0)) + " is still open, its warning is not in force any more"); });
  c.query("SELECT w.id FROM warnings w WHERE w.state = 2 AND NOT EXISTS (SELECT 1 FROM rounds r WHERE r.warning = w.id AND r.version = w.version AND r.mode = 0)", {},
          [&](const Row& row) { fail("warning " + std::to_string(row.integer(0)) + " is in force and nobody is called"); });
  if (const auto failure = c.failure()) fail("cannot read: " + failure->describe());
}

// The journal is whole, and applying it again gives the same tables.
void SimWorld::check_replay() {
  auto reader = node_->store().connect();
  if (!reader) return fail("no reader: " + reader.error().describe());
  const auto verification = verify_chain(**reader, &node_->attachments());
  if (!verification.ok) return fail("chain: " + verification.problem);
  if (verification.facts != witness_.seq()) return fail("the journal has " + std::to_string(verification.facts) + " facts, " + std::to_string(witness_.seq()) + " were committed");
  SqliteOptions options;
  options.vfs = disk_.vfs_name();
  options.exclusive = true;
  auto fresh = open_sqlite("replay" + std::to_string(++replays_) + ".db", options);
  auto connection = (*fresh)->connect();
  if (!connection) return fail("no store to replay into: " + connection.error().describe());
  const auto replayed = replay(**reader, **connection, catalogue_, node_migrations(), node_->attachments(), kNever);
  if (!replayed) return fail("replay: " + replayed.error().describe());
  const auto difference = compare_tables(**reader, **connection, fact_tables());
  if (!difference.empty()) fail("replayed state differs: " + difference);
}

}  // namespace anlan
