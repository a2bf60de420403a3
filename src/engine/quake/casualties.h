// Rates of death by intensity and by damage: the published formulas, one small function each.
//
// Intensities are degrees (MMI and the Chinese scale are taken as equal), ratios and rates are shares of one. Every
// function takes any finite number and clamps it to where the formula holds; none falls when its argument grows, except
// the night factor. What the rates are worth against observed deaths is in calibration_test.cpp: a factor of 3 to 10
// either way is usual, so nobody shows one of these numbers without its range.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace anlan::quake {

// PAGER's empirical model for China (Jaiswal and Wald 2010; coefficients of fatality.xml and economy.xml v2.2):
// Phi(ln(I / theta) / beta). It was fitted to smooth maps whose last class is "9 and more", so it stays at its value of 9
// above that, and is zero below 5. The economic rate is the share of alpha x people x GDP per head that is lost.
double pager_death_rate(double intensity);
double pager_loss_rate(double intensity);
inline constexpr double kPagerDeathSpread = 1.526472;  // deviation of ln(observed / computed) that PAGER states
inline constexpr double kPagerLossSpread = 2.056720;
inline constexpr double kPagerLossAlpha = 9.794960;

// PAGER's semi-empirical model (Jaiswal and Wald 2010, values for China): share of buildings of a type that collapse at
// intensity 6, 6.5 ... 9 and dead among those inside. The published table ends at 9 ("9 and more"): flat above.
inline constexpr size_t kCollapseLevels = 13;  // 6, 6.5 ... 12
struct PagerType {
  std::string_view id, zh;
  std::array<float, kCollapseLevels> collapse;
  float dead_given_collapse;
  float rural, urban;  // share of the people of rural and of urban homes who live in it, about 2005
};
std::span<const PagerType> pager_types();
// Straight lines between the levels; from 6 down to none at 5.5.
double collapse_share(std::span<const float, kCollapseLevels> collapse, double intensity);

// Ma Yuhong and Xie Lili 2000: dead = people x rate(share of the floor area that is destroyed) x time x density.
double ma_xie_death_rate(double destroyed);
double ma_xie_density_factor(double people_per_km2);
// 1 by day (10 to 17 h); by night (22 to 5 h) 17 at intensity 6, 8, 4, 2, and 1.5 from 10 on, geometric between; in
// the hours between, the root of the night factor, which is ours: the paper knows day and night only.
double ma_xie_time_factor(int local_hour, double intensity);

// Yin Zhiqian 1991: dead among those inside, from the share destroyed plus half of the share severely damaged.
double yin_death_rate(double destroyed_and_half_severe);

}  // namespace anlan::quake
