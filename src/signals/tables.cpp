#include "journal/writer.h"
#include "signals/facts.h"
#include "signals/own_rules.h"

namespace anlan {

std::vector<Migration> signal_migrations() {
  // state: 0 open, 1 taken, 2 closed. cleared_at 0: the alarm stands. level: 0 blue … 3 red.
  return {{"signals-1", R"(
    CREATE TABLE situations (id $ID, hazard TEXT NOT NULL, place BIGINT NOT NULL, state BIGINT NOT NULL, opened_at BIGINT NOT NULL,
                             changed_at BIGINT NOT NULL, closed_at BIGINT, taken_by TEXT, taken_at BIGINT, warning BIGINT,
                             standing BIGINT NOT NULL, highest BIGINT NOT NULL);
    CREATE INDEX situations_state ON situations (state, hazard, place);
    CREATE TABLE alarms (id $ID, situation BIGINT NOT NULL, link BIGINT NOT NULL, rule TEXT NOT NULL, place BIGINT NOT NULL, level BIGINT NOT NULL,
                         highest BIGINT NOT NULL, value $REAL, at BIGINT NOT NULL, raised_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
                         cleared_at BIGINT NOT NULL);
    CREATE INDEX alarms_link ON alarms (link, rule, cleared_at);
    CREATE INDEX alarms_situation ON alarms (situation, cleared_at, level);
    CREATE INDEX alarms_rule ON alarms (rule, raised_at)
  )"},
          {"signals-2", "CREATE INDEX alarms_standing ON alarms (cleared_at, rule)"},
          {"signals-3", R"(
    ALTER TABLE alarms ADD COLUMN cause TEXT;
    ALTER TABLE alarms ADD COLUMN due BIGINT;
    CREATE TABLE earthquakes (id $ID, at BIGINT NOT NULL, lon $REAL, lat $REAL, magnitude $REAL, depth_km $REAL, name TEXT NOT NULL, reported_at BIGINT NOT NULL);
    CREATE INDEX earthquakes_at ON earthquakes (at)
  )"},
          {"signals-4", R"(
    CREATE TABLE own_rules (id TEXT PRIMARY KEY, yaml TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL);
    CREATE TABLE rule_switches (id TEXT PRIMARY KEY, set_by TEXT NOT NULL, set_at BIGINT NOT NULL)
  )"}};
}

std::vector<std::string> signal_tables() { return {"situations", "alarms", "own_rules", "rule_switches"}; }

void register_signal_facts(FactCatalogue& catalogue) {
  catalogue.add<AlarmRaised>();
  catalogue.add<AlarmExplained>();
  catalogue.add<AlarmChanged>();
  catalogue.add<AlarmCleared>();
  catalogue.add<SituationOpened>();
  catalogue.add<SituationTaken>();
  catalogue.add<SituationReleased>();
  catalogue.add<SituationClosed>();
  catalogue.add<SituationWarned>();
  catalogue.add<OwnRuleSet>();
  catalogue.add<OwnRuleRemoved>();
  catalogue.add<RuleSwitched>();
}

void apply(Tables& tables, const SituationOpened& f, const FactHeader& h) {
  tables.execute("INSERT INTO situations (id, hazard, place, state, opened_at, changed_at, standing, highest) VALUES (?, ?, ?, 0, ?, ?, 0, 0)",
                 {f.situation, Arg(f.hazard), f.place, h.at, h.at});
  take_id(tables, "situation", f.situation.value);
}

void apply(Tables& tables, const AlarmRaised& f, const FactHeader& h) {
  const auto level = static_cast<int>(f.level);
  tables.execute("INSERT INTO alarms (id, situation, link, rule, place, level, highest, value, at, raised_at, changed_at, cleared_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                 {f.alarm, f.situation, f.link, Arg(f.rule), h.place, level, level, f.value, f.at, h.at, h.at});
  tables.execute("UPDATE situations SET standing = standing + 1, changed_at = ?, highest = CASE WHEN highest < ? THEN ? ELSE highest END WHERE id = ?",
                 {h.at, level, level, f.situation});
  take_id(tables, "alarm", f.alarm.value);
}

void apply(Tables& tables, const AlarmExplained& f, const FactHeader&) {
  tables.execute("UPDATE alarms SET cause = ?, due = ? WHERE id = ?", {Arg(f.cause), f.due ? Arg(*f.due) : Arg(nullptr), f.alarm});
}

void apply(Tables& tables, const AlarmChanged& f, const FactHeader& h) {
  const auto level = static_cast<int>(f.level);
  tables.execute("UPDATE alarms SET level = ?, highest = CASE WHEN highest < ? THEN ? ELSE highest END, value = ?, at = ?, changed_at = ? WHERE id = ?",
                 {level, level, level, f.value, f.at, h.at, f.alarm});
  tables.execute("UPDATE situations SET changed_at = ?, highest = CASE WHEN highest < ? THEN ? ELSE highest END WHERE id = ?", {h.at, level, level, f.situation});
}

void apply(Tables& tables, const AlarmCleared& f, const FactHeader& h) {
  tables.execute("UPDATE alarms SET cleared_at = ?, changed_at = ? WHERE id = ?", {h.at, h.at, f.alarm});
  tables.execute("UPDATE situations SET standing = standing - 1, changed_at = ? WHERE id = ?", {h.at, f.situation});
}

void apply(Tables& tables, const SituationTaken& f, const FactHeader& h) {
  tables.execute("UPDATE situations SET state = 1, taken_by = ?, taken_at = ? WHERE id = ?", {Arg(h.actor), h.at, f.situation});
}

void apply(Tables& tables, const SituationReleased& f, const FactHeader&) {
  tables.execute("UPDATE situations SET state = 0, taken_by = NULL, taken_at = NULL WHERE id = ?", {f.situation});
}

void apply(Tables& tables, const SituationClosed& f, const FactHeader& h) {
  tables.execute("UPDATE situations SET state = 2, closed_at = ? WHERE id = ?", {h.at, f.situation});
}

void apply(Tables& tables, const SituationWarned& f, const FactHeader&) {
  tables.execute("UPDATE situations SET warning = ? WHERE id = ?", {f.warning, f.situation});
}

}  // namespace anlan
