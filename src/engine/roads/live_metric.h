// A metric that many threads read while roads are closed and opened.
//
// Two copies: readers hold one, a change goes to the other, then they are swapped and the change is made once more. A
// reader waits for nobody; a writer waits for those who still read the older copy. A change is seen by every query that
// begins after apply() has returned.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>

#include "roads/metric.h"

namespace anlan::roads {

class LiveMetric {
 public:
  // `hierarchy` must live as long.
  LiveMetric(const Hierarchy& hierarchy, std::vector<Weight> weights, int threads = 2);

  class Reading {
   public:
    const Metric& operator*() const { return *metric_; }
    const Metric* operator->() const { return metric_; }

   private:
    friend class LiveMetric;
    Reading(std::shared_lock<std::shared_mutex> lock, const Metric* metric) : lock_(std::move(lock)), metric_(metric) {}
    std::shared_lock<std::shared_mutex> lock_;
    const Metric* metric_;
  };
  Reading read() const;
  // One writer at a time; later ones wait.
  void apply(std::span<const ArcChange> changes);

 private:
  struct Copy {
    mutable std::shared_mutex mutex;
    Metric metric;
  };
  std::array<Copy, 2> copies_;
  std::atomic<int> active_{0};
  std::mutex writing_;
  Recustomiser recustomiser_;
};

}  // namespace anlan::roads
