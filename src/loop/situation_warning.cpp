#include "loop/situation_warning.h"

#include <algorithm>
#include <map>
#include <set>

#include "loop/cap_exchange.h"
#include "registry/place_area.h"

namespace anlan {
namespace {

constexpr Millis kValidity = hours(6);  // of the draft; the officer changes it as he does everything else
constexpr int64_t kAlarmsMax = 100'000;

}  // namespace

std::vector<PlaceCode> places_of_alarms(Node& node, std::span<const AlarmRow> alarms) {
  std::set<PlaceCode> places;
  for (const auto& a : alarms) {
    if (a.cleared_at) continue;
    const auto link = a.link ? node.records().find(a.link) : std::nullopt;
    if (a.link && !link) continue;
    auto place = link ? link->place : a.place;
    while (place.level() > PlaceLevel::kTown) place = place.parent();
    if (!place.empty()) places.insert(place);
  }
  std::map<PlaceCode, size_t> towns;  // of each county
  for (const auto p : places) ++towns[p.parent()];
  std::set<PlaceCode> named;
  for (const auto p : places) named.insert(p.level() == PlaceLevel::kTown && towns[p.parent()] > kTownsNamedMax ? p.parent() : p);
  // What lies in another named place need not be named.
  std::vector<PlaceCode> out;
  for (const auto p : named)
    if (std::none_of(named.begin(), named.end(), [&](PlaceCode other) { return other != p && other.contains(p); })) out.push_back(p);
  return out;
}

bool is_warned(Reader& reader, const SituationRow& situation) {
  const auto warning = situation.warning ? read_warning(reader, situation.warning) : std::nullopt;
  return warning && (warning->state == WarningState::draft || warning->state == WarningState::pending || warning->state == WarningState::in_force);
}

namespace {

// What a warning of the situation would say now. kConflict when no alarm stands.
Result<WarningContent> content_of(Node& node, Reader& reader, const SituationRow& s, UtcTime now) {
  WarningContent c;
  c.places = places_of_alarms(node, alarms_of(reader, s.id, kAlarmsMax));
  if (!s.level || c.places.empty()) return Error(ErrorCode::kConflict, {{"why", "告警均已解除，无需预警 / no alarm stands any more"}});
  c.hazard = s.hazard;
  c.level = *s.level;
  c.onset = now;
  c.expires = now + kValidity;
  const auto index = node.places().get();
  c.area_label = places_label(index->places(), c.places);
  const auto text = fill_text(node.pack(), c, node.settings());
  c.headline = text.headline;
  c.description = text.description;
  c.instruction = text.instruction;
  c.message = text.message;
  return c;
}

Error no_situation() { return Error(ErrorCode::kNotFound, {{"what", "这起态势 / situation"}}); }

}  // namespace

Result<Decision> warn_of_situation(Node& node, Reader& reader, SituationId id, UtcTime now) {
  const auto s = read_situation(reader, id);
  if (!s) return no_situation();
  if (is_warned(reader, *s)) return Decision{{}, "{\"warning\":" + std::to_string(s->warning.value) + "}"};
  TRY(content, content_of(node, reader, *s, now));
  TRY(drafted, draft_warning(reader, node.pack(), WarningSource::alarm, content, {}, now));
  const WarningId warning{peek_id(reader, "warning")};
  TRY(marked, mark_warned(reader, id, warning));
  drafted.facts.insert(drafted.facts.end(), marked.facts.begin(), marked.facts.end());
  return drafted;
}

Result<Decision> issue_of_situation(Node& node, Reader& reader, SituationId id, const std::string& rule, UtcTime now) {
  const auto s = read_situation(reader, id);
  if (!s) return no_situation();
  TRY(content, content_of(node, reader, *s, now));
  return issue_as_granted(reader, node.pack(), s->warning, content, "按规则“" + rule + "”自动发布 / issued automatically by a rule", node.settings().sender, now);
}

std::vector<SituationId> situations_to_draft(Reader& reader, const RuleBook& rules) {
  std::set<SituationId> found;
  rules.each([&](const Rule& rule) {
    if (const auto from = rule.issue_from && (!rule.draft_from || *rule.issue_from < *rule.draft_from) ? rule.issue_from : rule.draft_from)
      reader.query("SELECT DISTINCT s.id FROM situations s JOIN alarms a ON a.situation = s.id WHERE s.state < 2 AND s.warning IS NULL "
                   "AND a.cleared_at = 0 AND a.rule = ? AND a.level >= ?", {Arg(rule.id), static_cast<int>(*from)},
                   [&](const Row& row) { found.insert(SituationId{row.integer(0)}); });
  });
  return {found.begin(), found.end()};
}

std::vector<std::pair<SituationId, std::string>> situations_to_issue(Reader& reader, const RuleBook& rules) {
  std::map<SituationId, std::string> found;
  rules.each([&](const Rule& rule) {
    if (rule.issue_from)
      reader.query("SELECT DISTINCT s.id FROM situations s JOIN alarms a ON a.situation = s.id JOIN warnings w ON w.id = s.warning WHERE s.state < 2 "
                   "AND w.state = 0 AND w.drafter = 'node' AND a.cleared_at = 0 AND a.rule = ? AND a.level >= ?", {Arg(rule.id), static_cast<int>(*rule.issue_from)},
                   [&](const Row& row) { found.try_emplace(SituationId{row.integer(0)}, rule.zh); });
  });
  return {found.begin(), found.end()};
}

}  // namespace anlan
