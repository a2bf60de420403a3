#include "allocate/relief_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <unordered_set>

namespace anlan::allocate {

namespace {

constexpr size_t kMostKinds = 8;
constexpr size_t kOptions = 10;
constexpr int kMostTrips = 200;  // of one vehicle
constexpr float kUnknown = -1e30F;
constexpr size_t kDepotsPerLine = 5;
constexpr size_t kNeighbours = 16;

}  // namespace

ReliefSearch::ReliefSearch(const ReliefIndex& index, uint64_t seed) : x_(index), state_(seed) {
  const auto& p = x_.problem;
  legs_.resize(p.vehicles.size());
  line_left_.resize(x_.lines.size());
  place_left_.assign(x_.places, 0);
  for (size_t l = 0; l < x_.lines.size(); ++l) {
    line_left_[l] = x_.lines[l].amount;
    place_left_[x_.lines[l].place] += x_.lines[l].amount;
  }
  for (const auto& s : x_.shelves) shelf_left_.push_back(s.stock);
  visitors_.resize(x_.places);
  noise_.assign(x_.places, 1);

  std::map<std::pair<double, double>, uint32_t> seen;
  for (const auto& v : p.vehicles) seen[{v.kg, v.m3}] = 0;
  const size_t each = std::max<size_t>(1, (seen.size() + kMostKinds - 1) / kMostKinds);
  size_t n = 0;
  for (auto& [kind, number] : seen) {
    if (n++ % each == 0) kinds_.push_back({0, 0});
    kinds_.back().kg = std::max(kinds_.back().kg, kind.first);
    kinds_.back().m3 = std::max(kinds_.back().m3, kind.second);
    number = static_cast<uint32_t>(kinds_.size() - 1);
  }
  for (const auto& v : p.vehicles) kind_of_.push_back(seen[{v.kg, v.m3}]);

  // Places are neighbours when they are close to the depot that is nearest to one of them.
  neighbours_.resize(x_.places);
  for (uint32_t j = 0; j < x_.places && x_.depots > 0; ++j) {
    const auto roads = x_.roads_to(j);
    const auto nearest = static_cast<size_t>(std::min_element(roads.begin(), roads.end()) - roads.begin());
    std::vector<std::pair<uint16_t, uint32_t>> near;
    for (uint32_t k = 0; k < x_.places; ++k)
      if (k != j && p.road(nearest, k) != kNoWay) near.push_back({p.road(nearest, k), k});
    const size_t kept = std::min(kNeighbours, near.size());
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
    for (size_t k = 0; k < kept; ++k) neighbours_[j].push_back(near[k].second);
  }
}

uint64_t ReliefSearch::dice() {
  uint64_t z = (state_ += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

bool ReliefSearch::guide(const ReliefBound* bound, const Stop& stop) {
  const auto& p = x_.problem;
  if (bound != nullptr) prices_ = bound->prices();
  if (prices_.unit.empty()) {
    prices_.unit.resize(x_.lines.size());
    for (size_t l = 0; l < x_.lines.size(); ++l) prices_.unit[l] = x_.lines[l].per_minute * p.unmet_min;
    prices_.shelf.assign(x_.shelves.size(), 0);
  }
  group_of_.assign(p.vehicles.size(), 0);
  std::vector<std::vector<uint32_t>> depots(x_.places);
  if (bound != nullptr) {
    for (size_t v = 0; v < p.vehicles.size(); ++v) group_of_[v] = static_cast<uint32_t>(bound->group_of(v));
    depots = bound->cheap_depots(kDepotsPerLine, stop);
  }
  // What the plan uses stays in view.
  for (const auto& own : legs_)
    for (const auto& leg : own) depots[leg.place].push_back(leg.depot);
  // Where something is still missing: the nearest depots that have much of it left.
  std::vector<std::pair<uint32_t, uint32_t>> near;
  std::vector<double> depot_left(x_.depots, 0);
  double ordinary = 0;
  for (const auto& v : p.vehicles) ordinary += v.kg / static_cast<double>(p.vehicles.size());
  for (size_t s = 0; s < x_.shelves.size(); ++s) depot_left[x_.shelves[s].depot] += shelf_left_[s] * p.goods[x_.shelves[s].good].unit_kg;
  for (uint32_t l = 0; l < x_.lines.size(); ++l) {
    if (line_left_[l] == 0) continue;
    if (stop()) return false;
    near.clear();
    const auto roads = x_.roads_to(x_.lines[l].place);
    for (const uint32_t s : x_.shelves_of_good[x_.lines[l].good]) {
      const uint32_t d = x_.shelves[s].depot;
      if (shelf_left_[s] > 0 && roads[d] != kNoWay && (depot_left[d] >= ordinary || shelf_left_[s] >= line_left_[l])) near.push_back({roads[d], d});
    }
    const size_t kept = std::min(kDepotsPerLine, near.size());
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
    for (size_t k = 0; k < kept; ++k) depots[x_.lines[l].place].push_back(near[k].second);
  }
  pairs_.clear();
  considered_.clear();
  pairs_of_.clear();
  number_of_.assign(x_.depots, -1);
  first_pair_.assign(1, 0);
  for (uint32_t j = 0; j < x_.places; ++j) {
    std::sort(depots[j].begin(), depots[j].end());
    depots[j].erase(std::unique(depots[j].begin(), depots[j].end()), depots[j].end());
    for (const uint32_t d : depots[j]) {
      if (number_of_[d] < 0) {
        number_of_[d] = static_cast<int32_t>(considered_.size());
        considered_.push_back(d);
        pairs_of_.emplace_back();
      }
      const auto number = static_cast<uint32_t>(number_of_[d]);
      pairs_of_[number].push_back(static_cast<uint32_t>(pairs_.size()));
      pairs_.push_back({d, number, p.road(d, j)});
    }
    first_pair_.push_back(static_cast<uint32_t>(pairs_.size()));
  }
  const size_t m = considered_.size();
  const size_t starts = x_.depots == 0 ? 0 : p.start_minutes.size() / x_.depots;
  if (stop()) return false;
  approach_.resize(starts * m);
  for (size_t s = 0; s < starts; ++s)
    for (size_t k = 0; k < m; ++k) approach_[s * m + k] = p.approach(s, considered_[k]);
  back_.resize(x_.places * m);
  for (size_t k = 0; k < m; ++k)
    for (size_t j = 0; j < x_.places; ++j) back_[j * m + k] = p.road(considered_[k], j);
  for (auto& w : worth_) w.assign(kinds_.size() * pairs_.size(), {kUnknown, 0});
  depot_time_.resize(m);
  return !stop();
}

// The best load by value per share of the vehicle it takes. top_up: `takes` holds a load already, fill what is left.
void ReliefSearch::fill(const Kind& kind, uint32_t depot, uint32_t place, int32_t arrives, bool priced, bool top_up,
                        std::vector<Take>& takes, double& worth, double& per_minute) const {
  const auto& p = x_.problem;
  struct Choice {
    double density, each;
    uint32_t line, shelf;
    int32_t most;
  };
  Choice choices[96];
  size_t n = 0;
  uint32_t s = x_.first_shelf[depot];
  const uint32_t s_end = x_.first_shelf[depot + 1];
  const double kg_share = kind.kg > 0 ? 1 / kind.kg : 1e9, m3_share = kind.m3 > 0 ? 1 / kind.m3 : 1e9;
  for (uint32_t l = x_.first_line[place]; l < x_.first_line[place + 1] && n < 96; ++l) {
    const Line& line = x_.lines[l];
    while (s < s_end && x_.shelves[s].good < line.good) ++s;
    if (s == s_end) break;
    if (x_.shelves[s].good != line.good || line_left_[l] == 0 || shelf_left_[s] == 0 || arrives > line.latest_min) continue;
    const double each = priced ? prices_.unit[l] - prices_.shelf[s] - line.per_minute * arrives
                               : line.per_minute * (p.unmet_min - arrives);
    if (each <= 0) continue;
    const Good& g = p.goods[line.good];
    const double size = g.unit_kg * kg_share + g.unit_m3 * m3_share + 1e-12;
    choices[n++] = {each / size, each, l, s, std::min(line_left_[l], shelf_left_[s])};
  }
  std::sort(choices, choices + n, [](const Choice& a, const Choice& b) { return a.density > b.density || (a.density == b.density && a.line < b.line); });
  double kg = kind.kg, m3 = kind.m3;
  if (top_up) {
    for (const auto& t : takes) {
      kg -= t.amount * p.goods[x_.lines[t.line].good].unit_kg;
      m3 -= t.amount * p.goods[x_.lines[t.line].good].unit_m3;
    }
  } else {
    takes.clear();
  }
  const size_t loaded = takes.size();
  for (size_t c = 0; c < n; ++c) {
    const Choice& choice = choices[c];
    const Good& g = p.goods[x_.lines[choice.line].good];
    int32_t most = choice.most;
    // Several lines of one good draw from one shelf; a load that is topped up holds part of it already.
    int32_t line_left = line_left_[choice.line], shelf_left = shelf_left_[choice.shelf];
    for (const auto& t : takes) {
      if (t.shelf == choice.shelf) shelf_left -= t.amount;
      if (t.line == choice.line) line_left -= t.amount;
    }
    most = std::min({most, line_left, shelf_left});
    if (g.unit_kg > 0) most = static_cast<int32_t>(std::min<double>(most, std::floor(kg / g.unit_kg + 1e-9)));
    if (g.unit_m3 > 0) most = static_cast<int32_t>(std::min<double>(most, std::floor(m3 / g.unit_m3 + 1e-9)));
    if (most <= 0) continue;
    kg -= most * g.unit_kg;
    m3 -= most * g.unit_m3;
    bool merged = false;
    for (size_t k = 0; k < loaded; ++k)
      if (takes[k].line == choice.line) takes[k].amount += most, merged = true;
    if (!merged) takes.push_back({choice.line, choice.shelf, most});
    worth += choice.each * most;
    per_minute += x_.lines[choice.line].per_minute * most;
  }
}

double ReliefSearch::true_gain(uint32_t vehicle, const Leg& leg) const {
  const auto& p = x_.problem;
  double gain = -p.drive_weight * p.vehicles[vehicle].trucks * leg.driven;
  for (const auto& t : leg.takes) gain += x_.lines[t.line].per_minute * t.amount * (p.unmet_min - leg.arrives);
  return gain;
}

bool ReliefSearch::choose(uint32_t v, int32_t now, bool priced, Leg& leg) {
  const auto& p = x_.problem;
  const Vehicle& vehicle = p.vehicles[v];
  if (legs_[v].size() >= kMostTrips) return false;
  const size_t m = considered_.size();
  const uint16_t* way = legs_[v].empty() ? approach_.data() + vehicle.start * m : back_.data() + legs_[v].back().place * m;
  const int32_t last = vehicle.available_min + vehicle.duty_min - p.unload_min;
  for (size_t k = 0; k < m; ++k) depot_time_[k] = way[k] == kNoWay ? kNoLimit / 2 : now + way[k] + p.load_min;
  const uint32_t kind = kind_of_[v], group = group_of_[v];
  auto& worth = worth_[priced ? 1 : 0];
  const Worth* known = worth.data() + kind * pairs_.size();
  Option options[kOptions];
  size_t n = 0;
  std::vector<Take> takes;
  const bool timed = priced && !prices_.time.empty();
  for (uint32_t j = 0; j < x_.places; ++j) {
    if (place_left_[j] == 0 || vehicle.size_class > p.places[j].largest_class) continue;
    const double back = timed ? prices_.way_back[group][j] : 0;
    for (uint32_t k = first_pair_[j]; k < first_pair_[j + 1]; ++k) {
      const Pair& pair = pairs_[k];
      const int32_t arrives = depot_time_[pair.number] + pair.road;
      if (arrives > last || pair.road == kNoWay) continue;
      if (known[k].at_zero == kUnknown) {
        double at = 0, per_minute = 0;
        fill(kinds_[kind], pair.depot, j, arrives, priced, false, takes, at, per_minute);
        worth[kind * pairs_.size() + k] = {static_cast<float>(at + per_minute * arrives), static_cast<float>(per_minute)};
      }
      if (known[k].at_zero <= 0) continue;
      double score = (known[k].at_zero - known[k].per_minute * arrives) * noise_[j];
      if (score <= 0) continue;
      if (timed) score += vehicle.kg * prices_.value_of_time(group, arrives + p.unload_min + back);
      else score /= arrives + p.unload_min - now + 1;
      if (n == kOptions && score <= options[n - 1].score) continue;
      size_t at = n < kOptions ? n++ : n - 1;
      for (; at > 0 && options[at - 1].score < score; --at) options[at] = options[at - 1];
      options[at] = {score, k, j, arrives};
    }
  }
  double best = 0;
  bool found = false;
  const Kind own{vehicle.kg, vehicle.m3};
  for (size_t o = 0; o < n; ++o) {
    const Option& option = options[o];
    if (found && option.score <= best) break;
    const Pair& pair = pairs_[option.pair];
    double at = 0, per_minute = 0;
    fill(own, pair.depot, option.place, option.arrives, priced, false, takes, at, per_minute);
    worth[kind * pairs_.size() + option.pair] = {static_cast<float>(at + per_minute * option.arrives), static_cast<float>(per_minute)};
    if (takes.empty()) continue;
    double score = at * noise_[option.place];
    if (timed) score += vehicle.kg * prices_.value_of_time(group, option.arrives + p.unload_min + prices_.way_back[group][option.place]);
    else score /= option.arrives + p.unload_min - now + 1;
    if (found && score <= best) continue;
    Leg candidate{pair.depot, option.place, now, option.arrives, way[pair.number] + pair.road, 0, takes};
    if (priced) fill(own, pair.depot, option.place, option.arrives, false, true, candidate.takes, at, per_minute);
    candidate.gain = true_gain(v, candidate);
    if (candidate.gain <= 0) continue;
    best = score;
    leg = std::move(candidate);
    found = true;
  }
  return found;
}

void ReliefSearch::touch(uint32_t depot, uint32_t place) {
  for (size_t kind = 0; kind < kinds_.size(); ++kind)
    for (auto& w : worth_) {
      Worth* own = w.data() + kind * pairs_.size();
      for (uint32_t k = first_pair_[place]; k < first_pair_[place + 1]; ++k) own[k].at_zero = kUnknown;
      if (number_of_[depot] >= 0)
        for (const uint32_t k : pairs_of_[static_cast<size_t>(number_of_[depot])]) own[k].at_zero = kUnknown;
    }
}

void ReliefSearch::add(uint32_t vehicle, Leg leg) {
  for (const auto& t : leg.takes) {
    line_left_[t.line] -= t.amount;
    shelf_left_[t.shelf] -= t.amount;
    place_left_[leg.place] -= t.amount;
  }
  gain_ += leg.gain;
  visitors_[leg.place].push_back(vehicle);
  legs_[vehicle].push_back(std::move(leg));
}

void ReliefSearch::drop_all(uint32_t vehicle) {
  for (const auto& leg : legs_[vehicle]) {
    for (const auto& t : leg.takes) {
      line_left_[t.line] += t.amount;
      shelf_left_[t.shelf] += t.amount;
      place_left_[leg.place] += t.amount;
    }
    gain_ -= leg.gain;
    auto& visitors = visitors_[leg.place];
    visitors.erase(std::find(visitors.begin(), visitors.end(), vehicle));
    touch(leg.depot, leg.place);
  }
  legs_[vehicle].clear();
}

bool ReliefSearch::repair(std::vector<uint32_t> vehicles, const Stop& stop) {
  const auto& p = x_.problem;
  for (const bool priced : {true, false}) {
    if (priced && prices_.time.empty()) continue;
    // Who would arrive first goes first: one who is free early but far away leaves the near needs to those who are near.
    using Event = std::pair<int32_t, uint32_t>;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> coming;
    const auto free = [&](uint32_t v) { return legs_[v].empty() ? p.vehicles[v].available_min : legs_[v].back().arrives + p.unload_min; };
    for (const uint32_t v : vehicles) coming.push({free(v), v});
    while (!coming.empty()) {
      if (stop()) return false;
      const auto [key, v] = coming.top();
      coming.pop();
      Leg leg;
      if (!choose(v, free(v), priced, leg)) continue;
      if (leg.arrives > key && !coming.empty() && leg.arrives > coming.top().first) {
        coming.push({leg.arrives, v});
        continue;
      }
      const int32_t then = leg.arrives + p.unload_min;
      add(v, std::move(leg));
      coming.push({then, v});
    }
  }
  return true;
}

bool ReliefSearch::construct(const Stop& stop) {
  std::vector<uint32_t> all(legs_.size());
  for (uint32_t v = 0; v < all.size(); ++v) all[v] = v;
  return repair(std::move(all), stop);
}

bool ReliefSearch::improve(const Stop& stop) {
  const size_t n = legs_.size();
  if (n == 0 || x_.places == 0) return false;
  std::vector<uint32_t> chosen;
  std::unordered_set<uint32_t> in;
  const auto pick = [&](uint32_t v) {
    if (in.insert(v).second) chosen.push_back(v);
  };
  const size_t wanted = 3 + dice() % 14;
  const auto j = static_cast<uint32_t>(dice() % x_.places);
  for (const uint32_t v : visitors_[j]) if (chosen.size() < wanted && unit() < 0.7) pick(v);
  for (size_t tries = 0; tries < 4 * wanted && chosen.size() < wanted; ++tries) {
    if (neighbours_[j].empty() || tries % 8 == 7) {
      pick(static_cast<uint32_t>(dice() % n));
      continue;
    }
    const auto& visitors = visitors_[neighbours_[j][dice() % neighbours_[j].size()]];
    if (!visitors.empty()) pick(visitors[dice() % visitors.size()]);
  }
  const double before = gain_;
  std::vector<std::vector<Leg>> old;
  for (const uint32_t v : chosen) {
    old.push_back(legs_[v]);
    drop_all(v);
  }
  for (auto& f : noise_) f = static_cast<float>(0.9 + 0.2 * unit());
  const bool done = repair(chosen, stop);
  if (done && gain_ >= before - 1e-9 * std::abs(before)) return true;
  for (const uint32_t v : chosen) drop_all(v);
  for (size_t k = 0; k < chosen.size(); ++k)
    for (auto& leg : old[k]) add(chosen[k], std::move(leg));
  gain_ = before;
  return done;
}

}  // namespace anlan::allocate
