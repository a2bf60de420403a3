// For tests: the smallest module there can be (one fact, one table) with a journal on either store.
#pragma once

#include <optional>

#include "base/real_ports.h"
#include "journal/migrations.h"
#include "journal/scratch_store.h"
#include "journal/writer.h"

namespace anlan {

struct CounterBumped {
  static constexpr std::string_view kKind = "CounterBumped";
  std::string name;
  int64_t by = 0;
  std::string photo;  // an attachment, or ""
};
BOOST_DESCRIBE_STRUCT(CounterBumped, (), (name, by, photo))

inline void apply(Tables& tables, const CounterBumped& f, const FactHeader& h) {
  tables.execute("INSERT INTO bumps (name, total, mean, changed) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
                 "total = bumps.total + excluded.total, mean = (bumps.mean + excluded.mean) / 2, changed = excluded.changed",
                 {Arg(f.name), f.by, static_cast<double>(f.by) / 10, h.at});
}

inline std::vector<Migration> rig_migrations() {
  auto list = journal_migrations();
  list.push_back({"test-1", "CREATE TABLE bumps (name TEXT PRIMARY KEY, total BIGINT NOT NULL, mean $REAL, changed BIGINT NOT NULL) $CLUSTERED"});
  return list;
}

class FixedClock final : public Clock {
 public:
  UtcTime now() const override { return at; }
  Millis monotonic() const override { return {at.ms}; }
  UtcTime at{1'000'000};
};

class JournalRig : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!place.why_not().empty()) GTEST_SKIP() << place.why_not();
    open();
  }
  void TearDown() override { close(); }
  void close() {
    writer.reset();
    store.reset();
  }
  void open() {
    close();
    store = place.open();
    auto c = store->connect().value();
    const auto migrated = migrate(*c, migrations);
    ASSERT_TRUE(migrated) << migrated.error().describe();
    writer = Writer::open(std::move(c), clock, attachments).value();
  }
  std::unique_ptr<Connection> connection() { return store->connect().value(); }

  Command bump_command(const std::string& name, int64_t by, const std::string& key, const std::string& photo, std::function<void(const Result<Answer>&)> done) {
    return {"tester", key, std::to_string(by),
            [=](Reader&, UtcTime) -> Result<Decision> {
              if (by < 0) return Error(ErrorCode::kConflict, {{"why", "negative"}});
              return Decision{{fact(CounterBumped{name, by, photo}, "bump:" + name)}, "{\"by\":" + std::to_string(by) + "}"};
            },
            std::move(done), {}};
  }
  // Submits a bump and returns the answer after running the writer.
  Result<Answer> bump(const std::string& name, int64_t by, const std::string& key = {}, const std::string& photo = {}) {
    std::optional<Result<Answer>> answer;
    writer->submit(bump_command(name, by, key, photo, [&](const Result<Answer>& a) { answer.emplace(a); }));
    writer->run_batch();
    return *answer;
  }
  int64_t total(const std::string& name) {
    return connection()->integer("SELECT total FROM bumps WHERE name = ?", {Arg(name)}).value_or(-1);
  }

  ScratchStore place{GetParam()};
  std::vector<Migration> migrations = rig_migrations();
  FixedClock clock;
  SystemDisk disk{place.folder()};
  Attachments attachments{disk};
  std::unique_ptr<Store> store;
  std::unique_ptr<Writer> writer;
};

}  // namespace anlan
