// Links come and go with their records; at the start everything is read back.
#include <algorithm>

#include "earthquakes/queries.h"
#include "registry/record_lines.h"
#include "signals/compiled.h"
#include "signals/watch_state.h"

namespace anlan {
namespace {

constexpr Millis kShakingMemory = hours(24 * 30);
constexpr int64_t kQuakesMax = 1'000;

std::string text_of(const json::object& fields, const std::string& field) {
  const auto* v = field.empty() ? nullptr : fields.if_contains(field);
  return v && v->is_string() ? std::string(v->get_string()) : std::string();
}

}  // namespace

Watch::Watch(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit)
    : pack_(pack), records_(records), attachments_(attachments), history_(history), submit_(std::move(submit)) {}
Watch::~Watch() = default;

Result<std::unique_ptr<Watch>> Watch::create(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit) {
  std::unique_ptr<Watch> watch(new Watch(pack, records, attachments, history, std::move(submit)));
  TRY(made, compile(pack, std::make_shared<RuleBook>(pack.rules)));
  watch->use(*made);
  return watch;
}

Result<void> Watch::load(Reader& reader, UtcTime now) {
  now_ms_ = now.ms;
  own_ = read_own_rules(reader);
  if (!own_.set.empty() || !own_.off.empty()) {
    auto effective = effective_rules(pack_, own_);
    rule_faults_ = std::move(effective.faults);
    TRY(made, compile(pack_, std::make_shared<RuleBook>(std::move(effective.book))));
    use(*made);
  }
  {
    std::unique_lock guard(mutex_);
    for (const auto& type : pack_.record_types)
      if (type.signal)
        for (const auto& record : records_.within(type.id, PlaceCode())) sync(record.record, &record, now);
    std::vector<AlarmWanted> none;  // nothing stands yet
    for (const auto& type : pack_.record_types)
      if (chains_->reaches_type(type.id))
        for (const auto& record : records_.within(type.id, PlaceCode())) chains_->set_target(record.record, &record, now, none);
  }
  TRY_VOID(restore(reader, now));
  std::unique_lock guard(mutex_);
  group_links(now);
  return {};
}

std::unordered_map<LinkNumber, UtcTime> Watch::begins(const std::vector<Millis>& memory, UtcTime now) const {
  std::unordered_map<LinkNumber, UtcTime> out;
  for (const auto& [id, link] : links_) {
    Millis longest = memory[link->type];
    if (const auto following = followers_.find(link->code); !followers_.empty() && following != followers_.end())
      for (const Link* follower : following->second) longest = std::max(longest, memory[follower->type]);
    out.emplace(link->number(), now - longest);
  }
  return out;
}

Result<void> Watch::restore(Reader& reader, UtcTime now) {
  std::shared_lock guard(mutex_);
  if (history_) {
    std::vector<Reading> readings;
    const auto from = begins(memory_, now);
    const auto counts_from = [&](LinkNumber link) {
      const auto found = from.find(link);
      return found == from.end() ? kNever : found->second;
    };
    TRY_VOID(history_->read_all(counts_from, kNever, [&](LinkNumber link, std::span<const Sample> samples) {
      readings.clear();
      const auto restore = [&](LinkNumber to) {
        for (auto& r : readings) r.link = to;
        shards_[to % kShards]->engine.restore(readings, now);
      };
      for (const auto& s : samples) readings.push_back({s.at, s.value, link});
      restore(link);
      if (const auto found = links_.find(RecordId{link}); found != links_.end())
        if (const auto following = followers_.find(found->second->code); following != followers_.end())
          for (const Link* follower : following->second) restore(follower->number());
      return true;
    }));
    for (const auto& last : history_->lasts())
      if (const auto link = links_.find(RecordId{last.link}); link != links_.end()) {
        link->second->last = Sample{last.at, last.value};
        if (const auto following = followers_.find(link->second->code); following != followers_.end())
          for (Link* follower : following->second) follower->last = link->second->last;
      }
  }
  const auto standing = standing_alarms(reader);
  std::scoped_lock chains(chains_mutex_);
  const auto forget = [&](const AlarmRow& alarm) {  // its link or rule is gone: nothing will ever clear it but this
    want({{alarm.link, records_.name(alarm.link), alarm.place, alarm.rule, std::nullopt, 0, now, {}, {}}});
  };
  for (const auto& alarm : standing)
    if (rules_->chain(alarm.rule) && !chains_->restore(alarm.rule, alarm.link, alarm.level, alarm.changed_at)) forget(alarm);
  std::vector<AlarmWanted> followed;
  for (const auto& alarm : standing) {
    if (rules_->chain(alarm.rule)) continue;
    const auto link = links_.find(alarm.link);
    const auto rule = std::find(rule_names_.begin(), rule_names_.end(), alarm.rule);
    const auto number = static_cast<stream::RuleNumber>(rule - rule_names_.begin());
    if (link != links_.end() && rule != rule_names_.end() &&
        shards_[link->second->number() % kShards]->engine.set_level(link->second->number(), number, level_number(alarm.level), alarm.changed_at)) {
      link->second->levels[number] = level_number(alarm.level);
      chains_->said(alarm.rule, link->second->source(), alarm.level, alarm.at, now, followed);
      continue;
    }
    const auto record = records_.find(alarm.link);
    if (!rules_->rule(alarm.rule) || rules_->alarm(alarm.rule) || (alarm.link && !record)) {
      forget(alarm);
      continue;
    }
    const AlarmSource about{alarm.link, alarm.place, record ? record->position : std::nullopt, "", record ? record->name : ""};
    if (rules_->area(alarm.rule)) area_levels_.insert_or_assign(key_of(about, alarm.rule), std::pair(level_number(alarm.level), about));
    else {
      const AlarmWanted said{alarm.link, about.name, alarm.place, alarm.rule, alarm.level, alarm.value, alarm.at, alarm.due, alarm.cause};
      said_.insert_or_assign(key_of(said), std::pair(said, about));
    }
    chains_->said(alarm.rule, about, alarm.level, alarm.at, now, followed);
  }
  for (auto& known : list_earthquakes(reader, now - kShakingMemory, kQuakesMax))
    if (!known.withdrawn) quakes_.push_back(std::move(known.quake));
  chains_->shaken(quakes_, now, followed);
  want(followed);
  for (auto& [id, link] : links_) {
    const auto state = shards_[link->number() % kShards]->engine.state(link->number(), now);
    if (state) link->state = state->state;
  }
  return {};
}

std::vector<std::string> Watch::groups_of(const RecordState& record) const {
  std::vector<std::string> out;
  for (const auto& field : group_fields_) out.push_back(text_of(record.fields, field));
  return out;
}

// What it is found by. Under mutex_, held alone.
void Watch::forget_names(Link& link) {
  if (const auto code = codes_.find(link.code); code != codes_.end() && code->second == &link) codes_.erase(code);
  if (const auto following = followers_.find(link.follows); following != followers_.end()) {
    std::erase(following->second, &link);
    if (following->second.empty()) followers_.erase(following);
  }
}

void Watch::sync(RecordId id, const RecordState* record, UtcTime now) {
  if (noting_) changed_records_.insert(id);
  const auto* type = record ? pack_.record_type(record->type) : nullptr;
  const bool is_link = type && type->signal && id.value < kHistoryLinksMax;
  const auto found = links_.find(id);
  if (!is_link) {
    if (found == links_.end()) return;
    Link& gone = *found->second;
    forget_names(gone);
    {
      auto& shard = *shards_[gone.number() % kShards];
      std::scoped_lock guard(shard.mutex);
      shard.engine.remove_link(gone.number());
      for (const auto& [rule, level] : gone.levels) want({id, gone.name, gone.place, rule_names_[rule], std::nullopt, 0, now, {}, {}}, gone.source(), now);
    }
    neighbours_.clear();  // they point at it; the next tick finds them anew
    links_.erase(found);
    regroup_ = true;
    return;
  }
  regroup_ = true;
  auto& slot = links_[id];
  const bool is_new = !slot;
  if (is_new) slot = std::make_unique<Link>();
  Link& link = *slot;
  if (!is_new) forget_names(link);
  link.id = id;
  link.type = static_cast<uint16_t>(type - pack_.record_types.data());
  link.code = text_of(record->fields, type->signal->code);
  link.follows = text_of(record->fields, type->signal->follows);
  link.groups = groups_of(*record);
  link.name = record->name;
  link.place = record->place;
  link.position = record->position;
  link.limits = limits_of(*type, record->fields);
  if (!link.code.empty()) codes_.try_emplace(link.code, &link);
  if (!link.follows.empty()) followers_[link.follows].push_back(&link);
  auto& shard = *shards_[link.number() % kShards];
  std::scoped_lock guard(shard.mutex);
  const auto done = is_new ? shard.engine.add_link(link.number(), static_cast<stream::TypeNumber>(type_numbers_[link.type]), link.limits, now)
                           : shard.engine.set_limits(link.number(), link.limits);
  CHECK_MSG(done.ok(), done.error().describe());
}

void Watch::retarget(RecordId id, const RecordState* record, UtcTime now) {
  std::vector<AlarmWanted> followed;
  std::scoped_lock guard(chains_mutex_);
  chains_->set_target(id, record, now, followed);
  want(followed);
}

void Watch::shaken(int64_t id, const Earthquake* quake, UtcTime now) {
  std::vector<AlarmWanted> followed;
  std::scoped_lock guard(chains_mutex_);
  const auto before = quakes_.size();
  std::erase_if(quakes_, [&](const Earthquake& q) { return q.id == id || now - q.at > kShakingMemory; });
  if (!quake && quakes_.size() == before) return;
  if (quake) quakes_.push_back(*quake);
  if (quakes_.size() > static_cast<size_t>(kQuakesMax))
    quakes_.erase(std::min_element(quakes_.begin(), quakes_.end(), [](const Earthquake& a, const Earthquake& b) { return a.magnitude < b.magnitude; }));
  chains_->shaken(quakes_, now, followed);
  want(followed);
}

void Watch::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    const auto changed = [&](RecordId id) {
      const auto record = records_.find(id);
      std::unique_lock guard(mutex_);
      sync(id, record ? &*record : nullptr, f.header.at);
      retarget(id, record ? &*record : nullptr, f.header.at);
    };
    if (const auto* added = f.as<RecordAdded>()) changed(added->record);
    else if (const auto* change = f.as<RecordChanged>()) changed(change->record);
    else if (const auto* removed = f.as<RecordRemoved>()) changed(removed->record);
    else if (const auto* restored = f.as<RecordRestored>()) changed(restored->record);
    else if (const auto* imported = f.as<RecordsImported>()) {
      const auto* type = pack_.record_type(imported->type);
      std::unique_lock guard(mutex_);
      if (!type || (!noting_ && !type->signal && !chains_->reaches_type(type->id))) continue;
      read_records(*attachments_.must_get(imported->attachment), [&](const RecordState& record) {
        sync(record.record, &record, f.header.at);
        retarget(record.record, &record, f.header.at);
      });
    } else if (const auto* located = f.as<EarthquakeLocated>(); located && !located->origin.drill) {
      shaken(located->quake.id, &located->quake, f.header.at);
    } else if (const auto* withdrawn = f.as<EarthquakeWithdrawn>()) {
      shaken(withdrawn->earthquake, nullptr, f.header.at);
    } else if (const auto* set = f.as<OwnRuleSet>()) {
      std::scoped_lock guard(rules_mutex_);
      own_.put({set->id, set->yaml, f.header.actor, f.header.at});
      rules_changed_ = true;
    } else if (const auto* gone = f.as<OwnRuleRemoved>()) {
      std::scoped_lock guard(rules_mutex_);
      own_.remove(gone->id);
      rules_changed_ = true;
    } else if (const auto* turned = f.as<RuleSwitched>()) {
      std::scoped_lock guard(rules_mutex_);
      own_.turn(turned->id, turned->on);
      rules_changed_ = true;
    }
  }
}

}  // namespace anlan
