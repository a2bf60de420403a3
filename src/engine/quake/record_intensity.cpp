#include "quake/record_intensity.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "quake/instrumental.h"

namespace anlan::quake {
namespace {

constexpr double kLowHz = 0.1, kHighHz = 10, kSampleMax = 1'000;

// The two quality factors of a Butterworth filter of fourth order.
constexpr std::array<double, 2> kQuality{0.5411961001461969, 1.3065629648763766};

}  // namespace

Result<RecordIntensity> RecordIntensity::of(double rate_hz) {
  if (!(rate_hz >= 1 && rate_hz <= 10'000)) return Error(ErrorCode::kInvalidField, {{"field", "rate_hz"}, {"why", "采样率应在1至10000赫兹之间 / the rate must be 1 to 10,000 Hz"}});
  RecordIntensity record;
  record.step_s_ = 1 / rate_hz;
  record.sections_ = rate_hz < 2.5 * kHighHz ? 2 : 4;
  for (size_t i = 0; i < record.sections_; ++i) {
    const bool high_pass = i < 2;
    const double k = std::tan(std::numbers::pi * (high_pass ? kLowHz : kHighHz) / rate_hz), q = kQuality[i % 2], norm = 1 / (1 + k / q + k * k);
    Section& s = record.section_[i];
    s.b0 = high_pass ? norm : k * k * norm;
    s.b1 = high_pass ? -2 * s.b0 : 2 * s.b0;
    s.b2 = s.b0;
    s.a1 = 2 * (k * k - 1) * norm;
    s.a2 = (1 - k / q + k * k) * norm;
  }
  return record;
}

double RecordIntensity::filter(Channel& channel, double sample) const {
  for (size_t i = 0; i < sections_; ++i) {
    const Section& s = section_[i];
    auto& z = channel.state[i];
    const double out = s.b0 * sample + z[0];
    z[0] = s.b1 * sample - s.a1 * out + z[1];
    z[1] = s.b2 * sample - s.a2 * out;
    sample = out;
  }
  return sample;
}

void RecordIntensity::gap() { fresh_ = true; }

void RecordIntensity::take(std::span<const double> east, std::span<const double> north, std::span<const double> vertical) {
  const std::array<std::span<const double>, kComponents> parts{east, north, vertical};
  size_t n = SIZE_MAX;
  for (const auto& part : parts)
    if (!part.empty()) n = std::min(n, part.size());
  if (n == SIZE_MAX) return;
  for (size_t i = 0; i < n; ++i) {
    const bool bad = std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return !part.empty() && !(std::abs(part[i]) <= kSampleMax); });
    if (bad) {
      ++dropped_;
      fresh_ = true;
      continue;
    }
    double raw = 0, acceleration = 0, velocity = 0;
    for (size_t c = 0; c < kComponents; ++c) {
      if (parts[c].empty()) continue;
      Channel& channel = channel_[c];
      // The first sample is taken for the instrument's offset, at which the filters rest.
      if (fresh_) channel = {.offset = parts[c][i]};
      const double a = filter(channel, parts[c][i] - channel.offset);
      channel.velocity += (a + channel.last) / 2 * step_s_;
      channel.last = a;
      raw += parts[c][i] * parts[c][i];
      acceleration += a * a;
      velocity += channel.velocity * channel.velocity;
    }
    fresh_ = false;
    peaks_.raw_pga = std::max(peaks_.raw_pga, std::sqrt(raw));
    peaks_.pga = std::max(peaks_.pga, std::sqrt(acceleration));
    peaks_.pgv = std::max(peaks_.pgv, std::sqrt(velocity));
  }
}

double RecordIntensity::Peaks::intensity() const { return instrumental_intensity(pga, pgv); }

Result<RecordIntensity::Peaks> record_peaks(double rate_hz, std::span<const double> east, std::span<const double> north, std::span<const double> vertical) {
  TRY(record, RecordIntensity::of(rate_hz));
  record.take(east, north, vertical);
  return record.peaks();
}

}  // namespace anlan::quake
