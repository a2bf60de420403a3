// NASA FIRMS active fire detections (MODIS and VIIRS CSV), and the fires they belong to.
//
// Columns are found by the names in the first line: latitude, longitude, brightness or bright_ti4 (kelvin), scan and track
// (km), acq_date, acq_time (HHMM UTC), satellite, confidence (n/l/h or 0-100), frp (MW), daynight. Others are skipped; the
// first two, the date and the time must be there. Source: FIRMS data attributes, Collection 6.1 NRT.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

struct FireDetection {
  LonLat at;
  UtcTime time;
  float brightness_k = 0;
  float scan_km = 0, track_km = 0;
  float frp_mw = 0;
  int8_t confidence = -1;  // 0-100; l, n, h are 15, 50, 90 (the middles of FIRMS' classes); -1 when absent
  char satellite = 0;      // first letter: T/A MODIS, N/1/2 VIIRS
  bool night = false;
};

struct FirmsError {
  size_t line = 0;        // from 1, the header included
  std::string_view why;   // a literal
};

// Reads the text piece by piece; keeps at most one unfinished line of kLineBytesMax.
class FirmsReader {
 public:
  static constexpr size_t kLineBytesMax = 4096;

  void feed(std::string_view bytes, std::vector<FireDetection>& out, std::vector<FirmsError>& errors);
  void finish(std::vector<FireDetection>& out, std::vector<FirmsError>& errors);  // a last line without its end
  // False when the first line lacks a column that must be there; then every line is an error.
  bool has_columns() const { return header_read_ && columns_ok_; }

 private:
  enum Column { kLatitude, kLongitude, kBrightness, kScan, kTrack, kDate, kTime, kSatellite, kConfidence, kFrp, kDayNight, kColumns };
  void read_line(std::string_view line, std::vector<FireDetection>& out, std::vector<FirmsError>& errors);
  void read_header(std::string_view line);
  const char* read_row(std::string_view line, FireDetection& detection) const;

  std::string rest_;
  bool skipping_ = false;  // in a line that is too long
  bool header_read_ = false, columns_ok_ = false;
  size_t line_ = 0;
  std::vector<int8_t> column_of_field_;
};

struct FireRules {
  double link_m = 2000;         // detections nearer than this ...
  Millis link_time = hours(24); // ... and not further apart in time are one fire
};

struct Fire {
  std::vector<uint32_t> detections;  // indices into the input, ascending
  UtcTime first, last;
  float frp_max_mw = 0;
  LonLat centre;                     // mean of the detections on the sphere
  LonLat south_west, north_east;     // extent; south_west.lon > north_east.lon across the date line
  std::vector<LonLat> hull;          // convex, anticlockwise; one or two points when there are no more
};

// Single linkage: two detections are in one fire when a chain of detections, each near enough to the next, joins them.
// Fires come in the order of their first detection in the input; the result does not depend on anything else. Expected time is
// linear: cells of a grid in space and time are joined as wholes, and pairs are compared between neighbouring cells only until
// they are linked. Distances are chords of the sphere, which differ from arcs by less than 1e-6 below 10 km; link_m is bounded
// to 100 m .. 100 km and link_time to 1 minute .. 30 days.
std::vector<Fire> cluster_fires(std::span<const FireDetection> detections, const FireRules& rules = {});

}  // namespace anlan
