#include "simulation/sim_witness.h"

#include "calls/call_list.h"
#include "calls/channel.h"
#include "calls/steps.h"
#include "registry/people.h"

namespace anlan {
namespace {

// A jump is noticed at the next check; until then the node's time is off by what it did not know.
constexpr Millis kTolerance = seconds(3);

size_t hash_of(int64_t seq, int64_t at, std::string_view kind, std::string_view body) {
  return std::hash<std::string>{}(std::to_string(seq) + "|" + std::to_string(at) + "|" + std::string(kind) + "|" + std::string(body));
}

}  // namespace

void SimWitness::fail(const FactHeader& header, const std::string& what) {
  fail_("fact " + std::to_string(header.seq) + " (" + header.actor + ", " + header.subject + "): " + what);
}

void SimWitness::on_committed(const std::vector<RecordedFact>& facts) {
  if (deaf_ && deaf_()) return;
  for (const auto& f : facts) see(f, clock_.true_time);
}

void SimWitness::see(const RecordedFact& f, UtcTime when) {
  when_ = when;
  if (f.header.seq != seq() + 1) fail(f.header, "follows fact " + std::to_string(seq()));
  seen_.push_back(hash_of(f.header.seq, f.header.at.ms, f.body->kind(), f.body->json()));
  if (trace_) trace_(std::to_string(f.header.seq) + " " + f.header.actor + " " + std::string(f.body->kind()) + " " + f.body->json().substr(0, 400));
  observe(f);
}

void SimWitness::after_restart(Reader& reader, const FactCatalogue& catalogue, UtcTime power_failed) {
  std::vector<RecordedFact> unseen;
  int64_t there = 0;
  reader.query("SELECT seq, at, actor, place, subject, kind, body FROM facts WHERE seq > ? ORDER BY seq", {verified_}, [&](const Row& row) {
    const FactHeader h{row.integer(0), row.time(1), row.str(2), PlaceCode(row.integer(3)), row.str(4)};
    there = h.seq;
    if (h.seq <= seq()) {
      if (seen_[static_cast<size_t>(h.seq - 1)] != hash_of(h.seq, h.at.ms, row.text(5), row.text(6)))
        fail(h, "is not what was committed before the crash");
    } else if (auto body = catalogue.read(row.text(5), row.text(6))) {
      unseen.push_back({h, *body});
    } else {
      fail(h, body.error().describe());
    }
  });
  if (there < seq() && seq() > verified_)
    fail_("lost: facts " + std::to_string(there + 1) + " to " + std::to_string(seq()) + " were acknowledged before the crash");
  for (const auto& f : unseen) see(f, power_failed);
  verified_ = seq();
}

void SimWitness::clock_unknown() {
  for (auto& [id, r] : rounds_)
    for (auto& [seq, c] : r.calls) c.limit_known = false;
}

SimWitness::Call* SimWitness::call(const FactHeader& header, Round& round, int64_t seq) {
  const auto it = round.calls.find(seq);
  if (it != round.calls.end()) return &it->second;
  fail(header, "names call " + std::to_string(seq) + ", which does not exist");
  return nullptr;
}

void SimWitness::place(RoundId id, Round& r, int64_t seq, int64_t no) {
  auto* c = call(current_, r, seq);
  if (!c) return;
  const std::string which = "call " + std::to_string(seq) + ": attempt " + std::to_string(no);
  if (r.closed) fail(current_, which + " starts after the round was closed");
  if (r.stopped) fail(current_, which + " starts while the round is stopped");
  if (c->answered) fail(current_, which + " starts after an answer");
  if (!c->open) fail(current_, which + " starts, but the call is over");
  if (c->flying) fail(current_, which + " starts while another is in flight");
  if (no != c->attempts + 1) fail(current_, which + " follows attempt " + std::to_string(c->attempts));
  c->flying = true;
  c->attempts = no;
  if (!c->limit.ms) {
    c->limit = when_ + r.rules.at(static_cast<size_t>(c->rule)).answer_limit;
    c->limit_known = true;
  }
  placed_.insert(Attempt{id, seq, no, {}, {}}.key());
  ++totals_.attempts;
}

void SimWitness::observe(const RecordedFact& fact) {
  current_ = fact.header;
  auto round = [&](RoundId id) -> Round& { return rounds_[id.value]; };
  if (const auto* f = fact.as<RoundOpened>()) {
    auto& r = round(f->round);
    r.rules = f->rules;
    r.list = f->list;
    r.mode = f->mode;
    ++totals_.rounds;
    if (f->mode == RoundMode::live && !live_rounds_.emplace(std::pair(f->warning.value, f->warning_version), f->round.value).second)
      fail(current_, "opens a second round for the same version of warning " + std::to_string(f->warning.value));
  } else if (const auto* f = fact.as<CallsListed>()) {
    auto& r = round(f->round);
    if (r.closed) fail(current_, "calls are listed after the round was closed");
    const auto bytes = attachments_->must_get(r.list);
    const auto list = CallListReader::open(*bytes).value();
    for (int64_t i = f->from; i < f->to; ++i) {
      const auto e = list.at(static_cast<size_t>(i));
      Call c;
      c.person = e.person;
      c.rule = e.rule;
      c.open = true;
      const auto& steps = r.rules.at(static_cast<size_t>(e.rule)).steps;
      c.vacant = !e.person || e.step >= static_cast<int>(steps.size());
      if (!r.calls.emplace(i + 1, c).second) fail(current_, "call " + std::to_string(i + 1) + " is listed twice");
      if (c.vacant) continue;
      for (const auto& channel : f->channels)
        if (channel == steps[static_cast<size_t>(e.step)].channel) place(f->round, r, i + 1, 1);
    }
  } else if (const auto* f = fact.as<AttemptsPlaced>()) {
    for (const auto& p : f->placed) place(f->round, round(f->round), p[0], p[1]);
  } else if (const auto* f = fact.as<AttemptsEnded>()) {
    for (const auto& e : f->ended)
      if (auto* c = call(current_, round(f->round), e[0])) {
        if (!c->flying || e[1] != c->attempts) fail(current_, "call " + std::to_string(e[0]) + ": an attempt ends that is not in flight");
        c->flying = false;
        c->reached = e[7] != 0;
      }
  } else if (const auto* f = fact.as<CallsRequeued>()) {
    auto& r = round(f->round);
    for (const auto& q : f->calls)
      if (auto* c = call(current_, r, q[0])) {
        if (c->answered && !c->passes_on) fail(current_, "call " + std::to_string(q[0]) + " goes on after an answer");
        if (r.closed) fail(current_, "call " + std::to_string(q[0]) + " goes on after the round was closed");
        if (c->flying) fail(current_, "call " + std::to_string(q[0]) + " goes on while an attempt is in flight");
        const bool again = !c->open;
        c->open = is_open(static_cast<CallState>(q[1]));
        if (again) c->reached = c->passes_on = c->vacant = c->escalated = false;
        if (q[5] == 0) c->limit = UtcTime{0};
      }
  } else if (const auto* f = fact.as<CallsEscalated>()) {
    auto& r = round(f->round);
    const bool automatic = current_.actor == "node";
    if (r.closed) fail(current_, "silence is passed on after the round was closed");
    if (r.stopped && automatic) fail(current_, "silence is passed on while the round is stopped");
    for (const auto& n : f->calls) {
      Call c;
      c.person = n.person;
      c.kind = n.kind;
      c.rule = static_cast<int>(n.rule);
      c.open = true;
      if (!r.calls.emplace(n.seq, c).second) fail(current_, "call " + std::to_string(n.seq) + " is made twice");
    }
    for (const auto& [seq, state] : f->states) {
      auto* c = call(current_, r, seq);
      if (!c) continue;
      const std::string which = "call " + std::to_string(seq) + ": ";
      ++totals_.escalations;
      if (c->answered) fail(current_, which + "silence is passed on after an answer");
      if (automatic) {
        if (!c->open) fail(current_, which + "silence is passed on a second time");
        const bool limit_matters = !c->vacant && !c->passes_on && c->reached && c->limit.ms && c->limit_known;
        if (limit_matters && when_ + kTolerance < c->limit)
          fail(current_, which + "its limit takes effect " + std::to_string((c->limit - when_).count / 1000) + " s early");
      }
      c->open = c->flying = false;
      c->escalated = static_cast<CallState>(state) == CallState::escalated;
    }
  } else if (const auto* f = fact.as<CallAnswered>()) {
    ++totals_.answers;
    if (!f->text.empty()) ++tags_[f->text];
    auto& r = round(f->round);
    if (auto* c = call(current_, r, f->seq)) {
      c->flying = false;
      c->passes_on = f->passes_on;
      if (!f->passes_on) {
        c->answered = true;
        c->open = c->escalated = false;
      } else {
        c->answered = false;
        if (!c->escalated) c->open = true;
      }
    }
    for (const auto* list : {&f->covers, &f->releases})
      for (const auto seq : *list)
        if (auto* c = call(current_, r, seq)) c->open = c->flying = c->escalated = false;
  } else if (const auto* f = fact.as<RoundStopped>()) {
    round(f->round).stopped = true;
  } else if (const auto* f = fact.as<RoundResumed>()) {
    auto& r = round(f->round);
    r.stopped = false;
    for (auto& [seq, c] : r.calls)
      if (c.limit.ms) c.limit = c.limit + f->paused;
  } else if (const auto* f = fact.as<RoundClosed>()) {
    auto& r = round(f->round);
    if (r.closed) fail(current_, "the round is closed twice");
    r.closed = true;
  } else if (fact.as<ClockJumped>()) {
    ++totals_.jumps;
  } else if (const auto* f = fact.as<WarningDrafted>()) {
    ++tags_[f->content.headline];
  } else if (const auto* f = fact.as<PersonAdded>()) {
    ++tags_[f->name];
  }
}

void SimWitness::check_nothing_late(UtcTime calm_since, Millis slack) {
  for (const auto& [id, r] : rounds_) {
    if (r.closed || r.stopped || r.mode != RoundMode::live) continue;
    for (const auto& [seq, c] : r.calls) {
      if (!c.open || !c.limit.ms || !c.limit_known || c.passes_on) continue;
      const UtcTime from = std::max(c.limit, calm_since);
      if (clock_.true_time > from + slack)
        fail_("round " + std::to_string(id) + " call " + std::to_string(seq) + ": its limit passed " +
              std::to_string((clock_.true_time - c.limit).count / 1000) + " s ago and nothing follows");
    }
  }
}

}  // namespace anlan
