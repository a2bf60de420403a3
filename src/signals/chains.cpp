#include "signals/chains.h"

#include <algorithm>

#include "quake/intensity.h"

namespace anlan {
namespace {

PlaceLevel level_named(const std::string& same) {
  return same == "county" ? PlaceLevel::kCounty : same == "town" ? PlaceLevel::kTown : PlaceLevel::kVillage;
}

// "R101, R102、R103" names three.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) out.push_back(std::exchange(word, {}));
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (text[i] == ' ' || text[i] == ',' || text[i] == ';') end();
    else if (rest.starts_with("、") || rest.starts_with("，") || rest.starts_with("；")) end(), i += 2;
    else word += text[i];
  }
  end();
  return out;
}

// The level that a source of this level gives.
std::optional<WarningLevel> given(const Chain& chain, WarningLevel source) {
  std::optional<WarningLevel> out;
  for (const auto& s : chain.steps)
    if (s.at && source >= *s.at) out = s.level;
  return out;
}

}  // namespace

Chains::Chains(const Pack& pack, std::shared_ptr<const RuleBook> rules) : rules_(std::move(rules)) {
  for (const auto& chain : rules_->chains) {
    if (!pack.record_type(chain.to)) continue;
    auto& type = types_[chain.to];
    links_.push_back({&chain, &type, type.chains.size(), {}, {}, {}});
    type.chains.push_back(links_.size() - 1);
  }
}

void Chains::set_target(RecordId id, const RecordState* record, UtcTime now, std::vector<AlarmWanted>& out) {
  for (auto& [name, type] : types_) {
    const auto found = type.targets.find(id);
    if (found != type.targets.end()) {
      const Target& old = found->second;
      if (old.position) type.grid.remove(id, *old.position);
      if (const auto at = type.by_place.find(old.place.first_key()); at != type.by_place.end()) {
        at->second.erase(id);
        if (at->second.empty()) type.by_place.erase(at);
      }
      for (const auto& named : old.named)
        for (const auto& n : named)
          if (const auto at = type.by_name.find(n); at != type.by_name.end()) {
            at->second.erase(id);
            if (at->second.empty()) type.by_name.erase(at);
          }
    }
    if (!record || record->type != name) {
      if (found == type.targets.end()) continue;
      for (const size_t l : type.chains) {
        Link& link = links_[l];
        const auto reached = link.reached.find(id);
        if (reached == link.reached.end()) continue;
        if (reached->second.stands) {
          const Target& gone = found->second;
          out.push_back({id, gone.name, gone.place, link.chain->id, std::nullopt, 0, now, {}, {}});
          said(link.chain->id, {id, gone.place, gone.position, "", gone.name}, std::nullopt, now, now, out);
        }
        link.waiting.erase(id);
        link.reached.erase(reached);
      }
      type.targets.erase(found);
      continue;
    }
    Target t{record->name, record->place, record->position, {}, {}};
    for (const size_t l : type.chains) {
      const auto* by = record->fields.if_contains(links_[l].chain->by);
      t.named.push_back(by && by->is_string() ? names_in(std::string_view(by->get_string())) : std::vector<std::string>());
      const auto* travel = record->fields.if_contains(links_[l].chain->travel);
      t.travel.push_back(travel && travel->is_number() ? std::optional(travel->to_number<double>()) : std::nullopt);
      for (const auto& n : t.named.back()) type.by_name[n].insert(id);
    }
    if (t.position) type.grid.add(id, *t.position);
    type.by_place[t.place.first_key()].insert(id);
    const Target& target = type.targets.insert_or_assign(id, std::move(t)).first->second;
    for (const size_t l : type.chains) {
      Link& link = links_[l];
      const auto known = link.reached.find(id);
      std::map<SourceKey, WarningLevel> by;
      for (const auto& [key, standing] : link.sources)
        if (reaches(link, standing.source, target)) by.emplace(key, standing.level);
      if (by.empty() && known == link.reached.end()) continue;
      auto& reached = link.reached[id];
      if (reached.by != by) {
        reached.by = std::move(by);
        if (reached.at.ms == 0) reached.at = now;
        settle(link, id, target, now, out);
      }
      // What stands here may reach others from where it now is.
      if (const auto still = link.reached.find(id); still != link.reached.end() && still->second.stands)
        said(link.chain->id, {id, target.place, target.position, "", target.name}, still->second.stands, still->second.at, now, out);
    }
  }
}

template <class F>
void Chains::each_target(const Link& link, const AlarmSource& source, F f) const {
  const Chain& chain = *link.chain;
  const Type& type = *link.type;
  const auto visit = [&](RecordId id) {
    if (const auto target = type.targets.find(id); target != type.targets.end() && reaches(link, source, target->second)) f(id, target->second);
  };
  if (chain.within_km > 0) {
    std::vector<RecordId> near;
    if (source.position) type.grid.within(*source.position, chain.within_km, [&](RecordId id, double) { near.push_back(id); });
    std::sort(near.begin(), near.end());
    for (const auto id : near) visit(id);
  } else if (!chain.same.empty()) {
    PlaceCode place = source.place;
    while (place.level() > level_named(chain.same)) place = place.parent();
    for (auto it = type.by_place.lower_bound(place.first_key()); it != type.by_place.end() && it->first <= place.last_key(); ++it)
      for (const auto id : it->second) visit(id);
  } else {
    std::set<RecordId> named;
    for (const auto* name : {&source.code, &source.name})
      if (const auto found = type.by_name.find(*name); !name->empty() && found != type.by_name.end()) named.insert(found->second.begin(), found->second.end());
    for (const auto id : named) visit(id);
  }
}

bool Chains::reaches(const Link& link, const AlarmSource& source, const Target& target) const {
  const Chain& chain = *link.chain;
  if (chain.within_km > 0) return source.position && target.position && distance_m(*source.position, *target.position) <= chain.within_km * 1000;
  if (!chain.same.empty()) {
    PlaceCode place = source.place;
    while (place.level() > level_named(chain.same)) place = place.parent();
    return !place.empty() && place.contains(target.place);
  }
  const auto& names = target.named[link.in_type];
  return std::any_of(names.begin(), names.end(), [&](const std::string& n) { return n == source.code || n == source.name; });
}

void Chains::said(const std::string& rule, const AlarmSource& source, std::optional<WarningLevel> level, UtcTime at, UtcTime now, std::vector<AlarmWanted>& out) {
  const SourceKey key{source.record, source.record ? PlaceCode() : source.place};
  for (auto& link : links_) {
    if (link.chain->from != rule) continue;
    const auto gives = level ? given(*link.chain, *level) : std::nullopt;
    const auto standing = link.sources.find(key);
    if (!gives && standing == link.sources.end()) continue;
    if (gives && standing != link.sources.end() && standing->second.level == *gives && standing->second.source == source) continue;
    const auto old = standing != link.sources.end() ? std::optional(standing->second.source) : std::nullopt;
    if (gives) link.sources.insert_or_assign(key, Standing{source, *gives, at});
    else link.sources.erase(standing);
    const auto change = [&](RecordId id, const Target& target, bool reaching) {
      auto& reached = link.reached[id];
      if (reaching) reached.by.insert_or_assign(key, *gives);
      else reached.by.erase(key);
      reached.at = at;
      settle(link, id, target, now, out);
    };
    if (old && (!gives || *old != source))
      each_target(link, *old, [&](RecordId id, const Target& target) {
        if (!gives || !reaches(link, source, target)) change(id, target, false);
      });
    if (gives) each_target(link, source, [&](RecordId id, const Target& target) { change(id, target, true); });
  }
}

void Chains::settle(Link& link, RecordId id, const Target& target, UtcTime now, std::vector<AlarmWanted>& out) {
  auto& reached = link.reached[id];
  std::optional<WarningLevel> level;
  for (const auto& [key, l] : reached.by)
    if (!level || l > *level) level = l;
  if (reached.stands && (!level || *level < *reached.stands)) {
    if (!reached.quiet_since) reached.quiet_since = now;
    if (now - *reached.quiet_since < link.chain->clear_after) {
      link.waiting.insert(id);
      return;
    }
  }
  reached.quiet_since.reset();
  link.waiting.erase(id);
  if (level != reached.stands) {
    reached.stands = level;
    say(link, id, target, reached, now, out);
  }
  if (!level) link.reached.erase(id);
}

void Chains::say(Link& link, RecordId id, const Target& target, Reached& reached, UtcTime now, std::vector<AlarmWanted>& out) {
  // The source that came last stands for all.
  std::string cause;
  const Standing* last = nullptr;
  for (const auto& [key, level] : reached.by)
    if (const auto s = link.sources.find(key); s != link.sources.end() && (!last || s->second.at > last->at)) last = &s->second;
  if (last) cause = last->source.name;
  const auto travel = target.travel[link.in_type];
  const auto due = reached.stands && travel ? std::optional(reached.at + Millis{static_cast<int64_t>(*travel * 60'000)}) : std::nullopt;
  out.push_back({id, target.name, target.place, link.chain->id, reached.stands, reached.value, reached.at.ms ? reached.at : now, due, cause});
  const AlarmSource source{id, target.place, target.position, "", target.name};
  const auto level = reached.stands;
  const UtcTime at = reached.at;
  said(link.chain->id, source, level, at, now, out);  // chains have an order, so this ends
}

void Chains::shaken(std::span<const Earthquake> quakes, UtcTime now, std::vector<AlarmWanted>& out) {
  for (auto& link : links_) {
    if (link.chain->from != Chain::kFromEarthquake) continue;
    for (const auto& [id, target] : link.type->targets) {
      if (!target.position) continue;
      const auto zone = quake::zone_of_province(static_cast<int>(target.place.at_level(PlaceLevel::kProvince).digits()));
      std::optional<WarningLevel> level;
      const Earthquake* strongest = nullptr;
      double most = 0;
      for (const auto& quake : quakes) {
        if (now - quake.at >= link.chain->clear_after) continue;
        const double intensity = quake::intensity_at({{quake.lon, quake.lat}, quake.magnitude, zone, {}}, *target.position);
        if (strongest && intensity <= most) continue;
        strongest = &quake;
        most = intensity;
      }
      for (const auto& s : link.chain->steps)
        if (strongest && most >= s.intensity) level = s.level;
      const auto found = link.reached.find(id);
      if (!level && (found == link.reached.end() || !found->second.stands)) continue;
      auto& reached = link.reached[id];
      if (level) {
        reached.quiet_since = strongest->at;
        link.waiting.insert(id);
      }
      if (reached.stands == level) continue;
      reached.stands = level;
      reached.at = level ? strongest->at : now;
      reached.value = most;
      say(link, id, target, reached, now, out);
      if (!level) {
        link.waiting.erase(id);
        link.reached.erase(id);
      }
    }
  }
}

void Chains::advance(UtcTime now, std::vector<AlarmWanted>& out) {
  for (auto& link : links_) {
    const auto waiting = link.waiting;
    for (const auto id : waiting) {
      const auto target = link.type->targets.find(id);
      const auto reached = link.reached.find(id);
      if (target == link.type->targets.end() || reached == link.reached.end()) link.waiting.erase(id);
      else if (now - *reached->second.quiet_since >= link.chain->clear_after) {
        reached->second.at = now;
        settle(link, id, target->second, now, out);
      }
    }
  }
}

std::vector<Chains::Stands> Chains::standing() const {
  std::vector<Stands> out;
  for (const auto& link : links_)
    for (const auto& [id, reached] : link.reached) {
      if (!reached.stands) continue;
      const auto target = link.type->targets.find(id);
      if (target != link.type->targets.end())
        out.push_back({link.chain->id, id, target->second.name, target->second.place, *reached.stands, reached.at, reached.quiet_since, reached.value});
    }
  return out;
}

bool Chains::keep(const Stands& s, UtcTime now) {
  if (!restore(s.chain, s.target, s.level, s.at)) return false;
  for (auto& link : links_) {
    if (link.chain->id != s.chain) continue;
    auto& reached = link.reached[s.target];
    reached.quiet_since = s.quiet_since.value_or(now);
    reached.value = s.value;
  }
  return true;
}

bool Chains::restore(const std::string& chain, RecordId target, WarningLevel level, UtcTime changed_at) {
  for (auto& link : links_) {
    if (link.chain->id != chain || !link.type->targets.contains(target)) continue;
    auto& reached = link.reached[target];
    reached.stands = level;
    reached.at = changed_at;
    reached.quiet_since = changed_at;  // until its sources are said again
    link.waiting.insert(target);
    return true;
  }
  return false;
}

}  // namespace anlan
