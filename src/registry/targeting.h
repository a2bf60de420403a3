// Whom a warning calls: area × hazard × level × time → posts → people.
//
// A post is called when its rank is called at this level (pack.call_rule), it answers for the hazard, it is valid now,
// and
//   - it answers for a place that the warning touches (target_places.h), or
//   - it answers for a record whose position lies inside, wherever its own place is. A record without position counts
//     as lying at the post's place.
// A person is called once, for the main post: the one at the most specific place, of those the one of highest rank, of
// those the oldest. The other posts are listed with it. Posts nobody holds are listed apart.
//
// Everything is linear in the posts of the touched places; no hash maps, no strings.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "registry/directory.h"
#include "registry/target_places.h"

namespace anlan {

// Records that posts may answer for, as three arrays of one length. Ids ascending; a longitude of NaN: no position.
struct RecordPositions {
  std::span<const int64_t> ids;
  std::span<const LonLat> points;
  std::span<const PlaceCode> places;
};

struct Target {
  uint32_t person = 0;
  uint32_t post = 0;  // the main one
  PlaceCode place;    // of the main post
  uint8_t rank = 0;   // index in pack.ranks, of the main post
  bool outside = false;  // all their posts are at places the warning does not touch
  uint32_t extra_begin = 0, extra_count = 0;  // further posts, in Targets::extra_posts
};

struct Vacancy {
  uint32_t post = 0;
  PlaceCode place;
  uint8_t rank = 0;
  bool outside = false;
};

struct Targets {
  std::vector<Target> people;         // by rank, place, person
  std::vector<uint32_t> extra_posts;  // of each person: by place, rank, post
  std::vector<Vacancy> vacant;        // by rank, place, post
  std::vector<TouchedPlace> places;   // touched, in code order
  std::vector<uint32_t> villages_empty;  // touched villages (indexes of the PlaceTable) where nobody answers for this hazard
  size_t posts() const { return people.size() + extra_posts.size() + vacant.size(); }
  std::span<const uint32_t> extras(const Target& t) const { return std::span(extra_posts).subspan(t.extra_begin, t.extra_count); }
};

struct TargetQuery {
  std::string_view hazard;
  WarningLevel level = WarningLevel::blue;
  UtcTime now;
};

Targets resolve(const Directory& directory, const RecordPositions& records, const TargetPlaces& places,
                const PreparedArea& area, const TargetQuery& query);

// For a warning given as a list of places: all below them, and what stands above. A record lies inside when its place is
// one of them or below.
Targets resolve(const Directory& directory, const RecordPositions& records, const TargetPlaces& places,
                std::span<const PlaceCode> codes, const TargetQuery& query);

}  // namespace anlan
