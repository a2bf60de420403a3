// Builds and improves plans: vehicles take, in order of the time they would arrive, the trip that is worth most under the
// prices of the bound; then again and again some neighbouring vehicles lose their trips and take new ones, and the change is
// kept when the plan is no worse (large neighbourhood search: Shaw 1998).
//
// Not thread-safe; deterministic for one seed and one sequence of calls.
#pragma once

#include <cstdint>
#include <vector>

#include "allocate/relief_bound.h"
#include "allocate/relief_index.h"

namespace anlan::allocate {

class ReliefSearch {
 public:
  ReliefSearch(const ReliefIndex& index, uint64_t seed);

  struct Take {
    uint32_t line = 0, shelf = 0;
    int32_t amount = 0;
  };
  struct Leg {
    uint32_t depot = 0, place = 0;
    int32_t starts = 0, arrives = 0, driven = 0;
    double gain = 0;
    std::vector<Take> takes;
  };

  // From now on the prices of the bound, its depots and those near to what is missing are considered; without a bound (nullptr)
  // the latter alone. The plan stays. False when stopped: only what is const may be used then.
  bool guide(const ReliefBound* bound, const Stop& stop);
  // Gives vehicles that have duty left more trips. False when stopped before the end; the plan is valid all the same.
  bool construct(const Stop& stop);
  // One change. False when stopped; the plan is then as before.
  bool improve(const Stop& stop);

  double value() const { return x_.unmet_all - gain_; }
  const std::vector<std::vector<Leg>>& legs() const { return legs_; }
  const std::vector<int32_t>& left_of_line() const { return line_left_; }
  const std::vector<int32_t>& left_of_shelf() const { return shelf_left_; }

 private:
  struct Pair {
    uint32_t depot = 0, number = 0;  // number: of the depot among those considered
    uint16_t road = 0;
  };
  struct Kind {
    double kg = 0, m3 = 0;
  };
  struct Worth {
    float at_zero = 0, per_minute = 0;
  };
  struct Option {
    double score = 0;
    uint32_t pair = 0, place = 0;
    int32_t arrives = 0;
  };

  uint64_t dice();
  double unit() { return static_cast<double>(dice() >> 11) * 0x1p-53; }
  bool repair(std::vector<uint32_t> vehicles, const Stop& stop);
  bool choose(uint32_t vehicle, int32_t now, bool priced, Leg& leg);
  void fill(const Kind& kind, uint32_t depot, uint32_t place, int32_t arrives, bool priced, bool top_up, std::vector<Take>& takes, double& worth,
            double& per_minute) const;
  void add(uint32_t vehicle, Leg leg);
  void drop_all(uint32_t vehicle);
  void touch(uint32_t depot, uint32_t place);
  double true_gain(uint32_t vehicle, const Leg& leg) const;

  const ReliefIndex& x_;
  uint64_t state_;
  std::vector<std::vector<Leg>> legs_;
  std::vector<int32_t> line_left_, shelf_left_;
  std::vector<int64_t> place_left_;               // units over its lines
  std::vector<std::vector<uint32_t>> visitors_;   // vehicles by place, once per trip
  std::vector<std::vector<uint32_t>> neighbours_;
  double gain_ = 0;

  std::vector<Kind> kinds_;
  std::vector<uint32_t> kind_of_, group_of_;
  Prices prices_;
  std::vector<Pair> pairs_;
  std::vector<uint32_t> first_pair_;              // by place
  std::vector<uint32_t> considered_;              // depots
  std::vector<std::vector<uint32_t>> pairs_of_;   // by number
  std::vector<int32_t> number_of_;                // by depot, -1
  std::vector<uint16_t> approach_;                // [start × considered]
  std::vector<uint16_t> back_;                    // [place × considered]
  std::vector<Worth> worth_[2];                   // [kind × pairs]: unpriced, priced
  std::vector<float> noise_;                      // by place
  std::vector<int32_t> depot_time_;               // scratch
};

}  // namespace anlan::allocate
