#include "calls/queries.h"

#include <algorithm>
#include <unordered_set>

namespace anlan {
namespace {

constexpr int kCoverDepthMax = 8;  // holder, deputy, superior, duty room, and calls made by hand

bool is_settled(CallState s) { return s == CallState::answered || s == CallState::covered; }

PlaceLevel below(PlaceLevel level) {
  switch (level) {
    case PlaceLevel::kNone: return PlaceLevel::kProvince;
    case PlaceLevel::kProvince: return PlaceLevel::kCity;
    case PlaceLevel::kCity: return PlaceLevel::kCounty;
    case PlaceLevel::kCounty: return PlaceLevel::kTown;
    case PlaceLevel::kTown:
    case PlaceLevel::kVillage: break;
  }
  return PlaceLevel::kVillage;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// Who answered for a call that is covered: the first answered call down the chain.
PersonId covered_by(Reader& reader, int64_t key, int depth) {
  if (depth > kCoverDepthMax) return {};
  std::vector<std::pair<int64_t, CallState>> followers;
  PersonId who;
  reader.query("SELECT DISTINCT l.call, c.state, c.person FROM call_links l JOIN calls c ON c.id = l.call WHERE l.silent = ? ORDER BY l.call", {key},
               [&](const Row& row) {
    const auto state = static_cast<CallState>(row.integer(1));
    if (state == CallState::answered && !who) who = PersonId{row.integer(2)};
    if (state == CallState::covered) followers.emplace_back(row.integer(0), state);
  });
  for (const auto& [call, state] : followers)
    if (!who) who = covered_by(reader, call, depth + 1);
  return who;
}

}  // namespace

std::vector<RoundRow> list_rounds(Reader& reader, RoundsAsked asked, WarningId warning) {
  std::vector<RoundId> ids;
  const int from = asked == RoundsAsked::closed ? 3 : 0, to = asked == RoundsAsked::open ? 2 : 3;
  auto take = [&](const Row& row) { ids.push_back(RoundId{row.integer(0)}); };
  if (warning)
    reader.query("SELECT id FROM rounds WHERE warning = ? AND state BETWEEN ? AND ? ORDER BY id DESC LIMIT ?", {warning, from, to, kRoundsMax}, take);
  else
    reader.query("SELECT id FROM rounds WHERE state BETWEEN ? AND ? ORDER BY id DESC LIMIT ?", {from, to, kRoundsMax}, take);
  std::vector<RoundRow> rounds;
  for (const auto id : ids)
    if (auto r = read_round(reader, id)) rounds.push_back(std::move(*r));
  return rounds;
}

BoardCounts round_totals(Reader& reader, RoundId round) {
  BoardCounts c;
  const int64_t first = call_key(round, 0), last = call_key(round, kCallsPerRoundMax);
  reader.query("SELECT state, COUNT(*), CAST(SUM(CASE WHEN attempts > 0 THEN 1 ELSE 0 END) AS BIGINT), "
               "CAST(SUM(CASE WHEN person = 0 THEN 1 ELSE 0 END) AS BIGINT) "
               "FROM calls WHERE id BETWEEN ? AND ? AND kind = 0 GROUP BY state", {first, last}, [&](const Row& row) {
    const auto state = static_cast<CallState>(row.integer(0));
    const int64_t n = row.integer(1);
    c.due += n;
    c.called += row.integer(2);
    c.vacant += row.integer(3);
    if (is_settled(state)) c.answered += n;
    if (state == CallState::escalated) c.escalated += n;
    if (state == CallState::exhausted) c.exhausted += n;
  });
  reader.query("SELECT COUNT(*), CAST(SUM(attention) AS BIGINT), CAST(SUM(COALESCE(number, 0)) AS BIGINT) FROM answers WHERE id IN "
               "(SELECT MAX(id) FROM answers WHERE call BETWEEN ? AND ? GROUP BY call)", {first, last}, [&](const Row& row) {
    c.attention = row.integer(1);
    c.people_moved = row.integer(2);
  });
  return c;
}

std::shared_ptr<const Board> ClosedBoards::get(Reader& reader, const Pack& pack, RoundRow round) {
  const int64_t seq = last_fact_about(reader, round_subject(round.id));
  {
    std::scoped_lock guard(mutex_);
    for (size_t i = 0; i < kept_.size(); ++i)
      if (kept_[i]->round().id == round.id && kept_[i]->seq == seq) {
        std::rotate(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(i), kept_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        return kept_.front();
      }
  }
  auto board = std::make_shared<const Board>(Board::load(reader, pack, round));
  std::scoped_lock guard(mutex_);
  std::erase_if(kept_, [&](const auto& b) { return b->round().id == round.id; });
  kept_.insert(kept_.begin(), board);
  if (kept_.size() > kKept) kept_.pop_back();
  return board;
}

PlaceCode common_place(const Board& board) {
  if (board.slots().empty()) return {};
  PlaceCode place = board.slots().front().place;  // of the list: calls of deputies come later
  while (!place.empty() && board.counts(place).due < board.totals().due) place = place.parent();
  return place;
}

namespace {

// The places one level below that have calls, in code order.
std::vector<PlaceCode> called_below(const Board& board, PlaceCode place, const std::function<bool(PlaceCode)>& exists) {
  std::vector<PlaceCode> codes;
  const auto level = below(place.level());
  for (const auto code : board.places(level, place)) {
    if (level == PlaceLevel::kVillage || exists(code)) codes.push_back(code);
    else
      for (const auto inner : board.places(below(level), code)) codes.push_back(inner);
  }
  std::erase_if(codes, [&](PlaceCode code) { return board.counts(code).due == 0 && board.counts(code).attention == 0; });
  return codes;
}

}  // namespace

BoardView view_board(const Board& board, PlaceCode place, const std::function<bool(PlaceCode)>& exists) {
  BoardView v;
  v.round = board.round();
  if (place.empty()) {
    place = common_place(board);
    if (place.level() == PlaceLevel::kVillage) place = place.parent();
  }
  v.place = place;
  v.all = board.totals();
  v.totals = board.counts(place);
  for (PlaceCode at = place; at.level() != PlaceLevel::kVillage;) {
    const auto codes = called_below(board, at, exists);
    BoardCounts own = board.counts(at);
    for (const auto code : codes) own -= board.counts(code);
    if (own.due > 0 || own.attention > 0) v.rows.push_back({at, own, true});
    if (codes.size() == 1 && codes.front().level() != PlaceLevel::kVillage) {
      at = codes.front();
      continue;
    }
    for (const auto code : codes) v.rows.push_back({code, board.counts(code)});
    break;
  }
  v.answers = board.answers();
  v.progress = board.progress();
  if (v.progress.size() > BoardView::kProgressMax) {
    std::vector<ProgressPoint> thinned;
    const size_t step = (v.progress.size() + BoardView::kProgressMax - 2) / (BoardView::kProgressMax - 1);
    for (size_t i = 0; i + 1 < v.progress.size(); i += step) thinned.push_back(v.progress[i]);
    thinned.push_back(v.progress.back());
    v.progress = std::move(thinned);
  }
  v.seq = board.seq;
  return v;
}

std::vector<PickedCall> pick_calls(const Board& board, CallGroup group, PlaceCode place, const std::vector<PlaceCode>& allowed) {
  struct Range {
    int64_t first, last;
  };
  std::vector<Range> ranges;
  for (const auto p : allowed) ranges.push_back({p.empty() ? 0 : p.first_key(), p.empty() ? INT64_MAX : p.last_key()});
  const Range wanted{place.empty() ? 0 : place.first_key(), place.empty() ? INT64_MAX : place.last_key()};
  const bool everywhere = place.empty() && std::any_of(allowed.begin(), allowed.end(), [](PlaceCode p) { return p.empty(); });
  std::vector<PickedCall> picked;
  int64_t seq = 0;
  for (const auto& s : board.slots()) {
    ++seq;
    const bool settled = is_settled(s.state), holder = s.kind == CallKind::holder;
    const bool in = group == CallGroup::all || (group == CallGroup::silent && holder && !settled) || (group == CallGroup::answered && holder && settled) ||
                    (group == CallGroup::attention && s.attention) || (group == CallGroup::vacant && holder && !s.person);
    if (!in) continue;
    if (!everywhere) {
      const int64_t key = s.place.empty() ? 0 : s.place.first_key();
      // A coarser place is not inside a finer one, though both may begin with the same key.
      const auto inside = [&](PlaceCode outer, Range r) { return key >= r.first && key <= r.last && (outer.empty() || outer.contains(s.place)); };
      if (!inside(place, wanted)) continue;
      bool ok = false;
      for (size_t i = 0; i < ranges.size() && !ok; ++i) ok = inside(allowed[i], ranges[i]);
      if (!ok) continue;
    }
    picked.push_back({settled || s.state == CallState::stopped, s.limit_at.ms ? s.limit_at.ms : INT64_MAX, seq, s.person, s.post, s.place});
  }
  return picked;
}

std::vector<int64_t> page_of(std::vector<PickedCall>& picked, int64_t offset, int64_t limit) {
  const auto total = static_cast<int64_t>(picked.size());
  const int64_t end = std::min(total, offset + limit);
  std::vector<int64_t> seqs;
  if (offset >= end) return seqs;
  const auto before = [](const PickedCall& a, const PickedCall& b) {
    return std::tie(a.settled, a.deadline, a.seq) < std::tie(b.settled, b.deadline, b.seq);
  };
  std::nth_element(picked.begin(), picked.begin() + static_cast<std::ptrdiff_t>(end - 1), picked.end(), before);
  if (offset > 0) std::nth_element(picked.begin(), picked.begin() + static_cast<std::ptrdiff_t>(offset), picked.begin() + static_cast<std::ptrdiff_t>(end), before);
  std::sort(picked.begin() + static_cast<std::ptrdiff_t>(offset), picked.begin() + static_cast<std::ptrdiff_t>(end), before);
  for (int64_t i = offset; i < end; ++i) seqs.push_back(picked[static_cast<size_t>(i)].seq);
  return seqs;
}

std::vector<Attempt> people_reached(Reader& reader, RoundId round) {
  std::vector<Attempt> people;
  std::unordered_set<int64_t> seen;
  reader.query("SELECT id, person, phone FROM calls WHERE id BETWEEN ? AND ? AND person > 0 AND (reached = 1 OR state = ?) ORDER BY id",
               {call_key(round, 0), call_key(round, kCallsPerRoundMax), static_cast<int>(CallState::answered)}, [&](const Row& row) {
    if (seen.insert(row.integer(1)).second) people.push_back({round, seq_of(row.integer(0)), 0, PersonId{row.integer(1)}, row.str(2)});
  });
  return people;
}

void each_answer(Reader& reader, RoundId round, int64_t from, int64_t to, const std::function<void(int64_t seq, AnswerMade)>& each) {
  reader.query("SELECT call, at, pressed_at, channel, meaning, number, text, lon, lat, accuracy_m, photos, written_by, late, attention "
               "FROM answers WHERE call BETWEEN ? AND ? ORDER BY call, id", {call_key(round, from), call_key(round, to)}, [&](const Row& row) {
    AnswerMade a;
    a.at = row.time(1);
    if (!row.is_null(2)) a.pressed_at = row.time(2);
    a.channel = row.str(3);
    a.meaning = row.str(4);
    a.number = row.maybe(5);
    a.text = row.str(6);
    auto real = [&](int column) { return row.is_null(column) ? std::nullopt : std::optional<double>(row.real(column)); };
    a.lon = real(7);
    a.lat = real(8);
    a.accuracy_m = real(9);
    a.photos = split_commas(row.text(10));
    a.by = row.str(11);
    a.late = row.integer(12) != 0;
    a.attention = row.integer(13) != 0;
    each(seq_of(row.integer(0)), std::move(a));
  });
}

std::vector<CallDetails> read_calls(Reader& reader, RoundId round, int64_t from, int64_t to) {
  std::vector<CallDetails> calls;
  const int64_t first = call_key(round, from), last = call_key(round, to);
  reader.query("SELECT id, person, post, place, kind, rule, state, step, tries, attempts, due, limit_at, channel, phone, placed_at, reached "
               "FROM calls WHERE id BETWEEN ? AND ? ORDER BY id", {first, last}, [&](const Row& row) {
    calls.emplace_back();
    calls.back().row = call_row(row);
  });
  auto find = [&](int64_t seq) -> CallDetails* {
    const auto it = std::lower_bound(calls.begin(), calls.end(), seq, [](const CallDetails& c, int64_t s) { return c.row.seq < s; });
    return it != calls.end() && it->row.seq == seq ? &*it : nullptr;
  };
  auto add_post = [](CallDetails& c, PostId post) {
    if (std::find(c.posts.begin(), c.posts.end(), post) == c.posts.end()) c.posts.push_back(post);
  };
  for (auto& c : calls)
    if (c.row.kind == CallKind::holder) c.posts.push_back(c.row.post);
  reader.query("SELECT call, post FROM call_posts WHERE call BETWEEN ? AND ? ORDER BY call, post", {first, last}, [&](const Row& row) {
    if (auto* c = find(seq_of(row.integer(0)))) add_post(*c, PostId{row.integer(1)});
  });
  reader.query("SELECT id, channel, phone, placed_at, ended_at, outcome FROM attempts WHERE id BETWEEN ? AND ? ORDER BY id",
               {first << 8, (last << 8) | 255}, [&](const Row& row) {
    if (auto* c = find(seq_of(row.integer(0) >> 8)))
      c->attempts.push_back({row.integer(0) & 255, row.str(1), row.str(2), row.time(3), row.time(4), static_cast<Outcome>(row.integer(5))});
  });
  for (auto& c : calls)
    if (c.row.state == CallState::calling && (c.attempts.empty() || c.attempts.back().no < c.row.attempts))
      c.attempts.push_back({c.row.attempts, c.row.channel, c.row.phone, c.row.placed_at, std::nullopt, Outcome::placed});
  each_answer(reader, round, from, to, [&](int64_t seq, AnswerMade a) {
    if (auto* c = find(seq)) c->answers.push_back(std::move(a));
  });
  reader.query("SELECT l.call, l.silent, l.post, c.person FROM call_links l JOIN calls c ON c.id = l.silent WHERE l.call BETWEEN ? AND ? "
               "ORDER BY l.call, l.silent, l.post", {first, last}, [&](const Row& row) {
    auto* c = find(seq_of(row.integer(0)));
    if (!c) return;
    add_post(*c, PostId{row.integer(2)});
    c->because_of.push_back({seq_of(row.integer(1)), PersonId{row.integer(3)}, PostId{row.integer(2)}});
  });
  reader.query("SELECT silent, MAX(call) FROM call_links WHERE silent BETWEEN ? AND ? GROUP BY silent", {first, last}, [&](const Row& row) {
    if (auto* c = find(seq_of(row.integer(0)))) c->next_call = seq_of(row.integer(1));
  });
  for (auto& c : calls) {
    if (c.posts.empty()) c.posts.push_back(c.row.post);
    if (c.row.state == CallState::covered) c.covered_by = covered_by(reader, call_key(round, c.row.seq), 0);
  }
  return calls;
}

std::optional<CallDetails> read_call_details(Reader& reader, RoundId round, int64_t seq) {
  if (seq < 1 || seq > kCallsPerRoundMax) return std::nullopt;
  auto calls = read_calls(reader, round, seq, seq);
  if (calls.empty()) return std::nullopt;
  return std::move(calls.front());
}

}  // namespace anlan
