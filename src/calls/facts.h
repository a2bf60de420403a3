// What can happen in a call round (叫应任务): the list is called, attempts are made, people answer, silence is passed on
// to the deputy, the superior and the duty officer above.
//
// A *call* is one person asked to answer for one or more posts in one round; `seq` numbers the calls of a round from 1.
// Calls of kind holder are the list (应叫); a vacant post is a call without a person. Long lists of small numbers are
// rows of integers, named beside each member, so that a thousand attempts stay one small fact.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "journal/fact.h"
#include "journal/migrations.h"
#include "registry/pack.h"

namespace anlan {

enum class RoundMode { live, rehearsal };
BOOST_DESCRIBE_ENUM(RoundMode, live, rehearsal)
enum class RoundState { listing, calling, stopped, closed };
BOOST_DESCRIBE_ENUM(RoundState, listing, calling, stopped, closed)
enum class CallKind { holder, deputy, superior, duty_above };
BOOST_DESCRIBE_ENUM(CallKind, holder, deputy, superior, duty_above)

enum class CallState {
  queued,     // the next attempt starts at `due`
  calling,    // an attempt is in flight; without a report by `due` it has failed
  waiting,    // reached, not answered; the next step is taken at `due`
  answered,
  covered,    // silent, but everybody it was passed on to has answered
  escalated,  // silent and passed on
  exhausted,  // silent and nobody left to call
  vacant,     // no person, or no way to reach the person: passed on at `due`
  stopped     // no longer needed
};
BOOST_DESCRIBE_ENUM(CallState, queued, calling, waiting, answered, covered, escalated, exhausted, vacant, stopped)

enum class Outcome { placed, delivered, read, answered, no_answer, busy, wrong_number, failed, stopped, rehearsed };
BOOST_DESCRIBE_ENUM(Outcome, placed, delivered, read, answered, no_answer, busy, wrong_number, failed, stopped, rehearsed)

// The call rule of one rank as it stood when the round was opened.
struct RoundRule {
  std::string rank;
  Millis answer_limit;
  std::vector<CallStep> steps;
  std::vector<NextStep> then;
};
BOOST_DESCRIBE_STRUCT(RoundRule, (), (rank, answer_limit, steps, then))

struct RoundOpened {
  static constexpr std::string_view kKind = "RoundOpened";
  RoundId round;
  WarningId warning;
  int64_t warning_version = 1;
  WarningLevel level = WarningLevel::blue;
  std::string hazard;
  RoundMode mode = RoundMode::live;
  std::string list;  // attachment: call_list.h
  int64_t calls = 0;
  std::string message;  // the text people receive
  std::vector<RoundRule> rules;  // call rows name their rule by position
};
BOOST_DESCRIBE_STRUCT(RoundOpened, (), (round, warning, warning_version, level, hazard, mode, list, calls, message, rules))

// Entries [from, to) of the list become calls. Those whose first step is one of `channels` are placed at once.
struct CallsListed {
  static constexpr std::string_view kKind = "CallsListed";
  RoundId round;
  int64_t from = 0, to = 0;
  std::vector<std::string> channels;
  std::vector<int64_t> timeouts;  // of the attempts on these channels, ms
};
BOOST_DESCRIBE_STRUCT(CallsListed, (), (round, from, to, channels, timeouts))

struct AttemptsPlaced {
  static constexpr std::string_view kKind = "AttemptsPlaced";
  RoundId round;
  std::string channel;
  std::vector<std::array<int64_t, 5>> placed;  // seq, number of the attempt, step, due, limit
  std::vector<std::string> phones;             // dialled, in the same order
};
BOOST_DESCRIBE_STRUCT(AttemptsPlaced, (), (round, channel, placed, phones))

struct AttemptsEnded {
  static constexpr std::string_view kKind = "AttemptsEnded";
  RoundId round;
  std::vector<std::array<int64_t, 8>> ended;  // seq, number, outcome, then state, step, tries, due, reached
};
BOOST_DESCRIBE_STRUCT(AttemptsEnded, (), (round, ended))

// Calls whose waiting time is over go on to their next step, or are called again on request.
struct CallsRequeued {
  static constexpr std::string_view kKind = "CallsRequeued";
  RoundId round;
  std::vector<std::array<int64_t, 6>> calls;  // seq, state, step, tries, due, limit (0: from the next attempt)
};
BOOST_DESCRIBE_STRUCT(CallsRequeued, (), (round, calls))

struct NewCall {
  int64_t seq = 0;
  PersonId person;
  PostId post;
  PlaceCode place;
  CallKind kind = CallKind::deputy;
  int64_t rule = 0;
  int64_t step = 0;
  UtcTime due;
};
BOOST_DESCRIBE_STRUCT(NewCall, (), (seq, person, post, place, kind, rule, step, due))

struct CallsEscalated {
  static constexpr std::string_view kKind = "CallsEscalated";
  RoundId round;
  std::vector<NewCall> calls;
  std::vector<std::array<int64_t, 3>> links;   // silent seq, seq that now answers for it, post
  std::vector<std::array<int64_t, 2>> states;  // silent seq, state (escalated, exhausted or covered)
};
BOOST_DESCRIBE_STRUCT(CallsEscalated, (), (round, calls, links, states))

struct CallAnswered {
  static constexpr std::string_view kKind = "CallAnswered";
  RoundId round;
  int64_t seq = 0;
  std::string meaning;
  std::optional<int64_t> number;
  std::string text;
  std::optional<double> lon, lat, accuracy_m;
  std::vector<std::string> photos;
  std::optional<UtcTime> pressed_at;  // by the phone's clock
  std::string channel;                // "link", "app", "sms", "voice", "desk"
  std::string by;                     // who wrote it down, when not the person
  bool late = false;
  bool passes_on = false;             // cannot act: goes on as if silent
  bool attention = false;
  std::vector<int64_t> covers;        // calls that this answer settles besides its own
  std::vector<int64_t> releases;      // calls that need not go on
};
BOOST_DESCRIBE_STRUCT(CallAnswered, (), (round, seq, meaning, number, text, lon, lat, accuracy_m, photos, pressed_at, channel, by, late, passes_on, attention, covers, releases))

struct RoundStopped {
  static constexpr std::string_view kKind = "RoundStopped";
  RoundId round;
  std::string comment;
};
BOOST_DESCRIBE_STRUCT(RoundStopped, (), (round, comment))

struct RoundResumed {
  static constexpr std::string_view kKind = "RoundResumed";
  RoundId round;
  Millis paused;  // limits move by the length of the stop
};
BOOST_DESCRIBE_STRUCT(RoundResumed, (), (round, paused))

struct RoundClosed {
  static constexpr std::string_view kKind = "RoundClosed";
  RoundId round;
  std::string reason;  // cancelled, expired, superseded, rehearsed
};
BOOST_DESCRIBE_STRUCT(RoundClosed, (), (round, reason))

// Those whom a cancelled round had reached were told that the warning is over.
struct NoticesSent {
  static constexpr std::string_view kKind = "NoticesSent";
  RoundId round;
  int64_t people = 0;
};
BOOST_DESCRIBE_STRUCT(NoticesSent, (), (round, people))

// The machine's clock was set: open deadlines move with it, so that no limit passes early or late.
struct ClockJumped {
  static constexpr std::string_view kKind = "ClockJumped";
  Millis by;
};
BOOST_DESCRIBE_STRUCT(ClockJumped, (), (by))

void apply(Tables&, const RoundOpened&, const FactHeader&);
void apply(Tables&, const CallsListed&, const FactHeader&, const Attachments&);
void apply(Tables&, const AttemptsPlaced&, const FactHeader&);
void apply(Tables&, const AttemptsEnded&, const FactHeader&);
void apply(Tables&, const CallsRequeued&, const FactHeader&);
void apply(Tables&, const CallsEscalated&, const FactHeader&);
void apply(Tables&, const CallAnswered&, const FactHeader&);
void apply(Tables&, const RoundStopped&, const FactHeader&);
void apply(Tables&, const RoundResumed&, const FactHeader&);
void apply(Tables&, const RoundClosed&, const FactHeader&);
void apply(Tables&, const NoticesSent&, const FactHeader&);
void apply(Tables&, const ClockJumped&, const FactHeader&);

void register_call_facts(FactCatalogue& catalogue);
std::vector<Migration> call_migrations();
// The tables that these facts write, for comparing a replay with the live store.
std::vector<std::string> call_tables();

// Key of a call or an attempt in the tables.
constexpr int64_t kCallsPerRoundMax = (1 << 24) - 1;
constexpr int64_t call_key(RoundId round, int64_t seq) { return round.value << 24 | seq; }
constexpr int64_t seq_of(int64_t key) { return key & kCallsPerRoundMax; }
constexpr int64_t attempt_key(RoundId round, int64_t seq, int64_t no) { return call_key(round, seq) << 8 | no; }
constexpr int64_t kAttemptsMax = 255;

}  // namespace anlan
