#include "protocols/check_sums.h"

#include <array>

namespace anlan {
namespace {

constexpr uint16_t eight_shifts(uint16_t value) {
  for (int i = 0; i < 8; ++i) value = static_cast<uint16_t>(value & 1 ? (value >> 1) ^ 0xA001 : value >> 1);
  return value;
}

constexpr auto kTable = [] {
  std::array<uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) table[i] = eight_shifts(static_cast<uint16_t>(i));
  return table;
}();

}  // namespace

uint16_t crc_sl651(std::string_view bytes) {
  uint16_t crc = 0xFFFF;
  for (const char c : bytes) crc = static_cast<uint16_t>((crc >> 8) ^ kTable[(crc ^ static_cast<uint8_t>(c)) & 0xFF]);
  return crc;
}

uint16_t crc_hj212(std::string_view bytes) {
  // The register before the eight shifts is (crc >> 8) ^ byte, which is below 256: the table holds its shifts.
  uint16_t crc = 0xFFFF;
  for (const char c : bytes) crc = kTable[((crc >> 8) ^ static_cast<uint8_t>(c)) & 0xFF];
  return crc;
}

uint8_t xor_jtt808(std::string_view bytes) {
  uint8_t sum = 0;
  for (const char c : bytes) sum = static_cast<uint8_t>(sum ^ static_cast<uint8_t>(c));
  return sum;
}

}  // namespace anlan
