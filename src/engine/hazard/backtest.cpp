#include "hazard/backtest.h"

#include <algorithm>

namespace anlan {

std::vector<Exceedance> find_exceedances(std::span<const double> series, double threshold, size_t gap_steps) {
  std::vector<Exceedance> found;
  for (size_t i = 0; i < series.size(); ++i) {
    if (!(series[i] >= threshold)) continue;
    const bool continues = !found.empty() && (i == found.back().last + 1 || i - found.back().last - 1 < gap_steps);
    if (!continues) {
      found.push_back({i, i, i});
      continue;
    }
    found.back().last = i;
    if (series[i] > series[found.back().peak]) found.back().peak = i;
  }
  return found;
}

double BackTest::detection() const {
  return hits + misses == 0 ? 1 : static_cast<double>(hits) / (hits + misses);
}

double BackTest::false_ratio() const {
  return alarms == 0 ? 0 : static_cast<double>(false_alarms) / alarms;
}

double BackTest::csi() const {
  const int all = hits + misses + false_alarms;
  return all == 0 ? 1 : static_cast<double>(hits) / all;
}

std::optional<Millis> BackTest::median_lead() const {
  std::vector<Millis> sorted;
  for (const auto& lead : leads)
    if (lead) sorted.push_back(*lead);
  if (sorted.empty()) return std::nullopt;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

Result<BackTest> score_alarms(std::span<const UtcTime> peaks, std::span<const AlarmSpan> alarms,
                              const MatchRule& rule) {
  if (!std::is_sorted(peaks.begin(), peaks.end()))
    return {ErrorCode::kInvalidField, {{"field", "peaks"}, {"why", "must be in order of time"}}};
  for (size_t i = 0; i < alarms.size(); ++i)
    if (alarms[i].end < alarms[i].start || (i > 0 && alarms[i].start < alarms[i - 1].start))
      return {ErrorCode::kInvalidField, {{"field", "alarms"}, {"why", "must be in order and end after they start"}}};
  if (static_cast<double>(peaks.size()) * static_cast<double>(alarms.size()) > 1e9)
    return {ErrorCode::kTooLarge, {{"what", "peaks * alarms"}, {"limit", "1000000000"}}};

  BackTest test;
  test.alarms = static_cast<int>(alarms.size());
  std::vector<bool> useful(alarms.size(), false);
  for (const UtcTime peak : peaks) {
    std::optional<Millis> lead;
    for (size_t i = 0; i < alarms.size() && alarms[i].start + rule.lead_min <= peak; ++i) {
      if (alarms[i].end + rule.reach < peak) continue;
      useful[i] = true;
      if (!lead) lead = std::min(peak - alarms[i].start, rule.lead_max);
    }
    ++(lead ? test.hits : test.misses);
    test.leads.push_back(lead);
  }
  test.false_alarms = static_cast<int>(std::count(useful.begin(), useful.end(), false));
  for (const AlarmSpan& alarm : alarms) test.under_alarm = test.under_alarm + (alarm.end - alarm.start);
  return test;
}

}  // namespace anlan
