#include "journal/writer.h"
#include "logistics/facts.h"

namespace anlan {

std::vector<Migration> logistics_migrations() {
  // kind: 0 closed, 1 slow, 2 weight, 3 one_way. step: -1 on the way, then MissionStep. 0 for a time: none.
  return {{"logistics-1", R"(
    CREATE TABLE road_networks (file TEXT PRIMARY KEY, name TEXT NOT NULL, nodes BIGINT NOT NULL, arcs BIGINT NOT NULL, roads BIGINT NOT NULL,
                                report TEXT NOT NULL, imported_at BIGINT NOT NULL, seq BIGINT NOT NULL);
    CREATE INDEX road_networks_seq ON road_networks (seq);
    CREATE TABLE road_states (id $ID, name TEXT NOT NULL, kind BIGINT NOT NULL, shape TEXT NOT NULL, speed_kmh $REAL, weight_t $REAL, bearing $REAL,
                              until BIGINT NOT NULL, reason TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL, lifted_by TEXT, lifted_at BIGINT NOT NULL);
    CREATE INDEX road_states_lifted ON road_states (lifted_at, until);
    CREATE TABLE missions (id $ID, team BIGINT NOT NULL, name TEXT NOT NULL, lon $REAL, lat $REAL, destination TEXT NOT NULL, task TEXT NOT NULL,
                           profile TEXT NOT NULL, leaves BIGINT NOT NULL, due BIGINT NOT NULL, ordered_by TEXT NOT NULL, ordered_at BIGINT NOT NULL,
                           step BIGINT NOT NULL, changed_at BIGINT NOT NULL, arrived_at BIGINT NOT NULL, place BIGINT NOT NULL);
    CREATE INDEX missions_step ON missions (step, due);
    CREATE INDEX missions_team ON missions (team, step);
    CREATE TABLE relief_plans (id $ID, name TEXT NOT NULL, file TEXT NOT NULL, trips BIGINT NOT NULL, unmet_percent $REAL, accepted_by TEXT NOT NULL,
                               accepted_at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL, place BIGINT NOT NULL);
    CREATE TABLE hospital_notices (seq BIGINT PRIMARY KEY, hospital BIGINT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, injured BIGINT NOT NULL,
                                   lon $REAL, lat $REAL, due BIGINT NOT NULL, told TEXT NOT NULL, sent_by TEXT NOT NULL, sent_at BIGINT NOT NULL,
                                   channel TEXT, told_at BIGINT NOT NULL);
    CREATE INDEX hospital_notices_sent ON hospital_notices (sent_at)
  )"}};
}

std::vector<std::string> logistics_tables() { return {"road_networks", "road_states", "missions", "relief_plans", "hospital_notices"}; }

void register_logistics_facts(FactCatalogue& catalogue) {
  catalogue.add<RoadsImported>();
  catalogue.add<RoadStateSet>();
  catalogue.add<RoadStateLifted>();
  catalogue.add<MissionOrdered>();
  catalogue.add<MissionMoved>();
  catalogue.add<ReliefPlanAccepted>();
  catalogue.add<ReliefPlanWithdrawn>();
  catalogue.add<HospitalNotified>();
  catalogue.add<HospitalTold>();
}

void apply(Tables& tables, const RoadsImported& f, const FactHeader& h) {
  tables.execute("DELETE FROM road_networks WHERE file = ?", {Arg(f.file)});
  tables.execute("INSERT INTO road_networks (file, name, nodes, arcs, roads, report, imported_at, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 {Arg(f.file), Arg(f.name), f.nodes, f.arcs, f.roads, Arg(f.report), h.at, h.seq});
}

void apply(Tables& tables, const RoadStateSet& f, const FactHeader& h) {
  const auto& s = f.state;
  tables.execute("INSERT INTO road_states (id, name, kind, shape, speed_kmh, weight_t, bearing, until, reason, set_by, set_at, lifted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                 {s.id, Arg(s.name), static_cast<int>(s.kind), Arg(s.shape), s.speed_kmh, s.weight_t, s.bearing, s.until.value_or(UtcTime{}), Arg(s.reason), Arg(h.actor), h.at});
  take_id(tables, "road_state", s.id.value);
}

void apply(Tables& tables, const RoadStateLifted& f, const FactHeader& h) {
  tables.execute("UPDATE road_states SET lifted_by = ?, lifted_at = ? WHERE id = ?", {Arg(h.actor), h.at, f.state});
}

void apply(Tables& tables, const MissionOrdered& f, const FactHeader& h) {
  const auto& m = f.mission;
  tables.execute("INSERT INTO missions (id, team, name, lon, lat, destination, task, profile, leaves, due, ordered_by, ordered_at, step, changed_at, arrived_at, place) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, -1, ?, 0, ?)",
                 {m.id, m.team, Arg(m.name), m.lon, m.lat, Arg(m.to), Arg(m.task), Arg(m.profile), m.leaves, m.due, Arg(h.actor), h.at, h.at, h.place});
  take_id(tables, "mission", m.id.value);
}

void apply(Tables& tables, const MissionMoved& f, const FactHeader& h) {
  tables.execute("UPDATE missions SET step = ?, changed_at = ?, arrived_at = CASE WHEN ? = 0 THEN ? ELSE arrived_at END WHERE id = ?",
                 {static_cast<int>(f.step), h.at, static_cast<int>(f.step), h.at, f.mission});
}

void apply(Tables& tables, const ReliefPlanAccepted& f, const FactHeader& h) {
  tables.execute("INSERT INTO relief_plans (id, name, file, trips, unmet_percent, accepted_by, accepted_at, withdrawn_at, place) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
                 {f.plan, Arg(f.name), Arg(f.file), f.trips, f.unmet_percent, Arg(h.actor), h.at, h.place});
  take_id(tables, "relief_plan", f.plan.value);
}

void apply(Tables& tables, const ReliefPlanWithdrawn& f, const FactHeader& h) {
  tables.execute("UPDATE relief_plans SET withdrawn_at = ? WHERE id = ?", {h.at, f.plan});
}

void apply(Tables& tables, const HospitalNotified& f, const FactHeader& h) {
  tables.execute("INSERT INTO hospital_notices (seq, hospital, name, text, injured, lon, lat, due, told, sent_by, sent_at, told_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                 {h.seq, f.hospital, Arg(f.name), Arg(f.text), f.injured, f.lon, f.lat, f.due, Arg(f.to), Arg(h.actor), h.at});
}

void apply(Tables& tables, const HospitalTold& f, const FactHeader& h) {
  tables.execute("UPDATE hospital_notices SET channel = ?, told = ?, told_at = ? WHERE seq = ?", {Arg(f.channel), Arg(f.to), h.at, f.notice});
}

}  // namespace anlan
