#include "hazard/fire_weather.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace anlan {
namespace {

// 250 * 59.5 / 101, exact: the rounded 147.2 of the report lets a code of 0 return above 250 % moisture.
constexpr double kFfmcScale = 250.0 * 59.5 / 101.0;

using Months = std::array<double, 12>;

// Effective day length of the duff layer. Above 30 N is the table of the 1985 report; the others are for 20 N, 20 S
// and 40 S; 9 is used around the equator.
constexpr Months kDuffDayNorth{6.5, 7.5, 9, 12.8, 13.9, 13.9, 12.4, 10.9, 9.4, 8, 7, 6};
constexpr Months kDuffDayNorthTropic{7.9, 8.4, 8.9, 9.5, 9.9, 10.2, 10.1, 9.7, 9.1, 8.6, 8.1, 7.8};
constexpr Months kDuffDaySouthTropic{10.1, 9.6, 9.1, 8.5, 8.1, 7.8, 7.9, 8.3, 8.9, 9.4, 9.9, 10.2};
constexpr Months kDuffDaySouth{11.5, 10.5, 9.2, 7.9, 6.8, 6.2, 6.5, 7.4, 8.7, 10, 11.2, 11.8};
constexpr double kDuffDayEquator = 9;

constexpr Months kDroughtDayNorth{-1.6, -1.6, -1.6, 0.9, 3.8, 5.8, 6.4, 5, 2.4, 0.4, -1.6, -1.6};
constexpr double kDroughtDayEquator = 1.4;

double duff_day_length(int month, double latitude_deg) {
  const size_t m = static_cast<size_t>(month - 1);
  if (latitude_deg > 30) return kDuffDayNorth[m];
  if (latitude_deg > 10) return kDuffDayNorthTropic[m];
  if (latitude_deg > -10) return kDuffDayEquator;
  if (latitude_deg > -30) return kDuffDaySouthTropic[m];
  return kDuffDaySouth[m];
}

double drought_day_length(int month, double latitude_deg) {
  if (latitude_deg > 20) return kDroughtDayNorth[static_cast<size_t>(month - 1)];
  if (latitude_deg > -20) return kDroughtDayEquator;
  return kDroughtDayNorth[static_cast<size_t>((month + 5) % 12)];  // the same year, six months later
}

double moisture_of_ffmc(double ffmc) {
  return kFfmcScale * (101 - ffmc) / (59.5 + ffmc);
}  // eq. 1

Result<void> in_range(const char* field, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return {ErrorCode::kInvalidField, {{"field", field}, {"why", fmt::format("{} is not in {}..{}", value, low, high)}}};
}

}  // namespace

double fine_fuel_moisture_code(double ffmc_yesterday, const NoonWeather& noon) {
  const double h = noon.humidity_percent, t = noon.temperature_c;
  double m = moisture_of_ffmc(ffmc_yesterday);
  if (noon.rain_mm > 0.5) {  // eq. 2-3
    const double rain = noon.rain_mm - 0.5;
    double wetter = m + 42.5 * rain * std::exp(-100 / (251 - m)) * (1 - std::exp(-6.93 / rain));
    if (m > 150) wetter += 0.0015 * (m - 150) * (m - 150) * std::sqrt(rain);
    m = std::min(wetter, 250.0);
  }
  // Equilibrium when drying and when wetting, eq. 4-5.
  const double warmth = 0.18 * (21.1 - t) * (1 - std::exp(-0.115 * h));
  const double dry_end = 0.942 * std::pow(h, 0.679) + 11 * std::exp((h - 100) / 10) + warmth;
  const double wet_end = 0.618 * std::pow(h, 0.753) + 10 * std::exp((h - 100) / 10) + warmth;
  if (std::isnan(dry_end) || std::isnan(wet_end)) return NAN;
  // Log rate towards the equilibrium, eq. 6-9; `x` is the humidity, or its deficit when wetting, as a fraction.
  auto rate = [&](double x) {
    const double still = 0.424 * (1 - std::pow(x, 1.7)) + 0.0694 * std::sqrt(noon.wind_kmh) * (1 - std::pow(x, 8));
    return still * 0.581 * std::exp(0.0365 * t);
  };
  if (m > dry_end) {
    m = dry_end + (m - dry_end) * std::pow(10, -rate(h / 100));
  } else if (m < wet_end) {
    m = wet_end - (wet_end - m) * std::pow(10, -rate((100 - h) / 100));
  }
  return std::clamp(59.5 * (250 - m) / (kFfmcScale + m), 0.0, 101.0);  // eq. 10
}

double duff_moisture_code(double dmc_yesterday, const NoonWeather& noon, int month, double latitude_deg) {
  CHECK(month >= 1 && month <= 12);
  double p = dmc_yesterday;
  if (noon.rain_mm > 1.5) {  // eq. 11-15
    const double rain = 0.92 * noon.rain_mm - 1.27;
    const double m = 20 + 280 / std::exp(0.023 * p);
    const double slope = p <= 33 ? 100 / (0.5 + 0.3 * p) : p <= 65 ? 14 - 1.3 * std::log(p) : 6.2 * std::log(p) - 17.2;
    const double wetter = m + 1000 * rain / (48.77 + slope * rain);
    p = std::max(43.43 * (5.6348 - std::log(wetter - 20)), 0.0);
  }
  const double t = std::max(noon.temperature_c, -1.1);
  const double drying =
      1.894 * (t + 1.1) * (100 - noon.humidity_percent) * duff_day_length(month, latitude_deg) * 1e-4;  // eq. 16
  return std::max(p + drying, 0.0);
}

double drought_code(double dc_yesterday, const NoonWeather& noon, int month, double latitude_deg) {
  CHECK(month >= 1 && month <= 12);
  double d = dc_yesterday;
  if (noon.rain_mm > 2.8) {  // eq. 18-21
    const double rain = 0.83 * noon.rain_mm - 1.27;
    const double water = 800 * std::exp(-d / 400);
    d = std::max(d - 400 * std::log(1 + 3.937 * rain / water), 0.0);
  }
  const double t = std::max(noon.temperature_c, -2.8);
  const double loss = (0.36 * (t + 2.8) + drought_day_length(month, latitude_deg)) / 2;  // eq. 22-23
  return std::max(d + std::max(loss, 0.0), 0.0);
}

double initial_spread_index(double ffmc, double wind_kmh) {
  const double m = moisture_of_ffmc(ffmc);
  return 0.208 * std::exp(0.05039 * wind_kmh) * 91.9 * std::exp(-0.1386 * m) * (1 + std::pow(m, 5.31) / 4.93e7);
}

double build_up_index(double dmc, double dc) {
  if (dmc == 0) return 0;
  const double harmonic = 0.8 * dmc * dc / (dmc + 0.4 * dc);  // eq. 27a
  if (harmonic >= dmc) return harmonic;
  return std::max(dmc - (1 - harmonic / dmc) * (0.92 + std::pow(0.0114 * dmc, 1.7)), 0.0);  // eq. 27b
}

double fire_weather_index(double isi, double bui) {
  const double fuel = bui <= 80 ? 0.626 * std::pow(bui, 0.809) + 2 : 1000 / (25 + 108.64 * std::exp(-0.023 * bui));
  const double b = 0.1 * isi * fuel;  // eq. 28-30
  return b <= 1 ? b : std::exp(2.72 * std::pow(0.434 * std::log(b), 0.647));
}

double daily_severity_rating(double fwi) {
  return 0.0272 * std::pow(fwi, 1.77);
}

Result<FireWeather> fire_weather_day(const FireMoisture& yesterday, const NoonWeather& noon, int month,
                                     double latitude_deg) {
  TRY_VOID(in_range("temperature_c", noon.temperature_c, -70, 70));
  TRY_VOID(in_range("humidity_percent", noon.humidity_percent, 0, 100));
  TRY_VOID(in_range("wind_kmh", noon.wind_kmh, 0, 400));
  TRY_VOID(in_range("rain_mm", noon.rain_mm, 0, 3000));
  TRY_VOID(in_range("ffmc", yesterday.ffmc, 0, 101));
  TRY_VOID(in_range("dmc", yesterday.dmc, 0, 1e5));
  TRY_VOID(in_range("dc", yesterday.dc, 0, 1e5));
  TRY_VOID(in_range("month", month, 1, 12));
  TRY_VOID(in_range("latitude_deg", latitude_deg, -90, 90));
  FireWeather day;
  day.moisture = {fine_fuel_moisture_code(yesterday.ffmc, noon),
                  duff_moisture_code(yesterday.dmc, noon, month, latitude_deg),
                  drought_code(yesterday.dc, noon, month, latitude_deg)};
  day.isi = initial_spread_index(day.moisture.ffmc, noon.wind_kmh);
  day.bui = build_up_index(day.moisture.dmc, day.moisture.dc);
  day.fwi = fire_weather_index(day.isi, day.bui);
  day.dsr = daily_severity_rating(day.fwi);
  return day;
}

}  // namespace anlan
