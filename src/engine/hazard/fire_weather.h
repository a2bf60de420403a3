// The Canadian Forest Fire Weather Index, one day at a time, from noon weather; the moisture codes are carried.
//
// Source: Van Wagner & Pickett 1985 (Forestry Technical Report 33), equation numbers in the source file; Van Wagner
// 1987 (FTR 35) for the severity rating; Lawson & Armitage 2008 for day-length factors outside 30-90 N. Checked against
// the test vectors of the cffdrs package 1.9.2 within their printed precision (four digits). The northern factors
// are those of ../shared/domain/reference.md, section 7.2 (mark V). The vectors hold latitudes 55.8, 40, -17.1 and -90
// only, so none covers the duff factors of 10-30 N (southern China) and of the equator.
// Units: degrees Celsius, per cent, km/h at 10 m, mm in the 24 h before noon; codes and indices have none.
// Pure functions, O(1). The functions of single codes take any number and answer NaN where the formula has no value
// (a negative humidity, for example); only fire_weather_day() checks its input.
#pragma once

#include "base/error.h"

namespace anlan {

// The three moisture codes: fine litter, the loose organic layer, the deep layer. The defaults are the standard start
// of a season three days after the snow has gone.
struct FireMoisture {
  double ffmc = 85;  // 0..101, higher is drier
  double dmc = 6;    // >= 0
  double dc = 15;    // >= 0
};

struct NoonWeather {
  double temperature_c = 0;     // -70..70
  double humidity_percent = 0;  // 0..100
  double wind_kmh = 0;          // 0..400
  double rain_mm = 0;           // 0..3000
};

struct FireWeather {
  FireMoisture moisture;  // the state for tomorrow
  double isi = 0;         // initial spread index
  double bui = 0;         // build-up index
  double fwi = 0;         // fire weather index
  double dsr = 0;         // daily severity rating
};

// kInvalidField for weather, state, month (1..12) or latitude (-90..90) out of range or not a number.
Result<FireWeather> fire_weather_day(const FireMoisture& yesterday, const NoonWeather& noon, int month,
                                     double latitude_deg);

double fine_fuel_moisture_code(double ffmc_yesterday, const NoonWeather& noon);
double duff_moisture_code(double dmc_yesterday, const NoonWeather& noon, int month, double latitude_deg);
double drought_code(double dc_yesterday, const NoonWeather& noon, int month, double latitude_deg);
double initial_spread_index(double ffmc, double wind_kmh);
double build_up_index(double dmc, double dc);
double fire_weather_index(double isi, double bui);
double daily_severity_rating(double fwi);

}  // namespace anlan
