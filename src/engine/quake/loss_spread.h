// Quantiles of what an ensemble says: plain, and of lognormal spreads about several models with weights.
#pragma once

#include <span>
#include <vector>

#include "quake/losses.h"

namespace anlan::quake {

// Equally weighted; straight lines between the middles of the steps. All zero for no values. Reorders `values`.
Range range_of(std::span<double> values);

// Values with weights.
class Mixture {
 public:
  void clear() { values_.clear(); }
  void add(double value, double weight) {
    if (weight > 0) values_.push_back({value, weight});
  }
  Range range();
  // Share of the weight in [from, to).
  double share(double from, double to) const;

 private:
  struct Value {
    double value, weight;
  };
  std::vector<Value> values_;
};

// The standard normal number that a share p of all lies below, 0 < p < 1.
double normal_quantile(double p);
// `n` standard normal numbers of equal weight: the middles of n equal steps of probability, ascending.
std::vector<double> normal_steps(size_t n);

// Median and deviation of the logarithm of a ratio given by its quantiles; {0, 0} for a range of zeros.
struct Ratio {
  double median = 0, sigma_ln = 0;
};
Ratio ratio_of(const Range& range);

}  // namespace anlan::quake
