// What a plain rain rule would have warned on a real basin: Biliuhe (碧流河), 2,056 km2, hourly rain and flow
// 2012-2019. Tuned by grid search on 2012-2016, scored on 2017-2019, with rain that has fallen only (no forecast).
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <tuple>

#include "hazard/backtest.h"
#include "hazard/rain.h"

namespace anlan {
namespace {

constexpr const char* kBasin = "../shared/data/hydro/biliuhe/basin_21401550.csv.gz";
constexpr double kFloodM3S = 300;
constexpr size_t kPeakGapHours = 24;
constexpr MatchRule kMatch{.lead_min = hours(1), .reach = hours(24), .lead_max = hours(48)};
// Some flows are a reservoir's water balance: peaks of up to 3,358 m3/s with no rain. No rain rule can see them.
constexpr double kRainFedMm = 20, kRainFedHours = 72;

struct Series {
  std::vector<UtcTime> time;
  std::vector<double> rain_mm, flow_m3_s;
};

Series read_basin() {
  Series series;
  gzFile file = gzopen(kBasin, "rb");
  if (file == nullptr) return series;
  char line[256];
  while (gzgets(file, line, sizeof line) != nullptr) {
    int day, month, year, hour, minute;
    double rain, evaporation, flow;
    if (std::sscanf(line, "%d/%d/%d %d:%d,%lf,%lf,%lf", &day, &month, &year, &hour, &minute, &rain, &evaporation,
                    &flow) != 8)
      continue;  // the header
    series.time.push_back(from_civil({year, month, day, hour, minute, 0, 0}));
    series.rain_mm.push_back(rain);
    series.flow_m3_s.push_back(flow);
  }
  gzclose(file);
  return series;
}

// Alarm when the rain of 12 h or of 24 h, plus a share of the wetness of the days before, reaches its limit; it clears
// after 12 h below both.
struct Rule {
  double keep_per_day = 0.85, wetness_share = 0, limit_12h_mm = 0, limit_24h_mm = 0;
};

struct Signals {
  std::vector<double> rain_12h, rain_24h, wetness;  // wetness of the rain before the last 24 h
};

Signals signals_of(std::span<const double> rain_mm, double keep_per_day) {
  Signals s{sliding_sum_mm(rain_mm, 12), sliding_sum_mm(rain_mm, 24), {}};
  s.wetness = antecedent_mm(rain_mm, std::pow(keep_per_day, 1.0 / 24));
  s.wetness.insert(s.wetness.begin(), 24, 0.0);
  s.wetness.resize(rain_mm.size());
  return s;
}

std::vector<AlarmSpan> alarms_of(const Series& series, const Signals& s, const Rule& rule, size_t from, size_t to) {
  std::vector<double> index(to - from);
  for (size_t i = from; i < to; ++i) {
    const double wet = rule.wetness_share * s.wetness[i];
    index[i - from] = std::max((s.rain_12h[i] + wet) / rule.limit_12h_mm, (s.rain_24h[i] + wet) / rule.limit_24h_mm);
  }
  std::vector<AlarmSpan> alarms;
  for (const Exceedance& e : find_exceedances(index, 1, 12))
    alarms.push_back({series.time[from + e.first], series.time[from + e.last]});
  return alarms;
}

struct Peaks {
  std::vector<UtcTime> all, rain_fed;
};

Peaks peaks_of(const Series& series, size_t from, size_t to) {
  const auto rain = sliding_sum_mm(series.rain_mm, static_cast<size_t>(kRainFedHours));
  Peaks peaks;
  const std::span flow(series.flow_m3_s.data() + from, to - from);
  for (const Exceedance& e : find_exceedances(flow, kFloodM3S, kPeakGapHours)) {
    peaks.all.push_back(series.time[from + e.peak]);
    if (rain[from + e.peak] >= kRainFedMm) peaks.rain_fed.push_back(peaks.all.back());
  }
  return peaks;
}

double mean_lead_h(const BackTest& test) {
  double sum = 0;
  for (const auto& lead : test.leads) sum += lead ? static_cast<double>(lead->count) / 3.6e6 : 0;
  return test.leads.empty() ? 0 : sum / static_cast<double>(test.leads.size());
}

// Best critical success index, then most lead, then least time under alarm.
Rule tune(const Series& series, size_t to, std::span<const UtcTime> peaks) {
  Rule best;
  auto best_score = std::tuple(-1.0, 0.0, 0.0);
  for (double keep : {0.8, 0.85, 0.9}) {
    const Signals s = signals_of(series.rain_mm, keep);
    for (double share : {0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4})
      for (double limit_12h = 20; limit_12h <= 80; limit_12h += 5)
        for (double limit_24h = limit_12h; limit_24h <= 120; limit_24h += 5) {
          const Rule rule{keep, share, limit_12h, limit_24h};
          const BackTest test = *score_alarms(peaks, alarms_of(series, s, rule, 0, to), kMatch);
          const auto score = std::tuple(test.csi(), mean_lead_h(test), -static_cast<double>(test.under_alarm.count));
          if (score > best_score) best_score = score, best = rule;
        }
  }
  return best;
}

void print(const char* name, std::span<const UtcTime> peaks, const BackTest& test) {
  std::printf(
      "%s: %zu peaks, %d hit, %d missed, %d of %d alarms false, csi %.2f, median lead %.0f h, %.0f h in alarm\n", name,
      peaks.size(), test.hits, test.misses, test.false_alarms, test.alarms, test.csi(),
      test.median_lead() ? static_cast<double>(test.median_lead()->count) / 3.6e6 : 0.0,
      static_cast<double>(test.under_alarm.count) / 3.6e6);
}

TEST(Biliuhe, ARainRuleTunedOnFiveYearsIsScoredOnThree) {
  const Series series = read_basin();
  if (series.time.empty()) GTEST_SKIP() << "no basin at " << kBasin;
  ASSERT_EQ(series.time.size(), 66'264u);
  const UtcTime split_time = *parse_iso8601("2017-01-01T00:00:00+08:00");
  const auto split =
      static_cast<size_t>(std::lower_bound(series.time.begin(), series.time.end(), split_time) - series.time.begin());
  const size_t end = series.time.size();
  const Peaks tuning = peaks_of(series, 0, split), scoring = peaks_of(series, split, end);

  const Rule rule = tune(series, split, tuning.rain_fed);
  std::printf("rule: R12 + %.2f A >= %.0f mm or R24 + %.2f A >= %.0f mm, A keeps %.2f a day\n", rule.wetness_share,
              rule.limit_12h_mm, rule.wetness_share, rule.limit_24h_mm, rule.keep_per_day);
  const Signals s = signals_of(series.rain_mm, rule.keep_per_day);
  const auto tuned_alarms = alarms_of(series, s, rule, 0, split), alarms = alarms_of(series, s, rule, split, end);
  print("2012-2016, rain-fed", tuning.rain_fed, *score_alarms(tuning.rain_fed, tuned_alarms, kMatch));
  print("2012-2016, all     ", tuning.all, *score_alarms(tuning.all, tuned_alarms, kMatch));
  const BackTest scored = *score_alarms(scoring.rain_fed, alarms, kMatch);
  print("2017-2019, rain-fed", scoring.rain_fed, scored);
  print("2017-2019, all     ", scoring.all, *score_alarms(scoring.all, alarms, kMatch));
  for (size_t i = 0; i < scoring.rain_fed.size(); ++i)
    std::printf("  peak %s lead %s\n", to_iso8601(scoring.rain_fed[i]).c_str(),
                scored.leads[i] ? std::to_string(scored.leads[i]->count / 3'600'000).append(" h").c_str() : "none");

  EXPECT_EQ(tuning.rain_fed.size(), 12u);
  EXPECT_EQ(scoring.rain_fed.size(), 5u);
  EXPECT_GE(scored.detection(), 0.8);
  EXPECT_GE(*scored.median_lead(), hours(3));
}

}  // namespace
}  // namespace anlan
