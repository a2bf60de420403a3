// history: readings into the data folder and back: how many a second become durable, how many bytes they take, how long
// the chart of a year takes to draw.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>

#include "base/check.h"
#include "benchmarks/bench.h"
#include "history/block.h"
#include "history/history.h"
#include "history/hours.h"

namespace anlan::bench {
namespace {

constexpr int64_t kStart = 1'704'067'200'000;  // 2024-01-01
constexpr size_t kBatch = 10'000;
constexpr uint64_t kReadings = 30'000'000;
constexpr LinkNumber kManyLinks = 700'000, kFewLinks = 20'000;
constexpr int kYearMinutes = 366 * 24 * 60;
constexpr const char* kBasinFile = "../shared/data/hydro/biliuhe/basin_21401550.csv.gz";

// A water level in metres as a gauge with 1 cm steps reports it: a tide of half a day, a slow wander, waves of 2 cm.
class Level {
 public:
  explicit Level(uint64_t seed) : dice_(seed) {}
  double next(int64_t minute) {
    wander_ += (dice_.unit() - 0.5) * 0.01;
    const double tide = 0.8 * std::sin(static_cast<double>(minute) * (2 * M_PI / 745));
    return std::round((12 + wander_ + tide + (dice_.unit() - 0.5) * 0.02) * 100) / 100;
  }

 private:
  Dice dice_;
  double wander_ = 0;
};

struct Hour {
  UtcTime at;
  double rain, flow;
};

// The columns time (d/m/yyyy h:mm), rain and flow of the basin's file; empty when it is not there.
std::vector<Hour> read_basin() {
  std::vector<Hour> out;
  gzFile file = gzopen(kBasinFile, "rb");
  if (!file) return out;
  char line[256];
  for (bool header = true; gzgets(file, line, sizeof line); header = false) {
    if (header) continue;
    CivilTime t{};
    double rain = 0, evaporation = 0, flow = 0;
    if (std::sscanf(line, "%d/%d/%d %d:%d,%lf,%lf,%lf", &t.day, &t.month, &t.year, &t.hour, &t.minute, &rain, &evaporation, &flow) == 8)
      out.push_back({from_civil(t), rain, flow});
  }
  gzclose(file);
  return out;
}

// Bytes of the blocks of a series, for each reading.
double block_bytes(std::span<const Sample> samples) {
  size_t bytes = 0;
  BlockWriter writer;
  for (const auto& s : samples) {
    writer.push(s);
    if (!writer.full()) continue;
    bytes += writer.bytes().size();
    writer = {};
  }
  return static_cast<double>(bytes + writer.bytes().size()) / static_cast<double>(samples.size());
}

// Bytes of the rows of hours of a series, for each reading.
double hour_bytes(std::span<const Sample> samples) {
  HourMaker maker;
  maker.add(samples);
  const auto rows = std::move(maker).take();
  size_t bytes = 0;
  for (size_t i = 0; i < rows.size(); i += kChunkRows) {
    const auto end = std::min(i + kChunkRows, rows.size());
    bytes += write_hours({rows[i].hour, rows[end - 1].hour + 1, {rows.begin() + static_cast<std::ptrdiff_t>(i), rows.begin() + static_cast<std::ptrdiff_t>(end)}}).size();
  }
  return static_cast<double>(bytes) / static_cast<double>(samples.size());
}

// Round after round of all links at 1/min, in batches in the order of links, from so many threads.
double writes_per_s(const std::string& folder, LinkNumber links, int threads) {
  const auto history = History::open(folder).value();
  std::vector<Level> levels;
  for (LinkNumber i = 0; i < 256; ++i) levels.emplace_back(i);
  std::vector<double> values(1 << 20);  // computing them is not what is measured
  for (size_t i = 0; i < values.size(); ++i) values[i] = levels[i % 256].next(static_cast<int64_t>(i / 256));
  const Stopwatch watch;
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t)
    writers.emplace_back([&, t] {
      const auto mine = static_cast<uint64_t>(links) / static_cast<uint64_t>(threads);
      const auto first = static_cast<uint64_t>(t) * mine;
      std::vector<Reading> batch(kBatch);
      for (uint64_t n = 0; n < kReadings / static_cast<uint64_t>(threads);) {
        for (auto& r : batch) {
          const auto link = static_cast<LinkNumber>(first + n % mine);
          const auto minute = n / mine;
          r = {{kStart + static_cast<int64_t>(minute) * 60'000}, values[(minute * 256 + link % 256) % values.size()], link};
          ++n;
        }
        CHECK(history->append(batch).value().stored == kBatch);
      }
    });
  for (auto& w : writers) w.join();
  const double seconds = watch.seconds();
  const auto stats = history->stats();
  progress("history: " + std::to_string(links) + " links: " + std::to_string(stats.readings) + " readings in " + std::to_string(seconds) + " s, log " +
           std::to_string(stats.log_readings) + ", " + std::to_string(static_cast<double>(stats.bytes_on_disk) / static_cast<double>(stats.readings)) + " bytes a reading on disk now, peak " + std::to_string(peak_mb()) + " MB");
  CHECK(stats.links == links && stats.readings >= kReadings);
  return static_cast<double>(stats.readings) / seconds;
}

}  // namespace

bool run_history() {
  const auto rate = [](LinkNumber links, int threads) {
    Folder folder;
    return writes_per_s(folder.path() + "/history", links, threads);
  };
  const std::string workload = " links at 1/min with 1 cm steps, " + std::to_string(kReadings / 1'000'000) + " M readings, 10,000 to an append, each append fsynced before it returns";
  report("history", std::to_string(kFewLinks) + workload + ", 2 threads", "writes_per_s", rate(kFewLinks, 2), "1/s");
  report("history", std::to_string(kFewLinks) + workload + ", 1 thread", "writes_per_s_one_thread", rate(kFewLinks, 1), "1/s");
  report("history", std::to_string(kManyLinks) + workload + ", 2 threads", "writes_per_s_700k_links", rate(kManyLinks, 2), "1/s");
  {
    Folder folder;
    { (void)writes_per_s(folder.path() + "/history", kManyLinks, 2); }
    const Stopwatch watch;
    const auto history = History::open(folder.path() + "/history").value();
    report("history", "opening after an orderly end, 700,000 links with 42 readings each", "open_s", watch.seconds(), "s");
    const Stopwatch read;
    uint64_t readings = 0;
    CHECK(history->read_all({INT64_MIN}, kNever, [&](LinkNumber, std::span<const Sample> s) {
      readings += s.size();
      return true;
    }));
    report("history", "all of them read, link after link", "read_all_per_s", static_cast<double>(readings) / read.seconds(), "1/s");
  }

  // One link for a year.
  Folder folder;
  const std::string place = folder.path() + "/history";
  auto history = History::open(place).value();
  std::vector<Sample> year;
  std::vector<Reading> batch;
  Level level(1);
  for (int minute = 0; minute < kYearMinutes; ++minute) {
    year.push_back({{kStart + int64_t{minute} * 60'000}, level.next(minute)});
    batch.push_back({year.back().at, year.back().value, 0});
    if (batch.size() == kBatch || minute + 1 == kYearMinutes) {
      CHECK(history->append(batch).value().stored == batch.size());
      batch.clear();
    }
  }
  const UtcTime until = year.back().at + minutes(1);
  const auto chart_ms = [&] {
    const Stopwatch watch;
    const auto chart = history->chart(0, {kStart}, until, 1000).value();
    const double ms = watch.ms();
    uint64_t counted = 0;
    for (const auto& b : chart) counted += b.count;
    CHECK(chart.size() > 900 && chart.size() <= 1000 && counted == year.size());
    return ms;
  };
  const auto readings_chart_ms = [&] {
    const Stopwatch watch;
    ChartMaker maker({kStart}, until, 1000);
    CHECK(history->read(0, {kStart}, until, [&](std::span<const Sample> samples) {
      maker.add(samples);
      return true;
    }));
    CHECK(std::move(maker).take().size() > 900);
    return watch.ms();
  };
  history.reset();
  history = History::open(place).value();
  report("history", "one link, 1/min for a year (527,040 readings), up to 1,000 buckets of min, max, mean, count, first, last; first time after opening", "year_chart_first_ms", chart_ms(), "ms");
  std::vector<double> times;
  for (int i = 0; i < 100; ++i) times.push_back(chart_ms());
  report("history", "the same, median of 100", "year_chart_ms", percentile(times, 0.5), "ms");
  report("history", "the same, 99th percentile of 100", "year_chart_p99_ms", percentile(times, 0.99), "ms");
  times.clear();
  for (int i = 0; i < 100; ++i) times.push_back(readings_chart_ms());
  report("history", "the same from the readings instead of the hours, median of 100", "year_chart_readings_ms", percentile(times, 0.5), "ms");
  report("history", "simulated level, 1/min, 1 cm steps, a year: its blocks", "bytes_per_reading_level", block_bytes(year), "B");
  report("history", "the same: the rows of its hours", "bytes_per_reading_level_hours", hour_bytes(year), "B");
  {
    const Stopwatch watch;
    const auto removed = history->remove_before(0, until).value();
    report("history", "the readings of the year removed, their hours kept", "retention_readings_per_s", static_cast<double>(removed.readings) / watch.seconds(), "1/s");
    CHECK(removed.readings > year.size() * 99 / 100);
    CHECK(chart_ms() > 0);
  }

  const auto basin = read_basin();
  if (basin.empty()) {
    progress(std::string("history: no ") + kBasinFile);
    return false;
  }
  std::vector<Sample> rain, flow;
  std::vector<Reading> both;
  for (const auto& h : basin) {
    rain.push_back({h.at, h.rain});
    flow.push_back({h.at, h.flow});
    both.push_back({h.at, h.rain, 1});
    both.push_back({h.at, h.flow, 2});
  }
  const std::string basin_text = "Biliuhe basin, hourly, " + std::to_string(basin.size()) + " hours: ";
  report("history", basin_text + "rain, 2 decimals: its blocks", "bytes_per_reading_rain", block_bytes(rain), "B");
  report("history", basin_text + "flow, up to 9 decimals: its blocks", "bytes_per_reading_flow", block_bytes(flow), "B");
  report("history", basin_text + "rain and flow: their blocks", "bytes_per_reading", (block_bytes(rain) + block_bytes(flow)) / 2, "B");
  Folder apart;
  {
    const auto store = History::open(apart.path() + "/history").value();
    CHECK(store->append(both).value().replaced == 0);
    CHECK(store->settle());
  }
  { const auto store = History::open(apart.path() + "/history").value(); }
  const auto store = History::open(apart.path() + "/history").value();
  const auto stats = store->stats();
  report("history", basin_text + "rain and flow: all files of the folder", "bytes_per_reading_on_disk", static_cast<double>(stats.bytes_on_disk) / static_cast<double>(stats.readings), "B");
  return true;
}

}  // namespace anlan::bench
