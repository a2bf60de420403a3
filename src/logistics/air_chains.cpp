#include "logistics/air_chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace anlan {
namespace {

double number(const json::object& fields, std::string_view id) {
  const auto* v = fields.if_contains(id);
  return v && v->is_number() ? v->to_number<double>() : 0;
}
bool yes(const json::object& fields, std::string_view id) {
  const auto* v = fields.if_contains(id);
  return v && v->is_bool() && v->get_bool();
}

roads::Aircraft aircraft_of(const AircraftSpec& s) {
  roads::Aircraft a;
  a.id = s.id;
  a.zh = s.zh;
  a.en = s.en;
  a.cruise_kmh = s.cruise_kmh;
  a.range_km = s.range_km;
  a.reserve_minutes = s.reserve_minutes;
  a.payload_kg = s.payload_kg;
  a.derate_above_m = s.derate_above_m;
  a.derate_per_1000m = s.derate_per_1000m;
  a.ceiling_m = s.ceiling_m;
  a.mass_t = s.mass_t;
  a.pad_m = s.pad_m;
  a.start_minutes = s.start_minutes;
  a.takeoff_landing_minutes = s.takeoff_landing_minutes;
  a.refuel_minutes = s.refuel_minutes;
  a.day_only = s.day_only;
  a.wind_max_ms = s.wind_max_ms;
  a.visibility_min_km = s.visibility_min_km;
  a.cloud_base_min_m = s.cloud_base_min_m;
  return a;
}

roads::AirPoint point_of(const RecordState& r, bool always_day) {
  roads::AirPoint p;
  p.at = *r.position;
  p.elevation_m = number(r.fields, "elevation");
  const double length = number(r.fields, "length"), width = number(r.fields, "width");
  p.size_m = length > 0 && width > 0 ? std::min(length, width) : std::max(length, width);
  p.bears_t = number(r.fields, "max_weight");
  p.fuel = yes(r.fields, "fuel");
  p.night = always_day || yes(r.fields, "night");
  return p;
}

Reason reason_of(const roads::AirRefusal& r, const std::vector<const RecordState*>& points) {
  using enum roads::AirRefusalReason;
  const std::string at = r.point < points.size() ? points[r.point]->name : "";
  const auto say = [&](const char* code, std::string zh, std::string en) { return Reason{code, at.empty() ? zh : at + "：" + zh, at.empty() ? en : at + ": " + en}; };
  const auto two = [&](const char* zh, const char* en) {
    return std::pair(fmt::format(fmt::runtime(zh), r.value, r.limit), fmt::format(fmt::runtime(en), r.value, r.limit));
  };
  const auto made = [&](const char* code, const char* zh, const char* en) {
    auto [a, b] = two(zh, en);
    return say(code, std::move(a), std::move(b));
  };
  switch (r.reason) {
    case kPadTooSmall: return made("pad_too_small", "场地 {:.0f} m，需要 {:.0f} m", "the ground measures {:.0f} m, {:.0f} m are needed");
    case kPadTooWeak: return made("pad_too_weak", "场地承重 {:.1f} t，需要 {:.1f} t", "the ground bears {:.1f} t, {:.1f} t are needed");
    case kTooHigh: return made("too_high", "海拔 {:.0f} m，超过升限 {:.0f} m", "at {:.0f} m, above the ceiling of {:.0f} m");
    case kTooHeavy: return made("too_heavy", "载重 {:.0f} kg，在此海拔只能带 {:.0f} kg", "{:.0f} kg to carry, {:.0f} kg can be at that height");
    case kWind: return made("wind", "风速 {:.0f} m/s，超过 {:.0f} m/s", "wind {:.0f} m/s, {:.0f} m/s at most");
    case kVisibility: return made("visibility", "能见度 {:.1f} km，低于 {:.1f} km", "visibility {:.1f} km, {:.1f} km at least");
    case kCloudBase: return made("cloud_base", "云底高 {:.0f} m，低于 {:.0f} m", "cloud base {:.0f} m, {:.0f} m at least");
    case kOutOfRange: return made("out_of_range", "需飞 {:.0f} 分钟，油量只够 {:.0f} 分钟", "{:.0f} minutes of flight, fuel for {:.0f}");
    case kNight: return made("night", "夜间不能起降，{:.0f} 分钟后天亮", "no landing at night; day comes in {:.0f} minutes");
    case kTooLate: return say("too_late", "24 小时内到不了", "not within 24 hours");
    case kNoAircraft:
    case kAllowed: break;
  }
  return {"no_aircraft", "没有可以出动的直升机起降点（有油料的）", "no landing point with fuel to start from"};
}

}  // namespace

Result<AirChains> air_chains(const Pack& pack, const AirChainsQuestion& question, const std::vector<RecordState>& records, const AskTimes& times) {
  const auto* spec = pack.roads.aircraft_of(question.aircraft);
  if (!spec) return Error(ErrorCode::kInvalidField, {{"field", "aircraft"}, {"why", "没有这种机型 / no such aircraft"}});
  if (question.places.empty()) return Error(ErrorCode::kInvalidField, {{"field", "at"}, {"why", "请写明去哪里 / where to"}});
  if (question.places.size() > kAirPlacesMax) return Error(ErrorCode::kTooLarge, {{"what", "地点 / places"}, {"limit", "500"}});

  std::vector<const RecordState*> where;
  std::vector<roads::AirPoint> points;
  std::vector<roads::Sortie> sorties;
  for (const auto& r : records) {
    if (!r.position) continue;
    points.push_back(point_of(r, question.always_day));
    where.push_back(&r);
    if (points.back().fuel && sorties.size() < roads::kSortiesMax) sorties.push_back({static_cast<uint32_t>(points.size() - 1), 0, 0});
  }
  if (points.size() > kLandingPointsMax) return Error(ErrorCode::kTooLarge, {{"what", "起降点 / landing points"}, {"limit", "5,000"}});

  auto aircraft = aircraft_of(*spec);
  if (question.always_day) aircraft.day_only = false;
  roads::AirQuestion q;
  q.start = question.start;
  q.aircraft = std::span(&aircraft, 1);
  q.points = points;
  q.sorties = sorties;
  if (question.weather) q.weather = std::span(&*question.weather, 1);
  q.load_kg = question.load_kg;
  TRY(plan, plan_air(q));

  // Where a helicopter stands already nobody flies to: from there it is a drive, and no chain.
  std::vector<bool> flown_to;
  for (uint32_t p = 0; p < points.size(); ++p) flown_to.push_back(plan.at[p].ms != roads::kUnreachable && !plan.legs(p).empty());

  // The landing points to try for each place, and the roads from all of them at once.
  struct Near {
    double metres;
    uint32_t point;
  };
  AirChains out;
  out.bases = sorties.size();
  out.landings = points.size();
  std::vector<std::vector<uint32_t>> tried(question.places.size());
  std::vector<std::optional<uint32_t>> nearest(question.places.size());
  std::map<uint32_t, size_t> row;
  std::vector<LonLat> from, to;
  for (size_t i = 0; i < question.places.size(); ++i) {
    std::vector<Near> near;
    for (uint32_t p = 0; p < points.size(); ++p) near.push_back({distance_m(points[p].at, question.places[i].position), p});
    std::sort(near.begin(), near.end(), [](const Near& a, const Near& b) { return std::tie(a.metres, a.point) < std::tie(b.metres, b.point); });
    if (!near.empty()) nearest[i] = near.front().point;
    for (const auto& n : near) {
      if (!flown_to[n.point]) continue;
      tried[i].push_back(n.point);
      if (row.emplace(n.point, from.size()).second) from.push_back(points[n.point].at);
      if (tried[i].size() == kLandingsTried) break;
    }
    to.push_back(question.places[i].position);
  }
  TRY(road, times(from, to, {question.profile, std::nullopt}));
  out.estimated = road.estimated;

  for (size_t i = 0; i < question.places.size(); ++i) {
    AirChainFound found{question.places[i], {}, {}, {}};
    uint64_t best = UINT64_MAX;
    uint32_t landing = 0, by_road = 0;
    for (const auto p : tried[i]) {
      const uint32_t ms = road.at(row.at(p), i);
      if (ms >= kNoWay || plan.at[p].ms + uint64_t{ms} >= best) continue;
      best = plan.at[p].ms + uint64_t{ms};
      landing = p;
      by_road = ms;
    }
    if (best == UINT64_MAX) {
      if (!tried[i].empty()) found.why = Reason{"no_road", "从附近的起降点没有路可通", "no road from the landing points near it"};
      else if (nearest[i] && plan.at[*nearest[i]].ms != roads::kUnreachable) found.why = Reason{"at_base", "最近的起降点就是直升机所在的基地，请走公路", "the nearest landing point is where the helicopter stands: go by road"};
      else found.why = reason_of(nearest[i] ? plan.at[*nearest[i]].refusal : roads::AirRefusal{}, where);
    } else {
      found.minutes = minutes_of(static_cast<uint32_t>(std::min<uint64_t>(best, kNoWay)));
      roads::Weight ready = static_cast<roads::Weight>(aircraft.start_minutes * 60'000);
      bool flown = false;
      for (const auto& leg : plan.legs(landing)) {
        const auto& a = where[leg.from]->name;
        if (flown && leg.depart_ms > ready) found.legs.push_back({"refuel", a, a, minutes_of(leg.depart_ms - ready), 0});
        found.legs.push_back({"air", a, where[leg.to]->name, minutes_of(leg.arrive_ms - leg.depart_ms), std::round(distance_m(points[leg.from].at, points[leg.to].at) / 100) / 10});
        ready = leg.arrive_ms;
        flown = true;
      }
      found.legs.push_back({"road", where[landing]->name, found.place.name, minutes_of(by_road), km_about(pack, question.profile, points[landing].at, found.place.position)});
    }
    out.items.push_back(std::move(found));
  }
  return out;
}

}  // namespace anlan
