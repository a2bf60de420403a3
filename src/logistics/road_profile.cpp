#include "logistics/road_profile.h"

#include <algorithm>
#include <cmath>

namespace anlan {
namespace {

constexpr double kSlowestKmh = 1;

uint32_t ms_for(double metres, double kmh) {
  return static_cast<uint32_t>(std::min(std::ceil(metres * 3.6e3 / std::max(kmh, kSlowestKmh)), static_cast<double>(roads::kUnreachable - 1)));
}

int centimetres(double metres) { return static_cast<int>(std::lround(metres * 100)); }

}  // namespace

roads::Profile engine_profile(const TravelProfile& d) {
  roads::Profile p;
  p.id = d.id;
  p.zh = d.zh;
  p.en = d.en;
  p.on_foot = d.on_foot;
  p.emergency = d.emergency;
  p.hazmat = d.hazmat;
  p.truck = d.truck;
  p.height_cm = centimetres(d.height_m);
  p.width_cm = centimetres(d.width_m);
  p.weight_kg = static_cast<int>(std::lround(d.weight_t * 1000));
  p.unpaved_factor = static_cast<float>(d.unpaved_factor);
  p.of_limit = static_cast<float>(d.of_limit);
  p.per_junction_s = static_cast<float>(d.per_junction_s);
  for (int c = 0; c < roads::kRoadClasses; ++c) {
    const auto found = d.speeds_kmh.find(std::string(roads::name_of(static_cast<roads::RoadClass>(c))));
    if (found != d.speeds_kmh.end()) p.speed_kmh[static_cast<size_t>(c)] = static_cast<float>(found->second);
  }
  for (const auto& t : d.periods) {
    roads::SpeedPeriod period{t.id, t.from_minute, t.to_minute, {}};
    period.factor.fill(static_cast<float>(t.factor));
    for (int c = 0; c < roads::kRoadClasses; ++c) {
      const auto own = t.factors.find(std::string(roads::name_of(static_cast<roads::RoadClass>(c))));
      if (own != t.factors.end()) period.factor[static_cast<size_t>(c)] = static_cast<float>(own->second);
    }
    p.periods.push_back(std::move(period));
  }
  return p;
}

Result<size_t> profile_index(const RoadBook& book, std::string_view id) {
  for (size_t i = 0; i < book.profiles.size(); ++i)
    if (id.empty() || book.profiles[i].id == id) return i;
  return Error(ErrorCode::kInvalidField, {{"field", "profile"}, {"why", "没有这种出行方式 / no such way to travel"}});
}

int period_of(const roads::Profile& profile, UtcTime at, int utc_offset_minutes) {
  constexpr int64_t kDay = 24 * 60;
  const int64_t minute = (at.ms >= 0 ? at.ms : at.ms - 59'999) / 60'000 + utc_offset_minutes;
  return roads::period_at(profile, static_cast<int>((minute % kDay + kDay) % kDay));
}

uint32_t straight_ms(const TravelProfile& profile, LonLat from, LonLat to) {
  return ms_for(distance_m(from, to) * profile.detour, profile.straight_kmh);
}

uint32_t access_ms(const TravelProfile& profile, double metres) { return ms_for(metres, profile.straight_kmh); }

}  // namespace anlan
