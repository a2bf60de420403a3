#include "quake/locate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "quake/travel_time.h"

namespace anlan::quake {
namespace {

constexpr double kEarthKm = 6371.0088, kRadians = std::numbers::pi / 180;
constexpr double kQuietBound = 4;            // of one quiet station, in kResidualS
constexpr double kDepthUsualKm = 10, kDepthSpreadKm = 25;
constexpr std::array<double, 7> kDepths{5, 10, 15, 20, 30, 40, 50};

// Oblique stereographic: conformal, its scale within 0.1 % up to 400 km from the centre.
class Plane {
 public:
  explicit Plane(LonLat centre) : centre_(centre), sin_(std::sin(centre.lat * kRadians)), cos_(std::cos(centre.lat * kRadians)) {}
  std::array<double, 2> km(LonLat p) const {
    const double lat = p.lat * kRadians, lon = (p.lon - centre_.lon) * kRadians;
    const double k = 2 * kEarthKm / (1 + sin_ * std::sin(lat) + cos_ * std::cos(lat) * std::cos(lon));
    return {k * std::cos(lat) * std::sin(lon), k * (cos_ * std::sin(lat) - sin_ * std::cos(lat) * std::cos(lon))};
  }
  LonLat place(double x, double y) const {
    const double rho = std::hypot(x, y);
    if (rho < 1e-9) return centre_;
    const double c = 2 * std::atan2(rho, 2 * kEarthKm);
    const double lat = std::asin(std::clamp(std::cos(c) * sin_ + y * std::sin(c) * cos_ / rho, -1.0, 1.0));
    const double lon = centre_.lon + std::atan2(x * std::sin(c), rho * cos_ * std::cos(c) - y * sin_ * std::sin(c)) / kRadians;
    return {lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon, lat / kRadians};
  }

 private:
  LonLat centre_;
  double sin_, cos_;
};

double apart(double dx, double dy) { return std::sqrt(dx * dx + dy * dy); }

struct Node {
  double x = 0, y = 0, depth = 0, cost = 1e300, origin = 0, residual = 0;
};

class Search {
 public:
  Search(std::span<const Onset> onsets, std::span<const Quiet> quiet, const Plane& plane)
      : n_(std::min(onsets.size(), kOnsetsMax)), m_(std::min(quiet.size(), kQuietMax)) {
    for (size_t i = 0; i < n_; ++i) {
      const auto at = plane.km(onsets[i].at);
      x_[i] = at[0], y_[i] = at[1], t_[i] = onsets[i].t_s, w_[i] = onsets[i].weight, weight_ += onsets[i].weight;
    }
    for (size_t i = 0; i < m_; ++i) {
      const auto at = plane.km(quiet[i].at);
      qx_[i] = at[0], qy_[i] = at[1], until_[i] = quiet[i].until_s;
    }
  }

  Node at(double x, double y, double depth, const TravelCurve& travel) const {
    Node node{x, y, depth};
    std::array<double, kOnsetsMax> start, sorted, weight;
    for (size_t i = 0; i < n_; ++i) {
      start[i] = t_[i] - travel(apart(x - x_[i], y - y_[i]));
      size_t k = i;
      for (; k > 0 && sorted[k - 1] > start[i]; --k) sorted[k] = sorted[k - 1], weight[k] = weight[k - 1];
      sorted[k] = start[i], weight[k] = w_[i];
    }
    double sum = 0;
    size_t middle = 0;
    while (middle + 1 < n_ && (sum += weight[middle]) < weight_ / 2) ++middle;
    // Half of the weight on each side: anything between is a median.
    node.origin = std::abs(sum - weight_ / 2) < 1e-9 && middle + 1 < n_ ? (sorted[middle] + sorted[middle + 1]) / 2 : sorted[middle];
    double residual = 0;
    for (size_t i = 0; i < n_; ++i) residual += w_[i] * std::abs(start[i] - node.origin);
    node.residual = residual / weight_;
    double late = 0;
    for (size_t i = 0; i < m_; ++i) {
      const double by = until_[i] - node.origin - travel(apart(x - qx_[i], y - qy_[i]));
      if (by > 0) late += std::min(by / kResidualS, kQuietBound);
    }
    const double deep = (depth - kDepthUsualKm) / kDepthSpreadKm;
    node.cost = residual / kResidualS + late + deep * deep / 2;
    return node;
  }

 private:
  size_t n_, m_;
  double weight_ = 0;
  std::array<double, kOnsetsMax> x_, y_, t_, w_;
  std::array<double, kQuietMax> qx_, qy_, until_;
};

// The best nodes seen, best first, one of each place: seeds that differ in depth alone lead to the same end.
struct Best {
  static constexpr size_t kKept = 6;
  std::array<Node, kKept> nodes;
  void offer(const Node& node) {
    if (node.cost >= nodes.back().cost) return;
    size_t k = 0;
    while (k < kKept - 1 && !(nodes[k].cost < 1e300 && std::abs(nodes[k].x - node.x) + std::abs(nodes[k].y - node.y) < 0.1)) ++k;
    if (node.cost >= nodes[k].cost) return;
    for (; k > 0 && nodes[k - 1].cost > node.cost; --k) nodes[k] = nodes[k - 1];
    nodes[k] = node;
  }
};

void around(const Search& search, double x, double y, double step, int reach, std::span<const TravelCurve> curves, std::span<const double> depths, Best& best) {
  for (size_t d = 0; d < depths.size(); ++d)
    for (int i = -reach; i <= reach; ++i)
      for (int j = -reach; j <= reach; ++j) best.offer(search.at(x + i * step, y + j * step, depths[d], curves[d]));
}

double spread_km(const Search& search, const Node& best) {
  const TravelCurve curve(Wave::p, best.depth);
  constexpr int kReach = 5;
  for (double step = 1;; step *= 2) {
    double sum = 0, square = 0, edge = 0;
    for (int i = -kReach; i <= kReach; ++i)
      for (int j = -kReach; j <= kReach; ++j) {
        const double p = std::exp(best.cost - search.at(best.x + i * step, best.y + j * step, best.depth, curve).cost);
        sum += p, square += p * (i * i + j * j) * step * step;
        if (std::max(std::abs(i), std::abs(j)) == kReach) edge += p;
      }
    if (edge < 0.1 * sum || step >= 16) return std::sqrt(square / sum);
  }
}

}  // namespace

std::optional<Hypocentre> locate(std::span<const Onset> onsets, std::span<const Quiet> quiet, const Hypocentre* near) {
  if (onsets.size() < 3) return std::nullopt;
  const size_t n = std::min(onsets.size(), kOnsetsMax);
  const auto first = std::min_element(onsets.begin(), onsets.begin() + static_cast<std::ptrdiff_t>(n), [](const Onset& a, const Onset& b) { return a.t_s < b.t_s; });
  const Plane plane(near ? near->epicentre : first->at);
  const Search search(onsets, quiet, plane);
  std::vector<TravelCurve> curves;
  curves.reserve(kDepths.size());
  for (const double depth : kDepths) curves.emplace_back(Wave::p, depth);

  Best best;
  bool wide = !near;
  if (near) {
    around(search, 0, 0, 6, 5, curves, kDepths, best);
    wide = std::max(std::abs(best.nodes[0].x), std::abs(best.nodes[0].y)) > 27;
  }
  if (wide) {
    const std::array<double, 2> coarse{10, 30};
    const std::array<TravelCurve, 2> two{curves[1], curves[4]};
    const double cx = best.nodes[0].cost < 1e300 ? best.nodes[0].x : 0, cy = best.nodes[0].cost < 1e300 ? best.nodes[0].y : 0;
    around(search, cx, cy, 10, 16, two, coarse, best);
  }
  const Best seeds = best;
  for (const Node& seed : seeds.nodes)
    if (seed.cost < 1e300) around(search, seed.x, seed.y, 5, 2, curves, kDepths, best);
  // Valleys of L1 are narrow and oblique: at each step on as long as it leads down.
  for (const double step : {2.5, 1.0, 0.5})
    for (int i = 0; i < 6; ++i) {
      const Node from = best.nodes[0];
      around(search, from.x, from.y, step, 3, curves, kDepths, best);
      if (best.nodes[0].cost >= from.cost) break;
    }
  // The depths between those of the grid, at the place found.
  for (double step : {4.0, 2.0, 1.0}) {
    const Node from = best.nodes[0];
    for (const double depth : {from.depth - step, from.depth + step})
      if (depth >= 2 && depth <= kDepths.back()) {
        const TravelCurve curve(Wave::p, depth);
        around(search, from.x, from.y, 0.5 * step, 2, {&curve, 1}, {&depth, 1}, best);
      }
  }
  const Node& found = best.nodes[0];
  return Hypocentre{plane.place(found.x, found.y), found.depth, found.origin, found.residual, spread_km(search, found)};
}

}  // namespace anlan::quake
