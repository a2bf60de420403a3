#include "quake/loss_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quake/casualties.h"

namespace anlan::quake {
namespace {

constexpr float kVisited = 5.0f, kTownship = 5.5f;  // degrees of the median field
constexpr size_t kBlock = 512;                       // assets whose shares stay in the cache
constexpr uint32_t kNowhere = UINT32_MAX;

size_t class_of(const Asset& a) { return a.type * kCodeLevels + static_cast<size_t>(a.code); }

// Classes of which there is an asset, ascending: a pack declares many, and a table of each costs time.
std::vector<size_t> classes_of(const Exposure& exposure, const LossRules& rules) {
  std::vector<uint8_t> met(rules.classes.size(), 0);
  for (const auto& a : exposure.assets) met[class_of(a)] = 1;
  std::vector<size_t> used;
  for (size_t i = 0; i < met.size(); ++i)
    if (met[i]) used.push_back(i);
  return used;
}

std::vector<Fragility> fragilities(const LossRules& rules, const std::vector<size_t>& used) {
  std::vector<Fragility> all;
  for (const size_t i : used) all.push_back(rules.classes[i].fragility);
  return all;
}

}  // namespace

bool has_homes(const Exposure& exposure) {
  return std::any_of(exposure.assets.begin(), exposure.assets.end(), [](const Asset& a) { return a.use == Use::home && a.people > 0; });
}

LossPlan::LossPlan(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request)
    : LossPlan(exposure, field, rules, request, classes_of(exposure, rules)) {}

LossPlan::LossPlan(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request, const std::vector<size_t>& used)
    : local_hour_(request.local_hour), class_at_(rules.classes.size(), 0), homeless_share_(rules.homeless_share), tables_(fragilities(rules, used)) {
  for (const size_t i : used) {
    const auto& c = rules.classes[i];
    class_at_[i] = static_cast<uint16_t>(classes_.size());
    classes_.push_back({c.loss_ratio, c.collapse, c.dead_given_collapse});
    wanted_[static_cast<size_t>(c.fragility.measure)] = true;
  }
  lay_out(exposure, field, rules, request);
}

void LossPlan::lay_out(const Exposure& exposure, const Field& field, const LossRules& rules, const LossRequest& request) {
  const auto& intensity = field[Measure::intensity].mean;
  const bool homes = has_homes(exposure);
  std::vector<uint8_t> within_reach(exposure.places, 0);
  for (const auto& a : exposure.assets)
    if (intensity[a.site] >= kTownship) within_reach[a.place] = 1;
  std::vector<uint32_t> local(exposure.places, kNowhere), at(exposure.sites.size(), kNowhere);
  for (uint32_t p = 0; p < exposure.places; ++p) {
    if (!within_reach[p]) continue;
    local[p] = static_cast<uint32_t>(places_.size());
    places_.push_back(p);
    townships_.emplace_back();
    if (!request.people_per_km2.empty()) townships_.back().density = request.people_per_km2[p];
  }
  // Assets by township in one pass: count, then place. They stay sorted by site within each.
  std::vector<uint32_t> next(places_.size() + 1, 0);
  for (const auto& a : exposure.assets) {
    if (local[a.place] == kNowhere) continue;
    auto& t = townships_[local[a.place]];
    t.area += a.area_m2;
    t.residents += resides(homes, a.use) ? a.people : 0;
    t.inside += a.people * rules.occupancy[static_cast<size_t>(a.use)][static_cast<size_t>(local_hour_)];
    if (intensity[a.site] < kVisited) {
      t.out_of_reach += a.count;
      continue;
    }
    ++next[local[a.place] + 1];
    if (at[a.site] != kNowhere) continue;
    at[a.site] = static_cast<uint32_t>(sites_.size());
    sites_.at.push_back(exposure.sites.at[a.site]);
    if (!exposure.sites.vs30.empty()) sites_.vs30.push_back(exposure.sites.vs30[a.site]);
    for (size_t m = 0; m < kMeasures; ++m) {
      if (!wanted_[m] && m != static_cast<size_t>(Measure::intensity)) continue;
      of_[m].mean.push_back(field.of[m].mean[a.site]);
      of_[m].between.push_back(field.of[m].between[a.site]);
      of_[m].within.push_back(field.of[m].within[a.site]);
    }
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  const size_t n = next.back();
  class_.resize(n), level_.resize(n), site_.resize(n);
  for (auto* column : {&count_, &area_, &cost_, &residents_, &inside_}) column->resize(n);
  for (size_t t = 0; t < townships_.size(); ++t) townships_[t].first_asset = next[t], townships_[t].assets = next[t + 1] - next[t];
  for (const auto& a : exposure.assets) {
    if (local[a.place] == kNowhere || intensity[a.site] < kVisited) continue;
    const uint32_t i = next[local[a.place]]++;
    const auto& c = rules.classes[class_of(a)];
    class_[i] = class_at_[class_of(a)];
    site_[i] = at[a.site];
    level_[i] = static_cast<uint32_t>(static_cast<size_t>(c.fragility.measure) * sites_.size() + at[a.site]);
    count_[i] = a.count;
    area_[i] = a.area_m2;
    cost_[i] = a.area_m2 * c.cost_per_m2;
    residents_[i] = resides(homes, a.use) ? a.people : 0;
    inside_[i] = a.people * rules.occupancy[static_cast<size_t>(a.use)][static_cast<size_t>(local_hour_)];
  }
  for (auto& t : townships_) {
    t.first_head = static_cast<uint32_t>(heads_.size());
    for (uint32_t i = t.first_asset; i < t.first_asset + t.assets; ++i) {
      if (residents_[i] <= 0) continue;
      if (heads_.size() == t.first_head || head_site_.back() != site_[i]) head_site_.push_back(site_[i]), heads_.push_back(0);
      heads_.back() += residents_[i];
    }
    t.heads = static_cast<uint32_t>(heads_.size()) - t.first_head;
  }
}

void LossPlan::run(double event_normal, std::span<const float> site_normal, Scratch& scratch, std::span<DrawNumbers> out) const {
  const size_t n = sites_.size();
  const auto e = static_cast<float>(event_normal);
  scratch.level.resize(n * kMeasures), scratch.intensity.resize(n), scratch.rate.resize(n);
  scratch.shaking.resize(kBlock), scratch.shares.resize(kBlock);
  for (size_t m = 0; m < kMeasures; ++m) {
    if (!wanted_[m]) continue;
    const auto& s = of_[m];
    for (size_t i = 0; i < n; ++i)
      scratch.level[m * n + i] = s.mean[i] + s.between[i] * e + (site_normal.empty() ? 0 : s.within[i] * site_normal[i]);
  }
  const auto& intensity = of_[static_cast<size_t>(Measure::intensity)];
  for (size_t i = 0; i < n; ++i) {
    scratch.intensity[i] = intensity.mean[i] + intensity.between[i] * e;
    scratch.rate[i] = static_cast<float>(pager_death_rate(scratch.intensity[i]));
  }
  for (size_t t = 0; t < townships_.size(); ++t) {
    out[t] = {};
    damage(townships_[t], scratch, out[t]);
  }
}

void LossPlan::damage(const Township& township, Scratch& scratch, DrawNumbers& out) const {
  std::array<double, kGrades> buildings{};
  double area_destroyed = 0, area_severe = 0, homeless = 0, loss = 0, dead = 0;
  for (size_t first = township.first_asset, last = first + township.assets; first < last; first += kBlock) {
    const size_t n = std::min(kBlock, last - first);
    for (size_t k = 0; k < n; ++k) scratch.shaking[k] = scratch.level[level_[first + k]];
    tables_.shares({&class_[first], n}, {scratch.shaking.data(), n}, {scratch.shares.data(), n});
    for (size_t k = 0; k < n; ++k) {
      const size_t i = first + k;
      const auto& share = scratch.shares[k];
      const auto& c = classes_[class_[i]];
      float money = 0, away = 0;
      for (size_t g = 0; g < kGrades; ++g) {
        buildings[g] += count_[i] * share[g];
        money += share[g] * c.loss_ratio[g];
        away += share[g] * homeless_share_[g];
      }
      area_destroyed += area_[i] * share[4];
      area_severe += area_[i] * share[3];
      loss += cost_[i] * money;
      homeless += residents_[i] * away;
      dead += inside_[i] * c.dead_given_collapse * collapse_share(c.collapse, scratch.intensity[site_[i]]);
    }
  }
  buildings[0] += township.out_of_reach;
  for (size_t g = 0; g < kGrades; ++g) out.buildings[g] = static_cast<float>(buildings[g]);
  out.area_destroyed = static_cast<float>(area_destroyed);
  out.homeless = static_cast<float>(homeless);
  out.loss = static_cast<float>(loss);
  out.dead[static_cast<size_t>(CasualtyModel::pager_semi_empirical)] = static_cast<float>(dead);
  deaths(township, area_severe, scratch, out);
}

void LossPlan::deaths(const Township& township, double area_severe, const Scratch& scratch, DrawNumbers& out) const {
  double empirical = 0, affected = 0, degrees = 0, weight = 0;
  for (uint32_t h = township.first_head; h < township.first_head + township.heads; ++h) {
    const double people = heads_[h];
    const uint32_t site = head_site_[h];
    empirical += people * scratch.rate[site];
    affected += scratch.intensity[site] >= 6 ? people : 0;
    degrees += people * scratch.intensity[site];
    weight += people;
  }
  const double destroyed = township.area > 0 ? out.area_destroyed / township.area : 0;
  const double severe = township.area > 0 ? area_severe / township.area : 0;
  const double intensity = weight > 0 ? degrees / weight : 0;
  out.affected = static_cast<float>(affected);
  const auto set = [&](CasualtyModel model, double dead) { out.dead[static_cast<size_t>(model)] = static_cast<float>(dead); };
  set(CasualtyModel::pager_empirical, empirical);
  set(CasualtyModel::ma_xie_2000, township.residents * ma_xie_death_rate(destroyed) * ma_xie_time_factor(local_hour_, intensity) *
                                      ma_xie_density_factor(township.density));
  set(CasualtyModel::yin, township.inside * yin_death_rate(destroyed + severe / 2));
}

}  // namespace anlan::quake
