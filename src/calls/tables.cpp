#include <algorithm>

#include "calls/call_list.h"
#include "calls/facts.h"
#include "journal/attachments.h"
#include "journal/writer.h"

namespace anlan {
namespace {

constexpr int64_t number(CallState s) { return static_cast<int64_t>(s); }
constexpr int64_t number(RoundState s) { return static_cast<int64_t>(s); }

constexpr std::string_view kInsertCall =
    "INSERT INTO calls (id, person, post, place, kind, rule, state, step, tries, attempts, due, limit_at, channel, phone, placed_at, reached) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, 0)";

void set_round(Tables& tables, RoundId round, RoundState state) {
  tables.execute("UPDATE rounds SET state = ? WHERE id = ?", {number(state), round});
}

// Of open calls; what never falls due (kNever) stays so.
void move_deadlines(Tables& tables, RoundId round, Millis by) {
  tables.execute("UPDATE calls SET due = CASE WHEN due = ? THEN due ELSE due + ? END, limit_at = CASE WHEN limit_at > 0 THEN limit_at + ? ELSE 0 END "
                 "WHERE id BETWEEN ? AND ? AND state IN (0, 1, 2, 7)",
                 {kNever, by.count, by.count, call_key(round, 0), call_key(round, kCallsPerRoundMax)});
}

// The attempt in flight, if there is one, is no longer followed.
void end_attempt(Tables& tables, int64_t call, Outcome outcome, UtcTime at) {
  tables.execute("INSERT INTO attempts (id, channel, phone, placed_at, ended_at, outcome) "
                 "SELECT id * 256 + attempts, channel, phone, placed_at, ?, ? FROM calls WHERE id = ? AND state = 1 ON CONFLICT DO NOTHING",
                 {at, static_cast<int>(outcome), call});
}

}  // namespace

std::vector<Migration> call_migrations() {
  return {{"calls-1", R"(
    CREATE TABLE rounds (id $ID, warning BIGINT NOT NULL, version BIGINT NOT NULL, level BIGINT NOT NULL, hazard TEXT NOT NULL,
                         mode BIGINT NOT NULL, state BIGINT NOT NULL, opened_at BIGINT NOT NULL, closed_at BIGINT,
                         stopped_at BIGINT, list TEXT NOT NULL, calls BIGINT NOT NULL, listed BIGINT NOT NULL,
                         last_seq BIGINT NOT NULL, message TEXT NOT NULL, rules TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE INDEX rounds_warning ON rounds (warning, version);
    CREATE INDEX rounds_state ON rounds (state);
    CREATE TABLE calls (id $ID, person BIGINT NOT NULL, post BIGINT NOT NULL, place BIGINT NOT NULL, kind BIGINT NOT NULL,
                        rule BIGINT NOT NULL, state BIGINT NOT NULL, step BIGINT NOT NULL, tries BIGINT NOT NULL,
                        attempts BIGINT NOT NULL, due BIGINT NOT NULL, limit_at BIGINT NOT NULL, channel TEXT NOT NULL,
                        phone TEXT NOT NULL, placed_at BIGINT NOT NULL, reached BIGINT NOT NULL);
    CREATE TABLE attempts (id $ID, channel TEXT NOT NULL, phone TEXT NOT NULL, placed_at BIGINT NOT NULL,
                           ended_at BIGINT NOT NULL, outcome BIGINT NOT NULL);
    CREATE TABLE answers (id $ID, call BIGINT NOT NULL, at BIGINT NOT NULL, pressed_at BIGINT, channel TEXT NOT NULL,
                          meaning TEXT NOT NULL, number BIGINT, text TEXT NOT NULL, lon $REAL, lat $REAL, accuracy_m $REAL,
                          photos TEXT NOT NULL, written_by TEXT NOT NULL, late BIGINT NOT NULL, attention BIGINT NOT NULL);
    CREATE INDEX answers_call ON answers (call);
    CREATE TABLE call_links (silent BIGINT NOT NULL, call BIGINT NOT NULL, post BIGINT NOT NULL, PRIMARY KEY (silent, call, post)) $CLUSTERED;
    CREATE INDEX call_links_call ON call_links (call);
    CREATE TABLE call_posts (call BIGINT NOT NULL, post BIGINT NOT NULL, PRIMARY KEY (call, post)) $CLUSTERED
  )"},
          {"calls-2", R"(
    ALTER TABLE rounds ADD COLUMN notices BIGINT;
    UPDATE rounds SET notices = 0 WHERE state = 3;
    CREATE INDEX calls_person ON calls (person)
  )"}};
}

std::vector<std::string> call_tables() {
  return {"rounds", "calls", "attempts", "answers", "call_links", "call_posts"};
}

void register_call_facts(FactCatalogue& catalogue) {
  catalogue.add<RoundOpened>();
  catalogue.add<CallsListed>();
  catalogue.add<AttemptsPlaced>();
  catalogue.add<AttemptsEnded>();
  catalogue.add<CallsRequeued>();
  catalogue.add<CallsEscalated>();
  catalogue.add<CallAnswered>();
  catalogue.add<RoundStopped>();
  catalogue.add<RoundResumed>();
  catalogue.add<RoundClosed>();
  catalogue.add<NoticesSent>();
  catalogue.add<ClockJumped>();
}

void apply(Tables& tables, const RoundOpened& f, const FactHeader& h) {
  take_id(tables, "round", f.round.value);
  tables.execute("INSERT INTO rounds (id, warning, version, level, hazard, mode, state, opened_at, list, calls, listed, last_seq, message, rules, reason) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, '')",
                 {f.round, f.warning, f.warning_version, static_cast<int>(f.level), Arg(f.hazard), static_cast<int>(f.mode),
                  number(f.calls ? RoundState::listing : RoundState::calling), h.at, Arg(f.list), f.calls, f.calls,
                  Arg(f.message), to_json(f.rules)});
}

// O(to - from) rows.
void apply(Tables& tables, const CallsListed& f, const FactHeader& h, const Attachments& attachments) {
  const auto list_hash = tables.text("SELECT list FROM rounds WHERE id = ?", {f.round});
  const auto rules_json = tables.text("SELECT rules FROM rounds WHERE id = ?", {f.round});
  if (!list_hash || !rules_json) return;  // the transaction has failed already
  const auto bytes = attachments.must_get(*list_hash);
  const auto list = CallListReader::open(*bytes);
  CHECK_MSG(list.ok(), list.error().describe());
  const auto rules = from_json_text<std::vector<RoundRule>>(*rules_json, "rules").value();
  for (int64_t i = f.from; i < f.to; ++i) {
    const auto e = list->at(static_cast<size_t>(i));
    const auto& rule = rules.at(static_cast<size_t>(e.rule));
    const int64_t id = call_key(f.round, i + 1);
    const bool reachable = e.person && e.step < static_cast<int>(rule.steps.size());
    size_t channel = f.channels.size();
    if (reachable)
      for (channel = 0; channel < f.channels.size(); ++channel)
        if (f.channels[channel] == rule.steps[static_cast<size_t>(e.step)].channel) break;
    const bool placed = channel < f.channels.size();
    const CallState state = placed ? CallState::calling : reachable ? CallState::queued : CallState::vacant;
    const UtcTime due = placed ? h.at + std::min(milliseconds(f.timeouts[channel]), rule.answer_limit) : h.at;
    tables.execute(kInsertCall, {id, e.person, e.post, e.place, static_cast<int>(CallKind::holder), e.rule, number(state), e.step,
                                 placed ? 1 : 0, due, placed ? (h.at + rule.answer_limit).ms : int64_t{0},
                                 placed ? Arg(f.channels[channel]) : Arg(""), placed ? Arg(e.phone) : Arg(""),
                                 placed ? h.at.ms : int64_t{0}});
    for (const auto post : e.extra_posts)
      tables.execute("INSERT INTO call_posts (call, post) VALUES (?, ?) ON CONFLICT DO NOTHING", {id, post});
  }
  tables.execute("UPDATE rounds SET listed = ?, state = CASE WHEN state = 0 AND ? >= calls THEN 1 ELSE state END WHERE id = ?",
                 {f.to, f.to, f.round});
}

void apply(Tables& tables, const AttemptsPlaced& f, const FactHeader& h) {
  for (size_t i = 0; i < f.placed.size(); ++i) {
    const auto& [seq, no, step, due, limit] = f.placed[i];
    tables.execute("UPDATE calls SET state = 1, attempts = ?, tries = CASE WHEN step = ? THEN tries ELSE 0 END, step = ?, due = ?, limit_at = ?, channel = ?, phone = ?, placed_at = ? WHERE id = ?",
                   {no, step, step, due, limit, Arg(f.channel), Arg(f.phones[i]), h.at, call_key(f.round, seq)});
  }
}

void apply(Tables& tables, const AttemptsEnded& f, const FactHeader& h) {
  for (const auto& [seq, no, outcome, state, step, tries, due, reached] : f.ended) {
    const int64_t id = call_key(f.round, seq);
    tables.execute("INSERT INTO attempts (id, channel, phone, placed_at, ended_at, outcome) SELECT ?, channel, phone, placed_at, ?, ? FROM calls WHERE id = ?",
                   {attempt_key(f.round, seq, no), h.at, outcome, id});
    tables.execute("UPDATE calls SET state = ?, step = ?, tries = ?, due = ?, reached = ? WHERE id = ?", {state, step, tries, due, reached, id});
  }
}

void apply(Tables& tables, const CallsRequeued& f, const FactHeader&) {
  for (const auto& [seq, state, step, tries, due, limit] : f.calls)
    tables.execute("UPDATE calls SET state = ?, step = ?, tries = ?, due = ?, limit_at = ? WHERE id = ?",
                   {state, step, tries, due, limit, call_key(f.round, seq)});
}

void apply(Tables& tables, const CallsEscalated& f, const FactHeader& h) {
  for (const auto& c : f.calls) {
    tables.execute(kInsertCall, {call_key(f.round, c.seq), c.person, c.post, c.place, static_cast<int>(c.kind), c.rule,
                                 number(CallState::queued), c.step, 0, c.due, 0, "", "", 0});
    tables.execute("UPDATE rounds SET last_seq = ? WHERE id = ? AND last_seq < ?", {c.seq, f.round, c.seq});
  }
  for (const auto& [silent, call, post] : f.links)
    tables.execute("INSERT INTO call_links (silent, call, post) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                   {call_key(f.round, silent), call_key(f.round, call), post});
  for (const auto& [seq, state] : f.states) {
    end_attempt(tables, call_key(f.round, seq), Outcome::stopped, h.at);
    tables.execute("UPDATE calls SET state = ? WHERE id = ?", {state, call_key(f.round, seq)});
  }
}

void apply(Tables& tables, const CallAnswered& f, const FactHeader& h) {
  const int64_t id = call_key(f.round, f.seq);
  std::string photos;
  for (const auto& p : f.photos) photos += (photos.empty() ? "" : ",") + p;
  tables.execute("INSERT INTO answers (id, call, at, pressed_at, channel, meaning, number, text, lon, lat, accuracy_m, photos, written_by, late, attention) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {h.seq, id, h.at, f.pressed_at, Arg(f.channel), Arg(f.meaning), f.number, Arg(f.text), f.lon, f.lat, f.accuracy_m,
                  Arg(photos), Arg(f.by), f.late, f.attention});
  end_attempt(tables, id, Outcome::answered, h.at);
  if (f.passes_on) {
    const auto stopped = tables.integer("SELECT stopped_at FROM rounds WHERE id = ? AND stopped_at IS NOT NULL", {f.round});
    const UtcTime due = stopped ? UtcTime{*stopped} : h.at;  // time stands still in a stopped round
    tables.execute("UPDATE calls SET state = ?, due = ?, limit_at = ? WHERE id = ? AND state <> 5", {number(CallState::waiting), due, due, id});
  } else {
    tables.execute("UPDATE calls SET state = ? WHERE id = ?", {number(CallState::answered), id});
  }
  for (const auto seq : f.covers) {
    end_attempt(tables, call_key(f.round, seq), Outcome::stopped, h.at);
    tables.execute("UPDATE calls SET state = ? WHERE id = ?", {number(CallState::covered), call_key(f.round, seq)});
  }
  for (const auto seq : f.releases) {
    end_attempt(tables, call_key(f.round, seq), Outcome::stopped, h.at);
    tables.execute("UPDATE calls SET state = ? WHERE id = ?", {number(CallState::stopped), call_key(f.round, seq)});
  }
}

void apply(Tables& tables, const RoundStopped& f, const FactHeader& h) {
  set_round(tables, f.round, RoundState::stopped);
  tables.execute("UPDATE rounds SET stopped_at = ?, reason = ? WHERE id = ?", {h.at, Arg(f.comment), f.round});
}

void apply(Tables& tables, const RoundResumed& f, const FactHeader&) {
  tables.execute("UPDATE rounds SET state = CASE WHEN listed < calls THEN 0 ELSE 1 END, stopped_at = NULL WHERE id = ?", {f.round});
  move_deadlines(tables, f.round, f.paused);
}

void apply(Tables& tables, const RoundClosed& f, const FactHeader& h) {
  set_round(tables, f.round, RoundState::closed);
  // Nobody is called any more: attempts in flight are no longer followed, open calls end.
  const int64_t first = call_key(f.round, 0), last = call_key(f.round, kCallsPerRoundMax);
  tables.execute("INSERT INTO attempts (id, channel, phone, placed_at, ended_at, outcome) "
                 "SELECT id * 256 + attempts, channel, phone, placed_at, ?, ? FROM calls WHERE id BETWEEN ? AND ? AND state = 1 ON CONFLICT DO NOTHING",
                 {h.at, static_cast<int>(Outcome::stopped), first, last});
  tables.execute("UPDATE calls SET state = ? WHERE id BETWEEN ? AND ? AND state IN (0, 1, 2, 7)", {number(CallState::stopped), first, last});
  tables.execute("UPDATE rounds SET closed_at = ?, reason = ? WHERE id = ?", {h.at, Arg(f.reason), f.round});
}

void apply(Tables& tables, const NoticesSent& f, const FactHeader&) {
  tables.execute("UPDATE rounds SET notices = ? WHERE id = ?", {f.people, f.round});
}

void apply(Tables& tables, const ClockJumped& f, const FactHeader&) {
  std::vector<int64_t> open;
  tables.query("SELECT id FROM rounds WHERE state < 3 ORDER BY id", {}, [&](const Row& row) { open.push_back(row.integer(0)); });
  for (const auto id : open)
    move_deadlines(tables, RoundId{id}, f.by);
  tables.execute("UPDATE rounds SET stopped_at = stopped_at + ? WHERE state = 2", {f.by.count});
}

}  // namespace anlan
