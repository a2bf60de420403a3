// The fire weather index of every fire_weather_site, once a day, from what its four links said at noon: a reading of the
// site like any other, so that history, rules and screens need to know nothing of it.
//
// Noon is 12:00 of the standard time of China (UTC+8). Of thermometer, hygrometer and wind gauge counts the reading nearest
// to noon, at most an hour away; of the rain gauge the sum of the 24 h before noon, in which at least 18 hours must have
// a reading. What lies outside the range of its type does not count. An index appears from 13:00 on, stamped noon, so
// that it does not depend on when it was computed. Without one of the inputs there is none, and the site becomes silent;
// inputs that come later are still used for two days.
//
// Moisture codes are not stored: they are carried from day to day over the kept readings, from 85/6/15 on the first complete
// day of the last kDaysBack. A day without complete weather leaves them as they were; after more than kGapMax such days
// in a row they begin anew. So the same history gives the same index, whenever the node has been started.
//
// Source: engine/hazard/fire_weather.h. The wind is converted from m/s to km/h.
// Cost: one comparison until the next full ten minutes; then, while a site lacks an index, one pass over the links and
// O(readings of kDaysBack) per site, at most kSitesMax sites a call. One thread.
#pragma once

#include <map>

#include "signals/watch.h"

namespace anlan {

class FireWeatherFeed {
 public:
  static constexpr int kDaysBack = 120, kGapMax = 10;
  static constexpr size_t kSitesMax = 20;

  // The watch and the records must outlive it. Without a history, or a pack without the type, it does nothing.
  FireWeatherFeed(Watch& watch, const RecordIndex& records) : watch_(watch), records_(records) {}

  // Hands the watch what is due; how many indices that were. What the disk refuses is tried again.
  size_t run(UtcTime now);

 private:
  Watch& watch_;
  const RecordIndex& records_;
  UtcTime next_{0};
  RecordId after_;                      // sites up to here have been looked at in this pass
  std::map<RecordId, int64_t> done_;    // the last day up to which nothing is missing
};

}  // namespace anlan
