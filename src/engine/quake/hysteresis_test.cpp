#include "quake/hysteresis.h"

#include <gtest/gtest.h>

#include <functional>

namespace anlan::quake {
namespace {

using Force = double (*)(const StoreyLaw&, StoreyState&, double);

ResponseClass plain() {
  ResponseClass c;
  c.hardening = 0.1;
  c.ultimate = 2;
  c.softening = -0.05;
  c.degradation = 0;
  c.hysteresis = Hysteresis::pinching;
  c.pinching = 1;
  return c;
}

// Moves to `to` in small steps; returns the work done on the way.
double go(Force force, const StoreyLaw& law, StoreyState& s, double to, int steps = 20'000) {
  const double step = (to - s.drift) / steps;
  double work = 0;
  for (int i = 0; i < steps; ++i) {
    const double before = s.force;
    work += (before + force(law, s, step)) / 2 * step;
  }
  return work;
}

double cycle(Force force, const StoreyLaw& law, StoreyState& s, double amplitude) {
  double work = go(force, law, s, amplitude);
  work += go(force, law, s, -amplitude);
  return work + go(force, law, s, amplitude);
}

constexpr double kYield = 0.01;
const double kPeak = kYield * (1 + 1 / 0.1);

TEST(Hysteresis, BackboneOfEachLaw) {
  const StoreyLaw law = StoreyLaw::of(plain(), kYield);
  for (const Force force : {bilinear_force, peak_oriented_force}) {
    for (const double side : {1.0, -1.0}) {
      StoreyState s = StoreyState::of(law);
      go(force, law, s, side * kYield);
      EXPECT_NEAR(s.force, side * kYield, 1e-9);
      go(force, law, s, side * 0.05);
      EXPECT_NEAR(s.force, side * (kYield + 0.1 * 0.04), 1e-9);
      go(force, law, s, side * kPeak);
      EXPECT_NEAR(s.force, side * 2 * kYield, 1e-9);
      go(force, law, s, side * (kPeak + 0.1));
      EXPECT_NEAR(s.force, side * (2 * kYield - 0.05 * 0.1), 1e-9);
      // 2 y / 0.05 beyond the peak nothing is left, and nothing comes back.
      go(force, law, s, side * (kPeak + 0.5));
      EXPECT_NEAR(s.force, 0, 1e-9);
      go(force, law, s, 0);
      EXPECT_NEAR(s.force, 0, 1e-9);
    }
  }
}

TEST(Hysteresis, BilinearLoopArea) {
  const StoreyLaw law = StoreyLaw::of(plain(), kYield);
  StoreyState s = StoreyState::of(law);
  go(bilinear_force, law, s, 0.05);
  double area = go(bilinear_force, law, s, -0.05);
  area += go(bilinear_force, law, s, 0.05);
  // A parallelogram: 4 (1 - hardening) y (D - y).
  EXPECT_NEAR(area, 4 * 0.9 * kYield * (0.05 - kYield), 1e-7);
  // Once more the same: no loss with cycles.
  area = go(bilinear_force, law, s, -0.05) + go(bilinear_force, law, s, 0.05);
  EXPECT_NEAR(area, 4 * 0.9 * kYield * (0.05 - kYield), 1e-7);
}

TEST(Hysteresis, BilinearKeepsItsLostStrength) {
  const StoreyLaw law = StoreyLaw::of(plain(), kYield);
  StoreyState s = StoreyState::of(law);
  go(bilinear_force, law, s, kPeak + 0.3);  // cap down to 0.005, below yield
  EXPECT_NEAR(s.force, 0.005, 1e-9);
  go(bilinear_force, law, s, 0.2);
  EXPECT_NEAR(s.force, -0.005, 1e-9);
  go(bilinear_force, law, s, 0.2 + 0.004);
  EXPECT_NEAR(s.force, -0.001, 1e-9);  // elastic again
}

TEST(Hysteresis, CloughUnloadsElasticallyAndAimsAtThePeak) {
  const StoreyLaw law = StoreyLaw::of(plain(), kYield);
  StoreyState s = StoreyState::of(law);
  go(peak_oriented_force, law, s, 0.05);
  const double top = s.force;
  EXPECT_NEAR(top, 0.014, 1e-9);
  go(peak_oriented_force, law, s, 0.05 - 0.01);
  EXPECT_NEAR(s.force, top - 0.01, 1e-9);
  // Zero at 0.05 - 0.014; from there straight at the yield point of the other side, which was not reached yet.
  const double zero = 0.05 - 0.014;
  go(peak_oriented_force, law, s, (zero - kYield) / 2);
  EXPECT_NEAR(s.force, -kYield / 2, 1e-6);
  go(peak_oriented_force, law, s, -0.05);
  EXPECT_NEAR(s.force, -0.014, 1e-6);
  // Back: from -zero at (0.05, 0.014).
  go(peak_oriented_force, law, s, -zero + (0.05 + zero) / 4);
  EXPECT_NEAR(s.force, 0.014 / 4, 1e-6);
  go(peak_oriented_force, law, s, 0.05);
  EXPECT_NEAR(s.force, 0.014, 1e-6);
  go(peak_oriented_force, law, s, 0.06);
  EXPECT_NEAR(s.force, 0.015, 1e-6);
}

TEST(Hysteresis, SmallSwingsInsideStayOnTheirLine) {
  const StoreyLaw law = StoreyLaw::of(plain(), kYield);
  StoreyState s = StoreyState::of(law);
  go(peak_oriented_force, law, s, 0.05);
  for (int i = 0; i < 5; ++i) {
    go(peak_oriented_force, law, s, 0.042, 1000);
    go(peak_oriented_force, law, s, 0.05, 1000);
    EXPECT_NEAR(s.force, 0.014, 1e-9);
  }
}

TEST(Hysteresis, PinchingNarrowsTheLoop) {
  double before = 1;
  std::vector<double> areas;
  for (const double pinching : {1.0, 0.6, 0.3, 0.0}) {
    ResponseClass c = plain();
    c.pinching = pinching;
    const StoreyLaw law = StoreyLaw::of(c, kYield);
    StoreyState s = StoreyState::of(law);
    cycle(peak_oriented_force, law, s, 0.05);
    const double area = go(peak_oriented_force, law, s, -0.05) + go(peak_oriented_force, law, s, 0.05);
    EXPECT_LT(area, before);
    EXPECT_NEAR(s.force, 0.014, 1e-6);  // the peak is reached all the same
    before = area;
    areas.push_back(area);
  }
  // Unpinched: two triangles from zero to the far peak, less what unloading gives back.
  EXPECT_NEAR(areas[0], 2 * (0.014 * (0.05 + 0.036) / 2 - 0.014 * 0.014 / 2), 1e-6);
  EXPECT_NEAR(areas[3], 0, 1e-6);
}

TEST(Hysteresis, StrengthIsLostWithEnergy) {
  ResponseClass c = plain();
  c.degradation = 0.2;
  const StoreyLaw law = StoreyLaw::of(c, kYield);
  StoreyState s = StoreyState::of(law);
  double top = 1, dissipated = 0;
  for (int i = 0; i < 5; ++i) {
    dissipated = s.dissipated;
    go(peak_oriented_force, law, s, -0.05);
    go(peak_oriented_force, law, s, 0.05);
    EXPECT_LT(s.force, top);
    EXPECT_GT(s.dissipated, dissipated);
    top = s.force;
  }
  // The rectangle of the peak's force and drift, four times round, costs the stated share.
  EXPECT_NEAR(s.strength, 1 - 0.2 * s.dissipated / (4 * 2 * kYield * kPeak), 1e-12);
  for (int i = 0; i < 200; ++i) {
    go(peak_oriented_force, law, s, -0.1, 500);
    go(peak_oriented_force, law, s, 0.1, 500);
  }
  EXPECT_DOUBLE_EQ(s.strength, kStrengthFloor);
}

TEST(Hysteresis, DissipatedIsTheWorkThatDoesNotComeBack) {
  for (const double pinching : {1.0, 0.4}) {
    ResponseClass c = plain();
    c.pinching = pinching;
    c.degradation = 0.1;
    const StoreyLaw law = StoreyLaw::of(c, kYield);
    StoreyState s = StoreyState::of(law);
    double work = 0;
    for (const double to : {0.02, -0.03, 0.05, 0.01, 0.06, -0.08, 0.0}) work += go(peak_oriented_force, law, s, to);
    EXPECT_NEAR(s.dissipated, work - s.force * s.force / 2, 0.002 * work);
  }
}

}  // namespace
}  // namespace anlan::quake
