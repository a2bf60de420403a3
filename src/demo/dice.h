// Chance from a seed: the same on every machine and compiler (splitmix64, Steele, Lea and Flood 2014).
#pragma once

#include <cstdint>
#include <span>

namespace anlan {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  bool chance(double p) { return unit() < p; }
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1)); }
  template <class T, size_t N>
  const T& of(const T (&list)[N]) { return list[next() % N]; }

 private:
  uint64_t state_;
};

}  // namespace anlan
