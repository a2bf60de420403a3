// journal: how many small facts a second become durable for 256 writers that each wait for their own before the next.
#include <semaphore.h>
#include <sqlite3.h>

#include <atomic>
#include <thread>

#include "base/real_ports.h"
#include "benchmarks/bench.h"
#include "journal/migrations.h"
#include "journal/writer.h"

namespace anlan::bench {
namespace {

constexpr int kWriters = 256;
constexpr double kSeconds = 10, kWarmUp = 1;
constexpr std::string_view kWorkload =
    "256 logical writers, each sends its next command when the last one is durable (from the answer, on the writer's "
    "thread); a 200-byte fact and one row applied per command, no idempotency keys; SQLite WAL, synchronous=FULL; 10 s";
constexpr std::string_view kThreadsWorkload =
    "the same with 256 threads that each wait for their own command";

struct Noted {
  static constexpr std::string_view kKind = "Noted";
  int64_t writer = 0, number = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (writer, number, text))

void apply(Tables& tables, const Noted& f, const FactHeader& h) {
  tables.execute("INSERT INTO noted (id, writer, number) VALUES (?, ?, ?)", {h.seq, f.writer, f.number});
}

// What the machine's SQLite can do at best: rows of 200 bytes with one index, a thousand to a transaction, one thread.
double raw_rows_per_s(const std::string& file) {
  sqlite3* db = nullptr;
  CHECK(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  const auto run = [&](const char* sql) { CHECK_MSG(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(db)); };
  run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
      "CREATE TABLE rows (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, body TEXT NOT NULL); CREATE INDEX rows_number ON rows (number)");
  sqlite3_stmt* insert = nullptr;
  CHECK(sqlite3_prepare_v2(db, "INSERT INTO rows (number, body) VALUES (?, ?)", -1, &insert, nullptr) == SQLITE_OK);
  const std::string body(200, 'x');
  int64_t rows = 0;
  Stopwatch watch;
  while (watch.seconds() < 5) {
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < 1'000; ++i) {
      sqlite3_bind_int64(insert, 1, ++rows);
      sqlite3_bind_text(insert, 2, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
      CHECK(sqlite3_step(insert) == SQLITE_DONE);
      sqlite3_reset(insert);
    }
    run("COMMIT");
  }
  const double per_s = static_cast<double>(rows) / watch.seconds();
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return per_s;
}

// The writers, and what came of their commands.
class Clients {
 public:
  explicit Clients(Writer& writer) : writer_(writer) {}

  template <class Done>
  void submit(int w, int64_t n, Done done) {
    const Stopwatch since;
    writer_.submit({"account:" + std::to_string(w), "", "",
                    [w, n](Reader&, UtcTime) -> Result<Decision> {
                      return Decision{{fact(Noted{w, n, std::string(160, 'x')}, "writer:" + std::to_string(w))}, "{}"};
                    },
                    [this, since, done](const Result<Answer>& answer) {
                      // On the writer's thread alone, so nothing here needs a lock.
                      if (answer) ++accepted;
                      else ++failed;
                      if (measuring && answer) waits_ms.push_back(since.ms());
                      done();
                    }, {}});
  }
  // One writer that sends its next command when the last one is durable, as a connection of the event loop does.
  void go_on(int w, int64_t n) {
    submit(w, n, [this, w, n] {
      if (!stop) go_on(w, n + 1);
    });
  }

  std::atomic<bool> stop{false}, measuring{false};
  int64_t accepted = 0, failed = 0;
  std::vector<double> waits_ms;

 private:
  Writer& writer_;
};

struct Measured {
  double per_s = 0, p99_ms = 0, facts_per_batch = 0;
  bool complete = false;  // the store holds what was acknowledged
};

Measured measure(const std::string& folder, bool threads) {
  SystemClock clock;
  SystemDisk disk(folder);
  Attachments attachments(disk);
  const auto store = open_sqlite(folder + (threads ? "/threads.db" : "/anlan.db")).value();
  auto connection = store->connect().value();
  auto schema = journal_migrations();
  schema.push_back({"bench-1", "CREATE TABLE noted (id $ID, writer BIGINT NOT NULL, number BIGINT NOT NULL)"});
  migrate(*connection, schema).value();
  const auto writer = Writer::open(std::move(connection), clock, attachments).value();
  Clients clients(*writer);

  std::thread loop([&] {
    while (writer->wait()) writer->run_batch();
  });
  std::thread keeper([&] {
    for (int i = 1; !clients.stop; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (i % 50 == 0) store->maintain();  // every 5 s, as the server does
    }
  });
  std::vector<std::thread> all;
  for (int w = 0; w < kWriters; ++w) {
    if (threads)
      all.emplace_back([&, w] {
        sem_t durable;
        sem_init(&durable, 0, 0);
        for (int64_t n = 1; !clients.stop; ++n) {
          clients.submit(w, n, [&durable] { sem_post(&durable); });
          while (sem_wait(&durable) != 0) {
          }
        }
        sem_destroy(&durable);
      });
    else
      clients.go_on(w, 1);
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(kWarmUp));
  const auto batches = writer->batches();
  clients.measuring = true;
  const Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::duration<double>(kSeconds));
  clients.measuring = false;
  const double seconds = watch.seconds();
  const auto batches_run = static_cast<double>(writer->batches() - batches);
  clients.stop = true;
  for (auto& t : all) t.join();
  keeper.join();
  writer->stop();
  loop.join();

  Measured m;
  const auto facts = static_cast<double>(clients.waits_ms.size());
  m.per_s = facts / seconds;
  m.facts_per_batch = facts / std::max(1.0, batches_run);
  m.p99_ms = percentile(std::move(clients.waits_ms), 0.99);
  const auto reader = store->connect().value();
  m.complete = clients.failed == 0 && reader->integer("SELECT COUNT(*) FROM facts") == clients.accepted &&
               reader->integer("SELECT COUNT(*) FROM noted") == clients.accepted;
  return m;
}

}  // namespace

bool run_journal() {
  Folder folder;
  const double raw = raw_rows_per_s(folder.path() + "/raw.db");
  progress("raw SQLite: " + std::to_string(static_cast<int64_t>(raw)) + " rows/s");
  const auto m = measure(folder.path(), false);
  progress(std::to_string(m.facts_per_batch) + " facts in a batch");
  report("journal", kWorkload, "facts_per_s", m.per_s, "1/s");
  report("journal", kWorkload, "commit_p99_ms", m.p99_ms, "ms");
  report("journal", "the same; raw: one thread, 1,000 rows of 200 bytes with one index per transaction, same run", "ratio_to_raw_sqlite", m.per_s / raw, "");
  // The same from threads of their own: what waking 256 of them costs besides.
  const auto t = measure(folder.path(), true);
  report("journal", kThreadsWorkload, "threads_facts_per_s", t.per_s, "1/s");
  report("journal", kThreadsWorkload, "threads_commit_p99_ms", t.p99_ms, "ms");
  if (!m.complete || !t.complete) progress("journal: facts in the store differ from those acknowledged");
  return m.complete && t.complete;
}

}  // namespace anlan::bench
