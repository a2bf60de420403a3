#include "anlan/evaluate_biliuhe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "hazard/rain.h"
#include "registry/pack.h"
#include "signals/compiled.h"
#include "stream/engine.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

constexpr LinkNumber kRain = 0, kFlow = 1;
constexpr int kFirstScoredYear = 2017;
// An alarm stands until its rule has been false for clear_after (12 h in the example); a peak belongs to it up to 12 h
// after that, so up to a day after the rain.
constexpr MatchRule kMatch{.lead_min = hours(1), .reach = hours(12), .lead_max = hours(48)};

double in_hours(Millis span) { return static_cast<double>(span.count) / 3.6e6; }
std::string day_hour(UtcTime t) {
  const auto c = to_civil(t);
  return fmt::format("{:04}-{:02}-{:02} {:02}:00", c.year, c.month, c.day, c.hour);
}
std::string whole_hours(const std::optional<Millis>& lead) { return lead ? fmt::format("{:.0f}", in_hours(*lead)) : "–"; }

// The pack with the example's rules beside its own, read and checked as a server would.
Result<Pack> read_rules(const EvaluateCommand& command) {
  std::vector<std::pair<std::string, std::string>> files;
  std::error_code absent;
  for (const auto& entry : fs::recursive_directory_iterator(command.pack, absent)) {
    if (entry.path().extension() != ".yaml") continue;
    TRY(text, read_evidence(entry.path().string()));
    files.emplace_back(fs::relative(entry.path(), command.pack).string(), std::move(text));
  }
  if (absent || files.empty()) return Error(ErrorCode::kNotFound, {{"what", command.pack}});
  std::sort(files.begin(), files.end());
  TRY(text, read_evidence(command.rules));
  files.emplace_back(command.rules, std::move(text));
  return read_pack(files);
}

// What one rule does over all hours, by the stream engine on the clock of the rows.
Result<std::vector<AlarmSpan>> run_rule(const Pack& pack, const AlarmRule& rule, const BasinHours& basin) {
  const auto* type = pack.record_type(rule.type);
  stream::Engine engine{{.spread = Millis{0}}};
  TRY(number, engine.add_type(compiled(*type, std::span(&rule, 1))));
  const LinkNumber link = type->id == "basin_flow" ? kFlow : kRain;
  TRY_VOID(engine.add_link(link, number, {}, basin.time.front()));
  std::vector<AlarmSpan> alarms;
  stream::Output out;
  stream::Level standing = 0;
  for (size_t i = 0; i < basin.time.size(); ++i) {
    const Reading reading{basin.time[i], link == kFlow ? basin.flow_m3_s[i] : basin.rain_mm[i], link};
    engine.advance(reading.at, out);
    engine.ingest({&reading, 1}, reading.at, out);
    for (const auto& change : out.changes) {
      if (change.to && !standing) alarms.push_back({change.at, basin.time.back()});
      if (!change.to && standing) alarms.back().end = change.at;
      standing = change.to;
    }
    out.changes.clear();
    out.links.clear();
  }
  return alarms;
}

// Alarms that stand at one time are one warning.
std::vector<AlarmSpan> together(std::vector<AlarmSpan> a, const std::vector<AlarmSpan>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end(), [](const AlarmSpan& x, const AlarmSpan& y) { return x.start < y.start; });
  std::vector<AlarmSpan> out;
  for (const auto& span : a) {
    if (!out.empty() && span.start <= out.back().end) out.back().end = std::max(out.back().end, span.end);
    else out.push_back(span);
  }
  return out;
}

std::vector<AlarmSpan> between(const std::vector<AlarmSpan>& alarms, UtcTime from, UtcTime until) {
  std::vector<AlarmSpan> out;
  for (const auto& a : alarms)
    if (a.start >= from && a.start < until) out.push_back(a);
  return out;
}

struct Scored {
  BackTest test;
  std::vector<UtcTime> times;
  std::vector<Millis> rises;  // from kFloodM3S to the peak
};
Scored score(const BasinHours& basin, const std::vector<BasinPeak>& peaks, bool rain_fed_only, const std::vector<AlarmSpan>& alarms) {
  Scored s;
  for (const auto& peak : peaks)
    if (!rain_fed_only || peak.rain_fed) {
      s.times.push_back(basin.time[peak.hour]);
      s.rises.push_back(basin.time[peak.hour] - basin.time[peak.reached]);
    }
  s.test = *score_alarms(s.times, alarms, kMatch);
  return s;
}

}  // namespace

Result<BasinHours> read_basin(const std::string& file) {
  TRY(text, read_evidence(file));
  BasinHours basin;
  std::string_view rest = text, line;
  while (next_line(rest, line)) {
    int day, month, year, hour, minute;
    double rain, evaporation, flow;
    if (std::sscanf(std::string(line).c_str(), "%d/%d/%d %d:%d,%lf,%lf,%lf", &day, &month, &year, &hour, &minute, &rain, &evaporation, &flow) != 8) continue;  // the header
    basin.time.push_back(from_civil({year, month, day, hour, minute, 0, 0}));
    if (basin.time.size() > 1 && basin.time.back() <= basin.time[basin.time.size() - 2]) return Error(ErrorCode::kInvalidFile, {{"why", file + ": " + std::string(line)}});
    basin.rain_mm.push_back(rain);
    basin.flow_m3_s.push_back(flow);
  }
  if (basin.time.empty()) return Error(ErrorCode::kInvalidFile, {{"why", file}});
  return basin;
}

std::vector<BasinPeak> peaks_of(const BasinHours& basin) {
  const auto rain = sliding_sum_mm(basin.rain_mm, 72);
  std::vector<BasinPeak> peaks;
  for (const auto& e : find_exceedances(basin.flow_m3_s, kFloodM3S, kPeakGapHours)) peaks.push_back({e.peak, e.first, rain[e.peak] >= kRainFedMm, rain[e.peak]});
  return peaks;
}

size_t first_scored(const BasinHours& basin) {
  const UtcTime split = from_civil({kFirstScoredYear, 1, 1, 0, 0, 0, 0});
  return static_cast<size_t>(std::lower_bound(basin.time.begin(), basin.time.end(), split) - basin.time.begin());
}

Result<Evidence> evaluate_biliuhe(const EvaluateCommand& command) {
  TRY(basin, read_basin(file_in(command.files.front(), "basin_21401550.csv.gz")));
  TRY(pack, read_rules(command));
  const auto rule_of = [&](std::string_view type) {
    const auto& rules = pack.rules.alarms;
    return std::find_if(rules.begin(), rules.end(), [&](const AlarmRule& r) { return r.type == type; });
  };
  const auto rain_rule = rule_of("basin_rain"), rise_rule = rule_of("basin_flow");
  if (rain_rule == pack.rules.alarms.end() || rise_rule == pack.rules.alarms.end()) return Error(ErrorCode::kInvalidFile, {{"why", command.rules + ": basin_rain, basin_flow"}});
  TRY(rain, run_rule(pack, *rain_rule, basin));
  TRY(rise, run_rule(pack, *rise_rule, basin));
  const auto both = together(rain, rise);
  const auto peaks = peaks_of(basin);
  const size_t split = first_scored(basin);
  const UtcTime split_time = basin.time[std::min(split, basin.time.size() - 1)], end = basin.time.back() + hours(1);

  Evidence evidence;
  const auto part = [&](bool scored) {
    std::vector<BasinPeak> out;
    for (const auto& peak : peaks)
      if ((peak.hour >= split) == scored) out.push_back(peak);
    return out;
  };
  using RuleSet = std::pair<const char*, const std::vector<AlarmSpan>*>;
  EvidenceTable sums{"Flood peaks of at least 300 m³/s, and what the rules warned of", {"years", "peaks", "rules", "number", "warned", "missed", "alarms", "false", "csi", "median lead h", "least lead h", "median h before 300 m³/s", "h in alarm"}, {}};
  for (const bool scored : {false, true}) {
    const auto mine = part(scored);
    const std::string years = scored ? "2017–2019 (scored)" : "2012–2016 (tuned on)";
    for (const bool fed : {false, true})
      for (const auto& [name, alarms] : {RuleSet{"rain", &rain}, RuleSet{"rise", &rise}, RuleSet{"rain or rise", &both}}) {
        const auto spans = between(*alarms, scored ? split_time : UtcTime{}, scored ? end : split_time);
        const auto all = score(basin, mine, false, spans);
        auto s = score(basin, mine, fed, spans);
        s.test.false_alarms = all.test.false_alarms;  // one that is for a peak of another kind is not false
        std::optional<Millis> least;
        std::vector<Millis> before;
        for (size_t i = 0; i < s.test.leads.size(); ++i) {
          const auto& lead = s.test.leads[i];
          if (!lead) continue;
          if (!least || *lead < *least) least = lead;
          before.push_back(*lead - s.rises[i]);
        }
        std::sort(before.begin(), before.end());
        const auto middle = before.empty() ? std::nullopt : std::optional(before[(before.size() - 1) / 2]);
        sums.rows.push_back({years, fed ? "rain-fed" : "all", name, std::to_string(s.times.size()), std::to_string(s.test.hits), std::to_string(s.test.misses), std::to_string(s.test.alarms), std::to_string(s.test.false_alarms),
                             fmt::format("{:.2f}", s.test.csi()), whole_hours(s.test.median_lead()), whole_hours(least), whole_hours(middle), fmt::format("{:.0f}", in_hours(s.test.under_alarm))});
        if (scored) {
          const std::string key = std::string(name) + (fed ? ", rain-fed" : ", all");
          evidence.counts["peaks " + key] = static_cast<double>(s.times.size());
          evidence.counts["warned " + key] = s.test.hits;
          evidence.counts["false " + key] = s.test.false_alarms;
          evidence.counts["alarms " + key] = s.test.alarms;
          if (const auto lead = s.test.median_lead()) evidence.counts["median lead h " + key] = in_hours(*lead);
        }
      }
  }
  evidence.tables.push_back(std::move(sums));

  EvidenceTable events{"Every peak", {"peak (UTC+8)", "m³/s", "rain of 72 h, mm", "rain-fed", "lead of rain, h", "lead of rise, h", "first alarm before 300 m³/s, h"}, {}};
  std::vector<UtcTime> times;
  for (const auto& peak : peaks) times.push_back(basin.time[peak.hour]);
  const auto rain_test = *score_alarms(times, rain, kMatch), rise_test = *score_alarms(times, rise, kMatch), both_test = *score_alarms(times, both, kMatch);
  for (size_t i = 0; i < peaks.size(); ++i) {
    const auto& peak = peaks[i];
    const auto before = both_test.leads[i] ? std::optional(*both_test.leads[i] - (basin.time[peak.hour] - basin.time[peak.reached])) : std::nullopt;
    events.rows.push_back({day_hour(times[i]) + (peak.hour >= split ? "" : " (tuned on)"), fmt::format("{:.0f}", basin.flow_m3_s[peak.hour]), fmt::format("{:.0f}", peak.rain_72h_mm), peak.rain_fed ? "yes" : "no",
                           whole_hours(rain_test.leads[i]), whole_hours(rise_test.leads[i]), whole_hours(before)});
  }
  evidence.tables.push_back(std::move(events));

  EvidenceTable wrong{"Alarms that belong to no peak", {"from (UTC+8)", "until", "rule", "highest flow until a day after, m³/s", "rain of 72 h before to 24 h after its start, mm"}, {}};
  const auto rain_total = [&](size_t from, size_t until) { return std::accumulate(basin.rain_mm.begin() + static_cast<std::ptrdiff_t>(from), basin.rain_mm.begin() + static_cast<std::ptrdiff_t>(until), 0.0); };
  for (const auto& a : both) {
    if (score_alarms(times, std::span(&a, 1), kMatch)->false_alarms == 0) continue;
    const auto hour_of = [&](UtcTime t) { return static_cast<size_t>(std::lower_bound(basin.time.begin(), basin.time.end(), t) - basin.time.begin()); };
    const size_t from = hour_of(a.start), until = std::min(hour_of(a.end + hours(24)), basin.time.size());
    const bool by_rain = std::any_of(rain.begin(), rain.end(), [&](const AlarmSpan& r) { return r.start >= a.start && r.start <= a.end; });
    const bool by_rise = std::any_of(rise.begin(), rise.end(), [&](const AlarmSpan& r) { return r.start >= a.start && r.start <= a.end; });
    wrong.rows.push_back({day_hour(a.start), day_hour(a.end), by_rain && by_rise ? "rain and rise" : by_rain ? "rain" : "rise",
                          fmt::format("{:.0f}", *std::max_element(basin.flow_m3_s.begin() + static_cast<std::ptrdiff_t>(from), basin.flow_m3_s.begin() + static_cast<std::ptrdiff_t>(until))),
                          fmt::format("{:.0f}", rain_total(from > 72 ? from - 72 : 0, std::min(from + 24, basin.time.size())))});
  }
  evidence.tables.push_back(std::move(wrong));
  if (command.tune) tune_rain_rules(basin, split, peaks, evidence);
  evidence.counts["rows"] = static_cast<double>(basin.time.size());
  evidence.remarks.push_back(fmt::format("{} hours. rain: `{}`. rise: `{}`. An alarm belongs to a peak when it starts at least 1 h before it and clears at most 12 h before it; a lead above 48 h counts as 48 h; csi = hits / (hits + misses + false alarms).",
                                         basin.time.size(), rain_rule->steps.front().when, rise_rule->steps.front().when));
  return evidence;
}

}  // namespace anlan
