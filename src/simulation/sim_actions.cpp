// What people, operators and bad luck do in a SimWorld.
#include "simulation/sim_county.h"
#include "simulation/sim_world.h"

namespace anlan {

// Most people who were reached press the link some time later; some press it twice.
void SimWorld::answer_later(const Attempt& a) {
  if (!random_.chance(0.25)) return;
  const int times = random_.chance(0.1) ? 2 : 1;
  for (int i = 0; i < times; ++i)
    answers_due_.emplace(clock_.true_time + random_.span(seconds(2), minutes(8)), CallRef{a.round, a.seq});
}

void SimWorld::act() {
  next_action_ = clock_.true_time + random_.span(seconds(1), seconds(60));
  while (!answers_due_.empty() && answers_due_.begin()->first <= clock_.true_time) {
    const CallRef call = answers_due_.begin()->second;
    answers_due_.erase(answers_due_.begin());
    const auto opened = node_->links().open(node_->links().token(call));
    if (!opened || opened->round != call.round || opened->seq != call.seq) fail("a link does not open");
    GiveAnswer g{call.round, call.seq, random_.pick(pack_.answers).id};
    if (g.meaning == "moved") g.number = random_.between(1, 40);
    g.text = "answer " + std::to_string(++tags_);
    if (random_.chance(0.2)) g.pressed_at = clock_.now() - random_.span({}, minutes(10));
    ask("person:" + std::to_string(call.round.value) + "-" + std::to_string(call.seq), g.text,
        [this, g](Reader& r, UtcTime now) { return give_answer(r, pack_, g, now); });
  }
  switch (random_.below(4)) {
    case 0: return act_on_warning();
    case 1: return act_on_people();
    default: return act_on_round();
  }
}

void SimWorld::act_on_warning() {
  const auto actor = "account:" + std::to_string(random_.between(1, 3));
  if (warnings_.size() < 4 && random_.chance(warnings_.empty() ? 0.9 : 0.2)) {
    const auto content = sim_warning(random_, "warning " + std::to_string(++tags_), node_->clock().now());
    ask(actor, content.headline, [this, content](Reader& r, UtcTime now) { return draft_warning(r, pack_, WarningSource::drawn, content, {}, now); },
        [this, actor](const Answer& answer) { warnings_.emplace_back(WarningId{parse_json(answer.response)->at("warning").to_number<int64_t>()}, actor); });
    return;
  }
  if (warnings_.empty()) return;
  const auto id = random_.pick(warnings_).first;
  const auto what = random_.below(10);
  if (what < 3) ask(actor, "", [this, id](Reader& r, UtcTime now) { return submit_warning(r, pack_, id, true, "sim", now); });
  else if (what < 7) ask(actor, "", [this, id, actor](Reader& r, UtcTime now) { return approve_warning(r, pack_, id, actor, "", "sim", now); });
  else if (what == 7) {
    auto content = sim_warning(random_, "change " + std::to_string(++tags_), node_->clock().now());
    ask(actor, "", [this, id, content](Reader& r, UtcTime now) { return change_warning(r, pack_, id, content, "changed", true, "sim", now); });
  } else if (what == 8) {
    const UtcTime expires = node_->clock().now() + random_.span(minutes(1), hours(3));
    ask(actor, "", [id, expires](Reader& r, UtcTime now) { return extend_warning(r, id, expires, now); });
  } else if (random_.chance(0.3)) {
    ask(actor, "", [id](Reader& r, UtcTime) { return cancel_warning(r, id, "over"); });
  } else {
    auto reader = node_->store().connect();
    if (!reader) return;
    const auto w = read_warning(**reader, id);
    reader->reset();
    if (!w || disk_.dead()) return;
    // Launched by hand as well as by the node: that is one launch. A rehearsal comes besides.
    if (w->state == WarningState::in_force && random_.chance(0.5)) node_->open_round(*w, RoundMode::live, actor, "", {});
    else node_->open_round(*w, RoundMode::rehearsal, actor, "", {});
  }
}

std::optional<RoundId> SimWorld::some_round() {
  const auto rounds = node_->caller().open_rounds();
  if (rounds.empty()) return std::nullopt;
  return rounds[static_cast<size_t>(random_.below(static_cast<int64_t>(rounds.size())))];
}

void SimWorld::act_on_round() {
  const auto id = some_round();
  if (!id) return;
  int64_t calls = 0;
  node_->caller().with_board(*id, [&](const Board& b) { calls = static_cast<int64_t>(b.slots().size()); });
  if (!calls) return;
  const int64_t seq = random_.between(1, calls);
  const auto actor = "account:" + std::to_string(random_.between(1, 3));
  const auto what = random_.below(12);
  if (what < 3) {
    std::vector<int64_t> seqs{seq};
    if (random_.chance(0.3)) seqs.push_back(random_.between(1, calls));
    if (seqs.size() == 2 && seqs[0] == seqs[1]) seqs.pop_back();
    ask(actor, "", [this, id, seqs](Reader& r, UtcTime now) { return call_again(r, pack_, node_->contacts(), *id, seqs, now); });
  } else if (what < 5) {
    const auto kind = random_.chance(0.5) ? CallKind::deputy : CallKind::superior;
    ask(actor, "", [this, id, seq, kind](Reader& r, UtcTime now) { return pass_on_now(r, pack_, node_->contacts(), *id, seq, kind, now); });
  } else if (what == 5) {
    ask(actor, "", [id](Reader& r, UtcTime) { return stop_round(r, *id, "pause"); });
  } else if (what < 9) {
    for (const auto round : node_->caller().open_rounds())
      ask(actor, "", [round](Reader& r, UtcTime now) { return resume_round(r, round, now); });
  } else {
    // Written down at the desk.
    GiveAnswer g{*id, seq, random_.pick(pack_.answers).id};
    g.text = "answer " + std::to_string(++tags_);
    g.channel = "desk";
    g.by = actor;
    ask(actor, g.text, [this, g](Reader& r, UtcTime now) { return give_answer(r, pack_, g, now); });
  }
}

void SimWorld::act_on_people() {
  const auto actor = "account:" + std::to_string(random_.between(1, 3));
  const PersonId person{random_.between(1, 27)};
  const PostId post{random_.between(1, 27)};
  switch (random_.below(5)) {
    case 0: {
      PersonPatch p;
      p.name = "person " + std::to_string(++tags_);
      p.phones = std::vector<std::string>{std::to_string(13700000000 + tags_)};
      ask(actor, *p.name, [p](Reader& r, UtcTime) { return add_person(r, p); });
      return;
    }
    case 1: {
      PersonPatch p;
      p.phones = random_.chance(0.3) ? std::vector<std::string>() : std::vector<std::string>{std::to_string(13600000000 + ++tags_)};
      ask(actor, "", [person, p](Reader& r, UtcTime) { return change_person(r, person, p); });
      return;
    }
    case 2:
      if (random_.chance(0.3)) ask(actor, "", [person](Reader& r, UtcTime) { return remove_person(r, person); });
      return;
    default: {
      PostPatch p;
      p.holder = random_.chance(0.2) ? PersonId{} : person;
      if (random_.chance(0.3)) p.deputy_post = PostId{random_.between(1, 27)};
      const auto places = node_->places().get();
      ask(actor, "", [this, post, p, places](Reader& r, UtcTime) { return change_post(r, pack_, places->places(), post, p); });
    }
  }
}

void SimWorld::disturb() {
  next_fault_ = clock_.true_time + random_.span(minutes(1), minutes(12));
  if (heals_at_ != kNever || !node_) return;
  switch (random_.below(7)) {
    case 0:
    case 1:
      disk_.die_after(random_.between(1, 40));
      say("the power will fail soon");
      return;
    case 2:
      stop_power();
      return;
    case 3:
      disk_.set_capacity(disk_.used() + static_cast<size_t>(random_.between(0, 40'000)));
      heals_at_ = clock_.true_time + random_.span(seconds(10), minutes(4));
      say("the disk is full");
      return;
    case 4:
    case 5: {
      const Millis by = random_.chance(0.5) ? hours(1) : random_.span(hours(-1), hours(1));
      clock_.error = random_.chance(0.5) ? clock_.error + by : clock_.error - by;
      say("the clock jumps; it is off by " + std::to_string(clock_.error.count / 1000) + " s");
      return;
    }
    default:
      hang(random_.pick(pack_.channels).id, true);
      heals_at_ = clock_.true_time + random_.span(minutes(1), minutes(8));
      say("a channel hangs: " + *hanging_.begin());
  }
}

void SimWorld::heal() {
  heals_at_ = kNever;
  disk_.set_capacity(SimDisk::kUnlimited);
  if (!busy_) disk_.die_after(INT64_MAX);
  hanging_.clear();
  calm_since_ = clock_.true_time;
  say("healed");
}

}  // namespace anlan
