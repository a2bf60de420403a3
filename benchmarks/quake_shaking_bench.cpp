// quake-shaking: a province as a grid of 1 km, PGA, PGV, intensity and their deviations: the plain field by either relation,
// conditioned on 500 stations, and draws of it.
#include <algorithm>
#include <cmath>

#include "benchmarks/bench.h"
#include "quake/intensity_map.h"
#include "quake/shaking.h"

namespace anlan::bench {
namespace {

using namespace quake;

double median_s(int times, auto work) {
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    const Stopwatch watch;
    work();
    seconds.push_back(watch.seconds());
  }
  return percentile(std::move(seconds), 0.5);
}

bool finite(const Field& field) {
  for (const Spread& spread : field.of)
    for (size_t i = 0; i < spread.mean.size(); ++i)
      if (!std::isfinite(spread.mean[i]) || !std::isfinite(spread.within[i]) || !std::isfinite(spread.between[i])) return false;
  return true;
}

}  // namespace

bool run_quake_shaking() {
  const LonLat epicentre{103, 31};
  Grid grid{98.0, 28.2, 1.0 / 95.3, 1.0 / 111.2, 950, 530};  // 1 km by 1 km, 503,500 points
  const Sites sites = sites_of(grid);
  Event event;
  event.epicentre = epicentre;
  event.magnitude = 7;
  event.depth_km = 14;
  event.strike = 40;
  event.mechanism = Mechanism::reverse;
  const std::string workload = "503,500 points, PGA, PGV, intensity, deviations";
  bool good = true;

  Field field;
  for (const auto relations : {Relations::national, Relations::bssa14}) {
    const double s = median_s(7, [&] {
      auto result = shake(event, sites, {relations, Zone::kQinghaiTibet});
      good = good && result;
      if (result) field = std::move(*result);
    });
    good = good && finite(field);
    const bool fault = relations == Relations::bssa14;
    report("quake-shaking", workload + (fault ? ", BSSA14 about a fault" : ", national ellipses"), fault ? "field_bssa14_s" : "field_s", s, "s");
  }

  const ShakingModel model{Relations::national, Zone::kQinghaiTibet};
  auto prior = shake(event, sites, model);
  if (!prior) return false;
  Dice dice(11);
  std::vector<Observation> observations(500);
  for (Observation& o : observations) {
    // Readings that belong to the place: the model's own, scattered by its deviations.
    const size_t i = dice.below(sites.size());
    const double shift = 1.2 * (dice.unit() + dice.unit() - 1);
    o.at = sites.at[i];
    o.pga = static_cast<float>(std::exp(static_cast<double>((*prior)[Measure::pga].mean[i]) + shift));
    o.pgv = static_cast<float>(std::exp(static_cast<double>((*prior)[Measure::pgv].mean[i]) + shift));
    o.intensity = std::clamp((*prior)[Measure::intensity].mean[i] + static_cast<float>(shift), 1.0f, 12.0f);
  }
  Conditioned conditioned;
  const double conditioned_s = median_s(3, [&] {
    auto result = condition(event, sites, model, *prior, observations);
    good = good && result;
    if (result) conditioned = std::move(*result);
  });
  good = good && finite(conditioned.field) && conditioned.used[0] == observations.size();
  report("quake-shaking", workload + ", three measures on 500 stations", "conditioned_500_stations_s", conditioned_s, "s");

  const Draws draws(sites, conditioned.field, Measure::pga, 7);
  std::vector<float> out(sites.size());
  uint32_t number = 0;
  const double draw_s = median_s(20, [&] { draws.draw(number++, out); });
  report("quake-shaking", "503,500 points, one core", "draw_ms", draw_s * 1000, "ms");

  const double contours_s = median_s(3, [&] {
    const auto areas = degree_areas(grid, conditioned.field[Measure::intensity].mean);
    good = good && areas && !areas->empty();
  });
  report("quake-shaking", "503,500 points, contours of every degree", "contours_s", contours_s, "s");
  report("quake-shaking", workload, "peak_mb", peak_mb(), "MB");
  return good;
}

}  // namespace anlan::bench
