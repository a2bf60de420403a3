#include "quake/response.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

#include "quake/response_fixture.h"
#include "quake/storey_model.h"

namespace anlan::quake {
namespace {

using std::numbers::pi;

const char* const kInstructions[] = {"avx512", "avx2", "portable"};

ResponseClass elastic(double tau, double damping) {
  ResponseClass c;
  c.hysteresis = Hysteresis::elastic;
  c.period_per_storey_s = tau;
  c.damping = damping;
  return c;
}

GroundMotion shaking(double pga, uint64_t seed, double duration_s = 8, double dt = .005) {
  return *synthesize({pga, .12 * pga, duration_s, dt}, seed);
}

// Buildings of all classes and heights to 30, shaken from a tenth to eight times.
std::vector<Shaken> town(size_t classes, uint16_t motions, size_t n) {
  std::vector<Shaken> out;
  for (size_t i = 0; i < n; ++i) {
    const double within = static_cast<double>(i * 31 % n) / static_cast<double>(n);
    out.push_back({static_cast<uint32_t>(i % classes), static_cast<uint16_t>(1 + i * 7 % (i % 5 == 0 ? 30 : 9)),
                   static_cast<uint16_t>(i / classes % motions), static_cast<float>(.1 * std::pow(80, within))});
  }
  return out;
}

// Undamped and from rest, ground A sin(pt): x = -A / (w2 - p2) (sin pt - p/w sin wt).
TEST(Response, OneStoreyUnderASine) {
  const double w = 2 * pi / .5, p = 2 * pi * .8;
  GroundMotion m{.005, {}};
  for (int i = 0; i < 2000; ++i) m.acceleration.push_back(static_cast<float>(std::sin(p * i * m.dt)));
  const auto h = history(elastic(.5, 0), 1, 100, m, 2, 8, 1);
  ASSERT_TRUE(h);
  ASSERT_EQ(h->displacement.size(), m.acceleration.size());
  double most = 0, off = 0;
  for (size_t i = 0; i < h->displacement.size(); ++i) {
    const double t = static_cast<double>(i) * m.dt;
    const double x = -2 / (w * w - p * p) * (std::sin(p * t) - p / w * std::sin(w * t));
    most = std::max(most, std::abs(x));
    off = std::max(off, std::abs(x - h->displacement[i][0]));
  }
  EXPECT_LT(off, 1e-3 * most);
  EXPECT_NEAR(h->peaks.drift * 3, most, 1e-3 * most);
  EXPECT_NEAR(h->peaks.acceleration, w * w * most, 2e-3 * w * w * most);  // undamped: restoring force alone
  for (const char* instructions : kInstructions) {
    const ResponseClass c = elastic(.5, 0);
    const Shaken b{0, 1, 0, 2};
    const auto peaks = respond({&c, 1}, {&m, 1}, {&b, 1}, 1, nullptr, instructions);
    ASSERT_TRUE(peaks);
    EXPECT_NEAR(peaks->at(0).drift * 3, most, 2e-3 * most) << instructions;
  }
}

TEST(Response, FreeVibrationDecays) {
  const double damping = .05, period = .6;
  GroundMotion m{.005, std::vector<float>(3000, 0)};
  for (size_t i = 0; i < 20; ++i) m.acceleration[i] = 1;
  const auto h = history(elastic(period, damping), 1, 100, m, 1, 8, 1);
  ASSERT_TRUE(h);
  std::vector<double> tops;
  std::vector<double> times;
  for (size_t i = 30; i + 1 < h->displacement.size(); ++i) {
    const double x = h->displacement[i][0];
    if (x > h->displacement[i - 1][0] && x >= h->displacement[i + 1][0]) {
      tops.push_back(x);
      times.push_back(static_cast<double>(i) * m.dt);
    }
  }
  ASSERT_GE(tops.size(), 11u);
  EXPECT_NEAR(std::log(tops[0] / tops[10]) / 10, 2 * pi * damping / std::sqrt(1 - damping * damping), .005 * 2 * pi * damping);
  EXPECT_NEAR((times[10] - times[0]) / 10, period / std::sqrt(1 - damping * damping), .001 * period);
}

// All modes apart, each by exact straight lines, put together again.
TEST(Response, ElasticTowerIsTheSumOfItsModes) {
  const unsigned n = 5;
  const ResponseClass c = elastic(.12, .05);
  const Chain chain = chain_of(c, n);
  const GroundMotion m = shaking(2, 3);
  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(n, n);
  for (int i = 0; i < static_cast<int>(n); ++i) {
    k(i, i) = i + 1 < static_cast<int>(n) ? 2 : 1;
    if (i > 0) k(i, i - 1) = k(i - 1, i) = -1;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> modes(k * chain.stiffness);
  const Eigen::VectorXd pull = modes.eigenvectors().transpose() * Eigen::VectorXd::Ones(n);
  std::vector<Eigen::VectorXd> expected;
  // Each mode by many small implicit steps: Newmark of mean acceleration, 20 to a sample.
  Eigen::VectorXd q = Eigen::VectorXd::Zero(n), v = q, a = q;
  const double h = m.dt / 20;
  for (size_t i = 0; i + 1 < m.acceleration.size(); ++i) {
    expected.push_back(modes.eigenvectors() * q);
    for (int part = 1; part <= 20; ++part) {
      const double ground = m.acceleration[i] + (m.acceleration[i + 1] - m.acceleration[i]) * part / 20.;
      for (int j = 0; j < static_cast<int>(n); ++j) {
        const double w2 = modes.eigenvalues()[j], drag = chain.mass_damping + chain.stiffness_damping * w2;
        const double vp = v[j] + h / 2 * a[j], qp = q[j] + h * v[j] + h * h / 4 * a[j];
        a[j] = (-pull[j] * ground - drag * vp - w2 * qp) / (1 + drag * h / 2 + w2 * h * h / 4);
        v[j] = vp + h / 2 * a[j];
        q[j] = qp + h * h / 4 * a[j];
      }
    }
  }
  const auto got = history(c, n, 100, m, 1, 8, 1);
  ASSERT_TRUE(got);
  double most = 0, off = 0;
  for (size_t i = 0; i < expected.size(); ++i)
    for (unsigned j = 0; j < n; ++j) {
      most = std::max(most, std::abs(expected[i][j]));
      off = std::max(off, std::abs(expected[i][j] - got->displacement[i][j]));
    }
  EXPECT_LT(off, .005 * most);
}

TEST(Response, EnergyBalances) {
  const GroundMotion m = shaking(4, 11);
  for (ResponseClass c : fixture::classes())
    for (const unsigned n : {1u, 6u, 20u}) {
      c.degradation = .3;
      const auto h = history(c, n, 400, m, 1);
      ASSERT_TRUE(h);
      const double spent = h->energy_kinetic + h->energy_damped + h->energy_hysteretic + h->energy_elastic;
      EXPECT_NEAR(spent, h->energy_in, .005 * h->energy_in) << n;
      EXPECT_GE(h->energy_hysteretic, -1e-6 * h->energy_in);
      EXPECT_GT(h->energy_damped, 0);
    }
  // The share of the yielding grows with the shaking.
  const auto weak = history(fixture::c1m_low(), 6, 400, m, .02), strong = history(fixture::c1m_low(), 6, 400, m, 1);
  ASSERT_TRUE(weak && strong);
  EXPECT_LT(std::abs(weak->energy_hysteretic), 1e-3 * weak->energy_in);
  EXPECT_GT(strong->energy_hysteretic, .3 * strong->energy_in);
}

// Chopra, Dynamics of Structures, section 7.4: elastoplastic oscillators of T 0.5 s and 5 % on El Centro; the yield
// strength as a share of what stays elastic, largest displacement in inches.
TEST(Response, ElastoplasticOscillatorsOnElCentro) {
  const auto records = fixture::records();
  if (records.empty()) GTEST_SKIP() << "no ../shared/data/quake/accelerograms";
  const double w = 2 * pi / .5, elastic_m = 2.25 * .0254;
  for (const auto& [share, inches] : {std::pair{1.0, 2.25}, {.5, 1.62}, {.25, 1.75}, {.125, 2.07}}) {
    ResponseClass c;
    c.period_per_storey_s = .5;
    c.damping = .05;
    c.yield_g = share * 1.001 * w * w * elastic_m / kYieldGravity;
    c.hardening = 1e-4;
    c.ultimate = 2;
    const auto h = history(c, 1, 100, records[0].motion, 1);
    ASSERT_TRUE(h);
    EXPECT_NEAR(h->peaks.drift * c.storey_height_m / .0254, inches, .03 * inches) << share;
    const Shaken b{0, 1, 0, 1};
    const auto lanes = respond({&c, 1}, {&records[0].motion, 1}, {&b, 1});
    ASSERT_TRUE(lanes);
    EXPECT_NEAR(lanes->at(0).drift * c.storey_height_m / .0254, inches, .04 * inches) << share;
  }
}

// Single precision and vectors against plain double at the same step.
TEST(Response, LanesAgreeWithDouble) {
  const auto classes = fixture::classes();
  const std::vector<GroundMotion> motions{shaking(2, 1), shaking(3, 2)};
  const auto buildings = town(classes.size(), 2, 1200);
  std::vector<ResponsePeaks> plain;
  for (const auto& b : buildings) plain.push_back(respond_plain(classes[b.response_class], b.storeys, motions[b.motion], b.scale));
  size_t yielded = 0, collapsed = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    const auto& b = buildings[i];
    const auto& c = classes[b.response_class];
    yielded += plain[i].drift * c.storey_height_m > chain_of(c, b.storeys).first_yield_m;
    collapsed += plain[i].collapsed;
  }
  EXPECT_GT(yielded, plain.size() / 2);  // else it says nothing
  EXPECT_GT(collapsed, 0u);
  for (const char* instructions : kInstructions) {
    ResponseStats stats;
    const auto out = respond(classes, motions, buildings, 2, &stats, instructions);
    ASSERT_TRUE(out);
    size_t off = 0, other_grade = 0;
    double worst = 0;
    for (size_t i = 0; i < plain.size(); ++i) {
      const double away = std::abs(out->at(i).drift / plain[i].drift - 1);
      worst = std::max(worst, away);
      off += !(away <= .01);
      other_grade += out->at(i).grade != plain[i].grade;
      EXPECT_TRUE(std::isfinite(out->at(i).drift) && std::isfinite(out->at(i).acceleration) && std::isfinite(out->at(i).residual_drift));
      EXPECT_NEAR(out->at(i).acceleration, plain[i].acceleration, .02 * plain[i].acceleration) << i;
    }
    EXPECT_LE(off, plain.size() / 100) << stats.instructions;
    EXPECT_LE(other_grade, plain.size() / 100) << stats.instructions;
    std::printf("%s: drift beyond 1 %% of double: %zu of %zu, worst %.2g; other grade: %zu\n", stats.instructions, off,
                plain.size(), worst, other_grade);
  }
}

// What the step costs: against 8 substeps on real records.
TEST(Response, StepAgainstFineStepOnRecords) {
  const auto records = fixture::records();
  if (records.empty()) GTEST_SKIP() << "no ../shared/data/quake/accelerograms";
  const auto classes = fixture::classes();
  std::vector<GroundMotion> motions;
  for (const auto& r : records) motions.push_back(resampled(r.motion, .005));
  for (auto& m : motions)
    if (m.acceleration.size() > 8000) m.acceleration.resize(8000);
  std::vector<Shaken> buildings;
  for (uint16_t m = 0; m < motions.size(); ++m)
    for (uint32_t c = 0; c < classes.size(); ++c)
      for (const uint16_t n : {1, 3, 6, 12}) buildings.push_back({c, n, m, (c + n) % 2 ? 1.f : .4f});
  const auto out = respond(classes, motions, buildings, 2);
  ASSERT_TRUE(out);
  for (uint16_t m = 0; m < motions.size(); ++m) {
    size_t all = 0, near_one = 0, near_five = 0, grade = 0;
    for (size_t i = 0; i < buildings.size(); ++i) {
      const auto& b = buildings[i];
      if (b.motion != m) continue;
      const auto fine = history(classes[b.response_class], b.storeys, 100, motions[m], b.scale, 4, 1000);
      ASSERT_TRUE(fine);
      const double away = std::abs(out->at(i).drift / fine->peaks.drift - 1);
      ++all;
      near_one += away <= .01;
      near_five += away <= .05;
      grade += out->at(i).grade == fine->peaks.grade;
    }
    std::printf("%s: %zu buildings; drift within 1 %% %zu, within 5 %% %zu; same grade %zu\n", records[m].name.c_str(), all,
                near_one, near_five, grade);
    EXPECT_GE(near_five, all * 9 / 10) << records[m].name;
    EXPECT_GE(grade, all * 9 / 10) << records[m].name;
  }
}

TEST(Response, NeitherThreadsNorNeighboursMatter) {
  const auto classes = fixture::classes();
  const std::vector<GroundMotion> motions{shaking(3, 21, 4), shaking(2, 22, 3, .01)};
  const auto buildings = town(classes.size(), 2, 700);
  for (const char* instructions : kInstructions) {
    const auto one = respond(classes, motions, buildings, 1, nullptr, instructions);
    const auto three = respond(classes, motions, buildings, 3, nullptr, instructions);
    ASSERT_TRUE(one && three);
    const auto same = [](const ResponsePeaks& a, const ResponsePeaks& b) {
      return a.drift == b.drift && a.residual_drift == b.residual_drift && a.acceleration == b.acceleration &&
             a.worst_storey == b.worst_storey && a.grade == b.grade && a.collapsed == b.collapsed;
    };
    for (size_t i = 0; i < buildings.size(); ++i) EXPECT_TRUE(same(one->at(i), three->at(i))) << i;
    for (size_t i = 0; i < buildings.size(); i += 3) {
      const auto alone = respond(classes, motions, {&buildings[i], 1}, 1, nullptr, instructions);
      ASSERT_TRUE(alone);
      EXPECT_TRUE(same(alone->at(0), one->at(i))) << instructions << " " << i << " " << alone->at(0).drift << " " << one->at(i).drift;
    }
  }
}

TEST(Response, CollapseStaysFinite) {
  auto classes = fixture::classes();
  for (auto& c : classes) {
    c.softening = -.3;
    c.degradation = 2;
  }
  std::vector<GroundMotion> motions{shaking(9, 31)};
  motions.push_back({.005, std::vector<float>(2000, 0)});
  for (size_t i = 0; i < 2000; ++i) motions[1].acceleration[i] = i % 97 < 50 ? 100.f : -100.f;
  std::vector<Shaken> buildings;
  for (uint32_t c = 0; c < classes.size(); ++c)
    for (const uint16_t n : {1, 2, 5, 9, 60})
      for (const uint16_t m : {0, 1}) buildings.push_back({c, n, m, m == 0 ? 2.f : 1000.f});
  size_t fallen = 0;
  for (const char* instructions : kInstructions) {
    const auto out = respond(classes, motions, buildings, 1, nullptr, instructions);
    ASSERT_TRUE(out);
    for (size_t i = 0; i < buildings.size(); ++i) {
      const auto& p = out->at(i);
      EXPECT_TRUE(std::isfinite(p.drift) && std::isfinite(p.residual_drift) && std::isfinite(p.acceleration)) << i;
      EXPECT_LE(p.drift, .1f);
      if (p.collapsed) {
        EXPECT_EQ(p.grade, 4);
        EXPECT_FLOAT_EQ(p.drift, .1f);
        ++fallen;
      }
    }
  }
  EXPECT_GT(fallen, buildings.size());
}

TEST(Response, StiffHousesOnACoarseMotion) {
  ResponseClass c = fixture::classes()[7];
  c.period_per_storey_s = .05;
  const GroundMotion coarse = shaking(6, 41, 6, .02);
  const GroundMotion fine = resampled(coarse, .001);
  for (const uint16_t n : {1, 2}) {
    const Shaken b{0, n, 0, 1};
    const auto a = respond({&c, 1}, {&coarse, 1}, {&b, 1}), f = respond({&c, 1}, {&fine, 1}, {&b, 1});
    ASSERT_TRUE(a && f);
    EXPECT_NEAR(a->at(0).drift, f->at(0).drift, .1 * f->at(0).drift) << n;
  }
}

TEST(Response, ElasticTowersScale) {
  const ResponseClass c = elastic(.1, .05);
  const GroundMotion m = shaking(1, 51, 4);
  const std::vector<Shaken> b{{0, 4, 0, 0}, {0, 4, 0, 1}, {0, 4, 0, 2}};
  const auto out = respond({&c, 1}, {&m, 1}, b);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->at(0).drift, 0);
  EXPECT_EQ(out->at(0).grade, 0);
  EXPECT_EQ(out->at(0).worst_storey, 1);
  EXPECT_NEAR(out->at(2).drift, 2 * out->at(1).drift, 1e-4 * out->at(2).drift);
  EXPECT_NEAR(out->at(2).acceleration, 2 * out->at(1).acceleration, 1e-4 * out->at(2).acceleration);
}

TEST(Response, ResidualDriftIsWhatStays) {
  ResponseClass c = fixture::c1m_low();
  c.hysteresis = Hysteresis::bilinear;
  GroundMotion m = shaking(5, 61, 5);
  m.acceleration.resize(m.acceleration.size() + 6000, 0);  // until it stands still
  const auto h = history(c, 3, 100, m, 1, 8, 100);
  ASSERT_TRUE(h);
  double left = 0;
  for (const float d : h->drift.back()) left = std::max(left, std::abs(static_cast<double>(d)));
  EXPECT_GT(left, 1e-4);
  EXPECT_NEAR(h->peaks.residual_drift, left, .01 * left);
  EXPECT_NEAR(h->energy_kinetic, 0, 1e-6 * h->energy_in);
}

TEST(Response, BadInputIsNamed) {
  const ResponseClass c;
  GroundMotion m{.01, {0, 1, 0}};
  const auto fault = [&](Shaken b) {
    const auto out = respond({&c, 1}, {&m, 1}, {&b, 1});
    return out ? std::string() : std::string(out.error().param("field"));
  };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(fault({0, 1, 0, 1}), "");
  EXPECT_EQ(fault({1, 1, 0, 1}), "response_class[0]");
  EXPECT_EQ(fault({0, 1, 1, 1}), "motion[0]");
  EXPECT_EQ(fault({0, 0, 0, 1}), "storeys[0]");
  EXPECT_EQ(fault({0, 61, 0, 1}), "storeys[0]");
  EXPECT_EQ(fault({0, 1, 0, kNan}), "scale[0]");
  EXPECT_EQ(fault({0, 1, 0, -1}), "scale[0]");
  m.acceleration[1] = kNan;
  EXPECT_EQ(fault({0, 1, 0, 1}), "acceleration");
  m.acceleration.clear();
  EXPECT_EQ(fault({0, 1, 0, 1}), "acceleration");
  m = {0, {1}};
  EXPECT_EQ(fault({0, 1, 0, 1}), "dt");
  m = {.01, {1}};
  EXPECT_EQ(fault({0, 1, 0, 1}), "");  // one sample is a motion
  const auto none = respond({}, {}, {});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(history(c, 0, 100, m, 1));
  EXPECT_FALSE(history(c, 1, -1, m, 1));
  EXPECT_FALSE(history(c, 1, 100, m, kNan));
  EXPECT_FALSE(history(c, 1, 100, m, 1, 0));
  EXPECT_FALSE(history(c, 1, 100, m, 1, 8, 0));
}

}  // namespace
}  // namespace anlan::quake
