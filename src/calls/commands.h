// Decisions of a call round. All are pure: they read the tables, are handed the time, and return facts or an error.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "calls/steps.h"
#include "journal/writer.h"

namespace anlan {

struct OpenRound {
  WarningId warning;
  int64_t warning_version = 1;
  WarningLevel level = WarningLevel::blue;
  std::string hazard;
  RoundMode mode = RoundMode::live;
  std::string list;  // attachment
  int64_t calls = 0;
  std::string message;
  std::vector<RoundRule> rules;
  PlaceCode place;
};
// One live round per warning version: opening it twice is opening it once. Response {"round":N,"opened":bool}.
Result<Decision> open_round(Reader& reader, const OpenRound& command);

struct ListCalls {
  RoundId round;
  int64_t count = 0;
  std::vector<std::string> channels;  // those with room for the whole piece
  std::vector<int64_t> timeouts;
};
Result<Decision> list_calls(Reader& reader, const ListCalls& command);

// Takes the next step of calls that are due. Calls not in `may_place` stay queued when their next step is an attempt.
// O(seqs) point reads.
struct AdvanceCalls {
  RoundId round;
  std::vector<int64_t> seqs;
  std::unordered_set<int64_t> may_place;
};
Result<Decision> advance_calls(Reader& reader, const Pack& pack, const Contacts& contacts, const AdvanceCalls& command, UtcTime now);

struct Report {
  RoundId round;
  int64_t seq = 0;
  int64_t no = 0;  // of the attempt
  Outcome outcome = Outcome::failed;
};
// Reports that come late, twice or after the answer change nothing. O(reports).
Result<Decision> record_reports(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId round,
                                const std::vector<Report>& reports, UtcTime now);

struct GiveAnswer {
  RoundId round;
  int64_t seq = 0;
  std::string meaning;
  std::optional<int64_t> number;
  std::string text;
  std::optional<double> lon, lat, accuracy_m;
  std::vector<std::string> photos;
  std::optional<UtcTime> pressed_at;
  std::string channel = "link";
  std::string by;
};
// Of one call; more are refused, so that a link cannot fill the store.
inline constexpr int64_t kAnswersMax = 100;
Result<Decision> give_answer(Reader& reader, const Pack& pack, const GiveAnswer& command, UtcTime now);

// Calls these people again now (those not answered).
Result<Decision> call_again(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId round,
                            const std::vector<int64_t>& seqs, UtcTime now);
// Passes silence on at once to the deputy or superior.
Result<Decision> pass_on_now(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId round, int64_t seq,
                             CallKind kind, UtcTime now);

Result<Decision> stop_round(Reader& reader, RoundId round, const std::string& comment);
Result<Decision> resume_round(Reader& reader, RoundId round, UtcTime now);
Result<Decision> close_rounds(Reader& reader, WarningId warning, int64_t up_to_version, const std::string& reason);
// Cancelled rounds whose people are still to be told. Tell them, then record it: after a crash between the two they are
// told under the same keys.
std::vector<RoundId> rounds_to_notify(Reader& reader);
Result<Decision> record_notices(Reader& reader, RoundId round, int64_t people);

// Rows, for the above and for queries.
struct RoundRow {
  RoundId id;
  WarningId warning;
  int64_t version = 1;
  WarningLevel level = WarningLevel::blue;
  std::string hazard;
  RoundMode mode = RoundMode::live;
  RoundState state = RoundState::listing;
  UtcTime opened_at;
  std::optional<UtcTime> closed_at, stopped_at;
  std::string list;
  int64_t calls = 0, listed = 0, last_seq = 0;
  std::string message;
  std::vector<RoundRule> rules;
  std::string reason;
  std::optional<int64_t> notices;  // people told that the warning is over; of cancelled rounds
};
std::optional<RoundRow> read_round(Reader& reader, RoundId id);
// What an answer needs to know of its round. Answers come by the thousand: rules and message are not read for each.
struct RoundMoment {
  RoundState state;
  UtcTime opened_at;
  std::optional<UtcTime> stopped_at;
  std::string reason;
};
std::optional<RoundMoment> read_moment(Reader& reader, RoundId id);
std::optional<CallRow> read_call(Reader& reader, RoundId round, int64_t seq);
// Shared by read_call and by whoever scans calls: the columns, and a row of them.
inline constexpr std::string_view kCallColumns =
    "id, person, post, place, kind, rule, state, step, tries, attempts, due, limit_at, channel, phone, placed_at, reached";
CallRow call_row(const Row& row);

inline std::string round_subject(RoundId round) { return "round:" + std::to_string(round.value); }

}  // namespace anlan
