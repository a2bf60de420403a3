#include <algorithm>
#include <cmath>

#include "documents/encoding.h"
#include "signals/compiled.h"
#include "signals/watch_state.h"

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

Result<Intake> Watch::take(std::span<const SiteReading> readings, std::span<const PlaceCode> scopes, std::string_view from,
                           const std::function<std::string_view(size_t)>& frame, UtcTime now) {
  Intake intake;
  struct Part {
    std::vector<Reading> readings;
    std::vector<size_t> items;  // positions in `readings` of the caller
    std::vector<bool> own;      // not of a link that only follows
    std::vector<Link*> links;
    std::vector<stream::Quality> qualities;
  };
  std::array<Part, kShards> parts;
  std::vector<Reading> kept;
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
    if (!link.follows.empty()) {
      intake.refuse(r.item, "该测点取自“" + link.follows + "”，不单独上报 / the link takes its readings from “" + link.follows + "”");
      continue;
    }
    if (std::none_of(scopes.begin(), scopes.end(), [&](PlaceCode scope) { return scope.contains(link.place); })) {
      intake.refuse(r.item, "该测点不在此站点的范围内 / the link lies outside the site's place");
      continue;
    }
    // What the history cannot hold never reaches the rules either.
    if (const auto quality = check_reading(r, now); quality != stream::Quality::kGood) {
      intake.refuse(r.item, refusal(quality));
      continue;
    }
    const auto give = [&](Link& to) {
      auto& part = parts[to.number() % kShards];
      part.readings.push_back({r.at, r.value, to.number()});
      part.items.push_back(i);
      part.links.push_back(&to);
      part.own.push_back(&to == &link);
    };
    give(link);
    if (!followers_.empty())
      if (const auto following = followers_.find(link.code); following != followers_.end())
        for (Link* follower : following->second) give(*follower);
    if (history_) kept.push_back({r.at, r.value, link.number()});
  }
  if (!kept.empty()) {
    TRY(done, history_->append(kept));
    intake.stored = static_cast<int64_t>(done.stored + done.replaced);
    intake.duplicates = static_cast<int64_t>(done.duplicates);
  }
  bool touched = false;
  for (size_t s = 0; s < kShards; ++s) {
    auto& part = parts[s];
    if (part.readings.empty()) continue;
    auto& shard = *shards_[s];
    std::scoped_lock shard_guard(shard.mutex);
    part.qualities.resize(part.readings.size());
    shard.engine.ingest(part.readings, now, shard.out, part.qualities);
    if (noting_ && now.ms > heard_ms_) heard_ms_ = now.ms;
    for (size_t i = 0; i < part.readings.size(); ++i) {
      Link& link = *part.links[i];
      if (!link.last || part.readings[i].at >= link.last->at) link.last = Sample{part.readings[i].at, part.readings[i].value};
      if (noting_ && !link.arrived) {
        link.arrived = true;
        shard.arrived.push_back(link.number());
      }
      link.frame.at = now;
      link.frame.from = from;
      link.frame.text = shown(frame(part.items[i]), kFrameBytesMax);
      if (!history_ && part.own[i]) ++(part.qualities[i] == stream::Quality::kDuplicate ? intake.duplicates : intake.stored);
    }
    readings_ += static_cast<uint64_t>(std::count(part.own.begin(), part.own.end(), true));
    touched |= note(shard, now);
  }
  if (touched) judge_areas(now);
  guard.unlock();
  send();
  return intake;
}

void Watch::tick(UtcTime now) {
  now_ms_ = now.ms;
  if (rules_changed_ && now.ms >= adopt_again_ms_) later_([this] { adopt_changed(); });
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
    judge_areas(now);
    judge_neighbours(now);
    std::vector<AlarmWanted> followed;
    std::scoped_lock chains(chains_mutex_);
    chains_->advance(now, followed);
    want(followed);
  }
  send();
}

// Once per call, after all engines: what they say is one moment.
void Watch::judge_areas(UtcTime now) {
  std::scoped_lock guard(areas_mutex_);
  if (areas_) areas_->advance(now, area_changes_);
  note_areas();
}

bool Watch::note(Shard& shard, UtcTime now) {
  for (const auto& c : shard.out.links)
    if (const auto link = links_.find(RecordId{c.link}); link != links_.end()) link->second->state = c.state;
  for (const auto& c : shard.out.changes) {
    const auto found = links_.find(RecordId{c.link});
    if (found == links_.end()) continue;
    Link& link = *found->second;
    if (c.to) link.levels[c.rule] = c.to;
    else link.levels.erase(c.rule);
    want({link.id, link.name, link.place, rule_names_[c.rule], level_of(c.to), std::isfinite(c.value) ? c.value : 0, link.last ? link.last->at : c.at, {}, {}},
         link.source(), now);
  }
  const bool touched = !shard.out.changes.empty() || !shard.out.links.empty();
  if (touched) {
    std::scoped_lock guard(areas_mutex_);
    for (const auto& c : shard.out.changes)
      if (areas_) areas_->set_level(c.link, c.rule, c.to);
    for (const auto& c : shard.out.links)
      if (areas_) areas_->set_state(c.link, c.state);
  }
  shard.out.changes.clear();
  shard.out.links.clear();
  return touched;
}

void Watch::want(AlarmWanted w, const AlarmSource& source, UtcTime now) {
  std::vector<AlarmWanted> all;
  std::scoped_lock guard(chains_mutex_);
  chains_->said(w.rule, source, w.level, w.at, now, all);
  all.insert(all.begin(), std::move(w));
  want(all);
}

void Watch::want(const std::vector<AlarmWanted>& wanted) {
  std::scoped_lock guard(wanted_mutex_);
  for (const auto& w : wanted) wanted_[key_of(w)] = w;
}

void Watch::say(const AlarmWanted& wanted, UtcTime now) {
  const auto record = records_.find(wanted.link);
  const AlarmSource source{wanted.link, wanted.place, record ? record->position : std::nullopt, "", wanted.name};
  {
    std::scoped_lock guard(chains_mutex_);
    if (wanted.level) said_.insert_or_assign(key_of(wanted), std::pair(wanted, source));
    else said_.erase(key_of(wanted));
  }
  want(wanted, source, now);
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
  submit_({"node", "", "", [rules = rules(), wanted](Reader& reader, UtcTime) { return record_alarms(reader, *rules, *wanted); },
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

}  // namespace anlan
