// An earthquake somebody has reported: a catalogue, the earthquake bureau, an officer. What it means for dams and slopes
// follows from the pack's chains.
#pragma once

#include <string>
#include <vector>

#include "journal/writer.h"

namespace anlan {

struct Earthquake {
  int64_t id = 0;
  UtcTime at;  // origin time
  double lon = 0, lat = 0;
  double magnitude = 0;  // Ms
  double depth_km = 0;
  std::string name;      // "甘肃积石山"
};
BOOST_DESCRIBE_STRUCT(Earthquake, (), (id, at, lon, lat, magnitude, depth_km, name))

struct EarthquakeReported {
  static constexpr std::string_view kKind = "EarthquakeReported";
  Earthquake quake;
};
BOOST_DESCRIBE_STRUCT(EarthquakeReported, (), (quake))

void apply(Tables&, const EarthquakeReported&, const FactHeader&);

// kInvalidField: off the globe, a magnitude outside 0 to 10, a time more than 5 minutes ahead or 30 days old; kConflict
// when one within 60 s, 50 km and 0.3 of magnitude is already there (feeds repeat themselves).
// Response: {"earthquake":id}.
Result<Decision> report_earthquake(Reader& reader, Earthquake quake, PlaceCode place, UtcTime now);
// The newest first.
std::vector<Earthquake> list_earthquakes(Reader& reader, UtcTime since, int64_t limit);

}  // namespace anlan
