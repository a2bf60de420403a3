// The fires that satellites have seen of late, and the alarms that follow: one over each town with a fire, or at each
// forest block that a fire is near. Detections arrive again and again, in files that overlap; each counts once.
//
// A detection belongs to the county whose boundary holds it, and there to the nearest town; where no boundary is known,
// to the nearest town within kTownKm. What lies outside the node's place is left alone. Detections are joined to fires
// (protocols/firms.h). A fire within kNearKm of a forest block is that block's, any other its town's; its first detection
// names the town.
//
// The level follows from the radiative power that one pass of satellites saw at once (kPass): the same fire is seen by
// several, and their sum would count it several times. It is the highest of the passes that are remembered.
//
// Pure: told the time, touches nothing. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/point_grid.h"
#include "protocols/firms.h"
#include "registry/place_index.h"
#include "signals/commands.h"

namespace anlan {

struct ForestBlock {
  RecordId record;
  std::string name;
  PlaceCode place;
  LonLat at;
};

class FireSpots {
 public:
  static constexpr size_t kDetectionsMax = 200'000;  // remembered; what comes beyond waits for the oldest to go
  static constexpr double kNearKm = 3;               // of a forest block: the fire is its own
  static constexpr double kNamedKm = 50;             // the nearest forest block is named up to here
  static constexpr double kTownKm = 30;              // of a town, where no boundary says whose ground it is
  static constexpr Millis kPass = minutes(30);
  static constexpr Millis kAhead = hours(1);         // of the node's clock; further is a fault

  // The positions of towns everywhere in the index; what is not in `within` belongs to others. O(places).
  void set_places(std::shared_ptr<const PlaceIndex> places, PlaceCode within);
  void set_blocks(std::vector<ForestBlock> blocks);
  // An alarm of the rule that stands in the tables.
  void restore(RecordId link, PlaceCode place, WarningLevel level, UtcTime at);

  struct Taken {
    size_t added = 0, repeated = 0, elsewhere = 0;
    size_t out_of_time = 0;  // older than the rule remembers, or ahead of the clock
    size_t too_many = 0;
  };
  // O(detections log remembered).
  Taken take(std::span<const FireDetection> detections, const SpotRule& rule, UtcTime now);
  // What the tables should say that they have not been told. `complete` is false when not all sources could be read:
  // then nothing is cleared. An alarm that stood before the start is cleared when it is old enough and nothing has been
  // seen there since. Linear in what is remembered, times the blocks near it.
  std::vector<AlarmWanted> judge(const SpotRule& rule, bool complete, UtcTime now);

  size_t detections() const { return detections_.size(); }
  size_t fires() const { return fires_; }      // at the last judge()
  size_t alarms() const { return said_.size(); }  // that stand

 private:
  using Key = std::tuple<UtcTime, int32_t, int32_t, char>;  // time, position in 1e-5 degrees, satellite
  using Subject = std::pair<RecordId, PlaceCode>;           // a forest block, or a town
  struct Seen {
    FireDetection detection;
    PlaceCode place;
  };
  struct Said {
    WarningLevel level = WarningLevel::blue;
    UtcTime at;
    PlaceCode place;
    bool restored = false;  // not seen since the start
  };
  struct Group;

  PlaceCode place_of(LonLat at) const;
  std::map<Subject, Group> groups() const;
  std::string name_of(const Group& group) const;

  std::shared_ptr<const PlaceIndex> places_;
  PlaceCode within_;
  PointGrid<uint32_t> towns_{20};  // by index of the place table
  std::vector<ForestBlock> blocks_;
  PointGrid<uint32_t> block_grid_{20};
  std::map<Key, Seen> detections_;
  std::map<Subject, Said> said_;
  mutable size_t fires_ = 0;
};

}  // namespace anlan
