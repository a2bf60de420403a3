// What the sensors of the demonstration say: two days of history, then a reading a minute.
//
// Light rain here and there; rivers and slopes that hardly move, but for one river that has risen above its warning level,
// so that there is a situation to take; and, while the rainstorm evening plays, heavy rain on the towns it warns of.
// Every value follows from the seed, the link and the minute.
#pragma once

#include "loop/node.h"

namespace anlan {

class DemoSensors {
 public:
  DemoSensors(Node& node, uint64_t seed);

  // Sends what is due since the last reading of each link, once a minute. storm: says where it pours now. On the timer's
  // thread.
  void tick(UtcTime now, const std::function<std::vector<PlaceCode>()>& storm);

 private:
  struct Sensor {
    RecordId link;
    std::string code;
    PlaceCode place;
    std::string kind;
    double limit = 0;   // warning level, flood limit
    bool rising = false;
    Millis interval;
    UtcTime made;
    std::optional<UtcTime> last;
  };
  void find_sensors();
  double value(const Sensor& s, UtcTime at, bool pours) const;

  Node& node_;
  const uint64_t seed_;
  std::vector<Sensor> sensors_;
  UtcTime next_{0};
};

}  // namespace anlan
