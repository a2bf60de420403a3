#include "roads/live_metric.h"

namespace anlan::roads {

LiveMetric::LiveMetric(const Hierarchy& hierarchy, std::vector<Weight> weights, int threads) : recustomiser_(hierarchy) {
  copies_[0].metric = customise(hierarchy, std::move(weights), threads);
  copies_[1].metric = copies_[0].metric;
}

LiveMetric::Reading LiveMetric::read() const {
  for (;;) {
    const Copy& copy = copies_[static_cast<size_t>(active_.load())];
    std::shared_lock lock(copy.mutex, std::try_to_lock);
    // Not free only in the instant after a swap; the other copy is free then.
    if (lock.owns_lock() && &copy == &copies_[static_cast<size_t>(active_.load())]) return {std::move(lock), &copy.metric};
  }
}

void LiveMetric::apply(std::span<const ArcChange> changes) {
  std::scoped_lock writing(writing_);
  const int before = active_.load();
  for (const int i : {1 - before, before}) {
    {
      std::unique_lock lock(copies_[static_cast<size_t>(i)].mutex);
      recustomiser_.apply(copies_[static_cast<size_t>(i)].metric, changes);
    }
    if (i != before) active_.store(i);
  }
}

}  // namespace anlan::roads
