// The basin of the Biliu river: recorded hours, its flood peaks, and alarms held against them.
#pragma once

#include <span>

#include "anlan/evaluate.h"
#include "hazard/backtest.h"

namespace anlan {

struct BasinHours {
  std::vector<UtcTime> time;
  std::vector<double> rain_mm, flow_m3_s;
};
// Lines "d/m/yyyy h:mm,rain,evaporation,flow" after a header; hours in order.
Result<BasinHours> read_basin(const std::string& file);

inline constexpr double kFloodM3S = 300;
inline constexpr size_t kPeakGapHours = 24;
inline constexpr double kRainFedMm = 20;  // in the 72 h before the peak

struct BasinPeak {
  size_t hour = 0, reached = 0;  // of the peak, and when the flow came to kFloodM3S
  bool rain_fed = false;
  double rain_72h_mm = 0;
};
std::vector<BasinPeak> peaks_of(const BasinHours& basin);

// The first hour of the years that nothing was tuned on.
size_t first_scored(const BasinHours& basin);

// Searches the families of rain rules on [0, until), and adds what it found and how well it holds from year to year.
void tune_rain_rules(const BasinHours& basin, size_t until, std::span<const BasinPeak> peaks, Evidence& evidence);

}  // namespace anlan
