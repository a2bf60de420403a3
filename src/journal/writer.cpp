#include "journal/writer.h"

namespace anlan {

Result<std::unique_ptr<Writer>> Writer::open(std::unique_ptr<Connection> connection, Clock& clock,
                                             Attachments& attachments) {
  std::unique_ptr<Writer> writer(new Writer(std::move(connection), clock, attachments));
  TRY_VOID(writer->read_head());
  return writer;
}

Result<void> Writer::read_head() {
  connection_->begin_read();
  seq_ = 0;
  head_ = {};
  connection_->query("SELECT seq, hash FROM facts ORDER BY seq DESC LIMIT 1", {}, [&](const Row& row) {
    const auto bytes = row.bytes(1);
    CHECK(bytes.size() == head_.size());
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(head_.data()));
    seq_ = row.integer(0);
  });
  const auto failure = connection_->failure();
  connection_->rollback();
  if (failure) return *failure;
  return {};
}

void Writer::submit(Command command) {
  {
    std::unique_lock lock(mutex_);
    if (!stopped_ && queue_.size() < kQueueMax) {
      queue_.push_back(std::move(command));
      if (queue_.size() == 1) wake_.notify_one();
      return;
    }
  }
  if (command.done) command.done(Error(ErrorCode::kTooMany, {{"seconds", "2"}}));
}

bool Writer::wait() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
  return !queue_.empty();
}

void Writer::stop() {
  std::scoped_lock lock(mutex_);
  stopped_ = true;
  wake_.notify_all();
}

size_t Writer::queued() const {
  std::scoped_lock lock(mutex_);
  return queue_.size();
}

int64_t Writer::seq() const { return seq_; }

size_t Writer::run_batch() {
  std::vector<Command> batch;
  {
    std::scoped_lock lock(mutex_);
    const size_t n = std::min(queue_.size(), kBatchMax);
    batch.reserve(n);
    for (size_t i = 0; i < n; ++i) {
      if (i > 0 && (queue_.front().alone || batch.back().alone)) break;
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
  }
  if (batch.empty()) return 0;

  const UtcTime now = clock_.now();
  const int64_t seq_before = seq_;
  const Digest head_before = head_;
  std::vector<RecordedFact> recorded;
  std::vector<Result<Answer>> answers;
  answers.reserve(batch.size());

  connection_->begin();
  for (auto& command : batch) answers.push_back(run(command, now, recorded));
  facts_.finish(*connection_, head_);
  const auto committed = connection_->commit();
  facts_.settled(committed.ok());
  ++batches_;
  if (committed) {
    disk_full_ = false;
    if (!recorded.empty())
      for (auto* observer : observers_) observer->on_committed(recorded);
  } else {
    disk_full_ = committed.error().code == ErrorCode::kDiskFull;
    seq_ = seq_before;
    head_ = head_before;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].done) continue;
    // A refusal stands on its own; what would have been written has not happened.
    if (!committed && answers[i].ok()) batch[i].done(committed.error());
    else batch[i].done(answers[i]);
  }
  return batch.size();
}

Result<Answer> Writer::run(Command& command, UtcTime now, std::vector<RecordedFact>& recorded) {
  if (auto failure = connection_->failure()) return *failure;
  if (!command.key.empty()) {
    std::optional<Error> reused;
    std::optional<Answer> before;
    connection_->query("SELECT digest, response FROM requests WHERE request_key = ?", {Arg(command.key)}, [&](const Row& row) {
      if (row.text(0) != command.digest) reused = Error(ErrorCode::kKeyReused);
      else before = Answer{row.str(1), seq_, true};
    });
    if (reused) return *reused;
    if (before) return std::move(*before);
  }
  auto decision = command.decide(*connection_, now);
  if (!decision) return decision.error();
  for (const auto& f : decision->facts) record(f, command.actor, now, recorded);
  if (command.also) command.also(*connection_);
  if (!command.key.empty())
    connection_->execute("INSERT INTO requests (request_key, at, digest, response) VALUES (?, ?, ?, ?)",
                         {Arg(command.key), now, Arg(command.digest), Arg(decision->response)});
  return Answer{std::move(decision->response), seq_, false};
}

void Writer::record(const NewFact& fact, const std::string& actor, UtcTime now, std::vector<RecordedFact>& recorded) {
  FactHeader header{seq_ + 1, now, actor, fact.place, fact.subject};
  const std::string body = fact.body->json();
  const Digest hash = next_hash(head_, header, fact.body->kind(), body);
  facts_.append(*connection_, header, fact.body->kind(), body, hash);
  fact.body->apply_to(*connection_, header, attachments_);
  head_ = hash;
  seq_ = header.seq;
  recorded.push_back({std::move(header), fact.body});
}

int64_t peek_id(Reader& reader, std::string_view counter) {
  return reader.integer("SELECT value FROM counters WHERE name = ?", {counter}).value_or(0) + 1;
}

void take_id(Tables& tables, std::string_view counter, int64_t used) {
  tables.execute("INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
                 "CASE WHEN counters.value < excluded.value THEN excluded.value ELSE counters.value END",
                 {counter, used});
}

}  // namespace anlan
