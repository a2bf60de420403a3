// Damage and loss against the expected outputs of OpenQuake's own quality-assurance cases, to the six digits they are
// printed with. Self-contained cases only: scenario_damage 1 (discrete), 2 (continuous, on the fields of case 1), 1h
// (continuous and consequences), scenario_risk 1 (loss ratios). The others (4, 4b, 6, 1g, contents, occupants) draw their
// fields from a rupture by the engine's own random numbers, and cannot be repeated without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "quake/damage_moments.h"
#include "quake/fragility_read.h"

namespace anlan::quake {
namespace {

constexpr double kGravity = 9.80665;
const std::string kCases = "../shared/data/quake/openquake/qa/";

#define NEED_CASES() \
  if (!std::filesystem::exists(kCases)) GTEST_SKIP() << "no " << kCases

std::string file(const std::string& name) {
  std::ifstream in(kCases + name);
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Every element of this name, anywhere, in the order of the file.
std::vector<pugi::xml_node> all(const pugi::xml_node& under, const char* name) {
  std::vector<pugi::xml_node> found;
  for (const auto& node : under.select_nodes((std::string("//*[local-name()='") + name + "']").c_str()))
    found.push_back(node.node());
  return found;
}
std::string word(const pugi::xml_node& node) {
  std::istringstream text(node.child_value());
  std::string w;
  text >> w;
  return w;
}

using Site = std::pair<double, double>;
struct Counted {
  std::string id, taxonomy;
  Site at;
  double number, value;
};
std::vector<Counted> exposure(const std::string& name) {
  pugi::xml_document document;
  const auto text = file(name);
  EXPECT_TRUE(document.load_string(text.c_str()));
  std::vector<Counted> assets;
  for (const auto& a : all(document, "asset")) {
    const auto location = a.child("location");
    assets.push_back({a.attribute("id").value(), a.attribute("taxonomy").value(), {location.attribute("lon").as_double(), location.attribute("lat").as_double()},
                      a.attribute("number").as_double(), a.child("costs").find_child_by_attribute("cost", "type", "structural").attribute("value").as_double()});
  }
  EXPECT_FALSE(assets.empty());
  return assets;
}

// Levels at each site, field after field, in g.
using Motions = std::map<Site, std::vector<double>>;
Motions motions_csv(const std::string& name) {
  std::istringstream lines(file(name));
  std::string line, cell;
  std::getline(lines, line);
  std::vector<Site> sites;
  std::istringstream header(line);
  while (std::getline(header, cell, ',')) {
    std::istringstream pair(cell);
    Site s;
    EXPECT_TRUE(pair >> s.first >> s.second);
    sites.push_back(s);
  }
  Motions motions;
  while (std::getline(lines, line)) {
    std::istringstream row(line);
    for (const auto& s : sites) {
      EXPECT_TRUE(std::getline(row, cell, ','));
      motions[s].push_back(std::stod(cell));
    }
  }
  return motions;
}
Motions motions_xml(const std::string& name) {
  pugi::xml_document document;
  const auto text = file(name);
  EXPECT_TRUE(document.load_string(text.c_str()));
  Motions motions;
  for (const auto& node : all(document, "node")) motions[{node.attribute("lon").as_double(), node.attribute("lat").as_double()}].push_back(node.attribute("gmv").as_double());
  return motions;
}

// Of numbers one after another: mean and deviation of a sample.
struct Statistics {
  std::vector<double> values;
  double mean() const {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
  double deviation() const {
    double sum = 0;
    for (const double v : values) sum += (v - mean()) * (v - mean());
    return std::sqrt(sum / static_cast<double>(values.size() - 1));
  }
};

// Half a unit of the sixth digit, and one rounding to the 32 bits in which the engine kept its numbers: five of the printed
// ones lie that near to the middle between two sixth digits.
double sixth_digit(double value) {
  return value == 0 ? 1e-9 : 0.5 * std::pow(10, std::floor(std::log10(std::abs(value))) - 5) + 0x1p-23 * std::abs(value);
}
void expect_same(const pugi::xml_node& damage, const Statistics& s, const std::string& what) {
  const double mean = damage.attribute("mean").as_double(), deviation = damage.attribute("stddev").as_double();
  EXPECT_NEAR(s.mean(), mean, sixth_digit(mean)) << what;
  EXPECT_NEAR(s.deviation(), deviation, sixth_digit(deviation)) << what;
}

struct DamageCase {
  std::vector<Counted> assets;
  FragilityModel model;
  Motions motions;

  size_t type(const std::string& taxonomy) const { return static_cast<size_t>(std::find(model.ids.begin(), model.ids.end(), taxonomy) - model.ids.begin()); }
  size_t fields() const { return motions.begin()->second.size(); }
  // Buildings by field, state and asset.
  std::vector<std::vector<Statistics>> by_asset() const {
    std::vector<std::vector<Statistics>> out;
    for (const auto& a : assets) {
      auto& states = out.emplace_back(kGrades);
      for (const double g : motions.at(a.at)) {
        const auto shares = grade_shares(model.fragilities[type(a.taxonomy)], g * kGravity);
        for (size_t s = 0; s < kGrades; ++s) states[s].values.push_back(a.number * shares[s]);
      }
    }
    return out;
  }
};

DamageCase read_case(const std::string& folder, const std::string& fragility, Motions motions) {
  DamageCase c;
  c.assets = exposure(folder + "exposure_model.xml");
  auto model = read_fragilities(file(folder + fragility));
  EXPECT_TRUE(model.ok()) << model.error().describe();
  c.model = std::move(*model);
  c.motions = std::move(motions);
  return c;
}

void expect_equals_outputs(const DamageCase& c, const std::string& expected) {
  const auto by_asset = c.by_asset();
  const size_t states = c.model.limit_states.size() + 1;
  const auto state = [&](const pugi::xml_node& damage) {
    const std::string name = damage.attribute("ds").value();
    if (name == "no_damage") return size_t{0};
    return 1 + static_cast<size_t>(std::find(c.model.limit_states.begin(), c.model.limit_states.end(), name) - c.model.limit_states.begin());
  };
  const auto sum = [&](size_t s, const std::string& taxonomy) {
    Statistics all_of_them{std::vector<double>(c.fields())};
    for (size_t a = 0; a < c.assets.size(); ++a)
      if (taxonomy.empty() || c.assets[a].taxonomy == taxonomy)
        for (size_t k = 0; k < c.fields(); ++k) all_of_them.values[k] += by_asset[a][s].values[k];
    return all_of_them;
  };
  size_t compared = 0;
  pugi::xml_document assets, taxonomies, total;
  ASSERT_TRUE(assets.load_string(file(expected + "dmg_dist_per_asset.xml").c_str()));
  for (const auto& node : all(assets, "asset")) {
    size_t a = 0;
    while (a < c.assets.size() && c.assets[a].id != node.attribute("assetRef").value()) ++a;
    ASSERT_LT(a, c.assets.size());
    for (const auto& damage : node.children("damage")) ++compared, expect_same(damage, by_asset[a][state(damage)], c.assets[a].id);
  }
  EXPECT_EQ(compared, c.assets.size() * states);
  ASSERT_TRUE(taxonomies.load_string(file(expected + "dmg_dist_per_taxonomy.xml").c_str()));
  for (const auto& node : all(taxonomies, "DDNode")) {
    const auto taxonomy = word(node.child("taxonomy"));
    for (const auto& damage : node.children("damage")) ++compared, expect_same(damage, sum(state(damage), taxonomy), taxonomy);
  }
  ASSERT_TRUE(total.load_string(file(expected + "dmg_dist_total.xml").c_str()));
  for (const auto& damage : all(total, "damage")) ++compared, expect_same(damage, sum(state(damage), ""), "total");
  EXPECT_EQ(compared, (c.assets.size() + 2 + 1) * states);
}

// The wide path says the same as the exact one, within the error of its tables.
void expect_wide_equals(const DamageCase& c) {
  const FragilityTables tables(c.model.fragilities);
  std::vector<uint16_t> which;
  std::vector<uint32_t> site;
  std::vector<std::vector<float>> fields(c.fields());
  for (const auto& a : c.assets) {
    which.push_back(static_cast<uint16_t>(c.type(a.taxonomy)));
    site.push_back(static_cast<uint32_t>(site.size()));
    for (size_t k = 0; k < fields.size(); ++k) fields[k].push_back(static_cast<float>(std::log(c.motions.at(a.at)[k] * kGravity)));
  }
  DamageMoments moments(tables, which, site);
  moments.add(std::vector<std::span<const float>>(fields.begin(), fields.end()));
  const auto exact = c.by_asset();
  for (size_t a = 0; a < c.assets.size(); ++a)
    for (size_t s = 0; s < kGrades; ++s) {
      EXPECT_NEAR(moments.mean(a)[s], exact[a][s].mean() / c.assets[a].number, 1e-5);
      EXPECT_NEAR(moments.deviation(a)[s], exact[a][s].deviation() / c.assets[a].number, 1e-5);
    }
}

TEST(OpenQuake, ScenarioDamageOneDiscrete) {
  NEED_CASES();
  const auto c = read_case("scenario_damage/case_1/", "fragility_discrete.xml", motions_csv("scenario_damage/case_1/gmf_scenario.csv"));
  expect_equals_outputs(c, "scenario_damage/case_1/expected/");
  expect_wide_equals(c);
}

TEST(OpenQuake, ScenarioDamageTwoContinuous) {
  NEED_CASES();
  const auto c = read_case("scenario_damage/case_2/", "fragility_continuous.xml", motions_csv("scenario_damage/case_1/gmf_scenario.csv"));
  expect_equals_outputs(c, "scenario_damage/case_2/expected/");
  expect_wide_equals(c);
}

TEST(OpenQuake, ScenarioDamageOneHConsequences) {
  NEED_CASES();
  const std::string folder = "scenario_damage/case_1h/";
  const auto c = read_case(folder, "fragility_model.xml", motions_xml(folder + "gmf.xml"));
  expect_wide_equals(c);
  pugi::xml_document consequences;
  ASSERT_TRUE(consequences.load_string(file(folder + "consequence_model.xml").c_str()));
  const auto by_asset = c.by_asset();
  ASSERT_EQ(by_asset.size(), 1u);
  Statistics loss{std::vector<double>(c.fields())};
  size_t state = 0;
  for (const auto& params : all(consequences, "params")) {
    ++state;
    EXPECT_EQ(params.attribute("stddev").as_double(), 0);
    for (size_t k = 0; k < c.fields(); ++k) loss.values[k] += c.assets[0].value * params.attribute("mean").as_double() * by_asset[0][state].values[k];
  }
  EXPECT_EQ(state, kGrades - 1);
  std::istringstream expected(file(folder + "expected/csq_total.csv"));
  std::string header;
  std::getline(expected, header);
  double mean = 0, deviation = 0;
  char comma;
  ASSERT_TRUE(expected >> mean >> comma >> deviation);
  EXPECT_NEAR(loss.mean(), mean, sixth_digit(mean));
  EXPECT_NEAR(loss.deviation(), deviation, sixth_digit(deviation));
}

TEST(OpenQuake, ScenarioRiskOneLossRatios) {
  NEED_CASES();
  const std::string folder = "scenario_risk/case_1/";
  const auto motions = motions_csv(folder + "gmf_scenario.csv");
  pugi::xml_document vulnerability;
  ASSERT_TRUE(vulnerability.load_string(file(folder + "vulnerability.xml").c_str()));
  const auto numbers = [](const pugi::xml_node& node) {
    std::istringstream text(node.child_value());
    std::vector<double> out;
    for (double v; text >> v;) out.push_back(v);
    return out;
  };
  // Only asset a2 lies within the region that the case asks for.
  for (const auto& a : exposure(folder + "exposure_model.xml")) {
    if (a.id != "a2") continue;
    for (const auto& function : all(vulnerability, "vulnerabilityFunction")) {
      if (function.attribute("id").value() != a.taxonomy) continue;
      const auto levels = numbers(function.child("imls")), ratios = numbers(function.child("meanLRs"));
      Statistics loss;
      for (const double g : motions.at(a.at)) loss.values.push_back(a.value * along(levels, ratios, g));
      std::istringstream expected(file(folder + "expected/agg.csv"));
      std::string line;
      std::getline(expected, line);
      ASSERT_TRUE(std::getline(expected, line));
      double mean = 0, deviation = 0;
      ASSERT_EQ(std::sscanf(line.c_str(), "structural,USD,%lf,%lf", &mean, &deviation), 2) << line;
      EXPECT_NEAR(loss.mean(), mean, sixth_digit(mean));
      EXPECT_NEAR(loss.deviation(), deviation, sixth_digit(deviation));
      return;
    }
  }
  FAIL() << "the asset or its function is not there";
}

}  // namespace
}  // namespace anlan::quake
