// How dispatch asks for times: of the roads of this minute (Roads::times) in a node, of a table in a test.
#pragma once

#include <cmath>
#include <functional>
#include <span>

#include "logistics/roads.h"

namespace anlan {

using AskTimes = std::function<Result<TravelTimes>(std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how)>;

inline AskTimes times_of(const Roads& roads) {
  return [&roads](std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how) { return roads.times(from, to, how); };
}

// As people are told: with one decimal.
inline double minutes_of(uint32_t ms) { return std::round(ms / 6'000.0) / 10; }

// Along the ground, without asking the roads: great circle × the profile's detour, with one decimal.
double km_about(const Pack& pack, std::string_view profile, LonLat from, LonLat to);

// Why: "中文 / English" apart.
struct Reason {
  std::string code, zh, en;
};

}  // namespace anlan
