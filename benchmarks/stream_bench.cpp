// stream: 700,000 links, three windowed rules each, two engines on two threads; and beside it, on a smaller sample, what
// one would write first: a hash map of links with a deque per window, which must come to the same changes.
#include <time.h>

#include <algorithm>
#include <barrier>
#include <deque>
#include <numeric>
#include <thread>
#include <unordered_map>

#include "benchmarks/bench.h"
#include "stream/engine.h"

namespace anlan::bench {

namespace {

using namespace stream;

constexpr LinkNumber kLinks = 700'000;
constexpr LinkNumber kSampleLinks = 100'000;
constexpr int kThreads = 2;
constexpr size_t kBatch = 4096;
constexpr UtcTime kStart{1'790'000'000'000};
constexpr double kLimits[] = {6, 8};

struct Windows {
  Millis sum, mean, rate;
  Millis interval;  // between two readings of a link
};
constexpr Windows kHours{hours(1), minutes(10), minutes(30), minutes(1)};
constexpr Windows kDays{hours(24), hours(6), hours(24), minutes(10)};

TypeSpec gauge(const Windows& w) {
  const auto minutes_of = [](Millis d) { return std::to_string(d.count / 60'000) + "m"; };
  const std::string sum = "sum(" + minutes_of(w.sum) + ") >= ", mean = "mean(" + minutes_of(w.mean) + ") >= ";
  const std::string ahead = "value + rate(" + minutes_of(w.rate) + ") * 2 >= ";
  TypeSpec spec{.id = "gauge", .limits = {"warning", "guaranteed"}};
  spec.quality = {.min = 0, .max = 100, .step_max = 50, .interval = w.interval};
  const double most = static_cast<double>(w.sum.count / w.interval.count);
  const auto times = [&](double each) { return std::to_string(most * each); };
  spec.rules = {{.id = "rain", .steps = {{1, sum + times(0.75)}, {2, sum + times(1)}, {3, sum + times(1.5)}, {4, sum + times(2)}}, .margin = most / 20},
                {.id = "steady", .steps = {{1, mean + "1.5"}, {3, mean + "2.5"}}, .margin = 0.25, .hold = w.interval * 2, .clear_after = w.interval * 5},
                {.id = "ahead", .steps = {{2, ahead + "limit.warning"}, {4, ahead + "limit.guaranteed"}}, .margin = 0.5}};
  return spec;
}

// The readings of one interval: every link once, in random order, with a share of late, repeated and impossible ones.
class Weather {
 public:
  Weather(LinkNumber first, LinkNumber links, const Windows& windows, bool clean, uint64_t seed)
      : interval_(windows.interval), storm_rounds_(static_cast<uint32_t>(windows.sum.count / windows.interval.count / 2)), clean_(clean), dice_(seed), order_(links), readings_(links) {
    std::iota(order_.begin(), order_.end(), first);
  }

  const std::vector<Reading>& next(int round) {
    const size_t n = order_.size();
    for (size_t i = n - 1; i > 0; --i) std::swap(order_[i], order_[dice_.below(i + 1)]);
    for (size_t i = 0; i < n; ++i) {
      const uint64_t bits = dice_.next();
      const UtcTime now = time_of(round, i);
      const LinkNumber link = order_[i];
      const bool storm = (link * 2654435761U >> 20) % 100 == static_cast<uint32_t>(round) / storm_rounds_ % 100;
      auto& r = readings_[i];
      r = {now - milliseconds(static_cast<int64_t>(bits % 15'000)), static_cast<double>(bits >> 32 & (storm ? 31 : 7)) / 8, link};
      if (clean_) continue;
      const auto chance = static_cast<int>(bits >> 40 & 1023);
      if (chance < 10) r.at = r.at - minutes(3);
      else if (chance < 15 && i > 0) r = readings_[i - 1];
      else if (chance == 15) r.value = 1000;
    }
    return readings_;
  }
  UtcTime time_of(int round, size_t at) const {
    return kStart + interval_ * round + Millis{interval_.count * static_cast<int64_t>(at) / static_cast<int64_t>(order_.size())};
  }

 private:
  Millis interval_;
  uint32_t storm_rounds_;
  bool clean_;
  Dice dice_;
  std::vector<LinkNumber> order_;
  std::vector<Reading> readings_;
};

double thread_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Share {
  double wall_s = 0, cpu_s = 0;  // of ingest
  double advance_s = 0, advance_max_ms = 0;
  size_t advances = 0, readings = 0, changes = 0;
  size_t block_bytes = 0, memory = 0;
};

// All links over all threads; each thread makes its readings, waits for the other, and is then measured.
bool run_size(const Windows& windows, const std::string& workload, int warm, int measured) {
  std::barrier sync(kThreads);
  std::vector<Share> shares(kThreads);
  const auto work = [&](int thread) {
    Share& share = shares[static_cast<size_t>(thread)];
    Engine engine;
    const auto type = engine.add_type(gauge(windows)).value();
    const LinkNumber links = kLinks / kThreads, first = static_cast<LinkNumber>(thread) * links;
    for (LinkNumber i = 0; i < links; ++i) engine.add_link(first + i, type, kLimits, kStart).value();
    Weather weather(first, links, windows, false, static_cast<uint64_t>(thread) + 1);
    Output out;
    const size_t advance_every = std::max<size_t>(1, links / kBatch * 1000 / static_cast<size_t>(std::min<int64_t>(windows.interval.count, 60'000)));
    for (int round = 0; round < warm + measured; ++round) {
      const auto& readings = weather.next(round);
      const bool counts = round >= warm;
      sync.arrive_and_wait();
      for (size_t at = 0, batch = 0; at < readings.size(); at += kBatch, ++batch) {
        const size_t n = std::min(kBatch, readings.size() - at);
        const UtcTime now = weather.time_of(round, at + n);
        out.changes.clear();
        out.links.clear();
        const Stopwatch watch;
        const double cpu_s = thread_seconds();
        engine.ingest({readings.data() + at, n}, now, out);
        if (counts) {
          share.cpu_s += thread_seconds() - cpu_s;
          share.wall_s += watch.seconds();
          share.readings += n;
          share.changes += out.changes.size();
        }
        if (batch % advance_every != 0) continue;
        const Stopwatch sweep;
        engine.advance(now, out);
        if (!counts) continue;
        share.advance_s += sweep.seconds();
        share.advance_max_ms = std::max(share.advance_max_ms, sweep.ms());
        ++share.advances;
      }
    }
    share.block_bytes = engine.block_bytes(type);
    share.memory = engine.memory_bytes();
    sync.arrive_and_wait();  // both engines are alive until here: the peak is that of all links
  };
  std::vector<std::thread> threads;
  for (int t = 1; t < kThreads; ++t) threads.emplace_back(work, t);
  work(0);
  for (auto& t : threads) t.join();

  Share sum;
  double slowest_s = 0;
  for (const auto& s : shares) {
    sum.readings += s.readings;
    sum.changes += s.changes;
    sum.cpu_s += s.cpu_s;
    sum.advance_s += s.advance_s;
    sum.advances += s.advances;
    sum.memory += s.memory;
    sum.advance_max_ms = std::max(sum.advance_max_ms, s.advance_max_ms);
    slowest_s = std::max(slowest_s, s.wall_s);
  }
  const auto count = static_cast<double>(sum.readings);
  progress(workload + ": " + std::to_string(shares[0].block_bytes) + " bytes per link, " + std::to_string(sum.memory >> 20) + " MB in the engines, " +
           std::to_string(sum.changes) + " changes by " + std::to_string(sum.readings) + " readings");
  report("stream", workload, "readings_per_s", count / slowest_s, "1/s");
  report("stream", workload, "readings_per_s_per_thread", count / sum.cpu_s, "1/s of its own processor time");
  report("stream", workload, "advance_ms", sum.advance_s * 1000 / static_cast<double>(sum.advances), "ms per call and engine");
  report("stream", workload, "advance_max_ms", sum.advance_max_ms, "ms");
  report("stream", workload, "peak_mb", peak_mb(), "MB");
  return sum.changes > 0 && sum.readings == static_cast<size_t>(measured) * kLinks;
}

// A map of links, deques of readings, sums kept by adding and taking away. Windows end on pane boundaries as those of the
// engine do, so that the changes can be compared one by one. No duplicates, no late readings, no restart, no time alone.
class Naive {
 public:
  explicit Naive(const Windows& w) : windows_(w), most_(static_cast<double>(w.sum.count / w.interval.count)) {}

  void ingest(const Reading& r, UtcTime now, std::vector<Change>& out) {
    if (!std::isfinite(r.value) || r.at > now + minutes(5) || r.at < now - hours(72) || r.value < 0 || r.value > 100) return;
    Link& link = links_[r.link];
    const int64_t clock = std::max(now.ms, r.at.ms);
    keep(link.sum, windows_.sum, clock, r);
    keep(link.mean, windows_.mean, clock, r);
    keep(link.rate, windows_.rate, clock, r);
    const double mean = link.mean.sum / static_cast<double>(link.mean.samples.size());
    const auto& oldest = link.rate.samples.front();
    const auto apart = static_cast<double>((r.at - oldest.at).count);
    const bool has_rate = apart >= static_cast<double>(windows_.rate.count / 12);
    const double ahead = has_rate ? r.value + (r.value - oldest.value) / apart * 3'600'000 * 2 : -1e300;
    const double sums[] = {most_ * 0.75, most_, most_ * 1.5, most_ * 2}, means[] = {1.5, 2.5}, lines[] = {kLimits[0], kLimits[1]};
    constexpr Level kFour[] = {1, 2, 3, 4}, kSteady[] = {1, 3}, kAhead[] = {2, 4};
    step(link.rules[0], 0, link.sum.sum, sums, kFour, most_ / 20, {}, {}, now, clock, r.link, out);
    step(link.rules[1], 1, mean, means, kSteady, 0.25, windows_.interval * 2, windows_.interval * 5, now, clock, r.link, out);
    step(link.rules[2], 2, ahead, lines, kAhead, 0.5, {}, {}, now, clock, r.link, out);
  }

 private:
  struct Window {
    std::deque<Sample> samples;
    double sum = 0;
  };
  struct Rule {
    Level level = 0;
    int64_t since_s[4] = {-1, -1, -1, -1}, fall_s = -1;
  };
  struct Link {
    Window sum, mean, rate;
    Rule rules[3];
  };

  static void keep(Window& window, Millis span, int64_t clock, const Reading& r) {
    const int64_t pane = std::max<int64_t>(60'000, span.count / 12);
    const int64_t begins = ((clock + pane - 1) / pane) * pane - (span.count + pane - 1) / pane * pane;
    window.samples.push_back({r.at, r.value});
    window.sum += r.value;
    while (window.samples.front().at.ms <= begins) {
      window.sum -= window.samples.front().value;
      window.samples.pop_front();
    }
  }

  static void step(Rule& rule, RuleNumber number, double value, std::span<const double> lines, std::span<const Level> levels, double margin, Millis hold,
                   Millis clear_after, UtcTime now, int64_t clock, LinkNumber link, std::vector<Change>& out) {
    const int64_t now_s = clock / 1000;
    Level rise = 0, kept = 0;
    double shown = value;
    for (size_t i = 0; i < lines.size(); ++i) {
      if (value >= lines[i]) {
        if (rule.since_s[i] < 0) rule.since_s[i] = now_s;
        if (levels[i] > rule.level) kept = rule.level;
        if (levels[i] > rule.level && (now_s - rule.since_s[i]) * 1000 >= hold.count) rise = levels[i];
      } else {
        rule.since_s[i] = -1;
      }
      if (levels[i] <= rule.level && value >= lines[i] - margin) kept = std::max(kept, levels[i]);
    }
    const Level from = rule.level;
    if (rise > 0) {
      rule.level = rise;
    } else if (kept < rule.level) {
      if (rule.fall_s < 0) rule.fall_s = now_s;
      if ((now_s - rule.fall_s) * 1000 >= clear_after.count) rule.level = kept;
    } else {
      rule.fall_s = -1;
    }
    if (rule.level == from) return;
    rule.fall_s = -1;
    out.push_back({link, number, from, rule.level, now, shown});
  }

  Windows windows_;
  double most_;
  std::unordered_map<LinkNumber, Link> links_;
};

bool run_beside_naive() {
  constexpr int kWarm = 65, kMeasured = 25;
  Engine engine;
  const auto type = engine.add_type(gauge(kHours)).value();
  for (LinkNumber i = 0; i < kSampleLinks; ++i) engine.add_link(i, type, kLimits, kStart).value();
  Naive naive(kHours);
  Weather weather(0, kSampleLinks, kHours, true, 3);
  double engine_s = 0, naive_s = 0;
  size_t different = 0, changes = 0;
  std::vector<UtcTime> newest(kSampleLinks);
  Output out;
  std::vector<Change> expected;
  std::vector<Reading> batch;
  for (int round = 0; round < kWarm + kMeasured; ++round) {
    const auto& readings = weather.next(round);
    for (size_t at = 0; at < readings.size(); at += kBatch) {
      const size_t n = std::min(kBatch, readings.size() - at);
      const UtcTime now = weather.time_of(round, at + n);
      batch.clear();
      for (size_t i = at; i < at + n; ++i) {  // the naive one knows no late readings
        if (readings[i].at <= newest[readings[i].link]) continue;
        newest[readings[i].link] = readings[i].at;
        batch.push_back(readings[i]);
      }
      out.changes.clear();
      expected.clear();
      double began = thread_seconds();
      engine.ingest(batch, now, out);
      const double engine_took = thread_seconds() - began;
      began = thread_seconds();
      for (const auto& r : batch) naive.ingest(r, now, expected);
      const double naive_took = thread_seconds() - began;
      different += out.changes != expected;
      changes += expected.size();
      if (round < kWarm) continue;
      engine_s += engine_took;
      naive_s += naive_took;
    }
  }
  progress("beside naive: " + std::to_string(changes) + " changes, " + std::to_string(different) + " batches differ");
  const std::string workload = "100,000 links, three rules (1 h, 10 min, 30 min), one thread, in-order readings; the same changes";
  report("stream", workload, "naive_readings_per_s", static_cast<double>(kMeasured) * kSampleLinks / naive_s, "1/s");
  report("stream", workload, "ratio_to_naive", naive_s / engine_s, "times");
  return different == 0 && changes > 1000;
}

}  // namespace

bool run_stream() {
  bool good = run_size(kHours, "700,000 links, three rules each (sum 1 h, mean 10 min, rate 30 min), random order, 2 threads", 65, 30);
  good = run_size(kDays, "the same with windows of 24 h, 6 h and 24 h", 150, 30) && good;
  return run_beside_naive() && good;
}

}  // namespace anlan::bench
