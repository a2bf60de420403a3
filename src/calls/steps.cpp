#include "calls/steps.h"

#include <algorithm>

namespace anlan {
namespace {

UtcTime limit_or_never(const CallRow& row) { return row.limit_at.ms ? row.limit_at : kNever; }

NextState step_on(const CallRow& row, const RoundRule& rule, int next_usable, bool reached, UtcTime now) {
  if (next_usable < static_cast<int>(rule.steps.size())) return {CallState::queued, next_usable, 0, now, reached};
  const UtcTime due = reached ? std::max(now, limit_or_never(row)) : now;
  return {CallState::waiting, static_cast<int>(rule.steps.size()), 0, due, reached};
}

}  // namespace

int usable_step(const RoundRule& rule, const Pack& pack, const Contacts& contacts, PersonId person, int from) {
  const int n = static_cast<int>(rule.steps.size());
  if (!person) return n;
  for (int i = from; i < n; ++i) {
    const auto* channel = pack.channel(rule.steps[static_cast<size_t>(i)].channel);
    if (!channel) continue;
    if (channel->kind == ChannelKind::app ? contacts.has_account(person) : !contacts.phones(person).empty()) return i;
  }
  return n;
}

NextState after_attempt(const CallRow& row, const RoundRule& rule, Outcome outcome, Millis wait, int next_usable, size_t phones, UtcTime now) {
  if (outcome == Outcome::rehearsed) return {CallState::waiting, row.step, row.tries + 1, kNever, row.reached};
  if (was_delivered(outcome))
    return {CallState::waiting, row.step, row.tries + 1, std::min(now + wait, limit_or_never(row)), true};
  const auto& step = rule.steps.at(static_cast<size_t>(row.step));
  if (outcome == Outcome::wrong_number && static_cast<size_t>(row.tries) + 1 < phones)
    return {CallState::queued, row.step, row.tries + 1, now, row.reached};
  if (outcome != Outcome::wrong_number && row.tries + 1 < step.tries)
    return {CallState::queued, row.step, row.tries + 1, std::min(now + step.retry_after, limit_or_never(row)), row.reached};
  return step_on(row, rule, next_usable, row.reached, now);
}

NextState after_waiting(const CallRow& row, const RoundRule& rule, int next_usable, UtcTime now) {
  return step_on(row, rule, next_usable, row.reached, now);
}

bool must_pass_on(const CallRow& row, const RoundRule& rule, UtcTime now) {
  if (row.state == CallState::vacant) return true;
  if (row.limit_at.ms && now >= row.limit_at) return true;
  return row.state == CallState::waiting && row.due <= now && row.step >= static_cast<int>(rule.steps.size());
}

std::string phone_for(const Contacts& contacts, PersonId person, int tries) {
  const auto phones = contacts.phones(person);
  return phones.empty() ? std::string() : phones[static_cast<size_t>(tries) % phones.size()];
}

}  // namespace anlan
