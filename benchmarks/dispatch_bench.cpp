// dispatch: a flood hits a region of a province of 14,000 stores; 500 townships need 40 goods, 2,000 vehicles carry them.
//
// The province is 110 counties on 620 × 480 km. Stores: 3 national and provincial reserves, 14 of cities, 110 of counties,
// 1,400 of townships, the rest shelves of villages; stock falls with the level and is spread over the goods at random.
// Townships are those nearest to a river's bend; what each needs follows from the people moved (log-normal, median 1,600)
// and rates per person; a line weighs its tonnes × the urgency of the good. Vehicles stand at yards of counties, a third of
// them in the flooded region; 2 t to 30 t; drivers of 10 hours, pairs of 16. Roads: great circle × 1.35 at 35 km/h near to
// 70 km/h far, slower in the region, rounded up to minutes.
#include <algorithm>
#include <cmath>

#include "allocate/relief_plan.h"
#include "benchmarks/bench.h"

namespace anlan::bench {

namespace {

using namespace allocate;

struct Point {
  double x_km = 0, y_km = 0;
};

struct Scale {
  size_t depots = 14'000, places = 500, vehicles = 2'000, goods = 40;
  double need = 0.5;  // share of what a person needs for two days that is still to be brought
};

struct Kind {
  double kg, m3, per_person, urgency;
  bool rare = false;
};
// Water, food, shelter, rescue, works, health: what a supply office's list holds. per_person: units for two days.
constexpr Kind kGoods[] = {
    {12.5, 0.016, 0.5, 3},     {10, 0.02, 0.15, 3},       {60, 0.30, 0.03, 2.5},    {150, 0.75, 0.004, 2},    {3, 0.025, 0.5, 2},
    {5.5, 0.04, 0.2, 1.2},     {2, 0.012, 0.3, 1.2},      {9, 0.06, 0.15, 1},       {25, 0.10, 0.01, 1},      {0.6, 0.002, 0.4, 1},
    {8, 0.03, 0.1, 2.2},       {1.5, 0.006, 0.2, 1.5},    {20, 0.05, 0.008, 4},     {4, 0.02, 0.03, 4},       {180, 1.6, 0.0025, 5, true},
    {900, 4.5, 0.0004, 5, true}, {1.1, 0.02, 0.06, 4},    {250, 0.9, 0.001, 3, true}, {45, 0.2, 0.004, 3},    {1800, 6, 0.0002, 4, true},
    {0.35, 0.0008, 2, 2},      {40, 0.03, 0.02, 1.5},     {30, 0.09, 0.01, 2},      {6, 0.03, 0.02, 1.5},     {14, 0.06, 0.01, 1.5},
    {2.2, 0.01, 0.05, 3},      {70, 0.25, 0.002, 3},      {35, 0.14, 0.003, 2, true}, {0.8, 0.003, 0.1, 1},   {16, 0.09, 0.02, 1},
    {11, 0.05, 0.01, 1},       {3.5, 0.015, 0.05, 2},     {5, 0.02, 0.08, 2.5},     {28, 0.11, 0.006, 1},     {400, 2.4, 0.0005, 2, true},
    {1.2, 0.005, 0.1, 1.5},    {7, 0.03, 0.02, 1},        {18, 0.07, 0.004, 2.5},   {90, 0.4, 0.001, 1.5, true}, {0.5, 0.002, 0.2, 1.8}};

double normal(Dice& dice) {
  return std::sqrt(-2 * std::log(1 - dice.unit())) * std::cos(6.283185307179586 * dice.unit());
}

double apart_km(Point a, Point b) { return std::hypot(a.x_km - b.x_km, a.y_km - b.y_km); }

uint16_t minutes(Point a, Point b, double slow) {
  const double km = apart_km(a, b) * 1.35;
  const double kmh = 35 + 35 * std::min(1.0, km / 120);
  return static_cast<uint16_t>(std::ceil(2 + km / kmh * 60 * slow));
}

ReliefProblem flood(const Scale& scale, uint64_t seed) {
  Dice dice(seed);
  ReliefProblem p;
  std::vector<Point> counties(110);
  for (auto& c : counties) c = {620 * dice.unit(), 480 * dice.unit()};
  const Point bend{330, 230};
  std::vector<double> population(counties.size());
  for (auto& x : population) x = std::exp(0.6 * normal(dice));
  const auto near_county = [&](size_t c, double km) {
    return Point{counties[c].x_km + km * normal(dice), counties[c].y_km + km * normal(dice)};
  };

  for (size_t g = 0; g < scale.goods; ++g) p.goods.push_back({kGoods[g].kg, kGoods[g].m3});

  std::vector<Point> depots;
  const auto add_depot = [&](Point at, double tonnes, double share_of_goods, double keep) {
    const auto depot = static_cast<uint32_t>(depots.size());
    depots.push_back(at);
    p.depots.push_back({keep});
    double wanted = 0;
    for (size_t g = 0; g < scale.goods; ++g) wanted += kGoods[g].per_person * kGoods[g].kg;
    for (uint32_t g = 0; g < scale.goods; ++g) {
      const double share = share_of_goods * (kGoods[g].rare && share_of_goods < 1 ? 0.4 : 1);
      if (dice.unit() >= share) continue;
      const double units = tonnes * 1000 / wanted * kGoods[g].per_person / share * std::exp(0.5 * normal(dice));
      auto amount = static_cast<int32_t>(units);
      if (dice.unit() < units - amount) ++amount;
      if (amount == 0) continue;
      const int32_t old = amount / 4;
      if (old > 0) p.lots.push_back({depot, g, old, 1440 * static_cast<int32_t>(1 + dice.below(20))});
      p.lots.push_back({depot, g, amount - old});
    }
  };
  const size_t reserves = 3, cities = 14, towns = std::min<size_t>(1400, scale.depots / 10);
  for (size_t k = 0; k < reserves; ++k) add_depot({130 + 180.0 * static_cast<double>(k), 120 + 110.0 * static_cast<double>(k)}, 4'000, 1, 0.2);
  for (size_t k = 0; k < cities; ++k) add_depot(near_county(k * 7 % counties.size(), 4), 500 * std::exp(0.4 * normal(dice)), 1, 0.25);
  for (size_t k = 0; k < counties.size(); ++k) add_depot(near_county(k, 3), 90 * population[k] * std::exp(0.4 * normal(dice)), 0.95, 0.3);
  for (size_t k = 0; k < towns; ++k) add_depot(near_county(dice.below(counties.size()), 14), 3.5 * std::exp(0.6 * normal(dice)), 0.45, 0.3);
  while (depots.size() < scale.depots) add_depot(near_county(dice.below(counties.size()), 16), 0.25 * std::exp(0.8 * normal(dice)), 0.2, 0.3);

  std::vector<Point> townships;
  {
    std::vector<Point> all;
    for (size_t k = 0; k < scale.places * 6; ++k) all.push_back(near_county(dice.below(counties.size()), 15));
    const auto from_river = [&](const Point& a) {
      return std::abs(a.y_km - bend.y_km - 45 * std::sin((a.x_km - bend.x_km) / 60)) + 0.25 * std::abs(a.x_km - bend.x_km);
    };
    std::sort(all.begin(), all.end(), [&](const Point& a, const Point& b) { return from_river(a) < from_river(b); });
    townships.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(scale.places));
  }
  for (uint32_t j = 0; j < townships.size(); ++j) {
    p.places.push_back({dice.unit() < 0.15 ? 3 : kNoLimit});  // a weak bridge: up to 10 t
    const double people = std::min(15'000.0, 1'600 * std::exp(0.8 * normal(dice)));
    for (uint32_t g = 0; g < scale.goods; ++g) {
      if (dice.unit() < (kGoods[g].urgency >= 2 ? 0.25 : 0.55)) continue;
      const auto amount = static_cast<int32_t>(std::ceil(people * kGoods[g].per_person * scale.need * std::exp(0.3 * normal(dice))));
      int32_t latest = kNoLimit;
      if (kGoods[g].urgency >= 4 && dice.unit() < 0.5) latest = 360 + 60 * static_cast<int32_t>(dice.below(10));
      p.needs.push_back({j, g, amount, amount * kGoods[g].kg / 1000 * kGoods[g].urgency, latest});
    }
  }

  struct Truck {
    double kg, m3;
    double share;
  };
  constexpr Truck kTrucks[] = {{2'000, 12, 0.2}, {5'000, 28, 0.3}, {8'000, 38, 0.2}, {10'000, 45, 0.15}, {18'000, 62, 0.1}, {30'000, 95, 0.05}};
  std::vector<Point> yards;
  std::vector<size_t> near_yards;
  for (size_t c = 0; c < counties.size(); ++c)
    for (int k = 0; k < 3; ++k) {
      yards.push_back(near_county(c, 8));
      if (apart_km(yards.back(), bend) < 130) near_yards.push_back(yards.size() - 1);
    }
  for (size_t v = 0; v < scale.vehicles; ++v) {
    double at = dice.unit();
    int32_t kind = 0;
    while (kind < 5 && at >= kTrucks[kind].share) at -= kTrucks[kind++].share;
    const bool pair = dice.unit() < 0.3;
    const size_t yard = dice.unit() < 0.33 ? near_yards[dice.below(near_yards.size())] : dice.below(yards.size());
    p.vehicles.push_back({.kg = kTrucks[kind].kg, .m3 = kTrucks[kind].m3, .start = static_cast<uint32_t>(yard), .size_class = kind, .trucks = 1,
                          .available_min = 15 * static_cast<int32_t>(dice.below(9)), .duty_min = pair ? 960 : 600});
  }

  for (const auto& d : depots)
    for (const auto& t : townships) p.road_minutes.push_back(minutes(d, t, 1.25));
  for (const auto& y : yards)
    for (const auto& d : depots) p.start_minutes.push_back(minutes(y, d, 1));
  p.load_min = 40;
  p.unload_min = 30;
  p.drive_weight = 0.1;
  return p;
}

}  // namespace

bool run_dispatch() {
  const Scale scale;
  const ReliefProblem problem = flood(scale, 20'240'617);
  double need_t = 0, truck_t = 0, weight = 0;
  for (const auto& n : problem.needs) need_t += n.amount * problem.goods[n.good].unit_kg / 1000, weight += n.weight;
  for (const auto& v : problem.vehicles) truck_t += v.kg / 1000;
  progress(std::to_string(problem.needs.size()) + " needs of " + std::to_string(static_cast<int>(need_t)) + " t, vehicles of " +
           std::to_string(static_cast<int>(truck_t)) + " t");
  const std::string workload = "14,000 depots, 500 townships, 40 goods, 2,000 vehicles, 2 threads";
  constexpr double kMarks[] = {2, 5, 10, 30};
  size_t mark = 0;
  Progress last;
  const Stopwatch watch;
  const auto seconds = [&] { return watch.seconds(); };
  const auto say = [&](double at, const Progress& q) {
    const std::string suffix = "_at_" + std::to_string(static_cast<int>(at)) + "s";
    report("dispatch", workload, "plan_value" + suffix, q.value / weight, "weighted mean minutes");
    report("dispatch", workload, "bound" + suffix, q.bound / weight, "weighted mean minutes");
    report("dispatch", workload, "gap_percent" + suffix, q.value > 0 ? 100 * (q.value - q.bound) / q.value : 0, "%");
  };
  const auto plan = solve(problem, {.seconds = seconds, .limit_s = 30, .seed = 1, .threads = 2}, [&](const Progress& q) {
    for (; mark < 3 && q.seconds > kMarks[mark]; ++mark) say(kMarks[mark], last.value > 0 ? last : q);
    last = q;
  });
  const double took_s = watch.seconds();
  if (!plan) return false;
  const double total = plan->value.total();
  say(30, {30, total, plan->bound});
  const auto broken = violations(problem, plan->trips);
  for (const auto& b : broken) progress(b);
  double unmet_weight = 0;
  for (const auto& u : plan->unmet) unmet_weight += problem.needs[u.need].weight * u.amount / problem.needs[u.need].amount;
  report("dispatch", workload, "first_plan_s", plan->first_plan_s, "s");
  report("dispatch", workload, "gap_without_unmet_percent",
         100 * (total - plan->bound) / std::max(1.0, plan->value.waiting + plan->value.driving), "% of waiting and driving alone");
  report("dispatch", workload, "unmet_percent", 100 * unmet_weight / weight, "% of weight");
  report("dispatch", workload, "deadline_overrun_ms", std::max(0.0, took_s - 30) * 1000, "ms");
  report("dispatch", workload, "peak_mb", peak_mb(), "MB");
  progress(std::to_string(plan->trips.size()) + " trips, " + std::to_string(plan->rounds) + " rounds");

  // Short limits are kept too.
  double worst_ms = 0;
  for (const double limit_s : {0.05, 0.3, 1.0, 3.0}) {
    const Stopwatch short_watch;
    const auto cut = solve(problem, {.seconds = [&] { return short_watch.seconds(); }, .limit_s = limit_s});
    worst_ms = std::max(worst_ms, (short_watch.seconds() - limit_s) * 1000);
    if (!cut || !violations(problem, cut->trips).empty()) return false;
  }
  report("dispatch", workload, "short_deadline_overrun_ms", std::max(0.0, worst_ms), "ms, worst of limits 0.05, 0.3, 1, 3 s");
  return broken.empty();
}

}  // namespace anlan::bench
