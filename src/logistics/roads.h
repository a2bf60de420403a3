// The road network in memory with the states of this minute, and what is asked of it.
//
// A view: the network is the attachment that RoadsImported named last, the states are those in force; both follow the
// committed facts, and tick() lets states run out. Queries may come from any thread and never wait for a change. Without a
// network, or for a place that lies on no road, times are great circle × detour ÷ speed, and say so.
//
// Times of each profile, and of each of its times of day, are worked out when they are first asked for and then kept
// current; until they are there the answer is kUnavailable ("正在准备路网"). A state on few roads is in every answer
// that begins after on_committed() has returned; one on many (kAtOnceArcs) goes to the thread of work_on(), and
// settle() waits for it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/lonlat.h"
#include "base/ports.h"
#include "journal/writer.h"
#include "logistics/queries.h"
#include "registry/pack.h"

namespace anlan {

class Attachments;
class RoadMetrics;     // road_metrics.h
struct RoadNetwork;    // road_network.h
struct RoutesAsked;    // road_travel.h
struct RoutesFound;
struct ReachAsked;
struct ReachFound;

inline constexpr double kSnapMetres = 2'000;  // a village further from any road is reached in a straight line
inline constexpr uint32_t kNoWay = 0x7fffffff;
inline constexpr size_t kTravelTimesMax = 4'000'000;
inline constexpr size_t kAtOnceArcs = 20'000;  // arcs × profiles in use, about 10 ms

// Milliseconds, row by row of `from`; kNoWay where there is no way.
struct TravelTimes {
  size_t columns = 0;
  std::vector<uint32_t> ms;
  bool estimated = false;  // some or all are by distance
  uint32_t at(size_t from, size_t to) const { return ms[from * columns + to]; }
};

struct TravelQuestion {
  std::string profile;              // of the pack; kInvalidField when there is none of that name
  std::optional<UtcTime> depart;    // for periods of the day; nothing: now
};

// A state in force, and the roads that it hits in the network as it is.
struct RoadStateInForce {
  RoadStateRow row;
  std::vector<uint32_t> roads;
  double length_km = 0;
};

class Roads : public Observer {
 public:
  using Later = std::function<void(std::function<void()>)>;

  Roads(const Pack& pack, const Attachments& attachments, Clock& clock, int utc_offset_minutes);
  ~Roads() override;

  // Where a network is read and times are worked out; the default does it at once. Before anything is committed.
  void work_on(Later later);
  // A network that cannot be read (damaged, or of another version) is left out: fault() says why, and answers are estimates.
  Result<void> load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;
  // Lets states run out. O(states in force) when one does.
  void tick(UtcTime now);
  // Waits until what on_committed() handed on is in all answers; false when that takes longer than `at_most`.
  bool settle(Millis at_most) const;

  bool loaded() const;
  // kTooLarge beyond kTravelTimesMax.
  Result<TravelTimes> times(std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how) const;
  // Straight-line answers where there is no network. kUnavailable while times are worked out.
  Result<RoutesFound> routes(const RoutesAsked& asked) const;
  Result<ReachFound> reach(const ReachAsked& asked) const;

  // Null without a network. Both stay as they are while they are held; the states of `metrics` go on changing.
  std::shared_ptr<const RoadNetwork> network() const;
  std::shared_ptr<RoadMetrics> metrics() const;
  std::optional<RoadNetworkRow> network_row() const;
  std::optional<Error> fault() const;  // of the network imported last
  // Newest first.
  std::vector<RoadStateInForce> in_force() const;
  // Grows with each change of a state or of the network.
  uint64_t version() const;
  const Pack& pack() const;
  Clock& clock() const;
  int utc_offset_minutes() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with what runs later
};

}  // namespace anlan
