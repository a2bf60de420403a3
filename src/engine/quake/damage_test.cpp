#include "quake/damage.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::quake {
namespace {

constexpr double kGravity = 9.80665;

Fragility lognormal(std::array<double, 4> median, double beta) {
  Fragility f;
  f.median = median;
  f.beta.fill(beta);
  return f;
}
Fragility by_intensity() {
  Fragility f;
  f.form = Fragility::Form::discrete;
  f.measure = Measure::intensity;
  f.levels = {6, 6.5, 7, 8, 9, 10};
  f.probability = {{{0.1, 0.2, 0.35, 0.6, 0.9, 1}, {0.02, 0.08, 0.2, 0.4, 0.7, 0.95}, {0, 0.01, 0.04, 0.15, 0.45, 0.8}, {0, 0, 0.01, 0.05, 0.2, 0.6}}};
  return f;
}
// Masonry without design, reference section 6.4.
Fragility masonry() { return lognormal({0.09 * kGravity, 0.13 * kGravity, 0.21 * kGravity, 0.38 * kGravity}, 0.4); }

double phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

TEST(GradeShares, HalfReachTheGradeAtItsMedian) {
  const auto f = masonry();
  const auto s = grade_shares(f, f.median[1]);
  EXPECT_NEAR(s[2] + s[3] + s[4], 0.5, 1e-12);
  EXPECT_NEAR(s[0], 1 - phi(std::log(0.13 / 0.09) / 0.4), 1e-12);
  EXPECT_NEAR(s[4], phi(std::log(0.13 / 0.38) / 0.4), 1e-12);
  EXPECT_NEAR(s[0] + s[1] + s[2] + s[3] + s[4], 1, 1e-12);
}

TEST(GradeShares, GrowWithTheShaking) {
  const auto f = masonry();
  double before[4] = {};
  for (double pga = 0.01; pga < 30; pga *= 1.05) {
    const auto s = grade_shares(f, pga);
    double reached = 0;
    for (size_t g = 4; g >= 1; --g) {
      reached += s[g];
      EXPECT_GE(reached, before[g - 1]);
      EXPECT_GE(s[g], 0);
      before[g - 1] = reached;
    }
  }
  EXPECT_GT(before[3], 0.999);
}

TEST(GradeShares, NothingWithoutShaking) {
  auto f = masonry();
  f.at_least = 0.5;
  for (const double none : {0.0, -1.0, 0.4999, static_cast<double>(NAN), -static_cast<double>(INFINITY)}) {
    EXPECT_EQ(grade_shares(f, none)[0], 1) << none;
    EXPECT_EQ(grade_shares(by_intensity(), none)[0], 1) << none;
  }
  EXPECT_LT(grade_shares(f, 0.5)[0], 1);
  EXPECT_EQ(grade_shares(f, INFINITY)[4], 1);
  EXPECT_EQ(grade_shares(by_intensity(), INFINITY)[4], 0.6);
  EXPECT_EQ(grade_shares(by_intensity(), 5.999)[0], 1);
  EXPECT_NEAR(grade_shares(by_intensity(), 6.25)[0], 0.85, 1e-12);
}

TEST(GradeShares, FewerStatesLeaveTheHigherGradesEmpty) {
  const auto f = lognormal({1, 2, INFINITY, INFINITY}, 0.5);
  ASSERT_TRUE(check(f).ok());
  const auto s = grade_shares(f, 100);
  EXPECT_NEAR(s[2], 1, 1e-9);
  EXPECT_EQ(s[3] + s[4], 0);
}

TEST(CheckFragility, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(check(masonry()).ok());
  EXPECT_TRUE(check(by_intensity()).ok());
  const auto refused = [](Fragility f, auto change) {
    change(f);
    const auto checked = check(f);
    return !checked.ok() && checked.error().code == ErrorCode::kInvalidField;
  };
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.median[2] = f.median[1]; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.median[0] = 0; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.median[3] = NAN; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.median[0] = INFINITY; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.beta[1] = 0; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.beta[1] = NAN; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.beta[1] = 0.8; })) << "curves that cross";
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.at_least = NAN; }));
  EXPECT_TRUE(refused(masonry(), [](Fragility& f) { f.measure = Measure::intensity; }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.levels.clear(); }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.levels[2] = 6.5; }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.levels[0] = -1; }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.probability[1].pop_back(); }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.probability[0][5] = 1.01; }));
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.probability[0][5] = 0.5; })) << "falls";
  EXPECT_TRUE(refused(by_intensity(), [](Fragility& f) { f.probability[3][4] = 0.46; })) << "curves that cross";
}

// Every kind of table, and the kinds without one.
std::vector<Fragility> all_kinds() {
  std::vector<Fragility> f{masonry(), by_intensity()};
  f.push_back(lognormal({0.5, 0.6, 2, 20}, 0.1));
  f.push_back(lognormal({0.5, 0.6, 2, 2.1}, 0.9));
  f.push_back(masonry());
  f.back().at_least = 0.7;
  f.push_back(lognormal({1, 2, INFINITY, INFINITY}, 0.5));
  f.push_back(masonry());
  f.back().beta = {0.3, 0.35, 0.41, 0.45};
  f.push_back(lognormal({0.001, 0.1, 10, 1000}, 0.011));  // too long for a table
  f.push_back(by_intensity());
  f.back().measure = Measure::pga;  // computed one by one
  f.back().levels = {0.1, 0.2, 0.5, 1, 2, 4};
  f.push_back(by_intensity());
  f.back().at_least = 6.25;
  f.push_back(lognormal({INFINITY, INFINITY, INFINITY, INFINITY}, 0.5));
  f.back().median[0] = 3;
  return f;
}

TEST(FragilityTables, AreWithinOnePartInAHundredThousandOfTheErrorFunction) {
  const auto kinds = all_kinds();
  for (const auto& f : kinds) ASSERT_TRUE(check(f).ok());
  const FragilityTables tables(kinds);
  std::vector<uint16_t> which;
  std::vector<float> shaking;
  for (size_t k = 0; k < kinds.size(); ++k)
    for (int i = -4'000; i <= 4'000; ++i) {
      which.push_back(static_cast<uint16_t>(k));
      shaking.push_back(kinds[k].measure == Measure::intensity ? 4 + static_cast<float>(i + 4'000) / 900 : static_cast<float>(i) / 500);
    }
  std::vector<GradeShares> shares(which.size());
  tables.shares(which, shaking, shares);
  double worst = 0;
  for (size_t i = 0; i < which.size(); ++i) {
    const auto& f = kinds[which[i]];
    const double x = shaking[i];
    const auto exact = grade_shares(f, f.measure == Measure::intensity ? x : std::exp(x));
    float sum = 0;
    for (size_t g = 0; g < kGrades; ++g) {
      worst = std::max(worst, std::abs(exact[g] - double{shares[i][g]}));
      sum += shares[i][g];
    }
    ASSERT_NEAR(sum, 1, 2e-6);
  }
  EXPECT_LT(worst, 1e-5);
}

TEST(FragilityTables, HostileShakingDoesNoDamageOrAllOfIt) {
  const auto kinds = all_kinds();
  const FragilityTables tables(kinds);
  for (uint16_t k = 0; k < kinds.size(); ++k) {
    const std::vector<uint16_t> which(6, k);
    const std::vector<float> shaking{NAN, -INFINITY, -1e30f, -NAN, 1e30f, INFINITY};
    std::vector<GradeShares> s(6);
    tables.shares(which, shaking, s);
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(s[i][0], 1) << k << ' ' << i;
    const auto most = grade_shares(kinds[k], INFINITY);
    for (size_t i = 4; i < 6; ++i)
      for (size_t g = 0; g < kGrades; ++g) EXPECT_NEAR(s[i][g], most[g], 1e-5) << k;
  }
}

TEST(FragilityTables, AddSumsUpWhatSharesSay) {
  const auto kinds = all_kinds();
  const FragilityTables tables(kinds);
  for (const size_t n : {0, 1, 2, 3, 97}) {
    std::vector<uint16_t> which;
    std::vector<float> shaking, weight;
    std::vector<uint32_t> bin;
    for (size_t i = 0; i < n; ++i) {
      which.push_back(static_cast<uint16_t>(i * 7 % kinds.size()));
      shaking.push_back(static_cast<float>(i % 13) * 0.7f);
      weight.push_back(static_cast<float>(i % 5));
      bin.push_back(static_cast<uint32_t>(i % 3));
    }
    std::vector<GradeShares> shares(n);
    std::array<GradeShares, 3> sums{}, expected{};
    tables.shares(which, shaking, shares);
    tables.add(which, shaking, weight, bin, sums);
    for (size_t i = 0; i < n; ++i)
      for (size_t g = 0; g < kGrades; ++g) expected[bin[i]][g] += weight[i] * shares[i][g];
    for (size_t b = 0; b < 3; ++b)
      for (size_t g = 0; g < kGrades; ++g) EXPECT_NEAR(sums[b][g], expected[b][g], 1e-4);
  }
}

TEST(Along, IsNothingBelowAndTheLastAbove) {
  const std::vector<double> levels{0.1, 0.2, 0.4}, values{0.5, 0.6, 1};
  EXPECT_EQ(along(levels, values, 0.0999), 0);
  EXPECT_EQ(along(levels, values, 0.1), 0.5);
  EXPECT_NEAR(along(levels, values, 0.3), 0.8, 1e-12);
  EXPECT_EQ(along(levels, values, 9), 1);
  EXPECT_EQ(along(levels, values, NAN), 0);
  EXPECT_EQ(along({}, {}, 1), 0);
}

}  // namespace
}  // namespace anlan::quake
