#include "quake/casualties.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace anlan::quake {
namespace {

// Section 6.3 of the domain reference.
TEST(Casualties, PagerRates) {
  EXPECT_NEAR(pager_death_rate(7), 5.05e-5, 0.005e-5);
  EXPECT_NEAR(pager_death_rate(8), 5.33e-3, 0.005e-3);
  EXPECT_NEAR(pager_death_rate(9), 8.44e-2, 0.005e-2);
  EXPECT_DOUBLE_EQ(pager_death_rate(11.5), pager_death_rate(9)) << "fitted to a class of 9 and more";
  EXPECT_EQ(pager_death_rate(4.9), 0);
  EXPECT_NEAR(pager_loss_rate(6), 0.0126, 0.00005);
  EXPECT_NEAR(pager_loss_rate(7), 0.241, 0.0005);
  EXPECT_NEAR(pager_loss_rate(8), 0.735, 0.0005);
  EXPECT_NEAR(pager_loss_rate(9), 0.964, 0.0005);
}

// Whole degrees, as PAGER counts people, against the rate at each person's own intensity where the number of people
// falls by four with each degree: the two may be exchanged.
TEST(Casualties, PagerAtWholeDegreesAndBetween) {
  double whole = 0, between = 0;
  for (double i = 5.5; i < 11; i += 0.001) {
    const double people = std::pow(4, -i);
    whole += people * pager_death_rate(std::round(i));
    between += people * pager_death_rate(i);
  }
  EXPECT_NEAR(between / whole, 0.9, 0.1);
}

TEST(Casualties, MaXieAndYin) {
  EXPECT_NEAR(ma_xie_death_rate(0.01), 4.1e-5, 0.05e-5);
  EXPECT_NEAR(ma_xie_death_rate(0.3), 0.0081, 0.00005);
  EXPECT_NEAR(yin_death_rate(0.01), 3.7e-6, 0.05e-6);
  EXPECT_NEAR(yin_death_rate(0.3), 0.0058, 0.00005);
  EXPECT_EQ(ma_xie_death_rate(0), 0);
  EXPECT_EQ(yin_death_rate(0), 0);
  EXPECT_EQ(ma_xie_death_rate(7), ma_xie_death_rate(1));
  for (const auto& [density, factor] : {std::pair{0.0, 0.8}, {49.9, 0.8}, {50.0, 1.0}, {199.0, 1.0}, {200.0, 1.1}, {500.0, 1.1}, {501.0, 1.2}})
    EXPECT_EQ(ma_xie_density_factor(density), factor) << density;
  for (const auto& [intensity, factor] : {std::pair{5.0, 17.0}, {6.0, 17.0}, {7.0, 8.0}, {8.0, 4.0}, {9.0, 2.0}, {10.0, 1.5}, {12.0, 1.5}}) {
    EXPECT_NEAR(ma_xie_time_factor(2, intensity), factor, 1e-12) << intensity;
    EXPECT_NEAR(ma_xie_time_factor(7, intensity), std::sqrt(factor), 1e-12) << intensity;
    EXPECT_EQ(ma_xie_time_factor(14, intensity), 1);
  }
  EXPECT_NEAR(ma_xie_time_factor(23, 7.5), std::sqrt(32), 1e-12);
}

TEST(Casualties, CollapseBetweenLevels) {
  const auto& adobe = pager_types()[0];
  ASSERT_EQ(adobe.id, "A");
  EXPECT_NEAR(collapse_share(adobe.collapse, 7.25), (0.10 + 0.325) / 2, 1e-6);
  EXPECT_NEAR(collapse_share(adobe.collapse, 9), 0.85, 1e-6);
  EXPECT_NEAR(collapse_share(adobe.collapse, 12), 0.85, 1e-6);
  EXPECT_NEAR(collapse_share(adobe.collapse, 1e30), 0.85, 1e-6);
  const auto& rubble = pager_types()[1];
  EXPECT_NEAR(collapse_share(rubble.collapse, 5.75), 0.0125, 1e-6);
  EXPECT_EQ(collapse_share(rubble.collapse, 5.5), 0);
  EXPECT_EQ(collapse_share(rubble.collapse, -1e30), 0);
}

TEST(Casualties, NeverFallAndNeverLeaveTheirBounds) {
  for (double x = -1; x < 13; x += 0.01) {
    for (const auto f : {pager_death_rate, pager_loss_rate, ma_xie_death_rate, yin_death_rate}) {
      EXPECT_LE(f(x), f(x + 0.01));
      EXPECT_GE(f(x), 0);
      EXPECT_LE(f(x), 1);
    }
    for (const auto& t : pager_types()) EXPECT_LE(collapse_share(t.collapse, x), collapse_share(t.collapse, x + 0.01) + 1e-12);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(pager_death_rate(nan), 0);
  EXPECT_EQ(ma_xie_death_rate(nan), 0);
  EXPECT_EQ(collapse_share(pager_types()[0].collapse, nan), 0);
}

using Rows = std::vector<std::map<std::string, std::string>>;
Rows read(const std::string& name) {
  std::ifstream file("../shared/data/quake/pager/" + name);
  const auto split = [](const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    return cells;
  };
  Rows rows;
  std::string line;
  if (!std::getline(file, line)) return rows;
  const auto names = split(line);
  while (std::getline(file, line)) {
    const auto cells = split(line);
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < std::min(names.size(), cells.size()); ++i) row[names[i]] = cells[i];
  }
  return rows;
}

TEST(Casualties, PagerTypesEqualThePublishedTables) {
  const Rows collapse = read("semi_collapse_mmi_CN.csv"), dead = read("semi_casualty_CN.csv"), rural = read("semi_inventory_RuralResidential_CN.csv"),
             urban = read("semi_inventory_UrbanResidential_CN.csv");
  if (collapse.empty() || dead.empty() || rural.empty() || urban.empty()) GTEST_SKIP() << "no ../shared/data/quake/pager";
  ASSERT_EQ(collapse.size(), pager_types().size());
  ASSERT_EQ(dead.size(), pager_types().size());
  double rural_sum = 0, urban_sum = 0;
  for (const auto& t : pager_types()) {
    const std::string id(t.id);
    bool found = false;
    for (const auto& row : collapse) {
      if (row.at("BuildingCode") != id) continue;
      found = true;
      const std::array<const char*, 7> levels{"MMI_6.0", "MMI_6.5", "MMI_7.0", "MMI_7.5", "MMI_8.0", "MMI_8.5", "MMI_9.0"};
      for (size_t i = 0; i < levels.size(); ++i) EXPECT_NEAR(t.collapse[i], std::stod(row.at(levels[i])), 1e-7) << id << levels[i];
    }
    EXPECT_TRUE(found) << id;
    for (const auto& row : dead) {
      if (row.at("BuildingCode") != id) continue;
      EXPECT_NEAR(t.dead_given_collapse, std::stod(row.at("CasualtyNight")), 1e-7) << id;
      EXPECT_EQ(row.at("CasualtyDay"), row.at("CasualtyNight")) << id;
    }
    EXPECT_NEAR(t.rural, std::stod(rural[0].at(id)), 1e-7) << id;
    EXPECT_NEAR(t.urban, std::stod(urban[0].at(id)), 1e-7) << id;
    rural_sum += t.rural;
    urban_sum += t.urban;
  }
  EXPECT_NEAR(rural_sum, 1, 1e-6);
  EXPECT_NEAR(urban_sum, 1, 1e-6);
}

}  // namespace
}  // namespace anlan::quake
