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
