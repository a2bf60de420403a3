#include "calls/escalation.h"

#include <algorithm>

namespace anlan {

Escalation::Escalation(Reader& reader, const Pack& pack, const Contacts& contacts, const RoundRow& round, UtcTime now)
    : reader_(reader), pack_(pack), contacts_(contacts), round_(round), now_(now), next_seq_(round.last_seq + 1) {
  fact_.round = round.id;
}

std::vector<PostId> Escalation::posts_of(const CallRow& row) {
  // Whoever was called for others passes on their posts, not the own one.
  std::vector<PostId> posts;
  if (row.kind == CallKind::holder) posts.push_back(row.post);
  auto add = [&](const Row& r) {
    const PostId post{r.integer(0)};
    if (std::find(posts.begin(), posts.end(), post) == posts.end()) posts.push_back(post);
  };
  if (row.kind == CallKind::holder)
    reader_.query("SELECT post FROM call_posts WHERE call = ? ORDER BY post", {call_key(round_.id, row.seq)}, add);
  else
    reader_.query("SELECT post FROM call_links WHERE call = ? ORDER BY post", {call_key(round_.id, row.seq)}, add);
  return posts;
}

std::optional<Escalation::Target> Escalation::next_after(const CallRow& row, PostId post, std::optional<CallKind> first) {
  const auto& then = round_.rules.at(static_cast<size_t>(row.rule)).then;
  auto allowed = [&](NextStep step) { return std::find(then.begin(), then.end(), step) != then.end(); };
  auto usable = [&](const std::optional<Responsible>& who) { return who && who->person && who->person != row.person; };
  if (first ? *first == CallKind::deputy : row.kind < CallKind::deputy && allowed(NextStep::deputy))
    if (auto who = contacts_.deputy(post, round_.hazard, now_); usable(who)) return Target{*who, CallKind::deputy};
  if (first ? *first == CallKind::superior : row.kind < CallKind::superior && allowed(NextStep::superior))
    if (auto who = contacts_.superior(post, round_.hazard, now_); usable(who)) return Target{*who, CallKind::superior};
  if (!first && row.kind < CallKind::duty_above && allowed(NextStep::duty_above))
    if (auto who = contacts_.duty_above(post, round_.hazard, now_); usable(who)) return Target{*who, CallKind::duty_above};
  return std::nullopt;
}

int64_t Escalation::call_for(const Target& target, const CallRow& from) {
  const auto key = std::make_pair(target.who.person.value, target.kind);
  if (const auto it = open_.find(key); it != open_.end()) return it->second;
  // A call of the same kind to the same person that is still unanswered takes these posts as well.
  const auto existing = reader_.integer(
      "SELECT MAX(id) FROM calls WHERE person = ? AND kind = ? AND state IN (0, 1, 2) AND id BETWEEN ? AND ?",
      {target.who.person, static_cast<int>(target.kind), call_key(round_.id, round_.calls + 1), call_key(round_.id, kCallsPerRoundMax)});
  if (existing) return open_[key] = seq_of(*existing);

  // The rule of that person's own rank when this level calls it, else the rule of the silent one.
  int64_t rule = from.rule;
  for (size_t i = 0; i < round_.rules.size(); ++i)
    if (round_.rules[i].rank == target.who.rank) rule = static_cast<int64_t>(i);
  const int step = usable_step(round_.rules[static_cast<size_t>(rule)], pack_, contacts_, target.who.person, 0);
  NewCall call{next_seq_++, target.who.person, target.who.post, target.who.place, target.kind, rule, step, now_};
  fact_.calls.push_back(call);
  return open_[key] = call.seq;
}

bool Escalation::pass_on(const CallRow& row, std::optional<CallKind> first) {
  bool any = false;
  for (const auto post : posts_of(row))
    if (const auto target = next_after(row, post, first)) {
      fact_.links.push_back({row.seq, call_for(*target, row), post.value});
      any = true;
    }
  if (any) fact_.states.push_back({row.seq, static_cast<int64_t>(CallState::escalated)});
  else if (!first) fact_.states.push_back({row.seq, static_cast<int64_t>(CallState::exhausted)});
  return any;
}

}  // namespace anlan
