// What every benchmark shares: how it reports, measures, and where it puts its files.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bench {

// Each prints its metrics on standard output and returns false when what it measured is not what it should have done.
bool run_journal();
bool run_places();
bool run_targeting();
bool run_launch();
bool run_answers();
bool run_stream();
bool run_history();
bool run_ingest();
bool run_alarm_latency();
bool run_roads_build();
bool run_roads_query();
bool run_roads_closure();
bool run_roads_matrix();
bool run_roads_isochrone();
bool run_coverage();
bool run_dispatch();
bool run_quake_shaking();
bool run_quake_fragility();
bool run_quake_losses();
bool run_quake_response();
bool run_quake_eew();
// The other process of `answers`; see answers_load.cpp.
int run_answers_load(const std::vector<std::string>& arguments);

// One JSON object on one line; peak_mb is the highest resident memory of this process so far.
void report(std::string_view bench, std::string_view workload, std::string_view metric, double value, std::string_view unit);
// A line on standard error.
void progress(const std::string& line);
double peak_mb();

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  double ms() const { return seconds() * 1000; }
  void restart() { start_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The value that a share of the values does not exceed (nearest rank); 0 for none.
double percentile(std::vector<double> values, double share);

// A new folder below build/, on the disk where the program would keep its data; removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The same numbers on every machine (SplitMix64: Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  size_t below(size_t n) { return static_cast<size_t>(next() % n); }

 private:
  uint64_t state_;
};

}  // namespace anlan::bench
