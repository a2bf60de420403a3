#include "quake/motion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numbers>

#include "quake/response_fixture.h"

namespace anlan::quake {
namespace {

using std::numbers::pi;

const std::string kHead = "PEER STRONG MOTION DATABASE RECORD\nSOMEWHERE\nACCELERATION TIME HISTORY IN UNITS OF G\n";

TEST(At2, UsualRecord) {
  const auto motion = read_at2(kHead + "NPTS=     7, DT= .00500 SEC\n   .1000000E+00  -.2000000E-01   .3\n 0.4 -5E-1\n .6\n7.D-1\n");
  ASSERT_TRUE(motion);
  EXPECT_DOUBLE_EQ(motion->dt, .005);
  ASSERT_EQ(motion->acceleration.size(), 7u);
  const double g[] = {.1, -.02, .3, .4, -.5, .6, .7};
  for (int i = 0; i < 7; ++i) EXPECT_NEAR(motion->acceleration[static_cast<size_t>(i)], g[i] * kGravity, 1e-6) << i;
}

TEST(At2, OddLinesOfNptsAndDt) {
  for (const char* line : {"3 0.0050 NPTS, DT", "NPTS=   3, DT=   .0050 SEC,              ", "NPTS=3, DT=.005 SEC\r",
                           "   3   .0050  NPTS,DT", "npts = 3 , dt = 0.005 sec", "DT= .005 SEC, NPTS= 3", "3    0.0050    NPTS, DT    unused"}) {
    const auto motion = read_at2(kHead + line + "\n.1 .2\r\n.3\r\n");
    ASSERT_TRUE(motion) << line << ": " << motion.error().describe();
    EXPECT_DOUBLE_EQ(motion->dt, .005) << line;
    EXPECT_EQ(motion->acceleration.size(), 3u) << line;
  }
}

TEST(At2, NumbersWithoutGapsAndOtherUnits) {
  const auto motion = read_at2("ACCELERATION IN CM/S/S\nNPTS= 3, DT= .01 SEC\n-.1000000E+01-.2000000E+01+.3000000E+01");
  ASSERT_TRUE(motion);
  EXPECT_FLOAT_EQ(motion->acceleration[1], -.02f);
  EXPECT_FLOAT_EQ(motion->acceleration[2], .03f);
}

TEST(At2, FaultsSayWhere) {
  const auto why = [](const std::string& text) {
    const auto motion = read_at2(text);
    return motion ? std::string() : std::string(motion.error().param("why"));
  };
  EXPECT_NE(why("").find("NPTS"), std::string::npos);
  EXPECT_NE(why(std::string(5000, '\n')).find("NPTS"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= x, DT= .005\n1\n").find("line 4"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 3, DT= .005 SEC\n.1 .2\n").find("cut off"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 3, DT= .005 SEC\n.1 .2\n.3 .4\n").find("line 6"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 3, DT= .005 SEC\n.1 oops .3\n").find("line 5"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 3, DT= .005 SEC\n.1 nan .3\n").find("line 5"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 2.5, DT= .005 SEC\n.1 .2\n").find("whole"), std::string::npos);
  EXPECT_NE(why(kHead + "NPTS= 99999999, DT= .005 SEC\n.1 .2\n").find("whole"), std::string::npos);
  EXPECT_FALSE(why(kHead + "NPTS= 2, DT= 0 SEC\n.1 .2\n").empty());
  EXPECT_FALSE(why(kHead + "NPTS= 2, DT= -.01 SEC\n.1 .2\n").empty());
  EXPECT_FALSE(why(kHead + "NPTS= 2, DT= .01 SEC\n.1 1e9\n").empty());
}

TEST(At2, AllSharedRecords) {
  const std::filesystem::path folder = std::string(fixture::kRecords) + "/other_peer";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no ../shared/data/quake/accelerograms";
  size_t read = 0;
  std::vector<std::string> paths = {std::string(fixture::kRecords) + "/classic/Oak_2_50_5_FN.AT2",
                                    std::string(fixture::kRecords) + "/classic/RSN763_LOMAP_GIL067.AT2",
                                    std::string(fixture::kRecords) + "/classic/elCentro.AT2",
                                    std::string(fixture::kRecords) + "/chichi1999/CHY028-N.AT2.gz"};
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path().string());
  for (const auto& path : paths) {
    const auto text = fixture::slurp(path);
    ASSERT_TRUE(text) << path;
    const auto motion = read_at2(*text);
    ASSERT_TRUE(motion) << path << ": " << motion.error().describe();
    EXPECT_GT(traits_of(*motion).pga, .01) << path;
    EXPECT_LT(traits_of(*motion).pga, 20) << path;
    ++read;
  }
  EXPECT_GE(read, 35u);
}

TEST(At2, ElCentroOfTwoFilesIsTheSame) {
  const auto a = fixture::slurp(std::string(fixture::kRecords) + "/classic/el_centro.AT2");
  const auto b = fixture::slurp(std::string(fixture::kRecords) + "/classic/elCentro.AT2");
  if (!a || !b) GTEST_SKIP() << "no ../shared/data/quake/accelerograms";
  const auto one = read_at2(*a), other = read_at2(*b);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->acceleration, other->acceleration);
  EXPECT_NEAR(traits_of(*one).pga, .319 * kGravity, .003 * kGravity);
}

TEST(Columns, StatedAndTimed) {
  const auto plain = read_columns("0.1\n-0.2\n\n0.3\n", {.unit = AccelerationUnit::gal, .dt = .02, .column = 0});
  ASSERT_TRUE(plain);
  EXPECT_DOUBLE_EQ(plain->dt, .02);
  EXPECT_FLOAT_EQ(plain->acceleration.at(2), .003f);
  const auto timed = read_columns("A record\nTime[s] Accel[g]\n0.00\t0.1\n0.01\t0.2\n0.02\t-0.3\n", {});
  ASSERT_TRUE(timed) << timed.error().describe();
  EXPECT_NEAR(timed->dt, .01, 1e-12);
  EXPECT_FLOAT_EQ(timed->acceleration.at(2), static_cast<float>(-.3 * kGravity));
  const auto every = read_columns("1 2 3\n4 5 6\n", {.unit = AccelerationUnit::m_s2, .dt = .01, .every_column = true});
  ASSERT_TRUE(every);
  EXPECT_EQ(every->acceleration, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(read_columns("0 1\n.01 2\n.05 3\n", {}));                // a gap
  EXPECT_FALSE(read_columns("0 1\n0 2\n0 3\n", {}));                    // no progress
  EXPECT_FALSE(read_columns("0 1\n.01\n", {}));                         // a column short
  EXPECT_FALSE(read_columns("0 1\n.01 2\nend\n", {}));                  // text among numbers
  EXPECT_FALSE(read_columns("", {.dt = .01}));
  EXPECT_FALSE(read_columns("1\n2\n", {.dt = 0, .column = 0}));         // no step
  EXPECT_FALSE(read_columns(std::string(100, '\n') + "text\n", {}));
}

TEST(Motion, TraitsOfASine) {
  GroundMotion m{.001, {}};
  for (int i = 0; i <= 10'000; ++i) m.acceleration.push_back(static_cast<float>(2 * std::sin(2 * pi * i * .001)));
  const auto traits = traits_of(m);
  EXPECT_NEAR(traits.pga, 2, 1e-5);
  EXPECT_NEAR(traits.pgv, 2 * 2 / (2 * pi), 1e-4);  // from rest the velocity is 1 - cos
  EXPECT_NEAR(traits.duration_s, 9, .2);
}

// Undamped, from rest, a = -A sin(pt): x = -A / (w2 - p2) (sin pt - p/w sin wt).
TEST(Motion, SpectralVelocityOfASine) {
  const double p = 2 * pi * 1.5, w = 2 * pi / .4;
  GroundMotion m{.002, {}};
  double most = 0;
  for (int i = 0; i <= 3000; ++i) {
    const double t = i * .002;
    m.acceleration.push_back(static_cast<float>(3 * std::sin(p * t)));
    most = std::max(most, std::abs(3 / (w * w - p * p) * (std::sin(p * t) - p / w * std::sin(w * t))));
  }
  EXPECT_NEAR(spectral_velocity(m, .4, 0), w * most, 2e-4 * w * most);
}

TEST(Motion, ElCentroSpectrum) {
  const auto records = fixture::records();
  if (records.empty()) GTEST_SKIP() << "no ../shared/data/quake/accelerograms";
  // Chopra, Dynamics of Structures, figure 6.6.2 (2 %): largest displacement 2.67 in at T 0.5 s, 5.97 in at 1 s.
  EXPECT_NEAR(spectral_velocity(records[0].motion, .5, .02) / (2 * pi / .5) / .0254, 2.67, .08);
  EXPECT_NEAR(spectral_velocity(records[0].motion, 1, .02) / (2 * pi) / .0254, 5.97, .15);
}

TEST(Motion, ResampledKeepsTheLine) {
  const GroundMotion m{.02, {0, 2, -2}};
  const auto fine = resampled(m, .005);
  ASSERT_EQ(fine.acceleration.size(), 9u);
  EXPECT_FLOAT_EQ(fine.acceleration[1], .5f);
  EXPECT_FLOAT_EQ(fine.acceleration[4], 2);
  EXPECT_FLOAT_EQ(fine.acceleration[6], 0);
  EXPECT_FLOAT_EQ(fine.acceleration[8], -2);
}

TEST(Synthetic, MeetsItsTargets) {
  for (const SyntheticTarget target : {SyntheticTarget{1, .1, 10, .005}, {3, .45, 20, .005}, {.3, .015, 6, .01}, {6, .9, 30, .02}})
    for (const uint64_t seed : {1u, 2u, 77u}) {
      const auto motion = synthesize(target, seed);
      ASSERT_TRUE(motion) << motion.error().describe();
      ASSERT_TRUE(check(*motion));
      const auto traits = traits_of(*motion);
      EXPECT_NEAR(traits.pga, target.pga, 1e-5 * target.pga);
      EXPECT_NEAR(traits.pgv, target.pgv, .02 * target.pgv) << seed;
      EXPECT_NEAR(traits.duration_s, target.duration_s, .15 * target.duration_s) << seed;
      double velocity = 0;
      for (const float a : motion->acceleration) velocity += a * motion->dt;
      EXPECT_NEAR(velocity, 0, .01 * target.pgv);
    }
}

TEST(Synthetic, SeedDecides) {
  const auto a = synthesize({}, 5), b = synthesize({}, 5), c = synthesize({}, 6);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->acceleration, b->acceleration);
  EXPECT_NE(a->acceleration, c->acceleration);
}

TEST(Synthetic, RefusesWhatCannotBe) {
  EXPECT_FALSE(synthesize({.pga = 0}, 1));
  EXPECT_FALSE(synthesize({.pga = std::nan("")}, 1));
  EXPECT_FALSE(synthesize({.pga = 1, .pgv = 8}, 1));
  EXPECT_FALSE(synthesize({.pga = 10, .pgv = .001}, 1));
  EXPECT_FALSE(synthesize({.duration_s = 200, .dt = .001}, 1));
}

TEST(Choice, ByPeaks) {
  const std::vector<MotionTraits> motions{{2, .1, 10}, {2, .4, 10}, {8, 1.6, 10}};
  const std::vector<float> pga{1, 1, 8, 0, 3}, pgv{.05f, .21f, 1.5f, .1f, 0};
  const auto out = choose_motions(motions, pga, pgv);
  EXPECT_EQ(out[0].motion, 0);
  EXPECT_FLOAT_EQ(out[0].scale, .5f);
  EXPECT_EQ(out[1].motion, 1);
  EXPECT_EQ(out[2].motion, 2);  // same ratio as 1, but nothing to scale
  EXPECT_FLOAT_EQ(out[3].scale, 0);
  EXPECT_EQ(out[4].motion, 0);
  EXPECT_FLOAT_EQ(out[4].scale, 1.5f);
  EXPECT_EQ(choose_motions(motions, pga, {})[2].motion, 2);
}

TEST(Choice, BySpectralVelocity) {
  const std::vector<double> velocities{.1, .5, 0, 2};
  EXPECT_EQ(choose_motion(velocities, .6).motion, 1);
  EXPECT_FLOAT_EQ(choose_motion(velocities, .6).scale, 1.2f);
  EXPECT_FLOAT_EQ(choose_motion(velocities, 0).scale, 0);
}

}  // namespace
}  // namespace anlan::quake
