// The search for a rain rule. Each family is a shape with a few parameters that a pack rule can say; a rule is a shape
// and a threshold. A rule is judged by its critical success index, averaged over the five thresholds around its own, so
// that no lucky corner wins, and then by its lead. How a family holds on years that it has not seen is asked by leaving
// out one year after the other.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "anlan/evaluate_biliuhe.h"
#include "hazard/rain.h"

namespace anlan {
namespace {

constexpr double kThresholdStep = 0.93;  // from one threshold to the next lower one
constexpr int kAround = 2;               // thresholds on either side that count too
constexpr size_t kClearHours = 12;

struct Shape {
  std::string text;
  std::vector<double> index;  // by hour
};
struct Family {
  std::string name;
  std::vector<Shape> shapes;
};

// As engine/stream/condition.h has it: days end at 00:00 UTC, fifteen of them count, the current one in full.
std::vector<double> daily_antecedent(const BasinHours& basin, double keep) {
  std::vector<double> out(basin.time.size());
  std::map<int64_t, double> days;
  for (size_t i = 0; i < out.size(); ++i) {
    const int64_t day = (basin.time[i].ms + 86'400'000 - 1) / 86'400'000;
    days[day] += basin.rain_mm[i];
    for (int64_t d = 14; d >= 0; --d) {
      const auto rain = days.find(day - d);
      out[i] = out[i] * keep + (rain == days.end() ? 0 : rain->second);
    }
  }
  return out;
}

std::vector<Family> families_of(const BasinHours& basin) {
  const size_t n = basin.time.size();
  std::map<int, std::vector<double>> sum, wet;  // by hours, by keep in per cent
  for (const int hours : {3, 6, 12, 18, 24, 36, 48}) sum[hours] = sliding_sum_mm(basin.rain_mm, static_cast<size_t>(hours));
  for (const int keep : {80, 85, 90, 95}) wet[keep] = daily_antecedent(basin, keep / 100.0);
  const auto shape = [n](std::string text, const std::function<double(size_t)>& f) {
    Shape s{std::move(text), std::vector<double>(n)};
    for (size_t i = 0; i < n; ++i) s.index[i] = f(i);
    return s;
  };
  std::vector<Family> families{{"one sum", {}}, {"two sums, wetness added", {}}, {"one sum, wetness added", {}}, {"unit response of three sums, times wetness", {}}};
  for (const int w : {6, 12, 18, 24, 36, 48}) {
    families[0].shapes.push_back(shape(fmt::format("sum({}h)", w), [&](size_t i) { return sum[w][i]; }));
    for (const int k : {80, 85, 90, 95})
      for (const double a : {0.1, 0.2, 0.3, 0.5, 0.7})
        families[2].shapes.push_back(shape(fmt::format("sum({}h) + {} * antecedent(0.{}, 15d)", w, a, k), [&](size_t i) { return sum[w][i] + a * wet[k][i]; }));
  }
  for (const int k : {80, 85, 90})
    for (const double a : {0.0, 0.1, 0.2, 0.3, 0.4})
      for (const double q : {1.0, 1.2, 1.4, 1.6, 1.8, 2.0})
        families[1].shapes.push_back(shape(fmt::format("the larger of sum(12h) + w and (sum(24h) + w) / {}, w = {} * antecedent(0.{}, 15d)", q, a, k), [&](size_t i) {
          const double w = a * wet[k][i];
          return std::max(sum[12][i] + w, (sum[24][i] + w) / q);
        }));
  // As a unit hydrograph of steps: rain counts for more while it lies in the shorter windows too.
  constexpr int kWindows[][3] = {{6, 12, 24}, {12, 24, 48}, {6, 24, 48}, {3, 12, 36}, {12, 24, 36}, {6, 12, 36}};
  for (const auto& [w1, w2, w3] : kWindows)
    for (const double c1 : {0.0, 0.5, 1.0})
      for (const double c2 : {0.0, 0.5, 1.0})
        for (const int k : {80, 85, 90, 95})
          for (const double a : {0.0, 0.01, 0.02, 0.04}) {
            if (a == 0 && k != 80) continue;
            families[3].shapes.push_back(shape(fmt::format("({} * sum({}h) + {} * sum({}h) + sum({}h)) * (1 + {} * antecedent(0.{}, 15d))", c1, w1, c2, w2, w3, a, k),
                                               [&, w1 = w1, w2 = w2, w3 = w3](size_t i) { return (c1 * sum[w1][i] + c2 * sum[w2][i] + sum[w3][i]) * (1 + a * wet[k][i]); }));
          }
  return families;
}

struct YearScore {
  int hits = 0, misses = 0, false_alarms = 0;
  double lead_h = 0;
  YearScore& operator+=(const YearScore& o) {
    hits += o.hits, misses += o.misses, false_alarms += o.false_alarms, lead_h += o.lead_h;
    return *this;
  }
  double csi() const { return hits + misses + false_alarms ? static_cast<double>(hits) / (hits + misses + false_alarms) : 1; }
};

struct Candidate {
  const Shape* shape;
  double threshold;
  std::vector<YearScore> years;
};

YearScore total(const Candidate& c, size_t left_out) {
  YearScore sum;
  for (size_t y = 0; y < c.years.size(); ++y)
    if (y != left_out) sum += c.years[y];
  return sum;
}

size_t best(const std::vector<Candidate>& candidates, size_t left_out) {
  std::vector<YearScore> totals;
  for (const auto& c : candidates) totals.push_back(total(c, left_out));
  size_t found = 0;
  double highest = -1;
  for (size_t i = 0; i < candidates.size(); ++i) {
    double sum = 0;
    int n = 0;
    for (int d = -kAround; d <= kAround; ++d) {
      const size_t j = i + static_cast<size_t>(d);
      if (j < candidates.size() && candidates[j].shape == candidates[i].shape) sum += totals[j].csi(), ++n;
    }
    const double score = sum / n + 1e-3 * totals[i].lead_h / std::max(1, totals[i].hits + totals[i].misses);
    if (score > highest) highest = score, found = i;
  }
  return found;
}

}  // namespace

void tune_rain_rules(const BasinHours& basin, size_t until, std::span<const BasinPeak> peaks, Evidence& evidence) {
  std::vector<size_t> begins{0};
  for (size_t i = 1; i < until; ++i)
    if (to_civil(basin.time[i]).year != to_civil(basin.time[i - 1]).year) begins.push_back(i);
  begins.push_back(until);
  const size_t years = begins.size() - 1;

  EvidenceTable table{"Families of rain rules, tuned and cross-validated on 2012–2016, rain-fed peaks",
                      {"family", "rules tried", "csi left-out years", "hit", "missed", "false", "best rule of all five years", "csi there", "false there", "mean lead h"}, {}};
  for (const auto& family : families_of(basin)) {
    std::vector<Candidate> candidates;
    for (const auto& shape : family.shapes) {
      const double top = *std::max_element(shape.index.begin(), shape.index.begin() + static_cast<std::ptrdiff_t>(until));
      for (double threshold = top * 0.9; threshold > top * 0.03; threshold *= kThresholdStep) {
        Candidate c{&shape, threshold, {}};
        for (size_t y = 0; y < years; ++y) {
          const size_t begin = begins[y], end = begins[y + 1];
          std::vector<AlarmSpan> alarms;
          for (const auto& e : find_exceedances(std::span(shape.index).subspan(begin, end - begin), threshold, kClearHours)) alarms.push_back({basin.time[begin + e.first], basin.time[begin + e.last]});
          std::vector<UtcTime> fed;
          for (const auto& peak : peaks)
            if (peak.rain_fed && peak.hour >= begin && peak.hour < end) fed.push_back(basin.time[peak.hour]);
          const auto scored = *score_alarms(fed, alarms, MatchRule{.lead_min = hours(1), .reach = hours(24), .lead_max = hours(48)});
          YearScore s{scored.hits, scored.misses, scored.false_alarms, 0};
          for (const auto& lead : scored.leads) s.lead_h += lead ? static_cast<double>(lead->count) / 3.6e6 : 0;
          c.years.push_back(s);
        }
        candidates.push_back(std::move(c));
      }
    }
    YearScore unseen;
    for (size_t y = 0; y < years; ++y) unseen += candidates[best(candidates, y)].years[y];
    const Candidate& all = candidates[best(candidates, years)];
    const YearScore there = total(all, years);
    table.rows.push_back({family.name, std::to_string(candidates.size()), fmt::format("{:.2f}", unseen.csi()), std::to_string(unseen.hits), std::to_string(unseen.misses), std::to_string(unseen.false_alarms),
                          fmt::format("`{} >= {:.0f}`", all.shape->text, all.threshold), fmt::format("{:.2f}", there.csi()), std::to_string(there.false_alarms), fmt::format("{:.0f}", there.lead_h / std::max(1, there.hits))});
    evidence.counts["csi_left_out " + family.name] = unseen.csi();
  }
  evidence.tables.push_back(std::move(table));
}

}  // namespace anlan
