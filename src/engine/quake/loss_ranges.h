// Turns the draws of one township, or of all together, into ranges.
#pragma once

#include <span>
#include <vector>

#include "quake/loss_plan.h"
#include "quake/loss_spread.h"
#include "quake/losses.h"

namespace anlan::quake {

// What one draw gave, in double for sums over townships.
struct Numbers {
  std::array<double, kGrades> buildings{};
  double area_destroyed = 0, homeless = 0, loss = 0, affected = 0;
  std::array<double, kCasualtyModels> dead{};
  void add(const DrawNumbers& draw);
};

// One for each thread: it keeps its scratch. The rules must live as long.
class Ranges {
 public:
  Ranges(const LossRules& rules, int month, size_t draws);

  // No number of people exceeds `people`.
  void fill(std::span<const Numbers> draws, double people, TownshipLoss& out);
  // Dead by one model alone, and the probability of 0, 1-9, 10-99, 100-999, 1000 and more by all.
  Range of_model(std::span<const Numbers> draws, double people, size_t model);
  std::array<double, 5> bins(std::span<const Numbers> draws, double people);

 private:
  enum Kind : size_t { kDead, kInjured, kBuried, kKinds };
  double of(Kind kind, const Numbers& draw, size_t model, size_t step) const { return draw.dead[model] * factor_[kind][model][step]; }
  template <class F>
  Range mix(std::span<const Numbers> draws, const F& amount);
  Range of_need(std::span<const Numbers> draws, double people, const Need& need);

  const LossRules& rules_;
  bool winter_;
  size_t steps_;
  // Of a kind to a model's deaths at each step of its spread. A model's spread and a ratio's are taken together: both
  // are lognormal.
  std::array<std::array<std::vector<double>, kCasualtyModels>, kKinds> factor_;
  std::vector<double> plain_;
  Mixture mixture_;
};

}  // namespace anlan::quake
