// The 32-bit entry of the search arrays. Entries compare as results rank: level, inside a name or at its beginning,
// length of the name, index (which is code order).
#pragma once

#include <algorithm>
#include <cstdint>

namespace anlan {

constexpr uint32_t place_entry(uint32_t level_rank, bool inside, size_t characters, uint32_t index) {
  return level_rank << 29 | static_cast<uint32_t>(inside) << 28 |
         static_cast<uint32_t>(std::min<size_t>(characters, 15)) << 24 | index;
}
constexpr uint32_t entry_level(uint32_t entry) {
  return entry >> 29;
}
constexpr bool entry_inside(uint32_t entry) {
  return (entry >> 28 & 1) != 0;
}
constexpr uint32_t entry_index(uint32_t entry) {
  return entry & 0xFFFFFF;
}

}  // namespace anlan
