#include "quake/travel_time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace anlan::quake {
namespace {

constexpr int kLayers = 3, kRows = 51;
constexpr double kStepKm = 2;
struct Layer {
  double top_km, p, s;
};
constexpr std::array<Layer, kLayers> kCrust{{{0, 5.80, 3.36}, {20, 6.50, 3.75}, {35, 8.04, 4.47}}};

double speed(int layer, Wave wave) { return wave == Wave::p ? kCrust[static_cast<size_t>(layer)].p : kCrust[static_cast<size_t>(layer)].s; }
double bottom(int layer) { return layer + 1 < kLayers ? kCrust[static_cast<size_t>(layer) + 1].top_km : 1e9; }
// km of the depths from `a` to `b` that lie in the layer.
double part(int layer, double a, double b) { return std::max(0.0, std::min(b, bottom(layer)) - std::max(a, kCrust[static_cast<size_t>(layer)].top_km)); }

// The upgoing ray of slowness p: its reach and time are sums over the layers it crosses.
double direct_s(Wave wave, double km, double depth) {
  double fastest = 0;
  for (int l = 0; l < kLayers; ++l)
    if (part(l, 0, depth) > 0) fastest = std::max(fastest, speed(l, wave));
  if (depth <= 0) return km / speed(0, wave);
  double low = 0, high = 1 / fastest;
  const auto reach = [&](double p) {
    double sum = 0;
    for (int l = 0; l < kLayers; ++l) {
      const double sine = p * speed(l, wave), h = part(l, 0, depth);
      if (h > 0) sum += h * sine / std::sqrt(std::max(1e-15, 1 - sine * sine));
    }
    return sum;
  };
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (reach(middle) < km ? low : high) = middle;
  }
  // Written as p X + sum of h eta, which stays exact where the ray grazes.
  double time = low * km;
  for (int l = 0; l < kLayers; ++l) {
    const double sine = low * speed(l, wave), h = part(l, 0, depth);
    if (h > 0) time += h * std::sqrt(std::max(0.0, 1 - sine * sine)) / speed(l, wave);
  }
  return time;
}

// Down to the top of `along`, along it, and up.
double head_s(Wave wave, double km, double depth, int along) {
  const double v = speed(along, wave), top = kCrust[static_cast<size_t>(along)].top_km;
  if (top <= depth) return std::numeric_limits<double>::infinity();
  double time = km / v, nearest = 0;
  for (int l = 0; l < along; ++l) {
    const double u = speed(l, wave), cosine = std::sqrt(1 - u * u / (v * v));
    const double h = part(l, 0, top) + part(l, depth, top);
    time += h * cosine / u;
    nearest += h * (u / v) / cosine;
  }
  return km < nearest ? std::numeric_limits<double>::infinity() : time;
}

std::vector<float> build(Wave wave) {
  std::vector<float> table;
  table.reserve(kRows * TravelCurve::kColumns);
  for (int row = 0; row < kRows; ++row)
    for (int column = 0; column < TravelCurve::kColumns; ++column) {
      const double depth = row * kStepKm, km = column * kStepKm;
      double best = direct_s(wave, km, depth);
      for (int l = 1; l < kLayers; ++l) best = std::min(best, head_s(wave, km, depth, l));
      table.push_back(static_cast<float>(best));
    }
  return table;
}

const std::vector<float>& table(Wave wave) {
  static const std::vector<float> p = build(Wave::p), s = build(Wave::s);
  return wave == Wave::p ? p : s;
}

}  // namespace

TravelCurve::TravelCurve(Wave wave, double depth_km) {
  const double at = std::clamp(depth_km, 0.0, kDepthKmMax) / kStepKm;
  const int row = std::min(static_cast<int>(at), kRows - 2);
  upper_ = table(wave).data() + row * kColumns;
  lower_ = upper_ + kColumns;
  deeper_ = at - row;
}

double travel_s(Wave wave, double epicentral_km, double depth_km) { return TravelCurve(wave, depth_km)(std::min(epicentral_km, kTravelKmMax)); }

}  // namespace anlan::quake
