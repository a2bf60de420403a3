// An earthquake as a catalogue tells it, whatever the format it came in (usgs_events.h, quakeml.h), and what the readers share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lonlat.h"
#include "base/time.h"

namespace anlan {

enum class CatalogueStatus { automatic, reviewed, deleted };

struct CatalogueEvent {
  std::string id;                  // the catalogue's own; the same in every revision. Printable ASCII, at most 255 bytes
  std::vector<std::string> also;   // other ids of the same earthquake, its former ones among them
  std::string source;              // who located it: "us", "CENC"
  CatalogueStatus status = CatalogueStatus::automatic;
  std::string kind;                // "earthquake", "quarry blast", ...; "" when not stated
  UtcTime origin, updated;         // updated: 0 when not stated
  LonLat epicentre;
  std::optional<double> depth_km;  // -10 to 800; mountains reach above zero
  std::optional<double> magnitude; // -5 to 10
  std::string magnitude_type;      // "mww", "Ms", as written
  std::string place, url;
  // One standard deviation, or what the catalogue gives as its uncertainty; nothing when not stated or zero.
  std::optional<double> origin_sigma_s, horizontal_sigma_km, depth_sigma_km, magnitude_sigma;
  std::optional<int> stations;               // that were used
  std::optional<double> azimuthal_gap_deg;
  bool operator==(const CatalogueEvent&) const = default;
};

struct CatalogueFault {
  size_t item = 0;  // from 1, in the order of the document
  std::string id;   // "" when it has none
  std::string why;  // zh / en
};

// What one document holds. An event that cannot be believed is a fault; the others are read all the same.
struct Catalogue {
  std::vector<CatalogueEvent> events;  // as listed
  std::vector<CatalogueFault> faults;  // the first kCatalogueFaultsMax
  size_t refused = 0;                  // of how many
};

constexpr size_t kCatalogueBytesMax = 32u << 20, kCatalogueEventsMax = 50'000, kCatalogueFaultsMax = 100;

// Files an event under events, or under faults when its numbers cannot be (NaN, latitude 91, depth 2,000 km, M 12). `why` not
// empty: a fault already. Of a deleted event only the id must be there.
void file_event(Catalogue& catalogue, size_t item, CatalogueEvent event, std::string why = {});

// Text from outside for people to read: valid UTF-8, no control characters, spaces joined, at most max_bytes.
std::string readable_text(std::string_view text, size_t max_bytes);
// A whole decimal number, blanks around it and a plus sign allowed; nothing for anything else, also for nan and inf.
std::optional<double> decimal_number(std::string_view text);
// ISO 8601; without an offset it is UTC.
std::optional<UtcTime> utc_moment(std::string_view text);

}  // namespace anlan
