// Decisions about earthquakes. Pure: they read the tables, are handed the time, and return facts or an error.
#pragma once

#include "earthquakes/facts.h"
#include "journal/writer.h"

namespace anlan {

inline constexpr int64_t kSurveysMax = 20'000;    // of one earthquake
inline constexpr int64_t kVersionsMax = 500;
inline constexpr size_t kLinkagesMax = 5'000;     // of one earthquake

// kInvalidField: off the globe, a magnitude outside 0 to 10, a depth outside 0 to 800, a time more than 5 minutes ahead or
// 30 days old. kConflict when one within 60 s, 50 km and 0.3 of magnitude is already there (an officer who enters what a
// feed has brought); a drill meets drills alone. Response: {"earthquake":id}.
Result<Decision> report_earthquake(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now);

// A report of a feed or of the stations: the same earthquake (by the source's own number, or by time and place) becomes a
// new version, another one is reported. Nothing when it says what is known already, or when stations speak after an
// officer or a catalogue; a catalogue is heard after everybody. Response: {"earthquake":id,"version":n}.
Result<Decision> take_report(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now);

// quake.id says which. Response: {"version":n}. kConflict when it was withdrawn, or has kVersionsMax versions.
Result<Decision> revise_earthquake(Reader& reader, Earthquake quake, EarthquakeOrigin origin, PlaceCode place, UtcTime now);
Result<Decision> withdraw_earthquake(Reader& reader, int64_t id, const std::string& reason, PlaceCode place);
// A source takes its own report back. Nothing when it is not known, or when another source, or
// the same one under another number, has spoken since.
Result<Decision> withdraw_report(Reader& reader, const std::string& source_name, const std::string& source_id, const std::string& reason, PlaceCode place);

// Response: {"number":n}. Nothing for an earthquake that was withdrawn meanwhile.
Result<Decision> record_losses(Reader& reader, LossesEstimated losses, PlaceCode place);
// `place`: the town or village of the point. Response: {"survey":id}.
Result<Decision> survey_earthquake(Reader& reader, Survey survey, PlaceCode place, UtcTime now);
Result<Decision> withdraw_survey(Reader& reader, int64_t id);
Result<Decision> record_stations(Reader& reader, StationsMeasured measured, PlaceCode place);
Result<Decision> load_exposure(ExposureLoaded exposure);

// Orders of which none was given for the same rule, record and earthquake. Response: {"ordered":n}.
Result<Decision> order_linkages(Reader& reader, int64_t earthquake, std::vector<LinkageOrder> orders, PlaceCode place);
Result<Decision> answer_linkage(Reader& reader, int64_t order, bool done, const std::string& note);

}  // namespace anlan
