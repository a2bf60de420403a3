// For tests: links, a history and a journal in one folder, watched; a clock that the test turns. Opening it again on the
// same folder is a start after a crash.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/real_ports.h"
#include "journal/store.h"
#include "registry/migrations.h"
#include "registry/record_import.h"
#include "signals/watch.h"

namespace anlan {

class WatchRig {
 public:
  static constexpr int64_t kCounty = 622927;
  static constexpr UtcTime kStart{1'763'700'000'000};

  // `keeps`: readings, in a history.
  WatchRig(std::string folder, const Pack& pack, UtcTime now = kStart, bool keeps = true)
      : folder_(std::move(folder)), pack_(pack), keeps_(keeps), disk_(folder_) {
    clock.at = now;
    open();
  }
  ~WatchRig() { close(); }

  void open() {
    store_ = open_sqlite(folder_ + "/anlan.db").value();
    auto connection = store_->connect().value();
    auto migrations = journal_migrations();
    for (const auto& part : {registry_migrations(), signal_migrations(), earthquake_migrations()}) migrations.insert(migrations.end(), part.begin(), part.end());
    CHECK(migrate(*connection, migrations).ok());
    writer_ = Writer::open(std::move(connection), clock, attachments_).value();
    if (keeps_) history = History::open(folder_ + "/history").value();
    records_ = std::make_unique<RecordIndex>(pack_, pinyin_, attachments_);
    watch = Watch::create(pack_, *records_, attachments_, history.get(), [this](Command c) { writer_->submit(std::move(c)); }).value();
    reader_ = store_->connect().value();
    records_->load(*reader_);
    CHECK(watch->load(*reader_, clock.now()).ok());
    writer_->add_observer(records_.get());
    writer_->add_observer(watch.get());
  }
  // What waits for the writer is lost, as in a crash.
  void close() {
    watch.reset();
    records_.reset();
    writer_.reset();
    reader_.reset();
    store_.reset();
    history.reset();
  }

  Result<Answer> run(std::function<Result<Decision>(Reader&, UtcTime)> decide) {
    std::optional<Result<Answer>> answer;
    writer_->submit({"account:1", "", "", std::move(decide), [&](const Result<Answer>& a) { answer.emplace(a); }, {}});
    while (!answer) writer_->run_batch();
    return *answer;
  }

  struct NewLink {
    std::string code;
    PlaceCode place;
    json::object fields = {};
  };
  void add_links(const char* type, const std::vector<NewLink>& links) {
    RecordTable table{.type = type};
    for (const auto& link : links) {
      RecordRow row;
      row.line = static_cast<int>(table.rows.size()) + 2;
      row.name = link.code;
      row.place = link.place;
      row.position = LonLat{102.76, 35.84};
      row.fields = link.fields;
      row.fields["code"] = link.code;
      table.rows.push_back(std::move(row));
    }
    bool done = false;
    writer_->submit({"account:1", "", "", [&](Reader& r, UtcTime) { return import_records(r, attachments_, *pack_.record_type(type), table, std::vector{PlaceCode()}, "links.csv", false); },
                     [&](const Result<Answer>& answer) {
                       ASSERT_TRUE(answer) << answer.error().describe();
                       done = true;
                     }, {}});
    while (!done) writer_->run_batch();
  }

  Intake take(const std::vector<SiteReading>& readings) {
    const PlaceCode everywhere;
    auto intake = watch->take(readings, std::span(&everywhere, 1), "192.0.2.1", [](size_t) { return std::string_view("frame"); }, clock.at);
    EXPECT_TRUE(intake.ok());
    return intake.ok() ? *intake : Intake{};
  }
  // Runs the writer until nothing is left to say; returns how many batches had something to do.
  int write() {
    int batches = 0;
    while (writer_->run_batch()) ++batches;
    return batches;
  }
  void settle() {
    watch->tick(clock.at);
    write();
  }
  void pass(Millis span, Millis step = seconds(10)) {
    for (const UtcTime end = clock.at + span; clock.at < end;) {
      clock.at = std::min(end, clock.at + step);
      settle();
    }
  }

  int64_t count(std::string_view kind) { return reader_->integer("SELECT COUNT(*) FROM facts WHERE kind = ?", {Arg(std::string(kind))}).value(); }
  Reader& reader() { return *reader_; }
  int64_t facts() { return writer_->seq(); }
  std::vector<SituationRow> situations() { return list_situations(*reader_, false, 100); }
  std::vector<AlarmRow> alarms() {
    std::vector<AlarmRow> out;
    for (const auto& s : list_situations(*reader_, false, 1'000)) {
      const auto of = alarms_of(*reader_, s.id, 100'000);
      out.insert(out.end(), of.begin(), of.end());
    }
    return out;
  }
  LinkRow link(std::string_view code) {
    std::optional<LinkRow> found;
    watch->each([&](const LinkRow& row) {
      if (row.code == code) found = row;
    });
    return found.value();
  }

  class TurnedClock final : public Clock {
   public:
    UtcTime now() const override { return at; }
    Millis monotonic() const override { return {at.ms}; }
    UtcTime at = kStart;
  };
  TurnedClock clock;
  std::unique_ptr<History> history;
  std::unique_ptr<Watch> watch;

 private:
  std::string folder_;
  const Pack& pack_;
  bool keeps_;
  SystemDisk disk_;
  Attachments attachments_{disk_};
  PinyinTable pinyin_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Connection> reader_;
  std::unique_ptr<RecordIndex> records_;
};

}  // namespace anlan
