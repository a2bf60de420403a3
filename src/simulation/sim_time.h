// Time and chance in the simulator: nothing passes and nothing happens but by these.
#pragma once

#include "base/ports.h"

namespace anlan {

// `true_time` is what a perfect clock would show; the machine's own clock is off by `error` and may jump.
class SimClock final : public Clock {
 public:
  explicit SimClock(UtcTime start) : start_(start), true_time(start) {}
  UtcTime now() const override { return true_time + error; }
  Millis monotonic() const override { return true_time - start_; }

 private:
  UtcTime start_;

 public:
  UtcTime true_time;
  Millis error;
};

// A clock that is never wrong, for the telephone network.
class TrueClock final : public Clock {
 public:
  explicit TrueClock(const SimClock& sim) : sim_(sim) {}
  UtcTime now() const override { return sim_.true_time; }
  Millis monotonic() const override { return sim_.monotonic(); }

 private:
  const SimClock& sim_;
};

// splitmix64: the same numbers on every machine.
class SimRandom final : public Random {
 public:
  explicit SimRandom(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // [0, n); 0 for n <= 1.
  int64_t below(int64_t n) { return n <= 1 ? 0 : static_cast<int64_t>(next() % static_cast<uint64_t>(n)); }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double p) { return unit() < p; }
  Millis span(Millis low, Millis high) { return {between(low.count, high.count)}; }
  template <class List>
  auto& pick(List& list) { return list[static_cast<size_t>(below(static_cast<int64_t>(list.size())))]; }

  void fill(std::span<uint8_t> bytes) override {
    for (auto& b : bytes) b = static_cast<uint8_t>(next());
  }

 private:
  uint64_t state_;
};

}  // namespace anlan
