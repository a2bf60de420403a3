#include "earthquakes/models.h"

#include "quake/motion.h"

namespace anlan {

static_assert(kDesignCodes == quake::kCodeLevels);

quake::LossRules loss_rules(const EarthquakeBook& book) {
  quake::LossRules rules;
  for (const auto& type : book.buildings)
    for (const auto& code : type.codes) {
      quake::LossClass c;
      c.fragility.form = quake::Fragility::Form::lognormal;
      c.fragility.measure = quake::Measure::pga;
      for (size_t i = 0; i < code.pga_g.size(); ++i) {
        c.fragility.median[i] = code.pga_g[i] * quake::kGravity;
        c.fragility.beta[i] = code.beta;
      }
      std::copy(type.collapse.begin(), type.collapse.end(), c.collapse.begin());
      std::copy(type.loss_ratio.begin(), type.loss_ratio.end(), c.loss_ratio.begin());
      c.dead_given_collapse = static_cast<float>(type.dead_given_collapse);
      c.cost_per_m2 = static_cast<float>(type.yuan_per_m2);
      rules.classes.push_back(std::move(c));
    }
  for (const auto& c : book.casualties) {
    const auto model = static_cast<size_t>(c.model);
    rules.weight[model] += c.weight;
    rules.bias_ln[model] = static_cast<float>(c.bias_ln);
    rules.sigma_ln[model] = static_cast<float>(c.sigma_ln);
  }
  const auto& p = book.policy;
  const auto range = [](const std::array<double, 3>& r) { return quake::Range{r[0], r[1], r[2], r[1]}; };
  rules.injured_per_dead = range(p.injured_per_dead);
  rules.buried_per_dead = range(p.buried_per_dead);
  std::copy(p.homeless.begin(), p.homeless.end(), rules.homeless_share.begin());
  for (const auto& n : book.needs)
    rules.needs.push_back({n.id, n.per_affected, n.per_homeless, n.per_dead, n.per_injured, n.per_buried, n.per_collapsed, n.cap, n.winter});
  rules.occupancy = quake::usual_occupancy();
  return rules;
}

std::vector<quake::ResponseClass> response_classes(const EarthquakeBook& book) {
  std::vector<quake::ResponseClass> out;
  for (const auto& type : book.buildings)
    for (const auto& code : type.codes) {
      quake::ResponseClass c;
      c.storey_height_m = type.storey_height_m;
      c.period_per_storey_s = type.period_per_storey_s;
      c.damping = type.damping;
      c.yield_g = code.yield_g;
      c.hardening = type.hardening;
      c.ultimate = type.ultimate;
      c.softening = type.softening;
      c.pinching = type.pinching;
      c.degradation = type.degradation;
      c.drift_limits = code.drift;
      c.hysteresis = type.hysteresis == HysteresisShape::clough     ? quake::Hysteresis::clough
                     : type.hysteresis == HysteresisShape::pinching ? quake::Hysteresis::pinching
                                                                    : quake::Hysteresis::bilinear;
      out.push_back(c);
    }
  return out;
}

std::optional<uint16_t> building_type(const EarthquakeBook& book, std::string_view id) {
  for (size_t i = 0; i < book.buildings.size(); ++i)
    if (book.buildings[i].id == id) return static_cast<uint16_t>(i);
  return std::nullopt;
}

quake::Event event_of(const Earthquake& quake, const EarthquakeOrigin& origin) {
  quake::Event e;
  e.origin = quake.at;
  e.epicentre = {quake.lon, quake.lat};
  e.depth_km = quake.depth_km;
  e.magnitude = quake.magnitude;
  e.magnitude_sigma = origin.magnitude_sigma;
  e.strike = origin.strike;
  e.mechanism = static_cast<quake::Mechanism>(origin.mechanism);
  return e;
}

quake::ShakingModel shaking_model(PlaceCode place, quake::Relations relations) {
  return {relations, quake::zone_of_province(static_cast<int>(place.at_level(PlaceLevel::kProvince).digits()))};
}

const EarthquakeResponse* proposed_response(const EarthquakeBook& book, double magnitude, double people_per_km2, double dead) {
  const EarthquakeResponse* gravest = nullptr;
  for (const auto& r : book.responses) {
    const double least = people_per_km2 >= kDensePeoplePerKm2 ? r.magnitude_dense : r.magnitude_sparse;
    const bool reached = (r.dead_min > 0 && dead >= r.dead_min) || (least > 0 && magnitude >= least);
    if (reached && (!gravest || r.level < gravest->level)) gravest = &r;
  }
  return gravest;
}

}  // namespace anlan
