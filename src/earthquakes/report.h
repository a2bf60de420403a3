// The report that is on the leader's desk within a minute: what shook, whom, how badly, what is needed, what is proposed.
// Two pages; the web page shows the same sections.
#pragma once

#include "earthquakes/estimate.h"
#include "registry/place_index.h"

namespace anlan {

struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
struct ReportSection {
  std::string heading, text;
};
struct EarthquakeReport {
  std::string title, made_at, office;
  bool drill = false, generated = false;
  std::vector<ReportSection> sections;
  std::vector<ReportTable> tables;
};
// In Chinese, as such reports are written. Without losses it says that nothing is known of buildings.
EarthquakeReport report_of(const Estimate& estimate, const EarthquakeRow& row, const Pack& pack, const PlaceIndex& places, const std::string& office, int utc_offset_minutes);
// At most two pages with an intensity map.
Result<std::string> report_pdf(const EarthquakeReport& report, const Estimate& estimate);

}  // namespace anlan
