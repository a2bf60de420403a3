#include "earthquakes/facts.h"
#include "journal/writer.h"

namespace anlan {

std::vector<Migration> earthquake_migrations() {
  // source: EarthquakeSource. state of a linkage: 0 ordered, 1 done, 2 failed. 0 for a time: none.
  return {{"earthquakes-1", R"(
    CREATE TABLE earthquake_versions (earthquake BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, lon $REAL, lat $REAL, magnitude $REAL,
                                      depth_km $REAL, name TEXT NOT NULL, source BIGINT NOT NULL, source_name TEXT NOT NULL, source_id TEXT NOT NULL,
                                      magnitude_sigma $REAL, strike $REAL, mechanism BIGINT NOT NULL, stations BIGINT NOT NULL, last BIGINT NOT NULL,
                                      drill BIGINT NOT NULL, made_at BIGINT NOT NULL, made_by TEXT NOT NULL, PRIMARY KEY (earthquake, version));
    CREATE INDEX earthquake_versions_source ON earthquake_versions (source_name, source_id);
    CREATE TABLE earthquake_ends (earthquake BIGINT PRIMARY KEY, at BIGINT NOT NULL, by_whom TEXT NOT NULL, reason TEXT NOT NULL);
    CREATE TABLE earthquake_losses (earthquake BIGINT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL, stations BIGINT NOT NULL, surveys BIGINT NOT NULL,
                                    draws BIGINT NOT NULL, intensity_max $REAL, dead_low $REAL, dead $REAL, dead_high $REAL, injured_low $REAL, injured $REAL,
                                    injured_high $REAL, homeless_low $REAL, homeless $REAL, homeless_high $REAL, response_level BIGINT NOT NULL,
                                    file TEXT NOT NULL, made_at BIGINT NOT NULL, PRIMARY KEY (earthquake, number));
    CREATE TABLE surveys (id $ID, earthquake BIGINT NOT NULL, lon $REAL, lat $REAL, place BIGINT NOT NULL, intensity $REAL, houses_collapsed BIGINT NOT NULL,
                          houses_severe BIGINT NOT NULL, dead BIGINT NOT NULL, injured BIGINT NOT NULL, note TEXT NOT NULL, by_whom TEXT NOT NULL,
                          at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL);
    CREATE INDEX surveys_earthquake ON surveys (earthquake, id);
    CREATE TABLE station_measures (earthquake BIGINT NOT NULL, source TEXT NOT NULL, stations BIGINT NOT NULL, left_out BIGINT NOT NULL, file TEXT NOT NULL,
                                   at BIGINT NOT NULL, PRIMARY KEY (earthquake, source));
    CREATE TABLE exposures (seq BIGINT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, file TEXT NOT NULL, buildings BIGINT NOT NULL, people $REAL,
                            generated BIGINT NOT NULL, report TEXT NOT NULL, loaded_at BIGINT NOT NULL);
    CREATE TABLE linkages (id $ID, earthquake BIGINT NOT NULL, rule TEXT NOT NULL, record BIGINT NOT NULL, name TEXT NOT NULL, intensity $REAL,
                           arrives BIGINT NOT NULL, due BIGINT NOT NULL, drill BIGINT NOT NULL, ordered_at BIGINT NOT NULL, state BIGINT NOT NULL,
                           answered_at BIGINT NOT NULL, answered_by TEXT, note TEXT, place BIGINT NOT NULL);
    CREATE INDEX linkages_earthquake ON linkages (earthquake, id);
    CREATE TABLE earthquake_warnings (earthquake BIGINT PRIMARY KEY, warning BIGINT NOT NULL)
  )"}};
}

std::vector<std::string> earthquake_tables() {
  return {"earthquakes", "earthquake_versions", "earthquake_ends", "earthquake_losses", "surveys", "station_measures", "exposures", "linkages", "earthquake_warnings"};
}

void register_earthquake_facts(FactCatalogue& catalogue) {
  catalogue.add<EarthquakeReported>();
  catalogue.add<EarthquakeLocated>();
  catalogue.add<EarthquakeWithdrawn>();
  catalogue.add<LossesEstimated>();
  catalogue.add<EarthquakeSurveyed>();
  catalogue.add<SurveyWithdrawn>();
  catalogue.add<StationsMeasured>();
  catalogue.add<ExposureLoaded>();
  catalogue.add<LinkagesOrdered>();
  catalogue.add<LinkageAnswered>();
  catalogue.add<EarthquakeWarned>();
}

void apply(Tables& tables, const EarthquakeReported& f, const FactHeader& h) {
  const auto& q = f.quake;
  tables.execute("INSERT INTO earthquakes (id, at, lon, lat, magnitude, depth_km, name, reported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 {q.id, q.at, q.lon, q.lat, q.magnitude, q.depth_km, Arg(q.name), h.at});
  take_id(tables, "earthquake", q.id);
}

void apply(Tables& tables, const EarthquakeLocated& f, const FactHeader& h) {
  const auto& q = f.quake;
  const auto& o = f.origin;
  tables.execute("UPDATE earthquakes SET at = ?, lon = ?, lat = ?, magnitude = ?, depth_km = ?, name = ? WHERE id = ?",
                 {q.at, q.lon, q.lat, q.magnitude, q.depth_km, Arg(q.name), q.id});
  tables.execute("INSERT INTO earthquake_versions (earthquake, version, at, lon, lat, magnitude, depth_km, name, source, source_name, source_id, magnitude_sigma, strike, "
                 "mechanism, stations, last, drill, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {q.id, f.version, q.at, q.lon, q.lat, q.magnitude, q.depth_km, Arg(q.name), static_cast<int>(o.source), Arg(o.source_name), Arg(o.source_id),
                  o.magnitude_sigma, o.strike, static_cast<int>(o.mechanism), o.stations, o.last ? 1 : 0, o.drill ? 1 : 0, h.at, Arg(h.actor)});
}

void apply(Tables& tables, const EarthquakeWithdrawn& f, const FactHeader& h) {
  tables.execute("INSERT INTO earthquake_ends (earthquake, at, by_whom, reason) VALUES (?, ?, ?, ?)", {f.earthquake, h.at, Arg(h.actor), Arg(f.reason)});
}

void apply(Tables& tables, const LossesEstimated& f, const FactHeader& h) {
  tables.execute("INSERT INTO earthquake_losses (earthquake, number, version, stations, surveys, draws, intensity_max, dead_low, dead, dead_high, injured_low, injured, "
                 "injured_high, homeless_low, homeless, homeless_high, response_level, file, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {f.earthquake, f.number, f.version, f.stations, f.surveys, f.draws, f.intensity_max, f.dead.low, f.dead.middle, f.dead.high, f.injured.low,
                  f.injured.middle, f.injured.high, f.homeless.low, f.homeless.middle, f.homeless.high, f.response_level, Arg(f.file), h.at});
}

void apply(Tables& tables, const EarthquakeSurveyed& f, const FactHeader& h) {
  const auto& s = f.survey;
  tables.execute("INSERT INTO surveys (id, earthquake, lon, lat, place, intensity, houses_collapsed, houses_severe, dead, injured, note, by_whom, at, withdrawn_at) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                 {s.id, s.earthquake, s.lon, s.lat, h.place, s.intensity, s.houses_collapsed, s.houses_severe, s.dead, s.injured,
                  Arg(s.note), Arg(h.actor), h.at});
  take_id(tables, "survey", s.id);
}

void apply(Tables& tables, const SurveyWithdrawn& f, const FactHeader& h) {
  tables.execute("UPDATE surveys SET withdrawn_at = ? WHERE id = ?", {h.at, f.survey});
}

void apply(Tables& tables, const StationsMeasured& f, const FactHeader& h) {
  tables.execute("DELETE FROM station_measures WHERE earthquake = ? AND source = ?", {f.earthquake, Arg(f.source)});
  tables.execute("INSERT INTO station_measures (earthquake, source, stations, left_out, file, at) VALUES (?, ?, ?, ?, ?, ?)",
                 {f.earthquake, Arg(f.source), f.stations, f.left_out, Arg(f.file), h.at});
}

void apply(Tables& tables, const ExposureLoaded& f, const FactHeader& h) {
  tables.execute("INSERT INTO exposures (seq, name, kind, file, buildings, people, generated, report, loaded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {h.seq, Arg(f.name), Arg(f.kind), Arg(f.file), f.buildings, f.people, f.generated ? 1 : 0, Arg(f.report), h.at});
}

void apply(Tables& tables, const LinkagesOrdered& f, const FactHeader& h) {
  for (const auto& o : f.orders) {
    tables.execute("INSERT INTO linkages (id, earthquake, rule, record, name, intensity, arrives, due, drill, ordered_at, state, answered_at, place) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
                   {o.id, o.earthquake, Arg(o.rule), o.record, Arg(o.name), o.intensity, o.arrives, o.due, o.drill ? 1 : 0, h.at, h.place});
    take_id(tables, "linkage", o.id);
  }
}

void apply(Tables& tables, const LinkageAnswered& f, const FactHeader& h) {
  tables.execute("UPDATE linkages SET state = ?, answered_at = ?, answered_by = ?, note = ? WHERE id = ?", {f.done ? 1 : 2, h.at, Arg(h.actor), Arg(f.note), f.order});
}

void apply(Tables& tables, const EarthquakeWarned& f, const FactHeader&) {
  tables.execute("DELETE FROM earthquake_warnings WHERE earthquake = ?", {f.earthquake});
  tables.execute("INSERT INTO earthquake_warnings (earthquake, warning) VALUES (?, ?)", {f.earthquake, f.warning});
}

}  // namespace anlan
