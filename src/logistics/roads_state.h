// What Roads holds (roads.h); for its own sources.
//
// Locks, in this order: `mutex` is held for moments only, never over a search or a change; RoadMetrics has its own below it.
// Changes run one after another: `queue`, worked off by one thread at a time (`running`). Whoever waits helps.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "logistics/road_metrics.h"
#include "logistics/road_shape.h"
#include "logistics/roads.h"

namespace anlan {

struct Roads::State : std::enable_shared_from_this<Roads::State> {
  State(const Pack& p, const Attachments& a, Clock& c, int offset) : pack(p), attachments(a), clock(c), utc_offset_minutes(offset) {}

  const Pack& pack;
  const Attachments& attachments;
  Clock& clock;
  const int utc_offset_minutes;
  Later later = [](std::function<void()> work) { work(); };

  struct Held {
    RoadStateInForce state;
    std::shared_ptr<const RoadShape> shape;  // null: cannot be read, hits nothing
  };
  mutable std::mutex mutex;
  std::shared_ptr<RoadMetrics> metrics;
  std::optional<RoadNetworkRow> row;
  std::optional<Error> fault;
  std::map<int64_t, Held> held;  // by id
  std::atomic<uint64_t> version{0};
  std::atomic<int64_t> next_until{INT64_MAX};

  struct Change {
    std::optional<RoadNetworkRow> network;
    std::optional<RoadStateRow> set;
    RoadStateId lift;
  };
  mutable std::mutex queue_mutex;
  mutable std::condition_variable settled;
  std::deque<Change> queue;
  bool running = false;

  // What a query needs, under one lock.
  struct Asked {
    std::shared_ptr<RoadMetrics> metrics;  // null: no network
    size_t profile = 0;
    int period = -1;
  };
  Result<Asked> asked(const TravelQuestion& how) const;

  void add(Change change);
  void work_off();
  bool small(const Change& change) const;
  void carry_out(const Change& change);
  Result<std::shared_ptr<RoadMetrics>> open(const RoadNetworkRow& network) const;
  void take_network(const RoadNetworkRow& network);
  void set(const RoadStateRow& row);
  void lift_state(RoadStateId id);
  void note_until();  // with `mutex` held
};

}  // namespace anlan
