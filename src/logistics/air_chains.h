// By helicopter and on by road: how long until help stands at a place, from the landing points of the register.
//
// Helicopters stand ready where there is fuel. Of the landing points that one of them reaches, the kLandingsTried nearest
// to a place are asked for the road from there; the earliest arrival counts. A base alone makes no chain: from there it is a
// drive.
#pragma once

#include "logistics/dispatch_times.h"
#include "registry/records.h"
#include "roads/air.h"

namespace anlan {

inline constexpr size_t kAirPlacesMax = 500, kLandingPointsMax = 5'000, kLandingsTried = 3;

struct AirChainsQuestion {
  std::string aircraft;                       // of the pack
  struct Place {
    std::string name;
    LonLat position;
  };
  std::vector<Place> places;
  double load_kg = 0;
  UtcTime start;
  bool always_day = false;                    // as if the night made no difference
  std::optional<roads::AirWeather> weather;   // nothing: unknown, not checked
  std::string profile = "car";                // from the landing point on
};

struct AirChainLeg {
  std::string kind;                           // air, refuel (with waiting for the day), road
  std::string from, to;
  double minutes = 0, km = 0;
};

struct AirChainFound {
  AirChainsQuestion::Place place;
  std::optional<double> minutes;              // after the start
  std::vector<AirChainLeg> legs;
  std::optional<Reason> why;                  // nobody comes
};

struct AirChains {
  std::vector<AirChainFound> items;           // as question.places
  size_t bases = 0, landings = 0;
  bool estimated = false;                     // of the roads
};

// `points`: records of type helicopter_point; without a position they do not count. kInvalidField, kTooLarge; errors of
// the engine and of the roads.
Result<AirChains> air_chains(const Pack& pack, const AirChainsQuestion& question, const std::vector<RecordState>& points, const AskTimes& times);

}  // namespace anlan
