// quake-losses: from an event of M 7 to the table of townships, over a generated province of 5 million buildings in 500
// townships. Buildings are generated and counted by cell beforehand, when an exposure is loaded (group_s); the times are
// from the event on: shaking at every cell, damage, casualties, needs, ranges of every township.
#include <cmath>
#include <string>
#include <vector>

#include "benchmarks/bench.h"
#include "quake/exposure.h"
#include "quake/losses.h"
#include "quake/losses_fixture.h"
#include "quake/shaking.h"

namespace anlan::bench {
namespace {

using namespace quake;

constexpr uint32_t kColumns = 25, kRows = 20, kBuildingsOfEach = 10'000;

struct Kind {
  uint16_t type;  // into pager_types()
  CodeLevel code;
  Use use;
  double share;   // of the buildings
  uint16_t storeys_min, storeys_max;
  float people;   // of one building
};
const std::vector<Kind> kKinds{
    {0, CodeLevel::pre, Use::home, .08, 1, 1, 4},        {1, CodeLevel::pre, Use::home, .03, 1, 1, 4},       {2, CodeLevel::pre, Use::home, .22, 1, 2, 4},
    {3, CodeLevel::pre, Use::home, .15, 1, 3, 5},        {3, CodeLevel::low, Use::home, .15, 1, 5, 6},       {3, CodeLevel::moderate, Use::home, .10, 2, 6, 8},
    {5, CodeLevel::low, Use::home, .04, 2, 4, 8},        {6, CodeLevel::low, Use::home, .05, 3, 6, 20},      {6, CodeLevel::moderate, Use::home, .08, 3, 11, 30},
    {7, CodeLevel::moderate, Use::home, .03, 8, 30, 90}, {9, CodeLevel::pre, Use::home, .04, 1, 2, 4},       {3, CodeLevel::low, Use::school, .003, 2, 4, 100},
    {6, CodeLevel::high, Use::school, .005, 3, 5, 200},  {6, CodeLevel::high, Use::hospital, .002, 3, 9, 80}, {6, CodeLevel::moderate, Use::work, .012, 1, 8, 40},
    {8, CodeLevel::low, Use::store, .008, 1, 2, 10},
};

Buildings province() {
  std::vector<CensusRow> rows;
  for (uint32_t p = 0; p < kColumns * kRows; ++p) {
    const LonLat centre{102 + 0.0877 * (p % kColumns), 34.3 + 0.0719 * (p / kColumns)};  // 8 km apart
    for (const auto& k : kKinds) {
      CensusRow row;
      row.place = p, row.centre = centre, row.radius_m = 4500, row.type = k.type, row.code = k.code, row.use = k.use;
      row.buildings = static_cast<uint32_t>(k.share * kBuildingsOfEach + 0.5);
      row.storeys_min = k.storeys_min, row.storeys_max = k.storeys_max, row.floor_area_m2 = k.storeys_max > 6 ? 600 : 120;
      row.people = k.people * static_cast<float>(row.buildings);
      rows.push_back(row);
    }
  }
  return make_city(rows, 1);
}

}  // namespace

bool run_quake_losses() {
  Grouped grouped;
  size_t buildings = 0;
  {
    const Buildings city = province();
    buildings = city.size();
    const Stopwatch watch;
    grouped = group(city, kColumns * kRows, 1000);
    report("quake-losses", "5 M buildings counted by cells of 1 km, once, when loaded", "group_s", watch.seconds(), "s");
  }
  const Exposure& exposure = grouped.exposure;
  Event event;
  event.epicentre = {103.05, 35.0};
  event.magnitude = 7;
  event.depth_km = 12;
  event.strike = 120;
  const LossRules rules = fixture::loss_rules();
  progress("quake-losses: " + std::to_string(buildings) + " buildings, " + std::to_string(exposure.sites.size()) + " cells, " +
           std::to_string(exposure.assets.size()) + " assets");

  bool good = grouped.dropped == 0;
  LossRequest request;
  request.people_per_km2.assign(exposure.places, 300);
  LossEstimate last;
  const auto seconds = [&](uint32_t draws, int times) {
    std::vector<double> all;
    request.draws = draws;
    for (int i = 0; i < times; ++i) {
      const Stopwatch watch;
      const auto field = shake(event, exposure.sites, {});
      if (!field) return HUGE_VAL;
      auto out = estimate(exposure, *field, rules, request);
      all.push_back(watch.seconds());
      if (!out) return HUGE_VAL;
      last = std::move(*out);
    }
    return percentile(all, 0.5);
  };
  const std::string workload = "M 7, " + std::to_string(buildings / 1000) + " thousand buildings in 500 townships, " + std::to_string(exposure.sites.size()) +
                               " cells, from the event to the table";
  const double first = seconds(0, 5);
  report("quake-losses", workload + ", median field", "first_number_s", first, "s");
  const double dead = last.total.dead.p50;
  good = good && dead > 0 && last.draws == 0;
  const double full = seconds(100, 3);
  report("quake-losses", workload + ", 100 realisations", "full_s", full, "s");
  good = good && last.draws == 100 && last.total.dead.p50 > dead / 10 && last.total.dead.p50 < dead * 10;
  size_t shaken = 0;
  for (const auto& t : last.townships) shaken += t.intensity_max > 0;
  progress("quake-losses: " + std::to_string(shaken) + " townships, dead " + std::to_string(last.total.dead.p10) + " " + std::to_string(last.total.dead.p50) + " " +
           std::to_string(last.total.dead.p90) + ", median field " + std::to_string(dead));
  request.threads = 1;
  report("quake-losses", workload + ", 100 realisations, one thread", "full_one_thread_s", seconds(100, 1), "s");
  report("quake-losses", workload, "peak_mb", peak_mb(), "MB");
  return good;
}

}  // namespace anlan::bench
