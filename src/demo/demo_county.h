// The people and objects of the demonstration: 积石山县 with all its villages, its neighbours in 临夏州 more thinly.
//
// Gaps are made on purpose, as every register has them: vacant posts, people without a number, numbers that two people
// share or that nobody confirmed for long, villages where nobody is named.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "registry/people_attachment.h"
#include "registry/place_index.h"
#include "registry/records.h"

namespace anlan {

// Shares of the gaps.
inline constexpr double kVacantShare = 0.04, kNoPhoneShare = 0.03, kSharedPhoneShare = 0.02, kStalePhoneShare = 0.05;

struct DemoCounty {
  std::vector<ImportedPerson> persons;  // ids from first_person on
  std::vector<ImportedPost> posts;
  std::map<std::string, std::vector<RecordState>> records;  // by type; ids from first_record on, without gaps in all
  PersonId cadre;  // a village secretary in the area of the rainstorm
};

struct DemoCountyStart {
  int64_t first_person = 1, first_post = 1, first_record = 1;
  UtcTime now;  // numbers were confirmed some time before
};

// Pure. Kinds of posts and types of records that the pack lacks are left out.
DemoCounty make_demo_county(const PlaceTable& places, const Pack& pack, const DemoCountyStart& start, uint64_t seed);

}  // namespace anlan
