// journal: how many small facts a second become durable, with 256 threads that each wait for their own before the next.
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
    "256 threads, each submits one command and waits until it is durable; one 200-byte fact and one row applied per "
    "command; SQLite WAL, synchronous=FULL; 10 s";

struct Noted {
  static constexpr std::string_view kKind = "Noted";
  int64_t writer = 0, number = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (writer, number, text))

void apply(Tables& tables, const Noted& f, const FactHeader& h) {
  tables.execute("INSERT INTO noted (id, writer, number) VALUES (?, ?, ?)", {h.seq, f.writer, f.number});
}

// One thread waits here for one answer.
class Reply {
 public:
  Reply() { sem_init(&given_, 0, 0); }
  ~Reply() { sem_destroy(&given_); }
  void give(bool ok) {
    ok_ = ok;
    sem_post(&given_);
  }
  bool wait() {
    while (sem_wait(&given_) != 0) {
    }
    return ok_;
  }

 private:
  sem_t given_;
  bool ok_ = false;
};

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

}  // namespace

bool run_journal() {
  Folder folder;
  const double raw = raw_rows_per_s(folder.path() + "/raw.db");
  progress("raw SQLite: " + std::to_string(static_cast<int64_t>(raw)) + " rows/s");

  SystemClock clock;
  SystemDisk disk(folder.path());
  Attachments attachments(disk);
  const auto store = open_sqlite(folder.path() + "/anlan.db").value();
  auto connection = store->connect().value();
  auto schema = journal_migrations();
  schema.push_back({"bench-1", "CREATE TABLE noted (id $ID, writer BIGINT NOT NULL, number BIGINT NOT NULL)"});
  migrate(*connection, schema).value();
  const auto writer = Writer::open(std::move(connection), clock, attachments).value();

  std::atomic<bool> stop{false}, measuring{false};
  std::atomic<int64_t> accepted{0}, measured{0}, failed{0};
  std::vector<std::vector<double>> waits_ms(kWriters);
  std::thread loop([&] {
    while (writer->wait()) writer->run_batch();
  });
  std::thread keeper([&] {
    for (int i = 0; !stop; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (i % 50 == 49) store->maintain();  // every 5 s, as the server does
    }
  });
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      Reply reply;
      auto& waits = waits_ms[static_cast<size_t>(w)];
      for (int64_t n = 1; !stop; ++n) {
        const Stopwatch watch;
        const bool counts = measuring;
        Command command{"account:" + std::to_string(w), "", "",
                        [w, n](Reader&, UtcTime) -> Result<Decision> {
                          return Decision{{fact(Noted{w, n, std::string(160, 'x')}, "writer:" + std::to_string(w))}, "{}"};
                        },
                        [&reply](const Result<Answer>& a) { reply.give(a.ok()); }, {}};
        writer->submit(std::move(command));
        if (!reply.wait()) {
          ++failed;
          continue;
        }
        ++accepted;
        if (!counts || !measuring) continue;
        ++measured;
        waits.push_back(watch.ms());
      }
    });
  std::this_thread::sleep_for(std::chrono::duration<double>(kWarmUp));
  const auto batches_before = writer->batches();
  measuring = true;
  const Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::duration<double>(kSeconds));
  measuring = false;
  const double seconds = watch.seconds();
  const auto batches = writer->batches() - batches_before;
  stop = true;
  for (auto& t : writers) t.join();
  keeper.join();
  writer->stop();
  loop.join();

  std::vector<double> all;
  for (const auto& w : waits_ms) all.insert(all.end(), w.begin(), w.end());
  const double per_s = static_cast<double>(measured) / seconds;
  progress(std::to_string(batches) + " batches, " + std::to_string(per_s * seconds / static_cast<double>(batches)) + " facts in each");
  report("journal", kWorkload, "facts_per_s", per_s, "1/s");
  report("journal", kWorkload, "commit_p99_ms", percentile(std::move(all), 0.99), "ms");
  report("journal", "the same; raw: one thread, 1,000 rows of 200 bytes with one index per transaction, same run", "ratio_to_raw_sqlite", per_s / raw, "");

  const auto reader = store->connect().value();
  const bool complete = failed == 0 && reader->integer("SELECT COUNT(*) FROM facts") == accepted && reader->integer("SELECT COUNT(*) FROM noted") == accepted;
  if (!complete) progress("journal: facts in the store differ from those acknowledged");
  return complete;
}

}  // namespace anlan::bench
