#include "calls/commands.h"

#include <algorithm>
#include <set>

#include "calls/escalation.h"

namespace anlan {
namespace {

Error round_not_found(RoundId id) { return Error(ErrorCode::kNotFound, {{"what", "叫应任务 " + std::to_string(id.value)}}); }
Error call_not_found(int64_t seq) { return Error(ErrorCode::kNotFound, {{"what", "叫应 " + std::to_string(seq)}}); }

template <class F>
NewFact round_fact(F value) {
  auto subject = round_subject(value.round);
  return fact(std::move(value), std::move(subject));
}

const RoundRule& rule_of(const RoundRow& round, const CallRow& row) { return round.rules.at(static_cast<size_t>(row.rule)); }

// Time stands still in a stopped round: what is due then is due so long after it goes on.
template <class Round>
UtcTime round_time(const Round& round, UtcTime now) { return round.stopped_at.value_or(now); }

void add_requeue(CallsRequeued& f, int64_t seq, const NextState& n, UtcTime limit) {
  f.calls.push_back({seq, static_cast<int64_t>(n.state), n.step, n.tries, n.due.ms, limit.ms});
}

// The calls settled when `seq` is answered: those for whose every post somebody it was passed on to has answered, and so
// on down the chain.
void collect_covers(Reader& reader, RoundId round, int64_t seq, std::vector<int64_t>& settled) {
  std::vector<int64_t> silent;
  reader.query("SELECT DISTINCT silent FROM call_links WHERE call = ? ORDER BY silent", {call_key(round, seq)},
               [&](const Row& row) { silent.push_back(row.integer(0)); });
  for (const auto key : silent) {
    if (std::find(settled.begin(), settled.end(), seq_of(key)) != settled.end()) continue;
    std::set<int64_t> posts;  // that nobody has answered for yet
    bool answered = false;
    reader.query("SELECT state, kind, post FROM calls WHERE id = ?", {key}, [&](const Row& row) {
      answered = static_cast<CallState>(row.integer(0)) == CallState::answered || static_cast<CallState>(row.integer(0)) == CallState::covered;
      if (static_cast<CallKind>(row.integer(1)) == CallKind::holder) posts.insert(row.integer(2));
    });
    if (answered) continue;
    reader.query("SELECT post FROM call_posts WHERE call = ?", {key}, [&](const Row& row) { posts.insert(row.integer(0)); });
    reader.query("SELECT post FROM call_links WHERE call = ?", {key}, [&](const Row& row) { posts.insert(row.integer(0)); });
    reader.query("SELECT l.call, c.state, l.post FROM call_links l JOIN calls c ON c.id = l.call WHERE l.silent = ?", {key}, [&](const Row& row) {
      const auto state = static_cast<CallState>(row.integer(1));
      if (state == CallState::answered || state == CallState::covered || seq_of(row.integer(0)) == seq ||
          std::find(settled.begin(), settled.end(), seq_of(row.integer(0))) != settled.end())
        posts.erase(row.integer(2));
    });
    if (posts.empty()) {
      settled.push_back(seq_of(key));
      collect_covers(reader, round, seq_of(key), settled);
    }
  }
}

// Calls made because of `seq` that nobody else needs any more.
void collect_releases(Reader& reader, RoundId round, int64_t seq, const std::vector<int64_t>& settled, std::vector<int64_t>& released) {
  std::vector<std::pair<int64_t, CallState>> followers;
  reader.query("SELECT DISTINCT l.call, c.state FROM call_links l JOIN calls c ON c.id = l.call WHERE l.silent = ? ORDER BY l.call",
               {call_key(round, seq)}, [&](const Row& row) { followers.emplace_back(row.integer(0), static_cast<CallState>(row.integer(1))); });
  for (const auto& [key, state] : followers) {
    if (state == CallState::answered || state == CallState::covered || state == CallState::stopped) continue;
    if (std::find(released.begin(), released.end(), seq_of(key)) != released.end()) continue;
    bool needed = false;
    reader.query("SELECT c.id, c.state FROM call_links l JOIN calls c ON c.id = l.silent WHERE l.call = ?", {key}, [&](const Row& row) {
      const auto other = seq_of(row.integer(0));
      const auto other_state = static_cast<CallState>(row.integer(1));
      if (other == seq || std::find(settled.begin(), settled.end(), other) != settled.end()) return;
      if (other_state != CallState::answered && other_state != CallState::covered && other_state != CallState::stopped) needed = true;
    });
    if (!needed) {
      released.push_back(seq_of(key));
      collect_releases(reader, round, seq_of(key), settled, released);
    }
  }
}

}  // namespace

Result<Decision> open_round(Reader& reader, const OpenRound& c) {
  if (c.mode == RoundMode::live)
    if (const auto existing = reader.integer("SELECT id FROM rounds WHERE warning = ? AND version = ? AND mode = 0", {c.warning, c.warning_version}))
      return Decision{{}, "{\"round\":" + std::to_string(*existing) + ",\"opened\":false}"};
  if (c.calls > kCallsPerRoundMax / 2) return Error(ErrorCode::kTooLarge, {{"what", "叫应名单"}, {"limit", std::to_string(kCallsPerRoundMax / 2)}});
  const RoundId id{peek_id(reader, "round")};
  RoundOpened f{id, c.warning, c.warning_version, c.level, c.hazard, c.mode, c.list, c.calls, c.message, c.rules};
  return Decision{{fact(std::move(f), round_subject(id), c.place)}, "{\"round\":" + std::to_string(id.value) + ",\"opened\":true}"};
}

Result<Decision> list_calls(Reader& reader, const ListCalls& c) {
  const auto round = read_round(reader, c.round);
  if (!round) return round_not_found(c.round);
  if (round->state != RoundState::listing) return Decision{};
  const int64_t to = std::min(round->calls, round->listed + c.count);
  return Decision{{round_fact(CallsListed{c.round, round->listed, to, c.channels, c.timeouts})}, "{}"};
}

Result<Decision> advance_calls(Reader& reader, const Pack& pack, const Contacts& contacts, const AdvanceCalls& c, UtcTime now) {
  const auto round = read_round(reader, c.round);
  if (!round) return round_not_found(c.round);
  if (round->state != RoundState::calling) return Decision{};
  std::map<std::string, AttemptsPlaced> placed;
  AttemptsEnded ended{c.round, {}};
  CallsRequeued requeued{c.round, {}};
  Escalation escalation(reader, pack, contacts, *round, now);
  const bool rehearsal = round->mode == RoundMode::rehearsal;

  for (const auto seq : c.seqs) {
    const auto row = read_call(reader, c.round, seq);
    if (!row || !is_open(row->state) || row->due > now) continue;
    const auto& rule = rule_of(*round, *row);
    if (row->state == CallState::calling) {  // no report in time
      const int next = usable_step(rule, pack, contacts, row->person, row->step + 1);
      // A limit that passes before the channel's own time is no fault of the channel.
      const auto* channel = pack.channel(row->channel);
      const auto outcome = channel && now < row->placed_at + channel->attempt_timeout ? Outcome::no_answer : Outcome::failed;
      const auto n = after_attempt(*row, rule, outcome, {}, next, contacts.phones(row->person).size(), now);
      ended.ended.push_back({seq, row->attempts, static_cast<int64_t>(outcome), static_cast<int64_t>(n.state), n.step, n.tries, n.due.ms, n.reached});
      continue;
    }
    if (must_pass_on(*row, rule, now)) {
      if (!rehearsal) escalation.pass_on(*row);
      else requeued.calls.push_back({seq, static_cast<int64_t>(CallState::exhausted), row->step, row->tries, row->due.ms, row->limit_at.ms});
      continue;
    }
    if (row->state == CallState::waiting) {
      add_requeue(requeued, seq, after_waiting(*row, rule, usable_step(rule, pack, contacts, row->person, row->step + 1), now), row->limit_at);
      continue;
    }
    // Queued: is the step still open to this person, and is there a free line?
    const int step = usable_step(rule, pack, contacts, row->person, row->step);
    if (step >= static_cast<int>(rule.steps.size()) || row->attempts >= kAttemptsMax) {
      const UtcTime due = row->reached && row->limit_at.ms ? std::max(now, row->limit_at) : now;
      add_requeue(requeued, seq, {CallState::waiting, static_cast<int>(rule.steps.size()), 0, due, row->reached}, row->limit_at);
      continue;
    }
    if (!c.may_place.contains(seq)) continue;
    const auto& channel_id = rule.steps[static_cast<size_t>(step)].channel;
    auto& f = placed[channel_id];
    f.round = c.round;
    f.channel = channel_id;
    const UtcTime limit = row->limit_at.ms ? row->limit_at : now + rule.answer_limit;
    f.placed.push_back({seq, row->attempts + 1, step, std::min(now + pack.channel(channel_id)->attempt_timeout, limit).ms, limit.ms});
    const bool by_phone = pack.channel(channel_id)->kind != ChannelKind::app;
    f.phones.push_back(by_phone ? phone_for(contacts, row->person, step == row->step ? row->tries : 0) : std::string());
  }
  Decision d;
  for (auto& [channel, f] : placed) d.facts.push_back(round_fact(std::move(f)));
  if (!ended.ended.empty()) d.facts.push_back(round_fact(std::move(ended)));
  if (!requeued.calls.empty()) d.facts.push_back(round_fact(std::move(requeued)));
  if (!escalation.empty()) d.facts.push_back(round_fact(escalation.take()));
  return d;
}

Result<Decision> record_reports(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId id,
                                const std::vector<Report>& reports, UtcTime now) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  AttemptsEnded f{id, {}};
  std::unordered_set<int64_t> seen;
  for (const auto& r : reports) {
    const auto row = read_call(reader, id, r.seq);
    if (!row || row->state != CallState::calling || row->attempts != r.no || !seen.insert(r.seq).second) continue;
    const auto& rule = rule_of(*round, *row);
    const auto* channel = pack.channel(row->channel);
    const int next = usable_step(rule, pack, contacts, row->person, row->step + 1);
    const auto n = after_attempt(*row, rule, r.outcome, channel ? channel->answer_wait : Millis{}, next,
                                 r.outcome == Outcome::wrong_number ? contacts.phones(row->person).size() : 0, round_time(*round, now));
    f.ended.push_back({r.seq, r.no, static_cast<int64_t>(r.outcome), static_cast<int64_t>(n.state), n.step, n.tries, n.due.ms, n.reached});
  }
  if (f.ended.empty()) return Decision{};
  return Decision{{round_fact(std::move(f))}, "{}"};
}

Result<Decision> give_answer(Reader& reader, const Pack& pack, const GiveAnswer& c, UtcTime now) {
  const auto round = read_moment(reader, c.round);
  if (!round) return round_not_found(c.round);
  const auto row = read_call(reader, c.round, c.seq);
  if (!row) return call_not_found(c.seq);
  const auto* meaning = pack.answer(c.meaning);
  if (!meaning) return Error(ErrorCode::kInvalidField, {{"field", "meaning"}, {"why", c.meaning}});
  if (c.number && (meaning->number.empty() || *c.number < 0 || *c.number > 1'000'000))
    return Error(ErrorCode::kInvalidField, {{"field", "number"}, {"why", "0 – 1,000,000"}});
  if (c.text.size() > 2'000) return Error(ErrorCode::kTooLarge, {{"what", "text"}, {"limit", "2,000"}});
  if (c.photos.size() > 9) return Error(ErrorCode::kTooLarge, {{"what", "photos"}, {"limit", "9"}});
  for (const auto& photo : c.photos)
    if (!Attachments::is_hash(photo)) return Error(ErrorCode::kInvalidField, {{"field", "photos"}, {"why", photo}});
  if (c.lon.has_value() != c.lat.has_value() || (c.lon && !is_valid({*c.lon, *c.lat})))
    return Error(ErrorCode::kInvalidField, {{"field", "lon"}, {"why", "经度和纬度 / longitude and latitude"}});
  if (reader.integer("SELECT COUNT(*) FROM answers WHERE call = ?", {call_key(c.round, c.seq)}).value_or(0) >= kAnswersMax)
    return Error(ErrorCode::kTooLarge, {{"what", "应答 / answers"}, {"limit", std::to_string(kAnswersMax)}});
  CallAnswered f;
  f.round = c.round;
  f.seq = c.seq;
  f.meaning = c.meaning;
  f.number = c.number;
  f.text = c.text;
  f.lon = c.lon;
  f.lat = c.lat;
  f.accuracy_m = c.accuracy_m;
  f.photos = c.photos;
  f.pressed_at = c.pressed_at;
  f.channel = c.channel;
  f.by = c.by;
  f.attention = meaning->attention;
  // An answer is late when the limit had passed before the button was pressed, not before the network let it through.
  const UtcTime pressed = c.pressed_at && *c.pressed_at < now && *c.pressed_at > round->opened_at ? *c.pressed_at : now;
  f.late = (row->limit_at.ms && std::min(pressed, round_time(*round, pressed)) >= row->limit_at) || round->state == RoundState::closed;
  // Nothing is passed on for whoever is not needed any more.
  f.passes_on = meaning->passes_on && round->state != RoundState::closed && row->state != CallState::covered && row->state != CallState::stopped;
  if (!meaning->passes_on) {
    collect_covers(reader, c.round, c.seq, f.covers);
    std::vector<int64_t> settled = f.covers;
    settled.push_back(c.seq);
    for (const auto seq : settled) collect_releases(reader, c.round, seq, settled, f.releases);
    std::sort(f.releases.begin(), f.releases.end());
    f.releases.erase(std::unique(f.releases.begin(), f.releases.end()), f.releases.end());
    // The person who answers is not released from the own call.
    std::erase_if(f.releases, [&](int64_t s) { return std::find(settled.begin(), settled.end(), s) != settled.end(); });
  }
  return Decision{{fact(std::move(f), round_subject(c.round), row->place)}, "{}"};
}

Result<Decision> call_again(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId id,
                            const std::vector<int64_t>& seqs, UtcTime now) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  if (round->state == RoundState::closed) return Error(ErrorCode::kConflict, {{"why", "叫应已结束 / the round is closed"}});
  CallsRequeued f{id, {}};
  for (const auto seq : seqs) {
    const auto row = read_call(reader, id, seq);
    if (!row) return call_not_found(seq);
    if (row->state == CallState::answered || row->state == CallState::calling) continue;
    if (row->state == CallState::queued) {
      // What waits for its next try has it now; what waits for a line gets the next one anyhow.
      if (const UtcTime from = round_time(*round, now); row->due > from) add_requeue(f, seq, {row->state, row->step, row->tries, from, row->reached}, row->limit_at);
      continue;
    }
    const auto& rule = rule_of(*round, *row);
    const int step = usable_step(rule, pack, contacts, row->person, 0);
    if (step >= static_cast<int>(rule.steps.size())) {
      if (seqs.size() == 1) return Error(ErrorCode::kConflict, {{"why", row->person ? "没有可用的号码 / no usable number" : "岗位空缺 / the post is vacant"}});
      continue;
    }
    f.calls.push_back({seq, static_cast<int64_t>(CallState::queued), step, 0, round_time(*round, now).ms, 0});
  }
  if (f.calls.empty()) return Decision{};
  return Decision{{round_fact(std::move(f))}, "{}"};
}

Result<Decision> pass_on_now(Reader& reader, const Pack& pack, const Contacts& contacts, RoundId id, int64_t seq,
                             CallKind kind, UtcTime now) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  if (round->state == RoundState::closed) return Error(ErrorCode::kConflict, {{"why", "叫应已结束 / the round is closed"}});
  if (round->state == RoundState::listing) return Error(ErrorCode::kConflict, {{"why", "名单正在生成 / the list is being made"}});
  const auto row = read_call(reader, id, seq);
  if (!row) return call_not_found(seq);
  if (row->state == CallState::answered || row->state == CallState::covered)
    return Error(ErrorCode::kConflict, {{"why", "已经应答 / already answered"}});
  Escalation escalation(reader, pack, contacts, *round, round_time(*round, now));
  if (!escalation.pass_on(*row, kind))
    return Error(ErrorCode::kConflict, {{"why", kind == CallKind::deputy ? "没有在岗的副职 / no deputy in post" : "没有在岗的上级 / no superior in post"}});
  return Decision{{round_fact(escalation.take())}, "{}"};
}

Result<Decision> stop_round(Reader& reader, RoundId id, const std::string& comment) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  if (round->state == RoundState::stopped) return Decision{};
  if (round->state == RoundState::closed) return Error(ErrorCode::kConflict, {{"why", "叫应已结束 / the round is closed"}});
  return Decision{{round_fact(RoundStopped{id, comment})}, "{}"};
}

Result<Decision> resume_round(Reader& reader, RoundId id, UtcTime now) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  if (round->state != RoundState::stopped) return Error(ErrorCode::kConflict, {{"why", "叫应没有暂停 / the round is not stopped"}});
  const Millis paused = now > *round->stopped_at ? now - *round->stopped_at : Millis{};
  return Decision{{round_fact(RoundResumed{id, paused})}, "{}"};
}

std::vector<RoundId> rounds_to_notify(Reader& reader) {
  std::vector<RoundId> rounds;
  reader.query("SELECT id FROM rounds WHERE state = 3 AND mode = 0 AND reason = 'cancelled' AND notices IS NULL ORDER BY id", {},
               [&](const Row& row) { rounds.push_back(RoundId{row.integer(0)}); });
  return rounds;
}

Result<Decision> record_notices(Reader& reader, RoundId id, int64_t people) {
  const auto round = read_round(reader, id);
  if (!round) return round_not_found(id);
  if (round->notices) return Decision{};
  return Decision{{round_fact(NoticesSent{id, people})}, "{}"};
}

Result<Decision> close_rounds(Reader& reader, WarningId warning, int64_t up_to_version, const std::string& reason) {
  Decision d;
  std::vector<int64_t> open;
  reader.query("SELECT id FROM rounds WHERE warning = ? AND version <= ? AND state < 3 ORDER BY id", {warning, up_to_version},
               [&](const Row& row) { open.push_back(row.integer(0)); });
  for (const auto id : open) d.facts.push_back(round_fact(RoundClosed{RoundId{id}, reason}));
  return d;
}

}  // namespace anlan
