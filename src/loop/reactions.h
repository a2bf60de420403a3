// Which fact leads to which command. A newcomer reads this file and its .cpp and knows how the modules join:
//
//   a warning is issued or changed      → its call round is opened (resolved, listed, called)
//   a warning ends or gets a new version → its older rounds are closed
//   a warning is cancelled              → whoever its rounds have reached is told
//   a warning's time runs out           → it expires
//   an alarm reaches the level its rule names → a warning is drafted for where it stands
//   a situation has been quiet          → it is over
//   every number of a rehearsal was tried → the rehearsal closes
//   somebody answers by telephone        → that number is confirmed
//   a hospital is notified               → whoever answers for it gets the text message
//   an earthquake is known               → the towns it shakes are warned, machines are told
//   an earthquake was none               → its warning is cancelled
//
// A reaction looks at the state that the facts have left, not at the fact alone: what was missed in a crash is done
// after it, and doing it twice changes nothing.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "earthquakes/facts.h"
#include "journal/writer.h"
#include "logistics/facts.h"
#include "registry/people.h"
#include "warnings/commands.h"

namespace anlan {

class Node;

// A demonstration was started on this node.
struct DemoStarted {
  static constexpr std::string_view kKind = "DemoStarted";
  std::string scenario;
};
BOOST_DESCRIBE_STRUCT(DemoStarted, (), (scenario))
void apply(Tables& tables, const DemoStarted& fact, const FactHeader& header);
void register_loop_facts(FactCatalogue& catalogue);

class Reactions final : public Observer {
 public:
  explicit Reactions(Node& node) : node_(node) {}
  void on_committed(const std::vector<RecordedFact>& facts) override;
  void tick(UtcTime now);
  UtcTime next_due() const;
  // Looks at the whole state at the next tick.
  void wake() { dirty_ = true; }

 private:
  void open_and_close_rounds();
  void draft_warnings();  // of situations
  void try_again();  // a second from now
  void finish_rehearsals();
  void confirm_phones(UtcTime now);
  void tell_hospitals();
  void follow_earthquakes();
  void tell_linkages(const std::vector<LinkageOrder>& orders);

  Node& node_;
  std::atomic<bool> dirty_{true}, alarmed_{true}, shaken_{true};
  std::atomic<int64_t> next_expiry_ms_{INT64_MAX}, retry_at_ms_{0};
  std::mutex mutex_;
  std::vector<PhoneWorked> worked_;
  UtcTime next_confirm_{0}, next_sweep_{0}, next_quiet_{0};
  std::map<RoundId, std::optional<int64_t>> told_;  // cancelled rounds since the start → people told; nothing: being told
  std::set<int64_t> linkages_told_;                                // orders since the start
  std::map<int64_t, int64_t> linked_;                               // earthquake → version whose orders were worked out
  std::atomic<int64_t> shaken_at_ms_{INT64_MAX};                    // when earthquakes are looked at again
  std::map<int64_t, std::optional<HospitalTold>> hospitals_told_;  // notices since the start; nothing: being told
  std::atomic<int64_t> tell_at_ms_{0};                             // INT64_MAX: nobody waits
  std::set<std::pair<int64_t, int64_t>> opening_;  // (warning, version) with a command under way
};

}  // namespace anlan
