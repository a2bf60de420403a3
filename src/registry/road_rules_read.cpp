#include "registry/road_rules_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "registry/record_fields.h"
#include "registry/sourced_read.h"

namespace anlan {
namespace {

// highway=* of OpenStreetMap, and ferries.
constexpr std::array<std::string_view, 17> kClasses = {
    "motorway", "trunk",      "primary",  "secondary", "tertiary", "unclassified", "residential", "living_street", "service",
    "track",    "pedestrian", "cycleway", "footway",   "path",     "steps",        "ferry",       "other"};

// Class of road → number.
std::map<std::string, double> by_class(MapReader& item, std::string_view key, double min, double max, Need need) {
  std::map<std::string, double> out;
  const auto* node = item.take(key, need);
  if (!node || node->kind != YamlNode::Kind::kMap) return out;
  MapReader map(*node, item.spot().file, std::string(key), item.faults());
  for (const auto& k : node->keys) {
    if (std::find(kClasses.begin(), kClasses.end(), k.text) == kClasses.end())
      map.fault(k.line, k.text, "没有这一道路等级", "is no class of road");
    out[k.text] = map.number(k.text, min, max);
  }
  map.finish();
  return out;
}

// "22:30"
int minute_of_day(MapReader& item, std::string_view key) {
  const std::string text = item.text(key, Need::kRequired, 5);
  int h = 0, m = 0;
  const bool ok = text.size() == 5 && text[2] == ':' && std::all_of(text.begin(), text.end(), [](char c) { return c == ':' || (c >= '0' && c <= '9'); });
  if (ok) h = (text[0] - '0') * 10 + text[1] - '0', m = (text[3] - '0') * 10 + text[4] - '0';
  if (!ok || h > 24 || m > 59) item.fault(0, key, "应为 22:30 这样的时刻", "expected a time such as 22:30");
  return std::min(h * 60 + m, 1440);
}

TravelProfile read_profile(MapReader& item) {
  TravelProfile p;
  read_sourced(item, p);
  p.on_foot = item.flag("on_foot", false);
  p.emergency = item.flag("emergency", false);
  p.hazmat = item.flag("hazmat", false);
  p.truck = item.flag("truck", false);
  p.height_m = item.number("height_m", 0, 20, 0);
  p.width_m = item.number("width_m", 0, 20, 0);
  p.weight_t = item.number("weight_t", 0, 500, 0);
  p.speeds_kmh = by_class(item, "speeds_kmh", 0.1, 300, Need::kRequired);
  p.unpaved_factor = item.number("unpaved_factor", 0.01, 1, 1);
  p.of_limit = item.number("of_limit", 0.1, 2, 1);
  p.per_junction_s = item.number("per_junction_s", 0, 60, 0);
  p.straight_kmh = item.number("straight_kmh", 0.1, 300);
  p.detour = item.number("detour", 1, 5, 1.4);
  each(item, "periods", [&](MapReader& period) {
    TravelPeriod t;
    t.id = period.id("id", Need::kRequired);
    t.zh = period.text("zh", Need::kRequired, 60);
    t.en = period.text("en", Need::kRequired, 120);
    t.from_minute = minute_of_day(period, "from");
    t.to_minute = minute_of_day(period, "to");
    t.factor = period.number("factor", 0.01, 3, 1);
    t.factors = by_class(period, "factors", 0.01, 3, Need::kOptional);
    p.periods.push_back(std::move(t));
  });
  if (p.periods.size() > 8) item.fault(0, "periods", "最多 8 个", "at most 8");
  return p;
}

ResponseCircle read_circle(MapReader& item) {
  ResponseCircle c;
  read_sourced(item, c);
  for (const auto& node : item.list("facilities", Need::kRequired)) c.facilities.push_back(node.text);
  if (const auto* node = item.take("where", Need::kOptional); node && node->kind == YamlNode::Kind::kMap) {
    MapReader map(*node, item.spot().file, "where", item.faults());
    for (const auto& k : node->keys)
      for (const auto& choice : map.list(k.text, Need::kRequired)) c.where[k.text].push_back(choice.text);
    map.finish();
  }
  for (const auto& node : item.list("minutes", Need::kRequired)) {
    int m = 0;
    for (const char ch : node.text) m = ch >= '0' && ch <= '9' && m < 10'000 ? m * 10 + (ch - '0') : 100'000;
    if (m < 1 || m > 1440 || (!c.minutes.empty() && m <= c.minutes.back()))
      item.fault(node.line, "minutes", "应为由小到大的分钟数（1 到 1440）", "expected ascending minutes, 1 to 1440");
    else c.minutes.push_back(m);
  }
  if (c.minutes.empty() || c.minutes.size() > 8) item.fault(0, "minutes", "应有 1 到 8 个", "expected 1 to 8");
  c.by_air = item.flag("by_air", false);
  c.profile = item.id("profile", Need::kRequired);
  c.share = item.number("share", 0, 1, 0);
  return c;
}

AircraftSpec read_aircraft(MapReader& item) {
  AircraftSpec a;
  read_sourced(item, a);
  a.cruise_kmh = item.number("cruise_kmh", 1, 1000);
  a.range_km = item.number("range_km", 1, 10'000);
  a.reserve_minutes = item.number("reserve_minutes", 0, 300, 30);
  a.payload_kg = item.number("payload_kg", 0, 100'000);
  a.mass_t = item.number("mass_t", 0, 200, 0);
  a.derate_above_m = item.number("derate_above_m", 0, 9000, 3000);
  a.derate_per_1000m = item.number("derate_per_1000m", 0, 1, 0);
  a.ceiling_m = item.number("ceiling_m", 0, 12'000, 0);
  a.start_minutes = item.number("start_minutes", 0, 300, 0);
  a.takeoff_landing_minutes = item.number("takeoff_landing_minutes", 0, 60, 0);
  a.refuel_minutes = item.number("refuel_minutes", 0, 300, 0);
  a.day_only = item.flag("day_only", false);
  a.wind_max_ms = item.number("wind_max_ms", 0, 100, 0);
  a.visibility_min_km = item.number("visibility_min_km", 0, 100, 0);
  a.cloud_base_min_m = item.number("cloud_base_min_m", 0, 10'000, 0);
  a.pad_m = item.number("pad_m", 0, 200, 0);
  return a;
}

Good read_good(MapReader& item) {
  Good g;
  read_sourced(item, g);
  g.unit = item.text("unit", Need::kRequired, 10);
  if (const auto* node = item.take("fields", Need::kRequired); node && node->kind == YamlNode::Kind::kMap) {
    MapReader map(*node, item.spot().file, "fields", item.faults());
    for (const auto& k : node->keys) g.fields[k.text] = map.id(k.text, Need::kRequired);
    map.finish();
  }
  g.kg = item.number("kg", 0, 100'000);
  g.m3 = item.number("m3", 0, 1'000);
  return g;
}

VehicleKind read_vehicle(MapReader& item) {
  VehicleKind v;
  read_sourced(item, v);
  v.load_kg = item.number("load_kg", 1, 200'000);
  v.volume_m3 = item.number("volume_m3", 0, 500);
  v.profile = item.id("profile", Need::kRequired);
  return v;
}

}  // namespace

const TravelProfile* RoadBook::profile(std::string_view id) const {
  for (const auto& p : profiles)
    if (p.id == id) return &p;
  return nullptr;
}

const AircraftSpec* RoadBook::aircraft_of(std::string_view id) const {
  for (const auto& a : aircraft)
    if (a.id == id) return &a;
  return nullptr;
}

void read_roads(MapReader& top, RoadBook& roads) {
  each(top, "travel_profiles", [&](MapReader& item) { roads.profiles.push_back(read_profile(item)); });
  each(top, "response_circles", [&](MapReader& item) { roads.circles.push_back(read_circle(item)); });
  each(top, "aircraft", [&](MapReader& item) { roads.aircraft.push_back(read_aircraft(item)); });
  each(top, "goods", [&](MapReader& item) { roads.goods.push_back(read_good(item)); });
  each(top, "vehicle_kinds", [&](MapReader& item) { roads.vehicles.push_back(read_vehicle(item)); });
}

void check_roads(const Pack& pack, Faults& faults) {
  const auto& book = pack.roads;
  const Spot spot{"roads", 0};
  unique_ids(book.profiles, "travel_profiles", spot, faults);
  unique_ids(book.circles, "response_circles", spot, faults);
  unique_ids(book.aircraft, "aircraft", spot, faults);
  unique_ids(book.goods, "goods", spot, faults);
  unique_ids(book.vehicles, "vehicle_kinds", spot, faults);
  const auto unknown = [&](const std::string& from, const std::string& name) {
    faults.add(spot, fmt::format("{}：没有 {}", from, name), fmt::format("{}: there is no {}", from, name));
  };
  for (const auto& c : book.circles) {
    if (c.by_air ? !book.aircraft_of(c.profile) : !book.profile(c.profile)) unknown(c.id, c.profile);
    for (const auto& type : c.facilities) {
      const auto* t = pack.record_type(type);
      if (!t) {
        unknown(c.id, type);
        continue;
      }
      for (const auto& [field, choices] : c.where) {
        const auto* f = field_of(*t, field);
        for (const auto& choice : choices)
          if (!f || std::none_of(f->choices.begin(), f->choices.end(), [&](const Named& n) { return n.id == choice; })) unknown(c.id, field + ": " + choice);
      }
    }
  }
  for (const auto& g : book.goods)
    for (const auto& [type, field] : g.fields) {
      const auto* t = pack.record_type(type);
      const auto* f = t ? field_of(*t, field) : nullptr;
      if (!f || f->type != FieldType::integer) unknown(g.id, type + "." + field);
    }
  for (const auto& v : book.vehicles)
    if (!book.profile(v.profile)) unknown(v.id, v.profile);
}

}  // namespace anlan
