// Who is covered by help: the villages that stations reach within the minutes of a circle, where the gaps are, what changes
// when a station moves or a road is lost, and where the next station would help most.
//
// Villages are the places at village level that have a position. People of a village are those of its village groups
// (records of type village_group); nothing is known of the others, and every answer says of how many villages something is.
// Villages are put on the roads once for each network and profile; what a question needs of them is kept. The last
// kStudiesKept questions are kept too, so that moving one station costs one search.
//
// Times are those of the roads as they are now. Villages that lie on no road are reached in a straight line and counted as
// estimated. By air: start, take-off and landing, and the great circle at cruising speed, within range; no weather.
//
// Any thread. Locks: of a study, then `mutex_`; neither is held while the other is waited for the other way round.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "logistics/road_metrics.h"
#include "logistics/road_shape.h"
#include "logistics/road_travel.h"
#include "logistics/roads.h"
#include "registry/live_places.h"
#include "registry/record_index.h"
#include "roads/coverage.h"
#include "roads/many.h"

namespace anlan {

inline constexpr size_t kStudiesKept = 8, kFacilitiesMax = 20'000, kSitesCountMax = 20, kCandidatesMax = 2'000;

struct Facility {
  RecordId record;  // none: proposed
  std::string name;
  PlaceCode place;
  LonLat at;
};

struct CoverageAsked {
  // From the pack, or put together by whoever asks.
  std::vector<std::string> facilities;                    // record types
  std::map<std::string, std::vector<std::string>> where;
  std::vector<RecordId> records;                          // instead of types
  std::vector<double> minutes;                            // ascending, at most kReachLimitsMax
  std::string profile;                                    // of travel, or the aircraft
  bool by_air = false;
  double share = 0;
  std::optional<UtcTime> depart;

  PlaceCode within;
  struct Moved {
    RecordId record;
    LonLat to;
  };
  std::vector<Moved> moved;
  std::vector<LonLat> added;
  std::vector<RecordId> removed;
};

// Villages of the node, by their index in the table of places.
struct CoveredVillages {
  std::shared_ptr<const PlaceIndex> places;
  std::vector<uint32_t> place;  // ascending
  std::vector<LonLat> at;
  std::vector<uint32_t> people;  // 0 when unknown
  std::vector<uint8_t> known;
};

struct VillageCount {
  uint64_t people = 0;   // of those known
  uint32_t villages = 0, known = 0;  // of how many the people are known
};

struct CoverageFound {
  bool estimated = false;
  VillageCount all;
  std::shared_ptr<const CoveredVillages> villages;
  uint32_t first = 0, last = 0;  // the villages of `within`: first .. last of `villages`
  struct Ring {
    double minutes = 0;
    VillageCount within;
  };
  std::vector<Ring> rings;
  struct County {
    PlaceCode place;
    VillageCount all, within;
    double share = 1;
    bool met = true;
  };
  std::vector<County> counties;
  // Of the last ring: of people when those of half the villages are known, else of villages.
  bool by_people = false;
  double share = 1;
  bool met = true;
  struct Gap {
    uint32_t village;  // in `villages`
    std::optional<double> minutes;  // reached, but later than the last of the minutes by no more than half
  };
  std::vector<Gap> gaps;  // most people first
  struct Station {
    Facility facility;
    VillageCount within;
    uint64_t alone_people = 0;
    uint32_t alone_villages = 0;
  };
  std::vector<Station> stations;  // by what is lost without them
  struct Compared {
    uint64_t people_more = 0, people_less = 0;
    std::vector<uint32_t> more, less;  // villages newly covered and no longer
  };
  std::optional<Compared> compared;
};

struct SitesFound {
  struct Site {
    uint32_t place;  // index in the table of places
    LonLat at;
    uint64_t people_more = 0;
    uint32_t villages_more = 0;
  };
  std::shared_ptr<const CoveredVillages> villages;
  std::vector<Site> sites;
  VillageCount before, after;
  // Villages without numbers count as the average. No choice among the candidates covers more than the bound.
  uint64_t covers_people = 0, bound_people = 0;
  uint32_t candidates = 0;
  bool exact = false, estimated = false;
};

struct LossFound {
  std::shared_ptr<const CoveredVillages> villages;
  VillageCount lost, slower;
  struct Setback {
    uint32_t village;
    uint32_t before_ms, after_ms;  // kNoWay: not any more within the limit
  };
  std::vector<Setback> setbacks;  // most people first
  size_t roads_hit = 0;
  bool estimated = false;
};

class Coverage {
 public:
  Coverage(const Pack& pack, const Roads& roads, const RecordIndex& records, const Places& places, const Clock& clock, PlaceCode top);
  ~Coverage();

  // The circle of the pack of that id; kNotFound.
  Result<CoverageAsked> circle(std::string_view id) const;

  // kInvalidField on "facilities", "minutes", "profile", "moved", "removed", "within"; kTooLarge beyond kFacilitiesMax.
  Result<CoverageFound> study(const CoverageAsked& asked);
  // Greedy with a proven bound and a bounded exact search, among towns and the villages that are not covered, at most kCandidatesMax.
  Result<SitesFound> sites(const CoverageAsked& asked, uint32_t count);
  // What is lost when the roads of a shape are closed. kNotFound without a network; kInvalidField when the shape hits no road.
  Result<LossFound> without(const CoverageAsked& asked, const RoadShape& shape);
  // The stations of a question, after what was moved, added and removed; for drawing.
  Result<std::vector<Facility>> stations(const CoverageAsked& asked) const;

  // Villages that a search has reached, by its limits; only those in one of the places.
  std::vector<VillageCount> villages_reached(const ReachAsked& asked, const ReachFound& found, std::span<const PlaceCode> visible);
  std::shared_ptr<const CoveredVillages> villages();

 private:
  struct OnNetwork;
  struct Study;
  struct Reacher;

  Result<std::vector<Facility>> facilities(const CoverageAsked& asked) const;
  Result<std::shared_ptr<const OnNetwork>> on_network(const std::shared_ptr<RoadMetrics>& metrics, size_t profile, const std::shared_ptr<const CoveredVillages>& villages);
  Result<Reacher> reacher(const CoverageAsked& asked);
  Result<std::shared_ptr<Study>> study_of(const CoverageAsked& asked);

  const Pack& pack_;
  const Roads& roads_;
  const RecordIndex& records_;
  const Places& places_;
  const Clock& clock_;
  const PlaceCode top_;

  std::mutex mutex_;
  std::shared_ptr<const CoveredVillages> villages_;
  Millis villages_at_{};
  std::list<std::shared_ptr<const OnNetwork>> on_network_;  // newest first
  std::list<std::shared_ptr<Study>> studies_;               // newest first
  std::mutex villages_mutex_, network_mutex_;               // one thread at a time works them out
};

}  // namespace anlan
