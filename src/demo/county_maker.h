// Puts persons, posts and records of the demo county together, with ids and gaps. For demo_county.cpp and
// demo_objects.cpp.
#pragma once

#include <set>
#include <unordered_map>

#include "demo/demo_county.h"
#include "demo/dice.h"

namespace anlan {

struct NewPost {
  std::string_view kind;
  PlaceCode place;
  PersonId holder;
  PostId deputy, superior;
  std::string title;
  RecordId record;
};

class CountyMaker {
 public:
  CountyMaker(const PlaceTable& places, const Pack& pack, const DemoCountyStart& start, uint64_t seed);

  // A person; a sound one has a number that was confirmed lately.
  PersonId person(bool sound = false, std::string name = {});
  // A person, or nobody: some posts are vacant.
  PersonId maybe_person() { return dice.chance(kVacantShare) ? PersonId{} : person(); }
  // None when the pack lacks the kind.
  PostId post(const NewPost& post);
  ImportedPost& post(PostId id) { return county_.posts[static_cast<size_t>(id.value - start_.first_post)]; }
  // A record near its place, metres away at most. None when the pack lacks the type, or demands more than is given;
  // members that the type lacks or refuses are left out. Names are made unique within the place.
  RecordId record(std::string_view type, std::string name, PlaceCode place, double metres, const json::object& fields);
  // Writes the holder's name and number into the record's fields that name a keeper.
  void name_keeper(std::string_view type, PersonId keeper);  // of the last record of the type
  std::string day_before(int64_t days) const;                // "2026-11-01"

  DemoCounty take() { return std::move(county_); }

  const PlaceTable& places;
  Dice dice;
  std::vector<PersonId> outsiders;  // people in other counties, who may answer for objects in this one
  std::unordered_map<int64_t, PostId> town_heads;                   // by place
  std::unordered_map<int64_t, std::vector<PersonId>> village_people;  // by place
  std::unordered_map<int64_t, PostId> village_leaders;

 private:
  const Pack& pack_;
  const DemoCountyStart start_;
  DemoCounty county_;
  std::set<std::pair<PlaceCode, std::string>> record_names_;
  int64_t next_record_;
  int next_number_ = 1;
};

// Objects of every type near the villages, and the posts of those who answer for them.
void add_demo_objects(CountyMaker& maker);
// Sensors of every kind, and what takes its readings from them: villages, slopes, reaches, basins.
void add_demo_links(CountyMaker& maker);

}  // namespace anlan
