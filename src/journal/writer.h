// The one writer of a node.
//
// Commands wait in a bounded queue. A batch is decided, recorded and applied in one transaction and committed once
// (group commit); then the observers see the facts and everybody in the batch is answered. A command that is refused
// writes nothing; when the commit fails (full disk) nobody's command has happened and everybody is told so.
//
// submit() may be called from any thread. run_batch() is called by one thread: a loop in the server, the scheduler in
// the simulator. Observers and answers run on that thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ports.h"
#include "journal/attachments.h"
#include "journal/chain.h"
#include "journal/facts_table.h"

namespace anlan {

struct Decision {
  std::vector<NewFact> facts;
  std::string response = "{}";  // JSON for whoever sent the command
};

struct Answer {
  std::string response;
  int64_t seq = 0;        // of the journal after this command
  bool repeated = false;  // the same idempotency key was answered before
};

struct Command {
  std::string actor;   // goes into the facts' headers
  std::string key;     // idempotency key, scoped to the actor by the caller; empty for the node's own commands
  std::string digest;  // of the request; the same key with another digest is kKeyReused
  // Reads what is committed and what this batch did before; is handed the time. No side effects.
  std::function<Result<Decision>(Reader&, UtcTime now)> decide;
  // Called once. Commands that write outside the facts (sessions, credentials) use `also`.
  std::function<void(const Result<Answer>&)> done;
  std::function<void(Tables&)> also;  // in the same transaction, after the facts; optional
  bool alone = false;  // in a batch of its own, because it changes what the next ones take for the time
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_committed(const std::vector<RecordedFact>& facts) = 0;
};

class Writer {
 public:
  static constexpr size_t kQueueMax = 200'000;
  static constexpr size_t kBatchMax = 1'024;

  // Reads the head of the chain. The connection is the writer's own from now on.
  static Result<std::unique_ptr<Writer>> open(std::unique_ptr<Connection> connection, Clock& clock,
                                              Attachments& attachments);

  void add_observer(Observer* observer) { observers_.push_back(observer); }
  void submit(Command command);
  // Runs what is queued, at most one batch; returns the number of commands answered.
  size_t run_batch();
  // Waits until something is queued or stop() is called; false when stopped and empty.
  bool wait();
  void stop();

  size_t queued() const;
  int64_t seq() const;
  uint64_t batches() const { return batches_; }
  bool disk_full() const { return disk_full_; }

 private:
  Writer(std::unique_ptr<Connection> connection, Clock& clock, Attachments& attachments)
      : connection_(std::move(connection)), clock_(clock), attachments_(attachments) {}

  Result<Answer> run(Command& command, UtcTime now, std::vector<RecordedFact>& recorded);
  void record(const NewFact& fact, const std::string& actor, UtcTime now, std::vector<RecordedFact>& recorded);
  Result<void> read_head();

  std::unique_ptr<Connection> connection_;
  Clock& clock_;
  Attachments& attachments_;
  std::vector<Observer*> observers_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Command> queue_;
  bool stopped_ = false;

  std::atomic<int64_t> seq_{0};
  Digest head_{};
  FactsTable facts_;
  std::atomic<uint64_t> batches_{0};
  std::atomic<bool> disk_full_{false};
};

// Gives out the next number of a named counter, inside apply. decide sees it with peek_id.
int64_t peek_id(Reader& reader, std::string_view counter);
void take_id(Tables& tables, std::string_view counter, int64_t used);

}  // namespace anlan
