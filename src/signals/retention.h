// Removes readings older than the type of their link keeps them (`keep` of its signal). The rows of their hours stay
// (src/history/hours.h), so charts of years do.
//
// Once a day all links are looked at, a few with each call of run(), so that nobody waits for it: one call is bounded in
// links and in blocks of the history, some ten milliseconds in all. A restart begins the day's round anew, which costs
// one look at each link that has nothing to remove. The clock is the one it is handed; should it jump far ahead,
// readings are removed as if it were so late.
//
// One thread at a time.
#pragma once

#include <functional>
#include <vector>

#include "history/history.h"

namespace anlan {

class Watch;

struct KeptLink {
  LinkNumber link = 0;
  Millis keep;
};

class Retention {
 public:
  static constexpr size_t kLinksPerRun = 1'000, kBlocksPerRun = 200;
  static constexpr Millis kEvery = hours(24);

  // `links`: those whose type says how long, asked once a day.
  Retention(History& history, std::function<std::vector<KeptLink>()> links, std::function<void(std::string_view)> log)
      : history_(history), links_(std::move(links)), log_(std::move(log)) {}

  // True when there is more to do now.
  bool run(UtcTime now);
  // Readings removed since the start.
  uint64_t removed() const { return removed_; }

 private:
  History& history_;
  const std::function<std::vector<KeptLink>()> links_;
  const std::function<void(std::string_view)> log_;
  std::vector<KeptLink> round_;  // of today
  size_t next_ = 0;              // in it
  std::optional<UtcTime> began_;
  uint64_t removed_ = 0;
};

// The links with readings of their own whose type says how long they are kept. O(links).
std::vector<KeptLink> kept_links(const Watch& watch);

}  // namespace anlan
