#include "demo/rainstorm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "demo/demo.h"
#include "demo/demo_places.h"
#include "loop/cap_exchange.h"

namespace anlan {
namespace {

constexpr double kMarginDegrees = 1.2 / 111.195;  // 1.2 km of latitude
constexpr int kCorners = 12;                      // of the circle around each village

// North-westness: degrees, longitude shortened to the latitude of the county.
double north_west(LonLat p) { return p.lat - p.lon * 0.81; }

double cross(LonLat o, LonLat a, LonLat b) { return (a.lon - o.lon) * (b.lat - o.lat) - (a.lat - o.lat) * (b.lon - o.lon); }

// Convex hull, counter-clockwise and closed (Andrew 1979).
Ring hull_of(std::vector<LonLat> points) {
  std::sort(points.begin(), points.end(), [](LonLat a, LonLat b) { return std::tie(a.lon, a.lat) < std::tie(b.lon, b.lat); });
  Ring hull;
  const auto sweep = [&](auto begin, auto end) {
    const size_t base = hull.size();
    for (auto it = begin; it != end; ++it) {
      while (hull.size() >= base + 2 && cross(hull[hull.size() - 2], hull.back(), *it) <= 0) hull.pop_back();
      hull.push_back(*it);
    }
    hull.pop_back();
  };
  sweep(points.begin(), points.end());
  sweep(points.rbegin(), points.rend());
  if (!hull.empty()) hull.push_back(hull.front());
  return hull;
}

WarningContent warning_over_storm_area(Node& node, const char* hazard, WarningLevel level, UtcTime now, Millis lasts) {
  const auto index = node.places().get();
  const auto& places = index->places();
  WarningContent c;
  c.hazard = hazard;
  c.level = level;
  c.area = storm_area(places);
  const auto towns = storm_towns(places);
  c.area_label = places.short_name(kDemoCounty) + "西北部";
  if (!towns.empty()) c.area_label += fmt::format("{}等{}个乡镇", places.short_name(towns.front().code), towns.size());
  c.onset = now;
  c.expires = now + lasts;
  const auto text = fill_text(node.pack(), c, node.settings());
  c.headline = text.headline;
  c.description = text.description;
  c.instruction = text.instruction;
  c.message = text.message;
  return c;
}

}  // namespace

std::vector<Place> storm_towns(const PlaceTable& places) {
  std::vector<Place> towns;
  for (const auto& t : places.children(kDemoCounty))
    if (t.position) towns.push_back(t);
  std::sort(towns.begin(), towns.end(), [](const Place& a, const Place& b) { return std::pair(-north_west(*a.position), a.code) < std::pair(-north_west(*b.position), b.code); });
  if (towns.size() > kStormTowns) towns.resize(kStormTowns);
  std::sort(towns.begin(), towns.end(), [](const Place& a, const Place& b) { return a.code < b.code; });
  return towns;
}

Area storm_area(const PlaceTable& places) {
  std::vector<LonLat> points;
  for (const auto& town : storm_towns(places))
    for (const auto& village : places.children(town.code)) {
      if (!village.position) continue;
      for (int i = 0; i < kCorners; ++i) {
        const double turn = 2 * std::numbers::pi * i / kCorners;
        points.push_back({std::round((village.position->lon + kMarginDegrees * std::cos(turn) / 0.81) * 1e5) / 1e5,
                          std::round((village.position->lat + kMarginDegrees * std::sin(turn)) * 1e5) / 1e5});
      }
    }
  if (points.empty()) return {};
  auto area = normalise({{hull_of(std::move(points)), {}}});
  return area ? std::move(*area) : Area{};
}

WarningContent storm_warning(Node& node, UtcTime now) {
  return warning_over_storm_area(node, "rainstorm", WarningLevel::orange, now, hours(6));
}

WarningContent later_geohazard_warning(Node& node, UtcTime now) {
  return warning_over_storm_area(node, "geohazard", WarningLevel::yellow, now, hours(12));
}

bool StormSeen::in_play(UtcTime now) const {
  if (!storm) return false;
  switch (storm->state) {
    case WarningState::draft: return storm->returned.empty() && now - storm->created_at < Demo::kEvening;
    case WarningState::pending:
    case WarningState::in_force: return now - storm->created_at < Demo::kEvening;
    default: return false;
  }
}

StormSeen look_at_storm(Reader& reader) {
  const auto newest = [&](const char* hazard) -> std::optional<WarningRow> {
    const auto id = reader.integer("SELECT id FROM warnings WHERE source = ? AND hazard = ? ORDER BY id DESC LIMIT 1",
                                   {static_cast<int>(WarningSource::demo), Arg(std::string_view(hazard))});
    return id ? read_warning(reader, WarningId{*id}) : std::nullopt;
  };
  return {newest("rainstorm"), newest("geohazard")};
}

Result<Decision> begin_storm(Reader& reader, const Pack& pack, const WarningContent& content, UtcTime now) {
  const auto seen = look_at_storm(reader);
  if (seen.in_play(now)) return Decision{{}, fmt::format("{{\"warning\":{}}}", seen.storm->id.value)};
  TRY(decision, draft_warning(reader, pack, WarningSource::demo, content, {}, now));
  const auto put_away = [&](const std::optional<WarningRow>& old) -> Result<void> {
    if (!old) return {};
    Decision more;
    if (old->state == WarningState::in_force) {
      TRY(cancelled, cancel_warning(reader, old->id, "演示重新开始"));
      more = std::move(cancelled);
    } else if (old->state == WarningState::draft) {
      TRY(discarded, discard_warning(reader, old->id));
      more = std::move(discarded);
    }
    decision.facts.insert(decision.facts.begin(), more.facts.begin(), more.facts.end());
    return {};
  };
  TRY_VOID(put_away(seen.storm));
  TRY_VOID(put_away(seen.geohazard));
  return decision;
}

}  // namespace anlan
