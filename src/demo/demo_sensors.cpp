#include "demo/demo_sensors.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "demo/dice.h"

namespace anlan {
namespace {

constexpr Millis kStep = minutes(1), kPastStep = minutes(10);
constexpr Millis kPast = hours(48);
constexpr Millis kSlow = hours(12);  // such sensors keep to their interval
constexpr double kPouring = 3.4;  // mm a minute: an evening of minutes must show what takes hours

UtcTime down_to(UtcTime t, Millis step) { return {t.ms - t.ms % step.count}; }

// An ordinary day at the weather station, and what the bureau expects of the storm.
std::optional<double> calm_value(std::string_view kind, double day, double noise, bool pours) {
  if (kind == "thermometer") return 14 + 6 * day + 0.3 * noise;
  if (kind == "hygrometer") return std::round(pours ? 96 : 52 - 18 * day + 2 * noise);
  if (kind == "ground_thermometer") return 15 + 9 * day;
  if (kind == "road_thermometer") return 16 + 8 * day;
  if (kind == "gust_gauge") return (pours ? 11 : 5) + 2 * day + 1.5 * noise;
  if (kind == "visibility_meter") return std::round(pours ? 2'500 : 14'000 + 4'000 * day + 500 * noise);
  if (kind == "weather_phenomena") return pours ? 65 : 1;
  if (kind == "lightning_detector") return pours ? std::floor(3 * noise) : 0;
  if (kind == "pm25_meter") return std::round(32 + 8 * day + 6 * noise);
  if (kind == "drought_index") return -0.4;
  if (kind == "toxic_gas_detector") return 0.05 * noise;
  if (kind == "rain_forecast_6h") return pours ? 70 : 2;
  if (kind == "rain_forecast_3h") return pours ? 60 : 1;
  if (kind == "rain_forecast_1h") return pours ? 35 : 0;
  if (kind == "typhoon_wind_forecast") return 4;
  if (kind == "gale_forecast") return 6;
  if (kind == "heat_forecast") return 24;
  if (kind == "frost_forecast") return 6;
  if (kind == "snow_gauge" || kind == "hail_detector" || kind == "snow_forecast") return 0;
  return std::nullopt;
}

}  // namespace

DemoSensors::DemoSensors(Node& node, uint64_t seed) : node_(node), seed_(seed) { find_sensors(); }

void DemoSensors::find_sensors() {
  bool one_rises = false;
  node_.watch().each([&](const LinkRow& row) {
    const auto record = node_.records().find(row.id);
    const auto& signal = *node_.pack().record_types[row.type].signal;
    // What follows a gauge says nothing itself, and the fire weather is computed from what others say.
    if (!record || !record->generated || !signal.follows.empty() || record->type == "fire_weather_site") return;
    Sensor s{row.id, row.code, row.place, record->type, 0, false, signal.interval, record->changed_at, row.last ? std::optional(row.last->at) : std::nullopt};
    for (const char* limit : {"warning", "flood_limit", "high", "control"})
      if (const auto* v = record->fields.if_contains(limit); v && v->is_number()) s.limit = v->to_number<double>();
    if (s.kind == "river_gauge" && !one_rises) s.rising = one_rises = true;
    sensors_.push_back(std::move(s));
  });
}

double DemoSensors::value(const Sensor& s, UtcTime at, bool pours) const {
  Dice dice(seed_ ^ static_cast<uint64_t>(s.link.value) * 0x9e3779b97f4a7c15ull ^ static_cast<uint64_t>(at.ms / kStep.count));
  const double noise = dice.unit();
  const double day = std::sin(static_cast<double>(at.ms % hours(24).count) / static_cast<double>(hours(24).count) * 2 * std::numbers::pi + static_cast<double>(s.link.value % 7));
  if (s.kind == "rain_gauge") return pours ? std::round((kPouring + noise) * 10) / 10 : noise < 0.02 ? 0.2 : 0;
  if (s.kind == "slope_sensor") return std::round((static_cast<double>(s.link.value % 40) + 0.4 * day + 0.2 * noise) * 10) / 10;
  if (s.kind == "gas_detector") return std::round(noise * 15) / 10;
  if (s.kind == "wind_gauge") return std::round((3 + 1.5 * day + 2 * noise) * 10) / 10;
  if (s.kind == "tank_level") return std::round((s.limit * 0.6 + 0.5 * day) * 100) / 100;
  if (const auto calm = calm_value(s.kind, day, noise, pours)) return std::round(*calm * 100) / 100;
  if (s.kind == "pressure_gauge") return std::round((s.limit * 0.6 + 0.02 * day) * 1000) / 1000;
  if (s.kind == "process_thermometer") return std::round((s.limit * 0.5 + 3 * day) * 10) / 10;
  if (s.kind == "tailings_gauge") return std::round((s.limit * 1.7 + 0.05 * noise) * 100) / 100;
  if (s.rising) {
    // It crossed its warning level when the county was made, and goes on rising slowly.
    const double hours_since = static_cast<double>((at - s.made).count) / 3'600'000;
    return std::round((s.limit + 0.12 + (hours_since < 0 ? 0.03 * hours_since : 0.008 * std::min(hours_since, 60.0)) + 0.02 * noise) * 100) / 100;
  }
  return std::round((s.limit - 2.2 + 0.25 * day + 0.02 * noise) * 100) / 100;
}

void DemoSensors::tick(UtcTime now, const std::function<std::vector<PlaceCode>()>& storm) {
  if (now < next_ && next_ - now <= kStep) return;
  next_ = down_to(now, kStep) + kStep;
  const auto towns = storm();
  std::vector<SiteReading> readings;
  for (auto& s : sensors_) {
    const bool pours = std::any_of(towns.begin(), towns.end(), [&](PlaceCode p) { return p.contains(s.place) || s.place.contains(p); });
    const UtcTime end = down_to(now, kStep);
    UtcTime at = std::max(down_to(now - kPast, kPastStep), s.last.value_or(UtcTime{0}) + kStep);
    for (; at <= end; at = at + (end - at > minutes(30) ? kPastStep : kStep)) {
      at = down_to(at, kStep);
      if (s.interval >= kSlow && at.ms % s.interval.count != 0) continue;
      readings.push_back({s.code, at, value(s, at, pours && end - at <= kStep), 0});
    }
    s.last = end;
  }
  if (readings.empty()) return;
  const PlaceCode anywhere;
  // The demonstration goes on without a reading that a full disk kept out.
  [[maybe_unused]] const auto taken = node_.watch().take(readings, std::span(&anywhere, 1), "demo", [&](size_t i) { return readings[i].link; }, now);
}

}  // namespace anlan
