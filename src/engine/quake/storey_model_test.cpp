#include "quake/storey_model.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

#include "quake/response_fixture.h"

namespace anlan::quake {
namespace {

// Section 6.5: C1M low, six storeys.
TEST(StoreyModel, GoldenValuesOfSixStoreys) {
  const ResponseClass c = fixture::c1m_low();
  EXPECT_NEAR(unit_eigenvalue(6, 1), .05812, .000005);
  const Chain chain = chain_of(c, 6);
  EXPECT_NEAR(chain.period_s, .90, 1e-12);
  EXPECT_NEAR(chain.stiffness, 838.6, .05);
  const double yield = chain.first_yield_m * chain.stiffness;
  EXPECT_NEAR(yield, 2.659, .0005);
  EXPECT_NEAR(yield / (c.yield_g * kYieldGravity * 6), .8696, .00005);
  const StoreyModel model = storey_model(c, 6, 500);
  EXPECT_DOUBLE_EQ(model.mass_kg, 500'000);
  ASSERT_EQ(model.yield.size(), 6u);
  EXPECT_NEAR(model.yield[0] / model.mass_kg, 2.659, .0005);
  EXPECT_NEAR(model.yield[5] / model.yield[0], 1 - 30. / 42, 1e-12);
  EXPECT_NEAR(model.peak_strength[2], 3 * model.yield[2], 1e-6);
}

TEST(StoreyModel, EigenvaluesAreThoseOfTheMatrix) {
  for (const int n : {1, 2, 3, 7, 30, 60}) {
    Eigen::MatrixXd k = Eigen::MatrixXd::Zero(n, n);
    for (int i = 0; i < n; ++i) {
      k(i, i) = i + 1 < n ? 2 : 1;
      if (i > 0) k(i, i - 1) = k(i - 1, i) = -1;
    }
    const Eigen::VectorXd values = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(k).eigenvalues();
    for (int mode = 1; mode <= n; ++mode)
      EXPECT_NEAR(unit_eigenvalue(static_cast<unsigned>(n), static_cast<unsigned>(mode)), values[mode - 1], 1e-10);
  }
}

TEST(StoreyModel, RayleighGivesTheDampingToTheFirstTwoModes) {
  for (const unsigned n : {2u, 6u, 30u}) {
    const ResponseClass c = fixture::c1m_low();
    const Chain chain = chain_of(c, n);
    for (const unsigned mode : {1u, 2u}) {
      const double w = std::sqrt(chain.stiffness * unit_eigenvalue(n, mode));
      EXPECT_NEAR(chain.mass_damping / (2 * w) + chain.stiffness_damping * w / 2, c.damping, 1e-12);
    }
  }
}

// The scheme of one elastic mode: w' = keep w - (couple + drag) x. Its roots must lie inside the unit circle at the
// step taken and, to show that the limit says something, outside a little above twice of it.
double largest_root(const Chain& chain, double dt) {
  const double w2 = chain.highest_rad_s * chain.highest_rad_s, half = chain.mass_damping * dt / 2;
  Eigen::Matrix2d step;  // (displacement, increment) -> next
  const double keep = (1 - half) / (1 + half), pull = w2 * dt * dt / (1 + half), drag = w2 * chain.stiffness_damping * dt / (1 + half);
  // x' = x + d; d' = keep d - pull x' - drag d
  step << 1, 1, -pull, keep - pull - drag;
  return Eigen::EigenSolver<Eigen::Matrix2d>(step).eigenvalues().cwiseAbs().maxCoeff();
}

TEST(StoreyModel, EveryClassAndHeightIsStable) {
  unsigned cut = 0;
  for (const auto& c : fixture::classes())
    for (unsigned n = 1; n <= kStoreysMax; ++n) {
      const Chain chain = chain_of(c, n);
      for (const double dt : {.005, .01, .02}) {
        const auto parts = substeps_needed(chain, dt);
        ASSERT_TRUE(parts);
        EXPECT_LE(largest_root(chain, dt / *parts), 1 + 1e-12) << n << " storeys, dt " << dt;
        cut += *parts > 1;
      }
      EXPECT_GT(largest_root(chain, 2.02 * step_limit(chain)), 1) << n;
      // What the benchmark's step asks of usual towers.
      if (n <= 30) {
        EXPECT_EQ(*substeps_needed(chain, .005), 1u) << n << " storeys, tau " << c.period_per_storey_s;
      }
    }
  EXPECT_GT(cut, 0u);
}

TEST(StoreyModel, StiffBuildingsCutTheStep) {
  ResponseClass c;
  c.period_per_storey_s = .1;
  EXPECT_EQ(*substeps_needed(chain_of(c, 1), .005), 1u);
  EXPECT_EQ(*substeps_needed(chain_of(c, 1), .02), 2u);
  c.period_per_storey_s = .005;
  EXPECT_GT(*substeps_needed(chain_of(c, 1), .02), 10u);
  EXPECT_FALSE(substeps_needed(chain_of(c, 60), .1));
}

TEST(StoreyModel, ClassesAreChecked) {
  EXPECT_TRUE(check(ResponseClass{}));
  const auto refused = [](auto change) {
    ResponseClass c;
    change(c);
    return !check(c);
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refused([](auto& c) { c.storey_height_m = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.period_per_storey_s = kNan; }));
  EXPECT_TRUE(refused([](auto& c) { c.yield_g = -1; }));
  EXPECT_TRUE(refused([](auto& c) { c.ultimate = .9; }));
  EXPECT_TRUE(refused([](auto& c) { c.hardening = 0; }));
  EXPECT_TRUE(refused([](auto& c) { c.softening = .1; }));
  EXPECT_TRUE(refused([](auto& c) { c.pinching = 2; }));
  EXPECT_TRUE(refused([](auto& c) { c.drift_limits = {.01, .01, .02, .03}; }));
  EXPECT_TRUE(refused([](auto& c) { c.drift_limits[3] = kNan; }));
  EXPECT_TRUE(refused([](auto& c) { c.collapse_drift = .01; }));
  EXPECT_TRUE(refused([](auto& c) { c.hysteresis = static_cast<Hysteresis>(9); }));
}

}  // namespace
}  // namespace anlan::quake
