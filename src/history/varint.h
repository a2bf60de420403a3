// Whole numbers in as few bytes as they need (seven bits a byte, low first), for the headers of stored values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan {

inline uint64_t zigzag(uint64_t difference) { return (difference << 1) ^ (0 - (difference >> 63)); }
inline uint64_t unzigzag(uint64_t code) { return (code >> 1) ^ (0 - (code & 1)); }

inline void put_varint(std::string& out, uint64_t n) {
  for (; n >= 0x80; n >>= 7) out.push_back(static_cast<char>(n | 0x80));
  out.push_back(static_cast<char>(n));
}

// Takes the number from the front of `bytes`; nothing when it does not end within ten bytes.
inline std::optional<uint64_t> take_varint(std::string_view& bytes) {
  uint64_t n = 0;
  for (size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    n |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return n;
    }
  }
  return std::nullopt;
}

}  // namespace anlan
