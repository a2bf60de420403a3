#include "gateway/earthquake_door.h"

#include <algorithm>
#include <cmath>

#include "earthquakes/commands.h"

namespace anlan {
namespace {

constexpr Millis kOldest = hours(24 * 30);
constexpr size_t kNameBytes = 200;

}  // namespace

bool concerns(const PlaceIndex& places, PlaceCode place, const EarthquakePolicy& policy, LonLat epicentre, double magnitude) {
  if (magnitude < policy.feed_magnitude_min) return false;
  if (place.empty()) return true;
  const auto county = places.county_at(epicentre);
  if (!county.empty() && place.contains(county)) return true;
  const auto& table = places.places();
  const auto range = table.range(place);
  for (uint32_t i = range.begin; i < range.end; ++i)
    if (const auto at = table.level(i) <= PlaceLevel::kTown ? table.position(i) : std::nullopt; at && distance_m(*at, epicentre) <= policy.feed_reach_km * 1000) return true;
  return false;
}

void EarthquakeDoor::take(const MiniseedRecord& record) {
  // The engine counts in whole numbers; floating samples of a station would need a gain of their own.
  auto taken = record.counts.empty() ? Result<void>(Error(ErrorCode::kInvalidFile, {{"why", "浮点样点不支持 / samples are not whole numbers"}}))
                                     : node_.early_warnings().take({record.network, record.station, record.location, record.channel, record.start_us, record.rate_hz, record.counts});
  std::scoped_lock guard(mutex_);
  if (taken) ++counters_.records;
  else if (taken.error().code == ErrorCode::kNotFound) ++counters_.unknown;
  else {
    ++counters_.refused;
    counters_.refused_why = taken.error().describe();
  }
}

void EarthquakeDoor::take(const CatalogueEvent& event, CatalogueNews news, const std::string& source) {
  const auto& policy = node_.pack().earthquakes.policy;
  const auto place = node_.settings().place;
  if (news == CatalogueNews::deleted) {
    node_.writer().submit({"node", "", "", [source, id = event.id, place](Reader& reader, UtcTime) -> Result<Decision> {
                             return withdraw_report(reader, source, id, "目录已删除这次地震 / the catalogue has deleted it", place);
                           }, {}, {}});
    return;
  }
  const bool quake = event.kind.empty() || event.kind == "earthquake";
  const UtcTime now = node_.clock().now();
  const bool near = quake && event.magnitude && event.origin > now - kOldest && event.origin < now + minutes(5) &&
                    concerns(*node_.places().get(), place, policy, event.epicentre, *event.magnitude);
  {
    std::scoped_lock guard(mutex_);
    ++(near ? counters_.reported : counters_.far);
  }
  const Earthquake report{0, event.origin, event.epicentre.lon, event.epicentre.lat, std::clamp(event.magnitude.value_or(0), 0.0, 10.0),
                          std::clamp(event.depth_km.value_or(10), 0.0, 800.0), readable_text(event.place, kNameBytes)};
  EarthquakeOrigin origin;
  origin.source = EarthquakeSource::catalogue;
  origin.source_name = source;
  origin.source_id = event.id;
  origin.magnitude_sigma = std::clamp(event.magnitude_sigma.value_or(0), 0.0, 5.0);
  origin.stations = event.stations.value_or(0);
  origin.last = event.status == CatalogueStatus::reviewed;
  // What is known already goes on being revised, also when it has become small or distant; a blast takes itself back.
  node_.writer().submit({"node", "", "", [report, origin, place, near, quake](Reader& reader, UtcTime at) -> Result<Decision> {
                           if (!near && !earthquake_of_source(reader, origin.source_name, origin.source_id)) return Decision{};
                           if (!quake) return withdraw_report(reader, origin.source_name, origin.source_id, "目录更正：不是天然地震 / the catalogue says it is no earthquake", place);
                           return take_report(reader, report, origin, place, at);
                         }, {}, {}});
}

DoorCounters EarthquakeDoor::counters() const {
  std::scoped_lock guard(mutex_);
  return counters_;
}

}  // namespace anlan
