// Which picks belong to one earthquake.
//
// A new pick is first offered to the known sources: it joins when it comes within its tolerance of the P expected there,
// and is swallowed when it falls in the shaking that follows. Otherwise it waits, and with its neighbours may begin a
// source: at least `stations_min` picks whose differences fit P crossing the ground at 5 km/s or more, among them three of
// the sixteen nearest live stations; located, without picks over 1.5 s off; and at least half of the stations that must have
// heard it did (section 5.2 of the domain reference). All in order of packets: the same packets, the same answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/point_grid.h"
#include "quake/locate.h"

namespace anlan::quake {

struct Trigger {
  uint32_t station = 0;
  LonLat at;
  int64_t at_us = 0;
  uint32_t serial = 0;      // which onset of this station
  bool operator==(const Trigger&) const = default;
};
// What is known of the silence of a station: without a pick from `from_us` to `until_us`.
struct Ear {
  int64_t from_us = INT64_MAX, until_us = INT64_MIN;
};
struct Source {
  Hypocentre place;         // origin_s counts from zero_us
  int64_t zero_us = 0;
  double origin_us() const { return static_cast<double>(zero_us) + place.origin_s * 1e6; }
};

class Network {
 public:
  explicit Network(std::vector<LonLat> stations);
  std::span<const LonLat> stations() const { return stations_; }
  std::vector<Ear>& ears() { return ears_; }
  // Members in order of time. `near`: where it was a moment ago.
  std::optional<Source> place(std::span<const Trigger> members, const Source* near) const;
  // Share of the stations that must have heard the source by now, within the reach of three quarters of the members, that
  // did. 1 when there is no other station.
  double heard_share(const Source& source, std::span<const Trigger> members) const;
  // `pending` may hold the newest pick itself. The members found, in order of time.
  struct Found {
    Source source;
    std::vector<Trigger> members;
  };
  std::optional<Found> begin(std::span<const Trigger> pending, const Trigger& newest, unsigned stations_min) const;

 private:
  static constexpr size_t kNeighbours = 24, kNearestAsked = 16;
  bool in_company(std::span<const Trigger> company, const Trigger& newest, unsigned wanted) const;

  std::vector<LonLat> stations_;
  std::vector<Ear> ears_;
  PointGrid<uint32_t> grid_;
  std::vector<uint32_t> neighbours_;   // kNeighbours for each station, nearest first; UINT32_MAX: none
};

// Seconds by which the pick is later than the P of the source.
double residual_s(const Source& source, const Trigger& trigger);
// How far a pick may be off and still join: 1 s, more where the place is not known well, at most 3 s.
double tolerance_s(const Source& source);
// From a second before P to 90 s after S.
bool in_shaking(const Source& source, LonLat at, int64_t at_us);

}  // namespace anlan::quake
