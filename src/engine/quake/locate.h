// Where and when: from arrivals of P and from stations where nothing has arrived yet.
//
// Least sum of |residual| (L1) over a grid that narrows: 10 km over 320 km, then 5, 2.5, 1 and 0.5 km around the best
// cells, depths 5 to 50 km; the origin time of a node is the weighted median of (arrival - travel time). A live station
// that is still quiet although P should be there adds its lateness, up to a bound (Satriano, Lomax and Zollo 2008,
// BSSA 98; section 5.2 of the domain reference). Each |residual| counts in units of kResidualS. Travel times: travel_time.h.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/lonlat.h"

namespace anlan::quake {

struct Onset {
  LonLat at;
  double t_s = 0;       // against any common zero
  double weight = 1;
};
struct Quiet {
  LonLat at;
  double until_s = 0;   // it has certainly picked nothing up to here
};
struct Hypocentre {
  LonLat epicentre;
  double depth_km = 10;
  double origin_s = 0;
  double residual_s = 0;     // weighted mean of |residual| over the onsets
  double sigma_km = 0;       // of the epicentre: root of the mean square distance under exp(-cost)
};

constexpr size_t kOnsetsMax = 24, kQuietMax = 40;
constexpr double kResidualS = 0.35;

// Onsets beyond kOnsetsMax and quiet stations beyond kQuietMax are left out, the last first: order them by how much they
// matter. `near`: an earlier answer; the search then looks only 30 km around it, unless the best lies at its edge.
// Nothing for fewer than three onsets. About 1 ms, 0.3 ms with `near`.
std::optional<Hypocentre> locate(std::span<const Onset> onsets, std::span<const Quiet> quiet, const Hypocentre* near = nullptr);

}  // namespace anlan::quake
