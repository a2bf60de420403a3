#include "demo/demo_shaking.h"

#include <array>

namespace anlan {
namespace {

constexpr size_t kStationsMin = 6;
constexpr int64_t kPacket = 50;                      // samples: half a second
constexpr LonLat kEpicentre{102.79, 35.70};          // 积石山 2023-12-18
constexpr double kMagnitude = 6.2, kDepthKm = 10;
constexpr std::array<std::string_view, 3> kChannels = {"HNZ", "HNN", "HNE"};  // as synthetic_waves.h has them

}  // namespace

bool DemoShaking::start() {
  std::scoped_lock guard(mutex_);
  if (running_) return false;
  std::vector<quake::Station> stations;
  for (const auto& s : node_.early_warnings().stations())
    if (s.name.starts_with(std::string(kDemoNetwork) + ".")) stations.push_back({s.name, s.at});
  if (stations.size() < kStationsMin) return false;
  field_ = std::make_unique<quake::synthetic::Field>(seed_, stations.size(), 10, kEpicentre);
  field_->stations = std::move(stations);
  field_->shocks = {{static_cast<double>(kBefore.count) / 1000, kEpicentre, kDepthKm, kMagnitude}};
  began_ = node_.clock().now();
  sent_ = 0;
  running_ = true;
  return true;
}

void DemoShaking::tick(UtcTime now) {
  if (!running_) return;
  std::scoped_lock guard(mutex_);
  // The quiet before comes at once: it lies in the past.
  const int64_t due = (now - began_ + kBefore).count * quake::synthetic::Field::kRate / 1000;
  const int64_t start_us = (began_ - kBefore).ms * 1000;
  std::array<int32_t, kPacket> samples;
  for (; sent_ + kPacket <= due; sent_ += kPacket)
    for (uint32_t c = 0; c < field_->stations.size() * 3; ++c) {
      field_->fill(c, sent_, samples);
      const auto station = std::string_view(field_->stations[c / 3].id).substr(std::string_view(kDemoNetwork).size() + 1);
      const WavePacket packet{kDemoNetwork, station, "", kChannels[c % 3], start_us + sent_ * 1'000'000 / quake::synthetic::Field::kRate,
                              static_cast<double>(quake::synthetic::Field::kRate), samples};
      if (!node_.early_warnings().take(packet)) break;  // a station has been taken out of the register
    }
  if (now - began_ > kAfter) {
    field_.reset();
    running_ = false;
  }
}

}  // namespace anlan
