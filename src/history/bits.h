// A string of bits, most significant first. The reader never leaves its bytes: past the end it gives zeros and says so.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"

namespace anlan {

class BitWriter {
 public:
  // The low `count` bits of value, 0..64; the others must be zero.
  void put(uint64_t value, unsigned count) {
    if (count > 32) {
      put(value >> 32, count - 32);
      value &= 0xFFFF'FFFF;
      count = 32;
    }
    held_ = (held_ << count) | value;
    held_bits_ += count;
    while (held_bits_ >= 8) {
      held_bits_ -= 8;
      bytes_.push_back(static_cast<char>(held_ >> held_bits_));
    }
  }
  size_t byte_count() const { return bytes_.size() + (held_bits_ != 0); }
  // Appends what was written so far, filled up with zeros to a whole byte.
  void append_to(std::string& out) const {
    out += bytes_;
    if (held_bits_ != 0) out.push_back(static_cast<char>(held_ << (8 - held_bits_)));
  }

 private:
  std::string bytes_;
  uint64_t held_ = 0;  // its low held_bits_ bits are not in bytes_ yet
  unsigned held_bits_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t get(unsigned count) {
    if (count > 32) {
      const uint64_t high = get(count - 32);
      return high << 32 | get(32);
    }
    if (count == 0) return 0;
    if (position_ + count > bytes_.size() * 8) {
      overrun_ = true;
      return 0;
    }
    const uint64_t window = load(position_ >> 3) << (position_ & 7);
    position_ += count;
    return window >> (64 - count);
  }
  // The next 57 bits or more, the first of them on top, without taking them; false near the end of the bytes.
  bool peek(uint64_t& window) const {
    if ((position_ >> 3) + 8 > bytes_.size()) return false;
    window = load(position_ >> 3) << (position_ & 7);
    return true;
  }
  void skip(unsigned count) { position_ += count; }
  bool overrun() const { return overrun_; }
  // True when nothing but the filling of the last byte is left.
  bool at_end() const { return (position_ + 7) / 8 == bytes_.size(); }

 private:
  uint64_t load(size_t byte) const {
    if (byte + 8 <= bytes_.size()) {
      uint64_t word;
      std::memcpy(&word, bytes_.data() + byte, 8);
      return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
    }
    uint64_t word = 0;
    for (size_t i = 0; i < 8; ++i) word = word << 8 | (byte + i < bytes_.size() ? static_cast<uint8_t>(bytes_[byte + i]) : 0);
    return word;
  }

  std::string_view bytes_;
  size_t position_ = 0;  // in bits
  bool overrun_ = false;
};

}  // namespace anlan
