#include "calls/board.h"

#include <algorithm>
#include <set>

namespace anlan {
namespace {

constexpr int64_t kBucketMs = 10'000;

BoardCounts counts_of(const BoardSlot& s) {
  BoardCounts c;
  if (s.kind == CallKind::holder) {
    c.due = 1;
    c.called = s.attempts > 0;
    c.answered = s.state == CallState::answered || s.state == CallState::covered;
    c.vacant = !s.person;
    c.escalated = s.state == CallState::escalated;
    c.exhausted = s.state == CallState::exhausted;
  }
  c.attention = s.attention;
  c.people_moved = s.number;
  return c;
}

}  // namespace

BoardCounts& BoardCounts::operator+=(const BoardCounts& o) {
  due += o.due;
  called += o.called;
  answered += o.answered;
  vacant += o.vacant;
  escalated += o.escalated;
  exhausted += o.exhausted;
  attention += o.attention;
  people_moved += o.people_moved;
  return *this;
}

BoardCounts& BoardCounts::operator-=(const BoardCounts& o) {
  due -= o.due;
  called -= o.called;
  answered -= o.answered;
  vacant -= o.vacant;
  escalated -= o.escalated;
  exhausted -= o.exhausted;
  attention -= o.attention;
  people_moved -= o.people_moved;
  return *this;
}

void Board::bucket(UtcTime at, int64_t called, int64_t answered) {
  if (!called && !answered) return;
  auto& b = buckets_[at.ms / kBucketMs];
  b.first += called;
  b.second += answered;
}

void Board::add(const BoardSlot& slot, UtcTime at) {
  slots_.push_back(slot);
  const auto plus = counts_of(slot);
  totals_ += plus;
  for (PlaceCode p = slot.place; !p.empty(); p = p.parent()) by_place_[p] += plus;
  open_ += is_open(slot.state);
  for_ever_ += is_open(slot.state) && slot.due == kNever;
  bucket(at, plus.called, plus.answered);
}

void Board::recount(const BoardSlot& before, const BoardSlot& after, UtcTime at) {
  open_ += is_open(after.state) - is_open(before.state);
  for_ever_ += (is_open(after.state) && after.due == kNever) - (is_open(before.state) && before.due == kNever);
  const auto minus = counts_of(before), plus = counts_of(after);
  if (plus == minus) return;
  BoardCounts change = plus;
  change -= minus;
  totals_ += change;
  for (PlaceCode p = after.place; !p.empty(); p = p.parent()) by_place_[p] += change;
  bucket(at, plus.called - minus.called, plus.answered - minus.answered);
}

void Board::answer(int64_t seq, const CallAnswered& f, UtcTime at) {
  const auto& s = slot(seq);
  if (s.meaning >= 0) {
    auto& old = answers_[pack_.answers[static_cast<size_t>(s.meaning)].id];
    --old.first;
    old.second -= s.number;
  }
  auto& now = answers_[f.meaning];
  ++now.first;
  now.second += f.number.value_or(0);
  change(seq, at, [&](BoardSlot& x) {
    x.meaning = -1;
    for (size_t i = 0; i < pack_.answers.size(); ++i)
      if (pack_.answers[i].id == f.meaning) x.meaning = static_cast<int8_t>(i);
    x.number = static_cast<int32_t>(f.number.value_or(0));
    x.attention = f.attention;
    if (!f.passes_on) x.state = CallState::answered;
    else if (x.state != CallState::escalated) {
      x.state = CallState::waiting;
      x.due = x.limit_at = round_.stopped_at.value_or(at);
    }
  });
  for (const auto other : f.covers)
    if (has(other)) change(other, at, [](BoardSlot& x) { x.state = CallState::covered; });
  for (const auto other : f.releases)
    if (has(other)) change(other, at, [](BoardSlot& x) { x.state = CallState::stopped; });
}

BoardCounts Board::counts(PlaceCode place) const {
  if (place.empty()) return totals_;
  const auto it = by_place_.find(place);
  return it == by_place_.end() ? BoardCounts{} : it->second;
}

std::vector<PlaceCode> Board::places(PlaceLevel level, PlaceCode within) const {
  std::vector<PlaceCode> list;
  for (const auto& [code, counts] : by_place_)
    if (code.level() == level && within.contains(code)) list.push_back(code);
  std::sort(list.begin(), list.end());
  return list;
}

std::vector<ProgressPoint> Board::progress() const {
  std::vector<ProgressPoint> points;
  int64_t called = 0, answered = 0;
  for (const auto& [slot, change] : buckets_) {
    called += change.first;
    answered += change.second;
    points.push_back({UtcTime{(slot + 1) * kBucketMs}, called, answered});
  }
  return points;
}

Board Board::load(Reader& reader, const Pack& pack, RoundRow round, UtcTime at) {
  Board board(round, pack);
  const int64_t first = call_key(round.id, 0), last = call_key(round.id, kCallsPerRoundMax);
  // When each call was first attempted: its earliest ended attempt, else the one in flight.
  std::unordered_map<int64_t, UtcTime> called_at;
  reader.query("SELECT id, placed_at FROM attempts WHERE id BETWEEN ? AND ? ORDER BY id", {first << 8, (last << 8) | 255}, [&](const Row& row) {
    called_at.emplace(seq_of(row.integer(0) >> 8), row.time(1));
  });
  reader.query("SELECT id, person, post, place, kind, rule, state, step, tries, attempts, due, limit_at, channel, phone, placed_at, reached FROM calls WHERE id BETWEEN ? AND ? ORDER BY id",
               {first, last}, [&](const Row& row) {
    const auto r = call_row(row);
    BoardSlot s{r.person, r.post, r.place, r.due, r.limit_at, r.kind, r.state, static_cast<uint8_t>(r.rule), static_cast<uint8_t>(r.step),
                static_cast<uint8_t>(r.attempts)};
    for (size_t i = 0; i < pack.channels.size(); ++i)
      if (pack.channels[i].id == r.channel) s.channel = static_cast<uint8_t>(i);
    const auto it = called_at.find(r.seq);
    const UtcTime called = it != called_at.end() ? it->second : r.attempts ? r.placed_at : kNever;
    BoardSlot bare = s;
    bare.attempts = 0;
    bare.state = is_open(s.state) ? s.state : CallState::queued;
    board.add(bare, round.opened_at);
    if (called <= at) board.change(r.seq, called == kNever ? round.opened_at : called, [&](BoardSlot& x) { x.attempts = s.attempts; });
    if (at == kNever && s.state != CallState::answered && s.state != CallState::covered) board.change(r.seq, at, [&](BoardSlot& x) { x.state = s.state; });
  });
  // Answers in the order they came; covers and releases follow from the links.
  std::unordered_map<int64_t, std::vector<int64_t>> silent_of;
  std::unordered_map<int64_t, std::vector<std::pair<int64_t, int64_t>>> followers_of;  // call, post
  std::unordered_map<int64_t, std::set<int64_t>> posts_of;  // besides a holder's main one
  reader.query("SELECT silent, call, post FROM call_links WHERE silent BETWEEN ? AND ? ORDER BY silent, call, post", {first, last}, [&](const Row& row) {
    const int64_t silent = seq_of(row.integer(0)), call = seq_of(row.integer(1));
    auto& list = silent_of[call];
    if (list.empty() || list.back() != silent) list.push_back(silent);
    followers_of[silent].emplace_back(call, row.integer(2));
    posts_of[call].insert(row.integer(2));
  });
  if (!followers_of.empty())
    reader.query("SELECT call, post FROM call_posts WHERE call BETWEEN ? AND ?", {first, last}, [&](const Row& row) {
      if (followers_of.contains(seq_of(row.integer(0)))) posts_of[seq_of(row.integer(0))].insert(row.integer(1));
    });
  auto done = [&](int64_t seq) { return board.slot(seq).state == CallState::answered || board.slot(seq).state == CallState::covered; };
  reader.query("SELECT call, at, meaning, number, attention FROM answers WHERE call BETWEEN ? AND ? ORDER BY id", {first, last}, [&](const Row& row) {
    if (row.time(1) > at) return;
    CallAnswered f;
    f.seq = seq_of(row.integer(0));
    f.meaning = row.str(2);
    f.number = row.maybe(3);
    f.attention = row.integer(4) != 0;
    const auto* meaning = pack.answer(f.meaning);
    f.passes_on = meaning && meaning->passes_on;
    if (!f.passes_on) {
      std::vector<int64_t> todo{f.seq};
      while (!todo.empty()) {
        const auto seq = todo.back();
        todo.pop_back();
        for (const auto silent : silent_of[seq]) {
          if (done(silent) || std::find(f.covers.begin(), f.covers.end(), silent) != f.covers.end()) continue;
          auto posts = posts_of[silent];
          if (board.slot(silent).kind == CallKind::holder) posts.insert(board.slot(silent).post.value);
          for (const auto& [other, post] : followers_of[silent])
            if (other == f.seq || done(other) || std::find(f.covers.begin(), f.covers.end(), other) != f.covers.end()) posts.erase(post);
          if (!posts.empty()) continue;
          f.covers.push_back(silent);
          todo.push_back(silent);
        }
      }
    }
    board.answer(f.seq, f, row.time(1));
  });
  if (at == kNever)  // the rows know best
    reader.query("SELECT id, state, due, limit_at FROM calls WHERE id BETWEEN ? AND ? ORDER BY id", {first, last}, [&](const Row& row) {
      board.change(seq_of(row.integer(0)), UtcTime{}, [&](BoardSlot& x) {
        x.state = static_cast<CallState>(row.integer(1));
        x.due = row.time(2);
        x.limit_at = row.time(3);
      });
    });
  board.buckets_.erase(0);
  board.seq = at == kNever ? last_fact_about(reader, round_subject(round.id)) : last_fact_about(reader, round_subject(round.id), at);
  return board;
}

}  // namespace anlan
