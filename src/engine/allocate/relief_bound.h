// A proven lower bound on the value of every plan, and the prices that come with it.
//
// Lagrangian relaxation. Prices: mu ≥ 0 per unit of each shelf; for each group of vehicles a price of one kilogram of
// capacity for one minute, theta(t) ≥ 0, with V(t) the integral of theta from t to the end of duty. Given them every line
// buys on its own: a unit from depot i that arrives at t costs
//     per_minute × t + mu + sigma × m × (V(b) − V(c)) + driving share,     b = t − road − load + p_i,  c = t + unload + r_j,
// or stays unmet. The bound is what all lines pay at their cheapest, less mu × stock, less what the vehicles would earn by
// selling all their time: sum of kg × (V(ready) − V(end)).
//
// Why it never exceeds the best plan. r is any number per place, p_i ≥ r_j − road(i, j) for all j. In any route
// b of a trip ≥ c of the trip before it, because the way from the place to the next depot takes ≥ r − p; so the spans
// [b, c] do not overlap and V(b) − V(c) sums to at most V(ready) − V(end) where ready = min over depots of available +
// approach + p, end = end of duty + r. The loads of a trip carry at most kg in the measure sigma (kilograms, or cubic
// metres × the smallest kg/m3 of the group), m × load ≤ kg where m > 1 says that depot and line hold less than the smallest
// vehicle takes. So in every plan the time bought ≤ the time sold, stock bought ≤ stock, and the rest is its value. Windows
// bind only by the earliest possible arrival; what is left out makes the bound lower, never wrong. No unit arrives before the
// first vehicle that can stand at its depot has loaded and driven.
//
// Vehicles are grouped by size and by how far from all places they stand; a far group's p is larger, so that neither its way
// there is forgotten nor its first trip from a far depot charged twice.
//
// The ascent is a subgradient method with steps scaled per price (Duchi, Hazan, Singer 2011), the choice of depots
// smoothed for the direction only. Deterministic. A full step costs lines × 240 shelves
// × groups, the others lines × kActive × groups.
#pragma once

#include <cstdint>
#include <vector>

#include "allocate/relief_index.h"

namespace anlan::allocate {

// What the search is guided by.
struct Prices {
  std::vector<double> unit;                     // lambda: per line
  std::vector<double> shelf;                    // mu
  std::vector<std::vector<float>> time;         // per group and minute: V, for one kilogram
  std::vector<std::vector<float>> way_back;     // r, per group and place
  int32_t first_min = 0;                        // of `time`
  double value_of_time(size_t group, double t) const;
};

class ReliefBound {
 public:
  explicit ReliefBound(const ReliefIndex& index);

  // Finds potentials, groups of vehicles and each line's nearby shelves. First; false when stopped: the bound stays 0.
  bool prepare(const Stop& stop);
  // One ascent step. Every tenth looks at all shelves and may raise the bound; between them each line looks at those that were
  // cheapest. False when stopped midway.
  bool step(const Stop& stop);

  // Sets the stock prices of one good to their best for the present price of time (a transport problem of its own, solved
  // exactly; not interruptible: about 0.1 s for 300 lines). False when there is no such good.
  bool settle(size_t good);

  double best() const { return best_; }
  double last() const { return last_; }
  size_t group_of(size_t vehicle) const { return group_of_[vehicle]; }
  const Prices& prices() const { return prices_; }
  // For each place the depots that are cheapest for its lines under the last prices, at most `most_per_line` of each line.
  std::vector<std::vector<uint32_t>> cheap_depots(size_t most_per_line, const Stop& stop) const;

 private:
  struct Entry {
    uint32_t shelf = 0;
    uint16_t road = 0;
    float cap_kg = 0, cap_m3 = 0;  // what a trip can take at most; without a shelf cap_kg is the earliest arrival
  };
  struct Group {
    double kg_min = 0, kg_max = 0, kg_per_m3 = 1e6;
    int32_t smallest_class = 0;
    std::vector<uint32_t> vehicles;
    std::vector<double> ready, end;
    double begin = 0, bin = 1;
    std::vector<float> depot;           // p
    std::vector<float> place;           // r
    std::vector<double> theta, worth;   // per bin; V at its edges
    std::vector<double> use_at;         // scratch: units that begin (+) or end (−) within a bin, and their place in it
    std::vector<double> use_in;
    std::vector<double> square;         // of past directions
    double scale = 0;
    // table[d × kRhos + r]: least of c + rho × (V(c − d) − V(c)).
    std::vector<float> table;
    std::vector<double> mass;           // scratch: units × measure by table cell
    double v(double t) const;
    void add_point(double t, double kg);
  };
  static constexpr size_t kRhos = 24;
  static constexpr size_t kActive = 14;

  bool place_potentials(const Stop& stop);
  bool find_earliest(const Stop& stop);
  bool make_groups(const Stop& stop);
  void tabulate(Group& g) const;
  bool price_rests(const Stop& stop);
  double rho_index(double rho) const;

  const ReliefIndex& x_;
  std::vector<float> back_, lift_, near_;  // r; bounds of p
  std::vector<float> earliest_;           // by depot
  std::vector<Group> groups_;
  std::vector<uint32_t> group_of_;
  std::vector<float> rhos_;
  double rho_low_ = 1, rho_step_ = 1;
  int32_t d_step_ = 2, d_count_ = 0;
  std::vector<Entry> entries_;
  std::vector<size_t> first_entry_;    // by line
  std::vector<float> sigma_;           // [line × groups + group]
  std::vector<uint8_t> by_volume_;     // [place × groups + group]
  std::vector<double> mu_, mu_square_, mu_scale_;
  std::vector<double> lambda_;
  std::vector<float> flow_;            // scratch
  std::vector<float> rho_at_;          // [line × groups + group]: place of its rho in the table
  std::vector<uint32_t> active_;       // [line × kActive]: the cheapest entries when all were last looked at
  std::vector<uint8_t> active_count_;
  std::vector<double> rest_mu_;        // by line
  Prices prices_;
  double best_ = 0, last_ = 0;
  int steps_ = 0;
  bool ready_ = false;

  template <class Each>
  void each_offer(uint32_t line, bool all, Each each) const;
};

}  // namespace anlan::allocate
