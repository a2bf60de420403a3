#include "quake/record_intensity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "quake/instrumental.h"

namespace anlan::quake {
namespace {

std::vector<double> sine(double hz, double amplitude, double rate, double seconds) {
  std::vector<double> a;
  for (size_t i = 0; i < static_cast<size_t>(rate * seconds); ++i) {
    const double t = static_cast<double>(i) / rate, taper = std::min({1.0, 5 * t / seconds, 5 * (seconds - t) / seconds});
    a.push_back(taper * amplitude * std::sin(2 * std::numbers::pi * hz * t));
  }
  return a;
}

// Inside the band a sine keeps its size, and its velocity is the amplitude over 2 pi f; at the corners it is halved in power;
// outside hardly anything is left.
TEST(RecordIntensity, BandAndIntegration) {
  const auto of = [](double hz) { return record_peaks(200, sine(hz, 2, 200, 60), {}, {}).value(); };
  for (const double hz : {0.5, 1.0, 3.0}) {
    const auto p = of(hz);
    EXPECT_NEAR(p.pga, 2, 0.03) << hz;
    EXPECT_NEAR(p.pgv, 2 / (2 * std::numbers::pi * hz), 0.03 * p.pgv) << hz;
    EXPECT_NEAR(p.raw_pga, 2, 0.01);
  }
  EXPECT_NEAR(of(10).pga, 2 / std::sqrt(2.0), 0.03);
  EXPECT_LT(of(40).pga, 0.02);
  EXPECT_LT(record_peaks(100, sine(0.02, 2, 100, 1000), {}, {})->pga, 0.02);
}

TEST(RecordIntensity, VectorSum) {
  const auto a = sine(1, 1, 100, 40);
  const auto one = record_peaks(100, a, {}, {}).value(), two = record_peaks(100, a, a, {}).value(), three = record_peaks(100, a, a, a).value();
  EXPECT_NEAR(two.pga, one.pga * std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(three.pgv, one.pgv * std::sqrt(3.0), 1e-9);
  EXPECT_NEAR(three.intensity(), instrumental_intensity(three.pga, three.pgv), 1e-12);
}

// An instrument's offset is no shaking, and a tilt of it does not run away in the velocity.
TEST(RecordIntensity, OffsetAndDrift) {
  std::vector<double> a(20'000);
  for (size_t i = 0; i < a.size(); ++i) a[i] = 0.5 + 1e-5 * static_cast<double>(i);
  const auto p = record_peaks(100, a, {}, {}).value();
  EXPECT_LT(p.pga, 0.01);
  EXPECT_LT(p.pgv, 0.01);
}

TEST(RecordIntensity, PacketsGiveTheSameBits) {
  const auto a = sine(2, 3, 100, 60), b = sine(0.7, 1, 100, 60);
  const auto whole = record_peaks(100, a, b, {}).value();
  auto record = RecordIntensity::of(100).value();
  for (size_t i = 0; i < a.size();) {
    const size_t n = std::min<size_t>(1 + i % 97, a.size() - i);
    record.take(std::span(a).subspan(i, n), std::span(b).subspan(i, n), {});
    i += n;
  }
  EXPECT_EQ(record.peaks().pga, whole.pga);
  EXPECT_EQ(record.peaks().pgv, whole.pgv);
}

TEST(RecordIntensity, BadSamples) {
  EXPECT_FALSE(RecordIntensity::of(0));
  EXPECT_FALSE(RecordIntensity::of(std::nan("")));
  EXPECT_FALSE(RecordIntensity::of(1e6));
  auto a = sine(1, 1, 100, 20);
  a[700] = std::nan("");
  a[900] = 1e300;
  auto record = RecordIntensity::of(100).value();
  record.take(a, {}, {});
  EXPECT_EQ(record.dropped(), 2u);
  EXPECT_LT(record.peaks().pga, 2);
  EXPECT_GT(record.peaks().pga, 0.9);
  record.take({}, {}, {});
  const std::vector<double> dead(1000, 0.0);
  EXPECT_EQ(record_peaks(100, dead, dead, dead)->intensity(), 1);
  EXPECT_TRUE(record_peaks(20, sine(1, 1, 20, 20), {}, {}));
}

// ---- Chi-Chi 1999: every eighth of the records at hand.

std::string unpacked(const std::string& path) {
  std::string text;
  FILE* pipe = popen(("gzip -dc '" + path + "' 2>/dev/null").c_str(), "r");
  if (!pipe) return text;
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  pclose(pipe);
  return text;
}

TEST(RecordIntensity, ChiChiRecords) {
  std::ifstream list("../shared/data/quake/accelerograms/chichi1999/stations.csv");
  if (!list) GTEST_SKIP() << "no ../shared/data/quake/accelerograms/chichi1999";
  std::string line;
  std::getline(list, line);
  size_t read = 0;
  double worst = 0, ratio = 0;
  for (size_t row = 0; std::getline(list, line); ++row) {
    if (row % 8 != 0) continue;
    std::vector<std::string> cells;
    std::stringstream cut(line);
    for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
    ASSERT_GE(cells.size(), 8u);
    const std::string text = unpacked("../shared/data/quake/accelerograms/chichi1999/" + cells[0] + ".gz");
    size_t at = 0;
    for (int i = 0; i < 4; ++i) at = text.find('\n', at) + 1;
    std::vector<double> a;
    for (const char* p = text.c_str() + at;;) {
      char* end;
      const double value = std::strtod(p, &end);
      if (end == p) break;
      a.push_back(value * 9.80665), p = end;
    }
    ASSERT_EQ(a.size(), std::stoul(cells[5])) << cells[0];
    const double want = std::stod(cells[7]) * 9.80665;
    const auto peaks = record_peaks(1 / std::stod(cells[6]), a, {}, {}).value();
    worst = std::max(worst, std::abs(peaks.raw_pga / want - 1));
    ratio += peaks.pga / peaks.raw_pga;
    EXPECT_NEAR(peaks.raw_pga, want, 1e-5 * 9.80665 + 1e-4 * want) << cells[0];
    EXPECT_LE(peaks.pga, 1.3 * peaks.raw_pga);
    EXPECT_GT(peaks.pgv, 0.01) << cells[0];
    EXPECT_GE(peaks.intensity(), 4) << cells[0];
    ++read;
  }
  ASSERT_GE(read, 15u);
  std::printf("%zu records: PGA as in stations.csv within %.1e; after the band-pass %.2f of it on average\n", read, worst, ratio / static_cast<double>(read));
}

}  // namespace
}  // namespace anlan::quake
