#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "quake/correlation.h"
#include "quake/shaking.h"
#include "quake/wide_math.h"

namespace anlan::quake {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014) used as a function of a counter.
uint64_t scatter(uint64_t z) {
  z += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// Nearly normal from integers alone, the same everywhere: the sum of four uniform numbers of 16 bits, mean 0, variance 1.
// Every knot of a lattice sums dozens of them, which leaves nothing to be seen of their short tails.
float lump(uint64_t bits) {
  const auto sum = static_cast<int32_t>((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));
  return static_cast<float>(sum - 131070) * (1.0f / 37837.227f);
}

// One normal number (Box and Muller).
double normal(uint64_t bits) {
  const double u = (static_cast<double>(bits >> 32) + 0.5) * 0x1p-32, v = static_cast<double>(bits & 0xffffffff) * 0x1p-32;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * wide::kPi * v);
}

// Two products of exponentials, one along rows and columns and one along diagonals, are together nearly round; this
// factor on their reach makes the mean fall like exp(-3 d / range).
constexpr double kReach = 1.24;

}  // namespace

Draws::Draws(const Sites& sites, const Field& field, Measure measure, uint64_t seed) : field_(field), measure_(measure), seed_(seed) {
  CHECK(field[measure].mean.size() == sites.size());
  if (sites.at.empty()) return;
  const double range = correlation_range_km(measure), reach = kReach * range / 3;
  const LonLat first = sites.at[0];
  const double per_lon = wide::kEarthKm * wide::kPi / 180 * std::cos(first.lat * wide::kPi / 180), per_lat = wide::kEarthKm * wide::kPi / 180;
  for (size_t l = 0; l < lattices_.size(); ++l) {
    const double c = l == 0 ? 1 : std::sqrt(0.5), s = l == 0 ? 0 : std::sqrt(0.5);
    const auto place = [&](LonLat p) {
      double dlon = p.lon - first.lon;
      dlon = dlon > 180 ? dlon - 360 : dlon < -180 ? dlon + 360 : dlon;
      const double x = dlon * per_lon, y = (p.lat - first.lat) * per_lat;
      return std::pair(x * c + y * s, y * c - x * s);
    };
    double west = 0, east = 0, south = 0, north = 0;
    for (const LonLat p : sites.at) {
      const auto [x, y] = place(p);
      west = std::min(west, x), east = std::max(east, x), south = std::min(south, y), north = std::max(north, y);
    }
    const auto count = [](double length, double cell) { return static_cast<size_t>(length / cell) + 1; };
    double cell = range / 16;
    while (static_cast<double>(count(east - west, cell)) * static_cast<double>(count(north - south, cell)) > static_cast<double>(kKnotsMax)) cell *= 1.1;
    Lattice& lattice = lattices_[l];
    lattice.columns = count(east - west, cell);
    lattice.rows = count(north - south, cell);
    lattice.keep = static_cast<float>(std::exp(-cell / reach));
    lattice.knot.resize(sites.size());
    for (size_t i = 0; i < sites.size(); ++i) {
      const auto [x, y] = place(sites.at[i]);
      const size_t column = std::min(count(x - west, cell) - 1, lattice.columns - 1), row = std::min(count(y - south, cell) - 1, lattice.rows - 1);
      lattice.knot[i] = static_cast<uint32_t>(row * lattice.columns + column);
    }
  }
}

std::vector<float> Draws::lattice(const Lattice& shape, uint64_t key) const {
  std::vector<float> z(shape.columns * shape.rows);
  const float keep = shape.keep, fresh = std::sqrt(1 - keep * keep);
  for (size_t row = 0; row < shape.rows; ++row) {
    float* line = &z[row * shape.columns];
    const uint64_t from = key + row * shape.columns;
    for (size_t column = 0; column < shape.columns; ++column) line[column] = lump(scatter(from + column));
    for (size_t column = 1; column < shape.columns; ++column) line[column] = keep * line[column - 1] + fresh * line[column];
    if (row == 0) continue;
    const float* before = line - shape.columns;
    for (size_t column = 0; column < shape.columns; ++column) line[column] = keep * before[column] + fresh * line[column];
  }
  return z;
}

void Draws::draw(uint32_t number, std::span<float> out) const {
  const Spread& spread = field_[measure_];
  CHECK(out.size() == spread.mean.size());
  if (out.empty()) return;
  const uint64_t key = scatter(seed_ ^ scatter(number));
  const auto event = static_cast<float>(normal(scatter(key)));
  const auto a = lattice(lattices_[0], scatter(key ^ 1)), b = lattice(lattices_[1], scatter(key ^ 2));
  const uint32_t *ka = lattices_[0].knot.data(), *kb = lattices_[1].knot.data();
  const float *mean = spread.mean.data(), *between = spread.between.data(), *within = spread.within.data();
  constexpr float half = 0.70710678f;
  for (size_t i = 0; i < out.size(); ++i) out[i] = mean[i] + between[i] * event + within[i] * (half * (a[ka[i]] + b[kb[i]]));
}

}  // namespace anlan::quake
