// Rules of loss for tests and benchmarks: PAGER's building types for China (index as in pager_types()) with fragilities
// of the HAZUS equivalent-PGA kind, and the weights that calibration_test.cpp finds. The product takes its rules from
// the pack.
#pragma once

#include <array>
#include <cmath>
#include <string_view>

#include "quake/losses.h"

namespace anlan::quake::fixture {

using Medians = std::array<double, kGrades - 1>;  // g

// Section 6.4 of the domain reference: the HAZUS type that stands for each, by code level.
inline std::array<Medians, kCodeLevels> medians(std::string_view id) {
  constexpr Medians kUrml{.13, .17, .26, .37}, kUrmmPre{.09, .13, .21, .38}, kUrmmLow{.10, .16, .27, .46}, kRm1Low{.14, .19, .35, .63},
      kRm1Moderate{.18, .26, .51, 1.03}, kC3Pre{.09, .14, .25, .41}, kC3Low{.11, .17, .32, .51}, kC1Pre{.09, .13, .26, .43},
      kC1Low{.12, .17, .32, .54}, kC1Moderate{.13, .21, .49, .89}, kC1High{.15, .27, .73, 1.61}, kC2Low{.12, .19, .38, .63},
      kC2Moderate{.15, .26, .55, 1.02}, kC2High{.17, .36, .87, 1.95}, kS3{.10, .13, .20, .38}, kW1{.18, .29, .51, .77};
  constexpr Medians kAdobe{.8 * .13, .8 * .17, .8 * .26, .8 * .37};
  if (id == "A") return {kAdobe, kAdobe, kAdobe, kAdobe};
  if (id == "RS" || id == "UFB1") return {kUrml, kUrml, kUrml, kUrml};
  if (id == "UFB" || id == "UCB") return {kUrmmPre, kUrmmLow, kRm1Low, kRm1Moderate};
  if (id == "C3") return {kC3Pre, kC3Low, kC3Low, kC1Moderate};
  if (id == "C1") return {kC1Pre, kC1Low, kC1Moderate, kC1High};
  if (id == "C2") return {kC2Low, kC2Low, kC2Moderate, kC2High};
  if (id == "S5") return {kS3, kS3, kS3, kS3};
  return {kW1, kW1, kW1, kW1};
}

inline LossRules loss_rules() {
  constexpr double kGravity = 9.80665;
  LossRules rules;
  for (const auto& type : pager_types()) {
    const auto by_code = medians(type.id);
    for (size_t code = 0; code < kCodeLevels; ++code) {
      LossClass c;
      for (size_t i = 0; i < kGrades - 1; ++i) c.fragility.median[i] = by_code[code][i] * kGravity, c.fragility.beta[i] = 0.4;
      for (size_t i = 0; i < kCollapseLevels; ++i) c.collapse[i] = type.collapse[i] / static_cast<float>(code + 1);
      c.dead_given_collapse = type.dead_given_collapse;
      c.loss_ratio = {.02f, .10f, .30f, .70f, .95f};
      c.cost_per_m2 = type.id == "A" || type.id == "RS" ? 600 : type.id[0] == 'C' ? 2500 : 1500;
      rules.classes.push_back(c);
    }
  }
  rules.weight = {.35, .15, .20, .30};
  rules.bias_ln = {.5f, 1.5f, 1.2f, .7f};
  rules.sigma_ln = {1.5f, 1.5f, 1.5f, 1.5f};
  rules.injured_per_dead = {2, 8, 40, 15};
  rules.buried_per_dead = {1.5, 2.3, 3.5, 2.4};
  rules.homeless_share = {0, 0, .2f, 1, 1};
  rules.occupancy = usual_occupancy();
  rules.needs = {{.id = "tents", .per_homeless = .25, .winter = 1}, {.id = "quilts", .per_homeless = 1, .winter = 2},
                 {.id = "doctors", .per_injured = .11},             {.id = "stretchers", .per_injured = .08},
                 {.id = "beds", .per_injured = .215},               {.id = "food_kg", .per_affected = .5},
                 {.id = "rescuers", .per_dead = 2.94, .per_buried = 1, .cap = 150'000}};
  return rules;
}

// Shaking of every measure from an intensity by the relations of GB/T 17742-2020.
inline void add_site(Field& field, double intensity, float between = 0, float within = 0) {
  const auto put = [&](Measure m, double mean, float scale) {
    field[m].mean.push_back(static_cast<float>(mean));
    field[m].between.push_back(between * scale);
    field[m].within.push_back(within * scale);
  };
  const double ln10 = std::log(10.0);
  put(Measure::pga, (intensity - 6.59) / 3.17 * ln10, static_cast<float>(ln10 / 3.17));
  put(Measure::pgv, (intensity - 9.77) / 3.00 * ln10, static_cast<float>(ln10 / 3.00));
  put(Measure::intensity, intensity, 1);
}

// Homes of `people` at a site by the mix of PAGER's types: `rural` of them rural. One asset for each type.
inline void add_homes(Exposure& exposure, uint32_t site, uint32_t place, double people, double rural, CodeLevel code = CodeLevel::pre) {
  uint16_t index = 0;
  for (const auto& type : pager_types()) {
    const double share = rural * type.rural + (1 - rural) * type.urban;
    const double here = people * share;
    if (share > 0)
      exposure.assets.push_back({site, place, index, code, Use::home, static_cast<float>(here / 4), static_cast<float>(here * 30), static_cast<float>(here)});
    ++index;
  }
}

}  // namespace anlan::quake::fixture
