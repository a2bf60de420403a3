#include "signals/fire_weather_feed.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <set>

#include "hazard/fire_weather.h"

namespace anlan {
namespace {

constexpr std::string_view kType = "fire_weather_site";
constexpr std::array<std::string_view, 4> kInputs{"thermometer", "hygrometer", "wind_gauge", "rain_gauge"};
enum Input { kTemperature, kHumidity, kWind, kRain };
constexpr Millis kEvery = minutes(10), kNear = hours(1), kDay = hours(24);
constexpr int kRainHours = 18;
constexpr int kOpenDays = 3;  // that may still get an index: what is older than 72 h the watch refuses

// Days are counted from 1970; their noon is 12:00 of UTC+8.
constexpr UtcTime noon_of(int64_t day) { return UtcTime{day * kDay.count} + hours(4); }
int64_t floor_days(int64_t ms) { return ms >= 0 ? ms / kDay.count : -((-ms + kDay.count - 1) / kDay.count); }

std::string text_of(const json::object& fields, std::string_view field) {
  const auto* v = fields.if_contains(field);
  return v && v->is_string() ? std::string(v->get_string()) : std::string();
}

struct Site {
  RecordId id;
  std::string code;
  double latitude = 0;
  std::array<std::string, 4> inputs;
};

struct Day {
  std::array<std::optional<double>, 3> at_noon;
  std::array<int64_t, 3> distance_ms{};
  double rain_mm = 0;
  uint32_t rain_hours = 0;  // one bit each

  std::optional<NoonWeather> weather() const {
    if (!at_noon[kTemperature] || !at_noon[kHumidity] || !at_noon[kWind] || std::popcount(rain_hours) < kRainHours) return std::nullopt;
    return NoonWeather{*at_noon[kTemperature], *at_noon[kHumidity], *at_noon[kWind] * 3.6, rain_mm};
  }
};

struct Source {  // of one input
  LinkNumber link = 0;
  const SignalSpec* signal = nullptr;
  bool counts(double value) const {
    return std::isfinite(value) && (!signal->min || value >= *signal->min) && (!signal->max || value <= *signal->max);
  }
};

// The days from `first` on, by what the history says.
std::vector<Day> days_of(const History& history, const std::array<Source, 4>& sources, int64_t first, int64_t last) {
  std::vector<Day> days(static_cast<size_t>(last - first + 1));
  const auto day_at = [&](int64_t day) { return day < first || day > last ? nullptr : &days[static_cast<size_t>(day - first)]; };
  for (size_t i = 0; i < sources.size(); ++i) {
    // A damaged block is passed over by the history: its days are incomplete.
    (void)history.read(sources[i].link, noon_of(first) - kDay, noon_of(last) + kNear + milliseconds(1), [&](std::span<const Sample> samples) {
      for (const auto& s : samples) {
        if (!sources[i].counts(s.value)) continue;
        const int64_t after_noon_ms = s.at.ms - hours(4).count;
        if (i == kRain) {
          const int64_t day = floor_days(after_noon_ms - 1) + 1;  // ends at noon, which belongs to it
          if (auto* d = day_at(day)) {
            d->rain_mm += s.value;
            d->rain_hours |= 1u << ((noon_of(day) - s.at).count / hours(1).count);
          }
          continue;
        }
        const int64_t day = floor_days(after_noon_ms + kDay.count / 2);
        const int64_t distance_ms = std::abs((s.at - noon_of(day)).count);
        auto* d = day_at(day);
        if (!d || distance_ms > kNear.count || (d->at_noon[i] && d->distance_ms[i] <= distance_ms)) continue;
        d->at_noon[i] = s.value;
        d->distance_ms[i] = distance_ms;
      }
      return true;
    });
  }
  return days;
}

}  // namespace

size_t FireWeatherFeed::run(UtcTime now) {
  const auto* type = watch_.pack().record_type(kType);
  const History* history = watch_.history();
  if (!history || !type || !type->signal || (now < next_ && next_ - now <= kEvery)) return 0;
  const int64_t last = floor_days(now.ms - (hours(4) + kNear).count);  // the last day whose noon is an hour past

  std::vector<Site> sites;
  std::set<std::string, std::less<>> wanted;
  bool more = false;
  for (const auto& record : records_.within(kType, PlaceCode())) {
    if (record.record <= after_ || !record.position) continue;
    if (const auto done = done_.find(record.record); done != done_.end() && done->second >= last) continue;
    if (sites.size() == kSitesMax) {
      more = true;
      break;
    }
    Site site{record.record, text_of(record.fields, type->signal->code), record.position->lat, {}};
    for (size_t i = 0; i < kInputs.size(); ++i) wanted.insert(site.inputs[i] = text_of(record.fields, kInputs[i]));
    sites.push_back(std::move(site));
  }
  after_ = more ? sites.back().id : RecordId{};
  next_ = more ? now : UtcTime{now.ms - now.ms % kEvery.count} + kEvery;
  if (sites.empty()) return 0;

  std::map<std::string, Source, std::less<>> links;
  watch_.each([&](const LinkRow& row) {
    if (wanted.contains(row.code)) links.try_emplace(row.code, Source{row.readings_of, &*watch_.pack().record_types[row.type].signal});
  });

  struct Due {
    const Site* site;
    int64_t day;
    double fwi;
    std::string frame;
  };
  std::vector<Due> due;
  for (const auto& site : sites) {
    const auto own = static_cast<LinkNumber>(site.id.value);
    std::set<int64_t> missing;
    for (int64_t day = last - kOpenDays + 1; day <= last; ++day)
      if (now - noon_of(day) < hours(72)) missing.insert(day);
    (void)history->read(own, noon_of(last - kOpenDays), noon_of(last) + milliseconds(1), [&](std::span<const Sample> samples) {
      for (const auto& s : samples) missing.erase(floor_days(s.at.ms - hours(4).count));
      return true;
    });
    if (missing.empty()) {
      done_[site.id] = last;
      continue;
    }
    std::array<Source, 4> sources;
    bool all = true;
    for (size_t i = 0; i < kInputs.size() && all; ++i) {
      const auto link = links.find(site.inputs[i]);
      if (link == links.end()) all = false;
      else sources[i] = link->second;
    }
    if (!all) continue;

    const int64_t first = last - kDaysBack + 1;
    const auto days = days_of(*history, sources, first, last);
    FireMoisture moisture;
    int gap = 0;
    for (int64_t day = first; day <= last; ++day) {
      const auto noon = days[static_cast<size_t>(day - first)].weather();
      if (gap > kGapMax) moisture = {};
      const auto computed = noon ? fire_weather_day(moisture, *noon, to_civil(noon_of(day)).month, site.latitude) : Result<FireWeather>(Error(ErrorCode::kNotFound));
      if (!computed) {
        ++gap;
        continue;
      }
      gap = 0;
      moisture = computed->moisture;
      if (missing.contains(day))
        due.push_back({&site, day, computed->fwi,
                       fmt::format("T {:.1f} ℃, H {:.0f} %, W {:.1f} km/h, r {:.1f} mm; FFMC {:.1f}, DMC {:.1f}, DC {:.1f}, ISI {:.1f}, BUI {:.1f}", noon->temperature_c,
                                   noon->humidity_percent, noon->wind_kmh, noon->rain_mm, moisture.ffmc, moisture.dmc, moisture.dc, computed->isi, computed->bui)});
    }
  }
  if (due.empty()) return 0;
  std::vector<SiteReading> readings;
  for (size_t i = 0; i < due.size(); ++i) readings.push_back({due[i].site->code, noon_of(due[i].day), due[i].fwi, i});
  const PlaceCode anywhere;
  const auto taken = watch_.take(readings, std::span(&anywhere, 1), "fire_weather", [&](size_t i) { return std::string_view(due[i].frame); }, now);
  return taken ? static_cast<size_t>(taken->stored) : 0;
}

}  // namespace anlan
