#include "calls/caller.h"

#include <algorithm>
#include <tuple>

#include "calls/call_list.h"

namespace anlan {
namespace {

constexpr int64_t kListPiece = 4'096;    // calls listed by one command
constexpr size_t kAdvanceMax = 1'024;    // calls advanced by one command: keeps the writer's turn short
constexpr size_t kReportsMax = 1'024;    // reports recorded by one command
constexpr int kCommandsMax = 4;          // advances under way per round
constexpr size_t kUnsavedMax = 100'000;  // answers and reports kept while the disk is full
constexpr Millis kRetryAfter = seconds(1);

// Trouble that goes by: what could not be recorded is tried again.
bool passes(const Error& error) {
  return error.code == ErrorCode::kDiskFull || error.code == ErrorCode::kStoreUnavailable || error.code == ErrorCode::kTooMany;
}

}  // namespace

Caller::Caller(const Pack& pack, const Contacts& contacts, const Attachments& attachments, Submit submit)
    : pack_(pack), contacts_(contacts), attachments_(attachments), submit_(std::move(submit)) {
  for (const auto& rule : pack_.channels) {
    Line line{rule, nullptr, {}, {}};
    line.state.id = rule.id;
    line.state.tokens = rule.burst;
    lines_.push_back(std::move(line));
  }
}

void Caller::add_channel(std::shared_ptr<Channel> channel) {
  const size_t line = line_of(channel->id());
  CHECK_MSG(line < lines_.size(), channel->id());
  lines_[line].channel = std::move(channel);
}

size_t Caller::line_of(std::string_view channel) const {
  size_t i = 0;
  while (i < lines_.size() && lines_[i].rule.id != channel) ++i;
  return i;
}

Board* Caller::board(RoundId id) {
  const auto it = boards_.find(id);
  return it == boards_.end() ? nullptr : it->second.get();
}

void Caller::open(RoundRow round) {
  const auto id = round.id;
  boards_[id] = std::make_unique<Board>(std::move(round), pack_);
}

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

void Caller::schedule(Board& board, int64_t seq) {
  const auto& s = board.slot(seq);
  if (is_open(s.state) && s.due != kNever) due_.push({s.due, board.round().id, seq});
}

void Caller::refill(Line& line, UtcTime now) {
  auto& st = line.state;
  if (st.refilled.ms && now > st.refilled)
    st.tokens = std::min<double>(line.rule.burst, st.tokens + line.rule.rate_per_s * static_cast<double>((now - st.refilled).count) / 1000);
  st.refilled = now;
}

int64_t Caller::room(const Line& line) const {
  return std::max<int64_t>(0, std::min<int64_t>(line.rule.concurrency - line.state.in_flight, static_cast<int64_t>(line.state.tokens)));
}

void Caller::fly(Board& board, int64_t seq, size_t line) {
  board.slot(seq).channel = static_cast<uint8_t>(line);
  lines_[line].state.in_flight++;
}

// Called before a slot leaves the state `calling`.
void Caller::land(BoardSlot& slot) {
  if (slot.state == CallState::calling) lines_[slot.channel].state.in_flight--;
}

int Caller::channel_for(const Board& board, const BoardSlot& slot) const {
  const auto& rule = board.round().rules.at(slot.rule);
  const int step = usable_step(rule, pack_, contacts_, slot.person, slot.step);
  return step < static_cast<int>(rule.steps.size()) ? static_cast<int>(line_of(rule.steps[static_cast<size_t>(step)].channel)) : -1;
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

void Caller::report(const Report& report) {
  std::scoped_lock guard(mutex_);
  if (!board(report.round)) return;
  reports_[report.round].push_back(report);
}

void Caller::answer_by_digit(RoundId round, int64_t seq, int digit, std::optional<int64_t> number, std::string_view channel) {
  const auto* meaning = pack_.answer_by_digit(digit);
  if (!meaning) return;
  GiveAnswer answer{round, seq, meaning->id};
  if (!meaning->number.empty()) answer.number = number;
  answer.channel = std::string(channel);
  const std::string actor = "person:" + std::to_string(person_of(round, seq).value);
  submit_(answer_command(actor, answer));
}

Command Caller::answer_command(const std::string& actor, const GiveAnswer& answer) {
  return {actor, "", "", [this, answer](Reader& reader, UtcTime now) { return give_answer(reader, pack_, answer, now); },
          [this, actor, answer](const Result<Answer>& given) {
            if (given || !passes(given.error())) return;
            std::scoped_lock guard(mutex_);
            if (unsaved_.size() < kUnsavedMax) unsaved_.emplace_back(actor, answer);
          }, {}};
}

void Caller::tick(UtcTime now) {
  std::vector<Command> commands;
  {
    std::scoped_lock guard(mutex_);
    for (auto& line : lines_) refill(line, now);
    if (now >= retry_at_ || retry_at_ > now + kRetryAfter) {
      for (const auto& [actor, answer] : unsaved_) commands.push_back(answer_command(actor, answer));
      if (!unsaved_.empty()) retry_at_ = now + kRetryAfter;
      unsaved_.clear();
      submit_reports(now, commands);
    }
    submit_lists(now, commands);
    submit_due(now, commands);
  }
  for (auto& c : commands) submit_(std::move(c));
}

void Caller::submit_reports(UtcTime now, std::vector<Command>& commands) {
  for (auto& [round, list] : reports_) {
    for (size_t at = 0; at < list.size(); at += kReportsMax) {
      std::vector<Report> piece(list.begin() + static_cast<std::ptrdiff_t>(at),
                                list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), at + kReportsMax)));
      for (const auto& r : piece)
        if (auto* b = board(round); b && b->has(r.seq)) lines_[b->slot(r.seq).channel].state.last_report = now;
      auto reports = std::make_shared<const std::vector<Report>>(std::move(piece));
      commands.push_back({"node", "", "", [this, round = round, reports](Reader& reader, UtcTime at_commit) {
                            return record_reports(reader, pack_, contacts_, round, *reports, at_commit);
                          },
                          [this, round = round, reports, now](const Result<Answer>& recorded) {
                            if (recorded || !passes(recorded.error())) return;
                            std::scoped_lock guard(mutex_);
                            if (!board(round) || reports_[round].size() > kUnsavedMax) return;
                            reports_[round].insert(reports_[round].begin(), reports->begin(), reports->end());
                            retry_at_ = now + kRetryAfter;
                          }, {}});
    }
    list.clear();
  }
}

void Caller::submit_lists(UtcTime, std::vector<Command>& commands) {
  for (auto& [id, b] : boards_) {
    if (b->round().state != RoundState::listing || listing_[id]) continue;
    ListCalls c{id, kListPiece, {}, {}};
    // Channels with room for a whole piece take it at once: one fact about one list.
    for (auto& line : lines_)
      if (room(line) >= kListPiece) {
        c.channels.push_back(line.rule.id);
        c.timeouts.push_back(line.rule.attempt_timeout.count);
        line.state.tokens -= static_cast<double>(kListPiece);
      }
    ++listing_[id];
    commands.push_back({"node", "", "", [c](Reader& reader, UtcTime) { return list_calls(reader, c); },
                        [this, id = id](const Result<Answer>&) {
                          std::scoped_lock guard(mutex_);
                          --listing_[id];
                        }, {}});
  }
}

void Caller::submit_due(UtcTime now, std::vector<Command>& commands) {
  std::map<RoundId, AdvanceCalls> work;
  auto full = [&](RoundId round) {
    const auto it = work.find(round);
    return it != work.end() && it->second.seqs.size() >= kAdvanceMax * kCommandsMax;
  };
  auto take = [&](Board& b, int64_t seq, bool place) {
    auto& w = work[b.round().id];
    w.round = b.round().id;
    w.seqs.push_back(seq);
    if (place) w.may_place.insert(seq);
    b.slot(seq).pending = true;
  };
  auto valid = [&](Board* b, int64_t seq) {
    return b && b->has(seq) && b->round().state == RoundState::calling && !b->slot(seq).pending;
  };

  std::vector<Due> later;
  while (!due_.empty() && due_.top().due <= now) {
    const Due d = due_.top();
    due_.pop();
    auto* b = board(d.round);
    if (!valid(b, d.seq)) continue;  // stopped rounds and pending calls are scheduled again when that ends
    auto& s = b->slot(d.seq);
    if ((s.due != d.due && s.limit_at != d.due) || !is_open(s.state)) continue;
    if (advancing_[d.round] > 0 || full(d.round)) {
      later.push_back(d);
      if (later.size() > kAdvanceMax * kCommandsMax) break;
      continue;
    }
    const bool limit_passed = s.limit_at.ms && now >= s.limit_at;
    if (s.state != CallState::queued || limit_passed) {
      take(*b, d.seq, false);
      continue;
    }
    const int line = channel_for(*b, s);
    if (line < 0) {
      take(*b, d.seq, false);
    } else {
      lines_[static_cast<size_t>(line)].waiting.push({static_cast<int>(b->round().level), s.due, d.round, d.seq});
      if (s.limit_at.ms) due_.push({s.limit_at, d.round, d.seq});  // the limit passes whether a line is free or not
    }
  }
  for (const auto& d : later) due_.push(d);

  for (auto& line : lines_) {
    int64_t free = room(line);
    std::vector<Waiting> busy;
    while (free > 0 && !line.waiting.empty()) {
      const Waiting w = line.waiting.top();
      line.waiting.pop();
      auto* b = board(w.round);
      if (!valid(b, w.seq)) continue;
      const auto& s = b->slot(w.seq);
      if (s.state != CallState::queued || s.due != w.due) continue;
      if (advancing_[w.round] > 0 || full(w.round)) {
        busy.push_back(w);
        if (busy.size() > kAdvanceMax * kCommandsMax) break;
        continue;
      }
      take(*b, w.seq, true);
      --free;
      line.state.tokens -= 1;
    }
    for (const auto& w : busy) line.waiting.push(w);
    line.state.waiting = static_cast<int64_t>(line.waiting.size());
  }

  for (auto& [round, all] : work)
    for (size_t at = 0; at < all.seqs.size(); at += kAdvanceMax) {
      AdvanceCalls piece{round, {}, {}};
      for (size_t i = at; i < std::min(all.seqs.size(), at + kAdvanceMax); ++i) {
        piece.seqs.push_back(all.seqs[i]);
        if (all.may_place.contains(all.seqs[i])) piece.may_place.insert(all.seqs[i]);
      }
      ++advancing_[round];
      auto seqs = std::make_shared<std::vector<int64_t>>(piece.seqs);
      commands.push_back({"node", "", "", [this, piece = std::move(piece)](Reader& reader, UtcTime now2) {
                            return advance_calls(reader, pack_, contacts_, piece, now2);
                          },
                          [this, round = round, seqs](const Result<Answer>&) {
                            std::scoped_lock guard(mutex_);
                            --advancing_[round];
                            auto* b = board(round);
                            if (!b) return;
                            for (const auto seq : *seqs) {
                              b->slot(seq).pending = false;
                              schedule(*b, seq);
                            }
                          }, {}});
    }
}

UtcTime Caller::next_due() const {
  std::scoped_lock guard(mutex_);
  for (const auto& [round, list] : reports_)
    if (!list.empty()) return retry_at_;
  if (!unsaved_.empty()) return retry_at_;
  for (const auto& [id, b] : boards_)
    if (b->round().state == RoundState::listing) return UtcTime{0};
  for (const auto& line : lines_)
    if (!line.waiting.empty()) return UtcTime{0};
  return due_.empty() ? kNever : due_.top().due;
}

int64_t Caller::notify(std::vector<Attempt> people, const std::string& message) {
  for (auto& line : lines_) {
    if (line.rule.kind != ChannelKind::sms || !line.channel) continue;
    for (auto& p : people)
      if (p.phone.empty()) p.phone = phone_for(contacts_, p.person, 0);
    std::erase_if(people, [](const Attempt& p) { return p.phone.empty(); });
    const auto count = static_cast<int64_t>(people.size());
    if (count > 0) line.channel->place(std::move(people), message);
    return count;
  }
  return 0;
}

bool Caller::with_board(RoundId round, const std::function<void(const Board&)>& f) const {
  std::scoped_lock guard(mutex_);
  const auto it = boards_.find(round);
  if (it == boards_.end()) return false;
  f(*it->second);
  return true;
}

PersonId Caller::person_of(RoundId round, int64_t seq) const {
  PersonId person;
  with_board(round, [&](const Board& b) {
    if (b.has(seq)) person = b.slots()[static_cast<size_t>(seq - 1)].person;
  });
  return person;
}

std::vector<RoundId> Caller::open_rounds() const {
  std::scoped_lock guard(mutex_);
  std::vector<RoundId> list;
  for (const auto& [id, b] : boards_) list.push_back(id);
  return list;
}

std::vector<Caller::ChannelState> Caller::channel_states() const {
  std::scoped_lock guard(mutex_);
  std::vector<ChannelState> list;
  for (const auto& line : lines_) list.push_back(line.state);
  return list;
}

}  // namespace anlan
