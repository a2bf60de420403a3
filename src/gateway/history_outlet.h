// Readings to another store that speaks Prometheus remote write (VictoriaMetrics, Prometheus, Mimir …), so that a province
// keeps the history of its counties in one place.
//
// Every reading arrives at least once, also after a restart of either side. What is new comes from the log of the history
// (History::follow): in the order in which it was acknowledged, back-fill and replacements among it. The history keeps
// the log for the outlet, some million readings. When the other store is away for longer, or at the very start, the
// outlet reads spans of time instead, hour after hour of all links, from 72 h (what back-fill may reach back) before the
// time up to which everything was sent; then it goes on with the log from where that was when it began. So nothing
// waits in memory but one batch. Up to 72 h may then be sent twice: the other store should drop equal samples
// (VictoriaMetrics: -dedup.minScrapeInterval=1ms). Remote write has no way to replace a value: of a reading that was
// corrected both values are sent, and the other store decides. What it has acknowledged and lost is not sent again.
//
// Where it is stands in the history itself (History::set_follower). One thread calls turn(); stats() from any.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "gateway/history_outlet_wire.h"
#include "history/history.h"

namespace anlan {

struct OutletStats {
  uint64_t sent = 0;       // readings acknowledged by the other store since the start
  uint64_t refused = 0;    // readings that it would not have (status 400 or 422): not sent again
  uint64_t failures = 0;   // requests without an answer or with another one than 2xx
  uint64_t entries = 0;    // batches of readings that wait
  Millis lag;              // everything acknowledged so long ago has been sent
  bool catching_up = false;
  std::string last_failure;
};

class HistoryOutlet {
 public:
  static constexpr size_t kBatch = 20'000;  // readings of one request
  static constexpr Millis kIdle = seconds(1), kRetryMax = minutes(1);
  static constexpr Millis kBackFill = hours(72), kAhead = minutes(10);  // how far off a reading's time may be when it comes

  using Labels = std::function<OutletLabels(LinkNumber)>;
  // Sends a request; the status of the answer, or an error when there is none.
  using Post = std::function<Result<int>(const std::string& body)>;
  // Without a trace of a former run it begins 72 h before `now`.
  HistoryOutlet(History& history, Labels labels, Post post, std::function<void(std::string_view)> log, UtcTime now);

  // Sends what is next: a batch, or an hour of all links. How long to wait before the next turn; 0: there is more.
  Millis turn(UtcTime now);
  // No hour is begun any more, and one that is under way is left. From any thread.
  void stop() { stopping_ = true; }
  OutletStats stats(UtcTime now) const;

 private:
  // Remembered in the history.
  struct Position {
    uint64_t entry = 0;          // the log up to here is done
    UtcTime at;                  // whatever was acknowledged before this time is in it
    std::optional<UtcTime> hour;  // before the log goes on, hours from this one on are sent, up to `at` and a little
    Follower follower() const;
    static std::optional<Position> read(const Follower& follower);
  };

  Millis turn_log(UtcTime now);
  Millis turn_hour();
  bool send(std::vector<Reading>& readings);
  Millis wait();
  void move_to(const Position& position);

  History& history_;
  const Labels labels_;
  const Post post_;
  const std::function<void(std::string_view)> log_;
  Millis retry_ = seconds(1);
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // of what follows
  Position position_;
  OutletStats stats_;
};

// As /metrics shows them.
std::string outlet_metrics(const OutletStats& stats);

// Posts to the address; a token is sent as "Authorization: Bearer". The address is the administrator's: also on this machine.
HistoryOutlet::Post remote_write(const std::string& url, const std::string& token);

}  // namespace anlan
