// Watches every committed fact and says what must not be.
//
// It keeps its own model of every call, built from facts alone and by its own rules, not by the program's: a call is
// tried only while it is open, once at a time, never after an answer, a close or during a stop; its limit takes effect
// once, not before its time and not after an answer; what was committed once is still there after every crash.
//
// Limits are kept in true time: the machine's clock may jump as it likes.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "calls/facts.h"
#include "journal/attachments.h"
#include "journal/writer.h"
#include "simulation/sim_time.h"
#include "warnings/facts.h"

namespace anlan {

class SimWitness final : public Observer {
 public:
  using Fail = std::function<void(std::string)>;

  SimWitness(const SimClock& clock, Fail fail) : clock_(clock), fail_(std::move(fail)) {}

  // Of the node that runs now. `deaf`: what is committed is not heard (the power has failed).
  void follow(const Attachments* attachments, std::function<bool()> deaf) {
    attachments_ = attachments;
    deaf_ = std::move(deaf);
  }
  void trace(Fail trace) { trace_ = std::move(trace); }
  void on_committed(const std::vector<RecordedFact>& facts) override;

  // After a restart: what was seen is still there, unaltered; what was committed unseen, as the power failed, is learned.
  void after_restart(Reader& reader, const FactCatalogue& catalogue, UtcTime power_failed);
  // The deadlines of open calls cannot be trusted: the clock jumped and nobody could record it.
  void clock_unknown();

  // True when this attempt was durable.
  bool placed(const std::string& key) const { return placed_.contains(key); }
  // An open call of an unstopped live round whose limit passed `slack` ago, counted from `calm_since` at the earliest.
  void check_nothing_late(UtcTime calm_since, Millis slack);

  int64_t seq() const { return static_cast<int64_t>(seen_.size()); }
  // How often a text the simulator made up occurs: headlines of drafts, texts of answers, names of people.
  int count(const std::string& tag) const {
    const auto it = tags_.find(tag);
    return it == tags_.end() ? 0 : it->second;
  }
  struct Totals {
    int64_t rounds = 0, attempts = 0, answers = 0, escalations = 0, jumps = 0;
  };
  const Totals& totals() const { return totals_; }

 private:
  struct Call {
    PersonId person;
    CallKind kind = CallKind::holder;
    bool open = false, flying = false, answered = false, reached = false, vacant = false, passes_on = false, escalated = false;
    int64_t attempts = 0;
    int rule = 0;
    UtcTime limit{0};  // true time; 0: none yet
    bool limit_known = true;
  };
  struct Round {
    std::vector<RoundRule> rules;
    std::string list;
    RoundMode mode = RoundMode::live;
    bool closed = false, stopped = false;
    std::map<int64_t, Call> calls;
  };

  void see(const RecordedFact& fact, UtcTime when);
  void observe(const RecordedFact& fact);
  void place(RoundId id, Round& round, int64_t seq, int64_t no);
  void fail(const FactHeader& header, const std::string& what);
  Call* call(const FactHeader& header, Round& round, int64_t seq);

  const SimClock& clock_;
  Fail fail_, trace_;
  const Attachments* attachments_ = nullptr;
  std::function<bool()> deaf_;
  std::vector<size_t> seen_;  // hash of each fact, by its number
  int64_t verified_ = 0;
  std::map<int64_t, Round> rounds_;
  std::map<std::pair<int64_t, int64_t>, int64_t> live_rounds_;  // (warning, version) → round
  std::set<std::string> placed_;
  std::map<std::string, int> tags_;
  Totals totals_;
  FactHeader current_;
  UtcTime when_{0};  // true time of the fact being looked at
};

}  // namespace anlan
