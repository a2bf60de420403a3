#include "signals/earthquake.h"

#include <cmath>

#include "base/lonlat.h"

namespace anlan {
namespace {

constexpr Millis kOldest = hours(24 * 30);

Error bad(const char* field, const char* why) { return Error(ErrorCode::kInvalidField, {{"field", field}, {"why", why}}); }

}  // namespace

Result<Decision> report_earthquake(Reader& reader, Earthquake quake, PlaceCode place, UtcTime now) {
  if (!is_valid(LonLat{quake.lon, quake.lat})) return bad("lon", "经纬度超出范围 / not on the globe");
  if (!(quake.magnitude >= 0 && quake.magnitude <= 10)) return bad("magnitude", "震级应在 0 至 10 之间 / 0 to 10");
  if (!(quake.depth_km >= 0 && quake.depth_km <= 800)) return bad("depth_km", "震源深度应在 0 至 800 千米之间 / 0 to 800 km");
  if (quake.at > now + minutes(5)) return bad("at", "发震时刻在将来 / lies ahead");
  if (quake.at < now - kOldest) return bad("at", "早于 30 天 / older than 30 days");
  for (const auto& known : list_earthquakes(reader, quake.at - minutes(1), 1'000))
    if (std::abs((known.at - quake.at).count) <= 60'000 && std::abs(known.magnitude - quake.magnitude) <= 0.3 &&
        distance_m({known.lon, known.lat}, {quake.lon, quake.lat}) <= 50'000)
      return Error(ErrorCode::kConflict, {{"why", "这次地震已经录入 / this earthquake is already known"}});
  quake.id = peek_id(reader, "earthquake");
  const std::string response = "{\"earthquake\":" + std::to_string(quake.id) + "}";
  return Decision{{fact(EarthquakeReported{std::move(quake)}, "", place)}, response};
}

void apply(Tables& tables, const EarthquakeReported& f, const FactHeader& h) {
  const auto& q = f.quake;
  tables.execute("INSERT INTO earthquakes (id, at, lon, lat, magnitude, depth_km, name, reported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 {q.id, q.at, q.lon, q.lat, q.magnitude, q.depth_km, Arg(q.name), h.at});
  take_id(tables, "earthquake", q.id);
}

std::vector<Earthquake> list_earthquakes(Reader& reader, UtcTime since, int64_t limit) {
  std::vector<Earthquake> out;
  reader.query("SELECT id, at, lon, lat, magnitude, depth_km, name FROM earthquakes WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?", {since, limit}, [&](const Row& row) {
    out.push_back({row.integer(0), UtcTime{row.integer(1)}, row.real(2), row.real(3), row.real(4), row.real(5), std::string(row.text(6))});
  });
  return out;
}

}  // namespace anlan
