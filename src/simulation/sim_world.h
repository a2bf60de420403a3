// A whole node on one thread, in virtual time, among seeded faults and seeded people.
//
// People answer by link and by digit, operators draft, approve, raise, cancel, call again, stop and resume, posts change
// hands; the power fails in the middle of a write, the disk fills, the clock jumps an hour, the network of a town is
// dead, a channel hangs. SimWitness and the checks here say what must not be.
//
// The same settings give the same run, fact for fact.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/simulated_phones.h"
#include "loop/clock_watch.h"
#include "loop/node.h"
#include "simulation/sim_disk.h"
#include "simulation/sim_witness.h"

namespace anlan {

// Faults put in on purpose, to prove that the checkers find them.
enum class PlantedBug {
  none,
  lying_sync,       // the disk says "durable" and is not
  unwatched_clock,  // the node lives by the machine's clock and never records a jump
  doubled_call      // the network is handed each attempt a second time under another number
};

struct SimSettings {
  uint64_t seed = 1;
  Millis busy = minutes(60);   // seeded faults and actions; then everything heals and the open rounds run out
  PlantedBug bug = PlantedBug::none;
  bool verbose = false;        // prints actions and faults
  // For single faults: nothing happens but what the test does.
  bool quiet = false;
};

struct SimOutcome {
  std::optional<std::string> failure;  // what broke first, and when
  SimWitness::Totals totals;
  int64_t facts = 0, crashes = 0, answers_acknowledged = 0;
  std::string head;  // hash of the chain
};

class SimWorld final : public ReportSink {
 public:
  explicit SimWorld(SimSettings settings);
  ~SimWorld() override;

  SimOutcome run();

  // --- for tests of single faults
  Node& node() { return *node_; }
  SimDisk& disk() { return disk_; }
  SimClock& clock() { return clock_; }
  SimWitness& witness() { return witness_; }
  const std::optional<std::string>& failure() const { return failure_; }
  void pass(Millis span);                      // lives on for so long
  void crash_now();                            // and restarts at once
  void hang(const std::string& channel, bool hangs);
  RoundId issue(const WarningContent& content);  // drafted, approved, its round open
  std::optional<Result<Answer>> do_command(const std::string& key, std::function<Result<Decision>(Reader&, UtcTime)> decide);
  void check_all();

  // ReportSink: the network's reports reach whatever node runs.
  void report(const Report& report) override;
  void answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) override;

 private:
  friend class SimNetworkChannel;

  // Somebody who wants one thing done, and asks again until told how it went.
  struct Request {
    std::string key, actor, tag;  // tag: a text of its own by which the effect is recognised
    std::function<Result<Decision>(Reader&, UtcTime)> decide;
    int tries = 0;
    bool waiting = false;  // submitted, no answer yet
    std::optional<std::string> response;  // acknowledged
    bool over = false;     // refused or given up
    UtcTime next{0};
    std::function<void(const Answer&)> then;
  };

  void fail(const std::string& what);
  void say(const std::string& what);
  void start();
  void stop_power();
  void run_node();
  void step(UtcTime until);
  UtcTime machine_to_true(UtcTime t) const { return t == kNever ? kNever : t - clock_.error; }

  void ask(const std::string& actor, const std::string& tag, std::function<Result<Decision>(Reader&, UtcTime)> decide,
           std::function<void(const Answer&)> then = {});
  void submit(size_t request);
  void pursue_requests();

  void act();
  void answer_later(const Attempt& attempt);
  void disturb();
  void heal();
  void act_on_warning();
  void act_on_round();
  void act_on_people();
  std::optional<RoundId> some_round();

  void check_boards();
  void check_replay();
  void check_requests();
  void check_finished();

  SimSettings settings_;
  SimRandom random_;
  std::optional<std::string> failure_;
  SimClock clock_;
  TrueClock true_clock_{clock_};
  SimDisk disk_;
  Pack pack_;
  FactCatalogue catalogue_ = fact_catalogue();
  SimWitness witness_;
  SimulatedPhones phones_;
  std::map<std::string, std::string> rung_;  // attempt key → number dialled
  std::set<std::string> rung_this_life_;
  std::vector<std::string> to_check_;        // keys handed to the network since the last check
  std::set<std::string> hanging_;
  std::unique_ptr<ClockWatch> watch_;
  std::unique_ptr<Node> node_;

  std::vector<std::unique_ptr<Request>> requests_;
  std::multimap<UtcTime, CallRef> answers_due_;
  std::vector<std::pair<WarningId, std::string>> warnings_;  // drafted, by whom
  UtcTime next_action_, next_fault_, heals_at_{kNever}, restart_at_{kNever}, calm_since_, power_failed_, next_late_check_{0};
  int64_t crashes_ = 0, tags_ = 0, replays_ = 0;
  bool busy_ = false;
};

}  // namespace anlan
