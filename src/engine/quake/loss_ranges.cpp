#include "quake/loss_ranges.h"

#include <algorithm>
#include <cmath>

namespace anlan::quake {

void Numbers::add(const DrawNumbers& draw) {
  for (size_t g = 0; g < kGrades; ++g) buildings[g] += draw.buildings[g];
  for (size_t m = 0; m < kCasualtyModels; ++m) dead[m] += draw.dead[m];
  area_destroyed += draw.area_destroyed, homeless += draw.homeless, loss += draw.loss, affected += draw.affected;
}

// The fewer draws, the finer the steps of each spread: about a thousand for each model in all.
Ranges::Ranges(const LossRules& rules, int month, size_t draws)
    : rules_(rules), winter_(month <= 3 || month >= 11), steps_(std::clamp<size_t>(1000 / std::max<size_t>(1, draws), 8, 64)) {
  const auto normal = normal_steps(steps_);
  const std::array<Ratio, kKinds> ratios{Ratio{1, 0}, ratio_of(rules.injured_per_dead), ratio_of(rules.buried_per_dead)};
  for (size_t kind = 0; kind < kKinds; ++kind)
    for (size_t m = 0; m < kCasualtyModels; ++m)
      for (const double z : normal)
        factor_[kind][m].push_back(ratios[kind].median * std::exp(std::hypot(rules.sigma_ln[m], ratios[kind].sigma_ln) * z - rules.bias_ln[m]));
}

template <class F>
Range Ranges::mix(std::span<const Numbers> draws, const F& amount) {
  mixture_.clear();
  for (const auto& d : draws)
    for (size_t m = 0; m < kCasualtyModels; ++m)
      if (rules_.weight[m] > 0)
        for (size_t k = 0; k < steps_; ++k) mixture_.add(amount(d, m, k), rules_.weight[m]);
  return mixture_.range();
}

void Ranges::fill(std::span<const Numbers> draws, double people, TownshipLoss& out) {
  const auto plain = [&](const auto& get) {
    plain_.clear();
    for (const auto& d : draws) plain_.push_back(get(d));
    return range_of(plain_);
  };
  const auto of_people = [&](Kind kind) {
    return mix(draws, [&](const Numbers& d, size_t m, size_t k) { return std::min(people, of(kind, d, m, k)); });
  };
  for (size_t g = 0; g < kGrades; ++g) out.buildings_by_grade[g] = plain([g](const Numbers& d) { return d.buildings[g]; });
  out.area_destroyed_m2 = plain([](const Numbers& d) { return d.area_destroyed; });
  out.homeless = plain([](const Numbers& d) { return d.homeless; });
  out.loss_yuan = plain([](const Numbers& d) { return d.loss; });
  out.dead = of_people(kDead);
  out.injured = of_people(kInjured);
  out.buried = of_people(kBuried);
  out.needs.clear();
  for (const auto& need : rules_.needs) out.needs.push_back(of_need(draws, people, need));
}

Range Ranges::of_need(std::span<const Numbers> draws, double people, const Need& need) {
  const auto finish = [&](double amount) {
    amount = std::max(0.0, amount * (winter_ ? need.winter : 1));
    return need.cap > 0 ? std::min(amount, need.cap) : amount;
  };
  const auto by_shaking = [&](const Numbers& d) {
    return need.per_affected * d.affected + need.per_homeless * d.homeless + need.per_collapsed * d.buildings[kGrades - 1];
  };
  if (need.per_dead == 0 && need.per_injured == 0 && need.per_buried == 0) {
    plain_.clear();
    for (const auto& d : draws) plain_.push_back(finish(by_shaking(d)));
    return range_of(plain_);
  }
  return mix(draws, [&](const Numbers& d, size_t m, size_t k) {
    return finish(by_shaking(d) + need.per_dead * std::min(people, of(kDead, d, m, k)) + need.per_injured * std::min(people, of(kInjured, d, m, k)) +
                  need.per_buried * std::min(people, of(kBuried, d, m, k)));
  });
}

Range Ranges::of_model(std::span<const Numbers> draws, double people, size_t model) {
  mixture_.clear();
  for (const auto& d : draws)
    for (size_t k = 0; k < steps_; ++k) mixture_.add(std::min(people, of(kDead, d, model, k)), 1);
  return mixture_.range();
}

std::array<double, 5> Ranges::bins(std::span<const Numbers> draws, double people) {
  mix(draws, [&](const Numbers& d, size_t m, size_t k) { return std::min(people, of(kDead, d, m, k)); });
  return {mixture_.share(0, 0.5), mixture_.share(0.5, 9.5), mixture_.share(9.5, 99.5), mixture_.share(99.5, 999.5), mixture_.share(999.5, HUGE_VAL)};
}

}  // namespace anlan::quake
