// What the tables say about earthquakes.
#pragma once

#include "earthquakes/facts.h"
#include "journal/store.h"

namespace anlan {

struct EarthquakeVersion {
  int64_t version = 0;
  Earthquake quake;
  EarthquakeOrigin origin;
  UtcTime made_at;
  std::string made_by;
};

struct EarthquakeEnd {
  UtcTime at;
  std::string by, reason;
};

// The newest version with what followed.
struct EarthquakeRow {
  Earthquake quake;
  EarthquakeOrigin origin;
  int64_t version = 0;  // 0: reported before versions were kept
  UtcTime reported_at;
  std::optional<EarthquakeEnd> withdrawn;
  std::optional<LossesEstimated> losses;  // the last
  WarningId warning;
};

// The newest first; drills only with `drills`.
std::vector<EarthquakeRow> list_earthquakes(Reader& reader, UtcTime since, int64_t limit, bool drills = false);
std::optional<EarthquakeRow> read_earthquake(Reader& reader, int64_t id);
std::vector<EarthquakeVersion> earthquake_versions(Reader& reader, int64_t id);  // oldest first
// By the number that its source gave it; 0 when there is none.
int64_t earthquake_of_source(Reader& reader, const std::string& source_name, const std::string& source_id);

// Withdrawn, with a warning that may still be open. Ids.
std::vector<int64_t> withdrawn_and_warned(Reader& reader);

struct LossesRow {
  LossesEstimated losses;
  UtcTime made_at;
};
std::vector<LossesRow> losses_of(Reader& reader, int64_t earthquake);  // the last 200, oldest first

struct SurveyRow {
  Survey survey;
  PlaceCode place;
  std::string by;
  UtcTime at;
  bool withdrawn = false;
};
std::vector<SurveyRow> surveys_of(Reader& reader, int64_t earthquake, int64_t limit);
std::optional<SurveyRow> read_survey(Reader& reader, int64_t id);

struct StationsRow {
  StationsMeasured measured;
  UtcTime at;
};
std::vector<StationsRow> stations_of(Reader& reader, int64_t earthquake);

struct ExposureRow {
  ExposureLoaded loaded;
  UtcTime at;
};
std::optional<ExposureRow> newest_exposure(Reader& reader);

enum class LinkageState { ordered, done, failed };
struct LinkageRow {
  LinkageOrder order;
  UtcTime ordered_at;
  LinkageState state = LinkageState::ordered;
  UtcTime answered_at;  // 0: not yet
  std::string answered_by, note;
  PlaceCode place;
};
std::vector<LinkageRow> linkages_of(Reader& reader, int64_t earthquake);
std::optional<LinkageRow> read_linkage(Reader& reader, int64_t id);

}  // namespace anlan
