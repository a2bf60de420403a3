#include "earthquakes/queries.h"

#include <algorithm>

namespace anlan {
namespace {

constexpr const char* kVersionColumns =
    "v.at, v.lon, v.lat, v.magnitude, v.depth_km, v.name, v.source, v.source_name, v.source_id, v.magnitude_sigma, v.strike, v.mechanism, v.stations, v.last, v.drill";

// The columns of kVersionColumns, from `first` on.
void read_version(const Row& row, int first, Earthquake& q, EarthquakeOrigin& o) {
  q.at = UtcTime{row.integer(first)};
  q.lon = row.real(first + 1);
  q.lat = row.real(first + 2);
  q.magnitude = row.real(first + 3);
  q.depth_km = row.real(first + 4);
  q.name = std::string(row.text(first + 5));
  o.source = static_cast<EarthquakeSource>(row.integer(first + 6));
  o.source_name = std::string(row.text(first + 7));
  o.source_id = std::string(row.text(first + 8));
  o.magnitude_sigma = row.real(first + 9);
  if (!row.is_null(first + 10)) o.strike = row.real(first + 10);
  o.mechanism = static_cast<FaultMechanism>(row.integer(first + 11));
  o.stations = row.integer(first + 12);
  o.last = row.integer(first + 13) != 0;
  o.drill = row.integer(first + 14) != 0;
}

constexpr const char* kLossColumns =
    "earthquake, number, version, stations, surveys, draws, intensity_max, dead_low, dead, dead_high, injured_low, injured, injured_high, homeless_low, homeless, "
    "homeless_high, response_level, file, made_at";

LossesEstimated read_losses(const Row& row) {
  LossesEstimated l;
  l.earthquake = row.integer(0);
  l.number = row.integer(1);
  l.version = row.integer(2);
  l.stations = row.integer(3);
  l.surveys = row.integer(4);
  l.draws = row.integer(5);
  l.intensity_max = row.real(6);
  l.dead = {row.real(7), row.real(8), row.real(9)};
  l.injured = {row.real(10), row.real(11), row.real(12)};
  l.homeless = {row.real(13), row.real(14), row.real(15)};
  l.response_level = row.integer(16);
  l.file = std::string(row.text(17));
  return l;
}

// What follows from an earthquake beside its versions.
void add_rest(Reader& reader, EarthquakeRow& e) {
  reader.query("SELECT at, by_whom, reason FROM earthquake_ends WHERE earthquake = ?", {e.quake.id}, [&](const Row& row) {
    e.withdrawn = EarthquakeEnd{UtcTime{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2))};
  });
  reader.query(std::string("SELECT ") + kLossColumns + " FROM earthquake_losses WHERE earthquake = ? ORDER BY number DESC LIMIT 1", {e.quake.id},
               [&](const Row& row) { e.losses = read_losses(row); });
  reader.query("SELECT warning FROM earthquake_warnings WHERE earthquake = ?", {e.quake.id}, [&](const Row& row) { e.warning = WarningId{row.integer(0)}; });
}

std::vector<EarthquakeRow> read_rows(Reader& reader, const std::string& where, std::vector<Arg> args) {
  std::vector<EarthquakeRow> out;
  reader.query("SELECT e.id, e.reported_at, e.at, e.lon, e.lat, e.magnitude, e.depth_km, e.name, v.version, " + std::string(kVersionColumns) +
                   " FROM earthquakes e LEFT JOIN earthquake_versions v ON v.earthquake = e.id AND v.version = "
                   "(SELECT MAX(w.version) FROM earthquake_versions w WHERE w.earthquake = e.id) " + where,
               std::move(args), [&](const Row& row) {
                 EarthquakeRow e;
                 e.reported_at = UtcTime{row.integer(1)};
                 e.quake = {row.integer(0), UtcTime{row.integer(2)}, row.real(3), row.real(4), row.real(5), row.real(6), std::string(row.text(7))};
                 if (!row.is_null(8)) {
                   e.version = row.integer(8);
                   read_version(row, 9, e.quake, e.origin);
                 }
                 out.push_back(std::move(e));
               });
  for (auto& e : out) add_rest(reader, e);
  return out;
}

constexpr const char* kSurveyColumns = "id, earthquake, lon, lat, place, intensity, houses_collapsed, houses_severe, dead, injured, note, by_whom, at, withdrawn_at";

SurveyRow read_survey_row(const Row& row) {
  SurveyRow s;
  s.survey.id = row.integer(0);
  s.survey.earthquake = row.integer(1);
  s.survey.lon = row.real(2);
  s.survey.lat = row.real(3);
  s.place = PlaceCode(row.integer(4));
  if (!row.is_null(5)) s.survey.intensity = row.real(5);
  s.survey.houses_collapsed = row.integer(6);
  s.survey.houses_severe = row.integer(7);
  s.survey.dead = row.integer(8);
  s.survey.injured = row.integer(9);
  s.survey.note = std::string(row.text(10));
  s.by = std::string(row.text(11));
  s.at = UtcTime{row.integer(12)};
  s.withdrawn = row.integer(13) != 0;
  return s;
}

constexpr const char* kLinkageColumns = "id, earthquake, rule, record, name, intensity, arrives, due, drill, ordered_at, state, answered_at, answered_by, note, place";

LinkageRow read_linkage_row(const Row& row) {
  LinkageRow l;
  l.order = {row.integer(0), row.integer(1), std::string(row.text(2)), RecordId{row.integer(3)}, std::string(row.text(4)), row.real(5),
             UtcTime{row.integer(6)}, UtcTime{row.integer(7)}, row.integer(8) != 0};
  l.ordered_at = UtcTime{row.integer(9)};
  l.state = static_cast<LinkageState>(row.integer(10));
  l.answered_at = UtcTime{row.integer(11)};
  if (!row.is_null(12)) l.answered_by = std::string(row.text(12));
  if (!row.is_null(13)) l.note = std::string(row.text(13));
  l.place = PlaceCode(row.integer(14));
  return l;
}

}  // namespace

std::vector<EarthquakeRow> list_earthquakes(Reader& reader, UtcTime since, int64_t limit, bool drills) {
  return read_rows(reader, std::string("WHERE e.at >= ?") + (drills ? "" : " AND COALESCE(v.drill, 0) = 0") + " ORDER BY e.at DESC, e.id DESC LIMIT ?", {since, limit});
}

std::optional<EarthquakeRow> read_earthquake(Reader& reader, int64_t id) {
  auto rows = read_rows(reader, "WHERE e.id = ?", {id});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<EarthquakeVersion> earthquake_versions(Reader& reader, int64_t id) {
  std::vector<EarthquakeVersion> out;
  reader.query("SELECT v.version, v.made_at, v.made_by, " + std::string(kVersionColumns) + " FROM earthquake_versions v WHERE v.earthquake = ? ORDER BY v.version", {id},
               [&](const Row& row) {
                 EarthquakeVersion v;
                 v.version = row.integer(0);
                 v.made_at = UtcTime{row.integer(1)};
                 v.made_by = std::string(row.text(2));
                 v.quake.id = id;
                 read_version(row, 3, v.quake, v.origin);
                 out.push_back(std::move(v));
               });
  return out;
}

int64_t earthquake_of_source(Reader& reader, const std::string& source_name, const std::string& source_id) {
  int64_t id = 0;
  reader.query("SELECT earthquake FROM earthquake_versions WHERE source_name = ? AND source_id = ? ORDER BY earthquake DESC LIMIT 1", {Arg(source_name), Arg(source_id)},
               [&](const Row& row) { id = row.integer(0); });
  return id;
}

std::vector<int64_t> withdrawn_and_warned(Reader& reader) {
  std::vector<int64_t> out;
  reader.query("SELECT w.earthquake FROM earthquake_warnings w JOIN earthquake_ends e ON e.earthquake = w.earthquake ORDER BY e.at DESC LIMIT 200", {},
               [&](const Row& row) { out.push_back(row.integer(0)); });
  return out;
}

std::vector<LossesRow> losses_of(Reader& reader, int64_t earthquake) {
  std::vector<LossesRow> out;
  reader.query(std::string("SELECT ") + kLossColumns + " FROM earthquake_losses WHERE earthquake = ? ORDER BY number DESC LIMIT 200", {earthquake},
               [&](const Row& row) { out.push_back({read_losses(row), UtcTime{row.integer(18)}}); });
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<SurveyRow> surveys_of(Reader& reader, int64_t earthquake, int64_t limit) {
  std::vector<SurveyRow> out;
  reader.query(std::string("SELECT ") + kSurveyColumns + " FROM surveys WHERE earthquake = ? ORDER BY id DESC LIMIT ?", {earthquake, limit},
               [&](const Row& row) { out.push_back(read_survey_row(row)); });
  return out;
}

std::optional<SurveyRow> read_survey(Reader& reader, int64_t id) {
  std::optional<SurveyRow> out;
  reader.query(std::string("SELECT ") + kSurveyColumns + " FROM surveys WHERE id = ?", {id}, [&](const Row& row) { out = read_survey_row(row); });
  return out;
}

std::vector<StationsRow> stations_of(Reader& reader, int64_t earthquake) {
  std::vector<StationsRow> out;
  reader.query("SELECT source, stations, left_out, file, at FROM station_measures WHERE earthquake = ? ORDER BY at", {earthquake}, [&](const Row& row) {
    out.push_back({{earthquake, "", std::string(row.text(0)), row.integer(1), row.integer(2), std::string(row.text(3))}, UtcTime{row.integer(4)}});
  });
  return out;
}

std::optional<ExposureRow> newest_exposure(Reader& reader) {
  std::optional<ExposureRow> out;
  reader.query("SELECT name, kind, file, buildings, people, generated, report, loaded_at FROM exposures ORDER BY seq DESC LIMIT 1", {}, [&](const Row& row) {
    out = ExposureRow{{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), row.integer(3), row.real(4), row.integer(5) != 0, std::string(row.text(6))},
                      UtcTime{row.integer(7)}};
  });
  return out;
}

std::vector<LinkageRow> linkages_of(Reader& reader, int64_t earthquake) {
  std::vector<LinkageRow> out;
  reader.query(std::string("SELECT ") + kLinkageColumns + " FROM linkages WHERE earthquake = ? ORDER BY id", {earthquake},
               [&](const Row& row) { out.push_back(read_linkage_row(row)); });
  return out;
}

std::optional<LinkageRow> read_linkage(Reader& reader, int64_t id) {
  std::optional<LinkageRow> out;
  reader.query(std::string("SELECT ") + kLinkageColumns + " FROM linkages WHERE id = ?", {id}, [&](const Row& row) { out = read_linkage_row(row); });
  return out;
}

}  // namespace anlan
