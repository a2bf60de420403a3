#include "allocate/relief_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace anlan::allocate {

namespace {

constexpr int32_t kLongestMin = 100'000;
constexpr double kSlack = 1e-6;  // of sums of kilograms and cubic metres

Error wrong(std::string field, std::string why) {
  return {ErrorCode::kInvalidField, {{"field", std::move(field)}, {"why", std::move(why)}}};
}
bool is_amount(double x) { return std::isfinite(x) && x >= 0; }
bool is_share(double x) { return is_amount(x) && x <= 1; }
bool is_time(int32_t x) { return x >= 0 && x <= kLongestMin; }

}  // namespace

Result<void> check(const ReliefProblem& p) {
  constexpr size_t kMost = 1'000'000;
  if (p.depots.size() > kMost || p.places.size() > kMost || p.needs.size() > kMost || p.vehicles.size() > kMost ||
      p.goods.size() > 4096)
    return wrong("size", "too many");
  if (p.road_minutes.size() != p.depots.size() * p.places.size()) return wrong("road_minutes", "depots × places");
  const size_t starts = p.depots.empty() ? 0 : p.start_minutes.size() / p.depots.size();
  if (starts * p.depots.size() != p.start_minutes.size()) return wrong("start_minutes", "starts × depots");
  if (!is_time(p.load_min) || !is_time(p.unload_min) || !is_time(p.unmet_min) || p.lasting_until_min < 0)
    return wrong("times", "0 to 100,000 minutes");
  if (!is_amount(p.drive_weight)) return wrong("drive_weight", "not a number ≥ 0");
  for (const auto& g : p.goods)
    if (!is_amount(g.unit_kg) || !is_amount(g.unit_m3)) return wrong("goods", "not a number ≥ 0");
  for (const auto& d : p.depots)
    if (!is_share(d.keep_share)) return wrong("depots.keep_share", "not in 0 to 1");
  for (const auto& k : p.keeps)
    if (k.depot >= p.depots.size() || k.good >= p.goods.size() || !is_share(k.share)) return wrong("keeps", "no such");
  for (const auto& l : p.lots)
    if (l.depot >= p.depots.size() || l.good >= p.goods.size() || l.amount < 0) return wrong("lots", "no such, or < 0");
  for (const auto& n : p.needs)
    if (n.place >= p.places.size() || n.good >= p.goods.size() || n.amount < 0 || n.amount > 1'000'000'000 ||
        !is_amount(n.weight))
      return wrong("needs", "no such, or out of range");
  for (const auto& v : p.vehicles)
    if (!is_amount(v.kg) || !is_amount(v.m3) || !is_time(v.available_min) || !is_time(v.duty_min) || v.trucks < 1 ||
        (!p.depots.empty() && v.start >= starts))
      return wrong("vehicles", "no such start, or out of range");
  return {};
}

std::vector<int32_t> free_amounts(const ReliefProblem& p) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < p.lots.size(); ++i)
    if (p.lots[i].amount > 0 && p.lots[i].expires_min >= p.lasting_until_min) order.push_back(i);
  const auto key = [&](uint32_t i) {
    const Lot& l = p.lots[i];
    return std::tuple(l.depot, l.good, l.expires_min, i);
  };
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  std::map<std::pair<uint32_t, uint32_t>, double> special;
  for (const auto& k : p.keeps) special[{k.depot, k.good}] = k.share;
  std::vector<int32_t> free(p.lots.size(), 0);
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const Lot& first = p.lots[order[begin]];
    int64_t all = 0;
    for (end = begin; end < order.size() && p.lots[order[end]].depot == first.depot &&
                      p.lots[order[end]].good == first.good; ++end)
      all += p.lots[order[end]].amount;
    double share = p.depots[first.depot].keep_share;
    if (!special.empty())
      if (const auto found = special.find({first.depot, first.good}); found != special.end()) share = found->second;
    int64_t left = all - static_cast<int64_t>(std::ceil(static_cast<double>(all) * share - 1e-9));
    for (size_t k = begin; k < end && left > 0; ++k) {
      free[order[k]] = static_cast<int32_t>(std::min<int64_t>(left, p.lots[order[k]].amount));
      left -= free[order[k]];
    }
  }
  return free;
}

PlanValue value(const ReliefProblem& p, const std::vector<Trip>& trips) {
  PlanValue sum;
  std::vector<int64_t> rest(p.needs.size());
  for (size_t i = 0; i < p.needs.size(); ++i) rest[i] = p.needs[i].amount;
  for (const auto& t : trips) {
    if (t.vehicle < p.vehicles.size()) sum.driving += p.drive_weight * p.vehicles[t.vehicle].trucks * t.driven_min;
    for (const auto& l : t.loads) {
      const Need& n = p.needs[l.need];
      if (n.amount == 0) continue;
      sum.waiting += n.weight * t.arrives_min * l.amount / n.amount;
      rest[l.need] -= l.amount;
    }
  }
  for (size_t i = 0; i < p.needs.size(); ++i)
    if (p.needs[i].amount > 0)
      sum.unmet += p.needs[i].weight * p.unmet_min * static_cast<double>(rest[i]) / p.needs[i].amount;
  return sum;
}

std::vector<std::string> violations(const ReliefProblem& p, const std::vector<Trip>& trips, size_t most) {
  std::vector<std::string> found;
  const auto say = [&](std::string s) {
    if (found.size() < most) found.push_back(std::move(s));
  };
  std::vector<int64_t> delivered(p.needs.size(), 0), issued(p.lots.size(), 0);
  std::map<uint32_t, std::vector<const Trip*>> of_vehicle;
  for (const auto& t : trips) {
    if (t.vehicle >= p.vehicles.size() || t.depot >= p.depots.size() || t.place >= p.places.size()) {
      say("a trip names a vehicle, depot or place that is not there");
      continue;
    }
    of_vehicle[t.vehicle].push_back(&t);
    const Vehicle& v = p.vehicles[t.vehicle];
    const uint16_t road = p.road(t.depot, t.place);
    if (road == kNoWay) say(fmt::format("vehicle {}: no road from depot {} to place {}", t.vehicle, t.depot, t.place));
    if (t.arrives_min < t.departs_min + road) say(fmt::format("vehicle {}: faster than the road", t.vehicle));
    if (t.free_min < t.arrives_min + p.unload_min) say(fmt::format("vehicle {}: unloads too fast", t.vehicle));
    if (v.size_class > p.places[t.place].largest_class)
      say(fmt::format("vehicle {} is too large for place {}", t.vehicle, t.place));
    double kg = 0, m3 = 0;
    for (const auto& l : t.loads) {
      if (l.need >= p.needs.size() || l.lot >= p.lots.size() || l.amount <= 0) {
        say(fmt::format("vehicle {}: a load that is none", t.vehicle));
        continue;
      }
      const Need& n = p.needs[l.need];
      const Lot& lot = p.lots[l.lot];
      if (n.place != t.place || lot.depot != t.depot || lot.good != n.good)
        say(fmt::format("vehicle {}: need {} and lot {} do not belong to this trip", t.vehicle, l.need, l.lot));
      if (t.arrives_min > n.latest_min) say(fmt::format("need {}: arrives at {}, too late", l.need, t.arrives_min));
      if (lot.expires_min < p.lasting_until_min) say(fmt::format("lot {}: expires too soon", l.lot));
      kg += p.goods[n.good].unit_kg * l.amount;
      m3 += p.goods[n.good].unit_m3 * l.amount;
      delivered[l.need] += l.amount;
      issued[l.lot] += l.amount;
    }
    if (kg > v.kg * (1 + kSlack) + kSlack) say(fmt::format("vehicle {}: {} kg on {}", t.vehicle, kg, v.kg));
    if (m3 > v.m3 * (1 + kSlack) + kSlack) say(fmt::format("vehicle {}: {} m3 on {}", t.vehicle, m3, v.m3));
  }
  for (auto& [vehicle, own] : of_vehicle) {
    const Vehicle& v = p.vehicles[vehicle];
    std::sort(own.begin(), own.end(), [](const Trip* a, const Trip* b) { return a->number < b->number; });
    int32_t free = v.available_min;
    for (size_t k = 0; k < own.size(); ++k) {
      const Trip& t = *own[k];
      const uint16_t way = k == 0 ? p.approach(v.start, t.depot) : p.road(t.depot, own[k - 1]->place);
      if (t.number != k) say(fmt::format("vehicle {}: trip numbers have gaps", vehicle));
      if (way == kNoWay) say(fmt::format("vehicle {}: cannot reach depot {}", vehicle, t.depot));
      if (t.starts_min < free) say(fmt::format("vehicle {}: starts at {}, free at {}", vehicle, t.starts_min, free));
      if (t.departs_min < t.starts_min + way + p.load_min) say(fmt::format("vehicle {}: departs too soon", vehicle));
      if (t.driven_min != way + p.road(t.depot, t.place)) say(fmt::format("vehicle {}: wrong minutes driven", vehicle));
      free = t.free_min;
    }
    if (free > v.available_min + v.duty_min)
      say(fmt::format("vehicle {}: on duty until {}, limit {}", vehicle, free, v.available_min + v.duty_min));
  }
  for (size_t i = 0; i < p.needs.size(); ++i)
    if (delivered[i] > p.needs[i].amount) say(fmt::format("need {}: {} of {}", i, delivered[i], p.needs[i].amount));

  // Lots: never more than there is; what a depot keeps of a good stays; and no lot leaves while an earlier one is left.
  struct Shelf {
    int64_t stock = 0, issued = 0;
    int32_t earliest_left = kNoLimit, latest_issued = -1;
  };
  std::map<std::pair<uint32_t, uint32_t>, Shelf> shelves;
  for (size_t i = 0; i < p.lots.size(); ++i) {
    const Lot& l = p.lots[i];
    if (issued[i] > l.amount) say(fmt::format("lot {}: {} of {}", i, issued[i], l.amount));
    if (l.expires_min < p.lasting_until_min) continue;
    Shelf& s = shelves[{l.depot, l.good}];
    s.stock += l.amount;
    s.issued += issued[i];
    if (issued[i] > 0) s.latest_issued = std::max(s.latest_issued, l.expires_min);
    if (issued[i] < l.amount) s.earliest_left = std::min(s.earliest_left, l.expires_min);
  }
  std::map<std::pair<uint32_t, uint32_t>, double> shares;
  for (const auto& k : p.keeps) shares[{k.depot, k.good}] = k.share;
  for (const auto& [key, s] : shelves) {
    const auto special = shares.find(key);
    const double share = special != shares.end() ? special->second : p.depots[key.first].keep_share;
    if (s.issued > 0 && static_cast<double>(s.stock - s.issued) < static_cast<double>(s.stock) * share - kSlack)
      say(fmt::format("depot {} keeps too little of good {}", key.first, key.second));
    if (s.latest_issued > s.earliest_left) say(fmt::format("depot {}, good {}: an earlier lot is left", key.first, key.second));
  }
  return found;
}

}  // namespace anlan::allocate
