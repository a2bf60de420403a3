#include "signals/backtest.h"

#include <algorithm>
#include <cmath>

#include "hazard/backtest.h"
#include "signals/compiled.h"

namespace anlan {
namespace {

constexpr Millis kStep = minutes(1);        // of time alone, while an alarm stands
constexpr Millis kLeadMax = hours(48);

// One link, fed reading by reading.
class Run {
 public:
  Run(const BacktestAsked& asked, const LinkRow& link, std::vector<BacktestAlarm>& alarms) : asked_(asked), link_(link), alarms_(alarms) {}

  Result<void> begin(const stream::TypeSpec& spec, std::span<const double> limits, UtcTime at) {
    TRY(type, engine_.add_type(spec));
    return engine_.add_link(0, type, limits, at);
  }
  void take(const Sample& s) {
    if (last_.ms) pass(s.at);
    const Reading reading{s.at, s.value, 0};
    engine_.ingest({&reading, 1}, s.at, out_);
    note(s.at);
    if (standing_) alarm_.peak = std::max(alarm_.peak, s.value);
    last_ = s.at;
  }
  void finish() {
    pass(asked_.until);
    if (standing_) keep(std::nullopt);
  }

 private:
  // Time alone only matters while an alarm stands: nothing rises between readings but what holds, and that is seen at
  // the next reading.
  void pass(UtcTime until) {
    for (UtcTime t = last_ + kStep; standing_ && t < until; t = t + kStep) {
      engine_.advance(t, out_);
      note(t);
    }
    engine_.advance(until, out_);
    note(until);
  }
  void note(UtcTime at) {
    for (const auto& c : out_.changes) {
      if (c.to && !standing_) {
        alarm_ = {link_.id, link_.name, *level_of(c.to), at, std::nullopt, -std::numeric_limits<double>::infinity()};
        standing_ = true;
      } else if (c.to) {
        alarm_.level = std::max(alarm_.level, *level_of(c.to));
      } else if (standing_) {
        keep(at);
      }
    }
    out_.changes.clear();
    out_.links.clear();
  }
  void keep(std::optional<UtcTime> until) {
    standing_ = false;
    if (until && *until < asked_.from) return;
    alarm_.until = until;
    if (!std::isfinite(alarm_.peak)) alarm_.peak = 0;
    alarms_.push_back(alarm_);
  }

  const BacktestAsked& asked_;
  const LinkRow& link_;
  std::vector<BacktestAlarm>& alarms_;
  stream::Engine engine_{{.spread = Millis{0}}};  // to the second: nothing is spread out
  stream::Output out_;
  BacktestAlarm alarm_;
  bool standing_ = false;
  UtcTime last_;
};

Result<BacktestScore> score(const History& history, const BacktestAsked& asked, const std::vector<BacktestAlarm>& alarms) {
  std::vector<UtcTime> peaks;
  UtcTime last;      // above the value
  double highest = 0;
  TRY_VOID(history.read(static_cast<LinkNumber>(asked.peaks->link.value), asked.from, asked.until, [&](std::span<const Sample> samples) {
    for (const auto& s : samples) {
      if (s.value < asked.peaks->above) continue;
      if (peaks.empty() || s.at - last > asked.peaks->gap) {
        peaks.push_back(s.at);
        highest = s.value;
      } else if (s.value > highest) {
        peaks.back() = s.at;
        highest = s.value;
      }
      last = s.at;
    }
    return true;
  }));
  // Alarms of several links at one time are one warning.
  std::vector<AlarmSpan> spans;
  for (const auto& a : alarms) {
    const UtcTime end = a.until.value_or(asked.until);
    if (!spans.empty() && a.from <= spans.back().end) spans.back().end = std::max(spans.back().end, end);
    else spans.push_back({a.from, end});
  }
  TRY(result, score_alarms(peaks, spans, MatchRule{.lead_max = kLeadMax}));
  BacktestScore out{static_cast<int64_t>(peaks.size()), result.hits, result.false_alarms, std::nullopt};
  if (const auto lead = result.median_lead()) out.lead_minutes = static_cast<double>(lead->count) / 60'000;
  return out;
}

}  // namespace

Result<BacktestReport> backtest(const Watch& watch, const BacktestAsked& asked) {
  const auto* history = watch.history();
  if (!history) return Error(ErrorCode::kNotFound, {{"what", "历史读数 / history"}});
  const auto* type = watch.pack().record_type(asked.rule.type);
  if (!type || !type->signal) return Error(ErrorCode::kNotFound, {{"what", "测点类型 / type of links"}});
  const auto spec = compiled(*type, std::span(&asked.rule, 1));
  stream::Engine probe;
  TRY(probed, probe.add_type(spec));
  const UtcTime begin = asked.from - memory_of(probe.type(probed));  // what the windows hold when it begins
  std::vector<LinkRow> links;
  watch.each([&](const LinkRow& link) {
    if (watch.pack().record_types[link.type].id == type->id && asked.place.contains(link.place)) links.push_back(link);
  });
  BacktestReport report;
  report.links = static_cast<int64_t>(links.size());
  for (const auto& link : links) {
    Run run(asked, link, report.alarms);
    TRY_VOID(run.begin(spec, watch.limits_of_link(link.id), begin));
    TRY_VOID(history->read(link.readings_of, begin, asked.until, [&](std::span<const Sample> samples) {
      for (const auto& s : samples) run.take(s);
      report.readings += static_cast<int64_t>(samples.size());
      return report.readings <= BacktestReport::kReadingsMax;
    }));
    if (report.readings > BacktestReport::kReadingsMax) return Error(ErrorCode::kTooLarge, {{"what", "回测 / back-test"}, {"limit", "50,000,000"}});
    run.finish();
  }
  std::stable_sort(report.alarms.begin(), report.alarms.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  report.total = static_cast<int64_t>(report.alarms.size());
  if (asked.peaks) {
    TRY(scored, score(*history, asked, report.alarms));
    report.score = scored;
  }
  if (report.alarms.size() > BacktestReport::kAlarmsMax) report.alarms.resize(BacktestReport::kAlarmsMax);
  return report;
}

}  // namespace anlan
