#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>
#include <unordered_set>

#include "quake/condition_lanes.h"
#include "quake/correlation.h"
#include "quake/shaking.h"
#include "quake/wide_math.h"

namespace anlan::quake {
namespace {

// What an instrument adds by itself (ln, or degrees): keeps two stations at one place from contradicting each other.
constexpr double kInstrumentNoise = 0.1;
// Beyond this many ranges two places share less than 1e-5.
constexpr double kCutoffRanges = 3.84;
constexpr double kTileDegrees = 0.125;

struct Point {
  double x, y, z;  // km from the middle of the earth
};
Point point(LonLat p) {
  const double lat = p.lat * wide::kPi / 180, lon = p.lon * wide::kPi / 180;
  return {wide::kEarthKm * std::cos(lat) * std::cos(lon), wide::kEarthKm * std::cos(lat) * std::sin(lon), wide::kEarthKm * std::sin(lat)};
}
double chord(Point a, Point b) { return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z)); }

int64_t cell_of(LonLat p, double degrees) {
  return static_cast<int64_t>(std::floor((p.lat + 90) / degrees)) * (int64_t{1} << 32) + static_cast<int64_t>(std::floor((p.lon + 180) / degrees));
}

// The observed value in units of the measure (ln or degrees); NaN: none.
double observed(const Observation& o, Measure measure) {
  const float value = measure == Measure::pga ? o.pga : measure == Measure::pgv ? o.pgv : o.intensity;
  if (!std::isfinite(value) || value <= 0) return std::nan("");
  if (measure == Measure::intensity) return value >= 1 && value <= 12 ? static_cast<double>(value) : std::nan("");
  return std::log(static_cast<double>(value));
}

struct Sensors {
  std::vector<Point> at;
  std::vector<double> phi, noise, residual;
  double tau = 0;
};

// The first of each cell, the cells widened until few enough are left. Bounded: 360 degrees leave one or two.
std::vector<size_t> thinned(std::vector<size_t> rows, std::span<const Observation> observations) {
  for (double degrees = 0.002; rows.size() > kObservationsMax && degrees < 400; degrees *= 1.5) {
    std::unordered_set<int64_t> seen;
    std::erase_if(rows, [&](size_t row) { return !seen.insert(cell_of(observations[row].at, degrees)).second; });
  }
  return rows;
}

struct Solution {
  std::vector<lanes::Sensor> sensors;  // positions are set for each tile
  double bias = 0, bias_sigma = 0;
};

Solution solve(const Sensors& s, double range) {
  const auto n = static_cast<Eigen::Index>(s.at.size());
  Eigen::MatrixXd c(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto a = static_cast<size_t>(i);
    for (Eigen::Index j = 0; j <= i; ++j) {
      const auto b = static_cast<size_t>(j);
      c(i, j) = s.phi[a] * s.phi[b] * std::exp(-3 / range * chord(s.at[a], s.at[b]));
    }
    c(i, i) += s.noise[a] * s.noise[a];
  }
  // The noise on the diagonal keeps C positive definite whatever stands at one place.
  const Eigen::LLT<Eigen::MatrixXd> llt(c.selfadjointView<Eigen::Lower>());
  const Eigen::VectorXd one = Eigen::VectorXd::Ones(n), r = Eigen::Map<const Eigen::VectorXd>(s.residual.data(), n);
  const Eigen::VectorXd u = llt.solve(one), v = llt.solve(r);
  const double precision = one.dot(u) + 1 / (s.tau * s.tau);
  Solution solution;
  solution.bias = one.dot(v) / precision;
  solution.bias_sigma = 1 / std::sqrt(precision);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double phi = s.phi[static_cast<size_t>(i)];
    solution.sensors.push_back({0, 0, 0, static_cast<float>(phi), static_cast<float>(phi * (v(i) - solution.bias * u(i))), static_cast<float>(phi * u(i))});
  }
  return solution;
}

// The Cholesky factor of the covariance of a few stations, as remaining() wants it.
void factor(const Sensors& s, const std::vector<uint32_t>& rows, double range, std::vector<float>& out) {
  const size_t n = rows.size();
  std::vector<double> l(n * n);
  out.assign(n * n, 0);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      const uint32_t a = rows[i], b = rows[j];
      double sum = s.phi[a] * s.phi[b] * std::exp(-3 / range * chord(s.at[a], s.at[b])) + (a == b ? s.noise[a] * s.noise[a] : 0);
      for (size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / l[j * n + j];
      out[i * n + j] = static_cast<float>(i == j ? 1 / l[i * n + i] : l[i * n + j]);
    }
  }
}

// Sites of one neighbourhood, by their places in `order`.
struct Tile {
  size_t first, last;
};

class Spreader {
 public:
  Spreader(const Sites& sites, const std::vector<uint32_t>& order, const Sensors& sensors, const Solution& solution, double range, Spread& field)
      : sites_(sites), order_(order), s_(sensors), solution_(solution), range_(range), field_(field) {}

  void work(Tile tile) {
    const Point centre = point(sites_.at[order_[tile.first]]);
    double radius = 0;
    for (size_t i = tile.first; i < tile.last; ++i) radius = std::max(radius, chord(centre, point(sites_.at[order_[i]])));
    near_.clear();
    for (uint32_t j = 0; j < s_.at.size(); ++j)
      if (chord(centre, s_.at[j]) <= kCutoffRanges * range_ + radius) near_.push_back(j);
    // By distance, ties by row: the same tile gives the same neighbours on every machine.
    std::sort(near_.begin(), near_.end(), [&](uint32_t a, uint32_t b) {
      const double da = chord(centre, s_.at[a]), db = chord(centre, s_.at[b]);
      return da < db || (da == db && a < b);
    });
    local_.clear();
    for (const uint32_t j : near_) {
      lanes::Sensor sensor = solution_.sensors[j];
      sensor.x = static_cast<float>(s_.at[j].x - centre.x), sensor.y = static_cast<float>(s_.at[j].y - centre.y), sensor.z = static_cast<float>(s_.at[j].z - centre.z);
      local_.push_back(sensor);
    }
    near_.resize(std::min(near_.size(), kVarianceNeighbours));
    factor(s_, near_, range_, lower_);
    for (size_t i = tile.first; i < tile.last; i += lanes::kLanes) some(i, std::min(i + lanes::kLanes, tile.last), centre);
  }

 private:
  void some(size_t first, size_t last, Point centre) {
    lanes::Places places;
    for (size_t i = 0; i < static_cast<size_t>(lanes::kLanes); ++i) {
      const Point p = point(sites_.at[order_[std::min(first + i, last - 1)]]);
      places.x[i] = static_cast<float>(p.x - centre.x), places.y[i] = static_cast<float>(p.y - centre.y), places.z[i] = static_cast<float>(p.z - centre.z);
    }
    alignas(64) float weight[lanes::kLanes], shift[lanes::kLanes], share[lanes::kLanes];
    const auto per_km = static_cast<float>(3 / range_);
    lanes::weigh(&places, local_.data(), local_.size(), per_km, weight, shift);
    lanes::remaining(&places, local_.data(), near_.size(), per_km, lower_.data(), share);
    for (size_t i = first; i < last; ++i) {
      const uint32_t site = order_[i];
      const float phi = field_.within[site];
      field_.mean[site] += static_cast<float>(solution_.bias) + phi * weight[i - first];
      field_.between[site] = std::abs(1 - phi * shift[i - first]) * static_cast<float>(solution_.bias_sigma);
      field_.within[site] = phi * std::sqrt(share[i - first]);
    }
  }

  const Sites& sites_;
  const std::vector<uint32_t>& order_;
  const Sensors& s_;
  const Solution& solution_;
  double range_;
  Spread& field_;
  std::vector<uint32_t> near_;
  std::vector<lanes::Sensor> local_;
  std::vector<float> lower_;
};

std::vector<Tile> tiles_of(const Sites& sites, std::vector<uint32_t>& order) {
  std::vector<std::pair<int64_t, uint32_t>> keys(sites.size());
  for (size_t i = 0; i < sites.size(); ++i) keys[i] = {cell_of(sites.at[i], kTileDegrees), static_cast<uint32_t>(i)};
  std::sort(keys.begin(), keys.end());
  order.resize(sites.size());
  std::vector<Tile> tiles;
  for (size_t i = 0; i < keys.size(); ++i) {
    order[i] = keys[i].second;
    if (i == 0 || keys[i].first != keys[i - 1].first) tiles.push_back({i, i});
    tiles.back().last = i + 1;
  }
  return tiles;
}

}  // namespace

Result<Conditioned> condition(const Event& event, const Sites& sites, const ShakingModel& model, const Field& prior,
                              std::span<const Observation> observations) {
  TRY_VOID(check(event));
  for (const Spread& spread : prior.of)
    if (spread.mean.size() != sites.size() || spread.between.size() != sites.size() || spread.within.size() != sites.size())
      return Error(ErrorCode::kInvalidField, {{"field", "prior"}, {"why", "与场点个数不同 / not one value for each site"}});
  Conditioned result;
  result.field = prior;
  std::array<std::vector<size_t>, kMeasures> rows;
  for (size_t i = 0; i < observations.size(); ++i) {
    bool any = false;
    for (size_t m = 0; m < kMeasures; ++m) {
      if (!is_valid(observations[i].at) || std::isnan(observed(observations[i], static_cast<Measure>(m)))) continue;
      rows[m].push_back(i);
      any = true;
    }
    if (!any) ++result.left_out;
  }
  std::vector<uint32_t> order;
  std::vector<Tile> tiles;
  for (size_t m = 0; m < kMeasures; ++m) {
    const auto measure = static_cast<Measure>(m);
    rows[m] = thinned(std::move(rows[m]), observations);
    result.used[m] = rows[m].size();
    if (rows[m].empty()) continue;
    Sites stations;
    for (const size_t row : rows[m]) {
      const float vs30 = observations[row].vs30;
      stations.at.push_back(observations[row].at);
      stations.vs30.push_back(vs30 > 0 && vs30 <= 1e4f ? vs30 : 0);
    }
    TRY(expected, shake(event, stations, model));
    Sensors sensors;
    for (size_t i = 0; i < rows[m].size(); ++i) {
      const Observation& o = observations[rows[m][i]];
      const double survey = measure == Measure::intensity && o.intensity_sigma > 0 && o.intensity_sigma < 10 ? static_cast<double>(o.intensity_sigma) : 0;
      sensors.at.push_back(point(o.at));
      sensors.phi.push_back(static_cast<double>(expected[measure].within[i]));
      sensors.noise.push_back(std::hypot(kInstrumentNoise, survey));
      sensors.residual.push_back(observed(o, measure) - static_cast<double>(expected[measure].mean[i]));
      sensors.tau += static_cast<double>(expected[measure].between[i]) / static_cast<double>(rows[m].size());
    }
    const double range = correlation_range_km(measure);
    const Solution solution = solve(sensors, range);
    result.bias[m] = solution.bias;
    if (tiles.empty()) tiles = tiles_of(sites, order);
    const auto part = [&](size_t from, size_t to) {
      Spreader spreader(sites, order, sensors, solution, range, result.field.of[m]);
      for (size_t t = from; t < to; ++t) spreader.work(tiles[t]);
    };
    if (tiles.size() < 8) {
      part(0, tiles.size());
    } else {
      const std::jthread other([&] { part(tiles.size() / 2, tiles.size()); });
      part(0, tiles.size() / 2);
    }
  }
  return result;
}

}  // namespace anlan::quake
