// Reading a call round for screens and records: the board, lists of calls, one call with all that happened to it.
//
// Lists are picked from the board in memory; the store is asked for the calls of the page only, by key. Nothing here
// knows names: callers who search by name pass a predicate.
#pragma once

#include <memory>
#include <mutex>

#include "calls/board.h"
#include "calls/channel.h"

namespace anlan {

// --- rounds

enum class RoundsAsked { open, closed, all };
BOOST_DESCRIBE_ENUM(RoundsAsked, open, closed, all)
inline constexpr int64_t kRoundsMax = 200;
// Newest first, at most kRoundsMax; warning none: of all warnings.
std::vector<RoundRow> list_rounds(Reader& reader, RoundsAsked asked, WarningId warning);
// The totals of a round from its tables, without building a board. One scan of its calls and answers.
BoardCounts round_totals(Reader& reader, RoundId round);

// Boards of closed rounds, read once and kept: at most kKept, read anew when an answer came late.
class ClosedBoards {
 public:
  static constexpr size_t kKept = 3;
  std::shared_ptr<const Board> get(Reader& reader, const Pack& pack, RoundRow round);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Board>> kept_;  // last used first
};

// --- the board as a screen shows it: one place and the places one level below it

struct BoardRow {
  PlaceCode place;
  BoardCounts counts;
  bool own = false;  // the posts of the place itself, without the places below it
};

struct BoardView {
  RoundRow round;
  PlaceCode place;  // empty: the country
  BoardCounts all, totals;  // of the round, of the place
  std::vector<BoardRow> rows;  // add up to totals: own posts first, then the places below in code order
  std::map<std::string, std::pair<int64_t, int64_t>> answers;
  std::vector<ProgressPoint> progress;  // at most kProgressMax points; the last is the present
  int64_t seq = 0;
  static constexpr size_t kProgressMax = 400;
};
// place empty: the smallest place that holds all calls, a town at least. A place below that holds all the rest is
// opened too: a warning for one county shows its towns, whatever posts of the city are called with them. exists: codes of a level that only the numbers
// have (a county-level city under no city) are replaced by what lies below them. Copies, so that the board's lock is
// held for microseconds per place.
BoardView view_board(const Board& board, PlaceCode place, const std::function<bool(PlaceCode)>& exists);
PlaceCode common_place(const Board& board);  // O(levels)

// --- lists of calls

enum class CallGroup {
  all,        // every call, also of deputies and superiors
  silent,     // due and neither answered nor covered; vacant posts too
  answered,   // due and answered or covered
  attention,  // the last answer asks for support or cannot act
  vacant
};
BOOST_DESCRIBE_ENUM(CallGroup, all, silent, answered, attention, vacant)

struct PickedCall {
  bool settled;
  int64_t deadline;  // of the silent; those without one come last
  int64_t seq;
  PersonId person;
  PostId post;
  PlaceCode place;
};
// Calls of a group within a place (empty: anywhere) and within one of `allowed`. O(calls), under a millisecond per
// 50,000 in a release build.
std::vector<PickedCall> pick_calls(const Board& board, CallGroup group, PlaceCode place, const std::vector<PlaceCode>& allowed);
// Sorts the silent first, by deadline, and returns the seqs [offset, offset + limit). O(picked + page log page).
std::vector<int64_t> page_of(std::vector<PickedCall>& picked, int64_t offset, int64_t limit);

// Everybody whom a round has reached, once each, under the number that was dialled last. Attempt 0 of the call: a notice.
std::vector<Attempt> people_reached(Reader& reader, RoundId round);

// --- one call with everything

struct AttemptMade {
  int64_t no = 0;
  std::string channel, phone;
  UtcTime at;
  std::optional<UtcTime> ended_at;  // nothing: in flight
  Outcome outcome = Outcome::placed;
};

struct AnswerMade {
  UtcTime at;
  std::optional<UtcTime> pressed_at;
  std::string channel, meaning;
  std::optional<int64_t> number;
  std::string text;
  std::optional<double> lon, lat, accuracy_m;
  std::vector<std::string> photos;
  std::string by;
  bool late = false, attention = false;
};

struct CallDetails {
  CallRow row;
  std::vector<PostId> posts;           // the main one first; of a deputy or superior: those he is called for
  std::vector<AttemptMade> attempts;   // by number
  std::vector<AnswerMade> answers;     // as they came
  struct Because {
    int64_t seq;
    PersonId person;  // none: vacant
    PostId post;
  };
  std::vector<Because> because_of;     // whose silence this call follows
  std::optional<int64_t> next_call;    // that this one was passed on to last
  PersonId covered_by;                 // who answered instead; of calls that are covered
};
// The answers of calls [from, to], by call and as they came.
void each_answer(Reader& reader, RoundId round, int64_t from, int64_t to, const std::function<void(int64_t seq, AnswerMade)>& each);
// Calls [from, to], by seq. A handful of range reads, whatever their number.
std::vector<CallDetails> read_calls(Reader& reader, RoundId round, int64_t from, int64_t to);
std::optional<CallDetails> read_call_details(Reader& reader, RoundId round, int64_t seq);

}  // namespace anlan
