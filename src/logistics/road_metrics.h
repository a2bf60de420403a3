// Travel times over one network for every profile and time of day that somebody has asked about, with the states of the
// roads in them.
//
// A metric is worked out when it is first asked for (LiveMetric, engine/roads) and follows every later change of a state.
// All together they take at most kMetricBytes, but kMetricsMin of them always stay; the one not asked about for longest
// goes. Several states on a road: the strictest of each kind holds, and lifting one leaves the others.
//
// Crumbs of the network that a profile cannot enter and leave again (parts of fewer than kCrumbNodes nodes and a tenth of
// the largest) are closed to it, so that no place is put on one of them.
//
// Any thread. Locks: `changing_`, then `slots_`.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "logistics/facts.h"
#include "logistics/road_network.h"
#include "logistics/road_profile.h"
#include "roads/contour.h"
#include "roads/live_metric.h"
#include "roads/reach.h"
#include "roads/route_query.h"

namespace anlan {

inline constexpr uint32_t kCrumbNodes = 100;
inline constexpr size_t kMetricBytes = size_t{1536} << 20, kMetricsMin = 3;
// Customising more arcs of the hierarchy than this (a network of some 1.5 million nodes) takes more than a second: not
// while somebody waits.
inline constexpr uint32_t kUpArcsAtOnce = 5'000'000;

// Objects that one thread uses at a time, kept for the next one.
template <class T>
class Spares {
 public:
  struct GiveBack {
    Spares* from;
    void operator()(T* t) const { from->give(std::unique_ptr<T>(t)); }
  };
  using Lease = std::unique_ptr<T, GiveBack>;
  template <class Make>
  Lease take(Make make) {
    std::unique_ptr<T> spare;
    {
      std::scoped_lock lock(mutex_);
      if (!spares_.empty()) {
        spare = std::move(spares_.back());
        spares_.pop_back();
      }
    }
    if (!spare) spare = make();
    return Lease(spare.release(), GiveBack{this});
  }

 private:
  static constexpr size_t kMost = 4;
  void give(std::unique_ptr<T> t) {
    std::scoped_lock lock(mutex_);
    if (spares_.size() < kMost) spares_.push_back(std::move(t));
  }
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> spares_;
};

class RoadMetrics : public std::enable_shared_from_this<RoadMetrics> {
 public:
  using Later = std::function<void(std::function<void()>)>;
  RoadMetrics(std::shared_ptr<const RoadNetwork> network, const RoadBook& book, Later later);

  const RoadNetwork& network() const { return *network_; }
  const std::shared_ptr<const RoadNetwork>& shared_network() const { return network_; }
  const roads::Profile& profile(size_t i) const { return profiles_[i]; }
  const TravelProfile& declared(size_t i) const { return book_.profiles[i]; }

  // period: -1 for other times. kUnavailable while it is worked out elsewhere. What is returned stays current.
  Result<std::shared_ptr<const roads::LiveMetric>> metric(size_t profile, int period);
  // A copy as it is now, for what takes longer than a change of a state should wait. Kept until a state changes.
  Result<std::shared_ptr<const roads::Metric>> frozen(size_t profile, int period);
  // A copy in which a state holds as well, for "what if".
  Result<std::shared_ptr<const roads::Metric>> supposed(size_t profile, int period, const RoadState& state, std::span<const roads::RoadIndex> hit);

  // Of every arc as ever: without states, at other times of day, crumbs closed. O(network).
  std::vector<roads::Weight> base(size_t profile) const;

  // The state holds on these roads / no longer holds. The change is in every metric on return.
  void set(const RoadState& state, std::span<const roads::RoadIndex> hit);
  void lift(RoadStateId state, std::span<const roads::RoadIndex> hit);
  // Arcs that a change on these roads touches, over all metrics.
  size_t cost(std::span<const roads::RoadIndex> hit) const;
  size_t count() const;  // metrics in use
  // What holds on a road; nothing when it is as ever.
  std::optional<roads::RoadState> effect(roads::RoadIndex road) const;

  Spares<roads::RouteQuery>::Lease route_query();
  Spares<roads::ReachQuery>::Lease reach_query();
  Spares<roads::ContourDrawer>::Lease contour_drawer();

 private:
  struct Effect {
    RoadStateId state;
    roads::RoadState on;
  };
  using Effects = std::unordered_map<roads::RoadIndex, std::vector<Effect>>;
  struct Slot {
    std::shared_ptr<roads::LiveMetric> live;
    std::shared_ptr<const roads::Metric> frozen;
    uint64_t frozen_version = 0;
    uint64_t asked = 0;  // turn of the last question
    bool building = false;
  };
  using Key = std::pair<size_t, int>;

  roads::RoadState effect_of(const RoadState& state, roads::RoadIndex road) const;
  static std::optional<roads::RoadState> strictest(const Effects& effects, roads::RoadIndex road);
  std::vector<roads::ArcChange> changes(size_t profile, int period, std::span<const roads::RoadIndex> roads, const Effects& effects) const;
  const std::vector<bool>& crumbs(size_t profile) const;  // by arc
  void apply(std::span<const roads::RoadIndex> roads);  // with changing_ held
  void build(Key key);
  void drop_old();  // with slots_ held
  size_t metric_bytes() const;

  const std::shared_ptr<const RoadNetwork> network_;
  const RoadBook& book_;
  std::vector<roads::Profile> profiles_;
  Later later_;
  struct Crumbs {
    std::once_flag once;
    std::vector<bool> arcs;
  };
  mutable std::vector<std::unique_ptr<Crumbs>> crumbs_;  // by profile

  mutable std::mutex changing_;
  Effects effects_;
  uint64_t version_ = 0;

  mutable std::mutex slots_;
  std::condition_variable built_;
  std::map<Key, Slot> slot_;
  uint64_t turn_ = 0;

  Spares<roads::RouteQuery> route_queries_;
  Spares<roads::ReachQuery> reach_queries_;
  Spares<roads::ContourDrawer> drawers_;
};

}  // namespace anlan
