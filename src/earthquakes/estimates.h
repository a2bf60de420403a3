// Estimates follow the facts: an earthquake that is reported or located better, a station, a survey point or another
// exposure makes a new one, first from the median field alone, then with draws. What changes while one is made begins it
// again. A drill is estimated like any other.
//
// Facts are noted on the writer's thread; tick() hands the work on. Any thread may read.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "earthquakes/estimate.h"
#include "journal/writer.h"

namespace anlan {

class Estimates : public Observer {
 public:
  using Later = std::function<void(std::function<void()>)>;
  static constexpr size_t kKept = 6;              // estimates in memory
  static constexpr Millis kAgain = hours(72);     // an earthquake older than this is not estimated anew by itself

  Estimates(const Pack& pack, Attachments& attachments, BuildingStock& stock, Store& store, Clock& clock, PlaceCode place, int utc_offset_minutes,
            std::function<void(Command)> submit);
  void work_on(Later later) { later_ = std::move(later); }
  // Earthquakes of the last days whose newest version has no estimate.
  void load(Reader& reader);
  void on_committed(const std::vector<RecordedFact>& facts) override;
  void tick(UtcTime now);

  // What stands now, worked out if it is not in memory. kNotFound.
  Result<std::shared_ptr<const Estimate>> of(Reader& reader, int64_t earthquake);
  bool working(int64_t earthquake) const;

 private:
  void run(int64_t earthquake);
  void want_recent(Reader& reader, bool all);
  Result<EstimateBasis> basis_of(Reader& reader, int64_t earthquake) const;
  void keep(int64_t earthquake, std::shared_ptr<const Estimate> estimate);
  void record(const Estimate& estimate);

  const Pack& pack_;
  Attachments& attachments_;
  BuildingStock& stock_;
  Store& store_;
  Clock& clock_;
  const PlaceCode place_;
  const int utc_offset_minutes_;
  std::function<void(Command)> submit_;
  Later later_ = [](std::function<void()> work) { work(); };

  mutable std::mutex mutex_;
  std::set<int64_t> wanted_, running_;
  std::map<int64_t, UtcTime> posted_;  // handed on and not begun; the workers may have refused it
  std::vector<std::pair<int64_t, std::shared_ptr<const Estimate>>> kept_;  // newest first
  bool stock_read_ = false, stock_changed_ = false;  // since the last tick; changed: by a fact
};

}  // namespace anlan
