// For tests: travel at a kilometre a minute in a straight line, and ways that can be shut.
#pragma once

#include "logistics/dispatch_times.h"
#include "registry/records.h"

namespace anlan {

struct FakeRoads {
  std::function<bool(LonLat from, LonLat to)> shut = [](LonLat, LonLat) { return false; };
  int asked = 0;

  AskTimes ask() {
    return [this](std::span<const LonLat> from, std::span<const LonLat> to, const TravelQuestion& how) -> Result<TravelTimes> {
      ++asked;
      if (how.profile == "broken") return Error(ErrorCode::kUnavailable, {{"what", "路网"}});
      TravelTimes t;
      t.columns = to.size();
      t.estimated = true;
      for (const auto a : from)
        for (const auto b : to) t.ms.push_back(shut(a, b) ? kNoWay : static_cast<uint32_t>(distance_m(a, b) * 60));
      return t;
    };
  }
};

inline const Pack& test_pack() {
  static const Pack pack = load_pack("packs/cn").value();
  return pack;
}

// A degree of latitude is 111.195 km; so many kilometres north of 35° N, 103° E.
inline LonLat north_km(double km, double east_km = 0) { return {103 + east_km / 91.085, 35 + km / 111.195}; }

inline RecordState record_at(int64_t id, const char* type, LonLat at, json::object fields, PlaceCode place = PlaceCode(622927101)) {
  RecordState r;
  r.record = RecordId{id};
  r.type = type;
  r.name = std::string(type) + std::to_string(id);
  r.place = place;
  r.position = at;
  r.fields = std::move(fields);
  return r;
}

}  // namespace anlan
