// What follows from an alarm elsewhere (registry/alarm_rule.h, Chain): which records it reaches, and what level stands
// at each.
//
// A target's level is the highest that any of its sources gives it. When the last source that gave it clears, the level
// stands for `clear_after` more, then falls to what the others give. What stands here may feed the next chain in the
// same moment.
//
// Cost: a source that changes costs O(targets it reaches); a target that changes, O(sources that stand). Nothing goes
// over all records. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/point_grid.h"
#include "earthquakes/facts.h"
#include "registry/records.h"
#include "signals/commands.h"

namespace anlan {

// What an alarm is about.
struct AlarmSource {
  RecordId record;  // none: a place
  PlaceCode place;
  std::optional<LonLat> position;
  std::string code, name;
  bool operator==(const AlarmSource&) const = default;
};

class Chains {
 public:
  Chains(const Pack& pack, std::shared_ptr<const RuleBook> rules);

  bool reaches_type(std::string_view type) const { return types_.contains(type); }
  // A record of such a type as it is now; null when it is gone.
  void set_target(RecordId id, const RecordState* record, UtcTime now, std::vector<AlarmWanted>& out);
  // An alarm of any rule rose, changed or cleared, or what it is about has moved.
  void said(const std::string& rule, const AlarmSource& source, std::optional<WarningLevel> level, UtcTime at, UtcTime now, std::vector<AlarmWanted>& out);
  // All earthquakes that count now; only the largest shaking at a target does, and what none of them reaches any more
  // clears. O(targets x earthquakes).
  void shaken(std::span<const Earthquake> quakes, UtcTime now, std::vector<AlarmWanted>& out);
  // Levels whose time has come fall. O(those that wait).
  void advance(UtcTime now, std::vector<AlarmWanted>& out);
  // After a start, before the sources are said again: what the tables say. False: no such chain or target any more.
  bool restore(const std::string& chain, RecordId target, WarningLevel level, UtcTime changed_at);

  // What stands, to be kept by the chains that come after these.
  struct Stands {
    std::string chain;
    RecordId target;
    std::string name;
    PlaceCode place;
    WarningLevel level;
    UtcTime at;
    std::optional<UtcTime> quiet_since;
    double value = 0;
  };
  std::vector<Stands> standing() const;
  // Before the sources are said again; from `now` on it is quiet until they are. False as above.
  bool keep(const Stands& stands, UtcTime now);

 private:
  using SourceKey = std::pair<RecordId, PlaceCode>;  // the place of those without a record
  struct Target {
    std::string name;
    PlaceCode place;
    std::optional<LonLat> position;
    std::vector<std::vector<std::string>> named;      // by chain of its type: what its `by` field names
    std::vector<std::optional<double>> travel;        // minutes, likewise
  };
  struct Standing {  // a source of a chain
    AlarmSource source;
    WarningLevel level;  // that it gives
    UtcTime at;
  };
  struct Reached {
    std::map<SourceKey, WarningLevel> by;
    std::optional<WarningLevel> stands;
    std::optional<UtcTime> quiet_since;  // nothing gives the level that stands
    UtcTime at;
    std::optional<UtcTime> due;
    double value = 0;
  };
  struct Type {  // of targets
    std::vector<size_t> chains;
    std::unordered_map<RecordId, Target> targets;
    PointGrid<RecordId> grid;
    std::map<int64_t, std::set<RecordId>> by_place;                                     // by first_key
    std::unordered_map<std::string, std::set<RecordId>> by_name;                        // what any `by` field names
  };
  struct Link {
    const Chain* chain;
    Type* type;
    size_t in_type;  // its position in type->chains
    std::map<SourceKey, Standing> sources;
    std::unordered_map<RecordId, Reached> reached;
    std::set<RecordId> waiting;  // that have quiet_since
  };

  template <class F>
  void each_target(const Link& link, const AlarmSource& source, F f) const;
  bool reaches(const Link& link, const AlarmSource& source, const Target& target) const;
  void settle(Link& link, RecordId id, const Target& target, UtcTime now, std::vector<AlarmWanted>& out);
  void say(Link& link, RecordId id, const Target& target, Reached& reached, UtcTime now, std::vector<AlarmWanted>& out);

  std::shared_ptr<const RuleBook> rules_;
  std::map<std::string, Type, std::less<>> types_;
  std::vector<Link> links_;  // in the order of rules_->chains
};

}  // namespace anlan
