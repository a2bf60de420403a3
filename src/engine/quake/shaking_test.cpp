#include "quake/shaking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "quake/bssa14.h"
#include "quake/instrumental.h"
#include "quake/intensity_map.h"
#include "quake/local_frame.h"
#include "quake/national.h"
#include "quake/rupture.h"
#include "quake/site_class.h"

namespace anlan::quake {
namespace {

Event event_of(LonLat at, double ms, double strike = 40) {
  Event event;
  event.epicentre = at;
  event.magnitude = ms;
  event.depth_km = 14;
  event.strike = strike;
  return event;
}

Sites about(LonLat centre) {
  Sites sites;
  for (int i = 0; i < 1500; ++i) {
    sites.at.push_back({centre.lon + 0.004 * i * std::sin(i * 0.7), centre.lat + 0.003 * i * std::cos(i * 0.7)});
    sites.vs30.push_back(static_cast<float>((i * 37) % 1400));
  }
  return sites;
}

// The lanes against the same relations site by site in double.
TEST(Shaking, NationalLanesFollowTheReference) {
  for (const double ms : {4.5, 6.5, 7.6}) {
    for (const bool strike : {true, false}) {
      Event event = event_of({103, 31}, ms);
      if (!strike) event.strike.reset();
      const Sites sites = about(event.epicentre);
      const Field field = shake(event, sites, {Relations::national, Zone::kXinjiang}).value();
      const LocalFrame frame(event.epicentre);
      const double turn = 40 * wide::kPi / 180;
      for (size_t i = 0; i < sites.size(); ++i) {
        const Km km = frame.at(sites.at[i]);
        const auto y = [&](Measure measure) {
          const Ellipses e = ellipses(measure, Zone::kXinjiang, ms);
          if (!strike) return e.longer.at(std::hypot(km.east, km.north));
          return e.at(km.east * std::sin(turn) + km.north * std::cos(turn), km.east * std::cos(turn) - km.north * std::sin(turn));
        };
        const double rock = std::pow(10, y(Measure::pga) - 2), ii = class_ii_from_rock(rock);
        const SiteClass site = site_class(static_cast<double>(sites.vs30[i]));
        const double gain = std::log(site_factor(site, ii) * ii / rock), gain_ii = std::log(ii / rock);
        EXPECT_NEAR(static_cast<double>(field[Measure::pga].mean[i]), std::log(rock) + gain, 2e-3) << i;
        EXPECT_NEAR(static_cast<double>(field[Measure::pgv].mean[i]), (y(Measure::pgv) - 2) * wide::kLn10 + gain, 2e-3) << i;
        EXPECT_NEAR(static_cast<double>(field[Measure::intensity].mean[i]), std::clamp(y(Measure::intensity) + 3.17 / wide::kLn10 * (gain - gain_ii), 1.0, 12.0), 3e-3) << i;
      }
    }
  }
}

TEST(Shaking, BssaLanesFollowTheReference) {
  Event event = event_of({103, 31}, 7.4);
  event.mechanism = Mechanism::reverse;
  event.fault = {{{102.8, 30.8}, {103.3, 31.2}, 1, 20, 45}, {{103.3, 31.2}, {103.3, 31.6}, 0, 15, 90}};
  const Sites sites = about(event.epicentre);
  const Field field = shake(event, sites, {}).value();
  const Rupture rupture = Rupture::of(event.fault).value();
  const double mw = moment_magnitude(7.4);
  const Bssa14 pga = bssa14(Measure::pga, mw, event.mechanism, Anelastic::china), pgv = bssa14(Measure::pgv, mw, event.mechanism, Anelastic::china);
  for (size_t i = 0; i < sites.size(); ++i) {
    const double rjb = rupture.rjb(sites.at[i]), vs30 = sites.vs30[i] > 0 ? static_cast<double>(sites.vs30[i]) : 500;
    double a, v, phi_a, phi_v;
    bssa14_site(pga, rjb, vs30, bssa14_rock(pga, rjb), a, phi_a);
    bssa14_site(pgv, rjb, vs30, bssa14_rock(pga, rjb), v, phi_v);
    EXPECT_NEAR(static_cast<double>(field[Measure::pga].mean[i]), a, 1e-3);
    EXPECT_NEAR(static_cast<double>(field[Measure::pgv].mean[i]), v, 1e-3);
    EXPECT_NEAR(static_cast<double>(field[Measure::pga].within[i]), phi_a, 1e-4);
    EXPECT_NEAR(static_cast<double>(field[Measure::pga].between[i]), pga.tau, 1e-6);
    EXPECT_NEAR(static_cast<double>(field[Measure::intensity].mean[i]), instrumental_intensity(std::exp(a), std::exp(v)), 0.02);
  }
}

TEST(Shaking, DoesNotDependOnWhereASiteStandsInTheList) {
  const Event event = event_of({103, 31}, 7);
  Sites sites = about(event.epicentre);
  sites.vs30.clear();
  Sites many;
  for (int k = 0; k < 20; ++k) many.at.insert(many.at.end(), sites.at.begin(), sites.at.end());
  const Field few = shake(event, sites, {}).value(), all = shake(event, many, {}).value();
  for (size_t i = 0; i < many.size(); ++i) ASSERT_EQ(all[Measure::pgv].mean[i], few[Measure::pgv].mean[i % sites.size()]);
}

TEST(Shaking, ChoosesTheRelations) {
  Sites sites;
  sites.at = {{103.5, 31.3}};
  const auto pga = [&](const Event& event, Relations relations) { return shake(event, sites, {relations, Zone::kQinghaiTibet})->of[0].mean[0]; };
  Event event = event_of({103, 31}, 7);
  EXPECT_EQ(pga(event, Relations::automatic), pga(event, Relations::national));
  event.magnitude = 7.8;
  EXPECT_EQ(pga(event, Relations::automatic), pga(event, Relations::bssa14));
  event.strike.reset();
  EXPECT_EQ(pga(event, Relations::automatic), pga(event, Relations::national));
  EXPECT_NE(pga(event, Relations::bssa14), pga(event, Relations::national)) << "about the epicentre alone";
}

TEST(Shaking, ADeepEarthquakeShakesLess) {
  Sites sites;
  sites.at = {{103, 31}, {103.5, 31.3}, {106, 33}};
  for (const auto relations : {Relations::national, Relations::bssa14}) {
    Event event = event_of({103, 31}, 7);
    const Field shallow = shake(event, sites, {relations, Zone::kEast}).value();
    event.depth_km = kShallowKm;
    EXPECT_EQ(shake(event, sites, {Relations::national, Zone::kEast})->of[0].mean, shake(event_of({103, 31}, 7), sites, {Relations::national, Zone::kEast})->of[0].mean);
    event.depth_km = 540;
    const Field deep = shake(event, sites, {relations, Zone::kEast}).value();
    for (size_t i = 0; i < sites.size(); ++i) EXPECT_LT(deep[Measure::intensity].mean[i], 5) << i;
    EXPECT_LT(deep[Measure::pga].mean[0], shallow[Measure::pga].mean[0] - 2);
  }
}

TEST(Shaking, RefusesWhatMakesNoSense) {
  Sites sites;
  sites.at = {{103, 31}};
  const auto refused = [&](const Event& event, const Sites& at) {
    const auto field = shake(event, at, {});
    return !field && field.error().code == ErrorCode::kInvalidField && field.error().param("why").find(" / ") != std::string_view::npos;
  };
  const Event good = event_of({103, 31}, 6);
  EXPECT_FALSE(refused(good, sites));
  Event event = good;
  event.depth_km = -5;
  EXPECT_TRUE(refused(event, sites));
  event = good, event.magnitude = 12;
  EXPECT_TRUE(refused(event, sites));
  event = good, event.magnitude = std::nan("");
  EXPECT_TRUE(refused(event, sites));
  event = good, event.epicentre.lat = 91;
  EXPECT_TRUE(refused(event, sites));
  event = good, event.strike = INFINITY;
  EXPECT_TRUE(refused(event, sites));
  event = good, event.fault = {{{103, 31}, {103, 31}, 0, 15, 90}};
  EXPECT_TRUE(refused(event, sites));
  Sites bad = sites;
  bad.at.push_back({std::nan(""), 31});
  EXPECT_TRUE(refused(good, bad));
  bad = sites, bad.vs30 = {300, 300};
  EXPECT_TRUE(refused(good, bad));
  bad = sites, bad.vs30 = {NAN};
  EXPECT_TRUE(refused(good, bad));
  EXPECT_FALSE(refused(good, Sites{}));
}

TEST(Shaking, ExtremesStayFinite) {
  Sites sites;
  sites.at = {{103, 31}, {103.00001, 31}, {-77, -31}, {103, 90}, {-180, 0}, {180, 0}};
  for (const double ms : {0.0, 10.0})
    for (const auto relations : {Relations::national, Relations::bssa14}) {
      const Field field = shake(event_of({103, 31}, ms), sites, {relations, Zone::kEast}).value();
      for (const Spread& spread : field.of)
        for (size_t i = 0; i < sites.size(); ++i) EXPECT_TRUE(std::isfinite(spread.mean[i]) && spread.within[i] > 0 && spread.between[i] > 0) << i;
      for (const float degree : field[Measure::intensity].mean) EXPECT_TRUE(degree >= 1 && degree <= 12);
    }
  Sites same;
  same.at.assign(1'000'000, {103.2, 31.2});
  const Field field = shake(event_of({103, 31}, 7), same, {}).value();
  EXPECT_EQ(field[Measure::pga].mean.front(), field[Measure::pga].mean.back());
}

TEST(Shaking, AreasByDegree) {
  const std::vector<float> intensity{5.9f, 6.0f, 7.5f, 12.0f}, cell{1, 2, 3, 4};
  const auto areas = areas_km2(intensity, cell);
  EXPECT_EQ(areas[0], 9);
  EXPECT_EQ(areas[1], 7);
  EXPECT_EQ(areas[2], 4);
  EXPECT_EQ(areas[6], 4);
}

// ---- Section 6.7 of the domain reference: km2 by degree, each zone for itself, modelled over mapped.

struct Mapped {
  const char* name;
  LonLat at;
  double ms, depth_km, strike;
  Mechanism mechanism;
  double km2[4];  // VI, VII, VIII, IX (and above); 0: none mapped
};
// Long axes: the mapped maps' own directions (Jiuzhaigou NNW, Jishishan NNW), else the fault's strike.
constexpr Mapped kMapped[] = {
    {"Wenchuan 2008 Ms 8.0", {103.4, 31.0}, 8.0, 14, 45, Mechanism::reverse, {314'906, 84'449, 27'786, 7'738 + 3'144 + 2'419}},
    {"Lushan 2013 Ms 7.0", {103.0, 30.3}, 7.0, 13, 35, Mechanism::reverse, {13'027, 4'029, 1'418, 208}},
    {"Ludian 2014 Ms 6.5", {103.3, 27.1}, 6.5, 12, 330, Mechanism::strike_slip, {8'390, 1'580, 290, 90}},
    {"Jiuzhaigou 2017 Ms 7.0", {103.82, 33.20}, 7.0, 20, 335, Mechanism::strike_slip, {14'006, 3'372, 778, 139}},
    {"Jishishan 2023 Ms 6.2", {102.79, 35.70}, 6.2, 10, 325, Mechanism::reverse, {6'519, 1'514, 331, 0}},
};

TEST(Calibration, AreasPerDegree) {
  std::printf("%-24s %-9s %9s %9s %9s %9s %9s   all/mapped\n", "km2", "", "VI", "VII", "VIII", "IX+", "all");
  for (const Mapped& mapped : kMapped) {
    const Grid grid = grid_about(mapped.at, mapped.ms >= 7.5 ? 700 : 250, mapped.ms >= 7.5 ? 4 : 1.5).value();
    const Sites sites = sites_of(grid);
    const std::vector<float> cells = cell_km2(grid);
    double total = 0;
    for (const double km2 : mapped.km2) total += km2;
    std::printf("%-24s %-9s %9.0f %9.0f %9.0f %9.0f %9.0f\n", mapped.name, "mapped", mapped.km2[0], mapped.km2[1], mapped.km2[2], mapped.km2[3], total);
    for (const auto relations : {Relations::national, Relations::bssa14}) {
      Event event = event_of(mapped.at, mapped.ms, mapped.strike);
      event.depth_km = mapped.depth_km;
      event.mechanism = mapped.mechanism;
      const Field field = shake(event, sites, {relations, Zone::kQinghaiTibet}).value();
      const auto at_least = areas_km2(field[Measure::intensity].mean, cells);
      const double zones[4] = {at_least[0] - at_least[1], at_least[1] - at_least[2], at_least[2] - at_least[3], at_least[3]};
      std::printf("%-24s %-9s %9.0f %9.0f %9.0f %9.0f %9.0f   %.2f\n", "", relations == Relations::national ? "national" : "BSSA14", zones[0], zones[1], zones[2], zones[3], at_least[0], at_least[0] / total);
      if (relations == Relations::national) {
        EXPECT_GT(at_least[0], total / 4) << mapped.name;
      }
      EXPECT_LT(at_least[0], total * 4) << mapped.name;
    }
  }
}

}  // namespace
}  // namespace anlan::quake
