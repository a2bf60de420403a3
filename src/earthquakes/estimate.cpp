#include "earthquakes/estimate.h"

#include <algorithm>
#include <cmath>

#include "quake/rupture.h"

namespace anlan {
namespace {

constexpr double kMapKmMax = 600;

// Around the epicentre, as far as the map's least intensity is expected.
Result<quake::Grid> grid_around(const quake::Event& event, const quake::ShakingModel& model) {
  const quake::PointSource source{event.epicentre, event.magnitude, model.zone, {}};
  const double reach = std::clamp(quake::reach_km(source, kMapIntensity) * 1.15 + 5, 20.0, kMapKmMax);
  const double least = 2 * reach / std::sqrt(static_cast<double>(kMapCellsMax));
  return quake::grid_about(event.epicentre, reach, std::max(0.5, least));
}

std::vector<quake::Observation> observations_of(const EstimateBasis& basis) {
  std::vector<quake::Observation> out;
  for (const auto& s : basis.stations) {
    quake::Observation o;
    o.at = s.at;
    if (s.pga > 0) o.pga = static_cast<float>(s.pga);
    if (s.pgv > 0) o.pgv = static_cast<float>(s.pgv);
    if (s.intensity > 0) o.intensity = static_cast<float>(s.intensity);
    out.push_back(o);
  }
  for (const auto& s : basis.surveys) {
    if (!s.survey.intensity || s.withdrawn) continue;
    quake::Observation o;
    o.at = {s.survey.lon, s.survey.lat};
    o.intensity = static_cast<float>(*s.survey.intensity);
    o.intensity_sigma = 0.5;  // a whole degree told from what people saw
    out.push_back(o);
  }
  return out;
}

// Hour and month where the earthquake was.
std::pair<int, int> local_time(const EstimateBasis& basis) {
  const auto date = to_civil(basis.quake.at, basis.utc_offset_minutes);
  return {basis.local_hour.value_or(date.hour), basis.month.value_or(date.month)};
}

double density_at(const Stock& stock, LonLat epicentre) {
  double nearest = INFINITY, density = 0;
  for (const auto& a : stock.exposure.assets) {
    const double m = distance_m(stock.exposure.sites.at[a.site], epicentre);
    if (m < nearest) nearest = m, density = stock.people_per_km2[a.place];
  }
  return density;
}

}  // namespace

Result<std::shared_ptr<const Shaking>> shaking_of(EstimateBasis basis, const std::shared_ptr<const Stock>& stock, PlaceCode place) {
  auto out = std::make_shared<Shaking>();
  auto event = event_of(basis.quake, basis.origin);
  if (basis.dip && event.strike) {
    auto plane = quake::assumed_plane(event);
    plane.dip = *basis.dip;
    event.fault = {plane};
  }
  const auto model = shaking_model(place, basis.relations);
  const auto observations = observations_of(basis);
  TRY(grid, grid_around(event, model));
  out->grid = grid;
  const auto sites = quake::sites_of(grid);
  TRY(prior, quake::shake(event, sites, model));
  TRY(map, quake::condition(event, sites, model, prior, observations));
  out->map = std::move(map);
  out->observations = observations.size();
  out->left_out = out->map.left_out;
  if (stock) {
    TRY(cells, quake::shake(event, stock->exposure.sites, model));
    if (observations.empty()) out->at_cells = std::move(cells);
    else {
      TRY(corrected, quake::condition(event, stock->exposure.sites, model, cells, observations));
      out->at_cells = std::move(corrected.field);
    }
  }
  out->basis = std::move(basis);
  return std::shared_ptr<const Shaking>(std::move(out));
}

Result<std::shared_ptr<const Estimate>> estimate_of(std::shared_ptr<const Shaking> shaking, std::shared_ptr<const Stock> stock, const Pack& pack, uint32_t draws,
                                                    const std::function<bool(uint32_t)>& go_on) {
  auto out = std::make_shared<Estimate>();
  const auto& basis = shaking->basis;
  double dead = 0, density = 0;
  if (stock) {
    const auto [hour, month] = local_time(basis);
    quake::LossRequest request;
    request.local_hour = hour;
    request.month = month;
    request.draws = draws;
    request.seed = static_cast<uint64_t>(basis.quake.id) * 1'000 + static_cast<uint64_t>(basis.version);
    request.people_per_km2 = stock->people_per_km2;
    TRY(losses, quake::estimate(stock->exposure, shaking->at_cells, loss_rules(pack.earthquakes), request, go_on));
    out->losses = std::move(losses);
    dead = out->losses->total.dead.p50;
    density = density_at(*stock, {basis.quake.lon, basis.quake.lat});
  }
  out->response = proposed_response(pack.earthquakes, basis.quake.magnitude, density, dead);
  out->shaking = std::move(shaking);
  out->stock = std::move(stock);
  return std::shared_ptr<const Estimate>(std::move(out));
}

std::vector<size_t> priority(const quake::LossEstimate& losses) {
  std::vector<size_t> out;
  for (size_t i = 0; i < losses.townships.size(); ++i)
    if (losses.townships[i].intensity_max >= 5.5F) out.push_back(i);
  std::sort(out.begin(), out.end(), [&](size_t a, size_t b) {
    const auto& x = losses.townships[a];
    const auto& y = losses.townships[b];
    const auto key = [](const quake::TownshipLoss& t) { return std::tuple(t.dead.mean + t.buried.mean, t.intensity_max, t.people); };
    return key(x) != key(y) ? key(x) > key(y) : a < b;
  });
  return out;
}

}  // namespace anlan
