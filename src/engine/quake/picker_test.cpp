#include "quake/picker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <functional>
#include <numbers>

#include "quake/synthetic_waves.h"

namespace anlan::quake {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

struct Bench {
  explicit Bench(double rate) : tuning(rate), shaking(tuning.ring), displacement(tuning.ring) {}
  // The onset's time, or nothing when none is left at the end.
  std::optional<double> run(const std::function<double(double)>& acceleration, double seconds, size_t packet = 100) {
    std::vector<double> x;
    std::vector<float> moved(packet);
    std::optional<double> onset;
    const auto n = static_cast<size_t>(seconds * tuning.rate);
    uint32_t opened = picker.opened();
    for (size_t i = 0; i < n; i += packet) {
      x.clear();
      for (size_t k = i; k < std::min(n, i + packet); ++k) x.push_back(acceleration(static_cast<double>(k) * tuning.dt));
      if (i == 0) start_motion(motion, x);
      run_motion(tuning, motion, false, x, moved.data());
      picker.run(tuning, x, moved.data(), shaking.data(), displacement.data());
      if (picker.opened() != opened) opened = picker.opened(), onset = (static_cast<double>(i + x.size()) - picker.since_onset()) * tuning.dt;
      if (picker.thrown() == opened) onset.reset();
    }
    return onset;
  }
  Tuning tuning;
  Motion motion;
  Picker picker;
  std::vector<float> shaking, displacement;
};
double noise(uint64_t seed, double t) { return 1e-4 * synthetic::normal(synthetic::hash(seed, std::llround(t * 1000))); }

TEST(Motion, IsTheFilterItSaysItIs) {
  for (const double rate : {50.0, 100.0, 200.0})
    for (const double hz : {0.05, 0.2, 1.0, 4.0}) {
      const Tuning t(rate);
      Motion m;
      std::vector<double> x(static_cast<size_t>(rate));
      std::vector<float> d(x.size());
      double most = 0, pgv = 0;
      for (int s = 0; s < 180; ++s) {
        for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(kTwoPi * hz * (s + static_cast<double>(i) / rate));
        const auto peaks = run_motion(t, m, false, x, d.data());
        if (s < 150) continue;
        for (const float u : d) most = std::max(most, std::abs(static_cast<double>(u)));
        pgv = std::max(pgv, static_cast<double>(peaks.pgv));
      }
      const std::complex<double> s(0, kTwoPi * hz);
      const double w = kTwoPi * 0.075;
      const double mean = std::abs(s / (s + kTwoPi * 0.01)), wanted = mean / std::abs(s * s + std::numbers::sqrt2 * w * s + w * w);
      // A step is held half a sample to each side, which blunts what is fast: 3 % at a twelfth of the rate.
      EXPECT_NEAR(most / wanted, 1, hz > 2 ? 0.05 : 0.01) << rate << " " << hz;
      EXPECT_NEAR(pgv / (wanted * kTwoPi * hz), 1, hz > 2 ? 0.05 : 0.01) << rate << " " << hz;
    }
}

TEST(Motion, VelocityAndAccelerationOfOneMotionAgree) {
  const Tuning t(100);
  Motion of_a, of_v;
  std::vector<double> a(100), v(100);
  std::vector<float> from_a(100), from_v(100);
  double apart = 0, most = 0;
  for (int s = 0; s < 60; ++s) {
    for (int i = 0; i < 100; ++i) {
      const double w = kTwoPi * 0.7, at = s + i / 100.0;
      v[i] = std::sin(w * at) * (at > 5), a[i] = w * std::cos(w * at) * (at > 5);
    }
    const auto pa = run_motion(t, of_a, false, a, from_a.data()), pv = run_motion(t, of_v, true, v, from_v.data());
    if (s < 40) continue;
    EXPECT_NEAR(pa.pga, pv.pga, 0.02 * pa.pga);
    EXPECT_NEAR(pa.pgv, pv.pgv, 0.02 * pa.pgv);
    for (int i = 0; i < 100; ++i) apart = std::max(apart, std::abs(static_cast<double>(from_a[i] - from_v[i]))), most = std::max<double>(most, std::abs(from_a[i]));
  }
  EXPECT_LT(apart, 0.05 * most);
}

TEST(Picker, TimesAnOnset) {
  for (const double rate : {50.0, 100.0, 200.0}) {
    double sum = 0, worst = 0;
    for (uint64_t seed = 1; seed <= 30; ++seed) {
      Bench bench(rate);
      const double at = 15 + synthetic::unit(synthetic::hash(seed));
      const auto onset = bench.run(
          [&](double t) {
            const double late = t - at;
            return noise(seed, t) + (late > 0 ? 2e-3 * std::exp(-late / 3) * std::sin(kTwoPi * 6 * late) * (1 + 0.5 * std::sin(seed + 9 * late)) : 0);
          },
          25);
      ASSERT_TRUE(onset) << rate << " " << seed << " gate " << static_cast<int>(bench.picker.last_gate());
      sum += std::abs(*onset - at), worst = std::max(worst, std::abs(*onset - at));
      EXPECT_TRUE(bench.picker.passed_all() || bench.picker.noisy());
    }
    std::printf("%3.0f Hz: mean |error| %.3f s, worst %.3f s\n", rate, sum / 30, worst);
    EXPECT_LT(sum / 30, 0.05);
    EXPECT_LT(worst, 0.2);
  }
}

TEST(Picker, DoesNotDependOnThePackets) {
  const auto record = [](double t) { return noise(4, t) + (t > 15 ? 4e-3 * std::sin(kTwoPi * 4 * (t - 15)) * std::exp(15 - t) : 0); };
  std::optional<double> first;
  for (const size_t packet : {7, 50, 100, 128}) {
    Bench bench(100);
    const auto onset = bench.run(record, 30, packet);
    ASSERT_TRUE(onset);
    if (!first) first = onset;
    EXPECT_NEAR(*onset, *first, 0.05);
  }
}

TEST(Picker, ShowsPdAndTauC) {
  Bench bench(100);
  const double w = kTwoPi * 3;
  const auto onset = bench.run([&](double t) { return noise(1, t) / 100 + (t >= 15 ? 0.05 * std::sin(w * (t - 15)) : 0); }, 24);
  ASSERT_TRUE(onset);
  EXPECT_NEAR(*onset, 15, 0.1);
  // Integrated twice from rest, A sin(wt) gives A/w² (wt - sin wt): the drift is what the high-pass removes with time.
  double q = 0, v = 0, mean = 0, pd = 0, squares = 0, slopes = 0;
  const double f = kTwoPi * 0.075;
  for (int i = 0; i < 3000; ++i) {
    const double t = i * 1e-3;
    const double a = 0.05 * std::sin(w * t) - mean;
    mean += 1e-3 * kTwoPi * 0.01 * a;
    v += 1e-3 * (a - std::numbers::sqrt2 * f * v - f * f * q);
    q += 1e-3 * v;
    pd = std::max(pd, std::abs(q)), squares += q * q, slopes += v * v;
  }
  EXPECT_NEAR(bench.picker.pd_m(3), pd, 0.05 * pd);
  EXPECT_NEAR(bench.picker.tau_c_s(), kTwoPi * std::sqrt(squares / slopes), 0.05 * kTwoPi * std::sqrt(squares / slopes));
  EXPECT_GE(bench.picker.pd_m(6), bench.picker.pd_m(3));
  EXPECT_EQ(bench.picker.measured_s(bench.tuning), 8U);
}

TEST(Picker, IsNotTakenInBy) {
  struct Case {
    const char* name;
    std::function<double(double)> add;
  };
  const Case cases[] = {
      {"nothing", [](double) { return 0.0; }},
      {"a spike", [](double t) { return std::abs(t - 15) < 0.004 ? 1.0 : 0.0; }},
      {"a spike of three samples", [](double t) { return std::abs(t - 15) < 0.014 ? 0.1 : 0.0; }},
      {"a step", [](double t) { return t > 15 ? 0.05 : 0.0; }},
      {"a pulse of calibration", [](double t) { return t > 15 && t < 17 ? 0.05 : 0.0; }},
      {"a long wave", [](double t) { return t > 15 ? 2e-3 * (1 - std::exp((15 - t) / 10)) * std::sin(kTwoPi / 8 * (t - 15)) : 0.0; }},
      {"a ramp", [](double t) { return t > 15 ? 1e-3 * (t - 15) : 0.0; }},
  };
  for (const Case& c : cases)
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      Bench bench(100);
      EXPECT_FALSE(bench.run([&](double t) { return noise(seed, t) + c.add(t); }, 40)) << c.name << " " << seed;
    }
}

TEST(Picker, SilenceAndTheEndOfTheWorld) {
  Bench bench(100);
  EXPECT_FALSE(bench.run([](double) { return 0.0; }, 30));
  EXPECT_FALSE(bench.run([](double) { return 2e9; }, 30));
  bench.run([](double t) { return 2e9 * (std::fmod(t * 7, 1.0) < 0.5 ? 1 : -1); }, 100);
  bench.run([](double) { return 0.0; }, 100);
  EXPECT_FALSE(bench.picker.triggered());
}

}  // namespace
}  // namespace anlan::quake
