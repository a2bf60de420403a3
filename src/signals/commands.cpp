#include "signals/commands.h"

#include <map>

#include "signals/queries.h"

namespace anlan {
namespace {

Error absent() { return Error(ErrorCode::kNotFound, {{"what", "这起态势 / situation"}}); }
Error conflict(std::string why) { return Error(ErrorCode::kConflict, {{"why", std::move(why)}}); }

// One storm over a county is one situation; a link that stands for a wider place keeps that.
PlaceCode situation_place(PlaceCode place) {
  while (place.level() > PlaceLevel::kCounty) place = place.parent();
  return place;
}

Decision about(SituationId id) { return {{}, "{\"situation\":" + std::to_string(id.value) + "}"}; }

}  // namespace

Result<Decision> record_alarms(Reader& reader, const RuleBook& rules, std::span<const AlarmWanted> wanted) {
  Decision decision;
  int64_t next_alarm = peek_id(reader, "alarm"), next_situation = peek_id(reader, "situation");
  std::map<std::pair<std::string, PlaceCode>, SituationId> situations;  // found or opened by this command
  const auto situation_for = [&](const std::string& hazard, PlaceCode place) {
    auto [entry, is_new] = situations.try_emplace({hazard, place});
    if (!is_new) return entry->second;
    entry->second.value = reader.integer("SELECT MAX(id) FROM situations WHERE state < 2 AND hazard = ? AND place = ?", {Arg(hazard), place}).value_or(0);
    if (!entry->second) {
      entry->second = SituationId{next_situation++};
      decision.facts.push_back(fact(SituationOpened{entry->second, hazard, place}, situation_subject(entry->second), place));
    }
    return entry->second;
  };
  for (const auto& w : wanted) {
    const auto* rule = rules.rule(w.rule);
    struct {
      AlarmId alarm;
      SituationId situation;
      WarningLevel level = WarningLevel::blue;
    } now;
    // A link's alarm stays its own when the link moves; an area's is known by its place.
    const std::string sql = std::string("SELECT id, situation, level FROM alarms WHERE link = ? AND rule = ? AND cleared_at = 0") + (w.link ? " AND place <> ?" : " AND place = ?");
    reader.query(sql, {w.link, Arg(w.rule), w.link ? Arg(-1) : Arg(w.place)}, [&](const Row& row) { now = {AlarmId{row.integer(0)}, SituationId{row.integer(1)}, static_cast<WarningLevel>(row.integer(2))}; });
    const auto record = [&](auto f, SituationId situation) { decision.facts.push_back(fact(std::move(f), situation_subject(situation), w.place)); };
    if (!w.level || !rule) {
      if (now.alarm) record(AlarmCleared{now.alarm, now.situation, w.name, w.at}, now.situation);
    } else if (!now.alarm) {
      const auto situation = situation_for(rule->hazard, situation_place(w.place));
      const AlarmId alarm{next_alarm++};
      record(AlarmRaised{alarm, situation, w.link, w.name, w.rule, *w.level, w.value, w.at}, situation);
      if (!w.cause.empty() || w.due) record(AlarmExplained{alarm, situation, w.name, w.cause, w.due}, situation);
    } else if (now.level != *w.level) {
      record(AlarmChanged{now.alarm, now.situation, w.name, *w.level, w.value, w.at}, now.situation);
    }
  }
  return decision;
}

Result<Decision> close_quiet_situations(Reader& reader, UtcTime now) {
  Decision decision;
  reader.query("SELECT id, place FROM situations WHERE state < 2 AND standing = 0 AND changed_at <= ?", {now - kQuietBeforeClosing}, [&](const Row& row) {
    const SituationId id{row.integer(0)};
    decision.facts.push_back(fact(SituationClosed{id}, situation_subject(id), PlaceCode(row.integer(1))));
  });
  return decision;
}

Result<Decision> take_situation(Reader& reader, SituationId id, const std::string& actor) {
  const auto s = read_situation(reader, id);
  if (!s) return absent();
  if (s->state == SituationState::closed) return conflict("这起态势已结束 / the situation is over");
  auto decision = about(id);
  if (s->state == SituationState::taken) {
    if (s->taken_by == actor) return decision;
    return conflict("已由他人接手 / somebody else has taken it");
  }
  decision.facts.push_back(fact(SituationTaken{id}, situation_subject(id), s->place));
  return decision;
}

Result<Decision> release_situation(Reader& reader, SituationId id) {
  const auto s = read_situation(reader, id);
  if (!s) return absent();
  auto decision = about(id);
  if (s->state == SituationState::closed) return conflict("这起态势已结束 / the situation is over");
  if (s->state == SituationState::taken) decision.facts.push_back(fact(SituationReleased{id}, situation_subject(id), s->place));
  return decision;
}

Result<Decision> mark_warned(Reader& reader, SituationId id, WarningId warning) {
  const auto s = read_situation(reader, id);
  if (!s) return absent();
  auto decision = about(id);
  if (s->warning != warning) decision.facts.push_back(fact(SituationWarned{id, warning}, situation_subject(id), s->place));
  return decision;
}

}  // namespace anlan
