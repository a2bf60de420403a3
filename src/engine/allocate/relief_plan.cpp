#include "allocate/relief_plan.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <tuple>

#include "allocate/relief_bound.h"
#include "allocate/relief_index.h"
#include "allocate/relief_search.h"

namespace anlan::allocate {

namespace {

constexpr int kFirstLooks = 2;
constexpr int kStepsPerRound = 10;
constexpr int kChangesPerRound = 150;
constexpr int kSettleEvery = 4;          // rounds
constexpr double kSettleReserve_s = 0.5;  // settling a good cannot be stopped midway
constexpr double kReserve_s = 0.1;        // in which the plan is written down

// The lots behind what each trip takes from a shelf: first expired, first out, in order of departure.
void name_lots(const ReliefIndex& x, std::vector<Trip>& trips, const std::vector<const ReliefSearch::Leg*>& legs) {
  auto left = x.free;
  std::vector<uint32_t> next(x.first_lot.begin(), x.first_lot.end());
  std::vector<uint32_t> by_departure(trips.size());
  for (uint32_t k = 0; k < trips.size(); ++k) by_departure[k] = k;
  std::sort(by_departure.begin(), by_departure.end(), [&](uint32_t a, uint32_t b) {
    return std::tie(trips[a].departs_min, a) < std::tie(trips[b].departs_min, b);
  });
  for (const uint32_t k : by_departure)
    for (const auto& t : legs[k]->takes) {
      int32_t amount = t.amount;
      while (amount > 0) {
        auto& at = next[t.shelf];
        CHECK(at < x.first_lot[t.shelf + 1]);
        const uint32_t lot = x.lots[at];
        const int32_t taken = std::min(amount, left[lot]);
        if (taken > 0) trips[k].loads.push_back({x.lines[t.line].need, lot, taken});
        left[lot] -= taken;
        amount -= taken;
        if (left[lot] == 0) ++at;
      }
    }
}

UnmetReason reason_of(const ReliefIndex& x, const std::vector<uint16_t>& approach, const Line& line, const std::vector<int32_t>& shelf_left) {
  const auto& p = x.problem;
  bool stocked = false, road = false, in_time = false, left = false;
  const auto roads = x.roads_to(line.place);
  for (const uint32_t s : x.shelves_of_good[line.good]) {
    stocked = true;
    const uint32_t d = x.shelves[s].depot;
    if (roads[d] == kNoWay || approach[d] == kNoWay) continue;
    road = true;
    if (approach[d] + p.load_min + roads[d] > line.latest_min) continue;
    in_time = true;
    if (shelf_left[s] > 0) left = true;
  }
  if (!stocked) return UnmetReason::kNoStock;
  if (!road) return UnmetReason::kNoWay;
  if (!in_time) return UnmetReason::kWindow;
  return left ? UnmetReason::kNoVehicleTime : UnmetReason::kNoStock;
}

// The earliest minute at which any vehicle stands at each depot, coming from its start.
std::vector<uint16_t> first_approach(const ReliefProblem& p) {
  std::vector<uint16_t> first(p.depots.size(), kNoWay);
  std::vector<int32_t> start_ready;
  const size_t starts = p.depots.empty() ? 0 : p.start_minutes.size() / p.depots.size();
  start_ready.assign(starts, kNoLimit);
  if (p.depots.empty()) return first;
  for (const auto& v : p.vehicles) start_ready[v.start] = std::min(start_ready[v.start], v.available_min);
  for (size_t s = 0; s < starts; ++s)
    if (start_ready[s] < kNoLimit)
      for (size_t d = 0; d < p.depots.size(); ++d)
        if (p.approach(s, d) != kNoWay)
          first[d] = static_cast<uint16_t>(std::min<int32_t>(first[d], std::min(start_ready[s] + p.approach(s, d), kNoWay - 1)));
  return first;
}

void write_down(const ReliefIndex& x, const ReliefSearch& search, ReliefPlan& plan) {
  const auto& p = x.problem;
  std::vector<const ReliefSearch::Leg*> legs;
  for (uint32_t v = 0; v < search.legs().size(); ++v)
    for (uint32_t k = 0; k < search.legs()[v].size(); ++k) {
      const auto& leg = search.legs()[v][k];
      Trip t{v, k, leg.depot, leg.place, leg.starts, leg.arrives - p.road(leg.depot, leg.place), leg.arrives, leg.arrives + p.unload_min, leg.driven, {}};
      plan.trips.push_back(std::move(t));
      legs.push_back(&leg);
    }
  name_lots(x, plan.trips, legs);
  plan.value = value(p, plan.trips);
  const auto approach = first_approach(p);
  for (uint32_t l = 0; l < x.lines.size(); ++l)
    if (const int32_t left = search.left_of_line()[l]; left > 0)
      plan.unmet.push_back({x.lines[l].need, left, reason_of(x, approach, x.lines[l], search.left_of_shelf())});
  for (uint32_t i = 0; i < p.needs.size(); ++i)
    if (p.needs[i].amount > 0 && p.needs[i].weight == 0) plan.unmet.push_back({i, p.needs[i].amount, UnmetReason::kNotWorthIt});
  std::sort(plan.unmet.begin(), plan.unmet.end(), [](const Unmet& a, const Unmet& b) { return a.need < b.need; });
}

}  // namespace

Result<ReliefPlan> solve(const ReliefProblem& problem, const SolveLimits& limits, const std::function<void(const Progress&)>& on_round) {
  const double began = limits.seconds();
  TRY_VOID(check(problem));
  const double reserve_s = std::min(kReserve_s, limits.limit_s / 10);
  const Stop stop = [&] { return limits.seconds() - began >= limits.limit_s - reserve_s; };
  ReliefPlan plan;
  const ReliefIndex index(problem);
  ReliefSearch search(index, limits.seed);
  ReliefBound bound(index);
  const auto left_s = [&] { return limits.limit_s - (limits.seconds() - began); };
  // The first plan needs no prices; looking a second time finds depots for what the first look left.
  bool going = !stop();
  for (int k = 0; going && k < kFirstLooks; ++k) going = search.guide(nullptr, stop) && search.construct(stop);
  if (going) plan.first_plan_s = limits.seconds() - began;
  const auto shown = [&] { return Progress{limits.seconds() - began, search.value(), bound.best()}; };
  if (on_round && going) on_round(shown());
  going = going && bound.prepare(stop);
  double settle_s = 0;  // the longest so far
  while (going && plan.rounds < limits.rounds_max && !stop()) {
    bool bound_going = true, search_going = true;
    const auto ascend = [&] {
      if (plan.rounds % kSettleEvery == 0)
        for (size_t good = 0; good < index.goods && left_s() > kSettleReserve_s + 4 * settle_s; ++good) {
          const double before_s = limits.seconds();
          bound.settle(good);
          settle_s = std::max(settle_s, limits.seconds() - before_s);
        }
      for (int k = 0; k < kStepsPerRound && bound_going; ++k) bound_going = bound.step(stop);
    };
    const auto improve = [&] {
      for (int k = 0; k < kChangesPerRound && search_going; ++k) search_going = search.improve(stop);
    };
    if (limits.threads > 1) {
      std::thread other(ascend);
      improve();
      other.join();
    } else {
      ascend();
      improve();
    }
    ++plan.rounds;
    going = bound_going && search_going && search.guide(&bound, stop) && search.construct(stop);
    if (on_round) on_round(shown());
  }
  plan.bound = bound.best() * (1 - 2e-6);
  write_down(index, search, plan);
  plan.proven = plan.value.total() - plan.bound <= 1e-5 * plan.value.total();
  return plan;
}

}  // namespace anlan::allocate
