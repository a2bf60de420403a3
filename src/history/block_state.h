// What the writer and the reader of a block must do alike. Not for other files.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "history/block.h"
#include "history/varint.h"

namespace anlan {

constexpr uint8_t kBlockFormat = 1;
constexpr unsigned kPlacesMax = 12;
constexpr unsigned kPlacesBits = 4;
constexpr unsigned kWidthBits = 6;
constexpr unsigned kWidthMax = 57;    // twice the difference of a prediction and a value, both below 2^55
constexpr unsigned kWidthChange = 63;  // in place of a width: the way of writing changes
constexpr double kWholeMax = 0x1p53;  // whole numbers up to here are doubles
constexpr double kTens[kPlacesMax + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

// Classes of a change of distance, each after its prefix of bits: number of bits, unit in ms.
struct TimeClass {
  unsigned prefix, prefix_bits, bits;
  int64_t unit_ms;
};
constexpr TimeClass kTimeClasses[] = {{0b10, 2, 7, 1000}, {0b110, 3, 14, 1}, {0b1110, 4, 17, 1000}};
constexpr unsigned kTimeWhole = 0b1111;  // then 64 bits

inline bool whole_in_range(uint64_t whole) {
  const auto n = static_cast<int64_t>(whole);
  return n >= -(int64_t{1} << 53) && n <= (int64_t{1} << 53);
}

inline uint64_t predict(const BlockState& s) { return s.miss_line < s.miss_last ? 2 * s.whole - s.whole_before : s.whole; }

// Remembers a value, and by how much each prediction missed it: the older a miss, the less it counts.
inline void advance(BlockState& s, uint64_t whole) {
  const auto width = [](uint64_t difference) { return static_cast<uint32_t>(std::bit_width(zigzag(difference))) * 16; };
  s.miss_last += width(whole - s.whole) - s.miss_last / 8;
  s.miss_line += width(whole - (2 * s.whole - s.whole_before)) - s.miss_line / 8;
  s.whole_before = s.whole;
  s.whole = whole;
}

inline double as_value(uint64_t whole, unsigned places) { return static_cast<double>(static_cast<int64_t>(whole)) / kTens[places]; }

// The last two values in units of more places. False when they leave the range.
inline bool change_unit(BlockState& s, unsigned places) {
  const auto factor = static_cast<uint64_t>(kTens[places - s.places]);
  uint64_t now = 0, before = 0;
  if (__builtin_mul_overflow(static_cast<int64_t>(s.whole), static_cast<int64_t>(factor), reinterpret_cast<int64_t*>(&now)) ||
      __builtin_mul_overflow(static_cast<int64_t>(s.whole_before), static_cast<int64_t>(factor), reinterpret_cast<int64_t*>(&before)) ||
      !whole_in_range(now) || !whole_in_range(before))
    return false;
  s.whole = now;
  s.whole_before = before;
  s.places = static_cast<uint8_t>(places);
  return true;
}

}  // namespace anlan
