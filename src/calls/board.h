// The call board of one round, in memory: every call's state in a flat array, and counts for every place above it.
// A view of committed facts; one change costs O(levels of places).
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "calls/commands.h"

namespace anlan {

struct BoardCounts {
  int64_t due = 0, called = 0, answered = 0, vacant = 0, escalated = 0, exhausted = 0, attention = 0, people_moved = 0;
  int64_t silent() const { return due - answered; }
  bool operator==(const BoardCounts&) const = default;
  BoardCounts& operator+=(const BoardCounts& o);
  BoardCounts& operator-=(const BoardCounts& o);
};

struct BoardSlot {
  PersonId person;
  PostId post;
  PlaceCode place;
  UtcTime due, limit_at;
  CallKind kind = CallKind::holder;
  CallState state = CallState::queued;
  uint8_t rule = 0, step = 0, attempts = 0;
  uint8_t channel = 0;     // position in Pack::channels, of the attempt in flight
  int8_t meaning = -1;     // position in Pack::answers, of the last answer
  bool attention = false;
  bool pending = false;    // a command about this call is under way
  int32_t number = 0;      // of the last answer
};

struct ProgressPoint {
  UtcTime at;
  int64_t called, answered;  // cumulated
};

class Board {
 public:
  Board(RoundRow round, const Pack& pack) : round_(std::move(round)), pack_(pack) {}
  // Rebuilds the board of any round, open or closed. `at`: as it was then (answers and attempts up to that time).
  static Board load(Reader& reader, const Pack& pack, RoundRow round, UtcTime at = kNever);

  const RoundRow& round() const { return round_; }
  RoundRow& round() { return round_; }
  const std::vector<BoardSlot>& slots() const { return slots_; }
  BoardSlot& slot(int64_t seq) { return slots_.at(static_cast<size_t>(seq - 1)); }
  bool has(int64_t seq) const { return seq >= 1 && static_cast<size_t>(seq) <= slots_.size(); }

  BoardCounts counts(PlaceCode place) const;
  const BoardCounts& totals() const { return totals_; }
  // Places of one level that have calls, in code order.
  std::vector<PlaceCode> places(PlaceLevel level, PlaceCode within) const;
  const std::map<std::string, std::pair<int64_t, int64_t>>& answers() const { return answers_; }  // meaning → count, sum of numbers
  std::vector<ProgressPoint> progress() const;

  void add(const BoardSlot& slot, UtcTime at);
  // Changes a slot and all counts that depend on it.
  template <class F>
  void change(int64_t seq, UtcTime at, F&& f) {
    BoardSlot& s = slot(seq);
    const BoardSlot before = s;
    f(s);
    recount(before, s, at);
  }
  void answer(int64_t seq, const CallAnswered& fact, UtcTime at);
  // Calls that are open (queued, calling, waiting, vacant).
  int64_t open() const { return open_; }
  // Of these, those that only an answer can move (rehearsed).
  int64_t waiting_for_ever() const { return for_ever_; }
  int64_t seq = 0;  // of the last fact seen

 private:
  void recount(const BoardSlot& before, const BoardSlot& after, UtcTime at);
  void bucket(UtcTime at, int64_t called, int64_t answered);

  RoundRow round_;
  const Pack& pack_;
  std::vector<BoardSlot> slots_;
  BoardCounts totals_;
  std::unordered_map<PlaceCode, BoardCounts> by_place_;
  std::map<std::string, std::pair<int64_t, int64_t>> answers_;
  std::map<int64_t, std::pair<int64_t, int64_t>> buckets_;  // ten-second slot → called, answered
  int64_t open_ = 0, for_ever_ = 0;
};

}  // namespace anlan
