#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "quake/correlation.h"
#include "quake/nga_fixture.h"
#include "quake/shakemap_files.h"
#include "quake/shaking.h"

namespace anlan::quake {
namespace {

Event some_event() {
  Event event;
  event.epicentre = {103, 31};
  event.magnitude = 7;
  event.depth_km = 14;
  event.strike = 40;
  return event;
}

Sites grid_sites(int n, double step) {
  Sites sites;
  for (int i = 0; i < n * n; ++i) sites.at.push_back({102 + step * (i % n), 30 + step * (i / n)});
  return sites;
}

// Observations at pseudo-random places: the model's own value times a factor that drifts over the map, plus some scatter.
std::vector<Observation> some_observations(const Event& event, const ShakingModel& model, size_t n) {
  Sites at;
  uint32_t state = 12345;
  const auto unit = [&] { return (state = state * 1664525 + 1013904223) / 4294967296.0; };
  for (size_t i = 0; i < n; ++i) {
    const double lon = 102 + 2.5 * unit();
    at.at.push_back({lon, 30 + 2.5 * unit()});
  }
  const Field prior = shake(event, at, model).value();
  std::vector<Observation> observations(n);
  for (size_t i = 0; i < n; ++i) {
    Observation& o = observations[i];
    o.at = at.at[i];
    const double drift = 0.3 + 0.4 * std::sin(3 * o.at.lon) + 0.3 * (unit() - 0.5);
    o.pga = static_cast<float>(std::exp(static_cast<double>(prior[Measure::pga].mean[i]) + drift));
    o.pgv = static_cast<float>(std::exp(static_cast<double>(prior[Measure::pgv].mean[i]) + drift));
    o.intensity = std::min(11.9f, prior[Measure::intensity].mean[i] + static_cast<float>(drift));
  }
  return observations;
}

// The full solution in double, every observation for every place.
struct Full {
  double bias = 0, mean_error = 0, between_error = 0, within_error = 0, total_error = 0;
};
Full against_full(const Event& event, const Sites& sites, const ShakingModel& model, const std::vector<Observation>& observations, Measure measure) {
  const Field prior = shake(event, sites, model).value();
  const Conditioned got = condition(event, sites, model, prior, observations).value();
  Sites stations;
  for (const auto& o : observations) stations.at.push_back(o.at);
  const Field expected = shake(event, stations, model).value();
  const auto n = static_cast<Eigen::Index>(observations.size());
  const double range = correlation_range_km(measure);
  const auto rho = [&](LonLat a, LonLat b) { return std::exp(-3 * distance_m(a, b) / 1000 / range); };
  Eigen::MatrixXd c(n, n);
  Eigen::VectorXd r(n);
  const auto phi = [](const Field& f, Measure m, size_t i) { return static_cast<double>(f[m].within[i]); };
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto a = static_cast<size_t>(i);
    const float value = measure == Measure::pga ? observations[a].pga : observations[a].intensity;
    r(i) = (measure == Measure::pga ? std::log(static_cast<double>(value)) : static_cast<double>(value)) - static_cast<double>(expected[measure].mean[a]);
    for (Eigen::Index j = 0; j < n; ++j) {
      const auto b = static_cast<size_t>(j);
      c(i, j) = phi(expected, measure, a) * phi(expected, measure, b) * rho(observations[a].at, observations[b].at) + (i == j ? .01 : 0);
    }
  }
  const Eigen::LLT<Eigen::MatrixXd> llt(c);
  const Eigen::VectorXd one = Eigen::VectorXd::Ones(n), u = llt.solve(one);
  const double tau = static_cast<double>(expected[measure].between[0]), precision = one.dot(u) + 1 / (tau * tau);
  Full full;
  full.bias = u.dot(r) / precision;
  EXPECT_NEAR(got.bias[static_cast<size_t>(measure)], full.bias, 1e-4);
  const Eigen::VectorXd w = llt.solve(r - full.bias * one);
  for (size_t s = 0; s < sites.size(); ++s) {
    Eigen::VectorXd k(n);
    const double phi_s = phi(prior, measure, s);
    for (Eigen::Index i = 0; i < n; ++i) k(i) = phi_s * phi(expected, measure, static_cast<size_t>(i)) * rho(sites.at[s], observations[static_cast<size_t>(i)].at);
    const Spread& g = got.field[measure];
    const double mean = static_cast<double>(prior[measure].mean[s]) + full.bias + k.dot(w), between = std::abs(1 - k.dot(u)) / std::sqrt(precision);
    const double within = std::sqrt(std::max(0.0, phi_s * phi_s - k.dot(llt.solve(k))));
    full.mean_error = std::max(full.mean_error, std::abs(static_cast<double>(g.mean[s]) - mean));
    full.between_error = std::max(full.between_error, std::abs(static_cast<double>(g.between[s]) - between));
    full.within_error = std::max(full.within_error, std::abs(static_cast<double>(g.within[s]) - within));
    full.total_error = std::max(full.total_error, std::abs(std::hypot(static_cast<double>(g.within[s]), static_cast<double>(g.between[s])) / std::hypot(within, between) - 1));
  }
  return full;
}

TEST(Condition, CloseToTheFullSolution) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  const auto observations = some_observations(event, model, 250);
  for (const Measure measure : {Measure::pga, Measure::intensity}) {
    const Full full = against_full(event, grid_sites(12, 0.25), model, observations, measure);
    std::printf("%s, 250 stations: against the full solution mean %.1e, between %.1e, within %.1e; total deviation %.2f %%\n", measure == Measure::pga ? "PGA" : "intensity",
                full.mean_error, full.between_error, full.within_error, 100 * full.total_error);
    EXPECT_LT(full.mean_error, 2e-3);
    EXPECT_LT(full.between_error, 2e-3);
    EXPECT_LT(full.within_error, 5e-3);
    EXPECT_LT(full.total_error, 0.03);
  }
}

TEST(Condition, MeetsAStationAndForgetsItFarAway) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  Sites sites;
  sites.at = {{103.5, 31.5}, {103.55, 31.5}, {109, 36}};
  const Field prior = shake(event, sites, model).value();
  Observation o;
  o.at = sites.at[0];
  o.pga = std::exp(prior[Measure::pga].mean[0] + 1.0f);
  const Conditioned c = condition(event, sites, model, prior, std::span(&o, 1)).value();
  EXPECT_EQ(c.used[0], 1u);
  EXPECT_EQ(c.used[1], 0u);
  EXPECT_GT(c.bias[0], 0.1);
  EXPECT_LT(c.bias[0], 0.6) << "one station does not say all about the earthquake";
  EXPECT_NEAR(c.field[Measure::pga].mean[0], prior[Measure::pga].mean[0] + 1, 0.1);
  EXPECT_LT(c.field[Measure::pga].within[0], 0.15);
  EXPECT_GT(c.field[Measure::pga].mean[1], prior[Measure::pga].mean[1] + 0.5);
  EXPECT_NEAR(static_cast<double>(c.field[Measure::pga].mean[2] - prior[Measure::pga].mean[2]), c.bias[0], 1e-4);
  EXPECT_NEAR(c.field[Measure::pga].within[2], prior[Measure::pga].within[2], 1e-5);
  EXPECT_EQ(c.field[Measure::pgv].mean, prior[Measure::pgv].mean);
}

TEST(Condition, BadObservations) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  const Sites sites = grid_sites(5, 0.2);
  const Field prior = shake(event, sites, model).value();
  const Conditioned none = condition(event, sites, model, prior, {}).value();
  EXPECT_EQ(none.field[Measure::pga].mean, prior[Measure::pga].mean);
  EXPECT_EQ(none.bias[0], 0);
  std::vector<Observation> bad(6);
  bad[0].at = {999, 31}, bad[0].pga = 1;
  bad[1].at = {103, 31}, bad[1].pga = -1;
  bad[2].at = {103, 31}, bad[2].pga = INFINITY;
  bad[3].at = {103, 31}, bad[3].intensity = 40;
  bad[4].at = {std::nan(""), 31}, bad[4].pgv = 1;
  bad[5].at = {103, 31}, bad[5].pgv = 0.2f, bad[5].vs30 = NAN;
  const Conditioned c = condition(event, sites, model, prior, bad).value();
  EXPECT_EQ(c.left_out, 5u);
  EXPECT_EQ(c.used, (std::array<size_t, kMeasures>{0, 1, 0}));
  Field other = prior;
  other[Measure::pgv].mean.pop_back();
  EXPECT_FALSE(condition(event, sites, model, other, bad));
  Event wrong = event;
  wrong.depth_km = -3;
  EXPECT_FALSE(condition(wrong, sites, model, prior, bad));
}

// A singular covariance but for the instruments' own noise; and more stations than are used.
TEST(Condition, StationsAtOnePlace) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  const Sites sites = grid_sites(4, 0.2);
  const Field prior = shake(event, sites, model).value();
  Observation o;
  o.at = {102.2, 30.2};
  o.pga = 3;
  std::vector<Observation> same(300, o);
  const Conditioned c = condition(event, sites, model, prior, same).value();
  for (const float mean : c.field[Measure::pga].mean) EXPECT_TRUE(std::isfinite(mean));
  EXPECT_NEAR(c.field[Measure::pga].mean[5], std::log(3.0f), 0.01);
  // A contradiction at one place is averaged.
  same[0].pga = 30;
  EXPECT_TRUE(std::isfinite(condition(event, sites, model, prior, same)->field[Measure::pga].mean[5]));
  same.resize(5'000, o);
  const Conditioned many = condition(event, sites, model, prior, same).value();
  EXPECT_EQ(many.used[0], 1u);
}

TEST(Condition, ManySitesAtOnePlace) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  Sites sites;
  sites.at.assign(100'000, {103.1, 31.1});
  const Field prior = shake(event, sites, model).value();
  const auto observations = some_observations(event, model, 40);
  const Conditioned c = condition(event, sites, model, prior, observations).value();
  EXPECT_EQ(c.field[Measure::pga].mean.front(), c.field[Measure::pga].mean.back());
  EXPECT_EQ(c.field[Measure::intensity].within.front(), c.field[Measure::intensity].within.back());
}

TEST(Condition, SurveyPointsCountByTheirDeviation) {
  const Event event = some_event();
  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  Sites sites;
  sites.at = {{103.3, 31.2}};
  const Field prior = shake(event, sites, model).value();
  Observation o;
  o.at = sites.at[0];
  o.intensity = prior[Measure::intensity].mean[0] + 1;
  const auto moved = [&](float sigma) {
    o.intensity_sigma = sigma;
    return condition(event, sites, model, prior, std::span(&o, 1))->field[Measure::intensity].mean[0] - prior[Measure::intensity].mean[0];
  };
  EXPECT_GT(moved(0), 0.95f);
  EXPECT_LT(moved(0.6f), 0.7f);
  EXPECT_GT(moved(0.6f), 0.3f);
}

// ---- Wenchuan 2008, Ms 8.0: every second record of the Chinese network, about the planes of Hartzell. The file's PGV is a
// half to an eighth of what its own response at 1 s stands for (Newmark and Hall), so that only PGA is a measure of a model.

std::string content(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

// The code of a station begins with the number of its province. In this file not every place agrees with it (a Sichuan
// station in Inner Mongolia, a Ningxia one beside a Sichuan one with a third of its PGA): such rows are no truth.
bool in_its_province(const StationRecord& station) {
  struct Box {
    const char* code;
    double west, east, south, north;
  };
  for (const Box& box : {Box{"051", 97.3, 108.6, 26, 34.4}, Box{"053", 97.5, 106.3, 21, 29.3}, Box{"061", 105.4, 111.3, 31.7, 39.6}, Box{"062", 92.3, 108.8, 32.5, 42.9},
                         Box{"063", 89.3, 103.1, 31.5, 39.3}, Box{"064", 104.2, 107.7, 35.2, 39.4}, Box{"050", 105.2, 110.3, 28.1, 32.3}, Box{"052", 103.5, 109.7, 24.5, 29.3}}) {
    if (!station.code.starts_with(box.code)) continue;
    const LonLat p = station.seen.at;
    return p.lon >= box.west && p.lon <= box.east && p.lat >= box.south && p.lat <= box.north;
  }
  return false;
}

struct Spread2 {
  double bias = 0, sigma = 0;
};
Spread2 spread_of(const std::vector<double>& r) {
  Spread2 s;
  for (const double x : r) s.bias += x / static_cast<double>(r.size());
  for (const double x : r) s.sigma += (x - s.bias) * (x - s.bias) / static_cast<double>(r.size() - 1);
  s.sigma = std::sqrt(s.sigma);
  return s;
}

TEST(Wenchuan, ResidualsOfModelAndOfConditionedField) {
  const auto list = read_stationlist(content("../shared/data/quake/wenchuan_shakemap_input/current/stationlist.xml"));
  const auto quads = read_fault_text(content("../shared/data/quake/wenchuan_shakemap_input/current/Hartzell11_fault.txt"));
  if (!list || !quads) GTEST_SKIP() << "no ../shared/data/quake/wenchuan_shakemap_input";
  Event event;
  event.epicentre = {103.4, 31.0};
  event.depth_km = 14;
  event.magnitude = 8.0;
  event.mechanism = Mechanism::reverse;
  event.strike = 45;
  const Rupture rupture = Rupture::of(*quads).value();
  std::vector<Observation> seen;
  std::vector<int> records;
  size_t elsewhere = 0, far = 0, taken = 0;
  for (const auto& station : list->stations) {
    if (station.network != "CSMNC" || !(station.seen.pga > 0) || !(station.seen.pgv > 0)) continue;
    if (!in_its_province(station)) {
      ++elsewhere;
    } else if (rupture.at(station.seen.at).rjb > 400) {
      ++far;
    } else {
      // Several records at one place share its county's position only: their mean stands for them.
      ++taken;
      const auto same = std::find_if(seen.begin(), seen.end(), [&](const Observation& o) { return o.at == station.seen.at; });
      if (same == seen.end()) {
        seen.push_back(station.seen);
        records.push_back(1);
        continue;
      }
      const auto n = static_cast<float>(records[static_cast<size_t>(same - seen.begin())]++);
      same->pga = std::pow(same->pga, n / (n + 1)) * std::pow(station.seen.pga, 1 / (n + 1));
      same->pgv = std::pow(same->pgv, n / (n + 1)) * std::pow(station.seen.pgv, 1 / (n + 1));
    }
  }
  ASSERT_GT(seen.size(), 25u);
  std::printf("%zu records at %zu places; left out: %zu records whose place lies outside the province of their code, %zu beyond 400 km\n", taken, seen.size(), elsewhere, far);
  Sites stations;
  for (const auto& o : seen) stations.at.push_back(o.at);
  std::printf("Wenchuan 2008, %zu places (ln): bias and sigma of the residuals\n%-28s %14s %14s\n", seen.size(), "", "PGA", "PGV");
  for (const bool fault : {false, true}) {
    event.fault.clear();
    if (fault)
      for (const FaultQuad& quad : *quads) event.fault.push_back(plane_of(quad).value());
    const ShakingModel model{fault ? Relations::bssa14 : Relations::national, Zone::kQinghaiTibet};
    const Field prior = shake(event, stations, model).value();
    std::array<std::vector<double>, 2> raw, left, scaled;
    for (size_t i = 0; i < seen.size(); ++i) {
      std::vector<Observation> others = seen;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      Sites one;
      one.at = {seen[i].at};
      Field before;
      for (size_t m = 0; m < kMeasures; ++m) before.of[m] = {{prior.of[m].mean[i]}, {prior.of[m].between[i]}, {prior.of[m].within[i]}};
      const Conditioned after = condition(event, one, model, before, others).value();
      for (size_t m = 0; m < 2; ++m) {
        const double ln = std::log(static_cast<double>(m == 0 ? seen[i].pga : seen[i].pgv));
        raw[m].push_back(ln - static_cast<double>(prior.of[m].mean[i]));
        left[m].push_back(ln - static_cast<double>(after.field.of[m].mean[0]));
        scaled[m].push_back(left[m].back() / std::hypot(static_cast<double>(after.field.of[m].within[0]), static_cast<double>(after.field.of[m].between[0])));
      }
    }
    const auto row = [&](const char* name, const std::array<std::vector<double>, 2>& r) {
      const Spread2 a = spread_of(r[0]), v = spread_of(r[1]);
      std::printf("%-28s %+6.3f %6.3f  %+6.3f %6.3f\n", name, a.bias, a.sigma, v.bias, v.sigma);
    };
    row(fault ? "BSSA14, fault" : "national, point", raw);
    row("  conditioned, leave one out", left);
    row("  the same over its deviation", scaled);
    const auto rms = [](Spread2 r) { return std::hypot(r.bias, r.sigma); };
    for (size_t m = 0; m < 2; ++m) {
      const Spread2 before = spread_of(raw[m]), after = spread_of(left[m]);
      // Places of counties 40 km apart say little about one another, but much about the earthquake.
      EXPECT_LT(rms(after), 1.05 * rms(before));
      EXPECT_LT(std::abs(after.bias), 0.2);
      if (m == 0 && fault) {
        EXPECT_LT(std::abs(before.bias), 0.3);
        EXPECT_LT(before.sigma, 0.8);
      }
      if (fault) {
        EXPECT_NEAR(spread_of(scaled[m]).sigma, 1, 0.4) << "the deviation that is stated is the one that is met";
      } else if (m == 0) {
        EXPECT_LT(rms(after), 0.75 * rms(before)) << "a point falls short at magnitude 8";
      }
    }
  }
}

// Chi-Chi 1999, Mw 7.62: stations with places and vs30 that can be trusted; a tenth of them left out at a time.
TEST(ChiChi, ResidualsOfModelAndOfConditionedField) {
  const auto rows = fixture::nga_rows("137");
  if (rows.empty()) GTEST_SKIP() << "no ../shared/data/quake/shakemap_tests";
  Event event;
  event.epicentre = {120.82, 23.85};
  event.depth_km = 8;
  event.magnitude = 7.62;  // moment_magnitude() takes it for Ms: 7.62
  event.mechanism = Mechanism::reverse;
  for (const FaultQuad& quad : fixture::chichi_planes()) event.fault.push_back(plane_of(quad).value());
  std::vector<Observation> seen;
  for (const auto& row : rows) {
    if (!(row.pga_g > 0) || !(row.pgv_cm_s > 0) || !(row.vs30 > 0)) continue;
    Observation o;
    o.at = row.at;
    o.vs30 = static_cast<float>(row.vs30);
    o.pga = static_cast<float>(row.pga_g * 9.80665), o.pgv = static_cast<float>(row.pgv_cm_s / 100);
    seen.push_back(o);
  }
  ASSERT_GT(seen.size(), 350u);
  const ShakingModel model{Relations::bssa14, Zone::kEast};
  std::array<std::vector<double>, 2> raw, left, scaled;
  constexpr size_t kParts = 10;
  for (size_t part = 0; part < kParts; ++part) {
    Sites out;
    std::vector<Observation> others, hidden;
    for (size_t i = 0; i < seen.size(); ++i) (i % kParts == part ? hidden : others).push_back(seen[i]);
    for (const auto& o : hidden) out.at.push_back(o.at), out.vs30.push_back(o.vs30);
    const Field prior = shake(event, out, model).value();
    const Conditioned after = condition(event, out, model, prior, others).value();
    for (size_t i = 0; i < hidden.size(); ++i)
      for (size_t m = 0; m < 2; ++m) {
        const double ln = std::log(static_cast<double>(m == 0 ? hidden[i].pga : hidden[i].pgv));
        const Spread& s = after.field.of[m];
        raw[m].push_back(ln - static_cast<double>(prior.of[m].mean[i]));
        left[m].push_back(ln - static_cast<double>(s.mean[i]));
        scaled[m].push_back(left[m].back() / std::hypot(static_cast<double>(s.within[i]), static_cast<double>(s.between[i])));
      }
  }
  std::printf("Chi-Chi 1999, %zu stations (ln): bias and sigma of the residuals\n%-28s %14s %14s\n", seen.size(), "", "PGA", "PGV");
  const auto row = [&](const char* name, const std::array<std::vector<double>, 2>& r) {
    const Spread2 a = spread_of(r[0]), v = spread_of(r[1]);
    std::printf("%-28s %+6.3f %6.3f  %+6.3f %6.3f\n", name, a.bias, a.sigma, v.bias, v.sigma);
  };
  row("BSSA14, fault", raw);
  row("  conditioned, leave out 1/10", left);
  row("  the same over its deviation", scaled);
  for (size_t m = 0; m < 2; ++m) {
    EXPECT_LT(spread_of(left[m]).sigma, 0.85 * spread_of(raw[m]).sigma);
    EXPECT_LT(std::abs(spread_of(left[m]).bias), 0.08);
    EXPECT_NEAR(spread_of(scaled[m]).sigma, 1, 0.35);
  }
}

}  // namespace
}  // namespace anlan::quake
