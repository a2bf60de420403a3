// Polls earthquake catalogues: the GeoJSON feed of the USGS, or QuakeML of any FDSN event service, told apart by what comes.
// An event that is new, or that says something else than before, is handed on; whoever takes it decides what follows.
//
// An event is known by its id, and by the ids it had before. A revision with another `updated` that changes nothing of what a
// CatalogueEvent tells is not handed on, and an older one than was seen is not either. An event that is no longer listed has
// only grown old; deleted is what the catalogue says so of. After a start the first poll hands on all that is listed.
//
// A source that fails is tried again after its interval, then after twice that, and so on up to kRetryMax (or the interval, if
// longer). All times are of the clock handed in.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/ports.h"
#include "protocols/catalogue_event.h"

namespace anlan {

struct CatalogueSource {
  std::string url;           // "{since}" in it becomes the instant kSince before the poll, for services that want one
  Millis every = minutes(1);
  std::string name;          // what its reports are said to come from; "" is the host: an address may hold a key
};

enum class CatalogueNews { fresh, changed, deleted };

// For its page.
struct CatalogueSourceState {
  std::string name;          // its host; an address may hold a key
  UtcTime last_success, last_try;  // 0: never
  std::string fault;         // in words, zh / en; "" when the last try went well
  int failures = 0;          // in a row
  std::string remark;        // why events of the last document were refused
  size_t listed = 0, refused = 0;  // of the last document
  uint64_t fresh = 0, changed = 0, deleted = 0;
};

class CataloguePoller {
 public:
  static constexpr size_t kSourcesMax = 20;
  static constexpr size_t kSeenMax = 100'000;      // remembered per source; beyond, those not listed are forgotten
  static constexpr Millis kTimeout = seconds(20);
  static constexpr Millis kRetryMax = minutes(10);
  static constexpr Millis kSince = hours(24);

  using Sink = std::function<void(const CatalogueEvent&, CatalogueNews, const CatalogueSource&)>;
  // More sources than kSourcesMax is a bug. The callback and the log run on the thread of poll().
  CataloguePoller(Fetcher& fetcher, std::vector<CatalogueSource> sources, Sink sink, std::function<void(std::string_view)> log, Millis timeout = kTimeout);
  // Polls the sources that are due. Blocks while fetching: call it on a thread of its own.
  void poll(UtcTime now);
  // Any thread.
  std::vector<CatalogueSourceState> states() const;

 private:
  struct Seen {
    UtcTime updated;
    uint64_t content = 0;
  };
  struct Source {
    CatalogueSource from;
    UtcTime due;
    std::string etag;
    std::map<std::string, Seen> seen;  // by id
    std::set<std::string> former;      // ids that events had before
    CatalogueSourceState state;
  };
  Result<void> poll_source(Source& source, UtcTime now, CatalogueSourceState& state);
  void take(Source& source, const CatalogueEvent& event, CatalogueSourceState& state);
  void forget(Source& source, const Catalogue& listed);

  Fetcher& fetcher_;
  Sink sink_;
  std::function<void(std::string_view)> log_;
  Millis timeout_;
  std::vector<Source> sources_;
  mutable std::mutex lock_;  // of the states
};

}  // namespace anlan
