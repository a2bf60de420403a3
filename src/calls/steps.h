// How one call goes from step to step: pure functions over its row, its rule and the time.
//
//   queued ─place→ calling ─report→ waiting ─due→ next step … ─end or limit→ passed on
//
// A step is a channel with a number of tries. A failed attempt is tried again after the rule's pause, then the next
// channel follows; a delivered message waits for an answer and then goes on as well. When no step is left, a call that
// was reached waits for its limit; one that never was is passed on at once. The limit counts from the first attempt.
#pragma once

#include "calls/contacts.h"
#include "calls/facts.h"

namespace anlan {

struct CallRow {
  int64_t seq = 0;
  PersonId person;
  PostId post;
  PlaceCode place;
  CallKind kind = CallKind::holder;
  int rule = 0;
  CallState state = CallState::queued;
  int step = 0;
  int tries = 0;     // of this step
  int attempts = 0;  // in all
  UtcTime due;
  UtcTime limit_at;  // 0: no attempt yet
  std::string channel, phone;
  UtcTime placed_at;
  bool reached = false;  // some message was delivered or some call picked up
};

struct NextState {
  CallState state;
  int step;
  int tries;
  UtcTime due;
  bool reached;
};

// The first step at or after `from` by which this person can be reached; rule.steps.size() when none.
int usable_step(const RoundRule& rule, const Pack& pack, const Contacts& contacts, PersonId person, int from);

// After a report on the attempt in flight. `wait` is the channel's answer_wait; `phones` how many numbers the person has:
// after a wrong number the next one is tried at once, after the last the next channel.
NextState after_attempt(const CallRow& row, const RoundRule& rule, Outcome outcome, Millis wait, int next_usable, size_t phones, UtcTime now);

// After waiting for an answer in vain. A state of `waiting` with due <= now means: pass on.
NextState after_waiting(const CallRow& row, const RoundRule& rule, int next_usable, UtcTime now);

// True when nothing more is to be tried and silence must be passed on now.
bool must_pass_on(const CallRow& row, const RoundRule& rule, UtcTime now);

// The number to dial after `tries` attempts of a step: the first choice first, then the others take turns.
std::string phone_for(const Contacts& contacts, PersonId person, int tries);

inline bool is_open(CallState s) {
  return s == CallState::queued || s == CallState::calling || s == CallState::waiting || s == CallState::vacant;
}
inline bool was_delivered(Outcome o) {
  return o == Outcome::delivered || o == Outcome::read || o == Outcome::answered;
}

}  // namespace anlan
