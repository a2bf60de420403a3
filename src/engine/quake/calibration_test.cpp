// The casualty models against what happened: 85 Chinese earthquakes of EXPO-CAT (Allen et al. 2009; 1970 to 1999) and
// six later ones whose areas of equal intensity were mapped. Each test prints its table.
//
// Computed through estimate() as the product does it, one place for each whole degree. What is assumed: PAGER's mix of
// buildings of about 2005, four people of five in rural homes; shaking of PGA from the degree by GB/T 17742-2020; Beijing
// time everywhere.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "quake/losses_fixture.h"

namespace anlan::quake {
namespace {

constexpr double kRural = 0.8;
constexpr std::array<const char*, kCasualtyModels> kNames{"PAGER empirical", "PAGER semi-empirical", "Ma & Xie 2000", "Yin"};

struct Belt {
  double degree = 0, people = 0, people_per_km2 = 100;
};

LossEstimate run(const std::vector<Belt>& zones, int hour, uint32_t draws, float between, const LossRules& rules) {
  Exposure exposure;
  Field field;
  LossRequest request;
  exposure.places = zones.size();
  for (uint32_t i = 0; i < zones.size(); ++i) {
    exposure.sites.at.push_back({103, 30 + 0.2 * i});
    fixture::add_site(field, zones[i].degree, between, 0);
    fixture::add_homes(exposure, i, i, zones[i].people, kRural);
    request.people_per_km2.push_back(zones[i].people_per_km2);
  }
  request.local_hour = hour;
  request.draws = draws;
  request.threads = 1;
  auto out = estimate(exposure, field, rules, request);
  EXPECT_TRUE(out.ok()) << (out.ok() ? "" : out.error().describe());
  return out.ok() ? *out : LossEstimate{};
}

struct Quake {
  std::string id, name;
  double magnitude = 0, dead = 0, injured = 0;
  int hour = 0;
  std::vector<Belt> zones;
};

// Rows whose deaths are known; those with a blank are not: nobody says that nobody died.
std::vector<Quake> expocat() {
  std::ifstream file("../shared/data/quake/pager/expocat_china.csv");
  std::vector<Quake> all;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      else if (c == ',' && !quoted) cells.emplace_back();
      else if (c != '\r') cells.back() += c;
    }
    // EventID,Time,Name,Lat,Lon,Depth,Magnitude,CountryCode,MMI1..MMI8,MMI9+,ShakingDeaths,TotalDeaths,Injured
    if (cells.size() < 20 || (cells[17].empty() && cells[18].empty())) continue;
    Quake q;
    q.id = cells[0], q.name = cells[2], q.magnitude = std::stod(cells[6]);
    q.dead = std::stod(cells[17].empty() ? cells[18] : cells[17]);
    q.injured = cells[19].empty() ? 0 : std::stod(cells[19]);
    const double day = std::stod(cells[1]);
    q.hour = static_cast<int>((day - std::floor(day)) * 24 + 8) % 24;
    for (int degree = 6; degree <= 9; ++degree)
      if (const double people = std::stod(cells[static_cast<size_t>(degree) + 7]); people > 0) q.zones.push_back({static_cast<double>(degree), people});
    all.push_back(std::move(q));
  }
  return all;
}

struct Residuals {
  size_t n = 0;
  double sum = 0, squares = 0;
  void add(double x) { ++n, sum += x, squares += x * x; }
  double bias() const { return n > 0 ? sum / static_cast<double>(n) : 0; }
  double sigma() const { return n > 1 ? std::sqrt(std::max(0.0, (squares - sum * bias()) / static_cast<double>(n - 1))) : 0; }
};
// Half a person on both sides, so that none of either has a logarithm.
double residual(double computed, double observed) { return std::log((computed + 0.5) / (observed + 0.5)); }
bool inside(const Range& range, double observed) { return observed >= range.p10 - 0.5 && observed <= range.p90 + 0.5; }

TEST(Calibration, ExpoCatResidualsOfEachModel) {
  const auto quakes = expocat();
  if (quakes.empty()) GTEST_SKIP() << "no ../shared/data/quake/pager/expocat_china.csv";
  ASSERT_EQ(quakes.size(), 85u);
  LossRules rules = fixture::loss_rules();
  rules.bias_ln = {}, rules.sigma_ln = {};
  constexpr std::array<double, 3> kAtLeast{1, 10, 100};
  std::array<std::array<Residuals, kAtLeast.size()>, kCasualtyModels> of;
  for (const auto& q : quakes) {
    const auto out = run(q.zones, q.hour, 0, 0, rules);
    for (size_t m = 0; m < kCasualtyModels; ++m)
      for (size_t k = 0; k < kAtLeast.size(); ++k)
        if (q.dead >= kAtLeast[k]) of[m][k].add(residual(out.dead_by_model[m].p50, q.dead));
  }
  fmt::print("ln(computed / observed) deaths, EXPO-CAT China, shaking as mapped by EXPO-CAT\n");
  fmt::print("{:22} {:>22} {:>22} {:>22}\n", "", "dead >= 1", "dead >= 10", "dead >= 100");
  for (size_t m = 0; m < kCasualtyModels; ++m) {
    fmt::print("{:22}", kNames[m]);
    for (const auto& r : of[m]) fmt::print("   n {:2} {:+.2f} +- {:.2f}", r.n, r.bias(), r.sigma());
    fmt::print("\n");
    EXPECT_EQ(of[m][0].n, 61u);
    EXPECT_EQ(of[m][2].n, 9u);
    EXPECT_LT(std::abs(of[m][1].bias()), 2.2) << kNames[m];
    EXPECT_LT(of[m][1].sigma(), 2.7) << kNames[m];
    EXPECT_LT(of[m][2].sigma(), 1.6) << kNames[m];
  }
}

// Shaking in EXPO-CAT is itself computed, from relations and few reports: half a degree for the event as a whole.
TEST(Calibration, ExpoCatInsideTheStatedRange) {
  const auto quakes = expocat();
  if (quakes.empty()) GTEST_SKIP() << "no ../shared/data/quake/pager/expocat_china.csv";
  const LossRules rules = fixture::loss_rules();
  constexpr std::array<double, 3> kAtLeast{0, 10, 100};
  std::array<std::array<size_t, kAtLeast.size()>, kCasualtyModels + 1> in{};
  std::array<size_t, kAtLeast.size()> all{};
  Residuals middle;
  size_t below = 0, above = 0, above_and_nobody_shaken = 0;
  for (const auto& q : quakes) {
    const auto out = run(q.zones, q.hour, 60, 0.5f, rules);
    for (size_t k = 0; k < kAtLeast.size(); ++k) {
      if (q.dead < kAtLeast[k]) continue;
      ++all[k];
      in[kCasualtyModels][k] += inside(out.total.dead, q.dead);
      for (size_t m = 0; m < kCasualtyModels; ++m) in[m][k] += inside(out.dead_by_model[m], q.dead);
    }
    below += q.dead < out.total.dead.p10 - 0.5;
    if (q.dead > out.total.dead.p90 + 0.5) {
      ++above;
      double shaken = 0;
      for (const auto& z : q.zones) shaken += z.degree >= 7 ? z.people : 0;
      above_and_nobody_shaken += shaken < 1000;
    }
    if (q.dead >= 10) middle.add(residual(out.total.dead.p50, q.dead));
  }
  fmt::print("share of earthquakes whose deaths lie inside the stated 80 % range, 60 draws, event deviation 0.5 degrees\n");
  fmt::print("{:22} {:>14} {:>14} {:>14}\n", "", "all known", "dead >= 10", "dead >= 100");
  for (size_t m = 0; m <= kCasualtyModels; ++m) {
    fmt::print("{:22}", m < kCasualtyModels ? kNames[m] : "together");
    for (size_t k = 0; k < kAtLeast.size(); ++k)
      fmt::print(" {:3} of {:2} {:3.0f} %", in[m][k], all[k], 100.0 * static_cast<double>(in[m][k]) / static_cast<double>(all[k]));
    fmt::print("\n");
  }
  fmt::print("together: observed below p10 {}, above p90 {}, {} of them where the catalogue has fewer than a thousand people at 7 or more\n", below, above,
             above_and_nobody_shaken);
  fmt::print("median of all together, dead >= 10: {:+.2f} +- {:.2f}\n", middle.bias(), middle.sigma());
  const auto share = [&](size_t k) { return static_cast<double>(in[kCasualtyModels][k]) / static_cast<double>(all[k]); };
  EXPECT_GE(share(0), 0.70);
  EXPECT_LE(share(0), 0.92);
  EXPECT_GE(share(1), 0.72);
  EXPECT_LE(share(1), 0.92);
  EXPECT_GE(share(2), 0.75);
  EXPECT_LT(std::abs(middle.bias()), 0.5);
}

TEST(Calibration, ExpoCatInjuredForEachDead) {
  const auto quakes = expocat();
  if (quakes.empty()) GTEST_SKIP() << "no ../shared/data/quake/pager/expocat_china.csv";
  std::vector<double> few, many;
  for (const auto& q : quakes)
    if (q.dead >= 1 && q.injured > 0) (q.dead >= 10 ? many : few).push_back(q.injured / q.dead);
  const auto at = [](std::vector<double>& v, double q) {
    std::sort(v.begin(), v.end());
    return v[static_cast<size_t>(q * static_cast<double>(v.size()))];
  };
  fmt::print("injured for each dead, EXPO-CAT China: dead 1 to 9 (n {}) p10 {:.1f} p50 {:.1f} p90 {:.1f}; dead >= 10 (n {}) p10 {:.1f} p50 {:.1f} p90 {:.1f}\n",
             few.size(), at(few, .1), at(few, .5), at(few, .9), many.size(), at(many, .1), at(many, .5), at(many, .9));
  ASSERT_GE(many.size(), 20u);
  const Range stated = fixture::loss_rules().injured_per_dead;
  EXPECT_NEAR(std::log(stated.p50 / at(many, .5)), 0, 0.7);
  EXPECT_GE(at(many, .9), stated.p50);
  EXPECT_LE(at(many, .1), stated.p50);
}

// Section 6.7 of the domain reference. The areas were mapped after the earthquake, so the field is taken as known; the
// people are the area times a density that is plausible for the counties there (their population over their area), which
// is ours, except Yushu, where only the total area is stated and the people are those of the town and the county.
struct Mapped {
  const char* name;
  int hour;
  double dead;
  std::vector<std::array<double, 3>> zones;  // degree, km2, people for each km2
  const char* why;                           // the deaths lie where they do
};

TEST(Calibration, MappedEarthquakes) {
  const std::vector<Mapped> events{
      {"Wenchuan 2008 M 8.0 14:28", 14, 69'227 + 17'923, {{11, 2419, 80}, {10, 3144, 100}, {9, 7738, 120}, {8, 27'786, 200}, {7, 84'449, 250}, {6, 314'906, 250}},
       "a third died under landslides, which no model here knows"},
      {"Yushu 2010 M 7.1 07:49", 7, 2698 + 270, {{9, 900, 90}, {8, 2000, 8}, {7, 6000, 6}, {6, 21'000, 5}}, "the people of the town of Gyegu, at 9; areas assumed"},
      {"Lushan 2013 M 7.0 08:02", 8, 196 + 21, {{9, 208, 110}, {8, 1418, 110}, {7, 4029, 130}, {6, 13'027, 180}}, "houses rebuilt after 2008 to a code"},
      {"Ludian 2014 M 6.5 16:30", 16, 617 + 112, {{9, 90, 280}, {8, 290, 280}, {7, 1580, 260}, {6, 8390, 200}}, ""},
      {"Jiuzhaigou 2017 M 7.0 21:19", 21, 25 + 5, {{9, 139, 5}, {8, 778, 20}, {7, 3372, 15}, {6, 14'006, 15}}, "most were travellers, under rockfall"},
      {"Jishishan 2023 M 6.2 23:59", 23, 151, {{8, 331, 260}, {7, 1514, 220}, {6, 6519, 150}}, ""},
  };
  const LossRules rules = fixture::loss_rules();
  fmt::print("{:28} {:>8} | {:>8} {:>8} {:>8} {:>8} | {:>7} {:>7} {:>8}\n", "", "observed", "empir.", "semi", "Ma&Xie", "Yin", "p10", "p50", "p90");
  size_t in = 0;
  for (const auto& e : events) {
    std::vector<Belt> zones;
    for (const auto& z : e.zones) zones.push_back({z[0], z[1] * z[2], z[2]});
    const auto out = run(zones, e.hour, 0, 0, rules);
    const auto& dead = out.total.dead;
    fmt::print("{:28} {:8.0f} | {:8.0f} {:8.0f} {:8.0f} {:8.0f} | {:7.0f} {:7.0f} {:8.0f} {} {}\n", e.name, e.dead, out.dead_by_model[0].p50, out.dead_by_model[1].p50,
               out.dead_by_model[2].p50, out.dead_by_model[3].p50, dead.p10, dead.p50, dead.p90, inside(dead, e.dead) ? "inside " : "OUTSIDE", e.why);
    in += inside(dead, e.dead);
    EXPECT_LT(std::abs(residual(dead.p50, e.dead)), std::log(10.0)) << e.name;
  }
  EXPECT_GE(in, 5u) << "the biases come from EXPO-CAT, so that this is a test of them";
}

// From the event alone, as in the first seconds: nothing mapped yet. 200 people for each km2 everywhere, which is ours.
TEST(Calibration, JishishanFromTheEventToTheTable) {
  Event event;
  event.epicentre = {102.79, 35.70};
  event.magnitude = 6.2;
  event.depth_km = 10;
  event.strike = 305;
  Exposure exposure;
  constexpr int kSide = 60;  // cells of 2.5 km, townships of 10 x 10 cells
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      const auto site = static_cast<uint32_t>(exposure.sites.size());
      exposure.sites.at.push_back({102.79 + 0.0277 * (column - kSide / 2), 35.70 + 0.0225 * (row - kSide / 2)});
      fixture::add_homes(exposure, site, static_cast<uint32_t>(row / 10 * 6 + column / 10), 200 * 6.25, kRural);
    }
  }
  exposure.places = 36;
  const auto field = shake(event, exposure.sites, {});
  ASSERT_TRUE(field.ok());
  LossRequest request;
  request.local_hour = 23, request.month = 12;
  const auto first = [&] {
    LossRequest at_once = request;
    at_once.draws = 0;
    return estimate(exposure, *field, fixture::loss_rules(), at_once);
  }();
  const auto out = estimate(exposure, *field, fixture::loss_rules(), request);
  ASSERT_TRUE(first.ok() && out.ok());
  const auto text = [](const Range& r) { return fmt::format("{:.0f} {:.0f} {:.0f}", r.p10, r.p50, r.p90); };
  for (const auto* e : {&*first, &*out}) {
    const auto& t = e->total;
    fmt::print("Jishishan from the event, {:3} draws: dead {} (151), injured {} (983), destroyed {}, homeless {}, loss {:.1f} bn yuan (14.6)\n", e->draws,
               text(t.dead), text(t.injured), text(t.buildings_by_grade[4]), text(t.homeless), t.loss_yuan.p50 / 1e9);
  }
  for (const auto* e : {&*first, &*out}) {
    EXPECT_TRUE(inside(e->total.dead, 151)) << e->draws;
    EXPECT_TRUE(inside(e->total.injured, 983)) << e->draws;
  }
  EXPECT_GT(out->total.dead.p90 / out->total.dead.p10, first->total.dead.p90 / first->total.dead.p10);
}

}  // namespace
}  // namespace anlan::quake
