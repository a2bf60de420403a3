#include "quake/magnitude.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace anlan::quake {
namespace {

constexpr double kTauCFromPdCm = 0.1, kFarthestFromMedian = 1.0;
// Epicentral relations have no data below about 5 km and would fall without end.
constexpr double kNearestKm = 5;
// Between two stations of one event part of the scatter is common (source, region) and does not average out.
constexpr double kSigmaEvent = 0.25;

}  // namespace

double magnitude_wu_zhao(double pd_cm, double hypocentral_km) { return 4.748 + 1.371 * std::log10(pd_cm) + 1.883 * std::log10(hypocentral_km); }
double magnitude_kuyuk_allen(double pd_cm, double epicentral_km) { return 5.39 + 1.23 * std::log10(pd_cm) + 1.38 * std::log10(std::max(epicentral_km, kNearestKm)); }
double magnitude_tau_c(double tau_c_s) { return 5.787 + 3.373 * std::log10(tau_c_s); }
double pd_wu_zhao(double magnitude, double hypocentral_km) { return std::pow(10, -3.463 + 0.729 * magnitude - 1.374 * std::log10(hypocentral_km)); }

MagnitudeEstimate station_magnitude(const Amplitude& a) {
  if (!(a.pd_cm > 0)) return {};
  const double hypocentral = std::max(kNearestKm, std::hypot(a.epicentral_km, a.depth_km));
  // Both relations read the same Pd: two readings of one datum, so their mean, not a smaller variance.
  double m = (magnitude_wu_zhao(a.pd_cm, hypocentral) + magnitude_kuyuk_allen(a.pd_cm, a.epicentral_km)) / 2;
  const double missing = std::clamp((kWindowS - a.window_s) / kWindowS, 0.0, 1.0) * 0.6;
  double variance = kSigmaPd * kSigmaPd + missing * missing;
  if (a.tau_c_s > 0 && a.pd_cm > kTauCFromPdCm) {
    const double v = kSigmaTauC * kSigmaTauC;
    m = (m / variance + magnitude_tau_c(a.tau_c_s) / v) / (1 / variance + 1 / v);
    variance = 1 / (1 / variance + 1 / v);
  }
  return {m, std::sqrt(variance), 1};
}

MagnitudeEstimate network_magnitude(std::span<const Amplitude> amplitudes) {
  std::vector<MagnitudeEstimate> all;
  for (const Amplitude& a : amplitudes)
    if (const auto m = station_magnitude(a); m.stations) all.push_back(m);
  if (all.empty()) return {};
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end(), [](const auto& a, const auto& b) { return a.magnitude < b.magnitude; });
  const double median = middle->magnitude;
  double sum = 0, weight = 0;
  unsigned n = 0;
  for (const auto& m : all) {
    if (std::abs(m.magnitude - median) > kFarthestFromMedian) continue;
    const double w = 1 / (m.sigma * m.sigma);
    sum += w * m.magnitude, weight += w, ++n;
  }
  return {sum / weight, std::sqrt(1 / weight + kSigmaEvent * kSigmaEvent), n};
}

}  // namespace anlan::quake
