// The ground shakes: made-up waveforms of an earthquake at the stations of the demonstration, sent to the early warning as
// they would arrive. What follows is what follows of a real one: reports, calls, losses.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "loop/node.h"
#include "quake/synthetic_waves.h"

namespace anlan {

inline constexpr const char* kDemoNetwork = "DM";

class DemoShaking {
 public:
  static constexpr Millis kBefore = seconds(20);  // of quiet, so that the pickers know the noise
  static constexpr Millis kAfter = seconds(70);

  DemoShaking(Node& node, uint64_t seed) : node_(node), seed_(seed) {}
  // False when it plays already, or there are too few stations.
  bool start();
  bool running() const { return running_; }
  // Sends what is due. On the timer's thread.
  void tick(UtcTime now);

 private:
  Node& node_;
  const uint64_t seed_;
  std::atomic<bool> running_{false};
  std::mutex mutex_;
  std::unique_ptr<quake::synthetic::Field> field_;
  UtcTime began_{0};
  int64_t sent_ = 0;  // samples of each channel
};

}  // namespace anlan
