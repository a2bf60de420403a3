// Where teams and vehicles were seen last: one position per record, in memory, at most kPositionsMax.
//
// No facts: they are many and mean little each. The table `positions` beside the facts keeps the last ones over a restart;
// save() gives the command that writes what has changed, at most every kPositionsSavedEvery, so that up to so much is lost
// in a crash. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/lonlat.h"
#include "journal/migrations.h"
#include "journal/writer.h"

namespace anlan {

inline constexpr size_t kPositionsMax = 100'000;
inline constexpr Millis kPositionsSavedEvery = seconds(30);
inline constexpr Millis kPositionAheadMax = minutes(5);   // a clock that runs ahead by less is taken for now
inline constexpr Millis kPositionAgeMax = hours(72);

struct SeenAt {
  RecordId record;
  LonLat position;
  UtcTime at;
  std::optional<double> speed_kmh;
};

class Positions {
 public:
  // The newer one stays: false when `seen` is no newer than what is known. kInvalidField for a position off the globe or a
  // time too far ahead or behind, kTooLarge at kPositionsMax.
  Result<bool> put(SeenAt seen, UtcTime now);
  std::optional<SeenAt> find(RecordId record) const;
  std::vector<SeenAt> all() const;  // by record

  void load(Reader& reader);
  // Nothing when nothing has changed or the last one is too recent. What could not be written is written the next time.
  // *this must outlive the command.
  std::optional<Command> save(UtcTime now);

 private:
  mutable std::mutex mutex_;
  std::map<RecordId, SeenAt> seen_;
  std::set<RecordId> unsaved_;
  UtcTime saved_{0};
};

std::vector<Migration> position_migrations();

}  // namespace anlan
