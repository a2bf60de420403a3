// Answers where no roads are loaded: the great circle × a detour factor ÷ a speed. Everything here is an estimate and is
// marked so; a screen that shows it must say so.
//
// Factor and speed are declared in the pack for a kind of country. Networks of roads in hilly country take about 1.3 to 2
// times the straight way; what a river or a ridge does is not in such a number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/lonlat.h"
#include "roads/coverage.h"
#include "roads/graph.h"

namespace anlan::roads {

struct EstimatedTime {
  Weight ms = kUnreachable;
  double metres = 0;  // along the supposed road
  bool estimated = true;
};

struct EstimatedCircle {
  std::vector<LonLat> ring;  // closed, counter-clockwise, 64 sides; holds the whole circle
  double radius_m = 0;
  bool estimated = true;
};

class Detour {
 public:
  // Errors: kInvalidField on "factor" (1 .. 10) or "kmh" (0 < kmh <= 1,000).
  static Result<Detour> make(double factor, double kmh);

  EstimatedTime between(LonLat from, LonLat to) const;
  // Row by row, from × to.
  std::vector<EstimatedTime> matrix(std::span<const LonLat> from, std::span<const LonLat> to) const;
  // For each facility the places within the limit, by place, in the form that coverage reads.
  // O(places log places + pairs of nearly equal latitude).
  ReachLists reach(std::span<const LonLat> facilities, std::span<const LonLat> places, Weight limit) const;
  // The ground within the limit. Errors: kInvalidField on "limit" when the circle would reach a pole or 180 degrees east.
  Result<EstimatedCircle> circle(LonLat centre, Weight limit) const;

 private:
  Detour(double factor, double metres_per_ms) : factor_(factor), metres_per_ms_(metres_per_ms) {}
  double radius_m(Weight limit) const { return limit * metres_per_ms_ / factor_; }
  double factor_, metres_per_ms_;
};

}  // namespace anlan::roads
