// From one rule book to the next while readings arrive.
#include <algorithm>

#include "signals/compiled.h"
#include "signals/watch_state.h"

namespace anlan {
namespace {

constexpr int kRoundsMax = 6;           // of reading again what arrived, before readings have to wait for the rest
constexpr size_t kFewEnough = 500;      // links to read again while readings wait: milliseconds
constexpr Millis kAgainAfter = minutes(1);

AlarmWanted clearing(RecordId record, const std::string& name, PlaceCode place, const std::string& rule, UtcTime now) {
  return {record, name, place, rule, std::nullopt, 0, now, {}, {}};
}

}  // namespace

Result<std::unique_ptr<Watch::Compiled>> Watch::compile(const Pack& pack, std::shared_ptr<const RuleBook> rules) {
  TRY_VOID(check_conditions(pack, *rules));
  auto made = std::make_unique<Compiled>();
  made->rules = std::move(rules);
  made->type_numbers.assign(pack.record_types.size(), -1);
  made->memory.assign(pack.record_types.size(), hours(1));
  for (size_t s = 0; s < kShards; ++s) {
    auto shard = std::make_unique<Shard>();
    for (size_t t = 0; t < pack.record_types.size(); ++t) {
      if (!pack.record_types[t].signal) continue;
      TRY(number, shard->engine.add_type(compiled(pack.record_types[t], made->rules->alarms)));
      made->type_numbers[t] = number;
      made->memory[t] = memory_of(shard->engine.type(number));
    }
    made->shards.push_back(std::move(shard));
  }
  made->rule_names = made->shards.front()->engine.rule_names();
  auto& fields = made->group_fields;
  for (const auto& rule : made->rules->areas)
    if (!rule.by.empty() && std::find(fields.begin(), fields.end(), rule.by) == fields.end()) fields.push_back(rule.by);
  made->chains.emplace(pack, made->rules);
  return made;
}

void Watch::use(Compiled& made) {
  shards_ = std::move(made.shards);
  type_numbers_ = std::move(made.type_numbers);
  rule_names_ = std::move(made.rule_names);
  group_fields_ = std::move(made.group_fields);
  memory_ = std::move(made.memory);
  {
    std::scoped_lock guard(chains_mutex_);
    chains_.emplace(std::move(*made.chains));
  }
  std::scoped_lock guard(rules_mutex_);
  rules_ = std::move(made.rules);
}

std::vector<RuleFault> Watch::rule_faults() const {
  std::scoped_lock guard(rules_mutex_);
  return rule_faults_;
}

void Watch::adopt_changed() {
  const std::unique_lock one(adopt_mutex_, std::try_to_lock);
  if (!one || !rules_changed_.exchange(false)) return;
  OwnRules own;
  {
    std::scoped_lock guard(rules_mutex_);
    own = own_;
  }
  auto effective = effective_rules(pack_, own);
  const UtcTime now{now_ms_.load()};
  const auto done = make_live(std::move(effective.book), now);
  if (!done) {
    effective.faults.push_back({"", done.error()});
    adopt_again_ms_ = (now + kAgainAfter).ms;
    rules_changed_ = true;
  }
  std::scoped_lock guard(rules_mutex_);
  rule_faults_ = std::move(effective.faults);
}

Result<void> Watch::adopt(RuleBook rules, UtcTime now) {
  std::scoped_lock one(adopt_mutex_);
  return make_live(std::move(rules), now);
}

Result<void> Watch::make_live(RuleBook rules, UtcTime now) {
  TRY(made, compile(pack_, std::make_shared<const RuleBook>(std::move(rules))));
  {
    std::unique_lock guard(mutex_);
    (void)arrived();
    noting_ = true;
    heard_ms_ = now.ms;
  }
  auto filled = fill(*made, now);
  for (int round = 0; filled && round < kRoundsMax; ++round) {
    std::unique_lock guard(mutex_);
    const auto [links, records] = arrived();
    const bool last = links.size() + records.size() <= kFewEnough || round + 1 == kRoundsMax;
    if (!last) guard.unlock();
    filled = refill(*made, links, records, last, now);
    if (!last) continue;
    if (filled) hand_over(*made, UtcTime{heard_ms_.load()});
    noting_ = false;
    break;
  }
  if (!filled) {
    std::unique_lock guard(mutex_);
    noting_ = false;
    return filled;
  }
  send();
  return {};
}

std::pair<std::vector<LinkNumber>, std::set<RecordId>> Watch::arrived() {
  std::vector<LinkNumber> links;
  for (auto& shard : shards_)
    for (const auto number : std::exchange(shard->arrived, {})) {
      const auto link = links_.find(RecordId{number});
      if (link == links_.end()) continue;
      link->second->arrived = false;
      links.push_back(number);
    }
  return {std::move(links), std::exchange(changed_records_, {})};
}

Result<void> Watch::fill(Compiled& made, UtcTime now) {
  std::vector<LinkNumber> numbers;
  std::unordered_map<LinkNumber, std::vector<LinkNumber>> following;
  std::unordered_map<LinkNumber, UtcTime> from;
  {
    std::shared_lock guard(mutex_);
    for (const auto& [id, link] : links_) {
      const auto number = link->number();
      const auto added = made.engine(number).add_link(number, static_cast<stream::TypeNumber>(made.type_numbers[link->type]), link->limits, now);
      CHECK_MSG(added.ok(), added.error().describe());
      numbers.push_back(number);
    }
    for (const auto& [code, links] : followers_)
      if (const auto followed = codes_.find(code); followed != codes_.end())
        for (const Link* link : links) following[followed->second->number()].push_back(link->number());
    from = begins(made.memory, now);
  }
  std::vector<AlarmWanted> none;  // nothing stands yet
  for (const auto& type : pack_.record_types)
    if (made.chains->reaches_type(type.id))
      for (const auto& record : records_.within(type.id, PlaceCode())) made.chains->set_target(record.record, &record, now, none);
  if (!history_) return refill(made, numbers, {}, false, now);
  std::vector<Reading> readings;
  const auto counts_from = [&](LinkNumber link) {
    const auto found = from.find(link);
    return found == from.end() ? kNever : found->second;
  };
  const auto read = history_->read_all(counts_from, kNever, [&](LinkNumber link, std::span<const Sample> samples) {
    readings.clear();
    for (const auto& s : samples) readings.push_back({s.at, s.value, link});
    made.engine(link).restore(readings, now);
    if (const auto found = following.find(link); found != following.end())
      for (const auto follower : found->second) {
        for (auto& r : readings) r.link = follower;
        made.engine(follower).restore(readings, now);
      }
    return true;
  });
  if (!read && read.error().code != ErrorCode::kCorrupt) return read;  // of a damaged block all else has been read
  for (const auto number : numbers)
    if (const auto state = made.engine(number).state(number, now)) made.states[number] = state->state;
  return {};
}

Result<void> Watch::refill(Compiled& made, const std::vector<LinkNumber>& numbers, const std::set<RecordId>& records, bool locked, UtcTime now) {
  now = std::max(now, UtcTime{heard_ms_.load()});
  std::set<LinkNumber> all(numbers.begin(), numbers.end());
  for (const auto id : records) {
    if (id.value < kHistoryLinksMax) all.insert(static_cast<LinkNumber>(id.value));
    const auto record = records_.find(id);
    std::vector<AlarmWanted> none;
    made.chains->set_target(id, record ? &*record : nullptr, now, none);
  }
  struct Source {
    LinkNumber link, of;  // whose readings it takes
    Millis memory;
  };
  std::vector<Source> from;
  {
    std::shared_lock guard(mutex_, std::defer_lock);
    if (!locked) guard.lock();
    for (const auto number : all) {
      auto& engine = made.engine(number);
      engine.remove_link(number);
      const auto found = links_.find(RecordId{number});
      if (found == links_.end()) continue;
      const Link& link = *found->second;
      const auto added = engine.add_link(number, static_cast<stream::TypeNumber>(made.type_numbers[link.type]), link.limits, now);
      CHECK_MSG(added.ok(), added.error().describe());
      const auto followed = link.follows.empty() ? codes_.end() : codes_.find(link.follows);
      from.push_back({number, followed == codes_.end() ? number : followed->second->number(), made.memory[link.type]});
      if (history_) continue;
      std::scoped_lock shard(shards_[number % kShards]->mutex);
      if (const Reading last{link.last ? link.last->at : UtcTime{}, link.last ? link.last->value : 0, number}; link.last) engine.restore({&last, 1}, now);
    }
  }
  std::vector<Reading> readings;
  for (const auto& [number, source, memory] : from) {
    if (history_) {
      const auto read = history_->read(source, now - memory, kNever, [&, to = number](std::span<const Sample> samples) {
        readings.clear();
        for (const auto& s : samples) readings.push_back({s.at, s.value, to});
        made.engine(to).restore(readings, now);
        return true;
      });
      if (!read && read.error().code != ErrorCode::kCorrupt) return read;
    }
    if (const auto state = made.engine(number).state(number, now)) made.states[number] = state->state;
  }
  return {};
}

void Watch::hand_over(Compiled& made, UtcTime now) {
  std::vector<AlarmWanted> changed;
  keep_levels(made, changed, now);
  keep_chains(made, changed, now);
  {
    std::scoped_lock guard(areas_mutex_);
    for (auto it = area_levels_.begin(); it != area_levels_.end();) {
      const auto& id = std::get<2>(it->first);
      const auto *was = rules_->area(id), *is = made.rules->area(id);
      if (was && is && kind_of(*was) == kind_of(*is)) {
        ++it;
        continue;
      }
      const auto& group = it->second.second;
      changed.push_back(clearing(group.record, group.record ? group.name : was ? was->zh : "", group.place, id, now));
      it = area_levels_.erase(it);
    }
  }
  const bool regroup = group_fields_ != made.group_fields;
  use(made);
  if (regroup)
    for (auto& [id, link] : links_)
      if (const auto record = records_.find(id)) link->groups = groups_of(*record);
  want(changed);
  group_links(now);
  say_all_again(now);
}

void Watch::keep_levels(Compiled& made, std::vector<AlarmWanted>& changed, UtcTime now) {
  std::unordered_map<std::string_view, stream::RuleNumber> numbers;
  for (size_t n = 0; n < made.rule_names.size(); ++n) numbers.emplace(made.rule_names[n], static_cast<stream::RuleNumber>(n));
  for (auto& [id, link] : links_) {
    const auto number = link->number();
    if (const auto state = made.states.find(number); state != made.states.end()) link->state = state->second;
    if (link->levels.empty()) continue;
    const auto view = shards_[number % kShards]->engine.state(number, now);
    std::map<stream::RuleNumber, stream::Level> levels;
    for (const auto& [rule, level] : link->levels) {
      UtcTime since = now;
      if (view)
        for (const auto& v : view->rules)
          if (v.rule == rule) since = v.since;
      const auto kept = numbers.find(rule_names_[rule]);
      if (kept != numbers.end() && made.engine(number).set_level(number, kept->second, level, since)) levels[kept->second] = level;
      else changed.push_back(clearing(id, link->name, link->place, rule_names_[rule], now));
    }
    link->levels = std::move(levels);
  }
}

void Watch::keep_chains(Compiled& made, std::vector<AlarmWanted>& changed, UtcTime now) {
  std::scoped_lock guard(chains_mutex_);
  for (const auto& stands : chains_->standing())
    if (!made.chains->keep(stands, now)) changed.push_back(clearing(stands.target, stands.name, stands.place, stands.chain, now));
  // What was said from outside is not said again for the sake of a rule that was off for a while.
  for (const auto& [key, said] : said_) {
    const auto& w = said.first;
    const bool was = rules_->rule(w.rule), is = made.rules->rule(w.rule);
    if (was && !is) changed.push_back(clearing(w.link, w.name, w.place, w.rule, now));
    else if (is && !was) changed.push_back(w);
  }
}

void Watch::say_all_again(UtcTime now) {
  std::vector<AlarmWanted> followed;
  std::scoped_lock areas(areas_mutex_);
  std::scoped_lock guard(chains_mutex_);
  for (const auto& [id, link] : links_)
    for (const auto& [rule, level] : link->levels)
      chains_->said(rule_names_[rule], link->source(), level_of(level), link->last ? link->last->at : now, now, followed);
  for (const auto& [key, level] : area_levels_) chains_->said(std::get<2>(key), level.second, level_of(level.first), now, now, followed);
  for (const auto& [key, said] : said_) chains_->said(said.first.rule, said.second, said.first.level, said.first.at, now, followed);
  chains_->shaken(quakes_, now, followed);
  want(followed);
}

}  // namespace anlan
