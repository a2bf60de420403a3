// Passing silence on: from the holder of a post to the deputy, the superior and the duty officer above.
//
// Every post that the silent person answers for is passed on; posts that come to the same person share one call, so a
// town leader is asked once for his twenty silent villages. A person who has an unanswered call of the same kind in
// this round gets the new posts added to it.
#pragma once

#include <map>

#include "calls/commands.h"

namespace anlan {

class Escalation {
 public:
  Escalation(Reader& reader, const Pack& pack, const Contacts& contacts, const RoundRow& round, UtcTime now);

  // Passes one silent call on. `first` limits the search to that step (a press of "call the deputy").
  // False when nobody is left (the call is then exhausted, unless `first` was given: then nothing changes).
  bool pass_on(const CallRow& row, std::optional<CallKind> first = {});
  bool empty() const { return fact_.states.empty(); }
  CallsEscalated take() { return std::move(fact_); }

 private:
  struct Target {
    Responsible who;
    CallKind kind;
  };
  std::optional<Target> next_after(const CallRow& row, PostId post, std::optional<CallKind> first);
  int64_t call_for(const Target& target, const CallRow& from);
  std::vector<PostId> posts_of(const CallRow& row);

  Reader& reader_;
  const Pack& pack_;
  const Contacts& contacts_;
  const RoundRow& round_;
  UtcTime now_;
  int64_t next_seq_;
  CallsEscalated fact_;
  std::map<std::pair<int64_t, CallKind>, int64_t> open_;  // (person, kind) → seq of a call that can take more posts
};

}  // namespace anlan
