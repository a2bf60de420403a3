// Who is covered: which places (villages, each with its people) a set of facilities reaches within each limit, by whom
// first, by how many, by one alone; what changes when a facility moves or a road is lost; whether standards are met.
//
// Input are lists, one for each facility: the places it reaches and in how many ms, as a bounded search gives them. Places
// and facilities are numbered from 0. Entries beyond the last limit are passed over; of two for one place the earlier counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "roads/reached.h"

namespace anlan::roads {

inline constexpr size_t kCoverageLimitsMax = 16;

struct NearestFacility {
  uint32_t facility = kNone;  // of several at the same time the lowest
  Weight ms = kUnreachable;
  bool operator==(const NearestFacility&) const = default;
};

struct PeopleCount {
  uint64_t people = 0;
  uint32_t places = 0;
  bool operator==(const PeopleCount&) const = default;
};

// Kept current while facilities come, move and go; equal, after any series of changes, to one built afresh. One thread.
// A change costs, for each place of the old and the new list, the number of facilities that reach that place (a move of
// memory), and O(limits).
class CoverageState {
 public:
  // `people` of every place; 1 to kCoverageLimitsMax ascending limits (CHECK). O(entries log overlap).
  CoverageState(std::vector<uint32_t> people, std::vector<Weight> limits, const ReachLists& facilities = {});

  uint32_t add(std::span<const PlaceTime> list);               // returns the number of the new facility
  void move(uint32_t facility, std::span<const PlaceTime> list);
  void remove(uint32_t facility) { move(facility, {}); }       // its number stays, and reaches nothing

  std::span<const Weight> limits() const { return limits_; }
  std::span<const uint32_t> people() const { return people_; }
  uint32_t facilities() const { return static_cast<uint32_t>(list_of_.size()); }

  PeopleCount covered(size_t limit) const { return covered_[limit]; }
  PeopleCount of(uint32_t facility, size_t limit) const { return within_[facility * limits_.size() + limit]; }
  // What is lost at this limit when the facility goes: the places that no other one reaches.
  PeopleCount alone(uint32_t facility, size_t limit) const { return alone_[facility * limits_.size() + limit]; }

  NearestFacility nearest(uint32_t place) const;
  std::vector<NearestFacility> nearest() const;
  uint32_t overlap(uint32_t place, size_t limit) const;  // how many facilities reach it
  // Places that none reaches within the limit, most people first, then by number.
  std::vector<uint32_t> gaps(size_t limit) const;

 private:
  struct Visit {
    Weight ms;
    uint32_t facility;
    auto operator<=>(const Visit&) const = default;
  };
  void count(uint32_t place, bool add);
  void set_list(uint32_t facility, std::span<const PlaceTime> list);

  std::vector<uint32_t> people_;
  std::vector<Weight> limits_;
  std::vector<std::vector<PlaceTime>> list_of_;  // of each facility: by place, each once
  std::vector<std::vector<Visit>> visits_;       // of each place: ascending
  std::vector<PeopleCount> covered_, within_, alone_;
};

// One place that is reached later than before, or no longer.
struct Setback {
  uint32_t place = 0, people = 0;
  NearestFacility before, after;  // after.facility == kNone: no one within the last limit
};
struct Difference {
  std::vector<Setback> worse;            // most people first, then by place
  std::vector<PeopleCount> lost, won;          // by limit: places no longer covered, newly covered
  PeopleCount slower, faster;                  // reached later or earlier, or no longer or newly
};
// What a closed bridge or a moved station does: nearest() before and after. All spans have one entry for each place.
Difference compare(std::span<const NearestFacility> before, std::span<const NearestFacility> after, std::span<const uint32_t> people,
                   std::span<const Weight> limits);

// A share of people, or of places, that should be reached within a time; declared in the pack with its source.
struct Standard {
  std::string id;
  Weight limit_ms = 0;
  double share = 1;  // 0 .. 1
  bool of_people = true;
};
struct StandardResult {
  uint32_t standard = 0;  // index
  uint32_t group = kNone; // kNone: all places together
  PeopleCount all, within;
  double share = 1;       // reached; 1 where there is nobody to reach
  bool met = true;
};
// For each standard: all places, then each group (county) below `groups`. Places of other groups count in the whole only.
std::vector<StandardResult> check_standards(std::span<const Standard> standards, std::span<const NearestFacility> nearest,
                                            std::span<const uint32_t> people, std::span<const uint32_t> group_of_place, uint32_t groups);

}  // namespace anlan::roads
