#include "quake/damage_moments.h"

#include <gtest/gtest.h>

#include <cmath>

namespace anlan::quake {
namespace {

std::vector<Fragility> types() {
  std::vector<Fragility> all(3);
  all[0].median = {0.9, 1.3, 2.1, 3.8}, all[0].beta.fill(0.4);
  all[1].median = {1.2, 1.9, 5, 10}, all[1].beta.fill(0.6);
  all[2].form = Fragility::Form::discrete;  // in PGA: no table
  all[2].levels = {0.1, 1, 3, 5};
  all[2].probability = {{{0.1, 0.5, 0.9, 1}, {0, 0.2, 0.5, 0.9}, {0, 0.1, 0.3, 0.6}, {0, 0, 0.1, 0.4}}};
  return all;
}
// Numbers of no order between -3 and 3.
float noise(uint32_t i) {
  i = (i ^ 61) ^ (i >> 16);
  i *= 9, i ^= i >> 4, i *= 0x27d4eb2d, i ^= i >> 15;
  return static_cast<float>(i % 60'000) / 10'000 - 3;
}

struct World {
  std::vector<Fragility> fragilities = types();
  std::vector<uint16_t> which;
  std::vector<uint32_t> site;
  std::vector<std::vector<float>> fields;
  World(size_t assets, size_t sites, size_t n) {
    for (size_t i = 0; i < assets; ++i) which.push_back(static_cast<uint16_t>(i * 5 % 3)), site.push_back(static_cast<uint32_t>(i * 7 % sites));
    for (size_t k = 0; k < n; ++k) {
      auto& field = fields.emplace_back();
      for (size_t s = 0; s < sites; ++s) field.push_back(noise(static_cast<uint32_t>(k * sites + s)));
    }
  }
  std::vector<std::span<const float>> spans() const { return {fields.begin(), fields.end()}; }
};

TEST(DamageMoments, EqualTheMeanAndDeviationOfTheExactShares) {
  const World w(200, 61, 37);
  const FragilityTables tables(w.fragilities);
  DamageMoments moments(tables, w.which, w.site);
  const auto spans = w.spans();
  // Blocks of any size say the same.
  moments.add(std::span(spans).first(1));
  moments.add(std::span(spans).subspan(1, 20));
  moments.add(std::span(spans).subspan(21));
  ASSERT_EQ(moments.fields(), 37u);
  for (size_t i = 0; i < w.which.size(); ++i) {
    std::array<double, kGrades> sum{}, square{};
    for (const auto& field : w.fields) {
      const auto s = grade_shares(w.fragilities[w.which[i]], std::exp(field[w.site[i]]));
      for (size_t g = 0; g < kGrades; ++g) sum[g] += s[g], square[g] += s[g] * s[g];
    }
    for (size_t g = 0; g < kGrades; ++g) {
      EXPECT_NEAR(moments.mean(i)[g], sum[g] / 37, 1e-5);
      EXPECT_NEAR(moments.deviation(i)[g], std::sqrt((square[g] - sum[g] * sum[g] / 37) / 36), 1e-5);
    }
  }
}

TEST(DamageMoments, DoNotDependOnThreads) {
  const World w(40'000, 997, 18);
  const FragilityTables tables(w.fragilities);
  DamageMoments one(tables, w.which, w.site), three(tables, w.which, w.site);
  one.add(w.spans(), 1);
  three.add(w.spans(), 3);
  for (size_t i = 0; i < w.which.size(); ++i) ASSERT_TRUE(one.mean(i) == three.mean(i) && one.deviation(i) == three.deviation(i)) << i;
}

TEST(DamageMoments, KeepASmallDeviationBesideALargeMean) {
  // The same place under fields that differ by a thousandth: deviations of 1e-4 beside shares of 0.2.
  World w(3, 1, 1'000);
  for (size_t k = 0; k < w.fields.size(); ++k) w.fields[k][0] = 0.3f + 0.0005f * noise(static_cast<uint32_t>(k));
  const FragilityTables tables(w.fragilities);
  DamageMoments moments(tables, w.which, w.site);
  moments.add(w.spans());
  std::array<double, kGrades> mean{}, square{};
  for (const auto& field : w.fields)
    for (size_t g = 0; g < kGrades; ++g) mean[g] += grade_shares(w.fragilities[0], std::exp(double{field[0]}))[g] / 1'000;
  for (const auto& field : w.fields)
    for (size_t g = 0; g < kGrades; ++g) square[g] += std::pow(grade_shares(w.fragilities[0], std::exp(double{field[0]}))[g] - mean[g], 2);
  for (size_t g = 0; g < kGrades; ++g) {
    const double exact = std::sqrt(square[g] / 999);
    EXPECT_NEAR(moments.deviation(0)[g], exact, 0.02 * exact + 1e-7) << g;
  }
}

TEST(DamageMoments, NothingAndWhatIsNoNumber) {
  const auto fragilities = types();
  const FragilityTables tables(fragilities);
  DamageMoments none(tables, {}, {});
  const std::vector<float> empty;
  const std::span<const float> spans[] = {empty};
  none.add(spans);
  EXPECT_EQ(none.fields(), 1u);

  World w(33, 33, 3);
  for (auto& field : w.fields) field.assign(33, NAN);
  w.fields[2].assign(33, -INFINITY);
  DamageMoments moments(tables, w.which, w.site);
  EXPECT_EQ(moments.deviation(0)[0], 0);
  moments.add(w.spans());
  for (size_t i = 0; i < 33; ++i) EXPECT_TRUE(moments.mean(i)[0] == 1 && moments.deviation(i)[0] == 0);
}

}  // namespace
}  // namespace anlan::quake
