#include "quake/waveform_stream.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::quake {
namespace {

constexpr double kSlack = 0.75;            // of a sample
constexpr double kLongAgoUs = 120e6;
constexpr unsigned kBehindAgreed = 20;
constexpr size_t kSpikeLongest = 3, kQuietAfter = 4;
constexpr double kLeap = 15, kReturn = 0.1, kStepShare = 0.1;
constexpr int64_t kSilentUs = 10'000'000;  // behind the newest of all: not live

}  // namespace

WaveformStream::WaveformStream(const Channel& channel)
    : scale_(1 / channel.gain), clip_(channel.clip), step_us_(1e6 / channel.rate_hz), velocity_(channel.unit == Channel::Unit::velocity) {}

WaveformStream::Admitted WaveformStream::admit(const Packet& packet) {
  auto samples = packet.samples;
  int64_t start = packet.start_us;
  bool restarted = !begun_;
  if (begun_) {
    const double off = static_cast<double>(start - newest_us_) / step_us_ - 1;  // samples between here and the expected start
    behind_ = off * step_us_ < -kLongAgoUs ? behind_ + 1 : 0;
    if (behind_ > kBehindAgreed) {
      behind_ = 0;
      restarted = true;
    } else if (off < -kSlack) {
      ++overlaps_;
      const auto old = static_cast<size_t>(std::min(std::ceil(-off - kSlack), static_cast<double>(samples.size())));
      samples = samples.subspan(old);
      start += std::llround(static_cast<double>(old) * step_us_);
    } else if (off > kSlack) {
      ++gaps_;
      restarted = true;
    }
  }
  if (samples.empty()) return {};
  const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
  const int64_t length = std::llround(static_cast<double>(samples.size()) * step_us_);
  const bool was_dead = dead();
  flat_us_ = *low == *high && (restarted || *low == last_) ? (restarted ? length : flat_us_ + length) : 0;
  if (was_dead && flat_us_ == 0) restarted = true;
  newest_us_ = start + std::llround(static_cast<double>(samples.size() - 1) * step_us_);
  if (clip_ > 0 && std::max(-static_cast<double>(*low), static_cast<double>(*high)) >= clip_) clipped_us_ = newest_us_;
  last_ = samples.back();
  begun_ = true;
  if (restarted) {
    std::array<double, 256> head;
    const size_t n = std::min(samples.size(), head.size());
    for (size_t i = 0; i < n; ++i) head[i] = samples[i] * scale_;
    start_motion(motion_, {head.data(), n});
    age_ = 0;
  }
  return {samples, restarted};
}

void WaveformStream::remove_spikes(std::span<double> x) {
  double sum = 0, most = 0, last = before_;
  for (const double now : x) {
    const double step = std::abs(now - last);
    sum += step, most = std::max(most, step);
    last = now;
  }
  const double mean = sum / static_cast<double>(x.size());
  if (usual_step_ > 0 && most > kLeap * usual_step_) {
    for (size_t i = 0; i + kSpikeLongest + kQuietAfter <= x.size(); ++i) {
      const double base = i == 0 ? before_ : x[i - 1], leap = std::abs(x[i] - base);
      if (leap <= kLeap * usual_step_) continue;
      const auto calm = [&](double v) { return std::abs(v - base) < kReturn * leap; };
      size_t length = 1;
      while (length <= kSpikeLongest && !calm(x[i + length])) ++length;
      if (length > kSpikeLongest) continue;
      const size_t from = i - std::min(i, kQuietAfter), until = std::min(i + length + kQuietAfter, x.size());
      if (!std::all_of(&x[from], &x[i], calm) || !std::all_of(&x[i + length], x.data() + until, calm)) continue;
      std::fill_n(&x[i], length, base);
      ++spikes_;
    }
  }
  // Bounded, so that neither a spike nor the onset of shaking makes the next one usual.
  usual_step_ = usual_step_ > 0 ? usual_step_ + kStepShare * (std::min(mean, 3 * usual_step_) - usual_step_) : mean;
  before_ = x.back();
}

MotionPeaks WaveformStream::run(const Tuning& tuning, std::span<const int32_t> samples, std::span<double> acceleration, float* displacement) {
  for (size_t i = 0; i < samples.size(); ++i) acceleration[i] = samples[i] * scale_;
  if (age_ == 0) before_ = acceleration[0], usual_step_ = 0;
  remove_spikes(acceleration.first(samples.size()));
  age_ += static_cast<uint32_t>(std::min<size_t>(samples.size(), UINT32_MAX - age_));
  return run_motion(tuning, motion_, velocity_, acceleration.first(samples.size()), displacement);
}

StreamState WaveformStream::state(int64_t now_us) const {
  return {begun_ && !dead() && newest_us_ > now_us - kSilentUs, begun_ && clipped(), dead(), begun_ ? newest_us_ : 0, gaps_, overlaps_, refused_, spikes_};
}

}  // namespace anlan::quake
