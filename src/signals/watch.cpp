#include "signals/watch.h"

#include <algorithm>
#include <cmath>

#include "documents/encoding.h"
#include "registry/record_lines.h"
#include "signals/compiled.h"

namespace anlan {
namespace {

std::string_view refusal(stream::Quality quality) {
  switch (quality) {
    case stream::Quality::kNotANumber: return "不是数值 / not a number";
    case stream::Quality::kClockUnset: return "时间早于 2000 年，设备时钟未校准 / before the year 2000: the device's clock is not set";
    case stream::Quality::kInFuture: return "时间超前 5 分钟以上，请校准设备时钟 / more than 5 minutes ahead: set the device's clock";
    case stream::Quality::kTooOld: return "早于 72 小时，不再补录 / older than 72 hours";
    default: return "不可用 / not usable";
  }
}

// Bytes from outside as a text: at most so many, and what is no UTF-8 as U+FFFD.
std::string shown(std::string_view bytes, size_t most) {
  std::string out;
  for (bytes = bytes.substr(0, most); !bytes.empty(); bytes.remove_prefix(1)) {
    const size_t good = utf8_prefix(bytes);
    out += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    out += "\uFFFD";
  }
  return out;
}

// What no link accepts, so that neither the history nor the rules see it.
stream::Quality check_reading(const SiteReading& r, UtcTime now) {
  constexpr int64_t kYear2000 = 946'684'800'000;
  const stream::QualitySpec any;
  if (!std::isfinite(r.value)) return stream::Quality::kNotANumber;
  if (r.at.ms < kYear2000) return stream::Quality::kClockUnset;
  if (r.at > now + any.future) return stream::Quality::kInFuture;
  return r.at < now - any.backfill ? stream::Quality::kTooOld : stream::Quality::kGood;
}

}  // namespace

struct Watch::Link {
  RecordId id;
  uint16_t type = 0;
  std::string code, name;
  PlaceCode place;
  std::optional<LonLat> position;
  std::vector<double> limits;
  // Under its shard's mutex.
  stream::LinkState state = stream::LinkState::kUnknown;
  std::optional<Sample> last;
  std::map<stream::RuleNumber, stream::Level> levels;  // rules that have one
  LinkFrame frame;

  LinkNumber number() const { return static_cast<LinkNumber>(id.value); }
};

struct Watch::Shard {
  std::mutex mutex;
  stream::Engine engine{{.links_max = kHistoryLinksMax}};
  stream::Output out;
};

Watch::Watch(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit)
    : pack_(pack), records_(records), attachments_(attachments), history_(history), submit_(std::move(submit)) {}
Watch::~Watch() = default;

Result<std::unique_ptr<Watch>> Watch::create(const Pack& pack, const RecordIndex& records, const Attachments& attachments, History* history, Submit submit) {
  std::unique_ptr<Watch> watch(new Watch(pack, records, attachments, history, std::move(submit)));
  TRY_VOID(watch->compile());
  return watch;
}

Result<void> Watch::compile() {
  // One rule after the other first, so that a fault names its place in the pack.
  for (const auto& rule : pack_.alarm_rules) {
    const auto* type = pack_.record_type(rule.type);
    stream::Engine probe;
    if (auto good = probe.add_type(compiled(*type, std::span(&rule, 1))); !good) {
      Error fault(ErrorCode::kInvalidFile, {{"what", rule.file}, {"why", good.error().describe()}});
      fault.details.push_back({rule.line, rule.file, "规则 " + rule.id + "：" + good.error().describe(), "rule " + rule.id + ": " + good.error().describe()});
      return fault;
    }
  }
  type_numbers_.assign(pack_.record_types.size(), -1);
  for (size_t s = 0; s < kShards; ++s) {
    auto shard = std::make_unique<Shard>();
    for (size_t t = 0; t < pack_.record_types.size(); ++t) {
      if (!pack_.record_types[t].signal) continue;
      TRY(number, shard->engine.add_type(compiled(pack_.record_types[t], pack_.alarm_rules)));
      type_numbers_[t] = number;
      memory_ = std::max(memory_, memory_of(shard->engine.type(number)));
    }
    shards_.push_back(std::move(shard));
  }
  rule_names_ = shards_.front()->engine.rule_names();
  if (auto areas = stream::AreaRules::compile(compiled(pack_.area_rules), rule_names_); !areas) {
    const auto& first = pack_.area_rules.front();
    return Error(ErrorCode::kInvalidFile, {{"what", first.file}, {"why", areas.error().describe()}});
  }
  return {};
}

Result<void> Watch::load(Reader& reader, UtcTime now) {
  now_ms_ = now.ms;
  {
    std::unique_lock guard(mutex_);
    for (const auto& type : pack_.record_types)
      if (type.signal)
        for (const auto& record : records_.within(type.id, PlaceCode())) sync(record.record, &record, now);
  }
  std::shared_lock guard(mutex_);
  if (history_) {
    std::vector<Reading> readings;
    TRY_VOID(history_->read_all(now - memory_, kNever, [&](LinkNumber link, std::span<const Sample> samples) {
      readings.clear();
      for (const auto& s : samples) readings.push_back({s.at, s.value, link});
      shards_[link % kShards]->engine.restore(readings, now);
      return true;
    }));
    for (const auto& last : history_->lasts())
      if (const auto link = links_.find(RecordId{last.link}); link != links_.end()) link->second->last = Sample{last.at, last.value};
  }
  for (const auto& alarm : standing_alarms(reader)) {
    const auto link = links_.find(alarm.link);
    const auto rule = std::find(rule_names_.begin(), rule_names_.end(), alarm.rule);
    const auto number = static_cast<stream::RuleNumber>(rule - rule_names_.begin());
    if (link != links_.end() && rule != rule_names_.end() &&
        shards_[link->second->number() % kShards]->engine.set_level(link->second->number(), number, level_number(alarm.level), alarm.changed_at)) {
      link->second->levels[number] = level_number(alarm.level);
      continue;
    }
    if (!alarm.link && pack_.area_rule(alarm.rule)) {
      area_levels_[{alarm.place, alarm.rule}] = level_number(alarm.level);
      continue;
    }
    // Its link or rule is gone: nothing will ever clear it but this.
    const AlarmWanted gone{alarm.link, records_.name(alarm.link), alarm.place, alarm.rule, std::nullopt, 0, now};
    std::scoped_lock wanted(wanted_mutex_);
    wanted_[key_of(gone)] = gone;
  }
  for (auto& [id, link] : links_) {
    const auto state = shards_[link->number() % kShards]->engine.state(link->number(), now);
    if (state) link->state = state->state;
  }
  guard.unlock();
  std::unique_lock alone(mutex_);
  group_links(now);
  return {};
}

void Watch::group_links(UtcTime now) {
  std::scoped_lock guard(areas_mutex_);
  regroup_ = false;
  groups_.clear();
  areas_.reset();
  if (pack_.area_rules.empty()) return;
  areas_ = stream::AreaRules::compile(compiled(pack_.area_rules), rule_names_).value();
  std::vector<std::vector<stream::RuleNumber>> rules(pack_.record_types.size());
  for (size_t n = 0; n < rule_names_.size(); ++n) {
    const auto* type = pack_.record_type(pack_.alarm_rule(rule_names_[n])->type);
    rules[static_cast<size_t>(type - pack_.record_types.data())].push_back(static_cast<stream::RuleNumber>(n));
  }
  std::map<std::pair<std::string_view, PlaceCode>, std::vector<LinkNumber>> members;
  for (const auto& [id, link] : links_) {
    CHECK(areas_->add_link(link->number(), rules[link->type]).ok());
    for (const auto& [rule, level] : link->levels) areas_->set_level(link->number(), rule, level);
    areas_->set_state(link->number(), link->state);
    if (link->place.level() >= PlaceLevel::kCounty) members[{"county", link->place.at_level(PlaceLevel::kCounty)}].push_back(link->number());
    if (link->place.level() >= PlaceLevel::kTown) members[{"town", link->place.at_level(PlaceLevel::kTown)}].push_back(link->number());
  }
  for (const auto& [where, links] : members) {
    const auto group = static_cast<stream::GroupNumber>(groups_.size());
    CHECK(areas_->add_group(group, where.first, links).ok());
    groups_.push_back(where.second);
    for (size_t n = 0; n < pack_.area_rules.size(); ++n)
      if (const auto level = area_levels_.find({where.second, pack_.area_rules[n].id}); level != area_levels_.end() && pack_.area_rules[n].over == where.first)
        areas_->set_area_level(group, static_cast<stream::AreaRuleNumber>(n), level->second, now);
  }
  // A place without links any more has nothing that could clear its alarms.
  for (auto it = area_levels_.begin(); it != area_levels_.end();) {
    const auto& [place, rule] = it->first;
    if (std::find(groups_.begin(), groups_.end(), place) != groups_.end()) {
      ++it;
      continue;
    }
    const AlarmWanted gone{RecordId{}, pack_.area_rule(rule)->zh, place, rule, std::nullopt, 0, now};
    std::scoped_lock wanted(wanted_mutex_);
    wanted_[key_of(gone)] = gone;
    it = area_levels_.erase(it);
  }
}

void Watch::note_areas() {
  for (const auto& c : area_changes_) {
    const auto& rule = pack_.area_rules[c.rule];
    const PlaceCode place = groups_[c.group];
    if (c.to) area_levels_[{place, rule.id}] = c.to;
    else area_levels_.erase({place, rule.id});
    const AlarmWanted w{RecordId{}, rule.zh, place, rule.id, level_of(c.to), 0, c.at};
    std::scoped_lock guard(wanted_mutex_);
    wanted_[key_of(w)] = w;
  }
  area_changes_.clear();
}

void Watch::sync(RecordId id, const RecordState* record, UtcTime now) {
  const auto* type = record ? pack_.record_type(record->type) : nullptr;
  const bool is_link = type && type->signal && id.value < kHistoryLinksMax;
  const auto found = links_.find(id);
  if (!is_link) {
    if (found == links_.end()) return;
    Link& gone = *found->second;
    if (const auto code = codes_.find(gone.code); code != codes_.end() && code->second == &gone) codes_.erase(code);
    {
      auto& shard = *shards_[gone.number() % kShards];
      std::scoped_lock guard(shard.mutex);
      shard.engine.remove_link(gone.number());
      std::scoped_lock wanted(wanted_mutex_);
      for (const auto& [rule, level] : gone.levels) {
        const AlarmWanted cleared{id, gone.name, gone.place, rule_names_[rule], std::nullopt, 0, now};
        wanted_[key_of(cleared)] = cleared;
      }
    }
    links_.erase(found);
    regroup_ = true;
    return;
  }
  regroup_ = true;
  auto& slot = links_[id];
  const bool is_new = !slot;
  if (is_new) slot = std::make_unique<Link>();
  Link& link = *slot;
  if (!is_new)
    if (const auto code = codes_.find(link.code); code != codes_.end() && code->second == &link) codes_.erase(code);
  link.id = id;
  link.type = static_cast<uint16_t>(type - pack_.record_types.data());
  const auto* code = record->fields.if_contains(type->signal->code);
  link.code = code && code->is_string() ? std::string(code->get_string()) : std::string();
  link.name = record->name;
  link.place = record->place;
  link.position = record->position;
  link.limits = limits_of(*type, record->fields);
  if (!link.code.empty()) codes_.try_emplace(link.code, &link);
  auto& shard = *shards_[link.number() % kShards];
  std::scoped_lock guard(shard.mutex);
  const auto done = is_new ? shard.engine.add_link(link.number(), static_cast<stream::TypeNumber>(type_numbers_[link.type]), link.limits, now)
                           : shard.engine.set_limits(link.number(), link.limits);
  CHECK_MSG(done.ok(), done.error().describe());
}

void Watch::on_committed(const std::vector<RecordedFact>& facts) {
  for (const auto& f : facts) {
    const auto changed = [&](RecordId id) {
      const auto record = records_.find(id);
      std::unique_lock guard(mutex_);
      sync(id, record ? &*record : nullptr, f.header.at);
    };
    if (const auto* added = f.as<RecordAdded>()) changed(added->record);
    else if (const auto* change = f.as<RecordChanged>()) changed(change->record);
    else if (const auto* removed = f.as<RecordRemoved>()) changed(removed->record);
    else if (const auto* restored = f.as<RecordRestored>()) changed(restored->record);
    else if (const auto* imported = f.as<RecordsImported>()) {
      const auto* type = pack_.record_type(imported->type);
      if (!type || !type->signal) continue;
      std::unique_lock guard(mutex_);
      read_records(*attachments_.must_get(imported->attachment), [&](const RecordState& record) { sync(record.record, &record, f.header.at); });
    }
  }
}

Result<Intake> Watch::take(std::span<const SiteReading> readings, std::span<const PlaceCode> scopes, std::string_view from,
                           const std::function<std::string_view(size_t)>& frame, UtcTime now) {
  Intake intake;
  struct Part {
    std::vector<Reading> readings;
    std::vector<size_t> items;  // positions in `readings` of the caller
    std::vector<Link*> links;
    std::vector<stream::Quality> qualities;
  };
  std::array<Part, kShards> parts;
  std::shared_lock guard(mutex_);
  for (size_t i = 0; i < readings.size(); ++i) {
    const auto& r = readings[i];
    const auto found = codes_.find(r.link);
    if (found == codes_.end()) {
      const std::string code = shown(r.link, 60);
      intake.refuse(r.item, "没有编码为“" + code + "”的测点 / no link has the code “" + code + "”");
      continue;
    }
    Link& link = *found->second;
    if (std::none_of(scopes.begin(), scopes.end(), [&](PlaceCode scope) { return scope.contains(link.place); })) {
      intake.refuse(r.item, "该测点不在此站点的范围内 / the link lies outside the site's place");
      continue;
    }
    // What the history cannot hold never reaches the rules either.
    if (const auto quality = check_reading(r, now); quality != stream::Quality::kGood) {
      intake.refuse(r.item, refusal(quality));
      continue;
    }
    auto& part = parts[link.number() % kShards];
    part.readings.push_back({r.at, r.value, link.number()});
    part.items.push_back(i);
    part.links.push_back(&link);
  }
  if (history_) {
    std::vector<Reading> all;
    for (const auto& part : parts) all.insert(all.end(), part.readings.begin(), part.readings.end());
    if (!all.empty()) {
      TRY(kept, history_->append(all));
      intake.stored = static_cast<int64_t>(kept.stored + kept.replaced);
      intake.duplicates = static_cast<int64_t>(kept.duplicates);
    }
  }
  for (size_t s = 0; s < kShards; ++s) {
    auto& part = parts[s];
    if (part.readings.empty()) continue;
    auto& shard = *shards_[s];
    std::scoped_lock shard_guard(shard.mutex);
    part.qualities.resize(part.readings.size());
    shard.engine.ingest(part.readings, now, shard.out, part.qualities);
    for (size_t i = 0; i < part.readings.size(); ++i) {
      Link& link = *part.links[i];
      if (!link.last || part.readings[i].at >= link.last->at) link.last = Sample{part.readings[i].at, part.readings[i].value};
      link.frame.at = now;
      link.frame.from = from;
      link.frame.text = shown(frame(part.items[i]), kFrameBytesMax);
      if (!history_) ++(part.qualities[i] == stream::Quality::kDuplicate ? intake.duplicates : intake.stored);
    }
    readings_ += part.readings.size();
    note(shard, now);
  }
  guard.unlock();
  send();
  return intake;
}

void Watch::tick(UtcTime now) {
  now_ms_ = now.ms;
  if (regroup_) {
    std::unique_lock guard(mutex_);
    group_links(now);
  }
  {
    std::shared_lock guard(mutex_);
    for (auto& shard : shards_) {
      std::scoped_lock shard_guard(shard->mutex);
      shard->engine.advance(now, shard->out);
      note(*shard, now);
    }
    std::scoped_lock areas(areas_mutex_);
    if (areas_) areas_->advance(now, area_changes_);
    note_areas();
  }
  send();
}

void Watch::note(Shard& shard, UtcTime now) {
  for (const auto& c : shard.out.links)
    if (const auto link = links_.find(RecordId{c.link}); link != links_.end()) link->second->state = c.state;
  if (!shard.out.changes.empty()) {
    std::scoped_lock guard(wanted_mutex_);
    for (const auto& c : shard.out.changes) {
      const auto found = links_.find(RecordId{c.link});
      if (found == links_.end()) continue;
      Link& link = *found->second;
      if (c.to) link.levels[c.rule] = c.to;
      else link.levels.erase(c.rule);
      const std::string& rule = rule_names_[c.rule];
      const AlarmWanted w{link.id, link.name, link.place, rule, level_of(c.to), std::isfinite(c.value) ? c.value : 0, link.last ? link.last->at : c.at};
      wanted_[key_of(w)] = w;
    }
  }
  if (!shard.out.changes.empty() || !shard.out.links.empty()) {
    std::scoped_lock guard(areas_mutex_);
    if (areas_) areas_->apply(shard.out.changes, shard.out.links, now, area_changes_);
    note_areas();
  }
  shard.out.changes.clear();
  shard.out.links.clear();
}

// One command at a time, so that what is said later is also recorded later.
void Watch::send() {
  auto wanted = std::make_shared<std::vector<AlarmWanted>>();
  {
    std::scoped_lock guard(wanted_mutex_);
    if (sending_ || wanted_.empty()) return;
    sending_ = true;
    for (const auto& [key, w] : wanted_) {
      wanted->push_back(w);
      if (wanted->size() == kWantedMax) break;
    }
  }
  submit_({"node", "", "", [this, wanted](Reader& reader, UtcTime) { return record_alarms(reader, pack_, *wanted); },
           [this, wanted](const Result<Answer>& answer) {
             bool more = false;
             {
               std::scoped_lock guard(wanted_mutex_);
               sending_ = false;
               if (answer)
                 for (const auto& w : *wanted) {
                   const auto found = wanted_.find(key_of(w));
                   if (found != wanted_.end() && found->second.level == w.level && found->second.at == w.at) wanted_.erase(found);
                 }
               more = answer.ok() && !wanted_.empty();
             }
             if (more) send();  // a refusal waits for the next tick
           }, {}});
}

LinkRow Watch::row(const Link& link) const {
  LinkRow r{link.id, link.type, link.code, link.name, link.place, link.position, link.state, std::nullopt, link.last};
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
    const auto* declared = pack_.alarm_rule(rule.rule);
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

size_t Watch::links() const {
  std::shared_lock guard(mutex_);
  return links_.size();
}

}  // namespace anlan
