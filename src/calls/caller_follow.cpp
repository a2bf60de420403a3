// What committed facts do to the boards in memory, and what follows from them outside: the caller as an observer.
#include <algorithm>
#include <tuple>

#include "calls/call_list.h"
#include "calls/caller.h"

namespace anlan {

void Caller::load(Reader& reader) {
  std::vector<RoundId> open;
  reader.query("SELECT id FROM rounds WHERE state < 3 ORDER BY id", {}, [&](const Row& row) { open.push_back(RoundId{row.integer(0)}); });
  Placing placing;
  {
    std::scoped_lock guard(mutex_);
    boards_.clear();
    due_ = {};
    for (auto& line : lines_) {
      line.state.in_flight = 0;
      line.waiting = {};
    }
    for (const auto id : open) {
      auto loaded = std::make_unique<Board>(Board::load(reader, pack_, *read_round(reader, id)));
      Board& b = *loaded;
      boards_[id] = std::move(loaded);
      for (int64_t seq = 1; b.has(seq); ++seq) {
        auto& s = b.slot(seq);
        if (s.state == CallState::calling) {
          lines_[s.channel].state.in_flight++;
          const auto row = read_call(reader, id, seq);
          placing[{id.value, s.channel}].push_back({id, seq, s.attempts, s.person, row->phone});
        }
        schedule(b, seq);
      }
    }
  }
  for (auto& [where, attempts] : placing) {
    const auto& [round, line] = where;
    const auto& b = *boards_.at(RoundId{round});
    if (b.round().mode == RoundMode::rehearsal)
      for (const auto& a : attempts) report({a.round, a.seq, a.no, Outcome::rehearsed});
    else if (lines_[line].channel) lines_[line].channel->place(std::move(attempts), b.round().message);
  }
}
void Caller::on_committed(const std::vector<RecordedFact>& facts) {
  Effects effects;
  std::vector<std::pair<std::string, std::pair<size_t, std::vector<Attempt>>>> out;
  {
    std::scoped_lock guard(mutex_);
    for (const auto& f : facts) observe(f, effects);
    for (auto& [where, attempts] : effects.placing) {
      const auto* b = board(RoundId{where.first});
      if (!b) continue;
      if (b->round().mode == RoundMode::rehearsal) {
        auto& list = reports_[b->round().id];
        for (const auto& a : attempts) list.push_back({a.round, a.seq, a.no, Outcome::rehearsed});
      } else {
        out.push_back({b->round().message, {where.second, std::move(attempts)}});
      }
    }
  }
  for (auto& [message, work] : out)
    if (lines_[work.first].channel) lines_[work.first].channel->place(std::move(work.second), message);
  for (const auto& [line, attempt] : effects.withdrawn)
    if (lines_[line].channel) lines_[line].channel->withdraw(attempt);
}

void Caller::observe(const RecordedFact& fact, Effects& effects) {
  const UtcTime at = fact.header.at;
  auto& placing = effects.placing;
  // The phone may stop ringing.
  auto let_go = [&](Board& b, int64_t seq) {
    auto& s = b.slot(seq);
    if (s.state == CallState::calling) effects.withdrawn.push_back({s.channel, {b.round().id, seq, s.attempts, s.person, {}}});
    land(s);
  };
  if (const auto* f = fact.as<RoundOpened>()) {
    RoundRow r;
    r.id = f->round;
    r.warning = f->warning;
    r.version = f->warning_version;
    r.level = f->level;
    r.hazard = f->hazard;
    r.mode = f->mode;
    r.state = f->calls ? RoundState::listing : RoundState::calling;
    r.opened_at = at;
    r.list = f->list;
    r.calls = r.last_seq = f->calls;
    r.message = f->message;
    r.rules = f->rules;
    open(std::move(r));
  } else if (const auto* f = fact.as<CallsListed>()) {
    auto* b = board(f->round);
    if (!b) return;
    const auto bytes = attachments_.must_get(b->round().list);
    const auto list = CallListReader::open(*bytes).value();
    for (int64_t i = f->from; i < f->to; ++i) {
      const auto e = list.at(static_cast<size_t>(i));
      const auto& rule = b->round().rules.at(static_cast<size_t>(e.rule));
      BoardSlot s{e.person, e.post, e.place, at, UtcTime{}, CallKind::holder, CallState::vacant, static_cast<uint8_t>(e.rule), static_cast<uint8_t>(e.step)};
      if (e.person && e.step < static_cast<int>(rule.steps.size())) {
        s.state = CallState::queued;
        const auto& channel = rule.steps[static_cast<size_t>(e.step)].channel;
        for (size_t c = 0; c < f->channels.size(); ++c)
          if (f->channels[c] == channel) {
            s.state = CallState::calling;
            s.attempts = 1;
            s.due = at + std::min(milliseconds(f->timeouts[c]), rule.answer_limit);
            s.limit_at = at + rule.answer_limit;
            const size_t line = line_of(channel);
            s.channel = static_cast<uint8_t>(line);
            lines_[line].state.in_flight++;
            placing[{f->round.value, line}].push_back({f->round, i + 1, 1, e.person, e.phone});
          }
      }
      b->add(s, at);
    }
    b->round().listed = f->to;
    if (f->to >= b->round().calls) {
      if (b->round().state == RoundState::listing) b->round().state = RoundState::calling;
      for (int64_t seq = 1; b->has(seq); ++seq) schedule(*b, seq);
    }
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<AttemptsPlaced>()) {
    auto* b = board(f->round);
    if (!b) return;
    const size_t line = line_of(f->channel);
    for (size_t i = 0; i < f->placed.size(); ++i) {
      const auto& [seq, no, step, due, limit] = f->placed[i];
      b->change(seq, at, [&, step = step, due = due, no = no, limit = limit](BoardSlot& s) {
        s.state = CallState::calling;
        s.attempts = static_cast<uint8_t>(no);
        s.step = static_cast<uint8_t>(step);
        s.due = UtcTime{due};
        s.limit_at = UtcTime{limit};
      });
      fly(*b, seq, line);
      schedule(*b, seq);
      placing[{f->round.value, line}].push_back({f->round, seq, no, b->slot(seq).person, f->phones[i]});
    }
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<AttemptsEnded>()) {
    auto* b = board(f->round);
    if (!b) return;
    for (const auto& [seq, no, outcome, state, step, tries, due, reached] : f->ended) {
      b->change(seq, at, [&, state = state, step = step, due = due](BoardSlot& s) {
        land(s);
        s.state = static_cast<CallState>(state);
        s.step = static_cast<uint8_t>(step);
        s.due = UtcTime{due};
      });
      schedule(*b, seq);
    }
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<CallsRequeued>()) {
    auto* b = board(f->round);
    if (!b) return;
    for (const auto& [seq, state, step, tries, due, limit] : f->calls) {
      b->change(seq, at, [&, state = state, step = step, due = due, limit = limit](BoardSlot& s) {
        land(s);
        s.state = static_cast<CallState>(state);
        s.step = static_cast<uint8_t>(step);
        s.due = UtcTime{due};
        s.limit_at = UtcTime{limit};
      });
      schedule(*b, seq);
    }
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<CallsEscalated>()) {
    auto* b = board(f->round);
    if (!b) return;
    for (const auto& c : f->calls) {
      CHECK(!b->has(c.seq) && (c.seq == 1 || b->has(c.seq - 1)));
      b->add({c.person, c.post, c.place, c.due, UtcTime{}, c.kind, CallState::queued, static_cast<uint8_t>(c.rule), static_cast<uint8_t>(c.step)}, at);
      b->round().last_seq = std::max(b->round().last_seq, c.seq);
      schedule(*b, c.seq);
    }
    for (const auto& [seq, state] : f->states)
      b->change(seq, at, [&, state = state](BoardSlot& s) {
        land(s);
        s.state = static_cast<CallState>(state);
      });
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<CallAnswered>()) {
    auto* b = board(f->round);
    if (!b || !b->has(f->seq)) return;
    let_go(*b, f->seq);
    for (const auto* list : {&f->covers, &f->releases})
      for (const auto seq : *list)
        if (b->has(seq)) let_go(*b, seq);
    b->answer(f->seq, *f, at);
    if (f->passes_on) schedule(*b, f->seq);
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<RoundStopped>()) {
    if (auto* b = board(f->round)) {
      b->round().state = RoundState::stopped;
      b->round().stopped_at = at;
      b->seq = fact.header.seq;
    }
  } else if (const auto* f = fact.as<RoundResumed>()) {
    auto* b = board(f->round);
    if (!b) return;
    b->round().state = b->round().listed < b->round().calls ? RoundState::listing : RoundState::calling;
    b->round().stopped_at.reset();
    move_deadlines(*b, f->paused);
    b->seq = fact.header.seq;
  } else if (const auto* f = fact.as<RoundClosed>()) {
    auto* b = board(f->round);
    if (!b) return;
    for (int64_t seq = 1; b->has(seq); ++seq) let_go(*b, seq);
    boards_.erase(f->round);
    reports_.erase(f->round);
  } else if (const auto* f = fact.as<ClockJumped>()) {
    for (auto& [id, b] : boards_) {
      if (b->round().stopped_at) b->round().stopped_at = *b->round().stopped_at + f->by;
      move_deadlines(*b, f->by);
    }
  }
}

void Caller::move_deadlines(Board& board, Millis by) {
  for (int64_t seq = 1; board.has(seq); ++seq) {
    auto& s = board.slot(seq);
    if (!is_open(s.state)) continue;
    if (s.due != kNever) s.due = s.due + by;
    if (s.limit_at.ms) s.limit_at = s.limit_at + by;
    schedule(board, seq);
  }
}

}  // namespace anlan
