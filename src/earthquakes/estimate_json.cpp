#include "earthquakes/estimate_json.h"

#include <fmt/format.h>

namespace anlan {
namespace {

constexpr std::array<std::pair<int, int>, 5> kDeadBins = {{{0, 0}, {1, 9}, {10, 99}, {100, 999}, {1000, -1}}};

}  // namespace

json::object range_json(const quake::Range& r) { return {{"p10", r.p10}, {"p50", r.p50}, {"p90", r.p90}, {"mean", r.mean}}; }

json::object loss_json(const quake::TownshipLoss& loss, const EarthquakeBook& book) {
  json::object by_degree, needs;
  for (size_t i = 0; i < loss.people_by_degree.size(); ++i) by_degree[std::to_string(6 + i)] = loss.people_by_degree[i];
  for (size_t i = 0; i < book.needs.size() && i < loss.needs.size(); ++i) needs[book.needs[i].id] = range_json(loss.needs[i]);
  json::array grades;
  for (const auto& g : loss.buildings_by_grade) grades.push_back(range_json(g));
  return {{"people", loss.people},
          {"people_by_degree", std::move(by_degree)},
          {"intensity_max", loss.intensity_max},
          {"intensity_mean", loss.intensity_mean},
          {"buildings", loss.buildings},
          {"grades", std::move(grades)},
          {"area_destroyed_m2", range_json(loss.area_destroyed_m2)},
          {"dead", range_json(loss.dead)},
          {"injured", range_json(loss.injured)},
          {"buried", range_json(loss.buried)},
          {"homeless", range_json(loss.homeless)},
          {"loss_yuan", range_json(loss.loss_yuan)},
          {"needs", std::move(needs)}};
}

std::map<PlaceCode, Counted> counted_by_town(const std::vector<SurveyRow>& surveys) {
  std::map<PlaceCode, Counted> out;
  for (const auto& s : surveys) {
    if (s.withdrawn) continue;
    auto& c = out[s.place.at_level(PlaceLevel::kTown)];
    c.collapsed += s.survey.houses_collapsed;
    c.severe += s.survey.houses_severe;
    c.dead += s.survey.dead;
    c.injured += s.survey.injured;
  }
  return out;
}

json::object basis_json(size_t stations, size_t surveys, int64_t draws) {
  if (stations + surveys == 0) return {{"zh", fmt::format("衰减模型，{} 次抽样", draws)}, {"en", fmt::format("attenuation model, {} draws", draws)}};
  return {{"zh", fmt::format("模型，台站 {} 个、调查点 {} 个修正，{} 次抽样", stations, surveys, draws)},
          {"en", fmt::format("model corrected by {} stations and {} survey points, {} draws", stations, surveys, draws)}};
}

json::object losses_json(const Estimate& estimate, const Pack& pack, const PlaceIndex& places) {
  CHECK(estimate.losses && estimate.stock);
  const auto& book = pack.earthquakes;
  const auto& l = *estimate.losses;
  const auto& basis = estimate.shaking->basis;
  const auto counted = counted_by_town(basis.surveys);
  json::array townships, models, bins, needs;
  int64_t rank = 0;
  for (const auto i : priority(l)) {
    const auto code = estimate.stock->places[i];
    auto t = loss_json(l.townships[i], book);
    t["place"] = code.text();
    t["name"] = places.places().short_name(code);
    t["county"] = places.places().short_name(code.parent());
    t["priority"] = ++rank;
    // A town of the stock may be gone from the divisions.
    if (const auto town = places.find(code); town && town->position) {
      t["lon"] = town->position->lon;
      t["lat"] = town->position->lat;
    }
    const auto c = counted.find(code);
    t["reported"] = c == counted.end() ? json::value(nullptr)
                                       : json::value(json::object{{"collapsed", c->second.collapsed}, {"severe", c->second.severe}, {"dead", c->second.dead}, {"injured", c->second.injured}});
    townships.push_back(std::move(t));
  }
  for (const auto& m : book.casualties)
    models.push_back(json::object{{"id", m.id}, {"zh", m.zh}, {"en", m.en}, {"weight", m.weight}, {"source", m.source}, {"verified", m.verified},
                                  {"dead", range_json(l.dead_by_model[static_cast<size_t>(m.model)])}});
  for (size_t i = 0; i < kDeadBins.size(); ++i)
    bins.push_back(json::object{{"from", kDeadBins[i].first}, {"to", kDeadBins[i].second < 0 ? json::value(nullptr) : json::value(kDeadBins[i].second)}, {"probability", l.dead_bins[i]}});
  for (const auto& n : book.needs)
    needs.push_back(json::object{{"id", n.id}, {"zh", n.zh}, {"en", n.en}, {"unit", n.unit}, {"source", n.source}, {"verified", n.verified}});
  return {{"number", estimate.number},
          {"made_at", estimate.made_at.ms},
          {"version", basis.version},
          {"draws", l.draws},
          {"basis", basis_json(basis.stations.size(), basis.surveys.size(), l.draws)},
          {"estimated", true},
          {"generated", estimate.stock->exposure.generated},
          {"total", loss_json(l.total, book)},
          {"townships", std::move(townships)},
          {"models", std::move(models)},
          {"dead_bins", std::move(bins)},
          {"needs", std::move(needs)}};
}

json::value response_json(const EarthquakeResponse* response, const Estimate& estimate) {
  if (!response) return nullptr;
  const auto& quake = estimate.shaking->basis.quake;
  const double dead = estimate.losses ? estimate.losses->total.dead.p50 : 0;
  const bool by_dead = response->dead_min > 0 && dead >= response->dead_min;
  return json::object{{"level", response->level},
                      {"zh", response->zh},
                      {"en", response->en},
                      {"reason", by_dead ? json::object{{"zh", fmt::format("预估死亡 {:.0f} 人，达到 {:.0f} 人", dead, response->dead_min)},
                                                        {"en", fmt::format("{:.0f} dead expected, the line is {:.0f}", dead, response->dead_min)}}
                                         : json::object{{"zh", fmt::format("震级 {:.1f}，按震中人口密度初判", quake.magnitude)},
                                                        {"en", fmt::format("magnitude {:.1f} and the people near the epicentre", quake.magnitude)}}},
                      {"source", response->source},
                      {"verified", response->verified}};
}

}  // namespace anlan
