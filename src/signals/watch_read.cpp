// What screens ask of the watch.
#include <algorithm>
#include <cmath>

#include "signals/compiled.h"
#include "signals/watch_state.h"

namespace anlan {

LinkRow Watch::row(const Link& link) const {
  LinkRow r{link.id, link.type, link.code, link.name, link.place, link.position, link.state, std::nullopt, link.last, link.suspect, link.number()};
  if (!link.follows.empty())
    if (const auto followed = codes_.find(link.follows); followed != codes_.end()) r.readings_of = followed->second->number();
  for (const auto& [rule, level] : link.levels)
    if (!r.level || level_number(*r.level) < level) r.level = level_of(level);
  return r;
}

std::optional<LinkRow> Watch::find(RecordId id) const {
  std::shared_lock guard(mutex_);
  const auto found = links_.find(id);
  if (found == links_.end()) return std::nullopt;
  std::scoped_lock shard(shards_[found->second->number() % kShards]->mutex);
  return row(*found->second);
}

std::vector<LinkRule> Watch::rules_of(RecordId id) const {
  std::shared_lock guard(mutex_);
  std::vector<LinkRule> out;
  const auto found = links_.find(id);
  if (found == links_.end()) return out;
  auto& shard = *shards_[found->second->number() % kShards];
  std::scoped_lock shard_guard(shard.mutex);
  const auto state = shard.engine.state(found->second->number(), UtcTime{now_ms_.load()});
  if (!state) return out;
  for (const auto& r : state->rules) {
    LinkRule rule{rule_names_[r.rule], level_of(r.level), r.level ? std::optional(r.since) : std::nullopt, {}};
    const auto* declared = rules_->alarm(rule.rule);
    for (const auto& w : state->windows)
      if (declared && std::any_of(declared->steps.begin(), declared->steps.end(), [&](const AlarmStep& s) { return s.when.find(w.text) != std::string::npos; }))
        rule.windows.emplace_back(w.text, std::isfinite(w.value) ? std::optional(w.value) : std::nullopt);
    out.push_back(std::move(rule));
  }
  return out;
}

std::optional<LinkFrame> Watch::frame_of(RecordId id) const {
  std::shared_lock guard(mutex_);
  const auto found = links_.find(id);
  if (found == links_.end()) return std::nullopt;
  std::scoped_lock shard(shards_[found->second->number() % kShards]->mutex);
  return found->second->frame.at.ms ? std::optional(found->second->frame) : std::nullopt;
}

std::vector<double> Watch::limits_of_link(RecordId id) const {
  std::shared_lock guard(mutex_);
  const auto found = links_.find(id);
  return found == links_.end() ? std::vector<double>() : found->second->limits;
}

void Watch::each(const std::function<void(const LinkRow&)>& f) const {
  std::shared_lock guard(mutex_);
  for (const auto& [id, link] : links_) {
    LinkRow r;
    {
      std::scoped_lock shard(shards_[link->number() % kShards]->mutex);
      r = row(*link);
    }
    f(r);
  }
}

std::shared_ptr<const RuleBook> Watch::rules() const {
  std::scoped_lock guard(rules_mutex_);
  return rules_;
}

void Watch::each_after(RecordId id, const std::function<bool(const LinkRow&)>& f) const {
  std::shared_lock guard(mutex_);
  for (auto link = links_.upper_bound(id); link != links_.end(); ++link) {
    LinkRow r;
    {
      std::scoped_lock shard(shards_[link->second->number() % kShards]->mutex);
      r = row(*link->second);
    }
    if (!f(r)) return;
  }
}

size_t Watch::links() const {
  std::shared_lock guard(mutex_);
  return links_.size();
}

}  // namespace anlan
