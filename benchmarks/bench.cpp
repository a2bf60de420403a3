#include "benchmarks/bench.h"

#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "base/json.h"

namespace anlan::bench {

double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  return 0;
}

void report(std::string_view bench, std::string_view workload, std::string_view metric, double value, std::string_view unit) {
  const auto text = [](std::string_view s) { return json::serialize(json::string_view(s.data(), s.size())); };
  std::printf("{\"bench\":%s,\"workload\":%s,\"metric\":%s,\"value\":%.*f,\"unit\":%s,\"peak_mb\":%.0f}\n", text(bench).c_str(), text(workload).c_str(),
              text(metric).c_str(), std::abs(value) >= 1000 ? 0 : 3, value, text(unit).c_str(), peak_mb());
  std::fflush(stdout);
}

void progress(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::clamp<size_t>(rank, 1, values.size()) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Folder::Folder() {
  std::filesystem::create_directories("build");
  char pattern[] = "build/bench-XXXXXX";
  const char* made = ::mkdtemp(pattern);
  CHECK_MSG(made, "no folder can be made below build/");
  path_ = made;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace anlan::bench
