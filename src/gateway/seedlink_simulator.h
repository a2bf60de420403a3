// A SeedLink 3 server of recorded waveforms, for drills, the demo and tests: it serves records in the order in which they were
// complete, at the pace at which they came, or faster.
//
// The play begins when the first client listens, so that it misses nothing. The record that ends first is packet 1 and served
// at once; every other one when as much time has passed by the clock handed in, times `speed`, as lies between their ends.
// What has been served can be asked for again by its number. With `redate` all records are moved by the same span, so that packet 1 ends
// when the play begins.
//
// Any number of clients up to kClientsMax, each with its own stations, selectors and place. One thread, the caller's (run).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports.h"
#include "protocols/miniseed.h"

namespace anlan {

// Waveforms as records of 512 bytes with at most `seconds` of samples each, so that nobody waits longer for one to be
// full. Errors of write_miniseed.
Result<std::vector<std::string>> seedlink_records(std::span<const MiniseedRecord> waves, double seconds = 1);

struct SeedLinkPlay {
  std::string address = "127.0.0.1:0";  // port 0: any
  double speed = 1;                     // 0: everything at once
  bool redate = false;
  bool end_after = false;               // tell clients END behind the last packet
};

class SeedLinkSimulator {
 public:
  static constexpr size_t kClientsMax = 64, kRecordsMax = 5'000'000;

  // kInvalidField for records that are not of 512 bytes or cannot be read, no records, too many, or a speed that is none;
  // kStoreUnavailable when the address cannot be had. Holds a reference to the clock.
  static Result<std::unique_ptr<SeedLinkSimulator>> open(const Clock& clock, std::vector<std::string> records, SeedLinkPlay play, std::function<void(std::string_view)> log);
  ~SeedLinkSimulator();

  // Until stop(), which any thread may call.
  void run();
  void stop();
  // Cuts every connection, as a failing line would. Any thread.
  void cut();

  uint16_t port() const;
  size_t clients() const;
  uint64_t served() const;  // packets, to all clients together
  size_t due() const;       // records whose time has come; all of them when the play is over
  size_t records() const;

 private:
  class Impl;
  explicit SeedLinkSimulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
