// Where earthquakes come in: what catalogues list becomes a report when it is near enough, what stations send goes to the
// early warning.
#pragma once

#include <map>
#include <mutex>

#include "gateway/catalogue_poller.h"
#include "loop/node.h"
#include "protocols/miniseed.h"

namespace anlan {

// Of the sources of waveforms and catalogues together, for the page.
struct DoorCounters {
  uint64_t records = 0, unknown = 0, refused = 0;  // of waveforms: taken; of no station in the register; by the engine
  std::string refused_why;                         // the last
  uint64_t reported = 0, far = 0;                  // of catalogue events
};

class EarthquakeDoor {
 public:
  explicit EarthquakeDoor(Node& node) : node_(node) {}
  // Any thread.
  void take(const MiniseedRecord& record);
  void take(const CatalogueEvent& event, CatalogueNews news, const std::string& source);
  DoorCounters counters() const;

 private:
  Node& node_;
  mutable std::mutex mutex_;
  DoorCounters counters_;
};

// Inside the node's place, or near enough by the policy, and strong enough.
bool concerns(const PlaceIndex& places, PlaceCode place, const EarthquakePolicy& policy, LonLat epicentre, double magnitude);

}  // namespace anlan
