#include "allocate/relief_bound.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "allocate/transport.h"

namespace anlan::allocate {

namespace {

constexpr uint32_t kNoShelf = 0xFFFFFFFF;
constexpr size_t kNoCell = SIZE_MAX;
// Of a scarce good nearly every shelf counts, of others the near ones.
constexpr size_t kNearSmall = 40, kNearLarge = 200, kScarceSmall = 700, kScarceLarge = 300;
constexpr double kScarce = 1.4;  // stock ÷ need below which a good is scarce
constexpr size_t kMostSizes = 3;
// Minutes from the places at which bands of vehicles begin.
constexpr float kBands[] = {0, 80};
constexpr int32_t kRestShift = 4'000;
constexpr int kBins = 80;
constexpr int kFullEvery = 10;
constexpr double kNever = 1e30;

}  // namespace

double Prices::value_of_time(size_t group, double t) const {
  const auto& v = time[group];
  if (v.empty()) return 0;
  const double at = t - first_min;
  if (at <= 0) return v.front();
  const auto k = static_cast<size_t>(at);
  return k + 1 >= v.size() ? 0 : v[k];
}

double ReliefBound::Group::v(double t) const {
  const double at = (t - begin) / bin;
  if (at <= 0) return worth.front();
  const auto k = static_cast<size_t>(at);
  if (k + 1 >= worth.size()) return 0;
  return worth[k] - theta[k] * bin * (at - static_cast<double>(k));
}

// Adds kg × V(t) as a linear function of theta: full bins after t, and the rest of its own.
void ReliefBound::Group::add_point(double t, double kg) {
  const double at = (t - begin) / bin;
  if (at <= 0) {
    use_at[0] += kg;
    return;
  }
  const auto k = static_cast<size_t>(at);
  if (k >= theta.size()) return;
  use_in[k] += kg * (static_cast<double>(k) + 1 - at);
  use_at[k + 1] += kg;
}

ReliefBound::ReliefBound(const ReliefIndex& index) : x_(index) {}

// r: the way back to the nearest depot that fills some vehicles. lift: the least p. near: the most p that keeps every span ≥ 0.
bool ReliefBound::place_potentials(const Stop& stop) {
  const auto& p = x_.problem;
  std::vector<double> stock_kg(x_.depots, 0);
  for (const auto& s : x_.shelves) stock_kg[s.depot] += s.stock * p.goods[s.good].unit_kg;
  double kg = 0;
  for (const auto& v : p.vehicles) kg += v.kg;
  const double ordinary = p.vehicles.empty() ? 0 : kg / static_cast<double>(p.vehicles.size());
  back_.assign(x_.places, 0);
  for (uint32_t j = 0; j < x_.places; ++j) {
    if (j % 64 == 0 && stop()) return false;
    uint16_t least = kNoWay;
    const auto roads = x_.roads_to(j);
    for (size_t d = 0; d < x_.depots; ++d)
      if (stock_kg[d] >= ordinary * 3) least = std::min(least, roads[d]);
    back_[j] = least == kNoWay ? 0.0F : least;
  }
  const int32_t service = p.load_min + p.unload_min;
  lift_.resize(x_.depots);
  near_.resize(x_.depots);
  for (double scale = 1;; scale = scale < 0.2 ? 0 : scale / 2) {
    std::fill(lift_.begin(), lift_.end(), -1e9F);
    std::fill(near_.begin(), near_.end(), 1e9F);
    for (auto& r : back_) r = static_cast<float>(std::floor(r * scale));
    for (uint32_t j = 0; j < x_.places; ++j) {
      if (j % 64 == 0 && stop()) return false;
      const auto roads = x_.roads_to(j);
      for (size_t d = 0; d < x_.depots; ++d)
        if (roads[d] != kNoWay) {
          lift_[d] = std::max(lift_[d], back_[j] - roads[d]);
          near_[d] = std::min<float>(near_[d], roads[d] + back_[j]);
        }
    }
    bool ordered = true;
    for (size_t d = 0; d < x_.depots; ++d)
      if (lift_[d] > -1e8F && near_[d] + static_cast<float>(service) < lift_[d]) ordered = false;
    if (ordered || scale == 0) break;
  }
  for (size_t d = 0; d < x_.depots; ++d)
    if (lift_[d] < -1e8F) lift_[d] = near_[d] = 1e7F;  // no place to go to: no vehicle gains by standing there
  return true;
}

// The earliest minute at which any vehicle can stand at each depot, from its start or from a place it has been to.
bool ReliefBound::find_earliest(const Stop& stop) {
  const auto& p = x_.problem;
  earliest_.assign(x_.depots, 1e7F);
  const size_t starts = x_.depots == 0 ? 0 : p.start_minutes.size() / x_.depots;
  std::vector<float> from(starts, 1e7F);
  if (starts > 0)
    for (const auto& v : p.vehicles) from[v.start] = std::min(from[v.start], static_cast<float>(v.available_min));
  for (size_t s = 0; s < starts; ++s)
    for (size_t d = 0; d < x_.depots; ++d)
      if (const uint16_t e = p.approach(s, d); e != kNoWay) earliest_[d] = std::min(earliest_[d], from[s] + e);
  bool changed = true;
  for (int round = 0; changed; ++round) {
    changed = false;
    if (round == 20) {  // rare: a bound that holds in any case
      float least = 1e7F;
      for (const float e : earliest_) least = std::min(least, e);
      std::fill(earliest_.begin(), earliest_.end(), least);
      return true;
    }
    for (uint32_t j = 0; j < x_.places; ++j) {
      if (j % 64 == 0 && stop()) return false;
      const auto roads = x_.roads_to(j);
      float free = 1e7F;
      for (size_t d = 0; d < x_.depots; ++d)
        if (roads[d] != kNoWay) free = std::min(free, earliest_[d] + roads[d]);
      free += static_cast<float>(p.load_min + p.unload_min);
      for (size_t d = 0; d < x_.depots; ++d)
        if (roads[d] != kNoWay && free + roads[d] < earliest_[d]) earliest_[d] = free + roads[d], changed = true;
    }
  }
  return true;
}

// Vehicles of similar size and shape, and similarly far from the places, share a curve.
bool ReliefBound::make_groups(const Stop& stop) {
  const auto& p = x_.problem;
  std::map<std::pair<double, double>, size_t> sizes;
  for (const auto& v : p.vehicles) sizes[{v.kg, v.m3}] = 0;
  const size_t each = std::max<size_t>(1, (sizes.size() + kMostSizes - 1) / kMostSizes);
  size_t n = 0;
  for (auto& [kind, number] : sizes) number = n++ / each;
  const size_t starts = x_.depots == 0 ? 0 : p.start_minutes.size() / x_.depots;
  std::vector<float> reach(std::max<size_t>(1, starts), 1e7F);
  for (size_t s = 0; s < starts; ++s) {
    if (s % 64 == 0 && stop()) return false;
    for (size_t d = 0; d < x_.depots; ++d)
      if (const uint16_t e = p.approach(s, d); e != kNoWay) reach[s] = std::min(reach[s], e + near_[d]);
  }
  std::map<std::pair<size_t, uint32_t>, double> approach;  // by band and start: minutes until ready
  std::map<std::pair<size_t, size_t>, std::vector<uint32_t>> members;
  for (uint32_t v = 0; v < p.vehicles.size(); ++v) {
    const float far = x_.depots == 0 ? 0 : reach[p.vehicles[v].start];
    size_t band = 0;
    while (band + 1 < std::size(kBands) && far >= kBands[band + 1]) ++band;
    members[{sizes[{p.vehicles[v].kg, p.vehicles[v].m3}], band}].push_back(v);
  }
  group_of_.assign(p.vehicles.size(), 0);
  float longest_back = 0;
  for (const float r : back_) longest_back = std::max(longest_back, r);
  for (auto& [key, own] : members) {
    Group& g = groups_.emplace_back();
    g.vehicles = std::move(own);
    g.kg_min = kNever;
    g.smallest_class = kNoLimit;
    for (const uint32_t v : g.vehicles) {
      const Vehicle& vehicle = p.vehicles[v];
      group_of_[v] = static_cast<uint32_t>(groups_.size() - 1);
      g.kg_min = std::min(g.kg_min, vehicle.kg);
      g.kg_max = std::max(g.kg_max, vehicle.kg);
      if (vehicle.m3 > 0) g.kg_per_m3 = std::min(g.kg_per_m3, vehicle.kg / vehicle.m3);
      g.smallest_class = std::min(g.smallest_class, vehicle.size_class);
    }
    g.place = back_;
    g.depot.resize(x_.depots);
    for (size_t d = 0; d < x_.depots; ++d) g.depot[d] = std::max(lift_[d], std::min(near_[d], kBands[key.second]));
    double begin = kNever, end = -kNever;
    for (const uint32_t v : g.vehicles) {
      const Vehicle& vehicle = p.vehicles[v];
      const auto [at, is_new] = approach.try_emplace({key.second, vehicle.start}, kNever);
      if (is_new && stop()) return false;
      if (is_new && x_.depots > 0)
        for (size_t d = 0; d < x_.depots; ++d)
          if (const uint16_t e = p.approach(vehicle.start, d); e != kNoWay) at->second = std::min<double>(at->second, e + g.depot[d]);
      const double stops = vehicle.available_min + vehicle.duty_min + longest_back;
      g.ready.push_back(std::min(stops, vehicle.available_min + at->second));
      g.end.push_back(stops);
      begin = std::min(begin, g.ready.back());
      end = std::max(end, stops);
    }
    g.begin = begin;
    g.bin = std::max(5.0, std::ceil((end - begin) / kBins));
    const auto bins = static_cast<size_t>(std::max(1.0, std::ceil((end - begin) / g.bin)));
    g.theta.assign(bins, 0);
    g.worth.assign(bins + 1, 0);
    g.square.assign(bins, 0);
    g.use_at.resize(bins + 1);
    g.use_in.resize(bins + 1);
  }
  return !stop();
}

bool ReliefBound::prepare(const Stop& stop) {
  if (!place_potentials(stop) || !find_earliest(stop) || !make_groups(stop)) return false;
  const auto& p = x_.problem;
  const size_t n = groups_.size();
  sigma_.resize(x_.lines.size() * n);
  by_volume_.assign(x_.places * n, 0);
  for (uint32_t j = 0; j < x_.places; ++j) {
    double kg = 0, m3 = 0;
    for (uint32_t l = x_.first_line[j]; l < x_.first_line[j + 1]; ++l) {
      kg += x_.lines[l].amount * p.goods[x_.lines[l].good].unit_kg;
      m3 += x_.lines[l].amount * p.goods[x_.lines[l].good].unit_m3;
    }
    for (size_t g = 0; g < n; ++g) by_volume_[j * n + g] = m3 * groups_[g].kg_per_m3 > kg;
  }
  double rho_min = kNever, rho_max = 0;
  for (uint32_t l = 0; l < x_.lines.size(); ++l) {
    const Line& line = x_.lines[l];
    for (size_t g = 0; g < n; ++g) {
      const Good& good = p.goods[line.good];
      const double s = by_volume_[line.place * n + g] ? good.unit_m3 * groups_[g].kg_per_m3 : good.unit_kg;
      sigma_[l * n + g] = static_cast<float>(s);
      if (s <= 0) continue;
      rho_min = std::min(rho_min, s / line.per_minute);
      rho_max = std::max(rho_max, s / line.per_minute);
    }
  }
  if (rho_max <= 0) rho_min = rho_max = 1;
  rho_max *= 4;  // small depots
  rho_low_ = rho_min;
  rho_step_ = std::max(1e-9, std::log(rho_max / rho_min) / (kRhos - 2));
  rhos_.assign(kRhos, 0);
  for (size_t k = 1; k < kRhos; ++k) rhos_[k] = static_cast<float>(rho_low_ * std::exp(rho_step_ * static_cast<double>(k - 1)));

  rho_at_.resize(sigma_.size());
  for (uint32_t l = 0; l < x_.lines.size(); ++l)
    for (size_t g = 0; g < n; ++g) rho_at_[l * n + g] = static_cast<float>(rho_index(sigma_[l * n + g] / x_.lines[l].per_minute) * 0.9999999);

  // For each line: the nearest small and large shelves of its good; one entry stands for the rest of either.
  double kg_min = kNever;
  for (const auto& g : groups_) kg_min = std::min(kg_min, g.kg_min);
  first_entry_.assign(x_.lines.size() + 1, 0);
  std::vector<Entry> small, large;
  struct Cap {
    uint32_t place = kNoShelf;
    float kg = 0, m3 = 0;
  };
  std::vector<Cap> caps(x_.depots);
  std::vector<int32_t> need_of_good(x_.goods, 0);
  std::vector<double> order_p(x_.depots, 0);
  for (size_t d = 0; d < x_.depots; ++d) order_p[d] = std::min(near_[d], 0.0F);
  std::vector<double> stock_of(x_.goods, 0), total_need(x_.goods, 0);
  for (const auto& s : x_.shelves) stock_of[s.good] += s.stock;
  for (const auto& l : x_.lines) total_need[l.good] += l.amount;
  for (uint32_t j = 0; j < x_.places; ++j) {
    if (stop()) return false;
    const auto roads = x_.roads_to(j);
    std::fill(need_of_good.begin(), need_of_good.end(), 0);
    for (uint32_t l = x_.first_line[j]; l < x_.first_line[j + 1]; ++l) {
      auto& need = need_of_good[x_.lines[l].good];
      need = static_cast<int32_t>(std::min<int64_t>(int64_t{need} + x_.lines[l].amount, 2'000'000'000));
    }
    for (uint32_t l = x_.first_line[j]; l < x_.first_line[j + 1]; ++l) {
      first_entry_[l] = entries_.size();
      small.clear();
      large.clear();
      const Good& good = p.goods[x_.lines[l].good];
      for (const uint32_t s : x_.shelves_of_good[x_.lines[l].good]) {
        const uint16_t road = roads[x_.shelves[s].depot];
        if (road == kNoWay) continue;
        const bool is_large = x_.shelves[s].stock * good.unit_kg >= kg_min;
        (is_large ? large : small).push_back({s, road, 0, 0});
      }
      const auto farther = [&](const Entry& a, const Entry& b) {
        const double da = a.road - order_p[x_.shelves[a.shelf].depot], db = b.road - order_p[x_.shelves[b.shelf].depot];
        return da < db || (da == db && a.shelf < b.shelf);
      };
      const auto take = [&](std::vector<Entry>& all, size_t most) {
        const size_t kept = std::min(most, all.size());
        if (kept < all.size()) std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(), farther);
        for (size_t k = 0; k < kept; ++k) {
          Entry e = all[k];
          const uint32_t d = x_.shelves[e.shelf].depot;
          Cap& cap = caps[d];
          if (cap.place != j) {
            double kg = 0, m3 = 0;
            for (uint32_t s = x_.first_shelf[d]; s < x_.first_shelf[d + 1]; ++s) {
              const double units = std::min(x_.shelves[s].stock, need_of_good[x_.shelves[s].good]);
              kg += units * p.goods[x_.shelves[s].good].unit_kg;
              m3 += units * p.goods[x_.shelves[s].good].unit_m3;
            }
            cap = {j, static_cast<float>(kg * 1.000001 + 1e-6), static_cast<float>(m3 * 1.000001 + 1e-9)};
          }
          e.cap_kg = cap.kg;
          e.cap_m3 = cap.m3;
          entries_.push_back(e);
        }
        if (kept < all.size()) {
          // road is stored less the largest p of any group, which then counts as 0.
          double least = kNever;
          float earliest = 1e7F;
          for (size_t k = kept; k < all.size(); ++k) {
            const uint32_t d = x_.shelves[all[k].shelf].depot;
            earliest = std::min(earliest, earliest_[d] + static_cast<float>(p.load_min + all[k].road));
            least = std::min<double>(least, all[k].road - std::max(lift_[d], std::min(near_[d], kBands[std::size(kBands) - 1])));
          }
          entries_.push_back({kNoShelf, static_cast<uint16_t>(std::clamp(least + kRestShift, 0.0, 60'000.0)), earliest, 0});
        }
      };
      const bool scarce = stock_of[x_.lines[l].good] < kScarce * total_need[x_.lines[l].good];
      take(small, scarce ? kScarceSmall : kNearSmall);
      take(large, scarce ? kScarceLarge : kNearLarge);
    }
  }
  first_entry_.back() = entries_.size();

  double span = 0;  // longer trips than this fit into no duty
  for (const auto& g : groups_) span = std::max(span, g.bin * static_cast<double>(g.theta.size()));
  const double d_max = span + 4;
  d_step_ = std::max(2, static_cast<int32_t>(d_max / 700) + 1);
  d_count_ = static_cast<int32_t>(d_max / d_step_) + 2;

  std::vector<double> price(x_.lines.size());  // weight-minutes per kilogram and minute: the scale of theta
  for (uint32_t l = 0; l < x_.lines.size(); ++l)
    price[l] = x_.lines[l].per_minute / std::max(1e-6, p.goods[x_.lines[l].good].unit_kg);
  double typical = 0;
  if (!price.empty()) {
    std::nth_element(price.begin(), price.begin() + static_cast<std::ptrdiff_t>(price.size() / 2), price.end());
    typical = price[price.size() / 2];
  }
  for (auto& g : groups_) {
    g.table.assign(static_cast<size_t>(d_count_) * kRhos, 0);
    g.mass.assign(g.table.size(), 0);
    g.scale = typical * 0.5;
  }
  std::vector<double> unit_sum(x_.goods, 0), unit_count(x_.goods, 0);
  for (const auto& l : x_.lines) {
    unit_sum[l.good] += l.per_minute;
    unit_count[l.good] += 1;
  }
  mu_.assign(x_.shelves.size(), 0);
  mu_square_.assign(x_.shelves.size(), 0);
  mu_scale_.assign(x_.shelves.size(), 0);
  flow_.assign(x_.shelves.size(), 0);
  rest_mu_.assign(x_.lines.size(), 0);
  for (size_t s = 0; s < x_.shelves.size(); ++s)
    if (const uint32_t g = x_.shelves[s].good; unit_count[g] > 0) mu_scale_[s] = 5 * unit_sum[g] / unit_count[g];
  lambda_.assign(x_.lines.size(), 0);
  active_.resize(x_.lines.size() * kActive);
  active_count_.assign(x_.lines.size(), 0);
  ready_ = true;
  return true;
}

void ReliefBound::tabulate(Group& g) const {
  const size_t bins = g.theta.size();
  g.worth[bins] = 0;
  for (size_t k = bins; k-- > 0;) g.worth[k] = g.worth[k + 1] + g.theta[k] * g.bin;
  const double end = g.begin + g.bin * static_cast<double>(bins);
  for (int32_t di = 0; di < d_count_; ++di) {
    float least[kRhos];
    std::fill(least, least + kRhos, 1e30F);
    const double d = di * d_step_;
    const auto consider = [&](double c) {
      if (c < g.begin + d - 1e-9 || c > end + 1e-9) return;
      const auto cost = static_cast<float>(g.v(c - d) - g.v(c)), when = static_cast<float>(c);
      for (size_t r = 0; r < kRhos; ++r) {
        const float total = when + rhos_[r] * cost;
        least[r] = total < least[r] ? total : least[r];
      }
    };
    for (size_t k = 0; k <= bins; ++k) {
      const double edge = g.begin + g.bin * static_cast<double>(k);
      consider(edge + d);
      consider(edge);
    }
    std::copy(least, least + kRhos, g.table.begin() + di * static_cast<std::ptrdiff_t>(kRhos));
  }
}

double ReliefBound::rho_index(double rho) const {
  if (rho >= rhos_.back()) return kRhos - 1;
  if (rho <= rhos_[1]) return rho / rhos_[1];
  const double guess = std::clamp(1 + std::log(rho / rho_low_) / rho_step_, 1.0, kRhos - 1.001);
  auto k = static_cast<size_t>(guess);
  if (rho < rhos_[k] && k > 0) --k;
  if (rho > rhos_[k + 1] && k + 2 < kRhos) ++k;
  return static_cast<double>(k) + std::clamp((rho - rhos_[k]) / (rhos_[k + 1] - rhos_[k]), 0.0, 1.0);
}

// each(entry, group, table cell, share of the next cell, cost of one unit) for the cheapest group of every entry.
template <class Each>
void ReliefBound::each_offer(uint32_t l, bool all, Each each) const {
  const Line& line = x_.lines[l];
  const auto& p = x_.problem;
  const size_t n = groups_.size();
  const float* rho0 = rho_at_.data() + l * n;
  const auto service = static_cast<float>(p.load_min + p.unload_min);
  const size_t first = all ? first_entry_[l] : 0, end = all ? first_entry_[l + 1] : active_count_[l];
  for (size_t k0 = first; k0 < end; ++k0) {
    const auto e = static_cast<uint32_t>(all ? k0 : active_[l * kActive + k0]);
    const Entry& entry = entries_[e];
    const bool rest = entry.shelf == kNoShelf;
    const double mu = rest ? rest_mu_[l] : mu_[entry.shelf];
    const double earliest = rest ? entry.cap_kg : earliest_[x_.shelves[entry.shelf].depot] + static_cast<float>(p.load_min + entry.road);
    if (earliest > line.latest_min) continue;
    double least = kNever;
    size_t least_group = 0, least_cell = 0;
    double least_share = 0;
    for (size_t gi = 0; gi < n; ++gi) {
      const Group& g = groups_[gi];
      if (g.smallest_class > p.places[line.place].largest_class) continue;
      const float r = g.place[line.place];
      const float d = service + static_cast<float>(entry.road) + r - (rest ? static_cast<float>(kRestShift) : g.depot[x_.shelves[entry.shelf].depot]);
      const auto di = static_cast<int32_t>(std::max(0.0F, d)) / d_step_;
      if (di >= d_count_) continue;
      if (g.begin + di * d_step_ - p.unload_min - r > line.latest_min) continue;
      double at = rho0[gi];
      if (!rest) {
        const double cap = by_volume_[line.place * n + gi] ? entry.cap_m3 * g.kg_per_m3 : entry.cap_kg;
        if (cap < g.kg_min) at = rho_index(sigma_[l * n + gi] * (g.kg_min / cap) / line.per_minute);
      }
      const auto k = std::min<size_t>(static_cast<size_t>(at), kRhos - 2);
      const double share = at - static_cast<double>(k);
      const size_t cell = static_cast<size_t>(di) * kRhos + k;
      const double when = g.table[cell] + share * (g.table[cell + 1] - g.table[cell]);
      if (when > 1e29) continue;
      double cost = line.per_minute * std::max(when - p.unload_min - r, earliest) + mu;
      if (g.kg_max > 0 && !rest) cost += p.drive_weight * entry.road * sigma_[l * n + gi] / g.kg_max;
      // Where the earliest arrival binds, the price of time does not count.
      if (cost < least) least = cost, least_group = gi, least_cell = when - p.unload_min - r < earliest ? kNoCell : cell, least_share = share;
    }
    if (least < kNever) each(e, least_group, least_cell, least_share, least);
  }
}

bool ReliefBound::step(const Stop& stop) {
  if (!ready_) return false;
  const auto& p = x_.problem;
  const size_t n = groups_.size();
  for (auto& g : groups_) {
    tabulate(g);
    std::fill(g.mass.begin(), g.mass.end(), 0);
    if (stop()) return false;
  }
  const bool full = steps_ % kFullEvery == 0;
  if (full && !price_rests(stop)) return false;
  std::fill(flow_.begin(), flow_.end(), 0);
  struct Offer {
    uint32_t shelf;
    size_t group, cell;
    double share, cost, kg;
  };
  std::vector<Offer> offers;
  std::vector<std::pair<double, uint32_t>> ranked;
  double paid = 0;
  const double minutes = std::max(0.5, 20.0 / (1 + steps_ / 12.0));  // of smoothing
  for (uint32_t j = 0; j < x_.places; ++j) {
    if (stop()) return false;
    for (uint32_t l = x_.first_line[j]; l < x_.first_line[j + 1]; ++l) {
      const Line& line = x_.lines[l];
      const double none = line.per_minute * p.unmet_min;
      const double soft = line.per_minute * minutes;
      double least = none;
      offers.clear();
      ranked.clear();
      each_offer(l, full, [&](uint32_t number, size_t g, size_t cell, double share, double cost) {
        const Entry& e = entries_[number];
        if (full) ranked.push_back({cost, number});
        if (cost > least + 4 * soft) return;
        least = std::min(least, cost);
        double m = 1;
        if (e.shelf != kNoShelf) {
          const double cap = by_volume_[j * n + g] ? e.cap_m3 * groups_[g].kg_per_m3 : e.cap_kg;
          if (cap < groups_[g].kg_min) m = groups_[g].kg_min / cap;
        }
        offers.push_back({e.shelf, g, cell, share, cost, sigma_[l * n + g] * m});
      });
      if (full) {
        const size_t kept = std::min(kActive, ranked.size());
        std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept), ranked.end());
        for (size_t k = 0; k < kept; ++k) active_[l * kActive + k] = ranked[k].second;
        active_count_[l] = static_cast<uint8_t>(kept);
      }
      lambda_[l] = least;
      paid += least * line.amount;
      double all = std::exp((least - none) / soft);
      if (none - least > 20 * soft) all = 0;
      for (auto& o : offers) all += o.share >= 0 ? std::exp((least - o.cost) / soft) : 0;
      for (const auto& o : offers) {
        if (o.cost > least + 4 * soft) continue;
        const double amount = line.amount * std::exp((least - o.cost) / soft) / all;
        if (o.shelf != kNoShelf) flow_[o.shelf] += static_cast<float>(amount);
        if (o.cell == kNoCell) continue;
        groups_[o.group].mass[o.cell] += amount * o.kg * (1 - o.share);
        groups_[o.group].mass[o.cell + 1] += amount * o.kg * o.share;
      }
    }
  }
  double sold = 0;
  for (size_t s = 0; s < mu_.size(); ++s) sold += mu_[s] * x_.shelves[s].stock;
  for (auto& g : groups_)
    for (size_t k = 0; k < g.vehicles.size(); ++k)
      sold += p.vehicles[g.vehicles[k]].kg * (g.v(g.ready[k]) - g.v(g.end[k]));
  last_ = paid - sold;
  if (full && (last_ > best_ || steps_ == 0)) {
    best_ = std::max(best_, last_);
    prices_.unit = lambda_;
    prices_.shelf = mu_;
    prices_.time.assign(n, {});
    prices_.way_back.assign(n, {});
    double first = kNever, end = -kNever;
    for (const auto& g : groups_) {
      first = std::min(first, g.begin);
      end = std::max(end, g.begin + g.bin * static_cast<double>(g.theta.size()));
    }
    prices_.first_min = n == 0 ? 0 : static_cast<int32_t>(std::floor(first));
    for (size_t g = 0; g < n; ++g) {
      const auto count = static_cast<size_t>(end - prices_.first_min) + 2;
      prices_.time[g].resize(count);
      for (size_t k = 0; k < count; ++k) prices_.time[g][k] = static_cast<float>(groups_[g].v(prices_.first_min + static_cast<double>(k)));
      prices_.way_back[g] = groups_[g].place;
    }
  }

  // One step upwards.
  std::vector<std::pair<double, double>> spread;
  const double minutes_late = std::max(2.0, 30.0 / (1 + steps_ / 10.0));
  for (auto& g : groups_) {
    std::fill(g.use_at.begin(), g.use_at.end(), 0);
    std::fill(g.use_in.begin(), g.use_in.end(), 0);
    const size_t bins = g.theta.size();
    const double last = g.begin + g.bin * static_cast<double>(bins);
    for (size_t cell = 0; cell < g.mass.size(); ++cell) {
      if (!(g.mass[cell] > 0) || g.table[cell] > 1e29F) continue;
      const double d = static_cast<double>(cell / kRhos) * d_step_, rho = rhos_[cell % kRhos];
      // Ends of the span a little dearer than the best get a share too.
      double all = 0;
      spread.clear();
      for (size_t k = 0; k <= 2 * bins + 1; ++k) {
        const double c = g.begin + g.bin * static_cast<double>(k / 2) + (k % 2 == 0 ? d : 0);
        if (c < g.begin + d - 1e-9 || c > last + 1e-9) continue;
        const double over = (c + rho * (g.v(c - d) - g.v(c)) - g.table[cell]) / minutes_late;
        if (over > 5) continue;
        spread.push_back({c, std::exp(-over)});
        all += spread.back().second;
      }
      for (const auto& [c, share] : spread) {
        g.add_point(c - d, g.mass[cell] * share / all);
        g.add_point(c, -g.mass[cell] * share / all);
      }
    }
    for (size_t k = 0; k < g.vehicles.size(); ++k) {
      const double kg = p.vehicles[g.vehicles[k]].kg;
      g.add_point(g.ready[k], -kg);
      g.add_point(g.end[k], kg);
    }
    double running = 0;
    for (size_t k = 0; k < g.theta.size(); ++k) {
      running += g.use_at[k];
      const double slope = running + g.use_in[k];
      if (slope < 0 && g.theta[k] <= 0) continue;
      g.square[k] += slope * slope;
      if (g.square[k] > 0) g.theta[k] = std::max(0.0, g.theta[k] + g.scale * slope / std::sqrt(g.square[k]));
    }
  }
  for (size_t s = 0; s < mu_.size(); ++s) {
    const double slope = flow_[s] - x_.shelves[s].stock;
    if (slope < 0 && mu_[s] <= 0) continue;
    mu_square_[s] += slope * slope;
    mu_[s] = std::max(0.0, mu_[s] + mu_scale_[s] * slope / std::sqrt(mu_square_[s] + 1e-12));
  }
  ++steps_;
  return true;
}

// An entry that stands for many shelves costs what the cheapest of them costs.
bool ReliefBound::price_rests(const Stop& stop) {
  std::vector<std::vector<uint32_t>> cheapest(x_.goods);
  std::vector<uint32_t> seen(x_.shelves.size(), kNoShelf);
  for (uint32_t l = 0; l < x_.lines.size(); ++l) {
    if (l % 256 == 0 && stop()) return false;
    rest_mu_[l] = 0;
    bool any = false;
    for (size_t e = first_entry_[l]; e < first_entry_[l + 1]; ++e) {
      if (entries_[e].shelf == kNoShelf) any = true;
      else seen[entries_[e].shelf] = l;
    }
    if (!any) continue;
    auto& order = cheapest[x_.lines[l].good];
    if (order.empty()) {
      order = x_.shelves_of_good[x_.lines[l].good];
      std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return std::pair(mu_[a], a) < std::pair(mu_[b], b); });
    }
    for (const uint32_t s : order)
      if (seen[s] != l) {
        rest_mu_[l] = mu_[s];
        break;
      }
  }
  return true;
}

bool ReliefBound::settle(size_t good) {
  if (!ready_ || good >= x_.goods) return false;
  for (auto& g : groups_) tabulate(g);
  const auto& shelves = x_.shelves_of_good[good];
  TransportProblem t;
  std::vector<uint32_t> number(x_.shelves.size(), kNoShelf);
  for (const uint32_t s : shelves) {
    number[s] = static_cast<uint32_t>(t.supply.size());
    t.supply.push_back(x_.shelves[s].stock);
    mu_[s] = 0;
  }
  std::vector<uint32_t> lines;
  double most = 0;
  for (uint32_t l = 0; l < x_.lines.size(); ++l)
    if (x_.lines[l].good == good) {
      lines.push_back(l);
      most = std::max(most, x_.lines[l].per_minute * x_.problem.unmet_min);
    }
  if (lines.empty() || most <= 0) return true;
  const double scale = 1e9 / most;
  for (uint32_t k = 0; k < lines.size(); ++k) {
    const Line& line = x_.lines[lines[k]];
    const double none = line.per_minute * x_.problem.unmet_min;
    t.demand.push_back(line.amount);
    t.unmet_cost.push_back(static_cast<int64_t>(none * scale));
    each_offer(lines[k], true, [&](uint32_t e, size_t, size_t, double, double cost) {
      if (entries_[e].shelf != kNoShelf && cost < none) t.routes.push_back({number[entries_[e].shelf], k, static_cast<int64_t>(cost * scale)});
    });
  }
  const auto plan = transport(t);
  if (!plan) return true;  // amounts too large for exact sums: the ascent does without
  for (const uint32_t s : shelves) {
    mu_[s] = std::max(0.0, static_cast<double>(plan->supply_price[number[s]]) / scale);
    mu_square_[s] = 25.0 * x_.shelves[s].stock * x_.shelves[s].stock;
  }
  return true;
}

std::vector<std::vector<uint32_t>> ReliefBound::cheap_depots(size_t most_per_line, const Stop& stop) const {
  std::vector<std::vector<uint32_t>> found(x_.places);
  if (!ready_) return found;
  std::vector<std::pair<double, uint32_t>> best;
  for (uint32_t l = 0; l < x_.lines.size(); ++l) {
    if (l % 256 == 0 && stop()) return found;
    best.clear();
    each_offer(l, false, [&](uint32_t number, size_t, size_t, double, double cost) {
      const Entry& e = entries_[number];
      if (e.shelf != kNoShelf) best.push_back({cost, x_.shelves[e.shelf].depot});
    });
    const size_t kept = std::min(most_per_line, best.size());
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept), best.end());
    auto& own = found[x_.lines[l].place];
    for (size_t k = 0; k < kept; ++k) own.push_back(best[k].second);
  }
  for (auto& own : found) {
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
  }
  return found;
}

}  // namespace anlan::allocate
