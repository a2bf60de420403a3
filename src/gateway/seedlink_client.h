// Waveforms from a SeedLink server (3.x): connects, asks for its stations, hands on each record decoded, and begins again
// behind the last packet of each station when the connection is lost.
//
// One thread, the caller's (run); the callback and the log run on it. There is no queue of records: what one read brought
// (kReadBytes, some thirty packets) is handed on before the next, so a slow callback makes the server wait, and at most that is held
// here. A record that cannot be read is counted with its reason and left out.
//
// A server that does not answer or closes is tried again after `retry`, then twice that, up to `retry_max`; the first packet that
// arrives forgets the failures. After `idle` without a byte the server is asked whether it lives, after `dead` it is given up.
// All spans are of the clock handed in; stop() takes effect within a tenth of a second.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ports.h"
#include "protocols/miniseed.h"
#include "protocols/seedlink.h"

namespace anlan {

struct SeedLinkSource {
  std::string host;
  uint16_t port = 18'000;
  std::vector<SeedLinkStation> stations;
};
// "host:18000|IU_ANMO:00BH? HN?,GE_WLF": port and selectors may be missing. kInvalidField.
Result<SeedLinkSource> read_seedlink_source(const std::string& text);

struct SeedLinkTiming {
  Millis retry = seconds(1), retry_max = minutes(2);
  Millis connect = seconds(10);
  Millis idle = seconds(30), dead = seconds(90);
};

// For its page; of the time since the start.
struct SeedLinkCounters {
  bool connected = false, streaming = false;
  std::string server;          // its first line
  std::string fault;           // the last, in words; "" while all is well
  UtcTime fault_at, connected_at, heard_at;
  uint64_t connections = 0;    // that came about
  uint64_t packets = 0, records = 0, samples = 0;
  uint64_t refused = 0;        // records that could not be read
  std::string refused_why;     // the last
  uint64_t gaps = 0, overlaps = 0, clipped = 0;
  int64_t newest_us = 0;       // end of the newest record
};
struct SeedLinkStationState {
  std::string network, station;
  std::string refused;         // what the server would not take of it
  uint64_t records = 0;
  int64_t newest_us = 0;       // 0: none yet
};

class SeedLinkClient {
 public:
  static constexpr size_t kReadBytes = 16 * 1024;
  static constexpr size_t kStreamsMax = 100'000;  // whose gaps are counted

  using Sink = std::function<void(const MiniseedRecord&)>;
  // A list of stations that read_seedlink_source would refuse is a bug.
  SeedLinkClient(const Clock& clock, SeedLinkSource source, Sink sink, std::function<void(std::string_view)> log, SeedLinkTiming timing = {});
  ~SeedLinkClient();

  // Until stop(), which any thread may call.
  void run();
  void stop();

  // Any thread.
  SeedLinkCounters counters() const;
  std::vector<SeedLinkStationState> stations() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
