#include "quake/losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

#include "quake/loss_spread.h"
#include "quake/losses_fixture.h"

namespace anlan::quake {
namespace {

struct Case {
  Exposure exposure;
  Field field;
  LossRules rules = fixture::loss_rules();
  LossRequest request;

  Result<LossEstimate> run() const { return estimate(exposure, field, rules, request); }
};

// Townships in a row, `sites` cells each, the intensity falling from `strongest` by half a degree for each township.
Case row(size_t townships, size_t sites, double strongest, double people = 400) {
  Case c;
  c.exposure.places = townships;
  for (uint32_t p = 0; p < townships; ++p) {
    for (uint32_t s = 0; s < sites; ++s) {
      const auto site = static_cast<uint32_t>(c.exposure.sites.size());
      c.exposure.sites.at.push_back({103 + 0.1 * p, 35 + 0.01 * s});
      fixture::add_site(c.field, strongest - 0.5 * p, .35f, .5f);
      fixture::add_homes(c.exposure, site, p, people, .8);
    }
  }
  return c;
}

void expect_equal(const Range& a, const Range& b) {
  EXPECT_EQ(a.p10, b.p10);
  EXPECT_EQ(a.p50, b.p50);
  EXPECT_EQ(a.p90, b.p90);
  EXPECT_EQ(a.mean, b.mean);
}
void expect_equal(const TownshipLoss& a, const TownshipLoss& b) {
  expect_equal(a.dead, b.dead), expect_equal(a.injured, b.injured), expect_equal(a.buried, b.buried), expect_equal(a.homeless, b.homeless);
  expect_equal(a.loss_yuan, b.loss_yuan), expect_equal(a.area_destroyed_m2, b.area_destroyed_m2);
  for (size_t g = 0; g < kGrades; ++g) expect_equal(a.buildings_by_grade[g], b.buildings_by_grade[g]);
  ASSERT_EQ(a.needs.size(), b.needs.size());
  for (size_t n = 0; n < a.needs.size(); ++n) expect_equal(a.needs[n], b.needs[n]);
}
void expect_ordered(const Range& r) {
  EXPECT_LE(0, r.p10);
  EXPECT_LE(r.p10, r.p50);
  EXPECT_LE(r.p50, r.p90);
  EXPECT_TRUE(std::isfinite(r.mean));
}

void expect_bounds(const TownshipLoss& t, double people) {
  for (const auto* r : {&t.dead, &t.injured, &t.buried, &t.homeless, &t.loss_yuan, &t.area_destroyed_m2}) expect_ordered(*r);
  for (const auto& r : t.buildings_by_grade) expect_ordered(r);
  for (const auto& r : t.needs) expect_ordered(r);
  for (const auto* r : {&t.dead, &t.injured, &t.buried}) EXPECT_LE(r->p90, people * (1 + 1e-6));
}

// One township, one class, the median field: every number by hand.
TEST(Losses, OneBuildingByHand) {
  Case c;
  c.exposure.places = 1;
  c.exposure.sites.at = {{103, 35}};
  fixture::add_site(c.field, 8.5);
  c.exposure.assets = {{0, 0, 0, CodeLevel::pre, Use::home, 100, 9000, 400}};  // adobe
  c.request.draws = 0;
  c.request.local_hour = 2;
  c.request.people_per_km2 = {300};
  c.rules.weight = {0, 1, 0, 0};
  c.rules.sigma_ln = {}, c.rules.bias_ln = {};
  const auto shares = grade_shares(c.rules.classes[0].fragility, std::exp(c.field[Measure::pga].mean[0]));
  const auto out = c.run();
  ASSERT_TRUE(out.ok());
  const auto& t = out->townships[0];
  double ratio = 0;
  for (size_t g = 0; g < kGrades; ++g) {
    EXPECT_NEAR(t.buildings_by_grade[g].p50, 100 * shares[g], 0.01);
    ratio += shares[g] * c.rules.classes[0].loss_ratio[g];
  }
  EXPECT_NEAR(t.area_destroyed_m2.p50, 9000 * shares[4], 0.5);
  EXPECT_NEAR(t.loss_yuan.p50, 9000 * 600 * ratio, 9000 * 600 * 2e-5);
  EXPECT_NEAR(t.homeless.p50, 400 * (.2 * shares[2] + shares[3] + shares[4]), 0.05);
  const double inside = 400 * c.rules.occupancy[0][2];
  EXPECT_NEAR(t.dead.p50, inside * .70 * .06, 1e-3);
  EXPECT_NEAR(out->dead_by_model[0].p50, 400 * pager_death_rate(8.5), 1e-3);
  EXPECT_NEAR(out->dead_by_model[2].p50, 400 * ma_xie_death_rate(shares[4]) * ma_xie_time_factor(2, 8.5) * 1.1, 0.01);
  EXPECT_NEAR(out->dead_by_model[3].p50, inside * yin_death_rate(shares[4] + shares[3] / 2), 0.01);
  EXPECT_NEAR(t.injured.p50, t.dead.p50 * 8, t.dead.p50 * 0.05);
  EXPECT_NEAR(std::log(t.injured.p50 / t.injured.p10), std::log(40 / 2.0) / 2, 0.05);
  EXPECT_EQ(t.injured.p90, 400) << "everyone who lives there";
  EXPECT_NEAR(t.buried.p50, t.dead.p50 * 2.3, t.dead.p50 * 0.05);
  EXPECT_EQ(t.people_by_degree[2], 400);
  EXPECT_EQ(t.people, 400);
  EXPECT_FLOAT_EQ(t.intensity_mean, 8.5f);
  EXPECT_NEAR(t.needs[0].p50, .25 * t.homeless.p50, 0.05);
  EXPECT_NEAR(t.needs[1].p50, 2 * t.homeless.p50, 0.5) << "January";
  EXPECT_NEAR(t.needs[2].p50, .11 * t.injured.p50, 0.01);
  EXPECT_EQ(t.needs[5].p50, 200);
  c.request.month = 7;
  EXPECT_NEAR(c.run()->townships[0].needs[1].p50, t.homeless.p50, 0.5);
  EXPECT_EQ(out->draws, 0u);
}

TEST(Losses, NothingThereOrNothingShaken) {
  Case empty;
  auto out = empty.run();
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->total.dead.p90, 0);
  EXPECT_EQ(out->dead_bins[0], 1);

  Case calm = row(3, 2, 5.4);
  out = calm.run();
  ASSERT_TRUE(out.ok());
  ASSERT_EQ(out->townships.size(), 3u);
  EXPECT_EQ(out->townships[0].people, 0);
  EXPECT_EQ(out->total.buildings_by_grade[4].p90, 0);

  Case nobody = row(2, 2, 9, 0);
  nobody.request.draws = 5;
  out = nobody.run();
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->total.dead.p90, 0);
  EXPECT_EQ(out->total.loss_yuan.p90, 0);
  EXPECT_EQ(out->dead_bins[0], 1);
}

TEST(Losses, TotalsAreTheSumOfTownshipsInTheMean) {
  Case c = row(6, 4, 7.75);
  c.request.draws = 40;
  const auto out = c.run();
  ASSERT_TRUE(out.ok());
  const auto sum = [&](const std::function<double(const TownshipLoss&)>& get) {
    double all = 0;
    for (const auto& t : out->townships) all += get(t);
    return all;
  };
  const auto same = [&](const std::function<double(const TownshipLoss&)>& get, double tolerance) {
    const double total = get(out->total);
    EXPECT_NEAR(sum(get), total, std::abs(total) * tolerance + 1e-9);
  };
  same([](const TownshipLoss& t) { return t.people; }, 1e-9);
  same([](const TownshipLoss& t) { return t.homeless.mean; }, 1e-5);
  same([](const TownshipLoss& t) { return t.loss_yuan.mean; }, 1e-5);
  same([](const TownshipLoss& t) { return t.needs[0].mean; }, 1e-5);
  for (size_t g = 0; g < kGrades; ++g) same([g](const TownshipLoss& t) { return t.buildings_by_grade[g].mean; }, 1e-5);
  same([](const TownshipLoss& t) { return t.dead.mean; }, 0.02);  // none dies twice: the bound of a township cuts a tail
  EXPECT_NEAR(std::accumulate(out->dead_bins.begin(), out->dead_bins.end(), 0.0), 1, 1e-9);
  double buildings = 0;
  for (const auto& g : out->total.buildings_by_grade) buildings += g.mean;
  EXPECT_NEAR(buildings, out->total.buildings, out->total.buildings * 1e-4) << "every building has a grade";
  EXPECT_GT(out->total.dead.p90, out->total.dead.p50);
  expect_ordered(out->total.dead), expect_ordered(out->total.injured), expect_ordered(out->total.loss_yuan);
}

TEST(Losses, MoreShakingNeverGivesFewerDead) {
  for (const uint32_t draws : {0u, 12u}) {
    for (const int hour : {2, 14}) {
      LossEstimate before;
      for (double strongest = 5; strongest < 10.6; strongest += 0.5) {
        Case c = row(3, 3, strongest);
        c.request.draws = draws;
        c.request.local_hour = hour;
        const auto now = c.run();
        ASSERT_TRUE(now.ok());
        EXPECT_GE(now->total.dead.p50, before.total.dead.p50 * (1 - 1e-6)) << strongest << " " << hour;
        EXPECT_GE(now->total.injured.p50, before.total.injured.p50 * (1 - 1e-6)) << strongest;
        EXPECT_GE(now->total.loss_yuan.p50, before.total.loss_yuan.p50 * (1 - 1e-6)) << strongest;
        EXPECT_GE(now->total.buildings_by_grade[4].p50, before.total.buildings_by_grade[4].p50 * (1 - 1e-6)) << strongest;
        before = *now;
      }
      EXPECT_GT(before.total.dead.p50, 1);
    }
  }
}

TEST(Losses, TheSameSeedGivesTheSameOnAnyNumberOfThreads) {
  Case c = row(5, 20, 8.5);
  c.request.draws = 30;
  c.request.threads = 1;
  const auto one = c.run();
  c.request.threads = 2;
  const auto two = c.run();
  c.request.threads = 7;
  const auto seven = c.run();
  ASSERT_TRUE(one.ok() && two.ok() && seven.ok());
  expect_equal(one->total, two->total);
  expect_equal(one->total, seven->total);
  for (size_t p = 0; p < c.exposure.places; ++p) expect_equal(one->townships[p], two->townships[p]);
  c.request.seed = 2;
  const auto other = c.run();
  ASSERT_TRUE(other.ok());
  EXPECT_NE(one->total.dead.p50, other->total.dead.p50);
}

TEST(Losses, DrawsWidenTheRangeAndKeepTheMiddle) {
  Case c = row(4, 10, 8.5);
  c.request.draws = 0;
  const auto median = c.run();
  c.request.draws = 200;
  const auto drawn = c.run();
  ASSERT_TRUE(median.ok() && drawn.ok());
  EXPECT_GT(drawn->total.dead.p90 / drawn->total.dead.p10, median->total.dead.p90 / median->total.dead.p10);
  EXPECT_GT(drawn->total.homeless.p90, drawn->total.homeless.p10 * 1.1);
  EXPECT_EQ(median->total.homeless.p90, median->total.homeless.p10);
  EXPECT_NEAR(std::log(drawn->dead_by_model[0].p50 / median->dead_by_model[0].p50), 0, 0.35);
  EXPECT_NEAR(std::log(drawn->total.dead.p50 / median->total.dead.p50), 0, 0.6);
}

// PGA and intensity of one draw go the same way. Half of the buildings by a fragility in PGA and half by the same in
// intensity: the number destroyed is as uncertain as with one measure. Were they drawn apart, half would cancel.
TEST(Losses, MeasuresGoTogether) {
  Case pga = row(1, 3, 8);
  pga.request.draws = 100;
  const Fragility f = pga.rules.classes[0].fragility;
  for (auto& c : pga.rules.classes) c.fragility = f;
  Fragility d;
  d.form = Fragility::Form::discrete;
  d.measure = Measure::intensity;
  for (double i = 4; i <= 12; i += 0.05) {
    d.levels.push_back(i);
    const auto shares = grade_shares(f, std::pow(10, (i - 6.59) / 3.17));
    double above = 0;
    for (size_t g = kGrades - 1; g-- > 0;) above += shares[g + 1], d.probability[g].push_back(std::min(1.0, above));
  }
  Case mixed = pga;
  for (size_t i = 0; i < mixed.rules.classes.size() / 2; ++i) mixed.rules.classes[i].fragility = d;
  const auto a = pga.run(), b = mixed.run();
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(b.ok());
  EXPECT_GT(a->total.buildings_by_grade[4].p90, a->total.buildings_by_grade[4].p10 * 2);
  for (size_t g = 0; g < kGrades; ++g) {
    EXPECT_NEAR(a->total.buildings_by_grade[g].p10, b->total.buildings_by_grade[g].p10, a->total.buildings * 5e-3);
    EXPECT_NEAR(a->total.buildings_by_grade[g].p90, b->total.buildings_by_grade[g].p90, a->total.buildings * 5e-3);
  }
}

TEST(Losses, AnyExposureStaysInItsBounds) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
    Case c;
    c.exposure.places = 1 + below(6);
    const size_t sites = 1 + below(40);
    for (uint32_t s = 0; s < sites; ++s) {
      c.exposure.sites.at.push_back({103 + 0.01 * s, 35});
      fixture::add_site(c.field, static_cast<double>(below(140)) / 10, static_cast<float>(below(10)) / 10, static_cast<float>(below(10)) / 10);
      for (size_t n = below(5); n > 0; --n)
        c.exposure.assets.push_back({s, static_cast<uint32_t>(below(c.exposure.places)), static_cast<uint16_t>(below(pager_types().size())),
                                     static_cast<CodeLevel>(below(kCodeLevels)), static_cast<Use>(below(kUses)), static_cast<float>(below(100)),
                                     static_cast<float>(below(10'000)), static_cast<float>(below(1000))});
    }
    c.request = {static_cast<int>(below(24)), static_cast<int>(1 + below(12)), static_cast<uint32_t>(below(12)), seed};
    const auto out = c.run();
    ASSERT_TRUE(out.ok()) << out.error().describe();
    double people = 0, everyone = 0;
    for (const auto& a : c.exposure.assets) everyone += a.people;
    for (const auto& t : out->townships) {
      people += t.people;
      expect_bounds(t, everyone);
      double by_grade = 0;
      for (const auto& g : t.buildings_by_grade) by_grade += g.mean;
      EXPECT_NEAR(by_grade, t.buildings, 1e-3 * t.buildings + 1e-3);
      EXPECT_LE(t.homeless.p90, t.people * (1 + 1e-5));
    }
    expect_bounds(out->total, everyone);
    EXPECT_NEAR(people, out->total.people, 1e-6 * people);
    EXPECT_NEAR(std::accumulate(out->dead_bins.begin(), out->dead_bins.end(), 0.0), 1, 1e-9);
  }
}

TEST(Losses, StoppedEarlyKeepsWhatIsThere) {
  Case c = row(2, 5, 8);
  c.request.draws = 500;
  c.request.threads = 1;
  uint32_t asked = 0;
  const auto out = estimate(c.exposure, c.field, c.rules, c.request, [&](uint32_t done) { return ++asked, done < 7; });
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->draws, 7u);
  EXPECT_EQ(asked, 7u);
  EXPECT_GT(out->total.dead.p50, 0);
  c.request.draws = 7;
  const auto seven = c.run();
  ASSERT_TRUE(seven.ok());
  expect_equal(out->total, seven->total);
  c.request.draws = 500;
  c.request.threads = 2;
  const auto two = estimate(c.exposure, c.field, c.rules, c.request, [](uint32_t) { return false; });
  ASSERT_TRUE(two.ok());
  EXPECT_GE(two->draws, 1u);
  EXPECT_LT(two->draws, 500u);
}

TEST(Losses, AThousandMillionAtOnePoint) {
  Case c;
  c.exposure.places = 1;
  c.exposure.sites.at = {{103, 35}};
  fixture::add_site(c.field, 11.9, .4f, .5f);
  fixture::add_homes(c.exposure, 0, 0, 1e9, .5);
  c.request.draws = 20;
  const auto out = c.run();
  ASSERT_TRUE(out.ok());
  EXPECT_NEAR(out->total.people, 1e9, 1e3);
  EXPECT_LE(out->total.dead.p90, 1e9 * (1 + 1e-6));
  EXPECT_LE(out->total.injured.p90, 1e9 * (1 + 1e-6));
  EXPECT_NEAR(out->total.people_by_degree[5], 1e9, 1e3);
  EXPECT_NEAR(out->dead_bins[4], 1, 1e-9);
  EXPECT_LE(out->total.needs.back().p90, 150'000);
  expect_ordered(out->total.dead);
}

TEST(Losses, RefusesWhatMakesNoSense) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto refused = [](const std::function<void(Case&)>& spoil) {
    Case c = row(2, 2, 8);
    c.request.draws = 3;
    spoil(c);
    const auto out = c.run();
    return !out.ok() && !out.error().param("why").empty();
  };
  EXPECT_FALSE(refused([](Case&) {}));
  EXPECT_TRUE(refused([&](Case& c) { c.field[Measure::pga].mean[1] = nan; }));
  EXPECT_TRUE(refused([&](Case& c) { c.field[Measure::intensity].mean[0] = nan; }));
  EXPECT_TRUE(refused([&](Case& c) { c.field[Measure::intensity].between[0] = nan; }));
  EXPECT_TRUE(refused([&](Case& c) { c.field[Measure::pga].within[2] = -1; }));
  EXPECT_TRUE(refused([](Case& c) { c.field[Measure::pga].mean.pop_back(); }));
  EXPECT_TRUE(refused([&](Case& c) { c.exposure.sites.at[2].lon = nan; }));
  EXPECT_TRUE(refused([](Case& c) { c.exposure.assets[3].site = 99; }));
  EXPECT_TRUE(refused([](Case& c) { c.exposure.assets[3].place = 2; }));
  EXPECT_TRUE(refused([](Case& c) { c.exposure.assets[3].type = 10; }));
  EXPECT_TRUE(refused([&](Case& c) { c.exposure.assets[3].people = nan; }));
  EXPECT_TRUE(refused([](Case& c) { c.exposure.assets[3].count = -1; }));
  EXPECT_TRUE(refused([](Case& c) { std::swap(c.exposure.assets.front(), c.exposure.assets.back()); }));
  EXPECT_TRUE(refused([](Case& c) { c.request.local_hour = 24; }));
  EXPECT_TRUE(refused([](Case& c) { c.request.month = 0; }));
  EXPECT_TRUE(refused([](Case& c) { c.request.people_per_km2 = {1}; }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.weight = {1, 1, 0, 0}; }));
  EXPECT_TRUE(refused([&](Case& c) { c.rules.sigma_ln[1] = nan; }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.injured_per_dead = {3, 2, 1, 0}; }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.classes[5].fragility.beta[0] = 0; }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.classes[5].collapse[4] = 2; }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.classes.clear(); }));
  EXPECT_TRUE(refused([](Case& c) { c.rules.needs[0].per_dead = -1; }));
  Case many = row(2, 2, 8);
  many.request.draws = kDrawsMax + 1;
  const auto out = many.run();
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::kTooLarge);
  many.request.draws = 1;
  many.exposure.places = SIZE_MAX;
  ASSERT_FALSE(many.run().ok());
}

TEST(LossSpread, Quantiles) {
  std::vector<double> values(1000);
  std::iota(values.rbegin(), values.rend(), 0.5);
  const Range r = range_of(values);
  EXPECT_NEAR(r.p10, 100, 1e-9);
  EXPECT_NEAR(r.p50, 500, 1e-9);
  EXPECT_NEAR(r.p90, 900, 1e-9);
  EXPECT_NEAR(r.mean, 500, 1e-9);
  EXPECT_EQ(range_of({}).p90, 0);
  // Two halves of unequal weight: a tenth of zeros, the rest even from 0 to 900.
  Mixture mixture;
  mixture.add(0, 100);
  for (int i = 0; i < 900; ++i) mixture.add(i + 0.5, 1);
  const Range m = mixture.range();
  EXPECT_NEAR(m.p50, 400, 1);
  EXPECT_NEAR(m.p90, 800, 1);
  EXPECT_NEAR(mixture.share(0, 450), 0.55, 1e-3);
  // Lognormal steps give back their own quantiles.
  Mixture lognormal;
  for (const double z : normal_steps(500)) lognormal.add(100 * std::exp(1.3 * z), 1);
  const Range l = lognormal.range();
  EXPECT_NEAR(std::log(l.p90 / l.p50), 1.3 * 1.28155, 0.01);
  EXPECT_NEAR(std::log(l.p10 / l.p50), -1.3 * 1.28155, 0.01);
  for (const double p : {1e-4, 0.01, 0.5, 0.9, 0.9999}) EXPECT_NEAR(0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0)), p, 1e-12);
  const Ratio ratio = ratio_of({1, 10, 100, 0});
  EXPECT_NEAR(ratio.sigma_ln, std::log(100) / 2.563, 1e-3);
  EXPECT_EQ(ratio_of({}).median, 0);
}

}  // namespace
}  // namespace anlan::quake
