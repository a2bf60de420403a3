// From shaking and exposure to what a township has lost: buildings by grade, dead, injured, homeless, needs, money.
//
// Numbers of people are never bare: each is a range from an ensemble (the draws of the field, the spread of each casualty
// model, the models against one another).
//
// What enters where, for each draw of the field:
// - damage by fragility at each place's own drawn shaking; with it buildings by grade, money (GB/T 18208.4-2011: area x
//   share of the grade x loss ratio x unit cost), homeless, and the shares destroyed for Ma & Xie and Yin, by township;
// - PAGER's two models at the intensity drawn for the event as a whole: they were fitted to smooth maps, so the scatter
//   from place to place is in them already and would count twice;
// - deaths of a model: computed x exp(-bias_ln + sigma_ln x a normal number), the same number for all townships;
// - injured and buried from the dead by ratios observed in past earthquakes, with their spread.
// - residents are the people of homes (of all buildings in an exposure without homes). No number of people exceeds them,
//   or those inside where they are more.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "quake/casualties.h"
#include "quake/damage.h"
#include "quake/exposure.h"
#include "quake/shaking.h"

namespace anlan::quake {

// Quantiles of a number.
struct Range {
  double p10 = 0, p50 = 0, p90 = 0, mean = 0;
};

// One declared type of building under one code: what the loss estimate needs to know of it.
struct LossClass {
  Fragility fragility;
  // Share collapsed by intensity 6, 6.5, 7 ... 12 (PAGER semi-empirical), and dead among those inside what collapsed.
  std::array<float, kCollapseLevels> collapse{};
  float dead_given_collapse = 0;
  std::array<float, kGrades> loss_ratio{};   // GB/T 18208.4: share of the cost of the building
  float cost_per_m2 = 0;                     // yuan
};

// Which casualty models take part and with what weight (their sum is 1).
enum class CasualtyModel : uint8_t { pager_empirical, pager_semi_empirical, ma_xie_2000, yin };
inline constexpr size_t kCasualtyModels = 4;

struct Need {
  std::string id;
  // amount = sum of factors x numbers, times `winter` from November to March, at most `cap` where it is positive (for
  // each township and for the whole).
  double per_affected = 0, per_homeless = 0, per_dead = 0, per_injured = 0, per_buried = 0, per_collapsed = 0;
  double cap = 0;
  double winter = 1;
};

struct LossRules {
  std::vector<LossClass> classes;                    // [type * kCodeLevels + code]
  std::array<double, kCasualtyModels> weight{};
  // ln(computed / observed) deaths over past earthquakes: its mean, which is taken off, and the deviation with the
  // shaking known.
  std::array<float, kCasualtyModels> bias_ln{}, sigma_ln{};
  // p10, p50, p90 of observed ratios; all zero: not estimated. Buried: dug out alive and dead, Tangshan 2.4, Wenchuan 2.2.
  Range injured_per_dead, buried_per_dead{1.5, 2.3, 3.5, 2.4};
  std::array<float, kGrades> homeless_share{};       // of the residents of buildings of each grade
  std::vector<Need> needs;
  Occupancy occupancy{};
};

// kInvalidField for a number that makes no sense, named by its place in the rules.
Result<void> check(const LossRules& rules);

inline constexpr uint32_t kDrawsMax = 1000;
inline constexpr size_t kTownshipsMax = 1'000'000;
struct LossRequest {
  int local_hour = 3, month = 1;
  uint32_t draws = 100;                              // 0: the median field alone, at once; at most kDrawsMax
  uint64_t seed = 1;
  std::vector<double> people_per_km2;                // by township; empty: 100
  unsigned threads = 0;                              // 0: as many as there are cores
};

struct TownshipLoss {
  std::array<double, 7> people_by_degree{};          // residents with a median intensity of 6 up to 7, 7 up to 8 ... 12
  double people = 0, buildings = 0;                  // all of the township
  float intensity_max = 0, intensity_mean = 0;       // of the median field; mean weighted by people
  std::array<Range, kGrades> buildings_by_grade;
  Range area_destroyed_m2, dead, injured, buried, homeless, loss_yuan;
  std::vector<Range> needs;                          // as in the rules
};

struct LossEstimate {
  TownshipLoss total;                                // of the townships below that are not zero
  std::vector<TownshipLoss> townships;               // by place; those without shaking of 5.5 or more are all zero
  std::array<Range, kCasualtyModels> dead_by_model;  // of the whole, so that a reader sees how they differ
  std::array<double, 5> dead_bins{};                 // probability of 0, 1-9, 10-99, 100-999, 1000 and more dead
  uint32_t draws = 0;                                // made
};

// `go_on` is asked between draws, on the calling thread; false stops early with the draws made so far (at least one).
// O(draws x assets within reach + townships x draws log draws). Deterministic for a seed whatever the number of cores.
// kInvalidField: rules that do not check, an hour or month off the clock, columns of unequal length, numbers that are not
// finite or negative, assets that name no site, township or class. kTooLarge: more draws, townships or
// both multiplied than memory is for.
Result<LossEstimate> estimate(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request,
                              const std::function<bool(uint32_t done)>& go_on = {});

}  // namespace anlan::quake
