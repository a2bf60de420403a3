// Rules over many links: which links are one group, and what is said of a group.
#include <algorithm>
#include <set>

#include "signals/compiled.h"
#include "signals/watch_state.h"

namespace anlan {

void Watch::group_links(UtcTime now) {
  group_neighbours();
  std::scoped_lock guard(areas_mutex_);
  regroup_ = false;
  groups_.clear();
  areas_.reset();
  if (rules_->areas.empty()) return;
  areas_ = stream::AreaRules::compile(compiled(rules_->areas), rule_names_).value();
  std::vector<std::vector<stream::RuleNumber>> rules(pack_.record_types.size());
  for (size_t n = 0; n < rule_names_.size(); ++n) {
    const auto* type = pack_.record_type(rules_->alarm(rule_names_[n])->type);
    rules[static_cast<size_t>(type - pack_.record_types.data())].push_back(static_cast<stream::RuleNumber>(n));
  }
  PointGrid<LinkNumber> grid;
  std::map<std::pair<std::string, PlaceCode>, std::vector<LinkNumber>> of_place;
  std::vector<std::unordered_map<std::string_view, std::vector<LinkNumber>>> named(group_fields_.size());  // by what their fields name
  for (const auto& [id, link] : links_) {
    CHECK(areas_->add_link(link->number(), rules[link->type]).ok());
    for (const auto& [rule, level] : link->levels) areas_->set_level(link->number(), rule, level);
    areas_->set_state(link->number(), link->state);
    if (link->place.level() >= PlaceLevel::kCounty) of_place[{"county", link->place.at_level(PlaceLevel::kCounty)}].push_back(link->number());
    if (link->place.level() >= PlaceLevel::kTown) of_place[{"town", link->place.at_level(PlaceLevel::kTown)}].push_back(link->number());
    if (link->position) grid.add(link->number(), *link->position);
    for (size_t f = 0; f < link->groups.size(); ++f)
      if (!link->groups[f].empty()) named[f][link->groups[f]].push_back(link->number());
  }
  const auto add = [&](const std::string& kind, AlarmSource about, std::span<const LinkNumber> links) {
    const auto group = static_cast<stream::GroupNumber>(groups_.size());
    CHECK(areas_->add_group(group, kind, links).ok());
    for (size_t n = 0; n < rules_->areas.size(); ++n)
      if (const auto level = area_levels_.find(key_of(about, rules_->areas[n].id)); level != area_levels_.end() && kind_of(rules_->areas[n]) == kind)
        areas_->set_area_level(group, static_cast<stream::AreaRuleNumber>(n), level->second.first, now);
    groups_.push_back(std::move(about));
  };
  for (const auto& [where, links] : of_place) add(where.first, {RecordId{}, where.second, std::nullopt, "", ""}, links);
  std::set<std::string> done;
  for (const auto& rule : rules_->areas) {
    if (rule.over == "county" || rule.over == "town" || !done.insert(kind_of(rule)).second) continue;
    const auto field = std::find(group_fields_.begin(), group_fields_.end(), rule.by) - group_fields_.begin();
    for (const auto& record : records_.within(rule.over, PlaceCode())) {
      std::vector<LinkNumber> links;
      if (rule.within_km > 0) {
        if (record.position) grid.within(*record.position, rule.within_km, [&](LinkNumber link, double) { links.push_back(link); });
      } else if (const auto found = named[static_cast<size_t>(field)].find(record.name); found != named[static_cast<size_t>(field)].end()) {
        links = found->second;
      }
      if (!links.empty()) add(kind_of(rule), {record.record, record.place, record.position, "", record.name}, links);
    }
  }
  // What has no links any more has nothing that could clear its alarms.
  std::set<AreaKey> counted;
  for (const auto& group : groups_)
    for (const auto& rule : rules_->areas) counted.insert(key_of(group, rule.id));
  for (auto it = area_levels_.begin(); it != area_levels_.end();) {
    if (counted.contains(it->first)) {
      ++it;
      continue;
    }
    const auto& group = it->second.second;
    const auto* rule = rules_->area(std::get<2>(it->first));
    want({group.record, group.record ? group.name : rule ? rule->zh : "", group.place, std::get<2>(it->first), std::nullopt, 0, now, {}, {}}, group, now);
    it = area_levels_.erase(it);
  }
}

void Watch::note_areas() {
  for (const auto& c : area_changes_) {
    const auto& rule = rules_->areas[c.rule];
    const AlarmSource& group = groups_[c.group];
    if (c.to) area_levels_.insert_or_assign(key_of(group, rule.id), std::pair(c.to, group));
    else area_levels_.erase(key_of(group, rule.id));
    want({group.record, group.record ? group.name : rule.zh, group.place, rule.id, level_of(c.to), 0, c.at, {}, {}}, group, c.at);
  }
  area_changes_.clear();
}

}  // namespace anlan
