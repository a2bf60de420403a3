#include "registry/earthquake_rules_read.h"

#include <algorithm>
#include <cmath>

#include "registry/record_fields.h"
#include "registry/sourced_read.h"

namespace anlan {
namespace {

constexpr std::array<std::string_view, kDesignCodes> kCodes = {"pre", "low", "moderate", "high"};

// A list of exactly N numbers.
template <size_t N>
std::array<double, N> numbers(MapReader& item, std::string_view key, double min, double max, bool ascending = false) {
  std::array<double, N> out{};
  const auto& list = item.list(key, Need::kRequired);
  bool good = list.size() == N;
  for (size_t i = 0; good && i < N; ++i) {
    char* end = nullptr;
    out[i] = std::strtod(list[i].text.c_str(), &end);
    good = end != list[i].text.c_str() && *end == 0 && out[i] >= min && out[i] <= max && (!ascending || i == 0 || out[i] > out[i - 1]);
  }
  if (!good)
    item.fault(0, key, fmt::format("应为 {} 个{}到{}之间的数{}", N, min, max, ascending ? "，由小到大" : ""),
               fmt::format("expected {} numbers from {} to {}{}", N, min, max, ascending ? ", ascending" : ""));
  return out;
}

BuildingType read_building(MapReader& item) {
  BuildingType b;
  read_sourced(item, b);
  for (size_t i = 0; i < kDesignCodes; ++i) {
    const auto* node = item.take(kCodes[i], Need::kRequired);
    if (!node || node->kind != YamlNode::Kind::kMap) continue;
    MapReader code(*node, item.spot().file, std::string(kCodes[i]), item.faults());
    auto& c = b.codes[i];
    c.pga_g = numbers<4>(code, "pga_g", 0.001, 20, true);
    c.beta = code.number("beta", 0.05, 3);
    c.yield_g = code.number("yield_g", 0.001, 5);
    c.drift = numbers<4>(code, "drift", 0.0001, 1, true);
    code.finish();
  }
  b.storey_height_m = item.number("storey_height_m", 1, 20);
  b.period_per_storey_s = item.number("period_per_storey_s", 0.02, 2);
  b.damping = item.number("damping", 0.005, 0.3);
  b.hardening = item.number("hardening", 0.0001, 0.9);
  b.ultimate = item.number("ultimate", 1.01, 20);
  b.softening = item.number("softening", -0.5, 0, -0.02);
  b.pinching = item.number("pinching", 0, 1, 0.4);
  b.degradation = item.number("degradation", 0, 1, 0.1);
  if (const auto shape = item.choice<HysteresisShape>("hysteresis", Need::kRequired)) b.hysteresis = *shape;
  b.collapse = numbers<13>(item, "collapse", 0, 1);
  b.dead_given_collapse = item.number("dead_given_collapse", 0, 1);
  b.loss_ratio = numbers<5>(item, "loss_ratio", 0, 1);
  b.yuan_per_m2 = item.number("yuan_per_m2", 0, 1e6);
  return b;
}

CasualtySpec read_casualty(MapReader& item) {
  CasualtySpec c;
  read_sourced(item, c);
  if (const auto model = item.choice<CasualtyModelName>("model", Need::kRequired)) c.model = *model;
  c.weight = item.number("weight", 0, 1);
  c.bias_ln = item.number("bias_ln", -10, 10, 0);
  c.sigma_ln = item.number("sigma_ln", 0, 5);
  return c;
}

NeedSpec read_need(MapReader& item) {
  NeedSpec n;
  read_sourced(item, n);
  n.unit = item.text("unit", Need::kRequired, 10);
  n.per_affected = item.number("per_affected", 0, 1000, 0);
  n.per_homeless = item.number("per_homeless", 0, 1000, 0);
  n.per_dead = item.number("per_dead", 0, 1000, 0);
  n.per_injured = item.number("per_injured", 0, 1000, 0);
  n.per_buried = item.number("per_buried", 0, 1000, 0);
  n.per_collapsed = item.number("per_collapsed", 0, 1000, 0);
  n.cap = item.number("cap", 0, 1e9, 0);
  n.winter = item.number("winter", 0, 100, 1);
  return n;
}

EarthquakeResponse read_response(MapReader& item) {
  EarthquakeResponse r;
  read_sourced(item, r);
  r.level = static_cast<int>(item.integer("level", 1, 4));
  r.dead_min = item.number("dead_min", 0, 1e7, 0);
  r.magnitude_dense = item.number("magnitude_dense", 0, 10, 0);
  r.magnitude_sparse = item.number("magnitude_sparse", 0, 10, 0);
  return r;
}

Linkage read_linkage(MapReader& item) {
  Linkage l;
  read_sourced(item, l);
  l.record_type = item.id("record_type", Need::kRequired);
  l.field = item.id("field", Need::kOptional);
  l.choice = item.id("choice", l.field.empty() ? Need::kOptional : Need::kRequired);
  l.intensity = item.number("intensity", 1, 12);
  l.action_zh = item.text("action_zh", Need::kRequired, 200);
  l.action_en = item.text("action_en", Need::kRequired, 200);
  l.receipt_seconds = static_cast<int>(item.integer("receipt_seconds", 1, 3600, 10));
  return l;
}

void read_policy(MapReader& item, EarthquakePolicy& p) {
  p.source = item.text("source", Need::kRequired, 300);
  p.effective_from = item.date("effective_from", Need::kRequired);
  p.verified = item.flag("verified", false);
  p.stations_min = static_cast<int>(item.integer("stations_min", 3, 20));
  p.magnitude_min = item.number("magnitude_min", 0, 10);
  p.call_intensity = item.number("call_intensity", 1, 12);
  p.colours = numbers<4>(item, "colours", 1, 12, true);
  p.call_by_itself = item.flag("call_by_itself", false);
  p.drill = item.flag("drill", false);
  p.public_channel = item.text("public_channel", Need::kRequired, 100);
  p.injured_per_dead = numbers<3>(item, "injured_per_dead", 0, 1000, true);
  p.buried_per_dead = numbers<3>(item, "buried_per_dead", 0, 1000, true);
  p.homeless = numbers<5>(item, "homeless", 0, 1);
  p.draws = static_cast<int>(item.integer("draws", 0, 1000, 100));
  p.cell_m = item.number("cell_m", 50, 20'000, 1000);
  p.feed_magnitude_min = item.number("feed_magnitude_min", 0, 10);
  p.feed_reach_km = item.number("feed_reach_km", 0, 20'000);
}

}  // namespace

void read_earthquakes(MapReader& top, EarthquakeBook& book) {
  each(top, "building_types", [&](MapReader& item) { book.buildings.push_back(read_building(item)); });
  each(top, "casualty_models", [&](MapReader& item) { book.casualties.push_back(read_casualty(item)); });
  each(top, "earthquake_needs", [&](MapReader& item) { book.needs.push_back(read_need(item)); });
  each(top, "earthquake_responses", [&](MapReader& item) { book.responses.push_back(read_response(item)); });
  each(top, "earthquake_linkages", [&](MapReader& item) { book.linkages.push_back(read_linkage(item)); });
  if (const auto* node = top.take("earthquake_policy", Need::kOptional); node && node->kind == YamlNode::Kind::kMap) {
    MapReader item(*node, top.spot().file, "earthquake_policy", top.faults());
    read_policy(item, book.policy);
    item.finish();
  }
}

void check_earthquakes(const Pack& pack, Faults& faults) {
  const auto& book = pack.earthquakes;
  const Spot spot{"earthquakes", 0};
  unique_ids(book.buildings, "building_types", spot, faults);
  unique_ids(book.casualties, "casualty_models", spot, faults);
  unique_ids(book.needs, "earthquake_needs", spot, faults);
  unique_ids(book.responses, "earthquake_responses", spot, faults);
  unique_ids(book.linkages, "earthquake_linkages", spot, faults);
  double weight = 0;
  for (const auto& c : book.casualties) weight += c.weight;
  if (!book.casualties.empty() && std::abs(weight - 1) > 1e-6)
    faults.add(spot, "casualty_models 的 weight 之和应为 1", "the weights of casualty_models must sum to 1");
  for (const auto& l : book.linkages) {
    const auto* type = pack.record_type(l.record_type);
    const auto* field = type && !l.field.empty() ? field_of(*type, l.field) : nullptr;
    const bool chosen = l.field.empty() || (field && std::any_of(field->choices.begin(), field->choices.end(), [&](const Named& n) { return n.id == l.choice; }));
    if (!type || !chosen) {
      const std::string name = type ? l.field + ": " + l.choice : l.record_type;
      faults.add(spot, fmt::format("{}：没有 {}", l.id, name), fmt::format("{}: there is no {}", l.id, name));
    }
  }
}

}  // namespace anlan
