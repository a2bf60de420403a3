// Synthetic networks and records from a seed, for tests, benchmarks and demonstrations: stations on a shaken grid, noise, nuisances, and
// P and S of earthquakes whose Pd follows Wu and Zhao with a scatter. The numbers depend on (seed, channel, sample) alone.
//
// P is noise between the corner frequency (Brune, 3 MPa) and 10 Hz under an envelope, scaled so that the displacement of its
// first 3 s behind the 0.075 Hz high-pass peaks at the wanted Pd; S is four times as large across and twice upward.
// Travel times are those of travel_time.h with a scatter of 0.1 s.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "quake/early_warning.h"
#include "quake/magnitude.h"
#include "quake/travel_time.h"

namespace anlan::quake::synthetic {

// SplitMix64 of a key (Steele, Lea and Flood 2014).
inline uint64_t hash(uint64_t z) {
  z += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}
inline uint64_t hash(uint64_t a, uint64_t b, uint64_t c = 0) { return hash(hash(hash(a) + b) + c); }
inline double unit(uint64_t h) { return static_cast<double>(h >> 11) * 0x1p-53; }
// Sum of four uniforms: as good as normal for noise.
inline double normal(uint64_t h) {
  double sum = -2;
  for (int i = 0; i < 4; ++i) sum += static_cast<double>((h >> (16 * i)) & 0xFFFF) / 65536;
  return sum * std::numbers::sqrt3;
}

struct Shock {
  double at_s = 60;       // origin, seconds after the start
  LonLat epicentre{103, 31};
  double depth_km = 10, magnitude = 6;
};
struct Nuisance {
  double spikes_per_min = 0;   // one to three samples of up to 10,000 times the noise
  double bursts_per_min = 0;   // a lorry: 1 to 3 s at 4 to 15 Hz, 10 to 40 times the noise
  bool teleseism = false;      // 8 s waves that grow over 20 s, the same everywhere within seconds, 3 mm
  std::vector<uint32_t> dead, clipped, calibrating;  // stations; clipped: at +-1 million counts; calibrating: a step every 30 s
};

class Field {
 public:
  static constexpr int kRate = 100;
  static constexpr double kGain = 1e6;            // counts per m/s2
  static constexpr int64_t kStartUs = 1'700'000'000'000'000;
  uint64_t seed = 1;
  std::vector<Station> stations;
  std::vector<Channel> channels;                  // three of each station
  std::vector<Shock> shocks;
  Nuisance nuisance;

  // About `n` stations, `spacing_km` apart, around the centre.
  Field(uint64_t s, size_t n, double spacing_km, LonLat centre = {103, 31}) : seed(s) {
    const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(n))));
    for (int64_t i = 0; i < static_cast<int64_t>(n); ++i) {
      const auto u = static_cast<uint64_t>(i);
      const double x = (static_cast<double>(i % side - side / 2) + 0.7 * (unit(hash(seed, 1, u)) - 0.5)) * spacing_km;
      const double y = (static_cast<double>(i / side - side / 2) + 0.7 * (unit(hash(seed, 2, u)) - 0.5)) * spacing_km;
      const double lat = centre.lat + y / 111.195;
      stations.push_back({"SY." + std::to_string(i), {centre.lon + x / (111.195 * std::cos(lat * std::numbers::pi / 180)), lat}});
      for (const auto direction : {Channel::Direction::vertical, Channel::Direction::north, Channel::Direction::east})
        channels.push_back({static_cast<uint32_t>(i), direction, Channel::Unit::acceleration, kGain, kRate, 8e6});
      noise_.push_back(3e-5 * std::pow(10, unit(hash(seed, 3, u))));   // 0.03 to 0.3 mm/s2
    }
    table_.resize(1 << 16);
    for (size_t i = 0; i < table_.size(); ++i) table_[i] = static_cast<float>(normal(hash(seed, 4, i)));
  }

  // Samples [first, first + out.size()) of a channel.
  void fill(uint32_t channel, int64_t first, std::span<int32_t> out) {
    const uint32_t station = channel / 3;
    const bool vertical = channel % 3 == 0;
    const double level = noise_[station] * kGain;
    const double offset = 20'000 * (unit(hash(seed, 5, channel)) - 0.5);
    if (listed(nuisance.dead, station)) return std::fill(out.begin(), out.end(), static_cast<int32_t>(offset)), void();
    const size_t from = hash(seed, channel + 100, static_cast<uint64_t>(first)) & 0xFFFF;
    // Microseism at 0.2 Hz by a turning pointer.
    const double turn = 2 * std::numbers::pi * 0.2 / kRate;
    double c = std::cos(turn * static_cast<double>(first) + station), s = std::sin(turn * static_cast<double>(first) + station);
    const double dc = std::cos(turn), ds = std::sin(turn), swell = 2e-5 * kGain;
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<int32_t>(offset + level * table_[(from + i) & 0xFFFF] + swell * s + 0.5);
      const double t = c * dc - s * ds;
      s = s * dc + c * ds, c = t;
    }
    disturb(channel, station, vertical, level, first, out);
    for (size_t k = 0; k < shocks.size(); ++k) shake(k, station, channel % 3, first, out);
    if (listed(nuisance.clipped, station))
      for (int32_t& x : out) x = (x + 3'000'000) % 7 < 3 ? 1'000'000 : -1'000'000;
  }
  double p_s(const Shock& q, uint32_t station) const { return q.at_s + travel_s(Wave::p, km(q, station), q.depth_km) + 0.1 * normal(hash(seed, 6, station)); }
  double km(const Shock& q, uint32_t station) const { return distance_m(q.epicentre, stations[station].at) / 1000; }
  // Records that have ended are let go.
  void forget() { records_.clear(); }

 private:
  struct Record {
    int64_t first = 0;
    std::vector<float> p, s;   // m/s2 on the vertical and (as S) across
  };
  static bool listed(const std::vector<uint32_t>& list, uint32_t station) { return std::ranges::find(list, station) != list.end(); }

  void disturb(uint32_t channel, uint32_t station, bool vertical, double level, int64_t first, std::span<int32_t> out) const {
    const int64_t last = first + static_cast<int64_t>(out.size());
    const auto add = [&](int64_t at, double counts) {
      if (at >= first && at < last) out[static_cast<size_t>(at - first)] += static_cast<int32_t>(counts);
    };
    // One slot a second for each kind.
    for (int64_t second = first / kRate - 4; second <= last / kRate; ++second) {
      const auto key = static_cast<uint64_t>(second);
      if (nuisance.spikes_per_min > 0 && unit(hash(seed + 11, channel, key)) < nuisance.spikes_per_min / 60) {
        const uint64_t h = hash(seed + 12, channel, key);
        for (uint64_t k = 0; k <= h % 3; ++k) add(second * kRate + static_cast<int64_t>(h >> 8) % 90 + static_cast<int64_t>(k), level * std::pow(10, 1 + 3 * unit(hash(h + k))) * (k % 2 ? -1 : 1));
      }
      if (nuisance.bursts_per_min > 0 && unit(hash(seed + 13, station, key)) < nuisance.bursts_per_min / 60) {
        const uint64_t h = hash(seed + 14, station, key);
        const double length = 1 + 2 * unit(hash(h)), hz = 4 + 11 * unit(hash(h + 1)), size = level * (10 + 30 * unit(hash(h + 2))) * (vertical ? 1 : 0.7);
        for (int64_t i = 0; i < static_cast<int64_t>(length * kRate); ++i) {
          const double t = static_cast<double>(i) / kRate;
          add(second * kRate + i, size * std::sin(std::numbers::pi * t / length) * std::sin(2 * std::numbers::pi * hz * t) * (0.7 + 0.5 * table_[(h + static_cast<uint64_t>(i)) & 0xFFFF]));
        }
      }
    }
    const bool steps = listed(nuisance.calibrating, station);
    for (size_t i = 0; i < out.size() && (steps || nuisance.teleseism); ++i) {
      const double t = static_cast<double>(first + static_cast<int64_t>(i)) / kRate;
      if (steps && std::fmod(t, 30) > 25) out[i] += static_cast<int32_t>(0.05 * kGain);
      const double late = t - 60 - 0.1 * static_cast<double>(station % 7);
      if (nuisance.teleseism && late > 0) {
        const double w = 2 * std::numbers::pi / 8;
        out[i] += static_cast<int32_t>(kGain * 0.003 * w * w * std::min(1.0, late / 20) * std::sin(w * late));
      }
    }
  }

  const Record& record(size_t shock, uint32_t station) {
    const auto key = std::pair(shock, station);
    if (const auto found = records_.find(key); found != records_.end()) return found->second;
    const Shock& q = shocks[shock];
    Record r;
    const double far = std::hypot(km(q, station), q.depth_km), p = p_s(q, station);
    const double sp = travel_s(Wave::s, km(q, station), q.depth_km) - travel_s(Wave::p, km(q, station), q.depth_km);
    const double corner = 0.24 * std::pow(10, (6 - q.magnitude) / 2), length = 2 / corner + 4;
    r.first = static_cast<int64_t>(std::ceil(p * kRate));
    const auto n = static_cast<size_t>((sp + 4 * length) * kRate);
    // Band-limited noise, twice.
    const auto rough = [&](uint64_t which) {
      std::vector<double> x(n);
      const double high = std::exp(-2 * std::numbers::pi * std::max(corner, 0.1) / kRate), low = std::exp(-2 * std::numbers::pi * 10 / kRate);
      double h1 = 0, h2 = 0, l = 0;
      for (size_t i = 0; i < n; ++i) {
        const double raw = normal(hash(seed + 20 + which, station + 7919 * shock, i));
        h1 = h1 * high + raw * (1 - high);
        h2 = h2 * high + (raw - h1) * (1 - high);
        l = l * low + (raw - h1 - h2) * (1 - low);
        x[i] = l;
      }
      return x;
    };
    const auto up = rough(1), across = rough(2);
    const auto envelope = [&](double t) { return t < 0 ? 0.0 : (1 - std::exp(-t / 0.05)) * std::exp(-t / length); };
    r.p.resize(n), r.s.resize(n);
    double q1 = 0, v1 = 0, pd = 0;
    const double w = 2 * std::numbers::pi * 0.075, dt = 1.0 / kRate;
    for (size_t i = 0; i < n; ++i) {
      const double a = up[i] * envelope(static_cast<double>(i) * dt);
      v1 += dt * (a - std::numbers::sqrt2 * w * v1 - w * w * q1);
      q1 += dt * v1;
      if (i < std::min(3.0, sp) * kRate) pd = std::max(pd, std::abs(q1));
    }
    const double wanted = 0.01 * pd_wu_zhao(q.magnitude, far) * std::pow(10, 0.12 * normal(hash(seed, 30 + shock, station)));
    const double scale = wanted / std::max(pd, 1e-30);
    for (size_t i = 0; i < n; ++i) {
      const double t = static_cast<double>(i) * dt;
      r.p[i] = static_cast<float>(scale * up[i] * envelope(t));
      r.s[i] = static_cast<float>(4 * scale * across[i] * envelope((t - sp) / 2));
    }
    return records_.emplace(key, std::move(r)).first->second;
  }

  void shake(size_t shock, uint32_t station, uint32_t component, int64_t first, std::span<int32_t> out) {
    const Shock& q = shocks[shock];
    const int64_t last = first + static_cast<int64_t>(out.size());
    if (km(q, station) > 400 || static_cast<double>(last) < p_s(q, station) * kRate || static_cast<double>(first) > (q.at_s + 400) * kRate) return;
    const Record& r = record(shock, station);
    const double p = component == 0 ? 1 : 0.35, s = component == 0 ? 0.5 : component == 1 ? 1 : 0.8;
    for (int64_t i = std::max(first, r.first); i < last; ++i) {
      const auto k = static_cast<size_t>(i - r.first);
      if (k >= r.p.size()) return;
      const double sum = kGain * (p * r.p[k] + s * r.s[k]);
      out[static_cast<size_t>(i - first)] += static_cast<int32_t>(std::clamp(sum, -8e6, 8e6));
    }
  }

  std::vector<double> noise_;
  std::vector<float> table_;
  std::map<std::pair<size_t, uint32_t>, Record> records_;
};

// Packets of one second; those of a station start at its own part of the second, in which order they are sent.
struct Sender {
  explicit Sender(Field& f) : field(f) {
    for (uint32_t i = 0; i < f.stations.size(); ++i) order.push_back({static_cast<int64_t>(hash(f.seed, 7, i) % Field::kRate), i});
    std::ranges::sort(order);
  }
  // Every packet that starts in this second: f(channel, first sample, samples).
  template <class F>
  void second(int64_t k, F f) {
    std::array<int32_t, Field::kRate> samples;
    for (const auto& [phase, station] : order)
      for (uint32_t c = 0; c < 3; ++c) {
        const int64_t first = k * Field::kRate + phase;
        field.fill(station * 3 + c, first, samples);
        f(station * 3 + c, first, std::span<const int32_t>(samples));
      }
  }
  Field& field;
  std::vector<std::pair<int64_t, uint32_t>> order;
};
inline int64_t time_us(int64_t sample) { return Field::kStartUs + sample * (1'000'000 / Field::kRate); }

}  // namespace anlan::quake::synthetic
