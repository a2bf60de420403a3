// Polls the detections of NASA FIRMS (https://firms.modaps.eosdis.nasa.gov/api/), from addresses or from a folder that
// somebody fills, and tells the watch what follows (fire_spots.h). The rule is the first of the pack's spot_rules;
// without one nothing is polled.
//
// A source that cannot be read is tried again at the next poll and named in the log once, without its key; until all can
// be read nothing is cleared. After a start the tables say which alarms stand and the first poll what burns.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/ports.h"
#include "gateway/fire_spots.h"
#include "loop/node.h"

namespace anlan {

struct FireSpotSource {
  std::vector<std::string> urls;
  std::string folder;  // its *.csv, by name
  Millis every = minutes(10);
  bool empty() const { return urls.empty() && folder.empty(); }
};

class FireSpotsPoller {
 public:
  static constexpr size_t kBytesMax = 32u << 20;  // of one document
  static constexpr size_t kFilesMax = 100;        // of a folder, the last by name
  static constexpr Millis kTimeout = seconds(30);
  static constexpr const char* kGuards = "forest_block";  // type of record

  FireSpotsPoller(Node& node, Fetcher& fetcher, FireSpotSource source, std::function<void(std::string_view)> log)
      : node_(node), fetcher_(fetcher), source_(std::move(source)), log_(std::move(log)) {}
  // Polls when it is due. Blocks while fetching: call it on a thread of its own.
  void poll(UtcTime now);
  const FireSpots& spots() const { return spots_; }

 private:
  bool begin();  // false: the tables cannot be read; tried again
  Result<void> fetch(const std::string& url, const SpotRule& rule, UtcTime now);
  bool read_folder(const SpotRule& rule, UtcTime now);
  void tell(const std::string& source, const std::string& what);

  Node& node_;
  Fetcher& fetcher_;
  FireSpotSource source_;
  std::function<void(std::string_view)> log_;
  FireSpots spots_;
  bool begun_ = false;
  UtcTime due_;
  std::map<std::string, std::string> etags_;
  std::map<std::string, std::string> told_;  // by source: the last thing said about it
};

}  // namespace anlan
